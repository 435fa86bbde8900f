"""One key changes in a text; the rest of it stays, to the byte."""

import tomllib
from typing import Any

import pytest

from breakd.config.splicing import with_rows, with_value, without


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        # A key that is there: its value, and nothing beside it
        ('[prompt]\n  snooze="5m"   # mine\n', ("prompt", "snooze"), '[prompt]\n  snooze="X"   # mine\n'),
        ("[prompt]\nsnooze = '''\n5m'''\n", ("prompt", "snooze"), '[prompt]\nsnooze = "X"\n'),
        ('prompt.snooze = "5m"', ("prompt", "snooze"), 'prompt.snooze = "X"'),
        ('prompt = { snooze = "5m" } # c\n', ("prompt", "snooze"), 'prompt = { snooze = "X" } # c\n'),
        (
            '[work]\nhours = [ # all\n "09:00-10:00",\n]\n# c\n[hold]\n',
            ("work", "hours"),
            '[work]\nhours = "X"\n# c\n[hold]\n',
        ),
        (
            '# 1\n[[break]]\nevery = "1m"\n# 2\n[[break]]\nevery = "2m"\n',
            ("break", 1, "every"),
            '# 1\n[[break]]\nevery = "1m"\n# 2\n[[break]]\nevery = "X"\n',
        ),
        ('break = [{every = "1m"}, {}]', ("break", 0, "every"), 'break = [{every = "X"}, {}]'),
        # One that is not: behind the last of its table, before the comment of the next one
        (
            '[prompt]\ntimeout = "3m"\n\n# holds\n[hold]\n',
            ("prompt", "snooze"),
            '[prompt]\ntimeout = "3m"\nsnooze = "X"\n\n# holds\n[hold]\n',
        ),
        ("[prompt]", ("prompt", "snooze"), '[prompt]\nsnooze = "X"\n'),
        (
            '[prompt]\r\n\ttimeout = "3m"\r\n',
            ("prompt", "snooze"),
            '[prompt]\r\n\ttimeout = "3m"\r\n\tsnooze = "X"\r\n',
        ),
        (
            '[prompt]\n# snooze = "5m"\n# Why.\ntimeout = "3m"\n',
            ("prompt", "snooze"),
            '[prompt]\n# snooze = "5m"\nsnooze = "X"\n# Why.\ntimeout = "3m"\n',
        ),
        (
            '[prompt]\ntimeout = """\n# snooze = 1\n"""\n',
            ("prompt", "snooze"),
            '[prompt]\ntimeout = """\n# snooze = 1\n"""\nsnooze = "X"\n',
        ),
        ("[[break]]\n\n[[break]]\na = 1\n", ("break", 0, "every"), '[[break]]\nevery = "X"\n\n[[break]]\na = 1\n'),
        # In the form that its siblings have
        ('prompt.timeout = "3m"\nwork.days = []\n', ("prompt", "snooze"),
         'prompt.timeout = "3m"\nprompt.snooze = "X"\nwork.days = []\n'),
        ("[work]\noverrides.sat = []\n", ("work", "overrides", "fri"),
         '[work]\noverrides.sat = []\noverrides.fri = "X"\n'),
        ("work = {overrides.sat = []}\n", ("work", "overrides", "fri"),
         'work = {overrides.sat = [], overrides.fri = "X"}\n'),
        ("prompt = {}\n", ("prompt", "snooze"), 'prompt = { snooze = "X" }\n'),
        ('prompt = { timeout = "3m" }\n', ("prompt", "snooze"), 'prompt = { timeout = "3m", snooze = "X" }\n'),
        ("work = { days = [] }\n", ("work", "overrides", "fri"),
         'work = { days = [], overrides = { fri = "X" } }\n'),
        # A table that is not there: by the order of the table of keys, below its comment where there is one
        ("", ("prompt", "snooze"), '[prompt]\nsnooze = "X"\n'),
        ("# mine\n", ("prompt", "snooze"), '# mine\n\n[prompt]\nsnooze = "X"\n'),
        (
            "[work]\ndays = []\n\n# holds\n[hold]\n",
            ("prompt", "snooze"),
            '[work]\ndays = []\n\n[prompt]\nsnooze = "X"\n\n# holds\n[hold]\n',
        ),
        ("# mine\n\n# holds\n[hold]\n", ("prompt", "snooze"), '# mine\n\n[prompt]\nsnooze = "X"\n\n# holds\n[hold]\n'),
        ("# mine\n[hold]\n", ("prompt", "snooze"), '# mine\n[hold]\n\n[prompt]\nsnooze = "X"\n'),
        (
            "[work]\n\n# Own.\n# [work.overrides]\n# fri = []\n\n# holds\n[hold]\n",
            ("work", "overrides", "fri"),
            '[work]\n\n# Own.\n# [work.overrides]\n# fri = []\n\n[work.overrides]\nfri = "X"\n\n# holds\n[hold]\n',
        ),
        ("[work.overrides]\nfri = []\n", ("work", "days"), '[work.overrides]\nfri = []\n\n[work]\ndays = "X"\n'),
        # One that is spread over tables of its own
        (
            '[[exercise]]\nid = "a"\n\n[[exercise.steps]]\ntext = "b"\n\n[[exercise]]\nid = "c"\n',
            ("exercise", 0, "steps"),
            '[[exercise]]\nid = "a"\nsteps = "X"\n\n[[exercise]]\nid = "c"\n',
        ),
    ],
)  # fmt: skip
def test_set(text: str, place: tuple[str | int, ...], expected: str) -> None:
    assert with_value(text, place, "X") == expected
    found: Any = tomllib.loads(expected)
    for part in place:
        found = found[part]
    assert found == "X"


@pytest.mark.parametrize(
    ("text", "place", "expected"),
    [
        ('[prompt]\n# Long.\nsnooze = "5m" # c\nb = 1\n', ("prompt", "snooze"), "[prompt]\n# Long.\nb = 1\n"),
        ('prompt.snooze = "5m"', ("prompt", "snooze"), ""),
        ('prompt = { snooze = "5m" }\n', ("prompt", "snooze"), "prompt = {  }\n"),
        ('prompt = { snooze = "5m", a = 1 }\n', ("prompt", "snooze"), "prompt = { a = 1 }\n"),
        ('prompt = { a = 1, snooze = "5m" }\n', ("prompt", "snooze"), "prompt = { a = 1 }\n"),
        ("[work]\nhours = [\n1, # one\n2]\n[hold]\n", ("work", "hours"), "[work]\n[hold]\n"),
        ("# 1\n[[break]]\na = 1\n\n# 2\n[[break]]\na = 2\n", ("break", 0), "# 1\n\n# 2\n[[break]]\na = 2\n"),
        ("[[break]]\na = 1\n\n[[break]]\na = 2\n", ("break", 1), "[[break]]\na = 1\n"),
        ("[[break]]\na = 1\n\n[[break]]\na = 2\n\n[hold]\n", ("break",), "[hold]\n"),
        ("break = [{a = 1}, {a = 2}]", ("break", 0), "break = [{a = 2}]"),
        ("break = [{a = 1}, {a = 2}]", ("break", 1), "break = [{a = 1}]"),
        ("[work]\n[work.overrides]\nfri = []\n", ("work", "overrides"), "[work]\n"),
        ("[work]\noverrides.fri = []\noverrides.sat = []\n", ("work", "overrides"), "[work]\n"),
        ("[[exercise]]\n[[exercise.steps]]\na = 1\n[[exercise]]\nb = 1\n", ("exercise", 0), "[[exercise]]\nb = 1\n"),
        ("[hold]\n", ("prompt", "snooze"), "[hold]\n"),
    ],
)
def test_unset(text: str, place: tuple[str | int, ...], expected: str) -> None:
    assert without(text, place) == expected
    tomllib.loads(expected)


FIRST, SECOND = '  "09:00-10:00", # short\n', '  "13:00-14:00" # lunch, too\n'
LINES = """[work]
hours = [ # when
  # before noon
  "09:00-10:00", # short

  "13:00-14:00" # lunch, too
  # none in the evening
] # c
"""


@pytest.mark.parametrize(
    ("value", "changes"),
    [
        (
            ["09:00-10:00", "13:00-14:00", "20:00-21:00"],
            [('14:00"', '14:00",'), ("  # none in the evening\n", '  # none in the evening\n  "20:00-21:00",\n')],
        ),
        (["13:00-14:00"], [(FIRST, ""), ('14:00"', '14:00",')]),
        (["09:00-10:00"], [(SECOND, "")]),
        (["08:00-09:00", "09:00-10:00"], [(SECOND, ""), (FIRST, f'  "08:00-09:00",\n{FIRST}')]),
        (["13:00-14:00", "09:00-10:00"], [(FIRST, ""), ('14:00"', '14:00",'), ("\n]", '\n  "09:00-10:00",\n]')]),
        ([], [(FIRST, ""), (SECOND, "")]),
    ],
)
def test_a_list_over_lines_stays_so_with_its_comments(value: list[str], changes: list[tuple[str, str]]) -> None:
    expected = LINES
    for old, new in changes:
        assert old in expected
        expected = expected.replace(old, new)
    changed = with_value(LINES, ("work", "hours"), value)
    assert changed == expected
    assert tomllib.loads(changed) == {"work": {"hours": value}}


@pytest.mark.parametrize("old", ["[1, 2,\n 3]", "[\n 1, 2\n]", "[\n 1,\n 2]", "[\n]", "[1\n]"])
def test_a_list_that_is_written_otherwise_is_written_in_one_line(old: str) -> None:
    assert with_value(f"a = {old} # c\n", ("a",), [1, 4]) == "a = [1, 4] # c\n"


def test_rows_come_where_the_example_has_them() -> None:
    text = with_rows("[work]\n\n# holds\n[hold]\n", "break", [{"a": 1}, {"a": 2}])
    assert text == "[work]\n\n[[break]]\na = 1\n\n[[break]]\na = 2\n\n# holds\n[hold]\n"
