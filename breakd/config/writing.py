"""Writes the configuration file: a new one, or one that is changed.

Law: at every moment the file is the old one or the new one, whole; one that somebody else has changed meanwhile is
never written over, and the one before the last change is kept beside it.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from breakd.errors import BreakdError
from breakd.texts import _

OWN = 0o600
"""The mode of a new file."""


class NotWrittenError(BreakdError):
    """The file cannot be written; the text says why."""


class MeanwhileError(BreakdError):
    """The file is there already, or no longer what the change began with."""


def create(path: Path, text: str) -> None:
    """Write the file, and its folder where there is none.

    Raises NotWrittenError, and MeanwhileError where there is such a file, or a link of that name, already.
    """
    if os.path.lexists(path):
        raise _exists(path)
    folder = make_folder(path)
    try:
        with alone(folder), _draft(path, text.encode()) as draft:
            _name(draft, path)
    except FileExistsError:
        raise _exists(path) from None
    except OSError as error:
        raise _not_written(path, error) from None


def replace(path: Path, data: bytes, before: bytes) -> Path:
    """Write the file anew and return where the one before is kept: beside it, with a ~ at the end of its name.

    `before` is what the change began with. A link stays one: the file that it leads to is written. Mode and owner
    stay. Raises MeanwhileError where the file holds something else by now, else NotWrittenError: a pipe or a device
    (/dev/null) is never replaced.
    """
    file = Path(os.path.realpath(path))
    kept = file.with_name(f"{file.name}~")
    if file.exists() and not file.is_file():
        raise NotWrittenError(_("{file} cannot be written: it is no ordinary file").format(file=path))
    try:
        with alone(file.parent):
            if file.read_bytes() != before:
                raise MeanwhileError(_("{file} has changed meanwhile; nothing was written").format(file=path))
            with _draft(file, data, file) as new, _draft(kept, before, file) as old:  # first all that may fail
                old.replace(kept)
                new.replace(file)
            _settle(file.parent)
    except OSError as error:
        raise _not_written(file, error) from None
    return kept


def put(path: Path, text: str) -> None:
    """Write a file that can be made again, in place of what is there. Raises OSError."""
    with alone(path.parent), _draft(path, text.encode()) as draft:
        draft.replace(path)


def make_folder(path: Path) -> Path:
    """Return the file's folder, made where there is none. Raises NotWrittenError."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _not_written(path.parent, error) from None
    return path.parent


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep other changes of the folder's configuration out meanwhile, where the system has such locks."""
    try:
        import fcntl  # noqa: PLC0415 - not on Windows
    except ImportError:
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # not on every network's file system
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def _draft(path: Path, data: bytes, like: Path | None = None) -> Iterator[Path]:
    """Give a file beside the path that has the data, on the disk already; what is left of it at the end is removed.

    Mode and owner are those of the file `like`, else it is the user's alone.
    """
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)  # of a writer that was killed
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), OWN)
    try:
        with open(handle, "wb") as file:  # noqa: PTH123 - it is open already
            if like is not None and hasattr(os, "fchown"):
                found = like.stat()
                with suppress(PermissionError):  # another's file in a folder of one's own becomes one's own
                    os.fchown(file.fileno(), found.st_uid, found.st_gid)
                os.fchmod(file.fileno(), found.st_mode & 0o7777)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        yield draft
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _settle(folder: Path) -> None:
    """Have the new names on the disk, where a folder can be asked for that."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _name(draft: Path, path: Path) -> None:
    """Give the draft its name. Raises FileExistsError where that is taken, be it since a moment ago."""
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        if os.path.lexists(path):
            raise FileExistsError from None
        draft.rename(path)


def _exists(path: Path) -> MeanwhileError:
    return MeanwhileError(_("{file} exists already; nothing was written").format(file=path))


def _not_written(path: Path, error: OSError) -> NotWrittenError:
    return NotWrittenError(_("{file} cannot be written: {reason}").format(file=path, reason=error.strerror or error))
