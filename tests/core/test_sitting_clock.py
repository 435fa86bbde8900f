"""The rules of the sitting clock, section 2 of the contract: each test names its rule (`test_2_4_...`)."""

import pytest

from stories import story

# --- 2.1 present ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "away",
    ["09:10 lock\n 09:25 unlock", "09:10 suspend\n 09:25 resume\n 09:25 input", "09:10 gap for=15m\n 09:25 input"],
    ids=["lock", "suspend", "gap"],
)
def test_2_1_nobody_is_present_behind_a_lock_or_in_a_sleep(away: str) -> None:
    story(f"""
        break: micro 30m 20m helicopters
        09:00 begin
        {away}
          > 09:45 due A
          > 09:45 prompted A
          > 09:46 expired A
        09:46 end
    """)


@pytest.mark.parametrize("away", ["09:11 input", "09:11 input\n 09:11:30 idle"])
def test_2_1_input_behind_a_lock_is_no_sign(away: str) -> None:
    story(f"""
        09:00 begin
        09:10 lock
        {away}
        09:11:59 unlock
          > 09:31:59 due A
          > 09:31:59 prompted A
          > 09:32 expired A
        09:32 end
    """)


@pytest.mark.parametrize("reason", ["microphone", "camera"])
def test_2_1_a_call_is_a_sign_that_goes_on(reason: str) -> None:
    story(f"""
        09:00 begin
        09:10 busy reason={reason}
        09:10 idle
          > 09:30 due A
          > 09:30 held A {reason}
        09:40 free reason={reason}
          > 09:40 prompted A
          > 09:43 natural A 180s
        09:50 end
    """)


def test_2_1_a_call_is_a_sign_also_where_it_holds_nothing() -> None:
    story("""
        hold: fullscreen
        09:00 begin
        09:10 busy reason=microphone
        09:10 idle
          > 09:30 due A
          > 09:30 prompted A
          > 09:31 expired A
        09:31 end
    """)


@pytest.mark.parametrize("reason", ["do-not-disturb", "fullscreen"])
def test_2_1_other_holds_are_no_sign(reason: str) -> None:
    story(f"""
        09:00 begin
        09:20 busy reason={reason}
        09:20 idle
          > 09:23 natural A 180s
        09:40 end
    """)


def test_2_1_a_call_is_a_sign_as_soon_as_the_machine_is_awake_and_none_while_locked() -> None:
    story("""
        09:00 begin
        09:10 busy reason=camera
        09:20 suspend
        09:21:59 resume
          > 09:31:59 due A
          > 09:31:59 held A camera
        09:33 lock
          > 09:35 natural A 120s
        09:36 end
    """)


def test_2_1_a_call_is_a_sign_as_soon_as_the_daemon_is_up() -> None:
    story("""
        09:00 begin
        09:10 busy reason=microphone
        09:20 restart down=1m
          > 09:31 due A
          > 09:31 held A microphone
          > 09:32 expired A
        09:32 end
    """)


def test_2_1_a_call_is_a_sign_as_soon_as_an_unannounced_sleep_is_over() -> None:
    story("""
        09:00 begin
        09:10 busy reason=microphone
        09:20 gap for=90s
          > 09:31:30 due A
          > 09:31:30 held A
          > 09:32 expired A
        09:32 end
    """)


def test_2_1_a_call_of_two_ends_with_the_last() -> None:
    story("""
        09:00 begin
        09:10 busy reason=microphone
        09:11 busy reason=camera
        09:11 idle
        09:20 free reason=microphone
        09:25 free reason=camera
          > 09:28 natural A 180s
        09:30 end
    """)


@pytest.mark.parametrize("answer", ["start", "snooze", "skip", "done", "abandon", "unpause", "skip source=cli"])
def test_2_1_an_answer_is_a_sign_also_a_late_one(answer: str) -> None:
    story(f"""
        09:00 begin
        09:10 idle
        09:12 {answer}
        09:14:59 input
          > 09:30 due A
          > 09:30 prompted A
          > 09:31 expired A
        09:31 end
    """)


def test_2_1_an_answer_is_a_sign_after_its_effect() -> None:
    story("""
        09:00 begin
        09:10 idle
        09:12 pause for=1s
          > 09:12 paused 1s
          > 09:12:01 resumed
        09:14:59 input
          > 09:30:01 due A
          > 09:30:01 prompted A
          > 09:31 expired A
        09:31 end
    """)


def test_2_1_an_answer_ends_an_absence() -> None:
    story("""
        break: micro 30m 10m helicopters
        09:00 begin
        09:10 idle
        09:14 skip source=cli
        09:16 input
          > 09:34 due A
          > 09:34 prompted A
          > 09:35 expired A
        09:35 end
    """)


def test_2_1_an_answer_is_no_sign_while_locked() -> None:
    story("""
        09:00 begin
        09:20 lock
        09:21 skip source=cli
          > 09:22 natural A 120s
        09:30 end
    """)


# --- 2.2 silence ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("back", "due"),
    [
        ("09:12:59", "09:30"),  # a second short of away_after: sitting
        ("09:13", "09:33"),  # reached: an absence since 09:10
    ],
)
def test_2_2_silence_is_an_absence_when_it_reaches_away_after(back: str, due: str) -> None:
    story(f"""
        break: long 30m 10m walk
        09:00 begin
        09:10 idle
        {back} input
          > {due} due A
          > {due} prompted A
        {due} skip
          > {due} skipped A
        09:34 end
    """)


@pytest.mark.parametrize(
    "away",
    [
        "09:12 lock\n 09:12:30 unlock",
        "09:12 suspend\n 09:12:20 resume\n 09:12:30 input",
        "09:12 restart down=20s\n 09:12:30 input",
    ],
    ids=["lock", "suspend", "end"],
)
def test_2_2_a_lock_a_suspend_and_an_end_make_a_silence_an_absence_at_once(away: str) -> None:
    story(f"""
        09:00 begin
        09:10 idle
        {away}
          > 09:32:30 due A
          > 09:32:30 prompted A
          > 09:33 expired A
        09:33 end
    """)


def test_2_2_a_resume_by_itself_is_no_sign() -> None:
    story("""
        09:00 begin
        09:20 suspend
        09:20:30 resume
          > 09:22 natural A 120s
        09:30 end
    """)


def test_2_2_what_was_logged_in_an_absence_stays() -> None:
    """The prompt asked for two minutes of the silence from 09:29 on; they are taken off its timeout at 09:32."""
    story("""
        break: long 30m 10m walk
        09:00 begin
        09:29 idle
          > 09:30 due A
          > 09:30 prompted A
        09:33 input
          > 09:36 unanswered A
          > 09:37 expired A
        09:37 end
    """)


def test_2_2_only_what_was_counted_since_the_last_sign_is_taken_off_the_timeout() -> None:
    story("""
        break: long 30m 10m walk
        away_after: 90s
        09:00 begin
          > 09:30 due A
          > 09:30 prompted A
        09:31 idle
        09:35 input
          > 09:37 unanswered A
          > 09:38 expired A
        09:38 end
    """)


def test_2_2_only_what_a_reset_has_left_is_taken_off_the_clock() -> None:
    """Missed at 09:33 sets the clock to zero; the minute of silence after it is taken off at 09:34, and no more."""
    story("""
        break: long 30m 10m walk
        max_snoozes: 0
        09:00 begin
          > 09:30 due A
          > 09:30 prompted A
        09:31 idle
          > 09:33 missed A
        09:35 input
          > 10:05 due B
          > 10:05 prompted B
          > 10:06 expired B
        10:06 end
    """)


def test_2_2_a_pause_and_a_routine_in_a_silence_are_not_taken_off() -> None:
    story("""
        break: micro 30m 2m helicopters
        break: long 40m 10m walk
        merge_within: 0s
        09:00 begin
          > 09:30 due A micro
          > 09:30 prompted A
        09:30 idle
        09:30 start
          > 09:30 started A
          > 09:32 taken A
        09:34 input
          > 09:44 due B long
          > 09:44 prompted B
          > 09:45 expired B
        09:45 end
    """)


def test_2_2_a_sign_parts_two_silences() -> None:
    story("""
        09:00 begin
        09:10 idle
        09:12 input
        09:12 idle
        09:14:59 input
          > 09:30 due A
          > 09:30 prompted A
          > 09:31 expired A
        09:31 end
    """)


# --- 2.3 what counts --------------------------------------------------------------------------------------------


def test_2_3_an_open_offer_does_not_stop_the_clocks() -> None:
    story("""
        break: micro 30m 2m helicopters
        break: walk 90m 10m walk
        09:00 begin
          > 09:30 due A micro
          > 09:30 prompted A micro
        09:32 snooze for=53m
          > 09:32 snoozed A micro
          > 10:25 prompted A walk
          > 10:26 expired A walk
        10:26 end
    """)


def test_2_3_a_pause_stops_the_clocks() -> None:
    story("""
        09:00 begin
        09:10 pause for=20m
          > 09:10 paused
          > 09:30 resumed
          > 09:50 due A
          > 09:50 prompted A
          > 09:51 expired A
        09:51 end
    """)


def test_2_3_a_routine_stops_the_clocks_of_all_tiers() -> None:
    story("""
        break: micro 50m 10m helicopters
        break: walk 60m 20m walk
        merge_within: 0s
        09:00 begin
        09:20 start source=cli
          > 09:20 started A micro
          > 09:30 taken A micro
        09:29 input
          > 10:10 due B walk
          > 10:10 prompted B walk
          > 10:11 expired B
        10:11 end
    """)


# --- 2.4 natural breaks -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lock", "rows"),
    [
        ("09:15", ""),  # at exactly half: silent
        ("09:15:01", "> 09:17:01 natural A micro 120s by:daemon"),
    ],
)
def test_2_4_logged_where_the_tier_was_past_half_of_every(lock: str, rows: str) -> None:
    story(f"""
        09:00 begin
        {lock} lock
        09:20 unlock
          {rows}
          > 09:50 due
          > 09:50 prompted
          > 09:51 expired
        09:51 end
    """)


@pytest.mark.parametrize(
    ("unlock", "due"),
    [
        ("09:11:59", "09:31:59"),  # a second short: the clock keeps its 10 minutes
        ("09:12", "09:42"),  # reached, below half: to zero in silence
    ],
)
def test_2_4_since_a_lock_the_length_of_the_tier(unlock: str, due: str) -> None:
    story(f"""
        09:00 begin
        09:10 lock
        {unlock} unlock
          > {due} due A
          > {due} prompted A
        {due} skip
          > {due} skipped A
        09:43 end
    """)


@pytest.mark.parametrize(("length", "reached"), [("2m", "09:23"), ("3m", "09:23"), ("5m", "09:25")])
def test_2_4_without_a_lock_the_longer_of_length_and_away_after(length: str, reached: str) -> None:
    story(f"""
        break: short 30m {length} walk
        09:00 begin
        09:20 idle
          > {reached} natural A
        09:40 end
    """)


@pytest.mark.parametrize(
    ("lock", "reached", "lasted"),
    [
        ("09:20:30", "09:22:30", "150s"),  # the length since the lock comes first
        ("09:21", "09:23", "180s"),  # both at once
        ("09:22", "09:23", "180s"),  # away_after since the beginning comes first
    ],
)
def test_2_4_idle_and_then_locked_whichever_comes_first(lock: str, reached: str, lasted: str) -> None:
    story(f"""
        09:00 begin
        09:20 idle
        {lock} lock
          > {reached} natural A {lasted}
        09:40 end
    """)


def test_2_4_found_away_and_then_locked() -> None:
    story("""
        break: long 60m 8m walk
        09:00 begin
        09:40 idle
        09:44 lock
          > 09:48 natural A 480s
        09:50 end
    """)


def test_2_4_a_suspend_behind_a_lock_begins_nothing_anew() -> None:
    story("""
        09:00 begin
        09:20 lock
        09:21 suspend
          > 09:22 natural A 120s
        09:30 resume
        09:40 end
    """)


def test_2_4_the_end_of_the_daemon_is_neither_lock_nor_suspend() -> None:
    story("""
        09:00 begin
          > 09:00 daemon_started
        09:20 restart down=10m
          > 09:20 daemon_stopped
          > 09:23 natural A micro 180s
          > 09:30 daemon_started
        09:40 end
          > 09:40 daemon_stopped
    """)


@pytest.mark.parametrize(
    "waits",
    [
        "> 09:30 due A \n > 09:30 prompted A",
        "> 09:30 due A \n > 09:30 prompted A \n 09:30 snooze \n > 09:30 snoozed A",
        "09:29 busy reason=fullscreen \n > 09:30 due A \n > 09:30 held A",
        "> 09:30 due A \n > 09:30 prompted A \n 09:30 snooze for=90s \n > 09:30 snoozed A",
    ],
    ids=["prompted", "snoozed", "held", "waiting for the return"],
)
def test_2_4_ends_the_open_offer_of_the_tier(waits: str) -> None:
    story(f"""
        09:00 begin
        {waits}
        09:31 lock
          > 09:33 natural A 120s
        09:40 unlock
        10:09:59 end
    """)


def test_2_4_of_another_tier_leaves_the_open_offer() -> None:
    story("""
        break: micro 40m 2m helicopters
        break: walk 40m 10m walk
        09:00 begin
          > 09:40 due A walk
          > 09:40 prompted A walk
        09:41 lock
        09:44 unlock
          > 09:46 unanswered A walk
          > 09:47 expired A
        09:47 end
    """)


def test_2_4_of_an_open_offer_and_of_other_tiers_at_one_instant_only_the_offer_is_logged() -> None:
    """Idle since 09:22: at 09:25 both reach it, micro past half; its clock goes to zero in silence."""
    story("""
        break: eyes 20m 1m helicopters
        break: micro 30m 2m knee-hovers
        merge_within: 0s
        09:00 begin
          > 09:20 due A eyes
          > 09:20 prompted A eyes
        09:22 idle
          > 09:23 unanswered A eyes
          > 09:25 natural A eyes 180s
        09:26 input
          > 09:46 due B eyes
          > 09:46 prompted B eyes
        09:46 skip
          > 09:46 skipped B
          > 09:56 due C micro
          > 09:56 prompted C
          > 09:57 expired C
        09:57 end
    """)


def test_2_4_tiers_of_one_instant_share_one_row_named_for_the_longest_past_half() -> None:
    story("""
        break: eyes 20m 1m helicopters
        break: micro 30m 2m knee-hovers
        break: slow 60m 3m walk
        09:00 begin
        09:16 idle
          > 09:19 natural A micro 180s
        09:25 end
    """)


def test_2_4_of_equal_lengths_the_first_names_it() -> None:
    story("""
        break: one 30m 2m walk
        break: two 25m 2m walk
        09:00 begin
        09:20 lock
          > 09:22 natural A one
        09:25 end
    """)


def test_2_4_tiers_that_reach_it_at_other_instants_log_their_own() -> None:
    story("""
        break: eyes 20m 1m helicopters
        break: micro 30m 2m knee-hovers
        09:00 begin
        09:19 lock
          > 09:20 natural A eyes 60s
          > 09:21 natural B micro 120s
        09:25 end
    """)


def test_2_4_after_an_open_offer_ended_a_longer_tier_logs_its_own() -> None:
    story("""
        break: micro 30m 2m helicopters
        break: walk 45m 10m walk
        09:00 begin
          > 09:30 due A micro
          > 09:30 prompted A
        09:31 lock
          > 09:33 natural A micro 120s
          > 09:41 natural B walk 600s
        09:45 end
    """)


def test_2_4_silent_outside_work_hours_but_the_clock_goes_to_zero() -> None:
    """The gap of work is too short for 2.5; the absence from 09:58 on reaches the length at 10:03."""
    story("""
        hours: 09:00-10:00 10:04-11:00
        break: long 61m 5m walk
        09:00 begin
        09:58 lock
        10:04 unlock
        11:10 end
    """)


def test_2_4_silent_in_a_pause_but_the_clock_goes_to_zero() -> None:
    story("""
        09:00 begin
        09:20 pause for=20m
          > 09:20 paused
        09:25 lock
        09:27 unlock
          > 09:40 resumed
          > 10:10 due A
          > 10:10 prompted A
          > 10:11 expired A
        10:11 end
    """)


def test_2_4_silent_during_a_routine_but_the_clock_goes_to_zero() -> None:
    """What runs is walk's; micro, past half, goes to zero behind the lock, and walk keeps its 25 minutes."""
    story("""
        break: micro 30m 2m helicopters
        break: walk 50m 10m walk
        merge_within: 0s
        09:00 begin
        09:25 start source=cli exercise=walk
          > 09:25 started A walk
        09:25 lock
        09:27 unlock
        09:27 abandon
          > 09:27 abandoned A walk 120s
          > 09:52 due B walk
          > 09:52 prompted B walk
          > 09:53 expired B
        09:53 end
    """)


def test_2_4_at_the_instant_of_the_return_the_natural_break_comes_first() -> None:
    story("""
        09:00 begin
        09:20 idle
          > 09:23 natural A 180s
        09:23 input
          > 09:53 due B
          > 09:53 prompted B
          > 09:54 expired B
        09:54 end
    """)


# --- 2.5 work hours ---------------------------------------------------------------------------------------------


def test_2_5_a_window_includes_its_start_and_not_its_end() -> None:
    """Skipped at 09:30 it would be due at 10:00, where there is no work any more."""
    story("""
        hours: 09:00-10:00
        08:00 begin
          > 09:30 due A
          > 09:30 prompted A
        09:30 skip
          > 09:30 skipped A
        11:00 end
    """)


def test_2_5_nothing_counts_outside_work_hours() -> None:
    story("""
        hours: 09:00-09:20 09:21-10:00
        08:00 begin
          > 09:31 due A
          > 09:31 prompted A
          > 09:32 expired A
        09:32 end
    """)


@pytest.mark.parametrize(
    ("length", "due"),
    [
        ("10m", "10:40"),  # the gap of ten minutes is just as long: zero
        ("10m1s", "10:20"),  # a second longer: the clock keeps its 20 minutes
    ],
)
def test_2_5_a_gap_of_the_length_of_the_tier_sets_its_clock_to_zero(length: str, due: str) -> None:
    story(f"""
        hours: 09:00-10:00 10:10-11:00
        break: long 30m {length} walk
        09:40 begin
          > {due} due A
          > {due} prompted A
        {due} skip
          > {due} skipped A
        10:41 end
    """)


def test_2_5_the_gap_is_elapsed_time() -> None:
    """A step of the clock over a gap of an hour leaves a minute of it."""
    story("""
        hours: 09:00-10:00 11:00-12:00
        break: long 40m 2m walk
        09:40 begin
        10:01 clock step=+1h
          > 11:21 due A
          > 11:21 prompted A
          > 11:22 expired A
        10:22 end
    """)


def test_2_5_a_window_may_cross_midnight_and_belongs_to_the_day_that_it_starts_on() -> None:
    story("""
        hours: 22:00-06:00
        days: mon
        break: walk 2h 10m walk
        21:00 begin
          > 06-02 00:00 due A walk
          > 06-02 00:00 prompted A walk
        06-02 00:00 skip
          > 06-02 00:00 skipped A walk
          > 06-02 02:00 due B walk
          > 06-02 02:00 prompted B walk
        06-02 02:00 skip
          > 06-02 02:00 skipped B walk
          > 06-02 04:00 due C walk
          > 06-02 04:00 prompted C walk
        06-02 04:00 skip
          > 06-02 04:00 skipped C walk
        06-03 05:00 end
    """)


def test_2_5_windows_that_touch_are_one() -> None:
    story("""
        hours: 00:00-24:00
        23:30 begin
          > 06-02 00:00 due A
          > 06-02 00:00 prompted A
          > 06-02 00:01 expired A quit
        06-02 00:01 end
    """)
    story("""
        hours: 09:00-10:00 10:00-11:00
        09:35 begin
          > 10:05 due A
          > 10:05 prompted A
          > 10:06 expired A quit
        10:06 end
    """)


def test_2_5_windows_that_overlap_are_one() -> None:
    story("""
        days: thu
        mon: 22:00-02:00
        tue: 01:00-02:32
        break: walk 2h 10m walk
        22:30 begin
          > 06-02 00:30 due A
          > 06-02 00:30 prompted A
        06-02 00:31 skip
          > 06-02 00:31 skipped A
          > 06-02 02:31 due B
          > 06-02 02:31 prompted B
          > 06-02 02:32 expired B work-end
        06-02 03:00 end
    """)


def test_2_5_a_window_from_a_time_that_comes_twice_to_one_that_does_is_whole() -> None:
    """02:30 to 02:45 on the night that the clock goes back: an hour and a quarter."""
    story("""
        day: 2026-10-25
        zone: Europe/Berlin
        days: sun
        hours: 02:30-02:45
        break: long 74m 2m walk
        00:00 begin
          > 02:44+01:00 due A
          > 02:44+01:00 prompted A
          > 02:45+01:00 expired A work-end
        03:00 end
    """)


def test_2_5_a_window_from_a_time_that_does_not_exist_begins_after_the_jump() -> None:
    story("""
        day: 2026-03-29
        zone: Europe/Berlin
        days: sun
        hours: 02:30-03:30
        break: long 29m 2m walk
        00:00 begin
          > 03:29+02:00 due A
          > 03:29+02:00 prompted A
          > 03:30+02:00 expired A work-end
        03:00 end
    """)


def test_2_5_a_day_that_a_zone_leaves_out_has_no_work() -> None:
    """Apia went from the 29th of December 2011 straight to the 31st."""
    story("""
        day: 2011-12-29
        zone: Pacific/Apia
        days: thu fri sat
        break: long 7h 2m walk
        12-29 19:00 begin
          > 16:00-10:00 due A
          > 16:00-10:00 prompted A
        12-30 02:00 skip
          > 16:00-10:00 skipped A
          > 12-31 16:00+14:00 due B
          > 12-31 16:00+14:00 prompted B
          > 12-31 16:01+14:00 expired B
        12-31 02:01 end
    """)


# --- 2.6 elapsed time and the wall ------------------------------------------------------------------------------


@pytest.mark.parametrize(("step", "due"), [("-30m", "09:00"), ("+3h", "12:30"), ("+1s", "09:30:01")])
def test_2_6_a_step_of_the_clock_changes_no_sitting_time(step: str, due: str) -> None:
    story(f"""
        hours: 08:00-17:00
        09:00 begin
        09:10 clock step={step}
          > {due} due A
          > {due} prompted A
        09:30 skip
          > {due} skipped A
        09:31 end
    """)


def test_2_6_a_step_over_the_end_of_work_ends_it() -> None:
    story("""
        09:00 begin
          > 09:30 due A
          > 09:30 prompted A
        09:31 clock step=+8h
          > 17:31 expired A work-end
        09:40 end
    """)


@pytest.mark.parametrize(
    ("back", "due"),
    [
        ("09:11:59", "09:31:59"),  # out of work for less than the length
        ("09:12", "09:42"),  # for the length
    ],
)
def test_2_6_a_step_out_of_work_and_back_is_a_gap_of_elapsed_time(back: str, due: str) -> None:
    story(f"""
        09:00 begin
        09:10 clock step=-30m
        {back} clock step=+30m
          > {due} due A
          > {due} prompted A
        {due} skip
          > {due} skipped A
        09:43 end
    """)


def test_2_6_work_hours_follow_the_zone_of_the_moment() -> None:
    story("""
        09:00 begin
        09:10 timezone zone=America/New_York
        13:00 timezone zone=UTC
          > 13:30 due A
          > 13:30 prompted A
        13:31 timezone zone=Asia/Kathmandu
          > 19:16+05:45 expired A work-end
        13:40 end
    """)


def test_2_6_a_new_zone_changes_no_sitting_time() -> None:
    story("""
        10:00 begin
        10:10 timezone zone=Asia/Kathmandu
          > 16:15+05:45 due A
          > 16:15+05:45 prompted A
          > 16:16+05:45 expired A
        10:31 end
    """)


@pytest.mark.parametrize(
    ("night", "zone", "begin", "due"),
    [
        ("2026-03-29", "Europe/Berlin", "03-29 00:30", "04:30+02:00"),
        ("2026-10-25", "Europe/Berlin", "10-25 00:30", "03:30+01:00"),
        ("2026-03-08", "America/New_York", "03-08 06:30", "04:30-04:00"),
        ("2026-11-01", "America/New_York", "11-01 05:30", "02:30-05:00"),
        ("2026-10-04", "Australia/Lord_Howe", "10-03 15:00", "04:00+11:00"),  # half an hour
        ("2026-04-05", "Australia/Lord_Howe", "04-04 14:30", "03:00+10:30"),
        ("2026-02-15", "Africa/Casablanca", "02-15 01:30", "03:30"),  # Ramadan begins
        ("2026-03-22", "Africa/Casablanca", "03-22 01:30", "04:30+01:00"),
    ],
)
def test_2_6_a_change_of_the_season_changes_no_sitting_time(night: str, zone: str, begin: str, due: str) -> None:
    """Work begins long before; the person sits down at `begin`, and the change comes in the two hours after it."""
    story(f"""
        day: {night}
        zone: {zone}
        days: sun
        hours: 00:00-12:00
        break: long 2h 2m walk
        {begin} begin
          > {due} due A
          > {due} prompted A
          > {due} skipped A
        {_later(begin, 120)} skip
        {_later(begin, 120)} end
    """)


def _later(at: str, minutes: int) -> str:
    day, _, clock = at.partition(" ")
    total = int(clock[:2]) * 60 + int(clock[3:]) + minutes
    return f"{day} {total // 60:02}:{total % 60:02}"


# --- 2.7 unannounced sleep --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("late", "due"),
    [
        ("60s", "09:30"),  # nothing
        ("61s", "09:31:01"),  # a suspend
    ],
)
def test_2_7_a_wake_up_more_than_60_seconds_late_is_a_suspend(late: str, due: str) -> None:
    story(f"""
        09:00 begin
        09:10 gap for={late}
        09:11:01 input
          > {due} due A
          > {due} prompted A
          > 09:32 expired A
        09:32 end
    """)


def test_2_7_an_unannounced_sleep_of_the_length_of_the_tier_is_a_natural_break() -> None:
    story("""
        09:00 begin
        09:20 gap for=2m
          > 09:22 natural A 120s
        09:30 end
    """)


def test_2_7_what_comes_true_in_an_unannounced_sleep_has_its_own_time() -> None:
    story("""
        break: long 30m 20m walk
        hours: 09:00-09:40
        09:00 begin
          > 09:30 due A
          > 09:30 prompted A
        09:31 gap for=1h
          > 09:40 expired A work-end
        10:31 input
        10:40 end
    """)
