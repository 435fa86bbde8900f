"""The part of PulseAudio's native protocol that tells who records: bytes in, values out. PipeWire speaks it, too.

Law: nothing here reads or writes, and whatever a server sends, the only error is PulseError.

A frame is a descriptor (length, channel, offset, flags) and a payload; a payload is a command, the request's number,
and values that each begin with the letter of their kind.
"""

import struct
from collections.abc import Mapping
from enum import IntEnum
from typing import Any, NamedTuple

VERSION = 22
"""Of the protocol, from PulseAudio 1.0: the first that tells of a recording stream whether it is muted."""

NOBODY = 0xFFFFFFFF
"""As a number of something: there is none."""

COOKIE_SIZE = 256

RECORDINGS = 0x0008
"""To be told of recording streams alone: that one began, ended, or changed."""

LONGEST = 1024 * 1024
"""A frame longer than this is refused; a stream takes one or two thousand bytes."""

_DESCRIPTOR = struct.Struct(">IIIII")
_NUMBER = struct.Struct(">I")
_FIXED = {"L": 4, "V": 4, "B": 1, "R": 8, "U": 8, "r": 8, "a": 6, "T": 8}
_EITHER = {"t": "tN", "1": "10"}
"""A text may be none; a truth is one of two letters."""

_SOURCE_OUTPUT = "LtLLLamUUttP1v111f"
_SOURCE = "LttamLv1L"
_SERVER = "t"


class PulseError(ConnectionError):
    """The server sent what is none of its protocol, refused, or gave no answer."""


class Command(IntEnum):
    """What is asked, and what comes back."""

    ERROR = 0
    REPLY = 2
    AUTH = 8
    SET_CLIENT_NAME = 9
    GET_SERVER_INFO = 20
    GET_SOURCE_INFO = 23
    GET_SOURCE_OUTPUT_INFO_LIST = 32
    SUBSCRIBE = 35
    SUBSCRIBE_EVENT = 66


class Packet(NamedTuple):
    """A command with the number of the request that it belongs to, and its values, still packed."""

    command: int
    tag: int
    values: bytes


class Stream(NamedTuple):
    """A recording stream. `client` and `source` are None where it has none."""

    number: int
    client: int | None
    source: int | None
    resampling: str | None
    properties: Mapping[str, str]
    corked: bool
    muted: bool


def request(command: Command, tag: int, *values: bytes) -> bytes:
    """Return the frame that asks this."""
    payload = b"".join((number(command), number(tag), *values))
    return _DESCRIPTOR.pack(len(payload), NOBODY, 0, 0, 0) + payload


def number(value: int) -> bytes:
    return b"L" + _NUMBER.pack(value)


def nothing() -> bytes:
    """Return a text that is none."""
    return b"N"


def blob(value: bytes) -> bytes:
    return b"x" + _NUMBER.pack(len(value)) + value


def properties(pairs: Mapping[str, str]) -> bytes:
    packed = b"P"
    for key, text in pairs.items():
        value = text.encode() + b"\0"
        packed += b"t" + key.encode() + b"\0" + number(len(value)) + blob(value)
    return packed + b"N"


class Frames:
    """Puts together what arrives in pieces."""

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, data: bytes) -> list[Packet]:
        """Return the packets that are whole now. Raises PulseError."""
        buffer, begin, packets = self._buffer + data, 0, []
        while len(buffer) - begin >= _DESCRIPTOR.size:
            length, channel, _high, _low, _flags = _DESCRIPTOR.unpack_from(buffer, begin)
            if length > LONGEST:
                raise PulseError(f"a frame of {length} bytes")
            payload = begin + _DESCRIPTOR.size
            if len(buffer) < payload + length:
                break
            begin = payload + length
            if channel == NOBODY and length:  # others carry sound, or give shared memory back
                packets.append(_packet(buffer[payload:begin]))
        self._buffer = buffer[begin:]
        return packets


def _packet(payload: bytes) -> Packet:
    values = _Values(payload)
    command, tag = values.read("LL")
    return Packet(command, tag, values.rest())


def recordings(values: bytes) -> list[Stream]:
    """Return the recording streams that a reply lists. Raises PulseError."""
    packed = _Values(values)
    streams = []
    while packed.left():
        each = packed.read(_SOURCE_OUTPUT)
        index, _name, _module, client, source = each[:5]
        resampling, _driver, pairs, corked, _volume, muted = each[9:15]
        streams.append(Stream(index, _index(client), _index(source), resampling, pairs, corked, muted))
    return streams


def is_monitor(values: bytes) -> bool:
    """Return whether the source that a reply tells of gives what a sink plays. Raises PulseError."""
    return bool(_Values(values).read(_SOURCE)[-1] != NOBODY)


def server_name(values: bytes) -> str:
    """Return what a server calls itself. Raises PulseError."""
    return _Values(values).read(_SERVER)[0] or ""


def _index(value: int) -> int | None:
    return None if value == NOBODY else value


class _Values:
    """Reads values one after the other."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def left(self) -> int:
        return len(self._data) - self._at

    def rest(self) -> bytes:
        return self._data[self._at :]

    def read(self, kinds: str) -> list[Any]:
        """Return a value of each of these kinds. Raises PulseError where another one stands, or none."""
        return [self._value(kind) for kind in kinds]

    def _value(self, kind: str) -> Any:
        found = chr(self._take(1)[0])
        if found not in _EITHER.get(kind, kind):
            raise PulseError(f"a value of the kind {found!r} where {kind!r} belongs")
        if found in _FIXED:
            return int.from_bytes(self._take(_FIXED[found]))
        match found:
            case "t":
                return self._text()
            case "1" | "0":
                return found == "1"
            case "m" | "v":
                return self._take(self._take(1)[0] * (4 if found == "v" else 1))
            case "x":
                return self._take(self._number())
            case "P":
                return self._properties()
            case "f":
                return self.read("BP")
        return None  # N, a text that is none

    def _properties(self) -> dict[str, str]:
        pairs = {}
        while (key := self._value("t")) is not None:
            length, value = self.read("Lx")
            if len(value) != length:
                raise PulseError(f"a property of {len(value)} bytes that says {length}")
            pairs[key] = value.partition(b"\0")[0].decode(errors="replace")
        return pairs

    def _number(self) -> int:
        return int(_NUMBER.unpack(self._take(_NUMBER.size))[0])

    def _text(self) -> str:
        end = self._data.find(b"\0", self._at)
        if end < 0:
            raise PulseError("a text without an end")
        text = self._take(end - self._at).decode(errors="replace")
        self._at += 1
        return text

    def _take(self, size: int) -> bytes:
        taken = self._data[self._at : self._at + size]
        if len(taken) < size:
            raise PulseError("a value without an end")
        self._at += size
        return taken
