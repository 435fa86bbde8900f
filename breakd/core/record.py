"""What the log keeps: rows of what has come true, and spans of what went on.

Law: their names are for programs and stay as they are.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Name = Literal[
    "daemon_started", "daemon_stopped", "due", "held", "prompted", "unanswered", "snoozed", "started",
    "taken", "natural", "skipped", "missed", "abandoned", "expired", "paused", "resumed", "config_reloaded", "felt",
]  # fmt: skip

OUTCOMES = ("taken", "natural", "skipped", "missed", "abandoned", "expired")


@dataclass(frozen=True, slots=True)
class Record:
    """One event of the log. `at` is aware, with the offset that the wall clock had; `duration_s` in whole seconds.

    `offer` groups the rows of one offer and counts up from 1. `rating` is what a person said of their back, 0 (no
    pain) to 10 (the worst pain imaginable), at `felt`. What does not apply is None.
    """

    at: datetime
    event: Name
    offer: int | None = None
    tier: str | None = None
    exercise: str | None = None
    duration_s: int | None = None
    reason: str | None = None
    source: str = "daemon"
    rating: int | None = None


Kind = Literal["sitting", "standing", "absence", "call", "routine"]
"""What can go on. `sitting` is what the sitting clock counted, the silences that proved to be absences taken out."""


@dataclass(frozen=True, slots=True)
class Span:
    """What went on from `began` (aware, as `at` of a Record) for `duration_s` seconds of elapsed time.

    A routine's has its `offer`, and in `input_s` how much of it the keyboard or the mouse was in use, None where that
    cannot be told.
    """

    kind: Kind
    began: datetime
    duration_s: int
    input_s: int | None = None
    offer: int | None = None


def stamp(at: datetime) -> str:
    """Return `at` as the log writes it: ISO 8601 with its offset, milliseconds only where there are any."""
    return at.isoformat(timespec="milliseconds" if at.microsecond // 1000 else "seconds")


def as_json(number: int, uid: str, row: Record) -> dict[str, object]:
    """Return the row as one JSON object of the log, keys in the order in which they are promised."""
    return {"id": number, "uid": uid} | facts(row)


def facts(row: Record) -> dict[str, object]:
    """Return what the row says, as the JSON object of the log has it, without what the log adds: `id` and `uid`."""
    return {
        "at": stamp(row.at),
        "event": row.event,
        "offer": row.offer,
        "break": row.tier,
        "exercise": row.exercise,
        "duration_s": row.duration_s,
        "reason": row.reason,
        "source": row.source,
        "rating": row.rating,
    }
