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
import socket
import threading
import time
from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING, Protocol

from breakd.adapters.backoff import Backoff
from breakd.ports import HoldSource, InUse, Message, Post, SourceChanged

if TYPE_CHECKING:
    from breakd.adapters.bus import Bus

REASON = "fullscreen"
NOWHERE, UNKNOWN = "none", "unknown"
CLOSING_S = 1.0
LASTING_S = 1.0
"""A way that served for less is not tried again at once."""
FIRST_REST_S, LONGEST_REST_S = 0.3, 10.0

Users = tuple[tuple[str, ...], ...]

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
    return Fullscreen(post, ways())


def ways() -> list[Callable[[], Way]]:
    """Return how to open each way that this session could have."""
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
        self.known = threading.Event()
        self._backoff = backoff or Backoff()
        self._post = post
        self._ways = ways
        self._name: str | None = None
        self._told: Users | None = None
        self._closing = False
        self._waker, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="fullscreen", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._closing = True
        with contextlib.suppress(OSError):  # the thread has ended
            self._waker.send(b"!")
        self._thread.join(CLOSING_S)

    # --- on the thread ------------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            while not self._closing:
                began = time.monotonic()
                served = self._serve()
                self.known.set()
                if not self._ways:
                    return
                if served and time.monotonic() - began > LASTING_S:  # it may only have had enough of us
                    self._backoff.reset()
                    continue
                if served:
                    self._found(NOWHERE)
                self._rest(self._backoff.next_s())
        finally:
            self._waker.close()
            self._woken.close()

    def _serve(self) -> bool:
        """Tell of full-screen windows by the first way that opens, until it is lost; return whether one did."""
        way, name = self._opened()
        self._found(name)
        if way is None:
            return False
        try:
            self._follow(way)
        except OSError as lost:
            log.warning("full-screen windows are not seen any more: %s", str(lost))
        except Exception:  # what a library or a compositor comes up with must not leave the hold as it is
            log.exception("full-screen windows are not seen any more")
        finally:
            way.close()
        return True

    def _opened(self) -> tuple[Way | None, str]:
        """Return the first way that opens, and its name, or what to call it that there is none."""
        name = NOWHERE if self._ways or not _is_wayland() else UNKNOWN
        for opened in self._ways:
            try:
                way = opened()
            except LookupError as error:
                log.info("nobody tells of full-screen windows: %s", str(error))
                name = UNKNOWN
            except OSError as error:
                log.info("full-screen windows: %s", str(error))
            else:
                return way, way.name
        return None, name

    def _follow(self, way: Way) -> None:
        rhythm = Rhythm()
        quiet_s, news, hurried = inf, True, False
        while not self._closing:
            if news:
                self._tell(way.users())
                self.known.set()
            rest_s = rhythm.rest_s(quiet_s, short=news or hurried)
            self._rest(rest_s, way)
            quiet_s = 0.0 if _is_ready(way) else rest_s
            news, hurried = way.read(), way.hurried
            if not news:
                quiet_s += self._wait(way)
                news = way.read()

    def _wait(self, way: Way) -> float:
        """Wait until the way has something to read, and return for how long that was."""
        began = time.monotonic()
        select.select([way.fileno(), self._woken.fileno()], [], [])
        return time.monotonic() - began

    def _rest(self, seconds: float, way: Way | None = None) -> None:
        """Rest, unless it is closed, or the way is lost meanwhile."""
        if seconds and not self._closing:
            poll = select.poll()
            poll.register(self._woken, select.POLLIN)
            if way is not None:
                poll.register(way, select.POLLRDHUP)
            poll.poll(round(seconds * 1000))

    def _tell(self, users: Users) -> None:
        if users != self._told and self._name is not None:
            self._told = users
            self._say(InUse(REASON, self._name, users))

    def _found(self, name: str) -> None:
        """Tell by which way it goes on; what another saw is no more."""
        if name != self._name:
            if self._told:
                self._tell(())
            self._name, self._told = name, None
            self._say(SourceChanged(f"hold:{REASON}", name))

    def _say(self, message: Message) -> None:
        if not self._closing:
            self._post(message)


def _is_ready(way: Way) -> bool:
    return bool(select.select([way], [], [], 0)[0])
