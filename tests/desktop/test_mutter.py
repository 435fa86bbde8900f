"""Presence from a real Mutter, without a screen."""

import gc
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest

from breakd.adapters import presence
from breakd.adapters.bus import Bus
from breakd.adapters.mutter import MONITOR, NAME
from breakd.ports import PAUSE_S, CameBack, Message, SourceChanged, WentIdle
from desktop.gnome import Gnome, SessionManager
from private_bus import private_bus

pytestmark = pytest.mark.desktop

AWAY_S = 0.3
NEVER_S = 3600
SECONDS = 20


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    with private_bus(tmp_path) as (address, _process):
        yield address


@pytest.fixture
def session(address: str) -> Iterator[SessionManager]:
    """Return the session manager, which is there before Mutter."""
    manager = SessionManager(address)
    yield manager
    manager.close()


@pytest.fixture
def gnome(address: str, session: SessionManager, tmp_path: Path) -> Iterator[Gnome]:
    gnome = Gnome(tmp_path, address)
    yield gnome
    gnome.close()


@pytest.fixture
def bus(address: str) -> Iterator[Bus]:
    bus = Bus(address)
    yield bus
    bus.close()


class Watch:
    """A source of presence and what it told."""

    def __init__(self, bus: Bus, away_after_s: float) -> None:
        self.told: SimpleQueue[Message] = SimpleQueue()
        self.source = presence.connect(self.told.put, bus, away_after_s)
        assert self.next() == SourceChanged("presence", "mutter")

    def next(self) -> Message:
        return self.told.get(timeout=SECONDS)

    def went(self) -> float:
        """Return for how long there was no input when it is told that there is none."""
        gone = self.next()
        assert isinstance(gone, WentIdle)
        return gone.seconds

    def settle(self) -> None:
        """Let Mutter have answered all that was asked so far, also what the answers made the source ask."""
        for _ in range(3):
            assert self.source.idle_s() is not None


@pytest.fixture
def watching(gnome: Gnome, bus: Bus) -> Iterator[Watch]:
    watch = Watch(bus, AWAY_S)
    yield watch
    watch.source.close()


@pytest.fixture
def never(gnome: Gnome, bus: Bus) -> Iterator[Watch]:
    watch = Watch(bus, NEVER_S)
    watch.settle()
    yield watch
    watch.source.close()


def test_away_and_back_each_time(gnome: Gnome, watching: Watch) -> None:
    for _time in range(3):
        assert watching.went() >= AWAY_S
        gnome.act()
        assert watching.next() == CameBack()


def test_a_return_is_told_however_short_the_silence(gnome: Gnome, never: Watch) -> None:
    gnome.act()
    never.source.watch_return()
    never.settle()
    gnome.act()
    assert never.next() == CameBack()
    gnome.act()
    never.settle()
    assert never.told.empty()


def test_a_pause_is_told_once_and_the_next_input_after_it(gnome: Gnome, never: Watch) -> None:
    gnome.act()
    never.source.watch_pause()
    never.settle()
    gone = never.went()
    assert gone >= PAUSE_S
    never.source.watch_pause()  # which is there already
    assert never.went() >= gone
    gnome.act()
    assert never.next() == CameBack()
    gnome.act()
    never.settle()
    assert never.told.empty()
    never.source.set_away_after(AWAY_S)  # the ordinary watch goes on
    assert never.went() >= AWAY_S
    gnome.act()
    assert never.next() == CameBack()


def test_an_absence_is_found_while_a_video_inhibits_idling(
    session: SessionManager, gnome: Gnome, never: Watch, bus: Bus
) -> None:
    session.inhibit(idle=True)
    never.settle()
    fired: SimpleQueue[int] = SimpleQueue()
    bus.subscribe(fired.put, sender=NAME, path=MONITOR.object_path, interface=NAME, member="WatchFired")
    (number,) = bus.call(MONITOR, "AddIdleWatch", "t", (round(AWAY_S * 1000),))
    never.source.set_away_after(AWAY_S)
    assert never.went() >= AWAY_S
    session.inhibit(idle=False)
    assert fired.get(timeout=SECONDS) == number, "Mutter's own watch is silent until then"
    never.settle()
    assert never.told.empty(), "one absence is told once, though Mutter counts it anew from the video's end"
    gnome.act()
    assert never.next() == CameBack()


def test_a_pause_is_found_while_a_video_inhibits_idling(session: SessionManager, gnome: Gnome, never: Watch) -> None:
    session.inhibit(idle=True)
    gnome.act()
    never.source.watch_pause()
    assert never.went() >= PAUSE_S
    gnome.act()
    assert never.next() == CameBack()


def held() -> tuple[int, int, int]:
    """Return how many descriptors, threads and objects of breakd's this process has."""
    gc.collect()
    objects = sum(str(type(each).__module__).startswith("breakd.adapters") for each in gc.get_objects())
    return len(list(Path("/proc/self/fd").iterdir())), threading.active_count(), objects


def test_a_mutter_that_is_killed_and_started_ten_times_is_found_each_time(gnome: Gnome, bus: Bus) -> None:
    watch = Watch(bus, NEVER_S)
    seen = []
    for _time in range(10):
        gnome.kill()
        assert watch.next() == SourceChanged("presence", "unknown")
        watch.source.watch_return()
        gnome.start()
        assert watch.next() == SourceChanged("presence", "mutter")
        if (seeker := watch.source._seeker) is not None:
            seeker.join(SECONDS)
        watch.settle()
        gnome.act()
        assert watch.next() == CameBack()
        seen.append(held())
    watch.source.close()
    assert seen[-1] == seen[0]
