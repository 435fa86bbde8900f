"""One source of presence out of several: the first that works, and the next one while that is lost.

Law: what is tried again, and how long: what has served and was lost, as long as it is lost; what was never there, each
time that something is lost, and where nothing serves that sees input itself, also for the first minutes, since breakd
may have started before the desktop. Services on a bus tell by themselves when they come. The waits grow, and the
thread that waits is there only while there is something to find.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from breakd.adapters.backoff import LONGEST_S, Backoff
from breakd.adapters.nothing import UnknownPresence
from breakd.ports import CameBack, Message, Post, Presence, SourceChanged, WentIdle

log = logging.getLogger(__name__)

UNKNOWN = "unknown"


class NotHereError(Exception):
    """A way does not work here; the text says why, to a person."""


Connect = Callable[[Post, float], Presence]
"""Begins to tell, of absences of so many seconds; raises NotHereError, with its cause."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way to see the person: how it is called where it does not work, and how it is connected.

    `sees_input`: it sees each input at once, so there is no need to look for better. `silent`: no absence is seen
    while something inhibits idling, such as a video, unless the source itself knows better (`inhibited_unseen`).
    """

    name: str
    connect: Connect
    sees_input: bool = True
    silent: bool = False


class Sources:
    """The source that serves, whichever it is at the moment.

    What was asked of one that is lost is asked of the next. What a source tells counts only while it serves.
    """

    def __init__(
        self, post: Post, all_ways: Sequence[Way], away_after_s: float, backoff: Backoff | None = None
    ) -> None:
        """Connect the first that works, before this returns."""
        self._post = post
        self._ways = all_ways
        self._away_after_s = away_after_s
        self._backoff = backoff or Backoff()
        self._lock = threading.RLock()  # a source may tell something while it is asked for it
        self._nobody = len(all_ways)
        self._place = self._nobody  # of the way that serves
        self._source: Presence = UnknownPresence()
        self._trying: int | None = None
        self._early: list[Message] = []  # what the one that is tried has told
        self._served: set[int] = set()
        self._return_awaited = False
        self._pause_awaited = False
        self._closed = False
        self._seeker: threading.Thread | None = threading.current_thread()  # two at once would mix what they hear
        self._stir = threading.Event()
        self.name = UNKNOWN
        self.sees_pauses = False
        if not self._improve(every=True):
            self._post(SourceChanged("presence", UNKNOWN))
        with self._lock:
            self._seeker = None
            if self._stir.is_set() or not self._sees_input():
                self._seek(at_once=False)

    def idle_s(self) -> float | None:
        return self._source.idle_s()

    def set_away_after(self, seconds: float) -> None:
        with self._lock:
            self._away_after_s = seconds
            self._source.set_away_after(seconds)

    def watch_return(self) -> None:
        with self._lock:
            self._return_awaited = True
            self._source.watch_return()

    def watch_pause(self) -> None:
        with self._lock:
            self._pause_awaited = True
            self._source.watch_pause()

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._stir.set()
            source = self._source
        source.close()

    # --- what the sources tell, on their threads ------------------------------------------------------------------

    def _heard(self, place: int, message: Message) -> None:
        with self._lock:
            if self._closed:
                return
            if place == self._trying:
                self._early.append(message)
            elif not isinstance(message, SourceChanged):
                if place == self._place:
                    self._tell(message)
            elif message.name != UNKNOWN:
                if place < self._place:  # a better one has come
                    self._seek()
            elif place == self._place:
                self._place = self._nobody
                self._backoff.reset()
                self._seek()

    def _tell(self, message: Message) -> None:
        """Pass it on, and note what is still owed."""
        if isinstance(message, WentIdle):
            self._return_awaited, self._pause_awaited = True, False
        elif isinstance(message, CameBack):
            self._return_awaited = False
        self._post(message)

    # --- looking for a source -----------------------------------------------------------------------------------

    def _seek(self, *, at_once: bool = True) -> None:
        with self._lock:
            if self._seeker is not None:
                self._stir.set()
                return
            self._seeker = threading.Thread(target=self._look, args=(at_once,), name="presence", daemon=True)
            self._seeker.start()

    def _look(self, at_once: bool) -> None:  # noqa: FBT001 - a thread's argument
        """Try what is worth it, at once or after the first wait, until nothing is."""
        every = True
        while True:
            if at_once:
                self._improve(every=every)
            at_once = True
            with self._lock:
                wait_s = self._backoff.next_s()
                if self._closed or not (self._stir.is_set() or self._hopes(wait_s)):
                    self._seeker = None
                    return
            self._stir.wait(wait_s)
            with self._lock:
                every = self._stir.is_set() or self._is_early(wait_s)
                self._stir.clear()

    def _hopes(self, wait_s: float) -> bool:
        """Return whether something will be worth being tried after this wait."""
        return self._is_early(wait_s) or any(place < self._place for place in self._served)

    def _is_early(self, wait_s: float) -> bool:
        return wait_s < LONGEST_S and not self._sees_input()

    def _sees_input(self) -> bool:
        return self._place < self._nobody and self._ways[self._place].sees_input

    def _improve(self, *, every: bool) -> bool:
        """Connect the first that works of those before the one that serves: of all, or of such as have served already.

        Return whether there is one. Where the last has been lost, and there is no other, that is told.
        """
        for place in range(self._place):
            if not self._closed and (every or place in self._served) and self._try(place):
                return True
        with self._lock:
            if self._closed or self._place != self._nobody or self.name == UNKNOWN:
                return False
            lost = self._take(self._nobody, UnknownPresence())
        lost.close()
        return False

    def _try(self, place: int) -> bool:
        with self._lock:
            self._trying, self._early = place, []
            away_after_s = self._away_after_s
        try:
            source: Presence | None = self._ways[place].connect(partial(self._heard, place), away_after_s)
        except NotHereError as error:
            log.info("presence: %s: %s (%s)", self._ways[place].name, error, error.__cause__ or "")
            source = None
        except Exception:  # whatever a library of others breaks on, the next one is tried
            log.exception("presence: %s", self._ways[place].name)
            source = None
        with self._lock:
            early, self._trying = self._early, None
            serves = source is not None and not self._closed and SourceChanged("presence", UNKNOWN) not in early
            unneeded = source
            if source is not None and serves:
                unneeded = self._take(place, source)
                self._catch_up(early, stale=self._away_after_s != away_after_s)
        if unneeded is not None and not (serves and unneeded is source):  # one that is back is the one that it was
            unneeded.close()
        return serves

    def _catch_up(self, early: Sequence[Message], *, stale: bool) -> None:
        """Tell what the new source has told meanwhile, and ask of it what was asked of the one before."""
        for message in early:
            if not isinstance(message, SourceChanged):
                self._tell(message)
        if stale:
            self._source.set_away_after(self._away_after_s)
        if self._return_awaited:
            self._source.watch_return()
        if self._pause_awaited:
            self._source.watch_pause()

    def _take(self, place: int, source: Presence) -> Presence:
        """Let this one serve from now on; return the one before."""
        before, self._source, self._place = self._source, source, place
        self._served |= {place} - {self._nobody}
        self.name, self.sees_pauses = source.name, source.sees_pauses
        self._post(SourceChanged("presence", self.name))
        return before
