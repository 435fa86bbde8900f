"""breakd's own text log: what is in it, how large it grows, who writes it, and that nothing stops for it."""

import logging
import os
import re
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from breakd import __version__, logfile
from breakd.adapters.clock import SystemClock
from breakd.config import load
from breakd.daemon import Daemon
from running import CALM, PROGRAM, QUICK, SECONDS, Home, ended

LINE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8},[0-9]{3} (DEBUG|INFO|WARNING|ERROR) \[[0-9]+\] [\w.]+: .*")
MOST = 5_000_000


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path, CALM)
    yield home
    home.close()


def text(home: Home) -> str:
    file = home.state / "breakd.log"
    return file.read_text(encoding="utf-8") if file.exists() else ""


def lines(home: Home) -> list[str]:
    """Return the lines of both parts, in their order."""
    return [
        line
        for name in ("breakd.log.1", "breakd.log")
        if (home.state / name).exists()
        for line in (home.state / name).read_text(encoding="utf-8").splitlines()
    ]


def python(home: Home, program: str, *args: str, **options: Any) -> "subprocess.Popen[str]":
    """Start a program that logs as breakd does; `log` is breakd's logger."""
    begin = "import logging, os, sys, threading\nfrom breakd import logfile\nlog = logging.getLogger('breakd.x')\n"
    pipe = subprocess.PIPE
    outputs: dict[str, Any] = {"stdout": pipe, "stderr": pipe, "env": home.env, "text": True} | options
    return subprocess.Popen([sys.executable, "-c", begin + program, *args], **outputs)


def done(process: "subprocess.Popen[str]") -> str:
    """Return what it wrote, both outputs in one, when it has ended well."""
    out, err = process.communicate(timeout=SECONDS * 3)
    assert process.returncode == 0, err
    return out + err


# How large it grows


def test_it_is_put_aside_while_it_runs_and_never_takes_more_than_5_mb(home: Home) -> None:
    program = "logfile.begin(rotates=True)\nfor n in range(60_000): log.info('line %06d %s', n, 'x' * 100)\n"
    assert done(python(home, program)) == ""
    parts = sorted(home.state.iterdir())
    assert [part.name for part in parts] == ["breakd.log", "breakd.log.1"]
    assert sum(part.stat().st_size for part in parts) <= MOST
    numbers = [int(line.split("line ")[1][:6]) for line in lines(home)]
    assert numbers == list(range(numbers[0], 60_000))
    assert len(numbers) > 14_000


def test_only_the_daemon_puts_it_aside_and_to_a_full_one_nobody_adds(home: Home) -> None:
    home.state.mkdir(parents=True)
    (home.state / "breakd.log").write_bytes(b"x" * (logfile.FULL - 1000) + b"\n")
    assert done(python(home, "logfile.begin()\nfor n in range(1000): log.info('line %d', n)\n")) == ""
    assert [part.name for part in home.state.iterdir()] == ["breakd.log"]
    assert logfile.FULL - 200 < (home.state / "breakd.log").stat().st_size <= logfile.FULL
    assert done(python(home, "logfile.begin(rotates=True)\nlog.info('new')\n")) == ""
    assert text(home).endswith("breakd.x: new\n")
    assert len(text(home)) < 100


def test_one_text_is_cut(home: Home) -> None:
    assert done(python(home, "logfile.begin()\nlog.info('y' * 1_000_000)\nlog.info('next')\n")) == ""
    long, after = lines(home)
    assert len(long) == logfile.LONGEST
    assert LINE.fullmatch(after)


# Who writes it


def test_several_write_it_at_once_and_each_line_is_whole(home: Home) -> None:
    program = (
        "logfile.begin(rotates=sys.argv[1] == '0')\n"
        "for n in range(5000): log.info('from %s number %d %s', sys.argv[1], n, 'é' * 100)\n"
    )
    for process in [python(home, program, str(who)) for who in range(4)]:
        assert done(process) == ""
    found = lines(home)
    assert [line for line in found if not LINE.fullmatch(line) or not line.endswith("é" * 100)] == []
    for who in range(4):
        numbers = [int(line.split("number ")[1].split()[0]) for line in found if f"from {who} " in line]
        assert numbers == sorted(numbers)
        assert len(numbers) == len(set(numbers))
    assert sum(part.stat().st_size for part in home.state.iterdir()) <= MOST


def test_a_window_of_the_daemon_writes_it_too(home: Home) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        told = str(theirs.fileno())
        command = [*PROGRAM, "prompt-window", "--report", told]
        child = subprocess.run(
            command, env=home.env, pass_fds=[theirs.fileno()], capture_output=True, check=False, timeout=SECONDS
        )
    assert child.stderr == b""
    assert lines(home)
    assert [line for line in lines(home) if not LINE.fullmatch(line)] == []


def test_what_ends_a_thread_is_written_down(home: Home) -> None:
    program = (
        "logfile.begin()\n"
        "def fail(): raise RuntimeError('in a thread')\n"
        "thread = threading.Thread(target=fail, name='tray'); thread.start(); thread.join()\n"
    )
    assert done(python(home, program)) == ""
    assert "ERROR" in lines(home)[0]
    assert "the thread tray failed" in lines(home)[0]
    assert lines(home)[1] == "Traceback (most recent call last):"
    assert lines(home)[-1] == "RuntimeError: in a thread"


def test_a_defect_of_any_command_is_written_down_with_its_time(home: Home) -> None:
    program = "try: raise RuntimeError('of a command')\nexcept RuntimeError: print(logfile.record_crash())\n"
    assert done(python(home, program)) == f"{home.state}/breakd.log\n"
    assert re.match(r"[0-9-]{10} [0-9:]{8} CRASH \[[0-9]+\] Traceback", lines(home)[0])
    assert lines(home)[-1] == "RuntimeError: of a command"


# What is in it


def test_the_daemon_tells_of_its_beginning_what_serves_each_event_and_its_end(home: Home) -> None:
    home.config.write_text(QUICK)
    daemon = home.run()
    home.wait_for_text("Stand up")
    assert home.breakd("skip").returncode == 0
    daemon.terminate()
    assert ended(daemon) == 0
    found = lines(home)
    assert [line for line in found if not LINE.fullmatch(line)] == []
    version = ".".join(map(str, sys.version_info[:3]))
    assert found[0].endswith(f"breakd {__version__} begins, by Python {version} on {sys.platform}")
    assert found[-1].endswith(" breakd ends: end")
    said = [line.partition(" breakd: ")[2] for line in found]
    events = ["daemon_started", "due", "prompted", "skipped", "daemon_stopped"]
    assert [line for line in said if line in events] == events
    assert "notifications: console" in said
    assert "presence: unknown" in said
    assert "Stand up" in home.text()
    assert "INFO" not in home.text()


def test_what_stays_wrong_is_told_once(home: Home, caplog: pytest.LogCaptureFixture) -> None:
    daemon = Daemon(load(str(home.config)).settings, SystemClock())
    caplog.set_level(logging.INFO)
    for problem in ("full", "full", None, "full", "gone"):
        daemon.problem("state", problem)
    assert [record.getMessage() for record in caplog.records] == ["state: full", "state: full", "state: gone"]


def test_in_detail_it_is_on_standard_error_too(home: Home) -> None:
    program = "logfile.begin(verbose=True)\nlog.debug('a detail')\nlogging.getLogger('other').info('a library')\n"
    said = done(python(home, program))
    assert LINE.fullmatch(said.strip())
    assert said.endswith("breakd.x: a detail\n")
    assert text(home) == said
    home.run("-v")
    home.wait_for_text("breakd: daemon_started")


def test_the_journal_gets_each_line_with_its_priority(home: Home) -> None:
    home.said.touch()
    found = home.said.stat()
    journal = {"JOURNAL_STREAM": f"{found.st_dev}:{found.st_ino}"}
    home.run(env=home.env | journal)
    home.wait_for_text("<6>breakd: daemon_started")
    assert "daemon_started" in text(home)
    program = (
        "logfile.begin()\nlog.debug('no'); log.info('so')\n"
        "try: 1 / 0\nexcept ZeroDivisionError: log.exception('failed')\n"
    )
    with home.said.open("a") as said:
        process = python(home, program, stderr=said, env=home.env | journal)
        process.communicate(timeout=SECONDS)
    written = home.text().partition("<6>breakd.x: so\n")[2].splitlines()
    assert written[0] == "<3>breakd.x: failed"
    assert written[-1] == "<3>ZeroDivisionError: division by zero"
    assert all(line.startswith("<3>") for line in written)


def test_another_stream_is_no_journal(home: Home) -> None:
    home.run(env=home.env | {"JOURNAL_STREAM": "1:2"})
    home.wait_for_text("Next:")
    assert "<6>" not in home.text()


# What stops nothing


def a_folder(home: Home) -> None:
    (home.state / "breakd.log").mkdir(parents=True)


def a_pipe(home: Home) -> None:
    home.state.mkdir(parents=True)
    os.mkfifo(home.state / "breakd.log")


def no_folder(home: Home) -> None:
    home.state.parent.mkdir(parents=True)
    home.state.touch()


@pytest.mark.parametrize("obstacle", [a_folder, a_pipe, no_folder])
def test_what_is_in_its_place_stops_nothing(home: Home, obstacle: Any) -> None:
    obstacle(home)
    program = "logfile.begin(rotates=True)\nlog.info('x')\nlog.info('%d', 'wrong')\nprint('goes on')\n"
    assert done(python(home, program)) == "goes on\n"


def test_a_full_disk_stops_nothing(home: Home) -> None:
    program = (
        "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))\nlogfile.begin(rotates=True)\n"
        "for n in range(9): log.info('line %d', n)\nprint('goes on')\n"
    )
    assert done(python(home, program)) == "goes on\n"
    assert len(text(home)) <= 100


def test_one_that_is_deleted_is_begun_anew(home: Home) -> None:
    program = "logfile.begin(rotates=True)\nlog.info('one')\nos.unlink(logfile.path())\nlog.info('two')\n"
    assert done(python(home, program)) == ""
    assert [line.rpartition(" ")[2] for line in lines(home)] == ["two"]


def test_it_is_its_persons_alone_be_it_an_earlier_breakds(home: Home) -> None:
    file = home.state / "breakd.log"
    for _file in range(2):
        assert done(python(home, "os.umask(0)\nlogfile.begin()\nlog.info('x')\n")) == ""
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        file.chmod(0o644)
