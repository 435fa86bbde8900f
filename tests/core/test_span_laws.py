"""The spans of any day, whatever happens on it, held to a second way of telling: which seconds they cover."""

from collections import defaultdict
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from breakd.core import events as e
from breakd.core.durations import SECOND
from breakd.core.engine import counting, next_deadline, step
from breakd.core.record import Span
from breakd.core.state import Phase, State, Wall, dump, load
from breakd.core.workhours import EPOCH
from stories import micros, settings

ACTS = (
    "input", "idle", "lock", "unlock", "sleep", "wake", "start", "done", "close", "stop still", "go on", "snooze",
    "skip", "stand", "sit", "pause", "unpause", "call", "hang up", "share", "share no more", "clock", "zone", "tick",
    "restart", "quit", "kill",
)  # fmt: skip
PASSED = st.integers(1, 90) | st.integers(1, 1500)
HAPPENS = st.lists(st.tuples(PASSED, st.sampled_from(ACTS), st.integers(0, 300)), max_size=50)
ZONES = ("UTC", "America/New_York", "Asia/Kolkata")


class Watched:
    """An engine whose time is looked at from one instant at which something can change to the next.

    `was` are the seconds in which something went on, by what is seen of the state; `told` those of the spans.
    """

    def __init__(self) -> None:
        hours = "09:00-10:00 10:05-12:00 13:00-14:00"
        self.settings = settings("never 1000h 500h walk", "micro 20m 4m helicopters", days="mon tue wed", hours=hours)
        self.state = State.new(self.settings, micros("09:00"), Wall(0, "UTC"))
        self.was: dict[str, set[int]] = defaultdict(set)
        self.told: dict[str, list[int]] = defaultdict(list)
        self.forgotten = 0
        self.start(micros("09:00"))

    def start(self, at: int) -> None:
        """Start, after an end of any kind: until then nobody was seen."""
        wall, person = self.state.wall, self.state.person
        gone = person.absence.since if person.absence else self.state.now if person.signing else person.last_sign
        self.was["absence"] |= set(range(gone // SECOND, at // SECOND))
        busy = tuple(reason for reason, _since in self.state.person.busy)
        self.take(e.Started(at, self.settings, wall.offset, wall.zone, self.state.person.locked, busy))

    def tell(self, event: e.Event) -> None:
        """Let time pass up to the event, and then take it: so each span is logged by the clock that shows then."""
        self.until(event.at)
        self.take(event)

    def until(self, at: int) -> None:
        while (deadline := next_deadline(self.state)) < at:
            self.pass_to(deadline)
        self.pass_to(at)

    def pass_to(self, at: int) -> None:
        s = self.state
        passed = set(range(s.now // SECOND, at // SECOND))
        offer = s.offer
        goes_on = {
            "sitting": counting(s),
            "standing": s.person.standing is not None,
            "call": s.person.reachable and any(reason == "microphone" for reason, _since in s.person.busy),
            "routine": offer is not None and offer.phase is Phase.ROUTINE and offer.until is not None,
        }
        for kind, on in goes_on.items():
            self.was[kind] |= passed if on else set()
        self.take(e.Tick(at))
        for stretch in self.state.stretches:  # what is over is written, but a sitting that may be in a silence
            waits = stretch.kind == "sitting" and (self.state.counted or counting(self.state))
            assert stretch.end == at or waits

    def take(self, event: e.Event) -> None:
        self.state, effects = step(self.state, event)
        if effects or not isinstance(event, e.Tick):  # as the daemon saves
            self.saved = dump(self.state)
        absence = self.state.person.absence
        if absence is not None:
            self.was["absence"] |= set(range(absence.since // SECOND, self.state.now // SECOND))
        for effect in effects:
            if isinstance(effect, e.LogSpan):
                self.note(effect.span)

    def note(self, span: Span) -> None:
        began = (span.began - EPOCH) // timedelta(microseconds=1) - self.state.wall.offset
        assert began % SECOND == 0
        self.told[span.kind] += range(began // SECOND, began // SECOND + span.duration_s)
        assert (span.kind == "routine") == (span.offer is not None) == (span.input_s is not None)
        assert span.input_s is None or 0 <= span.input_s <= span.duration_s

    def end(self, at: int, how: str, down_until: int) -> None:
        """End: by quitting it begins anew, killed it has forgotten what was not saved."""
        if how == "kill":
            self.until(at)
            self.state = load(self.saved, self.settings)
            for seconds in self.was.values():
                seconds -= set(range(self.state.now // SECOND, at // SECOND))
            return
        self.tell(e.Stopped(at, quit=how == "quit"))
        if how == "quit":
            self.forgotten += self.state.sat[0]
            s = self.state
            self.state = State.new(self.settings, down_until, s.wall, offers=s.offers)
        else:
            self.state = load(dump(self.state), self.settings)


@given(HAPPENS)
def test_spans_are_what_went_on(happens: list[tuple[int, str, int]]) -> None:
    """Sitting is what the clock counted; no second is told twice, and none that went on is left out."""
    day, at = Watched(), micros("09:00")
    for passed, act, more in happens:
        at += passed * SECOND
        events: dict[str, e.Event] = {
            "input": e.Input(at), "idle": e.Idle(at, at - more * SECOND), "lock": e.Locked(at),
            "unlock": e.Unlocked(at), "sleep": e.Slept(at), "wake": e.Woke(at),
            "start": e.Start(at, "cli"), "done": e.Done(at), "close": e.Closed(at),
            "stop still": e.Moved(at, None), "go on": e.Moved(at, at + more * SECOND),
            "snooze": e.Snooze(at, "cli"), "skip": e.Skip(at, "cli"), "stand": e.Stand(at), "sit": e.Sit(at),
            "pause": e.Pause(at, "cli", (60 + more) * SECOND), "unpause": e.Resume(at, "cli"),
            "call": e.Busy(at, "microphone"), "hang up": e.Free(at, "microphone"),
            "share": e.Busy(at, "screen-share"), "share no more": e.Free(at, "screen-share"),
            "clock": e.WallSet(at, day.state.wall.offset + (more - 150) * 60 * SECOND),
            "zone": e.ZoneSet(at, ZONES[more % 3]), "tick": e.Tick(at),
        }  # fmt: skip
        if act in events:
            day.tell(events[act])
        else:
            day.end(at, act, at + more * SECOND)
            at += more * SECOND
            day.start(at)
    day.end(at + SECOND, "quit", at + SECOND)
    sitting = day.was["sitting"] - day.was["absence"]
    standing = day.was["standing"] - day.was["absence"]
    for kind, seconds in (day.was | {"sitting": sitting, "standing": standing}).items():
        assert sorted(day.told[kind]) == sorted(seconds), kind
    assert len(sitting) == day.forgotten // SECOND
    assert not set(day.told["sitting"]) & {s for kind in ("absence", "routine", "standing") for s in day.told[kind]}
