"""What starts breakd at login, as one value, whatever the way.

Law: what is told of a start is read from its file, never remembered.
"""

import os
import shlex
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from breakd.errors import BreakdError
from breakd.texts import _

Command = tuple[str, ...]
"""A program, by its whole path, and its arguments."""

ENV = "/usr/bin/env"
"""Starts a program whose path a format allows only as an argument."""


@dataclass(frozen=True, slots=True)
class Start:
    """One thing by which breakd starts at the next login."""

    way: str
    """`systemd`, `xdg`, `launchd`, `registry`; `session` where the compositor's own configuration does it."""

    path: str
    """The file that says so, or the registry's key."""

    command: str
    """What it runs, as one would type it."""

    works: str | None
    """None where it works, otherwise why it would not."""


def start(way: str, path: object, command: Sequence[str], why_not: str | None = None) -> Start:
    """Return the start by this command; where nothing else is known to keep it from working, look at its program."""
    return Start(way, str(path), shlex.join(command), why_not or missing(command))


def missing(command: Sequence[str]) -> str | None:
    """Return what is wrong with the program of the command, None where it can be run."""
    if not command:
        return _("it names no program")
    if shutil.which(command[0]) is None:
        return _("{program} is not there any more").format(program=command[0])
    return None


def without_env(words: list[str]) -> list[str]:
    """Return the command that ENV starts, or the words as they are."""
    return words[words[:1] == [ENV] :]


def checked(command: Command) -> Command:
    """Return the command. Raises BreakdError where no file can hold its path."""
    if any(not word.isprintable() for word in command):
        raise BreakdError(
            _("{path}: such a path can stand in no such file; install breakd elsewhere").format(path=command[0])
        )
    return command


def config_home() -> Path:
    """Return the folder of the person's configuration; one that is not absolute is not heeded (XDG Base Directory)."""
    return _home("XDG_CONFIG_HOME", ".config")


def data_home() -> Path:
    """Return the folder of the person's data."""
    return _home("XDG_DATA_HOME", ".local/share")


def _home(name: str, usual: str) -> Path:
    named = os.environ.get(name, "")
    return Path(named) if os.path.isabs(named) else Path.home() / usual  # noqa: PTH117 - it may be empty


def read(path: Path) -> str | None:
    """Return what the file says, None where there is none that can be read."""
    try:
        return path.read_bytes().decode(errors="surrogateescape")
    except OSError:
        return None
