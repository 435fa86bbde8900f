"""Presence from Mutter's idle monitor, served by a fake on a bus of its own, and from nobody."""

import itertools
import subprocess
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from breakd.adapters import presence
from breakd.adapters.bus import DBUS, Bus
from breakd.adapters.mutter import MONITOR, NAME, SESSION
from breakd.ports import PAUSE_S, CameBack, Message, Presence, SourceChanged, WentIdle
from desktop.gnome import SessionManager
from fakeprograms import until
from private_bus import private_bus

AWAY_S = 180
SECONDS = 10


class FakeMutter:
    """Mutter's idle monitor, moved by the test: `idle` lets time pass, `act` is an input."""

    def __init__(self, address: str) -> None:
        self._bus = Bus(address)
        self._numbers = itertools.count(1)
        self._idle_ms = 0
        self.idle_watches: dict[int, int] = {}
        self.active_watches: list[int] = []
        self.removed: SimpleQueue[int] = SimpleQueue()
        self.acts_when_asked = 0
        """At which of the next questions, counted from 1, there is an input."""
        self.inhibited = False
        self._bus.export(MONITOR.object_path, NAME, self)
        assert self._bus.call(DBUS, "RequestName", "su", (NAME, 4)) == (1,)

    def props(self) -> dict[str, tuple[str, Any]]:
        return {}

    def do_GetIdletime(self) -> tuple[str, tuple[int]]:  # noqa: N802 - the method's name on the bus
        idle_ms = self._idle_ms
        if self.acts_when_asked == 1:
            self.act()
            idle_ms = 0
        self.acts_when_asked = max(0, self.acts_when_asked - 1)
        return "t", (idle_ms,)

    def do_AddIdleWatch(self, interval_ms: int) -> tuple[str, tuple[int]]:  # noqa: N802
        number = next(self._numbers)
        self.idle_watches[number] = interval_ms
        return "u", (number,)

    def do_AddUserActiveWatch(self) -> tuple[str, tuple[int]]:  # noqa: N802
        number = next(self._numbers)
        self.active_watches.append(number)
        return "u", (number,)

    def do_RemoveWatch(self, number: int) -> tuple[None, tuple[()]]:  # noqa: N802
        self.idle_watches.pop(number, None)
        if number in self.active_watches:
            self.active_watches.remove(number)
        self.removed.put(number)
        return None, ()

    def idle(self, seconds: float) -> None:
        """Have been idle for so long, and let the watches fire that this passes."""
        before, self._idle_ms = self._idle_ms, round(seconds * 1000)
        for number, interval_ms in list(self.idle_watches.items()):
            if before < interval_ms <= self._idle_ms and not self.inhibited:
                self._fire(number)

    def act(self) -> None:
        self._idle_ms = 0
        while self.active_watches:
            self._fire(self.active_watches.pop(0))

    def _fire(self, number: int) -> None:
        self._bus.emit(MONITOR.object_path, NAME, "WatchFired", "u", (number,))

    def close(self) -> None:
        self._bus.close()


class Watch:
    """A source of presence and what it told."""

    def __init__(self, bus: Bus) -> None:
        self.told: SimpleQueue[Message] = SimpleQueue()
        self.source: Presence = presence.connect(self.told.put, bus, AWAY_S)

    def next(self) -> Message:
        return self.told.get(timeout=SECONDS)

    def settle(self) -> None:
        """Let Mutter have answered all that was asked so far, also what the answers made the source ask."""
        for _ in range(3):
            self.source.idle_s()


@pytest.fixture(autouse=True)
def _no_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    with private_bus(tmp_path) as running:
        yield running


@pytest.fixture
def bus(daemon: tuple[str, "subprocess.Popen[str]"]) -> Iterator[Bus]:
    bus = Bus(daemon[0])
    yield bus
    bus.close()


@pytest.fixture
def mutter(daemon: tuple[str, "subprocess.Popen[str]"]) -> Iterator[FakeMutter]:
    mutter = FakeMutter(daemon[0])
    yield mutter
    mutter.close()


@pytest.fixture
def watch(bus: Bus, mutter: FakeMutter) -> Iterator[Watch]:
    watch = Watch(bus)
    assert watch.next() == SourceChanged("presence", "mutter")
    watch.settle()
    yield watch
    watch.source.close()


def test_away_and_back_each_time(mutter: FakeMutter, watch: Watch) -> None:
    for _ in range(3):
        mutter.idle(AWAY_S + 1)
        assert watch.next() == WentIdle(AWAY_S + 1)
        mutter.act()
        assert watch.next() == CameBack()
    assert watch.told.empty()


def test_input_before_the_time_is_no_return(mutter: FakeMutter, watch: Watch) -> None:
    mutter.idle(AWAY_S - 1)
    mutter.act()
    watch.settle()
    assert watch.told.empty()


def test_the_idle_time_can_be_asked(mutter: FakeMutter, watch: Watch) -> None:
    mutter.idle(7.5)
    assert watch.source.idle_s() == 7.5


def test_an_absence_before_the_start_is_told(mutter: FakeMutter, bus: Bus) -> None:
    mutter.idle(AWAY_S + 100)
    watch = Watch(bus)
    assert [watch.next(), watch.next()] == [SourceChanged("presence", "mutter"), WentIdle(AWAY_S + 100)]
    mutter.act()
    assert watch.next() == CameBack()


def test_input_while_mutter_is_asked_ends_the_absence_untold(mutter: FakeMutter, watch: Watch) -> None:
    mutter.acts_when_asked = 1
    mutter.idle(AWAY_S)
    watch.settle()
    assert watch.told.empty()
    mutter.idle(AWAY_S)
    assert watch.next() == WentIdle(AWAY_S)
    mutter.act()
    assert watch.next() == CameBack()


def test_an_input_between_two_questions_does_not_end_them_while_a_video_inhibits_idling(
    daemon: tuple[str, "subprocess.Popen[str]"], bus: Bus, mutter: FakeMutter, watch: Watch
) -> None:
    session = SessionManager(daemon[0])
    owners: SimpleQueue[str | None] = SimpleQueue()
    bus.watch_owner(SESSION.bus_name, owners.put)
    assert owners.get(timeout=SECONDS)
    bus.get(SESSION, "InhibitedActions")  # the source, which asked before, knows it, too
    mutter.inhibited = True
    mutter.idle(AWAY_S)
    mutter.acts_when_asked = 2
    session.inhibit(idle=True)
    until(lambda: not mutter.acts_when_asked, lambda: "it was not asked twice")
    mutter.idle(AWAY_S)
    assert watch.next() == WentIdle(AWAY_S)
    session.close()


def test_another_time_replaces_the_watch(mutter: FakeMutter, watch: Watch) -> None:
    watch.source.set_away_after(60)
    watch.settle()
    assert list(mutter.idle_watches.values()) == [60_000]
    mutter.idle(60)
    assert watch.next() == WentIdle(60)


def test_a_shorter_time_finds_the_absence_that_is_there(mutter: FakeMutter, watch: Watch) -> None:
    mutter.idle(90)
    watch.source.set_away_after(60)
    assert watch.next() == WentIdle(90)


def test_a_return_is_told_however_short_the_silence(mutter: FakeMutter, watch: Watch) -> None:
    watch.source.watch_return()
    watch.settle()
    mutter.act()
    assert watch.next() == CameBack()
    mutter.act()
    watch.settle()
    assert watch.told.empty()


def test_a_shell_that_comes_back_is_taken_up_again(
    daemon: tuple[str, "subprocess.Popen[str]"], mutter: FakeMutter, watch: Watch
) -> None:
    mutter.close()
    assert watch.next() == SourceChanged("presence", "unknown")
    assert watch.source.name == "unknown"
    assert watch.source.idle_s() is None
    again = FakeMutter(daemon[0])
    assert watch.next() == SourceChanged("presence", "mutter")
    watch.settle()
    again.idle(AWAY_S)
    assert watch.next() == WentIdle(AWAY_S)
    again.close()


def test_the_loss_of_the_bus_makes_the_source_unknown(
    daemon: tuple[str, "subprocess.Popen[str]"], watch: Watch
) -> None:
    daemon[1].kill()
    assert watch.next() == SourceChanged("presence", "unknown")
    assert watch.source.idle_s() is None
    watch.source.set_away_after(60)
    watch.source.watch_return()
    watch.source.close()


def test_closed_it_leaves_no_watch_and_tells_nothing(mutter: FakeMutter, watch: Watch) -> None:
    watch.source.watch_return()
    watch.source.watch_pause()
    watch.settle()
    watch.source.close()
    while mutter.idle_watches:
        mutter.removed.get(timeout=SECONDS)
    mutter.idle(AWAY_S)
    mutter.act()
    watch.settle()
    assert watch.told.empty()


def test_a_pause_is_told_once_and_the_next_input_after_it(mutter: FakeMutter, watch: Watch) -> None:
    watch.source.watch_pause()
    watch.settle()
    assert sorted(mutter.idle_watches.values()) == [PAUSE_S * 1000, AWAY_S * 1000]
    mutter.act()
    mutter.idle(PAUSE_S)
    assert watch.next() == WentIdle(PAUSE_S)
    mutter.act()
    assert watch.next() == CameBack()
    watch.settle()
    assert list(mutter.idle_watches.values()) == [AWAY_S * 1000]
    mutter.idle(PAUSE_S)
    mutter.act()
    watch.settle()
    assert watch.told.empty()


def test_a_pause_that_is_there_is_told_at_once_and_again_as_an_absence(mutter: FakeMutter, watch: Watch) -> None:
    mutter.idle(PAUSE_S + 1)
    watch.source.watch_pause()
    assert watch.next() == WentIdle(PAUSE_S + 1)
    mutter.idle(AWAY_S)
    assert watch.next() == WentIdle(AWAY_S)
    mutter.act()
    assert watch.next() == CameBack()
    watch.settle()
    assert watch.told.empty()


def test_what_was_awaited_of_a_shell_that_went_is_awaited_of_the_next(
    daemon: tuple[str, "subprocess.Popen[str]"], mutter: FakeMutter, watch: Watch
) -> None:
    watch.source.watch_return()
    watch.source.watch_pause()
    watch.source.set_away_after(60)
    watch.settle()
    mutter.close()
    assert watch.next() == SourceChanged("presence", "unknown")
    assert watch.source.sees_pauses is False
    again = FakeMutter(daemon[0])
    assert watch.next() == SourceChanged("presence", "mutter")
    assert getattr(watch.source, "sees_pauses") is True  # noqa: B009 - mypy takes it for what it was
    watch.source.watch_return()  # which waits until the new one has been asked for all
    watch.settle()
    assert sorted(again.idle_watches.values()) == [PAUSE_S * 1000, 60_000]
    again.act()
    assert watch.next() == CameBack()
    again.close()


def test_a_shell_that_starts_after_breakd_is_found(daemon: tuple[str, "subprocess.Popen[str]"], bus: Bus) -> None:
    watch = Watch(bus)
    assert watch.next() == SourceChanged("presence", "unknown")
    late = FakeMutter(daemon[0])
    assert watch.next() == SourceChanged("presence", "mutter")
    watch.source.close()
    late.close()


def test_a_bus_that_comes_back_brings_the_source_back(
    daemon: tuple[str, "subprocess.Popen[str]"], watch: Watch, tmp_path: Path
) -> None:
    watch.source.watch_return()
    daemon[1].kill()
    assert watch.next() == SourceChanged("presence", "unknown")
    (tmp_path / "bus").unlink()
    with private_bus(tmp_path) as (address, _process):
        again = FakeMutter(address)
        assert watch.next() == SourceChanged("presence", "mutter")
        watch.source.watch_return()  # as above
        watch.settle()
        again.act()
        assert watch.next() == CameBack()
        again.close()


@pytest.mark.parametrize("display", [None, ":65000", "nonsense"])
def test_with_nobody_to_ask_presence_is_unknown(bus: Bus, monkeypatch: pytest.MonkeyPatch, display: str | None) -> None:
    if display is not None:
        monkeypatch.setenv("DISPLAY", display)
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        monkeypatch.delenv("XDG_SESSION_TYPE", raising=False)
    watch = Watch(bus)
    assert watch.next() == SourceChanged("presence", "unknown")
    assert (watch.source.name, watch.source.idle_s(), watch.source.sees_pauses) == ("unknown", None, False)
    watch.source.set_away_after(60)
    watch.source.watch_return()
    watch.source.watch_pause()
    watch.source.close()


def test_with_no_bus_presence_is_unknown() -> None:
    told: SimpleQueue[Message] = SimpleQueue()
    source = presence.connect(told.put, None, AWAY_S)
    assert source.name == "unknown"
    assert told.get_nowait() == SourceChanged("presence", "unknown")
    source.close()


def test_a_survey_names_each_source_and_lets_go_of_it(bus: Bus, mutter: FakeMutter) -> None:
    surveyed = presence.survey(bus)
    assert [(seen.name, seen.state, seen.silent) for seen in surveyed] == [
        ("ext-idle-notify", "absent", False),
        ("mutter", "serves", False),
        ("x11", "absent", False),
        ("screensaver", "absent", False),
        ("logind", "absent", True),
    ]
    assert all(bool(seen.why) == (seen.state == "absent") for seen in surveyed)
    while mutter.idle_watches:
        mutter.removed.get(timeout=SECONDS)


def test_a_survey_with_no_bus_has_nothing_that_works() -> None:
    assert {seen.state for seen in presence.survey(None)} == {"absent"}
