"""The reason idle-inhibit: who keeps the desktop from going idle, such as a video or a presentation.

Laws: what is known belongs to the bus's thread. Only an owner's unique name is asked, so that asking starts nothing.
What breakd inhibits itself does not count.
"""

from typing import TYPE_CHECKING

from breakd.adapters.nothing import NoHold
from breakd.adapters.reason import Reason, Users
from breakd.ports import HoldSource, Post

if TYPE_CHECKING:
    from breakd.adapters.bus import Bus
    from breakd.adapters.inhibit_ways import Way

REASON = "idle-inhibit"


def connect(post: Post, session_bus: "Bus | None") -> HoldSource:
    """Return what watches it; SourceChanged tells whether that is `gnome-session`, `kde` or `none`."""
    return NoHold(post, REASON) if session_bus is None else Inhibit(post, session_bus)


class Inhibit:
    """Follows all that are there: a desktop has one of them."""

    def __init__(self, post: Post, bus: "Bus") -> None:
        from breakd.adapters.inhibit_ways import WAYS  # noqa: PLC0415 - they want jeepney, which Linux alone has

        self._reason = Reason(post, REASON)
        self.known = self._reason.known
        self._bus = bus
        self._told_by: dict[str, Users | None] = {}  # by each that was heard of, None where it is not there
        self._names = {way.name for way in WAYS}  # the first of them may be heard of before the last is made
        self._ways: list[Way] = [way(bus, self._told) for way in WAYS]

    def close(self) -> None:
        self._reason.close()
        self._bus.soon(self._end)

    # --- on the bus's thread ------------------------------------------------------------------------------------

    def _end(self) -> None:
        for way in self._ways:
            way.close()

    def _told(self, name: str, users: Users | None) -> None:
        self._told_by[name] = users
        all_told = self._told_by.keys() >= self._names
        if not users:
            self._reason.used(name, ())
        here = [name for name, seen in self._told_by.items() if seen is not None]
        if here or all_told:
            self._reason.serves(here[0] if here else "none")
        if users:
            self._reason.used(name, users)
        if all_told:
            self.known.set()
