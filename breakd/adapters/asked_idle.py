"""Presence where the system tells of no input by itself, but only, when asked, how long ago the last one was.

Law: it is asked as seldom as it can be: not before the silence could have lasted as long as an absence, and every few
seconds only while a return or a pause in typing is awaited.
"""

import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue

from breakd.ports import PAUSE_S, CameBack, Post, SourceChanged, WentIdle

RETURN_S = 3.0  # how late a return may be noticed
LATE_RETURN_S = 30.0
"""The same where asking is costly and the absence has been long."""

COSTLY_PAUSE_S = 8.0
"""How late a pause may be noticed where asking is costly."""

_SAME_S = 0.2  # two answers that are about one and the same input differ by less


class AskedIdle:
    """Tells WentIdle and CameBack from `idle_s`, the system's answer in seconds, None where it has none now."""

    sees_pauses = True

    def __init__(
        self,
        post: Post,
        name: str,
        idle_s: Callable[[], float | None],
        away_after_s: float,
        *,
        costly: bool = False,
        same_s: float = _SAME_S,
    ) -> None:
        """`costly` and `same_s` are Watch's."""
        self.name = name
        self.idle_s = idle_s
        self._watch = Watch(post, idle_s, away_after_s, costly=costly, same_s=same_s)
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        post(SourceChanged("presence", name))
        threading.Thread(target=self._run, name="idle", daemon=True).start()

    def set_away_after(self, seconds: float) -> None:
        self._jobs.put(lambda: self._watch.set_away_after(seconds))

    def watch_return(self) -> None:
        self._jobs.put(self._watch.await_return)

    def watch_pause(self) -> None:
        self._jobs.put(self._watch.await_pause)

    def close(self) -> None:
        self._jobs.put(None)

    def _run(self) -> None:
        """Look, and look again when it is time or when something else is wanted."""
        while True:
            try:
                job = self._jobs.get(timeout=self._watch.look())
            except Empty:
                continue
            if job is None:
                return
            job()


class Watch:
    """What `look` has seen so far, and what it looks for. `now` reads a clock that only goes forward, in seconds.

    Where asking is `costly`, since it wakes other programs, a pause and the return from a long absence are noticed
    later. Two answers that mean last inputs less than `same_s` seconds apart are about the same one.
    """

    def __init__(
        self,
        post: Post,
        idle_s: Callable[[], float | None],
        away_after_s: float,
        now: Callable[[], float] = time.monotonic,
        *,
        costly: bool = False,
        same_s: float = _SAME_S,
    ) -> None:
        self._post = post
        self._idle_s = idle_s
        self._now = now
        self._costly = costly
        self._same_s = same_s
        self._away_after_s = away_after_s
        self._gone = False
        self._awaited = False  # a return
        self._pausing = False  # a pause is awaited
        self._last_input = now()  # at the latest: an answer may be late

    def set_away_after(self, seconds: float) -> None:
        """Take another time as an absence. One that was told already stays told until the return."""
        self._away_after_s = seconds

    def await_return(self) -> None:
        """Tell the next input, however short the silence before it."""
        if not self._awaited:  # else one since the last look would be missed
            self._awaited = True
            idle = self._idle_s() or 0.0
            self._last_input = self._now() - idle

    def await_pause(self) -> None:
        """Tell the next silence of PAUSE_S, and the next input after it."""
        self._pausing = True

    def look(self) -> float:
        """Ask once, tell what is new, and return in how many seconds to look again."""
        asked = self._now()
        idle = self._idle_s()
        if idle is None:
            return RETURN_S if self._awaited else self._away_after_s
        if self._awaited and asked - idle > self._last_input + self._same_s:
            self._gone = self._awaited = False
            self._post(CameBack())
        self._last_input = self._now() - idle
        away = idle >= self._away_after_s and not self._gone
        paused = idle >= PAUSE_S and self._pausing
        if away or paused:
            self._gone = self._gone or away
            self._awaited = True
            self._pausing = self._pausing and not paused
            self._post(WentIdle(idle))
        return self._wait(idle)

    def _wait(self, idle: float) -> float:
        """Return in how many seconds there may be something new."""
        waits = []
        if not self._gone:
            waits.append(max(self._same_s, self._away_after_s - idle))
        if self._awaited:
            waits.append(max(RETURN_S, min(LATE_RETURN_S, idle / 10)) if self._costly else RETURN_S)
        if self._pausing:
            waits.append(COSTLY_PAUSE_S if self._costly else max(_SAME_S, PAUSE_S - idle))
        return min(waits)
