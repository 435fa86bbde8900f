"""`breakd routine EXERCISE`: guides through one exercise, in a window, or in the terminal where there is no screen.

Law: the daemon that started it learns from its reports alone what came of it.
"""

import argparse
import os
import sys

from breakd.config import load
from breakd.core.durations import DAY, SECOND
from breakd.core.settings import OwnExercise, RoutineSettings
from breakd.errors import UsageError
from breakd.routines.exercises import EXERCISES, Exercise
from breakd.routines.session import Link, NoWindowError, Report, Session, silent
from breakd.routines.timeline import Timeline, plan
from breakd.texts import _, duration

PATIENCE_S = 1
"""How long the daemon may take for its first word; it is there before this program is."""


def run(args: argparse.Namespace) -> int:
    """Run the routine to its end.

    `args` has `exercise` (an id), `length` (None: the micro version's), `terminal`, `theme` (None: the
    configuration's), `config`, and `report`, the file descriptor of the line to the daemon or None. Raises UsageError
    for an unknown exercise, a length that cannot be or a wrong configuration, and NoWindowError where the daemon's
    person would see nothing.
    """
    link = None if args.report is None else _link(args.report)
    routine, _own = _settings(link, args.config)
    exercise = _exercise(args.exercise)
    timeline = plan(exercise, _seconds(args.length, exercise))
    report = link or silent
    if not args.terminal:
        try:
            _show_in_a_window(timeline, report, args.theme or routine.theme)
        except NoWindowError as error:
            if args.report is not None:
                report("impossible", {"reason": str(error)})
                raise
            print(error, file=sys.stderr)
        else:
            return 0
    _show_in_the_terminal(timeline, report)
    return 0


def _exercise(name: str) -> Exercise:
    if found := EXERCISES.get(name):
        return found
    import difflib  # noqa: PLC0415 - only for a mistyped name

    text = _('"{name}" is no exercise').format(name=name[:40])
    if near := difflib.get_close_matches(name, EXERCISES, 1):
        text += _("; did you mean {near}?").format(near=near[0])
    raise UsageError(text + " " + _("(known are {names})").format(names=", ".join(EXERCISES)))


def _seconds(text: str | None, exercise: Exercise) -> float:
    if text is None:
        return exercise.micro.seconds
    try:
        micros = duration(text)
    except ValueError as error:
        raise UsageError(f"--length: {error}") from error
    if not 0 < micros <= DAY:
        raise UsageError(_("--length: a routine lasts longer than 0 and at most 24h"))
    return micros / SECOND


def _link(descriptor: int) -> Link:
    try:
        os.fstat(descriptor)
    except OSError as error:
        raise UsageError(f"--report: {error.strerror}") from error
    return Link(descriptor)


def _settings(link: Link | None, config: str | None) -> tuple[RoutineSettings, tuple[OwnExercise, ...]]:
    """Return how the routine is to be, and the person's own exercises: as the daemon says, else as the file does.

    The daemon may go on with an older configuration than the file has by now.
    """
    for said in link.heard(PATIENCE_S) if link else ():
        return RoutineSettings(**said["routine"]), tuple(OwnExercise(**own) for own in said["exercises"])
    settings = load(config).settings
    return settings.routine, settings.exercises


def _show_in_a_window(timeline: Timeline, report: Report, theme: str) -> None:
    try:
        from breakd.windows import routine as window  # noqa: PLC0415 - Tk is not everywhere, nor always needed
    except ImportError as error:
        text = _(
            "the routine's window needs Tk: install python3-tk (Debian, Ubuntu), python3-tkinter (Fedora), tk (Arch)"
        )
        raise NoWindowError(text) from error
    window.show(Session(timeline, report), theme)


def _show_in_the_terminal(timeline: Timeline, report: Report) -> None:
    from breakd.routines import terminal  # noqa: PLC0415 - as the window

    terminal.show(Session(timeline, report), sys.stdout)
