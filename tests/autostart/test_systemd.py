"""breakd as a unit of the real user manager: installed, watched over, stopped, uninstalled."""

import json
import os
import signal
import subprocess
import sysconfig
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from running import CALM
from usersystemd import SECONDS, UserSystemd

PROGRAM = Path(sysconfig.get_path("scripts")) / "breakd"
UNIT = "breakd.service"
SESSION = "[Unit]\nDescription=A desktop\nBindsTo=graphical-session.target\nBefore=graphical-session.target\n"
QUICK = "[Service]\nRestartSec=100ms\n"


class Desk:
    """A person's home with its user manager, in which a graphical session runs."""

    def __init__(self, manager: UserSystemd) -> None:
        self.manager = manager
        # What a bare login has: no way to the virtual environment.
        self.env = manager.env | {"PATH": "/usr/local/bin:/usr/bin:/bin"}
        self.config = manager.home / ".config/breakd/config.toml"
        self.config.parent.mkdir(parents=True)
        self.config.write_text(CALM)
        self.unit = manager.units / UNIT
        self.drop_in(QUICK)
        manager.add("desk.target", SESSION)
        manager.systemctl("start", "desk.target")

    def drop_in(self, text: str) -> None:
        folder = self.manager.units / f"{UNIT}.d"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "test.conf").write_text(text)

    def breakd(self, *args: str, program: Path = PROGRAM) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [program, *args], env=self.env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS,
            check=False,
        )  # fmt: skip

    def install(self, *args: str, program: Path = PROGRAM) -> str:
        done = self.breakd("install", *args, program=program)
        assert done.returncode == 0, done.stderr + self.manager.said()
        return done.stdout

    def pid(self) -> int:
        """Return the process that answers, 0 where none does."""
        done = self.breakd("status", "--json")
        found: Any = json.loads(done.stdout) if done.returncode == 0 else {}
        return int(found.get("pid", 0))

    def shown(self, name: str) -> str:
        return self.manager.show(UNIT, name)

    def until(self, holds: Callable[[], object], what: str) -> None:
        end = time.monotonic() + SECONDS
        while not holds():
            assert time.monotonic() < end, f"{what} did not come\n{self.manager.said()}"
            time.sleep(0.05)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with UserSystemd(tmp_path) as manager:
        yield Desk(manager)


def test_it_is_started_enabled_started_again_and_taken_away(desk: Desk) -> None:
    assert "breakd runs now" in desk.install()
    assert desk.manager.systemctl("is-enabled", UNIT).stdout == "enabled\n"
    desk.manager.wait_for(UNIT, ActiveState="active", SubState="running")
    first = desk.pid()
    assert first == int(desk.shown("MainPID"))
    assert desk.install().startswith("All is as it should be")

    os.kill(first, signal.SIGKILL)
    desk.until(lambda: desk.pid() not in {0, first}, "another daemon")
    second = int(desk.shown("MainPID"))
    assert desk.shown("NRestarts") == "1"

    restarted = desk.breakd("restart")
    assert restarted.returncode == 0, restarted.stderr
    assert desk.pid() == second
    desk.manager.wait_for(UNIT, ActiveState="active", SubState="running", MainPID=str(second), NRestarts="1")

    gone = desk.breakd("uninstall")
    assert gone.returncode == 0, gone.stderr
    desk.manager.wait_for(UNIT, ActiveState="inactive", LoadState="not-found")
    assert not list(desk.manager.home.rglob("breakd.service"))
    assert "config.toml" in gone.stdout
    left = {path.name for path in desk.manager.home.rglob("*") if "breakd" in str(path) and path.is_file()}
    assert left == {"config.toml", "log.db", "test.conf"}


def test_it_stays_ended_where_it_was_told_to_quit_and_ends_with_the_session(desk: Desk) -> None:
    desk.install()
    assert desk.breakd("quit").returncode == 0
    desk.manager.wait_for(UNIT, ActiveState="inactive", SubState="dead", Result="success", NRestarts="0")

    desk.manager.systemctl("stop", "desk.target")
    desk.manager.wait_for("graphical-session.target", ActiveState="inactive")
    desk.manager.systemctl("start", "desk.target")
    desk.until(desk.pid, "the daemon of the next session")
    desk.manager.systemctl("stop", "desk.target")
    desk.manager.wait_for(UNIT, ActiveState="inactive", SubState="dead", Result="success", NRestarts="0")
    assert desk.pid() == 0


def test_a_loop_that_hangs_is_ended_and_one_that_goes_round_is_not(desk: Desk) -> None:
    desk.drop_in(f"{QUICK}WatchdogSec=4s\n")
    desk.install()
    first, began = int(desk.shown("MainPID")), int(desk.shown("ExecMainStartTimestampMonotonic"))
    desk.until(
        lambda: int(desk.shown("WatchdogTimestampMonotonic")) > began + 5_000_000, "a sign of life after the watchdog"
    )
    assert desk.pid() == first

    os.kill(first, signal.SIGSTOP)
    desk.until(lambda: desk.shown("NRestarts") == "1", "the restart of a daemon that hangs")
    desk.until(lambda: desk.pid() not in {0, first}, "another daemon")


def test_a_wrong_configuration_fails_at_once_and_is_not_tried_again(desk: Desk) -> None:
    desk.config.write_text("work = 7\n")
    done = desk.breakd("install")
    assert done.returncode == 1
    assert "breakd config check" in done.stderr
    assert "Traceback" not in done.stderr
    desk.manager.wait_for(UNIT, ActiveState="failed", ExecMainStatus="2", NRestarts="0")


def test_who_starts_it_by_hand_is_not_held_up_by_how_often_it_failed(desk: Desk) -> None:
    desk.drop_in("[Unit]\nStartLimitBurst=1\n")
    desk.config.write_text("work = 7\n")
    assert desk.breakd("install").returncode == 1
    desk.config.write_text(CALM)
    done = desk.breakd("launch")
    assert (done.returncode, done.stderr) == (0, "")
    assert desk.pid() == int(desk.shown("MainPID"))


def test_where_another_runs_it_is_tried_once(desk: Desk) -> None:
    other = subprocess.Popen(
        [PROGRAM, "run"], env=desk.env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        desk.until(desk.pid, "the daemon that was started by hand")
        assert "breakd runs already" in desk.install()
        desk.manager.systemctl("start", UNIT, check=False)
        desk.manager.wait_for(UNIT, ActiveState="failed", ExecMainStatus="75", NRestarts="0")
        assert desk.pid() == other.pid
        assert desk.breakd("uninstall").returncode == 0  # it ends, too
        assert other.wait(SECONDS) == 0
    finally:
        other.kill()
        other.wait()


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """Return breakd by a path that has all that a format could take amiss."""
    program = tmp_path / """an "odd" $HOME %h 'folder'; \\n & `so`""" / "breakd"
    program.parent.mkdir()
    program.symlink_to(PROGRAM)
    return program


def test_a_path_of_odd_characters_is_started_by_the_unit(desk: Desk, odd: Path) -> None:
    desk.install(program=odd)
    assert str(odd).encode() in Path(f"/proc/{desk.pid()}/cmdline").read_bytes().split(b"\0")


def test_the_autostart_entry_starts_it_at_login(desk: Desk, tmp_path: Path) -> None:
    odd = tmp_path / "a folder &; (so)" / "breakd"  # systemd's reader of such entries knows no more
    odd.parent.mkdir()
    odd.symlink_to(PROGRAM)
    desk.install("--with", "xdg", program=odd)
    assert not desk.unit.exists()
    desk.manager.systemctl("daemon-reload")
    desk.manager.add("desktop.target", "[Unit]\nRequires=desk.target xdg-desktop-autostart.target\n")
    desk.manager.systemctl("start", "desktop.target")
    desk.until(desk.pid, "the daemon that the autostart entry starts")
    assert str(odd).encode() in Path(f"/proc/{desk.pid()}/cmdline").read_bytes().split(b"\0")
