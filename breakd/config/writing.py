"""Writes a new configuration file.

Law: a file that exists is never written over, and a new one is there whole or not at all.
"""

import os
from contextlib import suppress
from pathlib import Path

from breakd.errors import BreakdError
from breakd.texts import _


class NotWrittenError(BreakdError):
    """The file cannot be written; the text says why."""


def create(path: Path, text: str) -> None:
    """Write the file, and its folder where there is none.

    Raises NotWrittenError, and BreakdError where there is such a file, or a link of that name, already.
    """
    if os.path.lexists(path):
        raise _exists(path)
    draft = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise _not_written(path.parent, error) from None
    try:
        draft.unlink(missing_ok=True)  # of a writer that was killed
        with draft.open("x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        _name(draft, path)
    except FileExistsError:
        raise _exists(path) from None
    except OSError as error:
        raise _not_written(path, error) from None
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


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


def _exists(path: Path) -> BreakdError:
    return BreakdError(_("{file} exists already; nothing was written").format(file=path))


def _not_written(path: Path, error: OSError) -> NotWrittenError:
    return NotWrittenError(_("{file} cannot be written: {reason}").format(file=path, reason=error.strerror or error))
