"""`breakd evidence [EXERCISE]`: what is known of breaks and exercises, how well, and what is not.

Law: no figure is printed without the study that it comes from, its programme and how long that went on.
"""

import argparse
import json
import shutil
import textwrap
from collections.abc import Container, Iterable

from breakd import evidence
from breakd.config import load
from breakd.evidence import OWN, READING, SOURCES, STRENGTHS, TOPICS, Claim, Topic
from breakd.routines.catalogue import find, known
from breakd.routines.exercises import EXERCISES, Exercise
from breakd.texts import _

Row = tuple[str, str]
"""A heading and its text."""

WIDTH = 96
"""At most so many columns, as in the help."""


def run(args: argparse.Namespace) -> int:
    """Print what is known in general or of `args.exercise`, for people, or with `args.json` as JSON for programs.

    Raises UsageError for an unknown exercise, and for a wrong configuration where an exercise is named.
    """
    if args.exercise is None:
        if args.json:
            print(json.dumps(_whole(), indent=2))
        else:
            _show_all()
        return 0
    settings = load(args.config).settings
    exercise = find(args.exercise, known(settings.routine.profile, settings.exercises))
    if args.json:
        print(json.dumps(_record(exercise), indent=2))
    else:
        _show(exercise)
    return 0


def _whole() -> dict[str, object]:
    """Return all of it for programs."""
    return {
        "summary": evidence.summary(),
        "reading": READING,
        "strengths": STRENGTHS,
        "topics": [evidence.record(topic) for topic in TOPICS.values()],
    }


def _record(exercise: Exercise) -> dict[str, object]:
    """Return what programs are told of an exercise; `instead_of` is there where the profile has put it for another."""
    topic, other = evidence.of(exercise), _instead_of(exercise)
    found = (
        evidence.record(topic) if topic else {"answer": OWN, "as_a_break": None, "claims": [], "unknown": None}
    ) | {"id": exercise.id, "heading": exercise.name}
    return found | {"instead_of": evidence.record(other) if other else None}


def _instead_of(exercise: Exercise) -> Topic | None:
    """Return what is known of the exercise in whose place the profile has put this one; None where it is no other."""
    if exercise.figure in {"", exercise.id}:
        return None
    return evidence.of(EXERCISES[exercise.id])


def _show_all() -> None:
    print(_("In short"))
    _wrapped(evidence.summary(), "  ")
    print()
    for topic in (evidence.BREAKS, evidence.EXERCISE):
        print(_(topic.heading))
        _show_claims(topic)
        _show_rows([(_("Not known"), _(topic.unknown))], "  ")
        print()
    for topic in evidence.EXERCISES.values():
        print(f"{_(topic.heading)}  [{topic.id}]")
        _show_answer(topic)
        print()
    _show_reading()
    print()
    _wrapped(_("The studies of one exercise: breakd evidence walk"))


def _show(exercise: Exercise) -> None:
    topic, other = evidence.of(exercise), _instead_of(exercise)
    print(f"{_(exercise.name)}  [{exercise.id}]")
    if topic is None:
        _wrapped(_(OWN), "  ")
        return
    _show_whole(topic)
    if other:
        print(_("It stands in for: {name}").format(name=_(other.heading)))
        _show_whole(other)
    _show_reading()


def _show_whole(topic: Topic) -> None:
    _show_answer(topic)
    print()
    _show_claims(topic)


def _show_answer(topic: Topic) -> None:
    """Print the topic's short answer, how sure it is for a break, and what is not known."""
    _wrapped(_(topic.answer), "  ")
    _show_rows([(_("Strength as a break"), _(STRENGTHS[topic.as_a_break])), (_("Not known"), _(topic.unknown))], "  ")


def _show_claims(topic: Topic) -> None:
    """Print the topic's claims, and each source with the first that has it."""
    told: set[str] = set()
    for claim in topic.claims:
        _wrapped(_(claim.statement), "  * ")
        _show_rows(_rows(claim, told), "    ")
        told.update(claim.sources)
        print()


def _rows(claim: Claim, told: Container[str]) -> Iterable[Row]:
    """Yield how sure the claim is, and of each of its sources what it did and found, unless that was `told`."""
    yield _("strength"), _(STRENGTHS[claim.strength])
    for key in claim.sources:
        source = SOURCES[key]
        if key in told:
            yield _("source"), _("{source} (above)").format(source=source.reference)
            continue
        yield _("source"), source.reference
        yield _("who"), _("{kind}; {size}").format(kind=_(source.kind), size=_(source.size))
        yield _("what"), _(source.programme)
        yield _("how long"), _(source.length)
        yield _("found"), _(source.effect)


def _show_rows(rows: Iterable[Row], indent: str) -> None:
    """Print the headings in one column and their texts in another."""
    rows = list(rows)
    column = max(len(heading) for heading, _text in rows)
    for heading, text in rows:
        _wrapped(text, f"{indent}{heading:<{column}}  ")


def _show_reading() -> None:
    print(_("How to read it"))
    for text in READING:
        _wrapped(_(text), "  ")


def _wrapped(text: str, lead: str = "") -> None:
    width = min(shutil.get_terminal_size((WIDTH, 24)).columns, WIDTH)
    print(textwrap.fill(text, width, initial_indent=lead, subsequent_indent=" " * len(lead), break_on_hyphens=False))
