"""A restart in every phase (2.8), and the order of what is written: time's own first, then the start (6 and 7)."""

import pytest

from stories import run, script, settings, story


def test_the_clocks_and_the_turn_are_kept() -> None:
    story("""
        break: micro 30m 2m helicopters knee-hovers
        09:00 begin
          > 09:30 due A
          > 09:30 prompted A helicopters
        09:30 skip
          > 09:30 skipped A helicopters
        09:50 restart down=1m
        09:51 input
          > 10:01 due B
          > 10:01 prompted B knee-hovers
          > 10:02 expired B
        10:02 end
    """)


def test_a_prompt_asks_again_on_return_with_a_new_timeout_and_its_count() -> None:
    story("""
        max_snoozes: 1
        09:00 begin
          > 09:30 due A
          > 09:30 prompted A helicopters
        09:31 snooze
          > 09:31 snoozed A
          > 09:36 prompted A
        09:38 restart down=10s
        09:40 input
          > 09:40 prompted A helicopters
          > 09:43 missed A
        09:44 end
    """)


def test_a_prompt_that_came_through_a_hold_comes_through_it_again() -> None:
    story("""
        hold_at_most: 10m
        09:00 begin
        09:29 busy reason=fullscreen
          > 09:30 due A
          > 09:30 held A
          > 09:40 prompted A
        09:41 restart down=10s
        09:42 input
          > 09:42 prompted A
          > 09:43 expired A
        09:43 end
    """)


def test_a_prompt_of_before_is_held_like_any_other() -> None:
    story("""
        09:00 begin
          > 09:30 due A
          > 09:30 prompted A
        09:31 restart down=10s
        09:31:20 busy reason=fullscreen
        09:31:30 input
          > 09:31:30 held A
        09:32 free reason=fullscreen
          > 09:32 prompted A
          > 09:33 expired A
        09:33 end
    """)


@pytest.mark.parametrize(
    ("down", "back", "asks"),
    [
        ("1m", "09:32", "09:35"),  # the snooze goes on
        ("6m", "09:37:30", "09:37:30"),  # it ended meanwhile: on return
    ],
)
def test_a_snooze_goes_on(down: str, back: str, asks: str) -> None:
    story(f"""
        break: long 30m 20m walk
        09:00 begin
          > 09:30 due A
          > 09:30 prompted A
        09:30 snooze
          > 09:30 snoozed A
        09:31 restart down={down}
        {back} input
          > {asks} prompted A
          > 09:37:40 expired A
        09:37:40 end
    """)


def test_a_wait_goes_on_to_its_limit() -> None:
    story("""
        hold_at_most: 10m
        09:00 begin
        09:29 busy reason=fullscreen
          > 09:30 due A
          > 09:30 held A
        09:35 restart down=1m
        09:36 input
          > 09:40 prompted A
          > 09:41 expired A
        09:41 end
    """)


def test_a_wait_whose_limit_passes_meanwhile_asks_on_return_through_the_hold() -> None:
    story("""
        break: long 30m 20m walk
        hold_at_most: 10m
        09:00 begin
        09:29 busy reason=fullscreen
          > 09:30 due A
          > 09:30 held A
        09:35 restart down=6m
        09:42 input
          > 09:42 prompted A
          > 09:43 expired A
        09:43 end
    """)


def test_a_wait_for_the_return_goes_on() -> None:
    story("""
        break: long 30m 20m walk
        09:00 begin
          > 09:30 due A
          > 09:30 prompted A
        09:30 snooze for=1m
          > 09:30 snoozed A
        09:30:30 lock
        09:32 restart down=1m
        09:34 unlock
          > 09:34 prompted A
          > 09:35 expired A
        09:35 end
    """)


@pytest.mark.parametrize(
    ("at", "row"),
    [("09:30:59", "abandoned A 59s"), ("09:31", "taken A 60s"), ("09:32", "taken A 120s")],
)
def test_a_routine_is_closed_early(at: str, row: str) -> None:
    story(f"""
        09:00 begin
          > 09:00 daemon_started
          > 09:30 due A
          > 09:30 prompted A
        09:30 start
          > 09:30 started A
        {at} restart down=1s
          > {at} {row} by:routine
          > {at} daemon_stopped
        09:33 end
          > {"09:31" if at == "09:30:59" else at + ":01"} daemon_started
          > 09:33 daemon_stopped
    """)


def test_the_quiet_after_abandoned_is_kept() -> None:
    story("""
        09:00 begin
          > 09:30 due A
          > 09:30 prompted A
        09:30 start
          > 09:30 started A
        09:30:30 restart down=10s
          > 09:30:30 abandoned A
        09:31 input
          > 09:35:30 due B
          > 09:35:30 prompted B
          > 09:36 expired B
        09:36 end
    """)


def test_a_pause_is_kept() -> None:
    story("""
        09:00 begin
        09:10 pause until=09:20
          > 09:10 paused
        09:11 restart down=1m
        09:12 input
          > 09:20 resumed
          > 09:40 due A
          > 09:40 prompted A
          > 09:41 expired A
        09:41 end
    """)


def test_what_comes_true_while_down_is_written_before_the_start_at_its_own_time() -> None:
    """The pause ends, work ends and begins, and an absence of the tier's length comes true; none of it is told late."""
    story("""
        hours: 09:00-10:00 10:01-17:00
        break: long 60m 20m walk
        09:00 begin
          > 09:00 daemon_started
        09:40 pause for=10m
          > 09:40 paused
        09:45 restart down=30m
          > 09:45 daemon_stopped
          > 09:50 resumed by:daemon
          > 10:05 natural A 1200s
          > 10:15 daemon_started
        10:20 end
          > 10:20 daemon_stopped
    """)


def test_the_end_of_work_while_down_expires_the_offer() -> None:
    story("""
        hours: 09:00-09:32
        09:00 begin
          > 09:00 daemon_started
          > 09:30 due A
          > 09:30 prompted A
        09:31 restart down=1h
          > 09:31 daemon_stopped
          > 09:32 expired A work-end
          > 10:31 daemon_started
        10:32 end
          > 10:32 daemon_stopped
    """)


def test_a_gap_of_work_while_down_sets_the_clocks_to_zero() -> None:
    story("""
        hours: 09:00-10:00 10:02-17:00
        break: micro 30m 2m helicopters
        break: walk 60m 20m walk
        09:50 begin
        09:59 restart down=4m
        10:03 input
          > 10:33 due A micro
          > 10:33 prompted A
          > 10:34 expired A
        10:34 end
    """)


def test_the_time_between_is_an_absence_which_ends_with_the_next_sign() -> None:
    """Below a natural break the clock keeps its value; the silence before the end is taken off."""
    story("""
        break: long 30m 20m walk
        09:00 begin
        09:10 idle
        09:12 restart down=1m
        09:15 input
          > 09:35 due A
          > 09:35 prompted A
          > 09:36 expired A
        09:36 end
    """)


def test_a_restart_behind_a_lock_leaves_the_absence_as_it_is() -> None:
    story("""
        09:00 begin
        09:20 lock
        09:21 restart down=30s
          > 09:22 natural A 120s
        09:30 unlock
          > 10:00 due B
          > 10:00 prompted B
          > 10:01 expired B
        10:01 end
    """)


def test_rows_of_the_daemon_have_no_offer() -> None:
    rows = run(script("09:00 begin\n 09:30 pause\n 09:31 unpause\n 09:31:30 restart down=1s\n 09:40 end"), settings())
    seen = {row.event: row for row in rows}
    for event in ("daemon_started", "daemon_stopped", "paused", "resumed"):
        assert (seen[event].offer, seen[event].tier, seen[event].exercise) == (None, None, None)


def test_7_at_one_instant_time_brings_its_own_in_one_order() -> None:
    """Work ends, and begins again, a pause ends, a routine finishes, an absence is found, a snooze is over, one is due.

    At 10:00 the window of the day begins, the pause until 10:00 ends, and the routine from 09:58 finishes.
    """
    story("""
        hours: 08:00-09:30 10:00-17:00
        break: micro 30m 2m helicopters
        09:00 begin
        09:20 pause until=10:00
          > 09:20 paused
        09:58 start source=cli
          > 09:58 started A
          > 10:00 resumed
          > 10:00 taken A
          > 10:30 due B
          > 10:30 prompted B
        10:30 pause for=1s
          > 10:30 expired B
          > 10:30 paused
          > 10:30:01 resumed
          > 10:30:01 due C
          > 10:30:01 prompted C
          > 10:31 expired C
        10:31 end
    """)


def test_7_an_absence_is_found_before_the_timeout_and_the_natural_break_before_both_and_the_due() -> None:
    """At 09:33 the silence since 09:30 is an absence and a natural break; the prompt's timeout would end then."""
    story("""
        09:00 begin
          > 09:30 due A
          > 09:30 prompted A
        09:30 idle
          > 09:33 natural A 180s
        09:40 end
    """)


def test_7_the_timeout_comes_before_the_due_of_another_tier() -> None:
    story("""
        break: micro 30m 2m helicopters
        break: walk 33m 10m walk
        merge_within: 0s
        max_snoozes: 0
        09:00 begin
          > 09:30 due A micro
          > 09:30 prompted A
          > 09:33 missed A micro
          > 09:33 due B walk
          > 09:33 prompted B walk
          > 09:34 expired B
        09:34 end
    """)


def test_7_lines_of_one_instant_have_their_full_effect_in_turn() -> None:
    story("""
        09:00 begin
          > 09:30 due A
          > 09:30 prompted A
        09:30 busy reason=fullscreen
          > 09:30 held A
        09:30 free reason=fullscreen
          > 09:30 prompted A
        09:30 snooze
          > 09:30 snoozed A
        09:30 start source=cli
          > 09:30 started A
        09:30 abandon
          > 09:30 abandoned A 0s
        09:31 end
    """)
