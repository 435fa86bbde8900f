"""Reads config.toml.

Law: a file gives valid settings or a ConfigError, whatever its bytes are; the file itself is never written here.
"""

import os
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from breakd import folders
from breakd.config.check import check, filled
from breakd.config.problems import escaped
from breakd.core.settings import Settings
from breakd.errors import UsageError
from breakd.texts import _

LARGEST = 1 << 20
"""The bytes that a file may have: far more than a person writes, and little enough to parse at once."""

_PLACE_IN_MESSAGE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_UNQUOTED = re.compile(r"""=\s*(?!true\b|false\b)[A-Za-z0-9]+[A-Za-z:]""")

LONG_KEY = re.compile(r"""(?:\.[ \t]*(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[\w-]+)[ \t]*){20}""")
"""A dotted key of more parts than any of ours; on thousands of them tomllib takes all memory."""


class ConfigError(UsageError):
    """The file cannot be used. `lines` has one line a problem."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = tuple(lines)
        super().__init__("\n".join(self.lines))


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was read: from where, whether there was a file, the document with the defaults filled in, the settings."""

    path: Path
    exists: bool
    document: dict[str, Any]
    settings: Settings


def locate(named: str | None) -> tuple[Path, bool]:
    """Return the file to read, and whether it must be there: one that `--config` or BREAKD_CONFIG names must."""
    if named is not None:
        return Path(named), True
    return folders.config_file(), bool(os.environ.get("BREAKD_CONFIG"))


def load(named: str | None = None) -> Loaded:
    """Return the configuration of the file that `--config` named, else BREAKD_CONFIG, else the default place.

    With no file at the default place these are the defaults. Raises ConfigError.
    """
    path, required = locate(named)
    return understood(path, stored(path, required=required))


def understood(path: Path, data: bytes | None) -> Loaded:
    """Return what the bytes mean as the file at `path`; None is no file. Raises ConfigError."""
    text = decoded(path, data or b"")
    document = filled(parsed(path, text))
    settings, problems = check(document, path.parent)
    if settings is None:
        from breakd.config.lines import find_lines, line_of  # noqa: PLC0415 - needed for a wrong file only

        lines = find_lines(text)
        placed = sorted(((line_of(problem.place, lines), problem) for problem in problems), key=lambda pair: pair[0])
        raise ConfigError(told(path, line, str(problem)) for line, problem in placed)
    return Loaded(path, data is not None, document, settings)


def told(path: Path, line: int | None, text: str) -> str:
    """Return the line that a person reads: `FILE:LINE: ...`."""
    return escaped(f"{path}: {text}" if line is None else f"{path}:{line}: {text}")


def _fail(path: Path, line: int | None, text: str) -> ConfigError:
    return ConfigError([told(path, line, text)])


def stored(path: Path, *, required: bool) -> bytes | None:
    """Return what the file holds, or None where there is none and none is required. Raises ConfigError.

    Of one that is too large to be right it is a part, yet too large as well.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except FileNotFoundError:
        # A link that leads nowhere was meant to be a file: the defaults would hide that.
        if required or path.is_symlink():
            raise _fail(path, None, _("there is no such file; breakd config init writes one")) from None
        return None
    except IsADirectoryError:
        raise _fail(path, None, _("this is a folder; name a file")) from None
    except OSError as error:
        raise _fail(path, None, _("it cannot be read: {reason}").format(reason=error.strerror)) from None
    return data


def decoded(path: Path, data: bytes) -> str:
    """Return the text of the bytes, each of its lines with a plain end. Raises ConfigError."""
    if len(data) > LARGEST:
        raise _fail(path, None, _("it is larger than 1 MiB; is this the right file?"))
    try:
        # The mark that some editors put at the start is no part of the text.
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise _fail(path, line, _("this is not UTF-8; save the file as UTF-8")) from None


def parsed(path: Path, text: str) -> dict[str, Any]:
    """Return what the text says, with nothing filled in. Raises ConfigError."""
    if found := LONG_KEY.search(text):
        raise _fail(path, _line_at(text, found.start()), _("a key has too many parts"))
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _syntax(path, text, str(error)) from None
    except RecursionError:
        raise _fail(path, 1, _("lists or tables are nested too deeply")) from None
    except ValueError:
        # Python refuses to read a number of thousands of digits, and tomllib lets that through.
        found = re.search(r"[\d_]{4000}", text)
        raise _fail(path, _line_at(text, found.start() if found else 0), _("a number is too long")) from None


def _line_at(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _syntax(path: Path, text: str, message: str) -> ConfigError:
    """Return the error for a file that is no TOML, with a hint for the commonest cause: missing quotes."""
    place = _PLACE_IN_MESSAGE.search(message)
    line = int(place[1]) if place and place[1] else text.count("\n") + 1
    what = (message[: place.start()] if place else message)[:200]
    culprit = text.split("\n")[line - 1]
    hint = _('; texts and durations stand in quotes, as in "30m"') if _UNQUOTED.search(culprit) else ""
    return _fail(path, line, _("this is not TOML: {what}{hint}").format(what=what, hint=hint))
