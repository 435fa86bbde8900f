"""The JSON Schema: what breakd takes it takes, and it refuses what a person is likely to get wrong."""

import json
import os
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest
import tomli_w
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from PIL import Image

from breakd import config
from breakd.cli import main
from breakd.config.check import check, filled
from breakd.config.example import SCHEMA_FILE, SCHEMA_LINE, example
from breakd.config.keys import DAYS, ROOT, Key, Kind
from breakd.config.schema import schema, text, write_beside

Printed = pytest.CaptureFixture[str]

VALIDATOR = Draft7Validator(schema())
EXAMPLE = Path(__file__).parents[2] / "config.example.toml"


def is_valid(document: Any) -> bool:
    return bool(VALIDATOR.is_valid(document))


def walk(key: Key) -> list[Key]:
    return [key, *(found for sub in key.keys for found in walk(sub))]


def test_it_is_a_schema_of_draft_7() -> None:
    Draft7Validator.check_schema(schema())
    assert json.loads(text()) == schema()


def test_it_has_every_kind_and_every_key() -> None:
    assert {key.kind for key in walk(ROOT)} == set(get_args(Kind))

    def compare(key: Key, part: dict[str, Any]) -> None:
        if key.comment:
            assert part["description"] == key.comment
        if key.default is not None and key.kind != "table":
            assert part["default"] == key.default
        for form in (part, part.get("items", {}), *part.get("items", {}).get("anyOf", [])) if key.keys else ():
            if "properties" in form:
                assert list(form["properties"]) == [sub.name for sub in key.keys]
                assert form.get("required", []) == [sub.name for sub in key.keys if sub.required]
                assert form["additionalProperties"] is False
                for sub in key.keys:
                    compare(sub, form["properties"][sub.name])
                return
        assert not key.keys

    compare(ROOT, schema())


def test_the_example_and_its_samples_are_valid() -> None:
    assert is_valid(tomllib.loads(EXAMPLE.read_text("utf-8")))
    samples = {key.name: key.sample for key in ROOT.keys if key.sample}
    assert is_valid(samples | {"work": {"overrides": ROOT.keys[0].keys[2].sample}})
    assert is_valid({})


BREAK = {"name": "a", "every": "1h", "length": "1m", "routines": ["walk"]}
EXERCISE: dict[str, Any] = {"id": "a", "name": "A", "position": "floor", "steps": ["Sit."]}


@pytest.mark.parametrize(
    "document",
    [
        {"promt": {}},
        {"prompt": {"snoze": "5m"}},
        {"prompt": {"snooze": 5}},
        {"prompt": {"snooze": "5 minutes"}},
        {"prompt": {"snooze": "5M"}},
        {"prompt": {"snooze": ""}},
        {"prompt": {"snooze": "0s"}},
        {"prompt": {"snooze": "0h0m"}},
        {"prompt": {"max_snoozes": "3"}},
        {"prompt": {"max_snoozes": -1}},
        {"prompt": {"max_snoozes": True}},
        {"prompt": {"max_snoozes": 1_000_001}},
        {"prompt": {"window": "sometimes"}},
        {"prompt": []},
        {"routine": {"sound": "yes"}},
        {"routine": {"sound": 1}},
        {"routine": {"theme": "Dark"}},
        {"work": {"days": "mon"}},
        {"work": {"days": ["monday"]}},
        {"work": {"days": ["mon", "mon"]}},
        {"work": {"hours": ["9-17"]}},
        {"work": {"hours": ["09:00-24:01"]}},
        {"work": {"hours": ["24:00-09:00"]}},
        {"work": {"overrides": {"friday": []}}},
        {"hold": {"while": ["meeting"]}},
        {"hooks": {"on_taken": "notify-send"}},
        {"hooks": {"on_taken": [3]}},
        {"hooks": {"on_taken": ["", "x"]}},
        {"hooks": {"on_taken": [" "]}},
        {"break": []},
        {"break": {}},
        {"break": [{}]},
        *({"break": [{name: value for name, value in BREAK.items() if name != left}]} for left in BREAK),
        {"break": [BREAK | {"color": "red"}]},
        {"break": [BREAK | {"name": " "}]},
        {"break": [BREAK | {"name": "a\nb"}]},
        {"break": [BREAK | {"routines": []}]},
        {"break": [BREAK | {"routines": "walk"}]},
        {"break": [BREAK | {"routines": ["a walk"]}]},
        *({"exercise": [EXERCISE | {"id": wrong}]} for wrong in ("", "-a")),
        *({"exercise": [EXERCISE | {"id": f"a{sign}"}]} for sign in " ,./:@[\\]^`{~\x7f"),
        {"exercise": [EXERCISE | {"position": "lying"}]},
        {"exercise": [EXERCISE | {"steps": []}]},
        {"exercise": [EXERCISE | {"steps": [3]}]},
        {"exercise": [EXERCISE | {"steps": [{}]}]},
        {"exercise": [EXERCISE | {"steps": [{"text": "a", "seconds": 0}]}]},
        {"exercise": [EXERCISE | {"steps": [{"text": "a", "seconds": 3601}]}]},
        {"exercise": [EXERCISE | {"steps": [{"text": "a", "seconds": "0s"}]}]},
        {"exercise": [EXERCISE | {"steps": [{"text": "a", "count": 0}]}]},
        {"exercise": [EXERCISE | {"steps": [{"text": "a", "time": 3}]}]},
        {"exercise": [EXERCISE | {"steps": ["a"] * 101}]},
    ],
    ids=str,
)
def test_what_is_wrong_is_invalid_to_both(document: dict[str, Any]) -> None:
    assert check(filled(document))[0] is None
    assert not is_valid(document)


# Nearly right values, so that many are: what breakd takes must be valid.
WORDS = st.sampled_from(
    ["a", "\u00fcb", "1h", "90s", "0s", "30m", "1h30m", "00:00-24:00", "22:00-06:00", "mon", "walk", "camera", "dark",
     "auto", "any", "floor", "seated", "turn.png", " x ", "\u3000x", "\u00a0", "000000001m", "always"]
)  # fmt: skip


def nearly(key: Key) -> st.SearchStrategy[Any]:  # noqa: C901 - one case a kind
    table = {sub.name: nearly(sub) for sub in key.keys}
    needed = {name: table.pop(name) for name in [sub.name for sub in key.keys if sub.required]}
    made = st.fixed_dictionaries(needed, optional=table)
    match key.kind:
        case "table":
            return made
        case "tables":
            return st.lists(made, max_size=2)
        case "steps":
            return st.lists(made | WORDS, min_size=1, max_size=2)
        case "count" | "seconds":
            return st.integers(0, 101) | st.sampled_from(["20s", "1h"])
        case "flag":
            return st.booleans()
        case "choice" if key.allowed:
            return st.sampled_from(key.allowed)
        case "choices":
            return st.lists(st.sampled_from(key.allowed), max_size=3)
        case "windows":
            return st.lists(st.sampled_from(["00:00-24:00", "22:00-06:00", "09:00-12:00"]), max_size=2)
        case "exercises":
            return st.lists(st.sampled_from(["walk", "bridges", "a"]), max_size=2)
        case "command":
            return st.lists(st.text(), max_size=3)
        case "duration":
            return st.sampled_from(["0s", "1h", "90s", "000000001m", "1h30m", "2h1s", "0h5m"])
        case _:
            return WORDS


@settings(deadline=None, max_examples=300)
@given(st.one_of(*(nearly(key).map(lambda value, name=key.name: {name: value}) for key in ROOT.keys)))  # type: ignore[misc]  # a default binds the name
def test_what_breakd_takes_is_valid(document: dict[str, Any]) -> None:
    if check(filled(document))[0] is not None:
        assert is_valid(document), document


def test_the_windows_of_every_day_are_the_same() -> None:
    overrides = schema()["properties"]["work"]["properties"]["overrides"]["properties"]
    assert list(overrides) == list(DAYS)


# --- The file ---


def test_the_command_prints_it(capsys: Printed) -> None:
    assert main(["config", "schema"]) == 0
    assert json.loads(capsys.readouterr().out) == schema()


def test_init_writes_it_beside_the_file_that_names_it(tmp_path: Path, capsys: Printed) -> None:
    file = tmp_path / "breakd" / "c.toml"
    assert main(["config", "--config", str(file), "init"]) == 0
    assert file.read_text("utf-8") == example()
    assert example().startswith(f"{SCHEMA_LINE}\n")
    beside = file.parent / SCHEMA_LINE.split()[1]
    assert json.loads(beside.read_text("utf-8")) == schema()
    assert beside.stat().st_mode & 0o777 == 0o600
    assert capsys.readouterr() == (f"Wrote {file}\n", "")


def test_an_old_one_is_written_anew_and_a_strangers_stays(tmp_path: Path) -> None:
    beside = tmp_path / SCHEMA_FILE
    old = schema()
    del old["properties"]["hooks"]
    beside.write_text(json.dumps(old, indent=2))
    assert write_beside(tmp_path / "c.toml") is None
    assert json.loads(beside.read_text("utf-8")) == schema()
    beside.write_text("{}")
    assert write_beside(tmp_path / "c.toml") == f"{beside} is not breakd's; it stays as it is"
    assert beside.read_text() == "{}"


def test_where_it_cannot_be_written_the_file_is(tmp_path: Path, capsys: Printed) -> None:
    (tmp_path / SCHEMA_FILE).mkdir()
    assert main(["config", "--config", str(tmp_path / "c.toml"), "init"]) == 0
    out, err = capsys.readouterr()
    assert (out, err.startswith(f"{tmp_path / SCHEMA_FILE} cannot be written: ")) == (
        f"Wrote {tmp_path}/c.toml\n",
        True,
    )
    assert (tmp_path / "c.toml").read_text("utf-8") == example()


def test_a_change_renews_it_only_where_the_file_names_it(tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_text("[prompt]\n")
    assert main(["config", "--config", str(file), "set", "prompt.snooze", "7m"]) == 0
    assert not (tmp_path / SCHEMA_FILE).exists()
    file.write_text(f"{SCHEMA_LINE}\n[prompt]\n")
    assert main(["config", "--config", str(file), "set", "prompt.snooze", "7m"]) == 0
    assert json.loads((tmp_path / SCHEMA_FILE).read_text("utf-8")) == schema()


def test_the_picture_of_a_step_may_be_any_file(tmp_path: Path) -> None:
    Image.new("RGB", (1, 1)).save(tmp_path / "turn.png")
    document = {"exercise": [EXERCISE | {"steps": [{"text": "Turn.", "image": "turn.png"}]}]}
    (tmp_path / "c.toml").write_text(tomli_w.dumps(document))
    assert config.load(os.fspath(tmp_path / "c.toml")).exists
    assert is_valid(document)
