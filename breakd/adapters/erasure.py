"""Deletes what a person wants deleted from the log: the one transaction that lifts its triggers.

Law: nobody else ever sees them lifted, and an end in the midst of it, of any kind, leaves the log as it was. What is
deleted is overwritten in the file, and no number that it had comes again.
"""

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from breakd.adapters.logproblems import explain
from breakd.adapters.schema import MIGRATIONS, schema_version
from breakd.errors import BreakdError
from breakd.texts import _

_LOCK_WAIT_S = 10
"""How long the daemon, or whoever else writes, is waited for."""

_READER_WAIT_MS = 1000
"""How long somebody who reads is waited for, before the old form of the rows is left to the next who writes."""

# As in reading, an offer's rows belong to the day of its outcome, and to their own while it has none. What can be open
# still stays whole: the last offer, and, as an import may have come after it, the one that the daemon has open.
_DOOMED = """
    SELECT own.id, own.day AS day FROM event AS own
    WHERE own.day < :day
    AND (own.offer IS NULL OR (own.offer < (SELECT offer FROM last) AND own.offer IS NOT :open)) AND NOT EXISTS (
        SELECT 1 FROM event AS outcome WHERE outcome.offer = own.offer AND outcome.outcome_day IS NOT NULL
    )
    UNION ALL
    SELECT own.id, outcome.outcome_day AS day FROM event AS outcome JOIN event AS own ON own.offer = outcome.offer
    WHERE outcome.outcome_day < :day
"""

_DOOMED_SPANS = "SELECT id, day FROM span WHERE day < :day"

_LIFTED = ("event_is_not_deleted", "span_is_not_deleted")


@dataclass(frozen=True, slots=True)
class Found:
    """What there is to delete: so many rows, of so many days."""

    rows: int
    days: int


def look(path: Path, day: date, open_offer: int | None = None) -> Found:
    """Return what belongs to the days before this one. Raises BreakdError where that cannot be told."""
    if not os.path.lexists(path):
        return Found(0, 0)
    try:
        with closing(_open(path)) as connection:
            query = f"SELECT count(*), count(DISTINCT day) FROM ({_DOOMED} UNION ALL {_DOOMED_SPANS})"  # noqa: S608 - our own
            values = {"day": day.isoformat(), "open": open_offer}
            return Found(*connection.execute(query, values).fetchone())
    except sqlite3.Error as problem:
        raise _not_deleted(path, problem) from problem


def delete(path: Path, day: date, open_offer: int | None = None) -> tuple[int, bool]:
    """Delete what belongs to the days before this one; return how many rows, and whether nothing of them is left.

    Where somebody reads the log meanwhile, their old form leaves the disk when the next row is written.

    Raises BreakdError where it cannot be done: then all is as it was.
    """
    try:
        with closing(_open(path)) as connection:
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("BEGIN IMMEDIATE")
            triggers = "SELECT sql FROM sqlite_schema WHERE name IN (?, ?)"
            scripts = [sql for (sql,) in connection.execute(triggers, _LIFTED)]
            connection.execute("UPDATE deleted SET (id, offer) = (SELECT id, offer FROM last)")
            for trigger in _LIFTED:
                connection.execute(f"DROP TRIGGER {trigger}")
            query = f"DELETE FROM event WHERE id IN (SELECT id FROM ({_DOOMED}))"  # noqa: S608 - as above
            rows = connection.execute(query, {"day": day.isoformat(), "open": open_offer}).rowcount
            rows += connection.execute("DELETE FROM span WHERE day < :day", {"day": day.isoformat()}).rowcount
            for script in scripts:
                connection.execute(script)
            connection.execute("COMMIT")
            return rows, _shrunk(connection)
    except sqlite3.Error as problem:
        raise _not_deleted(path, problem) from problem


def older_copies(path: Path) -> Sequence[Path]:
    """Return the files beside the log in which earlier rows are: copies of migrations, damaged logs."""
    real = Path(os.path.realpath(path))
    with suppress(OSError):
        beside = [f for f in real.parent.iterdir() if f.name.startswith((f"{real.name}.v", f"{real.name}.corrupt-"))]
        return sorted(beside)
    return []


def _open(path: Path) -> sqlite3.Connection:
    """Connect to a log of today's schema. Raises BreakdError and sqlite3.Error."""
    real = Path(os.path.realpath(path))
    connection = sqlite3.connect(f"{real.as_uri()}?mode=rw", uri=True, timeout=_LOCK_WAIT_S, isolation_level=None)
    try:
        _see_to_schema(path, connection)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA fullfsync = ON")  # as in writing
    except BaseException:
        connection.close()
        raise
    return connection


def _see_to_schema(path: Path, connection: sqlite3.Connection) -> None:
    if schema_version(path, connection) < len(MIGRATIONS):
        text = _("{path} is of an earlier breakd: run this one first, which brings it up to date")
        raise BreakdError(text.format(path=path))


def _shrunk(connection: sqlite3.Connection) -> bool:
    """Give back the room, and have the file as it is now; return whether that was possible."""
    try:
        connection.execute(f"PRAGMA busy_timeout = {_READER_WAIT_MS}")
        connection.execute("VACUUM")
        busy, _pages, _moved = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.Error:
        return False
    return bool(busy == 0)


def _not_deleted(path: Path, problem: sqlite3.Error) -> BreakdError:
    return BreakdError(_("nothing was deleted: {why}").format(why=explain(path, problem)))
