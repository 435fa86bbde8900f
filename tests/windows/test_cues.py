"""What is heard of a routine, and when."""

import pytest

from breakd.routines.exercises import EXERCISES
from breakd.routines.session import Session
from breakd.routines.timeline import plan
from breakd.windows.routine import Cues, Sound


class Heard:
    """A voice that records."""

    muted = False

    def __init__(self) -> None:
        self.since: list[str] = []

    def wake(self) -> None: ...

    def play(self, sound: Sound) -> None:
        self.since.append(f"({sound})")

    def say(self, words: str) -> None:
        self.since.append(words)

    def mute(self, *, muted: bool) -> None: ...


class Guided:
    """A routine on a clock of its own, and what is heard of it."""

    def __init__(self, exercise: str, length: float) -> None:
        self.now = 0.0
        self.session = Session(plan(EXERCISES[exercise], length), now=lambda: self.now)
        self.voice = Heard()
        self._cues = Cues(self.session, self.voice)

    def until(self, moment: float) -> list[str]:
        """Return what is heard until then, looking ten times a second."""
        self.voice.since = []
        while self.now < moment:
            self.now += 0.1
            self.session.tick()
            self._cues.follow()
        return self.voice.since


def test_phases_and_sides_are_told() -> None:
    bugs = Guided("dead-bugs", 120)
    assert bugs.until(4.95) == ["(phase)", "Dead bugs. Get ready.", "(tick)", "(tick)", "(tick)"]
    assert bugs.until(29.9) == ["(phase)", "Lie down, lift your legs.", "(phase)", "Ribs down, keep the small gap."]
    assert bugs.until(33.9) == ["(side)", "Lower, breathe out: right arm, left leg.", "(phase)", "Hold."]
    bugs.session.toggle()
    assert bugs.until(60) == []


def test_breaths_are_told_after_their_hold() -> None:
    hovers = Guided("knee-hovers", 120)
    hovers.until(21.9)
    hold = ["(phase)", "Hold for three deep breaths."]
    assert hovers.until(39.9) == [*hold, "Breathe out", "Breathe in", "Breathe out", "Breathe in", "Breathe out"]


@pytest.mark.parametrize(("length", "half", "words"), [(120, 60, "Turn, walk back"), (600, 285, "Turn around")])
def test_the_walk_is_told_its_half_time_and_its_end(length: float, half: float, words: str) -> None:
    walk = Guided("walk", length)
    assert "(half)" not in walk.until(half - 0.2)
    assert walk.until(half + 0.2) == ["(half)", f"Half time. {words}."]
    assert walk.until(length + 1)[-2:] == ["(end)", "Welcome back"]
    assert walk.until(length + 60) == []


def test_one_who_closes_it_hears_nothing_more() -> None:
    bridges = Guided("bridges", 120)
    bridges.until(3)
    bridges.session.close()
    assert bridges.until(60) == []
