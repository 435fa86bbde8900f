"""The desktop entries, read by others; and what is told of a start that would not work."""

import shlex
import subprocess
import time
from pathlib import Path

import pytest

from breakd.autostart import current, launchd, systemd, xdg
from breakd.autostart.start import Command, missing

ODD = """an "odd" $HOME %h 'folder'; \\n & `so` (~)"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CURRENT_DESKTOP", "XDG_SESSION_DESKTOP", "DESKTOP_SESSION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))  # no user manager answers there
    return tmp_path


@pytest.fixture
def breakd(tmp_path: Path) -> Path:
    """Return a program by a path that has all that a format could take amiss; it notes its arguments."""
    program = tmp_path / ODD / "breakd"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$0" "$@" > "${0%/*}/new"\nmv "${0%/*}/new" "${0%/*}/said"\n')
    program.chmod(0o755)
    return program


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize("text", [xdg.text, xdg.launcher_text])
@pytest.mark.parametrize("program", ["/usr/bin/breakd", f"/home/{ODD}/breakd"])
def test_an_entry_is_valid(tmp_path: Path, text: object, program: str) -> None:
    entry = tmp_path / "breakd.desktop"
    assert callable(text)
    entry.write_text(text((program, "run")))
    checked = subprocess.run(["desktop-file-validate", entry], check=False, capture_output=True, text=True)
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


def test_glib_starts_an_entry_whatever_the_path(tmp_path: Path, breakd: Path) -> None:
    entry = tmp_path / "breakd.desktop"
    entry.write_text(xdg.text((str(breakd), "run")))
    launch = (
        "import sys; from gi.repository import Gio; Gio.DesktopAppInfo.new_from_filename(sys.argv[1]).launch([], None)"
    )
    # Debian's own Python has it, for python3-dbusmock.
    subprocess.run(["/usr/bin/python3", "-c", launch, entry], check=True)
    end = time.monotonic() + 20
    while not (breakd.parent / "said").exists():
        assert time.monotonic() < end
        time.sleep(0.02)
    assert (breakd.parent / "said").read_text() == f"{breakd}\nrun\n"


COMMANDS: list[Command] = [("/usr/bin/breakd", "run"), (f"/home/{ODD}/breakd", "run"), ("/usr/bin/python3", "-m", "x")]


@pytest.mark.parametrize("command", COMMANDS)
def test_what_is_written_is_read_as_it_was(command: Command) -> None:
    for way in (xdg, systemd, launchd):
        write(way.path(), way.text(command))
        found = way.found()
        assert found is not None
        assert found.command == shlex.join(command)
        assert found.works == missing(command) or way is systemd


def test_where_nothing_starts_it_nothing_is_told() -> None:
    assert current() == ()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("", None),
        ("Hidden=true\n", "Hidden=true"),
        ("X-GNOME-Autostart-enabled=false\n", "X-GNOME-Autostart-enabled"),
    ],
)
def test_an_entry_that_is_switched_off_does_not_work(line: str, why: str | None) -> None:
    write(xdg.path(), xdg.text(("/bin/sh", "run")) + line)
    (start,) = current()
    assert (start.way, start.path, start.command) == ("xdg", str(xdg.path()), "/bin/sh run")
    assert (why in start.works) if why and start.works else start.works is None and why is None


def test_a_session_that_runs_no_autostart_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "sway")
    write(xdg.path(), xdg.text(("/bin/sh", "run")))
    (start,) = current()
    assert start.works
    assert "sway" in start.works


def test_a_program_that_has_gone_is_named(tmp_path: Path) -> None:
    write(xdg.path(), xdg.text((str(tmp_path / "gone"), "run")))
    (start,) = current()
    assert start.works == f"{tmp_path / 'gone'} is not there any more"


def test_a_unit_that_is_not_enabled_or_has_no_session_does_not_work() -> None:
    write(systemd.path(), systemd.text(("/bin/sh", "run")))
    (start,) = current()
    assert start.works
    assert "not enabled" in start.works
    systemd.wanted().parent.mkdir()
    systemd.wanted().symlink_to(systemd.path())
    (start,) = current()
    assert start.works
    assert "graphical-session.target" in start.works


def test_an_agent_that_cannot_be_read_is_told() -> None:
    write(launchd.path(), "<plist>")
    (start,) = current()
    assert start.works


def test_a_line_in_the_compositors_configuration_is_a_start(monkeypatch: pytest.MonkeyPatch, breakd: Path) -> None:
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "sway")
    write(Path.home() / ".config/sway/config", "#exec /bin/breakd run\nexec '/no such/breakd' run\n")
    (start,) = current()
    assert (start.way, start.works) == ("session", "/no such/breakd is not there any more")
