"""mako's modes: do-not-disturb is a mode of one of two usual names.

Since 1.10 mako tells of a change of its modes. Before, nothing does; but each change is a call of one of two methods,
and the bus lets a connection of its own listen to calls.

Law: what is heard is only that the modes may have changed; which are on, mako is asked. The listener, a thread, is
there only while a mako runs that tells nothing itself.
"""

import contextlib
import logging
import socket
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from jeepney import DBusAddress, MatchRule, MessageType
from jeepney.bus_messages import Monitoring
from jeepney.io.blocking import DBusConnection, prep_socket
from jeepney.wrappers import unwrap_msg

from breakd.adapters.bus import GREETING_S, PROPERTIES, Body, Bus, BusError

NAME = "org.freedesktop.Notifications"
PATH, INTERFACE = "/fr/emersion/Mako", "fr.emersion.Mako"
QUIET = frozenset({"do-not-disturb", "dnd"})
"""The names of modes that count; what a mode does is the person's own configuration."""

log = logging.getLogger(__name__)


class Mako:
    """The Way of mako."""

    def __init__(self, bus: Bus, told: Callable[[str, "bool | BusError"], None]) -> None:
        self._bus, self._told = bus, told
        self._owner: str | None = None
        self._listener: _Listener | None = None
        changes = {"interface": PROPERTIES, "member": "PropertiesChanged", "path": PATH}
        self._end = bus.subscribe(self._changed, sender=NAME, arg0=INTERFACE, **changes)

    def ask(self, owner: str) -> None:
        """Learn whether it tells of its modes, and which are on."""
        self.rest()
        self._owner = owner
        address = DBusAddress(PATH, owner, PROPERTIES)
        self._bus.call_later(address, "Get", "ss", (INTERFACE, "Modes"), on_reply=partial(self._met, owner))

    def rest(self) -> None:
        self._owner = None
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.close()

    def close(self) -> None:
        self._end()
        self.rest()

    def _met(self, owner: str, reply: Body | BusError) -> None:
        if owner != self._owner:
            return
        if not isinstance(reply, BusError):
            self._tell(owner, reply[0][1])
        else:
            self._listener = _Listener(self._bus, partial(self._list, owner), partial(self._told, owner))

    def _changed(self, _interface: str, changed: dict[str, Any], invalidated: list[str]) -> None:
        if self._owner is not None and ("Modes" in invalidated or "Modes" in changed):
            self._list(self._owner)

    def _list(self, owner: str) -> None:
        if owner == self._owner:
            address = DBusAddress(PATH, owner, INTERFACE)
            self._bus.call_later(address, "ListModes", on_reply=partial(self._listed, owner))

    def _listed(self, owner: str, reply: Body | BusError) -> None:
        if owner != self._owner:
            return
        if isinstance(reply, BusError):
            self._told(owner, reply)
        else:
            self._tell(owner, reply[0])

    def _tell(self, owner: str, modes: list[str]) -> None:
        self._told(owner, not QUIET.isdisjoint(modes))


class _Listener:
    """Hears calls that set mako's modes, on a thread and a connection of its own.

    `heard` is called, on the bus's thread, once it listens and after each call; `failed`, there too, where the bus does
    not let it.
    """

    def __init__(self, bus: Bus, heard: Callable[[], None], failed: Callable[[BusError], None]) -> None:
        self._bus, self._heard, self._failed = bus, heard, failed
        self._socket: socket.socket | None = None
        self._closing = False
        threading.Thread(target=self._run, name="mako", daemon=True).start()

    def close(self) -> None:
        self._closing = True
        if self._socket is not None:
            with contextlib.suppress(OSError):  # it is gone already
                self._socket.shutdown(socket.SHUT_RDWR)

    def _run(self) -> None:
        try:
            self._socket = prep_socket(self._bus.place, timeout=GREETING_S)
            with contextlib.closing(DBusConnection(self._socket)) as connection:
                self._listen(connection)
        except Exception as error:  # noqa: BLE001 - it is asked again, whatever of jeepney's or the bus's it was
            if not self._closing:
                log.info("mako's modes cannot be followed: %s", error)
                self._bus.soon(partial(self._failed, BusError(str(error))))

    def _listen(self, connection: DBusConnection) -> None:
        """Listen until the bus goes or `close` hangs up."""
        calls = [MatchRule(type="method_call", interface=INTERFACE, member=name) for name in ("SetModes", "SetMode")]
        request = Monitoring().BecomeMonitor([rule.serialise() for rule in calls])
        unwrap_msg(connection.send_and_get_reply(request, timeout=GREETING_S))
        self._bus.soon(self._heard)
        while not self._closing:
            if connection.receive().header.message_type is MessageType.method_call:
                self._bus.soon(self._heard)
