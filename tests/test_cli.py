"""The command line: its arguments and exit statuses, its streams, and what a light command costs."""

import json
import os
import socket
import string
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from breakd import __version__
from breakd.arguments import COMMANDS, parse
from breakd.cli import PLAIN, VALUES, main, plain
from breakd.commands.client import ask
from breakd.errors import BreakdError
from running import CALM, PROGRAM, SECONDS, Home

CLIENTS = [name for name, (module, _text, _arguments) in COMMANDS.items() if module == "client"]
NEEDED = {"felt": ["3"]}
"""What follows a command that is none without it."""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path, CALM)
    yield home
    home.close()


@pytest.fixture
def nobody(home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Put this process into a home where no daemon runs."""
    for key in ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(key, raising=False)
    for key, value in home.env.items():
        monkeypatch.setenv(key, value)
    monkeypatch.chdir(home.home)
    return home


# Arguments


@pytest.mark.parametrize("command", CLIENTS)
def test_with_no_daemon_it_says_so(command: str, nobody: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, *NEEDED.get(command, [])]) == 3
    assert capsys.readouterr() == ("", "breakd is not running; start it with `breakd run`\n")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("", "the following arguments are required: COMMAND"),
        ("frobnicate", "invalid choice: 'frobnicate'"),
        ("status extra", "unrecognized arguments: extra"),
        ("skip --json", "unrecognized arguments: --json"),
        ("run extra", "unrecognized arguments: extra"),
        ("start a b", "unrecognized arguments: b"),
        ("pause 3m --until 10:00", "argument --until: not allowed with argument DURATION"),
        ("pause --until 10:00 3m", "argument DURATION: not allowed with argument --until"),
        ("pause 3x", '"3x" is not a duration; write 30m or 1h30m'),
        ("pause 0s", "a duration of 0 is none; write 5m"),
        ("felt", "the following arguments are required: N"),
        ("felt 11", '"11" does not say how your back is; write a whole number from 0 (no pain) to 10 (the worst pain)'),
        ("felt -1", '"-1" does not say how your back is; write a whole number'),
        ("felt 2.5", '"2.5" does not say how your back is; write a whole number'),
        ("pause --until 25:00", '"25:00" is not a time; write HH:MM, 00:00 to 23:59'),
        ("pause --until", "argument --until: expected one argument"),
        ("snooze 99999h", '"99999h" is longer than a year'),
        ("snooze tomorrow", '"tomorrow" is not a duration; write 30m or 1h30m'),
        ("log --format xml", "argument --format: invalid choice: 'xml'"),
        ("log --since someday", '--since: "someday" is not a day; write 2025-01-31, today, yesterday or 7d'),
        ("routine", "the following arguments are required: EXERCISE"),
        ("routine squats", '"squats" is no exercise'),
        ("routine walk --report 5x", "argument --report: invalid int value: '5x'"),
        ("config", "the following arguments are required: action"),
        ("config frob", "argument action: invalid choice: 'frob'"),
        ("config show --config nowhere.toml", "nowhere.toml: there is no such file; breakd config init writes one"),
        ("run --config nowhere.toml", "nowhere.toml: there is no such file; breakd config init writes one"),
        ("run --config .", ".: this is a folder; name a file"),
        ("simulate nowhere.jsonl", "nowhere.jsonl: it cannot be read: No such file or directory"),
    ],
)
def test_wrong_usage(line: str, told: str, nobody: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(line.split()) == 2
    out, err = capsys.readouterr()
    assert not out
    assert told in err
    assert list(nobody.home.iterdir()) == [], "nothing is written"


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"breakd {__version__}\n"


def test_help_lists_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    for name, (_module, text, _arguments) in COMMANDS.items():  # those without a text breakd alone starts
        assert (f"\n    {name}" in said) == bool(text), said


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_its_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--help"]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"usage: breakd {command} [-h]")
    assert COMMANDS[command][1] in " ".join(said.split())


def test_what_is_read_without_argparse_says_the_same() -> None:
    assert {argv[0] for argv in [*PLAIN, *VALUES]} == set(CLIENTS)
    for argv in [*PLAIN, *((*words, value) for words in VALUES for value in ("10m", "", "a b", "\N{SNOWMAN}"))]:
        read, parsed = plain(list(argv)), parse(list(argv))
        assert read is not None, argv
        assert read.json == getattr(parsed, "json", False)
        for name in vars(parsed).keys() - {"json"}:
            assert getattr(read, name, None) == getattr(parsed, name), (argv, name)


@pytest.mark.parametrize("line", ["", "pause -h", "pause --until", "start -x", "snooze 5m 6m", "pause --until -1"])
def test_what_needs_argparse_is_left_to_it(line: str) -> None:
    assert plain(line.split()) is None


WORDS = st.one_of(
    st.sampled_from(
        ["--json", "--until", "--since", "--format", "--help", "--config", "--from", "--to", "--tz", "--length", "--",
         "-", "-h", "--theme", "--version", "helicopters", "tomorrow", "10:00", "5m", "7d", "today", "json", "1s",
         "2026-06-01", "Europe/Berlin", "show", "check", "path", "."]
    ),
    st.text(max_size=12),
    st.text(string.printable, max_size=12),
    st.integers().map(str),
    st.sampled_from(["\udcff\udcfe", "\0", "{0}", "%s", "%(prog)s", "9" * 5000, "a" * 300, "../" * 20, "\N{SNOWMAN}"]),
)  # fmt: skip
# The rest need somebody to answer, wait for a routine's end, write where they are told, or start and end what stays.
QUICK_COMMANDS = sorted(COMMANDS.keys() - {"run", "try", "routine", "config", "install", "uninstall", "launch"})
LINES = st.one_of(
    st.lists(WORDS, max_size=5),
    st.tuples(st.sampled_from(QUICK_COMMANDS), st.lists(WORDS, max_size=4)).map(lambda found: [found[0], *found[1]]),
    st.lists(WORDS, min_size=1, max_size=3).map(lambda words: ["routine", words[0] + "x", *words[1:]]),
    st.lists(WORDS, max_size=3).map(lambda words: ["config", "check", *words]),
).filter(lambda words: words[:1] not in (["run"], ["try"]))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(LINES)
@example(["simulate", "\0"])
@example(["routine", "helicopters", "--render", "a\0.gif"])
def test_no_arguments_bring_a_traceback(nobody: Home, capsys: pytest.CaptureFixture[str], argv: list[str]) -> None:
    status = main(argv)
    out, err = capsys.readouterr()
    assert status in {0, 1, 2, 3}
    assert "Traceback" not in out + err
    assert "defect" not in err
    assert (status == 0) or err, "what goes wrong is said"


# Streams


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_output_that_is_full_is_an_error_of_one_line(home: Home, unbuffered: str) -> None:
    home.run()
    home.env["PYTHONUNBUFFERED"] = unbuffered
    for args in (
        ["status"],
        ["status", "--json"],
        ["log", "--format", "json"],
        ["exercises"],
        ["exercises", "--json"],
        ["config", "schema"],
        ["completion", "fish"],
        ["--help"],
        ["simulate"],
    ):
        with Path("/dev/full").open("w") as full:
            done = subprocess.run(
                [*PROGRAM, *args], stdout=full, stderr=subprocess.PIPE, text=True, env=home.env, check=False
            )
        assert done.returncode == 1, args
        assert done.stderr.endswith("cannot be printed: No space left on device\n"), args
        assert done.stderr.count("\n") == 1, args


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_leaves_early_is_no_error(home: Home, unbuffered: str) -> None:
    home.run()
    home.env["PYTHONUNBUFFERED"] = unbuffered
    for args in ("status", "exercises", "why", "simulate", "--help"):
        command = f"{sys.executable} -m breakd {args} | head -1"
        done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, env=home.env, check=False)
        assert (done.returncode, done.stderr) == (0, b""), args
        assert done.stdout.count(b"\n") == 1, args


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("args", ["exercises --json", "config schema", "completion fish", "config path"])
def test_a_reader_that_has_left_already_is_no_error(home: Home, args: str, unbuffered: str) -> None:
    home.env["PYTHONUNBUFFERED"] = unbuffered
    reader, writer = os.pipe()
    os.close(reader)
    command = [*PROGRAM, *args.split()]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, env=home.env, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_obstacle(home: Home, closed: str) -> None:
    for args, status in (("status", 3), ("exercises", 0), ("status extra", 2)):
        done = subprocess.run(
            ["bash", "-c", f"{sys.executable} -m breakd {args} {closed}"],
            env=home.env,
            capture_output=True,
            check=False,
        )
        assert done.returncode == status
        assert b"Traceback" not in done.stderr


ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": "ascii"}


def test_a_name_that_cannot_be_printed_is_escaped(tmp_path: Path) -> None:
    home = Home(tmp_path, CALM.replace('"micro"', '"r\N{LATIN SMALL LETTER U WITH DIAERESIS}cken"'))
    home.run()
    for args in (["status"], ["why"], ["simulate"], ["config", "show"], ["start", "\N{SNOWMAN}"]):
        done = home.breakd(*args, **ASCII)
        assert "Traceback" not in done.stderr, args
        assert done.returncode == (2 if args[0] == "start" else 0), args
        assert args[0] == "start" or "r\\xfccken" in done.stdout, args
    assert "r\N{LATIN SMALL LETTER U WITH DIAERESIS}cken" in home.breakd("status").stdout
    home.close()


# The daemon at the other end


def answered(home: Home, reply: bytes) -> "subprocess.CompletedProcess[str]":
    """Return what `breakd status` does with this reply."""
    with socket.socket(socket.AF_UNIX) as server:
        server.settimeout(SECONDS)
        server.bind(str(home.runtime / "breakd.sock"))
        server.listen()
        command = [*PROGRAM, "status", "--json"]
        with subprocess.Popen(command, env=home.env, stdout=-1, stderr=-1, text=True) as asking:
            client, _address = server.accept()
            with client:
                client.recv(4096)
                client.sendall(reply)
            out, err = asking.communicate(timeout=SECONDS)
    return subprocess.CompletedProcess(command, asking.returncode, out, err)


def test_a_daemon_of_another_version_is_told(home: Home) -> None:
    reply = {"ok": True, "status": 0, "text": "All is well.", "data": {"state": "working"}, "version": "0.0.9"}
    done = answered(home, json.dumps(reply).encode() + b"\n")
    assert (done.returncode, done.stdout) == (0, '{"state": "working"}\n')
    told = f"the daemon is version 0.0.9, this command is {__version__}; `breakd restart` makes them one\n"
    assert done.stderr == told


@pytest.mark.parametrize(
    "reply", [b"\n", b"hello\n", b"[]\n", b"3\n", b'{"ok": true}\n', b"\xff\n", b"[" * 60000 + b"\n"]
)
def test_an_answer_that_is_none_is_told(home: Home, reply: bytes) -> None:
    done = answered(home, reply)
    assert done.returncode == 1
    told = f"the answer is not one of breakd {__version__}; end what answers with `pkill -f 'breakd run'`\n"
    assert (done.stdout, done.stderr) == ("", told)


def test_a_daemon_that_ends_instead_of_answering_is_none(home: Home) -> None:
    done = answered(home, b"")
    assert (done.returncode, done.stderr) == (3, "breakd ended before it answered; start it with `breakd run`\n")


def test_a_daemon_that_does_not_answer_is_told(nobody: Home) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(nobody.runtime / "breakd.sock"))
        server.listen()
        with pytest.raises(BreakdError, match="does not answer; end it with `pkill -f 'breakd run'`"):
            ask({"do": "status"}, patience_s=0.05)


def test_nothing_that_a_program_sends_keeps_the_daemon_from_answering(home: Home) -> None:
    pid = home.run().pid
    path = str(home.runtime / "breakd.sock")
    values = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8), st.lists)
    keys = st.sampled_from(["do", "for", "until", "exercise", "x"])
    acts = st.sampled_from(["status", "why", "start", "snooze", "skip", "pause", "resume"])
    requests = st.builds(lambda body, act: body | {"do": act}, st.dictionaries(keys, values), acts | values)
    lines = st.binary(max_size=200) | requests.map(lambda request: json.dumps(request).encode() + b"\n")

    def deep(depth: int) -> bytes:
        return f'{{"do": {"[" * depth}{"]" * depth}}}\n'.encode()

    @settings(max_examples=60, deadline=None)
    @given(lines | st.integers(900, 1000).map(deep))
    @example(deep(983))
    @example(deep(990))
    def send(data: bytes) -> None:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(SECONDS)
            client.connect(path)
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(SECONDS)
            client.connect(path)
            client.sendall(b'{"do": "status"}\n')
            reply = client.makefile("rb").readline()
        assert json.loads(reply)["data"]["pid"] == pid

    send()
    assert "Traceback" not in home.text()


# What a light command costs


def test_a_light_command_loads_nothing_heavy(home: Home) -> None:
    home.run()
    for args in ([], ["--json"]):
        done = subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "breakd", "status", *args],
            capture_output=True, text=True, env=home.env, check=True,
        )  # fmt: skip
        loaded = {
            line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")
        }
        heavy = {"argparse", "dataclasses", "typing", "pathlib", "platformdirs", "PIL", "rich", "shutil", "locale"}
        heavy |= {"datetime", "zoneinfo", "threading", "subprocess", "inspect", "importlib.metadata"}
        assert not loaded & heavy
        assert {name for name in loaded if name.startswith("breakd.")} == {
            "breakd.cli",
            "breakd.core",
            "breakd.core.durations",
            "breakd.errors",
            "breakd.folders",
            "breakd.privacy",
            "breakd.texts",
        }  # fmt: skip - the command's own module is loaded by name, which Python does not list
