"""GNOME's idle monitor (Mutter's, on the session bus): the way on Wayland, where no client sees the input of others.

Laws: the watches belong to the bus's thread; other threads only send calls, whose replies change them there. While
something inhibits idling Mutter's watches of silence never fire, though its idle time goes on: only then it is asked,
and as seldom as it can be. It takes that from the session manager's `InhibitedActions` alone, and so does this.
"""

import threading
from collections.abc import Callable
from typing import Any

from jeepney import DBusAddress

from breakd.adapters.bus import PROPERTIES, Body, Bus, BusError
from breakd.adapters.service import ANSWER_S, Service
from breakd.ports import PAUSE_S, CameBack, Post, SourceChanged, WentIdle

NAME = "org.gnome.Mutter.IdleMonitor"
MONITOR = DBusAddress("/org/gnome/Mutter/IdleMonitor/Core", NAME, NAME)
SESSION = DBusAddress("/org/gnome/SessionManager", "org.gnome.SessionManager", "org.gnome.SessionManager")
INHIBITS_IDLE = 8
"""The bit in `InhibitedActions`."""

ASK_S = 8.0
"""Between two questions while idling is inhibited and a pause is awaited."""
_SOONEST_S = 1.0
_PAUSE_MS = round(PAUSE_S * 1000)


class MutterIdle:
    """Tells WentIdle when there was no input for `away_after_s` seconds, and CameBack at the next input.

    It tells that it is unknown when GNOME Shell goes, and then is closed; `mutter` when it may be opened again.
    """

    name = "mutter"
    sees_pauses = True

    def __init__(self, post: Post, bus: Bus) -> None:
        """Look who is there, and open nothing yet."""
        self._post = post
        self._bus = bus
        self._away_after_ms = 0
        self._inhibited = False
        self._timer: threading.Timer | None = None  # for the next question while idling is inhibited
        self._forget_all()
        bus.subscribe(self._fired, sender=NAME, path=MONITOR.object_path, interface=NAME, member="WatchFired")
        bus.subscribe(
            self._session_changed,
            sender=SESSION.bus_name,
            path=SESSION.object_path,
            interface=PROPERTIES,
            member="PropertiesChanged",
        )
        bus.watch_owner(SESSION.bus_name, self._session_owned)
        self._service = Service(post, bus, self.name, NAME, self._forget_all)

    def open(self, away_after_s: float) -> None:
        """Ask for the watches. Raises BusError where there is no Mutter."""
        self._service.open()
        try:
            self._bus.call(MONITOR, "GetIdletime", timeout=ANSWER_S)
        except BusError:
            self._service.close()
            raise
        self._away_after_ms = round(away_after_s * 1000)
        self._post(SourceChanged("presence", self.name))
        self._bus.soon(self._begin)

    def idle_s(self) -> float | None:
        if not self._service.is_open:
            return None
        try:
            idle_ms: int = self._bus.call(MONITOR, "GetIdletime", timeout=ANSWER_S)[0]
        except BusError:
            return None
        return idle_ms / 1000

    def set_away_after(self, seconds: float) -> None:
        self._away_after_ms = round(seconds * 1000)
        self._bus.soon(self._watch)

    def watch_return(self) -> None:
        self._bus.soon(self._await_return)

    def watch_pause(self) -> None:
        self._bus.soon(self._await_pause)

    def close(self) -> None:
        self._service.close()
        self._bus.soon(self._end)

    # --- on the bus's thread ------------------------------------------------------------------------------------

    def _forget_all(self) -> None:
        self._idle_watch: int | None = None
        self._pause_watch: int | None = None
        self._active_watch: int | None = None
        self._awaited = False  # a return
        self._pausing = False  # a pause is awaited
        self._gone = False  # an absence was told
        self._set_timer(None)

    def _begin(self) -> None:
        self._forget_all()
        self._watch()

    def _end(self) -> None:
        for watch in (self._idle_watch, self._pause_watch, self._active_watch):
            self._remove(watch)
        self._forget_all()

    def _watch(self) -> None:
        """Watch for an absence, and look whether there is one already."""
        if self._service.is_open:
            self._call("AddIdleWatch", self._idle_watched, self._away_after_ms)
            self._look()
            self._ask()

    def _look(self) -> None:
        """Ask how long it is; the next input is watched first, or one that comes between would be missed."""
        self._call("AddUserActiveWatch", self._active_watched)
        self._call("GetIdletime", self._measured)

    def _await_return(self) -> None:
        if self._service.is_open and not self._awaited:
            self._awaited = True
            self._call("AddUserActiveWatch", self._active_watched)

    def _await_pause(self) -> None:
        if self._service.is_open and not self._pausing:
            self._pausing = True
            self._call("AddIdleWatch", self._pause_watched, _PAUSE_MS)
            self._look()
            self._ask()

    def _call(self, method: str, on_reply: Callable[[Any], None], interval_ms: int | None = None) -> None:
        """Call, and take the reply. Where there is none the loss is told by the bus."""

        def replied(reply: Body | BusError) -> None:
            if isinstance(reply, BusError):
                return
            if self._service.is_open:
                on_reply(reply[0])
            elif method.startswith("Add"):  # nobody waits for it any more
                self._remove(reply[0])

        arguments: tuple[Any, ...] = () if interval_ms is None else ("t", (interval_ms,))
        self._bus.call_later(MONITOR, method, *arguments, on_reply=replied)

    def _remove(self, watch: int | None) -> None:
        if watch is not None:
            self._bus.call_later(MONITOR, "RemoveWatch", "u", (watch,))

    def _idle_watched(self, watch: int) -> None:
        self._remove(self._idle_watch)
        self._idle_watch = watch

    def _pause_watched(self, watch: int) -> None:
        if self._pausing and self._pause_watch is None:
            self._pause_watch = watch
        else:  # the pause was there already
            self._remove(watch)

    def _active_watched(self, watch: int) -> None:
        """Keep the watch that was added last: an older one fires at the same input."""
        self._active_watch = watch

    def _measured(self, idle_ms: int) -> None:
        away = idle_ms >= self._away_after_ms and not self._gone
        paused = idle_ms >= _PAUSE_MS and self._pausing
        if not away and not paused:
            return
        self._awaited = True
        self._gone = self._gone or away
        if paused:
            self._pausing = False
            self._remove(self._pause_watch)
            self._pause_watch = None
        self._post(WentIdle(idle_ms / 1000))

    def _fired(self, watch: int) -> None:
        if not self._service.is_open:
            return
        if watch in {self._idle_watch, self._pause_watch}:
            self._look()
        elif watch == self._active_watch:  # it fires once and is gone
            self._active_watch = None
            if self._awaited:
                self._awaited = self._gone = False
                self._post(CameBack())
                self._ask()

    # While idling is inhibited

    def _session_owned(self, owner: str | None) -> None:
        if owner is None:
            self._inhibited = False
            return

        def told(reply: Body | BusError) -> None:
            if not isinstance(reply, BusError):
                self._session_changed(SESSION.interface, {"InhibitedActions": reply[0]}, [])

        address = SESSION.with_interface(PROPERTIES)
        self._bus.call_later(address, "Get", "ss", (SESSION.interface, "InhibitedActions"), on_reply=told)

    def _session_changed(self, _interface: str, changed: dict[str, tuple[str, Any]], _invalidated: Any) -> None:
        if "InhibitedActions" in changed:
            self._inhibited = bool(changed["InhibitedActions"][1] & INHIBITS_IDLE)
            self._ask()

    def _ask(self) -> None:
        """Ask for the idle time where the watches are silent. From any thread."""
        if self._inhibited and self._service.is_open:
            self._call("GetIdletime", self._asked)

    def _asked(self, idle_ms: int) -> None:
        """Look closer where somebody may be gone, and ask again when that could be so."""
        away = idle_ms >= self._away_after_ms and not self._gone
        if away or (self._pausing and idle_ms >= _PAUSE_MS):
            self._look()
        if self._pausing:
            self._set_timer(ASK_S)
        elif self._gone:
            self._set_timer(None)  # until the return
        else:
            self._set_timer(max(_SOONEST_S, (self._away_after_ms - idle_ms) / 1000))

    def _set_timer(self, seconds: float | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if seconds is not None and self._inhibited:
            self._timer = threading.Timer(seconds, self._ask)
            self._timer.daemon = True
            self._timer.start()
