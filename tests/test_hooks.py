"""Hooks as a person has them: written in the configuration, run by the daemon at what happens to a break."""

import json
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from breakd import ports
from breakd.config.check import check, filled
from machine import ALL_DAY, MICRO, Machine, settings
from running import QUICK, Home, ended

HOOKS = {name: [name, "x"] for name in ("on_prompt", "on_taken", "on_skipped", "on_missed")}


def machine() -> Machine:
    machine = Machine(config=settings(work=ALL_DAY, hooks=HOOKS, prompt={"max_snoozes": 0}, **{"break": [MICRO]}))
    machine.sit(31)
    return machine


def ran(machine: Machine) -> list[tuple[str, object]]:
    """Return each hook that ran, and for which event."""
    return [(" ".join(command), event["event"]) for command, event in machine.hooks.ran]


PROMPTED = ("on_prompt x", "prompted")


def test_each_event_has_its_hook() -> None:
    skips = machine()
    assert ran(skips) == [PROMPTED]
    skips.ask(do="skip")
    assert ran(skips) == [PROMPTED, ("on_skipped x", "skipped")]
    takes = machine()
    takes.ask(do="start")
    takes.sit(3)
    assert ran(takes) == [PROMPTED, ("on_taken x", "taken")]
    misses = machine()
    misses.sit(5)
    assert ran(misses) == [PROMPTED, ("on_missed x", "missed")]


def test_a_hook_is_told_what_the_log_says() -> None:
    found = machine()
    ((_command, event),) = found.hooks.ran
    assert event == {
        "at": "2026-06-01T09:30:00+00:00",
        "event": "prompted",
        "offer": 1,
        "break": "micro",
        "exercise": "helicopters",
        "duration_s": None,
        "reason": None,
        "source": "daemon",
        "rating": None,
    }


def test_what_is_wrong_with_a_hook_is_told_until_it_works_or_is_changed() -> None:
    found = machine()

    def problems() -> list[str]:
        return list(found.ask(do="status")["data"]["problems"])

    found.tell(ports.Trouble("hooks.on_prompt", "broken"))
    found.tell(ports.Trouble("hooks.on_taken", "broken, too"))
    assert problems() == ["broken", "broken, too"]
    found.tell(ports.Trouble("hooks.on_taken", None))
    assert problems() == ["broken"]
    found.daemon.reconfigure(settings(work=ALL_DAY, hooks=HOOKS, **{"break": [MICRO | {"every": "40m"}]}))
    assert problems() == ["broken"], "another key says nothing of it"
    found.daemon.reconfigure(settings(work=ALL_DAY, **{"break": [MICRO]}))
    assert problems() == []
    found.tell(ports.Trouble("hooks.on_prompt", "of one that still ran"))
    assert problems() == []


@pytest.mark.parametrize(
    ("value", "place", "wrong"),
    [
        ("xset bell", ("hooks", "on_prompt"), '"xset bell" is not a list; write ["xset", "bell"]'),
        ("", ("hooks", "on_prompt"), '"" is not a list; write ["notify-send", "breakd"]'),
        (5, ("hooks", "on_prompt"), '5 is not a list; write ["notify-send", "breakd"]'),
        ([5], ("hooks", "on_prompt", 0), '5 is not a text; write it in quotes: "..."'),
        (["a", ["b"]], ("hooks", "on_prompt", 1), 'a list is not a text; write it in quotes: "..."'),
        ([""], ("hooks", "on_prompt", 0), "it is empty; write a program"),
        ([" "], ("hooks", "on_prompt", 0), "it is empty; write a program"),
        (["a\0b"], ("hooks", "on_prompt", 0), '"a\0b" holds a NUL character'),
    ],
)
def test_a_hook_that_cannot_be_one_is_told(value: object, place: tuple[str | int, ...], wrong: str) -> None:
    found, problems = check(filled({"hooks": {"on_prompt": value}}))
    assert found is None
    assert [(problem.place, problem.text) for problem in problems] == [(place, wrong)]


def test_an_argument_may_be_anything_that_a_program_takes() -> None:
    command = ["~/bin/x", "", " ", "a\nb\tc", "\N{SNOWMAN}"]
    assert settings(hooks={"on_prompt": command}).hooks.on_prompt == tuple(command)


# In a daemon


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path, QUICK)
    yield home
    home.close()


def hook(home: Home, name: str, text: str) -> None:
    """Have this script as that hook; `breakd` in it is the command."""
    script = home.home / name
    command = shlex.join([sys.executable, "-m", "breakd"])
    script.write_text(f'#!/bin/sh\nbreakd() {{ {command} "$@"; }}\n{text}\n')
    script.chmod(0o755)
    if "[hooks]" not in home.config.read_text():
        home.config.write_text(f"{home.config.read_text()}\n[hooks]\n")
    home.config.write_text(f'{home.config.read_text()}{name} = ["~/{name}"]\n')


def wait_for(home: Home, name: str) -> str:
    """Return what this file holds, as soon as its last line is whole."""
    path = home.home / name
    home.wait(lambda: path.exists() and path.read_text().endswith("\n"), name)
    return path.read_text()


def test_a_prompt_and_its_answer_run_their_hooks(home: Home) -> None:
    hook(home, "on_prompt", "cat > prompted; breakd log --format json > log")
    hook(home, "on_skipped", "cat > skipped")
    home.run()
    event = json.loads(wait_for(home, "prompted"))
    assert (event["event"], event["offer"], event["break"], event["exercise"]) == (
        "prompted",
        1,
        "micro",
        "helicopters",
    )
    assert home.breakd("skip").returncode == 0
    skipped = json.loads(wait_for(home, "skipped"))
    assert (skipped["event"], skipped["source"]) == ("skipped", "cli")
    first = next(row for row in home.log() if row["event"] == "prompted")
    del first["id"], first["uid"]
    assert event == first


def test_the_log_has_the_row_before_its_hook_runs(home: Home) -> None:
    hook(home, "on_prompt", "breakd log --format json > rows; echo >> rows")
    home.run()
    rows = wait_for(home, "rows")
    assert '"event": "prompted"' in rows


def test_a_hook_may_command_breakd(home: Home) -> None:
    hook(home, "on_prompt", "breakd pause 1h && breakd status --json > status")
    home.run()
    assert json.loads(wait_for(home, "status"))["state"] == "paused"


def test_a_hook_may_end_breakd(home: Home) -> None:
    hook(home, "on_prompt", "breakd quit > told; sleep 1000")
    daemon = home.run()
    assert wait_for(home, "told") == "breakd ends.\n"
    assert ended(daemon) == 0
    assert home.events()[-1] == "daemon_stopped"


def test_a_hook_that_fails_is_told_and_the_reminders_go_on(home: Home) -> None:
    hook(home, "on_prompt", "echo no such luck >&2; exit 7")
    home.run()
    told = "hooks.on_prompt: ~/on_prompt: exit status 7: no such luck"
    home.wait(lambda: told in home.status()["problems"], "the problem")
    assert told in (home.state / "breakd.log").read_text()
    assert home.breakd("skip").returncode == 0
    home.wait(lambda: home.events().count("prompted") == 2, "the next prompt")
