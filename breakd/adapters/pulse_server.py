"""The sound server of the person's session, PulseAudio or PipeWire's stand-in for it: where it is, and what it says.

Laws: only a local socket that is there is opened; nothing here starts a server. Whoever waits wakes for the server, for
the time that was given, or for a word of `Waker`, and for nothing else.
"""

import os
import select
import socket
import time
from contextlib import suppress

from breakd.adapters import pulse
from breakd.adapters.pulse import Command, PulseError

PATIENCE_S = 5.0
"""A server that does not answer for so long is none."""

CHUNK = 64 * 1024

_CREATE, _MOVED_TO, _DELETE_SELF, _MOVE_SELF, _ONLYDIR = 0x100, 0x80, 0x400, 0x800, 0x01000000  # of inotify(7)


class Closing(Exception):  # noqa: N818 - no error
    """Whoever waits is to come to an end."""


class Waker:
    """Ends, from any thread, whatever waits now and later."""

    def __init__(self) -> None:
        self._heard, self._told = os.pipe()

    def wake(self) -> None:
        os.write(self._told, b".")

    def close(self) -> None:
        os.close(self._heard)
        os.close(self._told)

    def wait(self, handle: int | None, events: int, seconds: float | None) -> bool:
        """Wait for one of these events of the handle, its end among them; return whether one came. Raises Closing."""
        poll = select.poll()
        poll.register(self._heard, select.POLLIN)
        if handle is not None:
            poll.register(handle, events)
        ready = dict(poll.poll(None if seconds is None else max(0.0, seconds) * 1000))
        if self._heard in ready:
            raise Closing
        return handle in ready


def address() -> str | None:
    """Return the path of the server's socket, there or not; None where the server is on another machine."""
    if named := os.environ.get("PULSE_SERVER", "").split():
        for each in named:  # the first that is local; `{machine}` before it says whose file system is meant
            place = each.rpartition("}")[2].removeprefix("unix:")
            if place.startswith("/"):
                return place
        return None
    runtime = os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}"
    return f"{os.environ.get('PULSE_RUNTIME_PATH') or f'{runtime}/pulse'}/native"


def identity(path: str) -> tuple[int, int] | None:
    """Return what tells the socket that is there from a later one, None where there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116 - the path is text all through here
    except OSError:
        return None
    return found.st_ino, found.st_ctime_ns


def wait_for(path: str, tried: tuple[int, int] | None, seconds: float, waker: Waker) -> bool:
    """Wait for a socket other than the one tried, or for a folder on the way to it, but no longer than `seconds`.

    Returns whether something came. Raises Closing.
    """
    folder, name = _nearest(path)
    try:
        from inotify_simple import INotify  # noqa: PLC0415 - on Linux only, and where no server is

        with INotify() as ear:
            ear.add_watch(folder, _CREATE | _MOVED_TO | _DELETE_SELF | _MOVE_SELF | _ONLYDIR)
            if identity(path) not in {None, tried} or _nearest(path) != (folder, name):  # it came meanwhile
                return True
            end = time.monotonic() + seconds
            while waker.wait(ear.fileno(), select.POLLIN, end - time.monotonic()):
                if any(event.name in {name, ""} for event in ear.read()):  # no name: the folder itself has gone
                    return True
            return False
    except (ImportError, OSError):  # no such thing here, or no more watches: then it is looked for at the next time
        waker.wait(None, 0, seconds)
        return False


def _nearest(path: str) -> tuple[str, str]:
    """Return the last folder on the way that there is, and the name within it that the way goes on with."""
    folder, name = os.path.split(path)
    while folder not in {"", "/"} and not os.path.isdir(folder):  # noqa: PTH112 - the path is text all through here
        folder, name = os.path.split(folder)
    return folder, name


class Server:
    """A connection to the server, which tells of recording streams; for one thread. `name` is what it calls itself."""

    def __init__(self, path: str, waker: Waker) -> None:
        """Connect. Raises OSError, PulseError, Closing."""
        self._waker = waker
        self._frames = pulse.Frames()
        self._tag = 0
        self._stirred = False
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._socket.settimeout(PATIENCE_S)
            self._socket.connect(path)
            self._ask(Command.AUTH, pulse.number(pulse.VERSION), pulse.blob(_cookie()))
            self._ask(Command.SET_CLIENT_NAME, pulse.properties({"application.name": "breakd"}))
            self.name = pulse.server_name(self._ask(Command.GET_SERVER_INFO))
            self._ask(Command.SUBSCRIBE, pulse.number(pulse.RECORDINGS))
        except BaseException:
            self._socket.close()
            raise

    def close(self) -> None:
        self._socket.close()

    def recordings(self) -> list[pulse.Stream]:
        """Return the recording streams that there are. Raises OSError, PulseError, Closing."""
        return pulse.recordings(self._ask(Command.GET_SOURCE_OUTPUT_INFO_LIST))

    def is_monitor(self, source: int) -> bool | None:
        """Return whether this source gives what a sink plays, None where it has gone. Raises as `recordings` does."""
        values = self._answer(Command.GET_SOURCE_INFO, pulse.number(source), pulse.nothing())
        return None if values is None else pulse.is_monitor(values)

    def wait(self, seconds: float | None) -> bool:
        """Wait until the server tells of a recording stream; return whether it did. Raises as `recordings` does."""
        end = None if seconds is None else time.monotonic() + seconds
        while not self._stirred:
            packets = self._hear(None if end is None else end - time.monotonic())
            if packets is None:
                return False
            self._stirred = any(packet.command == Command.SUBSCRIBE_EVENT for packet in packets)
        self._stirred = False
        return True

    def rest(self, seconds: float) -> None:
        """Wait so long, whatever the server tells, as long as there is one. Raises as `recordings` does."""
        if self._waker.wait(self._socket.fileno(), 0, seconds):  # of its end the kernel tells who asks for nothing, too
            raise ConnectionResetError("the sound server is gone")

    def _ask(self, command: Command, *values: bytes) -> bytes:
        answer = self._answer(command, *values)
        if answer is None:
            raise PulseError(f"the server refused {command.name}")
        return answer

    def _answer(self, command: Command, *values: bytes) -> bytes | None:
        """Return the values of the reply, None where it is an error."""
        self._tag += 1
        self._socket.sendall(pulse.request(command, self._tag, *values))
        end = time.monotonic() + PATIENCE_S
        while (packets := self._hear(end - time.monotonic())) is not None:
            found = None
            for packet in packets:
                if packet.command == Command.SUBSCRIBE_EVENT:
                    self._stirred = True
                elif packet.tag == self._tag and packet.command in {Command.REPLY, Command.ERROR}:
                    found = packet
                    if command == Command.GET_SOURCE_OUTPUT_INFO_LIST:
                        self._stirred = False  # a list is newer than what was told before it
            if found is not None:
                return found.values if found.command == Command.REPLY else None
        raise PulseError(f"the server did not answer {command.name}")

    def _hear(self, seconds: float | None) -> list[pulse.Packet] | None:
        """Return what is whole of what the server sent, None where it sent nothing for so long."""
        if not self._waker.wait(self._socket.fileno(), select.POLLIN, seconds):
            return None
        data = self._socket.recv(CHUNK)
        if not data:
            raise ConnectionResetError("the sound server is gone")
        return self._frames.feed(data)


def _cookie() -> bytes:
    """Return what lets in whom the kernel does not show to be the server's own user, as on a server for all."""
    home = os.path.expanduser("~")  # noqa: PTH111 - Path's raises where there is none
    config = os.environ.get("XDG_CONFIG_HOME") or f"{home}/.config"
    for path in (os.environ.get("PULSE_COOKIE"), f"{config}/pulse/cookie", f"{home}/.pulse-cookie"):
        with suppress(OSError):
            if path:
                with open(path, "rb") as file:  # noqa: PTH123 - the path is text
                    cookie = file.read(pulse.COOKIE_SIZE)
                if len(cookie) == pulse.COOKIE_SIZE:
                    return cookie
    return bytes(pulse.COOKIE_SIZE)
