"""The reason idle-inhibit: who keeps the desktop from going idle, such as a video or a presentation.

Laws: what is known belongs to the bus's thread. Only an owner's unique name is asked, so that asking starts nothing.
What breakd inhibits itself does not count.
"""

import threading
from typing import TYPE_CHECKING

from breakd.adapters.nothing import NoHold
from breakd.ports import HoldSource, InUse, Post, SourceChanged

if TYPE_CHECKING:
    from breakd.adapters.bus import Bus
    from breakd.adapters.inhibit_ways import Users, Way

REASON = "idle-inhibit"


def connect(post: Post, session_bus: "Bus | None") -> HoldSource:
    """Return what watches it; SourceChanged tells whether that is `gnome-session`, `kde` or `none`."""
    return NoHold(post, REASON) if session_bus is None else Inhibit(post, session_bus)


class Inhibit:
    """Follows all that are there: a desktop has one of them."""

    def __init__(self, post: Post, bus: "Bus") -> None:
        from breakd.adapters.inhibit_ways import WAYS  # noqa: PLC0415 - they want jeepney, which Linux alone has

        self.known = threading.Event()
        self._post = post
        self._bus = bus
        self._closed = False
        self._name = ""
        self._told_by: dict[str, Users | None] = {}  # by each that was heard of, None where it is not there
        self._on: dict[str, Users] = {}
        self._names = {way.name for way in WAYS}  # the first of them may be heard of before the last is made
        self._ways: list[Way] = [way(bus, self._told) for way in WAYS]

    def close(self) -> None:
        self._closed = True
        self._bus.soon(self._end)

    # --- on the bus's thread ------------------------------------------------------------------------------------

    def _end(self) -> None:
        for way in self._ways:
            way.close()

    def _told(self, name: str, users: "Users | None") -> None:
        if self._closed:
            return
        self._told_by[name] = users
        all_told = self._told_by.keys() >= self._names
        if not users:
            self._say(name, ())
        here = [name for name, seen in self._told_by.items() if seen is not None]
        if here or all_told:
            self._serves(here[0] if here else "none")
        if users:
            self._say(name, users)
        if all_told:
            self.known.set()

    def _serves(self, name: str) -> None:
        if name != self._name:
            self._name = name
            self._post(SourceChanged(f"hold:{REASON}", name))

    def _say(self, name: str, users: "Users") -> None:
        if users != self._on.get(name, ()):
            self._post(InUse(REASON, name, users))
        if users:
            self._on[name] = users
        else:
            self._on.pop(name, None)
