"""Do-not-disturb of real notification servers, set as people set it."""

import gc
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from breakd.adapters.bus import DBUS, Bus
from breakd.adapters.disturb import connect
from desktop.desk import NOTIFICATIONS, SECONDS, Desk
from desktop.wayland import WaylandDesk
from holdwatch import HoldWatch
from notification_server import PlayedServer

pytestmark = pytest.mark.desktop

REASON = "do-not-disturb"
STORE = "org.xfce.Xfconf"


class Watch(HoldWatch):
    """The source on a desk's bus; who has it on is the server itself."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(connect, REASON, Bus(desk.env["DBUS_SESSION_BUS_ADDRESS"]))

    def is_on(self, name: str, *users: tuple[str, ...]) -> None:
        super().is_on(name, *(users or ((name,),)))


@contextmanager
def watching(desk: Desk) -> Iterator[Watch]:
    watch = Watch(desk)
    try:
        yield watch
    finally:
        watch.close()


def ran(desk: Desk, *command: str) -> None:
    done = desk.run(command)
    assert done.returncode == 0, done.stderr


def pause_dunst(desk: Desk, *, on: bool) -> None:
    ran(desk, "dunstctl", "set-paused", "true" if on else "false")


def switch_xfce(desk: Desk, *, on: bool) -> None:
    switch = ("-c", "xfce4-notifyd", "-p", "/do-not-disturb", "--create", "-t", "bool", "-s", "true" if on else "false")
    ran(desk, "xfconf-query", *switch)


def take_out_xfce(desk: Desk) -> None:
    ran(desk, "xfconf-query", "-c", "xfce4-notifyd", "-p", "/do-not-disturb", "-r")


def set_modes(desk: Desk, *modes: str) -> None:
    """Do what `makoctl mode` does; Debian's has no way to do that without jq."""
    desk.bus_call(NOTIFICATIONS, "/fr/emersion/Mako", "fr.emersion.Mako", "SetModes", "as", list(modes))


def switch_mako(desk: Desk, *, on: bool) -> None:
    set_modes(desk, "default", "do-not-disturb") if on else set_modes(desk, "default")


@pytest.fixture(scope="module", params=["dunst", "xfce4-notifyd"])
def on_x(request: pytest.FixtureRequest, make_desk: Callable[..., Desk]) -> Iterator[tuple[Desk, str]]:
    with make_desk(server=request.param) as desk:
        yield desk, request.param


@pytest.fixture(scope="module")
def sway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with WaylandDesk(tmp_path_factory.mktemp("sway"), server="mako") as desk:
        yield desk


SWITCHES: dict[str, Callable[..., None]] = {"dunst": pause_dunst, "xfce4-notifyd": switch_xfce, "mako": switch_mako}


def check_all(desk: Desk, name: str) -> None:
    """Switch it while it is watched, and look for what was on before."""
    switch = SWITCHES[name]
    with watching(desk) as watch:
        watch.serves(name)
        assert watch.source.known.wait(SECONDS)
        assert watch.told_nothing_more()
        switch(desk, on=True)
        watch.is_on(name)
        switch(desk, on=False)
        watch.is_off(name)
        switch(desk, on=True)
        watch.is_on(name)
    with watching(desk) as watch:
        watch.serves(name)
        watch.is_on(name)
        take_out_xfce(desk) if name == "xfce4-notifyd" else switch(desk, on=False)
        watch.is_off(name)
        assert watch.told_nothing_more()


def test_it_is_seen_at_once_and_at_the_start(on_x: tuple[Desk, str]) -> None:
    check_all(*on_x)


def test_mako_that_tells_nobody_is_seen_all_the_same(sway: Desk) -> None:
    check_all(sway, "mako")


def test_a_mode_of_mako_by_another_name_is_none(sway: Desk) -> None:
    with watching(sway) as watch:
        watch.serves("mako")
        set_modes(sway, "presentation")
        set_modes(sway, "presentation", "dnd")
        watch.is_on("mako")
        ran(sway, "makoctl", "set-mode", "default")
        watch.is_off("mako")


def test_a_server_takes_its_do_not_disturb_with_it(on_x: tuple[Desk, str]) -> None:
    desk, name = on_x
    with watching(desk) as watch:
        watch.serves(name)
        SWITCHES[name](desk, on=True)
        watch.is_on(name)
        desk.stop_server()
        watch.is_off(name)
        watch.serves("none")
        desk.start_server(name)
        watch.serves(name)
        if name == "xfce4-notifyd":  # it is a setting there
            watch.is_on(name)
            switch_xfce(desk, on=False)
            watch.is_off(name)


def test_it_outlives_the_store_of_its_setting(make_desk: Callable[..., Desk]) -> None:
    with make_desk(server="xfce4-notifyd") as desk, watching(desk) as watch:
        watch.serves("xfce4-notifyd")
        switch_xfce(desk, on=True)
        watch.is_on("xfce4-notifyd")
        os.kill(desk.bus.call(DBUS, "GetConnectionUnixProcessID", "s", (STORE,))[0], signal.SIGKILL)
        desk.wait(lambda: not desk.owned(STORE), "xfconf off the bus")
        watch.bus.call(DBUS, "GetId")
        assert watch.told_nothing_more(), "the server is as quiet as before"
        switch_xfce(desk, on=False)
        watch.is_off("xfce4-notifyd")


def held() -> tuple[int, int]:
    """Return how many descriptors and threads this process has."""
    return len(list(Path("/proc/self/fd").iterdir())), threading.active_count()


def ten_times(desk: Desk, name: str) -> None:
    """Kill the server and start it, ten times, and look at what is held each time that it is found again."""
    with watching(desk) as watch:
        watch.serves(name)
        seen: list[tuple[tuple[int, int], int, int, int]] = []
        for _time in range(10):
            SWITCHES[name](desk, on=True)
            watch.is_on(name)
            desk.stop_server()
            watch.is_off(name)
            watch.serves("none")
            desk.start_server(name)
            watch.serves(name)
            if name == "xfce4-notifyd":
                watch.is_on(name)
                switch_xfce(desk, on=False)
                watch.is_off(name)
            desk.wait(lambda: not seen or held() == seen[0][0], f"no more than {seen[:1]} held")
            gc.collect()
            seen.append((held(), len(gc.get_objects()), len(watch.bus._subscriptions), len(watch.bus._waiting)))
        (_held, objects, *rest), (_held, objects_then, *rest_then) = seen[1], seen[-1]
        assert rest_then == rest
        assert objects_then - objects < 80, "each time leaves something in memory"  # 10 a time would be 80


def test_ten_times_lost_and_found_leaves_nothing(on_x: tuple[Desk, str]) -> None:
    ten_times(*on_x)


def test_ten_times_lost_and_found_leaves_nothing_of_mako(sway: Desk) -> None:
    ten_times(sway, "mako")


# Desktops that keep it in a setting: the server is played, the setting is real, and so is dconf that tells of it.

GNOME = ("org.gnome.desktop.notifications", "show-banners")


@pytest.fixture
def gnome(make_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with make_desk() as desk:
        desk.env["GSETTINGS_BACKEND"] = "dconf"
        for key in ("HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "GSETTINGS_BACKEND"):
            monkeypatch.setenv(key, desk.env[key])
        yield desk


def test_gnome_shows_no_banners(gnome: Desk) -> None:
    with PlayedServer(gnome.bus, "gnome-shell", "GNOME"), watching(gnome) as watch:
        watch.serves("gnome")
        ran(gnome, "gsettings", "set", *GNOME, "false")
        watch.is_on("gnome")
        ran(gnome, "gsettings", "set", GNOME[0], "show-in-lock-screen", "false")
        ran(gnome, "gsettings", "set", *GNOME, "true")
        watch.is_off("gnome")
        ran(gnome, "gsettings", "set", *GNOME, "false")
        watch.is_on("gnome")
        ran(gnome, "gsettings", "reset-recursively", GNOME[0])  # all of it at once is told as a folder
        watch.is_off("gnome")
        assert watch.told_nothing_more()


def test_gnome_is_asked_at_the_start(gnome: Desk) -> None:
    ran(gnome, "gsettings", "set", *GNOME, "false")
    with PlayedServer(gnome.bus, "gnome-shell", "GNOME"), watching(gnome) as watch:
        watch.serves("gnome")
        watch.is_on("gnome")


def test_asking_starts_no_server(make_desk: Callable[..., Desk]) -> None:
    def activatable(desk: Desk) -> list[Any]:
        return [name for name in desk.bus.call(DBUS, "ListActivatableNames")[0] if desk.owned(name)]

    with make_desk() as desk:
        before = activatable(desk)
        with watching(desk) as watch:
            watch.serves("none")
            with PlayedServer(desk.bus, "Xfce Notify Daemon", "Xfce"):
                watch.serves("xfce4-notifyd")
            watch.serves("none")
            assert STORE in desk.bus.call(DBUS, "ListActivatableNames")[0]
            assert activatable(desk) == before
