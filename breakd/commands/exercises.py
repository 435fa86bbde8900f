"""`breakd exercises`: the exercises, and what to mind before one begins."""

import argparse
import json
import shutil
import textwrap

from breakd.core.durations import SECOND
from breakd.routines.exercises import CAUTION, CAUTIONS, EXERCISES, Exercise
from breakd.texts import _, later, spell

_POSITIONS = {"floor": later("on the floor"), "standing": later("standing"), "seated": later("seated")}


def run(args: argparse.Namespace) -> int:
    """Print the exercises for people, or with `args.json` as one JSON array for programs."""
    if args.json:
        print(json.dumps([_record(exercise) for exercise in EXERCISES.values()], indent=2))
        return 0
    width = min(shutil.get_terminal_size((80, 24)).columns, 100)
    for exercise in EXERCISES.values():
        _print_exercise(exercise, width)
    _print_wrapped(_(CAUTION), width)
    for heading, text in CAUTIONS:
        _print_wrapped(_("{heading}: {text}").format(heading=_(heading), text=_(text)), width, "- ")
    return 0


def _record(exercise: Exercise) -> dict[str, object]:
    return {
        "id": exercise.id,
        "name": exercise.name,
        "position": exercise.position,
        "room": exercise.room,
        "steps": exercise.steps,
        "seconds": {"micro": exercise.micro.seconds, "full": exercise.full.seconds},
        "cautions": {"ask_first": exercise.ask_first, "stop": exercise.stop},
        "easier": exercise.easier,
    }


def _print_exercise(exercise: Exercise, width: int) -> None:
    micro, full = (spell(round(version.seconds * SECOND)) for version in (exercise.micro, exercise.full))
    print(f"{_(exercise.name)}  [{exercise.id}]")
    where = _("{position}, {micro} (in full {full}); room: {room}").format(
        position=_(_POSITIONS[exercise.position]), micro=micro, full=full, room=_(exercise.room)
    )
    _print_wrapped(where, width, "  ")
    for number, step in enumerate(exercise.steps, start=1):
        _print_wrapped(_(step), width, f"  {number}. ")
    _print_wrapped(_("Ask first: {what}").format(what=_(exercise.ask_first)), width, "  ")
    _print_wrapped(_("Stop: {signs}").format(signs=_(exercise.stop)), width, "  ")
    _print_wrapped(_("Easier: {how}").format(how=_(exercise.easier)), width, "  ")
    print()


def _print_wrapped(text: str, width: int, lead: str = "") -> None:
    print(textwrap.fill(text, width, initial_indent=lead, subsequent_indent=" " * len(lead)))
