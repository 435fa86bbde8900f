"""What a person's exercises are: by profile, with their own."""

import pytest

from breakd.core.settings import BUILT_IN, OwnExercise, OwnStep
from breakd.errors import UsageError
from breakd.routines.catalogue import find, known

OWN = (OwnExercise("neck-turns", "Neck turns", "seated", (OwnStep("Turn."),)),)


@pytest.mark.parametrize(
    ("profile", "positions", "figures"),
    [
        ("any", {"floor", "standing"}, ["dead-bugs", "bridges", "walk", "helicopters"]),
        ("standing", {"standing"}, ["wall-bugs", "sit-to-stand", "walk", "helicopters"]),
        ("seated", {"seated"}, ["seat-bugs", "heel-press", "seat-march", "seat-turns"]),
    ],
)
def test_a_profile_changes_what_an_id_stands_for_but_not_the_ids(
    profile: str, positions: set[str], figures: list[str]
) -> None:
    found = known(profile)

    assert tuple(found) == BUILT_IN
    assert all(name == exercise.id for name, exercise in found.items())
    assert {exercise.position for exercise in found.values()} == positions
    assert [exercise.figure for exercise in found.values()][:4] == figures


def test_own_exercises_come_last() -> None:
    found = known("seated", OWN)

    assert list(found) == [*BUILT_IN, "neck-turns"]
    assert found["neck-turns"].steps == ("Turn.",)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("helicopter", '"helicopter" is no exercise; did you mean helicopters? (known are dead-bugs, bridges, '),
        ("Neck-Turn", "; did you mean neck-turns? (known are "),
        ("xyz", '"xyz" is no exercise (known are '),
    ],
)
def test_an_exercise_that_is_not_there(name: str, told: str) -> None:
    with pytest.raises(UsageError) as error:
        find(name, known("any", OWN))

    assert told in str(error.value)
    assert str(error.value).endswith("supermans, neck-turns)")


def test_an_exercise_that_is_there() -> None:
    assert find("walk", known("seated")).name == "Seat march"
