"""The reason do-not-disturb: whether the notification server that runs now keeps notifications to itself.

Law: what is known of the server belongs to the bus's thread. Only its owner's unique name is asked, so that asking
starts nothing; a server that goes takes its do-not-disturb with it, and the next one is asked anew.
"""

import logging
from functools import partial
from typing import TYPE_CHECKING

from breakd.adapters.nothing import NoHold
from breakd.adapters.reason import Reason
from breakd.ports import HoldSource, Post

if TYPE_CHECKING:
    from breakd.adapters.bus import Body, Bus, BusError
    from breakd.adapters.disturb_ways import Way

REASON = "do-not-disturb"

log = logging.getLogger(__name__)


def connect(post: Post, session_bus: "Bus | None") -> HoldSource:
    """Return what watches it: SourceChanged names the server, `unknown` is one that cannot be asked, `none` none."""
    return NoHold(post, REASON) if session_bus is None else Disturb(post, session_bus)


class Disturb:
    """Follows the owner of org.freedesktop.Notifications."""

    def __init__(self, post: Post, bus: "Bus") -> None:
        from breakd.adapters import again, disturb_ways  # noqa: PLC0415 - they want jeepney, which Linux alone has

        self._reason = Reason(post, REASON)
        self.known = self._reason.known
        self._bus = bus
        self._kinds = disturb_ways
        self._ways: dict[str, Way] = {}
        self._again = again.Again(bus)
        self._owner: str | None = None
        self._unwatch = bus.watch_owner(disturb_ways.NAME, self._owned)

    def close(self) -> None:
        self._reason.close()
        self._bus.soon(self._end)

    # --- on the bus's thread ------------------------------------------------------------------------------------

    def _end(self) -> None:
        self._unwatch()
        self._owner = None  # what still comes of it is void
        self._again.forget()
        for way in self._ways.values():
            way.close()

    def _owned(self, owner: str | None) -> None:
        self._owner = owner
        self._again.forget()
        for way in self._ways.values():
            way.rest()
        if owner is None:
            self._reason.seen("none", ())
        else:
            self._meet(owner)

    def _meet(self, owner: str) -> None:
        """Ask the server who it is."""
        if owner == self._owner:
            server = self._kinds.of_owner(owner, self._kinds.PATH, self._kinds.NAME)
            self._bus.call_later(server, "GetServerInformation", on_reply=partial(self._met, owner))

    def _met(self, owner: str, reply: "Body | BusError") -> None:
        if owner != self._owner:
            return
        if isinstance(reply, Exception):  # it has its name already, but is not ready
            self._cannot_tell(owner, reply)
            return
        name, vendor, *_versions = reply
        kind = self._kinds.SERVERS.get((name, vendor)) or self._kinds.SERVERS.get((name, None))
        if kind is None:
            log.info("nobody knows how %s by %s tells of do-not-disturb", name, vendor)
            self._reason.seen("unknown", ())
            return
        if kind.name not in self._ways:
            self._ways[kind.name] = kind.way(self._bus, partial(self._told, kind.name))
        self._ways[kind.name].ask(owner)

    def _told(self, name: str, owner: str, said: "bool | BusError") -> None:
        if owner != self._owner:
            return
        if isinstance(said, Exception):
            self._cannot_tell(owner, said)
        else:
            self._again.forget()
            self._reason.seen(name, ((name,),) if said else ())

    def _cannot_tell(self, owner: str, why: Exception) -> None:
        log.info("do-not-disturb cannot be asked: %s", why)
        self._reason.seen("unknown", ())
        self._again.after_a_wait(partial(self._meet, owner))
