"""An engine that is told, time by time, what happens on a day."""

from typing import Any

from breakd.core import events as e
from breakd.core.engine import step
from breakd.core.record import Record, Span
from breakd.core.settings import Settings
from breakd.core.state import Phase, State, Wall
from stories import micros, settings


class Day:
    """An engine that is told what happens at a time of the day; the person is there from 09:00 on."""

    def __init__(self, there: Settings | None = None, *, begin: str = "09:00") -> None:
        there = settings() if there is None else there
        self.state = State.new(there, micros(begin), Wall(0, "UTC"))
        self.effects: list[e.Effect] = []
        self.tell(begin, e.Started, there, 0, "UTC", locked=False, busy=())
        self.tell(begin, e.Input)
        self.effects.clear()

    def tell(self, clock: str, kind: Any, *values: Any, **keys: Any) -> None:
        self.take(kind(micros(clock), *values, **keys))

    def take(self, event: e.Event) -> None:
        self.state, effects = step(self.state, event)
        self.effects += effects

    def until(self, clock: str) -> None:
        self.tell(clock, e.Tick)

    def rows(self) -> list[str]:
        """Return the rows since the last call, as `09:30 due`, with the reason and the length where there are any."""
        rows = [effect.row for effect in self.effects if isinstance(effect, e.Log)]
        self.effects = [effect for effect in self.effects if not isinstance(effect, e.Log)]
        return [words(row) for row in rows]

    def others(self) -> list[e.Effect]:
        """Return the effects since the last call that go on the screen; the others are kept."""
        kept = e.Log | e.LogSpan
        found: list[e.Effect] = [effect for effect in self.effects if not isinstance(effect, kept)]
        self.effects = [effect for effect in self.effects if isinstance(effect, kept)]
        return found

    def spans(self) -> list[str]:
        """Return what went on, as `09:00 sitting 1800s`, a routine's with its offer and the input seen in it."""
        return [_of_span(effect.span) for effect in self.effects if isinstance(effect, e.LogSpan)]

    @property
    def away_since(self) -> int | None:
        return None if self.state.person.absence is None else self.state.person.absence.since

    @property
    def phase(self) -> Phase | None:
        return None if self.state.offer is None else self.state.offer.phase


def words(row: Record) -> str:
    clock = row.at.strftime("%H:%M:%S").removesuffix(":00")
    lasted = None if row.duration_s is None else f"{row.duration_s}s"
    return " ".join(filter(None, [clock, row.event, row.reason, lasted]))


def _of_span(span: Span) -> str:
    clock = span.began.strftime("%H:%M:%S").removesuffix(":00")
    routine = [f"offer {span.offer}, {span.input_s}s seen"] if span.kind == "routine" else []
    return " ".join([clock, span.kind, f"{span.duration_s}s", *routine])
