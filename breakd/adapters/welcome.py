"""The welcome as a child process: `breakd welcome`, whose end becomes Welcomed.

Laws: the daemon never waits for the child; what it wrote is read when it has ended, however it ended. Its line closes
with the daemon, even one that is killed.
"""

import socket
import subprocess
import threading
from collections.abc import Callable

from breakd.adapters.child import start
from breakd.core.settings import Settings
from breakd.ports import Post, Welcomed


class WelcomeProcess:
    """Opens the welcome, once. `read` returns what the configuration says now, None where there is none."""

    def __init__(self, post: Post, read: Callable[[], Settings | None]) -> None:
        self._post, self._read = post, read
        self._child: subprocess.Popen[bytes] | None = None

    def open(self) -> None:
        """Open it; where that cannot be done, it is over at once."""
        nowhere = subprocess.DEVNULL
        try:
            self._child, line_to = start("welcome", stdin=nowhere, stdout=nowhere)
        except OSError:
            self._post(Welcomed(None))
            return
        threading.Thread(target=self._wait, args=(self._child, line_to), name="welcome", daemon=True).start()

    def close(self) -> None:
        """End the child: it has written all or nothing."""
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()

    def _wait(self, child: "subprocess.Popen[bytes]", line_to: socket.socket) -> None:
        with line_to:
            child.wait()
        self._post(Welcomed(self._read()))
