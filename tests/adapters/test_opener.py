"""What breakd opens is the desktop's: by which program, what is told where that fails, and that it outlives breakd."""

import os
import shutil
import sys
from pathlib import Path
from queue import SimpleQueue

import pytest

from breakd.adapters.opener import open_file, start_program
from fakeprograms import FakePrograms, until
from usersystemd import SECONDS, UserSystemd


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakePrograms:
    for name in list(os.environ):
        if name.startswith(("XDG_", "LC_")) or name in {"INVOCATION_ID", "DISPLAY", "WAYLAND_DISPLAY"}:
            monkeypatch.delenv(name)
    return FakePrograms(tmp_path, monkeypatch)


@pytest.fixture
def failed() -> "SimpleQueue[str]":
    return SimpleQueue()


@pytest.mark.parametrize("path", ["/home/kim/.config/breakd/config.toml", "/tmp/a b;c'd"])
def test_the_desktop_opens_it(programs: FakePrograms, failed: "SimpleQueue[str]", path: str) -> None:
    programs.add("xdg-open")
    open_file(path, failed.put)
    programs.wait_for(f"xdg-open {path}")
    (pid,) = programs.pids()
    programs.wait_for_the_end_of(pid)
    assert failed.empty()


def test_a_file_named_from_where_one_is(
    programs: FakePrograms, failed: "SimpleQueue[str]", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    programs.add("xdg-open")
    open_file("config.toml", failed.put)
    programs.wait_for(f"xdg-open {tmp_path}/config.toml")


def test_it_is_told_why_it_cannot(programs: FakePrograms, failed: "SimpleQueue[str]") -> None:
    open_file("/c.toml", failed.put)
    assert failed.get(timeout=SECONDS) == "xdg-open is not installed"
    programs.add("xdg-open", "exit 3")
    open_file("/c.toml", failed.put)
    assert failed.get(timeout=SECONDS) == "xdg-open ended with status 3"


def test_a_program_that_is_not_there_is_no_trouble(programs: FakePrograms) -> None:
    start_program(["no-such-program"])
    programs.add("log-window")
    start_program(["log-window", "7d"])
    programs.wait_for("log-window 7d")


SERVICE = "systemd-run --user --collect --quiet"
APART = "-p KillMode=process"


def test_in_a_service_it_becomes_one_beside_it(
    programs: FakePrograms, failed: "SimpleQueue[str]", monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DBUS_SESSION_BUS_ADDRESS", "BROWSER", "EDITOR", "VISUAL", "LANGUAGE", "XAUTHORITY", "BREAKD_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in (("INVOCATION_ID", "1"), ("DISPLAY", ":7"), ("XDG_RUNTIME_DIR", "/run/1"), ("SECRET", "key")):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HOME", "/home/kim")
    monkeypatch.setenv("LANG", "C")
    monkeypatch.delenv("DESKTOP_SESSION", raising=False)
    programs.add("systemd-run", "exit 4")
    programs.add("xdg-open")
    open_file("/c.toml", failed.put)
    assert failed.get(timeout=SECONDS) == "xdg-open ended with status 4"
    environment = f"-E DISPLAY=:7 -E HOME=/home/kim -E LANG=C -E PATH={os.environ['PATH']} -E XDG_RUNTIME_DIR=/run/1"
    programs.wait_for(f"{SERVICE} --wait {APART} {environment} -- xdg-open /c.toml")


@pytest.mark.parametrize("there", [True, False])
def test_in_a_service_without_a_manager_it_is_opened_all_the_same(
    programs: FakePrograms, failed: "SimpleQueue[str]", monkeypatch: pytest.MonkeyPatch, *, there: bool
) -> None:
    monkeypatch.setenv("INVOCATION_ID", "1")
    if there:
        programs.add("systemd-run", "exit 1")  # it reaches no manager
    programs.add("xdg-open")
    open_file("/c.toml", failed.put)
    until(lambda: "xdg-open /c.toml" in programs.said(), lambda: f"it is not opened: {programs.said()}")
    assert [line.split()[0] for line in programs.said()] == ["systemd-run"] * 2 * there + ["xdg-open"]


OPENS = "import signal; from breakd.adapters.opener import open_file; open_file('/c%cHOME' % 36, print); signal.pause()"
UNIT = f"""
[Service]
ExecStart={{python}} -c "{OPENS.replace("%", "%%")}"
NoNewPrivileges=yes
Environment=PATH={{bin}}:{{path}} PYTHONPATH={{here}} DISPLAY=:77
"""
XDG_OPEN = """#!/bin/sh
# As the real one: the editor stays when this has ended.
{sleep} 1000 > /dev/null &
echo $! > {editor}.new
{{ grep NoNewPrivs /proc/self/status; echo "$DISPLAY $1"; }} > {seen}
mv {editor}.new {editor}
"""


@pytest.mark.parametrize("on_a_bus", [True, False])
def test_an_editor_stays_when_the_service_is_restarted(tmp_path: Path, *, on_a_bus: bool) -> None:
    editor, seen, programs = (tmp_path / name for name in ("editor", "seen", "bin"))
    programs.mkdir()
    opener = programs / "xdg-open"
    opener.write_text(XDG_OPEN.format(sleep=shutil.which("sleep"), editor=editor, seen=seen))
    opener.chmod(0o755)
    unit = UNIT.format(python=sys.executable, bin=programs, path=os.environ["PATH"], here=Path(__file__).parents[2])
    units = tmp_path / "home/.config/systemd/user"
    units.mkdir(parents=True)
    if not on_a_bus:  # as where the desktop starts the session's bus by itself
        for name in ("dbus.service", "dbus.socket"):
            (units / name).symlink_to("/dev/null")
    with UserSystemd(tmp_path) as manager:
        manager.add("opens.service", unit)
        manager.systemctl("start", "opens.service")
        until(editor.exists, lambda: "no editor")
        first = int(editor.read_text())
        assert seen.read_text().split() == ["NoNewPrivs:", "0", ":77", "/c$HOME"]
        service = int(manager.show("opens.service", "MainPID"))
        editor.unlink()
        manager.systemctl("restart", "opens.service")
        until(editor.exists, lambda: "no second editor")
        assert not runs(service)
        assert runs(first)
        assert runs(int(editor.read_text()))


def runs(pid: int) -> bool:
    """Return whether the process is there, and no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
