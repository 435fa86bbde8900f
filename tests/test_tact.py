"""The daemon's tact in virtual time: pauses in typing, forgotten calls, audiences, standing, sources that change."""

from typing import Any

import pytest

from breakd import ports
from breakd.core.settings import Settings
from machine import ALL_DAY, MICRO, Machine, settings

CALM = settings(work=ALL_DAY, prompt={"wait_for_pause": "30s"}, **{"break": [MICRO]})
SELF = settings(work=ALL_DAY, prompt={"auto_start": True}, **{"break": [MICRO]})
WARNS = settings(work=ALL_DAY, prompt={"warn_before": "1m"}, **{"break": [MICRO]})


def with_hold(**hold: Any) -> Settings:
    return settings(work=ALL_DAY, hold=hold, **{"break": [MICRO]})


def seconds(machine: Machine, passed: float) -> None:
    machine.wait(passed / 60)


def busy(machine: Machine) -> list[str]:
    return [reason for reason, _since in machine.daemon.state.person.busy]


def away(machine: Machine) -> bool:
    return machine.daemon.state.person.absence is not None


def stands(machine: Machine) -> bool:
    return machine.daemon.state.person.standing is not None


# --- a pause in typing ------------------------------------------------------------------------------------------


def test_a_prompt_waits_for_the_first_quiet_moment() -> None:
    machine = Machine(config=CALM)
    machine.sit(29.9)
    assert machine.presence.pauses == 0, "nothing is watched while nothing waits"
    machine.wait(0.1)
    assert machine.events() == ["daemon_started", "due"]
    assert machine.presence.pauses == 1
    seconds(machine, 11)
    machine.tell(ports.WentIdle(ports.PAUSE_S))
    assert machine.last() == ("09:30:11", "prompted")
    assert machine.presence.pauses == 1


def test_who_types_on_is_asked_after_the_limit() -> None:
    machine = Machine(config=CALM)
    machine.sit(30)
    seconds(machine, 29)
    assert machine.events()[-1] == "due"
    seconds(machine, 1)
    assert machine.last() == ("09:30:30", "prompted")
    machine.click("snooze")
    machine.wait(5)
    assert machine.events()[-1] == "snoozed"
    assert machine.presence.pauses == 2, "each wait has a question of its own"


def test_whoever_rests_already_is_asked_at_once() -> None:
    machine = Machine(config=CALM)
    machine.sit(10)
    machine.presence.idle = 3.0
    machine.wait(20)
    assert machine.last() == ("09:30:00", "prompted")
    assert machine.presence.pauses == 0


def test_a_source_that_cannot_be_asked_but_sees_pauses_waits_for_one() -> None:
    machine = Machine(config=CALM)
    machine.sit(10)
    machine.presence.idle = None
    machine.wait(20)
    assert (machine.events()[-1], machine.presence.pauses) == ("due", 1)
    machine.tell(ports.WentIdle(3))
    assert machine.events()[-1] == "prompted"


def test_where_it_is_told_that_nobody_types_nothing_is_waited_for() -> None:
    machine = Machine(config=CALM)
    machine.sit(29)
    machine.presence.idle = None
    machine.tell(ports.WentIdle(3))
    machine.wait(1)
    assert machine.last() == ("09:30:00", "prompted")


@pytest.mark.parametrize("name", ["fake", "unknown"])
def test_where_no_pause_can_be_seen_none_is_waited_for(name: str) -> None:
    machine = Machine(config=CALM)
    machine.presence.idle, machine.presence.name, machine.presence.sees_pauses = None, name, False
    machine.start()
    machine.sit(30)
    assert machine.last() == ("09:30:00", "prompted")
    assert machine.presence.pauses == 0


@pytest.mark.parametrize("idle", [0.0, None])
@pytest.mark.parametrize(("left", "back"), [(ports.WentIdle(0), ports.CameBack()), (ports.Locked(), ports.Unlocked())])
def test_who_comes_back_typing_is_not_asked_within_a_word(
    left: ports.Message, back: ports.Message, idle: float | None
) -> None:
    long = MICRO | {"length": "25m"}
    machine = Machine(config=settings(work=ALL_DAY, prompt={"wait_for_pause": "30s"}, **{"break": [long]}))
    machine.sit(20)
    machine.presence.idle = 10.0
    machine.wait(10)
    machine.click("snooze")
    machine.tell(left)
    machine.wait(20)
    assert machine.events()[-1] == "snoozed", "it waits for the return"
    machine.presence.idle = idle
    machine.tell(back)
    seconds(machine, 10)
    assert machine.events()[-1] == "snoozed"
    assert machine.presence.pauses == 1 + isinstance(left, ports.Locked)  # and one for who may have locked
    machine.tell(ports.WentIdle(3))
    assert machine.last() == ("09:50:10", "prompted")


def test_a_hold_that_ends_while_one_types_asks_in_the_next_pause() -> None:
    machine = Machine(config=CALM)
    machine.sit(20)
    machine.busy("fullscreen")
    machine.wait(20)
    machine.free("fullscreen")
    assert machine.events()[-1] == "held"
    assert machine.presence.pauses == 1
    seconds(machine, 5)
    machine.tell(ports.WentIdle(3))
    assert machine.last() == ("09:40:05", "prompted")


# --- a break that starts by itself ------------------------------------------------------------------------------


def test_the_break_begins_at_the_first_pause_after_the_prompt() -> None:
    machine = Machine(config=SELF)
    machine.sit(29.9)
    assert machine.presence.pauses == 0
    machine.wait(0.1)
    assert machine.presence.pauses == 1, "a pause is waited for while the prompt is on the screen"
    seconds(machine, 40)
    machine.tell(ports.WentIdle(3))
    assert machine.last() == ("09:30:40", "started")
    assert machine.history.rows[-1].source == "daemon"
    assert machine.routines.opened == [(1, "helicopters", 120_000_000)]
    assert machine.screen() is None


def test_input_before_the_pause_is_over_begins_the_wait_anew() -> None:
    machine = Machine(config=SELF)
    machine.sit(30)
    machine.tell(ports.WentIdle(1))  # from a source that tells early
    seconds(machine, 1)
    machine.tell(ports.CameBack())
    seconds(machine, 30)
    assert machine.events()[-1] == "prompted"
    assert machine.presence.pauses == 2
    machine.tell(ports.WentIdle(3))
    assert machine.last() == ("09:30:31", "started")


def test_with_no_pause_the_prompt_goes_unanswered_and_nothing_starts() -> None:
    machine = Machine(config=SELF)
    machine.sit(33)
    assert machine.events()[-1] == "unanswered"
    assert machine.routines.opened == []


def test_by_default_nothing_starts_by_itself_and_no_pause_is_watched() -> None:
    machine = Machine()
    machine.sit(30)
    machine.tell(ports.WentIdle(3))
    machine.wait(2)
    assert (machine.events()[-1], machine.presence.pauses) == ("prompted", 0)


# --- a call that was forgotten ----------------------------------------------------------------------------------


def call(minutes: float, machine: Machine | None = None) -> Machine:
    """Return a machine on which a call goes on since 09:10, with no touch of the keyboard since 09:20."""
    machine = machine or Machine(config=with_hold(at_most="10h"))
    machine.sit(10)
    machine.busy("microphone", "zoom")
    machine.wait(10)
    machine.tell(ports.WentIdle(0))
    machine.wait(minutes)
    return machine


def test_a_call_without_a_touch_for_two_hours_is_over() -> None:
    machine = call(119)
    assert machine.events()[-1] == "held"
    assert not away(machine), "a call is a sign of the person"
    machine.wait(2)
    assert busy(machine) == []
    machine.wait(3)
    assert away(machine)
    assert machine.events()[-1] == "natural", "the absence began with the end of the call"
    assert (
        "present" not in machine.ask(do="status")["data"]["presence"]
        or not machine.ask(do="status")["data"]["presence"]["present"]
    )


def test_a_touch_before_that_keeps_the_call() -> None:
    machine = call(119)
    machine.tell(ports.CameBack())
    machine.tell(ports.WentIdle(0))
    machine.wait(119)
    assert busy(machine) == ["microphone"]
    machine.wait(2)
    assert busy(machine) == []


def test_a_touch_after_that_brings_the_call_back() -> None:
    machine = call(121)
    machine.tell(ports.CameBack())
    assert busy(machine) == ["microphone"]


@pytest.mark.parametrize("answer", [{"do": "pause", "for": "5m"}, {"do": "stand"}, {"do": "skip"}])
def test_an_answer_is_a_touch(answer: dict[str, Any]) -> None:
    machine = call(119)
    machine.ask(**answer)
    machine.wait(60)
    assert busy(machine) == ["microphone"]


def test_who_types_in_the_call_is_in_it() -> None:
    machine = Machine(config=with_hold(at_most="10h"))
    machine.sit(10)
    machine.busy("camera")
    machine.wait(60 * 5)
    assert busy(machine) == ["camera"]


def test_other_reasons_are_not_forgotten() -> None:
    machine = Machine(config=with_hold(at_most="10h"))
    machine.sit(10)
    machine.busy("screen-share")
    machine.tell(ports.WentIdle(0))
    machine.wait(60 * 4)
    assert busy(machine) == ["screen-share"]


def test_a_lock_counts_as_the_last_touch() -> None:
    machine = Machine(config=with_hold(at_most="10h"))
    machine.sit(10)
    machine.busy("microphone")
    machine.tell(ports.Locked())
    machine.wait(119)
    assert busy(machine) == ["microphone"]
    machine.wait(2)
    assert busy(machine) == []
    machine.tell(ports.Unlocked())
    assert busy(machine) == ["microphone"], "whoever unlocks is back in the call"


@pytest.mark.parametrize("uptime_h", [0, 30])
def test_after_a_restart_the_call_has_its_two_hours_again(uptime_h: int) -> None:
    machine = Machine(config=with_hold(at_most="10h"))
    machine.clock.elapsed_us += uptime_h * 3600 * 1_000_000
    machine.save.document = None
    machine.start()
    machine = call(5, machine)
    machine.on_now = (ports.InUse("microphone", "fake", (("zoom",),)),)
    machine.ask(do="restart")
    machine.start()
    machine.wait(110)
    assert busy(machine) == ["microphone"]
    machine.wait(11)
    assert busy(machine) == []


# --- programs that a person names -------------------------------------------------------------------------------


def test_a_program_that_is_ignored_neither_holds_nor_shows_the_person() -> None:
    machine = Machine(config=with_hold(ignore=["Emacs", "dictation"]))
    machine.sit(20)
    machine.busy("fullscreen", "Emacs", "emacs-gtk")
    machine.busy("microphone", "Dictation")
    machine.wait(10)
    assert machine.events()[-1] == "prompted"
    machine.tell(ports.WentIdle(0))
    machine.wait(5)
    assert machine.events()[-1] == "natural", "what is ignored is no call either"


def test_beside_a_program_that_is_ignored_another_holds() -> None:
    machine = Machine(config=with_hold(ignore=["emacs"]))
    machine.sit(20)
    machine.tell(ports.InUse("fullscreen", "fake", (("emacs",), ("mpv",))))
    machine.wait(10)
    assert machine.events()[-1] == "held"
    machine.tell(ports.InUse("fullscreen", "fake", (("emacs",),)))
    assert machine.events()[-1] == "prompted"


def test_a_named_program_holds_though_its_reason_is_not_in_while() -> None:
    machine = Machine(config=with_hold(programs=["zoom"], **{"while": []}))
    machine.sit(20)
    machine.busy("fullscreen", "mpv")
    machine.wait(10)
    assert machine.events()[-1] == "prompted"
    machine.click("skip")
    machine.busy("fullscreen", "zoom", "zoom.real")
    machine.wait(30)
    assert machine.events()[-1] == "held"
    machine.busy("fullscreen", "mpv")
    assert machine.events()[-1] == "prompted", "full-screen goes on, but no longer by that program"
    machine.busy("fullscreen", "zoom")
    assert machine.events()[-1] == "held"


def test_a_named_program_that_merely_runs_holds_nothing() -> None:
    machine = Machine(config=with_hold(programs=["zoom"], **{"while": []}))
    machine.sit(20)
    machine.busy("camera", "zoom")
    machine.wait(10)
    assert machine.events()[-1] == "prompted"


# --- another configuration --------------------------------------------------------------------------------------


def reload(machine: Machine, config: Settings) -> None:
    machine.file.settings = machine.config = config
    machine.tell(ports.ConfigChanged())
    machine.catch_up()


def test_what_is_watched_and_what_holds_follows_the_configuration_at_once() -> None:
    machine = Machine(config=with_hold(**{"while": ["fullscreen"]}))
    assert machine.holds.watched == {"fullscreen", "microphone", "camera"}, "calls are a sign of the person"
    machine.on_now = machine.holds.on_now = (ports.InUse("screen-share", "fake", (("firefox",),)),)
    machine.sit(30)
    assert machine.events()[-1] == "prompted"
    reload(machine, with_hold(**{"while": ["screen-share", "idle-inhibit"]}))
    assert machine.holds.watched == {"screen-share", "idle-inhibit", "microphone", "camera"}
    assert (machine.events()[-1], machine.history.rows[-1].reason) == ("held", "screen-share")
    reload(machine, with_hold(**{"while": []}))
    assert machine.holds.watched == {"microphone", "camera"}
    assert machine.events()[-1] == "prompted"


def test_a_program_that_is_ignored_from_now_on_holds_no_longer() -> None:
    machine = Machine()
    machine.sit(20)
    machine.busy("fullscreen", "emacs")
    machine.wait(10)
    assert machine.events()[-1] == "held"
    reload(machine, with_hold(ignore=["emacs"]))
    assert machine.events()[-1] == "prompted"
    reload(machine, with_hold())
    assert machine.events()[-1] == "held"


def test_pauses_in_typing_are_watched_as_soon_as_a_break_may_start_by_itself() -> None:
    machine = Machine()
    machine.sit(30)
    assert machine.presence.pauses == 0
    reload(machine, SELF)
    assert machine.presence.pauses == 1
    seconds(machine, 4)
    machine.tell(ports.WentIdle(3))
    assert machine.events()[-1] == "started"


# --- a restart --------------------------------------------------------------------------------------------------


def in_a_held_call() -> Machine:
    machine = Machine()
    machine.sit(20)
    machine.busy("microphone", "zoom")
    machine.wait(15)
    assert machine.events()[-1] == "held"
    machine.ask(do="restart")
    return machine


@pytest.mark.parametrize("uptime_h", [0, 30])
def test_a_restart_during_a_call_asks_nothing_into_it(uptime_h: int) -> None:
    machine = Machine()
    machine.clock.elapsed_us += uptime_h * 3600 * 1_000_000
    machine.save.document = None
    machine.start()
    machine.sit(20)
    machine.busy("microphone", "zoom")
    machine.wait(15)
    machine.ask(do="restart")
    machine.clock.pass_time(3)
    machine.on_now = (ports.InUse("microphone", "fake", (("zoom",),)),)
    machine.start()
    machine.wait(5)
    machine.tell(ports.CameBack())
    machine.wait(5)
    assert "prompted" not in machine.events()
    machine.free("microphone")
    assert machine.events()[-1] == "prompted"


def test_a_call_that_ended_meanwhile_holds_nothing_after_the_restart() -> None:
    machine = in_a_held_call()
    machine.clock.pass_time(3)
    machine.start()
    assert busy(machine) == []
    machine.tell(ports.CameBack())
    assert machine.events()[-1] == "prompted"


def test_a_named_program_is_known_before_the_start_is_told() -> None:
    config = with_hold(programs=["zoom"], **{"while": []})
    machine = Machine(config=config)
    machine.sit(30)
    machine.on_now = (ports.InUse("fullscreen", "fake", (("zoom",),)),)
    machine.ask(do="restart")
    machine.start()
    machine.tell(ports.CameBack())
    assert machine.events()[-1] == "held"
    machine.tell(ports.InUse("fullscreen", "fake", ()))
    assert machine.events()[-1] == "prompted"


# --- an audience ------------------------------------------------------------------------------------------------


def test_a_notice_is_kept_from_an_audience_and_told_afterwards() -> None:
    machine = Machine()
    machine.sit(5)
    machine.busy("screen-share")
    machine.tell(ports.Notice("edit", "The settings cannot be opened here", "why"))
    assert machine.screen() is None
    machine.wait(10)
    assert machine.screen() is None
    machine.free("screen-share")
    screen = machine.screen()
    assert screen is not None
    assert screen.title == "The settings cannot be opened here"


def test_a_notice_on_the_screen_goes_when_an_audience_comes_and_is_told_again() -> None:
    machine = Machine()
    machine.sit(5)
    machine.tell(ports.Notice("edit", "The settings cannot be opened here", "why"))
    assert machine.screen() is not None
    machine.busy("screen-share")
    assert machine.screen() is None
    machine.free("screen-share")
    assert machine.screen() is not None


def test_no_heads_up_comes_to_an_audience_and_one_on_the_screen_goes_for_good() -> None:
    machine = Machine(config=WARNS)
    machine.sit(29.5)
    assert machine.screen() is not None
    machine.busy("screen-share")
    assert machine.screen() is None
    machine.free("screen-share")
    assert machine.screen() is None
    machine.wait(0.5)
    machine.click("skip")
    machine.busy("screen-share")
    machine.wait(31)
    assert machine.events()[-1] == "held"
    assert machine.screen() is None


def test_a_prompt_on_the_screen_goes_when_an_audience_comes() -> None:
    machine = Machine()
    machine.sit(30)
    machine.busy("screen-share")
    assert machine.screen() is None
    machine.wait(120)
    assert machine.screen() is None
    assert machine.events()[-1] == "held"
    machine.free("screen-share")
    assert machine.screen() is not None


def test_an_audience_that_may_see_is_told_everything() -> None:
    machine = Machine(config=with_hold(**{"while": ["microphone"]}))
    machine.busy("screen-share")
    machine.tell(ports.Notice("edit", "The settings cannot be opened here", "why"))
    assert machine.screen() is not None


# --- standing ---------------------------------------------------------------------------------------------------


def stand_by_tray(machine: Machine) -> None:
    machine.tell(ports.MenuChosen("stand"))


def stand_by_request(machine: Machine) -> None:
    assert machine.ask(do="stand")["ok"]


@pytest.mark.parametrize("stand", [stand_by_tray, stand_by_request])
def test_while_one_stands_no_clock_counts_and_nothing_asks(stand: Any) -> None:
    machine = Machine()
    machine.sit(10)
    stand(machine)
    machine.wait(60)
    assert machine.events() == ["daemon_started"], "ten minutes of sitting were no half of a break"
    assert machine.ask(do="status")["data"]["tiers"][0]["sat_s"] == 0, "having stood for its length is a break"
    machine.tell(ports.MenuChosen("sit"))
    machine.wait(30)
    assert machine.events()[-1] == "prompted"
    stand(machine)
    assert machine.screen() is None
    machine.wait(1)
    assert machine.ask(do="sit")["ok"]
    assert machine.screen() is not None, "a minute was too short: it asks again"


def test_a_lock_and_leaving_end_the_standing() -> None:
    machine = Machine()
    machine.sit(1)
    for message in (ports.Locked(), ports.WentIdle(180)):
        machine.ask(do="stand")
        machine.wait(4)
        assert stands(machine)
        machine.tell(message)
        machine.wait(4)
        assert not stands(machine)
        machine.tell(ports.Unlocked())


def test_nobody_stands_at_a_locked_screen() -> None:
    machine = Machine()
    machine.sit(1)
    machine.tell(ports.Locked())
    assert machine.ask(do="stand")["status"] == 1


# --- the source of presence changes -----------------------------------------------------------------------------


def test_another_source_is_asked_for_the_return_and_the_pause_that_are_awaited() -> None:
    machine = Machine(config=CALM)
    machine.sit(30)
    assert machine.presence.pauses == 1
    machine.tell(ports.SourceChanged("presence", "logind"))
    assert machine.presence.pauses == 2
    machine.tell(ports.WentIdle(180))
    watched = machine.presence.watched
    machine.tell(ports.SourceChanged("presence", "mutter"))
    assert machine.presence.watched == watched + 1


def test_an_absence_outlasts_the_source_that_told_of_it() -> None:
    machine = Machine()
    machine.sit(20)
    machine.tell(ports.WentIdle(180))
    machine.wait(1)
    machine.tell(ports.SourceChanged("presence", "mutter"))
    machine.wait(5)
    assert away(machine)
    assert machine.events()[-1] == "natural"
    machine.tell(ports.CameBack())
    assert not away(machine)


def test_where_the_last_source_goes_the_person_counts_as_there() -> None:
    machine = Machine()
    machine.sit(20)
    machine.tell(ports.WentIdle(180))
    machine.wait(5)
    machine.tell(ports.SourceChanged("presence", "unknown"))
    assert not away(machine)
    machine.wait(30)
    assert machine.events()[-1] == "prompted"


def test_behind_a_lock_nobody_counts_as_there_though_no_source_is_left() -> None:
    machine = Machine()
    machine.sit(20)
    machine.tell(ports.Locked())
    machine.tell(ports.SourceChanged("presence", "unknown"))
    machine.wait(60)
    assert away(machine)
    assert "prompted" not in machine.events()


# --- a lock that is a mere wish ---------------------------------------------------------------------------------


def test_input_after_a_pause_is_told_to_the_login() -> None:
    machine = Machine()
    machine.sit(20)
    before = machine.login.seen_times
    machine.tell(ports.Locked())
    assert machine.presence.pauses == 1, "the keys that asked for the lock are let go just now"
    assert machine.login.seen_times == before
    machine.tell(ports.WentIdle(3))
    machine.wait(5)
    machine.tell(ports.CameBack())
    assert machine.login.seen_times == before + 1
    assert machine.daemon.state.person.locked, "whether that ends the lock is the login's to say"
    machine.tell(ports.Unlocked())
    assert not away(machine)


def test_where_no_pause_can_be_seen_a_wish_is_not_believed() -> None:
    machine = Machine()
    machine.presence.sees_pauses = False
    machine.sit(20)
    before = machine.login.seen_times
    machine.tell(ports.Locked())
    assert (machine.presence.pauses, machine.login.seen_times) == (0, before + 1)


def test_a_source_that_changes_behind_a_lock_is_asked_for_the_pause() -> None:
    machine = Machine()
    machine.sit(20)
    machine.tell(ports.Locked())
    machine.tell(ports.SourceChanged("presence", "mutter"))
    assert machine.presence.pauses == 2
