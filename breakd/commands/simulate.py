"""`breakd simulate`: runs the engine on a virtual clock and prints what the daemon would log."""

import argparse
import json
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from uuid import uuid4

from breakd.adapters.clock import SystemClock, today
from breakd.config import load
from breakd.core.record import Record, as_json, stamp
from breakd.core.workhours import local
from breakd.errors import BreakdError, UsageError
from breakd.simulator import is_zone, read, run_days, run_script
from breakd.texts import _, clock
from breakd.view import exercise_name

SLOW_S = 1.0
"""A run that takes longer shows how far it is, on a terminal."""


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
    rows = _watched(rows, last)
    _print(_json(rows) if args.json else _table(rows) if args.script else _days(rows))
    return 0


def _print(lines: Iterable[str]) -> None:
    try:
        for line in lines:
            print(line)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise BreakdError(_("the log cannot be printed: {why}").format(why=error.strerror or error)) from None


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(
            _('{option}: "{text}" is not a date; write 2026-06-01').format(option=option, text=text)
        ) from None


def _json(rows: Iterable[Record]) -> Iterator[str]:
    for number, row in enumerate(rows, 1):
        yield json.dumps(as_json(number, str(uuid4()), row))


def _table(rows: Iterable[Record]) -> Iterator[str]:
    """Yield a line a row, for people."""
    for row in rows:
        parts = (stamp(row.at), f"{row.event:<15}", row.tier, row.exercise, row.reason)
        yield "  ".join(part for part in parts if part).rstrip()


def _days(rows: Iterable[Record]) -> Iterator[str]:
    """Yield a line a day: when it asks, and for what."""
    asked = (row for row in rows if row.event == "prompted")
    for day, prompts in groupby(asked, key=lambda row: row.at.date()):
        yield f"{day:%a %Y-%m-%d}"
        for row in prompts:
            yield f"  {clock(row.at)}  {row.tier}: {exercise_name(row.exercise)}"


def _watched(rows: Iterable[Record], last: date) -> Iterator[Record]:
    """Yield the rows; on a terminal, when it takes long, with a bar that shows how far it is."""
    if not sys.stdout.isatty():
        yield from rows
        return
    began, first, bar = time.monotonic(), None, None
    for row in rows:
        first = first or row.at.date()
        if bar is None and time.monotonic() - began > SLOW_S:
            from rich.progress import Progress  # noqa: PLC0415 - most runs are over before

            bar = Progress(transient=True)
            task = bar.add_task(_("simulating"), total=max(1, (last - first).days))
            bar.start()
        if bar is not None:
            bar.update(task, completed=(row.at.date() - first).days)
        yield row
    if bar is not None:
        bar.stop()
