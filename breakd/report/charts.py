"""The charts: what each value looks like. What they say in words, and their tables, is in words.py.

Law: nothing is told by colour alone: marks differ in shape, bars carry their number, cells theirs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, floor
from statistics import median
from typing import TYPE_CHECKING

from breakd.core.record import OUTCOMES
from breakd.insight.interval import Estimate
from breakd.report.canvas import SMALL, WIDTH, Canvas, colour, shares
from breakd.texts import _, later

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DASH = "\u2013"
"""Where there is no value."""

HOUR_S = 3600
DAY_H = 24

MARKS = {
    "taken": "o", "natural": "o", "snoozed": ">", "skipped": "_", "missed": "x", "abandoned": "D", "expired": "|",
}  # fmt: skip
"""What became of an offer at a moment, as a shape; a natural break is a hollow one."""

HOLLOW = frozenset({"natural", "abandoned"})

NAMES = {
    "taken": later("taken"), "natural": later("natural"), "snoozed": later("snoozed"), "skipped": later("skipped"),
    "missed": later("missed"), "abandoned": later("abandoned"), "expired": later("expired"),
    "sitting": later("sitting"), "standing": later("standing"), "call": later("call"), "away": later("away"),
}  # fmt: skip
"""What the marks and the bars are called, in a sentence."""

WEEKDAYS = (later("Mon"), later("Tue"), later("Wed"), later("Thu"), later("Fri"), later("Sat"), later("Sun"))

MONTHS = (
    later("Jan"), later("Feb"), later("Mar"), later("Apr"), later("May"), later("Jun"),
    later("Jul"), later("Aug"), later("Sep"), later("Oct"), later("Nov"), later("Dec"),
)  # fmt: skip

LANES = {"sitting": (0.0, 0.34), "standing": (0.0, 0.34), "call": (0.36, 0.12), "away": (0.17, 0.0)}
"""Where a stretch is drawn in its day's row: how far below the row's middle, and how high. None is a line."""

LEFT, RIGHT = 0.13, 0.97
"""Where the timeline's hours begin and end, as shares of its width."""

MARKS_AT = -0.26
"""Where the marks of a day are, above its bars."""

BOUT_MINUTES = 15
"""The width of a class of bouts."""

LAST_CLASS = 8
"""This class of bouts has no end: 2 h and longer."""

STEPS = (0.2, 0.4, 0.6, 0.8)
"""The shares at which the heat map's shade changes."""

LONG_NAME = 28
"""Characters of an exercise's name that a chart has room for; words and table have the whole of it."""

FEWEST = 5
"""A cell of the heat map with fewer offers than these says nothing."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What went on in a day, from `begin` to `end` in hours since its midnight; `kind` is a key of LANES."""

    kind: str
    begin: float
    end: float


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the timeline: what went on, and at which hour what became of which offer."""

    day: date
    stretches: tuple[Stretch, ...]
    marks: tuple[tuple[str, float], ...]
    """The event's name, and the hours since midnight."""


@dataclass(frozen=True, slots=True)
class Week:
    """A week of the trend, from its Monday; `due` are the offers that came due in it and were answered or not."""

    monday: date
    due: int
    answered: Estimate


def timeline(canvas: Canvas, days: Sequence[Day]) -> str:
    """Draw a row a day: bars for what went on, and a mark for each break above them."""
    hours = [hour for day in days for each in day.stretches for hour in (each.begin, each.end)]
    hours += [hour for day in days for _name, hour in day.marks]
    first, last = floor(min(hours)), min(DAY_H, max(ceil(max(hours)), floor(min(hours)) + 1))

    def draw(axes: "Axes") -> None:
        for row, day in enumerate(days):
            for each in day.stretches:
                _stretch(axes, row, each)
            for name, hour in day.marks:
                _mark(axes, name, hour, row + MARKS_AT)
        axes.set_ylim(len(days) - 0.4, -1.35)
        axes.set_xlim(first - 0.1, last + 0.1)
        step = 1 if last - first <= DAY_H // 2 else 2
        axes.set_xticks(
            range(first, last + 1, step), [f"{hour % DAY_H:02}:00" for hour in range(first, last + 1, step)]
        )
        labels = [f"{_(WEEKDAYS[day.day.weekday()])} {day_name(day.day)}" for day in days]
        axes.set_yticks([row + 0.12 for row in range(len(days))], labels)
        axes.tick_params(axis="y", labelcolor=colour("ink"), pad=4)
        axes.vlines(range(first, last + 1), -0.5, len(days) - 0.4, color=colour("grid"), linewidth=1, zorder=0)
        axes.tick_params(axis="x", length=0)
        axes.spines["bottom"].set_visible(False)
        _legend(axes, days)

    return canvas.draw("week", 40 + 46 * (len(days) + 1), draw, left=LEFT, right=RIGHT)


def _stretch(axes: "Axes", row: float, each: Stretch) -> None:
    from matplotlib.patches import Rectangle  # noqa: PLC0415 - heavy: only where one draws

    below, high = LANES[each.kind]
    width = each.end - each.begin
    if not high:
        axes.plot(
            [each.begin, each.end],
            [row + below] * 2,
            color=colour(each.kind),
            linewidth=1.5,
            linestyle=(0, (1, 2)),
            clip_on=False,
        )
        return
    hatch = "////" if each.kind == "standing" else None
    bar = Rectangle((each.begin, row + below), width, high, clip_on=False, hatch=hatch, linewidth=0.6)
    bar.set(facecolor=colour(each.kind), edgecolor=colour("page"))
    axes.add_patch(bar)


def _mark(axes: "Axes", name: str, hour: float, row: float) -> None:
    face = colour("page") if name in HOLLOW else colour(name)
    shape = MARKS[name]
    size, edge = (8, 2) if shape in "_|x" else (7.5, 2 if name in HOLLOW else 0.5)
    axes.plot(
        [hour], [row], marker=shape, markersize=size, linestyle="none", clip_on=False,
        markerfacecolor=face, markeredgecolor=colour(name), markeredgewidth=edge,
    )  # fmt: skip


def _legend(axes: "Axes", days: Sequence[Day]) -> None:
    """Name every shape and bar that is there, in two rows above the first day."""
    kinds = [kind for kind in LANES if any(each.kind == kind for day in days for each in day.stretches)]
    names = [name for name in MARKS if any(name == found for day in days for found, _hour in day.marks)]
    first, last = axes.get_xlim()
    pixel = (last - first) / (WIDTH * (RIGHT - LEFT))
    for row, found in ((-1.12, kinds), (-0.76, names)):
        x = first - (WIDTH * LEFT - 16) * pixel
        for name in found:
            text = _(NAMES[name])
            if name in LANES:
                below, high = LANES[name]
                _stretch(axes, row - below - high / 2, Stretch(name, x, x + 20 * pixel))
            else:
                _mark(axes, name, x + 10 * pixel, row)
            axes.text(x + 27 * pixel, row, text, va="center_baseline", fontsize=SMALL)
            x += (42 + 7 * len(text)) * pixel


def weeks(canvas: Canvas, trend: Sequence[Week]) -> str:
    """Draw a point a week, with its interval as a line where there is one; hollow where there is none."""

    def draw(axes: "Axes") -> None:
        known = [(at, week.answered) for at, week in enumerate(trend) if week.answered.value is not None]
        for at, found in known:
            if found.low is not None and found.high is not None:
                axes.plot(
                    [at, at],
                    [100 * found.low, 100 * found.high],
                    color=colour("accent"),
                    linewidth=2.5,
                    solid_capstyle="round",
                )
        sure = [(at, found) for at, found in known if found.low is not None]
        early = [(at, found) for at, found in known if found.low is None]
        for points, face in ((sure, "accent"), (early, "page")):
            axes.plot(
                [at for at, _found in points], [100 * (found.value or 0) for _at, found in points], "o",
                markersize=6, markerfacecolor=colour(face), markeredgecolor=colour("accent"), markeredgewidth=1.5,
            )  # fmt: skip
        shares(axes)
        axes.set_xlim(-0.8, len(trend) - 0.2)
        _months(axes, [week.monday for week in trend])

    return canvas.draw("weeks", 250, draw, below=40)


def _months(axes: "Axes", days: Sequence[date]) -> None:
    """Name the months at their first point, with the year at the first and at each January; of few points each."""
    if len(days) <= LAST_CLASS:
        axes.set_xticks(range(len(days)), [day_name(day) for day in days])
        return
    ticks = [at for at, day in enumerate(days) if at == 0 or day.month != days[at - 1].month]
    if ticks[1:] and ticks[1] - ticks[0] < 3:  # noqa: PLR2004 - they would touch
        del ticks[0]
    names = [_(MONTHS[days[at].month - 1]) for at in ticks]
    years = [f"\n{days[at].year}" if at == ticks[0] or days[at].month == 1 else "" for at in ticks]
    axes.set_xticks(ticks, [name + year for name, year in zip(names, years, strict=True)])


def day_name(day: date) -> str:
    """Return the day as `23 Nov`."""
    return f"{day.day} {_(MONTHS[day.month - 1])}"


def heat(canvas: Canvas, cells: Mapping[tuple[int, int], tuple[int, int]]) -> str:
    """Draw a cell an hour and weekday, with the share answered in per cent; `cells` has answered and due of each."""
    from matplotlib.patches import Rectangle  # noqa: PLC0415 - heavy: only where one draws

    hours = sorted({hour for _weekday, hour in cells})
    first, last = hours[0], hours[-1] + 1
    rows = 7 if any(weekday > 4 for weekday, _hour in cells) else 5  # noqa: PLR2004 - Friday

    def draw(axes: "Axes") -> None:
        for weekday in range(rows):
            for hour in range(first, last):
                answered, due = cells.get((weekday, hour), (0, 0))
                share = answered / due if due >= FEWEST else None
                step = None if share is None else sum(share >= limit for limit in STEPS)
                face = "none" if step is None else colour(f"heat-{step}")
                cell = Rectangle((hour, weekday), 1, 1, edgecolor=colour("page"), linewidth=2, facecolor=face)
                axes.add_patch(cell)
                text = f"{share:.0%}".rstrip("%") if share is not None else "·" if due else ""
                ink = colour("muted" if step is None else f"on-heat-{step}")
                axes.text(hour + 0.5, weekday + 0.5, text, ha="center", va="center_baseline", color=ink, fontsize=SMALL)
        axes.set_xlim(first, last)
        axes.set_ylim(rows, 0)
        axes.set_xticks(range(first, last + 1), [f"{hour % DAY_H:02}" for hour in range(first, last + 1)])
        axes.set_yticks([row + 0.5 for row in range(rows)], [_(WEEKDAYS[row]) for row in range(rows)])
        axes.tick_params(axis="x", length=0)
        axes.spines["bottom"].set_visible(False)

    return canvas.draw("heat", 38 + 32 * rows, draw)


def classes(bouts: Sequence[int]) -> list[int]:
    """Return how many bouts (seconds) there are in each class of 15 minutes, the last without an end."""
    counts = [0] * (LAST_CLASS + 1)
    for seconds in bouts:
        counts[min(LAST_CLASS, seconds // (BOUT_MINUTES * 60))] += 1
    return counts


def class_names() -> list[str]:
    """Return the names of the classes, in minutes."""
    names = [f"{at * BOUT_MINUTES}-{(at + 1) * BOUT_MINUTES}" for at in range(LAST_CLASS)]
    return [*names, _("{minutes} or more").format(minutes=LAST_CLASS * BOUT_MINUTES)]


def bouts(canvas: Canvas, lengths: Sequence[int]) -> str:
    """Draw a bar for each class of bouts, with its number above."""
    counts = classes(lengths)

    def draw(axes: "Axes") -> None:
        drawn = axes.bar(range(len(counts)), counts, width=0.86, color=colour("sitting"))
        axes.bar_label(drawn, [f"{count:n}" if count else "" for count in counts], padding=2, fontsize=SMALL)
        axes.set_xticks(range(len(counts)), [name.replace("-", "\u2013") for name in class_names()])
        axes.tick_params(axis="x", length=0)
        axes.set_yticks([])
        axes.set_ylim(0, max(counts) * 1.12)
        axes.set_xlim(-0.55, len(counts) - 0.45)

    return canvas.draw("bouts", 220, draw, left=0.01)


def exercises(canvas: Canvas, found: Mapping[str, Mapping[str, int]]) -> str:
    """Draw a row an exercise, by its name, and a column an outcome; each bar has its number beside it."""
    shown = [outcome for outcome in OUTCOMES if any(counts.get(outcome) for counts in found.values())]
    most = max(count for counts in found.values() for count in counts.values())
    names = [name if len(name) <= LONG_NAME else f"{name[: LONG_NAME - 1]}\u2026" for name in found]
    pitch = 1.0

    def draw(axes: "Axes") -> None:
        for column, outcome in enumerate(shown):
            axes.text(column * pitch, -0.75, _(NAMES[outcome]), va="center", color=colour("muted"), fontsize=SMALL)
            axes.plot([column * pitch] * 2, [-0.45, len(found) - 0.5], color=colour("grid"), linewidth=1)
            for row, counts in enumerate(found.values()):
                count = counts.get(outcome, 0)
                width = 0.62 * pitch * count / most
                if count:
                    axes.barh([row], [width], left=column * pitch, height=0.6, color=colour(outcome))
                    axes.text(column * pitch + width + 0.04, row, f"{count:n}", va="center_baseline", fontsize=SMALL)
        axes.set_xlim(-0.02, len(shown) * pitch)
        axes.set_ylim(len(found) - 0.4, -1.1)
        axes.set_yticks(range(len(found)), names)
        axes.tick_params(axis="y", labelcolor=colour("ink"), length=0)
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)

    return canvas.draw("exercises", 40 + 30 * len(found), draw, below=8, left=0.03 + 0.0118 * max(map(len, names)))


def back(canvas: Canvas, ratings: Sequence[tuple[date, int]]) -> str:
    """Draw a point a rating, 0 to 10, on the day that it was given, and over each month a line at its middle one."""
    first, last = ratings[0][0], ratings[-1][0]

    def draw(axes: "Axes") -> None:
        at = [(day - first).days for day, _rating in ratings]
        axes.plot(at, [rating for _day, rating in ratings], "o", markersize=4.5, color=colour("sitting"))
        for month, middle in monthly(ratings).items():
            days = [(day - first).days for day, _rating in ratings if day.replace(day=1) == month]
            axes.plot([days[0] - 0.5, days[-1] + 0.5], [middle] * 2, color=colour("accent"), linewidth=3)
        axes.set_ylim(-0.5, 10.5)
        axes.set_yticks(range(0, 11, 2), [_("0 none"), "2", "4", "6", "8", _("10 worst")])
        axes.grid(visible=True, axis="y", linewidth=1)
        span = (last - first).days
        axes.set_xlim(-0.02 * span - 0.5, 1.02 * span + 0.5)
        ticks = sorted({round(span * part / 6) for part in range(7)})
        axes.set_xticks(ticks, [day_name(first + timedelta(days=tick)) for tick in ticks])

    return canvas.draw("back", 230, draw, left=0.1, right=0.97)


def monthly(ratings: Sequence[tuple[date, int]]) -> dict[date, float]:
    """Return the middle rating of each month, by its first day."""
    months: dict[date, list[int]] = {}
    for day, rating in ratings:
        months.setdefault(day.replace(day=1), []).append(rating)
    return {month: median(found) for month, found in months.items()}
