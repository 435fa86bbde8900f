"""The reason fullscreen: the windows that fill a screen which the person sees, by the first way that works here.

In an X session the window manager's properties tell (`x11`); under Wayland sway's own socket (`sway`), and else any
compositor that lists its windows (`foreign-toplevel`). GNOME and KDE under Wayland tell nobody: `unknown`.

Law: everything of a connection runs on one thread, which is blocked until something is told. What tells often and
means nothing, a title that changes at each key, is listened to more and more rarely, 10 s apart at last.
"""

import contextlib
import logging
import os
import select
import time
from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING, Protocol

from breakd.adapters.backoff import Backoff
from breakd.adapters.follower import Follower, Waker
from breakd.adapters.nothing import NoHold
from breakd.adapters.reason import Reason, Users
from breakd.ports import HoldSource, Post

if TYPE_CHECKING:
    from breakd.adapters.bus import Bus

REASON = "fullscreen"
NOWHERE, UNKNOWN = "none", "unknown"
LASTING_S = 1.0
"""A way that served for less is not tried again at once, and without a word."""
FIRST_REST_S, LONGEST_REST_S = 0.3, 10.0

log = logging.getLogger(__name__)


class Way(Protocol):
    """A connection to somebody who knows of windows; `name` is what it is called in SourceChanged.

    Opening one raises LookupError where those who could tell are not there. It, `read` and `users` raise OSError where
    there is nobody, or nobody any more.
    """

    name: str
    hurried: bool
    """Whether so much was told by the last `read` that it cannot be left unread for long."""

    def fileno(self) -> int: ...

    def read(self) -> bool:
        """Take what was told, waiting for nothing; return whether it can bear on what is full-screen."""

    def users(self) -> Users:
        """Return the names of each full-screen window that is seen now."""

    def close(self) -> None: ...


def connect(post: Post, _session_bus: "Bus | None") -> HoldSource:
    """Return what watches it; where there is no screen at all, that is nothing."""
    found = ways()
    return Fullscreen(post, found) if found else NoHold(post, REASON, UNKNOWN if _is_wayland() else NOWHERE)


def ways() -> list[Callable[[], Way]]:
    """Return how to open each way that a session could have."""
    environ = os.environ
    if not _is_wayland():
        return [_x11] if environ.get("DISPLAY") else []
    ways: list[Callable[[], Way]] = [_sway] if environ.get("SWAYSOCK") else []
    return [*ways, _toplevels] if environ.get("WAYLAND_DISPLAY") else ways


def _is_wayland() -> bool:
    return bool(os.environ.get("WAYLAND_DISPLAY")) or os.environ.get("XDG_SESSION_TYPE") == "wayland"


def _x11() -> Way:
    try:
        from breakd.adapters.xfullscreen import XWindows  # noqa: PLC0415 - python-xlib only where X is
    except ImportError as error:  # it is installed on Linux only
        raise LookupError(str(error)) from error
    return XWindows()


def _sway() -> Way:
    from breakd.adapters.swayipc import Sway  # noqa: PLC0415 - only where it is

    return Sway()


def _toplevels() -> Way:
    from breakd.adapters.toplevels import Toplevels  # noqa: PLC0415 - the same

    return Toplevels()


class Rhythm:
    """How long to rest after each time that something was told, so that what is told often costs few wake-ups."""

    def __init__(self) -> None:
        self._last_s = 0.0

    def rest_s(self, quiet_s: float, *, short: bool) -> float:
        """Return the rest in seconds, after something came, the first for `quiet_s`.

        None after a quiet time; a `short` one after news, such as the sizes of a window that is being drawn larger;
        after anything else double the one before.
        """
        if quiet_s > (FIRST_REST_S if short else LONGEST_REST_S):
            self._last_s = 0.0
        elif short:
            self._last_s = FIRST_REST_S
        else:
            self._last_s = min(max(2 * self._last_s, FIRST_REST_S), LONGEST_REST_S)
        return self._last_s


class Fullscreen:
    """Watches by the first of the ways that opens, and looks for one anew where it is lost."""

    def __init__(self, post: Post, ways: list[Callable[[], Way]], backoff: Backoff | None = None) -> None:
        self._reason = Reason(post, REASON)
        self.known = self._reason.known
        self._ways = ways
        self._without = NOWHERE
        self._follower = Follower(REASON, self._follow, self._lost, backoff=backoff)

    def close(self) -> None:
        self._reason.close()
        self._follower.close()

    # --- on the thread ------------------------------------------------------------------------------------------

    def _follow(self, waker: Waker, backoff: Backoff) -> None:
        """Tell of full-screen windows by the first way that opens. Raises OSError where that is lost."""
        while True:
            with contextlib.closing(self._opened()) as way:
                began = time.monotonic()
                try:
                    self._watch(way, waker)
                except OSError as lost:
                    if time.monotonic() - began < LASTING_S:
                        raise
                    log.warning("full-screen windows are not seen any more: %s", str(lost))
            backoff.reset()  # it may only have had enough of us

    def _lost(self) -> None:
        self._reason.seen(self._without, ())

    def _opened(self) -> Way:
        """Return the first way that opens. Raises OSError."""
        self._without = NOWHERE
        for opened in self._ways:
            try:
                return opened()
            except LookupError as error:
                log.info("nobody tells of full-screen windows: %s", str(error))
                self._without = UNKNOWN
            except OSError as error:
                log.info("full-screen windows: %s", str(error))
        raise ConnectionError("no way opens")

    def _watch(self, way: Way, waker: Waker) -> None:
        rhythm = Rhythm()
        quiet_s, news, hurried = inf, True, False
        while True:
            if news:
                self._reason.seen(way.name, way.users())
            rest_s = rhythm.rest_s(quiet_s, short=news or hurried)
            if rest_s:
                waker.wait(rest_s, way.fileno(), select.POLLRDHUP)
            quiet_s = 0.0 if waker.wait(0, way.fileno()) else rest_s
            news, hurried = way.read(), way.hurried
            if not news:
                began = time.monotonic()
                waker.wait(None, way.fileno())
                quiet_s += time.monotonic() - began
                news = way.read()
