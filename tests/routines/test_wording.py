"""The words of a routine for the place that it is in."""

import pytest

from breakd.routines import wording
from breakd.routines.exercises import EXERCISES
from breakd.routines.timeline import Player, plan


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
    assert wording.practised(at("walk", 90)) == "Short walk, 1 min 30 s"
