"""`breakd run` in a terminal, with no screen and no bus: prompts as text, keys or commands as answers."""

import json
import signal
import subprocess
import termios
from collections.abc import Iterator
from pathlib import Path

import pytest

from private_bus import private_bus
from running import CALM, PROGRAM, QUICK, Home, Terminal, ended


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path, QUICK)
    yield home
    home.close()


def run(home: Home, terminal: Terminal, *args: str) -> subprocess.Popen[bytes]:
    return home.start(*args, stdin=terminal.slave, stdout=terminal.slave, stderr=terminal.slave)


def attributes(terminal: Terminal) -> list[object]:
    return termios.tcgetattr(terminal.slave)


def echoes(terminal: Terminal) -> bool:
    return bool(termios.tcgetattr(terminal.slave)[3] & termios.ECHO)


def test_asked_a_key_starts_the_routine_and_it_is_logged(home: Home, terminal: Terminal) -> None:
    before = attributes(terminal)
    daemon = run(home, terminal, "--console")
    terminal.read_until("Keys: s start, z snooze, k skip, q quit.")
    terminal.read_until("Stand up: helicopters, 1 s")
    terminal.read_until("[s] Start  [z] Snooze  [k] Skip")
    assert "\a" in terminal.text
    assert not echoes(terminal)
    terminal.press("s")
    terminal.read_until("Done: 1 s of exercise")
    home.wait_for_event("taken")
    terminal.read_until("Time to move: helicopters, 1 s")
    terminal.press("q")
    assert ended(daemon) == 0
    assert attributes(terminal) == before
    logged = [json.loads(line) for line in home.breakd("log", "--format", "json").stdout.splitlines()]
    events = [row["event"] for row in logged]
    assert events[:5] == ["daemon_started", "due", "prompted", "started", "taken"]
    assert events[-2:] == ["expired", "daemon_stopped"]
    assert [row["source"] for row in logged[3:5]] == ["notification", "routine"]


def test_while_a_routine_runs_its_keys_are_its_own(home: Home, terminal: Terminal) -> None:
    home.config.write_text(QUICK.replace('"1s"\nr', '"90s"\nr').replace('"2s"', '"100s"'))
    before = attributes(terminal)
    daemon = run(home, terminal, "--console")
    terminal.read_until("Keys:")
    home.wait(lambda: home.breakd("start").returncode == 0, "the start")
    terminal.read_until("Keys: p pause, n next, b back, d done, q close")
    terminal.read_until("Get ready")
    terminal.press("p")
    terminal.read_until("paused")
    terminal.press("d")
    terminal.read_until("Done: ")
    home.wait_for_event("taken")
    home.wait(lambda: not echoes(terminal), "the prompter at the keys")
    terminal.press("q")
    assert ended(daemon) == 0
    assert attributes(terminal) == before
    assert home.events() == ["daemon_started", "started", "taken", "daemon_stopped"]


@pytest.mark.parametrize(("key", "event"), [("z", "snoozed"), ("k", "skipped")])
def test_keys_answer(home: Home, terminal: Terminal, key: str, event: str) -> None:
    run(home, terminal, "--console")
    terminal.read_until("[s] Start")
    terminal.press(f"x{key.upper()}")
    terminal.read_until("[s] Start")
    assert home.events() == ["daemon_started", "due", "prompted", event, *["due"][event == "snoozed" :], "prompted"]


def test_keys_with_nothing_to_answer_do_nothing(home: Home, terminal: Terminal) -> None:
    home.config.write_text(CALM)
    daemon = run(home, terminal, "--console")
    terminal.read_until("Keys:")
    terminal.press("szk\x1b[A\xff\x00dc")
    terminal.press("q")
    assert ended(daemon) == 0
    assert home.events() == ["daemon_started", "daemon_stopped"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_gives_the_terminal_back(home: Home, terminal: Terminal, number: signal.Signals) -> None:
    before = attributes(terminal)
    daemon = run(home, terminal, "--console")
    terminal.read_until("[s] Start")
    daemon.send_signal(number)
    assert ended(daemon) == 0
    assert attributes(terminal) == before


@pytest.mark.parametrize("by", ["SIGTERM", "quit", "restart"])
def test_an_end_within_a_routine_gives_the_terminal_back(home: Home, terminal: Terminal, by: str) -> None:
    home.config.write_text(QUICK.replace('"1s"\nr', '"90s"\nr').replace('"2s"', '"100s"'))
    before = attributes(terminal)
    daemon = run(home, terminal, "--console")
    terminal.read_until("Keys:")
    home.wait(lambda: home.breakd("start").returncode == 0, "the start")
    terminal.read_until("Get ready")
    if by == "SIGTERM":
        daemon.terminate()
    else:
        assert home.breakd(by).returncode == 0
    if by == "restart":
        terminal.read_until("Keys: s start")
        home.wait(lambda: not echoes(terminal), "the prompter at the keys")
        daemon.terminate()
    assert ended(daemon) == 0
    assert attributes(terminal) == before
    assert home.events()[1:4] == ["started", "abandoned", "daemon_stopped"]


def test_the_terminal_s_own_interrupt_ends_it_within_a_routine(home: Home, terminal: Terminal) -> None:
    before = attributes(terminal)
    home.config.write_text(QUICK.replace('"1s"\nr', '"90s"\nr').replace('"2s"', '"100s"'))
    shell = ["setsid", "--ctty", "--wait", *PROGRAM, "run", "--console"]
    tty = terminal.slave
    with subprocess.Popen(shell, stdin=tty, stdout=tty, stderr=tty, env=home.env) as process:
        terminal.read_until("Keys:")
        home.wait(lambda: home.breakd("start").returncode == 0, "the start")
        terminal.read_until("Get ready")
        terminal.press("\x03")
        assert process.wait(20) == 0
    assert attributes(terminal) == before
    assert home.events()[1:4] == ["started", "abandoned", "daemon_stopped"]


def test_in_the_background_of_a_shell_it_prints_and_commands_answer(home: Home, terminal: Terminal) -> None:
    command = f"set -m; {' '.join(PROGRAM)} run & wait"
    shell = ["setsid", "--ctty", "--wait", "bash", "-c", command]
    tty = terminal.slave
    with subprocess.Popen(shell, stdin=tty, stdout=tty, stderr=tty, env=home.env) as process:
        terminal.read_until("Stand up: helicopters, 1 s")
        terminal.read_until("Answer with `breakd start`, `breakd snooze` or `breakd skip`.")
        assert home.breakd("start").returncode == 0
        terminal.read_until("Done: 1 s of exercise")
        home.wait_for_event("taken")
        assert home.breakd("quit").returncode == 0
        assert process.wait(20) == 0


def test_a_terminal_that_closes_ends_it(home: Home) -> None:
    terminal = Terminal()
    shell = ["setsid", "--ctty", "--wait", *PROGRAM, "run", "--console"]
    tty = terminal.slave
    with subprocess.Popen(shell, stdin=tty, stdout=tty, stderr=tty, env=home.env) as process:
        terminal.read_until("Keys:")
        terminal.close()
        assert process.wait(20) == 0
    assert home.events()[-1] == "daemon_stopped"


# With no screen and no bus


def test_alone_with_the_terminal_it_says_what_is_missing_and_what_comes(home: Home, terminal: Terminal) -> None:
    run(home, terminal)
    terminal.read_until("q quit.")
    missing, comes, keys = terminal.text.splitlines()
    assert (
        missing == "No screen and no session bus answer here (DISPLAY, DBUS_SESSION_BUS_ADDRESS): no tray, no window."
    )
    assert comes.startswith("Next: micro at ")
    assert keys == "Keys: s start, z snooze, k skip, q quit."


def test_a_display_that_is_gone_is_no_screen(home: Home) -> None:
    home.env["DISPLAY"] = ":4021"
    home.env["WAYLAND_DISPLAY"] = "wayland-7"
    home.run()
    home.wait_for_text("Answer with `breakd start`")
    assert home.text().startswith("No screen and no session bus answer here")


def test_with_no_terminal_commands_answer_and_the_steps_are_printed(home: Home) -> None:
    home.run()
    home.wait_for_text("Stand up: helicopters, 1 s")
    status = home.status()
    assert (status["state"], status["notifications"], status["tray"]) == ("due", "console", "none")
    assert status["presence"]["source"] == "unknown"
    assert any("no session bus" in problem for problem in status["problems"])
    assert home.breakd("start").stdout == "Helicopters, 1 s: here it comes.\n"
    home.wait_for_event("taken")
    home.wait_for_text("Done: 1 s of exercise")
    said = home.text()
    assert "Answer with `breakd start`, `breakd snooze` or `breakd skip`." in said
    assert "  2. Bend your knees a little" in said
    assert "\a" not in said
    assert "\x1b" not in said


# The first contact


def try_out(home: Home, terminal: Terminal) -> subprocess.Popen[bytes]:
    tty = terminal.slave
    return subprocess.Popen([*PROGRAM, "try"], stdin=tty, stdout=tty, stderr=tty, env=home.env)


def test_trying_shows_a_prompt_and_a_routine_and_logs_nothing(home: Home, terminal: Terminal) -> None:
    before = attributes(terminal)
    with try_out(home, terminal) as trying:
        terminal.read_until("This is how I will ask")
        terminal.read_until("[s] Start  [z] Snooze  [k] Skip")
        terminal.press("s")
        terminal.read_until("Helicopters, 20 s")
        terminal.read_until("Get ready")
        terminal.press("d")
        terminal.read_until("So it works. Nothing of this was logged.")
        assert ended(trying) == 0
    assert attributes(terminal) == before
    assert not list(home.home.iterdir())


@pytest.mark.parametrize("key", ["z", "k", "q"])
def test_trying_ends_with_any_answer(home: Home, terminal: Terminal, key: str) -> None:
    before = attributes(terminal)
    with try_out(home, terminal) as trying:
        terminal.read_until("[s] Start")
        terminal.press(key)
        terminal.read_until("So it works.")
        assert ended(trying) == 0
    assert attributes(terminal) == before


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_trying_gives_the_terminal_back_at_a_signal(
    home: Home, terminal: Terminal, number: signal.Signals, status: int
) -> None:
    before = attributes(terminal)
    with try_out(home, terminal) as trying:
        terminal.read_until("[s] Start")
        trying.send_signal(number)
        assert ended(trying) == status
    assert attributes(terminal) == before


def test_trying_gives_the_terminal_back_to_the_impatient(home: Home, terminal: Terminal) -> None:
    before = attributes(terminal)
    with try_out(home, terminal) as trying:
        terminal.read_until("[s] Start")
        terminal.press("s")
        terminal.read_until("Get ready")
        trying.send_signal(signal.SIGINT)
        terminal.read_until("Closed early")
        trying.send_signal(signal.SIGINT)
        assert ended(trying) == 130
    assert attributes(terminal) == before


def test_trying_where_nobody_can_answer_says_so(home: Home) -> None:
    done = home.breakd("try")
    told = "no screen and no session bus answer here; try it in a terminal, which has keys\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", told)


def test_trying_with_no_notification_server_says_so(home: Home, tmp_path: Path) -> None:
    with private_bus(tmp_path) as (address, _process):
        done = home.breakd("try", DBUS_SESSION_BUS_ADDRESS=address)
    assert done.returncode == 1
    assert done.stderr == "no notification server answers here; install one, such as dunst\n"
