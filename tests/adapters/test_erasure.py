"""Deleting from the log: which rows go, that they are gone, and that nobody sees the log without its triggers."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from breakd.adapters import erasure
from breakd.adapters.erasure import Found
from breakd.adapters.history import Log, read
from breakd.core.record import Name, Record, Span
from breakd.errors import BreakdError

BERLIN = timezone(timedelta(hours=2))
SECONDS = 20
TRIGGERS = [
    "event_ids_grow_by_one",
    "event_is_not_changed",
    "event_is_not_deleted",
    "span_is_not_changed",
    "span_is_not_deleted",
    "span_is_not_replaced",
]
NEVER = date(2025, 1, 1)
EVER = date(2100, 1, 1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


ROWS = [
    Record(at("2025-06-01T09:00:00+02:00"), "daemon_started"),
    Record(at("2025-06-01T10:00:00+02:00"), "due", 1, "of-a-killed-daemon"),  # never had an outcome
    Record(at("2025-06-01T23:50:00+02:00"), "due", 2, "secret-micro"),
    Record(at("2025-06-02T00:05:00+02:00"), "taken", 2, "secret-micro"),  # the outcome takes the offer to the 2nd
    Record(at("2025-06-02T23:30:00-07:00"), "paused"),  # the 3rd in Berlin, the 2nd where it was logged
    Record(at("2025-06-03T09:00:00+02:00"), "due", 3, "micro"),
    Record(at("2025-06-03T09:02:00+02:00"), "prompted", 3, "micro"),  # the last offer: open
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "log.db"


def ids(path: Path) -> list[int]:
    return [number for number, _uid, _row in read(path)]


def triggers(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger' ORDER BY name").fetchall()
    return [name for (name,) in found]


def refuses_changes(path: Path) -> bool:
    """Return whether the log refuses what the triggers are for."""
    with closing(sqlite3.connect(path)) as connection:
        for change in ("DELETE FROM event", "UPDATE event SET offer = 9"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(change)
    return triggers(path) == TRIGGERS


# Which rows


@pytest.mark.parametrize(
    ("day", "days", "left"),
    [
        ("2025-06-01", 0, [1, 2, 3, 4, 5, 6, 7]),
        ("2025-06-02", 1, [3, 4, 5, 6, 7]),
        ("2025-06-03", 2, [6, 7]),
        ("2025-06-04", 2, [6, 7]),
        ("2100-01-01", 2, [6, 7]),
    ],
)
def test_whole_days_go_and_an_open_offer_stays(path: Path, day: str, days: int, left: list[int]) -> None:
    Log(path).append(ROWS)
    before = date.fromisoformat(day)
    assert erasure.look(path, before) == Found(7 - len(left), days)
    assert erasure.delete(path, before) == (7 - len(left), True)
    assert ids(path) == left
    assert refuses_changes(path)
    assert erasure.look(path, before) == Found(0, 0)


def test_the_spans_of_these_days_go_as_well(path: Path) -> None:
    spans = [Span("sitting", at(f"2025-06-0{day}T09:00:00+02:00"), 600) for day in (1, 2)]
    Log(path).append(spans)
    assert erasure.look(path, date(2025, 6, 2)) == Found(1, 1)
    assert erasure.delete(path, date(2025, 6, 2)) == (1, True)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT day FROM span").fetchall() == [("2025-06-02",)]
    assert triggers(path) == TRIGGERS


def test_an_offer_that_has_ended_goes_with_all_its_rows(path: Path) -> None:
    Log(path).append([*ROWS, Record(at("2025-06-04T09:00:00+02:00"), "expired", 3, "micro")])
    erasure.delete(path, date(2025, 6, 4))
    assert ids(path) == [6, 7, 8]
    erasure.delete(path, date(2025, 6, 5))
    assert ids(path) == []


def test_the_offer_that_is_open_stays_though_an_import_came_after_it(path: Path) -> None:
    imported = [Record(at("2025-05-01T09:00:00+02:00"), "due", number, "micro") for number in (4, 5)]
    Log(path).append([*ROWS, *imported])
    assert erasure.look(path, EVER, 3) == Found(6, 3)
    assert erasure.delete(path, EVER, 3) == (6, True)
    assert ids(path) == [6, 7, 9]


def test_no_number_comes_again(path: Path) -> None:
    ended = Record(at("2025-06-03T09:03:00+02:00"), "skipped", 3, "micro")
    Log(path).append([*ROWS, ended])
    assert erasure.delete(path, EVER) == (8, True)
    log = Log(path)
    assert log.last_offer() == 3
    log.append([Record(at("2025-07-01T09:00:00+02:00"), "due", 4)])
    assert ids(path) == [9]
    assert erasure.delete(path, NEVER) == (0, True)
    log.append([Record(at("2025-07-01T09:01:00+02:00"), "skipped", 4)])
    assert erasure.delete(path, EVER) == (2, True)
    assert Log(path).last_offer() == 4
    log.append([Record(at("2025-07-02T09:00:00+02:00"), "paused")])
    assert ids(path) == [11]
    assert log.error is None


def test_what_is_deleted_is_nowhere_in_the_files(path: Path) -> None:
    log = Log(path)
    log.append(ROWS * 100)
    erasure.delete(path, date(2025, 6, 3))
    assert [entry.name for entry in path.parent.iterdir()] == ["log.db"]
    data = path.read_bytes()
    assert b"secret-micro" not in data
    assert b"of-a-killed-daemon" not in data
    assert b"daemon_started" not in data
    assert b"prompted" in data


def test_while_somebody_reads_it_is_said_that_remains_are_left_until_the_next_row(path: Path) -> None:
    log = Log(path)
    log.append(ROWS)
    reader = read(path)
    next(reader)
    assert erasure.delete(path, date(2025, 6, 3)) == (5, False)
    assert [number for number, _uid, _row in reader] == [2, 3, 4, 5, 6, 7]  # what it began to read
    assert ids(path) == [6, 7]
    log.append([Record(at("2025-07-02T09:00:00+02:00"), "paused")])
    assert b"secret-micro" not in path.read_bytes()
    assert not path.with_name("log.db-wal").exists()


def test_copies_that_hold_earlier_rows_are_named(path: Path) -> None:
    assert erasure.older_copies(path) == []
    Log(path).append(ROWS)
    for name in ("log.db.v1", "log.db.corrupt-1", "log.db.corrupt-1-wal", "other.db"):
        path.with_name(name).touch()
    found = [copy.name for copy in erasure.older_copies(path)]
    assert found == ["log.db.corrupt-1", "log.db.corrupt-1-wal", "log.db.v1"]


# What cannot be deleted


def test_there_is_nothing_to_delete_where_there_is_no_log(path: Path) -> None:
    assert erasure.look(path, EVER) == Found(0, 0)
    assert not path.parent.exists()


def test_a_newer_or_an_earlier_log_is_left_alone(path: Path) -> None:
    Log(path).append(ROWS)
    for version, said in ((99, "is of a newer breakd"), (1, "is of an earlier breakd: run this one first")):
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(f"PRAGMA user_version = {version}")
        before = path.read_bytes()
        for act in (erasure.look, erasure.delete):
            with pytest.raises(BreakdError, match=said):
                act(path, EVER)
        assert path.read_bytes() == before


def test_what_is_no_log_is_an_error(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(BreakdError, match="nothing was deleted: "):
        erasure.delete(path, EVER)


# Killed, and seen by others, in the midst of it


PROGRAM = """
import sys
from datetime import date
from pathlib import Path
from breakd.adapters.erasure import delete
print(*delete(Path(sys.argv[1]), date(2025, 6, 3)), flush=True)
"""
MANY = 60_000


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a log whose deletion has to write pages before it is committed: it is larger than what SQLite keeps."""
    path = tmp_path_factory.mktemp("long") / "log.db"
    start = datetime(2025, 6, 2, tzinfo=BERLIN)
    name: Name = "paused"
    Log(path).append([Record(start + timedelta(milliseconds=n), name) for n in range(MANY)])
    Log(path).append([Record(start + timedelta(days=1), name)])
    return path


@pytest.fixture
def long_log(path: Path, made: Path) -> Path:
    path.parent.mkdir()
    shutil.copyfile(made, path)
    return path


def size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


@pytest.mark.parametrize("written", [1, 1 << 20, 3 << 20])
def test_killed_in_the_midst_the_log_is_whole_and_as_it_was_or_done(long_log: Path, written: int) -> None:
    wal = long_log.with_name("log.db-wal")
    with subprocess.Popen([sys.executable, "-c", PROGRAM, long_log], stdout=subprocess.PIPE) as process:
        while process.poll() is None and size(wal) < written:
            os.sched_yield()
        process.send_signal(signal.SIGKILL)
        assert process.stdout is not None
        said = process.stdout.read()
    left = ids(long_log)
    assert left in ([*range(1, MANY + 2)], [MANY + 1])
    if said:
        assert left == [MANY + 1]
    assert refuses_changes(long_log)
    log = Log(long_log)
    log.append([Record(datetime(2025, 6, 4, tzinfo=BERLIN), "resumed")])
    assert log.error is None
    assert ids(long_log) == [*left, MANY + 2]
    with closing(sqlite3.connect(long_log)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_nobody_sees_the_triggers_lifted(long_log: Path) -> None:
    refused = 0
    over = threading.Event()
    wrong: list[str] = []

    def attack() -> None:
        nonlocal refused
        while not over.wait(0.002):
            with closing(sqlite3.connect(long_log, timeout=0)) as connection:
                found = connection.execute("SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'").fetchone()
                if found != (len(TRIGGERS),):
                    wrong.append(f"{found} triggers")
                try:
                    connection.execute("DELETE FROM event WHERE id = (SELECT max(id) FROM event)")
                    wrong.append("a row was deleted")
                except sqlite3.IntegrityError:
                    refused += 1
                except sqlite3.OperationalError:  # locked
                    pass

    attacker = threading.Thread(target=attack)
    attacker.start()
    try:
        while not refused and attacker.is_alive():
            os.sched_yield()
        done = subprocess.run([sys.executable, "-c", PROGRAM, long_log], capture_output=True, text=True, check=False)
    finally:
        over.set()
        attacker.join(SECONDS)
    assert done.stdout.startswith(f"{MANY} "), done.stderr
    assert not wrong
    assert ids(long_log) == [MANY + 1]
    assert refuses_changes(long_log)
