"""The line of every key, however the file is laid out."""

import tomllib
from collections.abc import Iterator
from typing import Any

import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from breakd.config.lines import Place, find_lines, line_of

LAYOUT = '''\
# [not.a.table]
title = "a # b [c] = d" # [e]
text = """
[not.a.table]
key = 1 "" """"
other = \'\'\'
[[nor.this]] ''\'\'\'
"quoted \\u00e4.key" = 1

[a] # the first
b.c = [ 1, # [
  # ]
  [2, "]", 3],

  {x = 1, "y" . z = [ 4,
    5]},
]
 [ a . 'd e' ]
f = 1979-05-27 07:32:00
g = 3.14

[[row]]
x = {}
y = []
[[row.sub]]
x = 1
[[row.sub]]
x = 2
[row.sub.deep]
x = 3
[[row]]
x.y.z = \'\'
[[row.sub]]
x = 4'''

LINES: dict[Place, int] = {
    ("title",): 2,
    ("text",): 3,
    ("other",): 6,
    ("quoted ä.key",): 8,
    ("a",): 10,
    ("a", "b"): 11,
    ("a", "b", "c"): 11,
    ("a", "b", "c", 0): 11,
    ("a", "b", "c", 1): 13,
    ("a", "b", "c", 1, 0): 13,
    ("a", "b", "c", 1, 1): 13,
    ("a", "b", "c", 1, 2): 13,
    ("a", "b", "c", 2): 15,
    ("a", "b", "c", 2, "x"): 15,
    ("a", "b", "c", 2, "y"): 15,
    ("a", "b", "c", 2, "y", "z"): 15,
    ("a", "b", "c", 2, "y", "z", 0): 15,
    ("a", "b", "c", 2, "y", "z", 1): 16,
    ("a", "d e"): 18,
    ("a", "d e", "f"): 19,
    ("a", "d e", "g"): 20,
    ("row",): 22,
    ("row", 0): 22,
    ("row", 0, "x"): 23,
    ("row", 0, "y"): 24,
    ("row", 0, "sub"): 25,
    ("row", 0, "sub", 0): 25,
    ("row", 0, "sub", 0, "x"): 26,
    ("row", 0, "sub", 1): 27,
    ("row", 0, "sub", 1, "x"): 28,
    ("row", 0, "sub", 1, "deep"): 29,
    ("row", 0, "sub", 1, "deep", "x"): 30,
    ("row", 1): 31,
    ("row", 1, "x"): 32,
    ("row", 1, "x", "y"): 32,
    ("row", 1, "x", "y", "z"): 32,
    ("row", 1, "sub"): 33,
    ("row", 1, "sub", 0): 33,
    ("row", 1, "sub", 0, "x"): 34,
}


def places(value: Any, place: Place = ()) -> Iterator[Place]:
    if place:
        yield place
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        yield from places(part, (*place, name))


def test_each_place_has_its_line() -> None:
    assert set(LINES) == set(places(tomllib.loads(LAYOUT)))
    assert find_lines(LAYOUT) == LINES


def test_a_place_that_is_not_there_has_the_line_of_the_table_around_it() -> None:
    lines = find_lines("\n[[a]]\nb = 1")

    assert line_of(("a", 0, "c", "d"), lines) == 2
    assert line_of(("x",), lines) == 1


KEYS = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.booleans()
    | st.integers(-9, 9)
    | st.floats(allow_nan=False)
    | st.datetimes()
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.text("\"'\\\n[]{}=,.# a"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=15,
)


@settings(deadline=None)
@given(st.dictionaries(KEYS, VALUES, max_size=4), st.booleans())
def test_every_key_of_any_document_is_found(document: dict[str, Any], multiline: bool) -> None:  # noqa: FBT001 - drawn
    text = tomli_w.dumps(document, multiline_strings=multiline)
    lines = find_lines(text)

    assert set(lines) == set(places(tomllib.loads(text)))
    for place, line in lines.items():
        name = place[-1]
        if isinstance(name, str) and name.isascii() and name.isalnum():
            assert name in text.split("\n")[line - 1]
