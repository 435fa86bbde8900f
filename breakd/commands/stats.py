"""`breakd stats`: what came of the breaks of some days, and how sure that is, beside the days before them.

Law: it only reads, and what it says on a terminal it says to a pipe, too.
"""

import gc
import json
import sys
from argparse import Namespace
from datetime import date, timedelta
from itertools import tee
from pathlib import Path

from breakd import folders
from breakd.adapters import ledger
from breakd.adapters.clock import today
from breakd.commands.log import days
from breakd.errors import UsageError
from breakd.insight.figures import Figures, Group, before, figures, streak
from breakd.insight.interval import Estimate
from breakd.insight.page import Paper, Range, page
from breakd.texts import _

PERIODS = {"day": 1, "week": 7, "month": 30}
"""So many days, the last of them today."""

COUNTED = ("sitting", "routine")
"""The spans that figures are made of."""


def run(args: Namespace) -> int:
    """Print the figures of `args.period`, or of the days from `args.since` to `args.until`; as JSON or for people."""
    log, now = folders.log_file(), today()
    since, until, compared = _range(args, log, now)
    gc.disable()  # of a hundred thousand rows none is garbage, and looking for some takes a sixth of the time
    try:
        found, was = _figures(log, since, until, now, compared=compared)
    finally:
        gc.enable()
    if args.json:
        print(json.dumps(_json(found) | {"before": _json(was) if was else None}))
    else:
        _show(found, was, explain=args.explain)
    return 0


def _range(args: Namespace, log: Path, now: date) -> tuple[date, date, bool]:
    """Return the first and the last day, and whether there are days before them to compare with."""
    first, last = days(args.since, args.until, now)
    if args.period and (first or last):
        raise UsageError(
            _("{period} is a range of days by itself; leave it out, or --since and --until").format(period=args.period)
        )
    last = last or now
    if first is None and args.period != "all" and args.until is None:
        first = now - timedelta(days=PERIODS[args.period or "week"] - 1)
    if first is None:
        return min(ledger.first_day(log) or last, last), last, False
    if first > last:
        raise UsageError(_("--since {first} is after today").format(first=first))
    return first, last, True


def _figures(log: Path, since: date, until: date, now: date, *, compared: bool) -> tuple[Range, Range | None]:
    """Return the figures of these days and, if they are to be compared, of as many before them."""
    good, good_before = tee(ledger.answered_days(log, until))  # a long streak is read once for both
    found = Range(since, until, _counted(log, since, until), streak(good, now))
    if not compared:
        return found, None
    first, last = before(since, until)
    earlier = (day for day in good_before if day[0] <= last)
    return found, Range(first, last, _counted(log, first, last), streak(earlier, now))


def _counted(log: Path, since: date, until: date) -> Figures:
    # Where nobody sat, what else went on tells that it would be known.
    spans = ledger.spans(log, since, until, COUNTED) or ledger.spans(log, since, until)
    return figures(ledger.offers(log, since, until), spans)


# --- JSON -----------------------------------------------------------------------------------------------------------


def _json(of: Range) -> dict[str, object]:
    found = of.figures
    return {
        "range": {"since": of.since.isoformat(), "until": of.until.isoformat()},
        "offers": found.offers,
        "outcomes": found.outcomes,
        "answered": _estimate(found.answered),
        "adherence": _estimate(found.adherence),
        "own_accord": found.own_accord,
        "snoozes": found.snoozes,
        "prompt_to_start_s": None if found.prompt_to_start_s is None else round(found.prompt_to_start_s, 3),
        "moved_s": found.moved_s,
        "worked_through": found.worked_through,
        "sitting_s": found.sitting_s,
        "sitting_days": found.sitting_days,
        "longest_bout_s": found.longest_bout_s,
        "interruptions_a_day": found.interruptions_a_day,
        "streak": of.streak,
        "by_break": _groups(found.by_break),
        "by_exercise": _groups(found.by_exercise),
        "by_hour": _groups(found.by_hour),
        "by_weekday": _groups(found.by_weekday),
    }


def _estimate(found: Estimate) -> dict[str, object]:
    return {"value": found.value, "low": found.low, "high": found.high, "days": found.days}


def _groups(found: dict[str, Group]) -> dict[str, object]:
    return {name: {"outcomes": group.outcomes, "answered": _estimate(group.answered)} for name, group in found.items()}


# --- for people -----------------------------------------------------------------------------------------------------


def _show(found: Range, was: Range | None, *, explain: bool) -> None:
    blocks = sys.stdout.encoding.lower().replace("-", "") == "utf8"
    if sys.stdout.isatty():
        _draw(found, was, blocks=blocks, explain=explain)
        return
    for line in page(found, was, Paper(blocks=blocks), explain=explain):
        print("".join(text for text, _style in line).rstrip())


def _draw(found: Range, was: Range | None, *, blocks: bool, explain: bool) -> None:
    from rich.console import Console  # noqa: PLC0415 - heavy, and only for a terminal
    from rich.text import Text  # noqa: PLC0415

    console = Console(highlight=False)
    for line in page(found, was, Paper(console.width, blocks), explain=explain):
        console.print(Text.assemble(*line), soft_wrap=True)
