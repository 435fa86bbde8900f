"""The saved state: one JSON document in a file.

Law: at every moment the file is one whole document, the old or the new. One that cannot be used is set aside, never
deleted. What goes wrong is told, not raised: the daemon goes on without.
"""

import json
import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from breakd.texts import _


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the file held: None where there is none, or where `problem` says why it could not be used."""

    document: dict[str, Any] | None
    problem: str | None = None


def load(path: Path) -> Loaded:
    """Return the document. A file that holds none is set aside, and the problem says so; no file is no problem."""
    found = look(path)
    return found if found.problem is None else Loaded(None, set_aside(path, found.problem))


def look(path: Path) -> Loaded:
    """Return the document, or why the file holds none; it is left where it is."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would be waited for
            return Loaded(None, _("it is not a file"))
        document = json.loads(path.read_bytes())
    except FileNotFoundError:
        return Loaded(None)
    except OSError as problem:
        return Loaded(None, problem.strerror or str(problem))
    except (ValueError, RecursionError):
        return Loaded(None, _("it is damaged"))
    if not isinstance(document, dict):
        return Loaded(None, _("it is damaged"))
    return Loaded(document)


def open_offer(path: Path) -> int | None:
    """Return the number of the offer that the daemon had open when it saved, None for none."""
    try:
        number = (look(path).document or {})["engine"]["offer"]["id"]
    except (KeyError, TypeError):
        return None
    return number if isinstance(number, int) else None


def save(path: Path, document: dict[str, Any]) -> str | None:
    """Put the document in the place of the old one. Return why it could not be done, None where it was."""
    draft = path.with_name(f"{path.name}.new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft.unlink(missing_ok=True)  # of a save that was killed
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump(document, file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as problem:
        with suppress(OSError):
            draft.unlink()
        return _("the state cannot be saved: {path}: {why} (a restart would begin anew)").format(
            path=path, why=problem.strerror or problem
        )
    return None


def set_aside(path: Path, why: str) -> str:
    """Give the file, which cannot be used because of `why`, a name that is free. Return a line that says so."""
    names = (path.with_name(f"{path.name}.corrupt-{n}") for n in count(1))
    try:
        aside = next(name for name in names if not os.path.lexists(name))
        path.rename(aside)
        with suppress(OSError):
            aside.chmod(0o600)  # it may be somebody's copy of it
    except OSError as problem:
        return _("the saved state {path} cannot be used: {why}; nor can it be set aside: {problem}").format(
            path=path, why=why, problem=problem.strerror or problem
        )
    return _("the saved state {path} cannot be used: {why}; it is set aside as {aside}").format(
        path=path, why=why, aside=aside
    )
