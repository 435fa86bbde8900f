"""Work hours against a slow reference: every minute of some days, asked of zoneinfo one by one."""

from bisect import bisect_right
from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from operator import itemgetter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from breakd.core.durations import DAY, MINUTE, SECOND
from breakd.core.settings import Window
from breakd.core.workhours import (
    Week,
    WeekEnd,
    instant,
    local,
    look,
    next_showing,
    time_of_day,
    tomorrow,
    week_ends,
)
from stories import windows

CHANGES = [
    ("Europe/Berlin", date(2026, 3, 29)),
    ("Europe/Berlin", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Africa/Casablanca", date(2026, 2, 15)),
    ("Africa/Casablanca", date(2026, 3, 22)),
    ("America/Havana", date(2026, 11, 1)),  # at midnight
    ("America/Santiago", date(2026, 4, 4)),  # at midnight, back to the day before
    ("America/Santiago", date(2026, 9, 6)),
    ("Pacific/Apia", date(2011, 12, 30)),  # a day that is not
    ("Asia/Kathmandu", date(2026, 6, 1)),
    ("UTC", date(2026, 6, 1)),
]

changes = st.sampled_from(CHANGES)
minutes = st.integers(-1500, 2900)
"""Minutes from the midnight of the day of a change."""
some_windows = st.builds(
    Window,
    st.one_of(st.integers(0, 1439), st.sampled_from([0, 60, 120, 150, 180, 1380])),
    st.one_of(st.integers(0, 1440), st.sampled_from([0, 30, 120, 150, 180, 1440])),
).filter(lambda window: window.start != window.end)
weeks = st.tuples(*[st.lists(some_windows, max_size=2).map(tuple)] * 7)


# --- the reference ----------------------------------------------------------------------------------------------


@lru_cache
def shown(zone: str, day: date) -> list[tuple[int, datetime]]:
    """Return the minutes of the days around `day`, each with the local time that it shows."""
    first = int(datetime.combine(day - timedelta(days=4), time(), UTC).timestamp()) * SECOND
    every = (first + n * MINUTE for n in range(18 * 1440))
    tz = ZoneInfo(zone)
    return [(at, datetime.fromtimestamp(at // SECOND, tz).replace(tzinfo=None)) for at in every]


@lru_cache
def showing(zone: str, day: date) -> dict[datetime, list[int]]:
    """Return the minutes that show each local time."""
    found = defaultdict(list)
    for at, here in shown(zone, day):
        found[here].append(at)
    return dict(found)


def begins(zone: str, day: date, at: datetime) -> int:
    """Return the first minute that shows `at` or, where none does, a later time."""
    return min(showing(zone, day).get(at) or [next(there for there, here in shown(zone, day) if here >= at)])


def ends(zone: str, day: date, at: datetime) -> int:
    """Return the last minute that shows `at`; where none does, as `begins`."""
    return max(showing(zone, day).get(at) or [begins(zone, day, at)])


def spans(week: Week, zone: str, day: date, last: int) -> list[tuple[int, int, date]]:
    """Return the windows of the days around `day`, up to `last` days later."""
    found = []
    for there in (day + timedelta(days=n) for n in range(-3, last)):
        for window in week[there.weekday()]:
            midnight = datetime.combine(there, time())
            end = window.end + (1440 if window.end <= window.start else 0)
            begin = begins(zone, day, midnight + timedelta(minutes=window.start))
            found.append((begin, ends(zone, day, midnight + timedelta(minutes=end)), there))
    return sorted(span for span in found if span[0] < span[1])


def moment(zone: str, day: date, minute: int) -> int:
    return begins(zone, day, datetime.combine(day, time())) + minute * MINUTE


# --- against it -------------------------------------------------------------------------------------------------


@given(change=changes, week=weeks, minute=minutes)
@limits(deadline=None)
def test_inside_and_the_next_boundary(change: tuple[str, date], week: Week, minute: int) -> None:
    zone, day = change
    now = moment(zone, day, minute)
    inside, boundary = look(week, zone, now)
    real = spans(week, zone, day, 6)

    def covered(at: int) -> bool:
        return any(begin <= at < end for begin, end, _ in real)

    assert inside == covered(now)
    assert boundary > now
    horizon = min(boundary, now + 2 * DAY)
    edges = {edge for begin, end, _ in real for edge in (begin, end) if now <= edge < horizon}
    assert all(covered(edge) == inside for edge in edges)
    if boundary < now + 2 * DAY:
        assert covered(boundary) != inside


@given(change=changes, minute=minutes, at=st.times().map(lambda at: at.replace(second=0, microsecond=0)))
@limits(deadline=None)
def test_the_next_instant_that_shows_a_time(change: tuple[str, date], minute: int, at: time) -> None:
    zone, day = change
    now = moment(zone, day, minute)
    there, wanted = shown(zone, day), None
    for (_, before), (this, here) in pairwise(there[bisect_right(there, now, key=itemgetter(0)) - 1 :]):
        days = (before.date() + timedelta(days=n) for n in range(3))
        left_out = here - before > timedelta(minutes=1) and any(before < datetime.combine(d, at) < here for d in days)
        if here.time() == at or left_out:
            wanted = this
            break
    found = next_showing(at, zone, now)
    assert instant(found.replace(fold=0), found.fold, zone) == wanted


@given(change=changes, week=weeks, minute=minutes)
@limits(deadline=None)
def test_tomorrow_is_the_first_later_window_of_a_later_day(change: tuple[str, date], week: Week, minute: int) -> None:
    zone, day = change
    now = moment(zone, day, minute)
    real = spans(week, zone, day, 11)
    present = [(begin, there) for begin, end, there in real if begin <= now < end]
    here = local(now, zone)
    today = here.date() - timedelta(days=here.hour < 4)
    after = max(there for begin, there in present if begin == max(present)[0]) if present else today
    wanted = next((begin for begin, _, there in real if begin > now and there > after), None)
    found = tomorrow(week, zone, now)
    assert (found and instant(found, 0, zone)) == wanted


# --- edges by hand ----------------------------------------------------------------------------------------------


def week(hours: str, days: str = "1111111") -> Week:
    return tuple(windows(hours) if day == "1" else () for day in days)


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) * SECOND


@pytest.mark.parametrize(
    ("hours", "days", "now", "inside", "boundary"),
    [
        ("09:00-17:00", "1111100", "2026-06-01T08:59:59Z", False, "2026-06-01T09:00:00Z"),
        ("09:00-17:00", "1111100", "2026-06-01T09:00:00Z", True, "2026-06-01T17:00:00Z"),
        ("09:00-17:00", "1111100", "2026-06-01T16:59:59Z", True, "2026-06-01T17:00:00Z"),
        ("09:00-17:00", "1111100", "2026-06-01T17:00:00Z", False, "2026-06-02T09:00:00Z"),
        ("09:00-17:00", "1111100", "2026-06-05T17:00:00Z", False, "2026-06-08T09:00:00Z"),
        ("22:00-06:00", "1000000", "2026-06-02T05:59:59Z", True, "2026-06-02T06:00:00Z"),
        ("22:00-06:00", "1000000", "2026-06-02T06:00:00Z", False, "2026-06-08T22:00:00Z"),
        ("22:00-06:00", "1000000", "2026-06-01T05:00:00Z", False, "2026-06-01T22:00:00Z"),
        ("00:00-24:00", "1100000", "2026-06-01T12:00:00Z", True, "2026-06-03T00:00:00Z"),
        ("12:00-11:59", "1100000", "2026-06-02T11:59:30Z", False, "2026-06-02T12:00:00Z"),
        ("09:00-10:00 10:00-11:00", "1000000", "2026-06-01T09:30:00Z", True, "2026-06-01T11:00:00Z"),
    ],
)
def test_edges(hours: str, days: str, now: str, inside: bool, boundary: str) -> None:  # noqa: FBT001 - a column
    assert look(week(hours, days), "UTC", at(now)) == (inside, at(boundary))


NIGHTS = ("22:00-06:00", "1111111")
OFFICE = ("09:00-12:30 13:30-17:00", "1111100")
ALWAYS = ("00:00-24:00", "1111111")


@pytest.mark.parametrize(
    ("shifts", "zone", "now", "monday", "end"),
    [
        (OFFICE, "UTC", "2026-06-01T00:00:00Z", "2026-06-01", "2026-06-05T17:00:00Z"),
        (OFFICE, "UTC", "2026-06-05T16:59:59Z", "2026-06-01", "2026-06-05T17:00:00Z"),
        (OFFICE, "UTC", "2026-06-05T17:00:00Z", "2026-06-08", "2026-06-12T17:00:00Z"),
        (OFFICE, "UTC", "2026-06-07T23:59:59Z", "2026-06-08", "2026-06-12T17:00:00Z"),
        # a window belongs to the day on which it begins
        (NIGHTS, "UTC", "2026-06-07T12:00:00Z", "2026-06-01", "2026-06-08T06:00:00Z"),
        (NIGHTS, "UTC", "2026-06-08T05:59:59Z", "2026-06-01", "2026-06-08T06:00:00Z"),
        (NIGHTS, "UTC", "2026-06-08T06:00:00Z", "2026-06-08", "2026-06-15T06:00:00Z"),
        (("09:00-17:00", "0000001"), "UTC", "2026-06-01T12:00:00Z", "2026-06-01", "2026-06-07T17:00:00Z"),
        (("09:00-17:00", "1000000"), "UTC", "2026-06-01T17:00:00Z", "2026-06-08", "2026-06-08T17:00:00Z"),
        # what touches is one window, also over the end of the week, but round the clock there is no other end
        (("22:00-24:00 00:00-06:00", "1111111"), "UTC", "2026-06-07T23:00:00Z", "2026-06-01", "2026-06-08T06:00:00Z"),
        (("22:00-24:00 00:00-06:00", "1111111"), "UTC", "2026-06-08T06:00:00Z", "2026-06-08", "2026-06-15T06:00:00Z"),
        (ALWAYS, "UTC", "2026-06-07T23:59:59Z", "2026-06-01", "2026-06-08T00:00:00Z"),
        (ALWAYS, "UTC", "2026-06-08T00:00:00Z", "2026-06-08", "2026-06-15T00:00:00Z"),
        # the clock changes
        (OFFICE, "Europe/Berlin", "2026-03-27T16:00:00Z", "2026-03-30", "2026-04-03T15:00:00Z"),
        (OFFICE, "Europe/Berlin", "2026-10-23T14:00:00Z", "2026-10-19", "2026-10-23T15:00:00Z"),
        (NIGHTS, "Europe/Berlin", "2026-03-29T12:00:00Z", "2026-03-23", "2026-03-30T04:00:00Z"),
        (("22:00-02:30", "0000010"), "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-23", "2026-03-29T01:00:00Z"),
        (("22:00-02:30", "0000010"), "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-19", "2026-10-25T01:30:00Z"),
        # the week is the zone's own, and may lack its one day of work
        (ALWAYS, "Pacific/Auckland", "2026-06-07T11:59:59Z", "2026-06-01", "2026-06-07T12:00:00Z"),
        (("09:00-17:00", "0000100"), "Pacific/Apia", "2011-12-27T00:00:00Z", "2012-01-02", "2012-01-06T03:00:00Z"),
    ],
)
def test_the_end_of_the_weeks_work(shifts: tuple[str, str], zone: str, now: str, monday: str, end: str) -> None:
    assert week_ends(week(*shifts), zone, at(now)) == WeekEnd(date.fromisoformat(monday), at(end))


def test_without_work_hours_the_week_has_no_end() -> None:
    assert week_ends(week(""), "UTC", at("2026-06-01T12:00:00Z")) is None


def test_the_end_of_a_later_week() -> None:
    now, this, later = at("2026-06-05T12:00:00Z"), date(2026, 6, 1), date(2027, 6, 7)
    assert week_ends(week(*OFFICE), "UTC", now, this) == WeekEnd(date(2026, 6, 8), at("2026-06-12T17:00:00Z"))
    assert week_ends(week(*OFFICE), "UTC", now, later) == WeekEnd(date(2027, 6, 14), at("2027-06-18T17:00:00Z"))


@given(change=changes, week=weeks, minute=minutes)
@limits(deadline=None)
def test_each_week_ends_once(change: tuple[str, date], week: Week, minute: int) -> None:
    zone, day = change
    now = moment(zone, day, minute)
    first = week_ends(week, zone, now)
    assert (first is None) == (not any(week))
    if first is None:
        return
    assert now < first.at <= now + 16 * DAY
    assert week_ends(week, zone, first.at - 1) == first
    second = week_ends(week, zone, first.at)
    assert second is not None
    assert (second.monday - first.monday).days in {7, 14}
    assert second == week_ends(week, zone, now, first.monday)
    assert local(first.at - 1, zone).date() >= first.monday


@pytest.mark.parametrize(("hours", "inside"), [("", False), ("00:00-24:00", True)])
def test_with_no_boundary_ever_it_looks_again_some_days_later(hours: str, inside: bool) -> None:  # noqa: FBT001
    now = at("2026-06-01T12:00:00Z")
    there, boundary = look(week(hours), "UTC", now)
    assert there == inside
    assert now + 2 * DAY < boundary < now + 30 * DAY


def test_a_time_that_does_not_exist_is_the_first_instant_after_the_jump() -> None:
    for clock in ("02:00", "02:30", "02:59"):
        shows = datetime.fromisoformat(f"2026-03-29T{clock}")
        assert instant(shows, 0, "Europe/Berlin") == instant(shows, 1, "Europe/Berlin") == at("2026-03-29T01:00:00Z")


def test_a_time_that_comes_twice_has_two_instants() -> None:
    shows = datetime.fromisoformat("2026-10-25T02:30:00")
    assert instant(shows, 0, "Europe/Berlin") == at("2026-10-25T00:30:00Z")
    assert instant(shows, 1, "Europe/Berlin") == at("2026-10-25T01:30:00Z")


@pytest.mark.parametrize("text", ["00:00", "09:05", "23:59"])
def test_a_time_of_day(text: str) -> None:
    assert time_of_day(text).isoformat("minutes") == text


@pytest.mark.parametrize(
    "text", ["", "9:05", "24:00", "09:60", "0905", "09:05:00", "09.05", "-1:00", "\u0660\u0669:05", " 09:05"]
)
def test_no_time_of_day(text: str) -> None:
    with pytest.raises(ValueError, match="not a time of day"):
        time_of_day(text)


def test_tomorrow_keeps_the_time_that_the_window_is_written_with() -> None:
    week = ((Window(150, 600),),) * 7  # 02:30-10:00, and 02:30 does not exist on the eighth of March
    now = instant(datetime.combine(date(2026, 3, 7), time(8, 40)), 0, "America/New_York")
    assert tomorrow(week, "America/New_York", now) == datetime.combine(date(2026, 3, 8), time(2, 30))
