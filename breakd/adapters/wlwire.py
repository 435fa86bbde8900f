"""The wire of Wayland: a client of the compositor's socket, as far as breakd needs one, without a library.

Law: it knows messages and ids, and no protocol but the wire's own (display, registry, callback). A connection belongs
to one thread. Whatever goes wrong on it, garbage from the other end too, is a WireError, and after one it is over.
"""

import os
import select
import socket
import struct
import time
from collections.abc import Callable
from typing import NamedTuple

CONNECT_S = 1.0
ANSWER_S = 1.0
"""How long `roundtrip` waits for a compositor, in seconds, unless it is told otherwise."""

_DISPLAY, _REGISTRY = 1, 2
_SERVERS_IDS = 0xFF000000
"""From here on ids are the compositor's to give."""
_HEAD = struct.Struct("=IHH")
_WORD = struct.Struct("=I")
_SIGNED = struct.Struct("=i")
_RECEIVED = 65536


class WireError(Exception):
    """There is no connection to a compositor, or no longer."""


class Body:
    """The arguments of an event, taken one after the other in the protocol's order. Each may raise WireError.

    A file descriptor takes no room here: breakd wants none, and those that come are closed.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def uint(self) -> int:
        """Return an uint, an object's id (0 for none) or a new_id."""
        number: int = _WORD.unpack(self._take(4))[0]
        return number

    def signed(self) -> int:
        """Return an int."""
        number: int = _SIGNED.unpack(self._take(4))[0]
        return number

    def array(self) -> bytes:
        length = self.uint()
        return self._take(length + -length % 4)[:length]

    def string(self) -> str:
        """Return a string; one that is null is empty."""
        return self.array()[:-1].decode("utf-8", "replace")

    def _take(self, size: int) -> bytes:
        taken = self._data[self._at : self._at + size]
        if len(taken) < size:
            raise WireError("an event is shorter than what it says")
        self._at += size
        return taken


Handler = Callable[[int, Body], None]
"""Takes an event of an object: its opcode, which is its place among the interface's events, and its arguments."""
Argument = int | str | bytes
"""Of a request: int, uint, object and new_id are an int, a string is a str, an array is bytes."""


class Global(NamedTuple):
    """What the compositor offers: its number, interface, and the newest version that it speaks."""

    name: int
    interface: str
    version: int


class Wire:
    """A connection to the compositor, and which of its objects live.

    Select on `fileno`, then call `read`, which calls the objects' handlers. `globals` is what is offered now, by
    number, complete after the first `roundtrip`; set `on_added` and `on_removed` to be told of what comes and goes.
    """

    def __init__(self) -> None:
        """Connect to the compositor that WAYLAND_DISPLAY names. Raises WireError."""
        self.globals: dict[int, Global] = {}
        self.on_added: Callable[[Global], None] = lambda _offered: None
        self.on_removed: Callable[[Global], None] = lambda _offered: None
        self._unread = bytearray()
        self._handlers: dict[int, Handler] = {_DISPLAY: self._of_display, _REGISTRY: self._of_registry}
        self._free: list[int] = []
        self._next_id = _REGISTRY + 1
        self._socket = _connected()
        try:
            self.request(_DISPLAY, 1, _REGISTRY)
        except WireError:
            self.close()
            raise

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        """Leave; the compositor ends all objects. May be called twice."""
        self._socket.close()

    # Objects

    def find(self, interface: str) -> list[Global]:
        """Return all that is offered of an interface."""
        return [offered for offered in self.globals.values() if offered.interface == interface]

    def new_id(self, handler: Handler | None = None) -> int:
        """Return the id of an object that the next request creates, and whose events `handler` takes (None: nobody)."""
        if self._free:
            number = self._free.pop()
        else:
            number = self._next_id
            self._next_id += 1
        self._handlers[number] = handler or _nobody
        return number

    def adopt(self, number: int, handler: Handler) -> None:
        """Take the events of an object that the compositor created: the new_id of an event."""
        if number < _SERVERS_IDS:
            raise WireError(f"the compositor gave an id that is not its own: {number}")
        self._handlers[number] = handler

    def forget(self, number: int) -> None:
        """Take no more events of an object, whose destroying was requested. Its id is used again when that is told."""
        if number >= _SERVERS_IDS:
            self._handlers.pop(number, None)
        else:
            self._handlers[number] = _nobody

    def bind(self, offered: Global, version: int, handler: Handler | None = None) -> int:
        """Return the id of an object for a global, of this version or the newest older one that both speak."""
        number = self.new_id(handler)
        self.request(_REGISTRY, 0, offered.name, offered.interface, min(version, offered.version), number)
        return number

    # Messages

    def request(self, number: int, opcode: int, *arguments: Argument) -> None:
        """Send a request to an object. A full socket is an error, too: a compositor that hangs must not hang breakd."""
        body = b"".join(map(_packed, arguments))
        try:
            self._socket.sendall(_HEAD.pack(number, opcode, _HEAD.size + len(body)) + body)
        except OSError as error:
            raise WireError(f"the compositor takes no request: {error}") from error

    def read(self) -> None:
        """Have the handlers take all events that are there, waiting for none."""
        # Without room for ancillary data the kernel closes the file descriptors that come with a message.
        try:
            received = self._socket.recv(_RECEIVED)
        except BlockingIOError:
            return
        except OSError as error:
            raise WireError(f"the compositor is gone: {error}") from error
        if not received:
            raise WireError("the compositor is gone")
        self._unread += received
        self._dispatch()

    def roundtrip(self, seconds: float = ANSWER_S) -> None:
        """Return when all requests so far had their effect and the events of it were taken. Raises WireError."""
        answered = False

        def done(_opcode: int, _body: Body) -> None:
            nonlocal answered
            answered = True

        self.request(_DISPLAY, 0, self.new_id(done))
        end = time.monotonic() + seconds
        while not answered:
            left = end - time.monotonic()
            if left <= 0 or not select.select([self._socket], [], [], left)[0]:
                raise WireError(f"the compositor does not answer within {seconds:g} s")
            self.read()

    def _dispatch(self) -> None:
        """Hand out the messages that are complete."""
        while len(self._unread) >= _HEAD.size:
            number, opcode, size = _HEAD.unpack_from(self._unread)
            if size < _HEAD.size or size % 4:
                raise WireError(f"a message of {size} bytes")
            if len(self._unread) < size:
                return
            body = Body(bytes(self._unread[_HEAD.size : size]))
            del self._unread[:size]
            self._handlers.get(number, _nobody)(opcode, body)

    # The wire's own objects

    def _of_display(self, opcode: int, body: Body) -> None:
        if opcode == 0:
            number, code, text = body.uint(), body.uint(), body.string()
            raise WireError(f"the compositor ends the connection: {text} (error {code} of object {number})")
        if opcode == 1:
            self._deleted(body.uint())

    def _deleted(self, number: int) -> None:
        if not _REGISTRY < number < _SERVERS_IDS or self._handlers.pop(number, None) is None:
            raise WireError(f"the compositor deletes an object that is not there: {number}")
        self._free.append(number)

    def _of_registry(self, opcode: int, body: Body) -> None:
        if opcode == 0:
            offered = Global(body.uint(), body.string(), body.uint())
            self.globals[offered.name] = offered
            self.on_added(offered)
        elif opcode == 1:
            gone = self.globals.pop(body.uint(), None)
            if gone is not None:
                self.on_removed(gone)


def _nobody(_opcode: int, _body: Body) -> None:
    """Take the events of an object that nobody listens to."""


def _packed(argument: Argument) -> bytes:
    if isinstance(argument, int):
        return _WORD.pack(argument & 0xFFFFFFFF)
    data = argument.encode() + b"\0" if isinstance(argument, str) else argument
    return _WORD.pack(len(data)) + data + bytes(-len(data) % 4)


def _connected() -> socket.socket:
    """Return a socket to the compositor that does not block. WAYLAND_SOCKET is not ours: it is for one client alone."""
    display = os.environ.get("WAYLAND_DISPLAY", "")
    if not display:
        raise WireError("WAYLAND_DISPLAY is not set")
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if not display.startswith("/") and not runtime:
        raise WireError("XDG_RUNTIME_DIR is not set")
    opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        opened.settimeout(CONNECT_S)
        opened.connect(os.path.join(runtime, display))  # noqa: PTH118 - a whole path stands as it is
        opened.setblocking(False)  # noqa: FBT003 - the standard library's own
    except (OSError, ValueError) as error:
        opened.close()
        raise WireError(f"no compositor at {display}: {error}") from error
    return opened
