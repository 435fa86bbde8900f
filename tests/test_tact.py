"""The daemon's tact in virtual time: pauses in typing, calls that are forgotten, audiences, standing, sources that change."""

from typing import Any

import pytest

from breakd import ports
from breakd.core.settings import Settings
from fakes import FakePresence
from machine import ALL_DAY, MICRO, Machine, settings

CALM = settings(work=ALL_DAY, prompt={"wait_for_pause": "30s"}, **{"break": [MICRO]})
SELF = settings(work=ALL_DAY, prompt={"auto_start": True}, **{"break": [MICRO]})
WARNS = settings(work=ALL_DAY, prompt={"warn_before": "1m"}, **{"break": [MICRO]})


def with_hold(**hold: Any) -> Settings:
    return settings(work=ALL_DAY, hold=hold, **{"break": [MICRO]})


def seconds(machine: Machine, passed: float) -> None:
    machine.wait(passed / 60)


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
    assert machine.daemon.state.person.absence is None, "a call is a sign of the person"
    machine.wait(2)
    assert machine.daemon.state.person.busy == ()
    machine.wait(3)
    assert machine.daemon.state.person.absence is not None
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
    assert [reason for reason, _since in machine.daemon.state.person.busy] == ["microphone"]
    machine.wait(2)
    assert machine.daemon.state.person.busy == ()


def test_a_touch_after_that_brings_the_call_back() -> None:
    machine = call(121)
    machine.tell(ports.CameBack())
    assert [reason for reason, _since in machine.daemon.state.person.busy] == ["microphone"]


@pytest.mark.parametrize("answer", [{"do": "pause", "for": "5m"}, {"do": "stand"}, {"do": "skip"}])
def test_an_answer_is_a_touch(answer: dict[str, Any]) -> None:
    machine = call(119)
    machine.ask(**answer)
    machine.wait(60)
    assert [reason for reason, _since in machine.daemon.state.person.busy] == ["microphone"]


def test_who_types_in_the_call_is_in_it() -> None:
    machine = Machine(config=with_hold(at_most="10h"))
    machine.sit(10)
    machine.busy("camera")
    machine.wait(60 * 5)
    assert [reason for reason, _since in machine.daemon.state.person.busy] == ["camera"]


def test_other_reasons_are_not_forgotten() -> None:
    machine = Machine(config=with_hold(at_most="10h"))
    machine.sit(10)
    machine.busy("screen-share")
    machine.tell(ports.WentIdle(0))
    machine.wait(60 * 4)
    assert [reason for reason, _since in machine.daemon.state.person.busy] == ["screen-share"]


def test_a_lock_counts_as_the_last_touch() -> None:
    machine = Machine(config=with_hold(at_most="10h"))
    machine.sit(10)
    machine.busy("microphone")
    machine.tell(ports.Locked())
    machine.wait(119)
    assert machine.daemon.state.person.busy
    machine.wait(2)
    assert not machine.daemon.state.person.busy
    machine.tell(ports.Unlocked())
    assert machine.daemon.state.person.busy, "whoever unlocks is back in the call"


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
    assert [reason for reason, _since in machine.daemon.state.person.busy] == ["microphone"]
    machine.wait(11)
    assert machine.daemon.state.person.busy == ()
