"""The login on a system bus of its own, where python-dbusmock (Debian's, with Debian's Python) plays logind."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import pytest
from jeepney import DBusAddress

from breakd.adapters import login
from breakd.adapters.bus import PROPERTIES, Bus
from breakd.adapters.login import LOGIND, MANAGER, SESSION, USER
from breakd.ports import Locked, Message, Sleeping, SourceChanged, Unlocked, Woke
from private_bus import private_bus

MOCK = "org.freedesktop.DBus.Mock"
SECONDS = 10


class MockLogind:
    """logind with one session of the user's, `c1`; `display` names the one that is graphical."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.user = f"/org/freedesktop/login1/user/{os.getuid()}"
        # The template's own GetUser fails: it joins the path and the number as texts.
        self._mock(
            MANAGER.object_path, "AddMethod", "sssss", MANAGER.interface, "GetUser", "u", "o",
            "ret = '/org/freedesktop/login1/user/%d' % args[0]",
        )  # fmt: skip
        self.session = self.add_session("c1")
        self.display("c1", self.session)

    def add_session(self, name: str) -> str:
        active = True
        path: str = self._mock(
            MANAGER.object_path, "AddSession", "ssusb", name, "seat0", os.getuid(), "someone", active
        )[0]  # fmt: skip
        return path

    def display(self, name: str, path: str) -> None:
        self._set(self.user, USER, "Display", ("(so)", (name, path)))

    def hint(self, path: str, *, locked: bool) -> None:
        self._set(path, SESSION, "LockedHint", ("b", locked))

    def ask(self, path: str, method: str) -> None:
        """Do as `loginctl lock-session`: `Lock` or `Unlock`."""
        self._bus.call(DBusAddress(path, LOGIND, SESSION), method)

    def prepare_for_sleep(self, *, begins: bool) -> None:
        self.emit(MANAGER, "PrepareForSleep", "b", ("b", begins))

    def emit(self, of: DBusAddress, signal: str, signature: str, *values: tuple[str, Any]) -> None:
        self._mock(of.object_path, "EmitSignal", "sssav", of.interface, signal, signature, list(values))

    def inhibitors(self) -> list[tuple[str, str, str]]:
        listed = self._bus.call(MANAGER, "ListInhibitors")[0]
        return [(what, who, mode) for what, who, _why, mode, _uid, _pid in listed]

    def _set(self, path: str, interface: str, name: str, value: tuple[str, Any]) -> None:
        """Change a property; the mock tells it by PropertiesChanged."""
        self._bus.call(DBusAddress(path, LOGIND, PROPERTIES), "Set", "ssv", (interface, name, value), timeout=SECONDS)

    def _mock(self, path: str, method: str, signature: str, *arguments: Any) -> tuple[Any, ...]:
        return self._bus.call(DBusAddress(path, LOGIND, MOCK), method, signature, arguments, timeout=SECONDS)


class Watch:
    """A watch of the login and what it told."""

    def __init__(self, bus: Bus | None) -> None:
        self.told: SimpleQueue[Message] = SimpleQueue()
        self.login = login.connect(self.told.put, bus)

    def next(self) -> Message:
        return self.told.get(timeout=SECONDS)


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < end


@pytest.fixture
def daemon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator["subprocess.Popen[str]"]:
    with private_bus(tmp_path) as (address, process):
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        yield process


@pytest.fixture
def bus(daemon: "subprocess.Popen[str]") -> Iterator[Bus]:
    bus = Bus.system()
    yield bus
    bus.close()


@pytest.fixture
def logind(bus: Bus) -> Iterator[MockLogind]:
    """Return the mock, which is driven on a connection of its own."""
    args = ["/usr/bin/python3", "-m", "dbusmock", "--system", "--template", "logind"]
    owners: SimpleQueue[str | None] = SimpleQueue()
    control = Bus.system()
    control.watch_owner(LOGIND, owners.put)
    assert owners.get(timeout=SECONDS) is None
    with subprocess.Popen(args, stdout=subprocess.DEVNULL) as process:
        try:
            try:
                owners.get(timeout=SECONDS)
            except Empty:
                pytest.fail("python-dbusmock does not run: apt install python3-dbusmock")
            yield MockLogind(control)
        finally:
            process.kill()
            control.close()


@pytest.fixture
def watch(bus: Bus, logind: MockLogind) -> Iterator[Watch]:
    watch = Watch(bus)
    assert watch.next() == SourceChanged("sleep", "logind")
    yield watch
    watch.login.close()


def test_the_lock_by_the_locker_s_hint(logind: MockLogind, watch: Watch) -> None:
    assert not watch.login.locked()
    logind.hint(logind.session, locked=True)
    assert watch.next() == Locked()
    assert watch.login.locked()
    logind.hint(logind.session, locked=False)
    assert watch.next() == Unlocked()
    assert not watch.login.locked()


def test_a_lock_is_told_once_though_it_comes_twice(logind: MockLogind, watch: Watch) -> None:
    for _ in range(2):
        logind.ask(logind.session, "Lock")
        logind.hint(logind.session, locked=True)
        assert watch.next() == Locked()
        logind.ask(logind.session, "Unlock")
        logind.hint(logind.session, locked=False)
        assert watch.next() == Unlocked()
    assert watch.told.empty()


def test_a_screen_that_is_locked_at_the_start_is_known(bus: Bus, logind: MockLogind) -> None:
    logind.hint(logind.session, locked=True)
    watch = Watch(bus)
    assert watch.login.locked()
    assert [watch.next(), watch.next()] == [SourceChanged("sleep", "logind"), Locked()]
    watch.login.close()


def test_another_session_s_lock_is_none_of_ours(logind: MockLogind, watch: Watch) -> None:
    other = logind.add_session("c2")
    logind.ask(other, "Lock")
    logind.hint(other, locked=True)
    logind.ask(logind.session, "Lock")
    assert watch.next() == Locked()
    assert watch.told.empty()


def test_a_graphical_session_that_comes_later_is_found(bus: Bus, logind: MockLogind) -> None:
    logind.display("", "/")
    watch = Watch(bus)
    assert watch.next() == SourceChanged("sleep", "logind")
    assert not watch.login.locked()
    later = logind.add_session("c7")
    logind.hint(later, locked=True)
    logind.display("c7", later)
    logind.emit(MANAGER, "SessionNew", "so", ("s", "c7"), ("o", later))
    assert watch.next() == Locked()
    logind.ask(logind.session, "Unlock")
    logind.ask(later, "Unlock")
    assert watch.next() == Unlocked()
    assert watch.told.empty()
    watch.login.close()


def test_a_sleep_waits_until_it_is_released_and_the_next_one_too(logind: MockLogind, watch: Watch) -> None:
    for _ in range(2):
        until(lambda: logind.inhibitors() == [("sleep", "breakd", "delay")])
        logind.prepare_for_sleep(begins=True)
        assert watch.next() == Sleeping()
        assert logind.inhibitors() == [("sleep", "breakd", "delay")]
        watch.login.release()
        until(lambda: logind.inhibitors() == [])
        logind.prepare_for_sleep(begins=False)
        assert watch.next() == Woke()


def test_closed_it_holds_nothing_back_and_tells_nothing(bus: Bus, logind: MockLogind, watch: Watch) -> None:
    until(lambda: logind.inhibitors() != [])
    watch.login.close()
    until(lambda: logind.inhibitors() == [])
    logind.prepare_for_sleep(begins=True)
    logind.hint(logind.session, locked=True)
    logind.prepare_for_sleep(begins=False)
    bus.get(DBusAddress(logind.session, LOGIND, SESSION), "LockedHint")
    assert watch.told.empty()
    assert logind.inhibitors() == []


def test_a_logind_that_allows_nothing_still_tells_of_sleep(bus: Bus, logind: MockLogind) -> None:
    refuse = "raise dbus.exceptions.DBusException('no', name='org.freedesktop.DBus.Error.AccessDenied')"
    for method, takes, gives in (("Inhibit", "ssss", "h"), ("GetUser", "u", "o")):
        arguments = (MANAGER.interface, method, takes, gives, refuse)
        logind._mock(MANAGER.object_path, "AddMethod", "sssss", *arguments)
    watch = Watch(bus)
    assert watch.next() == SourceChanged("sleep", "logind")
    logind.prepare_for_sleep(begins=True)
    assert watch.next() == Sleeping()
    watch.login.release()
    watch.login.close()


def test_the_loss_of_the_bus_is_told(daemon: "subprocess.Popen[str]", watch: Watch) -> None:
    daemon.kill()
    assert watch.next() == SourceChanged("sleep", "none")
    assert not watch.login.locked()
    watch.login.release()


def test_without_logind_nothing_is_locked(bus: Bus) -> None:
    watch = Watch(bus)
    assert watch.next() == SourceChanged("sleep", "none")
    assert not watch.login.locked()
    watch.login.release()
    watch.login.close()


def test_without_a_system_bus_nothing_is_locked() -> None:
    watch = Watch(None)
    assert watch.next() == SourceChanged("sleep", "none")
    assert not watch.login.locked()
