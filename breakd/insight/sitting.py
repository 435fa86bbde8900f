"""How long one sat, and how long without a break: from the spans of sitting.

Law: only what was counted is summed. Keyboard and mouse are but a proxy, so this is time at the desk inside work hours,
not time on a chair. A bout belongs to the day on which it began.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import itemgetter
from typing import NamedTuple

INTERRUPTION_US = 60_000_000
"""The least gap (microseconds) between two sittings that interrupts them. Healy et al. (2008, Diabetes Care 31:661-666)
counted a break in sedentary time from one minute on."""


class Span(NamedTuple):
    """What went on, as the log holds it: see core.record.Span. `stamp` is the local time at which it began."""

    kind: str
    stamp: str
    began_us: int
    duration_s: int
    input_s: int | None
    offer: int | None

    @property
    def began(self) -> datetime:
        """The time at which it began."""
        return datetime.fromisoformat(self.stamp)


class Bout(NamedTuple):
    """Sitting with no interruption: the local day on which it began (2026-06-01), and the seconds of sitting in it.

    Shorter gaps are left out of it.
    """

    day: str
    duration_s: int


class Sitting(NamedTuple):
    """The sitting of some days: in all, the longest bout, and the interruptions between bouts of one day.

    `days` is how many have any.
    """

    seconds: int
    longest_s: int
    interruptions: int
    days: int


def bouts(spans: Iterable[Span]) -> list[Bout]:
    """Return the bouts of sitting in these spans, in order of time; those of other kinds are passed over."""
    found: list[Bout] = []
    end_us = None
    # Whoever flies westwards has a day again, and a log by days is not in order of time.
    sat = sorted((span for span in spans if span.kind == "sitting"), key=itemgetter(Span._fields.index("began_us")))
    for _kind, stamp, began_us, duration_s, _input_s, _offer in sat:
        if end_us is not None and began_us - end_us < INTERRUPTION_US:
            day, length = found.pop()
            found.append(Bout(day, length + duration_s))
        else:
            found.append(Bout(stamp[:10], duration_s))
        end_us = began_us + duration_s * 1_000_000
    return found


def sitting(found: Sequence[Bout]) -> Sitting:
    """Return what the bouts come to."""
    lengths = [bout.duration_s for bout in found]
    days = len({bout.day for bout in found})
    return Sitting(sum(lengths), max(lengths, default=0), len(lengths) - days, days)
