"""How each notification server tells whether it keeps notifications to itself.

Facts from the sources of dunst 1.6 to 1.13, xfce4-notifyd 0.7 to 0.9, mako 1.7 to 1.11, Plasma 5.27 and 6, swaync 0.8
to 0.12, Budgie 10.6 to 10.10, and of GNOME Shell, Cinnamon, MATE and elementary as of 2026.

Law: all of it runs on the bus's thread. A way is for one kind of server, whichever instance runs: it is asked about an
owner, and from then on tells of that one at each change, until it rests.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, Protocol

from jeepney import DBusAddress

from breakd.adapters.bus import PROPERTIES, Body, Bus, BusError, End

NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
XFCONF = DBusAddress("/org/xfce/Xfconf", "org.xfce.Xfconf", "org.xfce.Xfconf")
XFCE_CHANNEL, XFCE_KEY = "xfce4-notifyd", "/do-not-disturb"

Told = Callable[[str, "bool | BusError"], None]
"""Whether the server of this owner is quiet; an error where it cannot be asked now."""


def of_owner(owner: str, path: str, interface: str) -> DBusAddress:
    """Return the address of an object of this connection: a call to it starts no service."""
    return DBusAddress(path, owner, interface)


class Way(Protocol):
    """See the law above."""

    def ask(self, owner: str) -> None:
        """Tell of the server that has this unique name."""

    def rest(self) -> None:
        """Tell no more of that server: it has gone."""

    def close(self) -> None:
        """End for good."""


class Property:
    """A property on the bus that is true while the server is quiet."""

    def __init__(self, bus: Bus, told: Told, *, interface: str, name: str) -> None:
        self._interface, self._name = interface, name
        self._bus, self._told = bus, told
        self._owner: str | None = None
        changes = {"interface": PROPERTIES, "member": "PropertiesChanged", "path": PATH}
        self._end = bus.subscribe(self._changed, sender=NAME, arg0=interface, **changes)

    def ask(self, owner: str) -> None:
        self._owner = owner
        address = of_owner(owner, PATH, PROPERTIES)
        self._bus.call_later(address, "Get", "ss", (self._interface, self._name), on_reply=partial(self._got, owner))

    def rest(self) -> None:
        self._owner = None

    def close(self) -> None:
        self._end()

    def _got(self, owner: str, reply: Body | BusError) -> None:
        self._told(owner, reply if isinstance(reply, BusError) else bool(reply[0][1]))

    def _changed(self, _interface: str, changed: dict[str, tuple[str, Any]], _invalidated: list[str]) -> None:
        if self._owner is not None and self._name in changed:
            self._told(self._owner, bool(changed[self._name][1]))


class Asked:
    """A method that says it, asked again at each of the server's signals that may mean a change."""

    def __init__(
        self, bus: Bus, told: Told, *, path: str, interface: str, method: str, quiet: Callable[[Body], bool]
    ) -> None:
        self._path, self._interface, self._method, self._quiet = path, interface, method, quiet
        self._bus, self._told = bus, told
        self._owner: str | None = None
        self._end = bus.subscribe(self._signalled, sender=NAME, path=path, interface=interface)

    def ask(self, owner: str) -> None:
        self._owner = owner
        address = of_owner(owner, self._path, self._interface)
        self._bus.call_later(address, self._method, on_reply=partial(self._answered, owner))

    def rest(self) -> None:
        self._owner = None

    def close(self) -> None:
        self._end()

    def _signalled(self, *_arguments: Any) -> None:
        if self._owner is not None:
            self.ask(self._owner)

    def _answered(self, owner: str, reply: Body | BusError) -> None:
        self._told(owner, reply if isinstance(reply, BusError) else self._quiet(reply))


class Xfce:
    """The setting that xfce4-notifyd keeps in xfconf.

    Without xfconf it is not quiet; if xfconf goes later it stays as it is.
    """

    def __init__(self, bus: Bus, told: Told) -> None:
        self._bus, self._told = bus, told
        self._owner: str | None = None
        self._store: str | None = None
        self._looked = False  # for the store's owner
        here = {"interface": XFCONF.interface, "path": XFCONF.object_path}
        self._ends: list[End] = [
            bus.watch_owner(XFCONF.bus_name, self._stored),
            bus.subscribe(self._changed, sender=XFCONF.bus_name, arg0=XFCE_CHANNEL, member="PropertyChanged", **here),
            bus.subscribe(self._removed, sender=XFCONF.bus_name, arg0=XFCE_CHANNEL, member="PropertyRemoved", **here),
        ]

    def ask(self, owner: str) -> None:
        self._owner = owner
        if self._looked:
            self._read()

    def rest(self) -> None:
        self._owner = None

    def close(self) -> None:
        for end in self._ends:
            end()

    def _stored(self, store: str | None) -> None:
        first, self._store, self._looked = not self._looked, store, True
        if first or store is not None:
            self._read()

    def _read(self) -> None:
        if self._owner is None:
            return
        if self._store is None:
            self._told(self._owner, False)  # noqa: FBT003 - that is what is told
            return
        address = of_owner(self._store, XFCONF.object_path, XFCONF.interface)
        key = (XFCE_CHANNEL, XFCE_KEY)
        self._bus.call_later(address, "GetProperty", "ss", key, on_reply=partial(self._got, self._owner))

    def _got(self, owner: str, reply: Body | BusError) -> None:
        self._told(owner, not isinstance(reply, BusError) and reply[0][1] is True)  # an error: it was never set

    def _changed(self, _channel: str, key: str, value: tuple[str, Any]) -> None:
        if key == XFCE_KEY and self._owner is not None:
            self._told(self._owner, value[1] is True)

    def _removed(self, _channel: str, key: str) -> None:
        if key == XFCE_KEY:
            self._read()


def _mako(bus: Bus, told: Told) -> Way:
    from breakd.adapters.mako import Mako  # noqa: PLC0415 - only where it is

    return Mako(bus, told)


def _setting(schema: str, key: str, path: str, quiet: str) -> Callable[[Bus, Told], Way]:
    """Return the way of a desktop whose server reads this setting; `quiet` is its value for do-not-disturb."""

    def way(bus: Bus, told: Told) -> Way:
        from breakd.adapters.gsetting import Setting  # noqa: PLC0415 - only where it is

        return Setting(bus, told, schema=schema, key=key, path=path, quiet=quiet)

    return way


class Kind(NamedTuple):
    """A kind of server: its name, as SourceChanged has it, and its way."""

    name: str
    way: Callable[[Bus, Told], Way]


SERVERS: dict[tuple[str, str | None], Kind] = {
    ("dunst", None): Kind("dunst", partial(Property, interface="org.dunstproject.cmd0", name="paused")),
    ("Plasma", None): Kind("kde", partial(Property, interface=NAME, name="Inhibited")),
    ("Xfce Notify Daemon", None): Kind("xfce4-notifyd", Xfce),
    ("mako", None): Kind("mako", _mako),
    ("SwayNotificationCenter", None): Kind(
        "swaync",
        partial(
            Asked,
            path="/org/erikreider/swaync/cc",
            interface="org.erikreider.swaync.cc",
            method="GetSubscribeData",  # do-not-disturb, panel open, count, inhibited
            quiet=lambda reply: reply[0][0] or any(reply[0][3:]),
        ),
    ),
    ("Budgie Notification Server", None): Kind(
        "budgie",
        partial(
            Asked,
            path="/org/budgie_desktop/Notifications",
            interface="org.buddiesofbudgie.budgie.Dispatcher",
            method="GetDoNotDisturb",
            quiet=lambda reply: reply[0],
        ),
    ),
    ("gnome-shell", None): Kind(
        "gnome",
        _setting(
            "org.gnome.desktop.notifications", "show-banners", "/org/gnome/desktop/notifications/show-banners", "false"
        ),
    ),
    ("cinnamon", None): Kind(
        "cinnamon",
        _setting(
            "org.cinnamon.desktop.notifications",
            "display-notifications",
            "/org/cinnamon/desktop/notifications/display-notifications",
            "false",
        ),
    ),
    ("Notification Daemon", "MATE"): Kind(
        "mate",
        _setting(
            "org.mate.NotificationDaemon", "do-not-disturb", "/org/mate/notification-daemon/do-not-disturb", "true"
        ),
    ),
    ("io.elementary.notifications", None): Kind(
        "elementary",
        _setting(
            "io.elementary.notifications", "do-not-disturb", "/io/elementary/notifications/do-not-disturb", "true"
        ),
    ),
}
"""By the name that a server gives itself, and where others go by it too, by its vendor."""
