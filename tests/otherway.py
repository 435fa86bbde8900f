"""The figures of `stats` computed a second way, from what `log --format json` prints: plain loops, no code of breakd's.

The interval is made by its definition: the shares that the data do not contradict, found by bisection, with a quantile
that is found by integrating Student's density.
"""

import math
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

OUTCOMES = ("taken", "natural", "skipped", "missed", "abandoned", "expired")
Row = dict[str, Any]


def student_below(t: float, freedom: int, steps: int = 2000) -> float:
    """Return the probability below t, by Simpson's rule over the density."""
    scale = math.gamma((freedom + 1) / 2) / math.gamma(freedom / 2) / math.sqrt(freedom * math.pi)

    def density(x: float) -> float:
        return scale * math.pow(1 + x * x / freedom, -(freedom + 1) / 2)

    h = t / steps
    odd = sum(density(h * k) for k in range(1, steps, 2))
    even = sum(density(h * k) for k in range(2, steps, 2))
    return 0.5 + h / 3 * (density(0) + 4 * odd + 2 * even + density(t))


def root(of: Callable[[float], float], low: float, high: float) -> float:
    """Return where an increasing function is zero."""
    for _step in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if of(middle) < 0 else (low, middle)
    return (low + high) / 2


@cache
def quantile(freedom: int) -> float:
    return root(lambda t: student_below(t, freedom) - 0.975, 1.9, 3.0)


def estimate(cells: Iterable[tuple[date, bool]]) -> dict[str, Any]:
    """Return value, low, high and days, given for each offer its day and whether it is one of those counted."""
    days: dict[date, list[bool]] = defaultdict(list)
    for day, hit in cells:
        days[day].append(hit)
    everything = [hit for hits in days.values() for hit in hits]
    if not everything:
        return {"value": None, "low": None, "high": None, "days": 0}
    p, n = sum(everything) / len(everything), len(days)
    if n < 5:
        return {"value": p, "low": None, "high": None, "days": n}
    mean = len(everything) / n
    residuals = [sum(hits) - p * len(hits) for hits in days.values()]
    variance = math.fsum(r * r for r in residuals) / (n - 1) / n / mean**2
    worth = min(p * (1 - p) / variance, len(everything)) if variance > 1e-15 else n
    t = quantile(n - 1)

    def contradiction(share: float) -> float:
        return (p - share) ** 2 - t * t * share * (1 - share) / worth

    return {
        "value": p,
        "low": root(lambda share: -contradiction(share), 0.0, p) if p > 0 else 0.0,
        "high": root(contradiction, p, 1.0) if p < 1 else 1.0,
        "days": n,
    }


def offers(rows: Iterable[Row]) -> list[list[Row]]:
    """Return the rows of each offer that has an outcome, which comes last."""
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        if row["offer"] is not None:
            found[row["offer"]].append(row)
    return [each for each in found.values() if each[-1]["event"] in OUTCOMES]


def _at(row: Row) -> datetime:
    return datetime.fromisoformat(row["at"])


def _answered(some: Iterable[list[Row]]) -> dict[str, Any]:
    return estimate(
        (_at(each[-1]).date(), each[-1]["event"] == "taken")
        for each in some
        if each[0]["event"] == "due" and each[-1]["event"] in {"taken", "skipped", "missed", "abandoned"}
    )


def _outcomes(some: Iterable[list[Row]]) -> dict[str, int]:
    ends = [each[-1]["event"] for each in some]
    return {outcome: ends.count(outcome) for outcome in OUTCOMES}


def _groups(some: list[list[Row]], key: Callable[[Row], str | None]) -> dict[str, Any]:
    groups: dict[str, list[list[Row]]] = defaultdict(list)
    for each in some:
        name = key(each[-1])
        if name is not None:
            groups[name].append(each)
    return {name: {"outcomes": _outcomes(of), "answered": _answered(of)} for name, of in groups.items()}


def figures(rows: Iterable[Row]) -> dict[str, Any]:
    """Return the figures that the events give."""
    all_of_them = offers(rows)
    waits = []
    for each in all_of_them:
        prompts = [_at(row) for row in each if row["event"] == "prompted"]
        starts = [_at(row) for row in each if row["event"] == "started"]
        if prompts and starts:
            waits.append((starts[0] - prompts[-1]).total_seconds())
    waits.sort()
    half = len(waits) // 2
    weekdays = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    nothing = {"outcomes": dict.fromkeys(OUTCOMES, 0), "answered": estimate([])}
    return {
        "offers": len(all_of_them),
        "outcomes": _outcomes(all_of_them),
        "answered": _answered(all_of_them),
        "adherence": estimate(
            (_at(each[-1]).date(), each[-1]["event"] in {"taken", "natural"})
            for each in all_of_them
            if each[-1]["event"] != "expired"
        ),
        "own_accord": sum(
            each[0]["event"] == "started" and each[-1]["event"] in {"taken", "abandoned"} for each in all_of_them
        ),
        "snoozes": sum(row["event"] == "snoozed" for each in all_of_them for row in each),
        "prompt_to_start_s": (waits[half] + waits[~half]) / 2 if waits else None,
        "moved_s": sum(each[-1]["duration_s"] for each in all_of_them if each[-1]["event"] == "taken"),
        "by_break": _groups(all_of_them, lambda end: end["break"]),
        "by_exercise": _groups(all_of_them, lambda end: end["exercise"]),
        "by_hour": _groups(all_of_them, lambda end: f"{_at(end):%H}"),
        "by_weekday": dict.fromkeys(weekdays, nothing) | _groups(all_of_them, lambda end: weekdays[_at(end).weekday()]),
    }


_BOUTS = """
    WITH sat AS (
        SELECT substr(began, 1, 10) AS day, began_us, duration_s,
            began_us - lag(began_us + duration_s * 1000000) OVER (ORDER BY began_us) AS gap
        FROM span WHERE kind = 'sitting' AND substr(began, 1, 10) BETWEEN ? AND ?
    ),
    numbered AS (
        SELECT *, sum(gap IS NULL OR gap >= 60000000) OVER (ORDER BY began_us) AS bout FROM sat
    ),
    bouts AS (SELECT min(day) AS day, sum(duration_s) AS length FROM numbered GROUP BY bout)
    SELECT sum(length), count(DISTINCT day), max(length), (count(*) - count(DISTINCT day)) * 1.0 / count(DISTINCT day)
    FROM bouts
"""

_ANY = "SELECT count(*) FROM span WHERE substr(began, 1, 10) BETWEEN ? AND ?"

_WORKED = """
    SELECT sum(through) FROM (
        SELECT sum(input_s) * 2 >= sum(duration_s) AS through FROM span
        WHERE kind = 'routine' AND input_s IS NOT NULL AND substr(began, 1, 10) BETWEEN ? AND ? GROUP BY offer
    )
"""


def sitting(log: Path, since: str, until: str) -> dict[str, Any]:
    """Return the figures that the spans give."""
    with closing(sqlite3.connect(log)) as connection:
        (spans,) = connection.execute(_ANY, (since, until)).fetchone()
        seconds, days, longest, interruptions = connection.execute(_BOUTS, (since, until)).fetchone()
        (worked,) = connection.execute(_WORKED, (since, until)).fetchone()
    return {
        "sitting_s": (seconds or 0) if spans else None,
        "sitting_days": days if spans else None,
        "longest_bout_s": (longest or 0) if spans else None,
        "interruptions_a_day": interruptions,
        "worked_through": worked,
    }


def streak(rows: Iterable[Row], until: date, today: date) -> int:
    """Return the streak up to a day."""
    days: dict[date, list[bool]] = defaultdict(list)
    for each in offers(rows):
        day = _at(each[-1]).date()
        if each[0]["event"] == "due" and each[-1]["event"] in {"taken", "skipped", "missed", "abandoned"}:
            days[day].append(each[-1]["event"] == "taken")
    good = 0
    for day in sorted(days, reverse=True):
        if day > until:
            continue
        if sum(days[day]) * 2 >= len(days[day]):
            good += 1
        elif day != today:
            break
    return good
