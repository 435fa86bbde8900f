"""Prompts answered as each notification server allows it; what came of it stands in the log.

The servers with buttons are clicked through in test_main_job.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop.desk import Box, Desk
from desktop.person import Person
from desktop.wayland import WaylandDesk

pytestmark = pytest.mark.desktop

Sits = Callable[..., Person]


@pytest.fixture
def sits(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Sits]:
    """Return what seats a person at a desk, with values of the configuration."""
    seated = []

    def sit(desk: Desk, **config: str | int) -> Person:
        name = request.node.name.removeprefix("test_").replace("[", "-").rstrip("]")
        seated.append(Person(desk, tmp_path, name, **config))  # type: ignore[arg-type]  # the values are what they are
        return seated[-1]

    yield sit
    for person in seated:
        person.close()


@pytest.fixture(scope="module")
def dunst(make_desk: Callable[..., Desk]) -> Iterator[Desk]:
    with make_desk(server="dunst") as desk:
        yield desk


@pytest.fixture(scope="module")
def xfce(make_desk: Callable[..., Desk]) -> Iterator[Desk]:
    with make_desk(server="xfce4-notifyd") as desk:
        yield desk


@pytest.fixture
def desk(request: pytest.FixtureRequest, make_desk: Callable[..., Desk]) -> Iterator[Desk]:
    with make_desk(server=request.param) as desk:
        yield desk


@pytest.fixture(scope="module")
def sway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WaylandDesk]:
    with WaylandDesk(tmp_path_factory.mktemp("sway"), server="mako") as desk:
        yield desk


def sees(person: Person, *words: str) -> Box:
    """Work until the one bubble says this, and return its place."""

    def reads() -> list[Box]:
        bubbles = person.desk.bubbles()
        text = person.desk.text(bubbles[0]) if bubbles else ""
        return bubbles if all(word in text for word in words) else []

    (bubble,) = person.works_until(reads, f"a bubble that says {words}")
    return bubble


# dunst has no buttons


def test_dunst_says_that_a_middle_click_starts_and_it_does(sits: Sits, dunst: Desk) -> None:
    person = sits(dunst, every="3s", length="2s")
    person.starts("run")
    bubble = sees(person, "Middle", "click", "helicopters")
    person.shot("asked")
    person.desk.click(*bubble.middle, button=2)
    person.sees_routine("Helicopters")
    person.desk.window("Done")
    assert person.events() == ["due", "prompted", "started", "taken"]
    assert person.row("started")["source"] == "notification"


def test_a_click_on_dunst_snoozes(sits: Sits, dunst: Desk) -> None:
    person = sits(dunst, max_snoozes=1)
    person.starts("run")
    bubble = sees(person, "snooze")
    person.desk.click(*bubble.middle)
    person.desk.wait(lambda: "snoozed" in person.events(), "the snooze in the log")
    sees(person, "No", "more", "snoozes")
    person.shot("again")
    assert person.events() == ["due", "prompted", "snoozed", "prompted"]


# mako is spoken to by makoctl; without X the steps stand in the notification


def test_mako_answers(sits: Sits, sway: WaylandDesk) -> None:
    person = sits(sway, every="6s", length="5s")
    person.starts("run")
    sees(person, "Click", "start", "helicopters")
    person.shot("asked")
    sway.invoke("snooze")
    sway.wait(lambda: person.events() == ["due", "prompted", "snoozed"], "the snooze in the log")
    person.is_left_alone()
    sway.wait(lambda: person.events()[-1] == "prompted", "the prompt again")
    sway.invoke("default")
    sway.wait(lambda: "Grow tall" in sway.told(), "the steps")
    person.shot("steps")
    sway.invoke("done")
    person.is_left_alone()
    assert person.events() == ["due", "prompted", "snoozed", "prompted", "started", "taken"]
    assert person.row("snoozed")["source"] == person.row("started")["source"] == "notification"


def test_mako_is_killed_and_asks_again(sits: Sits, sway: WaylandDesk) -> None:
    person = sits(sway)
    person.starts("run")
    person.works_until(sway.bubbles, "the prompt")
    sway.stop_server()
    sway.start_server("mako")
    sway.wait(sway.bubbles, "the prompt again")
    assert sway.run(["makoctl", "dismiss"]).returncode == 0  # as a right click does
    sway.wait(lambda: person.events()[:3] == ["due", "prompted", "snoozed"], "the snooze in the log")
    sway.invoke("skip")
    sway.wait(lambda: person.events()[3:] == ["prompted", "skipped"], "the skip in the log")
    person.is_left_alone()


# A server that goes, and another that comes


@pytest.mark.parametrize(
    ("desk", "then"), [("dunst", "xfce4-notifyd"), ("xfce4-notifyd", "notification-daemon")], indirect=["desk"]
)
def test_another_server_takes_over(desk: Desk, sits: Sits, then: str) -> None:
    person = sits(desk)
    person.starts("run")
    sees(person, "helicopters")
    desk.stop_server()
    desk.start_server(then)
    person.is_asked("the prompt on the other server")
    person.sees_no_routine()  # nor a prompt in a window of its own, which served in between
    person.shot("again")
    person.clicks("Skip")
    person.is_left_alone()
    assert person.events() == ["due", "prompted", "skipped"]


# A heads-up


def test_a_heads_up_is_closed_by_a_click_and_the_prompt_comes_all_the_same(sits: Sits, xfce: Desk) -> None:
    person = sits(xfce, every="5s", warn_before="4s")
    person.starts("run")
    bubble = sees(person, "break", "helicopters")
    person.shot("warned")
    person.desk.click(*bubble.middle)
    person.is_left_alone()
    person.is_asked()
    assert person.events() == ["due", "prompted"]
    person.clicks("Skip")
    person.is_left_alone()


def test_a_heads_up_becomes_the_prompt(sits: Sits, xfce: Desk) -> None:
    person = sits(xfce, every="4s", warn_before="3s")
    person.starts("run")
    sees(person, "break", "helicopters")
    assert person.events() == []
    person.is_asked()
    person.shot("asked")
    person.clicks("Skip")
    person.is_left_alone()
    assert person.events() == ["due", "prompted", "skipped"]


def test_a_heads_up_goes_when_the_break_does_not_come(sits: Sits, xfce: Desk) -> None:
    person = sits(xfce, every="1h", warn_before="59m59s")
    person.starts("run")
    sees(person, "break", "helicopters")
    assert person.run("pause").returncode == 0
    person.is_left_alone()
    assert person.log()[-1]["event"] == "paused"
