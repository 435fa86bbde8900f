"""What the outside tells the daemon, and what the daemon asks of it.

Law: an adapter calls `post` with one of these messages and does nothing else; it never calls another adapter. A message
is posted from any thread; the daemon's one loop stamps it with the time and handles it.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, Protocol

from breakd.core.durations import SECOND
from breakd.core.record import Record, Span
from breakd.core.settings import PAUSE, Settings


@dataclass(frozen=True, slots=True)
class WentIdle:
    """No input for `seconds` now (the last one was that long ago)."""

    seconds: float


@dataclass(frozen=True, slots=True)
class CameBack:
    """Input after an idle time that was reported."""


@dataclass(frozen=True, slots=True)
class Locked:
    """The screen is locked."""


@dataclass(frozen=True, slots=True)
class Unlocked:
    """The screen is unlocked."""


@dataclass(frozen=True, slots=True)
class Sleeping:
    """The machine is about to sleep."""


@dataclass(frozen=True, slots=True)
class Woke:
    """The machine is awake again."""


@dataclass(frozen=True, slots=True)
class InUse:
    """By whom a reason to hold is on now, as `source` sees it: nobody (`users` is empty), and it is off there.

    `reason` is one of settings.REASONS. Each user is the names that it goes by, such as its window's class and its
    process's name, and none of them where nobody knows; `source` tells apart what several adapters, or two ways of
    one, see of the same reason.
    """

    reason: str
    source: str
    users: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class PromptAnswered:
    """A button of the prompt `token` was clicked: `start`, `snooze` or `skip`."""

    token: int
    choice: str


@dataclass(frozen=True, slots=True)
class PromptWavedAway:
    """The prompt `token` was closed by the person with no choice."""

    token: int


@dataclass(frozen=True, slots=True)
class PromptsLost:
    """The notification server went or came: what was on the screen is gone."""


@dataclass(frozen=True, slots=True)
class MenuChosen:
    """An entry of the tray's menu, by its key."""

    key: str


@dataclass(frozen=True, slots=True)
class SourceChanged:
    """An adapter found, lost or changed its way.

    `what` is `presence`, `tray`, `notifications`, `sleep`, `lock`, or `hold:` with a reason. `name` is what serves now,
    `unknown` or `none` where nothing does.
    """

    what: str
    name: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """An adapter cannot do its part: `about` names that, `text` says to a person why, and what to do.

    None: it can again.
    """

    about: str
    text: str | None


LAST_WORDS = frozenset({"finished", "done", "closed", "impossible"})
"""The kinds of RoutineReport after which there is none."""


@dataclass(frozen=True, slots=True)
class RoutineReport:
    """What the routine's process says of offer `offer`.

    `kind` is `opened`, `moved` (its planned end is in `seconds`, or None while it stands still; `exercise` if it is
    another one now), `finished` or `done` early, `closed` early, or `impossible` (nothing can be shown, for `reason`).
    `gone` comes at the very end, when its window has left the screen, too.

    For `finished`, `done` and `closed`, `seconds` is how much of the routine was done (None: nobody knows, count from
    the start).
    """

    offer: int
    kind: str
    seconds: float | None = None
    reason: str | None = None
    exercise: str | None = None


@dataclass(frozen=True, slots=True)
class Rated:
    """The person said how their back is, from 0 (no pain) to 10 (the worst pain imaginable)."""

    rating: int


@dataclass(frozen=True, slots=True)
class Welcomed:
    """The welcome is over; `settings` are what the configuration says now, None where there still is none."""

    settings: Settings | None


@dataclass(frozen=True, slots=True)
class ConfigChanged:
    """The file of the configuration may say something else now."""


@dataclass(frozen=True, slots=True)
class Notice:
    """The person is to be told this, as soon as nothing else asks for their attention; `about` is what it concerns."""

    about: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Stop:
    """End the daemon: `quit` for good, `restart` to come back at once, `end` until the next start (a signal)."""

    kind: str


DEADLINE = "alarm"
WEEK = "week"
"""What the alarm clock is set for, each for itself: the engine's next deadline, and the end of the week's work."""


@dataclass(frozen=True, slots=True)
class Rang:
    """The alarm that was set for `job` rings."""

    job: str = DEADLINE


@dataclass(frozen=True, slots=True)
class Command:
    """A request of the command line, any JSON object; `reply` sends one back, from any thread.

    It may be called again for a request that goes on; it returns whether there still is somebody who reads, and so does
    `follows` for a request to follow.
    """

    request: dict[str, Any]
    reply: Callable[[dict[str, Any]], bool]
    follows: Callable[[], bool] = lambda: True


Message = (
    WentIdle | CameBack | Locked | Unlocked | Sleeping | Woke | InUse | PromptAnswered | PromptWavedAway
    | PromptsLost | MenuChosen | SourceChanged | Trouble | RoutineReport | Stop | Rang
    | Command | Rated | Welcomed | ConfigChanged | Notice
)  # fmt: skip

Post = Callable[[Message], None]


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: its key (`start`, `snooze`, `skip`) and its label in the person's language."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """A notification. With no choices it is only told, and answers are not expected.

    `token` is unique for each showing; answers carry it back. `default` is the key of the choice that a click on the
    body stands for, None for none. `picture` is the absolute path of an image file that shows what to do.
    `insists`: the server would keep it to itself now (do-not-disturb), so breakd's own window shows it where it can.
    """

    token: int
    title: str
    body: str
    choices: tuple[Choice, ...] = ()
    default: str | None = None
    picture: str | None = None
    insists: bool = False


class Area(NamedTuple):
    """A part of the screen, in pixels, and how much larger than on an ordinary screen things are drawn there."""

    left: int
    top: int
    width: int
    height: int
    scale: float | None = None
    """None: as the screen's resolution has it."""


class Prompter(Protocol):
    """Shows one prompt at a time; a new one replaces the one on the screen in place."""

    @property
    def name(self) -> str:
        """Who shows the prompts, `none` where nobody does."""

    def show(self, prompt: Prompt) -> None:
        """Put the prompt on the screen. Never raises: what cannot be shown is said by SourceChanged."""

    def withdraw(self) -> None:
        """Take the prompt off the screen. Nothing where there is none."""

    def close(self) -> None:
        """Withdraw and let go of everything."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the tray's menu. No key: it cannot be chosen. `default` is what a left click on the icon does.

    `checked` gives it a check mark, set or not.
    """

    label: str
    key: str | None = None
    enabled: bool = True
    default: bool = False
    checked: bool | None = None
    entries: "tuple[Entry, ...]" = ()


SEPARATOR = Entry("-")


@dataclass(frozen=True, slots=True)
class TrayView:
    """What the tray shows. `state` picks the icon's shape; `fraction` (0 to 1) is how full its ring is."""

    state: str
    fraction: float
    tooltip: str
    menu: tuple[Entry, ...]


class Tray(Protocol):
    """An icon with a menu."""

    name: str

    def show(self, view: TrayView) -> None:
        """Show this view; cheap where nothing changed."""

    def close(self) -> None:
        """Take the icon away."""


PAUSE_S = PAUSE / SECOND
"""No input for this long is a pause in typing."""


class Presence(Protocol):
    """Tells WentIdle and CameBack. `name` is what it sees the person by, `unknown` where nothing serves now."""

    name: str
    sees_pauses: bool
    """Whether `watch_pause` comes to anything."""

    def idle_s(self) -> float | None:
        """Return for how long there was no input, or None where that cannot be asked."""

    def set_away_after(self, seconds: float) -> None:
        """Report WentIdle after this long with no input."""

    def watch_return(self) -> None:
        """Report CameBack at the next input, however short the silence before it."""

    def watch_pause(self) -> None:
        """Report WentIdle, once, as soon as there was no input for PAUSE_S, and CameBack at the next input after it.

        At once where that is so already, or where the source cannot ask, PAUSE_S from now at the earliest.
        """

    def close(self) -> None:
        """Stop listening."""


class HoldSource(Protocol):
    """Sees one reason to hold, by whatever way works here, and looks for it anew where it is lost.

    It tells InUse at each change, and SourceChanged (`hold:` and the reason) of the way that serves now, `none` where
    there is none here.
    """

    known: threading.Event
    """Set once what is on now has been told, or that there is no way."""

    def close(self) -> None:
        """Stop watching; nothing is told after it."""


class Holds(Protocol):
    """Tells InUse, and by SourceChanged (`hold:` and the reason) what sees each of them."""

    def watch(self, reasons: frozenset[str]) -> None:
        """Watch these reasons and no others. What is on now is told within a second, before this returns."""

    def close(self) -> None:
        """Watch nothing more."""


class Login(Protocol):
    """Tells Locked and Unlocked, Sleeping and Woke."""

    def locked(self) -> bool:
        """Return whether the screen is locked, as far as is known."""

    def seen(self) -> None:
        """Take it that the person is at the keyboard, or that nobody sees whether: a mere wish is no lock any more."""

    def release(self) -> None:
        """Let the machine sleep: Sleeping has had its effect. It is held back anew after each Woke."""

    def close(self) -> None:
        """Hold no sleep back and tell nothing more."""


class History(Protocol):
    """The log. Rows that cannot be written are kept and written, in order, when it works again.

    `error` says why they cannot be; `notice` that a damaged log was set aside.
    """

    error: str | None
    notice: str | None

    def taken_on(self, day: date) -> int:
        """Return how many breaks were taken on this day, as far as the log can be read."""

    def felt_on(self, day: date) -> int | None:
        """Return what was said of the back on this day, None for nothing, or where the log cannot be read."""

    def last_offer(self) -> int:
        """Return the highest number that an offer ever had, 0 where there is none or the log cannot be read."""

    def append(self, rows: Sequence[Record | Span]) -> None:
        """Write the rows and the spans, after any that wait. Never raises."""

    def flush(self) -> None:
        """Try again to write what waits. Never raises."""

    def close(self) -> None:
        """Write what waits, if it can be, and close."""


class Configuration(Protocol):
    """The file of the configuration; it tells ConfigChanged."""

    def read(self) -> Settings:
        """Return what the file says now. Raises UsageError with a line a problem."""

    def changed(self) -> bool:
        """Return whether the file is another than at the last `read`, and at rest: for where nothing tells of it."""

    def close(self) -> None:
        """Watch no more."""


class Hooks(Protocol):
    """Runs the user's own programs."""

    def run(self, command: Sequence[str], event: dict[str, Any]) -> None:
        """Run the command with the event on its standard input, and go on. Never raises."""

    def close(self) -> None:
        """Let what runs come to its end for a moment, and end what runs still."""


class Routines(Protocol):
    """Opens guided routines, one at a time, each in a process that ends."""

    def open(self, offer: int, exercise: str, length: int, settings: Settings) -> None:
        """Open the routine for `length` microseconds; it tells RoutineReport. Never raises."""

    def farewell(self, text: str) -> None:
        """Have the routine that has just ended say this before it goes. Nothing where it has gone."""

    def close(self) -> None:
        """End the routine that is open, if there is one."""


class BackQuestion(Protocol):
    """Asks the person how their back is, in a window that can be left alone; it tells Rated where that is answered."""

    def ask(self, theme: str, /) -> None:
        """Ask, by `[routine] theme`. Never raises; where it cannot be asked, it is not."""

    def withdraw(self) -> None:
        """Take the question off the screen. Nothing where there is none."""

    def close(self) -> None:
        """Withdraw, and see that it has gone."""


class Alarm(Protocol):
    """An alarm clock, for one time a job; it tells Rang."""

    def arm(self, seconds_from_now: float, job: str = DEADLINE) -> None:
        """Ring for this job in so many seconds, in place of what was set for it before."""

    def close(self) -> None:
        """Ring no more."""
