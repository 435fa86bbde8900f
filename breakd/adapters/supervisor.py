"""Tells systemd that breakd is up, that its loop still goes round, and that it ends (sd_notify(3)).

Law: where nobody asked to be told, or nobody listens any more, this does nothing; it never blocks and never raises.
Only the daemon is heard: no child inherits the address.
"""

import os
import socket
from contextlib import suppress

NAMES = ("NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID")

TAKEN = 75
"""The status with which a supervised breakd says that another one runs: the unit does not try that again."""


class Supervisor:
    """Tells NOTIFY_SOCKET, where the environment names one for this very process."""

    def __init__(self) -> None:
        """Take the address out of the environment."""
        found = {name: os.environ.pop(name) for name in NAMES if name in os.environ}
        ours = str(os.getpid())
        # In the shell of a supervised editor these are the editor's. systemd before 248 does not say whose they are.
        self._found = found if os.environ.get("SYSTEMD_EXEC_PID", ours) == ours else {}
        address = self._found.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address

    @property
    def listens(self) -> bool:
        """Whether somebody asked to be told."""
        return bool(self._address)

    @property
    def longest_wait_s(self) -> float:
        """Half of the time in which systemd wants to hear something; infinite where it does not watch."""
        usec = self._found.get("WATCHDOG_USEC", "")
        ours = self._found.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        return int(usec) / 2e6 if self._address and ours and usec.isdecimal() and int(usec) else float("inf")

    def ready(self) -> None:
        """Say that breakd is up."""
        self._tell("READY=1")

    def alive(self) -> None:
        """Say that the loop has gone round."""
        self._tell("WATCHDOG=1")

    def stopping(self) -> None:
        """Say that breakd ends: from now on systemd waits for that, and no longer than TimeoutStopSec."""
        self._tell("STOPPING=1")

    def hand_over(self) -> None:
        """Leave the address to the daemon that takes the place of this one, in the same process."""
        os.environ.update(self._found)

    def _tell(self, text: str) -> None:
        if not self._address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as there:
            there.sendto(text.encode(), socket.MSG_DONTWAIT, self._address)
