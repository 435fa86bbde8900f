"""The welcome as a child process: `breakd welcome`, whose end becomes Welcomed.

Law: the daemon never waits for the child; what it wrote is read when it has ended, however it ended.
"""

import subprocess
import sys
import threading
from collections.abc import Callable

from breakd.core.settings import Settings
from breakd.ports import Post, Welcomed


class WelcomeProcess:
    """Opens the welcome, once. `read` returns what the configuration says now, None where there is none."""

    def __init__(self, post: Post, read: Callable[[], Settings | None]) -> None:
        self._post, self._read = post, read
        self._child: subprocess.Popen[bytes] | None = None

    def open(self) -> None:
        """Open it; where that cannot be done, it is over at once."""
        command = [sys.executable, "-P", "-m", "breakd", "welcome"]
        try:
            self._child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        except OSError:
            self._post(Welcomed(None))
        else:
            threading.Thread(target=self._wait, args=(self._child,), name="welcome", daemon=True).start()

    def close(self) -> None:
        """End the child: it has written all or nothing."""
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()

    def _wait(self, child: "subprocess.Popen[bytes]") -> None:
        child.wait()
        self._post(Welcomed(self._read()))
