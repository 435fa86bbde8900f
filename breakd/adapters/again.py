"""A question to the bus that got no answer, asked again after growing waits.

Law: one wait at a time; a thread exists only while there is one, and what is asked runs on the bus's reader thread.
"""

import threading
from collections.abc import Callable

from breakd.adapters.backoff import Backoff
from breakd.adapters.bus import Bus


class Again:
    """Waits for one caller, who calls all of this on the bus's thread."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._backoff = Backoff()
        self._timer: threading.Timer | None = None

    def after_a_wait(self, ask: Callable[[], None]) -> None:
        """Ask after the next wait, in place of what waits now."""
        self._cancel()
        self._timer = threading.Timer(self._backoff.next_s(), self._bus.soon, (ask,))
        self._timer.daemon = True
        self._timer.start()

    def forget(self) -> None:
        """Ask no more: it was answered, or whom to ask is another one now, or nobody wants to know."""
        self._cancel()
        self._backoff.reset()

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
