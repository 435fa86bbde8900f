"""The clocks and the zone of the machine.

Law: this is the one file that reads a clock. Elapsed time counts sleep and no step of the wall clock touches it; the
zone is always a name that `zoneinfo` knows, and it tells the local time that the C library tells.
"""

import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

_DAY_S = 86_400


def today() -> date:
    """Return the local date."""
    return date(*time.localtime()[:3])


def in_utc(seconds_from_now: float = 0.0) -> datetime:
    """Return the instant so many seconds from now, in UTC."""
    return datetime.fromtimestamp(time.time_ns() / 1e9, UTC) + timedelta(seconds=seconds_from_now)


def boot_id() -> str:
    """Return what names this boot of the machine, or '' where nothing does: then no two readings are of one boot."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


@dataclass(frozen=True, slots=True)
class Reading:
    """All clocks at one instant, in microseconds.

    `elapsed_us` is the time since some instant of this boot, sleep included. `slept_us` is how much of it the machine
    slept: it grows by each sleep and by nothing else. `wall_us` is the time since 1970 in UTC. `zone` is the IANA name.
    """

    elapsed_us: int
    slept_us: int
    wall_us: int
    zone: str


class SystemClock:
    """Reads the machine's clocks.

    `localtime` is the file that sets the system's zone; reading is cheap, as it is looked into only after a change.
    """

    def __init__(self, localtime: str = "/etc/localtime") -> None:
        self._localtime = localtime
        self._zone_source: object = None
        self._zone = "UTC"

    def read(self) -> Reading:
        awake = time.monotonic_ns()
        elapsed = _elapsed_ns()
        return Reading(elapsed // 1000, (elapsed - awake) // 1000, time.time_ns() // 1000, self._current_zone())

    def _current_zone(self) -> str:
        source = (os.environ.get("TZ"), _fingerprint(self._localtime))
        if source != self._zone_source:
            self._zone_source = source
            self._zone = _zone_name(source[0], self._localtime)
        return self._zone


def _elapsed_ns() -> int:
    """Return the clock that runs on while the machine sleeps."""
    if sys.platform == "linux":
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME)
    elif sys.platform == "darwin":  # noqa: RET505 - mypy calls a plain `return` below unreachable
        return time.clock_gettime_ns(time.CLOCK_MONOTONIC)
    else:
        return time.monotonic_ns()


def _fingerprint(path: str) -> object:
    """Return a value that differs when the file, or the link that it is, was changed."""
    try:
        link = Path(path).lstat()
        file = Path(path).stat()
    except OSError:
        return None
    return link.st_ino, link.st_mtime_ns, file.st_ino, file.st_mtime_ns


def _zone_name(tz: str | None, localtime: str) -> str:
    """Return the zone that TZ names or points to, or else the file; where neither has a name, one that is alike."""
    if sys.platform == "win32":
        import tzlocal  # noqa: PLC0415 - only Windows keeps its zone in a registry

        return tzlocal.reload_localzone().key
    time.tzset()  # the C library, and with it `today`, follows a change only when told
    place = localtime if tz is None else tz.removeprefix(":")
    names = _linked_names(place) if place.startswith("/") else [place]
    return next(filter(_is_zone, names), None) or _alike()


def _linked_names(path: str) -> Iterator[str]:
    """Yield what may be the zone's name in the path, in the target of the link, and in where all its links end."""
    yield path.partition("/zoneinfo/")[2]
    try:
        yield os.readlink(path).partition("/zoneinfo/")[2]  # noqa: PTH115 - `Path` would read no better
    except OSError:
        return
    yield os.path.realpath(path).partition("/zoneinfo/")[2]


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _alike() -> str:
    """Return a zone with the C library's local time on each day of the year to come.

    For a zone without a name: a copied /etc/localtime, a TZ such as `CET-1CEST,M3.5.0,M10.5.0/3`, or one that is
    nonsense, for which the C library has UTC. Where no zone is alike it is 'UTC'.
    """
    now = time.time_ns() // 1_000_000_000
    offsets = {now + day * _DAY_S: time.localtime(now + day * _DAY_S).tm_gmtoff for day in range(366)}
    names = sorted(available_timezones(), key=lambda name: (name != "UTC", not name.startswith("Etc/"), name))
    return next((name for name in names if _agrees(name, offsets)), "UTC")


def _agrees(name: str, offsets: dict[int, int]) -> bool:
    zone = ZoneInfo.no_cache(name)
    return all(
        datetime.fromtimestamp(at, zone).utcoffset() == timedelta(seconds=offset) for at, offset in offsets.items()
    )
