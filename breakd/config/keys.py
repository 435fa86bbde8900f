"""The table of the configuration's keys: place, kind, default, meaning.

Law: the reader, `config show`, `config init` and config.example.toml know a key from here alone. Defaults stand as they
are written in the file.
"""

from dataclasses import dataclass
from typing import Any, Literal, get_args

from breakd.core.settings import REASONS, Position
from breakd.texts import later

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

POSITIONS: tuple[str, ...] = get_args(Position)

FITTING = {"any": POSITIONS, "standing": ("standing", "seated"), "seated": ("seated",)}
"""The positions that fit each profile."""

Kind = Literal[
    "table", "tables",
    "duration", "count", "flag", "text", "id", "choice",
    "choices", "programs", "exercises", "windows", "command", "steps", "seconds", "image",
]  # fmt: skip

MOST = 1_000_000
"""The largest count that is taken where the key names none of its own."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the file, or one table of them, which then has `keys`.

    `default` None: absent unless the file has it, an error where it is `required`. `allowed` are the values of a
    choice; `zero` lets a duration be `0s`; `least` and `most` are the bounds of a count; `also` are other words for it
    that people write by mistake; `sample` is what the example shows, as a comment, where there is no default.
    """

    name: str
    kind: Kind
    default: Any = None
    comment: str = ""
    allowed: tuple[str, ...] = ()
    zero: bool = False
    least: int = 0
    most: int = MOST
    required: bool = False
    also: tuple[str, ...] = ()
    sample: Any = None
    keys: "tuple[Key, ...]" = ()


WORK = Key(
    "work",
    "table",
    {},
    also=("schedule",),
    keys=(
        Key("days", "choices", list(DAYS[:5]), later("The days with work hours."), DAYS),
        Key(
            "hours",
            "windows",
            ["09:00-12:30", "13:30-17:30"],
            later('The work hours of such a day; "22:00-06:00" crosses midnight, "00:00-24:00" is a whole day.'),
            also=("windows", "times"),
        ),
        Key(
            "overrides",
            "table",
            comment=later('A day\'s own hours, also for a day not in "days"; [] is a day off.'),
            sample={"fri": ["09:00-14:00"]},
            keys=tuple(Key(day, "windows") for day in DAYS),
        ),
    ),
)

BREAK = Key(
    "break",
    "tables",
    [
        {"name": "micro", "every": "30m", "length": "2m", "routines": ["helicopters", "knee-hovers"]},
        {"name": "walk", "every": "2h", "length": "10m", "routines": ["walk"]},
    ],
    later("The breaks. Each needs these four keys; naming one of your own replaces all of these."),
    also=("tier", "breaks"),
    keys=(
        Key("name", "text", comment=later("What the log calls it."), required=True),
        Key(
            "every",
            "duration",
            comment=later("Due after this much sitting."),
            required=True,
            also=("interval", "after", "frequency"),
        ),
        Key("length", "duration", comment=later("How long it takes."), required=True, also=("duration", "for")),
        Key(
            "routines",
            "exercises",
            comment=later(
                "Offered in turn: dead-bugs, bridges, walk, helicopters, knee-hovers, press-ups, supermans, your own."
            ),
            required=True,
            also=("exercises",),
        ),
    ),
)

PROMPT = Key(
    "prompt",
    "table",
    {},
    keys=(
        Key("snooze", "duration", "5m", later("How long a snooze lasts.")),
        Key("max_snoozes", "count", 3, later("How often a break can be snoozed or go unanswered; 0 is never.")),
        Key("timeout", "duration", "3m", later("A prompt that stands this long counts as unanswered.")),
        Key(
            "merge_within",
            "duration",
            "5m",
            later("A longer break that is due within this time takes the place of a shorter one; 0s is off."),
            zero=True,
        ),
        Key("warn_before", "duration", "0s", later("A heads-up this long before a break; 0s is off."), zero=True),
        Key(
            "wait_for_pause",
            "duration",
            "30s",
            later("A prompt waits at most this long for a pause in typing; 0s is off."),
            zero=True,
        ),
        Key(
            "settle",
            "duration",
            "0s",
            later("After you come back nothing asks until you have been there this long; 0s is at once."),
            zero=True,
        ),
        Key(
            "auto_start",
            "flag",
            default=False,
            comment=later("Start the break by itself at the next pause in typing after the prompt."),
        ),
        Key(
            "window",
            "choice",
            "auto",
            later("breakd's own window for prompts: auto (where no notification has buttons), always or never."),
            ("auto", "always", "never"),
        ),
    ),
)

PRESENCE = Key(
    "presence",
    "table",
    {},
    keys=(
        Key(
            "away_after",
            "duration",
            "3m",
            later("With no keyboard and mouse for this long you count as away; less is reading."),
            also=("idle", "idle_after"),
        ),
    ),
)

HOLD = Key(
    "hold",
    "table",
    {},
    keys=(
        Key(
            "while",
            "choices",
            [reason for reason in REASONS if reason != "idle-inhibit"],
            later("A prompt waits while one of these is on; there is also idle-inhibit."),
            REASONS,
        ),
        Key(
            "at_most",
            "duration",
            "45m",
            later("But no longer than this, other than for screen-share; 0s never waits."),
            zero=True,
        ),
        Key(
            "ignore",
            "programs",
            [],
            later("Programs that never hold, by window class or process name: a full-screen editor is work."),
        ),
        Key(
            "programs",
            "programs",
            [],
            later("Programs that hold while fullscreen or on the microphone, whatever stands in while."),
        ),
    ),
)

ROUTINE = Key(
    "routine",
    "table",
    {},
    keys=(
        Key("sound", "flag", default=True, comment=later("Sounds that lead through an exercise.")),
        Key(
            "theme",
            "choice",
            "auto",
            later("The colours of its window: auto, light, dark or high-contrast."),
            ("auto", "light", "dark", "high-contrast"),
        ),
        Key("reduced_motion", "flag", default=False, comment=later("Still pictures in place of moving ones.")),
        Key(
            "profile",
            "choice",
            "any",
            later("The exercises that fit: any, standing (nothing on the floor) or seated."),
            tuple(FITTING),
        ),
    ),
)

INSIGHT = Key(
    "insight",
    "table",
    {},
    keys=(
        Key(
            "weekly",
            "flag",
            default=True,
            comment=later("One line on the week's breaks when its last work hours end."),
        ),
        Key(
            "back",
            "choice",
            "never",
            later("Ask how your back is, from 0 to 10, at most once a day: never, after-break or daily."),
            ("never", "after-break", "daily"),
            also=("pain", "rating", "felt"),
        ),
    ),
)

HOOKS = Key(
    "hooks",
    "table",
    {},
    comment=later("Programs of your own, run with the event as JSON on their standard input; [] is none."),
    keys=(
        Key("on_prompt", "command", [], later("A break is asked for.")),
        Key("on_taken", "command", [], later("A break was taken.")),
        Key("on_skipped", "command", [], later("A break was skipped.")),
        Key("on_missed", "command", [], later("A break went by without an answer.")),
    ),
)

STEP = (
    Key("text", "text", required=True),
    Key("seconds", "seconds", also=("duration", "length", "time")),
    Key("sides", "flag"),
    Key("count", "count", 1, least=1, most=100, also=("times", "repetitions")),
    Key("image", "image", also=("picture", "file")),
)
"""What a step has that is more than a text."""

EXERCISE = Key(
    "exercise",
    "tables",
    comment=later("Exercises of your own, named by their id in the routines of a break."),
    also=("exercises",),
    sample=[
        {
            "id": "neck-turns",
            "name": later("Neck turns"),
            "position": "seated",
            "steps": [
                later("Sit tall, shoulders low."),
                {"text": later("Turn your head slowly and come back."), "seconds": 10, "sides": True, "count": 5},
            ],
        }
    ],
    keys=(
        Key("id", "id", required=True),
        Key("name", "text", required=True, also=("title",)),
        Key("position", "choice", comment=later("floor, standing or seated"), allowed=POSITIONS, required=True),
        Key(
            "steps",
            "steps",
            comment=later('What to do, each a text or a table, which may also have image = "FILE", beside this file.'),
            required=True,
            keys=STEP,
        ),
    ),
)

ROOT = Key("", "table", {}, keys=(WORK, BREAK, PROMPT, PRESENCE, HOLD, ROUTINE, INSIGHT, HOOKS, EXERCISE))
"""The whole file."""
