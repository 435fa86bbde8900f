"""Whatever a file holds: settings, or a ConfigError whose every line names the file and can be printed as one line.

And whatever is asked to be changed in it: a right file that says it, or an error, on lines that can be printed.
"""

import os
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from breakd import config
from breakd.config.editing import with_key, without_key
from breakd.config.example import example
from breakd.config.keys import ROOT, Key
from breakd.config.problems import CONTROL
from breakd.config.reading import understood
from breakd.errors import BreakdError

OWN = '''
[[exercise]]
id = "roll"
name = "Roll"
position = "floor"
steps = ["""Roll\
  over.""", 'Again.', {text = "Hold.", seconds = "20s", sides = true, count = 3}]

[[exercise]]
id = "turn"
name = "Turn"
position = "seated"
[[exercise.steps]]
text = "Turn."
seconds = 20
image = "turn.png"

[work.overrides]
"sat" = ["10:00-12:00"]
'''
VALID = (example() + OWN).encode()


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (1, 1)).save("turn.png")


def read(data: bytes) -> None:
    Path("c.toml").write_bytes(data)
    try:
        config.load("c.toml")
    except config.ConfigError as error:
        lines = str(error).splitlines()
        last = data.count(b"\n") + 1
    else:
        return
    assert lines
    for line in lines:
        file, number, _rest = line.split(":", 2)
        assert file == "c.toml"
        assert 1 <= int(number) <= last


@settings(deadline=None)
@given(st.binary())
def test_any_bytes(data: bytes) -> None:
    read(data)


@settings(deadline=None)
@given(st.text("[]{}=\"'.,#\n\r\t a1-:\\\ufeff\x00"))
def test_any_text_that_looks_like_toml(text: str) -> None:
    read(text.encode())


PIECES = [b"", b"\n", b'"', b"'''", b"[", b"]", b"{", b"=", b".", b"\\", b"\xff", b"0s", b"-", b"true", b"[[", b"\r"]


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, len(VALID)), st.integers(0, 60), st.sampled_from(PIECES) | st.sampled_from(VALID.split())
        ),
        min_size=1,
        max_size=4,
    )
)
def test_a_right_file_with_some_damage(cuts: list[tuple[int, int, bytes]]) -> None:
    data = VALID
    for start, length, piece in cuts:
        data = data[:start] + piece + data[start + length :]
    read(data)


STRINGS = st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    ["walk", "5m", "0s", "mon", "camera", "roll", "09:00-12:00", "11:00-03:00", "floor", "seated", "turn.png", "."]
)
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.booleans() | st.integers() | st.floats() | st.datetimes() | st.times() | STRINGS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(STRINGS, inner, max_size=2),
    max_leaves=5,
)


def values_of(key: Key) -> st.SearchStrategy[Any]:
    """Values of the right shape for the key, with anything at all in them."""
    if not key.keys:
        return ANYTHING | STRINGS | st.lists(STRINGS, max_size=3)
    table = st.fixed_dictionaries({}, optional={sub.name: values_of(sub) for sub in key.keys})
    match key.kind:
        case "table":
            return table
        case "steps":
            return st.lists(table | STRINGS, max_size=3) | ANYTHING
        case _:
            return st.lists(table, max_size=3)


@settings(deadline=None)
@given(values_of(ROOT))
def test_any_value_under_any_key(document: dict[str, Any]) -> None:
    read(tomli_w.dumps(document).encode())


CUTS = st.lists(st.tuples(st.integers(0, len(VALID)), st.integers(0, 60), st.sampled_from(PIECES)), max_size=2)
NAMES = st.lists(
    st.sampled_from(["work", "hours", "overrides", "fri", "break", "[0]", "[1]", "micro", "every", "prompt", "snooze"])
    | st.sampled_from(["exercise", "roll", "turn", "[7]", "steps", "name", "routine", "sound", "hooks", "on_taken"])
    | st.text(max_size=5),
    max_size=4,
).map(lambda parts: ".".join(parts).replace(".[", "["))  # fmt: skip
TYPED = st.text(max_size=20) | st.text("[]{}\"',.= \\#\n159mh:-", max_size=12) | st.sampled_from(["5m", "walk", "9-12"])


@settings(deadline=None, max_examples=300)
@given(cuts=CUTS, name=NAMES, typed=st.none() | TYPED)
def test_any_change_of_a_damaged_file(cuts: list[tuple[int, int, bytes]], name: str, typed: str | None) -> None:
    data = VALID
    for start, length, piece in cuts:
        data = data[:start] + piece + data[start + length :]
    file = Path("c.toml")
    try:
        edited = without_key(file, data, name) if typed is None else with_key(file, data, name, typed)
    except BreakdError as error:
        lines = str(error).split("\n")
    else:
        lines = []
        if edited.data is not None:
            assert understood(file, edited.data)
            assert edited.data != data
    assert all(line and not CONTROL.search(line) for line in lines)


def test_the_file_that_is_damaged_is_right() -> None:
    Path("c.toml").write_bytes(VALID)

    assert os.fspath(config.load("c.toml").path) == "c.toml"
