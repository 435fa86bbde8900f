"""A person at a desk for many days, played to the engine itself: rows and spans as a daemon would log them.

Law: the same seed gives the same days, but for the uids that the log adds.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

from breakd.adapters.history import Log
from breakd.core import events as e
from breakd.core.durations import MINUTE, SECOND
from breakd.core.engine import next_deadline, step
from breakd.core.record import Record, Span
from breakd.core.settings import Settings
from breakd.core.state import State, Wall
from breakd.core.workhours import instant
from stories import MICRO, WALK, settings

ANSWERS = {"start": 0.5, "snooze": 0.15, "skip": 0.2, "miss": 0.1, "abandon": 0.05}
"""How likely a prompt is answered so; whoever misses it lets it time out."""


@dataclass(slots=True)
class Person:
    """Somebody's ways: when they work (hours of the day), what they answer, and how often they get up by themselves."""

    answers: dict[str, float] = field(default_factory=lambda: dict(ANSWERS))
    days: tuple[int, ...] = (0, 1, 2, 3, 4)
    begin: float = 9.0
    end: float = 17.4
    lunch: float = 12.5
    calls: float = 0.6
    """Calls a day, on average at most one."""
    absences: int = 2
    """How often a day the keyboard rests for 4 to 15 minutes."""
    works_through: float = 0.1
    """How likely they go on typing in a routine."""
    back: float | None = None
    """What they say of their back on average, once a day; None: nothing."""
    stands: float = 0.2
    """How likely they work standing for an hour of a day."""


class _Life:
    """The engine, and what the person is going to do: a heap of (when, order, event or answer)."""

    def __init__(self, person: Person, there: Settings, seed: int, begin: int, zone: str) -> None:
        self.person, self.random = person, Random(seed)
        self.state = State.new(there, begin, Wall(0, zone))
        self.plan: list[tuple[int, int, e.Event | str]] = []
        self.count = 0
        self.settings, self.zone = there, zone

    def later(self, at: float, what: e.Event | str) -> None:
        self.count += 1
        heapq.heappush(self.plan, (int(at), self.count, what))

    def tell(self, event: e.Event) -> Iterator[Record | Span]:
        self.state, effects = step(self.state, event)
        now = self.state.now
        for effect in effects:
            if isinstance(effect, e.Log):
                yield effect.row
            elif isinstance(effect, e.LogSpan):
                yield effect.span
            elif isinstance(effect, e.ShowPrompt):
                self.later(now + self.random.uniform(2, 60) * SECOND, "answer")
            elif isinstance(effect, e.OpenRoutine):
                if self.random.random() >= self.person.works_through:
                    self.later(now + 5 * SECOND, "rest")
                self.later(now + effect.length + 5 * SECOND, "type")

    def answer(self, now: int) -> e.Event:
        """Return what the person answers to the prompt."""
        ways = self.person.answers
        match self.random.choices(list(ways), list(ways.values()))[0]:
            case "start":
                return e.Start(now, "notification")
            case "abandon":
                self.later(now + 20 * SECOND, "close")
                return e.Start(now, "notification")
            case "snooze":
                return e.Snooze(now, "notification")
            case "skip":
                return e.Skip(now, "notification")
        return e.Tick(now)

    def day(self, day: date) -> None:
        """Plan a day."""
        random, person = self.random, self.person
        midnight = instant(datetime.combine(day, time()), 0, self.zone)
        hour = 60 * MINUTE
        begin = midnight + person.begin * hour + random.uniform(-10, 20) * MINUTE
        end = midnight + person.end * hour + random.uniform(-30, 20) * MINUTE
        lunch = midnight + person.lunch * hour + random.uniform(-10, 10) * MINUTE
        self.later(begin, "unlock")
        self.later(lunch, "lock")
        self.later(lunch + random.uniform(35, 60) * MINUTE, "unlock")
        self.later(end, "lock")
        for _each in range(person.absences):
            at = random.uniform(begin, end - 20 * MINUTE)
            self.later(at, "rest")
            self.later(at + random.uniform(4, 15) * MINUTE, "type")
        if random.random() < person.calls:
            at = random.uniform(begin, lunch - 40 * MINUTE)
            self.later(at, e.Busy(int(at), "microphone"))
            over = at + random.uniform(10, 40) * MINUTE
            self.later(over, e.Free(int(over), "microphone"))
        if random.random() < person.stands:
            at = random.uniform(lunch + 70 * MINUTE, end - 70 * MINUTE)
            self.later(at, e.Stand(int(at)))
            self.later(at + hour, e.Sit(int(at + hour)))
        if person.back is not None:
            rating = max(0, min(10, round(random.gauss(person.back, 1.2))))
            self.later(end - 5 * MINUTE, e.Felt(int(end - 5 * MINUTE), "notification", rating))

    def does(self, now: int, what: e.Event | str) -> e.Event:
        """Return the event that the person's act is."""
        if not isinstance(what, str):
            return what
        locked = self.state.person.locked
        match what:
            case "answer":
                return self.answer(now)
            case "close":
                return e.Closed(now)
            case "lock":
                return e.Locked(now)
            case "unlock":
                return e.Unlocked(now)
            case "rest" if not locked:
                return e.Idle(now, now)
            case "type" if not locked:
                return e.Input(now)
        return e.Tick(now)


def live(
    first: date, days: int, person: Person | None = None, *, seed: int = 0, there: Settings | None = None,
    zone: str = "Europe/Berlin",
) -> Iterator[Record | Span]:  # fmt: skip
    """Yield what so many days of a person log, in order."""
    person, there = person or Person(), there or settings(MICRO, WALK)
    begin = instant(datetime.combine(first, time()), 0, zone)
    life = _Life(person, there, seed, begin, zone)
    yield from life.tell(e.Started(begin, there, 0, zone, locked=True, busy=()))
    for number in range(days):
        today, tomorrow = first + timedelta(number), first + timedelta(number + 1)
        midnight = instant(datetime.combine(tomorrow, time()), 0, zone)
        if today.weekday() in person.days:
            life.day(today)
        while True:
            planned = life.plan[0][0] if life.plan else midnight
            due = min(planned, next_deadline(life.state), midnight)
            if due >= midnight:
                break
            if due < planned:
                yield from life.tell(e.Tick(due))
            else:
                at, _order, what = heapq.heappop(life.plan)
                yield from life.tell(life.does(at, what))
    yield from life.tell(e.Stopped(midnight, quit=True))


def write(path: Path, first: date, days: int, person: Person | None = None, *, seed: int = 0) -> None:
    """Write so many days of a person into a log."""
    store(path, list(live(first, days, person, seed=seed)))


def store(path: Path, rows: list[Record | Span]) -> None:
    """Write these rows and spans into a log."""
    log = Log(path)
    log.append(rows)
    assert log.error is None
