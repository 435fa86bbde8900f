"""What an earlier breakd left behind, and what a later one did, each read by today's.

tests/examples/states holds states that commits of this repository saved, one letter for each form that there was, and
tests/examples/schemas a dump of a log of each schema.
"""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from breakd.config import load as load_config
from breakd.core.durations import MINUTE, SECOND
from breakd.core.state import Phase, State, load
from running import ALWAYS, Home

EXAMPLES = Path(__file__).parent / "examples"
FORMS = sorted({path.name[0] for path in (EXAMPLES / "states").iterdir()})
CONFIG = f"""{ALWAYS}
[[break]]
name = "micro"
every = "30m"
length = "2m"
routines = ["helicopters"]

[[break]]
name = "walk"
every = "2h"
length = "25m"
routines = ["walk"]
"""
"""The configuration with which the states were made."""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path, CONFIG)
    yield home
    home.close()


def saved(form: str, story: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((EXAMPLES / "states" / f"{form}-{story}.json").read_text())
    return document


def loaded(home: Home, document: dict[str, Any]) -> State:
    return load(document["engine"], load_config(str(home.config)).settings)


# The saved state


@pytest.mark.parametrize("form", FORMS)
def test_clocks_and_a_snoozed_offer_are_as_they_were(home: Home, form: str) -> None:
    state = loaded(home, saved(form, "snoozed"))
    assert state.sat == (33 * MINUTE, 33 * MINUTE)
    assert state.offer is not None
    assert (state.offer.id, state.offer.phase, state.offer.until) == (8, Phase.SNOOZED, 76 * MINUTE)
    assert state.counted == ((31 * MINUTE, 33 * MINUTE),)
    assert state.person.present_since <= state.person.last_sign == 31 * MINUTE


@pytest.mark.parametrize("form", FORMS)
def test_a_routine_that_stood_still_has_at_least_what_it_had_left(home: Home, form: str) -> None:
    offer = loaded(home, saved(form, "routine")).offer
    assert offer is not None
    assert (offer.phase, offer.until) == (Phase.ROUTINE, None)
    assert 90 * SECOND <= offer.left <= offer.length


@pytest.mark.parametrize("form", FORMS)
def test_a_pause_goes_on(home: Home, form: str) -> None:
    state = loaded(home, saved(form, "paused"))
    assert state.sat == (20.5 * MINUTE, 20.5 * MINUTE)
    assert state.paused is not None
    assert state.paused.local is not None


@pytest.mark.parametrize("form", FORMS)
def test_a_daemon_goes_on_from_it_a_moment_later(home: Home, form: str) -> None:
    document = saved(form, "snoozed")
    now_us = time.time_ns() // 1000
    document["time"]["wall"] = now_us
    document["engine"]["wall"]["offset"] = now_us - document["engine"]["now"]
    home.state.mkdir(parents=True)
    (home.state / "state.json").write_text(json.dumps(document))
    home.run()
    status = home.status()
    assert status["offer"] == {"id": 8, "break": "micro", "state": "snoozed", "snoozes_left": 2}
    # The two minutes of silence before its end were an absence by the daemon's end.
    assert 31 * 60 <= status["tiers"][1]["sat_s"] <= 33 * 60
    assert [entry.name for entry in home.state.glob("state.json*")] == ["state.json"]


def test_keys_of_a_newer_breakd_cost_nothing(home: Home) -> None:
    document = saved("c", "snoozed")
    before = loaded(home, document)
    engine = document["engine"]
    for part in (engine, engine["person"], engine["offer"], engine["tiers"]["walk"], engine["wall"]):
        part["of-a-newer-breakd"] = {"any": ["thing"]}
    assert loaded(home, document) == before


def test_a_state_of_a_newer_version_is_set_aside_and_said(home: Home) -> None:
    document = saved("c", "snoozed")
    document["engine"]["version"] = 2
    home.state.mkdir(parents=True)
    text = json.dumps(document)
    (home.state / "state.json").write_text(text)
    home.run()
    assert "its version is 2, and this breakd knows 1; it is set aside as " in home.text()
    assert (home.state / "state.json.corrupt-1").read_text() == text
