"""A thread that follows something which may be lost, and looks for it again after growing waits.

Laws: whoever waits on it wakes for what it waits for, for the time that was given, or for `close`, and for nothing
else. However the following ends, by an error that nobody foresaw too, that is told, and it begins again.
"""

import logging
import os
import select
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Self

from breakd.adapters.backoff import Backoff

CLOSING_S = 1.0
"""A thread that waits ends at once; one that something else holds up is waited for no longer than this."""

_CREATE, _MOVED_TO, _DELETE_SELF, _MOVE_SELF, _ONLYDIR = 0x100, 0x80, 0x400, 0x800, 0x01000000  # of inotify(7)

log = logging.getLogger(__name__)


class Closing(BaseException):
    """Whoever waits is to come to an end: no error, and what catches any error lets it pass."""


class Waker:
    """Ends, from any thread, whatever waits now and later. The thread that waits owns it, and leaves it at its end."""

    def __init__(self) -> None:
        self._heard, self._told = socket.socketpair()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._heard.close()
        self._told.close()

    def wake(self) -> None:
        with suppress(OSError):  # the thread has ended
            self._told.send(b".")

    def wait(self, seconds: float | None, handle: int | None = None, events: int = select.POLLIN) -> bool:
        """Wait for one of these events of the handle, its end among them; return whether one came. Raises Closing."""
        poll = select.poll()
        poll.register(self._heard, select.POLLIN)
        if handle is not None:
            poll.register(handle, events)
        ready = dict(poll.poll(None if seconds is None else max(0.0, seconds) * 1000))
        if self._heard.fileno() in ready:
            raise Closing
        return handle in ready


class Follower:
    """Calls `follow` on a thread again and again until it is closed, with what it waits with.

    `follow` resets the backoff once it has what it follows, and raises where that is lost; `lost` is called whenever it
    has ended. Where it follows a server's socket at a `path`, another one there is found at once.
    """

    def __init__(
        self,
        name: str,
        follow: Callable[[Waker, Backoff], None],
        lost: Callable[[], None],
        *,
        path: str | None = None,
        backoff: Backoff | None = None,
    ) -> None:
        self._name, self._follow, self._lost, self._path = name, follow, lost, path
        self._backoff = backoff or Backoff()
        self._waker = Waker()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._waker.wake()
        self._thread.join(CLOSING_S)

    def _run(self) -> None:
        backoff = self._backoff
        with self._waker, suppress(Closing):
            while True:
                tried = None if self._path is None else identity(self._path)
                try:
                    self._follow(self._waker, backoff)
                except OSError as why:
                    log.info("%s: %s", self._name, why)
                except Exception:  # what a server or a library comes up with must not leave a hold as it is
                    log.exception("%s", self._name)
                finally:
                    self._lost()
                if self._path is None:
                    self._waker.wait(backoff.next_s())
                elif wait_for(self._path, tried, backoff.next_s(), self._waker):
                    backoff.reset()  # it may not listen yet


def identity(path: str) -> tuple[int, int] | None:
    """Return what tells the socket that is there from a later one, None where there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116 - the path is text all through here
    except OSError:
        return None
    return found.st_ino, found.st_ctime_ns


def wait_for(path: str, tried: tuple[int, int] | None, seconds: float, waker: Waker) -> bool:
    """Wait for a socket other than the one tried, or for a folder on the way to it, but no longer than `seconds`.

    Returns whether something came. Raises Closing.
    """
    folder, name = _nearest(path)
    try:
        from inotify_simple import INotify  # noqa: PLC0415 - on Linux only, and where no server is

        with INotify() as ear:
            ear.add_watch(folder, _CREATE | _MOVED_TO | _DELETE_SELF | _MOVE_SELF | _ONLYDIR)
            if identity(path) not in {None, tried} or _nearest(path) != (folder, name):  # it came meanwhile
                return True
            end = time.monotonic() + seconds
            while waker.wait(end - time.monotonic(), ear.fileno()):
                if any(event.name in {name, ""} for event in ear.read()):  # no name: the folder itself has gone
                    return True
            return False
    except (ImportError, OSError):  # no such thing here, or no more watches: then it is looked for at the next time
        waker.wait(seconds)
        return False


def _nearest(path: str) -> tuple[str, str]:
    """Return the last folder on the way that there is, and the name within it that the way goes on with."""
    folder, name = os.path.split(path)
    while folder not in {"", "/"} and not os.path.isdir(folder):  # noqa: PTH112 - the path is text all through here
        folder, name = os.path.split(folder)
    return folder, name
