"""`breakd install` and `breakd uninstall` as commands in a home of their own; what they ask is played by programs."""

import os
import pty
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from PIL import Image

from fakeprograms import FakePrograms
from running import PROGRAM, Home, ended

SCRIPT = Path(sysconfig.get_path("scripts")) / "breakd"
NO_SESSION = "exit 3"
"""What `systemctl is-active` says where graphical-session.target is not active."""


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakePrograms:
    folder = tmp_path / "programs"
    folder.mkdir()
    programs = FakePrograms(folder, monkeypatch)
    programs.add("systemctl", NO_SESSION)
    return programs


@pytest.fixture
def home(tmp_path: Path, programs: FakePrograms) -> Iterator[Home]:
    home = Home(tmp_path)
    del home.env["BREAKD_CONFIG"]
    yield home
    home.close()


def files(home: Home) -> dict[str, bytes]:
    """Return all files of the home by their paths in it."""
    paths = (path for path in home.home.rglob("*") if path.is_file() or path.is_symlink())
    return {str(path.relative_to(home.home)): path.read_bytes() for path in paths}


def autostart(home: Home) -> Path:
    return home.home / ".config/autostart/breakd.desktop"


MENU = {
    ".local/share/applications/breakd.desktop",
    *(f".local/share/icons/hicolor/{size}x{size}/apps/breakd.png" for size in (48, 128, 256)),
}


@pytest.mark.parametrize(
    "session",
    [
        {"XDG_CURRENT_DESKTOP": "XFCE"},
        {"XDG_CURRENT_DESKTOP": "ubuntu:GNOME"},
        {"XDG_CURRENT_DESKTOP": "X-Cinnamon"},
        {"XDG_SESSION_DESKTOP": "KDE"},
        {"DESKTOP_SESSION": "/usr/share/xsessions/plasma"},
        {"DESKTOP_SESSION": "LXDE-pi"},
    ],
)
def test_a_desktop_that_runs_autostart_gets_an_entry_there(home: Home, session: dict[str, str]) -> None:
    done = home.breakd("install", **session)
    assert done.returncode == 0, done.stderr
    assert set(files(home)) == {".config/autostart/breakd.desktop", *MENU}
    assert f"\nExec={SCRIPT} run\n" in autostart(home).read_text()
    assert str(autostart(home)) in done.stdout
    assert "breakd uninstall" in done.stdout


def test_a_graphical_session_of_the_user_manager_gets_a_unit(home: Home, programs: FakePrograms) -> None:
    programs.add("systemctl")
    assert home.breakd("install", "--dry-run", XDG_CURRENT_DESKTOP="GNOME").returncode == 0
    assert files(home) == {}
    home.run()
    done = home.breakd("install", XDG_CURRENT_DESKTOP="GNOME")
    assert done.returncode == 0, done.stderr
    assert "breakd runs already" in done.stdout
    unit = home.home / ".config/systemd/user/breakd.service"
    assert f"\nExecStart={SCRIPT} run\n" in unit.read_text()
    asked = [line for line in programs.said() if "is-active" not in line]
    assert asked == ["systemctl --user enable breakd.service", "systemctl --user daemon-reload"]


def test_a_manager_that_refuses_leaves_nothing_half_done(home: Home, programs: FakePrograms) -> None:
    programs.add("systemctl", 'echo "No such bus" >&2; exit 1')
    done = home.breakd("install", "--with", "systemd")
    assert done.returncode == 1
    assert "No such bus" in done.stderr
    assert files(home) == {}


OFFLINE = """
folder="$HOME/.config/systemd/user"
case "$*" in
*disable*) /bin/rm -rf "$folder/graphical-session.target.wants" ;;
*enable*)
  /bin/mkdir -p "$folder/graphical-session.target.wants"
  /bin/ln -s "$folder/breakd.service" "$folder/graphical-session.target.wants/breakd.service"
  ;;
*) echo "No such bus" >&2; exit 1 ;;
esac
"""
"""systemctl where no manager runs: it enables and disables all the same."""


def test_what_is_enabled_without_a_manager_is_taken_back(home: Home, programs: FakePrograms) -> None:
    programs.add("systemctl", OFFLINE)
    done = home.breakd("install", "--with", "systemd")
    assert (done.returncode, "No such bus" in done.stderr) == (1, True)
    assert list(home.home.iterdir()) == []


def test_no_folder_is_left_where_systemctl_has_removed_the_link(home: Home, programs: FakePrograms) -> None:
    programs.add("systemctl", OFFLINE)
    link = home.home / ".config/systemd/user/graphical-session.target.wants/breakd.service"
    link.parent.mkdir(parents=True)
    link.symlink_to("gone")
    assert home.breakd("uninstall").returncode == 0
    assert list(home.home.iterdir()) == []


@pytest.mark.parametrize(
    ("session", "file", "line"),
    [
        ({"XDG_CURRENT_DESKTOP": "sway"}, ".config/sway/config", f"exec {SCRIPT} run"),
        ({"SWAYSOCK": "/run/sway.sock"}, ".config/sway/config", f"exec {SCRIPT} run"),
        ({"DESKTOP_SESSION": "i3"}, ".config/i3/config", f"exec --no-startup-id {SCRIPT} run"),
        ({"XDG_CURRENT_DESKTOP": "Hyprland"}, ".config/hypr/hyprland.conf", f"exec-once = {SCRIPT} run"),
        ({"XDG_CURRENT_DESKTOP": "niri"}, ".config/niri/config.kdl", f'spawn-at-startup "{SCRIPT}" "run"'),
        ({"XDG_SESSION_DESKTOP": "bspwm"}, ".config/bspwm/bspwmrc", f"{SCRIPT} run &"),
    ],
)
def test_a_compositor_gets_its_exact_line_and_takes_it(
    home: Home, session: dict[str, str], file: str, line: str
) -> None:
    done = home.breakd("install", **session)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == line
    assert str(home.home / file) in done.stderr
    assert set(files(home)) == MENU
    config = home.home / file
    config.parent.mkdir(parents=True)
    config.write_text(f"# {line}\n")
    assert home.breakd("install", **session).returncode == 1
    config.write_text(f"# mine\n{line}\n")
    done = home.breakd("install", **session)
    assert (done.returncode, str(config) in done.stdout) == (0, True)
    gone = home.breakd("uninstall", **session)
    assert gone.returncode == 0
    assert gone.stdout.startswith(f"{config} still starts breakd at login: take its line out.\n")
    assert config.read_text() == f"# mine\n{line}\n"


def test_i3_that_runs_dex_is_a_desktop_that_runs_autostart(home: Home, programs: FakePrograms) -> None:
    programs.add("dex")
    config = home.home / ".config/i3/config"
    config.parent.mkdir(parents=True)
    config.write_text("exec --no-startup-id dex --autostart --environment i3\n")
    assert home.breakd("install", DESKTOP_SESSION="i3").returncode == 0
    assert autostart(home).exists()


def test_outside_any_session_it_says_so_and_takes_a_choice(home: Home) -> None:
    done = home.breakd("install")
    assert done.returncode == 1
    assert "--with" in done.stderr
    assert home.breakd("install", "--with", "xdg").returncode == 0
    assert home.breakd("install").stdout.startswith("All is as it should be")  # what was chosen stays


def test_a_way_of_another_system_can_only_be_looked_at(home: Home) -> None:
    for way in ("launchd", "registry"):
        assert home.breakd("install", "--with", way).returncode == 2
        assert home.breakd("install", "--with", way, "--dry-run").returncode == 0
    assert files(home) == {}


def test_a_dry_run_prints_each_file_as_it_is_written_then(home: Home) -> None:
    dry = home.breakd("install", "--with", "xdg", "--dry-run")
    assert (dry.returncode, files(home)) == (0, {})
    assert home.breakd("install", "--with", "xdg").returncode == 0
    for name, content in files(home).items():
        path = home.home / name
        if path.suffix == ".png":
            assert f"  {path} ({len(content)} B)\n" in dry.stdout
        else:
            assert f"\n{path}:\n{content.decode()}" in dry.stdout


def test_a_second_run_changes_nothing_and_a_change_by_hand_is_mended(home: Home) -> None:
    home.breakd("install", "--with", "xdg")
    before = files(home)
    assert "wrote" not in home.breakd("install", "--with", "xdg").stdout
    autostart(home).write_text("[Desktop Entry]\nHidden=true\n")
    assert f"updated {autostart(home)}" in home.breakd("install", "--with", "xdg").stdout
    assert files(home) == before


def test_another_way_takes_the_place_of_the_former(home: Home, programs: FakePrograms) -> None:
    home.breakd("install", "--with", "xdg")
    programs.add("systemctl")
    home.run()
    dry = home.breakd("install", "--with", "systemd", "--dry-run").stdout
    assert f"It would remove:\n  {autostart(home)}\n" in dry
    assert f"removed {autostart(home)}" in home.breakd("install", "--with", "systemd").stdout
    assert set(files(home)) >= {".config/systemd/user/breakd.service"}
    assert not autostart(home).exists()
    home.breakd("install", "--with", "xdg")
    assert not (home.home / ".config/systemd").exists()


def test_folders_that_the_environment_names_are_heeded_where_they_are_absolute(home: Home, tmp_path: Path) -> None:
    config, data = tmp_path / "c", tmp_path / "d"
    home.breakd("install", "--with", "xdg", XDG_CONFIG_HOME=str(config), XDG_DATA_HOME=str(data))
    assert (config / "autostart/breakd.desktop").exists()
    assert (data / "applications/breakd.desktop").exists()
    assert files(home) == {}
    home.breakd("install", "--with", "xdg", XDG_CONFIG_HOME="c", XDG_DATA_HOME="d")
    assert autostart(home).exists()


@pytest.mark.parametrize("in_the_way", [".config", ".local/share/icons", ".config/autostart/breakd.desktop/folder"])
def test_what_is_in_the_way_is_named_and_nothing_is_half_done(home: Home, in_the_way: str) -> None:
    path = home.home / in_the_way
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("mine")
    done = home.breakd("install", "--with", "xdg")
    assert done.returncode == 1
    assert in_the_way.removesuffix("/folder") in done.stderr
    assert files(home) == {in_the_way: b"mine"}


def test_a_link_of_pipx_or_uv_is_what_starts(home: Home) -> None:
    link = home.home / ".local/bin/breakd"
    link.parent.mkdir(parents=True)
    link.symlink_to(SCRIPT)
    home.breakd("install", "--with", "xdg")
    assert f"\nExec={link} run\n" in autostart(home).read_text()
    link.unlink()
    link.symlink_to("/bin/sh")  # another program of that name
    home.breakd("install", "--with", "xdg")
    assert f"\nExec={SCRIPT} run\n" in autostart(home).read_text()


def test_from_a_checkout_it_warns(home: Home) -> None:
    done = home.breakd("install", "--with", "xdg")
    assert "pipx install" in done.stderr
    assert "uv tool install" in done.stderr


def test_the_icons_are_pictures_of_their_size(home: Home) -> None:
    home.breakd("install", "--with", "xdg")
    for size in (48, 128, 256):
        with Image.open(home.home / f".local/share/icons/hicolor/{size}x{size}/apps/breakd.png") as icon:
            assert (icon.format, icon.size, icon.mode) == ("PNG", (size, size), "RGBA")
            assert icon.getpixel((0, 0))[3] == 0  # type: ignore[index]  # RGBA has four bands
            assert icon.getpixel((size // 2, size // 2))[3] == 255  # type: ignore[index]


def test_a_click_in_the_menu_starts_it_where_it_does_not_run(home: Home) -> None:
    assert home.breakd("launch").returncode == 0
    assert home.status()["state"]
    second = home.breakd("launch")  # there is no screen for the panel
    assert (second.returncode, "Traceback" in second.stderr) == (1, False)
    assert home.breakd("quit").returncode == 0


def test_one_that_answers_nonsense_is_not_told_to_run(home: Home) -> None:
    def answer() -> None:
        while True:
            try:
                connection, _ = there.accept()
            except OSError:
                return
            with connection:
                connection.recv(1000)
                connection.sendall(b"nonsense\n")

    with socket.socket(socket.AF_UNIX) as there:
        there.bind(str(home.runtime / "breakd.sock"))
        there.listen()
        (answering := Thread(target=answer)).start()
        done = home.breakd("install", "--with", "xdg")
        there.shutdown(socket.SHUT_RDWR)
        answering.join()
    assert (done.returncode, "runs" in done.stdout) == (1, False)
    assert "the answer is not one of breakd" in done.stderr
    assert "breakd uninstall" in done.stdout
    assert autostart(home).exists()


def test_another_installation_that_runs_is_named(home: Home, tmp_path: Path) -> None:
    old = tmp_path / "old"
    (old / "bin").mkdir(parents=True)
    (old / "pyvenv.cfg").write_text((Path(sys.prefix) / "pyvenv.cfg").read_text())
    (old / "lib").symlink_to(Path(sys.prefix) / "lib")
    (old / "bin/python").symlink_to(sys.executable)
    home.start(under=["/bin/sh", "-c", 'shift; exec "$0" "$@"', str(old / "bin/python")])
    home.wait(home.pid, "the old one")
    said = home.breakd("install", "--with", "xdg").stdout
    assert f"breakd runs already, by {old / 'bin/python'}" in said
    assert "`breakd quit`" in said
    assert home.breakd("quit").returncode == 0
    home.run()
    assert "breakd runs already.\n" in home.breakd("install", "--with", "xdg").stdout


# Taking it away.


def test_it_ends_the_daemon_and_leaves_only_the_log_and_the_configuration(home: Home) -> None:
    config = home.home / ".config/breakd/config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(home.config.read_text())
    home.breakd("install", "--with", "xdg")
    daemon = home.run()
    (sounds := home.home / ".cache/breakd/sounds").mkdir(parents=True)
    (sounds / "phase.wav").write_bytes(b"")
    done = home.breakd("uninstall")
    assert done.returncode == 0, done.stderr
    assert ended(daemon) == 0
    assert set(files(home)) == {".config/breakd/config.toml", ".local/share/breakd/log.db"}
    assert list(home.runtime.iterdir()) == []
    assert {path.name for path in home.home.iterdir()} == {".config", ".local"}
    assert str(config) in done.stdout
    assert str(home.data / "log.db") in done.stdout
    again = home.breakd("uninstall")
    assert (again.returncode, "nothing to remove" in again.stdout) == (0, True)


def test_a_dry_run_of_uninstall_removes_nothing(home: Home) -> None:
    home.breakd("install", "--with", "xdg")
    before = files(home)
    done = home.breakd("uninstall", "--dry-run")
    assert (done.returncode, files(home)) == (0, before)
    assert all(str(home.home / name) in done.stdout for name in before)


@pytest.fixture
def kept(home: Home, tmp_path: Path) -> dict[str, bytes]:
    """Have a log and a configuration, files of the person's own beside them, and a link to one elsewhere."""
    elsewhere = tmp_path / "elsewhere.toml"
    elsewhere.write_text("mine")
    config = home.home / ".config/breakd"
    config.mkdir(parents=True)
    home.data.mkdir(parents=True)
    for path in (config / "config.toml~", config / "notes.txt", home.data / "log.db", home.data / "log.db.v1"):
        path.write_text("x")
    (config / "config.toml").symlink_to(elsewhere)
    return files(home)


def test_purge_deletes_what_breakd_names_and_follows_no_link(
    home: Home, kept: dict[str, bytes], tmp_path: Path
) -> None:
    assert len(kept) == 5
    done = home.breakd("uninstall", "--purge", "--yes", BREAKD_CONFIG=str(home.config))
    assert done.returncode == 0, done.stderr
    assert set(files(home)) == {".config/breakd/notes.txt"}
    assert (tmp_path / "elsewhere.toml").read_text() == "mine"
    assert home.config.exists()
    assert str(home.config) in done.stdout


def test_purge_deletes_also_what_comes_into_being_at_the_end_of_the_daemon(home: Home) -> None:
    home.run()
    assert home.breakd("start").returncode == 0  # its end reads the log, which leaves files beside it
    assert not list(home.data.glob("log.db-*"))
    assert home.breakd("uninstall", "--purge", "--yes").returncode == 0
    assert list(home.home.iterdir()) == []


def test_purge_without_a_terminal_needs_a_yes(home: Home, kept: dict[str, bytes]) -> None:
    done = home.breakd("uninstall", "--purge")
    assert (done.returncode, "--yes" in done.stderr) == (2, True)
    assert files(home) == kept


@pytest.mark.parametrize(("answer", "status"), [("y", 0), ("n", 1), ("", 1)])
def test_purge_asks_on_a_terminal(home: Home, kept: dict[str, bytes], answer: str, status: int) -> None:
    master, slave = pty.openpty()
    command = subprocess.Popen(
        [*PROGRAM, "uninstall", "--purge"], env=home.env, stdin=slave, stdout=slave, stderr=slave
    )
    os.close(slave)
    said = ""
    while "[y/N]" not in said:
        said += os.read(master, 4096).decode()
    assert all(str(home.home / name) in said for name in kept if not name.endswith("notes.txt"))
    os.write(master, f"{answer}\n".encode())
    assert ended(command) == status
    os.close(master)
    assert set(files(home)) == ({".config/breakd/notes.txt"} if status == 0 else set(kept))


def test_a_folder_that_is_a_link_is_left_alone_and_named(home: Home, tmp_path: Path) -> None:
    theirs = tmp_path / "dotfiles"
    theirs.mkdir()
    (theirs / "config.toml").write_text("mine")
    (home.home / ".config").mkdir()
    (home.home / ".config/breakd").symlink_to(theirs)
    for purge in ([], ["--purge", "--yes"]):
        done = home.breakd("uninstall", *purge)
        assert (done.returncode, done.stderr) == (0, "")
        assert (theirs / "config.toml").read_text() == "mine"
        assert f"\n  {home.home}/.config/breakd -> {theirs}\n" in done.stdout
