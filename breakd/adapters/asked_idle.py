"""Presence where the system tells of no input by itself, but only, when asked, how long ago the last one was.

Law: it is asked as seldom as it can be: not before the silence could have lasted as long as an absence, and every few
seconds only while a return is awaited.
"""

import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue

from breakd.ports import CameBack, Post, SourceChanged, WentIdle

RETURN_S = 3.0  # how late a return may be noticed

_SAME_S = 0.2  # two answers that are about one and the same input differ by less


class AskedIdle:
    """Tells WentIdle and CameBack from `idle_s`, the system's answer in seconds, None where it has none now."""

    def __init__(self, post: Post, name: str, idle_s: Callable[[], float | None], away_after_s: float) -> None:
        self.name = name
        self.idle_s = idle_s
        self._watch = Watch(post, idle_s, away_after_s)
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        post(SourceChanged("presence", name))
        threading.Thread(target=self._run, name="idle", daemon=True).start()

    def set_away_after(self, seconds: float) -> None:
        self._jobs.put(lambda: self._watch.set_away_after(seconds))

    def watch_return(self) -> None:
        self._jobs.put(self._watch.await_return)

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
    """What `look` has seen so far, and what it looks for. `now` reads a clock that only goes forward, in seconds."""

    def __init__(
        self,
        post: Post,
        idle_s: Callable[[], float | None],
        away_after_s: float,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._post = post
        self._idle_s = idle_s
        self._now = now
        self._away_after_s = away_after_s
        self._gone = False
        self._awaited = False
        self._last_input = now()

    def set_away_after(self, seconds: float) -> None:
        """Take another time as an absence. One that was told already stays told until the return."""
        self._away_after_s = seconds

    def await_return(self) -> None:
        """Tell the next input, however short the silence before it."""
        if not self._awaited:  # else one since the last look would be missed
            self._awaited = True
            self._last_input = self._now() - (self._idle_s() or 0.0)

    def look(self) -> float:
        """Ask once, tell what is new, and return in how many seconds to look again."""
        idle = self._idle_s()
        if idle is None:
            return RETURN_S if self._awaited else self._away_after_s
        last_input = self._now() - idle
        if self._awaited and last_input > self._last_input + _SAME_S:
            self._gone = self._awaited = False
            self._post(CameBack())
        self._last_input = last_input
        if not self._gone and idle >= self._away_after_s:
            self._gone = self._awaited = True
            self._post(WentIdle(idle))
        rest = self._away_after_s - idle
        if self._gone:
            return RETURN_S
        return max(_SAME_S, min(RETURN_S, rest) if self._awaited else rest)
