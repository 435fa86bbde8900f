"""How is your back: when the engine asks, and what it logs."""

import pytest

from breakd.core import events as e
from breakd.core.settings import Settings
from engineday import Day
from stories import micros, settings


def asked(day: Day) -> int:
    return sum(isinstance(effect, e.AskBack) for effect in day.effects)


def after_a_break(there: Settings, *, clock: str = "09:10") -> Day:
    day = Day(there)
    day.tell(clock, e.Start, "cli")
    day.tell(clock, e.Done)
    return day


def test_it_asks_once_a_day_and_only_where_that_is_switched_on() -> None:
    assert asked(after_a_break(settings())) == 0
    assert asked(after_a_break(settings(back="daily"))) == 0
    day = after_a_break(settings(back="after-break"))
    assert asked(day) == 1
    day.tell("09:40", e.Start, "cli")
    day.until("09:50")
    assert asked(day) == 1


def test_a_break_that_was_closed_early_is_none() -> None:
    day = Day(settings(back="after-break"))
    day.tell("09:10", e.Start, "cli")
    day.tell("09:10:10", e.Closed)
    assert asked(day) == 0


def test_the_end_of_the_daemon_asks_nothing() -> None:
    day = Day(settings(back="after-break"))
    day.tell("09:10", e.Start, "cli")
    day.tell("09:11:30", e.Stopped, quit=False)
    assert "09:11:30 taken 90s" in day.rows()
    assert asked(day) == 0


def test_an_audience_and_an_empty_chair_are_not_asked() -> None:
    for happens in ((e.Busy, "screen-share"), (e.Locked,)):
        day = Day(settings(back="after-break"))
        day.tell("09:10", e.Start, "cli")
        day.tell("09:11", *happens)
        day.until("09:13")
        assert asked(day) == 0


@pytest.mark.parametrize(("hours", "count"), [("09:00-12:00 13:00-17:00", 1), ("09:00-12:00 17:00-18:00", 1)])
def test_daily_is_when_the_day_s_work_ends(hours: str, count: int) -> None:
    day = Day(settings(back="daily", hours=hours))
    day.until("12:00")
    assert asked(day) == (1 if hours.endswith("18:00") else 0)
    day.until("18:00")
    assert asked(day) == count


def test_what_was_said_is_logged_and_is_a_sign() -> None:
    day = Day()
    day.tell("09:10", e.Idle, micros("09:10"))
    day.tell("09:12", e.Felt, "cli", 3)
    [row] = [effect.row for effect in day.effects if isinstance(effect, e.Log)]
    assert (row.event, row.rating, row.source, row.offer) == ("felt", 3, "cli", None)
    assert day.state.person.last_sign == micros("09:12")
