"""One program at a time: a new one ends the old, and none is waited for. Sound and speech share it.

Law: no call blocks, a program that hangs is ended by the next or by `end`, and none is left as a zombie.
"""

import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress


class OneAtATime:
    """Runs programs, whose output nobody reads."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None

    def start(self, args: Sequence[str], said: str | None = None) -> None:
        """End the program that runs, and start this one, which reads `said` from its input. Raises OSError.

        `said` is short enough for a pipe to take at once: some sentences.
        """
        self.end()
        child = subprocess.Popen(
            args,
            stdin=subprocess.DEVNULL if said is None else subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._child = child
        threading.Thread(target=child.wait, name=args[0], daemon=True).start()
        if child.stdin is not None:
            with suppress(BrokenPipeError), child.stdin as pipe:  # it has ended: `failed` tells
                pipe.write((said or "").encode())

    @property
    def failed(self) -> bool:
        """Whether the last program has ended with an error, and nobody ended it."""
        return self._child is not None and bool(self._child.poll())

    def end(self) -> None:
        """End the program that runs; nothing where none does."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
