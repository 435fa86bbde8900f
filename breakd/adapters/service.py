"""A source of presence that is a service on a bus: it is there while somebody owns its name.

Law: it subscribes once, when it is made, since the bus keeps subscriptions; after that it is opened and closed any
number of times. It costs nothing while it is closed, and still tells when its service comes.
"""

import threading
from collections.abc import Callable

from breakd.adapters.bus import DBUS, Bus, BusError
from breakd.ports import Post, SourceChanged

ANSWER_S = 1.0
"""How long a service may take to answer: one that hangs must not hang the daemon."""


class Service:
    """Who owns a name on the bus. `owner` is a unique name, None where there is nobody."""

    def __init__(self, post: Post, bus: Bus, source: str, owned: str, forget: Callable[[], None]) -> None:
        """`source` is the name of the source, `owned` that of the service. Returns once its owner is known.

        `forget` is called on the bus's thread when it is lost: what it was asked for is gone with it.
        """
        self.is_open = False
        self.owner: str | None = None
        self._post = post
        self._bus = bus
        self._source = source
        self._forget = forget
        self._known = threading.Event()
        bus.watch_owner(owned, self._owned)
        self._known.wait(ANSWER_S)
        self._known.set()  # from now on an owner is one that came

    def open(self) -> None:
        """Begin. Raises BusError where nobody owns the name."""
        if self.owner is None:
            raise BusError("nobody is there")
        self.is_open = True

    def close(self) -> None:
        self.is_open = False

    def lost(self) -> None:
        """Say once that it does not serve any more. On the bus's thread."""
        if self.is_open:
            self.is_open = False
            self._forget()
            self._post(SourceChanged("presence", "unknown"))

    def came(self) -> None:
        """Say that it can be opened."""
        self._post(SourceChanged("presence", self._source))

    def _owned(self, owner: str | None) -> None:
        """Run on the bus's thread. Another owner knows nothing of what was asked of the one before."""
        before, self.owner = self.owner, owner
        if before is not None and before != owner:
            self.lost()
        if owner is not None and before != owner and self._known.is_set():
            self.came()
        self._known.set()


def has_owner(bus: Bus, name: str) -> bool:
    """Return whether somebody owns the name; asking starts nothing. Raises BusError."""
    return bool(bus.call(DBUS, "NameHasOwner", "s", (name,), timeout=ANSWER_S)[0])
