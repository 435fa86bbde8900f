"""`breakd import`: adds the events of another log, or of an earlier export, to the log.

Laws: a file with anything wrong in it imports nothing; what is there already is not added again; and no number of an
offer is given twice, also where a daemon runs, begins or ends meanwhile.
"""

import json
import os
import re
import stat
import sys
import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, get_args

from breakd import __version__, folders
from breakd.adapters.intake import Added, Intake, RowError
from breakd.commands.bar import Bar
from breakd.commands.client import PATIENCE_S, ask, connected, exchange
from breakd.commands.log import NAMES
from breakd.core.record import OUTCOMES, Name, Record
from breakd.errors import BreakdError, NoDaemonError, UsageError
from breakd.requests import HIGHEST_RATING
from breakd.simulator import EARLIEST, LATEST
from breakd.texts import _, plural

LONGEST = 64 * 1024
"""Bytes; no line of a log is nearly as long."""

LARGEST = 2**53
"""No whole number of a log is nearly as large, and any reader of JSON can hold it."""

AGAIN_S = 0.1
"""How long a daemon that begins is left to before it is asked again."""

_EVENTS = frozenset(get_args(Name))
_OF_AN_OFFER = frozenset({"due", "held", "prompted", "unanswered", "snoozed", "started", *OUTCOMES})
_NEEDED = frozenset(NAMES) - {"id", "rating"}
_UID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def run(args: Namespace) -> int:
    """Import the file `args.file`, `-` for standard input, and say what came of it.

    Raises UsageError where the file is wrong, BreakdError where the log cannot take it.
    """
    name = _("standard input") if args.file == "-" else str(args.file)
    try:
        with closing(Intake()) as intake, Bar() as bar:
            with _opened(args.file) as file:
                _take(intake, file, bar)
            added = _add(intake, bar)
    except RowError as error:
        raise UsageError(f"{name}:{error.line}: {error}") from None
    except OSError as error:
        raise UsageError(_("{path}: it cannot be read: {why}").format(path=name, why=error.strerror or error)) from None
    print(_outcome(added))
    return 0


def _outcome(added: Added) -> str:
    events = plural("one event", "{n:,} events", added.rows)
    breaks = plural("one break", "{n:,} breaks", added.offers)
    if not added.known:
        return _("Imported {events} of {breaks}.").format(events=events, breaks=breaks)
    known = plural("one was there already", "{n:,} were there already", added.known)
    return _("Imported {events} of {breaks}; {known}.").format(events=events, breaks=breaks, known=known)


# --- the file -----------------------------------------------------------------------------------------------------


def _opened(name: str) -> IO[bytes]:
    """Open the file. Raises OSError."""
    if name == "-":
        return sys.stdin.buffer
    return Path(name).open("rb")


def _take(intake: Intake, file: IO[bytes], bar: Bar) -> None:
    """Check each line and hand it over. Raises RowError for the first that is wrong, OSError."""
    found = os.fstat(file.fileno())
    size = found.st_size if stat.S_ISREG(found.st_mode) else 0
    reading, counting, done = _("reading [{bar}] {percent} %"), _("reading: {n:,} lines"), 0
    for line, raw in _lines(file):
        done += len(raw)
        if raw.strip():
            try:
                uid, row = _row(raw)
            except (ValueError, TypeError) as error:
                raise RowError(line, str(error)) from None
            intake.add(line, uid, row)
        bar.show(reading if size else counting.format(n=line), min(1.0, done / size) if size else 0)


def _lines(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield the lines, each with its number. Raises RowError for one that is no line of a log at all."""
    number = 0
    while raw := file.readline(LONGEST + 1):
        number += 1
        if len(raw) > LONGEST:
            raise RowError(number, _("the line is too long for an event; {wanted}").format(wanted=_wanted()))
        yield number, raw


def _wanted() -> str:
    return _("import takes JSON Lines, as `breakd export` prints them")


def _row(raw: bytes) -> tuple[str, Record]:
    """Return uid and row of a line. Raises ValueError or TypeError, which say what is wrong."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        if raw.startswith(b"id,uid,"):
            raise ValueError(_("this is CSV; {wanted}").format(wanted=_wanted()))
        raise TypeError(_("this is not a JSON object; {wanted}").format(wanted=_wanted()))
    _see_keys(found)
    event, offer, rating = found["event"], _whole(found, "offer", 1), _whole(found, "rating", 0)
    if not isinstance(event, str) or event not in _EVENTS:
        raise ValueError(_("`event` {value} is none; there are {known}").format(value=_shown(event), known=_listed()))
    if (offer is None) == (event in _OF_AN_OFFER):
        wrong = _("{event} needs an `offer`") if offer is None else _("{event} has no `offer`, so it must be null")
        raise ValueError(wrong.format(event=event))
    if (rating is None) == (event == "felt") or (rating or 0) > HIGHEST_RATING:
        raise ValueError(_("`rating` is a whole number from 0 to {worst} of `felt` alone").format(worst=HIGHEST_RATING))
    return _uid(found["uid"]), Record(
        at=_instant(found["at"]),
        event=event,  # type: ignore[arg-type] # it is one of the names, as was seen above
        offer=offer,
        tier=_text(found, "break"),
        exercise=_text(found, "exercise"),
        duration_s=_whole(found, "duration_s", 0),
        reason=_text(found, "reason"),
        source=_source(found),
        rating=rating,
    )


def _see_keys(found: dict[str, Any]) -> None:
    """Raise ValueError where a key is missing, or one is not known."""
    if not found.keys() >= _NEEDED:
        missing = next(name for name in NAMES if name in _NEEDED and name not in found)
        raise ValueError(_("`{key}` is missing; {wanted}").format(key=missing, wanted=_wanted()))
    for key in found:
        if key not in NAMES:
            raise ValueError(_("{key} is no key of an event; {wanted}").format(key=_shown(key), wanted=_wanted()))


def _uid(value: object) -> str:
    if not isinstance(value, str) or not _UID.fullmatch(value):
        raise ValueError(_("`uid` {value} is not a UUID").format(value=_shown(value)))
    return value.lower()


def _instant(value: object) -> datetime:
    try:
        at = datetime.fromisoformat(value)  # type: ignore[arg-type] # TypeError, where it is no text, is told below
    except (ValueError, TypeError):
        raise ValueError(_("`at` {value} is not an ISO 8601 time").format(value=_shown(value))) from None
    if at.tzinfo is None:
        raise ValueError(_("`at` {value} has no offset; write 2026-06-01T09:00:00+00:00").format(value=_shown(value)))
    try:
        within = EARLIEST <= at.astimezone(UTC) <= LATEST
    except OverflowError:
        within = False
    if not within:
        raise ValueError(_("`at` {value} is outside the years 1900 to 9000").format(value=_shown(value)))
    return at


def _whole(found: dict[str, Any], key: str, least: int) -> int | None:
    value = found.get(key)
    if value is not None and (type(value) is not int or not least <= value <= LARGEST):
        text = _("`{key}` {value} is neither null nor a whole number from {least} on")
        raise ValueError(text.format(key=key, value=_shown(value), least=least))
    return value


def _text(found: dict[str, Any], key: str) -> str | None:
    value = found[key]
    if value is not None and not (isinstance(value, str) and value.isprintable()):
        text = _("`{key}` {value} is neither null nor a text without line ends and control characters")
        raise ValueError(text.format(key=key, value=_shown(value)))
    return value


def _source(found: dict[str, Any]) -> str:
    source = _text(found, "source")
    if not source:
        raise ValueError(_("`source` is empty; write daemon"))
    return source


def _listed() -> str:
    return ", ".join(get_args(Name))


def _shown(value: object) -> str:
    return json.dumps(value)[:60]


# --- the log ------------------------------------------------------------------------------------------------------


def _add(intake: Intake, bar: Bar) -> Added:
    """Add what was taken to the log. Raises RowError, and BreakdError where that cannot be done."""
    _see_that_it_is_of_this_version()
    offers = intake.meet(folders.log_file())
    first = _set_aside(intake, offers) if offers else 1
    writing = _("writing [{bar}] {percent} %")
    return intake.write(first, offers, lambda part: bar.show(writing, part))


def _see_that_it_is_of_this_version() -> None:
    """Raise BreakdError where an earlier breakd runs: once the log is brought up to date, it could not write to it."""
    with suppress(NoDaemonError):
        theirs = ask({"do": "status"}).get("version")
        if theirs != __version__:
            text = _("nothing was imported: the breakd that runs is version {theirs}, this is {ours}: `breakd restart`")
            raise BreakdError(text.format(theirs=theirs, ours=__version__))


def _set_aside(intake: Intake, offers: int) -> int:
    """Keep so many numbers of offers for this import, and return the first.

    The daemon that runs counts on behind them; where none does, its lock keeps one from beginning until the log
    itself says which numbers are gone. Raises BreakdError where a daemon runs that cannot be asked.
    """
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            return _by_the_daemon(intake, offers)
        except NoDaemonError:
            pass
        from breakd.adapters import control  # noqa: PLC0415 - heavier than the rest, and Unix alone has it

        try:
            handle = control.take_the_lock()
        except control.TakenError as error:  # it begins, or ends, just now; or it cannot be reached from here
            if time.monotonic() > end:
                raise BreakdError(_("nothing was imported: {why}").format(why=error)) from None
            time.sleep(AGAIN_S)
            continue
        except (OSError, BreakdError) as error:
            text = _("nothing was imported: no lock can be made that keeps breakd from starting meanwhile: {why}")
            raise BreakdError(text.format(why=error)) from None
        try:
            return intake.set_aside(None, offers)
        finally:
            control.release_lock(handle)


def _by_the_daemon(intake: Intake, offers: int) -> int:
    """Have the daemon that runs give the numbers. Raises NoDaemonError where none does, or where it ends meanwhile."""
    with connected(PATIENCE_S) as daemon:
        reply = exchange(daemon, {"do": "reserve", "offers": offers})
        if not reply["ok"]:
            text = _("nothing was imported: the breakd that runs says: {why}")
            raise BreakdError(text.format(why=reply["text"]))
        first = intake.set_aside(int(reply["data"]["first"]), offers)
        exchange(daemon, {"do": "status"})  # it is there still, so no other has begun before the log knew of them
        return first
