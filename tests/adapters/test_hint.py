"""Presence from logind's idle hint on a system bus of its own, where python-dbusmock (Debian's) plays logind."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
from jeepney import DBusAddress

from breakd.adapters import presence
from breakd.adapters.bus import PROPERTIES, Bus
from breakd.adapters.hint import LOGIND, MANAGER, SESSION, USER
from breakd.ports import CameBack, Message, SourceChanged, WentIdle
from private_bus import private_bus

MOCK = "org.freedesktop.DBus.Mock"
AWAY_S = 180
SECONDS = 20


class MockLogind:
    """logind with one session of the user's, which is of this type; `hint` does as a desktop's SetIdleHint."""

    def __init__(self, bus: Bus, kind: str) -> None:
        self._bus = bus
        # The template's own GetUser fails: it joins the path and the number as texts.
        self.mock(
            MANAGER.object_path, "AddMethod", "sssss", MANAGER.interface, "GetUser", "u", "o",
            "ret = '/org/freedesktop/login1/user/%d' % args[0]",
        )  # fmt: skip
        self.session: str = self.mock(MANAGER.object_path, "AddSession", "ssusb", "c1", "seat0", os.getuid(), "me", 1)[
            0
        ]
        self._set(self.session, SESSION, "Type", ("s", kind))
        user = f"/org/freedesktop/login1/user/{os.getuid()}"
        self._set(user, USER, "Display", ("(so)", ("c1", self.session)))

    def hint(self, *, idle: bool, ago_s: float = 0.0) -> None:
        since_us = time.monotonic_ns() // 1000 - round(ago_s * 1e6)
        changed = {"IdleHint": ("b", idle), "IdleSinceHintMonotonic": ("t", since_us)}
        self.mock(self.session, "UpdateProperties", "sa{sv}", SESSION, changed)

    def end_session(self) -> None:
        values = [("s", "c1"), ("o", self.session)]
        self.mock(MANAGER.object_path, "EmitSignal", "sssav", MANAGER.interface, "SessionRemoved", "so", values)

    def mock(self, path: str, method: str, signature: str, *arguments: Any) -> tuple[Any, ...]:
        return self._bus.call(DBusAddress(path, LOGIND, MOCK), method, signature, arguments, timeout=SECONDS)

    def _set(self, path: str, interface: str, name: str, value: tuple[str, Any]) -> None:
        self._bus.call(DBusAddress(path, LOGIND, PROPERTIES), "Set", "ssv", (interface, name, value), timeout=SECONDS)


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
    """Return the mock, which is driven on a connection of its own."""
    owners: SimpleQueue[str | None] = SimpleQueue()
    control = Bus.system()
    control.watch_owner(LOGIND, owners.put)
    assert owners.get(timeout=SECONDS) is None
    args = ["/usr/bin/python3", "-m", "dbusmock", "--system", "--template", "logind"]
    with subprocess.Popen(args, stdout=subprocess.DEVNULL) as process:
        try:
            assert owners.get(timeout=SECONDS), "is python3-dbusmock installed?"
            yield MockLogind(control, kind)
        finally:
            process.kill()
            control.close()


def test_away_since_the_hint_was_set_and_back(bus: Bus, logind: MockLogind) -> None:
    logind.hint(idle=False)
    watch = Watch(bus)
    assert watch.next() == SourceChanged("presence", "logind")
    assert (watch.source.idle_s(), watch.source.sees_pauses) == (None, False)
    for _time in range(2):
        logind.hint(idle=True, ago_s=40)
        assert watch.went() >= 40
        idle = watch.source.idle_s()
        assert idle is not None
        assert idle >= 40
        logind.hint(idle=False)
        assert watch.next() == CameBack()
        assert watch.source.idle_s() is None
    watch.source.close()


def test_a_hint_that_is_set_already_is_told(bus: Bus, logind: MockLogind) -> None:
    logind.hint(idle=True, ago_s=300)
    watch = Watch(bus)
    assert watch.next() == SourceChanged("presence", "logind")
    assert watch.went() >= 300
    watch.source.close()


def test_somebody_whose_return_is_awaited_is_there_while_the_hint_is_not_set(bus: Bus, logind: MockLogind) -> None:
    logind.hint(idle=False)
    watch = Watch(bus)
    assert watch.next() == SourceChanged("presence", "logind")
    watch.source.watch_return()
    assert watch.next() == CameBack()
    watch.source.close()


def test_a_hint_that_nobody_has_ever_set_serves_from_the_first_time_on(bus: Bus, logind: MockLogind) -> None:
    watch = Watch(bus)
    assert watch.next() == SourceChanged("presence", "unknown")
    logind.hint(idle=True)
    assert watch.next() == SourceChanged("presence", "logind")
    assert watch.went() >= 0
    watch.source.close()


@pytest.mark.parametrize("kind", ["tty"])
def test_the_hint_of_a_session_without_a_desktop_does_not_serve(bus: Bus, logind: MockLogind) -> None:
    logind.hint(idle=True, ago_s=300)
    watch = Watch(bus)
    assert watch.next() == SourceChanged("presence", "unknown")
    watch.source.close()


def test_the_end_of_the_session_is_a_loss(bus: Bus, logind: MockLogind) -> None:
    logind.hint(idle=False)
    watch = Watch(bus)
    assert watch.next() == SourceChanged("presence", "logind")
    logind.mock(MANAGER.object_path, "RemoveObject", "s", logind.session)
    logind.end_session()
    assert watch.next() == SourceChanged("presence", "unknown")
    watch.source.close()
