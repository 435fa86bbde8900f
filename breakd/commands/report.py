"""`breakd report`: what came of the breaks, as a page that a browser shows.

Law: the page is written whole or not at all, and for nobody but its person; nothing is fetched or sent.
"""

import os
import re
import shlex
import subprocess
import sys
from argparse import Namespace
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from breakd import folders
from breakd.adapters.clock import today
from breakd.commands.bar import CLEAR_LINE, filled
from breakd.commands.log import days
from breakd.config.writing import NotWrittenError, make_folder, put
from breakd.errors import BreakdError, UsageError
from breakd.texts import _

NAME = "breakd-report.html"

DAYS = 365
"""How many days the report is of where nothing else is said, the last of them today."""

STEPS = 13
"""About how many steps there are: what is read, the page's sections, and the file."""

PATIENCE_S = 5.0
"""How long the desktop may take to say that it cannot open the page."""

ASK_S = 2.0
"""How long the desktop may take to say which browser it has."""

_SNAP = re.compile(r"([a-z0-9-]+)_[A-Za-z0-9._-]+\.desktop")


def run(args: Namespace) -> int:
    """Write the report of the days from `args.since` to `args.until` to `args.output`, and say where it is.

    With `args.open` the desktop's browser shows it; where that fails the status is 1, and the page stays.
    """
    since, until = _range(args.since, args.until, today())
    file = _file(args.output)
    step = _progress()
    try:
        page = _page(since, until, step)
        step(_("Writing the page"))
        _write(file, page, named=args.output is not None)
    finally:
        step("")
    print(file)
    if args.open:
        from breakd.adapters.opener import show_file  # noqa: PLC0415 - rarely wanted

        sys.stdout.flush()
        why = show_file(str(file), PATIENCE_S)
        if why is not None:
            text = _("The report is written, but nothing here opens it: {why}. Open {file} in a browser.")
            raise BreakdError(text.format(why=why, file=file))
    return 0


def _range(since: str | None, until: str | None, now: date) -> tuple[date, date]:
    """Return the first and the last day. Raises UsageError for what is none."""
    first, last = days(since, until, now)
    last = last or now
    if first is None:
        return last - timedelta(days=DAYS - 1), last
    if first > last:
        raise UsageError(_("--since {first} is after today").format(first=first))
    return first, last


def _page(since: date, until: date, step: Callable[[str], None]) -> str:
    """Return the page. Raises BreakdError where the plotting library is missing, or the log cannot be read."""
    step(_("Loading the plotting library"))
    from breakd.report import canvas  # noqa: PLC0415 - heavy, and not always installed

    try:
        canvas.load()
    except canvas.MissingError as missing:
        from breakd.autostart import program  # noqa: PLC0415 - only then

        command = shlex.join(program.addition(canvas.PACKAGE))
        raise BreakdError(_("{why}; install it with: {command}").format(why=missing, command=command)) from None
    step(_("Reading the log"))
    from breakd.report import contents, page  # noqa: PLC0415 - the same

    return page.write(contents.gather(folders.log_file(), since, until, today(), _names()), step)


def _names() -> Callable[[str], str]:
    """Return what gives an exercise its name, as the configuration has it; one that is wrong stops no report."""
    from breakd.config.reading import load  # noqa: PLC0415 - the same
    from breakd.view import exercise_name  # noqa: PLC0415 - the same

    try:
        settings = load().settings
    except BreakdError:
        return str
    return partial(exercise_name, settings)


# --- the file -----------------------------------------------------------------------------------------------------


def _file(named: str | None) -> Path:
    """Return where the report goes: as it is named, or where the person's own browser can read it."""
    if named is not None:
        return Path(named).absolute()
    return (_snap_folder() or folders.log_file().parent) / NAME


def _snap_folder() -> Path | None:
    """Return the folder that the default browser can read where it is a snap: such a one sees no hidden folder."""
    if sys.platform != "linux":
        return None
    with suppress(OSError, subprocess.TimeoutExpired):
        asked = subprocess.run(
            ["xdg-settings", "get", "default-web-browser"], stdin=subprocess.DEVNULL, capture_output=True,  # noqa: S607 - the person's own
            text=True, timeout=ASK_S, check=False,
        )  # fmt: skip
        found = _SNAP.fullmatch(asked.stdout.strip())
        folder = Path.home() / "snap" / found[1] / "common" if found else None
        if folder is not None and folder.is_dir():
            return folder
    return None


def _write(file: Path, page: str, *, named: bool) -> None:
    """Write the page, whole. Raises NotWrittenError."""
    if file.is_dir():
        raise NotWrittenError(_("{file} cannot be written: it is a folder; name a file in it").format(file=file))
    real = Path(os.path.realpath(file))
    if real.exists() and not real.is_file():
        raise NotWrittenError(_("{file} cannot be written: it is no ordinary file").format(file=file))
    if not named:
        make_folder(real)
    try:
        put(real, page)
    except OSError as error:
        why = error.strerror or error
        raise NotWrittenError(_("{file} cannot be written: {reason}").format(file=file, reason=why)) from None


# --- the bar ------------------------------------------------------------------------------------------------------


def _progress() -> Callable[[str], None]:
    """Return what shows a bar with what is done now, "" at the end: on a terminal, and nothing to a pipe."""
    if not sys.stderr.isatty():
        return lambda _what: None
    done = 0

    def step(what: str) -> None:
        nonlocal done
        done += 1
        bar = filled("[{bar}] ", min(1.0, done / STEPS)) + what if what else ""
        sys.stderr.write(CLEAR_LINE + bar)
        sys.stderr.flush()

    return step
