"""`breakd report` as a person meets it: where the page goes, what opens it, and what is said where that fails."""

import os
import re
import resource
import subprocess
import sys
import venv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import breakd
import people
from running import PROGRAM, SECONDS, Home, Terminal, ended

PLAIN = "/usr/bin:/bin"


def today() -> datetime:
    return datetime.now(UTC).astimezone()  # noqa: TID251 - the command reads the machine's own clock


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A home with a log of ten days, and a folder of programs of its own that comes first."""
    home = Home(tmp_path)
    own = home.short / "bin"
    own.mkdir()
    home.env["PATH"] = f"{own}:{home.env['PATH']}"
    people.write(home.data / "log.db", (today() - timedelta(days=9)).date(), 10, people.Person(back=4), seed=3)
    yield home
    home.close()


def program(home: Home, name: str, does: str) -> None:
    """Have a program of this name."""
    path = home.short / "bin" / name
    path.write_text(f"#!/bin/sh\n{does}\n")
    path.chmod(0o755)


def left_beside(file: Path) -> list[str]:
    return sorted(path.name for path in file.parent.iterdir() if not path.name.startswith("log.db"))


def test_the_page_is_beside_the_log_and_the_persons_alone(home: Home) -> None:
    done = home.breakd("report")
    file = home.data / "breakd-report.html"
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{file}\n", "")
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text().startswith("<!DOCTYPE HTML>")
    assert left_beside(file) == ["breakd-report.html"]


def test_a_second_report_takes_the_place_of_the_first(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    for since in ("7d", "2d"):
        assert home.breakd("report", "--since", since, "--output", str(file)).returncode == 0
    begin = (today() - timedelta(days=1)).date()
    assert f"<title>breakd: {begin} to {today().date()}</title>" in file.read_text()


def test_the_default_is_a_year(home: Home) -> None:
    assert home.breakd("report").returncode == 0
    begin = (today() - timedelta(days=364)).date()
    assert f"<title>breakd: {begin} to " in (home.data / "breakd-report.html").read_text()


def test_a_person_with_no_log_gets_a_page(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    home = Home(tmp_path / "new")
    try:
        done = home.breakd("report")
        assert (done.returncode, done.stderr) == (0, "")
        page = (home.data / "breakd-report.html").read_text()
        assert "Too early to tell" in page
        assert "<svg" not in page
    finally:
        home.close()


@pytest.mark.parametrize(
    ("args", "text"),
    [
        (["--since", "soon"], '--since: "soon" is not a day'),
        (["--since", "2026-06-02", "--until", "2026-06-01"], "--since 2026-06-02 is after --until 2026-06-01"),
        (["--since", "2999-01-01"], "--since 2999-01-01 is after today"),
    ],
)
def test_days_that_are_none_are_wrong_usage(home: Home, args: list[str], text: str) -> None:
    done = home.breakd("report", *args)
    assert done.returncode == 2
    assert text in done.stderr


def test_what_cannot_be_written_is_named(home: Home, tmp_path: Path) -> None:
    for output, why in ((tmp_path, "it is a folder"), (Path("/dev/null"), "no ordinary file"), (tmp_path / "no/x", "")):
        done = home.breakd("report", "--output", str(output))
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith(f"{output} cannot be written: ")
        assert why in done.stderr
        assert done.stderr.count("\n") == 1


def test_a_full_disk_leaves_the_old_page(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "full"
    folder.mkdir()
    file = folder / "page.html"
    file.write_text("old")
    done = subprocess.run(
        [*PROGRAM, "report", "--output", str(file)], env=home.env, capture_output=True, text=True, timeout=SECONDS,
        check=False, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000)),
    )  # fmt: skip
    assert done.returncode == 1
    assert f"{file} cannot be written: File too large" in done.stderr
    assert file.read_text() == "old"
    assert left_beside(file) == ["page.html"]


def test_it_opens_in_the_browser(home: Home) -> None:
    opened = home.short / "opened"
    program(home, "xdg-open", f'echo "$1" > {opened}')
    assert home.breakd("report", "--open").returncode == 0
    assert opened.read_text() == f"{home.data}/breakd-report.html\n"


def test_what_nothing_opens_is_written_and_named(home: Home) -> None:
    program(home, "xdg-open", "exit 3")
    done = home.breakd("report", "--open")
    file = home.data / "breakd-report.html"
    assert done.returncode == 1
    assert done.stdout == f"{file}\n"
    assert done.stderr == (
        f"The report is written, but nothing here opens it: xdg-open ended with status 3. Open {file} in a browser.\n"
    )
    assert file.exists()


def test_a_browser_that_is_a_snap_can_read_it(home: Home) -> None:
    program(home, "xdg-settings", "echo firefox_firefox.desktop")
    assert home.breakd("report").stdout == f"{home.data}/breakd-report.html\n"  # it has no folder of its own
    folder = home.home / "snap/firefox/common"
    folder.mkdir(parents=True)
    assert home.breakd("report").stdout == f"{folder}/breakd-report.html\n"
    assert (folder / "breakd-report.html").stat().st_mode & 0o777 == 0o600
    program(home, "xdg-settings", "echo firefox.desktop")
    assert home.breakd("report").stdout == f"{home.data}/breakd-report.html\n"


def test_a_terminal_sees_a_bar_and_a_pipe_none(home: Home, terminal: Terminal) -> None:
    tty = terminal.slave
    process = subprocess.Popen([*PROGRAM, "report"], stdin=tty, stdout=tty, stderr=tty, env=home.env)
    terminal.read_until("[##")
    terminal.read_until("breakd-report.html")
    assert ended(process) == 0
    assert re.search(r"\x1b\[K\S*breakd-report\.html", terminal.text)  # the bar is wiped away


# --- without the plotting library ---------------------------------------------------------------------------------


@pytest.fixture
def without(home: Home, tmp_path: Path) -> Home:
    """The home of somebody who has no matplotlib."""
    fake = tmp_path / "fake/matplotlib"
    fake.mkdir(parents=True)
    (fake / "__init__.py").write_text("raise ModuleNotFoundError(\"No module named 'matplotlib'\")\n")
    home.env["PYTHONPATH"] = str(fake.parent)
    return home


def test_without_the_plotting_library_it_says_what_installs_it(without: Home) -> None:
    done = without.breakd("report")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "the report needs matplotlib: No module named 'matplotlib';"
        f" install it with: {sys.executable} -m pip install matplotlib\n"
    )
    assert not (without.data / "breakd-report.html").exists()


@pytest.mark.parametrize(
    ("note", "says", "command"),
    [
        ("pipx_metadata.json", "{}", "pipx inject breakd matplotlib"),
        ("uv-receipt.toml", "", "uv tool install --with matplotlib breakd"),
        (
            "uv-receipt.toml",
            '[tool]\nrequirements = [{ name = "breakd", directory = "/home/kim/breakd" }]\n',
            "uv tool install --with matplotlib /home/kim/breakd",
        ),
    ],
)
def test_it_says_so_by_what_installed_breakd(without: Home, tmp_path: Path, note: str, says: str, command: str) -> None:
    place = tmp_path / "tool"
    venv.create(place, symlinks=True)
    (place / note).write_text(says)
    packages = [path for path in sys.path if path.endswith("site-packages")]
    paths = [without.env["PYTHONPATH"], str(Path(breakd.__file__).parents[1]), *packages]
    done = subprocess.run(
        [place / "bin/python", "-m", "breakd", "report"], env=without.env | {"PYTHONPATH": os.pathsep.join(paths)},
        capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.endswith(f"install it with: {command}\n")
