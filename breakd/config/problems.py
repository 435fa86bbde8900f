"""How a problem of a file is said: its place, its value, what was meant.

Law: a problem is one line, whatever the file holds.
"""

import json
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from breakd.config.keys import ROOT, Key
from breakd.config.lines import Place
from breakd.texts import _

_LONGEST_SHOWN = 40

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""What ends a line or steers a terminal."""

_BARE = re.compile(r"[A-Za-z0-9_-]{1,40}")


class Problem(NamedTuple):
    """What is wrong, and where."""

    place: Place
    text: str

    def __str__(self) -> str:
        """Return it as one line: `break[0].every: ...`."""
        return escaped(f"{spelt(self.place)}: {self.text}")


def escaped(text: str) -> str:
    """Return the text on one line, what would steer a terminal made visible."""
    return CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def literal(value: Any) -> str:
    """Return a value as the file writes it."""
    match value:
        case list():
            return f"[{', '.join(map(literal, value))}]"
        case dict():
            return f"{{ {', '.join(f'{name} = {literal(part)}' for name, part in value.items())} }}"
        case _:
            return json.dumps(value, ensure_ascii=False)


def spelt(place: Place) -> str:
    """Return a place as people write it: `break[0].every`."""
    parts = []
    for part in place:
        if isinstance(part, int):
            parts.append(f"[{part}]")
        else:
            parts.append(f".{part}" if _BARE.fullmatch(part) else f".{shown(part)}")
    return "".join(parts).removeprefix(".")


def shown(value: Any) -> str:
    """Return a value as the file has it, or in a word where that would be long."""
    match value:
        case str():
            return f'"{value[:_LONGEST_SHOWN]}"'
        case bool():
            return "true" if value else "false"
        case int() if abs(value) >= 10**18:
            return _("a number so large")
        case int() | float():
            return str(value)
        case list():
            return _("a list")
        case dict():
            return _("a table")
        case _:
            return _("a date or a time")


def hint(word: Any, options: Iterable[str]) -> str:
    """Return `; did you mean ...?` where one of the options is close to the word, else nothing."""
    close = _closest(word, options) if isinstance(word, str) else None
    return _('; did you mean "{name}"?').format(name=close) if close else ""


def hint_for_key(name: str, table: Key) -> str:
    """Return what the wrong key may stand for: a common word for one of this table, one of another, one like it."""
    words = {word: key.name for key in table.keys for word in (key.name, *key.also)}
    if name in words:
        return _('; did you mean "{name}"?').format(name=words[name])
    for other in ROOT.keys:
        if any(key.name == name for key in other.keys):
            header = f"[[{other.name}]]" if other.kind == "tables" else f"[{other.name}]"
            return _('; did you mean "{key}" in {header}?').format(key=name, header=header)
    close = _closest(name, words)
    if close:
        return _('; did you mean "{name}"?').format(name=words[close])
    return _("; here can be {names}").format(names=", ".join(key.name for key in table.keys))


def _closest(word: str, options: Iterable[str]) -> str | None:
    from difflib import get_close_matches  # noqa: PLC0415 - needed for a wrong file only

    return next(iter(get_close_matches(word.lower(), list(options), n=1)), None)
