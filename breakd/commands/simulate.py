"""`breakd simulate`: runs the engine on a virtual clock and prints what the daemon would log."""

import argparse
import json
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from uuid import uuid4

from breakd.adapters.clock import SystemClock, today
from breakd.commands.bar import CLEAR_LINE, Pace, filled
from breakd.config import load
from breakd.core.record import Record, as_json, stamp
from breakd.core.settings import Settings
from breakd.core.workhours import local
from breakd.errors import BreakdError, UsageError
from breakd.simulator import EARLIEST, LATEST, is_zone, read, run_days, run_script
from breakd.texts import _, clock
from breakd.view import exercise_name


def run(args: argparse.Namespace) -> int:
    """Simulate, and print. Raises UsageError for wrong arguments, a wrong configuration or a wrong script."""
    if args.script is not None and (args.first or args.last):
        raise UsageError(_("--from and --to go without a script, which has its own times"))
    if args.tz is not None and not is_zone(args.tz):
        raise UsageError(
            _('"{name}" is not a time zone that this machine knows; write Europe/Berlin').format(name=args.tz)
        )
    settings = load(args.config).settings
    zone = args.tz or SystemClock().read().zone
    if args.script is None:
        first = _day(args.first, "--from") if args.first else today()
        last = _day(args.last, "--to") if args.last else first + timedelta(days=6)
        if last < first:
            raise UsageError(_("--to {last} lies before --from {first}").format(last=last, first=first))
        rows = run_days(first, last, settings, zone)
    else:
        path = Path(args.script)
        ends = deque((line.at for line in read(path, settings)), maxlen=1)  # all is checked before anything is printed
        last = local(ends[0], zone).date()
        rows = run_script(read(path, settings), settings, zone, force_zone=args.tz is not None)
    progress = _Progress(rows, last)
    _print(_json(progress) if args.json else _table(progress) if args.script else _days(progress, settings), progress)
    return 0


class _Progress:
    """The rows on their way to the printer, and how far they have come."""

    def __init__(self, rows: Iterable[Record], last: date) -> None:
        self._rows, self._last = rows, last
        self._first = self._now = last

    def __iter__(self) -> Iterator[Record]:
        for number, row in enumerate(self._rows):
            self._now = row.at.date()
            if number == 0:
                self._first = self._now
            yield row

    def bar(self) -> str:
        """Return a bar that shows it."""
        part = min(1.0, (self._now - self._first) / max(timedelta(days=1), self._last - self._first))
        return filled(_("simulating [{bar}] {percent} %"), part)


def _print(lines: Iterable[str], progress: _Progress) -> None:
    """Print the lines; on a terminal, when it takes long, with a bar below them. Raises BreakdError where it cannot."""
    try:
        if sys.stdout.isatty():
            _print_with_bar(lines, progress)
        else:
            for line in lines:
                print(line)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise BreakdError(_("the log cannot be printed: {why}").format(why=error.strerror or error)) from None


def _print_with_bar(lines: Iterable[str], progress: _Progress) -> None:
    pace, drawn = Pace(), False
    held: list[str] = []  # until the bar is drawn anew, below them
    try:
        for line in lines:
            if not pace.slow():
                print(line)
                continue
            held.append(line + "\n")
            if pace.due():
                drawn = True  # first: an interruption may come at any point from here, and wipes the bar away
                _draw(held, progress.bar())
    finally:
        if held or drawn:
            _draw(held, "")


def _draw(held: list[str], bar: str) -> None:
    text = CLEAR_LINE + "".join(held) + bar
    held.clear()  # or an interruption while it is written would have it written twice
    sys.stdout.write(text)
    sys.stdout.flush()


def _day(text: str, option: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UsageError(
            _('{option}: "{text}" is not a date; write 2026-06-01').format(option=option, text=text[:40])
        ) from None
    if not EARLIEST.date() <= day < LATEST.date():
        raise UsageError(_("{option}: {day} is outside the years 1900 to 8999").format(option=option, day=day))
    return day


def _json(rows: Iterable[Record]) -> Iterator[str]:
    for number, row in enumerate(rows, 1):
        yield json.dumps(as_json(number, str(uuid4()), row))


def _table(rows: Iterable[Record]) -> Iterator[str]:
    """Yield a line a row, for people."""
    for row in rows:
        parts = (stamp(row.at), f"{row.event:<15}", row.tier, row.exercise, row.reason)
        yield "  ".join(part for part in parts if part).rstrip()


def _days(rows: Iterable[Record], settings: Settings) -> Iterator[str]:
    """Yield a line a day: when it asks, and for what."""
    asked = (row for row in rows if row.event == "prompted")
    for day, prompts in groupby(asked, key=lambda row: row.at.date()):
        yield f"{day:%a %Y-%m-%d}"
        for row in prompts:
            yield f"  {clock(row.at)}  {row.tier}: {exercise_name(settings, row.exercise)}"
