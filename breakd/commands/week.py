"""`breakd week`: one line of what came of a week's breaks; the daemon starts it when the week's work is over.

Law: a week with no break that somebody could have answered is nothing to tell, and an offer or a bout of sitting
belongs to its day, whatever shift that was of.
"""

import argparse
from datetime import date, timedelta

from breakd import folders
from breakd.adapters import ledger
from breakd.adapters.clock import today
from breakd.errors import UsageError
from breakd.insight.figures import group
from breakd.insight.sitting import bouts, sitting
from breakd.texts import _, plural


def run(args: argparse.Namespace) -> int:
    """Print the line of the week, Monday to Sunday, that has the day `args.day`; None: today's."""
    now = today()
    monday = _monday(now if args.day is None else _day(args.day))
    sunday = monday + timedelta(days=6)
    path = folders.log_file()
    due = group(ledger.offers(path, monday, sunday)).due
    if asked := sum(due.values()):
        longest = sitting(bouts(ledger.spans(path, monday, sunday, ("sitting",)))).longest_s
        print(line(_name(monday, _monday(now)), due["taken"], asked, round(longest / 60)))
    return 0


def line(week: str, taken: int, asked: int, longest_min: int) -> str:
    """Return what is told of a week, `longest_min` minutes being its longest bout of sitting, 0 where none is known."""
    breaks = plural("{n} break", "{n} breaks", asked)
    if not longest_min:
        return _("{week}: {taken} of {breaks}.").format(week=week, taken=taken, breaks=breaks)
    text = _("{week}: {taken} of {breaks}, longest sitting {n} min.")
    return text.format(week=week, taken=taken, breaks=breaks, n=longest_min)


def _day(text: str) -> date:
    """Return the day that is named. Raises UsageError for anything else."""
    try:
        day = date.fromisoformat(text)
        _monday(day) + timedelta(days=6)  # which the last week of all days has not
    except (ValueError, OverflowError):
        raise UsageError(_('"{text}" is not a day; write 2026-06-01').format(text=text[:40])) from None
    return day


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _name(monday: date, present: date) -> str:
    """Return what a week is called, `present` being the Monday of the present one."""
    match (present - monday).days:
        case 0:
            return _("This week")
        case 7:
            return _("Last week")
        case _:
            return _("Week of {day}").format(day=monday)
