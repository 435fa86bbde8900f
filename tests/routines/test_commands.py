"""`breakd routine` and `breakd exercises`: their arguments and what they print."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def breakd(*args: str, pass_fds: tuple[int, ...] = (), **env: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "breakd", *args]
    clean = {key: value for key, value in os.environ.items() if key not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    return subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, check=False,
        env=clean | {"LANG": "C.UTF-8"} | env, pass_fds=pass_fds,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("helicopter",), '"helicopter" is no exercise; did you mean helicopters?'),
        (("xyz",), '"xyz" is no exercise (known are dead-bugs, bridges,'),
        (("walk", "--length", "soon"), '--length: "soon" is not a duration; write 30m or 1h30m'),
        (("walk", "--length", "0s"), "--length: a routine lasts longer than 0 and at most 24h"),
        (("walk", "--length", "25h"), "--length: a routine lasts longer than 0 and at most 24h"),
        (("walk", "--report", "99"), "--report: Bad file descriptor"),
    ],
)
def test_wrong_usage_is_told_in_one_line(args: tuple[str, ...], told: str) -> None:
    done = breakd("routine", *args)
    assert done.returncode == 2
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
    assert not done.stdout


def test_with_no_screen_a_person_gets_it_in_the_terminal() -> None:
    done = breakd("routine", "walk", "--length", "1s")
    assert done.returncode == 0
    assert "no window can be opened" in done.stderr
    assert "Short walk, 1 s" in done.stdout


def test_with_no_screen_the_daemon_is_told_that_it_is_impossible() -> None:
    reading, writing = os.pipe()
    done = breakd("routine", "walk", "--length", "1s", "--report", str(writing), pass_fds=(writing,))
    os.close(writing)
    with os.fdopen(reading) as lines:
        said = json.loads(lines.read())
    assert done.returncode == 1
    assert not done.stdout
    assert said["kind"] == "impossible"
    assert said["reason"] == done.stderr.strip()


def test_without_tk_the_package_is_named(tmp_path: Path) -> None:
    (tmp_path / "tkinter.py").write_text("raise ModuleNotFoundError('No module named tkinter')\n")
    done = breakd("routine", "walk", "--length", "1s", PYTHONPATH=f"{tmp_path}")
    assert done.returncode == 0
    assert "install python3-tk" in done.stderr


def test_exercises_are_json_in_any_language() -> None:
    done = breakd("exercises", "walk", "--json", LANG="de_DE.UTF-8")
    assert json.loads(done.stdout)["name"] == "Short walk"


def test_exercises_for_a_profile(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text("routine.profile = 'standing'\n")
    done = breakd("exercises", "bridges", "--config", f"{tmp_path}/c.toml")
    assert done.stdout.startswith("Sit to stand  [bridges]\n  standing, 2 min (in full 4 min)\n")
