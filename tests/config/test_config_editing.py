"""`breakd config set` and `unset`: what they make of KEY and VALUE, and what stays as it was."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st

from breakd import config
from breakd.cli import main
from breakd.config.check import check, filled
from breakd.config.editing import with_key, without_key
from breakd.config.example import SCHEMA_LINE, example
from breakd.config.keys import ROOT, Key
from breakd.config.problems import literal
from breakd.core.durations import render
from breakd.core.settings import BUILT_IN
from breakd.errors import BreakdError

Printed = pytest.CaptureFixture[str]

FILE = """\
# Mine.

[prompt]
# Short, please.
snooze = "3m"  # since May
# timeout = "4m"

[[break]]
name = "eyes"
every = "20m"
length = "20s"
routines = ["walk"]

# The long one.
[[break]]
name = "big walk"
every = "2h"
length = "15m"
routines = ["walk"]

[[exercise]]
id = "roll"
name = "Roll"
position = "seated"
steps = ["Roll."]
"""


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BREAKD_CONFIG", raising=False)
    path = tmp_path / "c.toml"
    path.write_text(FILE, encoding="utf-8")
    return path


def change(*args: str) -> int:
    return main(["config", "--config", "c.toml", *args])


def put(text: str) -> None:
    Path("c.toml").write_text(text, encoding="utf-8")


def text() -> str:
    return Path("c.toml").read_bytes().decode()


def names() -> list[str]:
    return sorted(path.name for path in Path().iterdir())


def value(*place: str | int) -> Any:
    found: Any = tomllib.loads(text())
    for part in place:
        found = found[part]
    return found


# --- KEY ---


@pytest.mark.parametrize(
    ("key", "typed", "place"),
    [
        ("prompt.snooze", "5m", ("prompt", "snooze")),
        ("break.eyes.every", "5m", ("break", 0, "every")),
        ("break[0].every", "5m", ("break", 0, "every")),
        ("break.big walk.every", "5h", ("break", 1, "every")),
        ('break."big walk".every', "5h", ("break", 1, "every")),
        ("break.'big walk'.every", "5h", ("break", 1, "every")),
        ("exercise.roll.name", "Roll over", ("exercise", 0, "name")),
        ("exercise[0].name", "Roll over", ("exercise", 0, "name")),
        ("work.overrides.fri", "10:00-12:00", ("work", "overrides", "fri")),
        ("hooks.on_taken", "true", ("hooks", "on_taken")),
    ],
)
def test_a_key_as_people_write_it(key: str, typed: str, place: tuple[str | int, ...]) -> None:
    assert change("set", key, typed) == 0
    assert value(*place) in (typed, [typed])


PROMPT = "snooze, max_snoozes, timeout, merge_within, warn_before, wait_for_pause, settle, auto_start, window"


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("prompt.snoze", 'prompt.snoze: there is no such key; did you mean "snooze"?'),
        ("snooze", 'snooze: there is no such key; did you mean "snooze" in [prompt]?'),
        ("break.eys.every", 'break.eys: there is no such [[break]]; did you mean "eyes"?'),
        ("break.zzz.every", "break.zzz: there is no such [[break]]; here can be eyes, big walk"),
        ("break[2].every", "break[2]: there is no such [[break]]; here can be eyes, big walk"),
        ("break.eyes.interval", 'break[0].interval: there is no such key; did you mean "every"?'),
        ("prompt.snooze.x", "prompt.snooze has no keys of its own; set it as a whole"),
        ("prompt.snooze[0]", "prompt.snooze has no keys of its own; set it as a whole"),
        ("prompt[0]", f"prompt[0]: there is no such key; here can be {PROMPT}"),
        ("exercise.roll.steps.text", "exercise[0].steps has no keys of its own; set it as a whole"),
        ("prompt", f"prompt is a table; name one of its keys, as in prompt.snooze: {PROMPT}"),
        ("break", "break is a table; name one of its keys, as in break.eyes.name: name, every, length, routines"),
        ("break.eyes", "break[0] is a table; name one of its keys, as in break[0].name: name, every, length, routines"),
        ("", '"" is no key; write it as in prompt.snooze or break.micro.every'),
        ("prompt.", '"prompt." is no key; write it as in prompt.snooze or break.micro.every'),
        (".prompt", '".prompt" is no key; write it as in prompt.snooze or break.micro.every'),
        ("prompt..snooze", '"prompt..snooze" is no key; write it as in prompt.snooze or break.micro.every'),
        ("break['eyes'].every", '"break[\'eyes\'].every" is no key; write it as in prompt.snooze or break.micro.every'),
        ("[0]", '"[0]" is no key; write it as in prompt.snooze or break.micro.every'),
        ("prompt.a\nb", f'prompt."a\\nb": there is no such key; here can be {PROMPT}'),
    ],
)  # fmt: skip
def test_a_key_that_is_none(key: str, told: str, capsys: Printed) -> None:
    assert change("set", key, "5m") == 2
    assert capsys.readouterr() == ("", f"{told}\n")
    if key not in {"prompt", "break", "break.eyes"}:
        assert change("unset", key) == 2
        assert capsys.readouterr().err == f"{told}\n"
    assert text() == FILE


# --- VALUE ---


@pytest.mark.parametrize(
    ("key", "typed", "expected"),
    [
        ("prompt.snooze", " 1h30m ", "1h30m"),
        ("prompt.snooze", '"5m"', "5m"),
        ("prompt.snooze", "'5m'", "5m"),
        ("prompt.max_snoozes", "+4", 4),
        ("routine.sound", "No", False),
        ("routine.sound", "off", False),
        ("routine.sound", "on", True),
        ("routine.theme", "dark", "dark"),
        ("work.days", "mon,tue, wed", ["mon", "tue", "wed"]),
        ("work.days", "mon tue", ["mon", "tue"]),
        ("work.days", '["mon"]', ["mon"]),
        ("work.days", "", []),
        ("work.hours", "09:00-12:30,13:30-17:30", ["09:00-12:30", "13:30-17:30"]),
        ("work.hours", '["09:00-17:00"]', ["09:00-17:00"]),
        ("work.hours", "9-12:30; 13:30-17", ["09:00-12:30", "13:30-17:00"]),
        ("work.overrides.sun", "[]", []),
        ("hold.while", "camera,microphone", ["camera", "microphone"]),
        ("hold.while", '["screen-share", "idle-inhibit"]', ["screen-share", "idle-inhibit"]),
        ("hold.ignore", "emacs", ["emacs"]),
        ("hold.ignore", "emacs, mpv", ["emacs", "mpv"]),
        ("hold.programs", '["GNU Emacs"]', ["GNU Emacs"]),
        ("hold.programs", "[]", []),
        ("prompt.settle", "90s", "90s"),
        ("prompt.auto_start", "on", True),
        ("break.eyes.routines", "walk,roll", ["walk", "roll"]),
        ("break.eyes.name", 'Augen \N{EYE} "x"', 'Augen \N{EYE} "x"'),
        ("hooks.on_taken", "notify-send 'Well done' --urgency=low", ["notify-send", "Well done", "--urgency=low"]),
        ("hooks.on_taken", '["a b", "\\u007f"]', ["a b", "\x7f"]),
        ("exercise.roll.steps", '["Roll.", { text = "Again.", seconds = 20 }]',
         ["Roll.", {"text": "Again.", "seconds": 20}]),
    ],
)  # fmt: skip
def test_a_value_as_people_type_it(key: str, typed: str, expected: Any, file: Path) -> None:
    edited = with_key(file, file.read_bytes(), key, typed)
    assert edited.value == expected
    assert change("set", key, "--", typed) == 0
    assert value(*edited.place) == expected


@pytest.mark.parametrize(
    ("key", "typed", "told"),
    [
        ("prompt.snooze", "soon", 'prompt.snooze: "soon" is not a duration; write 30m or 1h30m'),
        ("prompt.snooze", "0s", 'prompt.snooze: "0s" is no time at all; write 1s or more'),
        ("prompt.max_snoozes", "many", 'prompt.max_snoozes: "many" is not a whole number; write 3'),
        ("prompt.max_snoozes", "9" * 5000, f'prompt.max_snoozes: "{"9" * 40}" is not a whole number; write 3'),
        ("prompt.max_snoozes", "-1", "prompt.max_snoozes: -1 is out of range; write a number from 0 to 1000000"),
        ("routine.sound", "maybe", 'routine.sound: "maybe" is neither true nor false; write one of them'),
        ("routine.profile", "seatd",
         'routine.profile: "seatd" is not known here; write one of any, standing, seated; did you mean "seated"?'),
        ("prompt.settle", "soon", 'prompt.settle: "soon" is not a duration; write 30m or 1h30m'),
        ("prompt.auto_start", "maybe", 'prompt.auto_start: "maybe" is neither true nor false; write one of them'),
        ("hold.ignore", '["emacs", ""]', "hold.ignore[1]: it is empty; write a program"),
        ("hold.programs", "[3]", 'hold.programs[0]: 3 is not a text; write it in quotes: "..."'),
        ("work.days", "mon,mon", 'work.days[1]: "mon" is there twice; take one away'),
        ("work.hours", "soon", 'work.hours[0]: "soon" is not a window of the day; write "09:00-12:30", 00:00 to 24:00'),
        ("break.eyes.length", "30m", 'break[0].length: 30m is not shorter than "every", 20m; write less'),
        ("break.eyes.every", "10s", 'break[0].length: 20s is not shorter than "every", 10s; write less'),
        ("break.eyes.name", "big walk", 'break[1].name: "big walk" is the name of another break; write a new one'),
        ("exercise.roll.steps", "Roll.", 'exercise[0].steps: "Roll." is not a list; write ["...", "..."]'),
    ],
)  # fmt: skip
def test_a_value_that_would_be_wrong_is_told_and_nothing_is_written(
    key: str, typed: str, told: str, capsys: Printed
) -> None:
    assert change("set", key, "--", typed) == 2
    out, err = capsys.readouterr()
    assert out == ""
    told = told.replace("break[1].name", "c.toml:16: break[1].name").replace(
        "break[0].length: 20s", "c.toml:11: break[0].length: 20s"
    )
    assert err == f"{told}\nc.toml was not changed\n"
    assert (text(), names()) == (FILE, ["c.toml"])


@pytest.mark.parametrize(
    ("key", "typed", "told"),
    [
        ("work.days", '["mon"', '["mon" is no list as TOML has it; write it as in ["...", "..."]'),
        ("work.days", "[]\nx = 1", '[]\\nx = 1 is no list as TOML has it; write it as in ["...", "..."]'),
        ("work.days", "[" * 5000, f'{"[" * 80} is no list as TOML has it; write it as in ["...", "..."]'),
        ("hooks.on_taken", "echo 'a", "echo 'a: a quote is not closed"),
        ("break.eyes.name", "\udcff", "the value is not UTF-8"),
    ],
)  # fmt: skip
def test_a_value_that_is_none(key: str, typed: str, told: str, capsys: Printed) -> None:
    assert change("set", key, typed) == 2
    assert capsys.readouterr() == ("", f"{told}\n")
    assert text() == FILE


# --- What is told ---


def test_set_says_what_it_did_and_keeps_the_file_before(file: Path, capsys: Printed) -> None:
    assert change("set", "prompt.snooze", "7m") == 0
    assert capsys.readouterr() == (
        f'Wrote c.toml; the one before is {file}~\nprompt.snooze = "7m" (it was "3m")\n',
        "",
    )
    assert text() == FILE.replace('"3m"', '"7m"')
    assert Path("c.toml~").read_text() == FILE
    assert names() == ["c.toml", "c.toml~"]

    assert change("set", "prompt.timeout", "3m") == 0
    assert text() == FILE.replace('"3m"', '"7m"').replace('"4m"\n', '"4m"\ntimeout = "3m"\n')
    assert Path("c.toml~").read_text() == FILE.replace('"3m"', '"7m"')


def test_what_is_so_already_is_not_written(capsys: Printed) -> None:
    assert change("set", "prompt.snooze", "3m") == 0
    assert capsys.readouterr().out == 'prompt.snooze is "3m" already; nothing was written\n'
    assert names() == ["c.toml"]


def test_true_is_not_one() -> None:
    put("[prompt]\nmax_snoozes = true\n")
    assert change("set", "prompt.max_snoozes", "1") == 0
    assert text() == "[prompt]\nmax_snoozes = 1\n"


def test_unset_has_the_default_hold_again(capsys: Printed) -> None:
    assert change("unset", "prompt.snooze") == 0
    assert capsys.readouterr().out.endswith('\nprompt.snooze has its default again: "5m"\n')
    assert text() == FILE.replace('snooze = "3m"  # since May\n', "")
    assert Path("c.toml~").read_text() == FILE


def test_unset_of_what_is_not_there(capsys: Printed) -> None:
    assert change("unset", "prompt.timeout") == 0
    assert change("unset", "work.overrides.fri") == 0
    assert change("unset", "hooks") == 0
    assert capsys.readouterr().out == (
        'prompt.timeout is not in c.toml; it has its default: "3m"\n'
        "work.overrides.fri is not in c.toml; it has its default: none\n"
        "hooks is not in c.toml; it has its default: "
        "{ on_prompt = [], on_taken = [], on_skipped = [], on_missed = [] }\n"
    )
    assert (text(), names()) == (FILE, ["c.toml"])


def test_unset_of_a_break_takes_it_out_and_of_the_last_one_too(capsys: Printed) -> None:
    assert change("unset", "break.eyes") == 0
    assert [row["name"] for row in value("break")] == ["big walk"]
    assert "# The long one.\n[[break]]" in text()
    assert change("unset", "break[0]") == 0
    assert "break" not in value()
    assert capsys.readouterr().out.endswith(
        "break[0] is taken out; the file names no break any more, so the default ones hold\n"
    )
    assert change("unset", "exercise.roll") == 0
    assert (
        text()
        == '# Mine.\n\n[prompt]\n# Short, please.\nsnooze = "3m"  # since May\n# timeout = "4m"\n\n# The long one.\n'
    )


def test_unset_of_a_row_tells_of_that_row_and_not_of_the_next(capsys: Printed) -> None:
    assert change("unset", "break.eyes") == 0
    assert capsys.readouterr().out.splitlines()[-1] == "break.eyes is taken out"


def test_unset_of_what_is_needed(capsys: Printed) -> None:
    assert change("unset", "break.eyes.every") == 2
    assert capsys.readouterr().err == (
        'c.toml:8: break[0]: "every" is missing; needed are name, every, length, routines\nc.toml was not changed\n'
    )


def test_a_change_of_one_default_break_writes_all_of_them(capsys: Printed) -> None:
    put("# mine\n[prompt]\n")
    assert change("set", "break.micro.every", "45m") == 0
    assert "The file named no break; it has all of the default ones now, with this change." in capsys.readouterr().out
    rows = filled({})["break"]
    assert value("break") == [rows[0] | {"every": "45m"}, rows[1]]


@pytest.mark.parametrize("args", [["set", "prompt.snooze", "7m"], ["set", "break.walk.length", "15m"]])
def test_where_there_is_no_file_it_has_the_key_alone(args: list[str], file: Path) -> None:
    file.unlink()
    assert change(*args) == 0
    lines = text().splitlines()
    assert lines[0] == SCHEMA_LINE
    assert Path("config.schema.json").exists()
    assert file.stat().st_mode & 0o777 == 0o600
    assert value() == ({"prompt": {"snooze": "7m"}} if args[1] == "prompt.snooze" else {"break": value("break")})
    assert config.load("c.toml").document == filled(value())


def test_unset_where_there_is_no_file(file: Path) -> None:
    file.unlink()
    assert change("unset", "prompt.snooze") == 0
    assert names() == []


def test_a_link_that_leads_nowhere_is_told(file: Path, capsys: Printed) -> None:
    file.unlink()
    file.symlink_to("gone.toml")
    assert change("set", "prompt.snooze", "7m") == 2
    assert capsys.readouterr().err == "c.toml: there is no such file; breakd config init writes one\n"


# --- A file that is wrong ---


@pytest.mark.parametrize(
    ("wrong", "key"),
    [
        ("[prompt]\nsnoze = 5\n", "prompt.snoze"),
        ('[prompt]\n"a b" = 5\n', 'prompt."a b"'),
        ("[alarm]\nloud = true\n", "alarm"),
        ("alarm = [1, 2]\n", "alarm"),
    ],
)
def test_a_key_that_breakd_does_not_know_can_be_taken_out(wrong: str, key: str, capsys: Printed) -> None:
    put(f"{wrong}[routine]\nsound = false\n")
    assert change("set", key, "5m") == 2
    capsys.readouterr()
    assert change("unset", key) == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"{key} is taken out"
    assert config.load("c.toml").document["routine"]["sound"] is False


def test_a_wrong_file_can_be_mended(capsys: Printed) -> None:
    put('[prompt]\nsnooze = "soon"\nsnoozes = 3\n')
    assert change("set", "prompt.snooze", "5m") == 2
    assert capsys.readouterr().err == (
        'c.toml:3: prompt.snoozes: there is no such key; did you mean "snooze"?\nc.toml was not changed\n'
    )
    put('[prompt]\nsnooze = "soon"\n')
    assert change("set", "prompt.snooze", "5m") == 0
    assert text() == '[prompt]\nsnooze = "5m"\n'
    put('[prompt]\nsnooze = "soon"\n')
    assert change("unset", "prompt.snooze") == 0
    assert text() == "[prompt]\n"


@pytest.mark.parametrize("bad", ["[prompt\n", "a = 1\na = 2\n", "\ufeff\ufeff"])
def test_one_that_is_no_toml_is_told(bad: str, capsys: Printed) -> None:
    put(bad)
    assert change("set", "prompt.snooze", "5m") == 2
    assert re.match(r"c\.toml:\d: this is not TOML: ", capsys.readouterr().err)
    assert text() == bad


@pytest.mark.parametrize(
    "bad", ["prompt = 3\n", "break = 3\n", "break = [3]\n", "work = []\n", "[[prompt]]\n", "[break]\nname = 3\n"]
)
@pytest.mark.parametrize("key", ["prompt.snooze", "break[0].every", "break.micro.every", "work.overrides.fri"])
def test_one_of_the_wrong_shape_is_told_or_mended(bad: str, key: str) -> None:
    put(bad)
    for args in (["set", key, "5m"], ["unset", key]):
        if change(*args) == 2:
            assert text() == bad
    assert change("check") in {0, 2}


def test_a_place_that_cannot_be_changed_alone_is_refused(file: Path, capsys: Printed) -> None:
    row = '{{name="{}",every="1h",length="1m",routines=["walk"]}}'
    before = f"break = [{row.format('a')} # a comment before the comma\n, {row.format('b')}]\n"
    put(before)
    assert change("unset", "break.a") == 1
    assert capsys.readouterr().err == (
        "c.toml: breakd cannot change this key without harm to its neighbours; use breakd config edit\n"
    )
    assert text() == before


# --- The law: the key changes, nothing else does ---

# None has a #, so that comments are known by it.
RIGHT = {
    "id": st.sampled_from(["neck", "ro-ll", "\u00fcbung"]),
    "windows": st.sampled_from([[], ["00:00-24:00"], ["09:00-12:30", "13:30-17:30"], ["22:00-06:00"]]),
    "command": st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0#"), min_size=1)),
    "programs": st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="#"), min_size=1).filter(str.strip)
    ),
    "seconds": st.integers(1, 3600),
    "text": st.text(
        st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="#"), min_size=1
    ).filter(str.strip),
    "flag": st.booleans(),
    "steps": st.lists(st.sampled_from(["Sit.", {"text": "Turn.", "seconds": 9, "sides": True}]), min_size=1),
}


def right(key: Key) -> st.SearchStrategy[Any]:
    """Values that are right for the key, as the file has them."""
    match key.kind:
        case "duration":
            return st.integers(1, 10**7).map(lambda seconds: render(seconds * 1_000_000))
        case "count":
            return st.integers(key.least, key.most)
        case "choice":
            return st.sampled_from(key.allowed)
        case "choices":
            return st.lists(st.sampled_from(key.allowed), unique=True)
        case "exercises":
            return st.lists(st.sampled_from([*BUILT_IN, "roll"]), min_size=1)
        case kind:
            return RIGHT[kind]


def leaves(key: Key, name: str = "") -> list[tuple[str, Key]]:
    """Every key that can be set, by the name that it is set by."""
    rows = {"break": "break[1]", "exercise": "exercise.roll"}
    here = f"{name}.{key.name}".strip(".")
    if key.kind in {"table", "tables"}:
        return [leaf for sub in key.keys for leaf in leaves(sub, rows.get(here, here))]
    return [(here, key)]


LEAVES = leaves(ROOT)
STYLES = {
    "the example": example() + "\n" + FILE.split("[[exercise]]")[1].join(["[[exercise]]", ""]),
    "mine": FILE,
    "returns": FILE.replace("\n", "\r\n"),
    "plain": tomli_w.dumps(filled(tomllib.loads(FILE))),
    "dotted": 'prompt.snooze = "3m" # dots\nwork.days = ["mon"] # more\n' + FILE[FILE.index("[[break]]") :],
    "inline": 'work = { days = ["mon"], overrides = { fri = [] } } # one\nprompt = {} # two\n'
    + FILE[FILE.index("[[break]]") :],
    "lines": FILE + '[work]\nhours = [ # mine\n  # before noon\n  "09:00-12:30",\n  # after\n  "13:30-17:30"\n]\n',
    "no end": FILE.rstrip("\n"),
    "backwards": FILE[FILE.index("[[exercise]]") :] + "# between\n[work]\n# in\n" + FILE[: FILE.index("[[exercise]]")],
}


def test_the_styles_are_right() -> None:
    for style in STYLES.values():
        assert check(filled(tomllib.loads(style)))[1] == []


def comments(text: str) -> list[str]:
    return re.findall(r"#.*", text)


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_set_then_read_gives_the_value_and_all_else_stays(data: st.DataObject) -> None:
    before = data.draw(st.sampled_from(sorted(STYLES)).map(STYLES.__getitem__))
    name, key = data.draw(st.sampled_from(LEAVES))
    wanted = data.draw(right(key))
    typed = wanted if isinstance(wanted, str) else literal(wanted).replace("\x7f", "\\u007f")
    if key.kind == "text" and typed[0] in "\"' ":
        typed = literal(wanted)
    path = Path("c.toml")
    try:
        edited = with_key(path, before.encode(), name, typed)
    except config.ConfigError as error:  # a length above its every, and the like
        assert str(error).endswith("c.toml was not changed")  # noqa: PT017 - the law has two branches
        return
    assert edited.value == (wanted.strip() if typed is wanted else wanted)  # in quotes each blank counts
    if edited.data is None:
        return
    after = edited.data.decode()
    assert comments(after) == comments(before)
    old, new = tomllib.loads(before), tomllib.loads(after)
    at: Any = new
    for part in edited.place[:-1]:
        at = at[part]
    assert at.pop(edited.place[-1]) == edited.value
    at = old
    for part in edited.place[:-1]:
        at = at[part] if isinstance(part, int) else at.setdefault(part, {})
    at.pop(edited.place[-1], None)
    assert {name: part for name, part in new.items() if part} == {name: part for name, part in old.items() if part}
    # Line by line: what went away is one key, what came is one key and the header of its table at most.
    old_lines, new_lines = before.split("\n"), after.split("\n")
    assert len([line for line in old_lines if line not in new_lines]) <= 8  # of a list with a line an element
    elements = len(wanted) if isinstance(wanted, list) else 0
    assert len([line for line in new_lines if line not in old_lines]) <= 2 + elements


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(sorted(STYLES)), st.sampled_from(LEAVES))
def test_what_was_set_can_be_unset(style: str, leaf: tuple[str, Key]) -> None:
    path, before = Path("c.toml"), STYLES[style].encode()
    try:
        edited = without_key(path, before, leaf[0])
    except BreakdError as error:
        assert "is missing; needed are" in str(error)  # noqa: PT017 - the law has two branches
        return
    if edited.data is None:
        return
    again = without_key(path, edited.data, leaf[0])
    assert again.data is None
    assert len(comments(STYLES[style])) - len(comments(edited.data.decode())) <= (
        3 if style == "lines" else 1
    )  # its own
