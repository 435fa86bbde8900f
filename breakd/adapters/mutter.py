"""GNOME's idle monitor (Mutter's, on the session bus): the way on Wayland, where no client sees the input of others.

Law: the watches belong to the bus's thread; other threads only send calls, whose replies change them there.
"""

from jeepney import DBusAddress

from breakd.adapters.bus import Body, Bus, BusError
from breakd.ports import CameBack, Post, SourceChanged, WentIdle

NAME = "org.gnome.Mutter.IdleMonitor"
MONITOR = DBusAddress("/org/gnome/Mutter/IdleMonitor/Core", NAME, NAME)


class MutterIdle:
    """Tells WentIdle when there was no input for `away_after_s` seconds, and CameBack at the next input.

    When GNOME Shell goes the source is unknown; it is taken up again when the Shell comes back.
    """

    name = "mutter"

    def __init__(self, post: Post, bus: Bus, away_after_s: float) -> None:
        """Ask for the watches. Raises BusError where there is no Mutter."""
        bus.call(MONITOR, "GetIdletime")
        self._post = post
        self._bus = bus
        self._away_after_ms = round(away_after_s * 1000)
        self._idle_watch: int | None = None
        self._active_watch: int | None = None
        self._awaited = False
        self._closed = False
        bus.subscribe(self._fired, sender=NAME, path=MONITOR.object_path, interface=NAME, member="WatchFired")
        bus.watch_owner(NAME, self._owned)
        bus.on_lost(lambda: self._owned(None))

    def idle_s(self) -> float | None:
        if self.name == "unknown":
            return None
        try:
            idle_ms: int = self._bus.call(MONITOR, "GetIdletime")[0]
        except BusError:
            return None
        return idle_ms / 1000

    def set_away_after(self, seconds: float) -> None:
        self._away_after_ms = round(seconds * 1000)
        self._watch()

    def watch_return(self) -> None:
        self._bus.call_later(MONITOR, "AddUserActiveWatch", on_reply=self._return_watched)

    def close(self) -> None:
        self._closed = True
        self._forget(self._idle_watch)
        self._forget(self._active_watch)

    def _watch(self) -> None:
        """Watch for an absence, and look whether there is one already."""
        self._bus.call_later(MONITOR, "AddIdleWatch", "t", (self._away_after_ms,), on_reply=self._idle_watched)
        self._look()

    def _look(self) -> None:
        """Ask how long it is; the next input is watched first, or one that comes between would be missed."""
        self._bus.call_later(MONITOR, "AddUserActiveWatch", on_reply=self._active_watched)
        self._bus.call_later(MONITOR, "GetIdletime", on_reply=self._measured)

    def _forget(self, watch: int | None) -> None:
        if watch is not None:
            self._bus.call_later(MONITOR, "RemoveWatch", "u", (watch,))

    # --- on the bus's thread ------------------------------------------------------------------------------------

    def _owned(self, owner: str | None) -> None:
        """Begin with a Mutter that came; say so when it went."""
        if self._closed:
            return
        self._idle_watch = self._active_watch = None
        self._awaited = False
        self.name = "mutter" if owner else "unknown"
        self._post(SourceChanged("presence", self.name))
        if owner:
            self._watch()

    def _idle_watched(self, reply: Body | BusError) -> None:
        self._forget(self._idle_watch)
        self._idle_watch = None if isinstance(reply, BusError) else reply[0]

    def _active_watched(self, reply: Body | BusError) -> None:
        """Keep the watch that was added last: an older one fires at the same input."""
        if not isinstance(reply, BusError):
            self._active_watch = reply[0]

    def _return_watched(self, reply: Body | BusError) -> None:
        self._active_watched(reply)
        self._awaited = True

    def _measured(self, reply: Body | BusError) -> None:
        if not isinstance(reply, BusError) and reply[0] >= self._away_after_ms and not self._closed:
            self._awaited = True
            self._post(WentIdle(reply[0] / 1000))

    def _fired(self, watch: int) -> None:
        if watch == self._idle_watch and not self._closed:
            self._look()
        elif watch == self._active_watch:  # it fires once and is gone
            self._active_watch = None
            if self._awaited and not self._closed:
                self._awaited = False
                self._post(CameBack())
