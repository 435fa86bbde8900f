"""On which line a key stands, for messages; tomllib does not say.

Law: it is fed only text that tomllib has taken, so it need not find errors, only places.
"""

import re
import tomllib
from collections.abc import Iterator
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


def line_of(place: Place, lines: dict[Place, int]) -> int:
    """Return the line of the place or, where the file does not have it, of the nearest table around it."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 1)


def find_lines(document: str) -> dict[Place, int]:
    """Return the line, from 1, on which each key, table and element of a list first stands."""
    return _Scanner(document).lines


class _Scanner:
    """Walks once over the tokens of a document; `lines` is what it found."""

    def __init__(self, document: str) -> None:
        self.lines: dict[Place, int] = {}
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
        self._token = next(self._tokens, _Token("", taken.line))
        return taken

    def _header(self) -> Place:
        """Pass `[a.b]` or `[[a.b]]` and return the table that it opens."""
        line = self._take().line
        is_row = self._token.text == "["
        place: Place = ()
        while self._token.text not in {"\n", ""}:
            name = self._take().text
            if name in {"[", ".", "]"}:
                continue
            if place in self._rows:
                place = (*place, self._rows[place] - 1)
            place = (*place, _unquoted(name))
            self.lines.setdefault(place, line)
        if is_row:
            row = self._rows.get(place, 0)
            self._rows[place] = row + 1
            place = (*place, row)
            self.lines[place] = line
        return place

    def _pair(self, place: Place) -> None:
        """Pass `a.b = value`."""
        while (token := self._take()).text not in {"=", ""}:
            if token.text != ".":
                place = (*place, _unquoted(token.text))
                self.lines.setdefault(place, token.line)
        self._value(place)

    def _value(self, place: Place) -> None:
        """Pass a value and leave what follows it."""
        if self._token.text == "[":
            self._take()
            for at, _ in enumerate(self._elements("]")):
                self.lines[*place, at] = self._token.line
                self._value((*place, at))
        elif self._token.text == "{":
            self._take()
            for _ in self._elements("}"):
                self._pair(place)
        else:
            self._take()
            while self._token.text not in {"\n", ",", "]", "}", ""}:
                self._take()

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
            yield _Token(found[0], line)
        line += found[0].count("\n")
    yield _Token("", line)


def _unquoted(name: str) -> str:
    """Return the key that a bare or quoted name stands for."""
    return next(iter(tomllib.loads(f"{name} = 0"))) if name[0] in "\"'" else name
