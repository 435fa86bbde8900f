"""An own exercise, guided: its steps in their order, over any length."""

import pytest

from breakd.core.durations import SECOND
from breakd.core.settings import OwnExercise, OwnStep
from breakd.routines.own import guided
from breakd.routines.timeline import plan
from breakd.routines.wording import sentence, side_and_count

NECK = guided(
    OwnExercise(
        "neck-turns",
        "Neck turns",
        "seated",
        (
            OwnStep("Sit tall.", image="/tall.png"),
            OwnStep("Turn your head.", 10 * SECOND, sides=True, count=2, image="/turn.png"),
            OwnStep("Let go.", 5 * SECOND),
        ),
    )
)


def told(length: float) -> list[str]:
    """Return the phases as one reads them."""
    return [
        f"{phase.seconds:g} {phase.label} {side_and_count(NECK, phase)}".strip() for phase in plan(NECK, length).phases
    ]


ONCE = [
    "5 Get ready",
    "15 Sit tall",
    "10 Turn your head right side, 1 of 2",
    "10 Turn your head left side, 1 of 2",
    "10 Turn your head right side, 2 of 2",
    "10 Turn your head left side, 2 of 2",
    "5 Let go",
]


def test_it_is_what_its_steps_say() -> None:
    assert (NECK.id, NECK.name, NECK.position) == ("neck-turns", "Neck turns", "seated")
    assert NECK.steps == ("Sit tall.", "Turn your head.", "Let go.")
    assert NECK.micro.seconds == NECK.full.seconds == 65
    assert told(65) == ONCE


def test_what_is_left_of_a_longer_break_is_rest_and_the_steps_again() -> None:
    assert told(75) == [*ONCE, "10 Rest"]
    assert told(95) == [*ONCE, "10 Rest", "15 Sit tall", "5 Rest"]
    assert told(150)[7:] == ["10 Rest", *ONCE[1:], "15 Rest"]


def test_in_a_shorter_break_all_steps_are_done_faster() -> None:
    faster = told(32.5)
    assert [line.split(" ", 1)[1] for line in faster] == [line.split(" ", 1)[1] for line in ONCE]
    assert faster[:2] == ["2.5 Get ready", "7.5 Sit tall"]


def test_a_phase_knows_its_image_and_its_step() -> None:
    phases = plan(NECK, 75).phases
    assert [phase.image for phase in phases] == ["/tall.png", "/tall.png", *["/turn.png"] * 4, "", ""]
    assert [phase.step for phase in phases] == [0, 1, 2, 2, 2, 2, 3, 0]
    assert {phase.pose for phase in phases} == {""}


@pytest.mark.parametrize(
    ("text", "label"), [("Roll.", "Roll"), ("Roll", "Roll"), ("And so on...", "And so on..."), (".", ".")]
)
def test_a_label_has_no_full_stop_and_says_it_all(text: str, label: str) -> None:
    exercise = guided(OwnExercise("own", "Own", "floor", (OwnStep(text),)))
    phase = plan(exercise, 20).phases[1]
    assert phase.label == label
    assert exercise.steps == (text,)
    assert sentence(exercise, phase) == ""
