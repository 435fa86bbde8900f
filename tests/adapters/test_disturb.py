"""Do-not-disturb of servers that cannot run here, played on a real bus; the others are in tests/desktop."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NamedTuple

import pytest
from jeepney import DBusAddress

from breakd.adapters.bus import DBUS, PROPERTIES, Bus
from breakd.adapters.disturb import connect
from breakd.adapters.gsetting import _covers
from breakd.ports import Message, SourceChanged
from holdwatch import HoldWatch
from notification_server import NAME, PATH, SECONDS, PlayedServer
from private_bus import private_bus

REASON = "do-not-disturb"
WRITER = ("/ca/desrt/dconf/Writer/user", "ca.desrt.dconf.Writer", "Notify", "sass")


class Watch(HoldWatch):
    """The source on the private bus; who has it on is the server itself."""

    def __init__(self) -> None:
        super().__init__(connect, REASON, Bus.session())

    def is_on(self, name: str, *users: tuple[str, ...]) -> None:
        super().is_on(name, *(users or ((name,),)))


@pytest.fixture
def watching(daemon: "subprocess.Popen[str]") -> Iterator[Callable[[], Watch]]:
    watches: list[Watch] = []

    def begin() -> Watch:
        watches.append(Watch())
        return watches[-1]

    yield begin
    for watch in watches:
        watch.close()


@pytest.fixture
def server_bus(daemon: "subprocess.Popen[str]") -> Iterator[Bus]:
    bus = Bus.session()
    yield bus
    bus.close()


def test_plasma_tells_it_as_a_property(watching: Callable[[], Watch], server_bus: Bus) -> None:
    with PlayedServer(server_bus, "Plasma", "KDE", Inhibited=("b", True)) as plasma:
        watch = watching()
        watch.serves("kde")
        watch.is_on("kde")
        assert watch.source.known.wait(SECONDS)
        plasma.set("Inhibited", "b", value=False)
        watch.is_off("kde")
        plasma.set("Other", "b", value=True)
        plasma.set("Inhibited", "b", value=True)
        watch.is_on("kde")
    watch.is_off("kde")
    watch.serves("none")
    assert watch.told_nothing_more()


class Panel:
    """What swaync or Budgie serves beside the notifications; `answers` are those of its one method."""

    def __init__(self, method: str, signature: str, *values: Any) -> None:
        self.values = values
        setattr(self, f"do_{method}", lambda: (signature, self.values))

    def props(self) -> dict[str, tuple[str, Any]]:
        return {}


def test_swaync_is_asked_at_each_of_its_signals(watching: Callable[[], Watch], server_bus: Bus) -> None:
    path, interface = "/org/erikreider/swaync/cc", "org.erikreider.swaync.cc"
    panel = Panel("GetSubscribeData", "(bbub)", (False, False, 0, False))
    server_bus.export(path, interface, panel)

    def change(*, quiet: bool = False, panel_open: bool = False, inhibited: bool = False) -> None:
        panel.values = ((quiet, panel_open, 1, inhibited),)
        server_bus.emit(path, interface, "SubscribeV2", "ubbb", (1, quiet, panel_open, inhibited))

    with PlayedServer(server_bus, "SwayNotificationCenter", "ErikReider"):
        watch = watching()
        watch.serves("swaync")
        change(panel_open=True)
        change(panel_open=True, quiet=True)
        watch.is_on("swaync")
        change()
        watch.is_off("swaync")
        change(inhibited=True)  # a program has it kept quiet
        watch.is_on("swaync")
        change()
        watch.is_off("swaync")


def test_budgie_is_asked_at_its_signal(watching: Callable[[], Watch], server_bus: Bus) -> None:
    path, interface = "/org/budgie_desktop/Notifications", "org.buddiesofbudgie.budgie.Dispatcher"
    quiet = True
    panel = Panel("GetDoNotDisturb", "b", quiet)
    server_bus.export(path, interface, panel)
    with PlayedServer(server_bus, "Budgie Notification Server", "Budgie Desktop Developers"):
        watch = watching()
        watch.serves("budgie")
        watch.is_on("budgie")
        panel.values = (False,)
        server_bus.emit(path, interface, "DoNotDisturbChanged", "b", (False,))
        watch.is_off("budgie")


class NewMako:
    """mako 1.10 and later: it tells that its modes are others, and not which."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._modes = ["default"]
        bus.export("/fr/emersion/Mako", "fr.emersion.Mako", self)

    def props(self) -> dict[str, tuple[str, Any]]:
        return {"Modes": ("as", self._modes)}

    def do_ListModes(self) -> tuple[str, tuple[list[str]]]:  # noqa: N802 - the method's name on the bus
        return "as", (self._modes,)

    def set(self, *modes: str) -> None:
        self._modes = list(modes)
        body: tuple[Any, ...] = ("fr.emersion.Mako", {}, ["Modes"])
        self._bus.emit("/fr/emersion/Mako", PROPERTIES, "PropertiesChanged", "sa{sv}as", body)


def test_a_mako_that_tells_of_its_modes_is_believed(watching: Callable[[], Watch], server_bus: Bus) -> None:
    mako = NewMako(server_bus)
    with PlayedServer(server_bus, "mako", "emersion"):
        watch = watching()
        watch.serves("mako")
        assert "mako" not in {thread.name for thread in threading.enumerate()}, "it need not be listened to"
        mako.set("default", "do-not-disturb")
        watch.is_on("mako")
        mako.set("default")
        watch.is_off("mako")


@pytest.fixture
def gsettings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return how to set what a `gsettings` in its place says, which also complains in letters of another time."""
    answer, program = tmp_path / "answer", tmp_path / "bin/gsettings"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" >>{tmp_path}/asked\nprintf "\\377" >&2\ncat {answer}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")

    def says(text: str) -> None:
        answer.write_text(f"{text}\n")

    return says


class Setting(NamedTuple):
    """A server by its name and vendor, the name of its way, and the setting: what is asked, its path, its values."""

    server: tuple[str, str]
    name: str
    asked: str
    path: str
    quiet: str
    loud: str


SETTINGS = [
    Setting(
        ("gnome-shell", "GNOME"),
        "gnome",
        "org.gnome.desktop.notifications show-banners",
        "/org/gnome/desktop/notifications/show-banners",
        quiet="false",
        loud="true",
    ),
    Setting(
        ("cinnamon", "GNOME"),
        "cinnamon",
        "org.cinnamon.desktop.notifications display-notifications",
        "/org/cinnamon/desktop/notifications/display-notifications",
        quiet="false",
        loud="true",
    ),
    Setting(
        ("Notification Daemon", "MATE"),
        "mate",
        "org.mate.NotificationDaemon do-not-disturb",
        "/org/mate/notification-daemon/do-not-disturb",
        quiet="true",
        loud="false",
    ),
    Setting(
        ("io.elementary.notifications", "elementaryOS"),
        "elementary",
        "io.elementary.notifications do-not-disturb",
        "/io/elementary/notifications/do-not-disturb",
        quiet="true",
        loud="false",
    ),
]


@pytest.mark.parametrize("setting", SETTINGS, ids=[setting.name for setting in SETTINGS])
def test_a_setting_is_read_at_the_start_and_when_it_was_written(
    watching: Callable[[], Watch],
    server_bus: Bus,
    gsettings: Callable[[str], None],
    tmp_path: Path,
    setting: Setting,
) -> None:
    path, interface, member, signature = WRITER
    with PlayedServer(server_bus, *setting.server):
        gsettings(setting.quiet)
        watch = watching()
        watch.serves(setting.name)
        watch.is_on(setting.name)
        server_bus.emit(path, interface, member, signature, ("/org/other/", ["key"], "tag"))
        gsettings(setting.loud)
        server_bus.emit(path, interface, member, signature, (setting.path, [""], "tag"))
        watch.is_off(setting.name)
    asked = (tmp_path / "asked").read_text().splitlines()
    assert asked == [f"get {setting.asked}"] * 2, "what was not written is not read"


@pytest.mark.parametrize(
    ("written", "covers"),
    [
        ("/org/a/key", True),
        ("/org/a/", True),
        ("/", True),
        ("/org/a/key-too", False),
        ("/org/a/k", False),
        ("/org/a", False),
        ("/org/b/", False),
    ],
)
def test_a_folder_that_was_written_is_all_that_is_in_it(written: str, *, covers: bool) -> None:
    assert _covers(written, "/org/a/key") is covers


def test_a_server_that_nobody_knows_is_unknown(watching: Callable[[], Watch], server_bus: Bus) -> None:
    with PlayedServer(server_bus, "Notification Daemon", "GNOME") as server:
        watch = watching()
        watch.serves("unknown")
        assert watch.source.known.wait(SECONDS)
        assert server.asked == 1
    watch.serves("none")


def test_the_next_server_is_asked_anew(watching: Callable[[], Watch], server_bus: Bus) -> None:
    other = Bus.session()
    with PlayedServer(server_bus, "Plasma", "KDE", Inhibited=("b", True)):
        watch = watching()
        watch.serves("kde")
        watch.is_on("kde")
        taking = PlayedServer(other, "Notification Daemon", "GNOME")
        with taking:  # it takes the name while the other still runs
            watch.is_off("kde")
            watch.serves("unknown")
    watch.serves("none")
    other.close()


class LateServer(PlayedServer):
    """One that has its name before it can answer, as swaync has."""

    ready = False

    def do_GetServerInformation(self) -> tuple[str, tuple[str, ...]]:  # noqa: N802
        if not self.ready:
            self.ready = True
            raise KeyError("Object does not exist")
        return super().do_GetServerInformation()


def test_a_server_that_is_not_ready_is_asked_again(watching: Callable[[], Watch], server_bus: Bus) -> None:
    with LateServer(server_bus, "Plasma", "KDE", Inhibited=("b", True)):
        watch = watching()
        watch.serves("unknown")
        watch.serves("kde")
        watch.is_on("kde")


def test_a_server_that_hangs_hangs_nobody(watching: Callable[[], Watch], daemon: "subprocess.Popen[str]") -> None:
    script = (
        "import sys; from breakd.adapters.bus import DBUS, Bus; bus = Bus.session()\n"
        "bus._serve = lambda message: sys.stdin.read()\n"
        f"bus.call(DBUS, 'RequestName', 'su', ('{NAME}', 4)); print('there', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as hangs:
        assert hangs.stdout is not None
        assert hangs.stdout.readline() == "there\n"
        watch = watching()
        watch.bus.call(DBUS, "GetId")
        watch.source.close()
        assert watch.told_nothing_more()
        hangs.kill()


def test_a_bus_that_is_lost_takes_it_with_it_and_brings_it_back(
    daemon: "subprocess.Popen[str]", watching: Callable[[], Watch], server_bus: Bus, tmp_path: Path
) -> None:
    server = PlayedServer(server_bus, "Plasma", "KDE", Inhibited=("b", True))
    server.__enter__()
    watch = watching()
    watch.serves("kde")
    watch.is_on("kde")
    daemon.kill()
    daemon.wait()
    watch.is_off("kde")
    watch.serves("none")
    with private_bus(tmp_path) as (address, _process):
        back = Bus(address)
        with PlayedServer(back, "Plasma", "KDE", Inhibited=("b", False)) as plasma:
            watch.serves("kde")
            plasma.set("Inhibited", "b", value=True)
            watch.is_on("kde")
        back.close()


def test_without_a_bus_it_is_none() -> None:
    posted: SimpleQueue[Message] = SimpleQueue()
    source = connect(posted.put, None)
    assert source.known.is_set()
    assert posted.get_nowait() == SourceChanged(f"hold:{REASON}", "none")
    source.close()
    assert posted.empty()


def test_without_a_server_it_is_none_and_known(watching: Callable[[], Watch]) -> None:
    watch = watching()
    watch.serves("none")
    assert watch.source.known.wait(SECONDS)


@pytest.mark.parametrize("server", ["Plasma", "Xfce Notify Daemon", "mako", "gnome-shell", "SwayNotificationCenter"])
def test_after_close_nothing_is_left(watching: Callable[[], Watch], server_bus: Bus, server: str) -> None:
    with PlayedServer(server_bus, server, "of any vendor", Inhibited=("b", True)) as played:
        watch = watching()
        watch.told()
        watch.source.close()
        ended = threading.Event()
        watch.bus.soon(ended.set)  # after what `close` left to the bus's thread
        assert ended.wait(SECONDS)
        assert watch.bus._subscriptions == []
        assert watch.bus._watched == []
        while not watch.told_nothing_more():
            watch.told()
        played.set("Inhibited", "b", value=False)
        played.set("Inhibited", "b", value=True)
        watch.bus.call(DBusAddress(PATH, server_bus.unique_name, NAME), "GetServerInformation")
        assert watch.told_nothing_more()
