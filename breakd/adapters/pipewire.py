"""Who takes video in PipeWire: a client of the server's socket that reads its registry, without a library.

Laws: it asks for the registry and nothing else, so that only streams that come, go or are linked wake it, and neither
sound that plays nor a volume. What a stream is, its producer decides: takers of a screen and of a camera look the same.
"""

import logging
import os
import select
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, NamedTuple, Self

from breakd.adapters import processes
from breakd.adapters.backoff import Backoff

ANSWER_S = 1.0
"""How long the server may take to tell what there is, in seconds."""

MESSAGE = 1 << 20
"""No message of the registry is longer, in bytes."""

PORTAL = "xdg-desktop-portal"
"""It connects on behalf of programs: what the server knows of their process is the portal's."""

log = logging.getLogger(__name__)

# Of the native protocol: ids of objects, numbers of methods and events, types of values.
_CORE, _CLIENT, _REGISTRY = 0, 1, 2
_HELLO, _SYNC, _PONG, _GET_REGISTRY = 1, 2, 3, 5
_UPDATE_PROPERTIES = 2
_DONE, _PING, _ERROR = 1, 2, 3
_GLOBAL, _GLOBAL_REMOVE = 0, 1
_VERSION = 3
_INT, _STRING, _STRUCT = 4, 8, 14
_HEAD = struct.Struct("=IIII")
_POD = struct.Struct("=II")
_NUMBER = struct.Struct("=i")

_CREATE, _MOVED_TO = 0x100, 0x80  # of inotify(7)


class LostError(Exception):
    """There is no connection to a server, or no longer."""


class Taker(NamedTuple):
    """One who takes video: whether it is a camera's, and the names that the taker goes by."""

    camera: bool
    names: tuple[str, ...]


class _Node(NamedTuple):
    """A stream or a device. `client` is the id of the program that it is of, None for the server's own."""

    client: int | None
    names: tuple[str, ...]
    video: bool
    camera: bool


class Graph:
    """What there is in the server, as far as it matters for video."""

    def __init__(self) -> None:
        self._nodes: dict[int, _Node] = {}
        self._links: dict[int, tuple[int, int]] = {}
        """Each link's producing node and taking node."""
        self._clients: dict[int, tuple[int, tuple[str, ...]]] = {}
        """Each program's process and names."""

    def add(self, number: int, kind: str, properties: dict[str, str]) -> bool:
        """Take in what has come, and return whether it may change who takes video. Raises ValueError."""
        match kind.rpartition(":")[2]:
            case "Node":
                self._nodes[number] = _node(properties)
            case "Link":
                ends = int(properties["link.output.node"]), int(properties["link.input.node"])
                self._links[number] = ends
                return True
            case "Client":
                pid = int(properties.get("pipewire.sec.pid", 0))
                self._clients[number] = pid, _filled(properties.get("application.name"))
        return False

    def remove(self, number: int) -> bool:
        """Take out what has gone, and return whether it may change who takes video."""
        self._clients.pop(number, None)
        node, link = self._nodes.pop(number, None), self._links.pop(number, None)
        return link is not None or node is not None

    def takers(self) -> tuple[Taker, ...]:
        """Return who takes video, each once."""
        found: dict[Taker, None] = {}
        for producer, consumer in self._links.values():
            source, taker = self._nodes.get(producer), self._nodes.get(consumer)
            if source is not None and taker is not None and source.video:
                found[Taker(source.camera, self._names(taker))] = None
        return tuple(found)

    def _names(self, node: _Node) -> tuple[str, ...]:
        pid, called = self._clients.get(-1 if node.client is None else node.client, (0, ()))
        of_process = processes.names(pid) if pid > 0 else ()
        return tuple(dict.fromkeys((*node.names, *called, *(() if PORTAL in of_process else of_process))))


def _node(properties: dict[str, str]) -> _Node:
    kind = properties.get("media.class", "")
    client = properties.get("client.id")
    return _Node(
        None if client is None else int(client),
        _filled(properties.get("node.name"), properties.get("application.name")),
        "Video" in kind and ("Source" in kind or "Output" in kind),
        properties.get("media.role") == "Camera" or "device.id" in properties,
    )


def _filled(*names: str | None) -> tuple[str, ...]:
    return tuple(name for name in names if name)


class Watch:
    """Tells who takes video, on a thread of its own: at each change, and first what is now; None: there is no server.

    A server that is not there, or that is lost, is waited for.
    """

    def __init__(self, told: Callable[[tuple[Taker, ...] | None], None]) -> None:
        self._told = told
        self._path = _socket_path()
        self._closing = False
        self._last: tuple[Taker, ...] | str | None = ""
        self._waker, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="pipewire", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Watch no more; nothing is told after it."""
        self._closing = True
        with suppress(OSError):  # the thread has ended
            self._waker.send(b"!")
        self._thread.join(2 * ANSWER_S)

    # --- on the thread ------------------------------------------------------------------------------------------

    def _run(self) -> None:
        with self._waker, self._woken:
            if self._path is None:
                self._tell(None)
            else:
                self._follow(self._path)

    def _follow(self, path: Path) -> None:
        backoff = Backoff()
        while not self._closing:
            tried = _identity(path)
            try:
                self._serve(path, backoff)
            except LostError as why:
                log.info("PipeWire: %s", why)
                self._tell(None)
                if self._made_anew(path, tried, backoff.next_s()):
                    backoff.reset()  # it may not listen yet

    def _tell(self, takers: tuple[Taker, ...] | None) -> None:
        if not self._closing and takers != self._last:
            self._last = takers
            self._told(takers)

    def _serve(self, path: Path, backoff: Backoff) -> None:
        """Follow the server until this is at its end. Raises LostError."""
        with _Connection(path) as connection:
            graph, known = Graph(), False
            while not self._closing:
                changed = False
                for number, opcode, body in connection.messages():
                    if number == _REGISTRY:
                        changed |= _registry(graph, opcode, body)
                    elif opcode == _DONE:
                        known = changed = True
                        backoff.reset()
                if known and changed:
                    self._tell(graph.takers())
                connection.wait(self._woken.fileno(), None if known else ANSWER_S)

    def _made_anew(self, path: Path, tried: tuple[int, int] | None, seconds: float) -> bool:
        """Wait so long, or until there is another socket than the one tried, and return whether there is."""
        with ExitStack() as stack:
            ear, ears, end = None, [self._woken.fileno()], time.monotonic() + seconds
            with suppress(ImportError, OSError):  # then it is the time alone
                from inotify_simple import INotify  # noqa: PLC0415 - on Linux only, and only where there is no server

                ear = stack.enter_context(INotify())
                ear.add_watch(path.parent, _CREATE | _MOVED_TO)
                ears.append(ear.fileno())
            while not self._closing and (left := end - time.monotonic()) > 0:
                if _identity(path) not in {None, tried}:
                    return True
                select.select(ears, [], [], left)
                for _ in ear.read(0) if ear is not None else ():
                    pass
        return False


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what tells this socket from another at its place, None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_ctime_ns


def _socket_path() -> Path | None:
    """Return where the server's socket is, as its own clients find it."""
    name = os.environ.get("PIPEWIRE_REMOTE") or "pipewire-0"
    folder = os.environ.get("PIPEWIRE_RUNTIME_DIR") or os.environ.get("XDG_RUNTIME_DIR")
    if name.startswith("/"):
        return Path(name)
    return Path(folder, name) if folder else None


def _registry(graph: Graph, opcode: int, body: list[Any]) -> bool:
    try:
        if opcode == _GLOBAL:
            number, _permissions, kind, _version, properties = body
            return graph.add(number, kind, dict(zip(properties[1::2], properties[2::2], strict=True)))
        if opcode == _GLOBAL_REMOVE:
            return graph.remove(body[0])
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise LostError(f"it told of something in no form that is known: {error!r}") from error
    return False


class _Connection:
    """The socket, with the registry asked for."""

    def __init__(self, path: Path) -> None:
        """Connect. Raises LostError."""
        self._number = 0
        self._received = bytearray()
        try:
            self._socket = socket.socket(socket.AF_UNIX)
        except OSError as error:
            raise LostError(str(error)) from error
        try:
            self._ask(str(path))
        except OSError as error:
            self._socket.close()
            raise LostError(f"{path}: {error}") from error

    def _ask(self, path: str) -> None:
        self._socket.settimeout(ANSWER_S)
        self._socket.connect(path)
        self._send(_CORE, _HELLO, _int(_VERSION))
        self._send(_CLIENT, _UPDATE_PROPERTIES, _struct(_int(1), _string("application.name"), _string("breakd")))
        self._send(_CORE, _GET_REGISTRY, _int(_VERSION), _int(_REGISTRY))
        self._send(_CORE, _SYNC, _int(_CORE), _int(0))
        self._socket.settimeout(0)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def wait(self, woken: int, seconds: float | None) -> None:
        """Wait for the server or for `woken`. Raises LostError where the server says nothing for so long."""
        if not select.select([self._socket.fileno(), woken], [], [], seconds)[0]:
            raise LostError("it does not answer")

    def messages(self) -> Iterator[tuple[int, int, list[Any]]]:
        """Yield what has come, each as the object's id, the event's number and its arguments. Raises LostError."""
        self._receive()
        at = 0
        while len(self._received) >= at + _HEAD.size:
            number, what, _seq, _descriptors = _HEAD.unpack_from(self._received, at)
            opcode, size = what >> 24, what & 0xFFFFFF
            if size > MESSAGE:
                raise LostError(f"a message of {size} bytes")
            if len(self._received) < at + _HEAD.size + size:
                break
            at += _HEAD.size
            if number == _REGISTRY or (number == _CORE and opcode in {_DONE, _PING, _ERROR}):
                body = _value(bytes(self._received[at : at + size]))
                self._mind(number, opcode, body)
                yield number, opcode, body
            at += size
        del self._received[:at]

    def _receive(self) -> None:
        """Take what is there; descriptors that come with it, the kernel closes."""
        try:
            while data := self._socket.recv(65536):
                self._received += data
                if len(self._received) > MESSAGE + _HEAD.size:
                    return
        except BlockingIOError:
            return
        except OSError as error:
            raise LostError(str(error)) from error
        raise LostError("the server is gone")

    def _mind(self, number: int, opcode: int, body: list[Any]) -> None:
        """Answer the server, and heed what it complains of."""
        if number != _CORE:
            return
        if opcode == _PING:
            try:
                self._send(_CORE, _PONG, *(_int(each) for each in body[:2]))
            except (OSError, struct.error) as error:
                raise LostError(str(error)) from error
        elif opcode == _ERROR:
            raise LostError(f"it complains: {body}")

    def _send(self, number: int, opcode: int, *arguments: bytes) -> None:
        body = _struct(*arguments)
        self._socket.sendall(_HEAD.pack(number, opcode << 24 | len(body), self._number, 0) + body)
        self._number += 1


def _pod(kind: int, body: bytes) -> bytes:
    return _POD.pack(len(body), kind) + body + bytes(-len(body) % 8)


def _int(number: int) -> bytes:
    return _pod(_INT, _NUMBER.pack(number))


def _string(text: str) -> bytes:
    return _pod(_STRING, text.encode() + b"\0")


def _struct(*members: bytes) -> bytes:
    return _pod(_STRUCT, b"".join(members))


def _value(data: bytes) -> list[Any]:
    """Return the members of the one struct that a message is; what may follow it is for others. Raises LostError."""
    try:
        kind, value, _ = _read(data, 0, len(data))
    except (struct.error, RecursionError) as error:
        raise LostError(f"a message that cannot be read: {error!r}") from error
    if kind != _STRUCT:
        raise LostError(f"a message that is no struct: {kind}")
    members: list[Any] = value
    return members


def _read(data: bytes, at: int, limit: int) -> tuple[int, Any, int]:
    """Return the type of the value that begins here, the value (None: of no type that matters), and where it ends."""
    size, kind = _POD.unpack_from(data, at)
    begin = at + _POD.size
    end = begin + size
    if end > limit:
        raise LostError("a message that is shorter than it says")
    value: Any = None
    if kind == _INT:
        value = _NUMBER.unpack_from(data, begin)[0]
    elif kind == _STRING:
        value = data[begin:end].rstrip(b"\0").decode("utf-8", "replace")
    elif kind == _STRUCT:
        value = []
        while begin < end:
            _, member, begin = _read(data, begin, end)
            value.append(member)
    return kind, value, end + -size % 8
