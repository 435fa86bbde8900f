"""`breakd config edit`: the person's editor on a draft of the configuration, which takes the file's place when right.

Law: the file changes only to one that is right; what was typed is never lost, but where the person discards it.
"""

import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from breakd import privacy
from breakd.commands.config import save
from breakd.config import ConfigError, stored
from breakd.config.example import example
from breakd.config.problems import escaped
from breakd.config.reading import understood
from breakd.config.writing import make_folder
from breakd.errors import BreakdError, UsageError
from breakd.texts import _

_USUAL = ("sensible-editor", "editor", "nano", "vi", "notepad")
"""The editors that are looked for where none is named."""


def edit(path: Path) -> None:
    """Have the person edit a draft until it is right or discarded, and write it to the file.

    Raises BreakdError where that cannot be done; it says where the draft is where one was changed.
    """
    before = stored(path, required=False)
    editor = _editor()
    start = example().encode() if before is None else before
    with _draft(path, start) as draft:
        while True:
            data = _written_by(editor, draft, path)
            try:
                understood(path, data)
            except ConfigError as error:
                print(error, file=sys.stderr)
                if not _again(path):
                    print(_("Discarded; {file} is as it was.").format(file=path))
                    break
            else:
                if data == start:
                    print(_("Nothing was changed."))
                else:
                    save(path, data, before)
                break


def _editor() -> list[str]:
    """Return the editor's command and its arguments. Raises BreakdError where there is none."""
    for name in ("VISUAL", "EDITOR"):
        line = os.environ.get(name, "")
        try:
            words = shlex.split(line, posix=os.name != "nt")
        except ValueError:
            text = _("{name} has a quote that is not closed: {line}")
            raise BreakdError(escaped(text.format(name=name, line=line))) from None
        if words:
            return words
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise BreakdError(_("there is no terminal to edit in; name an editor that has a window in VISUAL"))
    for name in _USUAL:
        if shutil.which(name):
            return [name]
    raise BreakdError(_("no editor was found; name one, as in: EDITOR=nano breakd config edit"))


@contextmanager
def _draft(path: Path, data: bytes) -> Iterator[Path]:
    """Give a draft beside the file, so that what it names is found from there; at a good end it is removed.

    Where something goes wrong, or breakd is told to end, it stays if it was changed, and where it is is said.
    """
    make_folder(path)
    try:
        handle, name = tempfile.mkstemp(prefix=f"{path.stem}.draft-", suffix=path.suffix or ".toml", dir=path.parent)
        with open(handle, "wb") as file:  # noqa: PTH123 - it is open already
            file.write(data)
    except OSError as error:
        text = _("{file} cannot be changed: {reason}")
        raise BreakdError(text.format(file=path, reason=error.strerror or error)) from None
    draft = Path(name)
    try:
        with _told_to_end():
            yield draft
    except (BreakdError, OSError, KeyboardInterrupt, SystemExit):
        if not _is_untouched(draft, data):
            print(_("What you wrote is in {file}").format(file=draft), file=sys.stderr)
            raise
        draft.unlink(missing_ok=True)
        raise
    draft.unlink(missing_ok=True)


def _is_untouched(draft: Path, data: bytes) -> bool:
    """Return whether the draft has nothing of the person's."""
    try:
        return draft.read_bytes() == data
    except FileNotFoundError:
        return True
    except OSError:
        return False


@contextmanager
def _told_to_end() -> Iterator[None]:
    """Have the signals that would end breakd at once raise SystemExit meanwhile."""

    def end(number: int, _frame: FrameType | None) -> NoReturn:
        raise SystemExit(128 + number)

    names = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {name: signal.signal(name, end) for name in names}
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def _written_by(editor: Sequence[str], draft: Path, path: Path) -> bytes:
    """Run the editor to its end and return what the draft has then. Raises BreakdError where there is no such thing."""
    command = shlex.join(editor)
    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)  # Ctrl-C in the editor is the editor's
    try:
        process = subprocess.Popen([*editor, os.fspath(draft)], umask=privacy.theirs())
        status = process.wait()
    except OSError as error:
        text = _("{editor} cannot be started: {reason}; name another one in EDITOR")
        raise BreakdError(escaped(text.format(editor=command, reason=error.strerror or error))) from None
    finally:
        signal.signal(signal.SIGINT, before)
    if status:
        text = _("{editor} ended with status {status}; {file} was not changed")
        raise BreakdError(escaped(text.format(editor=command, status=status, file=path)))
    try:
        return draft.read_bytes()
    except OSError as error:
        text = _("{editor} left no file ({reason}); {file} was not changed")
        raise BreakdError(escaped(text.format(editor=command, reason=error.strerror, file=path))) from None


def _again(path: Path) -> bool:
    """Return whether the person wants to edit again; discarding is the other answer.

    Raises UsageError where nobody can answer, with what is in the draft kept.
    """
    while sys.stdin.isatty():
        answer = ""
        try:
            print(_("Edit again (e) or discard what you wrote (d)? [e]: "), end="", flush=True)
            answer = sys.stdin.readline()
        finally:
            if not answer:  # the end of input, or Ctrl-C
                print()
        if not answer:
            break
        if answer.strip().lower() in {"", "e"}:
            return True
        if answer.strip().lower() == "d":
            return False
    raise UsageError(_("{file} was not changed").format(file=path))
