"""A routine that runs: its player on a real clock, and what is told to the program that started it.

Law: a routine ends once, and its end is reported at once. Nobody listening is no error.
"""

import json
import os
import select
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Literal

from breakd.errors import BreakdError
from breakd.routines.timeline import Player, Timeline

Outcome = Literal["finished", "done", "closed"]
"""How a routine ended: it ran out, the person said 'done' early, or it was closed early."""

Report = Callable[[str, Mapping[str, float | str | None]], None]
"""Takes a kind of report and what more there is to say."""


def silent(kind: str, more: Mapping[str, float | str | None]) -> None:
    """Report to nobody."""


class Link:
    """The line to the program that started the routine: a report is a JSON object a line, and so is what it says.

    Over a socket both can speak, and `heard` notices when the other side has gone; into a pipe there are only reports.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor
        self._two_way = stat.S_ISSOCK(os.fstat(descriptor).st_mode)
        self._read = b""

    def __call__(self, kind: str, more: Mapping[str, float | str | None]) -> None:
        if self._descriptor is None:
            return
        try:
            os.write(self._descriptor, (json.dumps({"kind": kind, **more}) + "\n").encode())
        except OSError:
            self._descriptor = None

    def fileno(self) -> int:
        """Return the descriptor, for who waits until something can be heard; -1 where the line is gone."""
        return -1 if self._descriptor is None else self._descriptor

    @property
    def deserted(self) -> bool:
        """Whether who could be heard has gone."""
        return self._two_way and self._descriptor is None

    def heard(self, patience: float = 0) -> Iterator[dict[str, Any]]:
        """Yield what was said since; wait for it at most `patience` seconds."""
        if self._descriptor is None or not self._two_way:
            return
        try:
            while select.select([self._descriptor], [], [], patience)[0]:
                if not (data := os.read(self._descriptor, 65536)):
                    self._descriptor = None
                    break
                self._read += data
                if b"\n" in data:
                    break
        except OSError:
            self._descriptor = None
            return
        *lines, self._read = self._read.split(b"\n")
        for line in lines:
            said = json.loads(line)
            if isinstance(said, dict):
                yield said


class NoWindowError(BreakdError):
    """No window can be opened here. The text says why, and what to do."""


def elapsed() -> float:
    """Return seconds of true elapsed time, sleep of the machine included where the system counts it."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class Session:
    """A routine from its start to its one outcome. `tick` brings it to the present before anything is shown."""

    def __init__(self, timeline: Timeline, report: Report = silent, now: Callable[[], float] = elapsed) -> None:
        self.player = Player(timeline)
        self.outcome: Outcome | None = None
        self._report = report
        self._now = now
        self._last = now()

    def opened(self) -> None:
        """Say that the person can see it."""
        self._report("opened", {})

    def tick(self) -> None:
        now = self._now()
        if self.outcome is None:
            self.player = self.player.advance(now - self._last)
            if self.player.finished:
                self._end("finished")
        self._last = now

    def toggle(self) -> None:
        """Pause, or go on."""
        self._move(Player.resume if self.player.paused else Player.pause)

    def next(self) -> None:
        self._move(Player.next)

    def back(self) -> None:
        self._move(Player.back)

    def exchange(self, timeline: Timeline) -> None:
        """Do another exercise instead, from its start; what was practised counts, and a pause goes on."""
        self.tick()
        if self.outcome is None:
            self.player = replace(self.player, timeline=timeline, position=0.0)
            self._report_place(timeline.exercise.id)

    def done(self) -> None:
        """End it early, as done."""
        self.tick()
        self._end("done")

    def close(self) -> None:
        """End it early, as broken off."""
        self.tick()
        self._end("closed")

    def _move(self, act: Callable[[Player], Player]) -> None:
        self.tick()
        if self.outcome:
            return
        self.player = act(self.player)
        if self.player.finished:
            self._end("finished")
        else:
            self._report_place()

    def _report_place(self, exercise: str | None = None) -> None:
        """Say how long it takes from here, and of which other exercise."""
        seconds = None if self.player.paused else round(self.player.remaining, 3)
        self._report("moved", {"seconds": seconds} | ({"exercise": exercise} if exercise else {}))

    def _end(self, outcome: Outcome) -> None:
        if self.outcome is None:
            self.outcome = outcome
            self._report(outcome, {"seconds": round(self.player.practised, 3)})
