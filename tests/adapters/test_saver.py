"""Locks by the desktops' screen savers, on a session bus of their own.

GNOME's is python-dbusmock's; the others are played here, with the signatures of their sources. MATE's real one runs in
tests/desktop/test_screen_saver.py.
"""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
from jeepney import DBusAddress

from breakd.adapters import login
from breakd.adapters.bus import DBUS, Bus
from breakd.adapters.saver import SAVERS
from breakd.ports import Locked, Message, SourceChanged, Unlocked
from private_bus import private_bus

SECONDS = 10
XFCE, KDE = SAVERS["xfce4-screensaver"], SAVERS["freedesktop-screensaver"]


class Played:
    """A screen saver; `tells` is whether it knows GetActive, as those that only take inhibitions do not."""

    def __init__(self, address: DBusAddress, *, active: bool = False, tells: bool = True) -> None:
        self.address, self.active, self._tells = address, active, tells
        self.bus = Bus.session()
        self.bus.export(address.object_path, address.interface, self)
        self.bus.call(DBUS, "RequestName", "su", (address.bus_name, 4))

    def props(self) -> dict[str, tuple[str, Any]]:
        return {}

    def do_GetActive(self) -> tuple[str, tuple[bool]]:  # noqa: N802 - the method's name on the bus
        if not self._tells:
            raise NotImplementedError("This method is not part of the idle inhibition specification")
        return "b", (self.active,)

    def turn(self, *, active: bool, path: str | None = None) -> None:
        self.active = active
        self.bus.emit(path or self.address.object_path, self.address.interface, "ActiveChanged", "b", (active,))

    def die(self) -> None:
        self.bus.close()


class Watch:
    """A watch of the locks on a session bus, and what it told."""

    def __init__(self) -> None:
        self.told: SimpleQueue[Message] = SimpleQueue()
        self.bus = Bus.session()
        self.login = login.connect(self.told.put, None, self.bus)
        assert self.next() == SourceChanged("sleep", "none")

    def next(self) -> Message:
        return self.told.get(timeout=SECONDS)

    def tell(self, lock: str) -> None:
        assert self.next() == SourceChanged("lock", lock)

    def close(self) -> None:
        assert self.told.empty()
        self.login.close()
        self.bus.close()


@pytest.fixture
def watch(daemon: "subprocess.Popen[str]") -> Iterator[Watch]:
    """Watch where there is no screen saver."""
    watch = Watch()
    watch.tell("none")
    yield watch
    watch.close()


@pytest.mark.parametrize("name", SAVERS)
def test_each_is_heard_when_it_comes_covers_the_screen_and_goes(name: str, watch: Watch) -> None:
    saver = Played(SAVERS[name])
    watch.tell(name)
    saver.turn(active=True)
    assert watch.next() == Locked()
    assert watch.login.locked()
    saver.turn(active=False)
    assert watch.next() == Unlocked()
    saver.die()
    watch.tell("none")


def test_the_state_is_asked_at_the_start(daemon: "subprocess.Popen[str]") -> None:
    saver = Played(XFCE, active=True)
    watch = Watch()
    assert watch.next() == Locked()
    watch.tell("xfce4-screensaver")
    assert watch.login.locked()
    watch.close()
    saver.die()


def test_the_state_is_asked_of_one_that_comes(watch: Watch) -> None:
    saver = Played(XFCE, active=True)
    assert watch.next() == Locked()
    watch.tell("xfce4-screensaver")
    saver.die()  # a saver that crashes leaves the desktop open
    assert watch.next() == Unlocked()
    watch.tell("none")


def test_kde_tells_at_two_paths(watch: Watch) -> None:
    saver = Played(KDE)
    watch.tell("freedesktop-screensaver")
    for active, message in ((True, Locked()), (False, Unlocked())):
        saver.turn(active=active, path="/ScreenSaver")
        saver.turn(active=active)
        assert watch.next() == message
    saver.die()
    watch.tell("none")


def test_who_only_takes_inhibitions_tells_nothing(daemon: "subprocess.Popen[str]") -> None:
    inhibitions = Played(KDE, tells=False)
    watch = Watch()
    watch.tell("none")
    watch.close()
    inhibitions.die()


def test_the_screen_is_locked_while_any_of_them_says_so(watch: Watch) -> None:
    one, other = Played(XFCE), Played(KDE)
    assert {watch.next() for _each in range(2)} > {SourceChanged("lock", "freedesktop-screensaver, xfce4-screensaver")}
    one.turn(active=True)
    assert watch.next() == Locked()
    other.turn(active=True)
    other.bus.call(DBUS, "GetId")
    one.turn(active=False)
    other.turn(active=False)
    assert watch.next() == Unlocked()
    one.die()
    watch.tell("freedesktop-screensaver")
    other.die()
    watch.tell("none")


def test_what_another_program_says_in_their_name_is_nothing(watch: Watch) -> None:
    saver = Played(XFCE)
    watch.tell("xfce4-screensaver")
    stranger = Bus.session()
    stranger.emit(XFCE.object_path, XFCE.interface, "ActiveChanged", "b", (True,))
    stranger.call(DBUS, "GetId")
    stranger.close()
    saver.turn(active=False)
    saver.die()
    watch.tell("none")


def test_none_is_started_for_the_asking(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started = tmp_path / "started"
    services = tmp_path / "services"
    services.mkdir()
    for name, address in SAVERS.items():
        service = f"[D-BUS Service]\nName={address.bus_name}\nExec=/usr/bin/touch {started}\n"
        (services / f"{name}.service").write_text(service)
    with private_bus(tmp_path, services) as (address, _process):
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        control = Bus.session()
        names = control.call(DBUS, "ListActivatableNames")[0]
        assert {address.bus_name for address in SAVERS.values()} < set(names)
        watch = Watch()
        watch.tell("none")
        assert login.survey(watch.bus, None) == {}
        watch.close()
        control.close()
    assert not started.exists()


def test_the_survey_names_who_tells_and_what(daemon: "subprocess.Popen[str]") -> None:
    savers = [Played(XFCE, active=True), Played(SAVERS["mate-screensaver"]), Played(KDE, tells=False)]
    bus = Bus.session()
    assert login.survey(bus, None) == {"xfce4-screensaver": True, "mate-screensaver": False}
    bus.close()
    for saver in savers:
        saver.die()


def test_gnome_s(watch: Watch) -> None:
    args = ["/usr/bin/python3", "-m", "dbusmock", "--session", "--template", "gnome_screensaver"]
    with subprocess.Popen(args, stdout=subprocess.DEVNULL) as mock:
        watch.tell("gnome-screensaver")  # it takes python-dbusmock: apt install python3-dbusmock
        control = Bus.session()
        for active, message in ((True, Locked()), (False, Unlocked())):
            control.call(SAVERS["gnome-screensaver"], "SetActive", "b", (active,))
            assert watch.next() == message
        control.close()
        mock.kill()
        watch.tell("none")


def test_a_session_bus_that_comes_back_brings_its_screen_saver(
    daemon: "subprocess.Popen[str]", watch: Watch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saver = Played(XFCE, active=True)
    assert watch.next() == Locked()
    watch.tell("xfce4-screensaver")
    daemon.kill()
    daemon.wait()
    assert watch.next() == Unlocked()
    watch.tell("none")
    saver.die()
    with private_bus(tmp_path) as (address, _process):
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        saver = Played(XFCE, active=True)
        assert watch.next() == Locked()
        watch.tell("xfce4-screensaver")
        saver.turn(active=False)
        assert watch.next() == Unlocked()
        saver.die()
        watch.tell("none")
