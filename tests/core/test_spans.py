"""The spans of what went on: sitting, standing, absences, calls and routines, as the engine's own clocks have them."""

import pytest

from breakd.core import events as e
from breakd.core.durations import MINUTE
from breakd.core.state import dump, load
from engineday import Day
from stories import micros, settings

WALK = "walk 2h 10m walk"


def test_sitting_ends_where_a_routine_begins_and_goes_on_after_it() -> None:
    day = Day()
    day.until("09:30")
    day.tell("09:31", e.Start, "notification")
    day.until("09:50")
    day.tell("09:50", e.Stopped, quit=True)
    assert day.spans() == ["09:00 sitting 1860s", "09:31 routine 120s offer 1, 120s seen", "09:33 sitting 1020s"]


def test_silence_that_proves_to_be_an_absence_was_none_of_the_sitting() -> None:
    day = Day()
    day.tell("09:10", e.Idle, micros("09:10"))
    day.until("09:13")
    assert day.spans() == ["09:00 sitting 600s"]
    day.tell("09:20", e.Input)
    day.tell("09:25", e.Stopped, quit=True)
    assert day.spans()[1:] == ["09:10 absence 600s", "09:20 sitting 300s"]


def test_a_silence_that_is_told_late_is_none_of_it_either() -> None:
    for back, spans in (("09:12:30", ["09:00 sitting 1200s"]), ("09:15", ["09:00 sitting 600s", "09:10 absence 300s"])):
        day = Day()
        day.tell("09:12", e.Idle, micros("09:10"))
        day.tell(back, e.Input)
        day.tell("09:20", e.Stopped, quit=True)
        assert day.spans()[: len(spans)] == spans


def test_the_time_between_two_windows_of_work_is_none_of_it() -> None:
    day = Day(settings(WALK, hours="09:00-10:00 10:05-17:00"))
    day.tell("10:20", e.Stopped, quit=True)
    assert day.spans() == ["09:00 sitting 3600s", "10:05 sitting 900s"]


def test_reading_is_sitting() -> None:
    day = Day()
    day.tell("09:10", e.Idle, micros("09:10"))
    day.tell("09:12", e.Input)
    day.tell("09:20", e.Stopped, quit=True)
    assert day.spans() == ["09:00 sitting 1200s"]


def test_silence_in_which_work_ends_is_known_when_it_is_over() -> None:
    for back, silent in (("17:31", ["17:29 sitting 60s"]), ("17:40", ["17:29 absence 660s"])):
        day = Day(settings("walk 10h 10m walk", hours="09:00-17:30"), begin="13:30")
        day.tell("17:29", e.Idle, micros("17:29"))
        day.tell(back, e.Input)
        day.tell("17:50", e.Tick)
        assert day.spans() == ["13:30 sitting 14340s", *silent]


@pytest.mark.parametrize(
    ("leaves", "returns"),
    [((e.Locked,), (e.Unlocked,)), ((e.Slept,), (e.Woke,))],
    ids=["lock", "suspend"],
)
def test_a_lock_and_a_suspend_end_the_sitting_at_once(leaves: tuple[type], returns: tuple[type]) -> None:
    day = Day()
    day.tell("09:10", *leaves)
    day.tell("09:11", *returns)
    day.tell("09:12", e.Input)
    away = 60 if leaves == (e.Locked,) else 120
    assert day.spans() == ["09:00 sitting 600s", f"09:10 absence {away}s"]


def test_a_pause_a_call_and_standing() -> None:
    day = Day(settings(WALK))
    day.tell("09:10", e.Stand)
    day.tell("09:20", e.Sit)
    day.tell("09:30", e.Busy, "microphone")
    day.tell("09:35", e.Busy, "camera")
    day.tell("09:40", e.Free, "microphone")
    day.tell("09:50", e.Free, "camera")
    day.tell("10:00", e.Pause, "cli", 10 * MINUTE)
    day.until("10:20")
    day.tell("10:20", e.Stopped, quit=True)
    assert day.spans() == [
        "09:00 sitting 600s", "09:10 standing 600s", "09:30 call 1200s", "09:20 sitting 2400s", "10:10 sitting 600s"
    ]  # fmt: skip


def test_input_in_a_routine_is_seen_and_what_proves_to_be_silence_is_not() -> None:
    day = Day()
    day.tell("09:10", e.Start, "cli")
    day.tell("09:10:03", e.Idle, micros("09:10"))
    day.tell("09:11", e.Input)
    day.tell("09:11:13", e.Idle, micros("09:11:10"))
    day.until("09:13")
    assert "09:10 routine 120s offer 1, 10s seen" in day.spans()


def test_a_routine_that_stands_still_is_two_spans() -> None:
    day = Day()
    day.tell("09:10", e.Start, "cli")
    day.tell("09:10:30", e.Moved, None)
    day.tell("09:11", e.Moved, micros("09:12:30"))
    day.until("09:20")
    assert [span for span in day.spans() if "routine" in span] == [
        "09:10 routine 30s offer 1, 30s seen",
        "09:11 routine 90s offer 1, 90s seen",
    ]


def test_an_end_and_a_start_lose_nothing_and_tell_nothing_twice() -> None:
    day = Day()
    day.tell("09:10", e.Busy, "microphone")
    day.tell("09:20", e.Stopped, quit=False)
    day.state = load(dump(day.state), day.state.settings)
    day.tell("09:21", e.Started, day.state.settings, 0, "UTC", locked=False, busy=("microphone",))
    day.tell("09:25", e.Free, "microphone")
    day.tell("09:26", e.Input)
    day.tell("09:28", e.Stopped, quit=True)
    assert day.spans() == [
        "09:00 sitting 1200s", "09:10 call 600s", "09:20 absence 60s", "09:21 call 240s", "09:21 sitting 420s"
    ]  # fmt: skip


def test_quitting_tells_the_absence_too() -> None:
    day = Day()
    day.tell("09:10", e.Locked)
    day.tell("09:30", e.Stopped, quit=True)
    assert day.spans() == ["09:00 sitting 600s", "09:10 absence 1200s"]


def test_a_saved_stretch_of_no_known_kind_is_no_state() -> None:
    day = Day()
    day.tell("09:10", e.Busy, "camera")
    day.until("09:20")
    document = dump(day.state)
    document["stretches"][0]["kind"] = "sleeping"
    with pytest.raises(ValueError, match="sleeping"):
        load(document, day.state.settings)


def test_two_routines_that_follow_at_once_are_two() -> None:
    day = Day()
    day.tell("09:10", e.Start, "cli")
    day.tell("09:11", e.Done)
    day.tell("09:11", e.Start, "cli")
    day.tell("09:12", e.Done)
    day.until("09:13")
    assert [span for span in day.spans() if "routine" in span] == [
        "09:10 routine 60s offer 1, 60s seen",
        "09:11 routine 60s offer 2, 60s seen",
    ]


def test_silence_on_one_s_feet_that_proves_to_be_an_absence_was_no_standing() -> None:
    day = Day(settings(WALK))
    day.tell("09:10", e.Stand)
    day.tell("09:15", e.Idle, micros("09:15"))
    day.tell("09:30", e.Input)
    day.tell("09:40", e.Stopped, quit=True)
    assert day.spans() == [
        "09:00 sitting 600s", "09:10 standing 300s", "09:15 absence 900s", "09:30 sitting 600s"
    ]  # fmt: skip
