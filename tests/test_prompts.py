"""What a prompt and a heads-up say: short, never twice the same in a row, with the reason once in a while."""

import re
from dataclasses import replace
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from breakd import view
from breakd.core import events as e
from breakd.core.durations import HOUR, MINUTE, SECOND
from breakd.core.settings import BUILT_IN, Settings
from breakd.core.state import State, Wall
from breakd.ports import Prompt
from breakd.routines.catalogue import known
from machine import settings

LENGTHS = (1 * SECOND, 90 * SECOND, 2 * MINUTE, 10 * MINUTE, 90 * MINUTE)
LEFTS = (5 * SECOND, 1 * MINUTE, 30 * MINUTE)
SHOWINGS = range(1, 13)
TWO_LINES = 90  # letters


def own(identifier: str, name: str, position: str, image: str = "") -> dict[str, Any]:
    steps = ["Sit tall", {"text": "Breathe", "image": image} if image else "Breathe"]
    return {"id": identifier, "name": name, "position": position, "steps": steps}


TIERS = [
    {"name": "micro", "every": "30m", "length": "2m", "routines": ["helicopters", "knee-hovers"]},
    {"name": "full", "every": "2h", "length": "10m", "routines": ["walk", "dead-bugs"]},
]
OWN = [own("desk-stretch", "Desk stretch", "seated"), own("long", "The exercise with the longest name of all", "floor")]
SETTINGS = settings(**{"break": TIERS, "exercise": OWN})
SEATED = replace(SETTINGS, routine=replace(SETTINGS.routine, profile="seated"))
STANDING = replace(SETTINGS, routine=replace(SETTINGS.routine, profile="standing"))
PROFILES = [pytest.param(config, id=config.routine.profile) for config in (SETTINGS, STANDING, SEATED)]


def state(config: Settings = SETTINGS) -> State:
    return State.new(config, 9 * HOUR, Wall(0, "UTC"))


def asked(exercise: str = "helicopters", showing: int = 1, config: Settings = SETTINGS, **change: Any) -> Prompt:
    show = e.ShowPrompt(showing, 1, "micro", exercise, 2 * MINUTE, 52 * MINUTE, 3)
    return view.prompt(state(config), replace(show, **change))


@pytest.mark.parametrize("config", PROFILES)
@pytest.mark.parametrize("exercise", [*BUILT_IN, "desk-stretch", "long"])
def test_no_prompt_is_longer_than_is_read_at_a_glance(exercise: str, config: Settings) -> None:
    for showing, length, left in product(SHOWINGS, LENGTHS, (0, 3)):
        prompt = asked(exercise, showing, config, length=length, snoozes_left=left, sat=23 * HOUR + 59 * MINUTE)
        assert len(prompt.title) <= view.LONGEST_TITLE, prompt.title
        assert len(prompt.body) <= TWO_LINES, prompt.body
        assert prompt.body.endswith(".")
        assert len({choice.label for choice in prompt.choices}) == (3 if left else 2)


@pytest.mark.parametrize("config", PROFILES)
@pytest.mark.parametrize("exercise", [*BUILT_IN, "desk-stretch"])
def test_every_prompt_names_what_to_do_and_for_how_long(exercise: str, config: Settings) -> None:
    found = known(config.routine.profile, config.exercises)[exercise]
    name = found.name.partition(" (")[0].lower() if exercise in BUILT_IN else found.name
    for showing in SHOWINGS:
        assert asked(exercise, showing, config).title.endswith(f": {name}, 2 min")


@pytest.mark.parametrize("exercise", [*BUILT_IN, "desk-stretch"])
def test_two_prompts_in_a_row_differ(exercise: str) -> None:
    prompts = [asked(exercise, showing) for showing in SHOWINGS]
    for one, next_one in pairwise(prompts):
        assert one.title != next_one.title
        assert one.body != next_one.body
    assert len({(prompt.title, prompt.body) for prompt in prompts}) >= 9


def test_the_reason_comes_once_in_a_while() -> None:
    bodies = [asked(showing=showing).body for showing in SHOWINGS]
    assert [body.startswith("Sitting for 52 min. ") for body in bodies] == [True, False, False] * 4
    assert "Sitting" not in asked(sat=59 * SECOND).body


def test_nobody_who_stays_seated_is_told_to_stand_up() -> None:
    for showing, exercise in product(SHOWINGS, BUILT_IN):
        prompt = asked(exercise, showing, SEATED)
        assert not re.search(r"stand|feet|floor|leave|\bup from", f"{prompt.title} {prompt.body}", re.IGNORECASE)


def test_the_last_prompt_says_so() -> None:
    prompt = asked(snoozes_left=0)
    assert prompt.body.startswith("No more snoozes for this one. ")
    assert [choice.label for choice in prompt.choices] == ["Start", "Skip"]
    never = view.prompt(
        state(settings(**{"break": TIERS, "prompt": {"max_snoozes": 0}})),
        e.ShowPrompt(1, 1, "micro", "helicopters", 2 * MINUTE, 30 * MINUTE, 0),
    )
    assert "snooze" not in never.body


def test_a_long_name_is_cut_short() -> None:
    assert asked("long").title == "Stand up: The exercise with the longe…, 2 min"


def test_a_heads_up_says_what_comes_and_when() -> None:
    assert view.heads_up(state(), e.WarnAhead("micro", MINUTE)).title == "A break in 1 min: helicopters, 2 min"
    assert view.heads_up(state(), e.WarnAhead("full", 5 * MINUTE)).title == "A break in 5 min: short walk, 10 min"
    turned = replace(state(), turns=(1, 1))
    prompt = view.heads_up(turned, e.WarnAhead("micro", 30 * SECOND))
    assert prompt.title == "A break in 30 s: knee hovers, 2 min"
    assert (prompt.token, prompt.choices, prompt.default) == (0, (), None)


@pytest.mark.parametrize("exercise", [*BUILT_IN, "desk-stretch", "long"])
def test_no_heads_up_is_longer_than_is_read_at_a_glance(exercise: str) -> None:
    for length, left in product((2 * MINUTE, 10 * MINUTE), LEFTS):
        tier = {"name": "one", "every": "1h", "length": f"{length // MINUTE}m", "routines": [exercise]}
        prompt = view.heads_up(state(settings(**{"break": [tier], "exercise": OWN})), e.WarnAhead("one", left))
        assert len(prompt.title) <= view.LONGEST_TITLE, prompt.title
        assert len(prompt.body) <= TWO_LINES


def test_every_exercise_has_its_picture() -> None:
    for exercise, config in product(BUILT_IN, (SETTINGS, STANDING, SEATED)):
        picture = asked(exercise, config=config).picture
        assert picture is not None, exercise
        assert Path(picture).is_file()


def test_an_own_exercise_is_shown_by_its_first_image(tmp_path: Path) -> None:
    image = tmp_path / "breath.png"
    Image.new("L", (1, 1)).save(image)
    with_image = settings(exercise=[own("desk-stretch", "Desk stretch", "seated", image=str(image))])
    assert asked("desk-stretch", config=with_image).picture == str(image)
    assert asked("desk-stretch").picture is None
