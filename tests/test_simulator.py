"""Scripts of the simulator: which lines are right, what is said of the wrong ones, and the run without a script."""

import json
import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from breakd.core.record import Record
from breakd.core.settings import OwnExercise, OwnStep
from breakd.errors import UsageError
from breakd.simulator import ACTS, is_zone, read, run_days, run_script
from stories import settings

THERE = settings()
BEGIN = '{"at": "2026-06-01T09:00:00+00:00", "do": "begin"}'
END = '{"at": "2026-06-01T10:00:00+00:00", "do": "end"}'

Simulate = Callable[..., list[Record]]


@pytest.fixture
def simulate(tmp_path: Path) -> Simulate:
    """Return what runs a script's lines (texts, or bytes) and returns its rows."""

    def run(lines: Iterable[str] | bytes, *, zone: str = "UTC", force: bool = False) -> list[Record]:
        script = tmp_path / "day.jsonl"
        script.write_bytes(lines if isinstance(lines, bytes) else "".join(f"{line}\n" for line in lines).encode())
        return list(run_script(read(script, THERE), THERE, zone, force_zone=force))

    return run


def line(at: str, do: str, **keys: Any) -> str:
    keys = {key.rstrip("_"): value for key, value in keys.items()}
    return json.dumps({"at": f"2026-06-01T{at}+00:00", "do": do} | keys)


# --- wrong lines ------------------------------------------------------------------------------------------------

MALFORMED = [
    # no JSON object
    ("begin", "not a JSON object"),
    ("{", "not a JSON object"),
    ("[]", "not a JSON object"),
    ('"begin"', "not a JSON object"),
    ("null", "not a JSON object"),
    (BEGIN + BEGIN, "not a JSON object"),
    ("{'do': 'skip'}", "not a JSON object"),
    ("// a comment", "not a JSON object"),
    # its time
    ('{"do": "skip"}', "`at` is missing"),
    ('{"do": "skip", "at": null}', "`at` is missing"),
    ('{"do": "skip", "at": 5}', "`at` is missing"),
    ('{"do": "skip", "at": "09:10"}', "not an ISO 8601 time"),
    ('{"do": "skip", "at": ""}', "not an ISO 8601 time"),
    ('{"do": "skip", "at": "2026-02-30T09:00:00Z"}', "not an ISO 8601 time"),
    ('{"do": "skip", "at": "2026-06-01T09:10:00"}', "has no offset"),
    ('{"do": "skip", "at": "2026-06-01"}', "has no offset"),
    ('{"do": "skip", "at": "1899-12-31T23:59:59Z"}', "outside the years"),
    ('{"do": "skip", "at": "9999-12-31T23:59:59-10:00"}', "outside the years"),
    ('{"do": "skip", "at": "0001-01-01T00:00:00+10:00"}', "outside the years"),
    # its act
    ('{"at": "2026-06-01T09:10:00Z"}', "`do` null is none of begin, end"),
    (line("09:10:00", "sleep"), '`do` "sleep" is none of'),
    (line("09:10:00", "Skip"), "is none of"),
    ('{"at": "2026-06-01T09:10:00Z", "do": ["skip"]}', "is none of"),
    # its keys
    (line("09:10:00", "skip", why="tired"), '"why" is no key of skip'),
    (line("09:10:00", "input", source="cli"), '"source" is no key of input'),
    (line("09:10:00", "done", source="cli"), "no key of done"),
    (line("09:10:00", "pause", exercise="walk"), "no key of pause"),
    (line("09:10:00", "unpause", for_="5m"), "no key of unpause"),
    (line("09:10:00", "start", until="10:00"), "no key of start"),
    (line("09:10:00", "busy"), "busy needs `reason`"),
    (line("09:10:00", "free"), "free needs `reason`"),
    (line("09:10:00", "restart"), "restart needs `down`"),
    (line("09:10:00", "clock"), "clock needs `step`"),
    (line("09:10:00", "timezone"), "timezone needs `zone`"),
    (line("09:10:00", "gap"), "gap needs `for`"),
    # its values
    (line("09:10:00", "busy", reason="phone"), '`reason`: "phone" is none of do-not-disturb'),
    (line("09:10:00", "busy", reason=None), "`reason`: null is none of"),
    (line("09:10:00", "skip", source="daemon"), '`source`: "daemon" is none of notification, tray, cli'),
    (line("09:10:00", "skip", source="routine"), "`source`"),
    (line("09:10:00", "pause", source=""), "`source`"),
    (line("09:10:00", "start", exercise="push-ups"), '`exercise`: "push-ups" is none of'),
    (line("09:10:00", "start", exercise=["walk"]), "`exercise`"),
    (line("09:10:00", "timezone", zone="Mars/Olympus"), "`zone`"),
    (line("09:10:00", "timezone", zone="../Berlin"), "`zone`"),
    (line("09:10:00", "timezone", zone="Europe"), "`zone`"),
    (line("09:10:00", "timezone", zone=""), "`zone`"),
    (line("09:10:00", "timezone", zone=None), "`zone`"),
    (line("09:10:00", "snooze", for_="0s"), "`for`: a duration of 0"),
    (line("09:10:00", "snooze", for_=300), "`for`: 300 is not a text"),
    (line("09:10:00", "snooze", for_="5"), "`for`"),
    (line("09:10:00", "snooze", for_="8785h"), "longer than a year"),
    (line("09:10:00", "pause", for_="0m"), "`for`: a duration of 0"),
    (line("09:10:00", "gap", for_="-5m"), "`for`"),
    (line("09:10:00", "gap", for_="0s"), "`for`: a duration of 0"),
    (line("09:10:00", "restart", down="0s"), "`down`: a duration of 0"),
    (line("09:10:00", "restart", down="soon"), "`down`"),
    (line("09:10:00", "clock", step="1h"), '`step`: "1h" has no sign'),
    (line("09:10:00", "clock", step="+0s"), "`step`: a duration of 0"),
    (line("09:10:00", "clock", step="--1h"), "`step`"),
    (line("09:10:00", "clock", step="-"), "`step`"),
    (line("09:10:00", "clock", step=3600), "`step`"),
    (line("09:10:00", "pause", until="24:00"), "`until`"),
    (line("09:10:00", "pause", until="9:30"), "`until`"),
    (line("09:10:00", "pause", until="09:60"), "`until`"),
    (line("09:10:00", "pause", until="Tomorrow"), "`until`"),
    (line("09:10:00", "pause", until=None), "`until`"),
    (line("09:10:00", "pause", until="10:00", for_="5m"), "exclude each other"),
    # out of order, or against the machine's state
    (line("08:59:59", "skip"), "before the line above"),
    (BEGIN, "no other, is `begin`"),
    (line("09:10:00", "unlock"), "it is not locked"),
    (line("09:10:00", "resume"), "it is not suspended"),
    (line("09:10:00", "free", reason="camera"), "it is not busy with camera"),
]


@pytest.mark.parametrize(("wrong", "said"), MALFORMED)
def test_a_wrong_line_is_named_with_what_is_wrong(simulate: Simulate, wrong: str, said: str) -> None:
    with pytest.raises(UsageError) as caught:
        simulate([BEGIN, "", wrong, END])
    text = str(caught.value)
    assert "day.jsonl:3: " in text
    assert said in text
    assert text.isprintable()
    assert len(text) < 400


@pytest.mark.parametrize(
    ("lines", "number", "said"),
    [
        ([line("09:10:00", "lock"), line("09:11:00", "lock")], 3, "it is locked already"),
        ([line("09:10:00", "suspend"), line("09:11:00", "suspend")], 3, "only resume and end"),
        ([line("09:10:00", "suspend"), line("09:11:00", "input")], 3, "only resume and end are right there, not input"),
        ([line("09:10:00", "suspend"), line("09:11:00", "unlock")], 3, "only resume and end"),
        ([line("09:10:00", "busy", reason="camera")] * 2, 3, "it is busy with camera already"),
        ([line("09:10:00", "gap", for_="5m"), line("09:14:59", "input")], 3, "it lies inside the gap"),
        ([line("09:10:00", "gap", for_="5m"), line("09:10:00", "input")], 3, "it lies inside the gap"),
        ([line("09:10:00", "gap", for_="30s"), line("09:10:29", "input")], 3, "it lies inside the gap"),
        ([line("09:10:00", "restart", down="5m"), line("09:14:59", "input")], 3, "it lies inside the restart"),
        ([line("09:56:00", "restart", down="5m")], 3, "it lies inside the restart"),  # the `end`
        ([END, END], 3, "stands after `end`"),
        ([line("09:10:00", "skip"), END, line("10:01:00", "input")], 4, "stands after `end`"),
        ([line("09:10:00", "clock", step="-8784h")] * 130, 128, "years 1900 to 9000"),
    ],
)
def test_a_line_that_contradicts_those_above_it(simulate: Simulate, lines: list[str], number: int, said: str) -> None:
    with pytest.raises(UsageError, match=rf"day\.jsonl:{number}: .*{said}"):
        simulate([BEGIN, *lines, END])


@pytest.mark.parametrize(
    ("lines", "number", "said"),
    [
        ([], 1, "no `end`"),
        (["", "  "], 2, "no `end`"),
        ([BEGIN], 1, "no `end`"),
        ([BEGIN, line("09:10:00", "skip")], 2, "no `end`"),
        ([END], 1, "is `begin`"),
        ([line("09:10:00", "input"), BEGIN, END], 1, "is `begin`"),
        (["", BEGIN.replace("begin", "start"), END], 2, "is `begin`"),
        ([BEGIN.replace("}", ', "zone": "Nowhere"}'), END], 1, "`zone`"),
    ],
)
def test_a_script_begins_and_ends(simulate: Simulate, lines: list[str], number: int, said: str) -> None:
    with pytest.raises(UsageError, match=rf"day\.jsonl:{number}: .*{said}"):
        simulate(lines)


@pytest.mark.parametrize(
    "raw",
    [
        b"\xff\xfe{",
        b'{"at": "\xe9"}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"\x00",
        b"9" * 100_000,
        b'{"at": "' + b"x" * 5_000_000 + b'"}',
    ],
    ids=["utf-16", "latin-1", "deep list", "deep object", "null byte", "huge number", "huge text"],
)
def test_what_is_no_text_or_endless_is_named_too(simulate: Simulate, raw: bytes) -> None:
    with pytest.raises(UsageError, match=r"day\.jsonl:2: ") as caught:
        simulate(BEGIN.encode() + b"\n" + raw + b"\n" + END.encode())
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize("key", ["source", "do", "for", "zone"])
def test_a_deep_value_is_named_too(simulate: Simulate, key: str) -> None:
    """At every depth, also where it is just read and would be too deep to be written."""
    act = {"do": "", "zone": '"do": "timezone", '}.get(key, '"do": "snooze", ')
    for depth in range(800, 1000):
        wrong = f'{{"at": "2026-06-01T09:10:00Z", {act}"{key}": {"[" * depth}{"]" * depth}}}'
        with pytest.raises(UsageError, match=r"day\.jsonl:2: "):
            simulate([BEGIN, wrong, END])


@pytest.mark.parametrize("text", ["\n", "a\nb", "\x1b[31m", "\ud800", "\u202e"])
@pytest.mark.parametrize("key", ["at", "do", "source", "for", "until", ""])
def test_nothing_of_a_script_is_printed_raw(simulate: Simulate, key: str, text: str) -> None:
    wrong = {"at": "2026-06-01T09:10:00Z", "do": "pause"} | {key or text: text}
    with pytest.raises(UsageError) as caught:
        simulate([BEGIN, json.dumps(wrong), END])
    assert str(caught.value).isprintable()


def test_a_file_that_cannot_be_read_is_wrong_usage(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.jsonl"):
        with pytest.raises(UsageError, match=r"cannot be read: \w"):
            list(read(path, THERE))


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["5m", "0s", "+3h", "-1h", "10:00", "tomorrow", "camera", "cli", "walk", "UTC", "8784h"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=3,
)  # fmt: skip
keys = st.dictionaries(
    st.sampled_from(["source", "for", "until", "exercise", "reason", "zone", "step", "down"]) | st.text(max_size=3),
    values,
    max_size=2,
)
times = st.integers(0, 60).map(lambda minute: f"2026-06-01T09:{minute:02}:00Z") | st.text(max_size=4) | values
right = st.sampled_from(
    ["{}"] + [line("09:30:00", act) for act in ACTS] + [line("09:40:00", "gap", for_="5m"), BEGIN, END, ""]
)
objects = st.builds(
    lambda at, do, rest: json.dumps({"at": at, "do": do} | rest), times, st.sampled_from([*ACTS]) | values, keys
)
scripts = st.lists(right | objects | st.text(max_size=10), max_size=6)


@given(lines=scripts, whole=st.booleans())
@limits(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_script_fails_but_with_what_is_wrong(simulate: Simulate, lines: list[str], *, whole: bool) -> None:
    said = ""
    try:
        simulate("\n".join([BEGIN, *lines, END] if whole else lines).encode("utf-8", "replace"))
    except UsageError as problem:
        said = str(problem)
    assert re.search(r"day\.jsonl:\d+: |^$", said)
    assert said.isprintable()


# --- right lines ------------------------------------------------------------------------------------------------


def events(rows: Iterable[Record]) -> list[str]:
    return [f"{row.at:%H:%M} {row.event}" for row in rows]


def test_empty_lines_and_other_line_ends_are_nothing(simulate: Simulate) -> None:
    plain = simulate([BEGIN, END])
    assert simulate(["", BEGIN, "", "  \t", END, "", ""]) == plain
    assert simulate(f"{BEGIN}\r\n\r\n{END}\r\n".encode()) == plain
    assert simulate(f"{BEGIN}\n{END}".encode()) == plain
    assert simulate([f"  {BEGIN} ", END]) == plain


@pytest.mark.parametrize(
    "odd",
    [
        line("09:10:00", "start", for_={"any": ["thing"]}),
        line("09:10:00", "skip", for_=0, exercise="none such"),
        line("09:10:00", "snooze", exercise=None),
        line("09:10:00", "done"),
        line("09:10:00", "unpause"),
        line("09:10:00", "idle") + "\n" + line("09:10:00", "idle") + "\n" + line("09:10:00", "input"),
        line("09:10:00", "input") + "\n" + line("09:10:00", "input"),
        line("09:10:00", "gap", for_="60s") + "\n" + line("09:11:00", "gap", for_="1s"),
        line("09:10:00", "clock", step="+1h") + "\n" + line("09:10:00", "clock", step="-1h"),
        line("09:10:00", "timezone", zone="UTC"),
        '{"do": "skip", "at": "2026-06-01T11:10:00.5+02:00"}',
        '{"do": "skip", "at": "2026-06-01T09:10:00Z"}',
    ],
)
def test_odd_but_right(simulate: Simulate, odd: str) -> None:
    assert events(simulate([BEGIN, odd, END])) == [
        "09:00 daemon_started", "09:30 due", "09:30 prompted", "09:33 unanswered", "09:38 prompted",
        "09:41 unanswered", "09:46 prompted", "09:49 unanswered", "09:54 prompted", "09:57 missed",
        "10:00 daemon_stopped",
    ]  # fmt: skip


@pytest.mark.parametrize("last", ["lock", "suspend", "pause", "idle"])
def test_a_script_may_end_in_any_state(simulate: Simulate, last: str) -> None:
    rows = simulate([BEGIN, line("09:10:00", last), END])
    assert events(rows)[-1] == "10:00 daemon_stopped"


def test_an_own_exercise_may_be_started(tmp_path: Path) -> None:
    there = settings("own 30m 2m neck-rolls")
    own = OwnExercise("neck-rolls", "Neck rolls", "seated", (OwnStep("Roll."),))
    script = tmp_path / "own.jsonl"
    script.write_text(f"{BEGIN}\n{line('09:10:00', 'start', source='cli', exercise='neck-rolls')}\n{END}\n")
    there = type(there)(**{name: getattr(there, name) for name in there.__slots__} | {"exercises": (own,)})
    rows = list(run_script(read(script, there), there, "UTC", force_zone=False))
    assert (rows[1].event, rows[1].exercise) == ("started", "neck-rolls")


def test_sources_are_notification_for_an_answer_and_cli_for_a_pause(simulate: Simulate) -> None:
    rows = simulate([BEGIN, line("09:30:00", "skip"), line("09:31:00", "pause"), line("09:32:00", "unpause"), END])
    sources = {row.event: row.source for row in rows}
    assert [sources[event] for event in ("skipped", "paused", "resumed")] == ["notification", "cli", "cli"]


def test_the_zone_of_begin_counts_unless_another_is_forced(simulate: Simulate) -> None:
    begin = line("09:00:00", "begin", zone="Asia/Kathmandu")
    assert simulate([begin, END])[0].at.isoformat() == "2026-06-01T14:45:00+05:45"
    assert simulate([BEGIN, END], zone="Europe/Berlin")[0].at.isoformat() == "2026-06-01T11:00:00+02:00"
    forced = simulate([begin, END], zone="Europe/Berlin", force=True)
    assert forced[0].at.isoformat() == "2026-06-01T11:00:00+02:00"


def test_a_script_is_read_as_it_runs(tmp_path: Path) -> None:
    """Rows come out while later lines are still unread, so that a long script needs little memory."""
    script = tmp_path / "long.jsonl"
    script.write_text(f"{BEGIN}\n{line('09:40:00', 'skip')}\nwrong\n")
    rows = run_script(read(script, THERE), THERE, "UTC", force_zone=False)
    assert [next(rows).event for _ in range(3)] == ["daemon_started", "due", "prompted"]


def test_the_same_script_gives_the_same_rows(simulate: Simulate) -> None:
    assert simulate([BEGIN, line("09:30:00", "snooze"), END]) == simulate([BEGIN, line("09:30:00", "snooze"), END])


@pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"])
def test_a_zone(name: str) -> None:
    assert is_zone(name)


@pytest.mark.parametrize(
    "name", ["", "Nowhere", "/etc/passwd", "../UTC", "zone.tab", "x" * 5000, "a\0b", None, ["UTC"]]
)
def test_no_zone(name: object) -> None:
    assert not is_zone(name)


# --- without a script -------------------------------------------------------------------------------------------


def test_without_a_script_the_days_are_whole_and_every_prompt_is_started(tmp_path: Path) -> None:
    """The same rows as a script that starts every prompt as it comes."""
    there = settings("micro 30m 2m helicopters knee-hovers", "walk 2h 10m walk", hours="09:00-12:30 13:30-17:30")
    rows = list(run_days(date(2026, 6, 5), date(2026, 6, 8), there, "Europe/Berlin"))

    def act(at: datetime, do: str) -> str:
        return json.dumps({"at": at.astimezone(UTC).isoformat(), "do": do})

    script = tmp_path / "days.jsonl"
    script.write_text("\n".join([
        act(rows[0].at, "begin"), *(act(row.at, "start") for row in rows if row.event == "prompted"),
        act(rows[-1].at, "end"),
    ]))  # fmt: skip
    assert list(run_script(read(script, there), there, "Europe/Berlin", force_zone=False)) == rows
    assert rows[0].at.isoformat() == "2026-06-05T00:00:00+02:00"
    assert rows[-1].at.isoformat() == "2026-06-09T00:00:00+02:00"
    assert {row.at.date().day for row in rows if row.event == "due"} == {5, 8}


def test_without_a_script_nothing_is_missed_and_every_routine_is_finished() -> None:
    rows = list(run_days(date(2026, 6, 1), date(2026, 6, 14), settings(), "UTC"))
    assert {row.event for row in rows} == {
        "daemon_started", "due", "prompted", "started", "taken", "daemon_stopped"
    }  # fmt: skip


def test_a_routine_that_ends_with_the_last_day_is_finished() -> None:
    there = settings("long 45m 15m walk", hours="00:00-24:00")
    rows = list(run_days(date(2026, 6, 1), date(2026, 6, 1), there, "UTC"))
    assert events(rows)[-2:] == ["00:00 taken", "00:00 daemon_stopped"]


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (date(2026, 3, 29), "Europe/Berlin", 23),
        (date(2026, 10, 25), "Europe/Berlin", 25),
        (date(2026, 6, 1), "UTC", 24),
    ],
)
def test_a_day_has_its_own_length(day: date, zone: str, hours: int) -> None:
    rows = list(run_days(day, day, settings("long 59m 1m walk", hours="00:00-24:00", days="sun mon"), zone))
    assert [row.event for row in rows].count("taken") == hours
