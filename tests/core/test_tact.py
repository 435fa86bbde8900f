"""The right moment: settling in after a return, an audience, standing, and a break that starts by itself."""

import pytest

from stories import story

# --- settle -----------------------------------------------------------------------------------------------------


def test_after_a_return_an_offer_asks_once_the_person_has_been_there_for_settle() -> None:
    story("""
        break: micro 30m 4m helicopters
        settle: 5m
        08:50 begin
        09:26 idle
        09:29:30 input
          > 09:33:30 due A micro
          > 09:34:30 prompted A micro
        09:35 skip
          > 09:35 skipped A
          > 10:05 due B
          > 10:05 prompted B
        10:06 end
          > 10:06 expired B
    """)


def test_what_comes_due_in_that_time_is_due_at_once_and_asks_later() -> None:
    story("""
        settle: 2m
        09:00 begin
        09:29 lock
        09:30 unlock
          > 09:31 due A micro
          > 09:32 prompted A micro
        09:32 skip
          > 09:32 skipped A
        09:40 end
    """)


def test_a_snooze_that_ends_while_away_asks_when_the_person_has_settled() -> None:
    story("""
        break: micro 30m 20m helicopters
        settle: 90s
        09:00 begin
          > 09:30 due A
          > 09:30 prompted A
        09:30 snooze
          > 09:30 snoozed A
        09:31 lock
        09:37 unlock
          > 09:38:30 prompted A
        09:39 end
          > 09:39 expired A
    """)


def test_who_leaves_again_before_has_to_settle_anew() -> None:
    story("""
        break: micro 30m 20m helicopters
        settle: 2m
        09:00 begin
          > 09:30 due A
          > 09:30 prompted A
        09:30 snooze for=2m
          > 09:30 snoozed A
        09:31 lock
        09:33 unlock
        09:34 lock
        09:40 unlock
          > 09:42 prompted A
        09:42 end
          > 09:42 expired A
    """)


def test_the_start_of_the_day_is_a_return_and_a_hold_comes_after_settling() -> None:
    story("""
        break: micro 2m 1m helicopters
        settle: 3m
        09:00 begin
          > 09:02 due A
        09:02 busy reason=microphone
          > 09:03 held A microphone
        09:05 free reason=microphone
          > 09:05 prompted A
        09:05 end
          > 09:05 expired A
    """)


# --- an audience ------------------------------------------------------------------------------------------------


def test_the_limit_of_a_hold_does_not_end_a_screen_share() -> None:
    story("""
        hold_at_most: 10m
        09:00 begin
        09:20 busy reason=screen-share
          > 09:30 due A
          > 09:30 held A screen-share
        11:07 free reason=screen-share
          > 11:07 prompted A
        11:07 end
          > 11:07 expired A
    """)


def test_after_the_limit_only_the_audience_is_waited_for() -> None:
    story("""
        hold_at_most: 10m
        09:00 begin
        09:20 busy reason=microphone
        09:21 busy reason=screen-share
          > 09:30 due A
          > 09:30 held A microphone
        09:50 free reason=screen-share
          > 09:50 prompted A
        09:51 busy reason=screen-share
          > 09:51 held A screen-share
        09:52 free reason=screen-share
          > 09:52 prompted A
        09:52 end
          > 09:52 expired A
    """)


def test_an_audience_that_goes_before_the_limit_leaves_the_limit_to_the_others() -> None:
    story("""
        hold_at_most: 10m
        09:00 begin
        09:20 busy reason=screen-share
        09:21 busy reason=microphone
          > 09:30 due A
          > 09:30 held A screen-share
        09:35 free reason=screen-share
          > 09:40 prompted A
        09:40 end
          > 09:40 expired A
    """)


def test_where_no_hold_is_waited_for_an_audience_still_is() -> None:
    story("""
        hold_at_most: 0s
        09:00 begin
        09:20 busy reason=microphone
        09:21 busy reason=screen-share
          > 09:30 due A
          > 09:30 held A screen-share
        10:30 free reason=screen-share
          > 10:30 prompted A
        10:30 end
          > 10:30 expired A
    """)


def test_who_comes_back_to_an_audience_is_not_asked() -> None:
    story("""
        break: micro 30m 20m helicopters
        hold_at_most: 10m
        09:00 begin
        09:20 busy reason=fullscreen
          > 09:30 due A
          > 09:30 held A fullscreen
        09:35 lock
        09:41 busy reason=screen-share
        09:42 unlock
          > 09:42 held A fullscreen
        10:05 free reason=screen-share
          > 10:05 prompted A
        10:06 end
          > 10:06 expired A
    """)


def test_an_audience_that_is_not_in_while_holds_nothing() -> None:
    story("""
        hold: microphone
        09:00 begin
        09:20 busy reason=screen-share
          > 09:30 due A
          > 09:30 prompted A
        09:31 end
          > 09:31 expired A
    """)


@pytest.mark.parametrize("hold", ["", "idle-inhibit"])
def test_idle_inhibition_holds_where_it_is_wanted(hold: str) -> None:
    held = "> 09:30 held A idle-inhibit" if hold else "> 09:30 prompted A"
    then = "> 09:31 prompted A" if hold else ""
    story(f"""
        hold: {hold}
        09:00 begin
        09:20 busy reason=idle-inhibit
          > 09:30 due A
          {held}
        09:31 free reason=idle-inhibit
          {then}
        09:32 end
          > 09:32 expired A
    """)


# --- standing ---------------------------------------------------------------------------------------------------


def test_while_standing_no_clock_counts() -> None:
    story("""
        break: micro 30m 25m helicopters
        09:00 begin
        09:10 stand
        09:30 sit
          > 09:50 due A
          > 09:50 prompted A
        09:50 end
          > 09:50 expired A
    """)


def test_having_stood_for_the_length_of_a_tier_is_a_natural_break_of_it() -> None:
    story("""
        break: micro 30m 2m helicopters
        break: walk 1h 10m walk
        09:00 begin
        09:20 stand
          > 09:22 natural A micro 120s
        09:25 sit
          > 09:55 due B micro
          > 09:55 prompted B micro
        09:56 skip
          > 09:56 skipped B
        10:00 stand
          > 10:10 natural C walk 600s
        11:00 sit
        11:20 end
    """)


def test_an_open_offer_ends_by_standing_and_does_not_ask_meanwhile() -> None:
    story("""
        09:00 begin
          > 09:30 due A
          > 09:30 prompted A
        09:31 stand
          > 09:33 natural A 120s
        09:50 sit
        10:19 end
    """)


def test_who_sits_again_too_soon_is_asked_again() -> None:
    story("""
        09:00 begin
          > 09:30 due A
          > 09:30 prompted A
        09:31 stand
        09:32 sit
          > 09:32 prompted A
        09:32 end
          > 09:32 expired A
    """)


def test_a_snooze_that_ends_while_standing_waits() -> None:
    story("""
        break: micro 30m 20m helicopters
        09:00 begin
          > 09:30 due A
          > 09:30 prompted A
        09:31 snooze
          > 09:31 snoozed A
        09:32 stand
        09:40 sit
          > 09:40 prompted A
        09:40 end
          > 09:40 expired A
    """)


def test_a_lock_ends_the_standing() -> None:
    story("""
        break: micro 30m 10m helicopters
        09:00 begin
        09:10 stand
        09:15 lock
        09:16 unlock
          > 09:36 due A
          > 09:36 prompted A
        09:36 end
          > 09:36 expired A
    """)


def test_leaving_ends_the_standing_at_the_moment_when_it_is_found() -> None:
    story("""
        break: micro 30m 20m helicopters
        09:00 begin
        09:10 stand
        09:12 idle
        09:20 input
          > 09:40 due A
          > 09:40 prompted A
        09:40 end
          > 09:40 expired A
    """)


def test_a_restart_ends_the_standing() -> None:
    story("""
        break: micro 30m 20m helicopters
        09:00 begin
        09:10 stand
        09:15 restart down=10s
        09:16 input
          > 09:36 due A
          > 09:36 prompted A
        09:36 end
          > 09:36 expired A
    """)


def test_standing_is_silent_in_a_pause_and_outside_work_hours() -> None:
    story("""
        hours: 09:00-10:00
        09:00 begin
        09:20 pause for=10m
          > 09:20 paused 600s
        09:21 stand
          > 09:30 resumed
        09:40 sit
        09:58 stand
        10:30 sit
        10:30 end
    """)


def test_standing_twice_or_sitting_when_one_sits_is_nothing() -> None:
    story("""
        break: micro 30m 10m helicopters
        09:00 begin
        09:05 sit
        09:10 stand
        09:15 stand source=tray
        09:16 stand
        09:19 sit
          > 09:39 due A
          > 09:39 prompted A
        09:39 end
          > 09:39 expired A
    """)


def test_to_stand_is_a_sign_of_the_person_but_not_while_the_screen_is_locked() -> None:
    story("""
        break: micro 30m 10m helicopters
        09:00 begin
        09:10 lock
        09:11 stand
        09:12 unlock
          > 09:32 due A
          > 09:32 prompted A
        09:33 end
          > 09:33 expired A
    """)


# --- a break that starts by itself ------------------------------------------------------------------------------


def test_the_break_starts_at_the_next_pause_in_typing_after_the_prompt() -> None:
    story("""
        auto_start: true
        09:00 begin
          > 09:30 due A
          > 09:30 prompted A helicopters
        09:31 idle
          > 09:31:03 started A helicopters by:daemon
          > 09:33:03 taken A by:routine
        09:34 end
    """)


def test_whoever_rests_already_has_the_time_of_a_pause_to_answer() -> None:
    story("""
        auto_start: true
        09:00 begin
        09:29 idle
          > 09:30 due A
          > 09:30 prompted A
          > 09:30:03 started A by:daemon
        09:31 abandon
          > 09:31 abandoned A
        09:32 end
    """)


def test_typing_on_starts_nothing_and_the_prompt_goes_unanswered() -> None:
    story("""
        auto_start: true
        09:00 begin
          > 09:30 due A
          > 09:30 prompted A
        09:31 idle
        09:31:02 input
          > 09:33 unanswered A
          > 09:38 prompted A
        09:39 end
          > 09:39 expired A
    """)


def test_nothing_starts_by_itself_while_something_holds() -> None:
    story("""
        auto_start: true
        hold_at_most: 10m
        09:00 begin
        09:29 busy reason=fullscreen
          > 09:30 due A
          > 09:30 held A fullscreen
          > 09:40 prompted A
        09:40:30 idle
        09:42 free reason=fullscreen
          > 09:42 started A by:daemon
        09:43 end
          > 09:43 taken A
    """)


def test_nothing_starts_by_itself_in_a_call_even_where_calls_do_not_hold() -> None:
    story("""
        auto_start: true
        hold: fullscreen
        max_snoozes: 0
        09:00 begin
        09:20 busy reason=microphone
        09:21 idle
          > 09:30 due A
          > 09:30 prompted A
          > 09:33 missed A
        09:34 end
    """)


def test_off_nothing_starts_by_itself() -> None:
    story("""
        max_snoozes: 0
        09:00 begin
        09:29 idle
          > 09:30 due A
          > 09:30 prompted A
        09:31 input
          > 09:33 missed A
        09:34 end
    """)
