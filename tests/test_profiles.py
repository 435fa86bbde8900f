"""A profile and own exercises, as prompts, tray, status and the daemon's answers name them."""

import pytest

from breakd import ports
from machine import ALL_DAY, Machine, settings

MICRO = {"name": "micro", "every": "30m", "length": "2m", "routines": ["walk", "Neck_2", "roll"]}
NECK = {
    "id": "Neck_2",
    "name": "Neck TURNS (mine)",
    "position": "seated",
    "steps": ["Sit tall.", {"text": "Turn your head.", "seconds": 10, "sides": True}],
}
ROLL = {"id": "roll", "name": "Roll", "position": "floor", "steps": ["Roll."]}


def machine(profile: str) -> Machine:
    document = {"work": ALL_DAY, "break": [MICRO], "routine": {"profile": profile}, "exercise": [NECK, ROLL]}
    return Machine(config=settings(**document))


@pytest.mark.parametrize(
    ("profile", "labels"),
    [
        ("any", ["Short walk", "Helicopters", "Knee hovers"]),
        ("standing", ["Short walk", "Helicopters", "Desk lean"]),
        ("seated", ["Seat march", "Seat turns", "Hand press"]),
    ],
)
def test_the_tray_offers_what_fits(profile: str, labels: list[str]) -> None:
    view = machine(profile).tray.view
    assert view is not None
    starts = [entry for entry in view.menu if (entry.key or "").startswith("start:")]
    assert [entry.label for entry in starts] == labels
    assert [entry.key for entry in starts] == ["start:walk", "start:helicopters", "start:knee-hovers"]


def test_a_seated_person_is_asked_for_what_fits() -> None:
    there = machine("seated")
    assert there.tray.view is not None
    assert there.tray.view.tooltip == "Away since 09:00; seat march after 30 min more at the keyboard"
    there.sit(30)
    assert there.prompter.screen is not None
    assert there.prompter.screen.title == "Sit tall: seat march, 2 min"
    there.click("start")
    assert "On a break: Seat march" in there.ask(do="status")["text"]


def test_an_own_exercise_has_its_name_as_it_is_written() -> None:
    there = machine("seated")
    there.sit(30)
    there.click("skip")
    assert there.tray.view is not None
    assert there.tray.view.tooltip == "Sat 0 min, Neck TURNS (mine) in 30 min"
    reply = there.ask(do="start", exercise="Neck_2")
    assert reply["text"] == "Neck TURNS (mine), 2 min: here it comes."
    there.tell(ports.RoutineReport(2, "impossible", reason="no window"))
    assert there.prompter.screen is not None
    assert there.prompter.screen.title == "Neck TURNS (mine), 2 min"
    assert there.prompter.screen.body == "1. Sit tall.\n2. Turn your head."


def test_an_own_exercise_that_does_not_fit_is_not_there() -> None:
    assert machine("any").ask(do="start", exercise="roll")["ok"]
    reply = machine("seated").ask(do="start", exercise="roll")
    assert reply["status"] == 2
    assert reply["text"].endswith("press-ups, supermans, Neck_2")
