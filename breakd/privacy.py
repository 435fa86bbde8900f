"""Whose breakd's files and its socket are: nobody's but the person's.

Law: whatever breakd writes is 0600, and its folders 0700, whatever the umask that it was started with. Programs of the
person's own that it starts (hooks, an editor, a browser) get that one back. Daemon and command each see whose the other
is.
"""

import os
import sys

TYPE_CHECKING = False  # typing's own would cost the light commands 2 ms
if TYPE_CHECKING:
    import socket

_theirs = -1


def begin() -> None:
    """Have everything that this process makes from now on be readable to its person alone."""
    global _theirs  # noqa: PLW0603 - a process has one umask
    _theirs = os.umask(0o077)


def end() -> None:
    """Go back to the umask of the person, for what is theirs to read, too, or to start this program anew."""
    global _theirs  # noqa: PLW0603
    if _theirs >= 0:
        os.umask(_theirs)
        _theirs = -1


def theirs() -> int:
    """Return the umask for a program of the person's own, as subprocess takes it: -1 leaves it as it is."""
    return _theirs


def user_of(connection: "socket.socket") -> int:
    """Return the user id of whoever is at the other end of a Unix socket. Raises OSError where that is not known."""
    if sys.platform == "linux":
        from socket import SO_PEERCRED, SOL_SOCKET  # noqa: PLC0415 - whoever has a socket has loaded it

        found = connection.getsockopt(SOL_SOCKET, SO_PEERCRED, 12)  # pid, uid, gid
    else:  # macOS and the BSDs: SOL_LOCAL, LOCAL_PEERCRED, and the head of struct xucred; not tested
        found = connection.getsockopt(0, 1, 76)  # version, uid, and more
    return int.from_bytes(found[4:8], sys.byteorder)
