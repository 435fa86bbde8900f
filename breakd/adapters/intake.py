"""Adds the rows of another log, or of an earlier copy of this one, to the log.

Laws: all of them are added or none, with the next ids and in their order; nothing that is there changes, and a row
whose `uid` is there is not added again. The rows of one offer stay together, under a number that no other has had.

The rows wait in a database of their own, on the disk and without a name, so that their number costs no memory; the log
is locked only while they are added.
"""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from breakd.adapters.history import columns, open_to_write, place
from breakd.adapters.logproblems import DamagedError, code, explain
from breakd.core.record import OUTCOMES, Record
from breakd.errors import BreakdError
from breakd.texts import _

_LOCK_WAIT_S = 10
"""How long whoever else writes is waited for."""

_STEP = 5_000
"""After as many rows it is told how far it is."""

_OUTCOMES = ", ".join(map(repr, OUTCOMES))

# `line` is the row's own in its file, `fresh` what the log does not have yet, in order. `known` and `strange` are the
# offers of the file: those of which the log has a row, under its number there, and the others, numbered from 1.
_TABLES = """
    CREATE TABLE incoming (
        line INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, at TEXT, at_us INTEGER, event TEXT, offer INTEGER,
        break TEXT, exercise TEXT, duration_s INTEGER, reason TEXT, source TEXT, rating INTEGER
    );
    CREATE TABLE outcome (offer INTEGER PRIMARY KEY, line INTEGER);
    CREATE TABLE fresh (n INTEGER PRIMARY KEY, line INTEGER);
    CREATE TABLE known (offer INTEGER PRIMARY KEY, ours INTEGER);
    CREATE TABLE strange (n INTEGER PRIMARY KEY, offer INTEGER UNIQUE);
    CREATE VIEW arriving AS SELECT fresh.n, i.*, known.ours, strange.n AS strange
        FROM fresh JOIN incoming AS i ON i.line = fresh.line
        LEFT JOIN known ON known.offer = i.offer LEFT JOIN strange ON strange.offer = i.offer;
"""

_ADD = """
    INSERT OR IGNORE INTO incoming VALUES (
        :line, :uid, :at, :at_us, :event, :offer, :break, :exercise, :duration_s, :reason, :source, :rating
    )
"""

_SAME = " AND ".join(
    f"i.{name} IS e.{name}" for name in ("at", "event", "break", "exercise", "duration_s", "reason", "source", "rating")
)

# What can be told only beside the log, in this order: each makes use of the one before.
_SORT = (
    "DELETE FROM fresh",
    "DELETE FROM known",
    "DELETE FROM strange",
    """
    INSERT INTO fresh (line) SELECT line FROM incoming AS i
    WHERE NOT EXISTS (SELECT 1 FROM log.event AS e WHERE e.uid = i.uid) ORDER BY line
    """,
    """
    INSERT INTO known SELECT i.offer, max(e.offer) FROM incoming AS i JOIN log.event AS e ON e.uid = i.uid
    WHERE i.offer IS NOT NULL GROUP BY i.offer
    """,
    """
    INSERT INTO strange (offer) SELECT i.offer FROM incoming AS i JOIN fresh ON fresh.line = i.line
    WHERE i.offer IS NOT NULL AND NOT EXISTS (SELECT 1 FROM known WHERE known.offer = i.offer)
    GROUP BY i.offer ORDER BY min(i.line)
    """,
)

_OTHERWISE = f"""
    SELECT i.line, e.id FROM incoming AS i JOIN log.event AS e ON e.uid = i.uid
    WHERE NOT ({_SAME} AND (i.offer IS NULL) = (e.offer IS NULL)) ORDER BY i.line LIMIT 1
"""  # noqa: S608 - text of our own

_ENDED = """
    SELECT outcome.line, e.id FROM outcome JOIN fresh ON fresh.line = outcome.line
    JOIN known ON known.offer = outcome.offer
    JOIN log.event AS e ON e.offer = known.ours AND e.outcome_day IS NOT NULL ORDER BY outcome.line LIMIT 1
"""

_WRITE = f"""
    INSERT INTO log.event (id, uid, at, at_us, event, offer, break, exercise, duration_s, reason, source, rating)
    SELECT :last + n, uid, at, at_us, event, coalesce(ours, :before + strange), break, exercise, duration_s, reason,
        source, rating
    FROM arriving WHERE n BETWEEN :first AND :first + {_STEP - 1} ORDER BY n
"""  # noqa: S608 - as above

_COUNT = (
    "SELECT (SELECT count(*) FROM incoming), count(*), count(DISTINCT coalesce(ours, :before + strange)) FROM arriving"
)


class RowError(Exception):
    """The row of this line cannot be added; the text says why."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(why)
        self.line = line


@dataclass(frozen=True, slots=True)
class Added:
    """So many rows were added, of so many offers, and so many were there already."""

    rows: int
    offers: int
    known: int


class Intake:
    """The rows on their way into the log: first `add` for each, then `meet`, `set_aside` and `write`."""

    def __init__(self) -> None:
        """Begin with no row. Raises BreakdError where there is no room."""
        self._path: Path | None = None
        self._db = sqlite3.connect("", timeout=_LOCK_WAIT_S, isolation_level=None)
        self._db.executescript(_TABLES)
        self._db.execute("BEGIN")

    def close(self) -> None:
        """Let go of the rows and of the log."""
        self._db.close()

    def add(self, line: int, uid: str, row: Record) -> None:
        """Take a row, once. Raises RowError where it contradicts an earlier one, BreakdError where there is no room."""
        values = columns(uid, row) | {"line": line}
        try:
            if not self._db.execute(_ADD, values).rowcount:
                self._see_that_it_is_the_same(line, values)
            elif row.event in OUTCOMES:
                self._see_that_it_ends_once(line, row.offer)
        except sqlite3.Error as problem:
            raise BreakdError(_("nothing was imported: {why}").format(why=_no_room(problem))) from problem

    def _see_that_it_is_the_same(self, line: int, values: dict[str, Any]) -> None:
        cursor = self._db.execute("SELECT * FROM incoming WHERE uid = :uid", values)
        names = [column[0] for column in cursor.description]
        there = dict(zip(names, cursor.fetchone(), strict=True))
        if there | {"line": line} != values:
            text = _("its uid is that of line {other}, which says something else; take one of them out")
            raise RowError(line, text.format(other=there["line"]))

    def _see_that_it_ends_once(self, line: int, offer: int | None) -> None:
        if not self._db.execute("INSERT OR IGNORE INTO outcome VALUES (?, ?)", (offer, line)).rowcount:
            (other,) = self._db.execute("SELECT line FROM outcome WHERE offer = ?", (offer,)).fetchone()
            text = _("offer {offer} has ended on line {other}; the logs of two machines are imported one by one")
            raise RowError(line, text.format(offer=offer, other=other))

    def meet(self, path: Path) -> int:
        """Look at the log, which is made where there is none; return how many numbers of offers are needed.

        Raises RowError where a row contradicts the log, BreakdError where that cannot be used.
        """
        self._path = path
        try:
            self._db.execute("COMMIT")
            with closing(open_to_write(place(path))) as connection:
                if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                    raise DamagedError
            self._db.execute("ATTACH ? AS log", (os.path.realpath(path),))
            self._db.execute("PRAGMA log.synchronous = FULL")
            self._db.execute("PRAGMA fullfsync = ON")  # as in writing
            self._db.execute("BEGIN")
            needed = self._sort()
            self._db.execute("COMMIT")
        except (OSError, sqlite3.Error, BreakdError) as problem:
            raise _not_imported(path, problem) from problem
        return needed

    def _sort(self) -> int:
        """Tell what is new from what is there, and return how many offers are new. Raises RowError, sqlite3.Error."""
        for statement in _SORT:
            self._db.execute(statement)
        for query, text in (
            (
                _OTHERWISE,
                _("the log has its uid as event {id}, which says something else, and stays; take the line out"),
            ),
            (_ENDED, _("the log has the end of its offer already, as event {id}; take the line out")),
        ):
            if found := self._db.execute(query).fetchone():
                raise RowError(found[0], text.format(id=found[1]))
        count: int = self._db.execute("SELECT count(*) FROM strange").fetchone()[0]
        return count

    def set_aside(self, first: int | None, offers: int) -> int:
        """Keep so many numbers of offers, from `first` on (None: the next ones), from all others; return the first.

        From then on no daemon that starts gives one of them, whatever becomes of this import. Raises BreakdError.
        """
        assert self._path is not None
        try:
            self._db.execute("BEGIN IMMEDIATE")
            if first is None:
                first = self._db.execute("SELECT offer + 1 FROM log.last").fetchone()[0]
            self._db.execute("UPDATE log.deleted SET offer = max(offer, ?)", (first + offers - 1,))
            self._db.execute("COMMIT")
        except sqlite3.Error as problem:
            raise _not_imported(self._path, problem) from problem
        return first

    def write(self, first: int, offers: int, progress: Callable[[float], None]) -> Added:
        """Add the rows; the offers that the log does not know get the numbers that were set aside.

        `progress` is told the part that is done. Raises RowError, and BreakdError where it cannot be done: then the log
        is as it was.
        """
        assert self._path is not None
        try:
            self._db.execute("BEGIN IMMEDIATE")
            _see_that_there_are_enough(self._sort(), offers)
            last = self._db.execute("SELECT id FROM log.last").fetchone()[0]
            values = {"before": first - 1, "last": last, "first": 1}
            total, rows, breaks = self._db.execute(_COUNT, values).fetchone()
            for values["first"] in range(1, rows + 1, _STEP):
                self._db.execute(_WRITE, values)
                progress(min(1.0, (values["first"] + _STEP) / rows))
            self._db.execute("COMMIT")
        except (sqlite3.Error, BreakdError) as problem:
            raise _not_imported(self._path, problem) from problem
        return Added(rows, breaks, total - rows)


def _see_that_there_are_enough(needed: int, offers: int) -> None:
    """Raise BreakdError where there are fewer numbers than offers: rows were deleted since they were counted."""
    if needed > offers:
        raise BreakdError(_("the log has changed meanwhile: import again"))


def _not_imported(path: Path, problem: OSError | sqlite3.Error | BreakdError) -> BreakdError:
    ours = isinstance(problem, sqlite3.Error) and code(problem) == sqlite3.SQLITE_FULL and _is_elsewhere_and_full(path)
    why = _no_room(problem) if ours else explain(path, problem)
    return BreakdError(_("nothing was imported: {why}").format(why=why))


def _is_elsewhere_and_full(path: Path) -> bool:
    """Return whether it is not the log's disk that is full but the one on which the rows wait."""
    folder = _waiting_room()
    with suppress(OSError):
        return path.parent.stat().st_dev != Path(folder).stat().st_dev and shutil.disk_usage(folder).free < 1 << 20
    return False


def _waiting_room() -> str:
    """Return the folder in which SQLite keeps a database without a name."""
    return os.environ.get("SQLITE_TMPDIR") or os.environ.get("TMPDIR") or "/var/tmp"  # noqa: S108 - not ours to choose


def _no_room(problem: Exception) -> str:
    text = _("the rows find no room in {folder} ({why}): free some, or name another folder by TMPDIR")
    return text.format(folder=_waiting_room(), why=problem)
