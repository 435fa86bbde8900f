"""Work hours: windows of the wall clock on local dates, seen as spans of true time.

Laws: a window includes its start, not its end, and belongs to the date that it starts on; a local time that does not
exist is the first instant after the jump; of one that comes twice a start means the first, an end the second, so that
no window is ever shortened. Windows that overlap or touch are one, with no end between them.
Instants are microseconds since 1970 UTC.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from breakd.core.durations import DAY, MINUTE, SECOND
from breakd.core.settings import Window

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)
_AHEAD = 16
"""Days to look ahead for the next boundary: a week, twice, and a day that a zone may leave out."""

NIGHT_ENDS = time(4)
"""Before this, today is still yesterday to a person who asks for 'tomorrow'."""

Week = tuple[tuple[Window, ...], ...]


@dataclass(frozen=True, slots=True)
class Span:
    """One window on one date; `opens` is the naive local time that it begins at, whether that exists or not."""

    day: date
    opens: datetime
    start: int
    end: int


@lru_cache(maxsize=16)  # rows of one instant, and what began at it
def local(instant: int, zone: str) -> datetime:
    """Return the aware local time of an instant."""
    return (EPOCH + instant * _MICRO).astimezone(ZoneInfo(zone))


def _micros(at: datetime) -> int:
    return (at - EPOCH) // _MICRO


@lru_cache(maxsize=256)
def instant(at: datetime, fold: int, zone: str) -> int:
    """Return the instant that shows the naive local time `at`, the second of two for `fold` 1."""
    tz = ZoneInfo(zone)
    found = _micros(at.replace(tzinfo=tz, fold=fold))
    if local(found, zone).replace(tzinfo=None) == at:
        return found
    return _jump(at, tz)


def _jump(at: datetime, tz: ZoneInfo) -> int:
    """Return the first instant after the jump of the clock that leaves `at` out."""
    early, late = sorted(_micros(at.replace(tzinfo=tz, fold=fold)) for fold in (0, 1))
    before = (EPOCH + early * _MICRO).astimezone(tz).utcoffset()
    while late - early > SECOND:
        middle = (early + late) // (2 * SECOND) * SECOND
        if (EPOCH + middle * _MICRO).astimezone(tz).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late // SECOND * SECOND


@lru_cache(maxsize=512)
def _day(week: Week, zone: str, ordinal: int) -> tuple[Span, ...]:
    """Return the spans of the windows that belong to one date, in order of their start."""
    day = date.fromordinal(ordinal)
    midnight = datetime.combine(day, time())
    spans = []
    for window in week[day.weekday()]:
        end = window.end if window.end > window.start else window.end + DAY // MINUTE
        opens = midnight + timedelta(minutes=window.start)
        ends = instant(midnight + timedelta(minutes=end), 1, zone)
        spans.append(Span(day, opens, instant(opens, 0, zone), ends))
    return tuple(sorted((s for s in spans if s.end > s.start), key=lambda s: s.start))


def _spans(week: Week, zone: str, first: int, last: int) -> list[Span]:
    """Return the spans of the dates from `first` to `last`, both whole, in order of their start."""
    found = [span for ordinal in range(first, last + 1) for span in _day(week, zone, ordinal)]
    found.sort(key=lambda s: s.start)
    return found


def look(week: Week, zone: str, now: int) -> tuple[bool, int]:
    """Return whether `now` is inside work hours, and the next instant at which to look again.

    That is where they end or begin; with none in sight (no hours at all, or no end of them) some days ahead.
    """
    today = local(now, zone).toordinal()
    end = None
    for span in _spans(week, zone, today - 2, today + _AHEAD):
        if span.end <= now and end is None:
            continue
        if end is None:
            if span.start > now:
                return False, span.start
            end = span.end
        elif span.start <= end:
            end = max(end, span.end)
        else:
            break
    return (False, now + 7 * DAY) if end is None else (True, end)


def next_showing(at: time, zone: str, now: int) -> datetime:
    """Return the naive local time (with its fold) of the next instant later than `now` that shows `at`."""
    today = local(now, zone).date()
    candidates = [
        (instant(shown, fold, zone), shown.replace(fold=fold))
        for day in range(-1, 4)
        for shown in [datetime.combine(today + timedelta(days=day), at)]
        for fold in (0, 1)
    ]
    return min((moment, shown) for moment, shown in candidates if moment > now)[1]


def tomorrow(week: Week, zone: str, now: int) -> datetime | None:
    """Return the naive local start of the first later window of a later day, None where no window will come.

    Later than the day of the present window (of several, the one that began last); outside work hours later than
    today, which before 04:00 is still yesterday.
    """
    here = local(now, zone)
    today = here.toordinal()
    spans = _spans(week, zone, today - 2, today + _AHEAD)
    present = [span for span in spans if span.start <= now < span.end]
    if present:
        day = max(present, key=lambda s: s.start).day
    else:
        day = (here - timedelta(hours=24)).date() if here.time() < NIGHT_ENDS else here.date()
    later = next((span for span in spans if span.start > now and span.day > day), None)
    return None if later is None else later.opens


@dataclass(frozen=True, slots=True)
class WeekEnd:
    """Where the work of the week that begins on `monday` is over."""

    monday: date
    at: int


def week_ends(week: Week, zone: str, now: int, after: date = date.min) -> WeekEnd | None:
    """Return the next end, later than `now`, of a week's last window; None where no window will come.

    A window that runs on into Monday, or is followed there by another, is over with it, but for work round the clock,
    of which each week ends with its own last window. Only weeks later than the one that begins on `after` count.
    """
    today = local(now, zone).date()
    first = today - timedelta(days=today.weekday() + 7)  # last week's may run on
    if first <= after:
        first = after + timedelta(days=7)
    for monday in (first + timedelta(days=7 * n) for n in range(4)):  # a zone may leave out a week's only day
        ends = [span.end for span in _spans(week, zone, monday.toordinal(), monday.toordinal() + 6)]
        if not ends:
            continue
        end = max(ends)
        goes_on, until = look(week, zone, end)
        if goes_on and until - end < DAY:
            end = until
        if end > now:
            return WeekEnd(monday, end)
    return None


def time_of_day(text: str) -> time:
    """Return the time that `HH:MM` names, 00:00 to 23:59. Raises ValueError for anything else."""
    hours, colon, minutes = text.partition(":")
    if not (colon and len(hours) == len(minutes) == 2 and (hours + minutes).isdigit() and text.isascii()):  # noqa: PLR2004 - two digits
        raise ValueError("not a time of day")
    try:
        return time(int(hours), int(minutes))
    except ValueError:
        raise ValueError("not a time of day") from None
