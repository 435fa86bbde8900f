"""The configuration changes while breakd runs: what comes into effect, what is told of mistakes, and what it costs."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from breakd import ports
from breakd.commands.client import ask
from breakd.config.example import example
from breakd.core.settings import Settings
from machine import ALL_DAY, MICRO, Machine, settings
from running import ALWAYS, CALM, Home, ended

WRONG = 'c.toml:3: break[0].every: "abc" is not a duration'
OTHER = 'c.toml:9: break[1].name: "micro" is there twice'
TITLE = "Mistakes: the last good configuration stays"


def every(minutes: int, **tables: Any) -> Settings:
    return settings(work=ALL_DAY, **{"break": [MICRO | {"every": f"{minutes}m"}]}, **tables)


def save(machine: Machine, new: Settings | str) -> None:
    """Save a good file, or one with this mistake."""
    machine.file.saved = True
    machine.file.wrong = new if isinstance(new, str) else None
    if isinstance(new, Settings):
        machine.file.settings = new
    machine.tell(ports.ConfigChanged())


def error(machine: Machine) -> str | None:
    """Return what `status` has of the configuration's mistakes."""
    found: str | None = machine.ask(do="status")["data"]["config_error"]
    return found


def told(machine: Machine) -> list[str]:
    """Return what was told of mistakes."""
    return [prompt.body for prompt in machine.prompter.shown if prompt.title == TITLE]


# What comes into effect


def test_clocks_keep_their_value() -> None:
    machine = Machine()
    machine.sit(20)
    save(machine, every(25))
    assert machine.ask(do="status")["data"]["tiers"] == [
        {"name": "micro", "every_s": 1500, "sat_s": 1200, "due_in_s": 300}
    ]
    machine.wait(5)
    assert machine.events() == ["daemon_started", "config_reloaded", "due", "prompted"]


def test_a_file_that_says_the_same_changes_nothing() -> None:
    machine = Machine()
    save(machine, machine.config)
    assert machine.events() == ["daemon_started"]
    assert machine.prompter.shown == []


def test_the_welcome_and_the_watch_tell_of_the_same_file() -> None:
    machine = Machine()
    save(machine, every(20))
    machine.tell(ports.Welcomed(every(20)))
    save(machine, every(20))
    assert machine.events() == ["daemon_started", "config_reloaded"]
    assert [prompt.title for prompt in machine.prompter.shown] == ["This is how I will ask"]


def test_a_reason_that_is_watched_again_is_on_only_where_it_is_told_anew() -> None:
    watched, not_watched = every(30, hold={"while": ["fullscreen"]}), every(30, hold={"while": []})
    film = ports.InUse("fullscreen", "x11", (("mpv",),))
    machine = Machine(config=watched)
    machine.tell(film)
    save(machine, not_watched)
    machine.tell(film)  # it was under way when the source was closed
    save(machine, watched)
    machine.sit(30)
    assert machine.events()[-2:] == ["due", "prompted"]


@pytest.mark.parametrize("name", ["mpv", "MPV", "io.mpv.Mpv", "io.mpv.Mpv.desktop", "org.mpv.desktop"])
def test_a_program_is_known_by_the_last_part_of_a_long_name(name: str) -> None:
    machine = Machine(config=every(30, hold={"ignore": ["mpv"]}))
    machine.tell(ports.InUse("fullscreen", "foreign-toplevel", ((name,),)))
    machine.sit(30)
    assert machine.events()[-2:] == ["due", "prompted"]


def test_all_that_reads_the_configuration_follows() -> None:
    machine = Machine()
    ways: list[tuple[str, str]] = []
    machine.daemon._outside.ask_by = lambda window, theme: ways.append((window, theme))
    new = every(
        30, presence={"away_after": "7m"}, prompt={"window": "always"}, routine={"theme": "dark"},
        hooks={"on_prompt": ["notice"]},
    )  # fmt: skip
    save(machine, new)
    assert machine.presence.away_after == 7 * 60
    assert ways == [("always", "dark")]
    machine.sit(30)
    assert [command for command, _ in machine.hooks.ran] == [("notice",)]


def test_a_prompt_is_shown_again_where_another_way_shows_it() -> None:
    machine = Machine()
    machine.sit(30)
    prompt = machine.screen()
    assert prompt is not None
    machine.daemon._outside.ask_by = lambda _window, _theme: machine.prompter.withdraw()
    save(machine, every(30, prompt={"window": "always"}))
    assert machine.screen() == prompt
    save(machine, every(30, prompt={"window": "always"}, routine={"theme": "dark"}))
    assert machine.prompter.shown == [prompt, prompt]


def test_where_nothing_tells_of_a_change_it_is_seen_within_a_minute() -> None:
    machine = Machine()
    machine.file.settings, machine.file.saved = every(20), True
    machine.wait(1)
    assert machine.events() == ["daemon_started", "config_reloaded"]
    assert not machine.file.saved


def test_who_asks_all_the_time_keeps_no_change_from_being_seen() -> None:
    machine = Machine()
    machine.wait(1)
    machine.file.settings, machine.file.saved = every(20), True
    for _ in range(7):
        machine.clock.pass_time(10)
        machine.ask(do="status")
    assert machine.events() == ["daemon_started", "config_reloaded"]


# What is told of mistakes


def test_a_mistake_is_told_once_and_taken_back() -> None:
    machine = Machine()
    save(machine, WRONG)
    assert (error(machine), told(machine)) == (WRONG, [WRONG])
    save(machine, WRONG)
    assert told(machine) == [WRONG]
    save(machine, OTHER)
    assert (error(machine), told(machine)) == (OTHER, [WRONG, OTHER])
    save(machine, machine.config)
    assert (error(machine), machine.screen()) == (None, None)
    assert machine.events() == ["daemon_started"]
    save(machine, WRONG)
    assert told(machine) == [WRONG, OTHER, WRONG]


def test_many_mistakes_are_told_in_few_lines() -> None:
    machine = Machine()
    many = "\n".join(f"c.toml:{line}: wrong" for line in range(1, 6))
    save(machine, many)
    assert error(machine) == many
    assert told(machine) == [
        "c.toml:1: wrong\nc.toml:2: wrong\nc.toml:3: wrong\n2 more: `breakd config check` tells them"
    ]


@pytest.mark.parametrize("ends", ["skip", "start"])
def test_a_mistake_waits_for_the_end_of_a_prompt_or_a_routine(ends: str) -> None:
    machine = Machine()
    machine.sit(30)
    prompt = machine.screen()
    assert prompt is not None
    save(machine, WRONG)
    assert (error(machine), machine.screen(), told(machine)) == (WRONG, prompt, [])
    machine.click(ends)
    if ends == "start":
        assert told(machine) == []
        machine.tell(ports.RoutineReport(1, "finished", 120))
    assert told(machine) == [WRONG]
    machine.wait(5)
    assert told(machine) == [WRONG]


def test_a_mistake_that_is_mended_during_a_prompt_is_not_told() -> None:
    machine = Machine()
    machine.sit(30)
    prompt = machine.screen()
    save(machine, WRONG)
    save(machine, machine.config)
    assert machine.screen() == prompt
    machine.click("skip")
    assert (error(machine), told(machine)) == (None, [])


def test_mending_it_takes_nothing_else_off_the_screen() -> None:
    machine = Machine()
    save(machine, WRONG)
    machine.sit(30)
    prompt = machine.screen()
    assert prompt is not None
    assert prompt.choices
    save(machine, machine.config)
    assert machine.screen() == prompt


def test_a_mistake_stays_on_the_screen_where_a_heads_up_was() -> None:
    machine = Machine(config=every(30, prompt={"warn_before": "1m"}))
    machine.sit(29.5)
    save(machine, WRONG)
    machine.tell(ports.MenuChosen("pause:"))
    screen = machine.screen()
    assert screen is not None
    assert screen.body == WRONG


def test_a_mistake_that_keeps_it_from_restarting_is_mended_by_saving() -> None:
    machine = Machine()
    machine.file.wrong = WRONG
    assert machine.ask(do="restart")["status"] == 2
    save(machine, machine.config)
    assert (error(machine), machine.screen()) == (None, None)


def test_what_a_person_is_to_know_waits_its_turn() -> None:
    machine = Machine()
    machine.sit(30)
    prompt = machine.screen()
    machine.tell(ports.Notice("edit", "It cannot be opened", "Edit it by hand."))
    assert machine.screen() == prompt
    machine.click("skip")
    screen = machine.screen()
    assert screen is not None
    assert (screen.title, screen.choices) == ("It cannot be opened", ())


# The real thing


def rename(path: Path, text: str) -> None:
    """Save as most editors do."""
    draft = path.with_suffix(".draft")
    draft.write_text(text)
    draft.replace(path)


def every_s(home: Home) -> float:
    found: float = home.status()["tiers"][0]["every_s"]
    return found


def test_saving_is_enough(home: Home) -> None:
    home.run()
    rename(home.config, CALM.replace("30m", "25m"))
    home.wait(lambda: every_s(home) == 1500, "the new time")
    home.config.write_text(CALM.replace("30m", "20m"))
    home.wait(lambda: every_s(home) == 1200, "the next")
    assert home.events() == ["daemon_started", "config_reloaded", "config_reloaded"]
    home.config.write_text(CALM.replace('"30m"', '"abc"'))
    home.wait(lambda: home.status()["config_error"], "the mistake")
    wrong = f'{home.config}:8: break[0].every: "abc" is not a duration; write 30m or 1h30m'
    assert home.status()["config_error"] == wrong
    assert every_s(home) == 1200
    home.config.unlink()  # BREAKD_CONFIG names it
    home.wait(lambda: "no such file" in home.status()["config_error"], "the missing file")
    home.config.write_text(CALM)
    home.wait(lambda: home.status()["config_error"] is None, "the mended file")
    home.wait(lambda: every_s(home) == 1800, "its time")


@pytest.fixture
def at_the_usual_place(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where the file is to be; there is none yet, and nobody is new here."""
    (tmp_path / "bin").mkdir()
    home.env["PATH"] = f"{tmp_path}/bin:{home.env['PATH']}"
    del home.env["BREAKD_CONFIG"]
    home.env.pop("INVOCATION_ID", None)
    home.state.mkdir(parents=True)
    (home.state / "state.json").write_text("{}")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(home.runtime))  # for the requests of this process
    return home.home / ".config/breakd/config.toml"


def test_a_first_file_at_the_usual_place(home: Home, at_the_usual_place: Path) -> None:
    home.run()
    assert home.breakd("config", "init").returncode == 0
    at_the_usual_place.write_text(CALM.replace("30m", "25m"))
    home.wait(lambda: every_s(home) == 1500, "the file")
    at_the_usual_place.unlink()
    home.wait(lambda: every_s(home) == 1800, "the defaults")


def opens(home: Home, status: int = 0) -> Path:
    """Have an xdg-open that ends so; return where it notes what it is to open."""
    noted = home.short / "opened"
    program = Path(home.env["PATH"].partition(":")[0], "xdg-open")
    program.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$@\" >> {noted}.new\nmv {noted}.new {noted}\nexit {status}\n")
    program.chmod(0o755)
    return noted


def test_editing_the_settings_begins_with_a_file_that_says_all(home: Home, at_the_usual_place: Path) -> None:
    opened = opens(home)
    home.run()
    assert ask({"do": "choose", "key": "edit"})["ok"]
    home.wait(opened.exists, "xdg-open")
    assert opened.read_text() == f"{at_the_usual_place}\n"
    assert at_the_usual_place.read_text() == example()
    assert at_the_usual_place.stat().st_mode & 0o777 == 0o600
    at_the_usual_place.write_text(CALM.replace("30m", "25m"))
    home.wait(lambda: every_s(home) == 1500, "the file")
    opened.unlink()
    assert ask({"do": "choose", "key": "edit"})["ok"]
    home.wait(opened.exists, "xdg-open again")
    assert every_s(home) == 1500
    assert home.events() == ["daemon_started", "config_reloaded"]


def test_settings_that_nothing_opens_are_named(home: Home, at_the_usual_place: Path) -> None:
    opens(home, status=3)
    home.run()
    assert ask({"do": "choose", "key": "edit"})["ok"]
    home.wait_for_text(f"xdg-open ended with status 3. Edit {at_the_usual_place} by hand; saving it is enough.")


def test_settings_that_cannot_be_written_are_named(home: Home, at_the_usual_place: Path) -> None:
    at_the_usual_place.parents[1].mkdir()
    at_the_usual_place.parent.symlink_to("nowhere")
    home.run()
    assert ask({"do": "choose", "key": "edit"})["ok"]
    home.wait_for_text("The settings cannot be opened here")
    home.wait_for_text("cannot be written")
    assert home.pid()


def asks(number: int, every: str = '"2s"') -> str:
    """Return a file by which a prompt comes every two seconds, the `number` of which `status` tells."""
    return f"""{ALWAYS}
[[break]]
name = "micro"
every = {every}
length = "1s"
routines = ["helicopters"]

[[break]]
name = "walk"
every = "{1000 + number}s"
length = "5m"
routines = ["walk"]

[prompt]
merge_within = "0s"
"""


class Cost:
    """What a process holds."""

    def __init__(self, pid: int) -> None:
        proc = Path(f"/proc/{pid}")
        self.files = len(list((proc / "fd").iterdir()))
        self.threads = len(list((proc / "task").iterdir()))
        status = (proc / "status").read_text().splitlines()
        self.kilobytes = next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))


GROWTH_KB = 4096
"""A leak of 50 kB a reload would be more; what Python keeps for itself is less."""


def test_a_hundred_reloads_while_prompts_come_lose_nothing_and_cost_nothing(home: Home) -> None:
    home.config.write_text(asks(0))
    daemon = home.run()
    good = range(1, 121, 2)
    for number in range(1, 121):
        save_ = rename if number % 4 < 2 else Path.write_text
        wrong = "" if number in good else f"wrong-{number}"
        save_(home.config, asks(number, every=f'"{wrong or "2s"}"'))
        home.wait(partial(has_taken, home, number, wrong), "the new file")
        if home.status()["offer"]:
            home.breakd("skip")
        if number == 20:
            before = Cost(daemon.pid)
    home.wait(lambda: Cost(daemon.pid).files <= before.files, "no more open files than before")
    home.wait(lambda: Cost(daemon.pid).threads <= before.threads, "no more threads than before")
    assert Cost(daemon.pid).kilobytes - before.kilobytes < GROWTH_KB
    daemon.terminate()
    assert ended(daemon) == 0

    log = home.log()
    assert [row["id"] for row in log] == list(range(1, len(log) + 1))
    assert [row["event"] for row in log].count("config_reloaded") == len(good)
    offers: dict[int, list[str]] = {}
    for row in log:
        if row["offer"] is not None:
            offers.setdefault(row["offer"], []).append(row["event"])
    assert list(offers) == list(range(1, len(offers) + 1))
    _last, last = offers.popitem()
    assert len(offers) > 1
    assert set(map(tuple, offers.values())) == {("due", "prompted", "skipped")}
    assert last == ["due", "prompted", "skipped"][: len(last)]


def has_taken(home: Home, number: int, wrong: str) -> bool:
    """Return whether the daemon has met this file."""
    status = home.status()
    if wrong:
        return wrong in (status["config_error"] or "")
    return status["config_error"] is None and status["tiers"][1]["every_s"] == 1000 + number
