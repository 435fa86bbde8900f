"""Stories: a person's day and the log that it must give, in a form that one reads in seconds.

A story holds settings, and the lines of a simulator script, each followed by the rows that it or the time after it
brings:

    break: micro 30m 2m helicopters knee-hovers
    09:00 begin
      > 09:30 due A micro
      > 09:30 prompted A micro helicopters
    09:31 snooze for=10m source=tray
      > 09:31 snoozed A micro 600s by:tray

A time may have seconds and, in front, a date (`03-29 02:30`). In the script it is UTC, in a row the wall clock's, with
its offset where that is not UTC's (`03:00+02:00`). A row names its time, its event and, of the rest, what matters; its
offer is a letter. Rows of the daemon's own start and stop are left out unless the story names one.
"""

import json
import re
import tempfile
from collections.abc import Iterable
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from breakd.core.durations import MINUTE, parse
from breakd.core.record import Record
from breakd.core.settings import Hooks, RoutineSettings, Settings, Tier, Window
from breakd.simulator import Line, read, run_script

MONDAY = date(2026, 6, 1)
MICRO = "micro 30m 2m helicopters knee-hovers"
WALK = "walk 2h 10m walk"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_SETTING = re.compile(r"([a-z]\w*): ?(.*)")


def tier(text: str) -> Tier:
    """Return the tier of `NAME EVERY LENGTH ROUTINE ...`."""
    name, every, length, *routines = text.split()
    return Tier(name, parse(every), parse(length), tuple(routines))


def windows(text: str) -> tuple[Window, ...]:
    """Return the windows of `09:00-12:30 13:30-17:30`."""
    return tuple(Window(*(_minutes(end) for end in part.split("-"))) for part in text.split())


def _minutes(text: str) -> int:
    hours, minutes = map(int, text.split(":"))
    return hours * 60 + minutes


def settings(
    *tiers: str,
    hours: str = "09:00-17:00",
    days: str = "mon tue wed thu fri",
    overrides: dict[str, str] | None = None,
    hold: str = "do-not-disturb fullscreen microphone camera screen-share",
    max_snoozes: int | str = 3,
    auto_start: bool | str = False,
    back: str = "never",
    **change: str,
) -> Settings:
    """Return the default settings with these tiers (`micro` where none is named) and these durations."""
    of_day = {name: hours if name in days.split() else "" for name in DAYS} | (overrides or {})
    lengths = {
        "snooze": "5m",
        "timeout": "3m",
        "merge_within": "5m",
        "warn_before": "0s",
        "wait_for_pause": "30s",
        "settle": "0s",
        "away_after": "3m",
        "hold_at_most": "45m",
    } | change
    return Settings(
        week=tuple(windows(of_day[name]) for name in DAYS),
        tiers=tuple(map(tier, tiers or (MICRO,))),
        hold_while=frozenset(hold.split()),
        hold_ignore=(),
        hold_programs=(),
        auto_start=auto_start in {True, "true"},
        routine=RoutineSettings(sound=True, theme="auto", reduced_motion=False, profile="any"),
        exercises=(),
        max_snoozes=int(max_snoozes),
        prompt_window="auto",
        hooks=Hooks(),
        weekly=True,
        ask_back=back,
        **{key: parse(value) for key, value in lengths.items()},
    )


def story(text: str) -> None:
    """Run the script of a story and compare the log with its rows."""
    lines = _lines(text)
    said: dict[str, list[str]] = {}
    while found := _SETTING.fullmatch(lines[0]):
        said.setdefault(found[1], []).append(found[2])
        del lines[0]
    day = date.fromisoformat(said.pop("day", ["2026-06-01"])[0])
    zone = said.pop("zone", ["UTC"])[0]
    tiers = said.pop("break", [])
    overrides = {name: said.pop(name)[0] for name in DAYS if name in said}
    change: dict[str, Any] = {name: values[0] for name, values in said.items()}
    there = settings(*tiers, overrides=overrides, **change)

    acts = [_act(line, day) for line in lines if not line.startswith(">")]
    want = [line[1:].split() for line in lines if line.startswith(">")]
    got = list(run(acts, there, zone))
    if not any("daemon_" in word for row in want for word in row):
        got = [row for row in got if not row.event.startswith("daemon_")]
    seen = [_words(row, day) for row in got]
    if len(want) != len(seen) or not all(map(_meets, want, seen)):
        raise AssertionError("\n".join(["it should log", *map(" ".join, want), "and it logs", *map(" ".join, seen)]))


def script(text: str) -> list[dict[str, Any]]:
    """Return the objects of a story's script alone, on MONDAY."""
    return [_act(line, MONDAY) for line in _lines(text)]


def run(acts: Iterable[dict[str, Any]], there: Settings, zone: str = "UTC") -> Iterable[Record]:
    """Yield the rows of a script that is given as its objects, read by the simulator's own reader."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "script.jsonl")
        path.write_text("".join(f"{json.dumps(act)}\n" for act in acts), encoding="utf-8")
        lines: list[Line] = list(read(path, there))
    return run_script(iter(lines), there, zone, force_zone=False)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _act(line: str, day: date) -> dict[str, Any]:
    first, *words = line.split()
    if ":" not in first:
        day, first = date.fromisoformat(f"{day.year}-{first}"), words.pop(0)
    act, *keys = words
    at = datetime.combine(day, time.fromisoformat(first), UTC)
    return {"at": at.isoformat(), "do": act} | dict(key.split("=", 1) for key in keys)


def _words(row: Record, day: date) -> list[str]:
    at = row.at.strftime("%H:%M:%S").removesuffix(":00")
    at += f".{row.at.microsecond:06}".rstrip("0") if row.at.microsecond else ""
    if row.at.utcoffset():
        at += row.at.isoformat()[-6:]
    words = [row.at.strftime("%m-%d")] if row.at.date() != day else []
    words += [at, row.event]
    if row.offer is not None:
        words.append(chr(ord("A") + row.offer - 1))
    words += [word for word in (row.tier, row.exercise, row.reason) if word is not None]
    words += [f"{row.duration_s}s"] if row.duration_s is not None else []
    return [*words, f"by:{row.source}"]


def _meets(want: list[str], seen: list[str]) -> bool:
    """Tell whether the row begins with the wanted time and event and has every other word that is wanted."""
    first = 2 + (":" not in want[0])
    return want[:first] == seen[:first] and set(want) <= set(seen)


def micros(clock: str) -> int:
    """Return the microseconds since 1970 of `HH:MM[:SS]` UTC on MONDAY, the scale of the engine's own tests."""
    at = datetime.combine(MONDAY, time.fromisoformat(clock), UTC)
    return round(at.timestamp()) * (MINUTE // 60)
