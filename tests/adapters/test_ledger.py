"""The log as insight reads it: one row an offer, spans, ratings; of any age, and never all of it for a week."""

import sqlite3
from contextlib import closing
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from breakd.adapters import ledger
from breakd.adapters.history import Log
from breakd.adapters.schema import MIGRATIONS
from breakd.core.record import Name, Record, Span
from breakd.errors import BreakdError
from breakd.insight.figures import Offer
from breakd.insight.sitting import Span as Logged

NINE = datetime(2026, 6, 1, 9, 0, tzinfo=timezone(timedelta(hours=2)))
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "log.db"


def write(path: Path, *rows: Record | Span) -> None:
    log = Log(path)
    log.append(rows)
    assert log.error is None


def test_an_offer_is_what_its_rows_say_together(path: Path) -> None:
    write(
        path,
        Record(NINE, "due", 1, "micro"),
        Record(NINE, "prompted", 1, "micro", "walk"),
        Record(NINE + MINUTE, "snoozed", 1, "micro", "walk", 300),
        Record(NINE + 6 * MINUTE, "prompted", 1, "long", "walk"),
        Record(NINE + 6.5 * MINUTE, "started", 1, "long", "walk"),
        Record(NINE + 8.5 * MINUTE, "taken", 1, "long", "walk", 120),
        Record(NINE + 9 * MINUTE, "started", 2, "micro", "walk"),
        Record(NINE + 10 * MINUTE, "abandoned", 2, "micro", "walk", 60),
        Record(NINE + DAY, "natural", 3, "micro", None, 240),
        Record(NINE + DAY, "due", 4, "micro"),
    )
    assert ledger.offers(path) == [
        Offer(1, "2026-06-01T09:08:30+02:00", "taken", "long", "walk", 120, due=True, snoozes=1, wait_s=30.0),
        Offer(2, "2026-06-01T09:10:00+02:00", "abandoned", "micro", "walk", 60, due=False, snoozes=0, wait_s=None),
        Offer(3, "2026-06-02T09:00:00+02:00", "natural", "micro", None, 240, due=False, snoozes=0, wait_s=None),
    ]


def test_an_offer_belongs_to_the_day_of_its_outcome(path: Path) -> None:
    late = NINE + timedelta(hours=14, minutes=59)
    write(path, Record(late, "due", 1, "micro"), Record(late + 2 * MINUTE, "skipped", 1, "micro"))
    assert ledger.offers(path, NINE.date(), NINE.date()) == []
    (found,) = ledger.offers(path, NINE.date() + DAY, NINE.date() + DAY)
    assert (found.due, found.at) == (True, late + 2 * MINUTE)


def test_spans_of_some_days_and_kinds(path: Path) -> None:
    write(path, Span("sitting", NINE, 60), Span("call", NINE, 30), Span("routine", NINE + DAY, 120, 60, 7))
    first = Logged("sitting", "2026-06-01T09:00:00+02:00", int(NINE.timestamp() * 1e6), 60, None, None)
    assert ledger.spans(path, until=NINE.date())[0] == first
    assert [span.kind for span in ledger.spans(path)] == ["sitting", "call", "routine"]
    (routine,) = ledger.spans(path, kinds=("routine",))
    assert (routine.began, routine.input_s, routine.offer) == (NINE + DAY, 60, 7)


def test_what_was_said_of_the_back(path: Path) -> None:
    write(path, Record(NINE, "felt", rating=3), Record(NINE + DAY, "felt", rating=0))
    assert ledger.felt(path) == [(date(2026, 6, 1), 3), (date(2026, 6, 2), 0)]
    assert ledger.felt(path, since=date(2026, 6, 2)) == [(date(2026, 6, 2), 0)]


def test_days_to_answer_from_the_last_one_back(path: Path) -> None:
    rows: list[Record] = []
    outcomes: tuple[Name, ...] = ("taken", "missed", "natural", "taken", "skipped")
    for number, outcome in enumerate(outcomes):
        at = NINE + DAY * (number // 2)
        rows += [Record(at, "due", number, "micro"), Record(at, outcome, number, "micro")]
    write(path, *rows, Record(NINE + 3 * DAY, "started", 9, "micro"), Record(NINE + 3 * DAY, "taken", 9, "micro"))
    days = [date(2026, 6, 3), date(2026, 6, 2), date(2026, 6, 1)]
    assert list(ledger.answered_days(path, date(2026, 6, 30))) == [(days[0], 0, 1), (days[1], 1, 1), (days[2], 1, 2)]
    assert [day for day, *_counts in ledger.answered_days(path, days[1])] == days[1:]


def test_the_first_day_is_that_of_an_outcome_or_a_span(path: Path) -> None:
    assert ledger.first_day(path) is None
    write(path, Record(NINE - DAY, "daemon_started"), Record(NINE + DAY, "natural", 1, "micro"))
    assert ledger.first_day(path) == date(2026, 6, 2)
    write(path, Span("sitting", NINE, 60))
    assert ledger.first_day(path) == date(2026, 6, 1)


def test_a_log_that_is_not_there_is_empty_and_stays_away(path: Path) -> None:
    assert (ledger.offers(path), ledger.spans(path), ledger.felt(path)) == ([], [], [])
    assert list(ledger.answered_days(path, date.max)) == []
    assert not path.exists()


@pytest.mark.parametrize("version", [1, 2])
def test_a_log_of_an_earlier_breakd_has_offers_alone(path: Path, version: int) -> None:
    log = Log(path, MIGRATIONS[:version])
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("; ".join(MIGRATIONS[:version]) + f"; PRAGMA user_version = {version}")
        connection.execute(
            "INSERT INTO event (id, uid, at, at_us, event, offer, break, source)"
            " VALUES (1, 'a', '2026-06-01T09:00:00+02:00', 0, 'natural', 1, 'micro', 'daemon')"
        )
        connection.commit()
    log.close()
    assert [offer.outcome for offer in ledger.offers(path)] == ["natural"]
    assert (ledger.spans(path), ledger.felt(path)) == ([], [])
    assert ledger.first_day(path) == date(2026, 6, 1)


def test_what_is_no_log_is_an_error(path: Path) -> None:
    path.write_bytes(b"no log" * 999)
    for read in (ledger.offers, ledger.spans, ledger.felt, ledger.first_day):
        with pytest.raises(BreakdError, match="the log cannot be read"):
            read(path)


@pytest.mark.parametrize(
    "query",
    [
        ledger.OFFERS,
        ledger.SPANS.format(kinds=":kind"),
        ledger.FELT,
        ledger.ANSWERED,
        *ledger.FIRST_DAYS,
    ],
)
def test_no_query_reads_the_whole_log(path: Path, query: str) -> None:
    write(path, Record(NINE, "daemon_started"))
    with closing(sqlite3.connect(path)) as connection:
        values = {"since": "2026-06-01", "until": "2026-06-07", "kind": "sitting"}
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {query}", values)]
    reads = [step for step in plan if step.startswith(("SCAN", "SEARCH"))]
    assert reads
    assert [step for step in reads if not step.startswith("SEARCH") or "INDEX" not in step] == []
    assert not any("TEMP B-TREE FOR GROUP" in step for step in plan)
