"""Presence over a connection of its own, whose other end tells of silences and inputs by itself.

Laws: everything of the connection runs on one thread; other threads hand it jobs. However that thread ends, but by
`close`, the loss is told: a source that is lost must not look as if it served.
"""

import contextlib
import logging
import select
import socket
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue
from typing import Protocol

from breakd.ports import Post, SourceChanged

CLOSING_S = 1.0
"""A thread that waits ends at once; one that the other end holds up is waited for no longer than this."""

log = logging.getLogger(__name__)


class Connection(Protocol):
    """What the thread waits for, and leaves at its end."""

    def fileno(self) -> int: ...

    def close(self) -> None: ...


class WiredIdle(ABC):
    """The thread and its jobs. `name` is `unknown` once the connection is lost: then all is closed."""

    sees_pauses = True

    def __init__(self, post: Post, name: str, connection: Connection) -> None:
        """`start` begins; what is made of the connection before that is on no thread yet."""
        self.name = name
        self._post = post
        self._connection = connection
        self._closing = False
        self._jobs: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._waker, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name=f"{name} idle", daemon=True)

    def set_away_after(self, seconds: float) -> None:
        self._hand_over(partial(self._arm, round(seconds * 1000)))

    def watch_return(self) -> None:
        self._hand_over(self._await_return)

    def watch_pause(self) -> None:
        self._hand_over(self._await_pause)

    def close(self) -> None:
        self._closing = True
        self._wake()
        self._thread.join(CLOSING_S)

    def _start(self, away_after_s: float) -> None:
        """Say who serves, and begin."""
        self._post(SourceChanged("presence", self.name))
        self.set_away_after(away_after_s)
        self._thread.start()

    def _hand_over(self, job: Callable[[], None]) -> None:
        self._jobs.put(job)
        self._wake()

    def _wake(self) -> None:
        with contextlib.suppress(OSError):  # the thread has ended
            self._waker.send(b"!")

    # --- on the thread ------------------------------------------------------------------------------------------

    @abstractmethod
    def _take(self) -> None:
        """Take what the other end has told, waiting for nothing."""

    @abstractmethod
    def _arm(self, away_after_ms: int) -> None:
        """Have an absence told after this long."""

    @abstractmethod
    def _await_return(self) -> None:
        """Have the next input told."""

    @abstractmethod
    def _await_pause(self) -> None:
        """Have the next pause told."""

    def _run(self) -> None:
        try:
            while not self._closing:
                self._take()
                self._wait()
        except Exception as lost:  # noqa: BLE001 - whatever it is, the next source must serve
            if not self._closing:
                # An error that a record keeps would keep the connection.
                log.warning("presence: %s is gone: %s", self.name, repr(lost))
                self.name = "unknown"
                self._post(SourceChanged("presence", self.name))
        finally:
            self._connection.close()
            self._waker.close()
            self._woken.close()

    def _wait(self) -> None:
        """Wait for the other end or for jobs, and do these."""
        ready, _, _ = select.select([self._connection.fileno(), self._woken.fileno()], [], [])
        if self._woken.fileno() in ready:
            self._woken.recv(64)
            while not self._jobs.empty():
                self._jobs.get()()
