"""The loop with fakes around it: what the machine's clocks, the person and the command line do to a running daemon."""

import json

import pytest

from breakd import ports
from fakes import FakeTray
from machine import ALL_DAY, MONDAY_9, Machine, settings


def test_a_person_sits_is_asked_clicks_moves_and_it_is_logged() -> None:
    machine = Machine()
    machine.sit(30)
    assert machine.prompter.screen is not None
    assert machine.prompter.screen.title == "Stand up: helicopters, 2 min"
    assert [choice.label for choice in machine.prompter.screen.choices] == ["Start", "Snooze", "Skip"]
    machine.click("start")
    assert machine.routines.opened == [(1, "helicopters", 120_000_000)]
    assert machine.screen() is None
    machine.wait(2)
    assert machine.events() == ["daemon_started", "due", "prompted", "started", "taken"]


def test_the_alarm_is_armed_for_the_next_deadline() -> None:
    machine = Machine()
    machine.tell(ports.CameBack())
    assert machine.alarm.seconds == 30 * 60


def test_an_idle_time_that_is_reported_late_is_taken_off() -> None:
    machine = Machine()
    machine.sit(20)
    machine.tell(ports.WentIdle(180))
    machine.wait(60)
    machine.sit(29.9)
    assert "due" not in machine.events()
    machine.wait(0.2)
    assert machine.events()[-1] == "prompted"


def test_a_sleep_that_nobody_announced_is_an_absence() -> None:
    machine = Machine()
    machine.sit(20)
    machine.clock.sleep(3600)
    machine.daemon.handle(None, None)
    assert machine.events() == ["daemon_started", "natural"]
    assert machine.last() == ("09:22:00", "natural")
    assert machine.presence.watched, "the next input must be told, however short the silence before it"
    machine.sit(29.9)
    assert machine.events() == ["daemon_started", "natural"]


def test_a_process_that_stood_still_slept() -> None:
    machine = Machine()
    machine.sit(20)
    machine.clock.pass_time(3600)
    machine.daemon.handle(None, None)
    assert machine.events() == ["daemon_started", "natural"]


def test_how_late_it_is_counts_from_the_alarm() -> None:
    machine = Machine()
    machine.sit(29.5)
    machine.clock.pass_time(30 + 61)
    machine.daemon.handle(ports.Rang(), machine.clock.elapsed_us)
    machine.wait(2)
    assert machine.events() == ["daemon_started", "due", "prompted", "natural"]


def test_a_minute_late_is_no_sleep() -> None:
    machine = Machine()
    machine.sit(20)
    machine.clock.pass_time(119)
    machine.daemon.handle(None, None)
    machine.wait(8)
    machine.wait(0.1)
    assert machine.events()[-1] == "prompted"


@pytest.mark.parametrize("hours", [-3, 3])
def test_a_step_of_the_wall_clock_changes_no_sitting_time(hours: float) -> None:
    machine = Machine("2026-06-01T12:30:00+00:00")
    machine.sit(20)
    machine.clock.step(hours * 3600)
    machine.wait(10)
    assert machine.last() == (f"{13 + hours:02}:00:00", "prompted")


def test_another_zone_moves_the_work_hours() -> None:
    machine = Machine()
    machine.sit(30)
    machine.clock.zone = "Asia/Tokyo"
    machine.wait(1)
    assert machine.last() == ("18:31:00", "expired")


def test_a_lock_is_back_dated_to_the_last_input() -> None:
    machine = Machine()
    machine.sit(20)
    machine.presence.idle = 60.0
    machine.tell(ports.Locked())
    machine.wait(3)
    assert machine.last() == ("09:22:00", "natural")
    assert machine.history.rows[-1].duration_s == 180


def test_a_sleep_is_held_back_until_it_is_saved() -> None:
    machine = Machine()
    machine.sit(5)
    machine.tell(ports.Sleeping())
    assert machine.login.released == 1
    assert machine.save.document is not None
    assert machine.save.document["engine"]["person"]["asleep"] is True


def test_where_nobody_can_tell_the_person_is_there() -> None:
    machine = Machine()
    machine.presence.idle, machine.presence.name = None, "unknown"
    machine.save.document = None
    machine.start()
    machine.wait(30)
    assert machine.last() == ("09:30:00", "prompted")
    machine.start()
    assert machine.events()[-1] == "prompted", "after a restart at once, without input"


def test_kill_9_with_an_open_prompt_keeps_the_count() -> None:
    machine = Machine()
    machine.sit(30)
    machine.click("snooze")
    machine.wait(5)
    machine.clock.pass_time(10)
    machine.start()  # nobody said goodbye
    assert machine.screen() is None
    machine.sit(0.1)
    assert machine.screen() is not None
    assert machine.daemon.state.offer is not None
    assert machine.daemon.state.offer.count == 1
    assert machine.events() == [
        "daemon_started",
        "due",
        "prompted",
        "snoozed",
        "prompted",
        "daemon_started",
        "prompted",
    ]


@pytest.mark.parametrize(("wall_s", "natural"), [(3600, True), (-3600, False)])
def test_after_a_reboot_the_wall_clock_tells_the_time_between(wall_s: float, natural: bool) -> None:  # noqa: FBT001 - a table
    machine = Machine("2026-06-01T11:00:00+00:00")
    machine.sit(20)
    machine.boot = "boot-2"
    machine.clock.elapsed_us = 5_000_000
    machine.clock.step(wall_s)
    machine.start()
    assert ("natural" in machine.events()) is natural
    machine.sit(29.9 if natural else 9.9)
    assert machine.events()[-1] == "daemon_started"
    machine.wait(0.2)
    assert machine.events()[-1] == "prompted"


@pytest.mark.parametrize(("minutes", "outcome"), [(0.9, "abandoned"), (1.1, "taken")])
def test_kill_9_in_a_routine_counts_what_was_done(minutes: float, outcome: str) -> None:
    machine = Machine()
    machine.sit(30)
    machine.click("start")
    machine.wait(minutes)
    machine.start()
    assert machine.events()[-2:] == [outcome, "daemon_started"]


def test_quit_forgets_the_sitting_but_not_the_numbers_of_offers() -> None:
    machine = Machine()
    machine.sit(30)
    assert machine.ask(do="quit")["ok"]
    assert machine.events()[-2:] == ["expired", "daemon_stopped"]
    machine.start()
    machine.sit(29.9)
    assert machine.events()[-1] == "daemon_started"
    machine.wait(0.2)
    assert machine.history.rows[-1].offer == 2


def test_a_notification_server_that_comes_back_is_asked_again() -> None:
    machine = Machine()
    machine.sit(30)
    machine.tell(ports.PromptsLost())
    assert [prompt.token for prompt in machine.prompter.shown] == [1, 1]


def test_a_stale_click_does_nothing() -> None:
    machine = Machine()
    machine.sit(30)
    machine.click("snooze")
    machine.wait(5)
    machine.tell(ports.PromptAnswered(1, "skip"))
    assert machine.events()[-1] == "prompted"
    machine.click("skip")
    assert machine.events()[-1] == "skipped"


def test_waved_away_is_a_snooze() -> None:
    machine = Machine()
    machine.sit(30)
    machine.tell(ports.PromptWavedAway(1))
    assert machine.events()[-1] == "snoozed"


def test_the_routine_tells_how_it_ended() -> None:
    machine = Machine()
    machine.sit(30)
    machine.click("start")
    machine.wait(0.5)
    machine.tell(ports.RoutineReport(1, "moved", None))
    machine.wait(10)
    machine.tell(ports.RoutineReport(1, "moved", 90))
    machine.wait(1)
    machine.tell(ports.RoutineReport(1, "closed", 55.0))
    assert machine.events()[-1] == "abandoned"
    assert machine.history.rows[-1].duration_s == 55
    assert machine.routines.closed == 0, "it closes by itself"


def seen_in_routines(machine: Machine) -> list[int | None]:
    return [span.input_s for span in machine.history.spans if span.kind == "routine"]


def test_who_works_through_a_routine_is_watched_again_and_again_and_not_after_it() -> None:
    machine = Machine()
    machine.sit(30)
    assert machine.presence.pauses == 0
    machine.click("start")
    for _burst in range(3):
        machine.wait(0.25)
        machine.tell(ports.WentIdle(3))
        machine.wait(0.25)
        machine.tell(ports.CameBack())
    assert (machine.presence.pauses, machine.presence.watched) == (4, 4)  # one of those before anybody came
    machine.wait(1)
    assert seen_in_routines(machine) == [66]
    machine.tell(ports.WentIdle(3))
    machine.sit(20)
    assert machine.presence.pauses == 4


def test_input_in_a_routine_cannot_be_told_if_nobody_saw_all_of_it() -> None:
    machine = Machine()
    machine.sit(30)
    machine.click("start")
    machine.wait(0.5)
    for name, sees in (("unknown", False), ("x11", True)):
        machine.presence.sees_pauses = sees
        machine.tell(ports.SourceChanged("presence", name))
        machine.wait(0.5)
    machine.wait(1)
    assert seen_in_routines(machine) == [None]
    assert machine.ask(do="start")["ok"]
    machine.wait(3)
    assert seen_in_routines(machine) == [None, 120]


def test_quitting_takes_the_routine_away() -> None:
    machine = Machine()
    machine.sit(30)
    machine.click("start")
    machine.tell(ports.Stop("end"))
    assert machine.events()[-2:] == ["abandoned", "daemon_stopped"]
    assert machine.routines.closed == 1


def test_a_routine_that_ended_says_the_days_count_and_what_comes_next() -> None:
    machine = Machine()
    for _break in range(2):
        machine.sit(30)
        machine.click("start")
        machine.wait(2)
    assert machine.routines.farewells == [
        "1 break today. Next: micro at 10:02, in 30 min.",
        "2 breaks today. Next: micro at 10:34, in 30 min.",
    ]


def test_whoever_comes_back_from_a_walk_is_told_what_is_next() -> None:
    walk = {"name": "walk", "every": "30m", "length": "10m", "routines": ["walk"]}
    machine = Machine(config=settings(work=ALL_DAY, **{"break": [walk]}))
    machine.sit(30)
    machine.click("start")
    machine.tell(ports.WentIdle(0))
    machine.wait(10)
    assert machine.routines.farewells == ["1 break today. Next: walk after 30 min at the keyboard."]


def test_another_exercise_in_the_window_is_logged() -> None:
    machine = Machine()
    machine.sit(30)
    machine.click("start")
    machine.tell(ports.RoutineReport(1, "moved", 120, exercise="dead-bugs"))
    machine.tell(ports.RoutineReport(1, "done", 90))
    assert (machine.history.rows[-1].event, machine.history.rows[-1].exercise) == ("taken", "dead-bugs")


def test_the_report_of_another_offer_is_not_heard() -> None:
    machine = Machine()
    machine.sit(30)
    machine.click("start")
    machine.tell(ports.RoutineReport(7, "finished", 1))
    assert machine.events()[-1] == "started"


def test_without_a_window_the_steps_stand_in_the_notification() -> None:
    machine = Machine()
    machine.sit(30)
    machine.click("start")
    machine.tell(ports.RoutineReport(1, "impossible", reason="install python3-tk"))
    assert machine.prompter.screen is not None
    assert "\n2. " in machine.prompter.screen.body
    assert "install python3-tk" in machine.ask(do="status")["text"]
    machine.click("done")
    assert machine.events()[-1] == "taken"
    assert machine.screen() is None


def test_first_contact_is_not_logged() -> None:
    machine = Machine()
    machine.daemon.greet()
    machine.click("start")
    assert machine.routines.opened == [(-1, "helicopters", 20_000_000)]
    machine.tell(ports.RoutineReport(-1, "finished", 20))
    assert machine.events() == ["daemon_started"]


@pytest.mark.parametrize(
    ("key", "event", "source"),
    [("start:walk", "started", "tray"), ("pause:30m", "paused", "tray"), ("pause:tomorrow", "paused", "tray")],
)
def test_the_tray_s_menu(key: str, event: str, source: str) -> None:
    machine = Machine()
    machine.tell(ports.MenuChosen(key))
    assert (machine.history.rows[-1].event, machine.history.rows[-1].source) == (event, source)


def test_the_tray_offers_what_can_be_done() -> None:
    machine = Machine()
    machine.sit(24)
    assert machine.tray.view is not None
    labels = [entry.label for entry in machine.tray.view.menu]
    assert labels[0] == "Sat 24 min, helicopters in 6 min"
    assert labels[2:5] == ["Short walk", "Helicopters", "Knee hovers"]
    assert labels[-6:] == ["Pause", "Show log", "Show report", "Edit settings", "-", "Quit"]
    machine.tell(ports.MenuChosen("pause:30m"))
    assert "Resume" in [entry.label for entry in machine.tray.view.menu]
    machine.tell(ports.MenuChosen("resume"))
    machine.wait(6)
    assert [entry.label for entry in machine.tray.view.menu][2:5] == ["Start", "Snooze", "Skip"]
    machine.tell(ports.MenuChosen("answer:skip"))
    assert (machine.history.rows[-1].event, machine.history.rows[-1].source) == ("skipped", "tray")


@pytest.mark.parametrize(
    ("request_", "status", "text"),
    [
        ({"do": "snooze"}, 1, "there is no break to snooze"),
        ({"do": "skip"}, 1, "there is no break to skip"),
        ({"do": "snooze", "for": "abc"}, 2, '"abc" is not a duration; write 30m or 1h30m'),
        ({"do": "snooze", "for": "0s"}, 2, "a duration of 0 is none; write 5m"),
        ({"do": "snooze", "for": 5}, 2, "a duration is a text such as 30m or 1h30m"),
        ({"do": "pause", "until": "25:00"}, 2, '"25:00" is not a time; write HH:MM, 00:00 to 23:59'),
        ({"do": "pause", "until": ["x"]}, 2, '"["x"]" is not a time; write HH:MM, 00:00 to 23:59'),
        ({"do": "pause", "for": "5m", "until": "10:00"}, 2, "a pause has a duration or an end, not both"),
        ({"do": "start", "exercise": {"a": 1}}, 2, None),
        ({"do": "start", "exercise": "squats"}, 2, None),
        ({"do": None}, 2, "this breakd knows no request null"),
        ({}, 2, "this breakd knows no request null"),
        ({"do": "resume"}, 0, "There was no pause."),
        ({"do": "pause", "for": "30m"}, 0, "Nothing now: paused until 09:30."),
        ({"do": "start", "exercise": "walk"}, 0, "Short walk, 2 min: here it comes."),
    ],
)
def test_requests(request_: dict[str, object], status: int, text: str | None) -> None:
    machine = Machine()
    machine.tell(ports.CameBack())
    reply = machine.ask(**request_)
    assert reply["status"] == status
    assert text is None or reply["text"] == text
    assert reply["version"]


def test_what_is_told_is_saved() -> None:
    machine = Machine()
    saved = []

    def send(_: dict[str, object]) -> bool:
        saved.append(machine.save.document)
        return True

    machine.tell(ports.Command({"do": "pause"}, send))
    assert saved[0] is not None
    assert saved[0]["engine"]["paused"] is not None


def test_asking_for_the_status_writes_nothing_but_once_a_minute() -> None:
    machine = Machine()
    machine.sit(1)
    before = machine.save.times
    for _ in range(59):
        machine.clock.pass_time(1)
        machine.ask(do="status")
    assert machine.save.times == before
    machine.clock.pass_time(1)
    machine.ask(do="status")
    assert machine.save.times == before + 1


def test_the_limit_of_snoozes_is_told() -> None:
    machine = Machine()
    machine.sit(30)
    for _ in range(3):
        assert machine.ask(do="snooze")["ok"]
        machine.wait(5)
    reply = machine.ask(do="snooze")
    assert (reply["status"], reply["text"]) == (1, "no more snoozes after 3")
    assert machine.prompter.screen is not None
    assert [choice.key for choice in machine.prompter.screen.choices] == ["start", "skip"]


def test_a_wrong_configuration_is_told_and_the_last_good_one_stays() -> None:
    machine = Machine()
    machine.file.wrong = "c.toml:3: break[0].every: wrong"
    assert machine.ask(do="restart")["status"] == 2
    assert machine.ask(do="status")["data"]["config_error"] == "c.toml:3: break[0].every: wrong"
    assert machine.prompter.screen is not None
    assert "c.toml:3" in machine.prompter.screen.body
    machine.sit(30)
    assert machine.events()[-1] == "prompted"


def test_status_has_what_programs_rely_on() -> None:
    machine = Machine()
    machine.sit(24)
    status = machine.ask(do="status")["data"]
    json.dumps(status)
    assert status["state"] == "working"
    assert status["offer"] is None
    assert status["tiers"] == [{"name": "micro", "every_s": 1800, "sat_s": 1440, "due_in_s": 360}]
    assert status["presence"] == {"present": True, "source": "fake", "since": MONDAY_9}
    assert (status["config_error"], status["log_error"]) == (None, None)
    assert {"tray", "notifications", "version", "pid"} <= status.keys()
    machine.wait(6)
    offer = machine.ask(do="status")["data"]["offer"]
    assert offer == {"id": 1, "break": "micro", "state": "prompted", "snoozes_left": 3}


def test_an_adapter_that_fails_stops_nothing() -> None:
    class BrokenTray(FakeTray):
        def show(self, view: ports.TrayView) -> None:
            raise RuntimeError(view.state)

    machine = Machine()
    machine.daemon._outside.tray = BrokenTray()
    machine.daemon.post(ports.CameBack())
    machine.daemon.post(ports.Stop("end"))
    assert machine.daemon.run() == "end"
    assert machine.events()[-1] == "daemon_stopped"
    assert "defect" in machine.ask(do="status")["text"]


def test_a_log_that_cannot_be_written_is_told() -> None:
    machine = Machine()
    machine.history.error = "no space is left"
    assert machine.ask(do="status")["data"]["log_error"] == "no space is left"
    assert "\nlog: no space is left\n" in machine.ask(do="status")["text"]


def test_a_state_that_cannot_be_saved_is_told() -> None:
    machine = Machine()
    machine.save.problem = "the disk is full"
    machine.sit(1)
    assert "the disk is full" in machine.ask(do="status")["text"]


def test_why_goes_through_the_gates_in_order() -> None:
    machine = Machine()
    machine.sit(10)
    why = machine.ask(do="why")["data"]
    assert why["sentence"] == "Sat 10 min, helicopters in 20 min"
    names = [gate["name"] for gate in why["gates"]]
    assert names[:6] == ["running", "configuration", "work-hours", "pause", "standing", "presence"]
    shut = [gate["name"] for gate in why["gates"] if not gate["open"]]
    assert shut == ["clock:micro"]


@pytest.mark.parametrize("phase", ["snooze", "hold", "pause", "away", "outside", "routine", "prompt"])
def test_the_sentence_is_short_and_names_the_time(phase: str) -> None:
    machine = Machine()
    machine.sit(29)
    if phase == "hold":
        machine.busy("microphone")
    machine.wait(1)
    match phase:
        case "snooze":
            machine.click("snooze")
        case "pause":
            machine.ask(do="pause", until="16:00")
        case "away":
            machine.tell(ports.WentIdle(180))
            machine.wait(1)
        case "outside":
            machine.wait(60 * 9)
        case "routine":
            machine.click("start")
    expected = {
        "snooze": "Nothing now: snoozed until 09:35, then helicopters.",
        "hold": "Nothing now: microphone in use since 09:29; helicopters wait until it ends, at the latest 10:15.",
        "pause": "Nothing now: paused until 16:00.",
        "away": "Away since 09:27; knee hovers after 30 min more at the keyboard",
        "outside": "Nothing now: outside work hours until Tue 09:00.",
        "routine": "On a break: Helicopters until 09:32.",
        "prompt": "Asking now: micro, Helicopters.",
    }
    assert machine.ask(do="why")["data"]["sentence"] == expected[phase]
