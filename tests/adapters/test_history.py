"""The log against real files: what is written, what a failing disk does to it, and what is read back."""

import errno
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breakd.adapters import history
from breakd.adapters.history import Log, read
from breakd.adapters.logproblems import explain
from breakd.adapters.schema import MIGRATIONS
from breakd.core.record import Name, Record, Span, as_json
from breakd.errors import BreakdError

if TYPE_CHECKING:
    from breakd.ports import History

BERLIN = timezone(timedelta(hours=2))
NOON = datetime(2025, 6, 2, 12, 0, tzinfo=BERLIN)
NOBODY = 65534


def row(offer: int, event: Name = "due", at: datetime = NOON) -> Record:
    return Record(at, event, offer)


def offers(path: Path) -> list[int | None]:
    return [found.offer for _id, _uid, found in read(path)]


def query(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "log.db"


# What is written


def test_what_was_written_is_read_back_whole(path: Path) -> None:
    full = Record(NOON + timedelta(microseconds=123456), "taken", 7, "micro", "helicopters", 120, None, "routine")
    held = Record(NOON, "held", 8, "café", None, None, "do-not-disturb")
    log: History = Log(path)
    log.append([full, held])
    log.append([Record(NOON, "daemon_stopped")])

    found = list(read(path))
    assert [full, held, Record(NOON, "daemon_stopped")] == [record for _id, _uid, record in found]
    assert [number for number, _uid, _record in found] == [1, 2, 3]
    assert [uuid.UUID(uid).version for _id, uid, _record in found] == [4, 4, 4]
    assert log.error is None


def test_the_columns_are_the_names_of_the_json(path: Path) -> None:
    taken = Record(NOON, "taken", 7, "micro", "helicopters", 120, "x", "routine")
    Log(path).append([taken])
    (uid,) = [uid for _id, uid, _record in read(path)]
    columns = "id, uid, at, event, offer, break, exercise, duration_s, reason, source, rating"
    assert [tuple(as_json(1, uid, taken).values())] == query(path, f"SELECT {columns} FROM event")


def test_the_instant_is_stored_beside_the_text(path: Path) -> None:
    Log(path).append([row(1, at=datetime(2025, 6, 2, 0, 30, 0, 1999, tzinfo=BERLIN))])
    [stored] = query(path, "SELECT at, at_us, day FROM event")
    assert stored == ("2025-06-02T00:30:00.001+02:00", 1748817000_001999, "2025-06-02")


SITTING = Span("sitting", NOON, 1500)


def test_spans_stand_beside_the_rows_and_are_no_rows(path: Path) -> None:
    Log(path).append([row(1), SITTING, row(2), Span("routine", NOON + timedelta(minutes=25), 118, 3, 2)])
    assert offers(path) == [1, 2]
    assert query(path, "SELECT kind, began, began_us, duration_s, input_s, offer, day FROM span ORDER BY id") == [
        ("sitting", "2025-06-02T12:00:00+02:00", 1748858400_000000, 1500, None, None, "2025-06-02"),
        ("routine", "2025-06-02T12:25:00+02:00", 1748859900_000000, 118, 3, 2, "2025-06-02"),
    ]


def test_a_span_that_is_told_again_after_a_kill_is_there_once(path: Path) -> None:
    Log(path).append([SITTING, Span("call", NOON, 60)])
    again: History = Log(path)
    again.append([Span("sitting", NOON, 1440), Span("sitting", NOON + timedelta(seconds=1500), 60)])
    assert query(path, "SELECT kind, duration_s FROM span ORDER BY id") == [
        ("sitting", 1500), ("call", 60), ("sitting", 60)
    ]  # fmt: skip
    assert again.error is None


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE span SET duration_s = 9",
        "DELETE FROM span",
        "REPLACE INTO span (id, uid, kind, began, began_us, duration_s) VALUES (1, 'u', 'call', '', 0, 9)",
        "REPLACE INTO span (uid, kind, began, began_us, duration_s) SELECT uid, 'call', '', 0, 9 FROM span",
    ],
)
def test_nobody_changes_a_span(path: Path, change: str) -> None:
    Log(path).append([SITTING])
    before = query(path, "SELECT * FROM span")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        query(path, change)
    assert query(path, "SELECT * FROM span") == before


def test_what_was_said_of_the_back_is_found_by_its_day(path: Path) -> None:
    log = Log(path)
    assert log.felt_on(NOON.date()) is None
    felt = Record(NOON, "felt", source="cli", rating=0)
    log.append([felt])
    assert (log.felt_on(NOON.date()), log.felt_on(NOON.date() + timedelta(days=1))) == (0, None)
    assert [found for _id, _uid, found in read(path)] == [felt]


def test_the_folder_is_private_and_the_log_one_file_at_rest(path: Path) -> None:
    Log(path).append([row(1)])
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert names(path.parent) == ["log.db"]
    assert query(path, "PRAGMA journal_mode") == [("wal",)]


def test_a_log_that_others_could_read_is_theirs_no_more(path: Path) -> None:
    Log(path).append([row(1)])
    path.chmod(0o664)
    Log(path).append([row(2)])
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE event SET offer = 9",
        "DELETE FROM event",
        "DELETE FROM event WHERE id = 2",
        "INSERT OR REPLACE INTO event SELECT id, uid, at, 0, 'taken', 5, NULL, NULL, 1, NULL, 'cli', NULL FROM event",
        "INSERT INTO event (id, uid, at, at_us, event, source) VALUES (9, 'u', '', 0, 'due', 'cli')",
        "INSERT INTO event (uid, at, at_us, event, source) VALUES ('u', '', 0, 'due', 'cli')",
        "REPLACE INTO event (id, uid, at, at_us, event, source) SELECT 3, uid, '', 0, 'due', 'cli' FROM event",
    ],
)
def test_nobody_changes_what_is_written(path: Path, change: str) -> None:
    Log(path).append([row(1), row(2)])
    before = list(read(path))
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        query(path, change)
    assert before == list(read(path))


def test_ids_have_no_gap_after_a_rollback_or_a_restart(path: Path) -> None:
    Log(path).append([row(1)])
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("INSERT INTO event (id, uid, at, at_us, event, source) VALUES (2, 'u', '', 0, 'due', 'cli')")
        other.execute("ROLLBACK")
    Log(path).append([row(2)])
    assert [number for number, _uid, _record in read(path)] == [1, 2]


def test_a_row_whose_commit_was_in_doubt_is_not_written_twice(path: Path) -> None:
    log = Log(path)
    log.append([row(1)])
    [(_id, uid, _record)] = read(path)
    log._waiting = [(uid, row(1)), (str(uuid.uuid4()), row(2))]
    log.flush()
    assert offers(path) == [1, 2]


def test_last_offer(path: Path) -> None:
    log = Log(path)
    assert log.last_offer() == 0
    log.append([row(41), row(3), Record(NOON, "paused")])
    assert Log(path).last_offer() == 41
    with folder_is_a_file(path):
        log.append([row(42)])
        assert log.last_offer() == 42


# Reading while it is written


def test_a_reader_and_the_writer_do_not_wait_for_each_other(path: Path) -> None:
    log = Log(path)
    log.append([row(1), row(2)])
    reader = read(path)
    assert next(reader)[2].offer == 1
    log.append([row(3)])
    assert log.error is None
    assert [record.offer for _id, _uid, record in reader] == [2]
    assert offers(path) == [1, 2, 3]


def test_what_is_not_committed_is_not_read(path: Path) -> None:
    Log(path).append([row(1)])
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO event (id, uid, at, at_us, event, source) VALUES (2, 'u', '', 0, 'due', 'cli')")
        assert offers(path) == [1]


def test_a_writing_process_that_is_killed_loses_nothing_that_it_had_written(path: Path) -> None:
    program = (
        "import sys; from datetime import *; from pathlib import Path\n"
        "from breakd.adapters.history import Log; from breakd.core.record import Record\n"
        "log = Log(Path(sys.argv[1]))\n"
        "for n in range(1, 100000):\n"
        "    log.append([Record(datetime(2025, 6, 2, tzinfo=UTC), 'due', n)])\n"
        "    print(n if log.error is None else log.error, flush=True)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program, path], stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        said = [writer.stdout.readline() for _ in range(20)]
        while_it_writes = offers(path)
        writer.send_signal(signal.SIGKILL)
        said += writer.stdout.readlines()
    assert [f"{n}\n" for n in range(1, len(said) + 1)] == said
    assert list(range(1, len(while_it_writes) + 1)) == while_it_writes
    assert len(while_it_writes) >= 20

    found = offers(path)
    assert list(range(1, len(found) + 1)) == found
    assert len(said) <= len(found) <= len(said) + 1
    Log(path).append([row(0)])
    assert [*found, 0] == offers(path)
    assert query(path, "PRAGMA integrity_check") == [("ok",)]


# A log that cannot be written


@contextmanager
def folder_is_a_file(path: Path) -> Iterator[None]:
    kept = path.parent.with_name("kept")
    if path.parent.exists():
        path.parent.rename(kept)
    path.parent.write_text("not a folder")
    yield
    path.parent.unlink()
    if kept.exists():
        kept.rename(path.parent)


@contextmanager
def log_is_a_folder(path: Path) -> Iterator[None]:
    kept = path.with_name("kept")
    path.parent.mkdir(exist_ok=True)
    if path.exists():
        path.rename(kept)
    path.mkdir()
    yield
    path.rmdir()
    if kept.exists():
        kept.rename(path)


@contextmanager
def log_is_a_dangling_link(path: Path) -> Iterator[None]:
    kept = path.with_name("kept")
    path.parent.mkdir(exist_ok=True)
    if path.exists():
        path.rename(kept)
    path.symlink_to(path.with_name("not-there"))
    yield
    path.unlink()
    if kept.exists():
        kept.rename(path)


@contextmanager
def no_rights(path: Path) -> Iterator[None]:
    """Nothing in the folder may be written; root, whom rights do not bind, is somebody else meanwhile."""
    path.parent.mkdir(exist_ok=True)
    path.parent.parent.chmod(0o755)
    path.parent.chmod(0o555)
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        path.parent.chmod(0o700)


@contextmanager
def no_file_grows(limit: int) -> Iterator[None]:
    """The kernel refuses every byte beyond `limit` of a file, in the midst of a write as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


Failure = Callable[[Path], AbstractContextManager[None]]

FAILURES: dict[str, Failure] = {
    "folder is a file": folder_is_a_file,
    "log is a folder": log_is_a_folder,
    "log is a dangling link": log_is_a_dangling_link,
    "no rights": no_rights,
    "no byte can be written": lambda _path: no_file_grows(0),
    "no more than a page can be written": lambda _path: no_file_grows(4096),
    "the log itself just fits": lambda _path: no_file_grows(36 * 1024),
}


@pytest.fixture
def open_path() -> Iterator[Path]:
    """Like `path`, but in a folder that anybody can reach, as pytest's own are closed to all but its user."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder, "data", "log.db")


@pytest.mark.parametrize("name", [name for name in FAILURES if name != "the log itself just fits"])
@pytest.mark.parametrize("begun", [True, False])
def test_rows_wait_in_memory_and_are_written_in_order_when_it_works_again(
    open_path: Path, name: str, *, begun: bool
) -> None:
    log = Log(open_path)
    if begun:
        log.append([row(0)])
    with FAILURES[name](open_path):
        log.append([row(1), row(2)])
        log.append([row(3)])
        log.flush()
        said = str(log.error)
        assert said.startswith("the log cannot be written: ")
        assert said.endswith(" (the events wait in memory)")
        assert "\n" not in said
    log.append([row(4)])
    assert [0, 1, 2, 3, 4][not begun :] == offers(open_path)
    assert log.error is None
    assert log.notice is None


def test_flush_and_close_write_what_waits(path: Path) -> None:
    log = Log(path)
    for write in (log.flush, log.close):
        with folder_is_a_file(path):
            log.append([row(1)])
        write()
        assert log.error is None
    log.flush()
    assert offers(path) == [1, 1]


STEPS = st.lists(
    st.tuples(st.sampled_from(["works", "flush", "restart", *FAILURES]), st.integers(0, 60)), min_size=1, max_size=8
)


@given(STEPS)
@settings(max_examples=40, deadline=None)
def test_no_sequence_of_failures_loses_or_reorders_a_row(steps: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "data", "log.db")
        log, given_rows = Log(path), 0
        for name, many in steps:
            rows = [row(given_rows + n) for n in range(many)]
            given_rows += many
            with FAILURES[name](path) if name in FAILURES else nullcontext():
                log.append(rows)
            if name == "flush":
                log.flush()
            if name == "restart":
                log.close()
                log = Log(path)
        log.close()
        found = list(read(path))
        assert log.error is None
        assert log.notice is None
        assert list(range(given_rows)) == [record.offer for _id, _uid, record in found]
        assert list(range(1, given_rows + 1)) == [number for number, _uid, _record in found]


def test_a_locked_log_is_written_after_the_lock(path: Path) -> None:
    log = Log(path)
    log.append([row(1)])
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        log.append([row(2)])
        assert f"{path} is locked by another program" in str(log.error)
    log.flush()
    assert offers(path) == [1, 2]


def test_a_deleted_folder_is_made_again_with_a_new_log(path: Path) -> None:
    log = Log(path)
    log.append([row(1)])
    shutil.rmtree(path.parent)
    log.append([row(2)])
    assert log.error is None
    assert [(number, record.offer) for number, _uid, record in read(path)] == [(1, 2)]


def test_a_full_disk_is_called_so(path: Path) -> None:
    with pytest.raises(OSError, match="No space left") as system, Path("/dev/full").open("wb", buffering=0) as full:
        full.write(b"x")
    with closing(sqlite3.connect(path.parent.with_name("scratch.db"))) as scratch:
        scratch.execute("PRAGMA max_page_count = 1")
        with pytest.raises(sqlite3.OperationalError) as database:
            scratch.execute("CREATE TABLE t (x)")
    said = f"no space is left on the disk of {path}: free some"
    assert [said, said] == [explain(path, problem) for problem in (system.value, database.value)]


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (OSError(errno.EROFS, "Read-only file system"), "{path} is not yours to use"),
        (FileExistsError(errno.EEXIST, "File exists"), "{path.parent} is not a folder"),
        (OSError(errno.ENODEV, "No such device"), "{path}: No such device"),
    ],
)
def test_what_the_system_says_is_explained(path: Path, problem: OSError, said: str) -> None:
    assert explain(path, problem).startswith(said.format(path=path))


# A damaged file


def middle_overwritten(path: Path) -> None:
    Log(path).append([row(n) for n in range(200)])
    with path.open("r+b") as file:
        file.seek(2 * 4096)
        file.write(b"\xa5" * 6 * 4096)


def cut_short(path: Path) -> None:
    Log(path).append([row(n) for n in range(200)])
    os.truncate(path, 5 * 4096)


def no_database(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"this is no database\n" * 1000)


def tables_of_another_program(path: Path) -> None:
    path.parent.mkdir(exist_ok=True)
    query(path, "CREATE TABLE event (x)")


@pytest.mark.parametrize("damage", [middle_overwritten, cut_short, no_database, tables_of_another_program])
def test_a_damaged_log_is_set_aside_under_a_new_name_each_time(path: Path, damage: Callable[[Path], None]) -> None:
    for n in (1, 2):
        damage(path)
        as_it_was = path.read_bytes()
        aside = path.with_name(f"log.db.corrupt-{n}")
        log = Log(path)
        log.append([row(10 * n)])
        assert log.error is None
        assert f"the log {path} was damaged: it is set aside as {aside}, and a new one is begun" == log.notice
        assert as_it_was == aside.read_bytes()
        assert [(1, 10 * n)] == [(number, record.offer) for number, _uid, record in read(path)]
        log.append([row(11 * n)])
        assert log.notice is not None
        path.unlink()


def test_a_log_that_is_damaged_while_the_daemon_runs_is_set_aside(path: Path) -> None:
    log = Log(path)
    log.append([row(1)])
    no_database(path)
    log.append([row(2)])
    assert log.error is None
    assert offers(path) == [2]
    assert "log.db.corrupt-1" in str(log.notice)


def test_what_belongs_to_a_damaged_log_goes_with_it(path: Path) -> None:
    path.parent.mkdir()
    for tail in ("", "-wal", "-shm"):
        path.with_name(f"log.db{tail}").write_text(f"damaged {tail}")
    assert f"{path}.corrupt-1" == history._set_aside(str(path))
    assert names(path.parent) == ["log.db.corrupt-1", "log.db.corrupt-1-shm", "log.db.corrupt-1-wal"]
    path.write_text("damaged again")
    assert f"{path}.corrupt-2" == history._set_aside(str(path))


def test_a_damaged_log_that_cannot_be_set_aside_keeps_the_rows_waiting(open_path: Path) -> None:
    no_database(open_path)
    open_path.chmod(0o666)
    log = Log(open_path)
    with no_rights(open_path):
        log.append([row(1)])
        assert "is not yours to use" in str(log.error)
    log.append([row(2)])
    assert offers(open_path) == [1, 2]


def test_a_link_to_a_log_is_followed(path: Path, tmp_path: Path) -> None:
    real = tmp_path / "elsewhere" / "real.db"
    no_database(real)
    path.parent.mkdir()
    path.symlink_to(real)
    Log(path).append([row(1)])
    assert names(real.parent) == ["real.db", "real.db.corrupt-1"]
    assert path.is_symlink()
    assert offers(real) == [1]


# Versions of the schema


def test_an_empty_file_is_brought_to_todays_schema(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    assert list(read(path)) == []
    Log(path).append([row(1)])
    assert [(len(MIGRATIONS),)] == query(path, "PRAGMA user_version")
    assert offers(path) == [1]


LATER = (
    *MIGRATIONS,
    "ALTER TABLE event ADD COLUMN note TEXT DEFAULT 'none'",
    "CREATE TABLE more (x); INSERT INTO more VALUES (1)",
)
"""The scripts of a breakd that is two schemas ahead."""

BROKEN = (*LATER, "CREATE TABLE another (x); CREATE TABLE another (x)")


def kept(path: Path) -> Path:
    """Return where the log is kept as it was before it was migrated from today's schema."""
    return path.with_name(f"log.db.v{len(MIGRATIONS)}")


def version(path: Path) -> object:
    return query(path, "PRAGMA user_version")[0][0]


def test_an_earlier_log_is_migrated_and_kept_as_it_was(path: Path) -> None:
    Log(path).append([row(1), row(2)])
    before = list(read(path))
    log = Log(path, LATER)
    log.append([row(3)])
    assert (log.error, log.notice) == (None, None)
    assert query(path, "SELECT offer, note FROM event") == [(1, "none"), (2, "none"), (3, "none")]
    assert (query(path, "SELECT x FROM more"), version(path)) == ([(1,)], len(LATER))
    assert before == list(read(kept(path)))
    assert kept(path).stat().st_mode & 0o777 == 0o600

    log.append([row(4)])
    Log(path, LATER).append([row(5)])
    assert names(path.parent) == ["log.db", kept(path).name]


def test_a_copy_that_is_there_already_is_not_written_over(path: Path) -> None:
    Log(path).append([row(1)])
    kept(path).write_text("of another time")
    Log(path, LATER).append([row(2)])
    assert kept(path).read_text() == "of another time"
    assert offers(kept(path).with_name(f"{kept(path).name}-2")) == [1]


def test_a_migration_that_fails_leaves_the_log_as_it_was(path: Path) -> None:
    Log(path).append([row(1)])
    before = path.read_bytes()
    log = Log(path, BROKEN)
    for _try in range(2):
        log.append([row(2)])
        assert f"{path} is of an earlier breakd, and it stays as it is, as it cannot be brought up to date: " in str(
            log.error
        )
        assert path.read_bytes() == before
        assert names(path.parent) == ["log.db"]
    assert log.notice is None
    Log(path).append([row(3)])
    assert offers(path) == [1, 3]


@contextmanager
def copy_is_in_the_way(path: Path) -> Iterator[None]:
    draft = kept(path).with_name(f"{kept(path).name}.new")
    draft.mkdir()
    yield
    draft.rmdir()


COPY_FAILURES: dict[str, Failure] = {
    "a folder is in its place": copy_is_in_the_way,
    "it does not fit": lambda _path: no_file_grows(64 * 1024),
}


@pytest.mark.parametrize("name", COPY_FAILURES)
def test_without_a_copy_nothing_is_migrated(path: Path, name: str) -> None:
    Log(path).append([row(n) for n in range(500)])
    before = path.read_bytes()
    log = Log(path, LATER)
    with COPY_FAILURES[name](path):
        log.append([row(500)])
        assert f"{path} is of an earlier breakd, and it stays as it is, as no copy can be kept: " in str(log.error)
    assert path.read_bytes() == before
    assert names(path.parent) == ["log.db"]
    log.flush()
    assert log.error is None
    assert query(path, "SELECT offer, note FROM event") == [(n, "none") for n in range(501)]


@pytest.mark.parametrize("name", ["no rights", "no byte can be written"])
def test_where_nothing_can_be_written_nothing_is_migrated(open_path: Path, name: str) -> None:
    Log(open_path).append([row(1)])
    before = open_path.read_bytes()
    log = Log(open_path, LATER)
    with FAILURES[name](open_path):
        log.append([row(2)])
        assert log.error is not None
    assert open_path.read_bytes() == before
    log.flush()
    assert query(open_path, "SELECT offer, note FROM event") == [(1, "none"), (2, "none")]


def test_a_migration_that_is_killed_leaves_the_log_as_it_was(path: Path) -> None:
    Log(path).append([row(1)])
    program = (
        "import sys; from pathlib import Path\n"
        "from breakd.adapters.history import Log; from breakd.adapters.schema import MIGRATIONS\n"
        "from breakd.core.record import Record\n"
        "from datetime import *\n"
        "n = 'WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n'\n"
        "endless = f'CREATE TABLE more AS {n}'\n"
        "Log(Path(sys.argv[1]), (*MIGRATIONS, endless)).append([Record(datetime(2025, 6, 2, tzinfo=UTC), 'due', 2)])\n"
    )
    wal = path.with_name("log.db-wal")
    with subprocess.Popen([sys.executable, "-c", program, path]) as writer:
        while writer.poll() is None and not (wal.exists() and wal.stat().st_size):
            os.sched_yield()
        writer.send_signal(signal.SIGKILL)
    assert writer.returncode == -signal.SIGKILL
    assert offers(kept(path)) == [1]
    assert (version(path), offers(path)) == (len(MIGRATIONS), [1])
    Log(path, LATER).append([row(3)])
    assert query(path, "SELECT offer, note FROM event") == [(1, "none"), (3, "none")]
    assert names(path.parent) == ["log.db", kept(path).name, f"{kept(path).name}-2"]


def test_what_a_killed_migration_left_is_no_obstacle(path: Path) -> None:
    Log(path).append([row(1)])
    kept(path).with_name(f"{kept(path).name}.new").write_text("half a copy")
    Log(path, LATER).append([row(2)])
    assert names(path.parent) == ["log.db", kept(path).name]


def test_a_damaged_log_of_an_earlier_version_is_set_aside_as_any(path: Path) -> None:
    middle_overwritten(path)
    log = Log(path, LATER)
    log.append([row(7)])
    assert "log.db.corrupt-1" in str(log.notice)
    assert query(path, "SELECT offer FROM event") == [(7,)]
    assert names(path.parent) == ["log.db", "log.db.corrupt-1"]


def test_a_log_of_a_newer_version_is_refused_and_left_as_it_is(path: Path) -> None:
    Log(path).append([row(1)])
    known = len(MIGRATIONS)
    query(path, f"PRAGMA user_version = {known + 1}")
    before = path.read_bytes()
    log = Log(path)
    log.append([row(2)])
    said = f"is of a newer breakd (log version {known + 1}; this one knows {known}): update breakd"
    assert said in str(log.error)
    assert log.last_offer() == 2
    with pytest.raises(BreakdError, match="is of a newer breakd"):
        list(read(path))
    assert before == path.read_bytes()
    assert not kept(path).exists()
    assert log.notice is None
    path.unlink()
    log.flush()
    assert offers(path) == [2]


# What cannot be read


def test_no_log_is_an_empty_log(path: Path, tmp_path: Path) -> None:
    assert list(read(path)) == []
    assert list(read(path, date(2025, 1, 1), None)) == []
    (tmp_path / "file").touch()
    assert list(read(tmp_path / "file" / "log.db")) == []
    assert list(tmp_path.glob("data")) == []


def test_what_is_no_log_is_an_error(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(BreakdError, match=r"the log cannot be read: .*log\.db is not a file"):
        list(read(path))
    path.rmdir()
    no_database(path)
    with pytest.raises(BreakdError, match=r"log\.db is damaged: breakd restart sets it aside and begins a new one"):
        list(read(path))
    assert Log(path).last_offer() == 0


def test_a_log_in_a_read_only_folder_is_read(open_path: Path) -> None:
    Log(open_path).append([row(1), row(2)])
    open_path.chmod(0o644)  # for whoever plays a person without rights
    with no_rights(open_path):
        assert offers(open_path) == [1, 2]
    assert names(open_path.parent) == ["log.db"]


def test_a_log_on_a_full_disk_is_read(path: Path) -> None:
    Log(path).append([row(1), row(2)])
    with no_file_grows(0):
        assert offers(path) == [1, 2]


# Days


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


DAYS = [
    Record(at("2025-06-01T23:50:00+02:00"), "due", 1),
    Record(at("2025-06-01T23:59:59.999+02:00"), "paused"),
    Record(at("2025-06-02T00:00:00+02:00"), "resumed"),
    Record(at("2025-06-02T00:05:00+02:00"), "taken", 1),  # the outcome takes the offer to the 2nd
    Record(at("2025-06-02T23:30:00-07:00"), "config_reloaded"),  # the 3rd in Berlin, the 2nd where it was logged
    Record(at("2025-06-03T09:00:00+02:00"), "due", 2),
    Record(at("2025-06-03T09:02:00+02:00"), "prompted", 2),
    Record(at("2025-06-04T09:00:00+02:00"), "snoozed", 2),  # no outcome yet: each row its own day
]


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (None, None, [1, 2, 3, 4, 5, 6, 7, 8]),
        (None, "2025-05-31", []),
        ("2025-06-05", None, []),
        ("2025-06-01", "2025-06-01", [2]),
        ("2025-06-02", "2025-06-02", [1, 3, 4, 5]),
        ("2025-06-03", "2025-06-03", [6, 7]),
        ("2025-06-04", None, [8]),
        (None, "2025-06-02", [1, 2, 3, 4, 5]),
        ("2025-06-02", "2025-06-03", [1, 3, 4, 5, 6, 7]),
        ("2025-06-03", "2025-06-01", []),
    ],
)
def test_days_are_whole_local_days_and_an_offer_belongs_to_that_of_its_outcome(
    path: Path, since: str | None, until: str | None, expected: list[int]
) -> None:
    Log(path).append(DAYS)
    first, last = (date.fromisoformat(day) if day else None for day in (since, until))
    assert expected == [number for number, _uid, _record in read(path, first, last)]


def test_a_day_of_a_long_log_is_found_by_its_indexes(path: Path) -> None:
    Log(path).append(DAYS)
    with closing(sqlite3.connect(path)) as connection:
        plan = connection.execute(
            f"EXPLAIN QUERY PLAN {history._SELECT_DAYS}", {"since": "2025-06-02", "until": "2025-06-02"}
        ).fetchall()
    assert [step for _id, _parent, _unused, step in plan if step.startswith("SCAN")] == []


@given(
    st.lists(
        st.builds(
            Record,
            at=st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)).map(lambda naive: naive.replace(tzinfo=UTC)),  # noqa: DTZ001 - hypothesis wants naive bounds
            event=st.sampled_from(["due", "taken", "natural", "paused"]),
            offer=st.none() | st.integers(1, 2**40),
            tier=st.none() | st.text(st.characters(exclude_categories=["Cs"])),
            duration_s=st.none() | st.integers(0, 2**40),
        ),
        max_size=5,
    )
)
@settings(max_examples=30, deadline=None)
def test_any_row_comes_back_as_it_was(rows: list[Record]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        log = Log(Path(folder, "log.db"))
        log.append(rows)
        assert rows == [record for _id, _uid, record in read(Path(folder, "log.db"))]
