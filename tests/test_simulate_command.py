"""`breakd simulate`: its arguments, what it prints to people and programs, its bar and its memory."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from breakd.adapters.clock import today
from breakd.cli import main
from running import CALM, PROGRAM, SECONDS, Home, Terminal

EXAMPLES = Path(__file__).parent / "examples"
OFFICE = """
[work]
days = ["mon", "tue", "wed", "thu", "fri"]
hours = ["09:00-10:30"]

[[break]]
name = "micro"
every = "30m"
length = "2m"
routines = ["helicopters", "walk"]
"""
SCRIPT = """\
{"at": "2026-06-01T09:00:00+00:00", "do": "begin", "zone": "UTC"}

{"at": "2026-06-01T09:31:00+00:00", "do": "skip"}
{"at": "2026-06-01T09:40:00+00:00", "do": "end"}
"""

Printed = pytest.CaptureFixture[str]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    home = Home(tmp_path, OFFICE)
    for key, value in home.env.items():
        monkeypatch.setenv(key, value)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "day.jsonl").write_text(SCRIPT)
    yield home
    assert not list(home.home.iterdir()), "it writes nothing"
    home.close()


def rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


# For programs


def test_json_is_what_the_daemon_logs(tmp_path: Path, capsys: Printed) -> None:
    there = Home(tmp_path, CALM)
    daemon = there.run()
    there.breakd("pause", "5m")
    daemon.terminate()
    daemon.wait(SECONDS)
    logged = there.breakd("log", "--format", "json").stdout.splitlines()
    there.close()
    assert main(["simulate", "--json", "--from", "2026-06-01", "--to", "2026-06-01", "--tz", "UTC"]) == 0
    simulated = capsys.readouterr().out.splitlines()
    for lines in (logged, simulated):
        assert [json.dumps(json.loads(line)) for line in lines] == lines
        assert [json.loads(line)["id"] for line in lines] == list(range(1, len(lines) + 1))
        assert len({json.loads(line)["uid"] for line in lines}) == len(lines)
    assert list(json.loads(logged[0])) == list(json.loads(simulated[0]))


def test_a_script_s_day(home: Home, capsys: Printed) -> None:
    assert main(["simulate", "day.jsonl", "--json"]) == 0
    found = rows(capsys.readouterr().out)
    assert [row["event"] for row in found] == ["daemon_started", "due", "prompted", "skipped", "daemon_stopped"]
    assert found[2]["at"] == "2026-06-01T09:30:00+00:00"
    assert (found[3]["source"], found[3]["exercise"]) == ("notification", "helicopters")


def test_the_zone_that_is_named_wins(home: Home, capsys: Printed) -> None:
    assert main(["simulate", "day.jsonl", "--json", "--tz", "Europe/Berlin"]) == 0
    found = rows(capsys.readouterr().out)
    assert {row["at"][-6:] for row in found} == {"+02:00"}
    assert "due" not in [row["event"] for row in found], "there it is past work"


# Days of a person who is always there


def test_days_are_whole_and_both_included(home: Home, capsys: Printed) -> None:
    assert main(["simulate", "--json", "--from", "2026-06-05", "--to", "2026-06-08", "--tz", "Asia/Tokyo"]) == 0
    found = rows(capsys.readouterr().out)
    assert (found[0]["at"], found[0]["event"]) == ("2026-06-05T00:00:00+09:00", "daemon_started")
    assert (found[-1]["at"], found[-1]["event"]) == ("2026-06-09T00:00:00+09:00", "daemon_stopped")
    asked = [row["at"] for row in found if row["event"] == "prompted"]
    assert [at[:16] for at in asked] == [f"2026-06-0{day}T{at}" for day in (5, 8) for at in ("09:30", "10:02")]
    assert {row["duration_s"] for row in found if row["event"] == "taken"} == {120}


def test_the_days_are_a_week_from_today_unless_they_are_named(home: Home, capsys: Printed) -> None:
    before = today()
    assert main(["simulate", "--json", "--tz", "UTC"]) == 0
    found = rows(capsys.readouterr().out)
    first, last = (datetime.fromisoformat(found[n]["at"]).date() for n in (0, -1))
    assert before <= first <= today()
    assert last - first == timedelta(days=7)
    assert main(["simulate", "--json", "--tz", "UTC", "--from", "2026-06-01"]) == 0
    assert rows(capsys.readouterr().out)[-1]["at"] == "2026-06-08T00:00:00+00:00"


def test_a_single_day(home: Home, capsys: Printed) -> None:
    assert main(["simulate", "--from", "2026-06-02", "--to", "2026-06-02"]) == 0
    assert capsys.readouterr().out == "Tue 2026-06-02\n  09:30  micro: Helicopters\n  10:02  micro: Short walk\n"


def test_days_off_are_not_listed(home: Home, capsys: Printed) -> None:
    assert main(["simulate", "--from", "2026-06-06", "--to", "2026-06-07"]) == 0
    assert capsys.readouterr() == ("", "")


def test_a_script_for_people_is_a_line_an_event(home: Home, capsys: Printed) -> None:
    assert main(["simulate", "day.jsonl"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "2026-06-01T09:00:00+00:00  daemon_started",
        "2026-06-01T09:30:00+00:00  due              micro",
        "2026-06-01T09:30:00+00:00  prompted         micro  helicopters",
        "2026-06-01T09:31:00+00:00  skipped          micro  helicopters",
        "2026-06-01T09:40:00+00:00  daemon_stopped",
    ]


# Bad input


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ("--from 2026-06-02 --to 2026-06-01", "--to 2026-06-01 lies before --from 2026-06-02"),
        ("--to 2020-01-01", "--to 2020-01-01 lies before --from {today}"),
        ("--from yesterday", '--from: "yesterday" is not a date; write 2026-06-01'),
        ("--to 2026-02-30", '--to: "2026-02-30" is not a date; write 2026-06-01'),
        ("day.jsonl --from 2026-06-01", "--from and --to go without a script, which has its own times"),
        ("day.jsonl --to 2026-06-01", "--from and --to go without a script, which has its own times"),
        ("--tz Mars/Base", '"Mars/Base" is not a time zone that this machine knows; write Europe/Berlin'),
        ("--tz ../../etc/passwd", '"../../etc/passwd" is not a time zone that this machine knows; write Europe/Berlin'),
        ("nowhere.jsonl", "nowhere.jsonl: it cannot be read: No such file or directory"),
        (".", ".: it cannot be read: Is a directory"),
        ("--config nowhere.toml", "nowhere.toml: there is no such file; breakd config init writes one"),
    ],
)  # fmt: skip
def test_wrong_usage_is_told_in_one_line(home: Home, capsys: Printed, args: str, told: str) -> None:
    assert main(["simulate", *args.split()]) == 2
    assert capsys.readouterr() == ("", told.format(today=today()) + "\n")


@pytest.mark.parametrize("first", ["0001-01-01", "9999-12-31", "1899-12-31", "9000-01-01"])
def test_days_out_of_range_are_wrong_usage(home: Home, capsys: Printed, first: str) -> None:
    assert main(["simulate", "--from", first]) == 2
    assert capsys.readouterr() == ("", f"--from: {first} is outside the years 1900 to 8999\n")


@pytest.mark.parametrize(
    ("line", "text", "told"),
    [
        (1, '{"do": "begin"}', "`at` is missing; write a time with its offset, such as 2026-06-01T09:00:00+00:00"),
        (3, "{", "it is not a JSON object"),
        (3, '{"at": "2026-06-01T09:31:00+00:00", "do": "unlock"}', "it is not locked"),
        (3, '{"at": "2026-06-01T08:31:00+00:00", "do": "skip"}', "it lies before the line above it"),
        (4, '{"at": "2026-06-01T09:40:00+00:00", "do": "skip"}', "the script has no `end`"),
    ],
)
def test_a_wrong_line_is_told_before_anything_is_printed(
    home: Home, capsys: Printed, line: int, text: str, told: str
) -> None:
    lines = SCRIPT.splitlines()
    lines[line - 1] = text
    Path("day.jsonl").write_text("\n".join(lines))
    for form in ([], ["--json"]):
        assert main(["simulate", "day.jsonl", *form]) == 2
        assert capsys.readouterr() == ("", f"day.jsonl:{line}: {told}\n")


def test_a_wrong_configuration_is_told_with_its_place(home: Home, capsys: Printed) -> None:
    home.config.write_text(OFFICE.replace('"30m"', '"abc"'))
    assert main(["simulate"]) == 2
    told = f'{home.config}:8: break[0].every: "abc" is not a duration; write 30m or 1h30m\n'
    assert capsys.readouterr() == ("", told)


@pytest.mark.parametrize("name", sorted(path.stem for path in EXAMPLES.glob("bad-*.jsonl")))
def test_each_wrong_example_is_refused_with_its_line(capsys: Printed, name: str) -> None:
    want = json.loads((EXAMPLES / f"{name}.expect").read_text(encoding="utf-8"))
    path = EXAMPLES / f"{name}.jsonl"
    assert main(["simulate", str(path), "--config", str(EXAMPLES / f"{name}.toml")]) == want["exit"] == 2
    out, err = capsys.readouterr()
    assert not out
    assert err.startswith(f"{path}:{want['line']}: ")


# Long runs

YEARS = ["--from", "2026-01-01", "--tz", "Europe/Berlin", "--to"]


@pytest.fixture
def busy(home: Home) -> Home:
    """Have many prompts."""
    home.config.write_text(CALM)
    return home


def simulate(home: Home, terminal: Terminal, last: str) -> subprocess.Popen[bytes]:
    command = [*PROGRAM, "simulate", *YEARS, last]
    return subprocess.Popen(command, stdin=-3, stdout=terminal.slave, stderr=terminal.slave, env=home.env)


def test_a_long_run_on_a_terminal_shows_how_far_it_is_and_cleans_up(busy: Home) -> None:
    terminal = Terminal()
    with simulate(busy, terminal, "2026-12-31") as process:
        terminal.read_until("Thu 2026-12-31")
        assert process.wait(SECONDS) == 0
    terminal.read_rest()
    terminal.close()
    drawn = re.findall(r"simulating \[(#*)(-*)\] (\d+) %(.{4})", terminal.text)
    assert len(drawn) > 1
    assert {len(full + rest) for full, rest, _percent, _after in drawn} == {30}
    percents = [int(percent) for _full, _rest, percent, _after in drawn]
    assert sorted(percents) == percents
    assert {after for *_bar, after in drawn} == {"\r\x1b[K"}, "each bar is wiped away, the last one too"
    asked = re.findall(r"^(?:.*\x1b\[K)?  \d\d:\d\d  micro: Helicopters\r$", terminal.text, re.MULTILINE)
    assert len(asked) == terminal.text.count("micro")


def test_a_long_run_that_is_interrupted_wipes_the_bar_away(busy: Home) -> None:
    terminal = Terminal()
    with simulate(busy, terminal, "2099-12-31") as process:
        terminal.read_until("simulating")
        process.send_signal(signal.SIGINT)
        assert process.wait(SECONDS) == 130
        terminal.read_until("%\r\x1b[K")
    terminal.close()
    assert "Traceback" not in terminal.text


def test_a_short_run_on_a_terminal_is_plain(home: Home) -> None:
    terminal = Terminal()
    with simulate(home, terminal, "2026-01-01") as process:
        assert process.wait(SECONDS) == 0
    terminal.read_rest()
    terminal.close()
    assert terminal.text == "Thu 2026-01-01\r\n  09:30  micro: Helicopters\r\n  10:02  micro: Short walk\r\n"


def test_to_a_pipe_there_is_no_bar(home: Home) -> None:
    done = home.breakd("simulate", *YEARS, "2028-12-31")
    assert done.returncode == 0
    assert not done.stderr
    assert "\x1b" not in done.stdout
    assert done.stdout.startswith("Thu 2026-01-01\n  09:30  micro: Helicopters\n")


PROBE = """
import resource, sys
from breakd.cli import main
main(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
"""


def test_memory_does_not_grow_with_the_years(home: Home) -> None:
    def most(last: date) -> int:
        command = [sys.executable, "-c", PROBE, "simulate", "--json", *YEARS, last.isoformat()]
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=home.env, check=True)
        return int(done.stderr)

    assert most(date(2030, 12, 31)) < 1.05 * most(date(2026, 12, 31))
