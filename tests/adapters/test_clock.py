import os
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from breakd.adapters import clock
from breakd.adapters.clock import SystemClock

ZONEINFO = Path("/usr/share/zoneinfo")


@pytest.fixture(autouse=True)
def _zone_of_the_process_comes_back() -> Iterator[None]:
    before = os.environ.get("TZ")
    yield
    os.environ.pop("TZ", None)
    if before is not None:
        os.environ["TZ"] = before
    time.tzset()


def link(path: Path, zone: str) -> None:
    """Point `path` to the zone, as timedatectl does: by a new link moved over the old."""
    fresh = path.with_name("fresh")
    fresh.symlink_to(ZONEINFO / zone)
    fresh.rename(path)


def test_clocks_never_go_back() -> None:
    system = SystemClock()
    readings = [system.read() for _ in range(100)]
    elapsed = [reading.elapsed_us for reading in readings]
    assert elapsed == sorted(elapsed)
    assert elapsed[0] > 0


def test_awake_the_sleep_does_not_grow() -> None:
    system = SystemClock()
    first, second = system.read(), system.read()
    assert first.slept_us >= 0
    assert abs(second.slept_us - first.slept_us) < 1_000_000


def test_the_wall_is_in_utc() -> None:
    before = time.time_ns() // 1000
    assert before <= SystemClock().read().wall_us <= time.time_ns() // 1000


def test_a_boot_keeps_its_id() -> None:
    assert clock.boot_id() == clock.boot_id() != ""


@pytest.mark.parametrize(
    ("tz", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        (":Europe/Berlin", "Europe/Berlin"),
        ("CET", "CET"),
        ("EST5EDT", "EST5EDT"),
        ("Asia/Kathmandu", "Asia/Kathmandu"),
        ("/usr/share/zoneinfo/Asia/Kathmandu", "Asia/Kathmandu"),
        (":/usr/share/zoneinfo/Asia/Kathmandu", "Asia/Kathmandu"),
        ("", "UTC"),
        ("UTC0", "UTC"),
        ("Nonsense/Zone", "UTC"),
        ("../../etc/passwd", "UTC"),
        ("/no/such/file", "UTC"),
        ("XYZ-3", "Etc/GMT-3"),
        ("<+03>-3", "Etc/GMT-3"),
    ],
)
def test_tz_in_the_environment_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tz: str, zone: str) -> None:
    link(tmp_path / "localtime", "Pacific/Apia")
    monkeypatch.setenv("TZ", tz)
    assert SystemClock(str(tmp_path / "localtime")).read().zone == zone


@pytest.mark.parametrize("tz", ["CET-1CEST,M3.5.0,M10.5.0/3", "IST-5:30", "<+0545>-5:45", "EST5EDT,M3.2.0,M11.1.0"])
def test_a_tz_that_is_a_rule_gets_a_zone_alike(monkeypatch: pytest.MonkeyPatch, tz: str) -> None:
    monkeypatch.setenv("TZ", tz)
    reading = SystemClock().read()
    for month in range(12):
        at = reading.wall_us // 1_000_000 + month * 30 * 86_400
        assert datetime.fromtimestamp(at, ZoneInfo(reading.zone)).timetuple()[:6] == time.localtime(at)[:6]


def test_a_tz_that_is_a_file_without_a_name_gets_a_zone_alike(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shutil.copy(ZONEINFO / "Asia/Kathmandu", tmp_path / "copy")
    monkeypatch.setenv("TZ", f":{tmp_path / 'copy'}")
    assert SystemClock().read().zone == "Asia/Kathmandu"


def test_the_system_zone_is_where_localtime_points_to(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TZ", raising=False)
    link(tmp_path / "inner", "Europe/Berlin")
    (tmp_path / "localtime").symlink_to(tmp_path / "inner")
    assert SystemClock(str(tmp_path / "localtime")).read().zone == "Europe/Berlin"


def test_a_tz_that_is_localtime_follows_its_link(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    link(tmp_path / "localtime", "Europe/Berlin")
    monkeypatch.setenv("TZ", f":{tmp_path / 'localtime'}")
    assert SystemClock(str(tmp_path / "localtime")).read().zone == "Europe/Berlin"


def test_a_missing_localtime_is_what_the_c_library_makes_of_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TZ", raising=False)
    zone = SystemClock(str(tmp_path / "localtime")).read().zone
    now = time.time_ns() // 10**9
    offset = datetime.fromtimestamp(now, ZoneInfo(zone)).utcoffset()
    assert offset is not None
    assert offset.total_seconds() == time.localtime(now).tm_gmtoff


def test_a_new_system_zone_is_noticed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TZ", raising=False)
    localtime = tmp_path / "localtime"
    link(localtime, "Europe/Berlin")
    system = SystemClock(str(localtime))
    seen = [system.read().zone]
    for zone in ("Asia/Kathmandu", "Europe/Berlin", "America/New_York"):
        link(localtime, zone)
        seen.append(system.read().zone)
    assert seen == ["Europe/Berlin", "Asia/Kathmandu", "Europe/Berlin", "America/New_York"]


@pytest.mark.parametrize("tz", ["Pacific/Kiritimati", "Etc/GMT+12"])
def test_today_is_the_local_date(monkeypatch: pytest.MonkeyPatch, tz: str) -> None:
    monkeypatch.setenv("TZ", tz)
    SystemClock().read()
    before = datetime.fromtimestamp(time.time_ns() / 1e9, ZoneInfo(tz)).date()
    assert before <= clock.today() <= datetime.fromtimestamp(time.time_ns() / 1e9, ZoneInfo(tz)).date()


def test_seconds_from_now_are_in_utc() -> None:
    ahead = clock.in_utc(3600)
    assert ahead.tzinfo is UTC
    assert 3590 < ahead.timestamp() - time.time_ns() / 1e9 <= 3600
