"""The welcome in a terminal, and what a daemon makes of it: real processes, with no screen."""

import os
import signal
import socket
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from breakd import ports
from breakd.config.answers import defaults, document
from machine import MICRO, SETTINGS, Machine, settings
from running import PROGRAM, Home, Terminal, ended


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """Somebody for whom breakd never ran."""
    home = Home(tmp_path)
    del home.env["BREAKD_CONFIG"]
    yield home
    home.close()


def file(home: Home) -> Path:
    return home.home / ".config/breakd/config.toml"


def written(home: Home) -> dict[str, Any]:
    return tomllib.loads(file(home).read_text())


def run(home: Home, terminal: Terminal, *args: str) -> subprocess.Popen[bytes]:
    return home.start(*args, stdin=terminal.slave, stdout=terminal.slave, stderr=terminal.slave)


def welcome(home: Home, terminal: Terminal, *args: str) -> subprocess.Popen[bytes]:
    """Start `breakd welcome` on the terminal, which controls it: Ctrl-C is a signal."""
    tty = terminal.slave
    shell = ["setsid", "--ctty", "--wait", *PROGRAM, "welcome", *args]
    return subprocess.Popen(shell, stdin=tty, stdout=tty, stderr=tty, env=home.env)


ASKED = (
    "Can you get on the floor here?",
    "Days with work hours [mon tue wed thu fri]: ",
    "Work hours [09:00-12:30, 13:30-17:30]: ",
    "A short break after sitting for [30m]: ",
    "A walk after sitting for [2h]: ",
    "Sounds in the exercises?",
)


def answer(terminal: Terminal, *answers: str) -> None:
    """Answer one question after the other."""
    for question, typed in zip(ASKED, answers, strict=False):
        terminal.read_until(question)
        terminal.press(typed + "\n")


# The questions


def test_return_takes_what_is_suggested(home: Home, terminal: Terminal) -> None:
    with welcome(home, terminal) as asking:
        terminal.read_until("Ask a doctor or therapist first")
        answer(terminal, "", "", "", "", "", "")
        terminal.read_until(f"Wrote {file(home)}")
        assert ended(asking) == 0
    assert home.breakd("config", "check").stdout == f"{file(home)}: OK\n"
    assert (file(home).parent / "config.schema.json").exists()  # the file names it in its first line
    work, (micro, walk), routine = (written(home)[name] for name in ("work", "break", "routine"))
    assert (work["days"], work["hours"]) == (["mon", "tue", "wed", "thu", "fri"], ["09:00-12:30", "13:30-17:30"])
    assert (micro["every"], walk["every"], routine["profile"], routine["sound"]) == ("30m", "2h", "any", True)


def test_what_is_typed_is_written(home: Home, terminal: Terminal) -> None:
    with welcome(home, terminal) as asking:
        answer(terminal, "3", "Sat, mon", "22-6", "45m", "90m", "2")
        terminal.read_until("Wrote")
        assert ended(asking) == 0
    assert written(home) == document(
        replace(
            defaults(), profile="seated", days=("mon", "sat"), hours="22:00-06:00", short="45m", walk="90m", sound=False
        )
    )


@pytest.mark.parametrize(
    ("before", "wrong", "told"),
    [
        ((), "4", "write a number from 1 to 3"),
        ((), "yes", "write a number from 1 to 3"),
        (("",), "weekend", '"weekend" is not known here; write one of mon, tue, wed, thu, fri, sat, sun'),
        (("", ""), "9-12, 11-13", '"11:00-13:00" overlaps "09:00-12:00"; windows of one list must not'),
        (("", "", ""), "2m", "the break itself takes 2m; write more than that"),
        (("", "", "", ""), "soon", '"soon" is not a duration; write 30m or 1h30m'),
        (("", "", "", ""), "\N{SNOWMAN}", "is not a duration; write 30m or 1h30m"),
    ],
)
def test_a_wrong_answer_is_told_and_asked_again(
    home: Home, terminal: Terminal, before: tuple[str, ...], wrong: str, told: str
) -> None:
    with welcome(home, terminal) as asking:
        answer(terminal, *before, wrong)
        terminal.read_until(told)
        terminal.read_until("]: ")
        for question in ASKED[len(before) + 1 :]:
            terminal.press("\n")
            terminal.read_until(question)
        terminal.press("\n")
        terminal.read_until("Wrote")
        assert ended(asking) == 0
    assert written(home) == document(defaults())


def test_a_question_mark_tells_the_whole_caution(home: Home, terminal: Terminal) -> None:
    with welcome(home, terminal) as asking:
        terminal.read_until("Answer [1]: ")
        terminal.press("?\n")
        terminal.read_until("Emergency, get help at once: ")
        terminal.read_until("Answer [1]: ")
        terminal.press("\x04")
        assert ended(asking) == 0


@pytest.mark.parametrize("key", ["\x03", "\x04"])
@pytest.mark.parametrize("before", [0, 3])
def test_it_can_be_skipped(home: Home, terminal: Terminal, key: str, before: int) -> None:
    with welcome(home, terminal) as asking:
        answer(terminal, *[""] * before)
        terminal.read_until("]: ")
        terminal.press(key)
        terminal.read_until("Nothing was written; the defaults are in use.")
        assert ended(asking) == 0
    assert "Traceback" not in terminal.text
    assert not file(home).exists()


def test_a_configuration_is_not_written_over(home: Home, terminal: Terminal) -> None:
    file(home).parent.mkdir(parents=True)
    file(home).write_text("# mine\n")
    with welcome(home, terminal) as asking:
        terminal.read_until(f"{file(home)} exists already; edit it, and `breakd config check` reads it")
        assert ended(asking) == 1
    assert file(home).read_text() == "# mine\n"


def test_where_nobody_can_be_asked_it_says_so(home: Home) -> None:
    done = home.breakd("welcome")
    told = "no screen answers here; ask in a terminal, or write a file with `breakd config init`\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", told)


def test_where_no_window_can_be_opened_the_terminal_asks(home: Home, terminal: Terminal) -> None:
    with socket.socket(socket.AF_UNIX) as screen:  # of Wayland alone, which Tk does not speak
        screen.bind(str(home.runtime / "wayland-0"))
        home.env["WAYLAND_DISPLAY"] = "wayland-0"
        with welcome(home, terminal) as asking:
            terminal.read_until("no window can be opened: ")
            terminal.read_until("Answer [1]: ")
            terminal.press("\x04")
            assert ended(asking) == 0
        done = home.breakd("welcome")
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.startswith("no window can be opened: ")
        assert done.stderr.count("\n") == 1


def test_a_folder_that_cannot_be_written_is_told(home: Home, terminal: Terminal) -> None:
    (home.home / ".config").write_text("in the way")
    with welcome(home, terminal) as asking:
        answer(terminal, "", "", "", "", "", "")
        terminal.read_until(f"{file(home).parent} cannot be written: Not a directory")
        assert ended(asking) == 1


# The first start


def test_a_newcomer_is_asked_once_and_it_runs_with_the_answers(home: Home, terminal: Terminal) -> None:
    daemon = run(home, terminal, "--console")
    answer(terminal, "", "mon tue wed thu fri sat sun", "0-24", "20m", "1h", "")
    terminal.read_until("Wrote")
    terminal.read_until("Next: micro at ")
    terminal.read_until("This is how I will ask")
    terminal.read_until("[s] Start  [z] Snooze  [k] Skip")
    assert [tier["every_s"] for tier in home.status()["tiers"]] == [20 * 60, 60 * 60]
    assert home.events() == ["daemon_started", "config_reloaded"]
    terminal.press("kq")
    assert ended(daemon) == 0
    file(home).unlink()
    terminal.press("")
    daemon = run(home, terminal, "--console")
    terminal.read_until("Keys:")
    assert "floor" not in terminal.text
    assert [tier["every_s"] for tier in home.status()["tiers"]] == [30 * 60, 2 * 60 * 60]


def test_skipped_it_is_not_asked_again(home: Home, terminal: Terminal) -> None:
    daemon = run(home, terminal)
    terminal.read_until("Answer [1]: ")
    terminal.press("\x04")
    terminal.read_until("Nothing was written")
    terminal.read_until("This is how I will ask")
    assert home.events() == ["daemon_started"]
    terminal.press("q")
    assert ended(daemon) == 0
    run(home, terminal)
    terminal.read_until("Keys:")
    assert "floor" not in terminal.text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_ended_in_the_midst_it_was_seen(home: Home, terminal: Terminal, number: signal.Signals) -> None:
    daemon = run(home, terminal, "--console")
    terminal.read_until("Answer [1]: ")
    daemon.send_signal(number)
    assert ended(daemon) == -number
    terminal.press("")
    run(home, terminal, "--console")
    terminal.read_until("Keys:")
    assert "floor" not in terminal.text
    assert not file(home).exists()


def test_what_cannot_be_saved_is_told_and_it_runs_with_the_defaults(home: Home, terminal: Terminal) -> None:
    home.env["XDG_CONFIG_HOME"] = "/proc"  # where even root makes no folder
    run(home, terminal, "--console")
    answer(terminal, "", "", "", "45m", "", "")
    terminal.read_until("/proc/breakd cannot be written: ")
    terminal.read_until("breakd goes on with its defaults.")
    terminal.read_until("Keys:")
    assert home.status()["tiers"][0]["every_s"] == 30 * 60


def test_where_it_could_come_twice_it_does_not_come(home: Home, terminal: Terminal) -> None:
    (home.home / ".local").write_text("in the way")  # no state can be saved
    run(home, terminal, "--console")
    terminal.read_until("Keys:")
    assert "floor" not in terminal.text


@pytest.mark.parametrize("how", ["BREAKD_CONFIG", "--config", "config.toml"])
def test_who_has_a_configuration_is_not_asked(home: Home, terminal: Terminal, how: str) -> None:
    args = ["--console"]
    if how == "BREAKD_CONFIG":
        home.env[how] = str(home.config)
    elif how == "--config":
        args += ["--config", str(home.config)]
    else:
        file(home).parent.mkdir(parents=True)
        os.link(home.config, file(home))
    run(home, terminal, *args)
    terminal.read_until("Keys:")
    assert "floor" not in terminal.text
    assert "This is how" not in terminal.text


def test_with_no_terminal_nobody_is_asked(home: Home) -> None:
    home.run("--console")
    home.wait_for_text("Answer with `breakd start`")
    assert "floor" not in home.text()


# The daemon meanwhile


def test_the_answers_come_into_effect_without_a_restart() -> None:
    machine = Machine()
    machine.sit(10)
    answered = settings(**{"break": [MICRO | {"every": "20m"}]}, presence={"away_after": "5m"})
    machine.tell(ports.Welcomed(answered))
    assert machine.presence.away_after == 5 * 60
    assert machine.screen() is not None
    assert machine.prompter.shown[-1].title == "This is how I will ask"
    assert machine.ask(do="status")["data"]["tiers"][0]["every_s"] == 20 * 60
    machine.wait(10)
    assert machine.events() == ["daemon_started", "config_reloaded", "due", "prompted"]


def test_skipped_nothing_changes_and_it_shows_how_it_asks() -> None:
    machine = Machine()
    machine.tell(ports.Welcomed(None))
    assert machine.prompter.shown[-1].title == "This is how I will ask"
    assert machine.daemon.state.settings == SETTINGS
    assert machine.events() == ["daemon_started"]


def test_who_is_being_asked_is_not_shown_how_it_asks() -> None:
    machine = Machine()
    machine.sit(30)
    shown = list(machine.prompter.shown)
    machine.tell(ports.Welcomed(None))
    assert machine.prompter.shown == shown
