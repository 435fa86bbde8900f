"""How each desktop tells who keeps it from going idle.

Facts from the sources of gnome-session 3.38 to 51, whose interface cinnamon-session and mate-session-manager have too
(MATE's without the property), and of powerdevil 5.24 to 6.7.

Law: all of it runs on the bus's thread. Each look is a chain of questions; a later one, or another owner, makes what
still comes of an earlier one void.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from jeepney import DBusAddress

from breakd.adapters.again import Again
from breakd.adapters.bus import PROPERTIES, Body, Bus, BusError, End
from breakd.adapters.reason import Users

OWN = "breakd"

Told = Callable[[str, "Users | None"], None]
"""Who, by the way of this name; None where it is not there."""


class Way(Protocol):
    """See the law above."""

    name: str

    def close(self) -> None:
        """End for good."""


class _Service:
    """What both have in common: a service that is followed, and looked at again whenever it may have changed."""

    name: str
    address: DBusAddress
    signals: tuple[str, ...]
    """Its own, that tell of a change; so does that of its properties."""

    def __init__(self, bus: Bus, told: Told) -> None:
        self._bus = bus
        self._tell = partial(told, self.name)
        self._owner: str | None = None
        self._look = 0
        self._again = Again(bus)
        here = {"sender": self.address.bus_name, "path": self.address.object_path}
        self._ends: list[End] = [
            bus.watch_owner(self.address.bus_name, self._owned),
            *(
                bus.subscribe(self._changed, interface=self.address.interface, member=name, **here)
                for name in self.signals
            ),
            bus.subscribe(
                self._changed, interface=PROPERTIES, member="PropertiesChanged", arg0=self.address.interface, **here
            ),
        ]

    def close(self) -> None:
        for end in self._ends:
            end()
        self._again.forget()
        self._owner = None
        self._look += 1

    def begin(self, look: int) -> None:
        """Ask the first question of this look."""
        raise NotImplementedError

    def ask(
        self,
        look: int,
        answered: Callable[[int, Any], None],
        address: DBusAddress,
        method: str,
        signature: str | None = None,
        *arguments: Any,
    ) -> None:
        """Ask an object of the service; `answered` gets the look and the reply, unless the look is void by then."""

        def replied(reply: Body | BusError) -> None:
            if look == self._look:
                answered(look, reply)

        if self._owner is not None:
            there = DBusAddress(address.object_path, self._owner, address.interface)
            self._bus.call_later(there, method, signature, arguments, on_reply=replied)

    def ask_property(self, look: int, answered: Callable[[int, Any], None], name: str) -> None:
        """Ask the service for one of its properties."""
        properties = self.address.with_interface(PROPERTIES)
        self.ask(look, answered, properties, "Get", "ss", self.address.interface, name)

    def found(self, users: Users) -> None:
        """End the look with these users."""
        self._again.forget()
        self._tell(users)

    def failed(self, _error: BusError) -> None:
        """End the look with no answer: the service has its name already, but is not ready."""
        self._tell(None)
        self._again.after_a_wait(self._changed)

    def _owned(self, owner: str | None) -> None:
        self._owner = owner
        self._again.forget()
        self._changed()
        if owner is None:
            self._tell(None)

    def _changed(self, *_arguments: Any) -> None:
        self._look += 1
        if self._owner is not None:
            self.begin(self._look)


class GnomeSession(_Service):
    """org.gnome.SessionManager: the property says whether, the list of inhibitors by whom."""

    name = "gnome-session"
    address = DBusAddress("/org/gnome/SessionManager", "org.gnome.SessionManager", "org.gnome.SessionManager")
    signals = ("InhibitorAdded", "InhibitorRemoved")
    inhibitor = "org.gnome.SessionManager.Inhibitor"
    idle = 8  # of the flags of what is inhibited

    def __init__(self, bus: Bus, told: Told) -> None:
        self._said = False
        self._left = 0
        self._found: list[tuple[str, ...]] = []
        self._own_alone = False
        super().__init__(bus, told)

    def begin(self, look: int) -> None:
        self._found, self._own_alone, self._left = [], False, 0
        self.ask_property(look, self._property, "InhibitedActions")

    def _property(self, look: int, reply: Body | BusError) -> None:
        self._said = not isinstance(reply, BusError) and bool(reply[0][1] & self.idle)
        if isinstance(reply, BusError) or self._said:  # MATE has no such property
            self.ask(look, self._listed, self.address, "GetInhibitors")
        else:
            self.found(())

    def _listed(self, look: int, reply: Body | BusError) -> None:
        if isinstance(reply, BusError) and not self._said:
            self.failed(reply)
            return
        paths = [] if isinstance(reply, BusError) else reply[0]
        self._left = len(paths)
        for path in paths:
            inhibitor = DBusAddress(path, self.address.bus_name, self.inhibitor)
            self.ask(look, partial(self._flagged, inhibitor), inhibitor, "GetFlags")
        self._end_if_done()

    def _flagged(self, inhibitor: DBusAddress, look: int, reply: Body | BusError) -> None:
        if not isinstance(reply, BusError) and reply[0] & self.idle:
            self.ask(look, self._named, inhibitor, "GetAppId")
        else:  # it inhibits something else, or has gone
            self._left -= 1
            self._end_if_done()

    def _named(self, _look: int, reply: Body | BusError) -> None:
        self._left -= 1
        name = "" if isinstance(reply, BusError) else reply[0]
        if name == OWN:
            self._own_alone = True
        else:
            self._found.append((name,) if name else ())
        self._end_if_done()

    def _end_if_done(self) -> None:
        if self._left == 0:
            somebody = ((),) if self._said and not self._own_alone else ()
            self.found(tuple(self._found) or somebody)


class PolicyAgent(_Service):
    """KDE's, powerdevil: since 6.5 a property says who inhibits what, before that a method says whether."""

    name = "kde"
    address = DBusAddress(
        "/org/kde/Solid/PowerManagement/PolicyAgent",
        "org.kde.Solid.PowerManagement.PolicyAgent",
        "org.kde.Solid.PowerManagement.PolicyAgent",
    )
    signals = ("InhibitionsChanged",)
    screen = 4  # of the policies: the screen's settings, which a change for idleness would be

    def begin(self, look: int) -> None:
        self.ask_property(look, self._property, "ActiveInhibitions")

    def _property(self, look: int, reply: Body | BusError) -> None:
        if isinstance(reply, BusError):
            self.ask(look, self._answered, self.address, "HasInhibition", "u", self.screen)
        else:
            self._end([who for what, who, *_more in reply[0][1] if "idle" in what.split(":")], sure=False)

    def _answered(self, look: int, reply: Body | BusError) -> None:
        if isinstance(reply, BusError):
            self.failed(reply)
        elif reply[0]:
            self.ask(look, self._listed, self.address, "ListInhibitions")
        else:
            self.found(())

    def _listed(self, _look: int, reply: Body | BusError) -> None:
        """Take all that inhibit anything for those that inhibit this: the list does not say more."""
        pairs = [] if isinstance(reply, BusError) else reply[0]
        self._end([pair[0] for pair in (pairs.items() if isinstance(pairs, dict) else pairs)], sure=True)

    def _end(self, who: list[str], *, sure: bool) -> None:
        """`sure`: somebody does, even where nobody is named."""
        users = tuple((name,) if name else () for name in who if name != OWN)
        self.found(users or (((),) if sure and not who else ()))


WAYS: tuple[type[GnomeSession] | type[PolicyAgent], ...] = (GnomeSession, PolicyAgent)
