"""`breakd stats`: its days, its numbers against a second way of computing them, and the page on paper and terminal."""

import json
import pty
import re
import subprocess
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from math import sqrt
from pathlib import Path
from typing import Any

import pytest

import otherway
import people
from breakd.adapters import ledger
from breakd.adapters.clock import today
from breakd.adapters.history import Log
from breakd.core.record import Record, Span
from breakd.insight.figures import group
from breakd.insight.page import columns
from breakd.report.contents import gather
from running import PROGRAM, SECONDS, Home

OCTOBER = date(2026, 10, 1)

PEOPLE = [
    people.Person(),
    people.Person(answers={"start": 1.0}, works_through=0.0),
    people.Person(answers={"start": 0.3, "snooze": 0.4, "miss": 0.3}, begin=13, lunch=18, end=25.5, days=(5, 6)),
    people.Person(answers={"skip": 0.9, "abandon": 0.1}, absences=6, stands=0.8),
]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path)
    yield home
    home.close()


def stats(home: Home, *args: str) -> dict[str, Any]:
    done = home.breakd("stats", "--json", *args)
    assert (done.returncode, done.stderr) == (0, "")
    return dict(json.loads(done.stdout))


def log_of(home: Home, *args: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in home.breakd("log", "--format", "json", *args).stdout.splitlines()]


def near(found: Any, other: Any) -> Any:
    """Return the other figures as what pytest compares: within the quantile's precision, times within the stamps'."""
    if isinstance(other, dict):
        assert isinstance(found, dict)
        assert found.keys() == other.keys()
        return {key: near(found[key], value) for key, value in other.items()}
    if isinstance(other, float):
        return pytest.approx(other, abs=2e-4 if other <= 1 else 2e-3)
    return other


# The numbers


@pytest.mark.parametrize("who", range(len(PEOPLE)))
def test_the_numbers_are_those_of_a_second_way(home: Home, who: int) -> None:
    path = home.data / "log.db"
    people.write(path, OCTOBER, 31, PEOPLE[who], seed=who)
    for since, until in (("2026-10-08", "2026-10-21"), ("2026-10-12", "2026-10-12"), ("2026-10-01", "2026-10-31")):
        days = ("--since", since, "--until", until)
        found = stats(home, *days)
        other = otherway.figures(log_of(home, *days)) | otherway.sitting(path, since, until)
        other["streak"] = otherway.streak(log_of(home), date.fromisoformat(until), today())
        found.pop("before")
        assert found.pop("range") == {"since": since, "until": until}
        assert found == near(found, other)


def test_the_days_before_have_the_same_figures_as_by_themselves(home: Home) -> None:
    people.write(home.data / "log.db", OCTOBER, 20)
    found = stats(home, "--since", "2026-10-12", "--until", "2026-10-18")
    alone = stats(home, "--since", "2026-10-05", "--until", "2026-10-11")
    assert found["before"]["range"] == {"since": "2026-10-05", "until": "2026-10-11"}
    assert alone["before"]["range"] == {"since": "2026-09-28", "until": "2026-10-04"}
    assert found["before"] == {key: value for key, value in alone.items() if key != "before"}


def test_report_and_weekly_line_say_the_same(home: Home) -> None:
    path, first, last = home.data / "log.db", date(2026, 10, 12), date(2026, 10, 18)
    people.write(path, OCTOBER, 20)
    found = stats(home, "--since", str(first), "--until", str(last))
    report = gather(path, first, last, today())
    for name in ("answered", "adherence"):
        assert getattr(report, name)._asdict() == found[name]
    assert dict(report.outcomes) == found["outcomes"]
    assert {name: dict(of) for name, of in report.exercises.items()} == {
        name: of["outcomes"] for name, of in found["by_exercise"].items()
    }
    assert (sum(report.bouts), max(report.bouts)) == (found["sitting_s"], found["longest_bout_s"])
    page = home.breakd("stats", "--since", str(first), "--until", str(last)).stdout
    for name, value in report.facts:
        assert name == "Offers" or re.search(rf"{re.escape(name)} +{re.escape(value)} ", page), name
    line = f"{report.taken} of {report.due} breaks, longest sitting {round(found['longest_bout_s'] / 60)} min."
    assert home.breakd("week", str(first)).stdout == f"Week of {first}: {line}\n"
    assert found["answered"]["value"] == report.taken / report.due


def test_of_60_weeks_95_in_100_intervals_hold_what_a_person_really_does(tmp_path: Path) -> None:
    """Through the engine and the log: they start 6 in 10 of the prompts, say no to 3 and close the routine of 1."""
    weeks, week = 60, timedelta(days=7)
    monday, path = date(2026, 1, 5), tmp_path / "log.db"
    people.write(path, monday, 7 * weeks, people.Person(answers={"start": 0.6, "skip": 0.3, "abandon": 0.1}))
    held = 0
    for number in range(weeks):
        first = monday + number * week
        found = group(ledger.offers(path, first, first + week - timedelta(days=1))).answered
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 0.6 <= found.high
    assert held / weeks >= 0.95 - 3 * sqrt(0.95 * 0.05 / weeks)


# The days


@pytest.fixture
def recent(home: Home) -> Home:
    """One break was taken on each of the last 70 days, at noon."""
    noon = datetime.combine(today(), time(12)).astimezone()
    log = Log(home.data / "log.db")
    rows: list[Record | Span] = []
    for number in range(70):
        at = noon - timedelta(days=69 - number)
        rows += [Record(at, "due", number + 1, "micro"), Record(at, "taken", number + 1, "micro", "walk", 120)]
    log.append(rows)
    assert log.error is None
    return home


@pytest.mark.parametrize(
    ("args", "offers", "before"),
    [
        ((), 7, 7),
        (("day",), 1, 1),
        (("week",), 7, 7),
        (("month",), 30, 30),
        (("all",), 70, None),
        (("--since", "3d"), 3, 3),
        (("--since", "40d"), 40, 30),
        (("--until", "yesterday"), 69, None),
        (("--since", "yesterday", "--until", "yesterday"), 1, 1),
    ],
)
def test_a_range_and_as_many_days_before_it(recent: Home, args: tuple[str, ...], offers: int, before: int) -> None:
    found = stats(recent, *args)
    assert found["offers"] == found["outcomes"]["taken"] == offers
    assert (found["before"] and found["before"]["offers"]) == before
    days = [date.fromisoformat(found["range"][end]) for end in ("since", "until")]
    assert (days[1] - days[0]).days + 1 == offers


def test_the_streak_goes_on_before_the_range(recent: Home) -> None:
    assert stats(recent, "day")["streak"] == 70


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("week", "--since", "7d"), "week is a range of days by itself; leave it out, or --since and --until"),
        (("all", "--until", "today"), "all is a range of days by itself; leave it out, or --since and --until"),
        (("--since", "someday"), '--since: "someday" is not a day; write 2025-01-31, today, yesterday or 7d'),
        (("--since", "2999-01-01"), "--since 2999-01-01 is after today"),
        (("--since", "today", "--until", "yesterday"), "name the earlier day first"),
        (("year",), "invalid choice: 'year'"),
    ],
)
def test_wrong_days_are_wrong_usage(home: Home, args: tuple[str, ...], said: str) -> None:
    done = home.breakd("stats", *args)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_the_earliest_days_have_none_before_them(home: Home) -> None:
    done = home.breakd("stats", "--since", "0001-01-02")
    assert (done.returncode, done.stderr) == (0, "")


# An empty log, and one that cannot be read


def test_a_missing_log_is_a_valid_document_of_nothing(home: Home) -> None:
    none = {"value": None, "low": None, "high": None, "days": 0}
    found = stats(home)
    assert found["offers"] == found["snoozes"] == found["moved_s"] == found["streak"] == 0
    assert found["answered"] == found["adherence"] == none
    assert found["by_break"] == found["by_exercise"] == found["by_hour"] == {}
    assert list(found["by_weekday"]) == ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    for name in ("sitting_s", "longest_bout_s", "interruptions_a_day", "worked_through", "prompt_to_start_s"):
        assert found[name] is None, name
    assert stats(home, "all")["before"] is None
    assert not (home.data / "log.db").exists()


def test_a_missing_log_says_nothing_yet(home: Home) -> None:
    assert "Nothing yet: " in home.breakd("stats").stdout
    assert "Nothing yet: " in home.breakd("stats", "all", "--explain").stdout


def test_a_log_that_cannot_be_read_is_told_in_a_line(home: Home) -> None:
    (home.data / "log.db").mkdir(parents=True)
    done = home.breakd("stats")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert "is not a file" in done.stderr


# The page


def write_week(home: Home) -> None:
    people.write(home.data / "log.db", OCTOBER, 20)


WEEK = ("--since", "2026-10-12", "--until", "2026-10-18")


def test_the_page_is_one_page_of_80_columns(home: Home) -> None:
    write_week(home)
    lines = home.breakd("stats", *WEEK).stdout.splitlines()
    assert 24 <= len(lines) <= 30
    assert max(map(len, lines)) <= 80
    assert not any(line.endswith(" ") for line in lines)


def test_the_two_figures_lead_each_with_its_interval(home: Home) -> None:
    write_week(home)
    found, text = stats(home, *WEEK), home.breakd("stats", *WEEK).stdout
    lines = text.splitlines()
    for name, value in (("Answered", found["answered"]), ("Adherence", found["adherence"])):
        number = next(n for n, line in enumerate(lines) if line.startswith(name))
        assert number < 8
        assert f" {100 * value['value']:.0f} % " in lines[number]
        between = f"in the long run likely {100 * value['low']:.0f} to {100 * value['high']:.0f} %"
        assert between in lines[number + 1]
        assert "before" in lines[number + 1]
    assert "natural: no input; perhaps you only read" in text


def test_the_page_says_the_numbers_of_the_json(home: Home) -> None:
    write_week(home)
    found, text = stats(home, *WEEK), home.breakd("stats", *WEEK).stdout
    rows = {line.split("  ")[0].strip(): line for line in text.splitlines()}
    for outcome, count in found["outcomes"].items():
        cells = next(line for line in text.splitlines() if line.startswith(outcome)).split()
        assert str(count) in cells[1:4]
        assert str(found["before"]["outcomes"][outcome]) in cells[1:4]
    assert f"Started, but worked through{found['worked_through']:>11}" in text
    assert f"Interruptions, a day{found['interruptions_a_day']:>18.1f}" in text
    assert f"Good days in a row{found['streak']:>20}" in text
    assert set(found["by_break"]) <= {row.split()[0] for row in rows if row}


def test_under_five_days_it_is_too_early_to_tell(home: Home) -> None:
    write_week(home)
    text = home.breakd("stats", "--since", "2026-10-12", "--until", "2026-10-14").stdout
    assert text.count("too early to tell more: 3 days, of 5 at least") == 2
    assert "in the long run" not in text


def test_without_spans_there_is_a_dash(recent: Home) -> None:
    text = recent.breakd("stats", "--explain").stdout.splitlines()
    for name in ("Sitting, a day", "Longest without a break", "Interruptions, a day", "Started, but worked through"):
        (line,) = (line for line in text if line.startswith(name))
        assert line.split()[-2:] == ["\u2013", "\u2013"]


def test_each_number_is_explained(home: Home) -> None:
    write_week(home)
    plain = home.breakd("stats", *WEEK).stdout
    explained = home.breakd("stats", "--explain", *WEEK).stdout.splitlines()
    numbers = ["taken", "natural", "skipped", "missed", "abandoned", "expired", "Sitting, a day", "Moved"]
    numbers += [
        "Longest without",
        "Interruptions",
        "Started, but",
        "From prompt",
        "Snoozes",
        "Of your own",
        "Good days",
    ]
    for name in numbers:
        assert name in plain
        (meaning,) = (below for line, below in pairwise(explained) if line.startswith(name))
        assert meaning.startswith("    "), name
    whole = " ".join(line.strip() for line in explained)
    assert "t quantile of days - 1" in whole
    assert "taken / (taken + skipped + missed + abandoned)" in whole
    assert "keyboard and mouse are a proxy" in whole
    assert max(map(len, explained)) <= 80


def test_an_output_without_blocks_has_other_signs(home: Home) -> None:
    write_week(home)
    done = home.breakd("stats", *WEEK, PYTHONIOENCODING="ascii")
    assert done.stdout.isascii()
    assert "\\u" not in done.stdout
    assert "####" in done.stdout


def on_a_terminal(home: Home, width: int, *args: str, **env_more: str) -> str:
    """Return what the command writes on a terminal so wide."""
    master, slave = pty.openpty()
    with open(slave, "wb", buffering=0) as out, open(master, "rb", buffering=0) as shown:  # noqa: PTH123 - numbers
        env = home.env | {"TERM": "xterm-256color", "COLUMNS": str(width)} | env_more
        process = subprocess.Popen([*PROGRAM, "stats", *args], stdin=out, stdout=out, stderr=out, env=env)
        out.close()
        text = b""
        try:
            while part := shown.read(65536):
                text += part
        except OSError:  # the other end is closed
            pass
        assert process.wait(SECONDS) == 0
    return text.decode()


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_terminal_shows_the_same_in_colour(home: Home, width: int) -> None:
    write_week(home)
    shown = on_a_terminal(home, width, *WEEK)
    assert "\x1b[" in shown
    bare = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    piped = home.breakd("stats", *WEEK).stdout
    words = [re.sub(r"[█░]+", "", text).split() for text in (bare, piped)]
    assert sorted(words[0]) == sorted(words[1])
    if width >= 80:
        assert bare.count("\n") == piped.count("\n")


def hours_of_a_day(home: Home, names: Sequence[str]) -> None:
    """Write a break that was taken in each hour of a day, of these tiers in turn."""
    rows: list[Record | Span] = []
    for number in range(24):
        at, name = datetime(2026, 10, 12, number, tzinfo=UTC), names[number % len(names)]
        rows += [Record(at, "due", number + 1, name), Record(at, "taken", number + 1, name, "walk")]
    people.store(home.data / "log.db", rows)


def test_names_that_are_wide_or_no_text_keep_the_columns(home: Home) -> None:
    names = ["\u4f11\u61a9" * 9, "e\u0301cole", "\x1b[31mred\n", "plain"]
    hours_of_a_day(home, names)
    text = home.breakd("stats", *WEEK).stdout
    assert "\x1b" not in text
    lines = [line for line in text.splitlines() if line.endswith("of 24") or " of 6" in line]
    begins = {columns(line[: line.index("\u2588")]) for line in lines}
    assert (len(lines), begins) == (4, {14})
    assert columns(lines[0][: lines[0].index("walk")]) == 41
    plain = home.breakd("stats", *WEEK, PYTHONIOENCODING="ascii").stdout
    assert {line.index("#") for line in plain.splitlines() if " of 6" in line} == {14}


@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
@pytest.mark.parametrize("width", [40, 80])
def test_each_hour_of_a_day_has_its_own_share(home: Home, width: int, encoding: str) -> None:
    """Also where all of them are 100 %, which no two of them run into one."""
    hours_of_a_day(home, ["micro"])
    text = home.breakd("stats", *WEEK, PYTHONIOENCODING=encoding).stdout if width == 80 else ""
    text = text or re.sub(r"\x1b\[[0-9;]*m", "", on_a_terminal(home, width, *WEEK, PYTHONIOENCODING=encoding))
    part = text[text.index("\nhour") :].splitlines()[1:-1]
    assert [hour for line in part[::2] for hour in re.findall(r"\b\d\d\b", line)] == [f"{n:02}" for n in range(24)]
    assert sum(len(line.split()) for line in part[1::2]) == 24
    assert max(map(len, part)) <= width


def test_many_hours_and_long_names_stay_within_the_page(home: Home) -> None:
    log = Log(home.data / "log.db")
    begin = datetime(2026, 10, 12, tzinfo=UTC)
    rows: list[Record | Span] = []
    for number in range(24):
        at, name = begin + timedelta(hours=number), f"an exercise [bold] of number {number}"
        rows += [
            Record(at, "due", number + 1, "a tier with a long name"),
            Record(at, "taken", number + 1, "a tier", name),
        ]
    log.append(rows)
    for lines in (home.breakd("stats", *WEEK).stdout, on_a_terminal(home, 80, *WEEK)):
        assert "an exercise " in lines
        assert "23" in lines
    assert max(map(len, home.breakd("stats", *WEEK).stdout.splitlines())) <= 80
