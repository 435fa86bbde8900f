"""The rules of an offer, section 3 of the contract: each test names its rule (`test_3_4_...`)."""

from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from stories import run, script, settings, story

# --- 3.1 due ----------------------------------------------------------------------------------------------------


def test_3_1_due_when_the_clock_reaches_every() -> None:
    story("""
        09:00 begin
        09:29:59 restart down=1s
        09:30 lock
        09:30:30 unlock
          > 09:30:31 due A
          > 09:30:31 prompted A
          > 09:31 expired A
        09:31 end
    """)


@pytest.mark.parametrize(
    ("within", "offered"),
    [
        ("5m", "walk"),  # exactly five minutes left
        ("4m59s", "micro"),
        ("0s", "micro"),
    ],
)
def test_3_1_offered_is_the_longest_with_at_most_merge_within_left(within: str, offered: str) -> None:
    story(f"""
        break: micro 30m 2m helicopters
        break: walk 35m 10m walk
        merge_within: {within}
        09:00 begin
          > 09:30 due A {offered}
          > 09:30 prompted A {offered}
          > 09:31 expired A {offered}
        09:31 end
    """)


def test_3_1_with_no_merging_those_due_at_one_instant_are_one_offer() -> None:
    story("""
        break: micro 30m 2m helicopters
        break: walk 30m 10m walk
        merge_within: 0s
        09:00 begin
          > 09:30 due A walk
          > 09:30 prompted A walk
        09:30 skip
          > 09:30 skipped A walk
        09:59 end
    """)


def test_3_1_of_equal_lengths_the_first_in_the_configuration() -> None:
    story("""
        break: one 32m 2m helicopters
        break: two 30m 2m knee-hovers
        09:00 begin
          > 09:30 due A one
          > 09:30 prompted A one
          > 09:31 expired A one
        09:31 end
    """)


@pytest.mark.parametrize(
    ("away", "due"),
    [
        ("09:29 lock\n 09:30:59 unlock", "09:31:59"),
        ("09:29 pause for=10m\n > 09:29 paused\n > 09:39 resumed", "09:40"),
    ],
)
def test_3_1_nothing_comes_due_while_absent_or_in_a_pause(away: str, due: str) -> None:
    story(f"""
        09:00 begin
        {away}
          > {due} due A
          > {due} prompted A
        {due} skip
          > {due} skipped A
        09:41 end
    """)


def test_3_1_one_tier_comes_due_in_the_instant_in_which_the_offer_of_another_ends() -> None:
    story("""
        break: micro 30m 2m helicopters
        break: walk 40m 10m walk
        merge_within: 0s
        09:00 begin
          > 09:30 due A micro
          > 09:30 prompted A micro
        09:35 input
          > 09:33 unanswered A micro
          > 09:38 prompted A micro
        09:40 skip
          > 09:40 skipped A micro
          > 09:40 due B walk
          > 09:40 prompted B walk
          > 09:41 expired B
        09:41 end
    """)


# --- 3.2 one offer; it moves up ---------------------------------------------------------------------------------


def test_3_2_moves_up_each_time_that_it_asks_and_keeps_its_id_and_count() -> None:
    story("""
        break: micro 30m 2m helicopters knee-hovers
        break: walk 40m 10m walk
        max_snoozes: 1
        09:00 begin
          > 09:30 due A micro
          > 09:30 prompted A micro helicopters
        09:31 snooze
          > 09:31 snoozed A micro helicopters
          > 09:36 prompted A walk walk
        09:37 snooze
          > 09:39 missed A walk walk
          > 10:09 due B micro
          > 10:09 prompted B micro knee-hovers
          > 10:10 expired B
        10:10 end
    """)


@pytest.mark.parametrize(("every", "moved"), [("40m", "walk"), ("40m1s", "micro")])
def test_3_2_moves_up_at_exactly_merge_within(every: str, moved: str) -> None:
    story(f"""
        break: micro 30m 2m helicopters
        break: walk {every} 10m walk
        09:00 begin
          > 09:30 due A micro
          > 09:30 prompted A micro
        09:30 snooze
          > 09:30 snoozed A micro
          > 09:35 prompted A {moved}
          > 09:36 expired A {moved}
        09:36 end
    """)


def test_3_2_does_not_move_to_a_tier_of_its_own_length_nor_down() -> None:
    story("""
        break: one 40m 2m walk
        break: two 30m 2m helicopters
        break: eyes 20m 1m knee-hovers
        merge_within: 1m
        09:00 begin
        09:19 skip source=cli
          > 09:20 due A eyes
          > 09:20 prompted A eyes
        09:20 snooze for=10m
          > 09:20 snoozed A eyes
          > 09:30 prompted A two
        09:30 snooze for=11m
          > 09:30 snoozed A two
          > 09:41 prompted A two
        09:41 skip
          > 09:41 skipped A two
        09:42 end
    """)


def test_3_2_a_held_offer_moves_up_when_it_asks_at_last() -> None:
    story("""
        break: micro 30m 2m helicopters
        break: walk 60m 10m walk
        09:00 begin
        09:29 busy reason=fullscreen
          > 09:30 due A micro
          > 09:30 held A micro
        09:54:59 free reason=fullscreen
          > 09:54:59 prompted A micro
        09:55 busy reason=fullscreen
          > 09:55 held A micro
        09:56 free reason=fullscreen
          > 09:56 prompted A walk walk
          > 09:57 expired A walk
        09:57 end
    """)


# --- 3.3 when it asks, and holds --------------------------------------------------------------------------------


def test_3_3_asks_on_return_when_the_snooze_ends_in_an_absence() -> None:
    story("""
        break: long 30m 10m walk
        09:00 begin
          > 09:30 due A
          > 09:30 prompted A
        09:30 snooze
          > 09:30 snoozed A
        09:34 lock
        09:37 unlock
          > 09:37 prompted A
          > 09:38 expired A
        09:38 end
    """)


def test_3_3_asks_in_a_silence_that_is_no_absence_yet() -> None:
    story("""
        break: long 30m 10m walk
        09:00 begin
          > 09:30 due A
          > 09:30 prompted A
        09:30 snooze
          > 09:30 snoozed A
        09:33 idle
          > 09:35 prompted A
        09:36 input
          > 09:37 expired A
        09:37 end
    """)


def test_3_3_a_hold_makes_it_wait_and_it_asks_when_none_is_left() -> None:
    """The reason that began first is named, also where it is not the last to end."""
    story("""
        09:00 begin
        09:10 busy reason=microphone
        09:11 busy reason=fullscreen
          > 09:30 due A
          > 09:30 held A microphone
        09:35 free reason=microphone
        09:40 free reason=fullscreen
          > 09:40 prompted A
          > 09:41 expired A
        09:41 end
    """)


@pytest.mark.parametrize(
    ("kind", "rows"), [("fullscreen", "> 09:30 held A fullscreen"), ("camera", "> 09:30 prompted A")]
)
def test_3_3_only_what_is_in_hold_while_holds(kind: str, rows: str) -> None:
    story(f"""
        hold: fullscreen
        09:00 begin
        09:20 busy reason={kind}
          > 09:30 due A
          {rows}
          > 09:31 expired A
        09:31 end
    """)


def test_3_3_never_held_with_at_most_0() -> None:
    story("""
        hold_at_most: 0s
        09:00 begin
        09:20 busy reason=fullscreen
          > 09:30 due A
          > 09:30 prompted A
        09:31 busy reason=microphone
          > 09:33 unanswered A
          > 09:34 expired A
        09:34 end
    """)


@pytest.mark.parametrize(
    ("free", "rows"),
    [
        ("10:14:59", "> 10:14:59 prompted A"),
        ("10:15", "> 10:15 prompted A"),  # the limit, at the same instant
        ("10:16", "> 10:15 prompted A"),
    ],
)
def test_3_3_asks_at_most_45_minutes_after_it_was_held(free: str, rows: str) -> None:
    story(f"""
        09:00 begin
        09:20 busy reason=fullscreen
          > 09:30 due A
          > 09:30 held A
        {free} free reason=fullscreen
          {rows}
          > 10:17 expired A
        10:17 end
    """)


def test_3_3_all_reasons_that_are_on_at_the_limit_hold_it_no_more() -> None:
    story("""
        hold_at_most: 10m
        09:00 begin
        09:20 busy reason=fullscreen
        09:35 busy reason=camera
          > 09:30 due A
          > 09:30 held A fullscreen
          > 09:40 prompted A
        09:41 free reason=fullscreen
        09:42 snooze
          > 09:42 snoozed A
          > 09:47 prompted A
        09:48 busy reason=fullscreen
          > 09:48 held A fullscreen
          > 09:58 prompted A
          > 09:59 expired A
        09:59 end
    """)


def test_3_3_a_reason_that_ended_in_the_snooze_holds_anew() -> None:
    story("""
        hold_at_most: 10m
        09:00 begin
        09:20 busy reason=fullscreen
          > 09:30 due A
          > 09:30 held A
          > 09:40 prompted A
        09:41 snooze
          > 09:41 snoozed A
        09:42 free reason=fullscreen
        09:43 busy reason=fullscreen
          > 09:46 held A fullscreen
          > 09:47 expired A
        09:47 end
    """)


def test_3_3_a_prompt_that_goes_unanswered_lets_the_reasons_hold_again() -> None:
    story("""
        hold_at_most: 10m
        09:00 begin
        09:20 busy reason=fullscreen
          > 09:30 due A
          > 09:30 held A
          > 09:40 prompted A
          > 09:43 unanswered A
          > 09:48 held A fullscreen
          > 09:58 prompted A
          > 09:59 expired A
        09:59 end
    """)


def test_3_3_another_offer_is_held_by_the_same_reason() -> None:
    story("""
        hold_at_most: 10m
        09:00 begin
        09:20 busy reason=fullscreen
          > 09:30 due A
          > 09:30 held A
          > 09:40 prompted A
        09:41 skip
          > 09:41 skipped A
          > 10:11 due B
          > 10:11 held B fullscreen
          > 10:12 expired B
        10:12 end
    """)


def test_3_3_a_hold_withdraws_the_prompt_which_asks_anew_with_a_new_timeout() -> None:
    story("""
        09:00 begin
          > 09:30 due A
          > 09:30 prompted A
        09:32 busy reason=do-not-disturb
          > 09:32 held A do-not-disturb
        09:40 free reason=do-not-disturb
          > 09:40 prompted A
          > 09:43 unanswered A
          > 09:44 expired A
        09:44 end
    """)


def test_3_3_a_hold_that_begins_as_the_timeout_ends_comes_after_it() -> None:
    story("""
        09:00 begin
          > 09:30 due A
          > 09:30 prompted A
        09:33 busy reason=fullscreen
          > 09:33 unanswered A
          > 09:38 held A
          > 09:39 expired A
        09:39 end
    """)


def test_3_3_a_wait_that_ends_in_an_absence_asks_on_return_and_is_held_anew() -> None:
    story("""
        break: long 30m 20m walk
        09:00 begin
        09:29 busy reason=fullscreen
          > 09:30 due A
          > 09:30 held A
        09:31 lock
        09:32 free reason=fullscreen
        09:33 busy reason=fullscreen
        09:34 unlock
          > 09:34 held A fullscreen
        09:35 free reason=fullscreen
          > 09:35 prompted A
          > 09:36 expired A
        09:36 end
    """)


def test_3_3_a_wait_goes_on_over_an_absence() -> None:
    story("""
        break: long 30m 20m walk
        09:00 begin
        09:29 busy reason=fullscreen
          > 09:30 due A
          > 09:30 held A
        09:31 lock
        09:34 unlock
        09:35 free reason=fullscreen
          > 09:35 prompted A
          > 09:36 expired A
        09:36 end
    """)


def test_3_3_a_limit_that_passed_in_an_absence_holds_no_more_on_return() -> None:
    story("""
        break: long 30m 20m walk
        hold_at_most: 10m
        09:00 begin
        09:29 busy reason=fullscreen
          > 09:30 due A
          > 09:30 held A
        09:35 lock
        09:45 unlock
          > 09:45 prompted A
        09:45 snooze
          > 09:45 snoozed A
          > 09:50 prompted A
          > 09:51 expired A
        09:51 end
    """)


# --- 3.4 answers ------------------------------------------------------------------------------------------------


def test_3_4_the_three_answers() -> None:
    story("""
        09:00 begin
          > 09:30 due A
          > 09:30 prompted A helicopters by:daemon
        09:31 snooze
          > 09:31 snoozed A helicopters 300s by:notification
          > 09:36 prompted A helicopters
        09:37 start
          > 09:37 started A helicopters by:notification
          > 09:39 taken A helicopters 120s by:routine
          > 10:09 due B
          > 10:09 prompted B knee-hovers
        10:10 skip
          > 10:10 skipped B knee-hovers by:notification
        10:11 end
    """)


def test_3_4_a_snooze_may_have_its_own_length_in_elapsed_time() -> None:
    story("""
        break: long 30m 20m walk
        09:00 begin
          > 09:30 due A
          > 09:30 prompted A
        09:30 snooze for=1m30s
          > 09:30 snoozed A 90s
        09:30:10 lock
        09:31 unlock
          > 09:31:30 prompted A
          > 09:32 expired A
        09:32 end
    """)


@pytest.mark.parametrize("most", [0, 1, 2])
def test_3_4_after_max_snoozes_a_snooze_is_refused(most: int) -> None:
    times = ["09:30", "09:35", "09:40"][: most + 1]
    snoozed = "\n".join(f"{at} snooze \n > {at} snoozed A \n > {then} prompted A" for at, then in pairwise(times))
    story(f"""
        max_snoozes: {most}
        timeout: 20m
        09:00 begin
          > 09:30 due A
          > 09:30 prompted A
        {snoozed}
        {times[-1]} snooze source=cli
        {times[-1]} snooze source=notification
        09:42 skip
          > 09:42 skipped A
        09:43 end
    """)


# --- 3.5 unanswered ---------------------------------------------------------------------------------------------


def test_3_5_shares_the_count_with_the_snoozes() -> None:
    story("""
        max_snoozes: 2
        09:00 begin
          > 09:30 due A
          > 09:30 prompted A
        09:31 snooze
          > 09:31 snoozed A
          > 09:36 prompted A
          > 09:39 unanswered A
          > 09:44 prompted A
          > 09:47 missed A by:daemon
        10:16:59 end
    """)


def test_3_5_with_no_snoozes_it_is_missed_at_once() -> None:
    story("""
        max_snoozes: 0
        timeout: 90s
        09:00 begin
          > 09:30 due A
          > 09:30 prompted A
          > 09:31:30 missed A
        09:40 end
    """)


def test_3_5_the_timeout_is_present_time() -> None:
    story("""
        break: long 30m 20m walk
        09:00 begin
          > 09:30 due A
          > 09:30 prompted A
        09:32 lock
        09:40 unlock
          > 09:41 unanswered A
          > 09:42 expired A
        09:42 end
    """)


# --- 3.6 the routine --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("closed", "outcome"),
    [("09:30:59", "abandoned A 59s"), ("09:31", "taken A 60s"), ("09:31:59", "taken A 119s")],
)
def test_3_6_closed_early_it_counts_from_half_on(closed: str, outcome: str) -> None:
    story(f"""
        09:00 begin
          > 09:30 due A
          > 09:30 prompted A
        09:30 start
          > 09:30 started A
        {closed} abandon
          > {closed} {outcome} by:routine
        09:32 end
    """)


@pytest.mark.parametrize(
    ("end", "outcome"), [("restart down=1s", "abandoned A 30s"), ("end", "abandoned A 30s"), ("done", "taken A 30s")]
)
def test_3_6_done_is_taken_at_any_time_and_an_end_closes_it(end: str, outcome: str) -> None:
    story(f"""
        09:00 begin
        09:10 start source=cli
          > 09:10 started A
        09:10:30 {end}
          > 09:10:30 {outcome} by:routine
        {"09:11 end" if end != "end" else ""}
    """)


@pytest.mark.parametrize("end", ["restart down=1s", "end"])
def test_3_6_an_end_from_half_on_is_taken(end: str) -> None:
    story(f"""
        09:00 begin
        09:10 start source=cli
          > 09:10 started A
        09:11 {end}
          > 09:11 taken A 60s by:routine
        {"09:12 end" if end != "end" else ""}
    """)


@pytest.mark.parametrize(
    "meanwhile",
    [
        "16:56 idle",
        "16:56 lock",
        "16:56 suspend",
        "16:56 gap for=10m",
        "16:56 busy reason=fullscreen",
        "16:56 pause \n > 16:56 paused",
        "16:56 pause for=2m \n > 16:56 paused \n > 16:58 resumed",
        "16:56 clock step=+3h",
        "16:56 clock step=-9h",
        "16:56 skip source=cli",
        "16:56 start source=cli exercise=walk",
        "16:56 snooze source=tray",
    ],
)
def test_3_6_nothing_touches_the_planned_time_of_a_routine(meanwhile: str) -> None:
    at = "20:05" if "+3h" in meanwhile else "08:05" if "-9h" in meanwhile else "17:05"
    story(f"""
        break: long 30m 10m walk
        16:50 begin
        16:55 start source=tray
          > 16:55 started A by:tray
        {meanwhile}
          > {at} taken A 600s by:routine
        17:10 end
    """)


def test_3_6_after_abandoned_nothing_comes_due_for_the_snooze_time() -> None:
    story("""
        break: micro 30m 2m helicopters
        break: walk 33m 10m walk
        merge_within: 0s
        09:00 begin
          > 09:30 due A micro
          > 09:30 prompted A
        09:31 start
          > 09:31 started A
        09:31:30 abandon
          > 09:31:30 abandoned A 30s
        09:33 lock
        09:34 unlock
          > 09:36:30 due B walk
          > 09:36:30 prompted B walk
          > 09:37 expired B
        09:37 end
    """)


def test_3_6_in_the_quiet_a_break_of_ones_own_accord_is_free_to_start() -> None:
    story("""
        09:00 begin
        09:29 start source=cli
          > 09:29 started A
        09:29:10 abandon
          > 09:29:10 abandoned A
        09:30 start source=cli
          > 09:30 started B
          > 09:32 taken B
        09:40 end
    """)


# --- 3.7 outcomes and the clocks --------------------------------------------------------------------------------


def test_3_7_an_outcome_that_counts_sets_the_same_and_shorter_lengths_to_zero() -> None:
    """Skipping `walk` at 09:40 resets `equal` and `micro` and leaves `long`."""
    story("""
        break: micro 60m 2m helicopters
        break: walk 40m 10m walk
        break: equal 70m 10m walk
        break: long 90m 20m walk
        merge_within: 0s
        09:00 begin
          > 09:40 due A walk
          > 09:40 prompted A walk
        09:40 skip
          > 09:40 skipped A walk
          > 10:20 due B walk
          > 10:20 prompted B walk
        10:20 skip
          > 10:20 skipped B walk
          > 10:30 due C long
          > 10:30 prompted C long
          > 10:31 expired C
        10:31 end
    """)


@pytest.mark.parametrize(
    ("ending", "rows"),
    [
        ("09:30 skip", "> 09:30 skipped A"),
        ("09:30 start \n 09:30 done", "> 09:30 started A \n > 09:30 taken A 0s"),
    ],
)
def test_3_7_skipped_and_taken_set_the_clock_to_zero(ending: str, rows: str) -> None:
    story(f"""
        09:00 begin
          > 09:30 due A
          > 09:30 prompted A
        {ending}
        {rows}
          > 10:00 due B
          > 10:00 prompted B
        10:00 skip
          > 10:00 skipped B
        10:01 end
    """)


def test_3_7_expired_changes_no_clock() -> None:
    story("""
        hours: 09:00-09:31 09:32-10:00
        09:00 begin
          > 09:30 due A
          > 09:30 prompted A
          > 09:31 expired A work-end
          > 09:32 due B
          > 09:32 prompted B knee-hovers
          > 09:33 expired B
        09:33 end
    """)


@pytest.mark.parametrize(
    "waits",
    [
        "",
        "09:31 snooze \n > 09:31 snoozed A",
        "09:31 busy reason=fullscreen \n > 09:31 held A",
        "09:31 snooze for=10s \n > 09:31 snoozed A \n 09:31:05 lock",
    ],
    ids=["prompted", "snoozed", "held", "waiting for the return"],
)
def test_3_7_the_end_of_work_expires_an_open_offer(waits: str) -> None:
    story(f"""
        hours: 09:00-09:32
        09:00 begin
          > 09:30 due A
          > 09:30 prompted A
        {waits}
          > 09:32 expired A work-end by:daemon
        18:00 end
    """)


@pytest.mark.parametrize(
    "waits",
    [
        "",
        "09:31 snooze \n > 09:31 snoozed A",
        "09:31 busy reason=fullscreen \n > 09:31 held A",
        "09:31 snooze for=30s \n > 09:31 snoozed A \n 09:31:10 lock",
    ],
    ids=["prompted", "snoozed", "held", "waiting for the return"],
)
@pytest.mark.parametrize(("act", "reason"), [("pause", "pause"), ("end", "quit")])
def test_3_7_a_pause_and_quitting_expire_it_and_come_after_the_outcome(waits: str, act: str, reason: str) -> None:
    story(f"""
        09:00 begin
          > 09:00 daemon_started
          > 09:30 due A
          > 09:30 prompted A
        {waits}
        09:32 {act}
          > 09:32 expired A {reason} by:daemon
          {"> 09:32 paused by:cli" if act == "pause" else "> 09:32 daemon_stopped"}
        {"09:33 end" if act == "pause" else ""}
          {"> 09:33 daemon_stopped" if act == "pause" else ""}
    """)


# --- 3.8 pauses -------------------------------------------------------------------------------------------------


def test_3_8_a_pause_for_a_duration_is_elapsed_time() -> None:
    story("""
        09:00 begin
        09:10 pause for=1h source=tray
          > 09:10 paused 3600s by:tray
        09:20 clock step=+30m
          > 10:40 resumed by:daemon
          > 11:00 due A
          > 11:00 prompted A
          > 11:01 expired A
        10:31 end
    """)


def test_3_8_a_pause_until_resumed() -> None:
    story("""
        09:00 begin
        09:10 pause
          > 09:10 paused by:cli
        06-02 09:00 unpause source=tray
          > 06-02 09:00 resumed by:tray
        06-02 09:10 unpause
        06-02 09:11 end
    """)


@pytest.mark.parametrize(
    ("asked", "until", "ends"),
    [
        ("09:10", "09:30", "09:30"),
        ("09:10", "09:10", "06-02 09:10"),  # later than now
        ("09:10", "09:09", "06-02 09:09"),
        ("09:10", "00:00", "06-02 00:00"),
    ],
)
def test_3_8_until_is_the_next_instant_that_shows_the_time(asked: str, until: str, ends: str) -> None:
    story(f"""
        09:00 begin
        {asked} pause until={until}
          > {asked} paused by:cli
          > {ends} resumed by:daemon
        {ends} end
    """)


@pytest.mark.parametrize(
    ("step", "ends", "shows"),
    [
        ("+10m", "09:50", "10:00"),
        ("-10m", "10:10", "10:00"),
        ("+2h", "09:20", "11:20"),  # over the end: now
    ],
)
def test_3_8_until_follows_steps_of_the_clock(step: str, ends: str, shows: str) -> None:
    story(f"""
        09:00 begin
        09:10 pause until=10:00
          > 09:10 paused
        09:20 clock step={step}
          > {shows} resumed
        {ends}:01 end
    """)


def test_3_8_until_keeps_its_date_and_follows_zones() -> None:
    """10:00 of Monday in New York is 14:00 UTC; a step back over midnight makes it no earlier day."""
    story("""
        09:00 begin
        09:10 pause until=10:00
          > 09:10 paused
        09:20 timezone zone=America/New_York
          > 10:00-04:00 resumed
        14:00 end
    """)
    story("""
        09:00 begin
        09:10 pause until=10:00
          > 09:10 paused
        09:20 clock step=-10h
        10:00 unpause
          > 00:00 resumed by:cli
        10:01 end
    """)


@pytest.mark.parametrize(
    ("zone", "day", "asked", "until", "ends"),
    [
        # it comes twice: the first that is later than now
        ("Europe/Berlin", "2026-10-25", "10-24 23:00", "02:30", "02:30+02:00"),
        ("Europe/Berlin", "2026-10-25", "10-25 00:30", "02:30", "02:30+01:00"),
        ("Europe/Berlin", "2026-10-25", "10-25 00:45", "02:30", "02:30+01:00"),
        ("Europe/Berlin", "2026-10-25", "10-25 01:30", "02:30", "10-26 02:30+01:00"),
        ("Australia/Lord_Howe", "2026-04-05", "04-04 14:50", "01:45", "01:45+10:30"),
        # it does not exist: the first instant after the jump
        ("Europe/Berlin", "2026-03-29", "03-28 23:00", "02:30", "03:00+02:00"),
        ("Australia/Lord_Howe", "2026-10-04", "10-03 15:00", "02:15", "02:30+11:00"),
        ("Pacific/Apia", "2011-12-29", "12-30 09:00", "01:00", "12-31 00:00+14:00"),
    ],
)
def test_3_8_until_a_time_that_comes_twice_or_never(zone: str, day: str, asked: str, until: str, ends: str) -> None:
    story(f"""
        day: {day}
        zone: {zone}
        days: none
        {asked} begin
        {asked} pause until={until}
          > {_shown(asked, zone, day)} paused
          > {ends} resumed
        12-31 23:00 end
    """)


def _shown(asked: str, zone: str, day: str) -> str:
    at = datetime.fromisoformat(f"{day[:4]}-{asked.replace(' ', 'T')}+00:00").astimezone(ZoneInfo(zone))
    date = "" if at.date().isoformat() == day else f"{at:%m-%d} "
    return f"{date}{at:%H:%M}{at.isoformat()[-6:]}"


@pytest.mark.parametrize(
    ("hours", "asked", "ends"),
    [
        # inside: the first window of a later day than that of the present window
        ("mon: 09:00-12:00 13:00-17:00 \n tue: 08:00-09:00", "09:10", "06-02 08:00"),
        ("mon: 09:00-17:00 \n wed: 08:00-09:00", "09:10", "06-03 08:00"),
        ("mon: 09:00-17:00", "09:10", "06-08 09:00"),  # only Mondays
        # outside: of a later day than today
        ("mon: 09:00-12:00 13:00-17:00 \n tue: 08:00-09:00", "12:30", "06-02 08:00"),
        ("mon: 13:00-17:00 \n tue: 08:00-09:00", "09:10", "06-02 08:00"),
        ("tue: 02:00-03:00 09:00-10:00", "06-02 01:00", "06-02 02:00"),  # before 04:00 it is still Monday
        ("tue: 05:00-06:00 \n wed: 09:00-10:00", "06-02 03:59", "06-02 05:00"),
        ("tue: 05:00-06:00 \n wed: 09:00-10:00", "06-02 04:00", "06-03 09:00"),
        # a night shift: its day is the one that it starts on
        ("mon: 22:00-06:00 \n tue: 22:00-06:00", "06-02 01:00", "06-02 22:00"),
        ("mon: 22:00-06:00 \n tue: 09:00-10:00", "06-02 05:00", "06-02 09:00"),
        # windows that touch or overlap keep their own days; of two, the one that began last
        ("mon: 00:00-24:00 \n tue: 00:00-24:00 \n wed: 00:00-24:00", "23:00", "06-02 00:00"),
        ("mon: 22:00-03:00 \n tue: 02:00-09:00 \n wed: 08:00-09:00", "06-02 01:00", "06-02 02:00"),
        ("mon: 22:00-03:00 \n tue: 02:00-09:00 \n wed: 08:00-09:00", "06-02 02:30", "06-03 08:00"),
    ],
)
def test_3_8_tomorrow(hours: str, asked: str, ends: str) -> None:
    story(f"""
        hours:
        {hours}
        break: long 23h 2m walk
        {asked} begin
        {asked} pause until=tomorrow
          > {asked} paused
          > {ends} resumed by:daemon
        {ends} end
    """)


def test_3_8_tomorrow_with_no_window_ever_is_until_resumed() -> None:
    story("""
        days: none
        09:00 begin
        09:10 pause until=tomorrow
          > 09:10 paused
        06-28 09:10 end
    """)


def test_3_8_a_new_pause_replaces_the_old() -> None:
    story("""
        09:00 begin
        09:10 pause for=10m
          > 09:10 paused 600s
        09:15 pause until=09:40
          > 09:15 paused
          > 09:40 resumed
        09:50 pause
          > 09:50 paused
        09:51 pause for=1m
          > 09:51 paused 60s
          > 09:52 resumed
        09:53 end
    """)


def test_3_8_in_a_pause_only_natural_breaks_and_routines_and_work_hours_change_a_clock() -> None:
    story("""
        hours: 09:00-10:00 10:02-17:00
        09:00 begin
        09:20 pause until=10:10
          > 09:20 paused
          > 10:10 resumed
          > 10:40 due A
          > 10:40 prompted A
        10:40 skip
          > 10:40 skipped A
        10:41 pause
          > 10:41 paused
        10:45 start source=cli
          > 10:45 started B
          > 10:47 taken B
        10:50 unpause
          > 10:50 resumed
          > 11:20 due C
          > 11:20 prompted C
          > 11:21 expired C
        11:21 end
    """)


def test_3_8_a_pause_outlives_the_end_of_work() -> None:
    story("""
        hours: 09:00-10:00
        days: mon tue
        09:50 begin
        09:55 pause until=09:20
          > 09:55 paused
          > 06-02 09:20 resumed
          > 06-02 09:50 due A
          > 06-02 09:50 prompted A
          > 06-02 09:51 expired A
        06-02 09:51 end
    """)


# --- 3.9 answers from elsewhere, and of one's own accord --------------------------------------------------------


@pytest.mark.parametrize("source", ["cli", "tray"])
@pytest.mark.parametrize("answer", ["start", "snooze", "skip"])
@pytest.mark.parametrize(
    "waits",
    [
        "09:31 snooze \n > 09:31 snoozed A",
        "09:31 busy reason=fullscreen \n > 09:31 held A",
        "09:31 snooze for=10s \n > 09:31 snoozed A \n 09:31:05 lock",
    ],
    ids=["snoozed", "held", "waiting for the return"],
)
def test_3_9_from_tray_and_command_line_an_offer_that_waits_is_answered(source: str, answer: str, waits: str) -> None:
    after = {
        "start": f"> 09:32 started A helicopters by:{source} \n 09:32:30 done \n > 09:32:30 taken A",
        "snooze": f"> 09:32 snoozed A 120s by:{source} \n 09:33 skip source=cli \n > 09:33 skipped A",
        "skip": f"> 09:32 skipped A by:{source}",
    }[answer]
    story(f"""
        09:00 begin
          > 09:30 due A
          > 09:30 prompted A
        {waits}
        09:32 {answer} source={source} for=2m
        {after}
        09:33 end
    """)


@pytest.mark.parametrize("answer", ["start", "snooze", "skip"])
@pytest.mark.parametrize(
    "waits",
    [
        "09:31 snooze \n > 09:31 snoozed A",
        "09:31 busy reason=fullscreen \n > 09:31 held A",
        "09:31 start \n > 09:31 started A",
    ],
)
def test_3_9_a_notification_answers_only_the_prompt_on_the_screen(answer: str, waits: str) -> None:
    end = "> 09:33 abandoned" if "start " in waits else "> 09:33 expired"
    story(f"""
        break: long 30m 10m walk
        09:00 begin
          > 09:30 due A
          > 09:30 prompted A
        {waits}
        09:32 {answer}
          {end} A
        09:33 end
    """)


def test_3_9_a_snooze_of_a_snooze_is_a_new_wait_from_now_and_counts() -> None:
    story("""
        max_snoozes: 2
        09:00 begin
          > 09:30 due A
          > 09:30 prompted A
        09:30 snooze
          > 09:30 snoozed A
        09:34 snooze source=tray
          > 09:34 snoozed A
        09:35 snooze source=tray
          > 09:39 prompted A
          > 09:42 missed A
        09:43 end
    """)


def test_3_9_a_snooze_of_a_held_offer_is_a_wait_that_may_be_held_again() -> None:
    story("""
        09:00 begin
        09:29 busy reason=fullscreen
          > 09:30 due A
          > 09:30 held A
        09:31 snooze source=cli
          > 09:31 snoozed A
          > 09:36 held A fullscreen
          > 09:37 expired A
        09:37 end
    """)


OWN = """
        break: micro 30m 2m helicopters knee-hovers
        break: walk 60m 10m walk
        break: long 3h 20m walk bridges"""


@pytest.mark.parametrize(
    ("begin", "start", "row"),
    [
        # for any tier: the least sitting left
        ("09:00", "09:10 start source=cli", "micro helicopters"),
        # the one whose routines name it; of several the least left
        ("09:00", "09:10 start source=cli exercise=knee-hovers", "micro knee-hovers"),
        ("09:00", "09:10 start source=cli exercise=walk", "walk walk"),
        ("09:00", "09:10 start source=cli exercise=bridges", "long bridges"),
        # an exercise of no tier: for any tier
        ("09:00", "09:10 start source=cli exercise=supermans", "micro supermans"),
        # at any hour
        ("07:00", "08:00 start source=tray", "micro helicopters"),
    ],
)
def test_3_9_own_accord_takes_the_tier_with_the_least_sitting_left(begin: str, start: str, row: str) -> None:
    at = start[:5]
    story(f"""{OWN}
        {begin} begin
        {start}
          > {at} started A {row}
        {at} done
          > {at} taken A {row}
        {at} end
    """)


def test_3_9_own_accord_at_equality_the_longest_and_a_due_tier_has_none_left() -> None:
    story("""
        break: micro 30m 2m helicopters
        break: walk 30m 10m walk
        break: equal 30m 10m bridges
        09:00 begin
        09:10 start source=cli
          > 09:10 started A walk
        09:10 done
          > 09:10 taken A
        09:11 end
    """)
    story("""
        break: micro 30m 2m helicopters
        break: walk 31m 10m walk
        09:00 begin
        09:29 start source=cli
          > 09:29 started A micro
        09:29:30 abandon
          > 09:29:30 abandoned A
        09:33:00 start source=cli
          > 09:33 started B walk
          > 09:43 taken B
        09:44 end
    """)


def test_3_9_own_accord_works_in_a_pause_and_behind_a_lock() -> None:
    story("""
        09:00 begin
        09:10 pause
          > 09:10 paused
        09:11 start source=cli
          > 09:11 started A
          > 09:13 taken A
        09:14 lock
        09:15 start source=cli
          > 09:15 started B
          > 09:17 taken B
        09:20 end
    """)


def test_3_9_a_notification_starts_nothing_of_its_own() -> None:
    story("""
        09:00 begin
        09:10 start
        09:11 snooze source=cli
        09:12 skip source=tray
        09:29 end
    """)


# --- 3.10 turns -------------------------------------------------------------------------------------------------


def test_3_10_the_turn_moves_on_whatever_comes_of_it() -> None:
    story("""
        break: micro 30m 2m helicopters knee-hovers dead-bugs
        09:00 begin
          > 09:30 due A
          > 09:30 prompted A helicopters
        09:30 skip
          > 09:30 skipped A helicopters
          > 10:00 due B
          > 10:00 prompted B knee-hovers
        10:00 pause for=1s
          > 10:00 expired B knee-hovers
          > 10:00 paused
          > 10:00:01 resumed
          > 10:00:01 due C
          > 10:00:01 prompted C dead-bugs
        10:00:02 skip
          > 10:00:02 skipped C dead-bugs
          > 10:30:02 due D
          > 10:30:02 prompted D helicopters
          > 10:31 expired D
        10:31 end
    """)


def test_3_10_an_offer_that_never_asked_takes_no_turn() -> None:
    story("""
        09:00 begin
        09:29 busy reason=fullscreen
          > 09:30 due A
          > 09:30 held A
        09:31 skip source=cli
          > 09:31 skipped A
        09:32 free reason=fullscreen
          > 10:01 due B
          > 10:01 prompted B helicopters
          > 10:02 expired B helicopters
        10:02 end
    """)


def test_3_10_one_that_starts_unasked_takes_it() -> None:
    story("""
        09:00 begin
        09:29 busy reason=fullscreen
          > 09:30 due A
          > 09:30 held A
        09:31 start source=cli
          > 09:31 started A helicopters
          > 09:33 taken A helicopters
        09:34 free reason=fullscreen
          > 10:03 due B
          > 10:03 prompted B knee-hovers
          > 10:04 expired B
        10:04 end
    """)


def test_3_10_an_exercise_named_at_the_start_replaces_it_and_the_turn_has_moved() -> None:
    story("""
        09:00 begin
          > 09:30 due A
          > 09:30 prompted A helicopters
        09:30 start exercise=bridges
          > 09:30 started A bridges
          > 09:32 taken A bridges
        09:40 start source=cli exercise=helicopters
          > 09:40 started B helicopters
          > 09:42 taken B helicopters
        09:45 start source=cli
          > 09:45 started C helicopters
          > 09:47 taken C
        09:48 end
    """)


def test_3_10_after_a_move_up_it_takes_the_turn_of_its_new_tier() -> None:
    story("""
        break: micro 30m 2m helicopters knee-hovers
        break: walk 40m 10m walk bridges
        09:00 begin
          > 09:30 due A micro
          > 09:30 prompted A micro helicopters
        09:30 snooze
          > 09:30 snoozed A micro helicopters
          > 09:35 prompted A walk walk
        09:35 snooze
          > 09:35 snoozed A walk walk
          > 09:40 prompted A walk walk
        09:40 skip
          > 09:40 skipped A walk walk
          > 10:10 due B micro
          > 10:10 prompted B micro knee-hovers
        10:10 snooze for=10m
          > 10:10 snoozed B
          > 10:20 prompted B walk bridges
          > 10:21 expired B walk bridges
        10:21 end
    """)


def test_3_10_no_exercise_before_the_first_prompt_or_start() -> None:
    rows = list(
        run(
            script("""
                09:00 begin
                09:29 busy reason=fullscreen
                09:31 free reason=fullscreen
                09:32 snooze
                09:33 end
            """),
            settings(),
        )
    )
    assert [(row.event, row.exercise) for row in rows[1:5]] == [
        ("due", None),
        ("held", None),
        ("prompted", "helicopters"),
        ("snoozed", "helicopters"),
    ]


# --- 3.11 shown is never done -----------------------------------------------------------------------------------


def test_3_11_nothing_is_taken_without_an_act_of_the_person() -> None:
    """A whole week of prompts that nobody answers."""
    events = {row.event for row in run(script("09:00 begin\n 06-07 23:00 end"), settings())}
    assert events == {"daemon_started", "daemon_stopped", "due", "prompted", "unanswered", "missed"}
