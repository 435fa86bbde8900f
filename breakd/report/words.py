"""What each chart says in words, and the table behind it; both from the very values that are drawn.

Law: a chart's words hold its numbers, so that nobody needs to see it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

from breakd.core.durations import SECOND
from breakd.core.record import OUTCOMES
from breakd.insight.interval import Estimate
from breakd.report.charts import (
    DASH,
    DAY_H,
    FEWEST,
    HOUR_S,
    LANES,
    MARKS,
    MONTHS,
    NAMES,
    WEEKDAYS,
    Day,
    Week,
    class_names,
    classes,
    day_name,
    monthly,
)
from breakd.texts import _, plural, spell

SIXTY = 3600
"""Seconds: a bout from this length on is long enough to be named."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its caption, the heading of each column, and rows whose first cell is the row's own heading."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def percent(share: float | None) -> str:
    """Return a share in whole per cent, a dash for none."""
    return DASH if share is None else f"{100 * share:.0f} %"


def interval(found: Estimate) -> str:
    """Return the interval in words, or that it is too early for one."""
    if found.low is None or found.high is None:
        return _("too early to tell")
    return _("{low} to {high} %").format(low=f"{100 * found.low:.0f}", high=f"{100 * found.high:.0f}")


def listed(parts: Iterable[str]) -> str:
    """Return the parts as a person lists them."""
    *most, last = list(parts) or [""]
    return _("{first} and {last}").format(first=", ".join(most), last=last) if most else last


def long_day(day: date) -> str:
    """Return the day as `Mon 23 Nov 2026`."""
    return f"{_(WEEKDAYS[day.weekday()])} {day_name(day)} {day.year}"


def hour_name(hours: float) -> str:
    """Return a time of day from the hours since midnight."""
    minutes = round(hours * 60)
    return f"{minutes // 60 % DAY_H:02}:{minutes % 60:02}"


def _counts(names: Iterable[str], order: Iterable[str]) -> list[tuple[str, int]]:
    found = list(names)
    return [(name, found.count(name)) for name in order if name in found]


def _counted(names: Iterable[str]) -> str:
    counts = _counts(names, MARKS)
    return listed(f"{count} {_(NAMES[name])}" for name, count in counts) if counts else _("no break came up")


def _time(day: Day, kind: str) -> float:
    return sum(each.end - each.begin for each in day.stretches if each.kind == kind)


def _length(hours: float) -> str:
    return spell(round(hours * HOUR_S) * SECOND) if hours else DASH


def of_timeline(days: Sequence[Day]) -> tuple[str, Table]:
    """Say what each day of the week was."""
    told = [day for day in days if day.stretches or day.marks]
    parts = []
    for day in told:
        sat = _("sat {time}; ").format(time=_length(_time(day, "sitting"))) if _time(day, "sitting") else ""
        parts.append(f"{long_day(day.day)}: {sat}{_counted(name for name, _hour in day.marks)}.")
    if len(told) < len(days):
        parts.append(_("Nothing was logged on the other days."))
    kinds = [kind for kind in LANES if any(each.kind == kind for day in days for each in day.stretches)]
    marks = [name for name in MARKS if any(found == name for day in days for found, _hour in day.marks)]
    headings = (_("Day"), *(_(NAMES[name]) for name in kinds), *(_(NAMES[name]) for name in marks))
    rows = tuple(
        (
            long_day(day.day),
            *(_length(_time(day, kind)) for kind in kinds),
            *(_at([hour for found, hour in day.marks if found == name]) for name in marks),
        )
        for day in days
    )
    return "\n".join(parts), Table(_("Each day: how long, and at what time"), headings, rows)


def _at(hours: Sequence[float]) -> str:
    return ", ".join(map(hour_name, hours)) if hours else DASH


def of_weeks(trend: Sequence[Week]) -> tuple[str, Table]:
    """Say how much was answered in the first and the last week, and in the best and the worst one."""
    known = [week for week in trend if week.answered.value is not None]
    first, last = known[0], known[-1]
    best = max(known, key=lambda week: week.answered.value or 0)
    worst = min(known, key=lambda week: week.answered.value or 0)
    text = _(
        "Answered, week by week, in {n} weeks: {first} in the week of {first_day}, {last} in the week of {last_day};"
        " most {best} ({best_day}), least {worst} ({worst_day})."
    ).format(
        n=len(known),
        first=percent(first.answered.value), first_day=long_day(first.monday),
        last=percent(last.answered.value), last_day=long_day(last.monday),
        best=percent(best.answered.value), best_day=long_day(best.monday),
        worst=percent(worst.answered.value), worst_day=long_day(worst.monday),
    )  # fmt: skip
    early = sum(week.answered.low is None for week in known)
    if early:
        text += " " + plural(
            "One week has too few days for an interval (hollow).",
            "{n} weeks have too few days for an interval (hollow).",
            early,
        )
    headings = (_("Week of"), _("Answered"), _("95 % interval"), _("Came due"), _("Days"))
    rows = tuple(
        (
            long_day(week.monday),
            percent(week.answered.value),
            interval(week.answered) if week.due else DASH,
            str(week.due),
            str(week.answered.days),
        )
        for week in trend
    )
    return text, Table(_("Answered by week"), headings, rows)


def of_heat(cells: Mapping[tuple[int, int], tuple[int, int]]) -> tuple[str, Table]:
    """Say when a yes was likeliest and when least, of the cells with enough offers."""
    enough = {at: answered / due for at, (answered, due) in cells.items() if due >= FEWEST}
    if enough:
        best, worst = max(enough, key=lambda at: enough[at]), min(enough, key=lambda at: enough[at])
        text = _("Answered by hour and weekday: most {best} {best_at}, least {worst} {worst_at}.").format(
            best=percent(enough[best]), best_at=_hour_of(best), worst=percent(enough[worst]), worst_at=_hour_of(worst)
        )
    else:
        text = _("No hour of a weekday has {n} offers yet.").format(n=FEWEST)
    text += " " + _(
        "The cells hold per cent; a dot stands for fewer than {n} offers. A cell rests on few days: take it as a hint."
    ).format(n=FEWEST)
    weekdays = sorted({weekday for weekday, _hour in cells})
    rows = tuple(
        (
            f"{hour:02}:00",
            *(
                _("{answered} of {due}").format(answered=cells[weekday, hour][0], due=cells[weekday, hour][1])
                if (weekday, hour) in cells
                else DASH
                for weekday in weekdays
            ),
        )
        for hour in sorted({hour for _weekday, hour in cells})
    )
    headings = (_("Hour from"), *(_(WEEKDAYS[weekday]) for weekday in weekdays))
    return text, Table(_("Answered of those that came due, by hour and weekday"), headings, rows)


def _hour_of(at: tuple[int, int]) -> str:
    weekday, hour = at
    return _("({weekday} from {hour})").format(weekday=_(WEEKDAYS[weekday]), hour=f"{hour:02}:00")


def of_bouts(lengths: Sequence[int]) -> tuple[str, Table]:
    """Say how many bouts there were, how long the middle and the longest was, and how many lasted an hour."""
    long = sum(seconds >= SIXTY for seconds in lengths)
    text = plural("One bout of sitting", "{n} bouts of sitting", len(lengths)) + _(
        ": half of them last up to {middle}; {long} ({share}) an hour or longer; the longest {longest}."
    ).format(
        middle=spell(round(median(lengths)) * SECOND),
        long=long, share=percent(long / len(lengths)), longest=spell(max(lengths) * SECOND),
    )  # fmt: skip
    rows = tuple(
        (name, str(count), percent(count / len(lengths)))
        for name, count in zip(class_names(), classes(lengths), strict=True)
    )
    return text, Table(_("Bouts of sitting by length"), (_("Minutes"), _("Bouts"), _("Share")), rows)


def of_exercises(found: Mapping[str, Mapping[str, int]]) -> tuple[str, Table]:
    """Say what came of the offers of each exercise."""
    parts = [
        f"{name}: " + listed(f"{counts[o]} {_(NAMES[o])}" for o in OUTCOMES if counts.get(o)) + "."
        for name, counts in found.items()
    ]
    headings = (_("Exercise"), *(_(NAMES[outcome]) for outcome in OUTCOMES))
    rows = tuple((name, *(str(counts.get(outcome, 0)) for outcome in OUTCOMES)) for name, counts in found.items())
    return "\n".join(parts), Table(_("Outcomes by exercise"), headings, rows)


def of_back(ratings: Sequence[tuple[date, int]]) -> tuple[str, Table]:
    """Say what the ratings were, and nothing of why."""
    values = [rating for _day, rating in ratings]
    text = plural("One rating", "{n} ratings", len(values)) + _(
        " from {first} to {last}, between {least} and {most}, half of them up to {middle}. First {begin}, last {end}."
    ).format(
        first=long_day(ratings[0][0]), last=long_day(ratings[-1][0]), least=min(values), most=max(values),
        middle=f"{median(values):g}", begin=values[0], end=values[-1],
    )  # fmt: skip
    middles = [f"{_(MONTHS[month.month - 1])} {month.year} {middle:g}" for month, middle in monthly(ratings).items()]
    text += "\n" + _("The line is the middle rating of each month: {months}.").format(months=listed(middles))
    rows = tuple((long_day(day), str(rating)) for day, rating in ratings)
    caption = _("Ratings of the back, 0 (no pain) to 10 (the worst imaginable)")
    return text, Table(caption, (_("Day"), _("Rating")), rows)
