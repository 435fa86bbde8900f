"""A Wayland compositor for tests: a real socket, the real bytes, and a person whose input and silence the test decides.

Law: its time is what `silence` says, and it answers as wlroots does: a notification of zero is idle at once, one that
heeds inhibitors resumes when something inhibits. Whatever a client may not do ends the client with a protocol error.
"""

import array
import contextlib
import os
import select
import socket
import struct
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

EXT, KWIN, SEAT = "ext_idle_notifier_v1", "org_kde_kwin_idle", "wl_seat"
SECONDS = 20.0


class Notification:
    """What a client asked for: its time in ms, on which seat, and whether it heeds inhibitors."""

    def __init__(self, timeout: int, seat: int, *, heeds: bool) -> None:
        self.timeout = timeout
        self.seat = seat
        self.heeds = heeds
        self.silence = 0
        self.idle = False


class FakeCompositor:
    """A compositor at `path` that offers `offers`, each by its interface and version. Its methods are for any thread.

    `objects` are those of the client that came last, by id: what interface, or which notification. `mute` has it
    answer nothing.
    """

    def __init__(self, path: Path, *offers: tuple[str, int]) -> None:
        self.path = path
        self.clients = 0
        self.objects: dict[int, Any] = {}
        self.mute = False
        self._globals = dict(enumerate(offers, start=10))
        self._inhibited = False
        self._client: socket.socket | None = None
        self._unread = b""
        self._changed = threading.Condition()
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        self._reader, self._writer = os.pipe()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        os.write(self._writer, b"!")
        self._thread.join(SECONDS)
        self._drop()
        self._listener.close()
        self.path.unlink()
        os.close(self._reader)
        os.close(self._writer)

    def hang_up(self) -> None:
        """End the client's connection, as a compositor that is killed does."""
        with self._changed:
            if self._client is not None:
                self._client.shutdown(socket.SHUT_RDWR)

    def wait(self, ready: Callable[[], Any]) -> None:
        """Return as soon as the client has brought that about; fail when it takes too long."""
        with self._changed:
            assert self._changed.wait_for(ready, SECONDS), self.objects

    def notifications(self) -> list[Notification]:
        return [it for it in self.objects.values() if isinstance(it, Notification)]

    def timeouts(self) -> list[int]:
        """Return the times of the notifications that there are, in ms."""
        return sorted(notification.timeout for notification in self.notifications())

    # The person and the machine

    def silence(self, ms: int, seat: int | None = None) -> None:
        """Let so much time pass without input on a seat, or on any."""
        with self._changed:
            for number, it in self._on(seat):
                it.silence += ms
                self._look(number, it)

    def input(self, seat: int | None = None) -> None:
        """Touch a device of a seat, or of each."""
        with self._changed:
            for number, it in self._on(seat):
                if not (self._inhibited and it.heeds):
                    self._resume(number, it)
                    self._look(number, it)

    def inhibit(self, *, on: bool) -> None:
        """Start or end a video."""
        with self._changed:
            self._inhibited = on
            for number, it in self._on(None):
                if it.heeds:
                    self._resume(number, it)
                    self._look(number, it)

    def add(self, interface: str, version: int) -> int:
        """Offer one more global and return its number."""
        with self._changed:
            name = max(self._globals, default=9) + 1
            self._globals[name] = interface, version
            self._tell(2, 0, name, interface, version)
            return name

    def remove(self, name: int) -> None:
        with self._changed:
            del self._globals[name]
            self._tell(2, 1, name)

    def seats(self) -> list[int]:
        """Return the numbers of the seats."""
        return [name for name, (interface, _) in self._globals.items() if interface == SEAT]

    # The wire

    def send(self, data: bytes, *descriptors: int) -> None:
        """Send bytes as they are, with file descriptors."""
        with self._changed:
            assert self._client is not None
            fds = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))] if descriptors else []
            self._client.sendmsg([data], fds)

    def tell(self, number: int, opcode: int, *arguments: int | str | bytes) -> None:
        """Send an event of an object."""
        with self._changed:
            self._tell(number, opcode, *arguments)

    def _on(self, seat: int | None) -> list[tuple[int, Notification]]:
        found = [(number, it) for number, it in self.objects.items() if isinstance(it, Notification)]
        return [(number, it) for number, it in found if seat is None or it.seat == seat]

    def _look(self, number: int, it: Notification) -> None:
        if not it.idle and it.silence >= it.timeout and not (self._inhibited and it.heeds):
            it.idle = True
            self._tell(number, 0)

    def _resume(self, number: int, it: Notification) -> None:
        it.silence = 0
        if it.idle:
            it.idle = False
            self._tell(number, 1)

    def _tell(self, number: int, opcode: int, *arguments: int | str | bytes) -> None:
        if self._client is not None:
            with contextlib.suppress(OSError):  # the client has left
                self._client.sendall(message(number, opcode, *arguments))

    def _run(self) -> None:
        while True:
            client = self._client
            listened: list[socket.socket | int] = [self._listener, self._reader, *([client] if client else [])]
            ready, _, _ = select.select(listened, [], [])
            with self._changed:
                if self._reader in ready:
                    return
                if self._listener in ready:
                    self._drop()
                    self._client, _ = self._listener.accept()
                    self.clients += 1
                    self.objects = {1: "wl_display"}
                    self._unread = b""
                elif client is not None and client in ready and client is self._client:
                    self._receive(client)
                self._changed.notify_all()

    def _receive(self, client: socket.socket) -> None:
        try:
            data = client.recv(65536)
        except ConnectionResetError:
            data = b""
        if not data:
            self._drop()
            return
        self._unread += data
        while len(self._unread) >= 8:
            number, opcode, size = struct.unpack_from("=IHH", self._unread)
            if len(self._unread) < size:
                return
            body, self._unread = self._unread[8:size], self._unread[size:]
            if not self.mute:
                self._request(number, opcode, body)

    def _drop(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def _request(self, number: int, opcode: int, body: bytes) -> None:
        it = self.objects.get(number)
        words = struct.unpack(f"={len(body) // 4}I", body)
        match it, opcode:
            case "wl_display", 0:
                self._tell(self._new(words[0], "wl_callback"), 0, 7)
                self._delete(words[0])
            case "wl_display", 1:
                self._new(words[0], "wl_registry")
                for name, (interface, version) in self._globals.items():
                    self._tell(words[0], 0, name, interface, version)
            case "wl_registry", 0:
                self._bind(body)
            case ("wl_seat", version, _), 3 if version >= 5:
                self._delete(number)
            case ("ext_idle_notifier_v1", version, _), 1 | 2 if version >= opcode:
                self._notify(words[0], words[1], words[2], heeds=opcode == 1)
            case ("org_kde_kwin_idle", _, _), 0:
                self._notify(words[0], words[2], words[1], heeds=True)
            case Notification(), 0:
                self._delete(number)
            case _:
                self._tell(1, 0, number, 1, f"no request {opcode} of {it}")

    def _bind(self, body: bytes) -> None:
        name, length = struct.unpack_from("=II", body)
        interface = body[8 : 8 + length - 1].decode()
        version, number = struct.unpack_from("=II", body, 8 + length + -length % 4)
        offered = self._globals.get(name)
        if offered is None or offered[0] != interface or not 1 <= version <= offered[1]:
            self._tell(1, 0, 2, 0, f"no {interface} {version} at {name}")
        else:
            self._new(number, (interface, version, name))

    def _notify(self, number: int, timeout: int, seat: int, *, heeds: bool) -> None:
        interface, _, name = self.objects[seat]
        assert interface == SEAT
        it = Notification(timeout, name, heeds=heeds)
        self._look(self._new(number, it), it)

    def _new(self, number: int, it: Any) -> int:
        if number in self.objects:
            self._tell(1, 0, 1, 0, f"{number} is in use")
        self.objects[number] = it
        return number

    def _delete(self, number: int) -> None:
        del self.objects[number]
        self._tell(1, 1, number)


def message(number: int, opcode: int, *arguments: int | str | bytes) -> bytes:
    """Return an event's bytes."""
    body = b""
    for argument in arguments:
        if isinstance(argument, int):
            body += struct.pack("=I", argument & 0xFFFFFFFF)
        else:
            data = argument.encode() + b"\0" if isinstance(argument, str) else argument
            body += struct.pack("=I", len(data)) + data + b"\0" * (-len(data) % 4)
    return struct.pack("=IHH", number, opcode, 8 + len(body)) + body


def until(ready: Callable[[], Any]) -> None:
    """Return as soon as that is so; fail when it takes too long. For what nobody tells of."""
    end = time.monotonic() + SECONDS
    while not ready():
        assert time.monotonic() < end
        time.sleep(0.005)
