"""A heads-up: it comes before a break, asks nothing, gives way to the prompt, and goes when the break does not come."""

import pytest

from breakd import ports
from machine import ALL_DAY, MICRO, Machine, settings

WARNS = settings(work=ALL_DAY, prompt={"warn_before": "1m"}, **{"break": [MICRO]})


def warned(at: str = "2026-06-01T09:00:00+00:00", sat: float = 29.5) -> Machine:
    """Return a machine with a heads-up on the screen."""
    machine = Machine(at, WARNS)
    machine.sit(sat)
    screen = machine.screen()
    assert screen is not None
    assert screen.title == "A break in 1 min: helicopters, 2 min"
    return machine


def test_it_comes_a_minute_before_the_break_and_gives_way_to_the_prompt() -> None:
    machine = warned()
    assert len(machine.prompter.shown) == 1
    machine.wait(0.6)
    screen = machine.screen()
    assert screen is not None
    assert [choice.key for choice in screen.choices] == ["start", "snooze", "skip"]
    assert len(machine.prompter.shown) == 2
    machine.wait(1)
    assert machine.screen() == screen


def test_closing_it_changes_nothing() -> None:
    machine = warned()
    machine.tell(ports.PromptWavedAway(0))
    assert machine.events() == ["daemon_started"]
    machine.wait(0.6)
    assert machine.events() == ["daemon_started", "due", "prompted"]


@pytest.mark.parametrize(
    "happens",
    [
        ports.MenuChosen("pause:"),
        ports.MenuChosen("start:walk"),
        ports.WentIdle(180),
        ports.Locked(),
        ports.InUse("fullscreen", "fake", (("mpv",),)),
    ],
)
def test_it_goes_when_the_break_does_not_come(happens: ports.Message) -> None:
    machine = warned()
    machine.tell(happens)
    assert machine.screen() is None


def test_it_goes_at_the_end_of_work() -> None:
    machine = warned("2026-06-01T16:30:20+00:00", sat=29.3)
    machine.wait(0.5)
    assert machine.screen() is None


def test_it_comes_again_for_the_next_break() -> None:
    machine = warned()
    machine.wait(0.6)
    machine.click("skip")
    machine.sit(29.5)
    screen = machine.screen()
    assert screen is not None
    assert screen.title == "A break in 1 min: knee hovers, 2 min"
