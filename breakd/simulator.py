"""The engine on a virtual clock: a script of a person's day, or a person who is always there.

Law: it prints exactly what the daemon would log, for it runs the same step; it waits for nothing and writes nothing.
Rows are streamed, so that a simulated year needs no more memory than a day.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from breakd.core import events as e
from breakd.core.durations import SECOND
from breakd.core.engine import next_deadline, step
from breakd.core.record import Record
from breakd.core.settings import BUILT_IN, REASONS, Settings
from breakd.core.state import State, Wall
from breakd.core.workhours import EPOCH, instant
from breakd.errors import UsageError
from breakd.texts import _, duration, time_of_day

SOURCES = ("notification", "tray", "cli")
UNNOTICED = 60 * SECOND
"""A process that wakes this late, or less, has not slept."""

EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a script, checked: `at` in microseconds since 1970 UTC of true time."""

    number: int
    at: int
    act: str
    keys: dict[str, Any]


def is_zone(name: object) -> bool:
    """Return whether `name` is a time zone that this machine knows."""
    try:
        return isinstance(name, str) and bool(ZoneInfo(name))
    except (KeyError, ValueError, OSError):
        return False


# --- what a line may hold ---------------------------------------------------------------------------------------


def _shown(value: object) -> str:
    """Return the value as the script writes it, or its beginning; what it nests is left out."""
    return "[...]" if isinstance(value, list) else "{...}" if isinstance(value, dict) else json.dumps(value)[:40]


def _text(value: object, _settings: Settings) -> str:
    if not isinstance(value, str):
        raise TypeError(_("{value} is not a text").format(value=_shown(value)))
    return value


def _duration(value: object, settings: Settings) -> int:
    micros = duration(_text(value, settings))
    if micros == 0:
        raise ValueError(_("a duration of 0 is none"))
    return micros


def _step(value: object, settings: Settings) -> int:
    text = _text(value, settings)
    if text[:1] not in {"+", "-"}:
        raise ValueError(_("{value} has no sign; write -1h or +3h").format(value=_shown(text)))
    return _duration(text[1:], settings) * (-1 if text[0] == "-" else 1)


def _one_of(*allowed: str) -> Callable[[object, Settings], str]:
    def check(value: object, _settings: Settings) -> str:
        if value not in allowed:
            raise ValueError(_("{value} is none of {known}").format(value=_shown(value), known=", ".join(allowed)))
        return str(value)

    return check


def _zone(value: object, _settings: Settings) -> str:
    if not is_zone(value):
        raise ValueError(
            _("{value} is not a time zone that this machine knows; write Europe/Berlin").format(value=_shown(value))
        )
    return str(value)


def _until(value: object, settings: Settings) -> str:
    text = _text(value, settings)
    if text != "tomorrow":
        time_of_day(text)
    return text


def _exercise(value: object, settings: Settings) -> str:
    return _one_of(*BUILT_IN, *(own.id for own in settings.exercises))(value, settings)


def _anything(value: object, _settings: Settings) -> object:
    return value


Check = Callable[[object, Settings], object]
_SOURCE: dict[str, Check] = {"source": _one_of(*SOURCES)}
_REASON: dict[str, Check] = {"reason": _one_of(*REASONS)}

ACTS: dict[str, dict[str, Check]] = {
    "begin": {"zone": _zone},
    "end": {},
    "input": {},
    "idle": {},
    "lock": {},
    "unlock": {},
    "suspend": {},
    "resume": {},
    "busy": _REASON,
    "free": _REASON,
    "start": _SOURCE | {"exercise": _exercise, "for": _anything},
    "snooze": _SOURCE | {"exercise": _anything, "for": _duration},
    "skip": _SOURCE | {"exercise": _anything, "for": _anything},
    "done": {},
    "abandon": {},
    "pause": _SOURCE | {"for": _duration, "until": _until},
    "unpause": _SOURCE,
    "stand": _SOURCE,
    "sit": _SOURCE,
    "restart": {"down": _duration},
    "clock": {"step": _step},
    "timezone": {"zone": _zone},
    "gap": {"for": _duration},
}
"""Every act with the keys that it may have."""

NEEDED = {"busy": "reason", "free": "reason", "restart": "down", "clock": "step", "timezone": "zone", "gap": "for"}


# --- reading a script -------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Machine:
    """What the lines so far say of the machine, so that a line that contradicts it is found."""

    began: bool = False
    ended: bool = False
    locked: bool = False
    asleep: bool = False
    busy: set[str] = field(default_factory=set)
    last: int | None = None
    away_until: tuple[int, str] | None = None
    stepped: int = 0

    def meet(self, at: int, act: str, keys: dict[str, Any]) -> None:
        """Take one more line. Raises ValueError where it does not fit."""
        self._order(at, act)
        self.last = at
        match act:
            case "begin":
                self.began = True
            case "end":
                self.ended = True
            case "lock" | "unlock":
                self.locked = self._turn(_("locked"), self.locked, act == "lock")
            case "suspend" | "resume":
                self.asleep = self._turn(_("suspended"), self.asleep, act == "suspend")
            case "busy" | "free":
                reason = keys["reason"]
                self._turn(_("busy with {reason}").format(reason=reason), reason in self.busy, act == "busy")
                (self.busy.add if act == "busy" else self.busy.remove)(reason)
            case "gap" | "restart":
                self.away_until = (at + keys["for" if act == "gap" else "down"], act)
            case "clock":
                self.stepped += keys["step"]
        if not EARLIEST <= EPOCH + timedelta(microseconds=at + self.stepped) <= LATEST:
            raise ValueError(_("the wall clock would leave the years 1900 to 9000"))

    def _order(self, at: int, act: str) -> None:
        if self.ended:
            raise ValueError(_("it stands after `end`, which is the last line"))
        if self.began == (act == "begin"):
            raise ValueError(_("the first line, and no other, is `begin`"))
        if self.last is not None and at < self.last:
            raise ValueError(_("it lies before the line above it"))
        if self.away_until and at < self.away_until[0]:
            raise ValueError(_("it lies inside the {act} above it").format(act=self.away_until[1]))
        if self.asleep and act not in {"resume", "end"}:
            raise ValueError(
                _("the machine is suspended; only resume and end are right there, not {act}").format(act=act)
            )

    @staticmethod
    def _turn(what: str, now: bool, wanted: bool) -> bool:  # noqa: FBT001 - both are the two states of one thing
        if now == wanted:
            raise ValueError((_("it is {what} already") if now else _("it is not {what}")).format(what=what))
        return wanted


def _instant(value: object) -> int:
    if not isinstance(value, str):
        raise TypeError(_("`at` is missing; write a time with its offset, such as 2026-06-01T09:00:00+00:00"))
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(_("`at` {value} is not an ISO 8601 time").format(value=_shown(value))) from None
    if at.tzinfo is None:
        raise ValueError(_("`at` {value} has no offset; write 2026-06-01T09:00:00+00:00").format(value=_shown(value)))
    try:
        at = at.astimezone(UTC)
    except OverflowError:
        at = datetime.min.replace(tzinfo=UTC)
    if not EARLIEST <= at <= LATEST:
        raise ValueError(_("`at` {value} is outside the years 1900 to 9000").format(value=_shown(value)))
    return (at - EPOCH) // timedelta(microseconds=1)


def _parse(raw: bytes, settings: Settings) -> tuple[int, str, dict[str, Any]]:
    """Return one line's instant, act and checked keys. Raises ValueError or TypeError with what is wrong."""
    try:
        document = json.loads(raw.decode())
    except (ValueError, RecursionError):
        raise ValueError(_("it is not a JSON object")) from None
    if not isinstance(document, dict):
        raise TypeError(_("it is not a JSON object"))
    at, act = _instant(document.pop("at", None)), document.pop("do", None)
    allowed = ACTS.get(act) if isinstance(act, str) else None
    if allowed is None:
        raise ValueError(_("`do` {value} is none of {known}").format(value=_shown(act), known=", ".join(ACTS)))
    for key in document:
        if key not in allowed:
            raise ValueError(_("{key} is no key of {act}").format(key=_shown(key), act=act))
    keys = {}
    for key, value in document.items():
        try:
            keys[key] = allowed[key](value, settings)
        except (ValueError, TypeError) as error:
            raise ValueError(f"`{key}`: {error}") from None
    needed = NEEDED.get(act)
    if needed and needed not in keys:
        raise ValueError(_("{act} needs `{key}`").format(act=act, key=needed))
    if act == "pause" and len(keys.keys() & {"for", "until"}) > 1:
        raise ValueError(_("`for` and `until` exclude each other"))
    return at, act, keys


def _printable(text: str) -> str:
    """Return the text with its control characters spelt out: it may quote a script."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def read(path: Path, settings: Settings) -> Iterator[Line]:
    """Yield the lines of a script. Raises UsageError, with the line's number, for the first that is wrong."""
    machine, number = _Machine(), 0
    try:
        with path.open("rb") as script:
            for number, raw in enumerate(script, 1):
                if not raw.strip():
                    continue
                try:
                    at, act, keys = _parse(raw, settings)
                    machine.meet(at, act, keys)
                except (ValueError, TypeError, OverflowError) as error:
                    raise UsageError(f"{path}:{number}: {_printable(str(error))}") from None
                yield Line(number, at, act, keys)
    except OSError as error:
        raise UsageError(_("{path}: it cannot be read: {why}").format(path=path, why=error.strerror)) from None
    if not machine.ended:
        raise UsageError(_("{place}: the script has no `end`").format(place=f"{path}:{max(number, 1)}"))


# --- running ----------------------------------------------------------------------------------------------------


class _Run:
    """An engine that is told events and yields the rows that it logs."""

    def __init__(self, settings: Settings, at: int, zone: str) -> None:
        self.settings = settings
        self.state = State.new(settings, at, Wall(0, zone))
        self.prompted = False

    def tell(self, event: e.Event) -> Iterator[Record]:
        self.state, effects = step(self.state, event)
        self.prompted = False
        for effect in effects:
            if isinstance(effect, e.Log):
                yield effect.row
            elif isinstance(effect, e.ShowPrompt):
                self.prompted = True

    def started(self, at: int, zone: str) -> e.Started:
        """Return the event of the daemon's start on this machine as it is."""
        person = self.state.person
        busy = tuple(reason for reason, _ in person.busy)
        return e.Started(at, self.settings, self.state.wall.offset, zone, person.locked, busy, person.named)


def run_script(lines: Iterator[Line], settings: Settings, zone: str, *, force_zone: bool) -> Iterator[Record]:
    """Yield the rows that a script's day logs. Its own zone at `begin` counts before `zone`, unless that is forced."""
    run: _Run | None = None
    for line in lines:
        if run is None:
            zone = zone if force_zone else line.keys.get("zone", zone)
            run = _Run(settings, line.at, zone)
            yield from run.tell(run.started(line.at, zone))
        for event in _events(line, run.state):
            yield from run.tell(event)
        if line.act == "restart":
            yield from run.tell(run.started(line.at + line.keys["down"], run.state.wall.zone))


def _events(line: Line, state: State) -> tuple[e.Event, ...]:  # noqa: C901, PLR0912 - a table of all acts
    at, keys = line.at, line.keys
    source = keys.get("source", "notification")
    match line.act:
        case "begin" | "input":
            return (e.Input(at),)
        case "end":
            return (e.Stopped(at, quit=True),)
        case "restart":
            return (e.Stopped(at, quit=False),)
        case "idle":
            return (e.Idle(at, at),)
        case "lock":
            return (e.Locked(at),)
        case "unlock":
            return (e.Unlocked(at),)
        case "suspend":
            return (e.Slept(at),)
        case "resume":
            return (e.Woke(at),)
        case "gap":
            return (e.Slept(at), e.Woke(at + keys["for"])) if keys["for"] > UNNOTICED else ()
        case "busy":
            return (e.Busy(at, keys["reason"]),)
        case "free":
            return (e.Free(at, keys["reason"]),)
        case "start":
            return (e.Start(at, source, keys.get("exercise")),)
        case "snooze":
            return (e.Snooze(at, source, keys.get("for")),)
        case "skip":
            return (e.Skip(at, source),)
        case "done":
            return (e.Done(at),)
        case "abandon":
            return (e.Closed(at),)
        case "pause":
            return (e.Pause(at, keys.get("source", "cli"), keys.get("for"), keys.get("until")),)
        case "unpause":
            return (e.Resume(at, keys.get("source", "cli")),)
        case "stand":
            return (e.Stand(at),)
        case "sit":
            return (e.Sit(at),)
        case "clock":
            return (e.WallSet(at, state.wall.offset + keys["step"]),)
        case "timezone":
            return (e.ZoneSet(at, keys["zone"]),)
    raise AssertionError(line.act)


def run_days(first: date, last: date, settings: Settings, zone: str) -> Iterator[Record]:
    """Yield the rows of whole days of a person who is always there, starts every prompt at once and finishes it."""
    begin, end = (instant(datetime.combine(day, time()), 0, zone) for day in (first, last + timedelta(days=1)))
    run = _Run(settings, begin, zone)
    yield from run.tell(run.started(begin, zone))
    yield from run.tell(e.Input(begin))
    while (at := next_deadline(run.state)) < end:
        yield from run.tell(e.Tick(at))
        if run.prompted:
            yield from run.tell(e.Start(at, "notification"))
    yield from run.tell(e.Stopped(end, quit=True))
