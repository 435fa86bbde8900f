"""What a routine says about the place that it is in: the same words in the window and in the terminal."""

import math

from breakd.core.durations import SECOND
from breakd.routines.exercises import Exercise
from breakd.routines.timeline import Phase, Player
from breakd.texts import _, spell


def minutes(seconds: float) -> str:
    """Return a countdown as '1:32', begun seconds counting whole."""
    whole = math.ceil(seconds)
    return f"{whole // 60}:{whole % 60:02}"


def countdown(seconds: float) -> str:
    """Return a countdown as '12', from a minute on as '1:32'."""
    whole = math.ceil(seconds)
    return minutes(seconds) if whole >= 60 else str(whole)  # noqa: PLR2004 - a minute's seconds


def side(exercise: Exercise, phase: Phase) -> str:
    """Return the words for the phase's side: 'right arm, left leg'; nothing where its label has said it."""
    words = {"": "", "right": exercise.sides[0], "left": exercise.sides[1]}[phase.side]
    # Gettext answers an empty message with the catalogue's own description.
    return _(words) if words else ""


def side_and_count(exercise: Exercise, phase: Phase) -> str:
    """Return 'right arm, left leg, 3 of 8', or as much of it as there is."""
    count = _("{count} of {times}").format(count=phase.count, times=phase.times) if phase.times else ""
    return ", ".join(filter(None, (side(exercise, phase), count)))


def coming(player: Player) -> str:
    """Return what comes next, with the side where it changes."""
    phase = player.following
    if phase is None:
        return _("Then you are done")
    label = _(phase.label)
    if phase.side != player.phase.side and (words := side(player.timeline.exercise, phase)):
        return _("Next: {phase}: {side}").format(phase=label, side=words)
    return _("Next: {phase}").format(phase=label)


def title(player: Player) -> str:
    """Return the current step in one line: a screen reader reads the title, not the picture."""
    exercise = player.timeline.exercise
    words = ": ".join(filter(None, (_(player.phase.label), side_and_count(exercise, player.phase))))
    return f"{words} - {_(exercise.name)}"


def practised(player: Player) -> str:
    """Return how much was done."""
    name = _(player.timeline.exercise.name)
    return _("{name}, {length}").format(name=name, length=spell(round(player.practised * SECOND)))
