"""The main job, end to end: sit, be asked, click, move, logged. Real keys, real clicks, the real daemon."""

import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop.desk import SECONDS, Desk
from desktop.person import Person

pytestmark = pytest.mark.desktop

Sits = Callable[..., Person]


def on(*servers: str) -> pytest.MarkDecorator:
    """Say on which notification servers a test runs; the tests of one server share a desk."""
    return pytest.mark.parametrize("desk", servers, indirect=True)


@pytest.fixture(scope="module")
def desk(request: pytest.FixtureRequest, make_desk: Callable[..., Desk]) -> Iterator[Desk]:
    with make_desk(server=request.param, tray="xfce4-panel") as desk:
        yield desk


@pytest.fixture
def sits(desk: Desk, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Sits]:
    """Return what seats a person at the desk, with values of the configuration."""
    seated = []

    def sit(**config: str | int) -> Person:
        name = request.node.name.removeprefix("test_").replace("[", "-").rstrip("]")
        seated.append(Person(desk, tmp_path, name, **config))  # type: ignore[arg-type]  # the values are what they are
        return seated[-1]

    yield sit
    for person in seated:
        person.close()


@on("xfce4-notifyd", "notification-daemon")
def test_start_and_move(sits: Sits) -> None:
    person = sits(every="4s", length="3s")
    person.starts("run")
    person.is_asked()
    person.shot("asked")
    person.clicks("Start")
    person.sees_routine("Helicopters")
    person.is_left_alone()
    person.shot("routine")
    person.desk.window("Done")
    person.shot("done")
    assert person.events() == ["due", "prompted", "started", "taken"]
    row = {"offer": 1, "break": "micro", "exercise": "helicopters", "reason": None, "rating": None}
    assert person.row("started") == {"event": "started", "source": "notification", "duration_s": None, **row}
    assert person.row("taken") == {"event": "taken", "source": "routine", "duration_s": 3, **row}


@on("xfce4-notifyd", "notification-daemon")
def test_snooze_and_skip(sits: Sits) -> None:
    person = sits()
    person.starts("run")
    person.is_asked()
    person.clicks("Snooze")
    person.is_left_alone()
    person.shot("snoozed")
    person.is_asked("the prompt again")
    person.clicks("Skip")
    person.is_left_alone()
    assert person.events() == ["due", "prompted", "snoozed", "prompted", "skipped"]
    row = {"offer": 1, "break": "micro", "exercise": "helicopters", "reason": None, "rating": None}
    row |= {"source": "notification"}
    assert person.row("snoozed") == {"event": "snoozed", "duration_s": 1, **row}
    assert person.row("skipped") == {"event": "skipped", "duration_s": None, **row}


@on("dunst")
def test_start_where_there_are_no_buttons(sits: Sits) -> None:
    person = sits(every="3s", length="2s")
    person.starts("run")
    person.works_until(lambda: person.desk.find("Stand"), "the prompt")
    person.shot("asked")
    assert person.desk.run(["dunstctl", "action"]).returncode == 0
    person.desk.window("Done")
    person.is_left_alone()
    assert person.events() == ["due", "prompted", "started", "taken"]


@on("xfce4-notifyd")
def test_waved_away_is_a_snooze(sits: Sits) -> None:
    person = sits()
    person.starts("run")
    bubble = person.is_asked()
    person.desk.click(bubble.left + 20, bubble.top + 10)  # which closes it, and says no more
    person.is_left_alone()
    person.is_asked("the prompt again")
    assert person.events() == ["due", "prompted", "snoozed", "prompted"]
    assert person.row("snoozed")["source"] == "notification"


@on("xfce4-notifyd")
def test_leaving_the_keyboard_is_a_natural_break(sits: Sits) -> None:
    person = sits(every="4s", away_after="3s")
    person.starts("run")
    person.works_until(person.desk.bubbles, "a prompt")
    person.is_left_alone()
    person.shot("gone")
    assert person.events() == ["due", "prompted", "natural"]
    assert person.row("natural")["duration_s"] == 3
    assert person.status()["state"] == "away"


@on("xfce4-notifyd")
def test_never_answered_is_missed(sits: Sits) -> None:
    person = sits(max_snoozes=1, timeout="1s")
    person.starts("run")
    person.works_until(lambda: person.events()[-1:] == ["missed"], "the prompt missed")
    person.is_left_alone()
    assert person.events() == ["due", "prompted", "unanswered", "prompted", "missed"]


@on("xfce4-notifyd", "notification-daemon")
def test_killed_with_a_prompt_on_the_screen(sits: Sits) -> None:
    person = sits()
    daemon = person.starts("run")
    person.is_asked()
    person.clicks("Snooze")
    person.is_left_alone()
    person.is_asked("the prompt again")
    # The bubble is drawn before its number is told, without which nobody could take it off.
    noted = Path(person.desk.env["XDG_RUNTIME_DIR"], "breakd.prompt")
    person.desk.wait(noted.exists, "the prompt's number noted")
    person.desk.stop(daemon, signal.SIGKILL)
    person.shot("killed")
    person.starts("run")
    person.is_left_alone()
    person.is_asked("the prompt after the restart")
    person.shot("again")
    assert person.status()["offer"] == {"id": 1, "break": "micro", "state": "prompted", "snoozes_left": 2}
    assert person.events() == ["due", "prompted", "snoozed", "prompted", "prompted"]
    person.clicks("Skip")
    person.is_left_alone()
    assert person.events()[-1] == "skipped"


@on("xfce4-notifyd", "notification-daemon")
def test_the_notification_server_dies_with_a_prompt(sits: Sits) -> None:
    person = sits()
    person.starts("run")
    person.is_asked()
    person.desk.stop_server()
    person.is_left_alone()
    person.desk.start_server(person.name.partition("-")[2])
    person.is_asked("the prompt again")
    person.clicks("Skip")
    person.is_left_alone()
    assert person.events() == ["due", "prompted", "skipped"]


@on("xfce4-notifyd")
def test_the_tray(sits: Sits) -> None:
    person = sits(every="2h", length="1m")
    daemon = person.starts("run")
    menu = person.opens_menu()
    person.shot("menu")
    person.desk.click_word("Helicopters", menu)
    person.sees_routine("Helicopters")
    person.shot("routine")
    assert person.row("started")["source"] == "tray"
    person.desk.key("Escape")
    person.sees_no_routine()
    assert person.events() == ["started", "abandoned"]

    menu = person.opens_menu()
    person.desk.click_word("Pause", menu)
    (submenu,) = person.desk.wait(lambda: [box for box in person.desk.bubbles() if box != menu], "the submenu")
    person.shot("pause")
    person.desk.click_word("30", submenu)
    person.desk.wait(lambda: person.status()["state"] == "paused", "the pause")
    assert person.row("paused", None)["source"] == "tray"
    assert person.row("paused", None)["duration_s"] == 1800

    menu = person.opens_menu()
    person.shot("paused")
    person.desk.click_word("Resume", menu)
    person.desk.wait(lambda: person.status()["state"] == "working", "the end of the pause")
    assert person.row("resumed", None)["source"] == "tray"

    person.desk.click_word("log", person.opens_menu())
    log = person.desk.window("breakd: log")
    person.desk.wait(lambda: "abandoned" in person.desk.text(log.box), "the log's rows")
    person.shot("log")
    person.desk.key("Escape")
    person.desk.wait(lambda: log not in person.desk.windows(), "the log's end")

    person.desk.click_word("Quit", person.opens_menu())
    assert daemon.wait(SECONDS) == 0
    assert person.log()[-1]["event"] == "daemon_stopped"


@on("xfce4-notifyd")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_and_its_routine(sits: Sits, number: int) -> None:
    person = sits(every="2h", length="1m")
    daemon = person.starts("run")
    assert person.run("start", "knee-hovers").returncode == 0
    person.sees_routine("Knee hovers")
    assert person.desk.stop(daemon, number) == 0
    person.sees_no_routine()
    assert [row["event"] for row in person.log()] == ["daemon_started", "started", "abandoned", "daemon_stopped"]


@on("xfce4-notifyd")
def test_one_daemon_a_person(sits: Sits) -> None:
    person = sits()
    first = person.starts("run")
    second = person.run("run", "--config", str(person.config))
    assert (second.returncode, second.stdout, second.stderr.count("\n")) == (1, "", 1)
    assert person.status()["pid"] == first.pid
    assert person.output() == "Next: micro after 2 s at the keyboard.\n"


@on("xfce4-notifyd")
def test_try_shows_how_it_asks(sits: Sits) -> None:
    person = sits()
    trial = person.starts("try")
    bubble = person.is_asked()
    person.shot("asked")
    assert "This is how I will ask" in person.desk.text(bubble)
    person.clicks("Start")
    person.sees_routine("Helicopters")
    person.is_left_alone()
    person.desk.wait(lambda: re.search(r"0:(20|1.) left", person.desk.text()), "20 seconds of it")
    person.shot("routine")
    person.desk.key("Escape")
    assert trial.wait(SECONDS) == 0
    assert person.log() == []


@on("xfce4-notifyd")
def test_a_newcomer_is_shown_once_how_it_asks(sits: Sits) -> None:
    person = sits()
    person.config = None
    daemon = person.starts("run")
    welcome = person.desk.window("Welcome to breakd")

    def skipped() -> bool:
        gone = welcome.id not in [window.id for window in person.desk.windows()]
        if not gone:
            person.desk.click(welcome.box.left + 78, welcome.box.top + welcome.box.height - 46)
        return gone

    person.desk.wait(skipped, "the welcome skipped")  # it takes no click in its first moment
    bubble = person.is_asked()
    assert "This is how I will ask" in person.desk.text(bubble)
    person.clicks("Skip")
    person.is_left_alone()
    person.desk.stop(daemon)
    person.starts("run")
    assert not person.desk.bubbles()
    person.clicks_icon()
    (bubble,) = person.desk.wait(person.desk.bubbles, "the state")
    person.shot("state")
    person.desk.wait(lambda: "Next" in person.desk.text(bubble) or "Nothing" in person.desk.text(bubble), "the state")
    assert {row["event"] for row in person.log()} == {"daemon_started", "daemon_stopped"}
