"""The exercises: their order and doses, and that texts, steps and poses fit together."""

import re

import pytest

from breakd.routines.exercises import EXERCISES, Exercise, Move, Round, Version

ALL = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)

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


@ALL
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
