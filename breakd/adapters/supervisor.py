"""Tells systemd that breakd is up, that its loop still goes round, and that it ends (sd_notify(3)).

Law: where nobody asked to be told, or nobody listens any more, this does nothing; it never blocks and never raises.
"""

import os
import socket
from contextlib import suppress


class Supervisor:
    """Tells NOTIFY_SOCKET, where the environment names one."""

    def __init__(self) -> None:
        """Take the address; it stays in the environment for the daemon that follows by `breakd restart`."""
        address = os.environ.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address

    @property
    def longest_wait_s(self) -> float:
        """Half of the time in which systemd wants to hear something; infinite where it does not watch."""
        usec = os.environ.get("WATCHDOG_USEC", "")
        return int(usec) / 2e6 if self._address and usec.isdecimal() and int(usec) else float("inf")

    def ready(self) -> None:
        """Say that breakd is up."""
        self._tell("READY=1")

    def alive(self) -> None:
        """Say that the loop has gone round."""
        self._tell("WATCHDOG=1")

    def stopping(self) -> None:
        """Say that breakd ends."""
        self._tell("STOPPING=1")

    def _tell(self, text: str) -> None:
        if not self._address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as there:
            there.sendto(text.encode(), socket.MSG_DONTWAIT, self._address)
