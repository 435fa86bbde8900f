"""The desktops' screen savers, on the session bus: each says whether it covers the screen.

Laws: none is ever started for the asking: only the one that owns its name is asked, by its unique name. Covered counts
as locked, whether a password is asked for or not: nobody sees the desktop. Each state belongs to the bus's thread.

All have the same shape, by their sources: the signal ActiveChanged(b) and the method GetActive() -> b. KDE's means the
lock itself; those of GNOME, Cinnamon, MATE and Xfce, and light-locker's, mean the blank screen before it as well. On
GNOME the well-known name belongs to a helper that is started on demand, so that the Shell's own is listened to besides.
Who owns org.freedesktop.ScreenSaver for idle inhibition alone (MATE, GNOME, xscreensaver) answers GetActive with an
error and tells nothing.
"""

import threading
import time
from functools import partial

from jeepney import DBusAddress

from breakd.adapters.bus import DBUS, Body, Bus, BusError
from breakd.adapters.locks import Locks

SAVERS = {
    "gnome-shell": DBusAddress("/org/gnome/ScreenSaver", "org.gnome.Shell.ScreenShield", "org.gnome.ScreenSaver"),
    "gnome-screensaver": DBusAddress("/org/gnome/ScreenSaver", "org.gnome.ScreenSaver", "org.gnome.ScreenSaver"),
    "freedesktop-screensaver": DBusAddress(
        "/org/freedesktop/ScreenSaver", "org.freedesktop.ScreenSaver", "org.freedesktop.ScreenSaver"
    ),
    "cinnamon-screensaver": DBusAddress(
        "/org/cinnamon/ScreenSaver", "org.cinnamon.ScreenSaver", "org.cinnamon.ScreenSaver"
    ),
    "mate-screensaver": DBusAddress("/org/mate/ScreenSaver", "org.mate.ScreenSaver", "org.mate.ScreenSaver"),
    "xfce4-screensaver": DBusAddress("/org/xfce/ScreenSaver", "org.xfce.ScreenSaver", "org.xfce.ScreenSaver"),
}
"""Each by the name that it is told by. KDE's and light-locker's are the freedesktop one."""


class Saver:
    """Takes a screen saver's word to the locks, whenever there is one."""

    def __init__(self, bus: Bus, name: str, address: DBusAddress, locks: Locks) -> None:
        self._bus, self._name, self._address, self._locks = bus, name, address, locks
        self._owner: str | None = None
        self.known = threading.Event()
        bus.subscribe(
            self._changed, sender=address.bus_name, interface=address.interface, member="ActiveChanged"
        )  # KDE's tells it at two paths
        bus.watch_owner(address.bus_name, self._owned)

    def _owned(self, owner: str | None) -> None:
        self._owner = owner
        if owner is None:
            self._locks.silent(self._name)
            self.known.set()
        else:
            self._bus.call_later(_at(self._address, owner), "GetActive", on_reply=partial(self._answered, owner))

    def _answered(self, owner: str, reply: Body | BusError) -> None:
        if owner != self._owner:
            return
        if isinstance(reply, BusError):
            self._locks.silent(self._name)
        else:
            self._locks.says(self._name, locked=bool(reply[0]))
        self.known.set()

    def _changed(self, active: object) -> None:
        self._locks.says(self._name, locked=bool(active))


def watch(bus: Bus, locks: Locks, answer_s: float) -> None:
    """Take the words of all screen savers to the locks, for as long as there is the bus.

    Their state now is known when this returns, at the latest after so many seconds.
    """
    savers = [Saver(bus, name, address, locks) for name, address in SAVERS.items()]
    end = time.monotonic() + answer_s
    for saver in savers:
        saver.known.wait(max(0.0, end - time.monotonic()))


def survey(bus: Bus) -> dict[str, bool]:
    """Return the screen savers that can tell, each with whether it covers the screen now. Nothing is started."""
    found = {}
    for name, address in SAVERS.items():
        try:
            owner = bus.call(DBUS, "GetNameOwner", "s", (address.bus_name,))[0]
            found[name] = bool(bus.call(_at(address, owner), "GetActive")[0])
        except BusError:
            continue
    return found


def _at(address: DBusAddress, owner: str) -> DBusAddress:
    return DBusAddress(address.object_path, owner, address.interface)
