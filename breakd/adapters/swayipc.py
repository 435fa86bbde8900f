"""Which full-screen windows sway shows, by its own socket (sway-ipc(7)).

A full-screen container holds the windows in it. Windows on a workspace that no output shows do not count, nor do
breakd's own.

Law: sway's tree is asked for only after an event that can change it in this; the title of a window cannot.
"""

import json
import os
import select
import socket
import struct
from collections.abc import Iterator
from typing import Any

from breakd.adapters.processes import names
from breakd.adapters.reason import Users

OWN = "breakd"
"""The class of breakd's windows."""
ANSWER_S = 2.0
"""How long sway may take; one that hangs is as good as gone."""
MUCH = 1 << 16
"""The kernel holds 200 kB for a client, sway 4 MB more; then it lets go of one that does not read."""

_MAGIC = b"i3-ipc"
_HEAD = struct.Struct("=6sII")
_SUBSCRIBE, _GET_TREE = 2, 4
_EVENT = 1 << 31
_MEANINGLESS = (b'"title"', b'"urgent"', b'"mark"')
_CHANGE = 48
"""An event begins with what changed, within so many bytes, and goes on with all that is known of the window."""


class Sway:
    """The windows of the sway that SWAYSOCK names."""

    name = "sway"

    def __init__(self) -> None:
        """Connect, and subscribe. Raises OSError where there is none."""
        self._unread = bytearray()
        self._news = False
        self.hurried = False
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._socket.settimeout(ANSWER_S)
            self._socket.connect(os.environ.get("SWAYSOCK", ""))
            self._ask(_SUBSCRIBE, b'["window", "workspace"]')
        except BaseException:
            self._socket.close()
            raise

    def fileno(self) -> int:
        return self._socket.fileno()

    def close(self) -> None:
        self._socket.close()

    def read(self) -> bool:
        while select.select([self._socket], [], [], 0)[0]:
            self._receive()
        self.hurried = len(self._unread) > MUCH
        self._take()
        news, self._news = self._news, False
        return news

    def users(self) -> Users:
        self._news = False
        tree = self._ask(_GET_TREE)
        return tuple(called for window in _full_screen(tree) if OWN not in map(str.casefold, called := _names(window)))

    def _ask(self, kind: int, payload: bytes = b"") -> Any:
        """Return the answer; events that come before it are taken."""
        self._socket.sendall(_HEAD.pack(_MAGIC, len(payload), kind) + payload)
        while (answer := self._take()) is None:
            self._receive()
        try:
            return json.loads(answer)
        except ValueError as error:
            raise ConnectionError(f"sway answers in no JSON: {error}") from error

    def _receive(self) -> None:
        received = self._socket.recv(1 << 16)
        if not received:
            raise ConnectionError("sway is gone")
        self._unread += received

    def _take(self) -> bytes | None:
        """Take the messages that are complete, and return the answer if there is one among them."""
        answer, at = None, 0
        while len(self._unread) - at >= _HEAD.size:
            magic, length, kind = _HEAD.unpack_from(self._unread, at)
            if magic != _MAGIC:
                raise ConnectionError("sway sends what is no message")
            begins = at + _HEAD.size
            if len(self._unread) < begins + length:
                break
            at = begins + length
            if not kind & _EVENT:
                answer = bytes(self._unread[begins:at])
            elif not any(change in self._unread[begins : begins + min(length, _CHANGE)] for change in _MEANINGLESS):
                self._news = True
        del self._unread[:at]
        return answer


def _full_screen(node: Any, *, within: bool = False) -> Iterator[Any]:
    """Yield the windows that are shown and full-screen, by themselves or `within` a container that is."""
    full = within or (bool(node.get("fullscreen_mode")) and node.get("type") != "workspace")
    children = [*node.get("nodes", ()), *node.get("floating_nodes", ())]
    if full and not children and node.get("pid") and node.get("visible"):
        yield node
    for child in children:
        yield from _full_screen(child, within=full)


def _names(window: Any) -> tuple[str, ...]:
    """Return the window's app_id, or both parts of its class under XWayland, and its process's names."""
    properties = window.get("window_properties") or {}
    found = [window.get("app_id"), properties.get("instance"), properties.get("class"), *names(window["pid"])]
    return tuple(dict.fromkeys(name for name in found if name))
