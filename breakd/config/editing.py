"""`config set` and `config unset`: what KEY and VALUE mean, and the file that they make.

Law: what is returned says exactly what was asked, by the ordinary reader, and passes the ordinary checks; comments and
layout are the file's own. Nothing is written here.
"""

import re
import shlex
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from breakd.config.answers import windows
from breakd.config.check import check, filled
from breakd.config.example import SCHEMA_LINE
from breakd.config.keys import BREAK, ROOT, Key
from breakd.config.lines import Place, find_lines, line_of
from breakd.config.problems import Problem, escaped, hint, hint_for_key, spelt
from breakd.config.reading import LONG_KEY, ConfigError, decoded, parsed, told
from breakd.config.splicing import with_rows, with_value, without
from breakd.errors import BreakdError, UsageError
from breakd.texts import _

_PART = re.compile(
    r"""\.?(?:"(?P<quoted>[^"]*)"|'(?P<literal>[^']*)'|(?P<bare>[^.\[\]"']+))|\[(?P<row>\d{1,6})\]""",
)
_NAMES = {"break": "name", "exercise": "id"}
"""By which of its keys a row is named, for each list of tables."""

_FLAGS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class Edited:
    """A changed file: its bytes, the place that changed, what it was before, and whether the default breaks came in.

    `before` is the value that held, by the file or by default; `data` None: the file says so already.
    """

    place: Place
    data: bytes | None
    value: Any
    before: Any
    with_defaults: bool = False


def with_key(path: Path, data: bytes | None, name: str, typed: str) -> Edited:
    """Return the file with a key set. `data` is what the file holds, None where there is none.

    Raises ConfigError where the name is unknown or the file would be wrong, BreakdError where it cannot be changed.
    """
    text, document = _understood(path, data)
    held = filled(document)
    place, key = _found(name, held)
    value = _value(key, typed)
    before = _at(held, place)
    adds_breaks = place[0] == BREAK.name and BREAK.name not in document
    wanted = _with(document | {BREAK.name: held[BREAK.name]} if adds_breaks else document, place, value)
    _check(path, text, wanted, place)
    if _same(_at(document, place), value):
        return Edited(place, None, value, before)
    start = _head() if data is None else text
    changed = with_value(with_rows(start, BREAK.name, BREAK.default) if adds_breaks else start, place, value)
    return Edited(place, _verified(path, changed, wanted, data), value, before, adds_breaks)


def without_key(path: Path, data: bytes | None, name: str) -> Edited:
    """Return the file without a key, a table or a row, so that its default holds; raises as `with_key` does.

    It may also be one of the file that breakd does not know.
    """
    text, document = _understood(path, data)
    held = filled(document)
    place, _key = _found(name, held, whole=True)
    before = _at(held, place)
    if _at(document, place) is None:
        return Edited(place, None, before, before)
    if isinstance(place[-1], int) and len(_at(document, place[:-1])) == 1:
        place = place[:-1]  # the last of them: an empty list would not do
    wanted = _without(document, place)
    _check(path, text, wanted, place)
    value = None if isinstance(place[-1], int) else _at(filled(wanted), place)  # in a row's place is the next one
    return Edited(place, _verified(path, without(text, place), wanted, data), value, before)


def _understood(path: Path, data: bytes | None) -> tuple[str, dict[str, Any]]:
    """Return the text, its ends of lines as they are, and what it says."""
    plain = decoded(path, data or b"")
    return (data or b"").decode("utf-8-sig"), parsed(path, plain)


def _head() -> str:
    """Return what a new file begins with that has nothing but the key."""
    what = _("The configuration of breakd. A key that is left out has its default; `breakd config show` tells it.")
    return f"{SCHEMA_LINE}\n# {what}\n"


# --- KEY ---


def _found(name: str, document: dict[str, Any], *, whole: bool = False) -> tuple[Place, Key]:
    """Return the place that a person's KEY names. Raises UsageError.

    `whole`: it may be a table or a row as well, or what the document has and the table of keys does not.
    """
    key, place, here = ROOT, Place(), document
    for part in _parts(name):
        if key.kind == "tables" and len(place) == 1:
            part = _row(part, here, key)  # noqa: PLW2901 - a name stands for its position
        elif key.keys and key.kind != "steps":
            key = _key(part, key, place, here if whole else None)
        else:
            what = _("{key} has no keys of its own; set it as a whole")
            raise UsageError(what.format(key=spelt(place)))
        place = (*place, part)
        here = _at(here, (part,))
    is_table = key.kind in {"table", "tables"}
    if is_table and not whole:
        names = ", ".join(sub.name for sub in key.keys)
        row = f".{next(iter(_rows(here, key)), 'NAME')}" if key.kind == "tables" and len(place) == 1 else ""
        what = _("{key} is a table; name one of its keys, as in {key}{row}.{first}: {names}")
        raise UsageError(escaped(what.format(key=spelt(place), row=row, first=key.keys[0].name, names=names)))
    return place, key


def _parts(name: str) -> list[str | int]:
    """Return the parts of `a.b`, `a[0].b` and `a."b c".d`."""
    parts: list[str | int] = []
    at = 0
    while at < len(name):
        part = _PART.match(name, at)
        if not part or (not parts and part["row"]) or (name[at] == ".") != (bool(parts) and part["row"] is None):
            break
        at = part.end()
        parts.append(int(part["row"]) if part["row"] else str(part["quoted"] or part["literal"] or part["bare"] or ""))
    if at < len(name) or not parts:
        what = _('"{name}" is no key; write it as in prompt.snooze or break.micro.every')
        raise UsageError(escaped(what.format(name=name[:80])))
    return parts


def _key(part: str | int, table: Key, place: Place, written: Any) -> Key:
    """Return the table's key of this name, or one that is only `written`."""
    for sub in table.keys:
        if sub.name == part:
            return sub
    if isinstance(part, str) and isinstance(written, dict) and part in written:
        return Key(part, "text")
    wrong = Problem((*place, part), _("there is no such key{hint}").format(hint=hint_for_key(str(part), table)))
    raise UsageError(str(wrong))


def _rows(rows: Any, key: Key) -> list[str]:
    """Return the names of the rows; one that has none has an empty one, which names nothing."""
    rows = rows if isinstance(rows, list) else []
    names = [row.get(_NAMES[key.name]) if isinstance(row, dict) else None for row in rows]
    return [name if isinstance(name, str) else "" for name in names]


def _row(part: str | int, rows: Any, key: Key) -> int:
    """Return the position of the row that a name or a number means."""
    names = _rows(rows, key)
    if part in names and part:
        return names.index(str(part))
    if isinstance(part, int) and part < len(names):
        return part
    what = _("there is no such [[{key}]]{hint}")
    known = hint(part, names)
    if not known and any(names):
        known = _("; here can be {names}").format(names=", ".join(filter(None, names)))
    known = known or _("; breakd config edit lets you write one")
    raise UsageError(str(Problem((key.name, part), what.format(key=key.name, hint=known))))


# --- VALUE ---


def _value(key: Key, typed: str) -> Any:
    """Return what a person's VALUE means for the key; what it cannot be stays a text, and the checks tell of it."""
    typed = typed.strip()
    if typed[:1] in {'"', "'"} and isinstance(quoted := _toml(typed, strict=False), str):
        return quoted
    match key.kind:
        case "flag":
            return _FLAGS.get(typed.lower(), typed)
        case "count" | "seconds" if _NUMBER.fullmatch(typed):
            return int(typed)
        case "choices" | "programs" | "exercises" | "windows" | "command" | "steps" if typed.startswith("["):
            return _toml(typed, strict=True)
        case "choices" | "programs" | "exercises":
            return [word for word in re.split(r"[,;\s]+", typed) if word]
        case "windows":
            return windows(typed)
        case "command":
            try:
                return shlex.split(typed)
            except ValueError:
                raise UsageError(_("{value}: a quote is not closed").format(value=escaped(typed[:80]))) from None
        case _:
            return typed


def _toml(typed: str, *, strict: bool) -> Any:
    """Return what the text means as a value of TOML; what is none raises UsageError where that is `strict`."""
    try:
        found = {} if LONG_KEY.search(typed) else tomllib.loads(f"value = {typed}")
    except (ValueError, RecursionError):
        found = {}
    if found.keys() == {"value"}:
        return found["value"]
    if not strict:
        return None
    what = _("{value} is no list as TOML has it; write it as in {example}")
    raise UsageError(escaped(what.format(value=typed[:80], example='["...", "..."]')))


# --- The document ---


def _at(document: Any, place: Place) -> Any:
    """Return the value at the place, None where there is none."""
    for part in place:
        if isinstance(part, int):
            document = document[part] if isinstance(document, list) and part < len(document) else None
        else:
            document = document.get(part) if isinstance(document, dict) else None
    return document


def _with(document: Any, place: Place, value: Any) -> Any:
    """Return the document with the value at the place; what is no table on the way there becomes one."""
    if not place:
        return value
    first, rest = place[0], place[1:]
    if isinstance(first, int):
        return [_with(row, rest, value) if at == first else row for at, row in enumerate(document)]
    table = document if isinstance(document, dict) else {}
    return table | {first: _with(table.get(first), rest, value)}


def _without(document: Any, place: Place) -> Any:
    first, rest = place[0], place[1:]
    if rest:
        part = _without(document[first], rest)
        return [*document[:first], part, *document[first + 1 :]] if isinstance(first, int) else document | {first: part}
    if isinstance(first, int):
        return [*document[:first], *document[first + 1 :]]
    return {name: part for name, part in document.items() if name != first}


def _same(one: Any, other: Any) -> bool:
    """Return whether two values are the same in the file: there true is not 1, and an empty table is none."""
    if isinstance(one, dict) and isinstance(other, dict):
        one, other = ({name: part for name, part in table.items() if part != {}} for table in (one, other))
        return one.keys() == other.keys() and all(_same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return type(one) is type(other) and repr(one) == repr(other)


def _check(path: Path, text: str, wanted: dict[str, Any], place: Place) -> None:
    """Raise ConfigError for what would be wrong: what was typed by its key, the rest by its line in the file."""
    settings, problems = check(filled(wanted), path.parent)
    if settings is not None:
        return
    lines = find_lines(text)
    raise ConfigError(
        [
            *(_told(path, lines, problem, place) for problem in problems),
            _("{file} was not changed").format(file=escaped(str(path))),
        ]
    )


def _told(path: Path, lines: dict[Place, int], problem: Problem, place: Place) -> str:
    if problem.place[: len(place)] == place or problem.place not in lines:
        return str(problem)
    return told(path, line_of(problem.place, lines), str(problem))


def _verified(path: Path, text: str, wanted: dict[str, Any], before: bytes | None) -> bytes:
    """Return the bytes of the new text, with the mark at the start that the old ones had."""
    try:
        data = text.encode("utf-8-sig" if (before or b"").startswith(b"\xef\xbb\xbf") else "utf-8")
    except UnicodeEncodeError:
        raise UsageError(_("the value is not UTF-8")) from None
    new = decoded(path, data)
    try:
        is_right = _same(parsed(path, new), wanted)
    except (ConfigError, RecursionError):
        is_right = False
    if not is_right:
        what = _("{file}: breakd cannot change this key without harm to its neighbours; use breakd config edit")
        raise BreakdError(escaped(what.format(file=path)))
    return data
