"""The timeline of a routine: it fills exactly the time that there is; the player stays within it."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakd.core.durations import SECOND
from breakd.core.settings import OwnExercise, OwnStep
from breakd.routines.alternatives import SEATED, STANDING
from breakd.routines.exercises import EXERCISES, Exercise, Move, Round, Version
from breakd.routines.own import guided
from breakd.routines.timeline import Phase, Player, Timeline, plan

BUILT_IN = {one.figure: one for table in (EXERCISES, STANDING, SEATED) for one in table.values()}
ALL = pytest.mark.parametrize("exercise", BUILT_IN.values(), ids=BUILT_IN)
steps = st.builds(
    OwnStep,
    st.uuids().map(str),
    st.none() | st.integers(1, 3600).map(lambda seconds: seconds * SECOND),
    st.booleans(),
    st.integers(1, 100),
)
own_exercises = st.lists(steps, min_size=1, max_size=4).map(
    lambda some: guided(OwnExercise("own", "Own", "seated", tuple(some)))
)
exercises = st.one_of(st.sampled_from(list(BUILT_IN.values())), own_exercises)
lengths = st.one_of(st.integers(1, 7200), st.floats(1, 7200, allow_nan=False))
acts = st.lists(st.one_of(st.floats(0, 40), st.sampled_from(["next", "back", "pause", "resume"])), max_size=60)


def told(timeline: Timeline) -> list[str]:
    """Return the phases as one reads them: seconds, label, count."""
    return [
        f"{phase.seconds:g} {phase.label}" + (f" {phase.count}/{phase.times}" if phase.times else "")
        for phase in timeline.phases
    ]


def written(version: Version) -> list[tuple[float, str, int, int]]:
    """Return the version's own phases, nothing repeated or cut."""
    rows: list[tuple[float, str, int, int]] = []

    def add(move: Move, count: int = 0, times: int = 0) -> None:
        rows.append((move.seconds, move.label, count, times))

    for part in (*version.begin, *version.work, *version.end):
        if isinstance(part, Move):
            add(part)
            continue
        for count in range(1, part.times + 1):
            for move in part.moves:
                add(move, count, part.times)
            if part.rest and count < part.times:
                add(part.rest)
    return rows


@given(exercises, lengths)
def test_the_phases_fill_the_length_exactly(exercise: Exercise, length: float) -> None:
    phases = plan(exercise, length).phases
    assert phases[0].start == 0
    assert phases[-1].end == length
    assert all(one.end == two.start for one, two in itertools.pairwise(phases))
    assert all(phase.seconds > 0 for phase in phases)


@given(exercises, lengths)
def test_counts_run_from_one_to_their_number(exercise: Exercise, length: float) -> None:
    counted = [(p.count, p.times) for p in plan(exercise, length).phases if p.times]
    steps = [pair for pair, _ in itertools.groupby(counted)]
    for (count, times), following in itertools.zip_longest(steps, steps[1:]):
        assert following == (count + 1, times) if count < times else following is None or following[0] == 1


@given(exercises, lengths)
def test_no_phase_is_slower_than_written_but_rest_and_what_is_stretched(exercise: Exercise, length: float) -> None:
    usual = {move.label: move.seconds for version in (exercise.micro, exercise.full) for move in _moves(version)}
    timeline = plan(exercise, length)
    for phase in timeline.phases[timeline.work :]:
        if phase.times:
            assert phase.seconds < usual[phase.label] * 1.1 + 1


def _moves(version: Version) -> list[Move]:
    return [move for part in version.work if isinstance(part, Round) for move in part.moves]


@ALL
def test_two_minutes_are_the_micro_version_as_written(exercise: Exercise) -> None:
    got = [(p.seconds, p.label, p.count, p.times) for p in plan(exercise, 120).phases]
    assert got == written(exercise.micro)


@ALL
def test_the_full_version_is_taken_as_written_where_it_fits(exercise: Exercise) -> None:
    got = [(p.seconds, p.label, p.count, p.times) for p in plan(exercise, exercise.full.seconds).phases]
    assert got == written(exercise.full)


def test_less_time_means_fewer_repetitions() -> None:
    assert told(plan(EXERCISES["bridges"], 75)) == [
        "5 Get ready",
        "15 Lie down, bend your knees",
        "2 Lift 1/2",
        "10 Hold, keep breathing 1/2",
        "2 Lower 1/2",
        "2 Rest 1/2",
        "2 Lift 2/2",
        "10 Hold, keep breathing 2/2",
        "2 Lower 2/2",
        "2 Rest 2/2",
        "8 Rest on your back",
        "15 Roll to one side, push up with your arms",
    ]


def test_more_time_means_the_work_again_after_a_rest() -> None:
    phases = plan(EXERCISES["helicopters"], 175).phases
    assert [(p.label, p.seconds) for p in phases if not p.times] == [
        ("Get ready", 5),
        ("Feet hip-wide, knees soft, grow tall", 10),
        ("Let your arms drop, shake out", 10),
        ("Let your arms drop, shake out", 10),
        ("Let your arms drop, shake out", 15),
        ("Stand and breathe", 5),
    ]
    assert sum(1 for p in phases if p.side == "right") == 8 + 8 + 8


def test_what_has_no_rest_of_its_own_gets_one_before_getting_up() -> None:
    assert told(plan(EXERCISES["knee-hovers"], 150))[-3:] == [
        "2 Lower softly 3/3",
        "30 Rest on hands and knees",
        "10 One foot forward, stand up",
    ]


def test_a_walk_is_stretched() -> None:
    assert told(plan(EXERCISES["walk"], 300)) == [
        "5 Stand up",
        "5 Loosen your shoulders",
        "140 Walk out",
        "140 Turn, walk back",
        "10 Arrive, stand tall",
    ]


@pytest.mark.parametrize("length", [1, 5, 20])
@ALL
def test_a_very_short_routine_is_everything_once(exercise: Exercise, length: int) -> None:
    timeline = plan(exercise, length)
    labels = [phase.label for phase in timeline.phases]
    assert labels[0] == exercise.micro.begin[0].label
    assert labels[-1] == exercise.micro.end[-1].label
    assert {phase.times for phase in timeline.phases} <= {0, 1}


def phase(timeline: Timeline, label: str) -> Phase:
    return next(phase for phase in timeline.phases if phase.label == label)


def test_time_moves_the_player_to_the_end() -> None:
    player = Player(plan(EXERCISES["helicopters"], 120))
    assert player.phase.label == "Get ready"
    player = player.advance(5)
    assert player.phase.label == "Feet hip-wide, knees soft, grow tall"
    player = player.advance(1000)
    assert player.finished
    assert player.remaining == 0
    assert player.practised == 120
    assert player.following is None


def test_no_time_passes_in_a_pause() -> None:
    player = Player(plan(EXERCISES["helicopters"], 120)).advance(20).pause().advance(300)
    assert player.remaining == 100
    assert player.resume().advance(1).remaining == 99


def test_next_brings_the_end_nearer_and_back_moves_it_away() -> None:
    player = Player(plan(EXERCISES["bridges"], 120)).advance(8)
    ahead = player.next()
    assert ahead.phase.label == "Lift"
    assert ahead.remaining == 100
    assert ahead.practised == 8
    behind = ahead.advance(1).back()
    assert behind.phase.label == "Lie down, bend your knees"
    assert behind.remaining == 115
    assert behind.back().back().remaining == 120


def test_next_in_the_last_phase_is_the_end() -> None:
    player = Player(plan(EXERCISES["bridges"], 120)).advance(110).next()
    assert player.finished


@given(exercises, st.integers(1, 600), acts)
def test_the_player_stays_within_its_timeline(exercise: Exercise, length: int, made: list[float | str]) -> None:
    player = Player(plan(exercise, length))
    passed = 0.0
    for act in made:
        if isinstance(act, str):
            player = getattr(player, act)()
        else:
            passed += act
            player = player.advance(act)
        assert 0 <= player.position <= length
        assert player.phase.start <= player.position <= player.phase.end
        assert player.practised <= passed + 1e-6
    assert player.resume().advance(length).finished
