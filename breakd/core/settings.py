"""What the engine needs to know of the configuration, checked and in the core's own units.

Law: a value of these types is valid; whoever builds one (breakd.config) has checked it. Durations are microseconds.
"""

from dataclasses import dataclass
from typing import Literal

from breakd.core.durations import SECOND

REASONS = ("do-not-disturb", "fullscreen", "microphone", "camera", "screen-share", "idle-inhibit")
"""What can make a moment wrong, spelt as in `[hold] while`."""

AUDIENCE = "screen-share"
"""The reason that no limit ends: nothing is ever shown to an audience."""

CALLS = frozenset({"microphone", "camera"})
"""The reasons that are also a sign of the person: a call is input that goes on."""

PAUSE = 3 * SECOND
"""No input for this long is a pause in typing."""

BUILT_IN = ("dead-bugs", "bridges", "walk", "helicopters", "knee-hovers", "press-ups", "supermans")
"""The ids of breakd's own exercises."""

Position = Literal["floor", "standing", "seated"]
"""Where an exercise is done."""


@dataclass(frozen=True, slots=True)
class Window:
    """Work hours of one day: minutes after midnight, 0 to 1440. An `end` at or below `start` lies on the next day."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Tier:
    """One `[[break]]`: offered after `every` of sitting, for `length`, with its `routines` in turn."""

    name: str
    every: int
    length: int
    routines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OwnStep:
    """One step of an own exercise, `count` times, on both sides where it has `sides`.

    `length` is how long one of these takes, None where the user did not say; `image` is a file, as an absolute path.
    """

    text: str
    length: int | None = None
    sides: bool = False
    count: int = 1
    image: str = ""


@dataclass(frozen=True, slots=True)
class OwnExercise:
    """One `[[exercise]]` of the user's own."""

    id: str
    name: str
    position: Position
    steps: tuple[OwnStep, ...]


@dataclass(frozen=True, slots=True)
class RoutineSettings:
    """How a routine looks and sounds; nothing in it changes when one is offered."""

    sound: bool
    theme: str
    reduced_motion: bool
    profile: str


HOOKS = {"prompted": "on_prompt", "taken": "on_taken", "skipped": "on_skipped", "missed": "on_missed"}
"""The events of the log at which a program of the user's own can run, each with its key in `[hooks]`."""


@dataclass(frozen=True, slots=True)
class Hooks:
    """Programs of the user's own, each with its arguments, run at an event of the log; () is none."""

    on_prompt: tuple[str, ...] = ()
    on_taken: tuple[str, ...] = ()
    on_skipped: tuple[str, ...] = ()
    on_missed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """The effective configuration. `week` holds seven tuples of windows, Monday first."""

    week: tuple[tuple[Window, ...], ...]
    tiers: tuple[Tier, ...]
    snooze: int
    max_snoozes: int
    timeout: int
    merge_within: int
    warn_before: int
    wait_for_pause: int
    settle: int
    auto_start: bool
    prompt_window: str
    away_after: int
    hold_while: frozenset[str]
    hold_at_most: int
    hold_ignore: tuple[str, ...]
    hold_programs: tuple[str, ...]
    routine: RoutineSettings
    exercises: tuple[OwnExercise, ...]
    weekly: bool
    ask_back: str
    hooks: Hooks = Hooks()
