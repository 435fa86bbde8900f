"""What the report says, as values: the very figures of `stats`, and what its charts need beside them.

Law: nothing is counted here that breakd.insight counts.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from breakd.adapters import history, ledger
from breakd.core.durations import SECOND
from breakd.core.record import Record
from breakd.insight.figures import Figures, Offer, figures, group, streak
from breakd.insight.interval import Estimate
from breakd.insight.sitting import Span, bouts
from breakd.report.charts import DASH, DAY_H, HOUR_S, MARKS, Day, Stretch, Week
from breakd.texts import _, later, plural, spell

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


DEFINITIONS = (
    (
        later("Offer"),
        later("A break that came due, or that you began of your own accord; it belongs to the day on which it ended."),
    ),
    (later("Answered"), later("Of the offers that came due, taken / (taken + skipped + missed + abandoned).")),
    (
        later("Adherence"),
        later("(Taken + natural) / all offers that ended otherwise than expired, those of your own accord included."),
    ),
    (later("Taken"), later("You started the routine and did at least half of it.")),
    (
        later("Natural"),
        later("You were away for as long as the break would have been: no input; perhaps you only read."),
    ),
    (later("Skipped, missed"), later("You said no; or the prompt went unanswered as often as it may ask.")),
    (
        later("Abandoned, expired"),
        later("Closed before half of it; or ended by a pause, the end of work or of breakd."),
    ),
    (
        later("95 % interval"),
        later(
            "Where your true share probably lies: such intervals hold it in 95 of 100 cases. The day is the unit, as"
            " the breaks of one day are not independent. Under 5 days it is too early to tell."
        ),
    ),
    (later("Sitting time"), later("Time at the keyboard, in work hours; keyboard and mouse stand for sitting.")),
    (
        later("Bout, interruption"),
        later(
            "Sitting with no gap of a minute or longer; an interruption is such a gap within a day (Healy 2008,"
            " Diabetes Care 31:661-666, counted breaks in sedentary time of at least a minute)."
        ),
    ),
    (
        later("Started, but worked through"),
        later("Routines with keyboard or mouse in use for half of their time."),
    ),
    (
        later("Streak"),
        later("Work days in a row, up to the last day, each with at least half of the offers that came due answered."),
    ),
)
"""The words of the page, each with what it means."""


def gather(log: Path, since: date, until: date, today: date, name: Callable[[str], str] = str) -> Contents:
    """Return the report of these days from the log; `name` gives an exercise's name for people.

    Raises BreakdError where the log cannot be read.
    """
    offers, spans = ledger.offers(log, since, until), ledger.spans(log, since, until)
    found = figures(offers, spans)
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
        facts=list(_facts(found, streak(ledger.answered_days(log, until), today))),
        days=timeline(first, rows, ledger.spans(log, first - timedelta(days=1), until)),
        weeks=_weeks(offers),
        heat=_heat(offers),
        bouts=[bout.duration_s for bout in bouts(spans)],
        exercises={name(exercise): found_of.outcomes for exercise, found_of in by_use},
        back=ledger.felt(log, since, until),
        definitions=[(_(word), _(meaning)) for word, meaning in DEFINITIONS],
    )


def _facts(found: Figures, good: int) -> Iterator[tuple[str, str]]:
    """Yield the further figures, a dash where there is none."""
    yield _("Offers"), str(found.offers)
    yield _("Snoozes an offer"), f"{found.snoozes / found.offers:.1f}" if found.offers else DASH
    yield _("From prompt to start"), _time(found.prompt_to_start_s)
    yield _("Moved"), _time(found.moved_s)
    yield _("Sitting time"), _time(found.sitting_s)
    yield _("Longest bout"), _time(found.longest_bout_s)
    yield _("Interruptions a day"), DASH if found.interruptions_a_day is None else f"{found.interruptions_a_day:.1f}"
    yield _("Started, but worked through"), DASH if found.worked_through is None else str(found.worked_through)
    yield _("Streak"), plural("one work day", "{n} work days", good)


def _time(seconds: float | None) -> str:
    return DASH if seconds is None else spell(round(seconds * SECOND))


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
