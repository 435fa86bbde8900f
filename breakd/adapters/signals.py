"""The signals that end the program, heard at once, whatever the main thread is doing.

Law: nobody relies on a handler of Python's. It runs between two steps of the main thread: one for a signal that comes
just before a long wait runs after it, and none runs while the loop of macOS's icon has that thread. What the system
writes into a socket as the signal comes is read by a thread of our own instead.
"""

import signal
import socket
import threading
from collections.abc import Callable, Iterable


class Endings:
    """Calls `ended`, on a thread of its own, at each of these signals. Made, and closed, on the main thread."""

    def __init__(self, numbers: Iterable[signal.Signals], ended: Callable[[], None]) -> None:
        self._numbers = frozenset(numbers)
        self._ended = ended
        self._heard, self._told = socket.socketpair()
        self._told.settimeout(0)
        self._before = {number: signal.signal(number, lambda *_: None) for number in self._numbers}
        signal.set_wakeup_fd(self._told.fileno(), warn_on_full_buffer=False)
        self._thread = threading.Thread(target=self._run, name="signals", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Hear no more, and leave the signals to whom they were."""
        signal.set_wakeup_fd(-1)
        for number, handler in self._before.items():
            signal.signal(number, handler)
        self._told.close()
        self._thread.join()
        self._heard.close()

    def _run(self) -> None:
        while numbers := self._heard.recv(64):
            if not self._numbers.isdisjoint(numbers):
                self._ended()
