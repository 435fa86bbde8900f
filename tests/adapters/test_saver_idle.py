"""Presence from the screen saver's idle time, played on a bus of its own, as KDE, GNOME and others answer."""

import subprocess
import threading
from collections.abc import Iterator
from queue import SimpleQueue
from typing import Any

import pytest

from breakd.adapters import presence
from breakd.adapters.bus import DBUS, Bus
from breakd.adapters.saver_idle import KDE, NAME, SAVER
from breakd.ports import CameBack, Message, SourceChanged, WentIdle

AWAY_S = 180.0
SECONDS = 10


class FakeSaver:
    """A screen saver; `units` a second, None to refuse as GNOME's does. `kde`: it goes by KDE's name as well."""

    def __init__(self, idle_s: float, *, units: int | None = 1, kde: bool = False) -> None:
        self._bus = Bus.session()
        self.idle_s = idle_s
        self._units = units
        self._bus.export(SAVER.object_path, NAME, self)
        for name in (KDE, NAME) if kde else (NAME,):
            assert self._bus.call(DBUS, "RequestName", "su", (name, 4)) == (1,)

    def props(self) -> dict[str, tuple[str, Any]]:
        return {}

    def do_GetSessionIdleTime(self) -> tuple[str, tuple[int]]:  # noqa: N802 - the method's name on the bus
        if self._units is None:
            raise NotImplementedError("This method is not part of the idle inhibition specification")
        return "u", (int(self.idle_s * self._units),)

    def close(self) -> None:
        self._bus.close()


class Watch:
    """A source of presence and what it told."""

    def __init__(self, bus: Bus, away_after_s: float = AWAY_S) -> None:
        self.told: SimpleQueue[Message] = SimpleQueue()
        self.source = presence.connect(self.told.put, bus, away_after_s)

    def next(self) -> Message:
        return self.told.get(timeout=SECONDS)


@pytest.fixture
def bus(daemon: "subprocess.Popen[str]", monkeypatch: pytest.MonkeyPatch) -> Iterator[Bus]:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    bus = Bus.session()
    yield bus
    bus.close()


@pytest.mark.parametrize(("units", "kde"), [(1000, True), (1, False)])
def test_away_and_back(bus: Bus, *, units: int, kde: bool) -> None:
    saver = FakeSaver(200.0, units=units, kde=kde)
    watch = Watch(bus)
    assert [watch.next(), watch.next()] == [SourceChanged("presence", "screensaver"), WentIdle(200.0)]
    assert (watch.source.idle_s(), watch.source.sees_pauses) == (200.0, True)
    saver.idle_s = 1.0
    watch.source.watch_return()  # which has it look at once
    assert watch.next() == CameBack()
    watch.source.close()
    saver.close()


def test_a_pause_is_told(bus: Bus) -> None:
    saver = FakeSaver(5.0)
    watch = Watch(bus)
    assert watch.next() == SourceChanged("presence", "screensaver")
    watch.source.watch_pause()
    assert watch.next() == WentIdle(5.0)
    saver.idle_s = 1.0
    watch.source.set_away_after(60)  # which has it look at once
    assert watch.next() == CameBack()
    watch.source.close()
    saver.close()


@pytest.mark.parametrize(("units", "kde"), [(None, False), (0, True)], ids=["GNOME refuses", "KDE under Wayland"])
def test_one_that_does_not_tell_does_not_serve(bus: Bus, *, units: int | None, kde: bool) -> None:
    saver = FakeSaver(200.0, units=units, kde=kde)
    watch = Watch(bus)
    assert watch.next() == SourceChanged("presence", "unknown")
    watch.source.close()
    saver.close()


def test_one_that_goes_is_lost_and_found_each_time(bus: Bus) -> None:
    watch = Watch(bus)
    assert watch.next() == SourceChanged("presence", "unknown")
    for _time in range(10):
        saver = FakeSaver(0.0)
        assert watch.next() == SourceChanged("presence", "screensaver")
        saver.close()
        assert watch.next() == SourceChanged("presence", "unknown")
    assert watch.source.idle_s() is None
    watch.source.close()
    for thread in threading.enumerate():
        if thread.name == "idle":
            thread.join(SECONDS)
            assert not thread.is_alive(), "nobody is asked any more"
