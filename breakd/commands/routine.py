"""`breakd routine EXERCISE`: guides through one exercise, in a window, or in the terminal where there is no screen.

Law: the daemon that started it learns from its reports alone what came of it.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from breakd import privacy
from breakd.config import load
from breakd.core.durations import DAY, SECOND
from breakd.core.settings import OwnExercise, OwnStep, RoutineSettings
from breakd.errors import UsageError
from breakd.routines.catalogue import find, known
from breakd.routines.exercises import Exercise
from breakd.routines.session import Link, NoWindowError, Session, silent
from breakd.routines.timeline import plan
from breakd.texts import _, duration

PATIENCE_S = 1
"""How long the daemon may take for its first word; it is there before this program is."""


def run(args: argparse.Namespace) -> int:
    """Run the routine to its end.

    `args` has `exercise` (an id), `length` (None: the micro version's), `terminal`, `theme` (None: the
    configuration's), `config`, `render`, the file for pictures of it in place of a routine, and `report`, the file
    descriptor of the line to the daemon or None. Raises UsageError for an unknown exercise, a length or a file that
    cannot be or a wrong configuration, and NoWindowError where the daemon's person would see nothing.
    """
    link = None if args.report is None else _link(args.report)
    routine, own = _settings(link, args.config)
    exercises = known(routine.profile, own)
    exercise = find(args.exercise, exercises)
    if args.render is not None:
        _render(exercise, args.render, args.theme or routine.theme)
        return 0
    session = Session(plan(exercise, _seconds(args.length, exercise)), link or silent)
    if not args.terminal:
        try:
            _show_in_a_window(session, replace(routine, theme=args.theme or routine.theme), exercises.values(), link)
        except NoWindowError as error:
            if link is not None:
                link("impossible", {"reason": str(error)})
                raise
            print(error, file=sys.stderr)
        else:
            return 0
    _show_in_the_terminal(session, partial(_farewell, link))
    return 0


def _render(exercise: Exercise, file: str, theme: str) -> None:
    from breakd.routines import drawing, render  # noqa: PLC0415 - only to keep pictures

    privacy.end()  # a picture is for whomever its person wants
    render.write(exercise, Path(file), drawing.INKS.get(theme, drawing.LIGHT))


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
        return RoutineSettings(**said["routine"]), tuple(map(_own_exercise, said["exercises"]))
    settings = load(config).settings
    return settings.routine, settings.exercises


def _own_exercise(said: dict[str, Any]) -> OwnExercise:
    return OwnExercise(**said | {"steps": tuple(OwnStep(**step) for step in said["steps"])})


def _farewell(link: Link | None, patience: float = 0) -> str:
    """Return what the daemon says at the end, "" where it has not said it within so many seconds."""
    said = link.heard(patience) if link else ()
    return next((str(line["farewell"]) for line in said if "farewell" in line), "")


def _show_in_a_window(
    session: Session, routine: RoutineSettings, exercises: Iterable[Exercise], link: Link | None
) -> None:
    from breakd.adapters import appearance, monitors, voice  # noqa: PLC0415 - only for the window

    # The desktop is asked while Tk loads.
    with ThreadPoolExecutor(1) as aside:
        looks = aside.submit(appearance.settings_theme, routine.theme, reduced_motion=routine.reduced_motion)
        place = aside.submit(monitors.workplace)
        from breakd.windows import routine as window  # noqa: PLC0415 - Tk is not everywhere, nor always needed

        theme, reduced_motion = looks.result()
    heard = voice.Voice(sound=routine.sound)
    around = window.Surroundings(
        heard,
        theme,
        reduced_motion,
        tuple(exercises),
        farewell=partial(_farewell, link),
        area=place.result(),
        deserted=lambda: link is not None and link.deserted,
    )
    try:
        window.show(session, around)
    finally:
        heard.close()


def _show_in_the_terminal(session: Session, farewell: Callable[[float], str]) -> None:
    from breakd.routines import terminal  # noqa: PLC0415 - as the window

    terminal.show(session, sys.stdout, farewell)
