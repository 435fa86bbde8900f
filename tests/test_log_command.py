"""`breakd log`: the days that it takes, and what it prints to a pipe and to a terminal."""

import contextlib
import csv
import io
import json
import os
import pty
import subprocess
import sys
from argparse import Namespace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from breakd import folders
from breakd.adapters.history import Log, read
from breakd.commands import log as command
from breakd.core.record import Record, as_json
from breakd.errors import BreakdError, UsageError
from breakd.texts import clock

TODAY = date(2025, 6, 4)
NINE = datetime(2025, 6, 2, 9, 0, tzinfo=timezone(timedelta(hours=2)))
ROWS = [
    Record(NINE, "daemon_started"),
    Record(NINE + timedelta(minutes=30), "due", 1, "micro"),
    Record(NINE + timedelta(minutes=30), "held", 1, "micro", None, None, "do-not-disturb"),
    Record(NINE + timedelta(minutes=40), "started", 1, "micro", "helicopters", None, None, "notification"),
    Record(NINE + timedelta(minutes=42), "taken", 1, "micro", "helicopters", 120, None, "routine"),
    Record(NINE + timedelta(days=1), "skipped", 2, "a, b [bold]", "walk", None, None, "cli"),
]
PROGRAM = """
import sys
from argparse import Namespace
from breakd.commands.log import run
from breakd.errors import BreakdError
try:
    args = Namespace(since=None, until=None, format=sys.argv[1], window=False, debug=False, delete_before=None)
    sys.exit(run(args))
except BreakdError as error:
    sys.exit(f"breakd: {error}")
"""


@pytest.fixture(autouse=True)
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Log:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    return Log(folders.log_file())


def run(form: str = "table", since: str | None = None, until: str | None = None) -> int:
    args = Namespace(since=since, until=until, format=form, window=False, debug=False, delete_before=None)
    return command.run(args)


# Days


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-02-29", date(2024, 2, 29)),
        ("today", TODAY),
        ("yesterday", date(2025, 6, 3)),
        ("1d", TODAY),
        ("7d", date(2025, 5, 29)),
        ("9999d", date(1998, 1, 19)),
        (None, None),
    ],
)
def test_a_day_is_a_date_or_a_word(text: str | None, day: date | None) -> None:
    assert command.days(text, None, TODAY) == (day, None)
    assert command.days(None, text, TODAY) == (None, day)
    assert command.days(text, text, TODAY) == (day, day)


@pytest.mark.parametrize(
    "text",
    ["", "abc", "2025-02-29", "20250604", "2025-W23-3", "2025-6-4", "0d", "07d", "10000d", "7", "7D", "-7d", "\u0667d"],
)
def test_what_is_no_day_is_wrong_usage(text: str) -> None:
    said = f'--until: "{text}" is not a day; write 2025-01-31, today, yesterday or 7d'
    with pytest.raises(UsageError) as problem:
        run(until=text)
    assert str(problem.value) == said


def test_a_first_day_after_the_last_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="--since 2025-06-04 is after --until 2025-06-03; name the earlier day first"):
        command.days("today", "yesterday", TODAY)


def test_the_days_choose_the_rows(log: Log, capsys: pytest.CaptureFixture[str]) -> None:
    log.append(ROWS)
    assert run("json", "2025-06-03", "2025-06-03") == 0
    assert [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()] == [6]


# Formats


def test_json_is_an_object_a_line(log: Log, capsys: pytest.CaptureFixture[str]) -> None:
    log.append(ROWS)
    assert run("json") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line) for line in lines] == [as_json(*found) for found in read(folders.log_file())]


def test_csv_has_the_same_names_and_values(log: Log, capsys: pytest.CaptureFixture[str]) -> None:
    log.append(ROWS)
    assert run("csv") == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    expected = [as_json(*found) for found in read(folders.log_file())]
    assert list(rows[0]) == list(expected[0])
    assert rows == [{key: "" if value is None else str(value) for key, value in row.items()} for row in expected]


def test_a_table_to_a_pipe_is_plain_and_aligned(log: Log, capsys: pytest.CaptureFixture[str]) -> None:
    log.append(ROWS)
    assert run() == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["Day", "Time", "Event", "Offer", "Break", "Exercise", "Detail", "By"]
    start, _due, held, _started, taken, skipped = lines[1:]
    assert start.split() == ["2025-06-02", *clock(NINE).split(), "daemon_started", "daemon"]
    assert taken.split()[-7:] == ["taken", "1", "micro", "helicopters", "2", "min", "routine"]
    assert held.split()[-4:] == ["1", "micro", "do-not-disturb", "daemon"]
    assert "a, b [bold]" in skipped
    assert taken.index("helicopters") == lines[0].index("Exercise")


def test_an_empty_log_says_so_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    assert capsys.readouterr() == ("", "Nothing is in the log for these days.\n")
    assert run("json") == 0
    assert capsys.readouterr() == ("", "")
    assert run("csv") == 0
    assert capsys.readouterr() == (",".join(command.NAMES) + "\n", "")
    assert not folders.log_file().parent.exists()


def test_a_log_that_cannot_be_read_is_an_error() -> None:
    folders.log_file().mkdir(parents=True)
    with pytest.raises(BreakdError, match="is not a file"):
        run()


def test_a_terminal_gets_a_table_for_each_day(log: Log) -> None:
    log.append(ROWS)
    ours, theirs = pty.openpty()
    narrow = {**os.environ, "COLUMNS": "80", "TERM": "xterm"}
    subprocess.run([sys.executable, "-c", PROGRAM, "table"], stdout=theirs, check=True, env=narrow)
    os.close(theirs)
    said = b""
    with contextlib.suppress(OSError), open(ours, "rb", buffering=0) as terminal:  # noqa: PTH123 - it is a descriptor
        while part := terminal.read(4096):
            said += part
    text = said.decode()
    assert text.index("2025-06-02") < text.index("helicopters") < text.index("2025-06-03") < text.index("a, b [bold]")
    assert "notification" in text
    assert "\x1b[32m" in text


def test_a_reader_that_leaves_early_is_no_error(log: Log) -> None:
    log.append(ROWS * 1000)
    for form in ("table", "json", "csv"):
        with subprocess.Popen(
            [sys.executable, "-c", PROGRAM, form], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.readline()
            process.stdout.close()
            assert process.stderr.read() == b""
        assert process.returncode == 0


def test_an_output_that_is_full_is_an_error_of_one_line(log: Log) -> None:
    log.append(ROWS)
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, "json"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.stderr == "breakd: the log cannot be printed: No space left on device\n"
    assert done.returncode == 1
