"""From offers to figures: what came of them, in all and by break, exercise, hour and weekday.

Law: what was answered and adherence are two figures and never mixed. The first is of the offers that came due alone;
in the second a natural break, which nobody need have meant, counts like one that was taken.
"""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import NamedTuple

from breakd.core.record import OUTCOMES
from breakd.insight.interval import Estimate, ratio
from breakd.insight.sitting import Span, bouts, sitting

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

ANSWERABLE = ("taken", "skipped", "missed", "abandoned")
"""The outcomes that an answer, or the lack of one, brings about."""

WORKED_THROUGH = 0.5
"""From this share of a routine with the keyboard or the mouse in use it was worked through."""


class Offer(NamedTuple):
    """An offer with an outcome.

    `stamp` is the local time of the outcome, to whose day the offer belongs, as the log writes it. `due`: it came due,
    and was not started of one's own accord. `wait_s` is from its last prompt to the start, None where it lacks one.
    """

    number: int
    stamp: str
    outcome: str
    tier: str | None
    exercise: str | None
    duration_s: int | None
    due: bool
    snoozes: int
    wait_s: float | None

    @property
    def at(self) -> datetime:
        """The time of the outcome, worked out when it is asked for: a log of ten years has tens of thousands."""
        return datetime.fromisoformat(self.stamp)

    @property
    def answered(self) -> bool:
        """Whether it came due and was taken."""
        return self.due and self.outcome == "taken"

    @property
    def answerable(self) -> bool:
        """Whether it came due, and an answer or the lack of one ended it."""
        return self.due and self.outcome in ANSWERABLE


@dataclass(frozen=True, slots=True)
class Group:
    """Some offers, such as those of one hour: how many had each outcome, and the share that was answered.

    `due` counts those that share is of: what came due, and an answer or the lack of one ended.
    """

    outcomes: dict[str, int]
    due: dict[str, int]
    answered: Estimate

    @property
    def offers(self) -> int:
        """How many they are."""
        return sum(self.outcomes.values())


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a range of days, as `stats` gives them; what cannot be told is None.

    `due` counts the offers that `answered` is a share of, by outcome.
    Times are in seconds, `prompt_to_start_s` is their median, and `interruptions_a_day` a mean over `sitting_days`, the
    days with any sitting.
    """

    offers: int
    outcomes: dict[str, int]
    due: dict[str, int]
    answered: Estimate
    adherence: Estimate
    own_accord: int
    snoozes: int
    prompt_to_start_s: float | None
    moved_s: int
    worked_through: int | None
    sitting_s: int | None
    sitting_days: int | None
    longest_bout_s: int | None
    interruptions_a_day: float | None
    by_break: dict[str, Group]
    by_exercise: dict[str, Group]
    by_hour: dict[str, Group]
    by_weekday: dict[str, Group]


def figures(offers: Sequence[Offer], spans: Sequence[Span]) -> Figures:
    """Return the figures of these offers and spans, both of one range of days and in order of time."""
    whole = group(offers)
    waits = [offer.wait_s for offer in offers if offer.wait_s is not None]
    sat = sitting(bouts(spans)) if spans else None
    return Figures(
        offers=whole.offers,
        outcomes=whole.outcomes,
        due=whole.due,
        answered=whole.answered,
        adherence=adherence(offers),
        own_accord=sum(not offer.due and offer.outcome in {"taken", "abandoned"} for offer in offers),
        snoozes=sum(offer.snoozes for offer in offers),
        prompt_to_start_s=_median(waits),
        moved_s=sum(offer.duration_s or 0 for offer in offers if offer.outcome == "taken"),
        worked_through=worked_through(spans),
        sitting_s=sat.seconds if sat else None,
        sitting_days=sat.days if sat else None,
        longest_bout_s=sat.longest_s if sat else None,
        interruptions_a_day=sat.interruptions / sat.days if sat and sat.days else None,
        by_break=grouped(offers, lambda offer: offer.tier),
        by_exercise=grouped(offers, lambda offer: offer.exercise),
        by_hour=grouped(offers, lambda offer: offer.stamp[11:13]),
        by_weekday=grouped(offers, lambda offer: _weekday(offer.stamp[:10]), WEEKDAYS),
    )


def _median(values: Sequence[float]) -> float | None:
    """Return the middle value, or the mean of both: `statistics`, which can do it, is slow to load."""
    middle = sorted(values)[(len(values) - 1) // 2 : len(values) // 2 + 1]
    return sum(middle) / len(middle) if middle else None


def group(offers: Iterable[Offer]) -> Group:
    """Return what came of these offers."""
    offers = list(offers)
    asked = [offer for offer in offers if offer.due and offer.outcome in ANSWERABLE]
    return Group(_counted(offers, OUTCOMES), _counted(asked, ANSWERABLE), _share_of(asked, ("taken",)))


def _counted(offers: Iterable[Offer], outcomes: Iterable[str]) -> dict[str, int]:
    counts = Counter(offer.outcome for offer in offers)
    return {outcome: counts[outcome] for outcome in outcomes}


def adherence(offers: Iterable[Offer]) -> Estimate:
    """Return (taken + natural) / all offers but those that expired."""
    return _share_of([offer for offer in offers if offer.outcome != "expired"], ("taken", "natural"))


def _share_of(offers: Sequence[Offer], outcomes: Container[str]) -> Estimate:
    """Return the share that had one of these outcomes."""
    wholes = Counter(offer.stamp[:10] for offer in offers)
    parts = Counter(offer.stamp[:10] for offer in offers if offer.outcome in outcomes)
    return ratio((parts[day], whole) for day, whole in wholes.items())


def grouped(offers: Iterable[Offer], key: Callable[[Offer], str | None], names: Iterable[str] = ()) -> dict[str, Group]:
    """Return the offers by what the key gives (None: left out): first those of the names, then the others, sorted."""
    groups: dict[str, list[Offer]] = {}
    for offer in offers:
        if (name := key(offer)) is not None:
            groups.setdefault(name, []).append(offer)
    first = tuple(names)
    others = sorted(groups.keys() - set(first))
    return {name: group(groups.get(name, ())) for name in (*first, *others)}


@cache
def _weekday(day: str) -> str:
    return WEEKDAYS[date.fromisoformat(day).weekday()]


def worked_through(spans: Iterable[Span]) -> int | None:
    """Return how many routines had input through half of them or more, None where that can be told of none."""
    told = [
        span.input_s / span.duration_s
        for span in spans
        if span.kind == "routine" and span.input_s is not None and span.duration_s
    ]
    return sum(share >= WORKED_THROUGH for share in told) if told else None


def streak(days: Iterable[tuple[date, int, int]], today: date) -> int:
    """Return how many days in a row had at least half of what came due answered, from the last one back.

    `days` yields (day, answered, answerable) from the last day back, days with nothing to answer left out; it is read
    no further than to the day that ends the streak. Today does not end it: it is not over.
    """
    found = 0
    for day, part, whole in days:
        if 2 * part >= whole:
            found += 1
        elif day != today:
            break
    return found


def before(since: date, until: date) -> tuple[date, date]:
    """Return the first and the last of just as many days before these."""
    return since - (until - since) - timedelta(days=1), since - timedelta(days=1)
