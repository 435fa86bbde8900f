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
from running import PROGRAM as BREAKD
from running import SECONDS, Home, Terminal, ended

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


# Deleting


@pytest.fixture
def kept(home: Home) -> Home:
    Log(home.data / "log.db").append(ROWS)
    return home


def test_without_a_terminal_nothing_is_deleted_unless_it_is_sure(kept: Home) -> None:
    done = kept.breakd("log", "--delete-before", "2025-06-03")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "--delete-before asks first, and this is no terminal; add --yes if you are sure\n"
    assert len(kept.log()) == 6
    done = kept.breakd("log", "--delete-before", "2025-06-03", "--yes")
    assert (done.returncode, done.stdout, done.stderr) == (0, "Deleted 5 rows.\n", "")
    assert [row["id"] for row in kept.log()] == [6]
    done = kept.breakd("log", "--delete-before", "2025-06-03")
    assert (done.returncode, done.stdout) == (0, "Nothing in the log is of a day before 2025-06-03.\n")


@pytest.mark.parametrize(("answer", "said", "left"), [("n", "Nothing was deleted.", 6), ("y", "Deleted 5 rows.", 1)])
def test_on_a_terminal_it_asks_first(kept: Home, answer: str, said: str, left: int) -> None:
    terminal = Terminal()
    end = terminal.slave
    asking = subprocess.Popen(
        [*BREAKD, "log", "--delete-before", "2025-06-03"], env=kept.env, stdin=end, stdout=end, stderr=end
    )
    terminal.read_until("Delete 5 rows of one day before 2025-06-03? [y/N] ")
    assert len(kept.log()) == 6
    terminal.press(f"{answer}\n")
    terminal.read_until(said)
    assert ended(asking) == 0
    assert len(kept.log()) == left
    terminal.close()


def test_copies_with_earlier_rows_are_told(kept: Home) -> None:
    aside = kept.data / "log.db.corrupt-1"
    aside.touch()
    done = kept.breakd("log", "--delete-before", "today", "--yes")
    assert done.stdout.splitlines()[1:] == [
        "Earlier rows are in these copies too, which are yours to delete:",
        f"  {aside}",
    ]


def test_the_text_log_forgets_the_same_days(kept: Home) -> None:
    kept.state.mkdir(parents=True)
    older, newer = (kept.state / name for name in ("breakd.log.1", "breakd.log"))
    older.write_text("of a record before\n2025-06-01 09:00:00,000 INFO [1] breakd: due\n")
    stays = "2025-06-03 09:00:00,000 ERROR [1] breakd: failed\nTraceback\n"
    newer.write_text(f"2025-06-02 09:00:00,000 ERROR [1] breakd: failed\nTraceback\n{stays}")
    newer.chmod(0o600)
    assert kept.breakd("log", "--delete-before", "2025-06-03", "--yes").stderr == ""
    assert (older.read_text(), newer.read_text()) == ("", stays)
    assert newer.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in kept.state.iterdir()) == ["breakd.log", "breakd.log.1"]


def test_a_text_log_that_cannot_forget_is_told(kept: Home) -> None:
    (kept.state / "breakd.log").mkdir(parents=True)
    done = kept.breakd("log", "--delete-before", "2025-06-03", "--yes")
    assert (done.returncode, done.stdout) == (0, "Deleted 5 rows.\n")
    assert done.stderr.startswith(f"The text log names events of these days still: {kept.state}/breakd.log: ")


def test_what_is_told_of_a_full_disk_leaves_nothing_beside_the_text_log(kept: Home) -> None:
    kept.state.mkdir(parents=True)
    line = f"2025-06-03 09:00:00,000 INFO [1] breakd: {'x' * 1000}\n"
    (kept.state / "breakd.log").write_text("2025-06-01 09:00:00,000 INFO [1] breakd: due\n" + line * 1000)
    full = ["bash", "-c", 'ulimit -f 200; exec "$@"', "bash", *BREAKD, "log", "--delete-before", "2025-06-03", "--yes"]
    done = subprocess.run(full, env=kept.env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "Deleted 5 rows.\n")
    assert done.stderr.endswith("breakd.log: File too large\n")
    assert [path.name for path in kept.state.iterdir()] == ["breakd.log"]


@pytest.mark.parametrize("more", [["--since", "2025-06-01"], ["--until", "2025-06-01"], ["--debug"], ["--window"]])
def test_deleting_goes_with_nothing_else(kept: Home, more: list[str]) -> None:
    done = kept.breakd("log", "--delete-before", "2025-06-03", "--yes", *more)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(kept.log()) == 6


def test_the_days_are_counted_from_the_wall_clock_and_a_wrong_one_is_wrong_usage(kept: Home) -> None:
    assert kept.breakd("log", "--delete-before", "7d", "--yes").stdout.startswith("Deleted 6 rows.")
    done = kept.breakd("log", "--delete-before", "then", "--yes")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == '--delete-before: "then" is not a day; write 2025-01-31, today, yesterday or 7d\n'


def test_a_daemon_that_writes_meanwhile_loses_no_row(home: Home) -> None:
    Log(home.data / "log.db").append([Record(NINE + timedelta(milliseconds=n), "paused") for n in range(30_000)])
    home.run()
    deleting = subprocess.Popen(
        [*BREAKD, "log", "--delete-before", "2025-06-03", "--yes"], env=home.env, stdout=subprocess.PIPE, text=True
    )
    asked = 0
    while deleting.poll() is None or asked < 4:
        assert home.breakd(("pause", "resume")[asked % 2]).returncode == 0
        asked += 1
    assert deleting.communicate(timeout=SECONDS)[0] == "Deleted 30000 rows.\n"
    assert home.breakd("pause" if asked % 2 == 0 else "resume").returncode == 0  # what waits is written with it
    told = ["daemon_started", *(("paused", "resumed")[n % 2] for n in range(asked + 1))]
    home.wait(lambda: home.events() == told, "all that happened")
    assert [row["id"] for row in home.log()] == [30_001 + n for n in range(len(told))]
    assert home.status()["log_error"] is None


# The text log


def test_the_text_log_is_printed_the_older_part_first(home: Home) -> None:
    home.state.mkdir(parents=True)
    (home.state / "breakd.log").write_bytes(b"newer \xff\n")
    (home.state / "breakd.log.1").write_text("older\n")
    done = home.breakd("log", "--debug")
    assert (done.returncode, done.stdout, done.stderr) == (0, "older\nnewer \\xff\n", "")


def test_where_there_is_no_text_log_it_says_where_it_would_be(home: Home) -> None:
    done = home.breakd("log", "--debug")
    said = f"There is no text log yet: `breakd run` writes it to {home.state}/breakd.log\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, "", said)


def test_a_text_log_that_cannot_be_read_is_an_error(home: Home) -> None:
    (home.state / "breakd.log").mkdir(parents=True)
    done = home.breakd("log", "--debug")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"the text log cannot be read: {home.state}/breakd.log: Is a directory\n"
