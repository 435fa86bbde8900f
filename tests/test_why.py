"""`breakd why`: the one sentence in each state, and the gates below it."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from breakd import ports, view
from breakd.core.settings import REASONS, Settings
from breakd.ports import SourceChanged
from machine import ALL_DAY, MICRO, Machine, settings
from running import CALM, Home

WALK = {"name": "walk", "every": "32m", "length": "10m", "routines": ["walk"]}
GATES = [
    "running", "configuration", "work-hours", "pause", "standing", "presence", "clock:micro", "quiet", "merge",
    "hold", "snooze", "typing",
]  # fmt: skip


def config(**more: Any) -> Settings:
    return settings(**{"work": ALL_DAY, "break": [MICRO]} | more)


def why(machine: Machine) -> str:
    """Return the sentence; wherever else it is shown it is the same."""
    reply = machine.ask(do="why")
    sentence = str(reply["data"]["sentence"])
    status = machine.ask(do="status")
    assert machine.tray.view is not None
    assert len(sentence) <= 200
    assert "\n" not in sentence
    assert {
        sentence,
        reply["text"].splitlines()[0],
        status["data"]["sentence"],
        status["text"].splitlines()[0],
        machine.ask(do="status", format="plain")["text"],
        machine.tray.view.tooltip,
        machine.tray.view.menu[0].label,
    } == {sentence}
    return sentence


def gates(machine: Machine) -> dict[str, dict[str, Any]]:
    return {gate["name"]: gate for gate in machine.ask(do="why")["data"]["gates"]}


def shut(machine: Machine) -> list[str]:
    return [name for name, gate in gates(machine).items() if not gate["open"]]


def detail(machine: Machine, name: str) -> str:
    return str(gates(machine)[name]["detail"])


def watched(machine: Machine, **sources: str) -> None:
    """Let each reason be watched by this source, or none."""
    for reason, source in sources.items():
        machine.tell(SourceChanged(f"hold:{reason.replace('_', '-')}", source))


# --- the sentence ---------------------------------------------------------------------------------------------------


def test_a_call_is_told_as_in_the_handbook() -> None:
    machine = Machine("2026-06-01T13:50:00+00:00")
    machine.sit(12)
    machine.busy("microphone")
    machine.wait(18)
    assert why(machine) == (
        "Nothing now: microphone in use since 14:02; helicopters wait until it ends, at the latest 15:05."
    )
    assert shut(machine) == ["hold"]


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("do-not-disturb", "do-not-disturb on since 09:20"),
        ("fullscreen", "fullscreen since 09:20"),
        ("microphone", "microphone in use since 09:20"),
        ("camera", "camera in use since 09:20"),
        ("idle-inhibit", "idle-inhibit on since 09:20"),
    ],
)
def test_each_reason_is_told(reason: str, told: str) -> None:
    machine = Machine(config=config(hold={"while": [reason]}))
    machine.sit(20)
    machine.busy(reason)
    assert why(machine) == f"Sat 20 min, helicopters in 10 min, or later: {told}"
    machine.wait(10)
    assert why(machine) == f"Nothing now: {told}; helicopters wait until it ends, at the latest 10:15."


def test_every_reason_has_its_words() -> None:
    assert set(view.HOLDS) == set(REASONS)


def test_one_exercise_waits_and_several_wait() -> None:
    for routine, waits in (
        ("walk", "short walk waits"),
        ("dead-bugs", "dead bugs wait"),
        ("press-ups", "press-ups wait"),
    ):
        machine = Machine(config=config(**{"break": [MICRO | {"routines": [routine]}]}))
        machine.busy("camera")
        machine.sit(30)
        assert f"; {waits} until it ends" in why(machine)


def test_what_the_name_of_ones_own_exercise_is_makes_no_sentence_too_long() -> None:
    own = {"id": "own", "name": "N" * 60, "position": "standing", "steps": [{"text": "Stand."}]}
    machine = Machine(config=config(exercise=[own], **{"break": [MICRO | {"routines": ["own"]}]}))
    for reason in ("microphone", "camera", "fullscreen"):
        machine.busy(reason)
    machine.sit(30)
    assert "N\N{HORIZONTAL ELLIPSIS} waits until all of it ends, at the latest 10:15." in why(machine)


def test_no_time_ends_an_audience() -> None:
    machine = Machine()
    machine.sit(20)
    machine.busy("screen-share")
    machine.sit(10)
    assert why(machine) == "Nothing now: screen-share on since 09:20; helicopters wait until it ends."
    machine.sit(60)
    assert why(machine) == "Nothing now: screen-share on since 09:20; helicopters wait until it ends."


def test_past_the_limit_only_the_audience_is_waited_for() -> None:
    machine = Machine()
    machine.sit(20)
    machine.busy("fullscreen")
    machine.busy("screen-share")
    machine.sit(10)
    assert why(machine) == "Nothing now: fullscreen since 09:20 (and 1 more); helicopters wait until all of it ends."
    machine.sit(45)
    assert why(machine) == "Nothing now: screen-share on since 09:20; helicopters wait until it ends."
    machine.free("screen-share")
    assert why(machine) == "Asking now: micro, Helicopters."
    assert detail(machine, "hold").startswith("none (fullscreen no longer, past the limit); watched: ")


def test_a_pause_in_typing_is_waited_for() -> None:
    machine = Machine(config=config(prompt={"wait_for_pause": "2m"}))
    machine.sit(30)
    assert why(machine) == "Nothing now: you are typing; helicopters wait for a pause, at the latest 09:32."
    assert shut(machine) == ["typing"]
    assert detail(machine, "typing") == "waits for a pause, at the latest 09:32"
    machine.tell(ports.WentIdle(3))
    assert why(machine) == "Asking now: micro, Helicopters."
    assert detail(machine, "typing") == "waits for a pause once due, for 2 min at most"


def test_who_came_back_settles_first() -> None:
    machine = Machine(config=config(prompt={"settle": "2m"}))
    machine.sit(28)
    machine.tell(ports.Locked())
    machine.wait(1)
    machine.tell(ports.Unlocked())
    assert why(machine) == "Sat 28 min, helicopters in 2 min"
    assert detail(machine, "presence") == "back since 09:29, asked from 09:31 on, by fake"
    assert shut(machine) == ["presence", "clock:micro"]
    machine.tell(ports.Locked())
    machine.wait(1.5)
    machine.tell(ports.Unlocked())
    machine.ask(do="start")
    offer = machine.daemon.state.offer
    assert offer is not None
    machine.tell(ports.RoutineReport(offer.id, "closed", 1))
    assert why(machine) == "Sat 28 min, knee hovers in 5 min"


def test_an_offer_waits_for_a_return_and_then_for_settling() -> None:
    machine = Machine(config=config(prompt={"settle": "3m", "snooze": "1m"}))
    machine.sit(30)
    machine.click("snooze")
    machine.tell(ports.Locked())
    machine.wait(1.5)
    assert why(machine) == "Nothing now: away since 09:30; helicopters wait for your return."
    assert shut(machine) == ["presence"]
    machine.tell(ports.Unlocked())
    assert why(machine) == "Nothing now: back since 09:31; helicopters wait until 09:34."
    assert shut(machine) == ["presence"]
    assert machine.ask(do="status", format="waybar")["data"]["text"] == "3m"


def test_standing() -> None:
    machine = Machine(config=config(**{"break": [MICRO | {"length": "10m"}]}))
    machine.sit(24)
    machine.ask(do="stand")
    machine.wait(5)
    assert why(machine) == "Standing since 09:24; helicopters after 6 min more of sitting"
    assert shut(machine) == ["standing", "clock:micro"]
    assert detail(machine, "standing") == "since 09:24, until you sit"
    assert detail(machine, "clock:micro") == "6 min left of 30 min; it stands still"
    status = machine.ask(do="status")["data"]
    assert (status["state"], status["presence"]["present"]) == ("standing", True)
    bar = machine.ask(do="status", format="waybar")["data"]
    assert (bar["text"], bar["alt"]) == ("standing", "standing")
    assert machine.tray.view is not None
    assert machine.tray.view.state == "standing"
    machine.ask(do="sit")
    assert why(machine) == "Sat 24 min, helicopters in 6 min"


def test_a_prompt_waits_until_one_sits() -> None:
    machine = Machine()
    machine.sit(30)
    machine.ask(do="stand")
    assert why(machine) == "Nothing now: standing since 09:30; helicopters wait until you sit."
    assert machine.tray.view is not None
    assert machine.tray.view.state == "standing"
    assert machine.ask(do="status")["data"]["state"] == "waiting"
    machine.ask(do="sit")
    assert why(machine) == "Asking now: micro, Helicopters."


def test_a_longer_break_that_takes_over_is_the_one_that_is_told() -> None:
    machine = Machine(config=config(**{"break": [MICRO, WALK]}))
    machine.sit(24)
    assert why(machine) == "Sat 24 min, short walk in 6 min"
    assert detail(machine, "merge") == "walk takes over micro"
    machine.busy("camera")
    machine.wait(6)
    assert why(machine) == (
        "Nothing now: camera in use since 09:24; short walk waits until it ends, at the latest 10:15."
    )
    machine.free("camera")
    assert detail(machine, "merge") == "none"


def test_a_prompt_that_starts_by_itself_says_so() -> None:
    machine = Machine(config=config(prompt={"auto_start": True}))
    machine.sit(30)
    assert why(machine) == "Asking now: micro, Helicopters; it begins at the next pause in typing."


def test_no_work_hours_at_all() -> None:
    machine = Machine(config=config(work={"days": []}))
    assert why(machine) == "Nothing now: there are no work hours in sight."
    assert detail(machine, "work-hours") == "none in sight"


def test_work_hours_that_never_end() -> None:
    week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    machine = Machine(config=config(work={"days": week, "hours": ["00:00-24:00"]}))
    assert detail(machine, "work-hours") == "no end of them in sight"


def test_it_changes_no_more_often_than_once_a_minute() -> None:
    machine = Machine(config=config(prompt={"settle": "90s", "snooze": "2m", "wait_for_pause": "40s"}))
    machine.sit(29)
    told = [why(machine)]
    for _half in range(20):
        machine.wait(0.5)
        told.append(why(machine))
    assert len(set(told)) <= 10


# --- the gates ------------------------------------------------------------------------------------------------------


def test_the_gates_come_in_order_each_with_its_detail() -> None:
    machine = Machine()
    watched(machine, microphone="pulseaudio", camera="inotify", fullscreen="x11", do_not_disturb="dunst")
    watched(machine, screen_share="none")
    machine.sit(10)
    found = gates(machine)
    assert list(found) == GATES
    assert {name: gate["detail"] for name, gate in found.items()} == {
        "running": f"process {machine.ask(do='status')['data']['pid']}",
        "configuration": "good",
        "work-hours": "until 17:00; next Tue 09:00 to 17:00",
        "pause": "none",
        "standing": "no",
        "presence": "there since 09:00, by fake",
        "clock:micro": "20 min left of 30 min",
        "quiet": "none",
        "merge": "none",
        "hold": "none; watched: do-not-disturb by dunst, fullscreen by x11, microphone by pulseaudio, camera by"
        " inotify; not seen here: screen-share",
        "snooze": "none",
        "typing": "nothing waits for a pause",
    }
    assert shut(machine) == ["clock:micro"]


def test_the_text_has_the_sentence_and_a_line_for_each_gate() -> None:
    machine = Machine()
    machine.sit(10)
    sentence, *lines = machine.ask(do="why")["text"].splitlines()
    assert sentence == "Sat 10 min, helicopters in 20 min"
    assert [line.split()[1] for line in lines] == GATES
    assert [line.split()[1] for line in lines if line.split()[0] == "-"] == ["clock:micro"]


def test_a_wrong_configuration_is_shut_and_its_mistakes_stay_in_their_column() -> None:
    machine = Machine()
    machine.sit(1)
    machine.file.wrong = "config.toml:3: one\nconfig.toml:4: two"
    machine.tell(ports.ConfigChanged())
    assert shut(machine) == ["configuration", "clock:micro"]
    lines = machine.ask(do="why")["text"].splitlines()
    first = next(line for line in lines if "config.toml:3" in line)
    second = next(line for line in lines if "config.toml:4" in line)
    assert first.index("config.toml") == second.index("config.toml")
    assert second.strip() == "config.toml:4: two"


def test_pause_and_work_hours_are_shut() -> None:
    machine = Machine()
    machine.sit(1)
    machine.ask(do="pause", until="16:00")
    assert shut(machine) == ["pause", "clock:micro"]
    assert detail(machine, "pause") == "until 16:00"
    machine.wait(9 * 60)
    assert shut(machine) == ["work-hours", "clock:micro"]
    assert detail(machine, "work-hours") == "none now; next Tue 09:00 to 17:00"


def test_the_next_work_hours_may_go_through_the_night() -> None:
    machine = Machine(config=config(work={"days": ["mon"], "hours": ["09:00-12:00", "22:00-06:00"]}))
    assert detail(machine, "work-hours") == "until 12:00; next 22:00 to Tue 06:00"


def test_an_absence_says_since_when_and_whether_it_is_a_lock() -> None:
    machine = Machine()
    machine.sit(10)
    machine.tell(ports.WentIdle(180))
    assert detail(machine, "presence") == "away since 09:07, by fake"
    machine.tell(ports.Locked())
    assert detail(machine, "presence") == "away since 09:07, the screen locked, by fake"
    machine.tell(ports.Unlocked())
    machine.tell(SourceChanged("presence", "unknown"))
    assert detail(machine, "presence").startswith("taken for there since 09:10; unknown by what: ")


def test_snooze_and_the_quiet_after_a_break_that_was_closed_early() -> None:
    machine = Machine()
    machine.sit(30)
    machine.click("snooze")
    machine.wait(1)
    assert shut(machine) == ["snooze"]
    assert detail(machine, "snooze") == "4 min left, until 09:35"
    machine.ask(do="start")
    offer = machine.daemon.state.offer
    assert offer is not None
    machine.tell(ports.RoutineReport(offer.id, "closed", 10))
    assert shut(machine) == ["quiet"]
    assert detail(machine, "quiet") == "until 09:36, as a break was closed early"


def test_several_holds_are_told_and_a_program_that_is_ignored_is_not() -> None:
    machine = Machine(config=config(hold={"ignore": ["emacs"]}))
    machine.sit(10)
    machine.busy("fullscreen", "emacs")
    machine.busy("microphone", "zoom")
    machine.wait(1)
    machine.busy("camera", "zoom")
    assert shut(machine) == ["clock:micro", "hold"]
    assert detail(machine, "hold").startswith("microphone in use since 09:10, camera in use since 09:11; watched: ")


def test_what_only_shows_the_person_is_no_hold() -> None:
    """A call is watched as a sign of the person also where it holds nothing."""
    machine = Machine(config=config(hold={"while": []}))
    watched(machine, microphone="pulseaudio", camera="off")
    machine.sit(10)
    machine.busy("microphone")
    assert shut(machine) == ["clock:micro"]
    assert detail(machine, "hold") == "none; watched: none"
    assert machine.ask(do="status")["data"]["holds"] == {"microphone": "pulseaudio"}


def test_a_routine_that_runs_merges_with_nothing_though_its_tier_is_gone() -> None:
    machine = Machine(config=config(**{"break": [MICRO, WALK]}))
    machine.sit(1)
    machine.ask(do="start", exercise="walk")
    machine.file.settings = config()
    machine.tell(ports.ConfigChanged())
    assert why(machine).startswith("On a break: Short walk until ")
    assert detail(machine, "merge") == "none"


# --- status ---------------------------------------------------------------------------------------------------------


def test_status_says_who_sees_what() -> None:
    machine = Machine()
    watched(machine, microphone="pulseaudio", screen_share="none", idle_inhibit="off")
    machine.tell(SourceChanged("lock", "logind, screensaver"))
    machine.sit(1)
    reply = machine.ask(do="status")
    lines = reply["text"].splitlines()
    assert "presence: fake, there since 09:00" in lines
    assert "lock: logind, screensaver" in lines
    assert "holds: microphone by pulseaudio; not seen here: do-not-disturb, fullscreen, camera, screen-share" in lines
    assert reply["data"]["lock"] == "logind, screensaver"
    assert reply["data"]["holds"] == {"microphone": "pulseaudio", "screen-share": "none"}


def test_who_follows_is_told_of_a_source_that_is_lost() -> None:
    machine = Machine()
    watched(machine, microphone="pulseaudio")
    told = machine.ask_on(do="follow")
    watched(machine, microphone="none")
    assert [reply["data"]["holds"]["microphone"] for reply in told] == ["pulseaudio", "none"]


# --- standing, from the menu and the command line -------------------------------------------------------------------


def test_the_menu_has_a_check_mark() -> None:
    machine = Machine()
    machine.sit(1)

    def entry() -> ports.Entry:
        assert machine.tray.view is not None
        return next(each for each in machine.tray.view.menu if each.label == "Standing")

    assert entry() == ports.Entry("Standing", "stand", checked=False)
    machine.tell(ports.MenuChosen("stand"))
    assert entry() == ports.Entry("Standing", "sit", checked=True)
    assert machine.ask(do="choose", key="sit")["ok"]
    assert entry().checked is False


def test_nobody_stands_at_a_locked_screen() -> None:
    machine = Machine()
    machine.sit(1)
    machine.tell(ports.Locked())
    reply = machine.ask(do="stand")
    assert (reply["ok"], reply["status"], reply["text"]) == (False, 1, "the screen is locked: nobody stands at it")
    assert machine.daemon.state.person.standing is None


def test_stand_and_sit_on_the_command_line(tmp_path: Path) -> None:
    with closing(Home(tmp_path, CALM)) as home:
        for command in ("stand", "sit"):
            done = home.breakd(command)
            assert (done.returncode, done.stdout) == (3, "")
            assert done.stderr == "breakd is not running; start it with `breakd run`\n"
        home.run()
        done = home.breakd("stand")
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("Standing since ")
        assert json.loads(home.breakd("status", "--json").stdout)["state"] == "standing"
        assert home.breakd("why").stdout.startswith(done.stdout)
        assert json.loads(home.breakd("why", "--json").stdout)["sentence"] + "\n" == done.stdout
        assert home.breakd("sit").returncode == 0
        assert json.loads(home.breakd("status", "--json").stdout)["state"] == "working"
