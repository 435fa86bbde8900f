"""`status --format` and `status --follow`: what a bar is told, how often, and what becomes of those who follow."""

import json
import os
import resource
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from breakd import ports
from breakd.adapters.control import FOLLOWERS
from machine import ALL_DAY, MICRO, Machine, settings
from running import CALM, PROGRAM, QUICK, SECONDS, Home, ended

STATES = {"working", "standing", "away", "paused", "outside", "waiting", "held", "due", "snoozed", "routine"}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path, CALM)
    yield home
    home.close()


# The formats


def bar(machine: Machine) -> dict[str, Any]:
    """Return what waybar is told, after a check that it can take it."""
    reply = machine.ask(do="status", format="waybar")
    assert (reply["ok"], reply["status"]) == (True, 0)
    assert "\n" not in reply["text"]
    found = dict(json.loads(reply["text"]))
    assert reply["data"] == found
    assert list(found) == ["text", "alt", "tooltip", "class", "percentage"]
    assert found["alt"] in STATES
    assert found["alt"] == machine.ask(do="status")["data"]["state"] == found["class"][0]
    assert 0 <= found["percentage"] <= 100
    assert 0 < len(found["text"]) <= 8
    for markup in (found["text"], found["tooltip"]):
        ET.fromstring(f"<markup>{markup}</markup>")
    return found


def plain(machine: Machine) -> str:
    return str(machine.ask(do="status", format="plain")["text"])


def test_a_bar_is_told_in_each_state() -> None:
    machine = Machine()
    assert (bar(machine)["text"], bar(machine)["alt"]) == ("away", "away")
    machine.sit(6)
    assert bar(machine) == {
        "text": "24m",
        "alt": "working",
        "tooltip": "Sat 6 min, helicopters in 24 min\nmicro: sat 6 min of 30 min",
        "class": ["working"],
        "percentage": 20,
    }
    machine.sit(0.5)
    assert bar(machine)["text"] == "24m"
    machine.ask(do="pause")
    assert (bar(machine)["text"], plain(machine)) == ("paused", "Nothing now: paused until you resume.")
    machine.ask(do="resume")
    machine.sit(23)
    assert bar(machine)["text"] == "1m"
    machine.busy("camera")
    machine.sit(1)
    assert (bar(machine)["text"], bar(machine)["percentage"]) == ("held", 100)
    machine.free("camera")
    assert (bar(machine)["text"], plain(machine)) == ("due", "Asking now: micro, Helicopters.")
    machine.click("snooze")
    assert (bar(machine)["text"], bar(machine)["alt"]) == ("5m", "snoozed")
    machine.sit(0.1)
    assert bar(machine)["text"] == "5m"
    machine.tell(ports.Locked())
    machine.wait(10)
    machine.tell(ports.Unlocked())
    machine.ask(do="start")
    assert (bar(machine)["text"], bar(machine)["alt"]) == ("break", "routine")


def test_a_bar_is_told_of_the_end_of_work() -> None:
    machine = Machine(config=settings(work={"days": ["mon"], "hours": ["09:00-09:20"]}, **{"break": [MICRO]}))
    machine.sit(1)
    assert (bar(machine)["text"], plain(machine)) == ("none", "Nothing more before work ends at 09:20.")
    machine.sit(20)
    assert (bar(machine)["text"], plain(machine)) == ("off work", "Nothing now: outside work hours until Mon 09:00.")


def test_a_prompt_that_waits_for_a_person_is_told() -> None:
    machine = Machine(config=settings(work=ALL_DAY, presence={"away_after": "5m"}, **{"break": [MICRO]}))
    machine.sit(31)
    machine.ask(do="snooze")
    machine.tell(ports.WentIdle(0))
    machine.tell(ports.Locked())
    machine.wait(1)
    machine.ask(do="status")
    assert bar(machine)["text"] == "4m"
    assert "snoozed until" in plain(machine)


def test_a_tier_is_spelt_as_markup_says() -> None:
    machine = Machine(config=settings(work=ALL_DAY, **{"break": [MICRO | {"name": "<b>R&D</b>"}]}))
    machine.sit(1)
    tooltip = bar(machine)["tooltip"]
    assert "&lt;b&gt;R&amp;D&lt;/b&gt;: sat 1 min of 30 min" in tooltip
    assert "".join(ET.fromstring(f"<m>{tooltip}</m>").itertext()).endswith("\n<b>R&D</b>: sat 1 min of 30 min")


def test_what_is_wrong_is_told() -> None:
    machine = Machine()
    machine.sit(1)
    machine.daemon.problem("bus", "no session bus: a & b")
    machine.history.error = "the disk is full"
    found = bar(machine)
    assert found["class"] == ["working", "problem"]
    assert found["tooltip"].endswith("\nlog: the disk is full\nno session bus: a &amp; b")
    assert plain(machine) == "Sat 1 min, helicopters in 29 min (something is wrong: see `breakd status`)"


@pytest.mark.parametrize("form", ["xml", "", 5, True, "x" * 100])
@pytest.mark.parametrize("do", ["status", "follow"])
def test_another_format_is_refused(do: str, form: object) -> None:
    machine = Machine()
    reply = machine.ask(do=do, format=form)
    assert (reply["ok"], reply["status"]) == (False, 2)
    assert reply["text"].endswith("; there are plain and waybar")
    machine.tell(ports.CameBack())
    assert machine.daemon._followers == []


# How often those who follow are told


@pytest.mark.parametrize(("form", "first"), [("plain", "Sat {n} min, helicopters in {left} min"), ("waybar", "")])
def test_each_minute_is_told_once(form: str, first: str) -> None:
    machine = Machine()
    machine.sit(0.3)
    told = machine.ask_on(do="follow", format=form)
    for _ in range(29):
        machine.wait(0.5)
        machine.ask(do="status")  # wakes the daemon for nothing
        machine.wait(0.5)
    texts = [reply["text"] for reply in told]
    if form == "plain":
        assert texts == [first.format(n=n, left=30 - n) for n in range(30)]
    else:
        assert [json.loads(text)["text"] for text in texts] == [f"{30 - n}m" for n in range(30)]


def test_all_of_the_status_is_told_once_a_minute_too() -> None:
    machine = Machine()
    machine.sit(0.3)
    told = machine.ask_on(do="follow")
    for _ in range(40):
        machine.wait(0.25)
        machine.ask(do="status")
    assert [reply["data"]["tiers"][0]["sat_s"] // 60 for reply in told] == list(range(11))


def test_a_change_is_told_at_once_and_nothing_while_there_is_none() -> None:
    machine = Machine()
    told = machine.ask_on(do="follow", format="plain")
    machine.ask(do="pause")
    machine.wait(120)
    machine.ask(do="resume")
    machine.tell(ports.CameBack())
    machine.wait(30)
    machine.click("start")
    machine.wait(1)
    texts = [reply["text"] for reply in told]
    assert [text for text in texts if not text.startswith("Sat ")] == [
        "Away since 09:00; helicopters after 30 min more at the keyboard",
        "Nothing now: paused until you resume.",
        "Asking now: micro, Helicopters.",
        "On a break: Helicopters until 11:32.",
    ]
    assert len(texts) == 4 + 30
    assert all(reply["ok"] and reply["version"] for reply in told)


def test_who_has_gone_is_forgotten_though_nothing_changes() -> None:
    machine = Machine()
    machine.ask(do="pause")
    here = True
    machine.tell(ports.Command({"do": "follow"}, lambda _reply: True, lambda: here))
    assert len(machine.daemon._followers) == 1
    here = False
    machine.wait(1)
    assert machine.daemon._followers == []


def test_followers_wake_nobody() -> None:
    def wakes(*, followed: bool) -> int:
        machine = Machine()
        machine.sit(0)
        if followed:
            machine.ask(do="follow", format="waybar")
        rounds: list[None] = []
        machine.daemon._outside.alive = lambda: rounds.append(None)
        machine.wait(120)
        return len(rounds)

    assert wakes(followed=True) == wakes(followed=False) > 0


# With real processes


def start(home: Home, *args: str, **options: Any) -> subprocess.Popen[str]:
    """Start `status --follow`; what it prints and says can be read."""
    return subprocess.Popen(
        [*PROGRAM, "status", *args, "--follow"], env=home.env, text=True, encoding="utf-8",
        **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options,
    )  # fmt: skip


def read(process: subprocess.Popen[str]) -> str:
    """Return its next line; it is there without an end of the process."""
    assert process.stdout is not None
    assert select.select([process.stdout], [], [], SECONDS)[0], "no line came"
    return process.stdout.readline()


@pytest.mark.parametrize("args", [(), ("--format", "plain"), ("--format", "waybar"), ("--json",)])
def test_it_follows_until_the_daemon_ends(home: Home, args: tuple[str, ...]) -> None:
    daemon = home.run()
    with start(home, *args) as bar:
        first = read(bar)
        home.breakd("pause")
        second = read(bar)
        home.breakd("quit")
        assert ended(daemon) == 0
        out, err = bar.communicate(timeout=SECONDS)
    assert (bar.returncode, err) == (3, "breakd has ended; start it with `breakd run`\n")
    if args == ("--json",):
        assert [json.loads(line)["state"] for line in (first, second)] == ["working", "paused"]
        assert out == ""
    elif args == ("--format", "waybar"):
        assert [json.loads(line)["alt"] for line in (first, second, out)] == ["working", "paused", "off"]
    else:
        assert second.startswith("Nothing now: paused until you resume.")
        assert out == "breakd is off\n"


def test_a_prompt_is_told(home: Home) -> None:
    home.config.write_text(QUICK)
    home.run()
    with start(home) as bar:
        while not read(bar).startswith("Asking now: micro, Helicopters."):
            pass
        bar.kill()


def test_the_end_of_a_killed_daemon_is_told(home: Home) -> None:
    daemon = home.run()
    with start(home, "--format", "waybar") as bar:
        read(bar)
        daemon.kill()
        assert bar.wait(SECONDS) == 3


@pytest.mark.parametrize(
    "args", [("--format", "plain"), ("--format", "waybar"), ("--format", "waybar", "--follow"), ("--follow",)]
)
def test_a_bar_shows_that_there_is_no_daemon(home: Home, args: tuple[str, ...]) -> None:
    done = home.breakd("status", *args)
    assert (done.returncode, done.stderr) == (3, "breakd is not running; start it with `breakd run`\n")
    if "waybar" in args:
        assert json.loads(done.stdout) == {
            "text": "off",
            "alt": "off",
            "tooltip": "breakd is not running; start it with `breakd run`",
            "class": ["off"],
            "percentage": 0,
        }
    else:
        assert done.stdout == "breakd is off\n"


def test_without_a_format_there_is_nothing_to_print_without_a_daemon(home: Home) -> None:
    for args in (["--json"], ["--json", "--follow"], []):
        done = home.breakd("status", *args)
        assert (done.returncode, done.stdout) == (3, "")


def test_json_is_a_format_of_its_own(home: Home) -> None:
    done = home.breakd("status", "--json", "--format", "waybar")
    assert (done.returncode, done.stdout) == (2, "")
    assert "argument --format: not allowed with argument --json" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_it_quietly(home: Home, number: signal.Signals) -> None:
    home.run()
    with start(home) as bar:
        read(bar)
        bar.send_signal(number)
        assert bar.communicate(timeout=SECONDS) == ("", "")


def test_it_ends_when_nobody_reads_though_there_is_nothing_to_say(home: Home) -> None:
    home.run()
    home.breakd("pause")
    with start(home) as bar:
        read(bar)
        assert bar.stdout is not None
        bar.stdout.close()
        assert bar.wait(SECONDS) == 0
        assert bar.stderr is not None
        assert bar.stderr.read() == ""


def test_it_ends_with_its_terminal(home: Home) -> None:
    home.run()
    home.breakd("pause")
    master, slave = os.openpty()
    bar = start(home, stdout=slave, stderr=slave)
    os.close(slave)
    assert b"paused" in os.read(master, 4096)
    os.close(master)
    assert bar.wait(SECONDS) == 0


def test_it_follows_into_a_file(home: Home, tmp_path: Path) -> None:
    home.run()
    with (tmp_path / "out").open("wb") as out, start(home, stdout=out) as bar:
        home.wait((tmp_path / "out").read_text, "the first line")
        home.breakd("pause")
        home.wait(lambda: "paused" in (tmp_path / "out").read_text(), "the second line")
        bar.kill()


def answer(home: Home, *lines: bytes) -> subprocess.Popen[str]:
    """Follow something that says these lines, half of the last one, and no more."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(home.runtime / "breakd.sock"))
        server.listen()
        server.settimeout(SECONDS)
        bar = start(home)
        client, _address = server.accept()
        with client:
            client.recv(4096)
            for line in lines:
                client.sendall(line)
    return bar


def reply(text: str, **more: object) -> bytes:
    return json.dumps({"ok": True, "status": 0, "text": text, "version": "0.0.0"} | more).encode() + b"\n"


def test_a_daemon_of_another_version_is_told_once(home: Home) -> None:
    with answer(home, reply("one"), reply("two"), reply("three")[:-9]) as bar:
        out, err = bar.communicate(timeout=SECONDS)
    assert out == "one\ntwo\nbreakd is off\n"
    assert err.startswith("the daemon is version 0.0.0, this command is ")
    assert len(err.splitlines()) == 2


def test_a_daemon_that_will_not_be_followed_is_told(home: Home) -> None:
    with answer(home, reply("this breakd knows no request", ok=False, status=2)) as bar:
        out, err = bar.communicate(timeout=SECONDS)
    assert (bar.returncode, out) == (2, "")
    assert err.endswith("\nthis breakd knows no request\n")


def test_an_answer_that_is_none_is_told(home: Home) -> None:
    with answer(home, b"abc\n") as bar:
        out, err = bar.communicate(timeout=SECONDS)
    assert (bar.returncode, out) == (1, "")
    assert err.startswith("the answer is not one of breakd ")


# What those who follow cost the daemon


def connect(home: Home) -> socket.socket:
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(SECONDS)
    client.connect(str(home.runtime / "breakd.sock"))
    return client


def handles(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def memory(pid: int) -> int:
    """Return the memory that is its own, in bytes."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def come_and_go(home: Home, times: int) -> None:
    for _ in range(times):
        with connect(home) as client, client.makefile("rb") as lines:
            client.sendall(b'{"do": "follow", "format": "waybar"}\n')
            assert json.loads(lines.readline())["ok"]


def test_followers_that_come_and_go_leave_nothing_behind(home: Home) -> None:
    daemon = home.run()
    come_and_go(home, 500)
    home.wait(lambda: handles(daemon.pid) < 50, "the end of those who followed")
    before, weight = handles(daemon.pid), memory(daemon.pid)
    come_and_go(home, 3000)
    home.wait(lambda: handles(daemon.pid) <= before, "the end of those who followed")
    assert memory(daemon.pid) - weight < 3_000_000, "they weigh 2 kB each"


def test_followers_that_do_not_read_delay_nobody_and_are_let_go(home: Home) -> None:
    daemon = home.run()
    before = handles(daemon.pid)
    with ExitStack() as stack:
        deaf = [stack.enter_context(connect(home)) for _ in range(FOLLOWERS)]
        for client in deaf:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
            client.sendall(b'{"do": "follow"}\n')
        end = time.monotonic() + 5 * SECONDS
        while handles(daemon.pid) > before + 2:  # they are told more and more, which they do not read
            assert time.monotonic() < end, "they are still there"
            with connect(home) as client, client.makefile("rb") as lines:
                client.sendall(b'{"do": "pause"}\n{"do": "resume"}\n' * 50)
                for _ in range(100):
                    assert json.loads(lines.readline())["ok"]
    assert home.pid() == daemon.pid


# What a bar costs that asks again and again, and one that follows


@pytest.mark.parametrize("args", [["--format", "waybar"], ["--format", "plain"], ["--format", "waybar", "--follow"]])
def test_a_bar_loads_nothing_heavy(home: Home, tmp_path: Path, args: list[str]) -> None:
    daemon = home.run()
    with (tmp_path / "imports").open("wb") as imports:
        command = [sys.executable, "-X", "importtime", "-m", "breakd", "status", *args]
        bar = subprocess.Popen(command, env=home.env, stdout=subprocess.PIPE, stderr=imports)
    with bar:
        assert bar.stdout is not None
        assert bar.stdout.readline()
        daemon.kill()
        bar.wait(SECONDS)
    loaded = {line.rpartition("|")[2].strip() for line in (tmp_path / "imports").read_text().splitlines()}
    assert "breakd.texts" in loaded
    heavy = {"argparse", "dataclasses", "typing", "pathlib", "platformdirs", "shutil", "datetime", "threading"}
    assert not loaded & heavy
