"""How is your back: when the daemon has it asked, and what comes of an answer; in virtual time, then by commands."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from breakd import ports
from breakd.core.settings import Settings
from machine import ALL_DAY, MICRO, Machine, settings
from running import QUICK, Home

EVENING = "2026-06-01T16:45:00+00:00"
ONCE = "you said 3 today; once a day is enough"


def asking(when: str = "after-break", **more: Any) -> Settings:
    return settings(work=ALL_DAY, insight={"back": when, "weekly": False}, **{"break": [MICRO]}, **more)


def after_a_break(config: Settings | None = None) -> Machine:
    """Return a machine on which a routine has just ended; its window shows its last view still."""
    machine = Machine(config=config or asking())
    machine.sit(1)
    takes_a_break(machine)
    return machine


def takes_a_break(machine: Machine) -> None:
    machine.ask(do="start")
    machine.wait(1)
    machine.tell(ports.RoutineReport(machine.routines.opened[-1][0], "done"))
    assert machine.events()[-1] == "taken"


def gone(machine: Machine) -> None:
    """Have the window of the last routine go."""
    machine.tell(ports.RoutineReport(machine.routines.opened[-1][0], "gone"))


def asked() -> Machine:
    machine = after_a_break()
    gone(machine)
    assert on_screen(machine)
    return machine


def on_screen(machine: Machine) -> bool:
    return machine.back.on_screen


def felt(machine: Machine) -> list[tuple[int | None, str]]:
    return [(row.rating, row.source) for row in machine.history.rows if row.event == "felt"]


# When it is asked


def test_it_is_asked_when_the_routine_s_window_has_gone() -> None:
    machine = after_a_break()
    machine.wait(0.1)
    assert machine.back.asked == []
    gone(machine)
    assert machine.back.asked == ["auto"]


def test_the_window_of_an_earlier_routine_does_not_stand_for_this_one() -> None:
    machine = after_a_break(asking("daily"))
    machine.ask(do="start")
    machine.tell(ports.RoutineReport(1, "gone"))
    machine.wait(8 * 60)
    assert machine.back.asked == []
    gone(machine)
    assert len(machine.back.asked) == 1


def test_it_is_asked_by_the_configured_theme() -> None:
    machine = after_a_break(asking(routine={"theme": "high-contrast"}))
    gone(machine)
    assert machine.back.asked == ["high-contrast"]


def test_switched_off_it_is_never_asked() -> None:
    machine = after_a_break(asking("never"))
    gone(machine)
    assert machine.back.asked == []


def test_the_second_break_of_the_day_asks_nothing() -> None:
    for answers in (True, False):
        machine = asked()
        if answers:
            machine.tell(ports.Rated(3))
        takes_a_break(machine)
        gone(machine)
        assert len(machine.back.asked) == 1


def test_who_has_said_it_already_is_not_asked() -> None:
    machine = Machine(config=asking())
    assert machine.ask(do="felt", rating=3)["ok"]
    takes_a_break(machine)
    gone(machine)
    assert machine.back.asked == []


def test_at_the_end_of_work_it_waits_for_the_routine_that_runs() -> None:
    machine = Machine(EVENING, asking("daily"))
    machine.sit(14)
    machine.ask(do="start")
    machine.wait(1.5)
    assert machine.back.asked == []
    machine.tell(ports.RoutineReport(1, "done"))
    gone(machine)
    assert len(machine.back.asked) == 1


# What takes it off the screen


def test_a_prompt_takes_its_place() -> None:
    machine = asked()
    machine.sit(29)
    assert on_screen(machine)
    machine.wait(1)
    assert machine.screen() is not None
    assert not on_screen(machine)
    machine.ask(do="skip")
    machine.wait(1)
    assert len(machine.back.asked) == 1


def test_a_routine_takes_its_place() -> None:
    machine = asked()
    machine.ask(do="start")
    assert not on_screen(machine)


@pytest.mark.parametrize("reason", ["screen-share", "fullscreen"])
def test_nobody_is_asked_in_company_or_in_the_midst_of_a_film(reason: str) -> None:
    machine = asked()
    machine.busy(reason, "vlc")
    assert not on_screen(machine)
    machine = after_a_break()
    machine.busy(reason, "vlc")
    gone(machine)
    machine.free(reason)
    assert machine.back.asked == []


@pytest.mark.parametrize("message", [ports.Locked(), ports.Sleeping()])
def test_nobody_is_asked_who_has_gone(message: ports.Message) -> None:
    machine = asked()
    machine.tell(message)
    assert not on_screen(machine)


def test_a_pause_is_from_this_too() -> None:
    machine = asked()
    machine.ask(do="pause")
    assert not on_screen(machine)


def test_switched_off_meanwhile_it_goes() -> None:
    machine = asked()
    machine.file.settings = asking("never")
    machine.tell(ports.ConfigChanged())
    assert not on_screen(machine)


# The answer


def test_a_click_is_logged() -> None:
    machine = asked()
    machine.tell(ports.Rated(3))
    assert felt(machine) == [(3, "notification")]


def test_a_command_is_logged_and_takes_the_question_off_the_screen() -> None:
    machine = asked()
    assert machine.ask(do="felt", rating="3")["text"] == "Logged: 3 of 10."
    assert felt(machine) == [(3, "cli")]
    assert not on_screen(machine)


def test_once_a_day_is_enough() -> None:
    machine = asked()
    machine.tell(ports.Rated(3))
    machine.tell(ports.Rated(5))
    reply = machine.ask(do="felt", rating=7)
    assert (reply["ok"], reply["status"], reply["text"]) == (False, 1, ONCE)
    assert felt(machine) == [(3, "notification")]
    machine.wait(24 * 60)
    assert machine.ask(do="felt", rating=0)["ok"]
    assert felt(machine)[1:] == [(0, "cli")]


def test_nothing_said_before_is_told_from_no_pain() -> None:
    machine = Machine()
    assert machine.ask(do="felt", rating=0)["ok"]
    assert machine.ask(do="felt", rating=2)["text"] == "you said 0 today; once a day is enough"


@pytest.mark.parametrize("rating", [None, -1, 11, 2.5, True, "", "three", "03", "\N{SUPERSCRIPT TWO}"])
def test_what_is_no_rating_is_told(rating: object) -> None:
    machine = Machine()
    reply = machine.ask(do="felt", rating=rating)
    assert (reply["ok"], reply["status"]) == (False, 2)
    assert "a whole number from 0 (no pain) to 10" in reply["text"]
    assert felt(machine) == []


# By real commands


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path, f'{QUICK}\n[insight]\nback = "after-break"\n')
    yield home
    home.close()


def test_the_command_says_it_once(home: Home) -> None:
    home.run()
    said = home.breakd("felt", "3")
    assert (said.returncode, said.stdout, said.stderr) == (0, "Logged: 3 of 10.\n", "")
    again = home.breakd("felt", "4")
    assert (again.returncode, again.stdout, again.stderr) == (1, "", ONCE + "\n")
    wrong = home.breakd("felt", "11")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    (row,) = [row for row in home.log() if row["event"] == "felt"]
    assert (row["rating"], row["source"], row["offer"]) == (3, "cli", None)
    (line,) = [line for line in home.breakd("log").stdout.splitlines() if "felt" in line]
    assert line.split()[2:] == ["felt", "3", "of", "10", "cli"]


def test_where_there_is_no_screen_nobody_is_asked_and_that_is_noted(home: Home) -> None:
    home.run()
    home.wait(lambda: "prompted" in home.events(), "a prompt")
    assert home.breakd("start").returncode == 0
    home.wait(lambda: "was not asked: there is no screen" in home.breakd("log", "--debug").stdout, "the note")
    assert "taken" in home.events()
