"""The exercises and their alternatives: their order and doses, and that texts, steps and poses fit together."""

import re

import pytest

from breakd.routines.alternatives import SEATED, STANDING
from breakd.routines.exercises import EXERCISES, Exercise, Move, Round, Version

EVERY = {one.figure: one for table in (EXERCISES, STANDING, SEATED) for one in table.values()}
ALL = pytest.mark.parametrize("exercise", EVERY.values(), ids=EVERY)

FULL_SECONDS = {
    "dead-bugs": 357,
    "bridges": 295,
    "walk": 600,
    "helicopters": 180,
    "knee-hovers": 188,
    "press-ups": 183,
    "supermans": 435,
}

REPETITIONS = {
    # Of the full version, what the exercise is known by.
    "dead-bugs": [6, 6, 6],
    "bridges": [8, 7],
    "walk": [],
    "helicopters": [4, 8, 8],
    "knee-hovers": [5],
    "press-ups": [3, 7],
    "supermans": [10, 10],
}

ALTERNATIVES = {
    # The poses, the seconds of one repetition, and the repetitions of the micro version.
    "wall-bugs": ({"stand", "right", "left"}, 20, 5),
    "sit-to-stand": ({"sit", "lean", "stand"}, 10, 10),
    "desk-lean": ({"stand", "lean"}, 25, 4),
    "back-bends": ({"stand", "bend"}, 10, 10),
    "desk-birds": ({"lean", "right", "left"}, 20, 5),
    "seat-bugs": ({"sit", "right", "left"}, 20, 5),
    "heel-press": ({"sit", "press"}, 20, 5),
    "seat-march": ({"sit", "right", "left"}, 50, 2),
    "seat-turns": ({"A", "right", "left"}, 10, 10),
    "hand-press": ({"sit", "press"}, 25, 4),
    "chair-bends": ({"sit", "bend"}, 10, 10),
    "seat-reach": ({"lean", "right", "left"}, 20, 5),
}


def moves(version: Version) -> list[Move]:
    found: list[Move] = []
    for part in (*version.begin, *version.work, *version.end):
        found += part.moves if isinstance(part, Round) else [part]
    return found


def test_there_are_seven() -> None:
    assert list(EXERCISES) == list(FULL_SECONDS)
    assert [exercise.id for exercise in EXERCISES.values()] == list(FULL_SECONDS)


@ALL
def test_the_micro_version_lasts_two_minutes(exercise: Exercise) -> None:
    assert exercise.micro.seconds == 120


@pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
def test_the_full_version_has_its_dose(exercise: Exercise) -> None:
    assert exercise.full.seconds == FULL_SECONDS[exercise.id]
    rounds = [part.times for part in exercise.full.work if isinstance(part, Round)]
    assert rounds == REPETITIONS[exercise.id]


@ALL
def test_every_phase_carries_out_a_step_that_exists(exercise: Exercise) -> None:
    for version in (exercise.micro, exercise.full):
        assert all(0 <= move.step <= len(exercise.steps) for move in moves(version))
        assert {move.step for move in moves(version)} != {0}


@ALL
def test_no_step_says_how_often(exercise: Exercise) -> None:
    # The count that is shown beside it follows the time that there is.
    numbers = "two|three|four|five|six|seven|eight|nine|ten|[0-9]+"
    assert not [step for step in exercise.steps if re.search(rf"(?i)\b({numbers}) (times|turns|in all)\b", step)]


@ALL
def test_sides_come_in_pairs(exercise: Exercise) -> None:
    for version in (exercise.micro, exercise.full):
        sides = [move.side for move in moves(version)]
        assert sides.count("right") == sides.count("left")


@ALL
def test_floor_exercises_give_time_to_get_down_and_up(exercise: Exercise) -> None:
    if exercise.position == "floor":
        for version in (exercise.micro, exercise.full):
            assert version.begin[1].seconds >= 15
            assert version.end[-1].seconds >= 10


@ALL
def test_poses_are_names_with_spaces_between_them(exercise: Exercise) -> None:
    for version in (exercise.micro, exercise.full):
        for move in moves(version):
            assert re.fullmatch(r"[A-Za-z]+'?( [A-Za-z]+'?)*", move.pose)


@pytest.mark.parametrize("figure", ALTERNATIVES)
def test_the_rhythm_of_an_alternative(figure: str) -> None:
    exercise = EVERY[figure]
    poses, seconds, times = ALTERNATIVES[figure]
    (work,) = exercise.micro.work
    assert isinstance(work, Round)
    assert [move.seconds for move in exercise.micro.begin] == [5, 10]
    assert [move.seconds for move in exercise.micro.end] == [5]
    assert (work.times, work.seconds) == (times, 100)
    assert work.seconds / times == seconds
    assert {name for move in moves(exercise.full) for name in move.pose.split()} == poses
    assert exercise.full.work[::2] == (work, work)


def test_alternatives_replace_what_does_not_fit() -> None:
    assert list(STANDING) == [one.id for one in EXERCISES.values() if one.position == "floor"]
    assert {one.position for one in STANDING.values()} == {"standing"}
    assert list(SEATED) == list(EXERCISES)
    assert {one.position for one in SEATED.values()} == {"seated"}
    assert set(ALTERNATIVES) == {one.figure for one in (*STANDING.values(), *SEATED.values())}
    assert len(EVERY) == 7 + 5 + 7


@pytest.mark.parametrize("exercise", [one for one in EVERY.values() if "chair" in one.room], ids=lambda one: one.figure)
def test_a_chair_must_not_roll_away(exercise: Exercise) -> None:
    assert "no wheels" in exercise.room
    assert "no wheels or stands against a wall" in exercise.steps[0]


@ALL
def test_every_exercise_says_what_to_mind(exercise: Exercise) -> None:
    assert exercise.ask_first
    assert exercise.stop
    assert exercise.easier
