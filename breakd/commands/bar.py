"""A bar for what takes long, on a terminal: how it looks, and when it is drawn.

Law: what is done within a second shows none, and a pipe or a file never gets one.
"""

import sys
import time
from typing import Self

SLOW_S = 1.0
"""What takes longer shows how far it is."""

REDRAWN_S = 0.1
WIDTH = 30
CLEAR_LINE = "\r\x1b[K"


class Pace:
    """Says when a bar is to be drawn: not before SLOW_S, and then every REDRAWN_S."""

    def __init__(self) -> None:
        self._began, self._drawn = time.monotonic(), 0.0

    def slow(self) -> bool:
        """Return whether it has taken long by now."""
        return time.monotonic() - self._began >= SLOW_S

    def due(self) -> bool:
        """Return whether to draw now, which then counts as done."""
        now = time.monotonic()
        if now - self._began < SLOW_S or now - self._drawn <= REDRAWN_S:
            return False
        self._drawn = now
        return True


class Bar:
    """The bar on standard error, where that is a terminal; it is gone at the end of the `with`."""

    def __init__(self) -> None:
        self._pace = Pace() if sys.stderr.isatty() else None
        self._shown = False

    def __enter__(self) -> Self:
        """Begin to count the time."""
        return self

    def __exit__(self, *_raised: object) -> None:
        """Wipe the bar away."""
        if self._shown:
            self._draw("")

    def show(self, text: str, part: float) -> None:
        """Show the text, in which {bar} and {percent} stand for the part that is done, if it is time to."""
        if self._pace is not None and self._pace.due():
            self._shown = True
            self._draw(filled(text, part))

    def _draw(self, text: str) -> None:
        sys.stderr.write(CLEAR_LINE + text)
        sys.stderr.flush()


def filled(text: str, part: float) -> str:
    """Return the text with the bar in it, filled up to this part of the whole."""
    full = round(part * WIDTH)
    return text.format(bar="#" * full + "-" * (WIDTH - full), percent=int(part * 100))
