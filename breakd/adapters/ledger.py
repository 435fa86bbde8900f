"""What insight needs from the log: the offers, spans and ratings of a range of days.

Law: nothing is written, and nothing is counted here but what the rows of one offer, or of one day, say together. A log
that does not exist is empty, and one of an earlier breakd has neither spans nor ratings.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import get_args

from breakd.adapters.history import RATED, open_to_read
from breakd.adapters.logproblems import explain
from breakd.adapters.schema import schema_version
from breakd.core.record import Kind
from breakd.errors import BreakdError
from breakd.insight.figures import Offer
from breakd.insight.sitting import Span
from breakd.texts import _

OFFERS = """
    SELECT outcome.offer, outcome.at, outcome.event, outcome.break, outcome.exercise, outcome.duration_s,
        max(own.event = 'due'), sum(own.event = 'snoozed'),
        (max(CASE own.event WHEN 'started' THEN own.at_us END) - max(CASE own.event WHEN 'prompted' THEN own.at_us END))
            / 1e6
    FROM event AS outcome JOIN event AS own ON own.offer = outcome.offer
    WHERE outcome.outcome_day BETWEEN :since AND :until
    GROUP BY outcome.outcome_day, outcome.offer
"""

SPANS = """
    SELECT kind, began, began_us, duration_s, input_s, offer FROM span
    WHERE day BETWEEN :since AND :until AND kind IN ({kinds}) ORDER BY day, id
"""

FELT = "SELECT day, rating FROM event WHERE day BETWEEN :since AND :until AND event = 'felt' ORDER BY id"

# From the last day back, so that whoever has seen enough stops there; of the outcomes in insight.figures.ANSWERABLE.
ANSWERED = """
    SELECT outcome_day, sum(event = 'taken'), count(*) FROM event AS outcome
    WHERE outcome_day <= :until AND event IN ('taken', 'skipped', 'missed', 'abandoned')
        AND EXISTS (SELECT 1 FROM event AS own WHERE own.offer = outcome.offer AND own.event = 'due')
    GROUP BY outcome_day ORDER BY outcome_day DESC
"""

FIRST_DAYS = ("SELECT min(outcome_day) FROM event WHERE outcome_day IS NOT NULL", "SELECT min(day) FROM span")


def offers(path: Path, since: date | None = None, until: date | None = None) -> list[Offer]:
    """Return the offers whose outcome is of these days (None: no limit), day by day, in the order of their numbers.

    Raises BreakdError where the log cannot be read, as all functions here do.
    """
    with _reading(path) as (connection, _version):
        return list(map(Offer._make, connection.execute(OFFERS, _days(since, until))))


def spans(
    path: Path, since: date | None = None, until: date | None = None, kinds: Sequence[str] = get_args(Kind)
) -> list[Span]:
    """Return the spans of these kinds that began on these days: day by day, in the order in which they ended."""
    with _reading(path) as (connection, version):
        if version < RATED:
            return []
        query = SPANS.format(kinds=", ".join(f":{kind}" for kind in kinds))
        values = _days(since, until) | {kind: kind for kind in kinds}
        return list(map(Span._make, connection.execute(query, values)))


def felt(path: Path, since: date | None = None, until: date | None = None) -> list[tuple[date, int]]:
    """Return what was said of the back on these days, 0 (no pain) to 10, in the log's order."""
    with _reading(path) as (connection, version):
        if version < RATED:
            return []
        found = connection.execute(FELT, _days(since, until))
        return [(date.fromisoformat(day), rating) for day, rating in found]


def answered_days(path: Path, until: date) -> Iterator[tuple[date, int, int]]:
    """Yield (day, answered, answerable) of the offers that came due, from this day back, for insight.figures.streak."""
    with _reading(path) as (connection, _version):
        for day, part, whole in connection.execute(ANSWERED, _days(None, until)):
            yield date.fromisoformat(day), part, whole


def first_day(path: Path) -> date | None:
    """Return the day of the first outcome or span in the log, None where there is none."""
    with _reading(path) as (connection, version):
        queries = FIRST_DAYS if version >= RATED else FIRST_DAYS[:1]
        found = [day for query in queries for (day,) in connection.execute(query) if day is not None]
    return date.fromisoformat(min(found)) if found else None


def _days(since: date | None, until: date | None) -> dict[str, str]:
    return {"since": (since or date.min).isoformat(), "until": (until or date.max).isoformat()}


@contextmanager
def _reading(path: Path) -> Iterator[tuple[sqlite3.Connection, int]]:
    """Connect to the log, and give the version of its schema, too; what fails is raised as BreakdError."""
    try:
        with closing(open_to_read(path)) as connection:
            yield connection, schema_version(path, connection)
    except sqlite3.Error as problem:
        raise BreakdError(_("the log cannot be read: {why}").format(why=explain(path, problem))) from problem
