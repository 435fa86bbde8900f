"""The question how the back is as a child process: `breakd rating-window`, whose one word becomes Rated.

Laws: the daemon waits for nothing of it. A window that nobody answers goes by itself, and with the daemon, for it goes
when its line ends; one that cannot be opened is noted in the text log, and nobody is asked.
"""

import json
import logging
import socket
import subprocess
import threading
from contextlib import suppress

from breakd.adapters.child import start
from breakd.ports import Post, Rated
from breakd.requests import rating

STAY_S = 5 * 60
"""For so long it can be answered."""

GRACE_S = 1
"""Whoever closes it waits at most this long for the window to be gone."""

log = logging.getLogger(__name__)


class RatingWindow:
    """Implements ports.BackQuestion. It can be answered for `stay_s` seconds."""

    def __init__(self, post: Post, stay_s: float = STAY_S) -> None:
        self._post, self._stay_s = post, stay_s
        self._child: subprocess.Popen[bytes] | None = None

    def ask(self, theme: str, /) -> None:
        """Open the window, in place of one that is open."""
        self.withdraw()
        nowhere = subprocess.DEVNULL
        try:
            self._child, line_to = start("rating-window", "--theme", theme, stdin=nowhere, stdout=nowhere)
        except OSError as error:
            log.warning("how the back is cannot be asked: %s", error)
            return
        threading.Thread(target=self._wait, args=(self._child, line_to), name="rating", daemon=True).start()

    def withdraw(self) -> None:
        """Take the window off the screen."""
        if self._child is not None and self._child.poll() is None:
            self._child.terminate()

    def close(self) -> None:
        """Withdraw, and wait a moment for the window to be gone."""
        self.withdraw()
        if self._child is not None:
            with suppress(subprocess.TimeoutExpired):
                self._child.wait(GRACE_S)

    def _wait(self, child: "subprocess.Popen[bytes]", line_to: socket.socket) -> None:
        """Post what the child says, if it does in time; on a thread of its own."""
        line_to.settimeout(self._stay_s)
        said = ""
        with line_to, line_to.makefile(encoding="utf-8", errors="replace") as line, suppress(OSError):
            said = line.readline()
        child.wait()
        if said:
            self._take(said)

    def _take(self, said: str) -> None:
        try:
            word = json.loads(said)
            if word["kind"] == "rated":
                self._post(Rated(rating(word["rating"])))
            else:
                log.warning("how the back is cannot be asked: %s", word["reason"])
        except (ValueError, TypeError, KeyError):
            log.warning("the window that asks how the back is says what nobody understands: %.99s", said)
