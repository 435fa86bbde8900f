"""Where in the text keys, tables and values stand, for messages and for changes; tomllib does not say.

Law: it is fed only text that tomllib has taken, so it need not find errors, only places.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

Place = tuple[str | int, ...]
"""The way to a value: keys and, in lists, positions; `("break", 0, "every")`."""

_TOKEN = re.compile(
    r'''
      (?P<space>[ \t\r]+|\#[^\n]*)
    | (?P<text>
          """(?:[^"\\]+|\\.|"(?!""))*"{3,5}
        | \'\'\'(?:[^\']+|\'(?!\'\'))*\'{3,5}
        | "(?:[^"\\\n]+|\\.)*"
        | '[^'\n]*'
      )
    | (?P<mark>[\[\]{}=,.\n])
    | (?P<bare>[^\s\[\]{}=,.\#"']+|.)
    ''',
    re.VERBOSE | re.DOTALL,
)


class _Token(NamedTuple):
    text: str
    line: int
    start: int


class Pair(NamedTuple):
    """A `key = value`: its place, the table in which it is written, and offsets: of its key, its value, its end."""

    place: Place
    table: Place
    start: int
    value: int
    end: int
    inline: bool


class Header(NamedTuple):
    """A `[table]` or `[[table]]`: its place, a row's number included, and the offsets of its start and end."""

    place: Place
    start: int
    end: int


@dataclass(slots=True)
class Layout:
    """Where everything stands in a text; pairs and headers in their order, values with elements of lists."""

    lines: dict[Place, int] = field(default_factory=dict)
    pairs: list[Pair] = field(default_factory=list)
    headers: list[Header] = field(default_factory=list)
    values: dict[Place, tuple[int, int]] = field(default_factory=dict)


def line_of(place: Place, lines: dict[Place, int]) -> int:
    """Return the line of the place or, where the file does not have it, of the nearest table around it."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 1)


def find_lines(document: str) -> dict[Place, int]:
    """Return the line, from 1, on which each key, table and element of a list first stands."""
    return find_layout(document).lines


def find_layout(document: str) -> Layout:
    """Return where everything stands in the document."""
    return _Scanner(document).found


class _Scanner:
    """Walks once over the tokens of a document; `found` is what it found."""

    def __init__(self, document: str) -> None:
        self.found = Layout()
        self._end = 0  # of the last token that was passed
        self._rows: dict[Place, int] = {}  # how many [[tables]] there are so far
        self._tokens = _tokens(document)
        self._token = next(self._tokens)
        table: Place = ()
        while self._token.text:
            if self._token.text == "\n":
                self._take()
            elif self._token.text == "[":
                table = self._header()
            else:
                self._pair(table)

    def _take(self) -> _Token:
        """Return the token in hand and go on to the next; at the end that is an empty one."""
        taken = self._token
        self._token = next(self._tokens, _Token("", taken.line, taken.start))
        self._end = taken.start + len(taken.text)
        return taken

    def _header(self) -> Place:
        """Pass `[a.b]` or `[[a.b]]` and return the table that it opens."""
        _, line, start = self._take()
        is_row = self._token.text == "["
        place: Place = ()
        while self._token.text not in {"\n", ""}:
            name = self._take().text
            if name in {"[", ".", "]"}:
                continue
            if place in self._rows:
                place = (*place, self._rows[place] - 1)
            place = (*place, _unquoted(name))
            self.found.lines.setdefault(place, line)
        if is_row:
            row = self._rows.get(place, 0)
            self._rows[place] = row + 1
            place = (*place, row)
            self.found.lines[place] = line
        self.found.headers.append(Header(place, start, self._end))
        return place

    def _pair(self, table: Place, *, inline: bool = False) -> None:
        """Pass `a.b = value`."""
        place, start = table, self._token.start
        while (token := self._take()).text not in {"=", ""}:
            if token.text != ".":
                place = (*place, _unquoted(token.text))
                self.found.lines.setdefault(place, token.line)
        value = self._token.start
        self._value(place)
        self.found.pairs.append(Pair(place, table, start, value, self._end, inline))

    def _value(self, place: Place) -> None:
        """Pass a value and leave what follows it."""
        start = self._token.start
        if self._token.text == "[":
            self._take()
            for at, _ in enumerate(self._elements("]")):
                self.found.lines[*place, at] = self._token.line
                self._value((*place, at))
        elif self._token.text == "{":
            self._take()
            for _ in self._elements("}"):
                self._pair(place, inline=True)
        else:
            self._take()
            while self._token.text not in {"\n", ",", "]", "}", ""}:
                self._take()
        self.found.values[place] = (start, self._end)

    def _elements(self, end: str) -> Iterator[None]:
        """Stop at the start of each element of a list or an inline table, and pass its end."""
        while self._token.text not in {end, ""}:
            if self._token.text in {",", "\n"}:
                self._take()
            else:
                yield
        self._take()


def _tokens(document: str) -> Iterator[_Token]:
    """Return what is neither space nor comment, each with the line on which it begins."""
    line = 1
    for found in _TOKEN.finditer(document):
        if found.lastgroup != "space":
            yield _Token(found[0], line, found.start())
        line += found[0].count("\n")
    yield _Token("", line, len(document))


def _unquoted(name: str) -> str:
    """Return the key that a bare or quoted name stands for."""
    return next(iter(tomllib.loads(f"{name} = 0"))) if name[0] in "\"'" else name
