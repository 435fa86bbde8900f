"""What the engine is told (events) and what it asks for (effects).

Law: every event carries `at`, the elapsed time at which it happened, in microseconds on a scale that never stops and
never steps; the wall clock is that plus an offset. An effect says what should be done, never how.
"""

from dataclasses import dataclass

from breakd.core.record import Record, Span
from breakd.core.settings import Settings


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed; nothing else."""

    at: int


@dataclass(frozen=True, slots=True)
class Started:
    """The daemon is up: what the clock shows (`offset` and zone), and what the machine says of lock and holds now.

    `named` are those of the reasons in `busy` that are on by a program that the person named.
    """

    at: int
    settings: Settings
    offset: int
    zone: str
    locked: bool
    busy: tuple[str, ...]
    named: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stopped:
    """The daemon ends. By `quit` it forgets the sitting; by any other end it will go on where it was."""

    at: int
    quit: bool


@dataclass(frozen=True, slots=True)
class Input:
    """The person touches the keyboard or the mouse, and goes on until Idle."""

    at: int


@dataclass(frozen=True, slots=True)
class Idle:
    """No input any more; the last was at `since`."""

    at: int
    since: int


@dataclass(frozen=True, slots=True)
class Locked:
    at: int


@dataclass(frozen=True, slots=True)
class Unlocked:
    """The screen is unlocked, which is also an input."""

    at: int


@dataclass(frozen=True, slots=True)
class Slept:
    """The machine goes to sleep; also one that nobody announced."""

    at: int


@dataclass(frozen=True, slots=True)
class Woke:
    at: int


@dataclass(frozen=True, slots=True)
class Busy:
    """A reason to hold begins, or goes on; `named` by a program that holds whatever stands in `[hold] while`."""

    at: int
    reason: str
    named: bool = False


@dataclass(frozen=True, slots=True)
class Free:
    """A reason to hold ends."""

    at: int
    reason: str


@dataclass(frozen=True, slots=True)
class Typing:
    """The person types (`now`), or has paused."""

    at: int
    now: bool


@dataclass(frozen=True, slots=True)
class Start:
    """Answer: begin the routine. `showing` names the prompt that a click belongs to (None: the one on the screen)."""

    at: int
    source: str
    exercise: str | None = None
    showing: int | None = None


@dataclass(frozen=True, slots=True)
class Snooze:
    """Answer: ask again after `length`, or after the configured time."""

    at: int
    source: str
    length: int | None = None
    showing: int | None = None


@dataclass(frozen=True, slots=True)
class Skip:
    """Answer: not this one."""

    at: int
    source: str
    showing: int | None = None


@dataclass(frozen=True, slots=True)
class WavedAway:
    """The prompt was closed by the person with no choice."""

    at: int
    showing: int | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """The routine is done, at any time. `moved` is how much of it was, where that is known."""

    at: int
    moved: int | None = None


@dataclass(frozen=True, slots=True)
class Closed:
    """The routine was closed early, with `moved` of it done where that is known."""

    at: int
    moved: int | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """The routine's own window moved its end, None while it stands still; or it does another `exercise` now."""

    at: int
    ends: int | None
    exercise: str | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """No prompts for `length`, until a local time `until` (`HH:MM` or `tomorrow`), or until Resume."""

    at: int
    source: str
    length: int | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class Resume:
    at: int
    source: str


@dataclass(frozen=True, slots=True)
class Stand:
    """The person works standing from now on."""

    at: int


@dataclass(frozen=True, slots=True)
class Sit:
    """The person sits again."""

    at: int


@dataclass(frozen=True, slots=True)
class Felt:
    """The person says how their back is, from 0 to 10."""

    at: int
    source: str
    rating: int


@dataclass(frozen=True, slots=True)
class WallSet:
    """The wall clock shows `at` plus `offset` from now on."""

    at: int
    offset: int


@dataclass(frozen=True, slots=True)
class ZoneSet:
    at: int
    zone: str


@dataclass(frozen=True, slots=True)
class Configured:
    """The configuration was read anew."""

    at: int
    settings: Settings


Answer = Start | Snooze | Skip | WavedAway | Done | Closed | Pause | Resume | Stand | Sit | Felt
Event = (
    Answer | Tick | Started | Stopped | Input | Idle | Locked | Unlocked | Slept | Woke | Busy | Free | Typing | Moved
    | WallSet | ZoneSet | Configured
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Log:
    """Write this row."""

    row: Record


@dataclass(frozen=True, slots=True)
class LogSpan:
    """Write down what went on until now."""

    span: Span


@dataclass(frozen=True, slots=True)
class AskBack:
    """Ask how the person's back is."""


@dataclass(frozen=True, slots=True)
class ShowPrompt:
    """Ask: `showing` counts every time that a prompt is put on the screen. Lengths in microseconds."""

    showing: int
    offer: int
    tier: str
    exercise: str
    length: int
    sat: int
    snoozes_left: int


@dataclass(frozen=True, slots=True)
class WithdrawPrompt:
    """Take the notification off the screen, if there is one."""


@dataclass(frozen=True, slots=True)
class WarnAhead:
    """A heads-up: this tier's break comes in `left`."""

    tier: str
    left: int


@dataclass(frozen=True, slots=True)
class OpenRoutine:
    """Open the guided routine."""

    offer: int
    tier: str
    exercise: str
    length: int


@dataclass(frozen=True, slots=True)
class CloseRoutine:
    """Take the routine away: the daemon ends before it."""


@dataclass(frozen=True, slots=True)
class RoutineOver:
    """The routine of this offer is over, for the log; its window says goodbye by itself."""

    offer: int


@dataclass(frozen=True, slots=True)
class Refused:
    """The answer did nothing. `why`: `nothing` is open, `late` for its prompt, `limit` of snoozes, `routine` runs."""

    why: str


Effect = (
    Log
    | LogSpan
    | AskBack
    | ShowPrompt
    | WithdrawPrompt
    | WarnAhead
    | OpenRoutine
    | CloseRoutine
    | RoutineOver
    | Refused
)
