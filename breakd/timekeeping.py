"""From the machine's clocks to the engine's one time: sleeps that nobody announced, steps of the wall clock, zones.

Law: the engine's time is elapsed time of this and of earlier boots on one scale; it never runs backward, and no step
of the wall clock touches it.
"""

from typing import Any

from breakd.adapters.clock import Reading
from breakd.core import events as e
from breakd.core.durations import SECOND
from breakd.core.state import State

UNNOTICED = 60 * SECOND
"""A wake-up that is later than this was a sleep."""

SLEWED = SECOND // 20
"""A wall clock that is off by less is not set anew."""


class Timekeeper:
    """Turns readings into the engine's time. `saved` is what an earlier daemon saved of its own, or None."""

    def __init__(self, reading: Reading, boot: str, saved: dict[str, Any] | None) -> None:
        self._boot = boot
        self._origin = _origin(reading, boot, saved)
        self._last = reading

    def saved(self) -> dict[str, Any]:
        """Return what the next daemon needs to go on with the same time."""
        return {"boot": self._boot, "origin": self._origin, "now": self.now, "wall": self._last.wall_us}

    @property
    def now(self) -> int:
        """The engine's time of the last reading."""
        return self.at(self._last.elapsed_us)

    def at(self, elapsed_us: int) -> int:
        """Return the engine's time of an elapsed time of this boot."""
        return elapsed_us + self._origin

    def caught_up(self, state: State, reading: Reading, waited: int) -> list[e.Event]:
        """Return what the clocks tell: at most `waited` microseconds should have passed since the last reading."""
        now, last, self._last = self.at(reading.elapsed_us), self._last, reading
        told: list[e.Event] = []
        late = reading.elapsed_us - last.elapsed_us - waited
        gap = max(late, reading.slept_us - last.slept_us)
        if gap > UNNOTICED and not state.person.asleep:
            told += [e.Slept(now - gap), e.Woke(now)]
        if abs(reading.wall_us - now - state.wall.offset) > SLEWED:
            told.append(e.WallSet(now, reading.wall_us - now))
        if reading.zone != state.wall.zone:
            told.append(e.ZoneSet(now, reading.zone))
        return told


def _origin(reading: Reading, boot: str, saved: dict[str, Any] | None) -> int:
    """Return the engine's time at which this boot's elapsed time was zero.

    Over a reboot the time between is the wall clock's difference, never negative.
    """
    if saved is None:
        return 0
    if boot and boot == saved["boot"] and reading.elapsed_us + int(saved["origin"]) >= int(saved["now"]):
        return int(saved["origin"])
    return int(saved["now"]) + max(0, reading.wall_us - int(saved["wall"])) - reading.elapsed_us
