"""The words of a routine for the place that it is in."""

import re

import pytest

from breakd.routines import wording
from breakd.routines.alternatives import SEATED, STANDING
from breakd.routines.exercises import EXERCISES, Exercise
from breakd.routines.timeline import Player, plan

ALL = pytest.mark.parametrize(
    "exercise",
    [one for table in (EXERCISES, STANDING, SEATED) for one in table.values()],
    ids=lambda exercise: exercise.figure,
)


def at(exercise: str, position: float) -> Player:
    return Player(plan(EXERCISES[exercise], 120)).advance(position)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0"), (0.1, "1"), (59, "59"), (59.2, "1:00"), (60, "1:00"), (224.1, "3:45")]
)
def test_a_countdown_counts_begun_seconds(seconds: float, text: str) -> None:
    assert wording.countdown(seconds) == text


def test_minutes_are_always_told_in_what_is_left() -> None:
    assert wording.minutes(9) == "0:09"


@pytest.mark.parametrize(
    ("player", "note", "coming", "title"),
    [
        (at("bridges", 0), "", "Next: Lie down, bend your knees", "Get ready - Bridges"),
        (at("bridges", 40), "2 of 5", "Next: Lower", "Hold, keep breathing: 2 of 5 - Bridges"),
        (at("helicopters", 16), "1 of 8", "Next: Swing to the left", "Swing to the right: 1 of 8 - Helicopters"),
        (
            at("dead-bugs", 34),
            "right arm, left leg, 1 of 5",
            "Next: Lower, breathe out: left arm, right leg",
            "Come back, breathe in: right arm, left leg, 1 of 5 - Dead bugs",
        ),
        (at("walk", 115), "", "Then you are done", "Arrive, stand tall - Short walk"),
    ],
)
def test_the_words_of_a_phase(player: Player, note: str, coming: str, title: str) -> None:
    assert wording.side_and_count(player.timeline.exercise, player.phase) == note
    assert wording.coming(player) == coming
    assert wording.title(player) == title


def test_how_much_was_done() -> None:
    assert wording.practised(at("walk", 90)) == "1 min 30 s of exercise"


def test_a_pause_is_told_in_the_title() -> None:
    assert wording.title(at("bridges", 40).pause()) == "Paused: Hold, keep breathing: 2 of 5 - Bridges"


@pytest.mark.parametrize(
    ("player", "words"),
    [
        (at("bridges", 1), "Bridges. Get ready."),
        (at("bridges", 40), "Hold, keep breathing."),
        (at("dead-bugs", 31), "Lower, breathe out: right arm, left leg."),
        (at("dead-bugs", 33.5), "Hold."),
        (at("dead-bugs", 37.5), "Lower, breathe out: left arm, right leg."),
    ],
)
def test_what_is_said_aloud(player: Player, words: str) -> None:
    assert wording.spoken(player) == words


@pytest.mark.parametrize(
    ("player", "words"),
    [
        (at("knee-hovers", 21), ""),
        (at("knee-hovers", 22.5), "Breathe in"),
        (at("knee-hovers", 25.5), "Breathe out"),
        (at("knee-hovers", 28.5), "Breathe in"),
        (at("bridges", 26), ""),
        (at("walk", 26), ""),
    ],
)
def test_breaths_where_a_hold_is_for_breaths(player: Player, words: str) -> None:
    assert wording.breath(player) == words


def test_a_step_is_told_in_full_unless_its_label_says_it_all() -> None:
    player = at("bridges", 26)
    assert wording.sentence(player.timeline.exercise, player.phase) == "Hold for ten seconds and keep breathing."
    ready = at("bridges", 0)
    assert wording.sentence(ready.timeline.exercise, ready.phase) == ""
    assert wording.counts_in(ready)
    assert not wording.counts_in(at("walk", 0))


def limbs(text: str) -> list[str]:
    """Return what a text moves on which side: 'the long right leg' is 'right leg'."""
    return re.findall(r"\b(?:right|left) (?:arm|leg|knee)\b", text)


@ALL
@pytest.mark.parametrize("length", [30, 90, 120, 600])
def test_a_step_in_full_is_for_the_side_that_is_shown(exercise: Exercise, length: float) -> None:
    for phase in plan(exercise, length).phases:
        sentence = wording.sentence(exercise, phase)
        named = re.findall(r"\b(?:right|left)\b(?! angle)", sentence)
        if not named:
            continue
        if not phase.side:
            assert named == ["right", "left"], sentence
        elif shown := wording.side(exercise, phase):
            assert limbs(sentence) == limbs(shown), (shown, sentence)
            assert named[0] == phase.side, sentence
        else:
            assert set(named) == {phase.side}, sentence
            assert phase.side in phase.label


@ALL
def test_the_limbs_of_both_sides_are_told_in_full(exercise: Exercise) -> None:
    shown = {(phase.side, *limbs(wording.sentence(exercise, phase))) for phase in plan(exercise, 120).phases}
    for side, words in zip(("right", "left"), exercise.sides, strict=True):
        if words:
            assert (side, *limbs(words)) in shown


def test_only_the_walk_leads_away() -> None:
    assert wording.greeting(EXERCISES["walk"]) == "Welcome back"
    assert wording.greeting(EXERCISES["bridges"]) == "Done"
    assert wording.greeting(SEATED["walk"]) == "Done"


def test_sides_are_marked() -> None:
    player = at("helicopters", 16)
    assert (wording.side_mark(player.phase), wording.count(player.phase)) == ("R", "1 of 8")
    assert (wording.side_mark(at("walk", 0).phase), wording.count(at("walk", 0).phase)) == ("", "")
