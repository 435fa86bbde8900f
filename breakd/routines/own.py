"""An exercise of the user's own, as one that can be guided.

Law: its steps come in their order, each on the sides, as often and for as long as it says.
"""

from breakd.core.durations import SECOND
from breakd.core.settings import OwnExercise, OwnStep
from breakd.routines.exercises import Exercise, Move, Round, Side, Version
from breakd.texts import later

_STEP_S = 15
"""How long a step takes that does not say."""


def guided(own: OwnExercise) -> Exercise:
    """Return the exercise; with more time than it needs, its steps come again."""
    version = Version(
        begin=(Move(5, later("Get ready"), pose="", image=own.steps[0].image),),
        work=tuple(_round(step, number) for number, step in enumerate(own.steps, start=1)),
        end=(),
        rest=Move(10, later("Rest"), pose=""),
        whole=True,
    )
    return Exercise(
        id=own.id,
        name=own.name,
        position=own.position,
        room="",
        steps=tuple(step.text for step in own.steps),
        micro=version,
        full=version,
        ask_first="",
        stop="",
        easier="",
        sides=(later("right side"), later("left side")),
    )


def step_seconds(step: OwnStep) -> float:
    """Return how long it takes once, and on one side."""
    return _STEP_S if step.length is None else step.length / SECOND


def _round(step: OwnStep, number: int) -> Round:
    sides: tuple[Side, ...] = ("right", "left") if step.sides else ("",)
    label = _without_full_stop(step.text)
    return Round(step.count, tuple(Move(step_seconds(step), label, "", number, side, step.image) for side in sides))


def _without_full_stop(text: str) -> str:
    """Return the text as a label, after which a side may be named: 'Turn your head: right side'."""
    return text[:-1] if text.endswith(".") and text.strip(".") and not text.endswith("..") else text
