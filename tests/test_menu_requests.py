"""The tray's menu over the socket: what `breakd panel` asks for, and what it chooses."""

from typing import Any

import pytest

from breakd.ports import Entry
from machine import Machine


def menu(machine: Machine) -> tuple[Entry, ...]:
    """Return the menu that the daemon tells."""
    reply = machine.ask(do="menu")
    assert reply["ok"]
    return tuple(map(entry, reply["data"]["entries"]))


def entry(said: dict[str, Any]) -> Entry:
    return Entry(**said | {"entries": tuple(map(entry, said["entries"]))})


def test_it_is_the_trays() -> None:
    machine = Machine()
    for minutes in (1, 30):
        machine.sit(minutes)
        assert machine.tray.view is not None
        assert menu(machine) == machine.tray.view.menu
    assert "answer:snooze" in [entry.key for entry in menu(machine)]


def test_it_says_how_its_window_is_to_look() -> None:
    assert Machine().ask(do="menu")["data"]["theme"] == "auto"


def test_what_is_chosen_is_logged_as_from_the_tray() -> None:
    machine = Machine()
    machine.sit(30)
    reply = machine.ask(do="choose", key="answer:snooze")
    assert reply["ok"]
    assert (machine.history.rows[-1].event, machine.history.rows[-1].source) == ("snoozed", "tray")
    assert machine.ask(do="choose", key="start:walk")["ok"]
    assert machine.routines.opened[-1][1] == "walk"


def test_an_entry_of_a_submenu_is_chosen() -> None:
    machine = Machine()
    assert machine.ask(do="choose", key="pause:1h")["ok"]
    assert machine.daemon.state.paused is not None
    assert machine.ask(do="choose", key="resume")["ok"]
    assert machine.daemon.state.paused is None


def test_what_is_greyed_cannot_be_chosen() -> None:
    machine = Machine()
    machine.sit(30)
    machine.click("start")
    reply = machine.ask(do="choose", key="start:walk")
    assert (reply["ok"], reply["status"], reply["text"]) == (False, 1, "Short walk cannot be chosen now")


@pytest.mark.parametrize("key", ["answer:start", "start:yoga", "resume", "", "-", None, 7, True])
def test_what_the_menu_has_not_is_refused(key: object) -> None:
    machine = Machine()
    events = machine.events()
    reply = machine.ask(do="choose", key=key)
    assert (reply["ok"], reply["status"]) == (False, 2)
    assert reply["text"].startswith("the menu has no entry ")
    assert machine.events() == events


def test_quit_is_answered_before_the_end() -> None:
    machine = Machine()
    assert machine.ask(do="choose", key="quit")["ok"]
    assert machine.events()[-1] == "daemon_stopped"
