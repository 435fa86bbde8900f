"""logind, on the system bus: the session's lock and the machine's sleep.

Laws: what is known of the session belongs to the bus's thread. The session is the one that logind names as the user's
`Display`, since a service of the user's is in no session itself. Whatever is missing here, the reminders go on.
"""

import logging
import os
import threading
from functools import partial
from typing import Any

from jeepney import DBusAddress

from breakd.adapters.bus import PROPERTIES, Body, Bus, BusError, OnReply, OnSignal
from breakd.adapters.nothing import NoLogin
from breakd.ports import Locked, Login, Post, Sleeping, SourceChanged, Unlocked, Woke
from breakd.texts import _

LOGIND = "org.freedesktop.login1"
MANAGER = DBusAddress("/org/freedesktop/login1", LOGIND, "org.freedesktop.login1.Manager")
USER = "org.freedesktop.login1.User"
SESSION = "org.freedesktop.login1.Session"
NO_OBJECT = "/"
ANSWER_S = 1.0

log = logging.getLogger(__name__)


def connect(post: Post, system_bus: Bus | None) -> Login:
    """Return what watches the login; SourceChanged tells whether that is `logind` or `none`."""
    if system_bus is not None:
        try:
            return Logind(post, system_bus)
        except BusError as error:
            log.info("no logind: %s", error)
    return NoLogin(post)


class Logind:
    """Watches the user's session, whichever it is, and holds each sleep back until it is released."""

    def __init__(self, post: Post, bus: Bus) -> None:
        """Wait until the state of the session is known. Raises BusError where there is no logind."""
        bus.call(MANAGER.with_interface("org.freedesktop.DBus.Peer"), "Ping")
        self._post = post
        self._bus = bus
        self._session = NO_OBJECT
        self._locked = False
        self._closed = False
        self._known = threading.Event()
        self._inhibitor: Any = None
        post(SourceChanged("sleep", "logind"))
        bus.on_lost(self._lost)
        self._subscribe(MANAGER, "PrepareForSleep", self._prepare_for_sleep)
        self._subscribe(MANAGER, "SessionNew", self._sessions_changed)
        self._subscribe(MANAGER, "SessionRemoved", self._sessions_changed)
        self._inhibit()
        self._find_session()
        self._known.wait(ANSWER_S)

    def locked(self) -> bool:
        return self._locked

    def release(self) -> None:
        inhibitor, self._inhibitor = self._inhibitor, None
        if inhibitor is not None:
            inhibitor.close()

    def close(self) -> None:
        self._closed = True
        self.release()

    def _subscribe(self, of: DBusAddress, signal: str, handle: OnSignal) -> None:
        self._bus.subscribe(handle, sender=LOGIND, path=of.object_path, interface=of.interface, member=signal)

    def _inhibit(self) -> None:
        arguments = ("sleep", "breakd", _("To note when you left"), "delay")
        self._bus.call_later(MANAGER, "Inhibit", "ssss", arguments, on_reply=self._inhibited)

    def _find_session(self) -> None:
        self._bus.call_later(MANAGER, "GetUser", "u", (os.getuid(),), on_reply=self._user_found)

    def _get(self, path: str, interface: str, name: str, on_reply: OnReply) -> None:
        self._bus.call_later(DBusAddress(path, LOGIND, PROPERTIES), "Get", "ss", (interface, name), on_reply=on_reply)

    # --- on the bus's thread ------------------------------------------------------------------------------------

    def _lost(self) -> None:
        if not self._closed:
            self._post(SourceChanged("sleep", "none"))

    def _prepare_for_sleep(self, begins: bool) -> None:  # noqa: FBT001 - the signal's own argument
        if self._closed:
            return
        if begins:
            self._post(Sleeping())
        else:
            self._inhibit()
            self._post(Woke())

    def _inhibited(self, reply: Body | BusError) -> None:
        if isinstance(reply, BusError):
            log.info("a sleep cannot be held back: %s", reply)
            return
        self.release()
        self._inhibitor = reply[0]
        if self._closed:
            self.release()

    def _sessions_changed(self, _session: str, _path: str) -> None:
        self._find_session()

    def _user_found(self, reply: Body | BusError) -> None:
        if isinstance(reply, BusError):
            self._no_session(reply)
        else:
            self._get(reply[0], USER, "Display", self._display_found)

    def _display_found(self, reply: Body | BusError) -> None:
        if isinstance(reply, BusError):
            self._no_session(reply)
            return
        _signature, (name, path) = reply[0]
        if path == NO_OBJECT:
            self._no_session("no Display")
        elif path != self._session:
            log.info("the session is %s", name)
            self._session = path
            session = DBusAddress(path, LOGIND, SESSION)
            self._subscribe(session, "Lock", partial(self._set_locked, path, locked=True))
            self._subscribe(session, "Unlock", partial(self._set_locked, path, locked=False))
            self._subscribe(session.with_interface(PROPERTIES), "PropertiesChanged", partial(self._changed, path))
            self._get(path, SESSION, "LockedHint", partial(self._hinted, path))

    def _no_session(self, why: object) -> None:
        log.info("no session is found: %s", why)
        self._session = NO_OBJECT
        self._known.set()

    def _hinted(self, path: str, reply: Body | BusError) -> None:
        if not isinstance(reply, BusError):
            self._set_locked(path, locked=reply[0][1])
        self._known.set()

    def _changed(self, path: str, _interface: str, changed: dict[str, tuple[str, Any]], _invalidated: Any) -> None:
        if "LockedHint" in changed:
            self._set_locked(path, locked=changed["LockedHint"][1])

    def _set_locked(self, path: str, *, locked: bool) -> None:
        """Tell a change; a lock comes twice, as the wish to lock and as the locker's word that it did."""
        if path == self._session and locked != self._locked and not self._closed:
            self._locked = locked
            self._post(Locked() if locked else Unlocked())
