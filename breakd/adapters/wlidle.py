"""Whether the person is there, as a Wayland compositor tells it: silences of an asked length, and the next input.

Law: the compositor tells of a silence that lasts, and of its end; while there is input it sends nothing.

A notification counts from when it is asked for, not from the last input. One with a timeout of zero is idle at once,
and resumes at the next input: that is how a return is seen after a silence of any length. (KWin of 2021 and before
makes at least 5 s of each time: there it is seen after such a silence only.)
"""

import time
from collections.abc import Callable

from breakd.adapters.wired_idle import WiredIdle
from breakd.adapters.wlwire import Body, Global, Wire, WireError
from breakd.ports import PAUSE_S, CameBack, Post, WentIdle

GLANCE_MS = 30_000
"""A silence from here on has its beginning known: what locks the screen by itself may come before an absence does."""
_LONGEST_MS = 2**31 - 1
_EXT, _KWIN, _SEAT = "ext_idle_notifier_v1", "org_kde_kwin_idle", "wl_seat"
_INPUT_VERSION = 2
"""From this version on ext_idle_notifier_v1 tells of input alone, whatever inhibits idling."""
_RELEASE_VERSION = 5
"""From this version on a wl_seat can be released."""


class NoIdleNotifyError(Exception):
    """There is no compositor, or it does not tell of idling."""


class WaylandIdle(WiredIdle):
    """Tells WentIdle when no seat had input for `away_after_s` seconds, and CameBack at the next input on any.

    `name` is `ext-idle-notify`, `ext-idle-notify-v1` or `kwin-idle`, by the protocol that serves, and `unknown` once
    the compositor is gone: then all is closed, and another WaylandIdle is needed.
    """

    def __init__(self, post: Post, away_after_s: float) -> None:
        """Connect to the compositor that WAYLAND_DISPLAY names. Raises NoIdleNotifyError."""
        self._notifier = _connected()
        super().__init__(post, self._notifier.name, self._notifier)
        self.inhibited_unseen = not self._notifier.input_alone
        """Whether all is silent while something inhibits idling, such as a video: then no absence is seen."""
        self._awaited = False
        self._silent_since_ns: int | None = None
        self._glance = self._watch(self._fell_silent)
        self._away = self._watch(self._went)
        self._pause = self._watch(self._went)
        self._return = self._watch(lambda _timeout_ms: None)
        self._hand_over(self._begin)
        self._start(away_after_s)

    def idle_s(self) -> float | None:
        """Return for how long there was no input, from GLANCE_MS on, and None before: that cannot be asked."""
        since_ns = self._silent_since_ns if self._thread.is_alive() else None
        return None if since_ns is None else (_now_ns() - since_ns) / 1e9

    # --- on the thread ------------------------------------------------------------------------------------------

    def _take(self) -> None:
        self._notifier.read()

    def _watch(self, silent: Callable[[int], None]) -> "_Watch":
        return _Watch(self._notifier, silent, self._returned)

    def _begin(self) -> None:
        self._notifier.on_seat = self._seat_came
        self._notifier.on_seat_gone = self._seat_went
        self._glance.start(GLANCE_MS)

    def _arm(self, away_after_ms: int) -> None:
        if self._awaited:  # the return would be missed with the notification that goes
            self._catch_return()
        self._away.start(min(away_after_ms, _LONGEST_MS))
        if self._silent_ms() >= away_after_ms:
            self._went(away_after_ms)

    def _await_return(self) -> None:
        if not self._awaited:
            self._awaited = True
            self._catch_return()

    def _catch_return(self) -> None:
        """Have the next input told, whatever is told of the silence before it."""
        if not self._return.running:
            self._return.start(0)

    def _await_pause(self) -> None:
        if self._silent_ms() >= PAUSE_S * 1000:
            self._went(0)
        elif not self._pause.running:
            self._pause.start(round(PAUSE_S * 1000))

    # What the compositor tells

    def _fell_silent(self, timeout_ms: int) -> None:
        """Note the last input: it was at least so long ago."""
        since_ns = _now_ns() - timeout_ms * 1_000_000
        self._silent_since_ns = min(self._silent_since_ns or since_ns, since_ns)

    def _went(self, timeout_ms: int) -> None:
        self._fell_silent(timeout_ms)
        self._awaited = True
        self._post(WentIdle(self._silent_ms() / 1000))

    def _returned(self) -> None:
        """Take an input; what waits for no other ends."""
        self._silent_since_ns = None
        self._return.stop()
        if self._pause.told:
            self._pause.stop()
        if self._awaited:
            self._awaited = False
            self._post(CameBack())

    def _seat_came(self, seat: int) -> None:
        """Listen on it, too. Its first input is a return, though no silence on it was told."""
        for watch in (self._glance, self._away, self._pause, self._return):
            watch.add(seat)
        if self._awaited:
            self._catch_return()
        else:
            self._silent_since_ns = None

    def _seat_went(self, seat: int) -> None:
        for watch in (self._glance, self._away, self._pause, self._return):
            watch.drop(seat)

    def _silent_ms(self) -> float:
        """Return for how long there was no input, as far as that is known."""
        return 0 if self._silent_since_ns is None else (_now_ns() - self._silent_since_ns) / 1e6


class _Watch:
    """A notification on each seat: `silent(timeout)` is called when the last of them is idle, `returned` at input."""

    def __init__(self, notifier: "_Notifier", silent: Callable[[int], None], returned: Callable[[], None]) -> None:
        self.running = False
        self.told = False
        """Whether a silence was told since the start."""
        self._notifier = notifier
        self._tell = silent
        self._returned = returned
        self._timeout_ms = 0
        self._objects: dict[int, int] = {}
        self._idle: set[int] = set()

    def start(self, timeout_ms: int) -> None:
        """Begin, or begin anew, and count from now on."""
        self.stop()
        self.running, self.told = True, False
        self._timeout_ms = timeout_ms
        for seat in self._notifier.seats():
            self.add(seat)

    def stop(self) -> None:
        self.running = False
        for seat in list(self._objects):
            self._end(seat)

    def add(self, seat: int) -> None:
        """Listen on a seat as well, if this runs."""
        if self.running:
            self._objects[seat] = self._notifier.notify(seat, self._timeout_ms, lambda code, _: self._event(seat, code))

    def drop(self, seat: int) -> None:
        """Listen on a seat no more; the others may all have been silent."""
        if seat in self._objects:
            was_idle = seat in self._idle
            self._end(seat)
            if not was_idle:
                self._look()

    def _end(self, seat: int) -> None:
        self._idle.discard(seat)
        self._notifier.end(self._objects.pop(seat))

    def _look(self) -> None:
        """Tell a silence if there is no seat without."""
        if self._objects and len(self._idle) == len(self._objects):
            self.told = True
            self._tell(self._timeout_ms)

    def _event(self, seat: int, opcode: int) -> None:
        if opcode == 0 and seat not in self._idle:
            self._idle.add(seat)
            self._look()
        elif opcode == 1:
            self._idle.discard(seat)
            self._returned()


class _Notifier:
    """What serves of the protocols, and the seats. It is the one that knows the requests of either protocol."""

    def __init__(self, wire: Wire) -> None:
        """Ask what is offered. Raises WireError, also where it is none of the protocols."""
        self.on_seat: Callable[[int], None] = lambda _seat: None
        self.on_seat_gone: Callable[[int], None] = lambda _seat: None
        self._wire = wire
        self._seats: dict[int, tuple[int, int]] = {}
        wire.roundtrip()
        self._offered = next((found for kind in (_EXT, _KWIN) for found in wire.find(kind)), None)
        if self._offered is None:
            raise WireError("the compositor has no idle notification")
        self.input_alone: bool = self._offered.interface == _EXT and self._offered.version >= _INPUT_VERSION
        """Whether it tells of input alone, whatever inhibits idling."""
        self.name = "kwin-idle"
        if self._offered.interface == _EXT:
            self.name = "ext-idle-notify" if self.input_alone else "ext-idle-notify-v1"
        self._manager = wire.bind(self._offered, _INPUT_VERSION)
        for offered in wire.find(_SEAT):
            self._bind_seat(offered)
        wire.on_added = self._added
        wire.on_removed = self._removed

    def fileno(self) -> int:
        return self._wire.fileno()

    def read(self) -> None:
        self._wire.read()

    def close(self) -> None:
        self._wire.close()

    def seats(self) -> list[int]:
        """Return the seats that there are, each by its number."""
        return list(self._seats)

    def notify(self, seat: int, timeout_ms: int, handler: Callable[[int, Body], None]) -> int:
        """Return a notification: its event 0 is that the seat is idle, 1 that it is no longer."""
        number, (device, _version) = self._wire.new_id(handler), self._seats[seat]
        if self.name == "kwin-idle":
            self._wire.request(self._manager, 0, number, device, timeout_ms)
        else:
            self._wire.request(self._manager, 2 if self.input_alone else 1, number, timeout_ms, device)
        return number

    def end(self, notification: int) -> None:
        self._wire.request(notification, 0)
        self._wire.forget(notification)

    def _bind_seat(self, offered: Global) -> None:
        version = min(offered.version, _RELEASE_VERSION)
        self._seats[offered.name] = self._wire.bind(offered, version), version

    def _added(self, offered: Global) -> None:
        if offered.interface == _SEAT and offered.name not in self._seats:
            self._bind_seat(offered)
            self.on_seat(offered.name)

    def _removed(self, gone: Global) -> None:
        if gone == self._offered:
            raise WireError("the compositor takes its idle notification away")
        if gone.name in self._seats:
            self.on_seat_gone(gone.name)
            device, version = self._seats.pop(gone.name)
            if version >= _RELEASE_VERSION:
                self._wire.request(device, 3)
            self._wire.forget(device)


def _connected() -> _Notifier:
    try:
        wire = Wire()
        try:
            return _Notifier(wire)
        except WireError:
            wire.close()
            raise
    except WireError as error:
        raise NoIdleNotifyError(str(error)) from error


def _now_ns() -> int:
    """Return the time on a clock that goes on while the machine sleeps."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME)
