"""The questions of the welcome, and the configuration that the answers make.

Law: the answers are texts as a person types them; what is wrong in one is found by the configuration's own checks and
told beside its question.
"""

import re
from dataclasses import dataclass
from typing import Any

from breakd.config.check import check, filled
from breakd.config.keys import DAYS
from breakd.config.problems import escaped
from breakd.texts import _, later

PURPOSE = (
    later("breakd counts how long you sit at this computer and asks you, at good moments, to get up."),
    later("One click, and it leads you through a short exercise for your back, or a walk."),
)
"""What breakd does, in two sentences."""

PROFILES = (
    ("any", later("Yes")),
    ("standing", later("No, but I can stand up")),
    ("seated", later("No, I stay seated")),
)
"""What can be answered to `Can you get on the floor here?`, and the profile that it means."""

SOUNDS = (("yes", later("Yes")), ("no", later("No")))

DAY_NAMES = tuple(
    zip(
        DAYS,
        (later("Mon"), later("Tue"), later("Wed"), later("Thu"), later("Fri"), later("Sat"), later("Sun")),
        strict=True,
    )
)

SHORT_EVERY = ("20m", "30m", "45m", "1h")
WALK_EVERY = ("1h", "1h30m", "2h", "3h")
"""The intervals that the window offers; the terminal takes any duration."""

_TIME = re.compile(r"(?<![\w:.])(\d{1,2})(?::(\d\d))?(?![\w:.])", re.ASCII)

_QUESTIONS = {("work", "days"): "days", ("work", "hours"): "hours", ("break", 0): "short", ("break", 1): "walk"}
"""The question that a problem of the configuration belongs to, by how its place begins."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a newcomer answered. `hours` are windows with commas between; `short` and `walk` are intervals."""

    profile: str
    days: tuple[str, ...]
    hours: str
    short: str
    walk: str
    sound: bool


def defaults() -> Answers:
    """Return the answers that change nothing."""
    document = filled({})
    work, routine, (short, walk) = document["work"], document["routine"], document["break"]
    return Answers(
        profile=routine["profile"],
        days=tuple(work["days"]),
        hours=", ".join(work["hours"]),
        short=short["every"],
        walk=walk["every"],
        sound=routine["sound"],
    )


def document(answers: Answers) -> dict[str, Any]:
    """Return the configuration: the defaults, with the answers in their place."""
    base = filled({})
    short, walk = base["break"]
    days = sorted(dict.fromkeys(answers.days), key=lambda day: DAYS.index(day) if day in DAYS else len(DAYS))
    return base | {
        "work": base["work"] | {"days": days, "hours": windows(answers.hours)},
        "break": [short | {"every": answers.short.strip()}, walk | {"every": answers.walk.strip()}],
        "routine": base["routine"] | {"profile": answers.profile, "sound": answers.sound},
    }


def problems(answers: Answers) -> dict[str, str]:
    """Return what is wrong, by the name of the answer; of several problems of one the first."""
    made = document(answers)
    found = {}
    if not made["work"]["days"]:
        found["days"] = _("choose at least one day")
    if not made["work"]["hours"]:
        found["hours"] = _("write the hours, such as 09:00-17:00")
    for place, text in check(made)[1]:
        name = next(name for where, name in _QUESTIONS.items() if place[:2] == where)
        if place[-1] == "length":  # the same problem, seen from the question
            length = made["break"][place[1]]["length"]
            found.setdefault(name, _("the break itself takes {length}; write more than that").format(length=length))
        else:
            found.setdefault(name, escaped(text))
    return found


def windows(text: str) -> list[str]:
    """Return the windows that a person's text names, its times as the configuration has them: `9-17` is 09:00-17:00."""
    parts = [part.strip() for part in re.split(r"[,;]", text)]
    return [re.sub(r"\s*[-\u2013]\s*", "-", _TIME.sub(_full_time, part)) for part in parts if part]


def _full_time(found: re.Match[str]) -> str:
    return f"{int(found[1]):02}:{found[2] or '00'}"
