"""The login on a system bus of its own, where python-dbusmock (Debian's, with Debian's Python) plays logind."""

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest
from jeepney import DBusAddress

from breakd.adapters import login
from breakd.adapters.bus import Bus
from breakd.adapters.login import LOGIND, MANAGER, SESSION
from breakd.ports import Locked, Message, Sleeping, SourceChanged, Unlocked, Woke
from mocklogind import MockLogind, mock_logind
from private_bus import private_bus

SECONDS = 10


class Watch:
    """A watch of the login and what it told."""

    def __init__(self, bus: Bus | None, session_bus: Bus | None = None) -> None:
        self.told: SimpleQueue[Message] = SimpleQueue()
        self.login = login.connect(self.told.put, bus, session_bus)

    def begun(self, sleep: str, lock: str, *more: Message) -> bool:
        """Say whether this, and nothing but `more`, was told at the start."""
        told = [self.next() for _each in range(2 + len(more))]
        return self.told.empty() and told == [SourceChanged("sleep", sleep), *more, SourceChanged("lock", lock)]

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
    with mock_logind() as logind:
        yield logind


@pytest.fixture
def watch(bus: Bus, logind: MockLogind) -> Iterator[Watch]:
    watch = Watch(bus)
    assert watch.begun("logind", "logind")
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
    assert watch.begun("logind", "logind", Locked())
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
    assert watch.begun("logind", "none")
    assert not watch.login.locked()
    later = logind.add_session("c7")
    logind.hint(later, locked=True)
    logind.display("c7", later)
    logind.emit(MANAGER, "SessionNew", "so", ("s", "c7"), ("o", later))
    assert watch.next() == Locked()
    assert watch.next() == SourceChanged("lock", "logind")
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
    logind.refuse("Inhibit", "ssss", "h")
    logind.refuse("GetUser", "u", "o")
    watch = Watch(bus)
    assert watch.begun("logind", "none")
    logind.prepare_for_sleep(begins=True)
    assert watch.next() == Sleeping()
    watch.login.release()
    watch.login.close()


def test_the_loss_of_the_bus_is_told(daemon: "subprocess.Popen[str]", watch: Watch) -> None:
    daemon.kill()
    assert watch.next() == SourceChanged("sleep", "none")
    assert watch.next() == SourceChanged("lock", "none")
    assert not watch.login.locked()
    watch.login.release()


def test_without_logind_nothing_is_locked(bus: Bus) -> None:
    watch = Watch(bus)
    assert watch.begun("none", "none")
    assert not watch.login.locked()
    watch.login.release()
    watch.login.close()


def test_without_a_system_bus_nothing_is_locked() -> None:
    watch = Watch(None)
    assert watch.begun("none", "none")
    assert not watch.login.locked()


# --- the wish to lock -------------------------------------------------------------------------------------------


def test_a_lock_that_was_only_asked_for_ends_when_the_person_is_seen(logind: MockLogind, watch: Watch) -> None:
    for _ in range(2):
        logind.ask(logind.session, "Lock")  # as loginctl does; i3lock and swaylock tell logind nothing
        assert watch.next() == Locked()
        watch.login.seen()
        assert watch.next() == Unlocked()
        assert not watch.login.locked()
    watch.login.seen()
    assert watch.told.empty()


def test_a_lock_that_the_locker_vouches_for_outlasts_what_is_seen(bus: Bus, logind: MockLogind, watch: Watch) -> None:
    logind.ask(logind.session, "Lock")
    logind.hint(logind.session, locked=True)
    assert watch.next() == Locked()
    logind.settle(bus)
    watch.login.seen()  # somebody types at the lock screen
    logind.ask(logind.session, "Lock")
    logind.settle(bus)
    assert watch.login.locked()
    logind.hint(logind.session, locked=False)
    assert watch.next() == Unlocked()
    assert watch.told.empty()


# --- the session that the user is switched away from ------------------------------------------------------------


def test_a_user_switched_away_is_locked_out(bus: Bus, logind: MockLogind, watch: Watch) -> None:
    logind.activate(logind.session, active=False)
    assert watch.next() == Locked()
    watch.login.seen()
    later = Watch(bus)
    assert later.begun("logind", "logind", Locked())
    later.login.close()
    logind.activate(logind.session, active=True)
    assert watch.next() == Unlocked()
    assert watch.told.empty()


def test_a_session_that_was_locked_too_is_locked_still_when_the_user_is_back(logind: MockLogind, watch: Watch) -> None:
    logind.hint(logind.session, locked=True)
    logind.activate(logind.session, active=False)
    logind.activate(logind.session, active=True)
    logind.hint(logind.session, locked=False)
    assert [watch.next(), watch.next()] == [Locked(), Unlocked()]
    assert watch.told.empty()


# --- a logind, or a bus, that is lost and found -----------------------------------------------------------------


def test_a_logind_that_comes_back_is_asked_anew(bus: Bus) -> None:
    with mock_logind() as first:
        watch = Watch(bus)
        assert watch.begun("logind", "logind")
        first.hint(first.session, locked=True)
        assert watch.next() == Locked()
        first.prepare_for_sleep(begins=True)
        assert watch.next() == Sleeping()
    gone = [Woke(), SourceChanged("sleep", "none"), SourceChanged("lock", "none")]
    assert [watch.next() for _each in gone] == gone
    assert watch.login.locked()  # the screen has not been unlocked by that
    with mock_logind() as second:
        assert watch.next() == SourceChanged("sleep", "logind")
        second.emit(MANAGER, "SessionNew", "so", ("s", "c1"), ("o", second.session))
        found = {watch.next() for _each in range(2)}
        assert found == {Unlocked(), SourceChanged("lock", "logind")}  # it knows of no lock
        until(lambda: second.inhibitors() == [("sleep", "breakd", "delay")])
        second.ask(second.session, "Lock")
        assert watch.next() == Locked()
        watch.login.close()
        assert watch.told.empty()


def test_a_lock_ends_with_what_is_seen_where_its_logind_is_gone(bus: Bus) -> None:
    with mock_logind() as logind:
        watch = Watch(bus)
        assert watch.begun("logind", "logind")
        logind.hint(logind.session, locked=True)
        assert watch.next() == Locked()
    assert watch.next() == SourceChanged("sleep", "none")
    assert watch.next() == SourceChanged("lock", "none")
    watch.login.seen()
    assert watch.next() == Unlocked()
    watch.login.close()


def test_a_logind_lost_and_found_ten_times_leaves_nothing_behind(bus: Bus) -> None:
    watch = Watch(bus)
    assert watch.begun("none", "none")
    used = []
    for _round in range(10):
        with mock_logind() as logind:
            assert watch.next() == SourceChanged("sleep", "logind")
            logind.emit(MANAGER, "SessionNew", "so", ("s", "c1"), ("o", logind.session))
            assert watch.next() == SourceChanged("lock", "logind")
            until(lambda: logind.inhibitors() == [("sleep", "breakd", "delay")])
            logind.hint(logind.session, locked=True)
            assert watch.next() == Locked()
            logind.hint(logind.session, locked=False)
            assert watch.next() == Unlocked()
        assert watch.next() == SourceChanged("sleep", "none")
        assert watch.next() == SourceChanged("lock", "none")
        used.append((len(list(Path("/proc/self/fd").iterdir())), threading.active_count()))
    assert len(set(used)) == 1
    watch.login.close()


def test_a_system_bus_that_comes_back_brings_logind_back(
    daemon: "subprocess.Popen[str]", bus: Bus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with mock_logind():
        watch = Watch(bus)
        assert watch.begun("logind", "logind")
        daemon.kill()
        daemon.wait()
        assert watch.next() == SourceChanged("sleep", "none")
        assert watch.next() == SourceChanged("lock", "none")
    with private_bus(tmp_path) as (address, _process):
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        with mock_logind() as logind:
            assert watch.next() == SourceChanged("sleep", "logind")
            logind.emit(MANAGER, "SessionNew", "so", ("s", "c1"), ("o", logind.session))
            assert watch.next() == SourceChanged("lock", "logind")
            until(lambda: logind.inhibitors() == [("sleep", "breakd", "delay")])
            logind.hint(logind.session, locked=True)
            assert watch.next() == Locked()
            watch.login.close()
