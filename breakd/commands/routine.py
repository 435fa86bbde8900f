"""`breakd routine EXERCISE`: guides through one exercise, in a window, or in the terminal where there is no screen.

Law: the daemon that started it learns from its reports alone what came of it.
"""

import argparse
import os
import sys

from breakd.core.durations import DAY, SECOND
from breakd.errors import UsageError
from breakd.routines.exercises import EXERCISES, Exercise
from breakd.routines.session import LineReport, NoWindowError, Report, Session, silent
from breakd.routines.timeline import Timeline, plan
from breakd.texts import _, duration


def run(args: argparse.Namespace) -> int:
    """Run the routine to its end.

    `args` has `exercise` (an id), `length` (None: the micro version's), `terminal`, `theme`, and `report`, the file
    descriptor for JSON lines to the daemon or None. Raises UsageError for an unknown exercise or a length that cannot
    be, and NoWindowError where the daemon's person would see nothing.
    """
    exercise = _exercise(args.exercise)
    timeline = plan(exercise, _seconds(args.length, exercise))
    report = silent if args.report is None else _reporting_to(args.report)
    if not args.terminal:
        try:
            _show_in_a_window(timeline, report, args.theme)
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


def _reporting_to(descriptor: int) -> Report:
    try:
        os.fstat(descriptor)
    except OSError as error:
        raise UsageError(f"--report: {error.strerror}") from error
    return LineReport(descriptor)


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
