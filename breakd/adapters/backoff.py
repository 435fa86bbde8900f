"""Growing waits between tries of what was lost: a source that is gone for long must not cost wake-ups.

Law: it holds no clock and no thread; whoever tries again waits by itself.
"""

FIRST_S = 1.0
LONGEST_S = 300.0


class Backoff:
    """`next_s` is how long to wait before the next try: 1 s, 2 s, 4 s, at last 5 minutes; `reset` after a success."""

    def __init__(self) -> None:
        self._next_s = FIRST_S

    def next_s(self) -> float:
        """Return the wait in seconds, and double the one after it."""
        wait_s = self._next_s
        self._next_s = min(2 * wait_s, LONGEST_S)
        return wait_s

    def reset(self) -> None:
        """Begin anew."""
        self._next_s = FIRST_S
