"""`breakd exercises`: what it prints, for people and for programs, by the person's profile and own exercises."""

import argparse
import json
import os
from pathlib import Path
from typing import Any

import pytest

from breakd import evidence
from breakd.commands.exercises import run
from breakd.config import ConfigError
from breakd.errors import UsageError
from breakd.routines.exercises import CAUTION, EXERCISES

CONFIG = """
[routine]
profile = "seated"

[[exercise]]
id = "neck-turns"
name = "Neck turns"
position = "seated"
steps = [
    "Sit tall.",
    { text = "Turn your head.", seconds = 10, sides = true, count = 5 },
    { text = "Let go.", seconds = "1m30s", count = 2 },
]

[[exercise]]
id = "roll"
name = "Roll"
position = "floor"
steps = ["Roll."]
"""


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A configuration of one's own; the default place has none."""
    monkeypatch.setenv("XDG_CONFIG_HOME", os.fspath(tmp_path / "none"))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.delenv("BREAKD_CONFIG", raising=False)
    (tmp_path / "c.toml").write_text(CONFIG, "utf-8")
    return os.fspath(tmp_path / "c.toml")


class Printed:
    """Runs the command and reads what it printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def text(self, exercise: str | None = None, config: str | None = None, *, for_programs: bool = False) -> str:
        assert run(argparse.Namespace(exercise=exercise, config=config, json=for_programs)) == 0
        return self._capsys.readouterr().out

    def json(self, exercise: str | None = None, config: str | None = None) -> Any:
        return json.loads(self.text(exercise, config, for_programs=True))


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Printed:
    return Printed(capsys)


def words(text: str) -> str:
    return " ".join(text.split())


def test_all_for_people(printed: Printed) -> None:
    text = printed.text()

    for exercise in EXERCISES.values():
        assert f"\n{exercise.name}  [{exercise.id}]\n" in "\n" + text
        why = evidence.in_short(evidence.EXERCISES[exercise.id])
        assert f" Why {why} Ask first {exercise.ask_first} Stop {exercise.stop}" in words(text)
    assert "  on the floor, 2 min (in full 6 min)\n" in text
    assert CAUTION in words(text)
    assert evidence.summary() in words(text)
    assert "Emergency, get help at once" in text
    assert max(map(len, text.splitlines())) <= 100
    assert text.isascii()


def test_all_for_people_have_one_layout(printed: Printed) -> None:
    helicopters = printed.text().split("\n\n")[3]

    assert helicopters.splitlines() == [
        "Helicopters  [helicopters]",
        "  standing, 2 min (in full 3 min)",
        "  Why        No trial of standing trunk swings was found. They break up sitting, and that is all one",
        "             may say. Not known: whether they help a back, or loosen anything for longer.",
        "  Ask first  osteoporosis or a past spine fracture, recent back surgery, acute pain when you turn,",
        "             dizziness, late pregnancy (small turns only).",
        "  Stop       sharp pain, dizziness.",
    ]


def test_one_for_people(printed: Printed) -> None:
    text = printed.text("walk")

    assert text.startswith(
        "Short walk  [walk]\n  standing, 2 min (in full 10 min)\n\n  1. Stand up and leave the desk.\n"
    )
    assert "\n  Room       any way to walk; nobody will notice\n" in text
    assert (
        "\n  Sources    Pocovi, Lancet 2024;404:134-144, doi 10.1016/S0140-6736(24)00755-4\n             Pocovi, J Orth"
        in text
    )
    assert words(text).endswith(CAUTION)
    assert "Helicopters" not in text


def test_the_person_s_own(printed: Printed, file: str) -> None:
    assert printed.text("neck-turns", file) == (
        "Neck turns  [neck-turns]\n  seated, 5 min\n\n"
        "  1. Sit tall. (15 s)\n"
        "  2. Turn your head. (10 s each side, 5 times)\n"
        "  3. Let go. (1 min 30 s, 2 times)\n\n"
        "Ask a doctor or therapist first if your back pain is strong, new or does not go away. Move within\n"
        "comfort. Stop if pain grows.\n"
    )
    assert "Neck turns  [neck-turns]\n  seated, 5 min\n\nWhat is known\n" in printed.text(config=file)


def test_the_person_s_profile(printed: Printed, file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BREAKD_CONFIG", file)

    found = printed.json()

    assert [row["id"] for row in found] == [*EXERCISES, "neck-turns"]
    assert {row["position"] for row in found} == {"seated"}
    assert found[2]["name"] == "Seat march"


def test_for_programs(printed: Printed) -> None:
    walk = printed.json()[2]

    assert printed.json("walk") == walk
    assert list(walk) == [
        "id", "name", "position", "room", "seconds", "steps", "doses", "why", "sources", "cautions", "easier"
    ]  # fmt: skip
    assert (walk["id"], walk["name"], walk["position"]) == ("walk", "Short walk", "standing")
    assert walk["seconds"] == {"micro": 120, "full": 600}
    assert walk["why"].startswith("Moderate evidence for a walking programme")
    assert [source.split(",")[0] for source in walk["sources"]] == ["Pocovi", "Pocovi", "De Carvalho"]
    assert set(walk["cautions"]) == {"ask_first", "stop"}


def test_how_often_is_there_for_programs_too(printed: Printed, file: str) -> None:
    found = printed.json("neck-turns", file)

    assert found["steps"] == ["Sit tall.", "Turn your head.", "Let go."]
    assert found["doses"] == [
        {"seconds": 15, "sides": False, "count": 1},
        {"seconds": 10, "sides": True, "count": 5},
        {"seconds": 90, "sides": False, "count": 2},
    ]
    assert printed.json(config=file)[-1] == found
    assert printed.json("walk", file)["doses"] == []


def test_what_is_not_there(file: str) -> None:
    with pytest.raises(UsageError, match=r'"wlak" is no exercise; did you mean walk\?'):
        run(argparse.Namespace(exercise="wlak", config=None, json=False))
    # It is the person's, but not for this profile.
    with pytest.raises(UsageError, match='"roll" is no exercise'):
        run(argparse.Namespace(exercise="roll", config=file, json=False))


def test_a_wrong_configuration_is_told(tmp_path: Path) -> None:
    (tmp_path / "wrong.toml").write_text("[routine]\nprofile = 'lying'\n")

    with pytest.raises(ConfigError):
        run(argparse.Namespace(exercise=None, config=os.fspath(tmp_path / "wrong.toml"), json=False))
