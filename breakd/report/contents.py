"""What the report says, as values: the very figures of `stats`, and what its charts need beside them.

Law: nothing is counted here that breakd.insight counts.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from breakd.adapters import history, ledger
from breakd.core.record import Record
from breakd.insight.figures import Offer, figures, group, streak
from breakd.insight.interval import Estimate
from breakd.insight.page import Range, meanings, numbers
from breakd.insight.sitting import Span, bouts
from breakd.report.charts import DAY_H, HOUR_S, MARKS, Day, Stretch, Week
from breakd.texts import _

WEEK = 7

_KINDS = {"sitting": "sitting", "standing": "standing", "call": "call", "absence": "away"}
"""The spans that the timeline has as bars; a routine is its break's mark."""


@dataclass(frozen=True, slots=True)
class Contents:
    """The report of the days from `since` to `until`; the week is the last seven of them."""

    since: date
    until: date
    answered: Estimate
    adherence: Estimate
    taken: int
    due: int
    """How many were answered, of how many that came due."""
    own_accord: int
    settled: int
    """All offers with an outcome but `expired`."""
    outcomes: Mapping[str, int]
    facts: Sequence[tuple[str, str]]
    """Further figures, each with its name, ready to show."""
    days: Sequence[Day]
    weeks: Sequence[Week]
    heat: Mapping[tuple[int, int], tuple[int, int]]
    """By weekday and hour: how many offers were answered, of how many that came due."""
    bouts: Sequence[int]
    exercises: Mapping[str, Mapping[str, int]]
    back: Sequence[tuple[date, int]]
    definitions: Sequence[tuple[str, str]]


def gather(log: Path, since: date, until: date, today: date, name: Callable[[str], str] = str) -> Contents:
    """Return the report of these days from the log; `name` gives an exercise's name for people.

    Raises BreakdError where the log cannot be read.
    """
    offers, spans = ledger.offers(log, since, until), ledger.spans(log, since, until)
    found = figures(offers, spans)
    further = numbers(Range(since, until, found, streak(ledger.answered_days(log, until), today)))
    first = until - timedelta(days=WEEK - 1)
    rows = (row for _number, _uid, row in history.read(log, first, until))
    by_use = sorted(found.by_exercise.items(), key=lambda each: -each[1].offers)
    return Contents(
        since=since,
        until=until,
        answered=found.answered,
        adherence=found.adherence,
        taken=sum(offer.answered for offer in offers),
        due=sum(offer.answerable for offer in offers),
        own_accord=found.own_accord,
        settled=found.offers - found.outcomes["expired"],
        outcomes=found.outcomes,
        facts=[(_("Offers"), str(found.offers)), *((name_of, value) for name_of, value, _meaning in further)],
        days=timeline(first, rows, ledger.spans(log, first - timedelta(days=1), until)),
        weeks=_weeks(offers),
        heat=_heat(offers),
        bouts=[bout.duration_s for bout in bouts(spans)],
        exercises=dict(_named(((exercise, found_of.outcomes) for exercise, found_of in by_use), name)),
        back=ledger.felt(log, since, until),
        definitions=[*meanings(), *((name_of, meaning) for name_of, _value, meaning in further)],
    )


def _named(
    found: Iterable[tuple[str, dict[str, int]]], name: Callable[[str], str]
) -> Iterator[tuple[str, dict[str, int]]]:
    """Yield the exercises under their names; of two of one name the second has its id beside it."""
    seen: set[str] = set()
    for exercise, outcomes in found:
        called = name(exercise)
        called = f"{called} ({exercise})" if called in seen else called
        seen.add(called)
        yield "".join(each if each.isprintable() else "?" for each in called), outcomes


def _weeks(offers: Iterable[Offer]) -> list[Week]:
    """Return the weeks from the first with an offer to the last."""
    of_weeks: dict[date, list[Offer]] = defaultdict(list)
    for offer in offers:
        day = offer.at.date()
        of_weeks[day - timedelta(days=day.weekday())].append(offer)
    if not of_weeks:
        return []
    first, last = min(of_weeks), max(of_weeks)
    mondays = [first + timedelta(days=WEEK * n) for n in range((last - first).days // WEEK + 1)]
    return [
        Week(monday, sum(offer.answerable for offer in of_weeks[monday]), group(of_weeks[monday]).answered)
        for monday in mondays
    ]


def _heat(offers: Iterable[Offer]) -> dict[tuple[int, int], tuple[int, int]]:
    """Return how many were answered, of how many that came due, by weekday and hour."""
    cells: dict[tuple[int, int], list[Offer]] = defaultdict(list)
    for offer in offers:
        if offer.answerable:
            cells[offer.at.weekday(), offer.at.hour].append(offer)
    return {at: (sum(offer.answered for offer in there), len(there)) for at, there in cells.items()}


def timeline(first: date, rows: Iterable[Record], spans: Iterable[Span]) -> list[Day]:
    """Return the seven days from the first one on; what goes on over midnight is part of both days."""
    marks: dict[date, list[tuple[str, float]]] = {first + timedelta(days=n): [] for n in range(WEEK)}
    stretches: dict[date, list[Stretch]] = {day: [] for day in marks}
    for row in rows:
        if row.event in MARKS and row.at.date() in marks:
            marks[row.at.date()].append((row.event, _hours(row.at)))
    for span in spans:
        if span.kind in _KINDS:
            for day, stretch in _parts(span):
                if day in stretches:
                    stretches[day].append(stretch)
    return [Day(day, tuple(_within(stretches[day], marks[day])), tuple(marks[day])) for day in marks]


def _within(stretches: Sequence[Stretch], marks: Sequence[tuple[str, float]]) -> Iterator[Stretch]:
    """Yield a day's stretches; of being away only what lies between the day's first sign and its last one."""
    there = [each for each in stretches if each.kind != "away"]
    signs = [hour for each in there for hour in (each.begin, each.end)] + [hour for _name, hour in marks]
    yield from there
    for each in stretches:
        if each.kind == "away" and signs:
            begin, end = max(each.begin, min(signs)), min(each.end, max(signs))
            if begin < end:
                yield Stretch("away", begin, end)


def _parts(span: Span) -> Iterator[tuple[date, Stretch]]:
    """Yield the span by day. The wall clock's steps in it are passed over: it is as long as it was."""
    day, begin = span.began.date(), _hours(span.began)
    left = span.duration_s / HOUR_S
    while left > 0:
        part = min(left, DAY_H - begin)
        yield day, Stretch(_KINDS[span.kind], begin, begin + part)
        day, begin, left = day + timedelta(days=1), 0.0, left - part


def _hours(at: datetime) -> float:
    midnight = datetime.combine(at.date(), time(), at.tzinfo)
    return (at - midnight).total_seconds() / HOUR_S
