"""breakd's own text log: what went on inside, for whoever looks for a defect. The log of breaks is another thing.

Laws: it never takes more than 5 MB, and neither a full disk nor a folder that cannot be written stops anything. The
daemon and its windows all write it, each line or traceback at once; the daemon alone puts a full file aside. Nothing
that a person types or looks at is ever written to it, and of the configuration no more than which hook failed.
"""

import logging
import os
import re
import sys
import threading
import time
import traceback
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from breakd.folders import state_dir

LARGEST = 2_400_000
"""A file of so many bytes is put aside, in place of the one before it."""

FULL = 2_500_000
"""To a file of so many nothing is added, whoever has it."""

LONGEST = 20_000
"""A text is cut after so many characters."""

PRIORITIES = {logging.DEBUG: 7, logging.INFO: 6, logging.WARNING: 4, logging.ERROR: 3, logging.CRITICAL: 2}
"""What the levels are for the journal (sd-daemon(3))."""

_DATED = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2} ")
_FORM = "%(asctime)s %(levelname)s [%(process)d] %(name)s: %(message)s"


def path() -> Path:
    """Return where it lies."""
    return state_dir() / "breakd.log"


def parts() -> tuple[Path, Path]:
    """Return the files that it can be in, the older one first."""
    file = path()
    return _older(file), file


def begin(*, rotates: bool = False, verbose: bool = False) -> None:
    """Have the standard library's logging write there, and what goes wrong on a thread.

    The daemon `rotates`. The journal gets it all, too, where standard error leads there. `verbose`: in detail, and on
    standard error in any case.
    """
    writer: logging.Handler = _Writer(path(), rotates=rotates)
    writer.setFormatter(logging.Formatter(_FORM))
    root = logging.getLogger()
    root.addHandler(writer)
    to_journal = _is_journal()
    if to_journal or verbose:
        stream = logging.StreamHandler(sys.stderr)
        stream.setFormatter(_Journal("%(name)s: %(message)s") if to_journal else logging.Formatter(_FORM))
        root.addHandler(stream)
    root.setLevel(logging.WARNING)  # what a library would tell in detail may hold anything
    logging.getLogger("breakd").setLevel(logging.DEBUG if verbose else logging.INFO)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    logging.raiseExceptions = False  # a full disk must not put tracebacks on standard error
    threading.excepthook = _thread_failed


def record_crash() -> str:
    """Append the traceback of the exception at hand; return where, or '-' where it could not be written."""
    file = path()
    try:
        _append(file, f"{time.strftime('%Y-%m-%d %H:%M:%S')} CRASH [{os.getpid()}] {traceback.format_exc()}")
    except OSError:
        return "-"
    return os.fspath(file)


def forget(day: str) -> None:
    """Take out what was written before this day, as in 2026-06-01. Raises OSError.

    A line that somebody writes at this very moment may be lost with it.
    """
    for file in parts():
        with suppress(FileNotFoundError):
            old = file.read_bytes()
            new = b"".join(_since(day.encode(), old.splitlines(keepends=True)))
            if new != old:
                _replace(file, new)


def _replace(file: Path, content: bytes) -> None:
    draft = file.with_name(f"{file.name}.new")
    draft.unlink(missing_ok=True)  # of one that was killed
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as to:
            to.write(content)
        draft.replace(file)
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def _since(day: bytes, lines: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the lines from this day on; one without a date belongs to the one before it."""
    keeps = False
    for line in lines:
        if _DATED.match(line):
            keeps = line[:10] >= day
        if keeps:
            yield line


class _Writer(logging.Handler):
    """Opens the file for each text, so that whatever became of it meanwhile is met afresh."""

    def __init__(self, file: Path, *, rotates: bool) -> None:
        super().__init__()
        self._file, self._rotates = file, rotates

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record; what cannot be written is lost."""
        try:
            _append(self._file, self.format(record) + "\n", rotates=self._rotates)
        except Exception:  # noqa: BLE001 - as each handler of the standard library
            self.handleError(record)


class _Journal(logging.Formatter):
    """Gives each line the priority by which the journal knows how serious it is; it knows the time by itself."""

    def format(self, record: logging.LogRecord) -> str:
        priority = PRIORITIES.get(record.levelno, 6)
        return "\n".join(f"<{priority}>{line}" for line in super().format(record).splitlines())


def _append(file: Path, text: str, *, rotates: bool = False) -> None:
    """Add the text to the file in one write. Raises OSError."""
    end = "\n" if len(text) > LONGEST else ""
    data = (text[:LONGEST] + end).encode("utf-8", "backslashreplace")
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if rotates and _size(file) + len(data) > LARGEST:
        file.replace(_older(file))
    no_wait = getattr(os, "O_NONBLOCK", 0)  # for the reader of a pipe of that name
    handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | no_wait, 0o600)
    try:
        found = os.fstat(handle)
        if found.st_mode & 0o077:  # an earlier breakd let others read it
            file.chmod(0o600)
        if found.st_size + len(data) <= FULL:
            os.write(handle, data)
    finally:
        os.close(handle)


def _older(file: Path) -> Path:
    return file.with_suffix(".log.1")


def _size(file: Path) -> int:
    with suppress(FileNotFoundError):
        return file.stat().st_size
    return 0


def _is_journal() -> bool:
    """Return whether standard error leads to the journal, as systemd.exec(5) tells it."""
    try:
        found = os.fstat(sys.stderr.fileno())
    except (OSError, ValueError, AttributeError):
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{found.st_dev}:{found.st_ino}"


def _thread_failed(failed: Any) -> None:
    """Write down what ended a thread; the others go on."""
    if failed.exc_type is not SystemExit:
        name = failed.thread.name if failed.thread else "?"
        logging.getLogger("breakd").error("the thread %s failed", name, exc_info=failed.exc_value)
