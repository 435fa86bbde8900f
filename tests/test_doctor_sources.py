"""What `breakd doctor` says of the sources of presence, locks and holds, each of them the real thing or played."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from adapters.test_inhibit import IDLE, SessionManager
from adapters.test_saver import XFCE, Played
from breakd import __version__
from breakd.adapters.bus import Bus
from breakd.doctor import holds
from breakd.doctor.machine import Machine
from breakd.errors import NoDaemonError
from fakecompositor import EXT, SEAT, FakeCompositor
from leaks import nothing_left
from notification_server import PlayedServer
from private_bus import private_bus
from private_pipewire import PrivatePipeWire
from running import CALM, PROGRAM, SECONDS, Home
from soundserver import SoundServer, sound_server
from test_doctor import LATE, Checks, examined, server
from usersystemd import UserSystemd

MIC = "hold-microphone"


def holding(home: Home, *lines: str) -> None:
    """Write a configuration with these lines of `[hold]`."""
    home.config.write_text("\n".join([CALM, "[hold]", *lines]), encoding="utf-8")


def said(check: dict[str, Any]) -> tuple[str, str]:
    return check["state"], check["detail"]


def told_by(home: Home, data: dict[str, Any], **env: str) -> Checks:
    """Return what the doctor finds beside a daemon whose status says this."""
    with server(home.runtime / "breakd.sock") as listening:
        doctor = subprocess.Popen([*PROGRAM, "doctor", "--json"], env=home.env | env, stdout=subprocess.PIPE)
        listening.settimeout(SECONDS)
        with listening.accept()[0] as client:
            reply = {"ok": True, "status": 0, "text": "", "data": {"problems": [], "state": "working", **data}}
            client.sendall(json.dumps(reply).encode() + b"\n")
            found = json.loads(doctor.communicate(timeout=SECONDS)[0])["checks"]
    return {check["name"]: check for check in found}


# The microphone


@pytest.fixture(params=["pulseaudio", "pipewire"])
def sound(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SoundServer]:
    (tmp_path / "sound").mkdir()
    with sound_server(request.param, tmp_path / "sound") as found:
        yield found


def at(sound: SoundServer) -> dict[str, str]:
    """Return where the doctor finds the server."""
    return {"PULSE_RUNTIME_PATH": sound.env["PULSE_RUNTIME_PATH"]}


def test_the_microphone_is_on_while_somebody_records(sound: SoundServer, home: Home) -> None:
    assert said(examined(home, **at(sound))[MIC]) == ("ok", f"{sound.name} tells of it; it is off now")
    sound.record("--client-name=sesame")
    done = home.breakd("doctor", **at(sound))
    assert f"{sound.name} tells of it; it is on now\n" in done.stdout
    assert "sesame" not in done.stdout
    assert "parec" not in done.stdout


def test_a_program_that_never_holds_is_told_as_such_and_not_by_name(sound: SoundServer, home: Home) -> None:
    holding(home, 'ignore = ["parec"]')
    sound.record()
    told = f"{sound.name} tells of it; it is on now, by what `[hold] ignore` names"
    assert said(examined(home, **at(sound))[MIC]) == ("ok", told)


def test_what_is_watched_and_does_not_hold_is_told(sound: SoundServer, home: Home) -> None:
    holding(home, "while = []")
    checks = examined(home, **at(sound))
    told = f"{sound.name} tells of it; it is off now; it shows that you are there, and holds nothing"
    assert said(checks[MIC]) == ("ok", told)
    for reason in ("do-not-disturb", "fullscreen", "screen-share", "idle-inhibit"):
        assert said(checks[f"hold-{reason}"]) == ("ok", "off: `[hold] while` does not name it")
    holding(home, "while = []", 'programs = ["zoom"]')
    checks = examined(home, **at(sound))
    assert checks[MIC]["detail"].endswith("only what `[hold] programs` names holds")
    assert checks["hold-fullscreen"]["state"] == "missing", "it is watched for the programs that are named"


def test_each_look_at_the_microphone_is_ended(sound: SoundServer, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(_request: dict[str, Any], _seconds: float) -> dict[str, Any]:
        raise NoDaemonError("there is none")

    monkeypatch.setenv("PULSE_RUNTIME_PATH", sound.env["PULSE_RUNTIME_PATH"])
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(home.runtime))
    monkeypatch.setenv("BREAKD_CONFIG", str(home.config))
    assert holds.hold_microphone(Machine(nobody)).state == "ok"
    with nothing_left():
        for _time in range(10):
            assert holds.hold_microphone(Machine(nobody)).state == "ok"


def test_a_sound_server_of_another_machine_is_told(home: Home) -> None:
    state, detail = said(examined(home, PULSE_SERVER="tcp:sesame:4713")[MIC])
    assert (state, "PULSE_SERVER" in detail, "sesame" in detail) == ("missing", True, False)


def test_servers_that_hang_hold_nothing_else_up(home: Home) -> None:
    with server(home.short / "pulse"), server(home.short / "pipewire-0"):
        checks = examined(home, PULSE_SERVER=f"{home.short}/pulse", PIPEWIRE_RUNTIME_DIR=str(home.short))
    assert said(checks[MIC]) == ("unknown", "no answer")
    assert checks["hold-screen-share"]["state"] == "missing", "it is given up within the time that there is"
    assert LATE not in {check["detail"] for check in checks.values()}


SLEEPS = """
[Socket]
ListenStream={path}
[Install]
WantedBy=sockets.target
"""
SERVES = "[Service]\nExecStart=/bin/sleep 1000\n"


def test_a_server_that_sleeps_until_its_first_client_is_left_asleep(tmp_path: Path, home: Home) -> None:
    (tmp_path / "systemd").mkdir()
    with UserSystemd(tmp_path / "systemd") as manager:
        for unit, path in (("pipewire-pulse", "%t/pulse/native"), ("pipewire", "%t/pipewire-0")):
            manager.add(f"{unit}.service", SERVES)
            manager.add(f"{unit}.socket", SLEEPS.format(path=path))
            manager.systemctl("start", f"{unit}.socket")
        checks = examined(home, XDG_RUNTIME_DIR=str(manager.runtime))
        for unit in ("pipewire-pulse", "pipewire"):
            assert manager.show(f"{unit}.socket", "SubState") == "listening"
            assert manager.show(f"{unit}.service", "ActiveState") == "inactive"
    for name in (MIC, "hold-screen-share"):
        told = "the server starts when the first program asks for it, breakd or another"
        assert said(checks[name]) == ("ok", told)


# The camera

IN_A_DEV_OF_ITS_OWN = """
mount -t tmpfs tmpfs "$0"
for name in null urandom; do touch "$0/$name"; mount --bind "/dev/$name" "$0/$name"; done
mount --rbind "$0" /dev
"$@" -m breakd doctor --json
touch /dev/video0
"$@" -m breakd doctor --json
exec 9< /dev/video0
"$@" -m breakd doctor --json
true
"""
"""The doctor three times: without a camera, with a stand-in for one, and while the shell holds that."""


def test_the_camera_is_on_while_somebody_holds_it(home: Home, tmp_path: Path) -> None:
    alone = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-Urm"]
    (tmp_path / "dev").mkdir()
    done = subprocess.run(
        [*alone, "sh", "-c", IN_A_DEV_OF_ITS_OWN, str(tmp_path / "dev"), PROGRAM[0]],
        env=home.env, capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    without, before, during = [
        next(check for check in json.loads(line)["checks"] if check["name"] == "hold-camera")
        for line in done.stdout.splitlines()
    ]
    assert said(without) == ("ok", "no camera here that you may open")
    assert said(before) == ("ok", "video4linux tells of it; it is off now")
    assert said(during) == ("ok", "video4linux tells of it; it is on now")


# Screen sharing


def test_screen_sharing_is_on_while_somebody_takes_the_screen(tmp_path: Path, home: Home) -> None:
    pipewire = PrivatePipeWire(tmp_path)
    pipewire.start()
    try:
        env = {"PIPEWIRE_RUNTIME_DIR": pipewire.env["PIPEWIRE_RUNTIME_DIR"]}
        assert said(examined(home, **env)["hold-screen-share"]) == ("ok", "pipewire tells of it; it is off now")
        pipewire.offer("portal")
        pipewire.take("sesame")
        pipewire.link("portal", "sesame")
        found = examined(home, **env)["hold-screen-share"]
    finally:
        pipewire.close()
    assert said(found) == ("ok", "pipewire tells of it; it is on now")


# What is on the session bus


@pytest.fixture
def bus(home: Home) -> Iterator[Callable[[], Bus]]:
    """Start a session bus of the home, and return what connects to it."""
    connected: list[Bus] = []
    with private_bus(home.short) as (address, _process):
        home.env["DBUS_SESSION_BUS_ADDRESS"] = address

        def connect() -> Bus:
            connected.append(Bus(address))
            return connected[-1]

        yield connect
        for each in connected:
            each.close()


def test_who_inhibits_is_told_where_that_is_wanted(bus: Callable[[], Bus], home: Home) -> None:
    name = "hold-idle-inhibit"
    assert examined(home)[name]["state"] == "ok"
    holding(home, 'while = ["idle-inhibit"]')
    assert examined(home)[name]["state"] == "missing"
    manager = SessionManager(bus())
    manager.own()
    assert said(examined(home)[name]) == ("ok", "gnome-session tells of it; it is off now")
    manager.inhibit("org.sesame.Film", IDLE)
    assert said(examined(home)[name]) == ("ok", "gnome-session tells of it; it is on now")


def test_a_notification_server_that_nobody_knows_is_told(bus: Callable[[], Bus], home: Home) -> None:
    with PlayedServer(bus(), "sesame", "sesame"):
        state, detail = said(examined(home)["hold-do-not-disturb"])
    assert (state, "does not say" in detail) == ("unknown", True)


def test_do_not_disturb_is_told_by_the_server_that_has_it(bus: Callable[[], Bus], home: Home) -> None:
    with PlayedServer(bus(), "Plasma", "KDE", Inhibited=("b", True)):
        assert said(examined(home)["hold-do-not-disturb"]) == ("ok", "kde tells of it; it is on now")


def test_screen_savers_tell_of_locks_without_logind(
    bus: Callable[[], Bus], home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus()
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", home.env["DBUS_SESSION_BUS_ADDRESS"])
    saver = Played(XFCE, active=True)
    lock = examined(home)["lock"]
    saver.die()
    assert said(lock) == ("ok", "told by xfce4-screensaver")
    assert lock["sources"] == [{"name": "xfce4-screensaver", "state": "serves", "detail": "locked now"}]


# Presence


@pytest.mark.parametrize("version", [1, 2])
def test_each_source_of_presence_is_named_in_its_order(home: Home, version: int) -> None:
    holding(home, "while = []")  # this compositor has one client at a time
    with closing(FakeCompositor(home.short / "wayland", (SEAT, 5), (EXT, version))):
        env = {"WAYLAND_DISPLAY": f"{home.short}/wayland", "DISPLAY": ":7"}
        check = examined(home, **env)["presence"]
        text = home.breakd("doctor", **env).stdout
    assert check["state"] == "ok"
    assert ("of no absence while a video keeps the screen awake" in check["detail"]) == (version == 1)
    first, *others = check["sources"]
    assert (first["state"], first["detail"]) == ("serves", "serves")
    assert [source["name"] for source in others] == ["mutter", "x11", "screensaver", "logind"]
    assert {source["state"] for source in others} == {"absent"}
    assert f"   x11: {others[1]['detail']}\n" in text
    assert others[1]["detail"] == "not here: under Wayland it does not see all input"


def test_a_compositor_that_hangs_holds_nothing_else_up(home: Home) -> None:
    with server(home.short / "wayland"):
        checks = examined(home, WAYLAND_DISPLAY=f"{home.short}/wayland")
    assert checks["presence"]["state"] == "missing"
    assert LATE not in {check["detail"] for check in checks.values()}


# Beside a daemon


def test_what_serves_the_daemon_is_what_serves(home: Home) -> None:
    status = {
        "version": __version__,
        "presence": {"source": "mutter"},
        "lock": "logind, gnome-shell",
        "holds": {"microphone": "pipewire", "fullscreen": "unknown", "camera": "video4linux"},
    }
    checks = told_by(home, status)
    assert said(checks["presence"]) == ("ok", "GNOME (Mutter) tells when keyboard and mouse rest")
    assert said(checks["lock"]) == ("ok", "told by logind, gnome-shell")
    assert said(checks[MIC]) == ("ok", "pipewire tells of it")
    assert said(checks["hold-camera"]) == ("ok", "video4linux tells of it")
    assert checks["hold-fullscreen"]["state"] == "missing"


def test_a_daemon_of_another_version_is_not_believed(home: Home) -> None:
    checks = told_by(home, {"version": "0.0.1", "presence": {"source": "mutter"}, "holds": {"microphone": "pipewire"}})
    assert (checks["presence"]["state"], checks[MIC]["state"]) == ("missing", "missing")


@pytest.mark.parametrize("told", [{}, {"presence": None, "lock": 7, "holds": ["sesame"]}])
def test_a_daemon_that_says_nothing_of_them_is_no_daemon(home: Home, told: dict[str, Any]) -> None:
    checks = told_by(home, {"version": __version__, **told})
    assert checks["daemon"]["state"] == "ok"
    assert {checks[name]["state"] for name in ("presence", "lock", MIC)} == {"missing"}


def test_what_the_daemon_has_not_found_is_mended_by_a_restart(sound: SoundServer, home: Home) -> None:
    status = {
        "version": __version__,
        "presence": {"source": "unknown"},
        "lock": "none",
        "holds": {"microphone": "none"},
    }
    holding(home, 'while = ["microphone"]')
    with closing(FakeCompositor(home.short / "wayland", (SEAT, 5), (EXT, 2))):
        checks = told_by(home, status, WAYLAND_DISPLAY=f"{home.short}/wayland", **at(sound))
    for name in ("presence", MIC):
        assert (checks[name]["state"], checks[name]["mend"]) == ("missing", "breakd restart")
    assert checks["lock"]["mend"] is None, "nobody here tells of locks, to the daemon or to any other"


def test_beside_a_real_daemon_it_says_what_is_on_now(sound: SoundServer, home: Home) -> None:
    home.env |= at(sound)
    home.run("--console")
    sound.record()
    assert said(examined(home)[MIC]) == ("ok", f"{sound.name} tells of it; it is on now")
