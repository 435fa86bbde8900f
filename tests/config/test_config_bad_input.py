"""Each way in which a file can be wrong, and the lines that say so."""

import os
from pathlib import Path

import pytest

from breakd import config

TIER = '[[break]]\nname = "a"\nevery = "30m"\nlength = "2m"\nroutines = ["walk"]\n'
EXERCISE = '[[exercise]]\nid = "roll"\nname = "Roll"\nposition = "floor"\nsteps = ["Roll."]\n'

BAD = {
    # wrong keys and tables
    "unknown key": ("[prompt]\nsnoze = '5m'", ['2: prompt.snoze: there is no such key; did you mean "snooze"?']),
    "a word for a key": (
        TIER.replace("every", "intervall"),
        [
            '1: break[0]: "every" is missing; needed are name, every, length, routines',
            '3: break[0].intervall: there is no such key; did you mean "every"?',
        ],
    ),
    "key of another table": (
        "max_snoozes = 3",
        ['1: max_snoozes: there is no such key; did you mean "max_snoozes" in [prompt]?'],
    ),
    "hours in no table": ("hours = []", ['1: hours: there is no such key; did you mean "hours" in [work]?']),
    "key of a break in another table": (
        "[prompt]\nevery = '5m'",
        ['2: prompt.every: there is no such key; did you mean "every" in [[break]]?'],
    ),
    "key like no other": ("[presence]\nx = 3", ["2: presence.x: there is no such key; here can be away_after"]),
    "unknown table": ("[brake]", ['1: brake: there is no such key; did you mean "break"?']),
    "quoted key": (
        '[hold]\n"a b\\n" = 3',
        ['2: hold."a b\\n": there is no such key; here can be while, at_most, ignore, programs'],
    ),
    "no table": ("work = 3", ["1: work: 3 is not a table; write [work]"]),
    "table for tables": ("[break]", ["1: break: a table is not a list of tables; write [[break]]"]),
    "tables for table": ("[[work]]", ["1: work: a list is not a table; write [work]"]),
    "no row": ("break = [3]", ["1: break[0]: 3 is not a table; write [[break]]"]),
    "no breaks": ("break = []", ["1: break: there is none; write a [[break]] or leave it out"]),
    "missing keys": (
        "\n[[break]]\nname = 'a'\nevery = '1h'",
        [
            '2: break[0]: "length" is missing; needed are name, every, length, routines',
            '2: break[0]: "routines" is missing; needed are name, every, length, routines',
        ],
    ),
    # durations
    "no duration": (
        TIER.replace("30m", "abc"),
        ['3: break[0].every: "abc" is not a duration; write 30m or 1h30m'],
    ),
    "duration with a line end": (
        '[prompt]\nsnooze = "5m\\n"',
        ['2: prompt.snooze: "5m\\n" is not a duration; write 30m or 1h30m'],
    ),
    "duration a number": ("prompt.snooze = 5", ['1: prompt.snooze: 5 is not a duration; write "30m" or "1h30m"']),
    "duration a time": (
        "prompt.snooze = 05:00:00",
        ['1: prompt.snooze: a date or a time is not a duration; write "30m" or "1h30m"'],
    ),
    "duration negative": ("prompt.snooze = '-5m'", ['1: prompt.snooze: "-5m" is not a duration; write 30m or 1h30m']),
    "duration too long": ("prompt.snooze = '9999h'", ['1: prompt.snooze: "9999h" is longer than a year']),
    "no time": ("prompt.snooze = '0m'", ['1: prompt.snooze: "0m" is no time at all; write 1s or more']),
    "no shorter": (
        TIER.replace("2m", "1800s"),
        ['4: break[0].length: 30m is not shorter than "every", 30m; write less'],
    ),
    # other kinds
    "count true": ("prompt.max_snoozes = true", ["1: prompt.max_snoozes: true is not a whole number; write 3"]),
    "count with a point": ("prompt.max_snoozes = 3.0", ["1: prompt.max_snoozes: 3.0 is not a whole number; write 3"]),
    "count negative": (
        "prompt.max_snoozes = -1",
        ["1: prompt.max_snoozes: -1 is out of range; write a number from 0 to 1000000"],
    ),
    "count huge": (
        f"prompt.max_snoozes = 0x{'f' * 5000}",
        ["1: prompt.max_snoozes: a number so large is out of range; write a number from 0 to 1000000"],
    ),
    "number of too many digits": (f"[prompt]\nmax_snoozes = {'9' * 5000}", ["2: a number is too long"]),
    "flag": ('routine.sound = "yes"', ['1: routine.sound: "yes" is neither true nor false; write one of them']),
    "choice": (
        "routine.theme = 'drak'",
        [
            (
                '1: routine.theme: "drak" is not known here; write one of auto, light, dark, high-contrast; '
                'did you mean "dark"?'
            )
        ],
    ),
    "choice of another kind": (
        "routine.profile = true",
        ["1: routine.profile: true is not known here; write one of any, standing, seated"],
    ),
    "choices": (
        "hold.while = [\n'camera',\n'microfone']",
        [
            (
                '3: hold.while[1]: "microfone" is not known here; write one of do-not-disturb, fullscreen, '
                'microphone, camera, screen-share, idle-inhibit; did you mean "microphone"?'
            )
        ],
    ),
    "no list": (
        "work.days = 'mon'",
        ['1: work.days: "mon" is not a list; write ["mon", "tue", "wed", "thu", "fri"]'],
    ),
    "day twice": (
        "work.days = ['mon', 'tue', 'mon']",
        ['1: work.days[2]: "mon" is there twice; take one away'],
    ),
    "day in capitals": (
        "work.days = ['Mon']",
        [
            (
                '1: work.days[0]: "Mon" is not known here; write one of mon, tue, wed, thu, fri, sat, sun; '
                'did you mean "mon"?'
            )
        ],
    ),
    "reason twice": (
        "hold.while = ['camera', 'camera']",
        ['1: hold.while[1]: "camera" is there twice; take one away'],
    ),
    "reason without its hyphen": (
        "hold.while = ['screenshare']",
        [
            (
                '1: hold.while[0]: "screenshare" is not known here; write one of do-not-disturb, fullscreen, '
                'microphone, camera, screen-share, idle-inhibit; did you mean "screen-share"?'
            )
        ],
    ),
    # tact
    "settle a word": ("prompt.settle = 'soon'", ['1: prompt.settle: "soon" is not a duration; write 30m or 1h30m']),
    "settle a number": ("prompt.settle = 90", ['1: prompt.settle: 90 is not a duration; write "30m" or "1h30m"']),
    "settle negative": ("prompt.settle = '-1m'", ['1: prompt.settle: "-1m" is not a duration; write 30m or 1h30m']),
    "settle too long": ("prompt.settle = '9999h'", ['1: prompt.settle: "9999h" is longer than a year']),
    "auto_start a word": (
        "prompt.auto_start = 'yes'",
        ['1: prompt.auto_start: "yes" is neither true nor false; write one of them'],
    ),
    "auto_start a number": (
        "prompt.auto_start = 1",
        ["1: prompt.auto_start: 1 is neither true nor false; write one of them"],
    ),
    "auto-start": (
        "prompt.auto-start = true",
        ['1: prompt.auto-start: there is no such key; did you mean "auto_start"?'],
    ),
    "ignore no list": ("hold.ignore = 'emacs'", ['1: hold.ignore: "emacs" is not a list; write ["emacs"]']),
    "ignore a number": (
        "hold.ignore = [\n'emacs',\n3]",
        ['3: hold.ignore[1]: 3 is not a text; write it in quotes: "..."'],
    ),
    "ignore empty": ("hold.ignore = [' ']", ["1: hold.ignore[0]: it is empty; write a program"]),
    "programs true": ("hold.programs = true", ['1: hold.programs: true is not a list; write ["emacs"]']),
    "programs nested": (
        "hold.programs = [['zoom']]",
        ['1: hold.programs[0]: a list is not a text; write it in quotes: "..."'],
    ),
    # tiers
    "name twice": (
        TIER + TIER.replace("30m", "2h"),
        ['7: break[1].name: "a" is the name of another break; write a new one'],
    ),
    "name empty": (TIER.replace('"a"', '" "'), ["2: break[0].name: it is empty; write a text"]),
    "name a number": (TIER.replace('"a"', "1"), ['2: break[0].name: 1 is not a text; write it in quotes: "..."']),
    "name of two lines": (
        TIER.replace('"a"', '"a\\u2028b"'),
        ['2: break[0].name: "a\\u2028b" has a line end or a control character'],
    ),
    "routines empty": (
        TIER.replace('["walk"]', "[]"),
        ["5: break[0].routines: the list is empty; write at least one exercise, such as walk"],
    ),
    "routines no list": (
        TIER.replace('["walk"]', '"walk"'),
        ['5: break[0].routines: "walk" is not a list; write ["walk"]'],
    ),
    "unknown exercise": (
        TIER.replace('"walk"', '\n  "walk", # [\n  "walks"\n'),
        [
            (
                '7: break[0].routines[1]: "walks" is not known here; write one of dead-bugs, bridges, walk, '
                'helicopters, knee-hovers, press-ups, supermans; did you mean "walk"?'
            )
        ],
    ),
    # work hours
    "window": (
        "work.hours = ['9:00-12:30']",
        ['1: work.hours[0]: "9:00-12:30" is not a window of the day; write "09:00-12:30", 00:00 to 24:00'],
    ),
    "window beyond the day": (
        "work.hours = ['09:00-24:30']",
        ['1: work.hours[0]: "09:00-24:30" is not a window of the day; write "09:00-12:30", 00:00 to 24:00'],
    ),
    "window begins at 24": (
        "work.hours = ['24:00-06:00']",
        ['1: work.hours[0]: "24:00-06:00" is not a window of the day; write "09:00-12:30", 00:00 to 24:00'],
    ),
    "window in other digits": (
        "work.hours = ['٠٩:00-12:30']",
        ['1: work.hours[0]: "٠٩:00-12:30" is not a window of the day; write "09:00-12:30", 00:00 to 24:00'],
    ),
    "window a number": (
        "work.hours = [9]",
        ['1: work.hours[0]: 9 is not a window of the day; write "09:00-12:30", 00:00 to 24:00'],
    ),
    "window of no length": (
        "work.hours = ['00:00-00:00']",
        ['1: work.hours[0]: "00:00-00:00" has no length; a whole day is "00:00-24:00"'],
    ),
    "windows overlap": (
        "[work]\nhours = [\n  '13:00-17:00',\n  '09:00-13:01',\n]",
        ['4: work.hours[1]: "09:00-13:01" overlaps "13:00-17:00"; windows of one list must not'],
    ),
    "window in another": (
        "work.hours = ['09:00-17:00', '10:00-11:00', '12:00-13:00']",
        [
            '1: work.hours[1]: "10:00-11:00" overlaps "09:00-17:00"; windows of one list must not',
            '1: work.hours[2]: "12:00-13:00" overlaps "09:00-17:00"; windows of one list must not',
        ],
    ),
    "window across midnight overlaps": (
        "work.hours = ['22:00-06:00', '21:00-22:30']",
        ['1: work.hours[1]: "21:00-22:30" overlaps "22:00-06:00"; windows of one list must not'],
    ),
    "override": (
        "[work.overrides]\nfri = ['a']",
        ['2: work.overrides.fri[0]: "a" is not a window of the day; write "09:00-12:30", 00:00 to 24:00'],
    ),
    "override of no day": (
        "[work.overrides]\nfriday = []",
        ['2: work.overrides.friday: there is no such key; did you mean "fri"?'],
    ),
    "overrides no table": ("work.overrides = []", ["1: work.overrides: a list is not a table; write [work.overrides]"]),
    # exercises
    "exercise built in": (
        EXERCISE.replace('"roll"', '"walk"'),
        ['2: exercise[0].id: "walk" is the id of another exercise; write a new one'],
    ),
    "exercise twice": (
        EXERCISE + EXERCISE,
        ['7: exercise[1].id: "roll" is the id of another exercise; write a new one'],
    ),
    "exercise with a bad id": (
        EXERCISE.replace('"roll"', '"-x y"'),
        ['2: exercise[0].id: "-x y" is not an id; write letters, digits and hyphens, as in neck-turns'],
    ),
    "exercise wrong throughout": (
        "[[exercise]]\nid = 3\nname = ''\nposition = 'flor'\nsteps = []",
        [
            "2: exercise[0].id: 3 is not an id; write letters, digits and hyphens, as in neck-turns",
            "3: exercise[0].name: it is empty; write a text",
            (
                '4: exercise[0].position: "flor" is not known here; write one of floor, standing, seated; '
                'did you mean "floor"?'
            ),
            "5: exercise[0].steps: the list is empty; write at least one step",
        ],
    ),
    "exercise whose steps are wrong": (
        EXERCISE.replace('["Roll."]', '["Roll.", 3]'),
        ['5: exercise[0].steps[1]: 3 is not a step; write a text, "...", or { text = "...", seconds = 20 }'],
    ),
    "exercise whose steps are no list": (
        EXERCISE.replace('["Roll."]', '"Roll."'),
        ['5: exercise[0].steps: "Roll." is not a list; write ["...", "..."]'],
    ),
    "exercise with too many steps": (
        EXERCISE.replace('["Roll."]', str(["Roll."] * 101)),
        ["5: exercise[0].steps: there are more than 100 steps; take some away"],
    ),
    "step whose keys are wrong": (
        EXERCISE.replace(
            '["Roll."]', "[\n'',\n{second = 3},\n{text = 3, times = 2, length = 4, every = '5m', x = 0},\n]"
        ),
        [
            "6: exercise[0].steps[0]: it is empty; write a text",
            '7: exercise[0].steps[1].second: there is no such key; did you mean "seconds"?',
            '7: exercise[0].steps[1]: "text" is missing; needed are text',
            '8: exercise[0].steps[2].times: there is no such key; did you mean "count"?',
            '8: exercise[0].steps[2].length: there is no such key; did you mean "seconds"?',
            '8: exercise[0].steps[2].every: there is no such key; did you mean "every" in [[break]]?',
            ("8: exercise[0].steps[2].x: there is no such key; here can be text, seconds, sides, count, image"),
            '8: exercise[0].steps[2].text: 3 is not a text; write it in quotes: "..."',
        ],
    ),
    "step whose values are wrong": (
        EXERCISE.replace('steps = ["Roll."]', "")
        + "".join(
            f"[[exercise.steps]]\ntext = 'A'\n{line}\n"
            for line in (
                "seconds = 'abc'",
                "seconds = 2.5",
                "seconds = true",
                "seconds = 0",
                "seconds = 3601",
                "seconds = '2h'",
                "seconds = '9999h'",
                "sides = 'both'",
                "count = 0",
                "count = 101",
                "count = true",
                "image = 3",
                "image = ''",
                'image = "a\\u0000b"',
            )
        ),
        [
            '8: exercise[0].steps[0].seconds: "abc" is not a time in seconds; write 20 or "1m30s"',
            '11: exercise[0].steps[1].seconds: 2.5 is not a time in seconds; write 20 or "1m30s"',
            '14: exercise[0].steps[2].seconds: true is not a time in seconds; write 20 or "1m30s"',
            "17: exercise[0].steps[3].seconds: 0 is out of range; a step takes 1 second to 1 hour",
            "20: exercise[0].steps[4].seconds: 3601 is out of range; a step takes 1 second to 1 hour",
            '23: exercise[0].steps[5].seconds: "2h" is out of range; a step takes 1 second to 1 hour',
            '26: exercise[0].steps[6].seconds: "9999h" is not a time in seconds; write 20 or "1m30s"',
            '29: exercise[0].steps[7].sides: "both" is neither true nor false; write one of them',
            "32: exercise[0].steps[8].count: 0 is out of range; write a number from 1 to 100",
            "35: exercise[0].steps[9].count: 101 is out of range; write a number from 1 to 100",
            "38: exercise[0].steps[10].count: true is not a whole number; write 1",
            '41: exercise[0].steps[11].image: 3 is not a text; write it in quotes: "..."',
            "44: exercise[0].steps[12].image: it is empty; write a text",
            '47: exercise[0].steps[13].image: "a\\x00b" has a line end or a control character',
        ],
    ),
    "none fits the profile": (
        TIER.replace("walk", "roll") + EXERCISE + "[routine]\nprofile = 'standing'",
        ['5: break[0].routines: none of them fits the profile "standing"; name one that does, such as walk'],
    ),
    # no TOML at all
    "quotes missing": (
        "[prompt]\n\nsnooze = 5m\n",
        [
            (
                "3: this is not TOML: Expected newline or end of document after a statement; texts and durations "
                'stand in quotes, as in "30m"'
            )
        ],
    ),
    "unfinished": ("[prompt]\nsnooze = ", ["2: this is not TOML: Invalid value"]),
    "same key twice": ("a = 1\na = 2\n", ["2: this is not TOML: Cannot overwrite a value"]),
    "NUL": ("[prompt]\nsnooze = '\0'", ["2: this is not TOML: Found invalid character '\\x00'"]),
    "key of many parts": ("\n" + "a" + '. "b.\\"c" .a' * 50_000 + " = 1", ["2: a key has too many parts"]),
    "table of many parts": (f"[a{'.a' * 200_000}]", ["1: a key has too many parts"]),
    "brackets": ("a = " + "[" * 1_000_000, ["1: lists or tables are nested too deeply"]),
    "tables in tables": ("a = " + "{a = " * 200_000, ["1: lists or tables are nested too deeply"]),
}


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def problems(data: bytes | str) -> list[str]:
    Path("c.toml").write_bytes(data.encode() if isinstance(data, str) else data)
    with pytest.raises(config.ConfigError) as error:
        config.load("c.toml")
    assert error.value.status == 2
    assert str(error.value) == "\n".join(error.value.lines)
    return list(error.value.lines)


@pytest.mark.parametrize("name", BAD)
def test_bad_input(name: str) -> None:
    text, expected = BAD[name]

    assert [f"c.toml:{line}" for line in expected] == problems(text)


def test_bad_input_with_carriage_returns_has_the_same_lines() -> None:
    for name in ("no shorter", "windows overlap", "quotes missing"):
        text, expected = BAD[name]
        assert [f"c.toml:{line}" for line in expected] == problems(text.replace("\n", "\r\n"))


def test_all_problems_at_once_in_the_order_of_the_file() -> None:
    text = "[prompt]\nsnooze = 3\nsnoze = 4\n" + TIER.replace("30m", "x").replace("walk", "wal") + "[hold]\nat = '1m'\n"

    assert [int(line.split(":")[1]) for line in problems(text)] == [2, 3, 6, 8, 10]


def test_not_utf8() -> None:
    assert problems(b"[work]\n# caf\xe9\n") == ["c.toml:2: this is not UTF-8; save the file as UTF-8"]


def test_not_utf8_after_a_mark() -> None:
    assert problems(b"\xef\xbb\xbf\n\xff\n") == ["c.toml:2: this is not UTF-8; save the file as UTF-8"]


def test_utf16() -> None:
    assert problems("[work]\n".encode("utf-16")) == ["c.toml:1: this is not UTF-8; save the file as UTF-8"]


def test_too_large() -> None:
    assert problems("#" * (1 << 20) + "\n") == ["c.toml: it is larger than 1 MiB; is this the right file?"]


def load_error(name: str | None) -> str:
    with pytest.raises(config.ConfigError) as error:
        config.load(name)
    return str(error.value)


def test_a_folder() -> None:
    Path("folder").mkdir()

    assert load_error("folder") == "folder: this is a folder; name a file"


def test_a_named_file_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BREAKD_CONFIG", "other.toml")

    assert load_error("c.toml") == "c.toml: there is no such file; breakd config init writes one"
    assert load_error(None) == "other.toml: there is no such file; breakd config init writes one"


def test_a_link_that_leads_nowhere_at_the_default_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BREAKD_CONFIG", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", os.fspath(Path.cwd()))
    place = config.locate(None)[0]
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to("nowhere")

    assert load_error(None) == f"{place}: there is no such file; breakd config init writes one"


def test_a_file_in_the_way_of_the_folder() -> None:
    Path("c.toml").touch()

    assert load_error("c.toml/c.toml") == "c.toml/c.toml: it cannot be read: Not a directory"


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="only Linux has a file that fails when it is read")
def test_a_file_that_cannot_be_read() -> None:
    assert load_error("/proc/self/mem") == "/proc/self/mem: it cannot be read: Input/output error"
