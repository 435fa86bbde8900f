"""Files that are written all or not at all, and removed without a trace.

Law: no file is ever half written; no link is followed, and no folder removed that holds anything.
"""

import os
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from breakd.errors import BreakdError
from breakd.texts import _


@dataclass(frozen=True, slots=True)
class File:
    """A file as it should be."""

    path: Path
    content: bytes

    def before(self) -> bytes | None:
        """Return what is there now, None where nothing is. Raises BreakdError where it cannot be read."""
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _not_written(self.path, error) from None


def put(file: File, undo: ExitStack) -> None:
    """Write the file, and the folders above it; `undo` can take that back. Raises BreakdError where it cannot be."""
    before = file.before()
    draft = file.path.with_name(f".{file.path.name}.new")
    try:
        _make_folders(file.path.parent, undo)
        undo.callback(_quietly(draft.unlink))
        draft.write_bytes(file.content)
        draft.replace(file.path)
    except OSError as error:
        raise _not_written(file.path, error) from None
    undo.callback(_quietly(file.path.unlink) if before is None else _quietly(lambda: file.path.write_bytes(before)))


def _make_folders(folder: Path, undo: ExitStack) -> None:
    for above in [*reversed(folder.parents), folder]:
        if not above.is_dir():
            above.mkdir(mode=0o700 if above.parent == Path.home() else 0o755)
            undo.callback(_quietly(above.rmdir))


def _quietly(do: Callable[[], object]) -> Callable[[], None]:
    def done() -> None:
        with suppress(OSError):
            do()

    return done


def _not_written(path: Path, error: OSError) -> BreakdError:
    text = _("{path} cannot be written: {why}; nothing was changed")
    return BreakdError(text.format(path=error.filename or path, why=error.strerror or error))


def there(paths: Iterable[Path]) -> list[Path]:
    """Return those that exist, links that lead nowhere among them."""
    return [path for path in paths if os.path.lexists(path)]


def remove(paths: Iterable[Path]) -> None:
    """Remove the files, and the folders above them in the home that are empty then.

    Raises BreakdError where some stay, after it has removed the others.
    """
    problems = []
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            problems.append(_("{path} cannot be removed: {why}").format(path=path, why=error.strerror or error))
        else:
            _prune(path.parent)
    if problems:
        raise BreakdError("\n".join(problems))


def _prune(folder: Path) -> None:
    """Remove the folder where it is empty, then those above in the home."""
    home = Path.home()
    with suppress(OSError):
        while home in folder.parents:
            with suppress(FileNotFoundError):  # whoever removed the file may have removed its folder, too
                folder.rmdir()
            folder = folder.parent
