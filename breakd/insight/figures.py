"""From offers to figures: what came of them, in all and by break, exercise, hour and weekday.

Law: what was answered and adherence are two figures and never mixed. The first is of the offers that came due alone;
in the second a natural break, which nobody need have meant, counts like one that was taken.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
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


class Group(NamedTuple):
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


class Figures(NamedTuple):
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
    table = _Table(offers)
    whole = table.whole()
    sat = sitting(bouts(spans)) if spans else None
    return Figures(
        offers=whole.offers,
        outcomes=whole.outcomes,
        due=whole.due,
        answered=whole.answered,
        adherence=table.adherence(),
        own_accord=sum(not offer.due and offer.outcome in {"taken", "abandoned"} for offer in offers),
        snoozes=sum(offer.snoozes for offer in offers),
        prompt_to_start_s=_median([offer.wait_s for offer in offers if offer.wait_s is not None]),
        moved_s=sum(offer.duration_s or 0 for offer in offers if offer.outcome == "taken"),
        worked_through=worked_through(spans),
        sitting_s=sat.seconds if sat else None,
        sitting_days=sat.days if sat else None,
        longest_bout_s=sat.longest_s if sat else None,
        interruptions_a_day=sat.interruptions / sat.days if sat and sat.days else None,
        by_break=table.by([offer.tier for offer in offers]),
        by_exercise=table.by([offer.exercise for offer in offers]),
        by_hour=table.by([offer.stamp[11:13] for offer in offers]),
        by_weekday=table.by_weekday(),
    )


def group(offers: Sequence[Offer]) -> Group:
    """Return what came of these offers."""
    return _Table(offers).whole()


_Cell = tuple[str | None, str, str, bool]

_NOBODY = Group(dict.fromkeys(OUTCOMES, 0), dict.fromkeys(ANSWERABLE, 0), ratio([]))


class _Table:
    """Offers as columns: a Counter counts those of ten years in a third of the time that a loop over offers takes."""

    def __init__(self, offers: Sequence[Offer]) -> None:
        self._days = [offer.stamp[:10] for offer in offers]
        self._outcomes = [offer.outcome for offer in offers]
        self._asked = [offer.due and offer.outcome in ANSWERABLE for offer in offers]
        self._cells = Counter(zip(self._days, self._outcomes, self._asked, strict=True))

    def whole(self) -> Group:
        """Return what came of all of them."""
        return _groups((("", *cell), count) for cell, count in self._cells.items()).get("", _NOBODY)

    def by(self, names: Sequence[str | None]) -> dict[str, Group]:
        """Return what came of those of each name, sorted, given every offer's name (None: left out)."""
        cells = Counter(zip(names, self._days, self._outcomes, self._asked, strict=True))
        groups = _groups(cells.items())
        return {name: groups[name] for name in sorted(name for name in groups if name is not None)}

    def by_weekday(self) -> dict[str, Group]:
        """Return what came of those of each weekday, all seven."""
        groups = _groups(((_weekday(cell[0]), *cell), count) for cell, count in self._cells.items())
        return {name: groups.get(name, _NOBODY) for name in WEEKDAYS}

    def adherence(self) -> Estimate:
        """Return (taken + natural) / all but those that expired."""
        wholes: Counter[str] = Counter()
        parts: Counter[str] = Counter()
        for (day, outcome, _asked), count in self._cells.items():
            if outcome != "expired":
                wholes[day] += count
            if outcome in {"taken", "natural"}:
                parts[day] += count
        return _over_days(parts, wholes)


def _groups(cells: Iterable[tuple[_Cell, int]]) -> dict[str | None, Group]:
    """Return the groups by name, given how many offers there are of each (name, day, outcome, whether asked)."""
    ended: dict[str | None, dict[str, int]] = defaultdict(lambda: dict.fromkeys(OUTCOMES, 0))
    due: dict[str | None, dict[str, int]] = defaultdict(lambda: dict.fromkeys(ANSWERABLE, 0))
    wholes: dict[str | None, dict[str, int]] = defaultdict(dict)
    parts: dict[str | None, dict[str, int]] = defaultdict(dict)
    for (name, day, outcome, asked), count in cells:
        ended[name][outcome] += count
        if asked:
            due[name][outcome] += count
            of_name = wholes[name]
            of_name[day] = of_name.get(day, 0) + count
            if outcome == "taken":
                parts[name][day] = count
    return {name: Group(ended[name], due[name], _over_days(parts[name], wholes[name])) for name in ended}


def _over_days(parts: Mapping[str, int], wholes: Mapping[str, int]) -> Estimate:
    return ratio((parts.get(day, 0), whole) for day, whole in wholes.items())


def _median(values: Sequence[float]) -> float | None:
    """Return the middle value, or the mean of both: `statistics`, which can do it, is slow to load."""
    middle = sorted(values)[(len(values) - 1) // 2 : len(values) // 2 + 1]
    return sum(middle) / len(middle) if middle else None


@cache
def _weekday(day: str) -> str:
    return WEEKDAYS[date.fromisoformat(day).weekday()]


def worked_through(spans: Iterable[Span]) -> int | None:
    """Return how many routines had input through half of them or more, None where that can be told of none.

    A routine that stood still in between is one, of as many spans as it was going on.
    """
    seen: Counter[int | None] = Counter()
    whole: Counter[int | None] = Counter()
    for span in spans:
        if span.kind == "routine" and span.input_s is not None and span.duration_s:
            seen[span.offer] += span.input_s
            whole[span.offer] += span.duration_s
    return sum(seen[offer] >= WORKED_THROUGH * length for offer, length in whole.items()) if whole else None


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
    """Return the first and the last of just as many days before these; the calendar begins with the year 1."""
    first = since.toordinal()
    days = until.toordinal() - first + 1
    return date.fromordinal(max(1, first - days)), date.fromordinal(max(1, first - 1))
