"""How long an X screen had no input: the server tells it by alarms on its own counter IDLETIME, and nothing is polled.

The counter goes on whatever inhibits idling, such as a video: it knows of input alone.

Law: everything of python-xlib, which is not safe for threads, runs on the one thread of WiredIdle.
"""

# mypy: disallow-subclassing-any=False
# python-xlib has neither types nor the SYNC extension: its few requests stand here, on the library's base classes.

import contextlib
import logging
import os
import socket
import struct
from collections.abc import Iterator
from queue import Empty, SimpleQueue
from typing import Any, ClassVar

from Xlib import error
from Xlib.protocol import request, rq
from Xlib.protocol.display import Display
from Xlib.support.unix_connect import get_display

from breakd.adapters.wired_idle import WiredIdle
from breakd.ports import PAUSE_S, CameBack, Post, WentIdle

ANSWER_S = 1.0
"""How long a caller waits for the server; one that hangs must not hang the daemon."""

_PAUSE_MS = round(PAUSE_S * 1000)
_NEVER_MS = 2**31

log = logging.getLogger(__name__)


class NoIdleTimeError(Exception):
    """There is no X server, or it cannot tell."""


class XIdle(WiredIdle):
    """Tells WentIdle when the screen had no input for `away_after_s` seconds, and CameBack at the next input."""

    def __init__(self, post: Post, away_after_s: float) -> None:
        """Connect to the display that DISPLAY names. Raises NoIdleTimeError."""
        self._screen = _Screen()
        self._awaited = False  # a return
        self._pausing = False  # a pause is awaited
        super().__init__(post, "x11", self._screen)
        self._start(away_after_s)

    def idle_s(self) -> float | None:
        answer: SimpleQueue[float] = SimpleQueue()
        self._hand_over(lambda: answer.put(self._screen.idle_ms() / 1000))
        try:
            return answer.get(timeout=ANSWER_S if self._thread.is_alive() else 0)
        except Empty:
            return None

    # --- on the thread ------------------------------------------------------------------------------------------

    def _take(self) -> None:
        for alarm, idle_ms in self._screen.alarms():
            self._rang(alarm, idle_ms)

    def _rang(self, alarm: int, idle_ms: int) -> None:
        if alarm == self._screen.away:
            self._went(idle_ms)
        elif alarm == self._screen.pause:
            self._paused(idle_ms)
        elif alarm == self._screen.back and self._awaited:
            self._returned()

    def _went(self, idle_ms: int) -> None:
        self._awaited = True
        self._post(WentIdle(idle_ms / 1000))

    def _paused(self, idle_ms: int) -> None:
        if self._pausing:
            self._pausing = False
            self._screen.set_pause(_NEVER_MS)
            self._went(idle_ms)

    def _returned(self) -> None:
        self._awaited = False
        self._post(CameBack())
        self._watch_ordinary_return()

    def _watch_ordinary_return(self) -> None:
        """Have `back` ring at the next input after the shortest silence that is to be told.

        It is set before that has passed, or an input just after it would be missed.
        """
        self._screen.set_back(min(_PAUSE_MS, self._away_after_ms) if self._pausing else self._away_after_ms)

    def _arm(self, away_after_ms: int) -> None:
        self._away_after_ms = away_after_ms
        self._screen.set_away(away_after_ms)
        if not self._awaited:  # else a longer time would miss the return from a shorter absence
            self._watch_ordinary_return()
        idle_ms = self._screen.idle_ms()
        if idle_ms >= away_after_ms:  # no alarm rings for a time that is past already
            self._went(idle_ms)

    def _await_return(self) -> None:
        if self._awaited:
            return
        self._awaited = True
        before_ms = max(1, self._screen.idle_ms() - 1)
        self._screen.set_back(before_ms)
        if self._screen.idle_ms() < before_ms:  # an input came between the two, and no alarm rings for it
            self._returned()

    def _await_pause(self) -> None:
        if self._pausing:
            return
        self._pausing = True
        if not self._awaited:
            self._watch_ordinary_return()
        self._screen.set_pause(_PAUSE_MS)
        idle_ms = self._screen.idle_ms()
        if idle_ms >= _PAUSE_MS:
            self._await_return()
            self._paused(idle_ms)


class _Screen:
    """A connection with alarms on IDLETIME.

    `away` and `pause` ring when it reaches a time, `back` when it falls below one.
    """

    def __init__(self) -> None:
        try:
            _knock(os.environ.get("DISPLAY", ""))
            self._display = _Connection()
        except Exception as cause:  # python-xlib has no one error for a display that is odd, refuses or is not there
            raise NoIdleTimeError(f"no X display {os.environ.get('DISPLAY', '')}: {cause}") from cause
        try:
            self._begin()
        except Exception as cause:
            self.close()
            raise NoIdleTimeError(f"the X server has no idle time: {cause!r}") from cause

    def _begin(self) -> None:
        extension = request.QueryExtension(display=self._display, name="SYNC")
        if not extension.present:
            raise KeyError("SYNC")
        self._opcode: int = extension.major_opcode
        self._display.event_classes = {**self._display.event_classes, extension.first_event + 1: _AlarmNotify}
        self._display.set_error_handler(lambda failed, _request: log.debug("X: %s", failed))
        _Initialize(display=self._display, opcode=self._opcode, major=3, minor=1)
        counters = _ListSystemCounters(display=self._display, opcode=self._opcode)
        self._counter = _named(bytes(counters.rest), counters.count)["IDLETIME"]
        self.away: int = self._display.allocate_resource_id()
        self.back: int = self._display.allocate_resource_id()
        self.pause: int = self._display.allocate_resource_id()
        self._set(_CreateAlarm, self.away, _NEVER_MS, _POSITIVE_TRANSITION)
        self._set(_CreateAlarm, self.back, _NEVER_MS, _NEGATIVE_TRANSITION)
        self._set(_CreateAlarm, self.pause, _NEVER_MS, _POSITIVE_TRANSITION)

    def fileno(self) -> int:
        number: int = self._display.fileno()
        return number

    def alarms(self) -> Iterator[tuple[int, int]]:
        """Yield the alarms that rang, with the idle time then in milliseconds."""
        while self._display.pending_events():
            event = self._display.next_event()
            if isinstance(event, _AlarmNotify):
                yield event.alarm, (event.high << 32) + event.low

    def idle_ms(self) -> int:
        reply = _QueryCounter(display=self._display, opcode=self._opcode, counter=self._counter)
        value: int = (reply.high << 32) + reply.low
        return value

    def set_away(self, idle_ms: int) -> None:
        self._set(_ChangeAlarm, self.away, idle_ms, _POSITIVE_TRANSITION)

    def set_back(self, idle_ms: int) -> None:
        self._set(_ChangeAlarm, self.back, idle_ms, _NEGATIVE_TRANSITION)

    def set_pause(self, idle_ms: int) -> None:
        self._set(_ChangeAlarm, self.pause, idle_ms, _POSITIVE_TRANSITION)

    def close(self) -> None:
        with contextlib.suppress(error.ConnectionClosedError, OSError):  # it is gone already
            self._display.close()
        self._display.socket.close()

    def _set(self, change: Any, alarm: int, idle_ms: int, test: int) -> None:
        high, low = divmod(idle_ms, 2**32)
        change(
            display=self._display, opcode=self._opcode, alarm=alarm, mask=_ALL_ATTRIBUTES, counter=self._counter,
            value_type=_ABSOLUTE, high=high, low=low, test=test, delta_high=0, delta_low=0, events=1,
        )  # fmt: skip
        self._display.flush()


def _knock(display: str) -> None:
    """Raise OSError where no server on this machine listens.

    python-xlib would leave its socket open, and go on to look for one on the network.
    """
    _name, _protocol, host, number, _screen = get_display(display)
    path = f"/tmp/.X11-unix/X{number}"  # noqa: S108 - where X has its sockets
    if not host:
        with socket.socket(socket.AF_UNIX) as door:
            door.connect(path if os.path.exists(path) else f"\0{path}")  # noqa: PTH110 - an address


def _named(listed: bytes, count: int) -> dict[str, int]:
    """Return the counters by name: each is id, resolution (64 bits), the name's length and the name, filled to 4."""
    counters, at = {}, 0
    for _ in range(count):
        counter, _high, _low, length = struct.unpack_from("=IiIH", listed, at)
        counters[listed[at + 14 : at + 14 + length].decode("latin-1")] = counter
        at += (14 + length + 3) & ~3
    return counters


# --- the SYNC extension, as its protocol says -------------------------------------------------------------------

_ABSOLUTE, _POSITIVE_TRANSITION, _NEGATIVE_TRANSITION = 0, 0, 1
_ALL_ATTRIBUTES = 0x3F

_REPLY_HEAD = (rq.ReplyCode(), rq.Pad(1), rq.Card16("sequence_number"), rq.ReplyLength())
_ALARM = (
    rq.RequestLength(), rq.Card32("alarm"), rq.Card32("mask"), rq.Card32("counter"), rq.Card32("value_type"),
    rq.Int32("high"), rq.Card32("low"), rq.Card32("test"), rq.Int32("delta_high"), rq.Card32("delta_low"),
    rq.Card32("events"),
)  # fmt: skip


class _Connection(Display):
    """The bare protocol: `Xlib.display` would load each extension that the server has."""

    resource_classes: ClassVar[dict[str, type]] = {}

    def __init__(self) -> None:
        try:
            super().__init__()
        except BaseException:  # it leaves its socket open where the server goes, or refuses, half-way
            if hasattr(self, "socket"):
                self.socket.close()
            raise


class _Initialize(rq.ReplyRequest):
    _request = rq.Struct(
        rq.Card8("opcode"), rq.Opcode(0), rq.RequestLength(), rq.Card8("major"), rq.Card8("minor"), rq.Pad(2)
    )
    _reply = rq.Struct(*_REPLY_HEAD, rq.Card8("major"), rq.Card8("minor"), rq.Pad(22))


class _ListSystemCounters(rq.ReplyRequest):
    _request = rq.Struct(rq.Card8("opcode"), rq.Opcode(1), rq.RequestLength())
    _reply = rq.Struct(*_REPLY_HEAD, rq.Card32("count"), rq.Pad(20), rq.Binary("rest"))


class _QueryCounter(rq.ReplyRequest):
    _request = rq.Struct(rq.Card8("opcode"), rq.Opcode(5), rq.RequestLength(), rq.Card32("counter"))
    _reply = rq.Struct(*_REPLY_HEAD, rq.Int32("high"), rq.Card32("low"), rq.Pad(16))


class _CreateAlarm(rq.Request):
    _request = rq.Struct(rq.Card8("opcode"), rq.Opcode(8), *_ALARM)


class _ChangeAlarm(rq.Request):
    _request = rq.Struct(rq.Card8("opcode"), rq.Opcode(9), *_ALARM)


class _AlarmNotify(rq.Event):
    _code = None
    _fields = rq.Struct(
        rq.Card8("type"), rq.Card8("kind"), rq.Card16("sequence_number"), rq.Card32("alarm"),
        rq.Int32("high"), rq.Card32("low"), rq.Int32("alarm_high"), rq.Card32("alarm_low"),
        rq.Card32("time"), rq.Card8("state"), rq.Pad(3),
    )  # fmt: skip
