"""logind's idle hint, on the system bus: a desktop may say there that nobody is at the session.

Laws: it is listened to only where some desktop has ever set it for this graphical session, or does so now; elsewhere it
would say for ever that the person is there. It knows only of silences that the desktop finds worth a word, so no pause
in typing is seen by it. The session is the user's `Display`, as logind names it.
"""

import os
import time
from functools import partial
from typing import Any

from jeepney import DBusAddress

from breakd.adapters.bus import PROPERTIES, Body, Bus, BusError
from breakd.adapters.service import ANSWER_S, Service
from breakd.ports import CameBack, Post, SourceChanged, WentIdle

LOGIND = "org.freedesktop.login1"
MANAGER = DBusAddress("/org/freedesktop/login1", LOGIND, "org.freedesktop.login1.Manager")
USER = "org.freedesktop.login1.User"
SESSION = "org.freedesktop.login1.Session"
GRAPHICAL = frozenset({"x11", "wayland", "mir"})
"""The types of session whose hint a desktop sets; logind makes up those of others."""


class HintIdle:
    """Tells WentIdle when the hint is set, of the time that it was, and CameBack when it is taken back."""

    name = "logind"
    sees_pauses = False

    def __init__(self, post: Post, bus: Bus) -> None:
        """Look for the session, and open nothing yet."""
        self._post = post
        self._bus = bus
        self._heard: set[str] = set()  # the sessions that are listened to, by their paths
        self._session = ""
        self._since_s: float | None = None
        """Since when the hint is set, on the monotonic clock; None where it is not."""
        self._service = Service(post, bus, self.name, LOGIND, self._forget)
        bus.subscribe(
            self._session_ended,
            sender=LOGIND,
            path=MANAGER.object_path,
            interface=MANAGER.interface,
            member="SessionRemoved",
        )

    def open(self, _away_after_s: float) -> None:
        """Begin to listen. Raises BusError where there is no logind, no session, or nobody sets the hint."""
        self._service.open()
        try:
            self._listen()
        except BusError:
            self._service.close()
            raise
        self._post(SourceChanged("presence", self.name))
        # Asked again: on the bus's thread what it says and what it tells keep their order.
        address = DBusAddress(self._session, LOGIND, PROPERTIES)
        self._bus.call_later(address, "GetAll", "s", (SESSION,), on_reply=partial(self._told, self._session))

    def idle_s(self) -> float | None:
        """Return for how long the hint is set; nobody knows where it is not."""
        since_s = self._since_s
        return None if since_s is None else max(0.0, time.monotonic() - since_s)

    def set_away_after(self, _seconds: float) -> None:
        """Change nothing: the desktop alone decides when it sets the hint."""

    def watch_return(self) -> None:
        """Where the hint is not set the person counts as there: of an input nobody would tell."""
        self._bus.soon(self._look_for_return)

    def watch_pause(self) -> None:
        """Nobody would notice."""

    def close(self) -> None:
        self._service.close()
        self._forget()

    def _forget(self) -> None:
        self._since_s = None

    def _listen(self) -> None:
        """Listen to the user's session. Raises BusError where no desktop sets its hint."""
        path = self._bus.call(MANAGER, "GetUser", "u", (os.getuid(),), timeout=ANSWER_S)[0]
        _name, self._session = self._get(path, USER, "Display")
        if self._get(self._session, SESSION, "Type") not in GRAPHICAL:
            raise BusError("the session has no desktop")
        if self._session not in self._heard:
            self._heard.add(self._session)
            self._bus.subscribe(
                partial(self._changed, self._session),
                sender=LOGIND,
                path=self._session,
                interface=PROPERTIES,
                member="PropertiesChanged",
            )
        if not self._get(self._session, SESSION, "IdleSinceHintMonotonic"):
            raise BusError("no desktop sets it")

    def _get(self, path: str, interface: str, name: str) -> Any:
        return self._bus.get(DBusAddress(path, LOGIND, interface), name, timeout=ANSWER_S)

    # --- on the bus's thread ------------------------------------------------------------------------------------

    def _told(self, path: str, reply: Body | BusError) -> None:
        if not isinstance(reply, BusError):
            self._changed(path, SESSION, reply[0], [])

    def _changed(self, path: str, _interface: str, changed: dict[str, tuple[str, Any]], _invalidated: Any) -> None:
        if path != self._session or "IdleHint" not in changed:
            return
        if self._service.is_open:
            now_us = time.monotonic_ns() // 1000
            self._hinted(changed["IdleHint"][1], changed.get("IdleSinceHintMonotonic", ("t", now_us))[1])
        elif self._service.owner is not None:  # there is a desktop that sets it after all
            self._service.came()

    def _hinted(self, hint: bool, since_us: int) -> None:  # noqa: FBT001 - the property's value
        if not self._service.is_open:
            return
        if hint:
            self._since_s = since_us / 1e6
            self._post(WentIdle(self.idle_s() or 0.0))
        elif self._since_s is not None:
            self._since_s = None
            self._post(CameBack())

    def _look_for_return(self) -> None:
        if self._service.is_open and self._since_s is None:
            self._post(CameBack())

    def _session_ended(self, _name: str, path: str) -> None:
        if path == self._session:
            self._service.lost()
