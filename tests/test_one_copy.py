"""One copy a person, however often and wherever it is started; what an earlier one left behind is no obstacle."""

import json
import os
import signal
import socket
from pathlib import Path
from subprocess import Popen

import pytest

from running import PROGRAM, QUICK, SECONDS, Home, ended


def login(home: Home, name: str = "second") -> dict[str, str]:
    """Return what is another in the environment of another login: a screen and a runtime folder of its own."""
    folder = home.short / name
    folder.mkdir(mode=0o700, exist_ok=True)
    return {"XDG_RUNTIME_DIR": str(folder)}


def leave_a_dead_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))


def lock(home: Home, **held: object) -> None:
    """Have a lock's file that no daemon holds, as a cut of the power leaves it."""
    home.state.mkdir(parents=True, exist_ok=True, mode=0o700)
    there = {"process": os.getpid(), "host": socket.gethostname(), "screen": ":0", "runtime": str(home.runtime)}
    (home.state / "breakd.lock").write_text(json.dumps(there | held))


def test_of_twenty_at_once_in_two_logins_one_lives_whatever_was_left_behind(home: Home) -> None:
    lock(home)  # of a process that lives, and is another one now
    second = login(home)
    leave_a_dead_socket(home.runtime / "breakd.sock")
    leave_a_dead_socket(Path(second["XDG_RUNTIME_DIR"]) / "breakd.sock")
    started = [home.start(env=home.env | (second if n % 2 else {})) for n in range(20)]
    home.wait(lambda: sum(process.poll() is None for process in started) == 1, "all but one to end")
    (alive,) = (process for process in started if process.poll() is None)
    home.wait(lambda: home.breakd("status").returncode == 0, "the one that lives")
    for elsewhere in ({}, second):
        done = home.breakd("status", "--json", **elsewhere)
        assert json.loads(done.stdout)["pid"] == alive.pid
    assert sorted(process.returncode for process in started if process is not alive) == [1] * 19
    lines = [line for line in home.text().splitlines() if "running already" in line]
    assert len(lines) == 19
    assert home.events() == ["daemon_started"]


def test_a_state_folder_that_is_a_link_is_as_good(home: Home) -> None:
    there = home.home / "there"
    there.mkdir(mode=0o700)
    home.state.parent.mkdir(parents=True)
    home.state.symlink_to(there)
    home.run()
    second = login(home)
    assert home.breakd("status", **second).returncode == 0
    assert "in another login" in home.breakd("run", **second).stderr


def test_another_login_is_told_where_it_runs(home: Home) -> None:
    first = home.run()
    done = home.breakd("run", **login(home))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"breakd is running already in another login (process {first.pid}), and asks there; "
        "to have it here, `breakd quit` and `breakd run`\n"
    )


def test_what_it_is_told_to_do_works(home: Home) -> None:
    first, second = home.run(), login(home)
    assert json.loads(home.breakd("status", "--json", **second).stdout)["pid"] == first.pid
    assert home.breakd("pause", **second).returncode == 0
    assert home.status()["state"] == "paused"
    assert home.breakd("quit", **second).returncode == 0
    assert ended(first) == 0
    home.env |= second
    home.runtime = Path(second["XDG_RUNTIME_DIR"])
    home.run()


def test_after_quit_another_can_start_though_a_hook_took_its_time(home: Home) -> None:
    hook = home.home / "hook"
    hook.write_text("#!/bin/sh\ntrap '' TERM\necho > runs\nsleep 1000\n")
    hook.chmod(0o755)
    home.config.write_text(f'{QUICK}\n[hooks]\non_prompt = ["{hook}"]\n')
    home.run()
    home.wait((home.home / "runs").exists, "the hook")
    assert home.breakd("quit").stdout == "breakd ends.\n"
    home.run()
    assert "already" not in home.text()


def test_another_login_that_restarts_it_finds_it_again(home: Home) -> None:
    first = home.run()
    done = home.breakd("restart", **login(home))
    assert (done.returncode, done.stdout, done.stderr) == (0, "breakd starts anew.\n", "")
    assert home.pid() == first.pid


NOT_RUNNING = "breakd is not running; start it with `breakd run`\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_after_its_end_no_login_takes_it_for_running(home: Home, number: signal.Signals) -> None:
    first, second = home.run(), login(home)
    first.send_signal(number)
    ended(first)
    for elsewhere in ({}, second):
        done = home.breakd("status", **elsewhere)
        assert (done.returncode, done.stderr) == (3, NOT_RUNNING)


SAYS_NOTHING = ["", "123\n", "[" * 100_000, '{"host": 5}'] + [
    f'{{"runtime": "{folder}", "host": "%s"}}' for folder in ("\\u0000", "\\ud800", "/x" * 200, "")
]


@pytest.mark.parametrize("text", SAYS_NOTHING)
def test_a_lock_that_says_nothing_is_no_obstacle(home: Home, text: str) -> None:
    lock(home)
    (home.state / "breakd.lock").write_text(text.replace("%s", socket.gethostname()))
    for follows in ((), ("--follow",)):
        done = home.breakd("status", *follows)
        assert (done.returncode, done.stderr) == (3, NOT_RUNNING)
    home.run()
    assert home.breakd("status", **login(home)).returncode == 0


def test_a_pipe_in_place_of_the_lock_is_waited_for_by_nobody(home: Home) -> None:
    home.state.mkdir(parents=True, mode=0o700)
    os.mkfifo(home.state / "breakd.lock")
    assert home.breakd("status").stderr == NOT_RUNNING
    home.run()


def test_a_home_that_is_shared_tells_the_other_machine(home: Home) -> None:
    lock(home, host="elsewhere")
    done = home.breakd("status")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "breakd is not running on this machine; it was started on elsewhere\n"
    home.run()
    assert home.breakd("status").returncode == 0


def test_without_a_folder_for_the_state_there_is_one_copy_a_login(home: Home) -> None:
    home.state.parent.mkdir(parents=True)
    home.state.touch()
    first = home.run()
    done = home.breakd("run")
    assert done.returncode == 1
    assert done.stderr == f"breakd is running already (process {first.pid}); `breakd status` shows it\n"


def answering(home: Home, started: list[Popen[bytes]]) -> Popen[bytes] | None:
    """Return the one of these that answers."""
    pid = home.pid()
    return next((process for process in started if process.pid == pid), None)


def all_ended(started: list[Popen[bytes]]) -> bool:
    return all(process.poll() is not None for process in started)


def the_one(home: Home, started: list[Popen[bytes]]) -> Popen[bytes]:
    """Return the one of these that lives; where all came too early, it is one more."""
    home.wait(lambda: answering(home, started) or all_ended(started), "one, or the end of all")
    if all_ended(started):
        started.append(home.start())
    found: Popen[bytes] = home.wait(lambda: answering(home, started), "the answer of one")
    return found


def test_one_that_starts_while_another_ends_answers_or_says_why_not(home: Home) -> None:
    daemon = home.run()
    refused = 0
    for _ in range(8):
        asking = Popen([*PROGRAM, "quit"], env=home.env)
        others = [home.start() for _ in range(2)]
        assert ended(daemon) == 0
        assert asking.wait(SECONDS) == 0
        daemon = the_one(home, others)
        for other in others:
            if other is not daemon:
                assert ended(other) == 1
                refused += 1
    assert home.text().count("running already") == refused
