"""The local socket on which the command line talks to the daemon: one JSON request a line, one JSON reply a line.

Law: a client that sends half a line, too much, or nothing delays nobody else: one thread selects over all of them, and
never waits for one. The socket is the person's own (mode 0600). There is one daemon a person: whoever holds the lock.
"""

import fcntl
import json
import os
import selectors
import socket
import stat
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from breakd.errors import BreakdError
from breakd.folders import SOCKET, runtime_dir
from breakd.ports import Command, Post
from breakd.texts import _

LONGEST = 64 * 1024
"""A request longer than this is refused."""

MOST = 64
"""As many clients at once; one more takes the place of the oldest."""

WAITING = 1024
"""As many may wait to be let in: where that is full, a client is turned away at once."""


class TakenError(BreakdError):
    """Another breakd of this person is running."""


class Control:
    """Listens, and posts a Command for each request."""

    def __init__(self, post: Post) -> None:
        """Begin to listen. Raises BreakdError where it cannot."""
        self._post = post
        folder = own_folder(runtime_dir())
        self._path = f"{folder}/{SOCKET}"
        try:
            with suppress(FileNotFoundError):
                os.unlink(self._path)  # noqa: PTH108 - one that a killed daemon left behind: we hold the lock
            self._server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            old = os.umask(0o177)
            try:
                self._server.bind(self._path)
            finally:
                os.umask(old)
        except OSError as error:
            raise BreakdError(_("the socket {path} cannot be made: {why}").format(path=self._path, why=error)) from None
        self._server.settimeout(0)
        self._server.listen(WAITING)
        self._wake, self._waker = os.pipe()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._server, selectors.EVENT_READ, self._accept)
        self._selector.register(self._wake, selectors.EVENT_READ, None)
        self._clients: dict[socket.socket, None] = {}
        self._thread = threading.Thread(target=self._run, name="control", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening and take the socket away."""
        os.write(self._waker, b".")
        self._thread.join()
        for client in list(self._clients):
            self._forget(client)
        self._selector.close()
        self._server.close()
        with suppress(OSError):
            os.unlink(self._path)  # noqa: PTH108 - the path is text all through here
        os.close(self._wake)
        os.close(self._waker)

    def _run(self) -> None:
        while True:
            for key, _events in self._selector.select():
                if key.data is None:
                    return
                key.data()

    def _accept(self) -> None:
        with suppress(OSError):
            client, _address = self._server.accept()
            client.settimeout(0)
            if len(self._clients) >= MOST:
                self._forget(next(iter(self._clients)))
            self._clients[client] = None
            self._selector.register(client, selectors.EVENT_READ, _Client(client, self._post, self._forget).read)

    def _forget(self, client: socket.socket) -> None:
        del self._clients[client]
        self._selector.unregister(client)
        client.close()


class _Client:
    """One connection: gathers a line, posts it, answers when the loop has handled it."""

    def __init__(self, client: socket.socket, post: Post, forget: Callable[[socket.socket], None]) -> None:
        self._client, self._post, self._forget = client, post, forget
        self._buffer = b""

    def read(self) -> None:
        try:
            data = self._client.recv(LONGEST)
        except OSError:
            data = b""
        if not data:
            self._forget(self._client)
            return
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        if any(len(line) > LONGEST for line in (*lines, self._buffer)):
            self._reply({"ok": False, "status": 2, "text": _("the request is too long")})
            self._forget(self._client)
            return
        for line in lines:
            self._take(line)

    def _take(self, line: bytes) -> None:
        try:
            request = json.loads(line)
        except (ValueError, RecursionError):
            request = None
        # No request has anything nested; what is deep enough would be too much for whoever handles it.
        if isinstance(request, dict) and not any(isinstance(value, dict | list) for value in request.values()):
            self._post(Command(request, self._reply))
        else:
            self._reply({"ok": False, "status": 2, "text": _("the request is not a flat JSON object")})

    def _reply(self, reply: dict[str, Any]) -> bool:
        """Send a reply and return whether that was possible: a client that is gone, or does not read, gets none."""
        line = json.dumps(reply).encode() + b"\n"
        try:
            return self._client.send(line) == len(line)
        except OSError:
            return False


def own_folder(folder: str) -> str:
    """Return the folder, made with mode 0700 where it is missing. Raises BreakdError where it is not one's own."""
    try:
        with suppress(FileExistsError):
            os.mkdir(folder, 0o700)  # noqa: PTH102 - as above
        found = os.lstat(folder)
    except OSError as error:
        raise BreakdError(_("the folder {folder} cannot be used: {why}").format(folder=folder, why=error)) from None
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise BreakdError(_("the folder {folder} is not yours; remove it").format(folder=folder))
    return folder


def take_lock(path: str) -> int:
    """Return the lock's handle; the kernel gives it back at any end of the process.

    Raises TakenError where another process holds it, OSError where no lock can be made there.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        raise TakenError(_("breakd is running already; `breakd status` shows it")) from None
    return handle
