"""`breakd log`: what was logged, as a table for people, as JSON Lines or CSV for programs; and how it is deleted.

Laws: rows are written as they are read, so a log of any length takes no more memory than a day of it. Nothing is
deleted without a yes.
"""

import csv
import json
import os
import re
import sys
from argparse import Namespace
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from itertools import chain, groupby
from pathlib import Path
from typing import TextIO

from breakd import folders
from breakd.adapters.clock import today
from breakd.adapters.history import read
from breakd.core.durations import SECOND
from breakd.core.record import Record, as_json
from breakd.errors import BreakdError, UsageError
from breakd.texts import _, clock, plural, spell

Row = tuple[int, str, Record]

NAMES = ("id", "uid", "at", "event", "offer", "break", "exercise", "duration_s", "reason", "source", "rating")
"""The columns of the CSV, which are the keys of the JSON."""

_DAYS = re.compile(r"([1-9][0-9]{0,3})d")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

_LEAST = (10, 8, 15, 5, 8, 11, 14, 2)
"""The least width of each column of the plain table, for what is usual; what is wider widens the rest of its column."""

_STYLES = {"taken": "green", "natural": "green", "skipped": "yellow", "missed": "red", "abandoned": "red"}


def run(args: Namespace) -> int:
    """Print the log as `args.format`, of the days from `args.since` to `args.until` (None: no limit).

    With `args.debug` print breakd's own text log instead; with `args.delete_before` delete the days before that one,
    after a yes or with `args.yes`.
    """
    if args.delete_before is not None:
        if args.since or args.until or args.debug or args.window:
            raise UsageError(_("--delete-before deletes whole days from the first one on; it goes with --yes alone"))
        return _delete_before(_day("--delete-before", args.delete_before, today()), sure=args.yes)
    if args.debug:
        return _print_text_log()
    since, until = days(args.since, args.until, today())
    rows = read(folders.log_file(), since, until)
    if args.window:
        from breakd.adapters.appearance import settings_theme  # noqa: PLC0415 - only for the window
        from breakd.windows.log import show  # noqa: PLC0415 - Tk is not everywhere, nor always needed

        show(_lines(rows), settings_theme("auto").theme)
        return 0
    output(_WRITERS[args.format], rows)
    return 0


def output(write: Callable[[Iterator[Row]], None], rows: Iterator[Row]) -> None:
    """Print the rows by `write`. Raises BreakdError where that cannot be done; a reader may leave early."""
    try:
        write(rows)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has seen enough, as `head` does
        _close_output()
    except OSError as problem:
        _close_output()
        raise BreakdError(_("the log cannot be printed: {why}").format(why=problem.strerror or problem)) from problem


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


def _delete_before(day: date, *, sure: bool) -> int:
    """Delete what belongs to the days before this one. Raises UsageError where nobody can say yes."""
    from breakd.adapters import erasure  # noqa: PLC0415 - rarely wanted
    from breakd.adapters.statefile import open_offer  # noqa: PLC0415 - the same

    log = folders.log_file()
    saved = folders.state_dir() / "state.json"
    found = erasure.look(log, day, open_offer(saved))
    if not found.rows:
        print(_("Nothing in the log is of a day before {day}.").format(day=day))
    elif sure or _says_yes(_question(found.rows, found.days, day)):
        rows, gone = erasure.delete(log, day, open_offer(saved))
        print(plural("Deleted one row.", "Deleted {n} rows.", rows))
        _forget_in_text_log(day)
        if not gone:
            print(_("Somebody reads the log now: the old file's remains go when the next event is logged."))
    else:
        print(_("Nothing was deleted."))
    copies = erasure.older_copies(log)
    if copies:
        print(_("Earlier rows are in these copies too, which are yours to delete:"))
        for copy in copies:
            print(f"  {copy}")
    return 0


def _forget_in_text_log(day: date) -> None:
    """Take the same days out of breakd's own text log, which names events too."""
    from breakd import logfile  # noqa: PLC0415 - rarely wanted

    try:
        logfile.forget(day.isoformat())
    except OSError as problem:
        text = _("The text log names events of these days still: {file}: {why}")
        print(text.format(file=logfile.path(), why=problem.strerror or problem), file=sys.stderr)


def _question(rows: int, days: int, day: date) -> str:
    what = plural("one row", "{n} rows", rows)
    of = plural("one day", "{n} days", days)
    return _("Delete {rows} of {days} before {day}? [y/N] ").format(rows=what, days=of, day=day)


def _says_yes(question: str) -> bool:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(_("--delete-before asks first, and this is no terminal; add --yes if you are sure"))
    print(question, end="", flush=True)
    answer = sys.stdin.readline()
    if not answer.endswith("\n"):
        print()
    return answer.strip().lower() in {"y", "yes"}


def _print_text_log() -> int:
    """Print breakd's own text log, the older part first."""
    from breakd import logfile  # noqa: PLC0415 - rarely wanted

    texts = [text for file in logfile.parts() if (text := _text(file)) is not None]
    if not texts:
        nowhere = _("There is no text log yet: `breakd run` writes it to {file}")
        print(nowhere.format(file=logfile.path()), file=sys.stderr)
    for text in texts:
        print(text, end="")
    return 0


def _text(file: Path) -> str | None:
    """Return what is in the file, None where there is none. Raises BreakdError where it cannot be read."""
    try:
        return file.read_text(encoding="utf-8", errors="backslashreplace")
    except FileNotFoundError:
        return None
    except OSError as problem:
        text = _("the text log cannot be read: {file}: {why}")
        raise BreakdError(text.format(file=file, why=problem.strerror or problem)) from problem


def write_json(rows: Iterable[Row], to: TextIO | None = None) -> None:
    """Write the rows as JSON Lines to the file, by default standard output. Raises OSError."""
    for number, uid, row in rows:
        print(json.dumps(as_json(number, uid, row)), file=to)


def write_csv(rows: Iterable[Row], to: TextIO | None = None) -> None:
    """Write the rows as CSV, the names above them, to the same. Raises OSError."""
    writer = csv.DictWriter(to or sys.stdout, NAMES, lineterminator="\n")
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

    No event has two of a duration, a reason and a rating, so they share a column and the table fits 80 characters.
    """
    detail = row.reason or ("" if row.duration_s is None else spell(row.duration_s * SECOND))
    if row.rating is not None:
        detail = _("{n} of 10").format(n=row.rating)
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


_WRITERS: dict[str, Callable[[Iterator[Row]], None]] = {
    "table": _write_table,
    "json": write_json,
    "csv": write_csv,
}
