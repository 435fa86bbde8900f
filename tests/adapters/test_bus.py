"""The D-Bus peer on a real bus of its own."""

import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
from jeepney import DBusAddress

from breakd.adapters.bus import DBUS, Bus, BusError
from private_bus import private_bus

NAME, PATH, INTERFACE = "org.example.Clock", "/clock", "org.example.Clock1"
CLOCK = DBusAddress(PATH, NAME, INTERFACE)
SECONDS = 10


class Clock:
    """A served object."""

    def __init__(self) -> None:
        self.got: SimpleQueue[str] = SimpleQueue()

    def props(self) -> dict[str, tuple[str, Any]]:
        return {"Zone": ("s", "Europe/Vienna"), "Steps": ("as", ["a", "b"])}

    def do_Add(self, one: int, two: int) -> tuple[str, tuple[int]]:  # noqa: N802 - the method's name on the bus
        return "i", (one + two,)

    def do_Note(self, text: str) -> tuple[None, tuple[()]]:  # noqa: N802
        self.got.put(text)
        return None, ()

    def do_Fail(self) -> tuple[None, tuple[()]]:  # noqa: N802
        raise ValueError("no hands")


@pytest.fixture
def bus(daemon: subprocess.Popen[str]) -> Iterator[Bus]:
    bus = Bus.session()
    yield bus
    bus.close()


@pytest.fixture
def server(daemon: subprocess.Popen[str]) -> Iterator[Bus]:
    server = Bus.session()
    own(server)
    yield server
    server.close()


def own(bus: Bus) -> None:
    assert bus.call(DBUS, "RequestName", "su", (NAME, 4)) == (1,)


def test_a_method_is_called_and_served(bus: Bus, server: Bus) -> None:
    server.export(PATH, INTERFACE, Clock())
    assert bus.call(CLOCK, "Add", "ii", (2, 3)) == (5,)


def test_many_threads_call_at_once(bus: Bus, server: Bus) -> None:
    server.export(PATH, INTERFACE, Clock())
    sums: SimpleQueue[int] = SimpleQueue()
    threads = [
        threading.Thread(target=lambda n=n: sums.put(bus.call(CLOCK, "Add", "ii", (n, 1), timeout=SECONDS)[0]))
        for n in range(20)
    ]
    for thread in threads:
        thread.start()
    assert sorted(sums.get(timeout=SECONDS) for _ in threads) == list(range(1, 21))


def test_properties_and_introspection(bus: Bus, server: Bus) -> None:
    server.export(PATH, INTERFACE, Clock())
    assert bus.get(CLOCK, "Zone") == "Europe/Vienna"
    everything = bus.call(CLOCK.with_interface("org.freedesktop.DBus.Properties"), "GetAll", "s", (INTERFACE,))
    assert everything == ({"Zone": ("s", "Europe/Vienna"), "Steps": ("as", ["a", "b"])},)
    (xml,) = bus.call(CLOCK.with_interface("org.freedesktop.DBus.Introspectable"), "Introspect")
    assert INTERFACE in xml


def test_an_error_has_its_name_and_text(bus: Bus, server: Bus, caplog: pytest.LogCaptureFixture) -> None:
    server.export(PATH, INTERFACE, Clock())
    with pytest.raises(BusError, match="no hands") as failed:
        bus.call(CLOCK, "Fail")
    assert failed.value.name == "org.freedesktop.DBus.Error.Failed"
    with pytest.raises(BusError) as unknown:
        bus.call(CLOCK, "Dance")
    assert unknown.value.name == "org.freedesktop.DBus.Error.UnknownMethod"
    with pytest.raises(BusError) as nobody:
        bus.call(DBusAddress("/", "org.example.Nobody", "org.example.Nobody"), "Dance")
    assert nobody.value.name == "org.freedesktop.DBus.Error.ServiceUnknown"


def test_a_silent_service_times_out(daemon: subprocess.Popen[str], bus: Bus) -> None:
    asleep, go_on = threading.Event(), threading.Event()

    class Asleep:
        def props(self) -> dict[str, tuple[str, Any]]:
            return {}

        def do_Sleep(self) -> tuple[None, tuple[()]]:  # noqa: N802
            asleep.set()
            go_on.wait(SECONDS)
            return None, ()

    server = Bus.session()
    own(server)
    server.export(PATH, INTERFACE, Asleep())
    with pytest.raises(BusError, match="did not answer Sleep"):
        bus.call(CLOCK, "Sleep", timeout=0.05)
    assert asleep.wait(SECONDS)
    go_on.set()
    server.close()


def test_replies_come_later(bus: Bus, server: Bus) -> None:
    clock = Clock()
    server.export(PATH, INTERFACE, clock)
    replies: SimpleQueue[Any] = SimpleQueue()
    bus.call_later(CLOCK, "Note", "s", ("tick",))
    assert clock.got.get(timeout=SECONDS) == "tick"
    bus.call_later(CLOCK, "Add", "ii", (1, 1), on_reply=replies.put)
    assert replies.get(timeout=SECONDS) == (2,)
    bus.call_later(CLOCK, "Dance", on_reply=replies.put)
    assert isinstance(replies.get(timeout=SECONDS), BusError)


def test_signals_reach_only_who_asked(bus: Bus, server: Bus) -> None:
    heard: SimpleQueue[Any] = SimpleQueue()
    bus.subscribe(lambda *body: heard.put(body), sender=NAME, interface=INTERFACE, member="Ticked", arg0="now")
    stranger = Bus.session()
    bus.call(DBUS, "GetId")  # the rules above stand now
    stranger.emit(PATH, INTERFACE, "Ticked", "su", ("now", 1))
    stranger.call(DBUS, "GetId")
    server.emit(PATH, INTERFACE, "Tocked", "su", ("now", 2))
    server.emit(PATH, INTERFACE, "Ticked", "su", ("then", 3))
    server.emit(PATH, INTERFACE, "Ticked", "su", ("now", 4))
    assert heard.get(timeout=SECONDS) == ("now", 4)
    stranger.close()


def test_what_was_ended_hears_nothing_and_the_bus_is_told(bus: Bus, server: Bus) -> None:
    heard: SimpleQueue[Any] = SimpleQueue()
    first = bus.subscribe(lambda *body: heard.put(("first", *body)), sender=NAME, interface=INTERFACE, member="Ticked")
    bus.subscribe(lambda *body: heard.put(("second", *body)), sender=NAME, interface=INTERFACE, member="Ticked")
    last = bus.watch_owner(NAME, lambda owner: heard.put(("owner", owner)))
    assert heard.get(timeout=SECONDS) == ("owner", server.unique_name)
    first()
    last()
    bus.call(DBUS, "GetId")  # the bus knows it now
    server.emit(PATH, INTERFACE, "Ticked", "u", (1,))
    server.call(DBUS, "ReleaseName", "s", (NAME,))
    server.call(DBUS, "RequestName", "su", (NAME, 4))
    server.emit(PATH, INTERFACE, "Ticked", "u", (2,))
    assert [heard.get(timeout=SECONDS) for _ in range(2)] == [("second", 1), ("second", 2)]
    assert heard.empty()


def test_the_owner_of_a_name_is_told_now_and_at_each_change(bus: Bus, server: Bus) -> None:
    owners: SimpleQueue[str | None] = SimpleQueue()
    bus.watch_owner(NAME, owners.put)
    assert owners.get(timeout=SECONDS) == server.unique_name
    server.call(DBUS, "ReleaseName", "s", (NAME,))
    assert owners.get(timeout=SECONDS) is None
    own(bus)
    assert owners.get(timeout=SECONDS) == bus.unique_name


def test_a_callback_that_fails_ends_nothing(bus: Bus, server: Bus, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> None:
        raise ValueError("on purpose")

    heard: SimpleQueue[Any] = SimpleQueue()
    bus.subscribe(fail, interface=INTERFACE, member="Ticked")
    bus.subscribe(lambda: heard.put("tick"), interface=INTERFACE, member="Ticked")
    bus.call(DBUS, "GetId")
    server.emit(PATH, INTERFACE, "Ticked")
    assert heard.get(timeout=SECONDS) == "tick"
    assert "a D-Bus callback failed" in caplog.text


def test_the_loss_of_the_bus_is_told_once_and_fails_what_waits(daemon: subprocess.Popen[str], bus: Bus) -> None:
    lost: SimpleQueue[str] = SimpleQueue()
    replies: SimpleQueue[Any] = SimpleQueue()
    bus.on_lost(lambda: lost.put("lost"))
    daemon.kill()
    assert lost.get(timeout=SECONDS) == "lost"
    with pytest.raises(BusError, match="the bus is gone"):
        bus.call(DBUS, "GetId")
    bus.call_later(DBUS, "GetId", on_reply=replies.put)
    assert isinstance(replies.get(timeout=SECONDS), BusError)
    bus.emit(PATH, INTERFACE, "Ticked")
    bus.close()
    assert lost.empty()


def test_a_bus_that_comes_back_is_taken_up_again(
    daemon: subprocess.Popen[str], bus: Bus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: SimpleQueue[Any] = SimpleQueue()
    bus.export(PATH, INTERFACE, Clock())
    bus.on_lost(lambda: told.put("lost"))
    bus.subscribe(lambda *body: told.put(body), sender=NAME, interface=INTERFACE, member="Ticked")
    bus.watch_owner(NAME, told.put)
    assert told.get(timeout=SECONDS) is None
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus")  # its place is the one that it had
    daemon.kill()
    daemon.wait()
    assert told.get(timeout=SECONDS) == "lost"
    assert told.get(timeout=SECONDS) is None
    bus.watch_owner("org.example.Later", told.put)
    assert told.get(timeout=SECONDS) is None
    with private_bus(tmp_path) as (address, _process):
        assert told.get(timeout=SECONDS) is None
        assert told.get(timeout=SECONDS) is None
        server = Bus(address)
        own(server)
        assert told.get(timeout=SECONDS) == server.unique_name
        server.emit(PATH, INTERFACE, "Ticked", "s", ("tick",))
        assert told.get(timeout=SECONDS) == ("tick",)
        served = DBusAddress(PATH, bus.unique_name, INTERFACE)
        assert server.call(served, "Add", "ii", (2, 3)) == (5,)
        server.call(DBUS, "RequestName", "su", ("org.example.Later", 4))
        assert told.get(timeout=SECONDS) == server.unique_name
        server.close()
        assert told.get(timeout=SECONDS) is None
        assert told.get(timeout=SECONDS) is None


def test_calls_fail_at_once_while_the_bus_is_gone(daemon: subprocess.Popen[str], bus: Bus) -> None:
    lost, done = threading.Event(), threading.Event()
    bus.on_lost(lost.set)
    daemon.kill()
    assert lost.wait(SECONDS)
    with pytest.raises(BusError, match="the bus is gone"):
        bus.call(DBUS, "GetId", timeout=1000 * SECONDS)
    threads: SimpleQueue[str] = SimpleQueue()
    bus.soon(lambda: threads.put(threading.current_thread().name))
    bus.soon(done.set)
    assert done.wait(SECONDS)
    assert threads.get_nowait().startswith("dbus")  # as ever: callbacks meet on no other thread
    bus.close()
    done.clear()
    bus.soon(done.set)
    assert done.is_set()


def test_close_ends_the_search_for_a_bus(daemon: subprocess.Popen[str]) -> None:
    before = threading.active_count()
    bus = Bus.session()
    lost = threading.Event()
    bus.on_lost(lost.set)
    daemon.kill()
    assert lost.wait(SECONDS)
    bus.close()
    assert threading.active_count() == before


def test_close_ends_a_greeting_that_nobody_answers(daemon: subprocess.Popen[str], tmp_path: Path) -> None:
    bus = Bus.session()
    daemon.kill()
    daemon.wait()
    place = tmp_path / "bus"
    place.unlink()
    with socket.socket(socket.AF_UNIX) as mute:
        mute.bind(str(place))
        mute.listen()
        mute.settimeout(SECONDS)
        client, _address = mute.accept()
        client.settimeout(SECONDS)
        with client:
            client.recv(1024)
            client.sendall(b"OK 0123456789abcdef0123456789abcdef\r\n")
            heard = b""
            while b"Hello" not in heard:
                heard += client.recv(1024)
            bus.close()


def test_close_ends_the_thread_and_is_no_loss(daemon: subprocess.Popen[str]) -> None:
    lost: SimpleQueue[str] = SimpleQueue()
    before = threading.active_count()
    bus = Bus.session()
    bus.on_lost(lambda: lost.put("lost"))
    bus.close()
    assert threading.active_count() == before
    assert lost.empty()


@pytest.mark.parametrize("address", ["unix:path=/nowhere/bus", "tcp:host=localhost", "nonsense", ""])
def test_a_missing_bus_is_a_bus_error(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    with pytest.raises(BusError, match="no D-Bus"):
        Bus.session()


def test_the_usual_place_is_tried_where_the_environment_names_no_bus(
    daemon: subprocess.Popen[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    Bus.session().close()


def test_the_system_bus_takes_file_descriptors(
    daemon: subprocess.Popen[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/bus")
    bus = Bus.system()
    assert bus.call(DBUS, "NameHasOwner", "s", (bus.unique_name,)) == (1,)
    bus.close()
