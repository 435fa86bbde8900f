"""The answers of the welcome: the configuration that they make, and what is wrong in them."""

import errno
import os
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakd import config
from breakd.config.answers import Answers, defaults, document, problems
from breakd.config.check import check, filled
from breakd.config.example import answered, example
from breakd.config.keys import DAYS
from breakd.config.writing import NotWrittenError, create
from breakd.core.durations import MINUTE
from breakd.core.settings import Settings, Window
from breakd.errors import BreakdError


def loaded(folder: Path, answers: Answers) -> Settings:
    """Write the file of the answers and read it as a daemon does."""
    file = folder / "config.toml"
    create(file, answered(document(answers)))
    return config.load(os.fspath(file)).settings


def usual() -> Settings:
    settings, found = check(filled({}))
    assert settings is not None, found
    return settings


def test_the_usual_answers_are_the_defaults(tmp_path: Path) -> None:
    assert problems(defaults()) == {}
    assert loaded(tmp_path, defaults()) == usual()


@pytest.mark.parametrize("profile", ["any", "standing", "seated"])
@pytest.mark.parametrize("sound", [True, False])
def test_how_a_routine_is_to_be(tmp_path: Path, profile: str, sound: bool) -> None:  # noqa: FBT001 - a table's value
    settings = loaded(tmp_path, replace(defaults(), profile=profile, sound=sound))
    assert settings == replace(usual(), routine=replace(usual().routine, profile=profile, sound=sound))


def test_days_and_hours(tmp_path: Path) -> None:
    settings = loaded(tmp_path, replace(defaults(), days=("sun", "mon"), hours="22:00-06:00, 09:00-10:00"))
    hours = (Window(22 * 60, 6 * 60), Window(9 * 60, 10 * 60))
    assert settings == replace(usual(), week=(hours, (), (), (), (), (), hours))


def test_intervals_leave_the_rest_of_a_break_as_it_is(tmp_path: Path) -> None:
    settings = loaded(tmp_path, replace(defaults(), short="45m", walk=" 1h30m "))
    micro, walk = usual().tiers
    assert settings.tiers == (replace(micro, every=45 * MINUTE), replace(walk, every=90 * MINUTE))


@pytest.mark.parametrize(
    "typed",
    ["09:00-12:30, 13:30-17:00", "9:00-12:30,13:30-17", " 9 - 12:30 ; 13:30 \N{EN DASH} 17 ", "9-12:30, 13:30-17,"],
)
def test_hours_as_people_type_them(typed: str) -> None:
    assert document(replace(defaults(), hours=typed))["work"]["hours"] == ["09:00-12:30", "13:30-17:00"]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"days": ()}, {"days": "choose at least one day"}),
        ({"days": ("mon", "fryday")}, {"days": '"fryday" is not known here; write one of mon, tue, wed, thu, fri, '}),
        ({"hours": " , "}, {"hours": "write the hours, such as 09:00-17:00"}),
        ({"hours": "lunch"}, {"hours": '"lunch" is not a window of the day; write "09:00-12:30", 00:00 to 24:00'}),
        ({"hours": "9am-5pm"}, {"hours": '"9am-5pm" is not a window of the day; '}),
        ({"hours": "9.00-17.00"}, {"hours": '"9.00-17.00" is not a window of the day; '}),
        ({"hours": "9-25"}, {"hours": '"09:00-25:00" is not a window of the day; '}),
        ({"hours": "9-13, 12-17"}, {"hours": '"12:00-17:00" overlaps "09:00-13:00"; windows of one list must not'}),
        ({"short": "soon"}, {"short": '"soon" is not a duration; write 30m or 1h30m'}),
        ({"walk": ""}, {"walk": '"" is not a duration; write 30m or 1h30m'}),
        ({"walk": "10m"}, {"walk": "the break itself takes 10m; write more than that"}),
        ({"short": "1m", "walk": "1m", "days": ()}, {"short": "the ", "walk": "the ", "days": "choose "}),
    ],
)
def test_what_is_wrong_is_told_with_its_question(wrong: dict[str, Any], told: dict[str, str]) -> None:
    found = problems(replace(defaults(), **wrong))
    assert sorted(found) == sorted(told)
    for name, text in told.items():
        assert found[name].startswith(text)


@given(
    hours=st.text() | st.from_regex(r"[ 0-9:,;-]{0,20}", fullmatch=True),
    short=st.text() | st.from_regex(r"[0-9]{1,3}[hms]", fullmatch=True),
    days=st.lists(st.sampled_from(DAYS) | st.text(), max_size=3),
)
def test_whatever_is_typed_is_told_or_makes_a_good_file(hours: str, short: str, days: list[str]) -> None:
    answers = replace(defaults(), hours=hours, short=short, days=tuple(days))
    found = problems(answers)
    assert all("\n" not in text for text in found.values())
    if not found:
        assert tomllib.loads(answered(document(answers))) == document(answers)


def test_the_file_has_the_comments_of_the_example() -> None:
    text = answered(document(replace(defaults(), short="45m", hours="9-17", profile="seated", sound=False)))
    changed = [pair for pair in zip(example().splitlines(), text.splitlines(), strict=True) if pair[0] != pair[1]]
    assert changed == [
        (
            "# The configuration of breakd. Every key may be left out; what stands here are the defaults.",
            "# The configuration of breakd, with your answers. A key that is left out has its default.",
        ),
        ('hours = ["09:00-12:30", "13:30-17:30"]', 'hours = ["09:00-17:00"]'),
        ('every = "30m"', 'every = "45m"'),
        ("sound = true", "sound = false"),
        ('profile = "any"', 'profile = "seated"'),
    ]
    assert tomllib.loads(text)["break"][0]["every"] == "45m"


# The file


def test_a_file_is_not_written_over(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("mine")
    with pytest.raises(BreakdError, match="exists already; nothing was written"):
        create(file, "ours")
    assert [path.read_text() for path in tmp_path.iterdir()] == ["mine"]


def test_a_draft_of_one_that_was_killed_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "config.toml.new").write_text("half")
    create(tmp_path / "config.toml", "whole")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"config.toml": "whole"}


def test_where_nothing_can_be_written_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "folder").touch()
    with pytest.raises(NotWrittenError) as told:
        create(tmp_path / "folder" / "breakd" / "config.toml", "text")
    assert str(told.value) == f"{tmp_path}/folder/breakd cannot be written: {os.strerror(errno.ENOTDIR)}"
