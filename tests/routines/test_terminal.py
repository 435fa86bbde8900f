"""A routine in the terminal, as a program of its own: on a pipe, and on a real pseudo-terminal with keys."""

import json
import os
import pty
import re
import select
import signal
import socket
import subprocess
import sys
import termios
import time
from collections.abc import Iterator

import pytest

PROGRAM = [sys.executable, "-m", "breakd", "routine"]
SECONDS = 20
ROUTINE = {"sound": True, "theme": "auto", "reduced_motion": False}
STEP = {"text": "Roll your shoulders", "length": 2_000_000, "sides": True, "count": 1, "image": ""}
OWN = {"id": "rolls", "name": "Shoulder rolls", "position": "seated", "steps": [STEP]}


def test_on_a_pipe_each_phase_is_a_line() -> None:
    done = subprocess.run(
        [*PROGRAM, "walk", "--terminal", "--length", "3s"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS, check=True,
    )  # fmt: skip
    lines = done.stdout.splitlines()
    assert lines[0] == "Short walk, 3 s"
    assert lines[1].startswith("Ask a doctor or therapist first")
    assert lines[-6:] == [
        "Stand up (1 s)",
        "Loosen your shoulders (1 s)",
        "Walk out (1 s)",
        "Turn, walk back (1 s)",
        "Arrive, stand tall (1 s)",
        "Done: 3 s of exercise",
    ]
    assert "\x1b" not in done.stdout
    assert not done.stderr


class Terminal:
    """A routine on a pseudo-terminal, and what it has written so far."""

    def __init__(self, *args: str, profile: str = "any") -> None:
        self.master, slave = pty.openpty()
        self.before = termios.tcgetattr(slave)
        self.slave = slave
        self._line, theirs = socket.socketpair()
        self.say({"routine": ROUTINE | {"profile": profile}, "exercises": [OWN]})
        command = [*PROGRAM, *args, "--terminal", "--report", str(theirs.fileno())]
        self.process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, pass_fds=[theirs.fileno()])
        theirs.close()
        self.text = ""

    def say(self, what: object) -> None:
        """Say something as the daemon does."""
        self._line.send(json.dumps(what).encode() + b"\n")

    def read_until(self, pattern: str) -> None:
        end = time.monotonic() + SECONDS
        while not re.search(pattern, self.text):
            ready, _, _ = select.select([self.master], [], [], end - time.monotonic())
            assert ready, f"{pattern} did not come: {self.text}"
            self.text += os.read(self.master, 4096).decode()

    def press(self, key: str) -> None:
        self.text = ""
        os.write(self.master, key.encode())

    def reports(self) -> list[dict[str, object]]:
        """Wait for the end and return what was reported."""
        assert self.process.wait(SECONDS) == 0
        with self._line.makefile() as lines:
            return [json.loads(line) for line in lines]

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.master)
        os.close(self.slave)
        self._line.close()


@pytest.fixture
def bridges() -> Iterator[Terminal]:
    terminal = Terminal("bridges", "--length", "2m")
    yield terminal
    terminal.close()


def test_keys_move_the_routine_and_the_terminal_is_given_back(bridges: Terminal) -> None:
    bridges.read_until("5 Get ready")
    bridges.press("n")
    bridges.read_until("15 Lie down, bend your knees")
    bridges.press("n")
    bridges.read_until("2 Lift: 1 of 5")
    bridges.press("b")
    bridges.read_until("15 Lie down, bend your knees")
    bridges.press("p")
    bridges.read_until("paused")
    bridges.press(" ")
    bridges.read_until("Lie down, bend your knees")
    bridges.press("d")
    bridges.read_until("Done: ")
    said = bridges.reports()
    assert [report["kind"] for report in said] == ["opened", "moved", "moved", "moved", "moved", "moved", "done"]
    assert said[1]["seconds"] == 115
    assert said[4]["seconds"] is None
    assert termios.tcgetattr(bridges.slave) == bridges.before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_closes_it_tidily(bridges: Terminal, number: signal.Signals) -> None:
    bridges.read_until("Get ready")
    bridges.process.send_signal(number)
    bridges.read_until("Closed early: ")
    assert [report["kind"] for report in bridges.reports()] == ["opened", "closed"]
    assert termios.tcgetattr(bridges.slave) == bridges.before


def test_signals_at_its_end_find_the_terminal_tidy(bridges: Terminal) -> None:
    """The daemon ends what it opened, and may do so while the routine ends by itself."""
    bridges.read_until("Get ready")
    bridges.press("d")
    bridges.read_until("Done: ")
    while bridges.process.poll() is None:
        bridges.process.send_signal(signal.SIGTERM)
    assert termios.tcgetattr(bridges.slave) == bridges.before


def test_q_closes_it(bridges: Terminal) -> None:
    bridges.read_until("Get ready")
    bridges.press("q")
    assert [report["kind"] for report in bridges.reports()] == ["opened", "closed"]


def test_the_seconds_count_down_in_place() -> None:
    terminal = Terminal("bridges", "--length", "4s")
    terminal.read_until("1 Lie down")
    terminal.read_until("Done: 4 s of exercise")
    assert [report["kind"] for report in terminal.reports()] == ["opened", "finished"]
    assert "\r\x1b[K" in terminal.text
    terminal.close()


def test_the_person_s_own_exercise_and_the_daemon_s_last_word() -> None:
    terminal = Terminal("rolls", "--length", "9s")
    terminal.read_until("Roll your shoulders: right side")
    terminal.read_until("Roll your shoulders: left side")
    assert "Stop:" not in terminal.text
    terminal.say({"farewell": "3 breaks today."})
    terminal.read_until("3 breaks today")
    assert [report["kind"] for report in terminal.reports()] == ["opened", "finished"]
    terminal.close()


def test_the_alternative_of_the_profile() -> None:
    terminal = Terminal("walk", profile="seated")
    terminal.read_until("Seat march, 2 min")
    terminal.press("q")
    terminal.read_until("Closed early: ")
    terminal.close()
