"""`breakd exercises [EXERCISE]`: what there is to do, what is known of it, and what to mind before one begins.

Law: it shows what this person has, by the profile and the exercises of their configuration; no number of a study stands
without what was studied.
"""

import argparse
import json
import shutil
import textwrap
from collections.abc import Iterable, Sequence

from breakd import evidence
from breakd.config import load
from breakd.core.durations import SECOND
from breakd.core.settings import OwnStep
from breakd.routines.catalogue import find, known
from breakd.routines.exercises import CAUTION, CAUTIONS, Exercise
from breakd.routines.own import step_seconds
from breakd.texts import _, later, plural, spell

_POSITIONS = {"floor": later("on the floor"), "standing": later("standing"), "seated": later("seated")}


def run(args: argparse.Namespace) -> int:
    """Print all exercises or `args.exercise`, for people, or with `args.json` as JSON for programs.

    Raises UsageError for a wrong configuration or an unknown exercise.
    """
    settings = load(args.config).settings
    exercises = known(settings.routine.profile, settings.exercises)
    own = {each.id: each.steps for each in settings.exercises}
    one = find(args.exercise, exercises) if args.exercise is not None else None
    if args.json:
        records = [_record(each, own.get(each.id, ())) for each in ([one] if one else exercises.values())]
        print(json.dumps(records[0] if one else records, indent=2))
    elif one:
        _show(one, own.get(one.id, ()))
    else:
        _show_all(exercises.values())
    return 0


def _record(exercise: Exercise, own: Iterable[OwnStep]) -> dict[str, object]:
    """Return what programs are told; `doses` belong to the steps, where the person wrote these."""
    topic = evidence.of(exercise)
    return {
        "id": exercise.id,
        "name": exercise.name,
        "position": exercise.position,
        "room": exercise.room,
        "seconds": {"micro": exercise.micro.seconds, "full": exercise.full.seconds},
        "steps": exercise.steps,
        "doses": [{"seconds": step_seconds(step), "sides": step.sides, "count": step.count} for step in own],
        "why": evidence.in_short(topic) if topic else "",
        "sources": [source.reference for source in evidence.sources(topic)] if topic else [],
        "cautions": {"ask_first": exercise.ask_first, "stop": exercise.stop},
        "easier": exercise.easier,
    }


def _show(exercise: Exercise, own: Iterable[OwnStep]) -> None:
    """Print it with its steps; `own` are the same, where the person wrote them and how often each is done."""
    _print_head(exercise)
    print()
    steps = [_("{step} ({dose})").format(step=step.text, dose=_dose(step)) for step in own]
    for number, step in enumerate(steps or map(_, exercise.steps), start=1):
        _print_wrapped(step, f"  {number}. ")
    print()
    if facts := _facts(exercise, whole=True):
        _print_table(facts)
        print()
    _print_wrapped(_(CAUTION))


def _dose(step: OwnStep) -> str:
    """Return how long and how often the step is done: '10 s each side, 5 times'."""
    length = spell(round(step_seconds(step) * SECOND))
    if step.sides:
        length = _("{length} each side").format(length=length)
    return ", ".join([length, plural("{n} time", "{n} times", step.count)] if step.count > 1 else [length])


def _show_all(exercises: Iterable[Exercise]) -> None:
    for exercise in exercises:
        _print_head(exercise)
        _print_table(_facts(exercise, whole=False))
        print()
    _print_section(_("What is known"), [evidence.summary()])
    cautions = [_("{heading}: {text}").format(heading=_(heading), text=_(text)) for heading, text in CAUTIONS]
    _print_section(_("Before you begin"), [_(CAUTION), *cautions])
    _print_wrapped(_("The steps of one: breakd exercises walk. What is known, in full: breakd evidence"))


def _facts(exercise: Exercise, *, whole: bool) -> list[tuple[str, Sequence[str]]]:
    """Return what there is to say of the exercise: headings with their texts."""
    topic = evidence.of(exercise)
    facts = [
        (_("Room"), [_(exercise.room)] if whole and exercise.room else []),
        (_("Easier"), [_(exercise.easier)] if whole and exercise.easier else []),
        (_("Why"), [evidence.in_short(topic)] if topic else []),
        (_("Sources"), [source.reference for source in evidence.sources(topic)] if topic and whole else []),
        (_("Ask first"), [_(exercise.ask_first)] if exercise.ask_first else []),
        (_("Stop"), [_(exercise.stop)] if exercise.stop else []),
    ]
    return [(heading, texts) for heading, texts in facts if texts]


def _print_head(exercise: Exercise) -> None:
    micro, full = (spell(round(version.seconds * SECOND)) for version in (exercise.micro, exercise.full))
    length = micro if micro == full else _("{micro} (in full {full})").format(micro=micro, full=full)
    print(f"{_(exercise.name)}  [{exercise.id}]")
    print(f"  {_(_POSITIONS[exercise.position])}, {length}")


def _print_table(facts: Sequence[tuple[str, Sequence[str]]]) -> None:
    """Print the headings in one column and their texts in another."""
    column = max((len(heading) for heading, _texts in facts), default=0)
    for heading, texts in facts:
        for at, text in enumerate(texts):
            _print_wrapped(text, f"  {'' if at else heading:<{column}}  ")


def _print_section(heading: str, texts: Iterable[str]) -> None:
    print(heading)
    for text in texts:
        _print_wrapped(text, "  ")
    print()


def _print_wrapped(text: str, lead: str = "") -> None:
    width = min(shutil.get_terminal_size((80, 24)).columns, 100)
    print(textwrap.fill(text, width, initial_indent=lead, subsequent_indent=" " * len(lead), break_on_hyphens=False))
