"""The log on the disk: an SQLite file to which rows, and the spans of what went on, are only ever added.

Law: a row that was handed over is written exactly once and in its order, at once or as soon as the file can be written;
until then it waits in memory. No row that was written is changed, and no file is deleted: a damaged one is set aside,
and one of an earlier breakd is kept as it was beside what becomes of it.

A connection lives for one batch of rows, so whatever becomes of the file between two batches (deleted, replaced,
damaged, another disk in its place) is met afresh, and once written the log is one single file: what a reader leaves
beside it holds no row.
"""

import errno
import logging
import os
import sqlite3
import stat
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

from breakd.adapters.logproblems import DAMAGE, DamagedError, code, explain
from breakd.adapters.schema import MIGRATIONS, bring_up, migrate, schema_version
from breakd.core.record import Record, Span, stamp
from breakd.errors import BreakdError
from breakd.texts import _

log = logging.getLogger(__name__)

# A row that is there already is left out: after a failed commit nobody knows whether it will be found written.
_INSERT = """
    INSERT INTO event (id, uid, at, at_us, event, offer, break, exercise, duration_s, reason, source, rating)
    SELECT (SELECT id + 1 FROM last),
        :uid, :at, :at_us, :event, :offer, :break, :exercise, :duration_s, :reason, :source, :rating
    WHERE NOT EXISTS (SELECT 1 FROM event WHERE uid = :uid)
"""

# One that began at the same instant is the same: a killed daemon that had not saved yet that it told it tells it again.
_INSERT_SPAN = """
    INSERT INTO span (uid, kind, began, began_us, duration_s, input_s, offer)
    SELECT :uid, :kind, :began, :began_us, :duration_s, :input_s, :offer
    WHERE NOT EXISTS (
        SELECT 1 FROM span WHERE day = substr(:began, 1, 10) AND kind = :kind AND began_us = :began_us
    )
"""

_SELECT_ALL = "SELECT id, uid, at, at_us, event, offer, break, exercise, duration_s, reason, source, rating FROM event"

_SELECT_DAYS = f"""
    {_SELECT_ALL} WHERE id IN (
        SELECT own.id FROM event AS own
        WHERE own.day BETWEEN :since AND :until AND NOT EXISTS (
            SELECT 1 FROM event AS outcome WHERE outcome.offer = own.offer AND outcome.outcome_day IS NOT NULL
        )
        UNION ALL
        SELECT own.id FROM event AS outcome JOIN event AS own ON own.offer = outcome.offer
        WHERE outcome.outcome_day BETWEEN :since AND :until
    )
"""  # noqa: S608 - text of our own

RATED = 3
"""The first version of the schema that has ratings, and spans."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

_LOCK_WAIT_S = 0.5
"""How long a batch waits for another program's lock; the daemon's loop stands still for it."""

_FILES = ("-wal", "-shm", "")
"""What belongs to the database beside the file itself, which moves last: as long as it is there, so is the log."""

_NO_FILE_BESIDE = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL}
"""How SQLite says that it cannot create one of its files beside the log."""


class Log:
    """The writer of the log; there is one at a time, and one thread at a time calls it.

    `error` says in a line why rows wait in memory, None while none do. `notice` says that a damaged file was set
    aside, and stays.
    """

    def __init__(self, path: Path, scripts: Sequence[str] = MIGRATIONS) -> None:
        """Take the path of the database; folder and file are created with the first rows, by the scripts."""
        self.error: str | None = None
        self.notice: str | None = None
        self._path, self._scripts = path, scripts
        self._waiting: list[tuple[str, Record | Span]] = []
        self._checked = False

    def append(self, rows: Sequence[Record | Span]) -> None:
        """Write the rows and the spans, after any that wait. Never raises."""
        self._waiting += [(str(uuid4()), row) for row in rows]
        self.flush()

    def flush(self) -> None:
        """Try again to write what waits. Never raises."""
        if not self._waiting:
            return
        try:
            self._write_or_begin_anew()
        except (BreakdError, OSError, sqlite3.Error) as problem:
            error = _("the log cannot be written: {why} (the events wait in memory)").format(
                why=explain(self._path, problem)
            )
            if error != self.error:  # it is tried again each minute
                log.warning("%s", error)
            self.error = error
        else:
            self._waiting.clear()
            self.error = None

    def close(self) -> None:
        """Write what waits, if it can be; there is nothing else to let go of."""
        self.flush()

    def taken_on(self, day: date) -> int:
        """Return how many breaks were taken on this day, as far as the log can be read."""
        taken = sum(row.event == "taken" and row.at.date() == day for row in self._waiting_rows())
        with suppress(BreakdError, sqlite3.Error), closing(open_to_read(self._path)) as connection:
            query = "SELECT count(*) FROM event WHERE event = 'taken' AND outcome_day = ?"
            taken += connection.execute(query, (day.isoformat(),)).fetchone()[0]
        return taken

    def felt_on(self, day: date) -> int | None:
        """Return what was said of the back on this day, None for nothing, or where the log cannot be read."""
        said = [row.rating for row in self._waiting_rows() if row.event == "felt" and row.at.date() == day]
        with suppress(BreakdError, sqlite3.Error), closing(open_to_read(self._path)) as connection:
            query = "SELECT rating FROM event WHERE event = 'felt' AND day = ?"
            said += [rating for (rating,) in connection.execute(query, (day.isoformat(),))]
        return next(iter(said), None)

    def last_offer(self) -> int:
        """Return the highest number that an offer ever had, 0 where there is none or the log cannot be read."""
        offers = [row.offer or 0 for row in self._waiting_rows()]
        with suppress(BreakdError, sqlite3.Error), closing(open_to_read(self._path)) as connection:
            for query in ("SELECT max(offer) FROM event", "SELECT offer FROM deleted"):  # the first schema has but one
                offers += [offer or 0 for (offer,) in connection.execute(query)]
        return max(offers, default=0)

    def _waiting_rows(self) -> list[Record]:
        return [row for _uid, row in self._waiting if isinstance(row, Record)]

    def _write_or_begin_anew(self) -> None:
        path = place(self._path)
        try:
            self._write(path)
        except sqlite3.DatabaseError as problem:
            if code(problem) not in DAMAGE:
                raise
            aside = _set_aside(path)
            self.notice = _("the log {path} was damaged: it is set aside as {aside}, and a new one is begun").format(
                path=path, aside=aside
            )
            log.warning("%s", self.notice)
            self._write(path)

    def _write(self, path: str) -> None:
        with closing(open_to_write(path, self._scripts)) as connection:
            if not self._checked:
                # Adding rows touches few pages, so damage elsewhere would stay hidden from it.
                if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                    raise DamagedError
                self._checked = True
            connection.execute("BEGIN IMMEDIATE")
            for uid, row in self._waiting:
                if isinstance(row, Record):
                    connection.execute(_INSERT, columns(uid, row))
                else:
                    connection.execute(_INSERT_SPAN, _values_of_span(uid, row))
            connection.execute("COMMIT")


def read(path: Path, since: date | None = None, until: date | None = None) -> Iterator[tuple[int, str, Record]]:
    """Yield id, uid and row of what was logged on the days from `since` to `until`, both whole, in the log's order.

    The day is the local one by the offset that was logged. An offer's rows all belong to the day of its outcome, and
    to their own while it has none. A log that does not exist is empty. Also while the daemon writes.

    Raises BreakdError where the log cannot be read.
    """
    try:
        with closing(open_to_read(path)) as connection:
            query = _SELECT_DAYS if since or until else _SELECT_ALL
            if schema_version(path, connection) < RATED:
                query = query.replace("rating", "NULL")
            days = {"since": (since or date.min).isoformat(), "until": (until or date.max).isoformat()}
            for columns in connection.execute(f"{query} ORDER BY id", days):
                yield columns[0], columns[1], _record(*columns[2:])
    except sqlite3.Error as problem:
        raise BreakdError(_("the log cannot be read: {why}").format(why=explain(path, problem))) from problem


@dataclass(frozen=True, slots=True)
class Facts:
    """What a log is.

    `version` is its schema's (0: none yet), `size` in bytes, `whole` what SQLite's check says of it. `waits`: changes
    lie beside the file, which the next one who writes takes in; they are not counted.
    """

    version: int
    size: int
    rows: int
    whole: bool
    waits: bool

    @property
    def newer(self) -> bool:
        """Whether a newer breakd wrote it."""
        return self.version > len(MIGRATIONS)


def facts(path: Path) -> Facts | None:
    """Look at the log, and write nothing, not even a file beside it; None where there is no log.

    Raises OSError or sqlite3.Error where it cannot be read.
    """
    for _try in range(3):  # nothing is locked: who writes meanwhile can be caught between two pages
        before = _traces(path)
        if before is None:
            return None
        found = _facts(path, size=before[0], waits=before[-1] > 0)
        if found.whole or _traces(path) == before:
            return found
    raise BlockingIOError(errno.EBUSY, os.strerror(errno.EBUSY))


def _traces(path: Path) -> tuple[int, ...] | None:
    """Return what changes when somebody writes: first the size, last the bytes that wait beside the file."""
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    if not stat.S_ISREG(found.st_mode):  # a pipe would be waited for
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
    waiting = 0
    with suppress(FileNotFoundError):
        waiting = Path(f"{os.path.realpath(path)}-wal").stat().st_size
    return found.st_size, found.st_ino, found.st_mtime_ns, waiting


def _facts(path: Path, *, size: int, waits: bool) -> Facts:
    path.open("rb").close()  # tells better than SQLite why it cannot be opened
    version, rows, whole = 0, 0, False
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)) as connection:
        try:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            whole = connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
            if whole and 0 < version <= len(MIGRATIONS):
                rows = connection.execute("SELECT count(*) FROM event").fetchone()[0]
        except sqlite3.DatabaseError as problem:
            if code(problem) not in DAMAGE:
                raise
            whole = False
    return Facts(version, size, rows, whole, waits)


def place(path: Path) -> str:
    """Return the log's own file, which `path` may lead to, its folder made. Raises BreakdError or OSError."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.path.realpath(path)  # SQLite names the files beside it by that
    if path.is_symlink() and not path.exists():  # a disk that is not there: make no log in its stead
        text = _("{path} leads to {target}, which is not there: bring it back, or remove the link")
        raise BreakdError(text.format(path=path, target=file))
    return file


def open_to_write(path: str, scripts: Sequence[str] = MIGRATIONS) -> sqlite3.Connection:
    """Connect, creating what is missing, with today's schema. Raises sqlite3.Error or BreakdError."""
    _narrow(path)
    connection = sqlite3.connect(path, timeout=_LOCK_WAIT_S, isolation_level=None)
    try:
        # Before anything that writes: a newer log stays as it is.
        version = schema_version(path, connection, len(scripts))
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA fullfsync = ON")  # macOS: fsync alone leaves the data in the disk's cache
        if 0 < version < len(scripts):
            bring_up(path, connection, version, scripts)
        else:
            migrate(connection, version, scripts)
        connection.execute("PRAGMA journal_mode = WAL")
    except BaseException:
        connection.close()
        raise
    return connection


def _narrow(path: str) -> None:
    """Take from others what an earlier breakd let them read; SQLite makes new files beside the log as that is."""
    for tail in _FILES:
        with suppress(OSError):
            if os.stat(path + tail).st_mode & 0o077:  # noqa: PTH116 - the path is text here
                os.chmod(path + tail, 0o600)  # noqa: PTH101 - the same


def open_to_read(path: Path) -> sqlite3.Connection:
    """Connect without a right to write; a log that is not there or has no rows yet is an empty one in memory.

    Raises sqlite3.Error or BreakdError.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise BreakdError(_("the log cannot be read: {path} is not a file").format(path=path))
        connection = _connect_to_read(path)
    except (FileNotFoundError, NotADirectoryError):
        return _empty()
    except OSError as problem:
        raise BreakdError(_("the log cannot be read: {why}").format(why=explain(path, problem))) from problem
    try:
        if schema_version(path, connection) > 0:
            return connection
    except BaseException:
        connection.close()
        raise
    connection.close()
    return _empty()


def _connect_to_read(path: Path) -> sqlite3.Connection:
    """Connect read-only, also where SQLite cannot create the file by which its users share the log."""
    uri = path.absolute().as_uri()
    connection = sqlite3.connect(f"{uri}?mode=ro", uri=True, isolation_level=None)
    try:
        connection.execute("PRAGMA schema_version").fetchone()
    except sqlite3.OperationalError as problem:
        connection.close()
        left = Path(f"{os.path.realpath(path)}-wal")
        if code(problem) not in _NO_FILE_BESIDE or (left.exists() and left.stat().st_size):
            raise
        # In a read-only folder or on a full disk nobody writes now, and nothing waits beside the file: it is whole.
        return sqlite3.connect(f"{uri}?immutable=1", uri=True, isolation_level=None)
    except BaseException:
        connection.close()
        raise
    return connection


def _empty() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    migrate(connection, 0, MIGRATIONS)
    return connection


def _set_aside(path: str) -> str:
    """Give the database, with what belongs to it, a name that is free, and return that. Raises OSError."""
    names = (f"{path}.corrupt-{n}" for n in count(1))
    aside = next(name for name in names if not any(os.path.lexists(name + tail) for tail in _FILES))
    for tail in _FILES:
        with suppress(FileNotFoundError):
            Path(path + tail).rename(aside + tail)
    return aside


def columns(uid: str, row: Record) -> dict[str, Any]:
    """Return the row as the table of events has it, without what the log adds: `id`."""
    return {
        "uid": uid,
        "at": stamp(row.at),
        "at_us": (row.at - _EPOCH) // _MICROSECOND,
        "event": row.event,
        "offer": row.offer,
        "break": row.tier,
        "exercise": row.exercise,
        "duration_s": row.duration_s,
        "reason": row.reason,
        "source": row.source,
        "rating": row.rating,
    }


def _values_of_span(uid: str, span: Span) -> dict[str, Any]:
    return {
        "uid": uid,
        "kind": span.kind,
        "began": stamp(span.began),
        "began_us": (span.began - _EPOCH) // _MICROSECOND,
        "duration_s": span.duration_s,
        "input_s": span.input_s,
        "offer": span.offer,
    }


def _record(at: str, at_us: int, *rest: Any) -> Record:
    # The text has the offset and ends at milliseconds; the number has the instant.
    return Record(datetime.fromisoformat(at).replace(microsecond=at_us % 1_000_000), *rest)
