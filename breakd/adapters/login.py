"""The session's lock and the machine's sleep: by logind on the system bus, and the screen savers on the session's.

Laws: what is known of the session belongs to the system bus's thread. The session is the one that logind names as the
user's `Display`, since a service of the user's is in no session itself. A session that is not `Active` counts as
locked: the user is switched away. Whatever is missing here, or gone, the reminders go on; what comes is taken up.
A logind that goes leaves the lock that it told of; a screen saver that goes leaves none.

logind's signal Lock is no lock but the wish for one: GNOME and KDE answer it by LockedHint, Cinnamon, MATE and Xfce by
their screen saver, and those that xss-lock and swayidle start by nothing, nor do they say when they are gone. So it is
believed until somebody who can tell says otherwise, or the person is `seen`.
"""

import logging
import os
import threading
from functools import partial
from typing import Any

from jeepney import DBusAddress

from breakd.adapters import saver
from breakd.adapters.bus import PROPERTIES, Body, Bus, BusError, End, OnSignal
from breakd.adapters.locks import Locks
from breakd.ports import Login, Post, Sleeping, SourceChanged, Woke
from breakd.texts import _

LOGIND = "org.freedesktop.login1"
MANAGER = DBusAddress("/org/freedesktop/login1", LOGIND, "org.freedesktop.login1.Manager")
USER = "org.freedesktop.login1.User"
SESSION = "org.freedesktop.login1.Session"
NO_OBJECT = "/"
ANSWER_S = 1.0

log = logging.getLogger(__name__)


def connect(post: Post, system_bus: Bus | None, session_bus: Bus | None = None) -> Login:
    """Return what watches the login.

    SourceChanged tells by what sleep is seen (`sleep`: `logind` or `none`), and who can tell of locks (`lock`).
    """
    return Watched(post, system_bus, session_bus)


class Watched:
    """Implements ports.Login, by whatever is there."""

    def __init__(self, post: Post, system_bus: Bus | None, session_bus: Bus | None) -> None:
        """Wait until the state of the session is known, for a moment."""
        self._locks = Locks(post)
        self._logind: Logind | None = None
        if system_bus is None:
            post(SourceChanged("sleep", "none"))
        else:
            self._logind = Logind(post, system_bus, self._locks)
        if session_bus is not None:
            saver.watch(session_bus, self._locks, ANSWER_S)
        self._locks.begin()

    def locked(self) -> bool:
        return self._locks.locked()

    def seen(self) -> None:
        """Take it that the person is at the keyboard, or that nobody sees whether: a mere wish is no lock any more."""
        self._locks.seen()

    def release(self) -> None:
        if self._logind is not None:
            self._logind.release()

    def close(self) -> None:
        self._locks.close()
        if self._logind is not None:
            self._logind.close()


class Logind:
    """Watches the user's session, whichever it is, and holds each sleep back until it is released."""

    def __init__(self, post: Post, bus: Bus, locks: Locks) -> None:
        self._post = post
        self._bus = bus
        self._locks = locks
        self._serves = ""
        self._session = NO_OBJECT
        self._endings: list[End] = []  # of what is subscribed of the session
        self._locked, self._away = False, False
        self._asleep = False
        self._closed = False
        self._known = threading.Event()
        self._inhibitor: Any = None
        try:
            bus.call(MANAGER.with_interface("org.freedesktop.DBus.Peer"), "Ping")  # starts it where it only sleeps
        except BusError as error:
            log.info("no logind: %s", error)
        self._subscribe(MANAGER, "PrepareForSleep", self._prepare_for_sleep)
        self._subscribe(MANAGER, "SessionNew", self._sessions_changed)
        self._subscribe(MANAGER, "SessionRemoved", self._sessions_changed)
        bus.watch_owner(LOGIND, self._owned)
        self._known.wait(ANSWER_S)

    def release(self) -> None:
        """Hold the sleep back no longer."""
        inhibitor, self._inhibitor = self._inhibitor, None
        if inhibitor is not None:
            inhibitor.close()

    def close(self) -> None:
        """Tell nothing more, and hold nothing back."""
        self._closed = True
        self.release()

    def _subscribe(self, of: DBusAddress, signal: str, handle: OnSignal, arg0: str | None = None) -> End:
        return self._bus.subscribe(
            handle, sender=LOGIND, arg0=arg0, path=of.object_path, interface=of.interface, member=signal
        )

    # --- on the bus's thread ------------------------------------------------------------------------------------

    def _owned(self, owner: str | None) -> None:
        """Begin with a logind that came; say so when it went."""
        if self._closed:
            return
        self.release()
        self._session = NO_OBJECT
        if self._asleep:  # nobody would tell of its end
            self._asleep = False
            self._post(Woke())
        serves = "none" if owner is None else "logind"
        if serves != self._serves:
            self._serves = serves
            self._post(SourceChanged("sleep", serves))
        if owner is None:
            self._locks.lost("logind")  # it does not unlock by that, and is mostly back at once
            self._known.set()
        else:
            self._inhibit()
            self._find_session()

    def _inhibit(self) -> None:
        arguments = ("sleep", "breakd", _("To note when you left"), "delay")
        self._bus.call_later(MANAGER, "Inhibit", "ssss", arguments, on_reply=self._inhibited)

    def _prepare_for_sleep(self, begins: bool) -> None:  # noqa: FBT001 - the signal's own argument
        if self._closed:
            return
        self._asleep = begins
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

    def _find_session(self) -> None:
        self._bus.call_later(MANAGER, "GetUser", "u", (os.getuid(),), on_reply=self._user_found)

    def _sessions_changed(self, _session: str, _path: str) -> None:
        self._find_session()

    def _user_found(self, reply: Body | BusError) -> None:
        if isinstance(reply, BusError):
            self._no_session(reply)
            return
        properties = DBusAddress(reply[0], LOGIND, PROPERTIES)
        self._bus.call_later(properties, "Get", "ss", (USER, "Display"), on_reply=self._display_found)

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
            self._hear(path)
            self._ask()

    def _hear(self, path: str) -> None:
        for end in self._endings:
            end()
        session = DBusAddress(path, LOGIND, SESSION)
        changes = session.with_interface(PROPERTIES)
        self._endings = [
            self._subscribe(session, "Lock", partial(self._asked, path, lock=True)),
            self._subscribe(session, "Unlock", partial(self._asked, path, lock=False)),
            self._subscribe(changes, "PropertiesChanged", partial(self._changed, path), arg0=SESSION),
        ]

    def _ask(self) -> None:
        """Ask for the state of the session."""
        session = DBusAddress(self._session, LOGIND, PROPERTIES)
        self._bus.call_later(session, "GetAll", "s", (SESSION,), on_reply=partial(self._told, self._session))

    def _no_session(self, why: object) -> None:
        log.info("no session is found: %s", why)
        self._session = NO_OBJECT
        self._locks.silent("logind")
        self._known.set()

    def _told(self, path: str, reply: Body | BusError) -> None:
        if path != self._session:
            return
        if isinstance(reply, BusError):
            self._no_session(reply)
            return
        self._locked, self._away = _state(reply[0])
        self._say()
        self._known.set()

    def _asked(self, path: str, *, lock: bool) -> None:
        if path != self._session:
            return
        if lock:
            self._locks.asked("logind")
        else:
            self._locked = False
            self._locks.seen()  # who asks to unlock knows of the person
            self._say()

    def _changed(self, path: str, _interface: str, changed: dict[str, tuple[str, Any]], unsaid: list[str]) -> None:
        if path != self._session:
            return
        if {"LockedHint", "Active"}.intersection(unsaid):
            self._ask()
        if {"LockedHint", "Active"}.intersection(changed):
            now = {"LockedHint": ("b", self._locked), "Active": ("b", not self._away)}
            self._locked, self._away = _state(now | changed)
            self._say()

    def _say(self) -> None:
        self._locks.says("logind", locked=self._locked or self._away)


def _state(properties: dict[str, tuple[str, Any]]) -> tuple[bool, bool]:
    """Return whether the session is locked, and whether the user is switched away from it."""
    return bool(properties.get("LockedHint", ("b", False))[1]), not properties.get("Active", ("b", True))[1]


def survey(session_bus: Bus | None, system_bus: Bus | None) -> dict[str, bool]:
    """Return who can tell of locks here, each with whether it says that the screen is locked now.

    Nothing is started where the buses start nothing.
    """
    found = {}
    if system_bus is not None:
        try:
            user = system_bus.call(MANAGER, "GetUser", "u", (os.getuid(),))[0]
            path = system_bus.get(DBusAddress(user, LOGIND, USER), "Display")[1]
            if path != NO_OBJECT:
                session = DBusAddress(path, LOGIND, PROPERTIES)
                found["logind"] = any(_state(system_bus.call(session, "GetAll", "s", (SESSION,))[0]))
        except BusError as error:
            log.info("logind cannot tell: %s", error)
    return found | (saver.survey(session_bus) if session_bus is not None else {})
