"""Whom breakd's files are for: whatever the umask, nobody but the person; and that what is theirs keeps their own."""

import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from breakd.adapters.history import read
from running import PROGRAM, QUICK, SECONDS, Home, ended

Started = Callable[[], None]

HOOK = """
[hooks]
on_prompt = ["/bin/sh", "-c", "echo asked > {file}"]
"""


def umask(mask: int) -> Started:
    """Return what gives a program that is started another umask."""

    def begin() -> None:
        os.umask(mask)

    return begin


def breakd(home: Home, *args: str, mask: int = 0, **env: str) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end under this umask."""
    return subprocess.run(
        [*PROGRAM, *args], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS, check=False,
        env=home.env | env, preexec_fn=umask(mask),
    )  # fmt: skip


def open_to_others(*folders: Path) -> list[str]:
    """Return what is below these folders and not the person's alone."""
    found = [path for folder in folders for path in folder.rglob("*")]
    assert found
    return [f"{path} {stat.S_IMODE(path.lstat().st_mode):o}" for path in found if path.lstat().st_mode & 0o077]


def test_all_that_a_day_leaves_is_the_persons_alone(home: Home) -> None:
    home.config.write_text(QUICK)
    daemon = home.run(preexec_fn=umask(0))
    home.wait_for_text("Stand up")
    reader = read(home.data / "log.db")
    next(reader)
    assert open_to_others(home.home, home.runtime) == []  # with what SQLite keeps beside the log
    assert {path.name for path in home.data.iterdir()} == {"log.db", "log.db-wal", "log.db-shm"}
    for _row in reader:  # to its end, which lets go of the log
        pass
    assert breakd(home, "start").returncode == 0
    home.wait_for_event("taken")
    for command in (["log"], ["status"], ["log", "--debug"], ["log", "--delete-before", "2025-01-01", "--yes"]):
        assert breakd(home, *command).returncode == 0
    assert breakd(home, "restart").returncode == 0
    daemon.terminate()
    assert ended(daemon) == 0
    assert open_to_others(home.home, home.runtime) == []
    assert {path.name for path in home.state.iterdir()} >= {"state.json", "breakd.log"}


def test_what_was_left_wider_is_narrowed_and_so_is_what_is_set_aside(home: Home) -> None:
    for folder, name in ((home.data, "log.db"), (home.state, "state.json"), (home.state, "breakd.log")):
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        (folder / name).write_text("damaged\n")
        (folder / name).chmod(0o666)
    home.run(preexec_fn=umask(0))
    home.wait_for_event("daemon_started")
    assert open_to_others(home.data, home.state) == []
    assert (home.data / "log.db.corrupt-1").read_text() == "damaged\n"
    assert (home.state / "state.json.corrupt-1").read_text() == "damaged\n"


def test_a_new_configuration_is_the_persons_alone_and_theirs_stays_as_it_is(home: Home) -> None:
    place = home.home / ".config/breakd/config.toml"
    assert breakd(home, "config", "init", BREAKD_CONFIG=str(place)).returncode == 0
    assert place.exists()
    assert open_to_others(home.home) == []
    place.chmod(0o644)
    assert breakd(home, "config", "set", "prompt.snooze", "7m", BREAKD_CONFIG=str(place)).returncode == 0
    assert "7m" in place.read_text()
    assert stat.S_IMODE(place.stat().st_mode) == 0o644


@pytest.mark.parametrize("again", [False, True])
def test_a_hook_has_the_umask_of_the_person(home: Home, again: bool) -> None:  # noqa: FBT001 - as the other cases
    file = home.short / "from-the-hook"
    home.config.write_text(HOOK.format(file=file) + QUICK)
    home.run(preexec_fn=umask(0o027))
    home.wait(file.exists, "the hook's file")
    if again:
        assert breakd(home, "restart").returncode == 0
        file.unlink()
        assert breakd(home, "skip").returncode == 0
        home.wait(file.exists, "the hook's file after a restart")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_a_picture_is_for_whomever_its_person_wants(home: Home, tmp_path: Path) -> None:
    picture = tmp_path / "walk.png"
    assert breakd(home, "routine", "walk", "--render", str(picture), mask=0o022).returncode == 0
    assert stat.S_IMODE(picture.stat().st_mode) == 0o644
