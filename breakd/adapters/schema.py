"""The schema of the log: how it grew, version by version, and how a log of an earlier one is brought up to date.

Law: a migration is done as a whole or not at all, and what it began from is kept beside the log. A log of a newer
breakd is refused before anything is written.
"""

import logging
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from itertools import chain, count
from pathlib import Path

from breakd.adapters.logproblems import DamagedError, explain
from breakd.errors import BreakdError
from breakd.texts import _

log = logging.getLogger(__name__)

MIGRATIONS = (
    # `day` is the row's own local day, `outcome_day` that of an offer, on the row that ends it.
    """
    CREATE TABLE event (
        id INTEGER PRIMARY KEY,
        uid TEXT NOT NULL UNIQUE,
        at TEXT NOT NULL,
        at_us INTEGER NOT NULL,
        event TEXT NOT NULL,
        offer INTEGER,
        break TEXT,
        exercise TEXT,
        duration_s INTEGER,
        reason TEXT,
        source TEXT NOT NULL,
        day TEXT AS (substr(at, 1, 10)),
        outcome_day TEXT AS (
            CASE WHEN event IN ('taken', 'natural', 'skipped', 'missed', 'abandoned', 'expired')
            THEN substr(at, 1, 10) END
        )
    );
    CREATE INDEX event_day ON event (day);
    CREATE INDEX event_outcome_day ON event (outcome_day) WHERE outcome_day IS NOT NULL;
    CREATE INDEX event_offer ON event (offer, outcome_day);

    CREATE TRIGGER event_is_not_changed BEFORE UPDATE ON event
    BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
    CREATE TRIGGER event_is_not_deleted BEFORE DELETE ON event
    BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
    CREATE TRIGGER event_ids_grow_by_one BEFORE INSERT ON event
    WHEN NEW.id IS NOT (SELECT coalesce(max(id), 0) + 1 FROM event)
        OR EXISTS (SELECT 1 FROM event WHERE uid = NEW.uid)
    BEGIN SELECT RAISE(ABORT, 'the log is append-only, and its ids grow by one'); END;
    """,
    # The highest numbers that rows had which a person deleted, or that an import has set aside: none comes again.
    """
    CREATE TABLE deleted (id INTEGER NOT NULL, offer INTEGER NOT NULL);
    INSERT INTO deleted VALUES (0, 0);
    CREATE VIEW last (id, offer) AS SELECT
        max(deleted.id, coalesce((SELECT max(id) FROM event), 0)),
        max(deleted.offer, coalesce((SELECT max(offer) FROM event), 0))
        FROM deleted;
    DROP TRIGGER event_ids_grow_by_one;
    CREATE TRIGGER event_ids_grow_by_one BEFORE INSERT ON event
    WHEN NEW.id IS NOT (SELECT id + 1 FROM last) OR EXISTS (SELECT 1 FROM event WHERE uid = NEW.uid)
    BEGIN SELECT RAISE(ABORT, 'the log is append-only, and its ids grow by one'); END;
    """,
    # What went on and for how long, beside what came true; and how the back felt. By both indexes of events the
    # answers of all days are counted, from the last day back: of ten years in a third of the time.
    """
    ALTER TABLE event ADD COLUMN rating INTEGER;
    CREATE TABLE span (
        id INTEGER PRIMARY KEY,
        uid TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        began TEXT NOT NULL,
        began_us INTEGER NOT NULL,
        duration_s INTEGER NOT NULL,
        input_s INTEGER,
        offer INTEGER,
        day TEXT AS (substr(began, 1, 10))
    );
    CREATE INDEX span_day ON span (day);
    DROP INDEX event_outcome_day;
    CREATE INDEX event_outcome_day ON event (outcome_day, offer, event) WHERE outcome_day IS NOT NULL;
    CREATE INDEX event_due ON event (offer) WHERE event = 'due';
    CREATE TRIGGER span_is_not_replaced BEFORE INSERT ON span
    WHEN EXISTS (SELECT 1 FROM span WHERE uid = NEW.uid OR id = NEW.id)
    BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
    CREATE TRIGGER span_is_not_changed BEFORE UPDATE ON span
    BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
    CREATE TRIGGER span_is_not_deleted BEFORE DELETE ON span
    BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
    """,
)
"""The scripts that lead from an empty file to today's schema; `PRAGMA user_version` counts those that have run.
One that was released is never edited: a change is a new script at the end."""


def schema_version(path: str | Path, connection: sqlite3.Connection, known: int = len(MIGRATIONS)) -> int:
    """Return the version of the log's schema. Raises BreakdError for one that a newer breakd wrote."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > known:
        raise BreakdError(
            _("{path} is of a newer breakd (log version {found}; this one knows {known}): update breakd").format(
                path=path, found=version, known=known
            )
        )
    return version


def migrate(connection: sqlite3.Connection, version: int, scripts: Sequence[str]) -> None:
    """Run the scripts after the first `version`, all or none of them."""
    if version < len(scripts):
        todo = "; ".join(scripts[version:])
        connection.executescript(f"BEGIN IMMEDIATE; {todo}; PRAGMA user_version = {len(scripts)}; COMMIT")


def bring_up(path: str, connection: sqlite3.Connection, version: int, scripts: Sequence[str]) -> None:
    """Migrate a log that an earlier breakd wrote, and keep it as it was beside.

    Raises BreakdError where either cannot be done, and DamagedError: then the log is what it was.
    """
    if connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise DamagedError
    names = chain([f"{path}.v{version}"], (f"{path}.v{version}-{n}" for n in count(2)))
    kept = Path(next(name for name in names if not os.path.lexists(name)))
    try:
        _copy(connection, kept)
    except (OSError, sqlite3.Error) as problem:
        text = _("{path} is of an earlier breakd, and it stays as it is, as no copy can be kept: {why}")
        raise BreakdError(text.format(path=path, why=explain(kept, problem))) from problem
    try:
        migrate(connection, version, scripts)
    except sqlite3.Error as problem:
        with suppress(OSError):
            kept.unlink()
        text = _("{path} is of an earlier breakd, and it stays as it is, as it cannot be brought up to date: {why}")
        raise BreakdError(text.format(path=path, why=problem)) from problem
    log.info("the log is brought from version %d to %d; as it was it is kept as %s", version, len(scripts), kept)


def _copy(connection: sqlite3.Connection, to: Path) -> None:
    """Copy the database, whole or not at all. Raises OSError or sqlite3.Error."""
    draft = to.with_name(f"{to.name}.new")
    try:
        draft.unlink(missing_ok=True)  # of a copy that was killed
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(draft)) as copy:
            connection.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")  # so that whoever looks at it makes no file beside it
        draft.rename(to)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise
