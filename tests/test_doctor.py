"""`breakd doctor` as a real process: where nothing is, where everything is broken, and where nobody answers."""

import ast
import getpass
import json
import os
import re
import shlex
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jeepney import DBusAddress

import breakd
from breakd import __version__, arguments
from breakd.adapters import history
from breakd.adapters.bus import Bus, BusError
from breakd.adapters.login import LOGIND, MANAGER, SESSION, USER
from breakd.adapters.schema import MIGRATIONS
from breakd.core.record import Record
from breakd.doctor.examination import CHECKS
from breakd.doctor.packages import install
from private_bus import private_bus
from running import CALM, PROGRAM, SECONDS, Home, Terminal

SECRET = "sesame"
LATE = "no answer within 2.5 s"
VITAL = "breakd cannot remind you before this is mended"
Checks = dict[str, dict[str, Any]]

WRONG = """\
[work]
days = ["sesame"]

[[break]]
name = "micro"
length = "2m"
routines = ["sesame"]
every = "sesame"

[[exercise]]
id = "sesame"
name = "sesame"
position = "sesame"
"""
ALL = """
[hold]
while = ["do-not-disturb", "fullscreen", "microphone", "camera", "screen-share", "idle-inhibit"]
"""
ON_THE_BUS = {"hold-do-not-disturb", "hold-idle-inhibit"}
MINE = f"""{CALM}
[[exercise]]
id = "sesame"
name = "Open sesame"
position = "standing"
steps = ["Open, sesame."]
"""


def examined(home: Home, late: Collection[str] = (), **env: str) -> Checks:
    """Return what `doctor --json` found, by name; asked anew where a busy machine let others than `late` be late."""

    def asked() -> Checks | None:
        checks = once(home, **env)
        late_now = {name for name, check in checks.items() if check["detail"] == LATE}
        return checks if late_now <= {*late} else None

    checks: Checks = home.wait(asked, "an answer to all that can be answered")
    return checks


def once(home: Home, **env: str) -> Checks:
    done = home.breakd("doctor", "--json", **env)
    assert (done.returncode, done.stderr.partition(":")[0]) in {(0, ""), (1, VITAL)}
    document = json.loads(done.stdout)
    assert document["version"] == __version__
    return {check["name"]: check for check in document["checks"]}


def states(checks: Checks) -> dict[str, str]:
    return {name: check["state"] for name, check in checks.items()}


def log_with_a_row(home: Home) -> Path:
    log = history.Log(home.data / "log.db")
    log.append([Record(datetime(2026, 6, 1, 9, 30, tzinfo=UTC), "daemon_started", source="daemon")])
    assert log.error is None
    return home.data / "log.db"


def files(*folders: Path) -> dict[str, tuple[int, bytes]]:
    """Return each file and folder below these, with the time of its change and what it holds."""
    found = [path for folder in folders for path in (folder, *folder.rglob("*"))]
    return {str(p): (p.lstat().st_mtime_ns, p.read_bytes() if p.is_file() else b"") for p in found}


# What is missing


def test_where_nothing_is_it_says_what_is_missing_and_what_mends_it(home: Home) -> None:
    home.config.write_text(CALM)
    checks = examined(home)
    assert list(checks) == [check.name for check in CHECKS]
    assert {name for name, state in states(checks).items() if state == "missing"} >= {
        "screen", "session-bus", "login", "lock", "notifications", "prompts", "tray", "presence", "daemon",
        "hold-do-not-disturb", "hold-fullscreen", "hold-microphone", "hold-screen-share",
    }  # fmt: skip
    assert {name for name, state in states(checks).items() if state == "ok"} >= {
        "breakd", "python", "system", "tkinter", "configuration", "database", "saved-state",
    }  # fmt: skip
    assert checks["prompts"]["mend"] == "breakd run --console"
    assert checks["daemon"]["mend"] == "breakd run"
    assert checks["tray"]["mend"] is None, "a panel is a window, and there is no screen for one"


def test_its_text_has_a_line_a_check_and_a_last_word(home: Home) -> None:
    done = home.breakd("doctor")
    assert (done.returncode, done.stderr) == (1, f"{VITAL}: who asks\n")
    lines = [line for line in done.stdout.splitlines() if line and not line.startswith(" ")]
    *told, last = lines
    assert len(told) == len(CHECKS)
    assert all(re.match(r"(ok|missing|unknown) +\S", line) for line in told)
    assert re.fullmatch(r"\d+ things are missing. \d is unknown.", last)
    assert "mend: breakd run --console\n" in done.stdout
    assert done.stdout.isascii()
    assert "\x1b" not in done.stdout


def test_it_writes_nothing(home: Home, tmp_path: Path) -> None:
    log_with_a_row(home)
    writer = f"""
import os, sqlite3
connection = sqlite3.connect({str(home.data / "log.db")!r})
connection.execute("PRAGMA user_version")
connection.execute("CREATE TABLE beside (x)")
os._exit(0)
"""
    subprocess.run([PROGRAM[0], "-c", writer], check=True)  # killed: its changes lie beside the file
    assert (home.data / "log.db-wal").stat().st_size
    (home.data / "log.db-shm").unlink()
    home.state.mkdir(parents=True)
    (home.state / "state.json").write_text("{")
    home.config.write_text(WRONG)
    before = files(tmp_path, home.short)
    checks = examined(home)
    assert checks["saved-state"]["state"] == checks["configuration"]["state"] == "missing"
    assert checks["database"]["state"] == "ok"
    assert files(tmp_path, home.short) == before


def test_a_home_that_is_not_there_is_not_made(home: Home, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    checks = examined(home, HOME=str(nowhere), XDG_RUNTIME_DIR=str(nowhere / "run"))
    assert not nowhere.exists()
    assert checks["database"]["detail"].startswith("none yet at ~/")


def test_without_tk_the_package_is_named(home: Home, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text('import sys\nsys.modules["_tkinter"] = None\n')
    check = examined(home, PYTHONPATH=str(tmp_path))["tkinter"]
    mend = " ".join(install("tk")) if sys.base_prefix == "/usr" else ""
    assert (check["state"], check["mend"]) == ("missing", mend or None)


# breakd's own files


def test_a_log_is_counted(home: Home) -> None:
    log_with_a_row(home)
    check = examined(home)["database"]
    assert check["state"] == "ok"
    assert check["detail"].startswith("~/.local/share/breakd/log.db is whole: 1 row, ")
    assert check["detail"].endswith(f", log version {len(MIGRATIONS)}")


def damage(log: Path) -> None:
    data = bytearray(log.read_bytes())
    data[4096:8192] = b"\xff" * 4096
    log.write_bytes(data)


def make_newer(log: Path) -> None:
    with closing(sqlite3.connect(log)) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")


def make_a_pipe(log: Path) -> None:
    log.unlink()
    os.mkfifo(log)


def make_no_log(log: Path) -> None:
    log.write_text("no database at all\n" * 300)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (damage, "is damaged"),
        (make_no_log, "is damaged"),
        (make_newer, "is of a newer breakd"),
        (make_a_pipe, "cannot be read"),
    ],
)
def test_a_log_that_cannot_be_used_is_told_and_left(home: Home, change: Any, told: str) -> None:
    log = log_with_a_row(home)
    change(log)
    check = examined(home)["database"]
    assert check["state"] == "missing"
    assert told in check["detail"]
    assert [path.name for path in home.data.iterdir()] == ["log.db"]
    assert home.breakd("doctor").stderr == f"{VITAL}: who asks\n"  # the daemon reminds all the same


def test_a_log_that_cannot_be_made_is_told(home: Home) -> None:
    home.data.parent.mkdir(parents=True)
    home.data.touch()  # where its folder would be
    check = examined(home)["database"]
    assert check["state"] == "missing"
    assert check["detail"].startswith("~/.local/share/breakd/log.db cannot be written")


def test_a_wrong_configuration_is_told_by_line_and_key(home: Home) -> None:
    home.config.write_text(WRONG)
    check = examined(home)["configuration"]
    assert (check["state"], check["mend"]) == ("missing", "breakd config edit")
    assert check["detail"].startswith("wrong: $BREAKD_CONFIG:2: work.days[0]; $BREAKD_CONFIG:8: break[0].every; ")
    assert re.search(r"; \d more$", check["detail"])


@pytest.mark.parametrize("text", [b"\xff", b"every = sesame"])
def test_a_configuration_that_is_none_is_told_by_its_place(home: Home, text: bytes) -> None:
    home.config.write_bytes(text)
    assert examined(home)["configuration"]["detail"] == "wrong: $BREAKD_CONFIG:1"


def test_a_configuration_that_is_not_there_is_told_with_what_writes_one(home: Home) -> None:
    home.config.unlink()
    check = examined(home)["configuration"]
    assert (check["state"], check["detail"]) == ("missing", "$BREAKD_CONFIG is not there")
    assert home.breakd(*shlex.split(check["mend"])[1:]).returncode == 0
    assert examined(home)["configuration"]["state"] == "ok"


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: path.symlink_to("nowhere")], ids=["folder", "link"])
def test_a_configuration_that_is_no_file_has_no_command_that_mends_it(home: Home, make: Any) -> None:
    home.config.unlink()
    make(home.config)
    check = examined(home)["configuration"]
    assert (check["state"], check["mend"]) == ("missing", None)
    assert check["detail"] == "$BREAKD_CONFIG is no file that can be read"


# The start at login


def autostart(home: Home, command: str) -> None:
    folder = home.home / ".config/autostart"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "breakd.desktop").write_text(f"[Desktop Entry]\nType=Application\nName=breakd\nExec={command} run\n")


def test_what_starts_it_at_login_is_told_and_what_would_not(home: Home) -> None:
    nothing = examined(home)["autostart"]
    assert (nothing["state"], nothing["mend"]) == ("missing", "breakd install")
    autostart(home, PROGRAM[0])
    works = examined(home)["autostart"]
    assert (works["state"], works["detail"]) == ("ok", "by the desktop's autostart folder")
    autostart(home, f"{home.home}/breakd")
    gone = examined(home)["autostart"]
    assert (gone["state"], gone["mend"]) == ("missing", "breakd install")
    assert gone["detail"] == "by the desktop's autostart folder: breakd is not there any more"


# The daemon, and what does not answer


def test_a_daemon_that_runs_is_found_and_not_disturbed(home: Home) -> None:
    home.config.write_text(CALM)
    home.run("--console")
    before = home.status()["pid"], home.events()
    checks = examined(home)
    assert checks["daemon"]["mend"] == "breakd status"
    assert re.fullmatch(r"it runs, and has \d problems?", checks["daemon"]["detail"]), "there is no bus, and it says so"
    assert checks["saved-state"] == {
        "name": "saved-state", "state": "ok", "detail": "~/.local/state/breakd/state.json is whole",
        "mend": None, "sources": [],
    }  # fmt: skip
    assert (home.status()["pid"], home.events()) == before


@contextmanager
def server(path: Path) -> Iterator[socket.socket]:
    """Listen at this path; nobody is answered."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        yield listening


@pytest.mark.parametrize(
    ("said", "state", "mend"),
    [
        ({"version": __version__, "problems": [], "state": "working"}, "ok", None),
        ({"version": "0.0.1", "problems": [], "state": "working"}, "missing", "breakd restart"),
        ({"version": __version__, "problems": ["no tray"], "state": "working"}, "missing", "breakd status"),
        ({"version": __version__, "problems": [], "config_error": "x: 1"}, "missing", "breakd status"),
        ({}, "unknown", "pkill -f breakd.run"),
    ],
)
def test_what_the_daemon_says_of_itself(home: Home, said: dict[str, Any], state: str, mend: str | None) -> None:
    with server(home.runtime / "breakd.sock") as listening:
        doctor = subprocess.Popen([*PROGRAM, "doctor", "--json"], env=home.env, stdout=subprocess.PIPE)
        listening.settimeout(SECONDS)
        client = listening.accept()[0]
        with client:
            reply = {"ok": True, "status": 0, "text": "", "data": said}
            client.sendall(json.dumps(reply).encode() + b"\n")
            found = json.loads(doctor.communicate(timeout=SECONDS)[0])["checks"]
    check = next(check for check in found if check["name"] == "daemon")
    assert (check["state"], check["mend"]) == (state, mend)


def test_a_bus_and_a_daemon_that_never_answer_hold_nothing_up(home: Home) -> None:
    hung = {"session-bus", "login", "lock", "notifications", "prompts", "tray", "presence", "daemon"} | ON_THE_BUS
    home.config.write_text(f"{CALM}{ALL}")
    with server(home.short / "hung"), server(home.runtime / "breakd.sock"):
        address = f"unix:path={home.short}/hung"
        checks = examined(home, hung, DBUS_SESSION_BUS_ADDRESS=address, DBUS_SYSTEM_BUS_ADDRESS=address)
    assert {name for name in hung if checks[name]["state"] != "unknown"} == set()
    assert checks["session-bus"]["detail"].startswith("no answer")
    assert checks["configuration"]["state"] == checks["database"]["state"] == "ok"


def test_a_bus_that_lets_in_and_says_no_more_holds_nothing_up(home: Home) -> None:
    def let_in() -> None:
        with suppress(OSError):
            while True:
                client, _address = listening.accept()
                clients.append(client)
                with client.makefile("rwb", buffering=0) as line:
                    while (said := line.readline()) and not said.startswith(b"BEGIN"):
                        line.write(b"OK 0123456789abcdef0123456789abcdef\r\n" if b"AUTH" in said else b"ERROR\r\n")

    clients: list[socket.socket] = []
    hung = {"session-bus", "lock", "notifications", "prompts", "tray", "presence"} | ON_THE_BUS
    home.config.write_text(f"{CALM}{ALL}")
    with server(home.short / "hung") as listening:
        bus = threading.Thread(target=let_in)
        bus.start()
        checks = examined(home, hung, DBUS_SESSION_BUS_ADDRESS=f"unix:path={home.short}/hung")
        listening.shutdown(socket.SHUT_RDWR)
        bus.join(SECONDS)
    assert clients
    for client in clients:
        client.close()
    assert {checks[name]["detail"] for name in hung} == {LATE}
    assert checks["configuration"]["state"] == "ok"


def test_a_check_s_module_that_cannot_be_loaded_is_told(home: Home, tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken/jeepney.py").write_text("raise OSError('sesame')\n")
    checks = examined(home, PYTHONPATH=str(tmp_path / "broken"))
    assert checks["tray"] == {
        "name": "tray", "state": "unknown", "detail": "this cannot be told: OSError", "mend": None, "sources": [],
    }  # fmt: skip
    assert checks["configuration"]["state"] == "ok"


# logind


@contextmanager
def logind(folder: Path) -> Iterator[tuple[str, Bus]]:
    """Have python-dbusmock play logind on a bus of its own; yield the bus's address, and a connection to it."""
    args = ["/usr/bin/python3", "-m", "dbusmock", "--system", "--template", "logind"]  # Debian's, for its own Python
    with private_bus(folder) as (address, _process), closing(Bus(address)) as bus:
        env = {"PATH": os.environ["PATH"], "DBUS_SYSTEM_BUS_ADDRESS": address}
        with subprocess.Popen(args, env=env, stdout=subprocess.DEVNULL) as mock:
            try:
                end = time.monotonic() + SECONDS
                while not answers(bus):
                    assert mock.poll() is None, "python-dbusmock does not run: apt install python3-dbusmock"
                    assert time.monotonic() < end, "the played logind does not answer"
                yield address, bus
            finally:
                mock.kill()


def answers(bus: Bus) -> bool:
    try:
        bus.call(MANAGER, "ListSessions", timeout=SECONDS)
    except BusError:
        return False
    return True


def test_logind_is_found_with_and_without_a_session(home: Home) -> None:
    with logind(home.short) as (address, bus):
        alone = examined(home, DBUS_SYSTEM_BUS_ADDRESS=address)
        assert (alone["login"]["state"], alone["login"]["detail"]) == ("ok", "logind tells of sleep")
        assert (alone["lock"]["state"], "no session" in alone["lock"]["detail"]) == ("missing", True)
        mock = DBusAddress(MANAGER.object_path, LOGIND, "org.freedesktop.DBus.Mock")
        user = f"/org/freedesktop/login1/user/{os.getuid()}"
        code = "ret = '/org/freedesktop/login1/user/%d' % args[0]"  # the template's own GetUser fails
        bus.call(mock, "AddMethod", "sssss", (MANAGER.interface, "GetUser", "u", "o", code), timeout=SECONDS)
        path = bus.call(mock, "AddSession", "ssusb", ("c1", "seat0", os.getuid(), "me", True), timeout=SECONDS)[0]
        display = DBusAddress(user, LOGIND, "org.freedesktop.DBus.Properties")
        bus.call(display, "Set", "ssv", (USER, "Display", ("(so)", ("c1", path))), timeout=SECONDS)
        found = examined(home, DBUS_SYSTEM_BUS_ADDRESS=address)["lock"]
        assert (found["state"], found["detail"]) == ("ok", "told by logind")
        assert found["sources"] == [{"name": "logind", "state": "serves", "detail": "not locked now"}]
        hint = DBusAddress(path, LOGIND, "org.freedesktop.DBus.Properties")
        bus.call(hint, "Set", "ssv", (SESSION, "LockedHint", ("b", True)), timeout=SECONDS)
        locked = examined(home, DBUS_SYSTEM_BUS_ADDRESS=address)["lock"]
    assert locked["sources"] == [{"name": "logind", "state": "serves", "detail": "locked now"}]


def test_a_system_bus_without_logind_is_told(home: Home) -> None:
    with private_bus(home.short) as (address, _process):
        checks = examined(home, DBUS_SYSTEM_BUS_ADDRESS=address)
    assert "no logind" in checks["login"]["detail"]
    assert "no logind" in checks["lock"]["detail"]


# Fit for strangers


def strange(home: Home, tmp_path: Path) -> dict[str, str]:
    """Return an environment that has the secret wherever a person's own words can be."""
    house = tmp_path / f"home-of-{SECRET}"
    (house / ".local/state/breakd").mkdir(parents=True)
    (house / ".local/state/breakd/state.json").write_text(f'{{"engine": "{SECRET}"}}')
    (tmp_path / SECRET / "breakd").mkdir(parents=True)
    (tmp_path / SECRET / "breakd/log.db").write_text(f"{SECRET}\n" * 999)
    config = house / f"{SECRET}.toml"
    config.write_text(home.config.read_text())
    return {
        "HOME": str(house), "USER": SECRET, "LOGNAME": SECRET, "USERNAME": SECRET, "HOSTNAME": SECRET,
        "BREAKD_CONFIG": str(config), "XDG_DATA_HOME": str(tmp_path / SECRET), "DISPLAY": f"{SECRET}:7",
        "WAYLAND_DISPLAY": SECRET, "XDG_SESSION_TYPE": SECRET, "TOKEN": SECRET, "TMPDIR": f"/{SECRET}",
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path=/{SECRET},guid={SECRET}",
        "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path=/{SECRET},guid={SECRET}",
    }  # fmt: skip


@pytest.mark.parametrize("config", [MINE, WRONG, f"{SECRET} = {SECRET}", f'[work]\ndays = "{SECRET}"'])
def test_nothing_of_it_is_private(home: Home, tmp_path: Path, config: str) -> None:
    home.config.write_text(config)
    env = strange(home, tmp_path)
    done = home.breakd("doctor", **env)
    said = done.stdout + done.stderr + home.breakd("doctor", "--json", **env).stdout
    assert "$XDG_DATA_HOME/breakd/log.db" in said
    assert SECRET not in said
    assert not re.search(
        rf"(?<![\w.-])({re.escape(getpass.getuser())}|{re.escape(socket.gethostname())})(?![\w-])", said
    )


def test_nothing_of_a_daemon_that_runs_is_private(home: Home) -> None:
    home.config.write_text(MINE)
    home.run("--console")
    said = home.breakd("doctor").stdout
    assert "$BREAKD_CONFIG is right" in said
    assert SECRET not in said
    assert str(home.home) not in said


# What mends


def mends() -> set[str]:
    """Return the commands of breakd's own that the checks' code holds: the words one after another in it."""
    found = set()
    for module in (Path(breakd.__file__).parent / "doctor").glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text())):
            match node:
                case ast.Call(func=ast.Name(id="missing" | "unknown"), args=within) | ast.Tuple(elts=within):
                    pass
                case _:
                    continue
            words = [part.value for part in within if isinstance(part, ast.Constant)]
            if words[:1] == ["breakd"] and len(words) > 1:
                found.add(" ".join(map(str, words)))
    return found


@pytest.mark.parametrize("command", sorted(mends()))
def test_each_command_that_mends_is_one_of_breakd_s(command: str) -> None:
    _program, *words = shlex.split(command)
    assert arguments.parse(words).command == words[0]


def test_the_commands_are_found_in_the_code() -> None:
    assert mends() >= {"breakd panel", "breakd run", "breakd run --console", "breakd restart", "breakd config edit"}


@pytest.mark.parametrize(
    ("system", "command"),
    [
        ({"ID": "debian"}, "sudo apt install python3-tk"),
        ({"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}, "sudo apt install python3-tk"),
        ({"ID": "ubuntu", "ID_LIKE": "debian"}, "sudo apt install python3-tk"),
        ({"ID": "fedora"}, "sudo dnf install python3-tkinter"),
        ({"ID": "rocky", "ID_LIKE": "rhel centos fedora"}, "sudo dnf install python3-tkinter"),
        ({"ID": "arch"}, "sudo pacman -S tk"),
        ({"ID": "endeavouros", "ID_LIKE": "arch"}, "sudo pacman -S tk"),
        ({"ID": "opensuse-tumbleweed", "ID_LIKE": "opensuse suse"}, "sudo zypper install python3-tk"),
        ({"ID": "alpine"}, "sudo apk add python3-tkinter"),
        ({"ID": "nixos"}, ""),
        ({}, ""),
    ],
)
def test_the_package_s_name_is_that_of_the_system(system: dict[str, str], command: str) -> None:
    assert " ".join(install("tk", system)) == command


# On a terminal


def on_terminal(home: Home, **env: str) -> tuple[str, int]:
    terminal = Terminal()
    process = subprocess.Popen(
        [*PROGRAM, "doctor"], env=home.env | {"COLUMNS": "80"} | env,
        stdin=terminal.slave, stdout=terminal.slave, stderr=terminal.slave,
    )  # fmt: skip
    terminal.read_until(f"{VITAL}: who asks")
    status = process.wait(SECONDS)
    terminal.close()
    return terminal.text, status


def test_a_terminal_gets_marks_colours_and_lines_that_fit(home: Home) -> None:
    text, status = on_terminal(home, TERM="xterm")
    assert status == 1
    assert "\x1b[32m✓ ok" in text
    assert text.count("\x1b[31m✗ missing\x1b[0m  who asks") == text.count("\x1b[31m") == 1
    assert "\x1b[33m✗ missing" in text
    assert "→ \x1b[1mbreakd run --console\x1b[0m" in text
    assert max(map(len, re.sub(r"\x1b\[\d+m", "", text).splitlines())) <= 80


@pytest.mark.parametrize("env", [{"NO_COLOR": "1", "TERM": "xterm"}, {"TERM": "dumb"}])
def test_who_wants_no_colour_gets_none(home: Home, env: dict[str, str]) -> None:
    text, _status = on_terminal(home, **env)
    assert "\x1b" not in text
    assert "✓ ok" in text
