"""Presence from logind's idle hint on a system bus of its own, where python-dbusmock (Debian's) plays logind."""

from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest

from breakd.adapters import presence
from breakd.adapters.bus import Bus
from breakd.ports import CameBack, Message, SourceChanged, WentIdle
from mocklogind import MockLogind, mock_logind
from private_bus import private_bus

AWAY_S = 180
SECONDS = 20


class Watch:
    """A source of presence and what it told."""

    def __init__(self, bus: Bus) -> None:
        self.told: SimpleQueue[Message] = SimpleQueue()
        self.source = presence.connect(self.told.put, None, AWAY_S, system_bus=bus)

    def next(self) -> Message:
        return self.told.get(timeout=SECONDS)

    def went(self) -> float:
        gone = self.next()
        assert isinstance(gone, WentIdle)
        return gone.seconds


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bus]:
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    with private_bus(tmp_path) as (address, _process):
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        bus = Bus.system()
        yield bus
        bus.close()


@pytest.fixture
def kind() -> str:
    return "wayland"


@pytest.fixture
def logind(bus: Bus, kind: str) -> Iterator[MockLogind]:
    with mock_logind() as logind:
        logind.kind(kind)
        yield logind


def test_away_since_the_hint_was_set_and_back(bus: Bus, logind: MockLogind) -> None:
    logind.idle_hint(idle=False)
    watch = Watch(bus)
    assert watch.next() == SourceChanged("presence", "logind")
    assert (watch.source.idle_s(), watch.source.sees_pauses) == (None, False)
    for _time in range(2):
        logind.idle_hint(idle=True, ago_s=40)
        assert watch.went() >= 40
        idle = watch.source.idle_s()
        assert idle is not None
        assert idle >= 40
        logind.idle_hint(idle=False)
        assert watch.next() == CameBack()
        assert watch.source.idle_s() is None
    watch.source.close()


def test_a_hint_that_is_set_already_is_told(bus: Bus, logind: MockLogind) -> None:
    logind.idle_hint(idle=True, ago_s=300)
    watch = Watch(bus)
    assert watch.next() == SourceChanged("presence", "logind")
    assert watch.went() >= 300
    watch.source.close()


def test_somebody_whose_return_is_awaited_is_there_while_the_hint_is_not_set(bus: Bus, logind: MockLogind) -> None:
    logind.idle_hint(idle=False)
    watch = Watch(bus)
    assert watch.next() == SourceChanged("presence", "logind")
    watch.source.watch_return()
    assert watch.next() == CameBack()
    watch.source.close()


def test_a_hint_that_nobody_has_ever_set_serves_from_the_first_time_on(bus: Bus, logind: MockLogind) -> None:
    watch = Watch(bus)
    assert watch.next() == SourceChanged("presence", "unknown")
    logind.idle_hint(idle=True)
    assert watch.next() == SourceChanged("presence", "logind")
    assert watch.went() >= 0
    watch.source.close()


@pytest.mark.parametrize("kind", ["tty"])
def test_the_hint_of_a_session_without_a_desktop_does_not_serve(bus: Bus, logind: MockLogind) -> None:
    logind.idle_hint(idle=True, ago_s=300)
    watch = Watch(bus)
    assert watch.next() == SourceChanged("presence", "unknown")
    watch.source.close()


def test_the_end_of_the_session_is_a_loss(bus: Bus, logind: MockLogind) -> None:
    logind.idle_hint(idle=False)
    watch = Watch(bus)
    assert watch.next() == SourceChanged("presence", "logind")
    logind.end_session()
    assert watch.next() == SourceChanged("presence", "unknown")
    watch.source.close()
