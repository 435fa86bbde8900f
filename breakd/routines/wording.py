"""What a routine says about the place that it is in: the same words in the window, in the terminal and aloud."""

import math

from breakd.core.durations import SECOND
from breakd.routines.exercises import Exercise
from breakd.routines.figure import BREATH_S
from breakd.routines.poses import SCENES
from breakd.routines.timeline import Phase, Player
from breakd.texts import _, spell

_TURN_STEP = 5
"""The step of the walk in which one turns around."""


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


def side_mark(phase: Phase) -> str:
    """Return the letter for the phase's side, nothing where it has none."""
    return {"": "", "right": _("R"), "left": _("L")}[phase.side]


def count(phase: Phase) -> str:
    """Return '3 of 8', nothing where nothing is counted."""
    return _("{count} of {times}").format(count=phase.count, times=phase.times) if phase.times else ""


def side_and_count(exercise: Exercise, phase: Phase) -> str:
    """Return 'right arm, left leg, 3 of 8', or as much of it as there is."""
    return ", ".join(filter(None, (side(exercise, phase), count(phase))))


def mirror(exercise: Exercise) -> str:
    """Return how to read a picture from the front; nothing where the figure is seen from the side, or there is none."""
    seen = SCENES.get(exercise.figure)
    return _("As in a mirror: R is your right side.") if seen and seen.front else ""


def sentence(exercise: Exercise, phase: Phase) -> str:
    """Return the step that the phase carries out, in full; nothing where its label says it all."""
    words = _(exercise.steps[phase.step - 1]) if phase.step else ""
    return "" if words.rstrip(".") == _(phase.label).rstrip(".") else words


def coming(player: Player) -> str:
    """Return what comes next, with the side where it changes."""
    phase = player.following
    if phase is None:
        return _("Then you are done")
    label = _(phase.label)
    if phase.side != player.phase.side and (words := side(player.timeline.exercise, phase)):
        return _("Next: {phase}: {side}").format(phase=label, side=words)
    return _("Next: {phase}").format(phase=label)


def breath(player: Player) -> str:
    """Return whether to breathe in or out, in a hold that is for breaths: as the figure does. Otherwise nothing."""
    phase, scene = player.phase, SCENES.get(player.timeline.exercise.figure)
    key = scene.keys.get(phase.pose) if scene else None
    if key is None or not key.breathes or phase.seconds < BREATH_S:
        return ""
    one = phase.seconds / round(phase.seconds / BREATH_S)
    return _("Breathe out") if (player.position - phase.start) % one >= one / 2 else _("Breathe in")


def counts_in(player: Player) -> bool:
    """Return whether this is the count-in: one gets ready, and does nothing yet."""
    return player.index == 0 and not player.phase.step


def leads_away(exercise: Exercise) -> bool:
    """Return whether one leaves the screen for it, to come back at its end."""
    return exercise.figure == "walk"


def turns_around(player: Player) -> bool:
    """Return whether half of the way is done: one who left the screen is to turn around."""
    return leads_away(player.timeline.exercise) and player.phase.step == _TURN_STEP


def title(player: Player) -> str:
    """Return the current step in one line: a screen reader reads the title, not the picture."""
    exercise = player.timeline.exercise
    words = ": ".join(filter(None, (_(player.phase.label), side_and_count(exercise, player.phase))))
    line = f"{words} - {_(exercise.name)}"
    return _("Paused: {step}").format(step=line) if player.paused else line


def spoken(player: Player) -> str:
    """Return the current step as it is said aloud: at the start with the exercise's name, later with its side."""
    exercise, label = player.timeline.exercise, _(player.phase.label)
    if player.index == 0:
        return f"{_(exercise.name)}. {label}."
    if turns_around(player):
        return _("Half time. {step}.").format(step=label)
    before = player.timeline.phases[player.index - 1]
    words = side(exercise, player.phase) if player.phase.side != before.side else ""
    return f"{label}: {words}." if words else f"{label}."


def greeting(exercise: Exercise) -> str:
    """Return the first words at the end."""
    return _("Welcome back") if leads_away(exercise) else _("Done")


def practised(player: Player) -> str:
    """Return how much was done. It names no exercise: one may have changed it on the way."""
    return _("{length} of exercise").format(length=spell(round(player.practised * SECOND)))
