"""The local socket on which the command line talks to the daemon: one JSON request a line, one JSON reply a line.

Laws: a client that sends half a line, too much, or nothing delays nobody else: one thread selects over all of them, and
never waits for one. The socket is the person's own: its mode is 0600, and a stranger who comes all the same is turned
away unheard. There is one daemon a person: whoever holds the lock.
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

from breakd import __version__, privacy
from breakd.errors import BreakdError
from breakd.folders import LOCK, SOCKET, runtime_dir, state_dir
from breakd.ports import Command, Post
from breakd.texts import _

LONGEST = 64 * 1024
"""A request longer than this is refused."""

MOST = 64
"""As many clients at once; one more takes the place of the oldest that does not follow."""

FOLLOWERS = 32
"""As many of them may follow, so that there is room for the others at any time."""

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
            self._ours = _identity(self._path)
        except OSError as error:
            raise BreakdError(_("the socket {path} cannot be made: {why}").format(path=self._path, why=error)) from None
        self._server.settimeout(0)
        self._server.listen(WAITING)
        self._wake, self._waker = os.pipe()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._server, selectors.EVENT_READ, self._accept)
        self._selector.register(self._wake, selectors.EVENT_READ, None)
        self._clients: dict[socket.socket, _Client] = {}
        self._thread = threading.Thread(target=self._run, name="control", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening and take the socket away; whoever is connected can still be answered."""
        os.write(self._waker, b".")
        self._thread.join()
        self._server.close()
        with suppress(OSError):
            if _identity(self._path) == self._ours:  # where no lock can be made, another may have taken its place
                os.unlink(self._path)  # noqa: PTH108 - the path is text all through here

    def close(self) -> None:
        """Let go of all who are connected, by which they know that breakd has ended; stop first, if that is to do."""
        if self._server.fileno() >= 0:
            self.stop()
        for client in list(self._clients):
            self._forget(client)
        self._selector.close()
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
            connection, _address = self._server.accept()
            if privacy.user_of(connection) not in {os.getuid(), 0}:  # root can do all this in other ways
                connection.close()
                return
            connection.settimeout(0)
            if len(self._clients) >= MOST:
                self._forget(next(each for each, client in self._clients.items() if not client.follows))
            client = _Client(connection, self._post, self._forget, self._may_follow)
            self._clients[connection] = client
            self._selector.register(connection, selectors.EVENT_READ, client.read)

    def _may_follow(self) -> bool:
        return sum(client.follows for client in self._clients.values()) < FOLLOWERS

    def _forget(self, connection: socket.socket) -> None:
        client = self._clients.pop(connection, None)
        if client is None:  # it was put out while what it had sent waited to be read
            return
        client.follows = False
        self._selector.unregister(connection)
        connection.close()


class _Client:
    """One connection: gathers a line, posts it, answers when the loop has handled it."""

    def __init__(
        self,
        connection: socket.socket,
        post: Post,
        forget: Callable[[socket.socket], None],
        may_follow: Callable[[], bool],
    ) -> None:
        self._connection, self._post, self._forget, self._may_follow = connection, post, forget, may_follow
        self._buffer = b""
        self.follows = False

    def read(self) -> None:
        try:
            data = self._connection.recv(LONGEST)
        except OSError:
            data = b""
        if not data:
            self._forget(self._connection)
            return
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        if any(len(line) > LONGEST for line in (*lines, self._buffer)):
            self._refuse(2, _("the request is too long"))
            self._forget(self._connection)
            return
        for line in lines:
            self._take(line)

    def _take(self, line: bytes) -> None:
        try:
            request = json.loads(line)
        except (ValueError, RecursionError):
            request = None
        # No request has anything nested; what is deep enough would be too much for whoever handles it.
        if not isinstance(request, dict) or any(isinstance(value, dict | list) for value in request.values()):
            self._refuse(2, _("the request is not a flat JSON object"))
            return
        if request.get("do") == "follow":
            if self.follows or not self._may_follow():
                text = _("breakd is followed {n} times already; end some of them")
                self._refuse(1, text.format(n=FOLLOWERS))
                return
            self.follows = True
        self._post(Command(request, self._reply, lambda: self.follows))

    def _refuse(self, status: int, text: str) -> None:
        self._reply({"ok": False, "status": status, "text": text, "version": __version__})

    def _reply(self, reply: dict[str, Any]) -> bool:
        """Send a reply and return whether that was possible. Whoever is gone, or does not read, is let go."""
        line = json.dumps(reply).encode() + b"\n"
        try:
            sent = self._connection.send(line) == len(line)
        except OSError:
            sent = False
        if not sent:
            with suppress(OSError):
                self._connection.shutdown(socket.SHUT_RDWR)  # the selecting thread sees that, and forgets it
        return sent


def _identity(path: str) -> tuple[int, int]:
    """Return what tells this file from any other. Raises OSError."""
    found = os.lstat(path)
    return found.st_dev, found.st_ino


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


def take_the_lock() -> int:
    """Return the handle of the lock of this person's one daemon, wherever else they are logged in.

    Raises TakenError where another process holds it, OSError or BreakdError where no lock can be made.
    """
    problem: OSError | BreakdError | None = None
    for folder in (os.path.realpath(state_dir()), runtime_dir()):
        try:
            os.makedirs(folder, 0o700, exist_ok=True)  # noqa: PTH103 - the path is text all through here
            return take_lock(f"{own_folder(folder)}/{LOCK}")
        except TakenError:
            raise
        except (OSError, BreakdError) as error:
            problem = error
    assert problem is not None
    raise problem


def take_lock(path: str) -> int:
    """Return the lock's handle, after writing into the file who holds it; the kernel gives it back at any end.

    What is written is for people, and for the commands of another login; only the kernel's lock decides. Raises
    TakenError where another process holds it, OSError where no lock can be made there.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        held = os.read(handle, LONGEST)
        os.close(handle)
        raise TakenError(_running_already(held)) from None
    except OSError:
        os.close(handle)
        raise
    screen = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY")
    mine = {"process": os.getpid(), "host": socket.gethostname(), "screen": screen, "runtime": runtime_dir()}
    with suppress(OSError):  # a full disk: then it is not told
        os.ftruncate(handle, 0)
        os.write(handle, json.dumps(mine).encode() + b"\n")
    return handle


def release_lock(handle: int) -> None:
    """Give the lock back, and leave nothing in its file that is no longer so."""
    with suppress(OSError):
        os.ftruncate(handle, 0)
    os.close(handle)


def _running_already(held: bytes) -> str:
    """Return what to tell of the daemon that holds the lock, as far as its file says."""
    try:
        found = json.loads(held)
        host, runtime = str(found["host"]), found["runtime"]
        who = [_("process {pid}").format(pid=found["process"])]
        if found["screen"]:
            who.append(_("screen {name}").format(name=str(found["screen"])))
    except (ValueError, TypeError, KeyError, RecursionError):
        return _("breakd is running already; `breakd status` shows it")
    if host != socket.gethostname():
        text = _("breakd is running already on {host} ({who}); `breakd quit` ends it there")
    elif runtime != runtime_dir():
        text = _(
            "breakd is running already in another login ({who}), and asks there; "
            "to have it here, `breakd quit` and `breakd run`"
        )
    else:
        text = _("breakd is running already ({who}); `breakd status` shows it")
    return text.format(host=host, who=", ".join(who))
