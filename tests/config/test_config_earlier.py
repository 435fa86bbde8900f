"""Configurations of earlier versions are read as they were meant."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from breakd import config
from breakd.config.check import check, filled

EARLIER = Path(__file__).parents[1] / "examples" / "earlier"
"""The example of each earlier version, which has every key that there was."""

STATED = {"hold": {"while": ["do-not-disturb", "fullscreen", "microphone", "camera"]}}
"""The defaults of an earlier time that are others today."""

FILES = sorted(EARLIER.glob("config-*.toml"))


def places(value: Any, here: tuple[str | int, ...] = ()) -> dict[tuple[str | int, ...], Any]:
    """Return every value that is no table, by its place."""
    if isinstance(value, dict):
        return {place: part for name, sub in value.items() for place, part in places(sub, (*here, name)).items()}
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return {place: part for at, row in enumerate(value) for place, part in places(row, (*here, at)).items()}
    return {here: value}


def test_there_are_some() -> None:
    assert len(FILES) >= 4


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_an_earlier_example_is_read_as_it_was_meant(file: Path) -> None:
    loaded = config.load(str(file))
    written = places(tomllib.loads(file.read_text("utf-8")))
    assert len(written) > 15
    read = places(loaded.document)
    assert {place: read[place] for place in written} == written
    # It stated the defaults of its time. Where one has changed since, what it stated stands.
    assert loaded.settings == check(filled(STATED))[0]


def test_an_earlier_file_that_left_the_reasons_to_the_default_has_those_of_today(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[hold]\nat_most = "45m"\n', encoding="utf-8")
    assert config.load(str(file)).settings.hold_while == {*STATED["hold"]["while"], "screen-share"}
