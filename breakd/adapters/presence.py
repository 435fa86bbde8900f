"""Picks who tells whether the person is there: the first that works, and the next one while that is lost.

In this order: the Wayland compositor's idle notification, GNOME's idle monitor, the X server, the screen saver,
logind's idle hint, nobody. On Windows and macOS the system is asked.

Laws: an X server is asked only in an X session. Under Wayland there is one as well, but it sees only the input to X
windows, and a person who types into any other would be called away. What is tried again, and how long: what has served
and was lost, as long as it is lost; what was never there, each time that something is lost, and where nothing serves
that sees input itself, also for the first minutes, since breakd may have started before the desktop. Services on a bus
tell by themselves when they come.
"""

import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from breakd.adapters.backoff import LONGEST_S, Backoff
from breakd.adapters.nothing import UnknownPresence
from breakd.ports import CameBack, Message, Post, Presence, SourceChanged, WentIdle
from breakd.texts import _, later

if TYPE_CHECKING:
    from breakd.adapters.bus import Bus

log = logging.getLogger(__name__)

UNKNOWN = "unknown"

_ANY_S = 300.0
"""An absence, where it does not matter how long one is."""


def connect(
    post: Post,
    session_bus: "Bus | None",
    away_after_s: float,
    platform: str = sys.platform,
    system_bus: "Bus | None" = None,
) -> "Sources":
    """Return the source of presence; which one it is, and when that changes, is told by SourceChanged."""
    return Sources(post, ways(session_bus, system_bus, platform), away_after_s)


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


@dataclass(frozen=True, slots=True)
class Seen:
    """What `survey` found of a source.

    `state` is `serves` for the first that works, `works`, or `absent`, and then `why` says why not, to a person.
    `silent`: it sees no absence while something inhibits idling, such as a video.
    """

    name: str
    state: str
    why: str
    silent: bool


def survey(
    session_bus: "Bus | None", system_bus: "Bus | None" = None, platform: str = sys.platform
) -> tuple[Seen, ...]:
    """Try each source, in the order of preference, and let go of it at once. Nothing is told, and nothing started."""
    return tuple(_surveyed(ways(session_bus, system_bus, platform)))


def _surveyed(all_ways: "Sequence[Way]") -> Iterator[Seen]:
    state = "serves"
    for way in all_ways:
        try:
            source = way.connect(lambda _message: None, _ANY_S)
        except NotHereError as error:
            yield Seen(way.name, "absent", str(error), way.silent)
            continue
        source.close()
        yield Seen(source.name, state, "", getattr(source, "inhibited_unseen", way.silent))
        state = "works"


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
        self._source: Presence = _unknown()
        self._trying: int | None = None
        self._early: list[Message] = []  # what the one that is tried has told
        self._served: set[int] = set()
        self._return_awaited = False
        self._pause_awaited = False
        self._closed = False
        self._seeker: threading.Thread | None = None
        self._stir = threading.Event()
        self.name = UNKNOWN
        self.sees_pauses = False
        if not self._improve(every=True):
            self._post(SourceChanged("presence", UNKNOWN))
        if not self._sees_input():
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

    # --- looking for a source, on a thread that is there only while there may be one to find ------------------------

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
            every = self._stir.wait(wait_s) or self._is_early(wait_s)
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
            if (every or place in self._served) and self._try(place):
                return True
        with self._lock:
            if self._closed or self._place != self._nobody or self.name == UNKNOWN:
                return False
            lost = self._take(self._nobody, _unknown())
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
            if source is not None and serves:
                unneeded: Presence | None = self._take(place, source)
                self._catch_up(early, stale=self._away_after_s != away_after_s)
            else:
                unneeded = source
        if unneeded is not None and unneeded is not self._source:
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


def _unknown() -> Presence:
    return UnknownPresence(lambda _message: None)


# --- the ways ---------------------------------------------------------------------------------------------------------


def ways(session_bus: "Bus | None", system_bus: "Bus | None" = None, platform: str = sys.platform) -> Sequence[Way]:
    """Return the ways that there are on this system, in the order of preference."""
    match platform:
        case "linux":
            return (
                Way("ext-idle-notify", _wayland),
                Way("mutter", _Kept(session_bus, "mutter", "MutterIdle", _NO_MUTTER)),
                Way("x11", _x11),
                Way("screensaver", _Kept(session_bus, "saver_idle", "SaverIdle", _NO_SAVER), sees_input=False),
                Way("logind", _Kept(system_bus, "hint", "HintIdle", _NO_HINT), sees_input=False, silent=True),
            )
        case "win32":
            return (Way("windows", partial(_asked, platform)),)
        case "darwin":
            return (Way("macos", partial(_asked, platform)),)
        case _:
            return ()


_NO_MUTTER = later("GNOME Shell is not on the session bus")
_NO_SAVER = later("no screen saver tells it")
_NO_HINT = later("no desktop sets the idle hint")


class _OnBus(Presence, Protocol):
    """A source that is made once, and opened and closed any number of times."""

    def open(self, away_after_s: float) -> None:
        """Begin to tell. Raises BusError."""


class _Kept:
    """Connects a source that is a service on a bus.

    It is made only once, since the bus keeps what is subscribed, and tells from then on when it may be opened.
    """

    def __init__(self, bus: "Bus | None", module: str, source: str, absent: str) -> None:
        self._bus = bus
        self._module = module
        self._name = source
        self._absent = absent
        self._source: _OnBus | None = None

    def __call__(self, post: Post, away_after_s: float) -> Presence:
        if self._bus is None:
            raise NotHereError(_("there is no bus to ask on"))
        from breakd.adapters.bus import BusError  # noqa: PLC0415 - only where there is a bus

        if self._source is None:
            self._source = getattr(import_module(f"breakd.adapters.{self._module}"), self._name)(post, self._bus)
        try:
            self._source.open(away_after_s)
        except BusError as error:
            raise NotHereError(_(self._absent)) from error
        return self._source


def _wayland(post: Post, away_after_s: float) -> Presence:
    if not os.environ.get("WAYLAND_DISPLAY"):
        raise NotHereError(_("there is no Wayland compositor"))
    from breakd.adapters.wlidle import NoIdleNotifyError, WaylandIdle  # noqa: PLC0415 - only under Wayland

    try:
        return WaylandIdle(post, away_after_s)
    except NoIdleNotifyError as error:
        raise NotHereError(_("the compositor does not tell it")) from error


def _x11(post: Post, away_after_s: float) -> Presence:
    environ = os.environ
    if environ.get("WAYLAND_DISPLAY") or environ.get("XDG_SESSION_TYPE") == "wayland":
        raise NotHereError(_("under Wayland it does not see all input"))
    if not environ.get("DISPLAY"):
        raise NotHereError(_("there is no X server"))
    try:
        from breakd.adapters.xidle import NoIdleTimeError, XIdle  # noqa: PLC0415 - python-xlib only where X is
    except ImportError as error:
        raise NotHereError(_("python-xlib is not installed")) from error
    try:
        return XIdle(post, away_after_s)
    except NoIdleTimeError as error:
        raise NotHereError(_("the X server does not tell it")) from error


def _asked(platform: str, post: Post, away_after_s: float) -> Presence:
    from breakd.adapters import macos, win32  # noqa: PLC0415 - only there
    from breakd.adapters.asked_idle import AskedIdle  # noqa: PLC0415

    system, name = (win32, "windows") if platform == "win32" else (macos, "macos")
    try:
        return AskedIdle(post, name, system.connect(), away_after_s)
    except (OSError, AttributeError) as error:  # a library, or the function in it, is not there
        raise NotHereError(_("the system does not tell it")) from error
