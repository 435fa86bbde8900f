"""The sound server of the person's session, PulseAudio or PipeWire's stand-in for it: where it is, and what it says.

Law: only a local socket that is there is opened; nothing here starts a server.
"""

import os
import socket
import time
from contextlib import suppress

from breakd.adapters import pulse
from breakd.adapters.follower import Waker
from breakd.adapters.pulse import Command, PulseError

PATIENCE_S = 5.0
"""A server that does not answer for so long is none."""

CHUNK = 64 * 1024


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
            # The server lets in its own user, whom the kernel shows only where one of both ends has asked for it, and
            # the server asks a moment after it has taken the connection.
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
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
        if self._waker.wait(seconds, self._socket.fileno(), 0):  # of its end the kernel tells who asks for nothing, too
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
        if not self._waker.wait(seconds, self._socket.fileno()):
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
