"""What a script cannot say, told to the engine itself: typing, heads-ups, the routine's window, a new configuration."""

from dataclasses import replace
from typing import Any

import pytest

from breakd.core import events as e
from breakd.core.durations import MINUTE, SECOND, parse
from breakd.core.engine import next_deadline
from breakd.core.state import Phase
from engineday import Day
from stories import micros, settings

MICRO = "micro 30m 2m helicopters knee-hovers"


# --- typing -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pause", "asked"),
    [
        ("09:30:10", "09:30:10 prompted"),  # the person pauses
        ("09:40", "09:30:30 prompted"),  # at most wait_for_pause
    ],
)
def test_a_prompt_waits_for_a_pause_in_typing(pause: str, asked: str) -> None:
    day = Day()
    day.tell("09:29", e.Typing, now=True)
    day.tell(pause, e.Typing, now=False)
    day.until("09:31")
    assert day.rows()[:2] == ["09:30 due", asked]


def test_no_prompt_waits_where_it_is_switched_off() -> None:
    day = Day(settings(wait_for_pause="0s"))
    day.tell("09:29", e.Typing, now=True)
    day.until("09:31")
    assert day.rows() == ["09:30 due", "09:30 prompted"]


def test_a_hold_is_waited_for_before_the_pause_in_typing_and_after_it() -> None:
    day = Day()
    day.tell("09:29", e.Typing, now=True)
    day.tell("09:29", e.Busy, "fullscreen")
    day.tell("09:35", e.Free, "fullscreen")
    assert day.rows() == ["09:30 due", "09:30 held fullscreen"]
    assert day.phase is Phase.TYPING
    day.tell("09:35:10", e.Busy, "camera")
    day.until("09:36")
    assert day.rows() == ["09:35:30 held camera"]


def test_the_limit_of_a_hold_is_not_forgotten_over_the_typing() -> None:
    day = Day(settings(hold_at_most="10m"))
    day.tell("09:29", e.Typing, now=True)
    day.tell("09:29", e.Busy, "fullscreen")
    day.until("09:41")
    assert day.rows() == ["09:30 due", "09:30 held fullscreen", "09:40:30 prompted"]


def test_who_leaves_while_typing_is_waited_for_is_asked_on_return() -> None:
    day = Day(settings("long 30m 20m walk"))
    day.tell("09:29", e.Typing, now=True)
    day.tell("09:30:10", e.Locked)
    day.until("09:31")
    assert day.phase is Phase.RETURN
    day.tell("09:32", e.Unlocked)
    assert day.rows() == ["09:30 due", "09:32 prompted"]


def test_an_offer_that_waits_for_a_pause_in_typing_is_answered_from_elsewhere() -> None:
    day = Day()
    day.tell("09:29", e.Typing, now=True)
    day.tell("09:30:10", e.Skip, "notification")
    day.tell("09:30:10", e.Skip, "cli")
    assert day.rows() == ["09:30 due", "09:30:10 skipped"]


# --- the heads-up -----------------------------------------------------------------------------------------------


def test_a_heads_up_comes_once_and_names_what_will_be_offered() -> None:
    day = Day(settings(MICRO, "walk 33m 10m walk", warn_before="2m"))
    day.until("09:27:59")
    assert day.others() == []
    day.until("09:28")
    day.until("09:29")
    assert day.others() == [e.WarnAhead("walk", 2 * MINUTE)]


def test_a_heads_up_comes_again_for_the_next_break() -> None:
    day = Day(settings(warn_before="2m"))
    day.until("09:30")
    day.tell("09:30", e.Skip, "cli")
    day.until("09:59")
    assert [effect for effect in day.others() if isinstance(effect, e.WarnAhead)] == [
        e.WarnAhead("micro", 2 * MINUTE)
    ] * 2


def test_no_heads_up_where_it_is_off_or_held_or_nobody_is_there() -> None:
    for happens in ([], [(e.Busy, "fullscreen")], [(e.Locked,)], [(e.Pause, "cli")]):
        day = Day(settings(warn_before="2m" if happens else "0s"))
        for kind, *values in happens:
            day.tell("09:20", kind, *values)
        day.until("09:29")
        assert day.others() == []


# --- waved away and stale answers -------------------------------------------------------------------------------


def test_a_prompt_that_is_waved_away_is_snoozed() -> None:
    day = Day()
    day.until("09:31")
    day.tell("09:31", e.WavedAway, showing=1)
    day.until("09:36")
    assert day.rows() == ["09:30 due", "09:30 prompted", "09:31 snoozed 300s", "09:36 prompted"]


def test_waved_away_at_the_limit_changes_nothing_but_is_a_sign() -> None:
    day = Day(settings(max_snoozes=0))
    day.tell("09:29", e.Idle, micros("09:29"))
    day.tell("09:31", e.WavedAway, showing=1)
    assert day.phase is Phase.PROMPTED
    day.until("09:33:30")
    assert day.state.person.absence is None
    assert day.rows() == ["09:30 due", "09:30 prompted", "09:33 missed"]


@pytest.mark.parametrize("answer", [e.Start, e.Snooze, e.Skip, e.WavedAway])
def test_an_answer_to_an_earlier_prompt_is_late(answer: Any) -> None:
    day = Day()
    day.until("09:30")
    day.tell("09:30", e.Snooze, "notification", showing=1)
    day.until("09:35")
    day.rows()
    day.others()
    values = () if answer is e.WavedAway else ("notification",)
    day.tell("09:36", answer, *values, showing=1)
    assert day.rows() == []
    assert day.others() == [e.Refused("late")]
    day.tell("09:36", answer, *values, showing=2)
    assert day.rows() != []


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        ((e.Start, "notification"), "late"),
        ((e.Skip, "cli"), "nothing"),
        ((e.Snooze, "tray"), "nothing"),
        ((e.Resume, "cli"), "nothing"),
        ((e.Done,), "late"),
        ((e.Closed,), "late"),
        ((e.WavedAway,), "late"),
    ],
)
def test_an_answer_with_nothing_to_answer_is_refused(happens: tuple[Any, ...], why: str) -> None:
    day = Day()
    day.tell("09:10", *happens)
    assert day.effects == [e.Refused(why)]


def test_a_routine_is_ended_by_nothing_else() -> None:
    day = Day()
    day.tell("09:10", e.Start, "cli")
    day.others()
    for kind in (e.Start, e.Skip, e.Snooze):
        day.tell("09:10:10", kind, "cli")
    assert day.others() == [e.Refused("routine")] * 3


# --- what is on the screen --------------------------------------------------------------------------------------


def test_a_prompt_says_what_it_needs() -> None:
    day = Day()
    day.until("09:30")
    assert day.others() == [e.ShowPrompt(1, 1, "micro", "helicopters", 2 * MINUTE, 30 * MINUTE, 3)]
    day.tell("09:30", e.Snooze, "cli")
    day.until("09:35")
    assert day.others() == [
        e.WithdrawPrompt(),
        e.ShowPrompt(2, 1, "micro", "helicopters", 2 * MINUTE, 35 * MINUTE, 2),
    ]


@pytest.mark.parametrize(
    "happens",
    [
        (e.Skip, "cli"),
        (e.Snooze, "cli"),
        (e.Start, "cli"),
        (e.Pause, "cli"),
        (e.Busy, "fullscreen"),
        (e.Stopped, True),
        (e.Stopped, False),
        (e.WallSet, 12 * 60 * MINUTE),
    ],
)
def test_whatever_ends_a_prompt_takes_it_off_the_screen(happens: tuple[Any, ...]) -> None:
    day = Day()
    day.until("09:30")
    day.others()
    day.tell("09:31", *happens)
    assert day.others()[0] == e.WithdrawPrompt()


@pytest.mark.parametrize("clock", ["09:33", "09:36"])
def test_a_prompt_that_is_not_answered_is_taken_off(clock: str) -> None:
    day = Day(settings(max_snoozes=0 if clock == "09:33" else 1))
    day.until("09:30")
    day.others()
    day.until(clock)
    assert day.others() == [e.WithdrawPrompt()]


# --- the routine's own window -----------------------------------------------------------------------------------


def test_the_window_moves_the_end() -> None:
    day = Day()
    day.tell("09:10", e.Start, "cli")
    day.tell("09:11", e.Moved, micros("09:11:30"))
    day.until("09:12")
    assert day.rows() == ["09:10 started", "09:11:30 taken 120s"]


def test_a_routine_that_stands_still_has_no_end() -> None:
    day = Day()
    day.tell("09:10", e.Start, "cli")
    day.tell("09:11", e.Moved, None)
    day.until("09:40")
    day.tell("09:40", e.Moved, micros("09:41"))
    day.until("09:42")
    assert day.rows() == ["09:10 started", "09:41 taken 120s"]


def test_another_exercise_in_the_window_is_the_one_that_was_done() -> None:
    day = Day()
    day.tell("09:10", e.Start, "cli", "bridges")
    day.tell("09:10:30", e.Moved, micros("09:12:30"), "walk")
    day.tell("09:11:30", e.Moved, micros("09:13"))
    day.until("09:13")
    rows = [effect.row for effect in day.effects if isinstance(effect, e.Log)]
    assert [(row.event, row.exercise, row.duration_s) for row in rows] == [
        ("started", "bridges", None),
        ("taken", "walk", 120),
    ]


@pytest.mark.parametrize(
    ("kind", "moved", "row"),
    [
        (e.Done, 70, "09:11 taken 70s"),
        (e.Closed, 59, "09:11 abandoned 59s"),
        (e.Closed, 60, "09:11 taken 60s"),
        (e.Closed, None, "09:11 taken 60s"),
        (e.Done, None, "09:11 taken 60s"),
    ],
)
def test_the_window_says_how_much_was_done(kind: Any, moved: int | None, row: str) -> None:
    day = Day()
    day.tell("09:10", e.Start, "cli")
    day.tell("09:11", kind, None if moved is None else moved * SECOND)
    assert day.rows() == ["09:10 started", row]


@pytest.mark.parametrize(
    ("stands", "goes_on", "closed", "row"),
    [
        ("09:10:30", "09:20:30", "09:20:50", "abandoned 50s"),
        ("09:10:30", "09:20:30", "09:21", "taken 60s"),
        ("09:10:30", None, "09:20", "abandoned 30s"),
        ("09:11", None, "09:20", "taken 60s"),
    ],
)
def test_half_of_the_planned_time_is_counted_without_the_windows_pauses(
    stands: str, goes_on: str | None, closed: str, row: str
) -> None:
    day = Day()
    day.tell("09:10", e.Start, "cli")
    day.tell(stands, e.Moved, None)
    if goes_on is not None:
        left = micros("09:12") - micros(stands)
        day.tell(goes_on, e.Moved, micros(goes_on) + left)
    day.tell(closed, e.Stopped, quit=True)
    assert row in day.rows()[1]


def test_the_windows_word_without_a_routine_is_nothing() -> None:
    day = Day()
    day.tell("09:10", e.Moved, micros("09:12"))
    assert day.effects == []


# --- input that is reported late --------------------------------------------------------------------------------


def test_idle_is_told_late_and_counts_from_the_last_input() -> None:
    day = Day(settings("long 30m 20m walk"))
    day.tell("09:13", e.Idle, micros("09:10"))
    assert day.state.person.absence is not None
    assert day.state.sat == (10 * MINUTE,)


def test_a_sign_after_the_last_input_counts_more_than_it() -> None:
    day = Day(settings("long 30m 20m walk"))
    day.tell("09:12", e.Skip, "cli")
    day.tell("09:13", e.Idle, micros("09:10"))
    assert day.state.person.last_sign == micros("09:12")
    day.until("09:14:59")
    assert day.state.sat == (parse("14m59s"),)
    day.until("09:15")
    assert day.state.sat == (parse("12m"),)


def test_what_a_late_idle_takes_off_is_what_was_counted_since() -> None:
    """Standing up for the routine at 09:10, idle told at 09:13: only the minute after the routine was counted."""
    day = Day(settings(MICRO, "walk 2h 10m walk"))
    day.tell("09:10", e.Start, "cli")
    day.tell("09:13", e.Idle, micros("09:10"))
    assert day.rows() == ["09:10 started", "09:12 taken 120s"]
    assert day.state.sat == (0, 10 * MINUTE)


def test_what_a_late_idle_takes_off_is_nothing_of_the_time_outside_work() -> None:
    day = Day(settings("long 2h 10m walk", hours="09:00-10:00 10:01-17:00"))
    day.tell("10:02", e.Idle, micros("09:59"))
    assert day.state.sat == (59 * MINUTE,)
    day = Day(settings("long 2h 10m walk", hours="09:00-10:00"))
    day.tell("10:02", e.Idle, micros("09:59"))
    assert day.state.sat == (59 * MINUTE,)


def test_a_late_idle_leaves_what_a_reset_has_left() -> None:
    day = Day(settings("micro 30m 2m helicopters", max_snoozes=0))
    day.until("09:33")
    day.tell("09:34", e.Idle, micros("09:31"))
    assert day.rows() == ["09:30 due", "09:30 prompted", "09:33 missed"]
    assert day.state.sat == (0,)


def test_a_late_idle_takes_the_silence_off_the_prompts_timeout() -> None:
    day = Day(settings("long 30m 20m walk"))
    day.tell("09:32", e.Idle, micros("09:29"))
    day.tell("09:40", e.Input)
    day.until("09:43")
    assert day.rows() == ["09:30 due", "09:30 prompted", "09:43 unanswered"]


def test_a_natural_break_found_late_has_its_own_time() -> None:
    day = Day()
    day.tell("09:29", e.Idle, micros("09:20"))
    assert day.rows() == ["09:23 natural 180s"]


def test_idle_in_a_call_is_silence_from_the_end_of_the_call_on() -> None:
    day = Day()
    day.tell("09:10", e.Busy, "microphone")
    day.tell("09:14", e.Idle, micros("09:11"))
    day.tell("09:20", e.Free, "microphone")
    day.until("09:22:59")
    assert day.away_since is None
    day.until("09:23")
    assert day.away_since == micros("09:20")


# --- starts -----------------------------------------------------------------------------------------------------


def test_a_start_after_a_kill_closes_a_routine_and_takes_a_prompt_off() -> None:
    day = Day()
    day.tell("09:10", e.Start, "cli")
    day.tell("09:10:30", e.Tick)
    day.tell("09:20", e.Started, day.state.settings, 0, "UTC", locked=False, busy=())
    assert day.rows() == ["09:10 started", "09:10:30 abandoned 30s", "09:20 daemon_started"]

    day = Day()
    day.until("09:31")
    day.others()
    day.tell("09:31:30", e.Started, day.state.settings, 0, "UTC", locked=False, busy=())
    assert day.others() == [e.WithdrawPrompt()]
    day.tell("09:32", e.Input)
    assert day.rows() == ["09:30 due", "09:30 prompted", "09:31:30 daemon_started", "09:32 prompted"]


def test_a_start_meets_a_locked_screen_and_a_call() -> None:
    day = Day()
    day.tell("09:10", e.Stopped, quit=False)
    day.tell("09:11", e.Started, day.state.settings, 0, "UTC", locked=True, busy=("microphone",))
    assert day.state.person.absence is not None
    assert day.state.person.absence.hard == micros("09:11")
    day.tell("09:12", e.Unlocked)
    assert day.state.person.absence is None


def test_a_start_with_another_wall_clock() -> None:
    day = Day()
    day.tell("09:10", e.Stopped, quit=False)
    day.tell("09:20", e.Started, day.state.settings, 60 * MINUTE, "Europe/Berlin", locked=False, busy=())
    assert day.rows()[-1] == "12:20 daemon_started"  # an hour of the step, two of the zone


def test_a_reason_that_is_on_again_at_the_start_goes_on_with_its_wait() -> None:
    day = Day(settings(hold_at_most="10m"))
    day.tell("09:20", e.Busy, "fullscreen")
    day.until("09:31")
    day.tell("09:32", e.Stopped, quit=False)
    day.tell("09:33", e.Started, day.state.settings, 0, "UTC", locked=False, busy=("camera", "fullscreen"))
    day.tell("09:33", e.Input)
    day.until("09:40")
    assert day.rows() == [
        "09:30 due", "09:30 held fullscreen", "09:32 daemon_stopped", "09:33 daemon_started", "09:40 prompted"
    ]  # fmt: skip
    assert day.state.offer is not None
    assert day.state.offer.through == {"camera", "fullscreen"}


def test_a_reason_that_ended_while_down_ends_the_wait() -> None:
    day = Day()
    day.tell("09:20", e.Busy, "fullscreen")
    day.until("09:31")
    day.tell("09:32", e.Stopped, quit=False)
    day.tell("09:33", e.Started, day.state.settings, 0, "UTC", locked=False, busy=())
    assert day.phase is Phase.RETURN
    day.tell("09:34", e.Input)
    assert day.rows()[-1] == "09:34 prompted"


# --- another configuration --------------------------------------------------------------------------------------


def test_clocks_and_turns_keep_their_value_by_the_tiers_name() -> None:
    day = Day(settings(MICRO, "walk 2h 10m walk bridges"))
    day.until("09:20")
    day.state = replace(day.state, turns=(1, 1))
    day.tell("09:20", e.Configured, settings("walk 1h 10m walk", "new 30m 2m dead-bugs", "micro 40m 3m helicopters"))
    assert day.state.sat == (20 * MINUTE, 0, 20 * MINUTE)
    assert day.state.turns == (1, 0, 1)
    assert day.rows() == ["09:20 config_reloaded"]


def test_an_offer_whose_tier_is_gone_expires() -> None:
    day = Day()
    day.until("09:30")
    day.tell("09:31", e.Configured, settings("other 2h 10m walk"))
    assert day.rows() == ["09:30 due", "09:30 prompted", "09:31 expired config", "09:31 config_reloaded"]


def test_a_routine_whose_tier_is_gone_goes_on() -> None:
    day = Day()
    day.tell("09:10", e.Start, "cli")
    day.tell("09:11", e.Configured, settings("other 2h 10m walk"))
    day.until("09:12")
    assert day.rows() == ["09:10 started", "09:11 config_reloaded", "09:12 taken 120s"]


def test_an_offer_whose_tier_stays_goes_on() -> None:
    day = Day()
    day.until("09:30")
    day.tell("09:31", e.Configured, settings("micro 2h 10m walk"))
    day.until("09:33")
    assert day.rows() == ["09:30 due", "09:30 prompted", "09:31 config_reloaded", "09:33 unanswered"]


def test_other_work_hours_count_at_once() -> None:
    day = Day()
    day.until("09:30")
    day.tell("09:31", e.Configured, settings(hours="13:00-14:00"))
    assert day.rows()[2:] == ["09:31 config_reloaded", "09:31 expired work-end"]


def test_a_hold_that_is_switched_on_takes_a_prompt_off_and_one_switched_off_lets_it_ask() -> None:
    day = Day(settings(hold=""))
    day.tell("09:20", e.Busy, "fullscreen")
    day.until("09:30")
    day.tell("09:31", e.Configured, settings())
    day.tell("09:32", e.Configured, settings(hold=""))
    assert day.rows() == [
        "09:30 due", "09:30 prompted", "09:31 config_reloaded", "09:31 held fullscreen", "09:32 config_reloaded",
        "09:32 prompted",
    ]  # fmt: skip


# --- odd orders -------------------------------------------------------------------------------------------------


def test_an_event_from_the_past_counts_as_now() -> None:
    day = Day()
    day.until("09:10")
    day.tell("09:05", e.Skip, "cli")
    assert day.state.now == micros("09:10")


def test_a_reason_that_begins_twice_or_ends_unbegun_is_nothing() -> None:
    day = Day()
    day.tell("09:10", e.Free, "camera")
    day.tell("09:11", e.Busy, "camera")
    day.tell("09:12", e.Busy, "camera")
    assert list(day.state.person.busy) == [("camera", micros("09:11"))]
    day.tell("09:13", e.Free, "camera")
    assert list(day.state.person.busy) == []


def test_unlocked_before_awake_is_a_sign_when_awake() -> None:
    day = Day()
    day.tell("09:10", e.Locked)
    day.tell("09:10", e.Slept)
    day.tell("09:20", e.Unlocked)
    assert day.away_since == micros("09:10")
    day.tell("09:20:01", e.Woke)
    assert day.away_since is None


def test_the_next_deadline_is_exact() -> None:
    day = Day()
    assert next_deadline(day.state) == micros("09:30")
    day.until("09:30")
    assert next_deadline(day.state) == micros("09:33")
    day.tell("09:31", e.Snooze, "cli")
    assert next_deadline(day.state) == micros("09:36")
    day.tell("09:32", e.Idle, micros("09:31"))
    assert next_deadline(day.state) == micros("09:34")
    day.tell("09:32", e.Locked)
    assert next_deadline(day.state) == micros("09:34")
    day.tell("09:33", e.Pause, "cli", 10 * MINUTE)
    assert next_deadline(day.state) == micros("09:34")  # behind the lock two minutes later it is a natural break
    day.until("09:34")
    assert next_deadline(day.state) == micros("09:43")
