"""`breakd export`: the log's events for another program, or for `breakd import`, on standard output or in a file.

Law: the rows are those of `breakd log --format`; a file is written whole or stays as it was, and for nobody but its
person.
"""

import os
import tempfile
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from breakd import folders
from breakd.adapters.clock import today
from breakd.adapters.history import read
from breakd.commands.bar import Bar
from breakd.commands.log import Row, days, output, write_csv, write_json
from breakd.config.writing import NotWrittenError
from breakd.errors import UsageError
from breakd.texts import _, plural


def run(args: Namespace) -> int:
    """Write the events of the days from `args.since` to `args.until` as `args.format`, to `args.output` if named."""
    since, until = days(args.since, args.until, today())
    write = write_csv if args.format == "csv" else write_json
    rows = read(folders.log_file(), since, until)
    if args.output in {None, "-"}:
        output(write, rows)
        return 0
    path = Path(args.output)
    with Bar() as bar, _whole(path) as file:
        counted = _Counted(rows, bar)
        write(counted, file)
    if not _is_stream(path):
        events = plural("One event", "{n:,} events", counted.count)
        print(_("{events} in {file}").format(events=events, file=path))
    return 0


class _Counted:
    """The rows on their way into the file, and how many there have been."""

    def __init__(self, rows: Iterator[Row], bar: Bar) -> None:
        self._rows, self._bar = rows, bar
        self.count = 0

    def __iter__(self) -> Iterator[Row]:
        text = _("exporting: {n:,} events")
        for row in self._rows:
            self.count += 1
            self._bar.show(text.format(n=self.count), 0)
            yield row


def _is_stream(path: Path) -> bool:
    return path.exists() and not path.is_file()


@contextmanager
def _whole(path: Path) -> Iterator[TextIO]:
    """Give a file that takes this one's place when all is written; a link stays, a pipe or a device is written to.

    Raises NotWrittenError, and UsageError where that would be the log.
    """
    real = Path(os.path.realpath(path))
    if real == Path(os.path.realpath(folders.log_file())):
        raise UsageError(_("{file} is the log itself; name another file").format(file=path))
    if real.is_dir():
        raise NotWrittenError(_("{file} cannot be written: it is a folder; name a file in it").format(file=path))
    try:
        with path.open("w", encoding="utf-8", newline="") if _is_stream(path) else _replacing(real) as file:
            yield file
    except OSError as error:
        why = error.strerror or error
        raise NotWrittenError(_("{file} cannot be written: {reason}").format(file=path, reason=why)) from None


@contextmanager
def _replacing(path: Path) -> Iterator[TextIO]:
    """Give a file beside the path, which gets its name at the end. Raises OSError."""
    handle, draft = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with open(handle, "w", encoding="utf-8", newline="") as file:  # noqa: PTH123 - it is open already
            yield file
            file.flush()
            os.fsync(handle)
        Path(draft).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(draft).unlink()
        raise
