"""The week's line: told once, when the week's work is over, in virtual time; what it says, by the real command."""

import struct
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from queue import SimpleQueue

import pytest

from breakd import ports
from breakd.adapters.clock import in_utc, today
from breakd.adapters.history import Log
from breakd.adapters.week import tell_week
from breakd.commands.week import line
from breakd.core.record import Name, Record, Span
from breakd.core.settings import Settings
from breakd.daemon import Outside
from fakeprograms import until
from machine import ALL_DAY, MICRO, Machine, settings
from running import Home, ended

THURSDAY = "2026-06-04T16:00:00+00:00"
FRIDAY = "2026-06-05T16:00:00+00:00"
HOUR_S = 3600.0
WEEK_MIN = 7 * 24 * 60


class Weeks(Machine):
    """A machine that notes of which weeks the line is asked for; `told` are the days on which they begin."""

    def __init__(self, at: str = FRIDAY, config: Settings | None = None) -> None:
        self.told: list[date] = []
        super().__init__(at, config or working())

    def outside(self) -> Outside:
        outside = super().outside()
        outside.tell_week = self.told.append
        return outside

    def reload(self, new: Settings) -> None:
        self.file.settings = new
        self.tell(ports.ConfigChanged())


def working(hours: str = "09:00-17:00", *, weekly: bool = True) -> Settings:
    return settings(work=ALL_DAY | {"hours": [hours]}, insight={"weekly": weekly}, **{"break": [MICRO]})


def day(text: str) -> date:
    return date.fromisoformat(text)


# When


@pytest.mark.parametrize(("idle", "sat"), [(0.0, 1800), (20.0, 1780), (None, 1800)])
def test_the_last_sitting_of_the_week_is_in_the_log_by_then(idle: float | None, sat: int) -> None:
    machine = Weeks("2026-06-05T16:30:00+00:00", settings(work=ALL_DAY, **{"break": [MICRO | {"every": "2h"}]}))
    machine.presence.idle = idle
    if idle is None:
        machine.tell(ports.SourceChanged("presence", "unknown"))
    machine.sit(29.9)
    assert machine.told == []
    assert machine.history.spans == []
    machine.wait(0.1)
    assert machine.told == [day("2026-06-01")]
    assert [(span.kind, span.duration_s) for span in machine.history.spans] == [("sitting", sat)]


def test_it_is_told_once_when_the_last_window_of_the_week_ends() -> None:
    machine = Weeks(THURSDAY)
    machine.wait(25 * 60 - 0.1)
    assert machine.told == []
    machine.wait(0.1)
    assert machine.told == [day("2026-06-01")]
    machine.wait(WEEK_MIN - 1)
    assert machine.told == [day("2026-06-01")]
    machine.wait(1)
    assert machine.told == [day("2026-06-01"), day("2026-06-08")]


def test_the_alarm_is_set_once_a_week() -> None:
    machine = Weeks(THURSDAY)
    assert machine.alarm.left[ports.WEEK] == 25 * HOUR_S
    machine.sit(24 * 60)
    assert machine.alarm.armed[ports.WEEK] == 1
    machine.wait(70)
    assert machine.alarm.armed[ports.WEEK] == 2


def test_an_alarm_that_rings_too_early_is_set_anew() -> None:
    machine = Weeks()
    del machine.alarm.left[ports.WEEK]
    machine.tell(ports.Rang(ports.WEEK))
    assert machine.alarm.left[ports.WEEK] == HOUR_S
    machine.wait(60)
    assert machine.told == [day("2026-06-01")]


def test_switched_off_it_is_never_told() -> None:
    machine = Weeks(config=working(weekly=False))
    assert ports.WEEK not in machine.alarm.left
    machine.wait(WEEK_MIN)
    machine.reload(working())
    machine.reload(working(weekly=False))
    machine.wait(WEEK_MIN)
    assert machine.told == []


def test_switched_off_at_the_last_moment_it_is_not_told() -> None:
    machine = Weeks()
    machine.wait(59)
    machine.clock.pass_time(60)
    machine.reload(working(weekly=False))
    machine.wait(60)
    assert machine.told == []


def test_other_work_hours_move_it() -> None:
    machine = Weeks()
    machine.reload(working("09:00-18:30"))
    assert machine.alarm.left[ports.WEEK] == 2.5 * HOUR_S
    machine.wait(149)
    assert machine.told == []
    machine.wait(1)
    assert machine.told == [day("2026-06-01")]


def test_longer_work_hours_do_not_tell_it_again() -> None:
    machine = Weeks()
    machine.wait(61)
    machine.reload(working("09:00-18:30"))
    machine.wait(WEEK_MIN - 1)
    assert machine.told == [day("2026-06-01")]


def test_another_zone_moves_it() -> None:
    machine = Weeks()
    machine.clock.zone = "Europe/Lisbon"  # 17:00 there is 16:00 in UTC
    machine.wait(1)
    assert machine.told == [], "it is over before it could end: next week's counts"
    machine.clock.zone = "America/New_York"  # 17:00 there is 21:00 in UTC
    machine.wait(1)
    assert machine.alarm.left[ports.WEEK] == 5 * HOUR_S - 120


def test_travel_to_the_west_does_not_tell_it_again() -> None:
    machine = Weeks()
    machine.wait(61)
    machine.clock.zone = "America/New_York"
    machine.wait(24 * 60)
    assert machine.told == [day("2026-06-01")]


@pytest.mark.parametrize("back_s", [2, 2 * HOUR_S])
def test_a_clock_that_is_set_back_does_not_tell_it_again(back_s: float) -> None:
    machine = Weeks()
    machine.wait(60)
    machine.clock.step(-back_s)
    machine.wait(180)
    assert machine.told == [day("2026-06-01")]


def test_a_clock_that_is_set_on_brings_it_sooner() -> None:
    machine = Weeks()
    machine.clock.step(HOUR_S / 2)
    machine.wait(1)
    assert machine.alarm.left[ports.WEEK] == HOUR_S / 2 - 60
    machine.wait(29)
    assert machine.told == [day("2026-06-01")]


def test_a_sleep_over_the_end_of_the_week_tells_it_late() -> None:
    machine = Weeks()
    machine.tell(ports.Sleeping())
    machine.clock.sleep(64 * HOUR_S)
    machine.tell(ports.Woke())
    assert machine.told == [day("2026-06-01")]
    machine.wait(60)
    assert machine.told == [day("2026-06-01")]


def test_after_a_sleep_the_alarm_is_set_anew() -> None:
    machine = Weeks(THURSDAY)
    machine.tell(ports.Sleeping())
    machine.clock.sleep(16 * HOUR_S)
    machine.tell(ports.Woke())
    assert machine.alarm.left[ports.WEEK] == 9 * HOUR_S


def test_the_alarm_is_set_anew_after_a_sleep_that_nobody_told() -> None:
    machine = Weeks(THURSDAY)
    machine.clock.sleep(16 * HOUR_S)
    machine.daemon.handle(None, None)
    assert machine.alarm.left[ports.WEEK] == 9 * HOUR_S


def test_a_start_after_it_waits_for_the_next() -> None:
    machine = Weeks("2026-06-06T10:00:00+00:00")
    machine.wait(60)
    assert machine.told == []
    assert machine.alarm.left[ports.WEEK] == 6 * 24 * HOUR_S + 6 * HOUR_S


def test_no_work_hours_have_no_end() -> None:
    machine = Weeks(config=settings(work=ALL_DAY | {"days": []}, **{"break": [MICRO]}))
    machine.wait(WEEK_MIN)
    assert machine.told == []


# To whom


def notice(machine: Weeks) -> None:
    machine.tell(ports.Notice("week", "breakd", "This week: 3 of 4 breaks."))


def test_it_is_shown() -> None:
    machine = Weeks()
    notice(machine)
    screen = machine.screen()
    assert screen is not None
    assert (screen.title, screen.body, screen.choices) == ("breakd", "This week: 3 of 4 breaks.", ())


def test_it_waits_until_nothing_asks_and_no_audience_is_there() -> None:
    machine = Weeks()
    machine.sit(30)
    asks = machine.screen()
    notice(machine)
    assert machine.screen() == asks
    machine.busy("screen-share", "obs")
    machine.ask(do="skip")
    assert machine.screen() is None
    machine.free("screen-share")
    screen = machine.screen()
    assert screen is not None
    assert screen.body == "This week: 3 of 4 breaks."


# What it says


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (line("This week", 31, 38, 64), "This week: 31 of 38 breaks, longest sitting 64 min."),
        (line("Last week", 0, 1, 0), "Last week: 0 of 1 break."),
    ],
)
def test_the_line(said: str, text: str) -> None:
    assert said == text


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path)
    yield home
    home.close()


def this_monday() -> date:
    return today() - timedelta(days=today().weekday())


def at(day: date, minutes: int) -> datetime:
    """Return a time on that day, in the zone of the machine."""
    return datetime.combine(day, datetime.min.time()).astimezone() + timedelta(minutes=minutes)


def write(file: Path, day: date, outcomes: Sequence[Name], sittings: tuple[tuple[int, int], ...] = ()) -> None:
    """Write a log of that day: outcomes of offers that came due, and sittings as (minute, minutes)."""
    log = Log(file)
    for number, outcome in enumerate(outcomes, log.last_offer() + 1):
        when = at(day, 9 * 60 + number)
        log.append([Record(when, "due", number, "micro"), Record(when, outcome, number, "micro")])
    log.append([Span("sitting", at(day, minute), 60 * length) for minute, length in sittings])
    log.close()


def write_own(file: Path, day: date) -> None:
    """Write a break of one's own accord: it never came due."""
    log = Log(file)
    log.append([Record(at(day, 600), "taken", log.last_offer() + 1, "micro")])
    log.close()


def says(home: Home, *args: str) -> str:
    done = home.breakd("week", *args)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_it_counts_what_came_due_of_that_week_alone(home: Home) -> None:
    monday = this_monday()
    log = home.data / "log.db"
    write(log, monday - timedelta(days=7), ["taken", "missed"], ((0, 90),))
    write(log, monday - timedelta(days=14), ["skipped"])
    write(log, monday, ["taken", "skipped", "natural", "taken", "abandoned", "expired", "missed"])
    write(log, monday, [], ((480, 30), (510, 34), (600, 20)))
    write_own(log, monday)
    assert says(home) == says(home, monday.isoformat()) == "This week: 2 of 5 breaks, longest sitting 64 min.\n"
    sunday = monday - timedelta(days=1)
    assert says(home, sunday.isoformat()) == "Last week: 1 of 2 breaks, longest sitting 90 min.\n"
    earlier = monday - timedelta(days=14)
    assert says(home, earlier.isoformat()) == f"Week of {earlier}: 0 of 1 break.\n"


def test_a_week_with_nothing_to_answer_is_nothing_to_tell(home: Home) -> None:
    assert says(home) == ""
    assert not (home.data / "log.db").exists()
    write(home.data / "log.db", this_monday(), ["natural", "expired"], ((480, 50),))
    write_own(home.data / "log.db", this_monday())
    assert says(home) == ""


@pytest.mark.parametrize("text", ["", "tomorrow", "2026-13-01", "9999-12-31", "\N{SNOWMAN}" * 99])
def test_what_is_no_day(home: Home, text: str) -> None:
    done = home.breakd("week", text)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.endswith(" is not a day; write 2026-06-01\n")


# The process


@pytest.fixture
def posted(home: Home, monkeypatch: pytest.MonkeyPatch) -> "SimpleQueue[ports.Message]":
    for key, value in home.env.items():
        monkeypatch.setenv(key, value)
    return SimpleQueue()


def noted(caplog: pytest.LogCaptureFixture) -> str:
    """Wait until the text log has something of it, and return that."""
    until(lambda: caplog.messages, lambda: "nothing is noted")
    (text,) = caplog.messages
    return text


def test_its_process_tells_it(home: Home, posted: "SimpleQueue[ports.Message]") -> None:
    write(home.data / "log.db", this_monday(), ["taken", "skipped"], ((480, 50),))
    tell_week(posted.put, this_monday())
    notice = posted.get(timeout=20)
    assert notice == ports.Notice("week", "breakd", "This week: 1 of 2 breaks, longest sitting 50 min.")


def test_a_log_that_cannot_be_read_is_noted_and_not_told(
    home: Home, posted: "SimpleQueue[ports.Message]", caplog: pytest.LogCaptureFixture
) -> None:
    home.data.mkdir(parents=True)
    (home.data / "log.db").write_text("no log at all" * 100)
    tell_week(posted.put, this_monday())
    assert noted(caplog).startswith("the week's line: the log cannot be read: ")
    assert posted.empty()


def test_one_that_takes_too_long_is_ended(
    posted: "SimpleQueue[ports.Message]", caplog: pytest.LogCaptureFixture
) -> None:
    tell_week(posted.put, this_monday(), time_s=0)
    assert noted(caplog) == "the week's line took longer than 0 s, and was ended"
    assert posted.empty()


WORK = """
[work]
days = ["{day}"]
hours = ["09:00-12:00"]
"""


def noon_comes(home: Home, seconds: int) -> datetime:
    """Have the machine in a zone of its own, where it is noon in so many seconds; return the time there."""
    now = in_utc()
    day_s = 24 * 3600
    offset = (day_s // 2 - seconds - now.hour * 3600 - now.minute * 60 - now.second + day_s // 2) % day_s - day_s // 2
    counts = struct.pack(">6l", 0, 0, 0, 0, 1, 4)
    (home.home / "Soon").write_bytes(b"TZif" + bytes(16) + counts + struct.pack(">lbb", offset, 0, 0) + b"SOO\0")
    home.env |= {"TZ": "Soon", "TZDIR": str(home.home), "PYTHONTZPATH": str(home.home)}
    return now.astimezone(timezone(timedelta(seconds=offset)))


def test_a_daemon_tells_it_at_the_end_of_the_week(home: Home) -> None:
    for patience_s in (3, 10, 15):  # a busy machine may be late for the first noon
        there = noon_comes(home, patience_s)
        home.config.write_text(WORK.format(day=f"{there:%a}".lower()))
        (home.data / "log.db").unlink(missing_ok=True)
        write(home.data / "log.db", there.date(), ["taken", "skipped"])
        daemon = home.run()
        in_time = in_utc() < there + timedelta(seconds=patience_s - 1)
        if in_time:
            home.wait_for_text("This week: 1 of 2 breaks")
            assert home.text().count("This week") == 1
        daemon.terminate()
        assert ended(daemon) == 0
        if in_time:
            return
    pytest.fail("the daemon never came up in time")
