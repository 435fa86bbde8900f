"""Who takes video in PipeWire: a client of the server's socket that reads its registry, without a library.

Laws: it asks for the registry and nothing else, so that only streams that come, go or are linked wake it, and neither
sound that plays nor a volume. What a stream is, its producer decides: takers of a screen and of a camera look the same.
"""

import os
import socket
import struct
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from functools import partial
from typing import Any, NamedTuple

from breakd.adapters import processes
from breakd.adapters.backoff import Backoff
from breakd.adapters.follower import Follower, Waker

ANSWER_S = 1.0
"""How long the server may take to tell what there is, in seconds."""

MESSAGE = 1 << 20
"""No message of the registry is longer, in bytes."""

PORTAL = "xdg-desktop-portal"
"""It connects on behalf of programs: what the server knows of their process is the portal's."""

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
        self._path = socket_path()
        self._follower = None
        if self._path is None:
            told(None)
        else:
            self._follower = Follower("PipeWire", self._follow, partial(told, None), path=self._path)

    def close(self) -> None:
        """Watch no more."""
        if self._follower is not None:
            self._follower.close()

    def _follow(self, waker: Waker, backoff: Backoff) -> None:
        """Follow the server, on the follower's thread. Raises OSError."""
        with closing(_Connection(self._path or "")) as connection:
            graph, known = Graph(), False
            while True:
                changed = False
                for number, opcode, body in connection.messages():
                    if number == _REGISTRY:
                        changed |= _registry(graph, opcode, body)
                    elif opcode == _DONE and body[0] == _CORE:  # the greeting is done, too, of another id
                        known = changed = True
                        backoff.reset()
                if known and changed:
                    self._told(graph.takers())
                if not waker.wait(None if known else ANSWER_S, connection.fileno()):
                    raise ConnectionError("it does not answer")


def socket_path() -> str | None:
    """Return where the server's socket is, as its own clients find it."""
    name = os.environ.get("PIPEWIRE_REMOTE") or "pipewire-0"
    folder = os.environ.get("PIPEWIRE_RUNTIME_DIR") or os.environ.get("XDG_RUNTIME_DIR")
    if name.startswith("/"):
        return name
    return f"{folder}/{name}" if folder else None


def _registry(graph: Graph, opcode: int, body: list[Any]) -> bool:
    if opcode == _GLOBAL:
        number, _permissions, kind, _version, properties = body
        return graph.add(number, kind, dict(zip(properties[1::2], properties[2::2], strict=True)))
    return opcode == _GLOBAL_REMOVE and graph.remove(body[0])


class _Connection:
    """The socket, with the registry asked for. What is no message raises all that garbage can."""

    def __init__(self, path: str) -> None:
        """Connect. Raises OSError."""
        self._number = 0
        self._received = bytearray()
        self._socket = socket.socket(socket.AF_UNIX)
        try:
            self._ask(path)
        except BaseException:
            self._socket.close()
            raise

    def _ask(self, path: str) -> None:
        self._socket.settimeout(ANSWER_S)
        self._socket.connect(path)
        self._send(_CORE, _HELLO, _int(_VERSION))
        self._send(_CLIENT, _UPDATE_PROPERTIES, _struct(_int(1), _string("application.name"), _string("breakd")))
        self._send(_CORE, _GET_REGISTRY, _int(_VERSION), _int(_REGISTRY))
        self._send(_CORE, _SYNC, _int(_CORE), _int(0))
        self._socket.settimeout(0)

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()

    def messages(self) -> Iterator[tuple[int, int, list[Any]]]:
        """Yield what has come, each as the object's id, the event's number and its arguments. Raises OSError."""
        self._receive()
        at = 0
        while len(self._received) >= at + _HEAD.size:
            number, what, _seq, _descriptors = _HEAD.unpack_from(self._received, at)
            opcode, size = what >> 24, what & 0xFFFFFF
            if size > MESSAGE:
                raise ConnectionError(f"a message of {size} bytes")
            if len(self._received) < at + _HEAD.size + size:
                break
            at += _HEAD.size
            if number == _REGISTRY or (number == _CORE and opcode in {_DONE, _PING, _ERROR}):
                body = _value(bytes(self._received[at : at + size]))
                if number == _CORE:
                    self._mind(opcode, body)
                yield number, opcode, body
            at += size
        del self._received[:at]

    def _receive(self) -> None:
        """Take what is there; descriptors that come with it, the kernel closes."""
        with suppress(BlockingIOError):
            while data := self._socket.recv(65536):
                self._received += data
                if len(self._received) > MESSAGE + _HEAD.size:
                    return
            raise ConnectionResetError("the server is gone")

    def _mind(self, opcode: int, body: list[Any]) -> None:
        """Answer the server, and heed what it complains of."""
        if opcode == _PING:
            self._send(_CORE, _PONG, *(_int(each) for each in body[:2]))
        elif opcode == _ERROR:
            raise ConnectionError(f"it complains: {body}")

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
    """Return the members of the one struct that a message is; what may follow it is for others."""
    kind, value, _ = _read(data, 0, len(data))
    if kind != _STRUCT:
        raise ConnectionError(f"a message that is no struct: {kind}")
    members: list[Any] = value
    return members


def _read(data: bytes, at: int, limit: int) -> tuple[int, Any, int]:
    """Return the type of the value that begins here, the value (None: of no type that matters), and where it ends."""
    size, kind = _POD.unpack_from(data, at)
    begin = at + _POD.size
    end = begin + size
    if end > limit:
        raise ConnectionError("a message that is shorter than it says")
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
