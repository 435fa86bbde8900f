"""Figures of offers, of sitting, and the streak, from hand-made ones."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from breakd.insight.figures import Offer, before, figures, group, streak, worked_through
from breakd.insight.sitting import Bout, Sitting, Span, bouts, sitting

MONDAY = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def offer(outcome: str = "taken", *, day: int = 0, hour: int = 9, **more: Any) -> Offer:
    at = MONDAY + timedelta(days=day, hours=hour - 9)
    plain = Offer(1, at.isoformat(), outcome, "micro", "walk", None, due=True, snoozes=0, wait_s=None)
    return plain._replace(**more)


def span(
    begin: int,
    length: int,
    kind: str = "sitting",
    input_s: int | None = None,
    *,
    number: int | None = None,
    hours: int = 0,
) -> Span:
    """Return a span from a second after Monday's 09:00 UTC on, so many seconds long, in a zone so far east of that."""
    began = (MONDAY + begin * SECOND).astimezone(timezone(timedelta(hours=hours)))
    return Span(kind, began.isoformat(), (began - EPOCH) // timedelta(microseconds=1), length, input_s, number)


# Offers


def test_what_was_answered_is_of_the_offers_that_came_due() -> None:
    own = [offer(due=False), offer("abandoned", due=False)]
    there = [offer(), offer("skipped"), offer("missed"), offer("abandoned"), offer("natural"), offer("expired"), *own]
    found = figures(there, [])
    assert found.due == {"taken": 1, "skipped": 1, "missed": 1, "abandoned": 1}
    assert found.answered.value == 1 / 4
    assert found.adherence.value == (2 + 1) / 7
    assert found.own_accord == 2
    assert found.offers == 8
    assert found.outcomes == {"taken": 2, "natural": 1, "skipped": 1, "missed": 1, "abandoned": 2, "expired": 1}


def test_only_natural_breaks_are_adherence_and_no_answer() -> None:
    found = figures([offer("natural", due=False)], [])
    assert (found.answered.value, found.answered.days, found.adherence.value) == (None, 0, 1.0)


def test_offers_belong_to_day_hour_weekday_break_and_exercise_of_their_outcome() -> None:
    there = [offer(), offer("skipped", day=5, hour=16, tier="long"), offer("natural", exercise=None, tier=None)]
    found = figures(there, [])
    assert list(found.by_hour) == ["09", "16"]
    assert list(found.by_weekday) == ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    assert [found.by_weekday[day].offers for day in ("mon", "tue", "sat")] == [2, 0, 1]
    assert found.by_weekday["tue"].answered.value is None
    assert {name: of.answered.value for name, of in found.by_break.items()} == {"long": 0.0, "micro": 1.0}
    assert {name: of.offers for name, of in found.by_exercise.items()} == {"walk": 2}


def test_a_groups_days_are_those_on_which_it_had_something_to_answer() -> None:
    there = [offer(day=day) for day in range(5)] + [offer("expired", day=6), offer("natural", day=7)]
    found = group(there)
    assert found.answered.days == 5
    assert found.offers == 7


def test_the_time_to_the_start_is_the_median_of_those_that_have_one() -> None:
    assert figures([offer(wait_s=3.0), offer(wait_s=9.0), offer("skipped")], []).prompt_to_start_s == 6.0
    assert figures([offer(wait_s=3.0), offer(wait_s=9.0), offer(wait_s=100.0)], []).prompt_to_start_s == 9.0
    assert figures([offer("skipped")], []).prompt_to_start_s is None


def test_only_what_was_taken_moved() -> None:
    there = [offer(duration_s=120), offer("abandoned", duration_s=30), offer("natural", duration_s=999), offer()]
    assert figures(there, []).moved_s == 120


def test_snoozes_are_summed() -> None:
    assert figures([offer(snoozes=2), offer("missed", snoozes=1)], []).snoozes == 3


def test_without_spans_what_needs_them_is_none() -> None:
    found = figures([offer()], [])
    assert found.sitting_s is found.sitting_days is found.longest_bout_s is None
    assert found.interruptions_a_day is found.worked_through is None


# Sitting


@pytest.mark.parametrize(("gap", "lengths"), [(0, [200]), (59, [200]), (60, [100, 100])])
def test_a_gap_of_a_minute_interrupts_and_a_shorter_one_is_no_sitting(gap: int, lengths: list[int]) -> None:
    found = bouts([span(0, 100), span(100 + gap, 100)])
    assert found == [Bout("2026-06-01", length) for length in lengths]


def test_other_spans_are_no_sitting() -> None:
    there = [span(0, 100), span(0, 90, "call"), span(100, 300, "absence"), span(400, 100)]
    assert sitting(bouts(there)) == Sitting(seconds=200, longest_s=100, interruptions=1, days=1)


def test_the_night_between_two_days_is_no_interruption() -> None:
    day = 86_400
    there = [span(0, 100), span(200, 500), span(day, 100), span(2 * day, 50)]
    assert sitting(bouts(there)) == Sitting(seconds=750, longest_s=500, interruptions=1, days=3)


def test_a_bout_over_midnight_is_one_of_the_day_on_which_it_began() -> None:
    midnight = 15 * 3600
    found = bouts([span(midnight - 100, 130), span(midnight + 40, 60), span(midnight + 600, 60)])
    assert found == [Bout("2026-06-01", 190), Bout("2026-06-02", 60)]
    assert sitting(found).interruptions == 0


def test_a_day_that_comes_again_in_the_west_is_in_order_of_time() -> None:
    """From Tokyo, where it is the 2nd already, to Los Angeles; the log gives the spans day by day."""
    hour = 3600
    before, after = span(7 * hour, hour, hours=9), span(20 * hour, hour, hours=-7)
    assert (before.stamp[:10], after.stamp[:10]) == ("2026-06-02", "2026-06-01")
    assert bouts([after, before]) == [Bout("2026-06-02", hour), Bout("2026-06-01", hour)]


def test_spans_but_no_sitting_are_no_sitting_time() -> None:
    found = figures([], [span(0, 120, "routine", 60)])
    assert (found.sitting_s, found.longest_bout_s, found.interruptions_a_day) == (0, 0, None)


def routine(length: int, input_s: int | None, number: int = 1) -> Span:
    return span(0, length, "routine", input_s, number=number)


def test_a_routine_with_input_through_half_of_it_was_worked_through() -> None:
    assert worked_through([routine(120, 59)]) == 0
    assert worked_through([routine(120, 60), routine(121, 60, 2)]) == 1
    assert worked_through([routine(120, None)]) is None
    assert worked_through([routine(120, None), routine(120, 120, 2)]) == 1
    assert worked_through([span(0, 120)]) is None


def test_a_routine_that_stood_still_in_between_is_one() -> None:
    assert worked_through([routine(60, 60), routine(60, 60)]) == 1
    assert worked_through([routine(30, 30), routine(90, 10)]) == 0
    assert worked_through([routine(30, 0), routine(60, 55)]) == 1


# Days


def test_as_many_days_before() -> None:
    assert before(date(2026, 6, 1), date(2026, 6, 7)) == (date(2026, 5, 25), date(2026, 5, 31))
    assert before(date(2026, 3, 1), date(2026, 3, 1)) == (date(2026, 2, 28), date(2026, 2, 28))


def back(*days: tuple[int, int]) -> Iterator[tuple[date, int, int]]:
    """Yield days from 10 June back."""
    for number, (part, whole) in enumerate(days):
        yield date(2026, 6, 10) - timedelta(days=number), part, whole


@pytest.mark.parametrize(
    ("days", "good"),
    [
        ([], 0),
        ([(1, 2), (3, 3), (0, 1), (5, 5)], 2),
        ([(0, 4), (3, 3), (2, 3), (0, 1)], 2),
        ([(2, 4), (3, 3), (0, 1)], 2),
        ([(3, 3), (1, 3)], 1),
    ],
)
def test_the_streak_goes_on_to_the_day_that_ends_it_and_today_ends_none(days: list[tuple[int, int]], good: int) -> None:
    assert streak(back(*days), date(2026, 6, 10)) == good


def test_a_bad_last_day_that_is_not_today_leaves_no_streak() -> None:
    assert streak(back((0, 4), (3, 3)), date(2026, 6, 11)) == 0


def test_no_more_days_are_read_than_the_streak_needs() -> None:
    days = back((1, 1), (0, 1), (1, 1), (1, 1))
    assert streak(days, date(2026, 6, 11)) == 1
    assert len(list(days)) == 2
