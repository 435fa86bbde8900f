"""Fakes of the daemon's outside: they record, and time is what the test says it is."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from queue import SimpleQueue
from typing import Any

from breakd import ports
from breakd.adapters.clock import Reading
from breakd.core.durations import SECOND
from breakd.core.record import Record, Span
from breakd.core.settings import Settings
from breakd.core.workhours import EPOCH
from breakd.errors import UsageError


@dataclass
class FakeClock:
    """A machine's clocks. `pass_time` lets it run, `sleep` lets it sleep, `step` sets its wall clock."""

    wall_us: int
    zone: str = "UTC"
    elapsed_us: int = 1_000 * SECOND
    slept_us: int = 0

    @classmethod
    def at(cls, text: str, zone: str = "UTC") -> "FakeClock":
        moment = datetime.fromisoformat(text)
        return cls((moment - EPOCH) // (datetime.resolution), zone)

    def read(self) -> Reading:
        return Reading(self.elapsed_us, self.slept_us, self.wall_us, self.zone)

    def pass_time(self, seconds: float) -> None:
        self.elapsed_us += round(seconds * SECOND)
        self.wall_us += round(seconds * SECOND)

    def sleep(self, seconds: float) -> None:
        self.pass_time(seconds)
        self.slept_us += round(seconds * SECOND)

    def step(self, seconds: float) -> None:
        self.wall_us += round(seconds * SECOND)


@dataclass
class FakeConfiguration:
    """A file that says `settings`, or is `wrong`; `saved` is whether it was saved since it was read."""

    settings: Settings
    wrong: str | None = None
    saved: bool = False

    def read(self) -> Settings:
        self.saved = False
        if self.wrong is not None:
            raise UsageError(self.wrong)
        return self.settings

    def changed(self) -> bool:
        return self.saved

    def close(self) -> None:
        pass


@dataclass
class FakeHooks:
    ran: list[tuple[Sequence[str], dict[str, Any]]] = field(default_factory=list)

    def run(self, command: Sequence[str], event: dict[str, Any]) -> None:
        self.ran.append((command, event))

    def close(self) -> None:
        pass


@dataclass
class FakeHistory:
    rows: list[Record] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    error: str | None = None
    notice: str | None = None

    def append(self, rows: Sequence[Record | Span]) -> None:
        self.rows += [row for row in rows if isinstance(row, Record)]
        self.spans += [row for row in rows if isinstance(row, Span)]

    def flush(self) -> None:
        pass

    def close(self) -> None:
        pass

    def felt_on(self, day: date) -> int | None:
        return next((row.rating for row in self.rows if row.event == "felt" and row.at.date() == day), None)

    def taken_on(self, day: date) -> int:
        return sum(row.event == "taken" and row.at.date() == day for row in self.rows)

    def last_offer(self) -> int:
        return max((row.offer or 0 for row in self.rows), default=0)

    def events(self) -> list[str]:
        return [row.event for row in self.rows]


class NotingPrompter:
    """Notes what it is told, by any thread: the token of a prompt, `withdrawn` or `closed`."""

    name = "window"

    def __init__(self) -> None:
        self.told: SimpleQueue[int | str] = SimpleQueue()

    def show(self, prompt: ports.Prompt) -> None:
        self.told.put(prompt.token)

    def withdraw(self) -> None:
        self.told.put("withdrawn")

    def close(self) -> None:
        self.told.put("closed")

    def next(self) -> int | str:
        """Wait for the next."""
        return self.told.get(timeout=20)


@dataclass
class FakePrompter:
    """`screen` is the prompt that is shown, `shown` all that were."""

    name: str = "fake"
    screen: ports.Prompt | None = None
    shown: list[ports.Prompt] = field(default_factory=list)

    def show(self, prompt: ports.Prompt) -> None:
        self.screen = prompt
        self.shown.append(prompt)

    def withdraw(self) -> None:
        self.screen = None

    def close(self) -> None:
        self.screen = None


@dataclass
class FakeTray:
    name: str = "fake"
    view: ports.TrayView | None = None

    def show(self, view: ports.TrayView) -> None:
        self.view = view

    def close(self) -> None:
        self.view = None


@dataclass
class FakePresence:
    """`idle` is for how long there was no input, None where nobody can tell."""

    idle: float | None = 0.0
    away_after: float | None = None
    watched: int = 0
    pauses: int = 0
    sees_pauses: bool = True
    name: str = "fake"

    def __post_init__(self) -> None:
        if self.idle is None:
            self.name = "unknown"

    def idle_s(self) -> float | None:
        return self.idle

    def set_away_after(self, seconds: float) -> None:
        self.away_after = seconds

    def watch_return(self) -> None:
        self.watched += 1

    def watch_pause(self) -> None:
        self.pauses += 1

    def close(self) -> None:
        pass


@dataclass
class FakeHolds:
    """`on_now` is what is told of a reason when it is watched; `watched` are the reasons that are."""

    post: ports.Post
    on_now: tuple[ports.InUse, ...] = ()
    watched: frozenset[str] = frozenset()

    def watch(self, reasons: frozenset[str]) -> None:
        for message in self.on_now:
            if message.reason in reasons - self.watched:
                self.post(message)
        self.watched = reasons

    def close(self) -> None:
        self.watched = frozenset()


@dataclass
class FakeLogin:
    is_locked: bool = False
    released: int = 0
    seen_times: int = 0

    def locked(self) -> bool:
        return self.is_locked

    def seen(self) -> None:
        self.seen_times += 1

    def release(self) -> None:
        self.released += 1

    def close(self) -> None:
        pass


@dataclass
class FakeRoutines:
    opened: list[tuple[int, str, int]] = field(default_factory=list)
    closed: int = 0
    farewells: list[str] = field(default_factory=list)

    def open(self, offer: int, exercise: str, length: int, settings: Settings) -> None:
        self.opened.append((offer, exercise, length))

    def farewell(self, text: str) -> None:
        self.farewells.append(text)

    def close(self) -> None:
        self.closed += 1


@dataclass
class FakeBackQuestion:
    """`asked` are the themes by which it was asked, `on_screen` is whether the last still is."""

    asked: list[str] = field(default_factory=list)
    on_screen: bool = False

    def ask(self, theme: str, /) -> None:
        self.asked.append(theme)
        self.on_screen = True

    def withdraw(self) -> None:
        self.on_screen = False

    def close(self) -> None:
        self.on_screen = False


@dataclass
class FakeAlarm:
    """`left` is in how many seconds it rings for each job, `armed` how often it was set for one."""

    left: dict[str, float] = field(default_factory=dict)
    armed: Counter[str] = field(default_factory=Counter)

    @property
    def seconds(self) -> float | None:
        return self.left.get(ports.DEADLINE)

    def arm(self, seconds_from_now: float, job: str = ports.DEADLINE) -> None:
        self.left[job] = seconds_from_now
        self.armed[job] += 1

    def pass_time(self, seconds: float) -> str | None:
        """Let it run; return the job that rings first by then, and rings no more."""
        self.left = {job: left - seconds for job, left in self.left.items()}
        rings = min(self.left, key=self.left.__getitem__, default=None)
        if rings is None or self.left[rings] > 0:
            return None
        del self.left[rings]
        return rings

    def close(self) -> None:
        self.left.clear()


@dataclass
class FakeSave:
    document: dict[str, Any] | None = None
    problem: str | None = None
    times: int = 0

    def __call__(self, document: dict[str, Any]) -> str | None:
        self.times += 1
        if self.problem is None:
            self.document = document
        return self.problem


Reply = Callable[[dict[str, Any]], None]
