"""`breakd doctor` on real desktops: each part is found by its name, and missed when it goes."""

import json
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from breakd.adapters.bus import DBUS
from breakd.doctor.desktop import APPINDICATOR, EXTENSIONS
from breakd.doctor.packages import install
from desktop.desk import NOTIFICATIONS, Desk
from desktop.gnome import Gnome, SessionManager
from desktop.test_disturb import pause_dunst
from desktop.test_fullscreen import FULL, Window
from desktop.wayland import WaylandDesk
from private_bus import private_bus
from running import Home
from test_doctor import examined

pytestmark = pytest.mark.desktop


class Doctor:
    """`breakd doctor` on a desk; what it finds is asked anew until it is so, since a part may still be on its way."""

    def __init__(self, desk: Desk, **env: str) -> None:
        self.desk, self.env = desk, env

    def finds(self) -> dict[str, dict[str, Any]]:
        done = self.desk.run([sys.executable, "-m", "breakd", "doctor", "--json"], **self.env)
        assert done.stderr.count("\n") == done.returncode, done.stderr  # what is essential, where that is missing
        return {check["name"]: check for check in json.loads(done.stdout)["checks"]}

    def sees(self, name: str, state: str, detail: str, mend: str | None = None) -> None:
        """Wait until this check has this state, these words in its detail, and this command that mends it."""
        found: dict[str, Any] = {}

        def holds() -> bool:
            found.update(self.finds()[name])
            return found["state"] == state and detail in found["detail"] and found["mend"] == mend

        try:
            self.desk.wait(holds, f"{name} {state}")
        except AssertionError as error:
            raise AssertionError(f"{error}; it is {found}") from None


@pytest.fixture
def xfce(make_desk: Callable[..., Desk]) -> Iterator[Desk]:
    with make_desk(server="xfce4-notifyd", tray="xfce4-panel") as desk:
        yield desk


@pytest.fixture
def bare(make_desk: Callable[..., Desk]) -> Iterator[Desk]:
    with make_desk() as desk:
        yield desk


def needs(what: str) -> str | None:
    """Return the command that installs this here."""
    return " ".join(install(what)) or None


def test_a_whole_desktop_is_found_by_its_names(xfce: Desk) -> None:
    doctor = Doctor(xfce, XDG_CURRENT_DESKTOP="XFCE")
    doctor.sees("screen", "ok", f"X11, display {xfce.env['DISPLAY']}")
    doctor.sees("desktop", "ok", "XFCE on X11")
    doctor.sees("session-bus", "ok", "it answers")
    doctor.sees("notifications", "ok", "Xfce Notify Daemon")
    doctor.sees("notifications", "ok", "actions")
    doctor.sees("prompts", "ok", "notifications with buttons ask")
    doctor.sees("tray", "ok", "StatusNotifierItem")
    doctor.sees("presence", "ok", "X11 tells")
    doctor.sees("hold-do-not-disturb", "ok", "xfce4-notifyd tells of it; it is off now")
    doctor.sees("hold-fullscreen", "ok", "x11 tells of it; it is off now")
    doctor.sees("hold-screen-share", "missing", "who reads an X screen")
    doctor.sees("tkinter", "ok", "Tk 8")
    assert xfce.run([sys.executable, "-m", "breakd", "doctor"]).returncode == 0


def test_what_is_killed_is_missed_and_what_mends_it_is_told(xfce: Desk) -> None:
    doctor = Doctor(xfce)
    doctor.sees("notifications", "ok", "Xfce Notify Daemon")
    xfce.stop_server()
    doctor.sees("notifications", "missing", "no server shows them", needs("notifications"))
    doctor.sees("prompts", "ok", "breakd's own window asks")
    xfce.stop_tray()
    doctor.sees("tray", "missing", "no panel shows icons", "breakd panel")
    assert "breakd can remind you all the same." in xfce.run([sys.executable, "-m", "breakd", "doctor"]).stdout


def test_a_server_that_hangs_is_told(bare: Desk) -> None:
    hung = bare.start(["dunst"])
    bare.wait(lambda: bare.owned(NOTIFICATIONS), "dunst on the bus")
    hung.send_signal(signal.SIGSTOP)
    Doctor(bare).sees("notifications", "unknown", "no answer")
    Doctor(bare).sees("hold-do-not-disturb", "unknown", "no answer")
    Doctor(bare).sees("hold-fullscreen", "ok", "x11 tells of it")
    Doctor(bare).sees("tray", "missing", "no panel shows icons", "breakd panel")


def test_a_tray_of_x11_is_found(bare: Desk) -> None:
    doctor = Doctor(bare)
    doctor.sees("tray", "missing", "no panel shows icons", "breakd panel")
    bare.start_tray("trayer")
    doctor.sees("tray", "ok", "XEmbed")


def test_on_gnome_the_extension_mends_the_tray(bare: Desk) -> None:
    mend = needs("gnome-tray") or "breakd panel"
    if (EXTENSIONS / APPINDICATOR).is_dir():
        mend = f"gnome-extensions enable {APPINDICATOR}"
    doctor = Doctor(bare, XDG_CURRENT_DESKTOP="ubuntu:GNOME")
    doctor.sees("tray", "missing", "no panel shows icons", mend)


def test_the_configuration_decides_who_asks(bare: Desk, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    doctor = Doctor(bare, BREAKD_CONFIG=str(config))
    config.write_text('[prompt]\nwindow = "never"\n')
    doctor.sees("prompts", "missing", "nothing here can ask but a terminal", needs("notifications"))
    bare.start_server("dunst")
    doctor.sees("prompts", "ok", "notifications with buttons ask")
    config.write_text('[prompt]\nwindow = "always"\n')
    doctor.sees("prompts", "ok", "as the configuration wants it")


def test_a_server_that_the_bus_would_start_is_told_and_not_started(bare: Desk, tmp_path: Path) -> None:
    started = tmp_path / "started"
    service = f"[D-BUS Service]\nName={NOTIFICATIONS}\nExec=/usr/bin/touch {started}\n"
    (Path(bare.env["XDG_RUNTIME_DIR"]).parent / "services/notifications.service").write_text(service)
    bare.bus.call(DBUS, "ReloadConfig", timeout=20)
    doctor = Doctor(bare)
    doctor.sees("notifications", "ok", "the bus starts one")
    doctor.sees("prompts", "ok", "once the bus has started a server")
    doctor.sees("hold-do-not-disturb", "ok", "once the bus has started one, it is asked")
    assert not started.exists()


def test_wayland_is_told_with_what_it_lacks(tmp_path: Path) -> None:
    with WaylandDesk(tmp_path, server="mako") as desk:
        doctor = Doctor(desk, XDG_SESSION_TYPE="wayland", XDG_CURRENT_DESKTOP="sway")
        doctor.sees("screen", "ok", "Wayland, without an X screen")
        doctor.sees("desktop", "ok", "sway on Wayland")
        doctor.sees("notifications", "ok", "mako")
        doctor.sees("prompts", "ok", "notifications with buttons ask")
        doctor.sees("presence", "ok", "kwin-idle tells")
        doctor.sees("presence", "ok", "of no absence while a video keeps the screen awake")
        doctor.sees("hold-fullscreen", "ok", "sway tells of it; it is off now")
        doctor.sees("hold-do-not-disturb", "ok", "mako tells of it; it is off now")
        desk.stop_server()
        doctor.sees("notifications", "missing", "no server shows them", needs("wayland-notifications"))
        doctor.sees("hold-do-not-disturb", "missing", "nobody tells of it", needs("wayland-notifications"))
        doctor.sees("prompts", "missing", "nothing here can ask but a terminal", needs("wayland-notifications"))


def test_what_holds_now_is_told_and_not_whose_it_is(bare: Desk) -> None:
    doctor = Doctor(bare)
    bare.start_server("dunst")
    film = Window(bare, "sesame").do(FULL)
    pause_dunst(bare, on=True)
    doctor.sees("hold-fullscreen", "ok", "x11 tells of it; it is on now")
    doctor.sees("hold-do-not-disturb", "ok", "dunst tells of it; it is on now")
    assert "sesame" not in bare.run([sys.executable, "-m", "breakd", "doctor"]).stdout
    film.close()
    doctor.sees("hold-fullscreen", "ok", "x11 tells of it; it is off now")


def test_a_screen_that_hangs_holds_nothing_else_up(bare: Desk) -> None:
    bare.start_server("dunst")
    with bare.frozen():
        found = Doctor(bare).finds()
    assert {found[name]["state"] for name in ("screen", "presence", "hold-fullscreen")} == {"unknown"}
    assert found["hold-do-not-disturb"]["state"] == found["configuration"]["state"] == "ok"


def test_on_gnome_under_wayland_what_serves_instead_is_told_and_mended(home: Home, tmp_path: Path) -> None:
    (tmp_path / "gnome").mkdir()
    with private_bus(home.short) as (address, _process):
        session, gnome = SessionManager(address), Gnome(tmp_path / "gnome", address)
        try:
            env = {"DBUS_SESSION_BUS_ADDRESS": address, "WAYLAND_DISPLAY": gnome.display}
            checks = examined(home, **env)
            mend = checks["hold-fullscreen"]["mend"]
            assert home.breakd(*mend.split()[1:]).returncode == 0
            mended = examined(home, **env)
        finally:
            gnome.close()
            session.close()
    assert checks["presence"]["detail"] == "GNOME (Mutter) tells when keyboard and mouse rest"
    assert [source["state"] for source in checks["presence"]["sources"][:2]] == ["absent", "serves"]
    assert checks["hold-fullscreen"]["state"] == "unknown"
    assert checks["hold-fullscreen"]["detail"].endswith("idle-inhibit would serve instead")
    assert mended["hold-fullscreen"]["detail"].endswith("idle-inhibit serves instead")
    assert mended["hold-fullscreen"]["mend"] is None
    assert mended["hold-idle-inhibit"]["detail"] == "gnome-session tells of it; it is off now"
    for reason in ("do-not-disturb", "microphone", "screen-share"):
        assert not mended[f"hold-{reason}"]["detail"].startswith("off"), "the others are watched as before"
