"""How long one sat, and how long without a break: from the spans of sitting.

Law: only what was counted is summed. Keyboard and mouse are but a proxy, so this is time at the desk inside work hours,
not time on a chair. A bout belongs to the day on which it began.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from breakd.core.record import Span

INTERRUPTION = timedelta(seconds=60)
"""The least gap between two sittings that interrupts them. Healy et al. (2008, Diabetes Care 31:661-666) counted a
break in sedentary time from one minute on."""


@dataclass(frozen=True, slots=True)
class Bout:
    """Sitting with no interruption: where it began, and the seconds of sitting in it, shorter gaps left out."""

    began: datetime
    duration_s: int

    @property
    def day(self) -> date:
        """The local day on which it began."""
        return self.began.date()


@dataclass(frozen=True, slots=True)
class Sitting:
    """The sitting of some days: in all, the longest bout, and the interruptions between bouts of one day.

    `days` is how many have any.
    """

    seconds: int
    longest_s: int
    interruptions: int
    days: int


def bouts(spans: Iterable[Span]) -> list[Bout]:
    """Return the bouts of sitting in these spans, which are in order of time; those of other kinds are passed over."""
    found: list[Bout] = []
    began = end = None
    length = 0
    for span in spans:
        if span.kind != "sitting":
            continue
        if end is None or span.began - end >= INTERRUPTION:
            if began is not None:
                found.append(Bout(began, length))
            began, length = span.began, 0
        length += span.duration_s
        end = span.began + timedelta(seconds=span.duration_s)
    if began is not None:
        found.append(Bout(began, length))
    return found


def sitting(found: Iterable[Bout]) -> Sitting:
    """Return what the bouts come to."""
    lengths: dict[date, list[int]] = {}
    for bout in found:
        lengths.setdefault(bout.day, []).append(bout.duration_s)
    return Sitting(
        sum(map(sum, lengths.values())),
        max(map(max, lengths.values()), default=0),
        sum(len(of_day) - 1 for of_day in lengths.values()),
        len(lengths),
    )
