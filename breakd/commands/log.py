"""`breakd log`: what was logged, as a table for people, as JSON Lines or CSV for programs.

Law: rows are written as they are read, so a log of any length takes no more memory than a day of it.
"""

import csv
import json
import os
import re
import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import chain, groupby

from breakd import folders
from breakd.adapters.clock import today
from breakd.adapters.history import read
from breakd.core.durations import SECOND
from breakd.core.record import Record, as_json
from breakd.errors import BreakdError, UsageError
from breakd.texts import _, clock, spell

Row = tuple[int, str, Record]

NAMES = ("id", "uid", "at", "event", "offer", "break", "exercise", "duration_s", "reason", "source")
"""The columns of the CSV, which are the keys of the JSON."""

_DAYS = re.compile(r"([1-9][0-9]{0,3})d")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

_LEAST = (10, 8, 15, 5, 8, 11, 14, 2)
"""The least width of each column of the plain table, for what is usual; what is wider widens the rest of its column."""

_STYLES = {"taken": "green", "natural": "green", "skipped": "yellow", "missed": "red", "abandoned": "red"}


def run(args: Namespace) -> int:
    """Print the log as `args.format`, of the days from `args.since` to `args.until` (None: no limit)."""
    since, until = days(args.since, args.until, today())
    rows = read(folders.log_file(), since, until)
    if args.window:
        from breakd.adapters.appearance import settings_theme  # noqa: PLC0415 - only for the window
        from breakd.windows.log import show  # noqa: PLC0415 - Tk is not everywhere, nor always needed

        show(_lines(rows), settings_theme("auto").theme)
        return 0
    try:
        _WRITERS[args.format](rows)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has seen enough, as `head` does
        _close_output()
    except OSError as problem:
        _close_output()
        raise BreakdError(_("the log cannot be printed: {why}").format(why=problem.strerror or problem)) from problem
    return 0


def days(since: str | None, until: str | None, now: date) -> tuple[date | None, date | None]:
    """Return the first and the last day that the two options name, `now` being today.

    Raises UsageError for what is no day, and for a first day after the last.
    """
    first = None if since is None else _day("--since", since, now)
    last = None if until is None else _day("--until", until, now)
    if first and last and first > last:
        raise UsageError(
            _("--since {first} is after --until {last}; name the earlier day first").format(first=first, last=last)
        )
    return first, last


def _day(option: str, text: str, now: date) -> date:
    """Return the day that is named; `7d` is the first of the 7 days that end today."""
    if text == "today":
        return now
    if text == "yesterday":
        return now - timedelta(days=1)
    if found := _DAYS.fullmatch(text):
        return now - timedelta(days=int(found[1]) - 1)
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise UsageError(
        _('{option}: "{text}" is not a day; write 2025-01-31, today, yesterday or 7d').format(
            option=option, text=text[:40]
        )
    )


def _write_json(rows: Iterable[Row]) -> None:
    for number, uid, row in rows:
        print(json.dumps(as_json(number, uid, row)))


def _write_csv(rows: Iterable[Row]) -> None:
    writer = csv.DictWriter(sys.stdout, NAMES, lineterminator="\n")
    writer.writeheader()
    for number, uid, row in rows:
        writer.writerow(as_json(number, uid, row))


def _write_table(rows: Iterator[Row]) -> None:
    first = next(rows, None)
    if first is None:
        print(_("Nothing is in the log for these days."), file=sys.stderr)
        return
    rest = chain([first], rows)
    if sys.stdout.isatty():
        _draw_table(rest)
    else:
        _write_plain(rest)


def _write_plain(rows: Iterable[Row]) -> None:
    for line in _lines(rows):
        print(line)


def _lines(rows: Iterable[Row]) -> Iterator[str]:
    """Yield aligned text with neither colours nor wrapping."""
    widths = list(_LEAST)
    for cells in chain([[_("Day"), *_headings()]], ([_date(row), *_cells(row)] for _number, _uid, row in rows)):
        widths = [max(width, len(cell)) for width, cell in zip(widths, cells, strict=True)]
        yield "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _draw_table(rows: Iterable[Row]) -> None:
    """Draw a table for each day, so that the first is seen at once however long the log is."""
    from rich.console import Console  # noqa: PLC0415 - heavy, and only for a terminal
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    console = Console()
    for day, of_day in groupby((row for _number, _uid, row in rows), key=_date):
        table = Table(title=day, title_justify="left", box=None, pad_edge=False)
        for heading in _headings():
            table.add_column(heading, overflow="fold")
        for row in of_day:
            table.add_row(*map(Text, _cells(row)), style=_STYLES.get(row.event))
        console.print(table)
        console.print()


def _headings() -> list[str]:
    return [_("Time"), _("Event"), _("Offer"), _("Break"), _("Exercise"), _("Detail"), _("By")]


def _date(row: Record) -> str:
    return row.at.date().isoformat()


def _cells(row: Record) -> list[str]:
    """Return the cells below the headings. The time is what the wall clock showed; names are the log's own.

    No event has both a duration and a reason, so they share a column and the table fits 80 characters.
    """
    detail = row.reason or ("" if row.duration_s is None else spell(row.duration_s * SECOND))
    return [
        clock(row.at),
        row.event,
        "" if row.offer is None else str(row.offer),
        row.tier or "",
        row.exercise or "",
        detail,
        row.source,
    ]


def _close_output() -> None:
    """Send what is still to come nowhere, or Python would try it again at its end and complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


_WRITERS = {"table": _write_table, "json": _write_json, "csv": _write_csv}
