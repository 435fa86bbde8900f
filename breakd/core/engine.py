"""The sitting clock and the offer: `step(state, event) -> (state, effects)`.

Laws: the step is total and pure; at most one offer is open, and it ends in exactly one outcome; nothing is taken
without an act of the person; sitting time is elapsed time, and what was counted in a silence that proves to be an
absence is taken off again. Time brings what it brings before the event has its say, in one order (`_Step.settle`), and
the engine jumps from one deadline to the next: it never counts seconds.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, assert_never

from breakd.core import events as e
from breakd.core.durations import HOUR, SECOND
from breakd.core.record import Kind, Name, Record, Span
from breakd.core.settings import AUDIENCE, CALLS, PAUSE, Settings, Tier
from breakd.core.state import Absence, Offer, Paused, Phase, Standing, State, Stretch, Wall, Work
from breakd.core.workhours import instant, local, look, next_showing, time_of_day, tomorrow

EVENING = 4 * HOUR
"""Work hours that do not begin again for this long have ended for the day."""

COUNTED = frozenset({"taken", "natural", "skipped", "missed"})
"""The outcomes that set the clocks of the same and of shorter lengths to zero."""


def step(state: State, event: e.Event) -> tuple[State, list[e.Effect]]:
    """Return the state after `event`, and what should be done, in order.

    An event from the past counts as now. Only Started may follow a state that is not up.
    """
    work = _Step(state)
    if isinstance(event, e.Started):
        work.start(event)
    else:
        work.advance(event.at)
        work.apply(event)
    work.settle()
    return work.state(), work.effects


def next_deadline(s: State) -> int:
    """Return the next elapsed time at which something can change by itself, never before now."""
    times = [s.work.boundary]
    if s.paused is not None and (ends := _pause_end(s)) is not None:
        times.append(ends)
    times += _natural_moments(s)
    if s.person.absence is None and not s.person.signing:
        times.append(s.person.last_sign + s.settings.away_after)
    if s.offer is None:
        if can_come_due(s):
            left = min(tier.every - sat for tier, sat in zip(s.settings.tiers, s.sat, strict=True))
            times.append(max(s.now + left, s.quiet_until))
            if not s.warned:
                times.append(max(s.now + left - s.settings.warn_before, s.quiet_until))
    elif s.offer.phase is Phase.PROMPTED:
        if s.person.absence is None:
            times.append(s.now + s.settings.timeout - s.offer.shown)
        if (begins := _starts_by_itself(s, s.offer)) is not None:
            times.append(begins)
    elif s.offer.phase is Phase.RETURN:
        if s.person.absence is None and s.person.standing is None:
            times.append(s.person.present_since + s.settings.settle)
    elif s.offer.until is not None and not (s.offer.phase is Phase.HELD and AUDIENCE in blocking(s, s.offer.through)):
        times.append(s.offer.until)
    return max(min(times), s.now)


def counting(s: State) -> bool:
    """Return whether the tiers' clocks run: the person there and sitting, inside work hours, no pause, no routine."""
    return (
        s.person.absence is None
        and s.person.standing is None
        and s.work.inside
        and s.paused is None
        and (s.offer is None or s.offer.phase is not Phase.ROUTINE)
    )


def can_come_due(s: State) -> bool:
    """Return whether a tier at its `every` would be offered now, the quiet after `abandoned` apart."""
    return s.offer is None and counting(s)


def may_ask(s: State, by: int) -> bool:
    """Return whether a prompt may come up at some moment until `by`, whoever is there and whatever holds."""
    if s.offer is None:
        return any(sat + by - s.now >= tier.every for tier, sat in zip(s.settings.tiers, s.sat, strict=True))
    return s.offer.phase in {Phase.RETURN, Phase.HELD, Phase.SNOOZED}


def can_be_asked(s: State) -> bool:
    """Return whether the person is there, has been so for `settle`, and sits."""
    settled = s.now >= s.person.present_since + s.settings.settle
    return s.person.absence is None and s.person.standing is None and settled


def blocking(s: State, through: frozenset[str] = frozenset()) -> list[str]:
    """Return the reasons that hold a prompt now, the one that began first in front.

    `through` are those that hold it no more; an audience always does.
    """
    holding = s.settings.hold_while.union(s.person.named) - through
    if not s.settings.hold_at_most:
        holding &= {AUDIENCE}
    return [reason for reason, _ in s.person.busy if reason in holding]


def longest_within(s: State, left: int) -> Tier | None:
    """Return the longest tier with at most `left` of sitting left; of equal lengths the first in the configuration."""
    near = [tier for tier, sat in zip(s.settings.tiers, s.sat, strict=True) if tier.every - sat <= left]
    return max(near, key=lambda tier: tier.length, default=None)


def _going_on(s: State) -> Iterator[Kind]:
    """Yield what goes on for certain; sitting and absence are known afterwards."""
    if s.person.standing is not None:
        yield "standing"
    if s.person.reachable and any(reason in CALLS for reason, _ in s.person.busy):
        yield "call"
    if s.offer is not None and s.offer.phase is Phase.ROUTINE and s.offer.until is not None:
        yield "routine"


def _pause_end(s: State) -> int | None:
    """Return the elapsed time at which the pause ends by itself."""
    assert s.paused is not None
    if s.paused.local is None:
        return s.paused.until
    return instant(s.paused.local, s.paused.local.fold, s.wall.zone) - s.wall.offset


def _starts_by_itself(s: State, offer: Offer) -> int | None:
    """Return when the break of a prompt on the screen begins at a pause in typing, None where none goes on."""
    person = s.person
    if not s.settings.auto_start or person.absence is not None or person.signing or blocking(s):
        return None
    return max(person.last_sign, s.now - offer.shown) + PAUSE


def _natural_moment(s: State, tier: Tier, absence: Absence | Standing) -> int:
    """Return when this absence, or this standing, becomes a natural break of the tier."""
    if isinstance(absence, Standing):
        return absence.since + tier.length
    soft = absence.since + max(s.settings.away_after, tier.length)
    return soft if absence.hard is None else min(soft, absence.hard + tier.length)


def _natural_moments(s: State) -> list[int]:
    """Return the moments of natural breaks that are still to be told."""
    absence = s.person.absence or s.person.standing
    if absence is None:
        return []
    moments = (_natural_moment(s, tier, absence) for tier in s.settings.tiers)
    return [moment for moment in moments if moment > absence.told]


class _Step:
    """One step at work: the state so far (`s`), in which the `stretches`, by kind, are the old ones; the effects."""

    def __init__(self, state: State) -> None:
        self.s = state
        self.stretches: dict[Kind, Stretch] = {stretch.kind: stretch for stretch in state.stretches}
        self.effects: list[e.Effect] = []

    def state(self) -> State:
        """Return the state at the end of the step."""
        stretches = tuple(self.stretches.values())
        return self.s if stretches == self.s.stretches else replace(self.s, stretches=stretches)

    # --- time ---------------------------------------------------------------------------------------------------

    def advance(self, to: int) -> None:
        """Let time pass up to `to`, with everything that it brings on the way."""
        while (deadline := next_deadline(self.s)) <= to:
            self.move(deadline)
            self.settle()
        self.move(to)

    def move(self, to: int) -> None:
        """Let time pass with nothing happening; the clocks count."""
        s = self.s
        passed = to - s.now
        if passed <= 0:
            return
        sat, counted, offer = s.sat, s.counted, s.offer
        if counting(s):
            sat = tuple(value + passed for value in sat)
            goes_on = bool(counted) and counted[-1][1] == s.now
            counted = (*counted[:-1], (counted[-1][0], to)) if goes_on else (*counted, (s.now, to))
        else:
            self.log_stretch("sitting")
        self.go_on(to)
        if offer is not None and offer.phase is Phase.PROMPTED and s.person.absence is None:
            offer = replace(offer, shown=offer.shown + passed)
        stretches = tuple(self.stretches.values())
        self.s = replace(self.s, now=to, sat=sat, counted=counted, offer=offer, stretches=stretches)

    def go_on(self, to: int) -> None:
        """Have what goes on last until `to`, and log what has ended."""
        going = tuple(_going_on(self.s))
        for kind in tuple(self.stretches):
            if kind != "sitting" and kind not in going:
                self.log_stretch(kind)
        for kind in going:
            self.stretch(kind, self.s.now, to)

    def stretch(self, kind: Kind, begin: int, end: int) -> None:
        """Have something last from `begin` to `end`, in one with what went before if it follows on that."""
        offer = self.s.offer.id if kind == "routine" and self.s.offer else None
        last = self.stretches.get(kind)
        if last is None or (last.end, last.offer) != (begin, offer):
            self.log_stretch(kind)
            last = Stretch(kind, begin, begin, offer)
        seen = end - begin if kind == "routine" and self.s.person.active else 0
        self.stretches[kind] = Stretch(kind, last.begin, end, offer, last.input + seen)

    def log_stretch(self, kind: Kind, *, until: int | None = None) -> None:
        """Log the stretch of this kind, if there is one, as far as `until`; of less than half a second none is told."""
        stretch = self.stretches.pop(kind, None)
        if stretch is None:
            return
        end = stretch.end if until is None else min(stretch.end, until)
        length = round((end - stretch.begin) / SECOND)
        if length > 0:
            began = local(stretch.begin + self.s.wall.offset, self.s.wall.zone)
            seen = round(stretch.input / SECOND) if kind == "routine" else None
            self.do(e.LogSpan(Span(kind, began, length, seen, stretch.offer)))

    def settle(self) -> None:
        """Do what time brings at this instant, in the order that the contract gives."""
        self.work_hours()
        self.pause_ends()
        self.routine_finishes()
        self.absence_is_found()
        self.natural_breaks()
        self.offer_goes_on()
        self.tier_comes_due()

    def work_hours(self) -> None:
        s = self.s
        if s.now < s.work.boundary:
            return
        inside, boundary = look(s.settings.week, s.wall.zone, s.now + s.wall.offset)
        was, ended = s.work.inside, s.work.ended
        self.s = replace(s, work=Work(inside, boundary - s.wall.offset, s.now if was and not inside else ended))
        if was and not inside:
            self.expire("work-end")
            if self.s.work.boundary - s.now >= EVENING:
                self.ask_back("daily")
        elif inside and not was:
            self.reset(tier for tier in s.settings.tiers if ended is None or s.now - ended >= tier.length)

    def pause_ends(self) -> None:
        if self.s.paused is not None and (ends := _pause_end(self.s)) is not None and ends <= self.s.now:
            self.s = replace(self.s, paused=None)
            self.log("resumed")

    def routine_finishes(self) -> None:
        offer = self.s.offer
        if offer and offer.phase is Phase.ROUTINE and offer.until is not None and offer.until <= self.s.now:
            self.end_routine("taken", offer.length)

    def absence_is_found(self) -> None:
        s = self.s
        silent = s.person.absence is None and not s.person.signing
        if silent and s.now - s.person.last_sign >= s.settings.away_after:
            self.leave()

    def natural_breaks(self) -> None:
        absence = self.s.person.absence or self.s.person.standing
        if absence is None:
            return
        for moment in sorted({moment for moment in _natural_moments(self.s) if moment <= self.s.now}):
            reached = [t for t in self.s.settings.tiers if _natural_moment(self.s, t, absence) == moment]
            self.natural_break(moment, reached, moment - absence.since)
            absence = replace(absence, told=moment)
            if isinstance(absence, Standing):
                self.s = replace(self.s, person=replace(self.s.person, standing=absence))
            else:
                self.s = replace(self.s, person=replace(self.s.person, absence=absence))

    def natural_break(self, moment: int, reached: list[Tier], lasted: int) -> None:
        """End the open offer of a tier that reached its natural break, or log one; the clocks go to zero."""
        s, offer = self.s, self.s.offer
        if offer is None:
            halves = [tier for tier, sat in self.clocks() if tier in reached and 2 * sat > tier.every]
            if halves and s.work.inside and s.paused is None:
                self.open(max(halves, key=lambda tier: tier.length))
                self.end("natural", lasted=lasted, at=moment)
        elif offer.phase is not Phase.ROUTINE and any(tier.name == offer.tier for tier in reached):
            self.end("natural", lasted=lasted, at=moment)
        self.reset(reached)

    def offer_goes_on(self) -> None:
        s, offer = self.s, self.s.offer
        if offer is None:
            return
        over = offer.until is not None and offer.until <= s.now
        match offer.phase:
            case Phase.RETURN if can_be_asked(s):
                self.ask(forced=offer.forced)
            case Phase.SNOOZED if over:
                self.ask()
            case Phase.HELD if not (held := blocking(s, offer.through)) or (over and AUDIENCE not in held):
                self.ask(forced=over)
            case Phase.TYPING if over or not s.person.typing:
                self.ask(typed=True)
            case Phase.PROMPTED if offer.shown >= s.settings.timeout:
                self.unanswered()
            case Phase.PROMPTED if held := blocking(s, offer.through):
                self.do(e.WithdrawPrompt())
                self.hold(held[0])
            case Phase.PROMPTED if (begins := _starts_by_itself(s, offer)) is not None and begins <= s.now:
                self.begin_routine("daemon", None)
            case _:
                pass

    def tier_comes_due(self) -> None:
        s = self.s
        if not can_come_due(s) or s.quiet_until > s.now:
            return
        left = min(tier.every - sat for tier, sat in self.clocks())
        if left <= 0:
            tier = longest_within(s, s.settings.merge_within)
            assert tier is not None
            self.open(tier)
            self.log("due")
            self.ask()
        elif left <= s.settings.warn_before and not s.warned:
            self.s = replace(s, warned=True)
            tier = longest_within(s, left + s.settings.merge_within)
            if tier is not None and not blocking(s):
                self.do(e.WarnAhead(tier.name, left))

    # --- the offer ----------------------------------------------------------------------------------------------

    def open(self, tier: Tier) -> None:
        number = self.s.offers + 1
        offer = Offer(number, tier.name, tier.length, Phase.RETURN)
        self.s = replace(self.s, offers=number, offer=offer, warned=False)

    def offer(self, **change: Any) -> Offer:
        """Change the open offer."""
        assert self.s.offer is not None
        offer = replace(self.s.offer, **change)
        self.s = replace(self.s, offer=offer)
        return offer

    def ask(self, *, forced: bool = False, typed: bool = False) -> None:
        """Put the prompt on the screen, or wait for what is in the way.

        That is no hold but an audience if `forced`, and no typing if `typed`.
        """
        s, offer = self.s, self.s.offer
        assert offer is not None
        if not can_be_asked(s):
            self.offer(phase=Phase.RETURN, until=None, forced=forced)
            return
        held = blocking(s, offer.through)
        if held and (not forced or AUDIENCE in held):
            self.hold(held[0])
            return
        if held:
            offer = self.offer(through=offer.through | frozenset(held))
        if s.person.typing and s.settings.wait_for_pause and not typed:
            self.offer(phase=Phase.TYPING, until=s.now + s.settings.wait_for_pause, forced=False)
            return
        self.prompt(offer)

    def hold(self, reason: str) -> None:
        self.offer(phase=Phase.HELD, until=self.s.now + self.s.settings.hold_at_most, forced=False)
        self.log("held", reason=reason)

    def prompt(self, offer: Offer) -> None:
        longer = longest_within(self.s, self.s.settings.merge_within)
        if longer is not None and longer.length > offer.length:
            offer = self.offer(tier=longer.name, length=longer.length, exercise=None)
        exercise = offer.exercise or self.take_turn(offer)
        offer = replace(offer, phase=Phase.PROMPTED, until=None, forced=False, exercise=exercise, shown=0)
        self.s = replace(self.s, showings=self.s.showings + 1, offer=offer)
        self.log("prompted")
        sat = next((sat for tier, sat in self.clocks() if tier.name == offer.tier), 0)
        self.do(
            e.ShowPrompt(
                showing=self.s.showings,
                offer=offer.id,
                tier=offer.tier,
                exercise=exercise,
                length=offer.length,
                sat=sat,
                snoozes_left=max(0, self.s.settings.max_snoozes - offer.count),
            )
        )

    def take_turn(self, offer: Offer) -> str:
        """Return the tier's next exercise; the turn moves on."""
        for n, tier in enumerate(self.s.settings.tiers):
            if tier.name == offer.tier:
                turn = self.s.turns[n]
                turns = (*self.s.turns[:n], (turn + 1) % len(tier.routines), *self.s.turns[n + 1 :])
                self.s = replace(self.s, turns=turns)
                return tier.routines[turn % len(tier.routines)]
        raise AssertionError(offer.tier)  # an offer of a tier that is gone has ended in `adopt`

    def unanswered(self) -> None:
        s, offer = self.s, self.s.offer
        assert offer is not None
        if offer.count >= s.settings.max_snoozes:
            self.end("missed")
            return
        self.log("unanswered")
        self.do(e.WithdrawPrompt())
        self.wait(s.settings.snooze, through=frozenset())

    def wait(self, length: int, **change: Any) -> None:
        """Ask again after `length`; it counts towards `max_snoozes`."""
        assert self.s.offer is not None
        until, count = self.s.now + length, self.s.offer.count + 1
        self.offer(phase=Phase.SNOOZED, until=until, forced=False, count=count, **change)

    def begin_routine(self, source: str, exercise: str | None) -> None:
        offer = self.s.offer
        assert offer is not None
        turn = offer.exercise or self.take_turn(offer)
        if offer.phase is Phase.PROMPTED:
            self.do(e.WithdrawPrompt())
        offer = self.offer(phase=Phase.ROUTINE, until=self.s.now + offer.length, exercise=exercise or turn)
        self.log("started", source=source)
        self.do(e.OpenRoutine(offer.id, offer.tier, exercise or turn, offer.length))

    def end_routine(self, outcome: Name, moved: int) -> None:
        assert self.s.offer is not None
        self.do(e.RoutineOver(self.s.offer.id))
        self.end(outcome, lasted=moved, source="routine")
        if outcome == "taken":
            self.ask_back("after-break")

    def ask_back(self, when: str) -> None:
        """Ask how the back is, if that is wanted now: at most once a day, and nobody who is away or in company."""
        s = self.s
        if s.settings.ask_back != when or not s.person.reachable or s.person.absence is not None or blocking(s):
            return
        today = local(s.now + s.wall.offset, s.wall.zone).date().isoformat()
        if s.back_asked != today:
            self.s = replace(s, back_asked=today)
            self.do(e.AskBack())

    def close_routine(self, moved: int | None) -> None:
        """Close the routine early: taken from half of its planned time on."""
        assert self.s.offer is not None
        moved = self.moved() if moved is None else moved
        self.end_routine("taken" if 2 * moved >= self.s.offer.length else "abandoned", moved)

    def moved(self) -> int:
        """Return how much of the routine is done, its window's own pauses left out."""
        offer = self.s.offer
        assert offer is not None
        left = offer.left if offer.until is None else offer.until - self.s.now
        return min(max(0, offer.length - left), offer.length)

    def move_end(self, ends: int | None) -> None:
        """Let the routine end at `ends`; with None it stands still, and what is left stays."""
        if ends is None:
            assert self.s.offer is not None
            self.offer(until=None, left=self.s.offer.length - self.moved())
        else:
            self.offer(until=max(ends, self.s.now))

    def expire(self, reason: str) -> None:
        """End an offer whose routine has not begun."""
        if self.s.offer is not None and self.s.offer.phase is not Phase.ROUTINE:
            self.end("expired", reason=reason)

    def end(
        self,
        outcome: Name,
        *,
        lasted: int | None = None,
        reason: str | None = None,
        source: str = "daemon",
        at: int | None = None,
    ) -> None:
        """Close the open offer with its one outcome."""
        offer = self.s.offer
        assert offer is not None
        self.log(outcome, lasted=lasted, reason=reason, source=source, at=at)
        if offer.phase is Phase.PROMPTED:
            self.do(e.WithdrawPrompt())
        quiet = self.s.now + self.s.settings.snooze if outcome == "abandoned" else self.s.quiet_until
        shorter = [tier for tier in self.s.settings.tiers if outcome in COUNTED and tier.length <= offer.length]
        self.reset(shorter, offer=None, quiet_until=quiet)

    # --- the clocks and the person ------------------------------------------------------------------------------

    def clocks(self) -> Iterable[tuple[Tier, int]]:
        return zip(self.s.settings.tiers, self.s.sat, strict=True)

    def reset(self, tiers: Iterable[Tier], **change: Any) -> None:
        """Set the clocks of these tiers to zero, and change what else goes with it."""
        names = {tier.name for tier in tiers}
        sat = tuple(0 if tier.name in names else sat for tier, sat in self.clocks())
        self.s = replace(self.s, sat=sat, warned=False, **change)

    def person(self, **change: Any) -> None:
        """Change what is known of the person; a sign that went on until now was the last, one that begins is one."""
        old = self.s.person
        if old.signing:
            change = {"last_sign": self.s.now} | change
        self.s = replace(self.s, person=replace(old, **change))
        if self.s.person.signing:
            self.sign()

    def sign(self) -> None:
        """See a sign of the person: what was counted in silence stands, and an absence ends."""
        s = self.s
        if not s.person.reachable:
            return
        self.sat_until(s.now)
        present_since = s.person.present_since
        if s.person.absence is not None:
            present_since = s.now
            self.stretch("absence", s.person.absence.since, s.now)
            self.log_stretch("absence")
        person = replace(s.person, last_sign=s.now, present_since=present_since, absence=None)
        self.s = replace(s, person=person, counted=(), stretches=tuple(self.stretches.values()))

    def leave(self, *, hard: bool = False) -> None:
        """Begin an absence at the last sign, and take off what was counted since; `hard` by a lock or a suspend."""
        s, absence = self.s, self.s.person.absence
        if absence is not None:
            if hard and absence.hard is None:
                self.person(absence=replace(absence, hard=s.now))
            return
        since = s.person.last_sign
        silent = sum(end - begin for begin, end in self.sat_until(since))
        self.log_stretch("sitting")
        self.log_stretch("standing", until=since)
        sat = tuple(max(0, value - silent) for value in s.sat)  # less was counted where a reset came in between
        offer = s.offer and replace(s.offer, shown=max(0, s.offer.shown - silent))
        person = replace(s.person, absence=Absence(since, s.now if hard else None, since), standing=None)
        self.s = replace(s, person=person, sat=sat, counted=(), offer=offer)

    def idle(self, since: int) -> None:
        """End the input: the last one was at `since`, and what goes on from then on is silence."""
        if not self.s.person.active:
            return
        last = min(max(since, self.s.person.last_sign), self.s.now)
        self.untouched(self.s.now - last)
        self.person(active=False, typing=False)
        if not self.s.person.signing and self.s.person.absence is None:
            person = replace(self.s.person, last_sign=last)
            self.s = replace(self.s, person=person, counted=self.sat_until(last))

    def sat_until(self, sign: int) -> tuple[tuple[int, int], ...]:
        """Take for sitting what was counted up to a sign; return what was counted in the silence after it."""
        for begin, end in self.s.counted:
            if begin < sign:
                self.stretch("sitting", begin, min(end, sign))
        if not counting(self.s):
            self.log_stretch("sitting")
        return tuple((max(begin, sign), end) for begin, end in self.s.counted if end > sign)

    def untouched(self, length: int) -> None:
        """Take off the input that was seen in a routine what proves to have been silence."""
        if (routine := self.stretches.get("routine")) is not None:
            self.stretches["routine"] = replace(routine, input=max(0, routine.input - length))

    # --- events -------------------------------------------------------------------------------------------------

    def apply(self, event: e.Event) -> None:
        """Let the event have its effect."""
        match event:
            case e.Tick() | e.Started():
                pass
            case e.Stopped():
                self.stop(quits=event.quit)
                self.log("daemon_stopped")
            case e.Input():
                self.person(active=True)
            case e.Idle():
                self.idle(event.since)
            case e.Locked():
                self.person(locked=True, active=False, typing=False)
                self.leave(hard=True)
            case e.Unlocked():
                self.person(locked=False, active=True)
            case e.Slept():
                self.person(asleep=True, active=False, typing=False)
                self.leave(hard=True)
            case e.Woke():
                self.person(asleep=False)
            case e.Busy():
                self.busy(event.reason, named=event.named)
            case e.Free():
                self.free({reason for reason, _ in self.s.person.busy} - {event.reason})
            case e.Typing():
                self.person(typing=event.now)
            case e.Moved():
                if self.s.offer is not None and self.s.offer.phase is Phase.ROUTINE:
                    self.move_end(event.ends)
                    self.offer(exercise=event.exercise or self.s.offer.exercise)
            case e.WallSet():
                self.set_wall(Wall(event.offset, self.s.wall.zone))
            case e.ZoneSet():
                self.set_wall(Wall(self.s.wall.offset, event.zone))
            case e.Configured():
                self.adopt(event.settings)
                self.log("config_reloaded")
            case _:
                self.answer(event)
                self.sign()

    def answer(self, event: e.Answer) -> None:
        """Let an act of the person have its effect; what comes too late is refused."""
        offer = self.s.offer
        match event:
            case e.Pause():
                self.pause(event)
            case e.Resume():
                if self.s.paused is None:
                    self.do(e.Refused("nothing"))
                else:
                    self.s = replace(self.s, paused=None)
                    self.log("resumed", source=event.source)
            case e.Stand():
                self.stand()
            case e.Sit():
                self.person(standing=None)
            case e.Felt():
                self.log("felt", source=event.source, rating=event.rating)
            case e.Done() | e.Closed():
                if offer is None or offer.phase is not Phase.ROUTINE:
                    self.do(e.Refused("late"))
                elif isinstance(event, e.Closed):
                    self.close_routine(event.moved)
                else:
                    self.end_routine("taken", self.moved() if event.moved is None else event.moved)
            case e.WavedAway():
                if not self.too_late("notification", event.showing) and not self.snoozes_used_up():
                    self.snooze("notification", None)
            case e.Start():
                if offer is None and event.source != "notification":
                    self.open(self.own_accord(event.exercise))
                    self.begin_routine(event.source, event.exercise)
                elif not self.too_late(event.source, event.showing):
                    self.begin_routine(event.source, event.exercise)
            case e.Snooze():
                if self.too_late(event.source, event.showing):
                    pass
                elif self.snoozes_used_up():
                    self.do(e.Refused("limit"))
                else:
                    self.snooze(event.source, event.length)
            case e.Skip():
                if not self.too_late(event.source, event.showing):
                    self.end("skipped", source=event.source)
            case _:
                assert_never(event)

    def too_late(self, source: str, showing: int | None) -> bool:
        """Refuse an answer that answers nothing. A notification answers only the prompt on the screen."""
        offer = self.s.offer
        if offer is None:
            why = "late" if source == "notification" else "nothing"
        elif offer.phase is Phase.ROUTINE:
            why = "routine"
        elif source == "notification" and (offer.phase is not Phase.PROMPTED or showing not in {None, self.s.showings}):
            why = "late"
        else:
            return False
        self.do(e.Refused(why))
        return True

    def snoozes_used_up(self) -> bool:
        assert self.s.offer is not None
        return self.s.offer.count >= self.s.settings.max_snoozes

    def snooze(self, source: str, length: int | None) -> None:
        assert self.s.offer is not None
        length = self.s.settings.snooze if length is None else length
        self.log("snoozed", lasted=length, source=source)
        if self.s.offer.phase is Phase.PROMPTED:
            self.do(e.WithdrawPrompt())
        self.wait(length)

    def own_accord(self, exercise: str | None) -> Tier:
        """Return the tier of a break of one's own accord: the one with the least sitting left, then the longest."""
        tiers = list(self.clocks())
        named = [(tier, sat) for tier, sat in tiers if exercise in tier.routines]
        return min(named or tiers, key=lambda each: (max(0, each[0].every - each[1]), -each[0].length))[0]

    def pause(self, event: e.Pause) -> None:
        s = self.s
        self.expire("pause")
        wall = s.now + s.wall.offset
        if event.length is not None:
            paused = Paused(until=s.now + event.length)
        elif event.until is None:
            paused = Paused()
        elif event.until == "tomorrow":
            paused = Paused(local=tomorrow(s.settings.week, s.wall.zone, wall))
        else:
            paused = Paused(local=next_showing(time_of_day(event.until), s.wall.zone, wall))
        self.s = replace(self.s, paused=paused)
        self.log("paused", lasted=event.length, source=event.source)

    def stand(self) -> None:
        """Work standing: no clock counts, and a prompt waits until the person sits again."""
        s = self.s
        if not s.person.reachable or s.person.standing is not None:
            return
        self.sign()
        self.person(standing=Standing(s.now, s.now))
        if s.offer is not None and s.offer.phase is Phase.PROMPTED:
            self.do(e.WithdrawPrompt())
            self.offer(phase=Phase.RETURN, until=None)

    def busy(self, reason: str, *, named: bool) -> None:
        """Note a reason to hold that is on."""
        person = self.s.person
        busy = person.busy if any(reason == on for on, _ in person.busy) else (*person.busy, (reason, self.s.now))
        others = tuple(on for on in person.named if on != reason)
        self.person(busy=busy, named=(*others, reason) if named else others)

    def free(self, still: set[str]) -> None:
        """Keep only these reasons to hold; what has ended holds anew when it begins again."""
        if self.s.offer is not None:
            self.offer(through=self.s.offer.through & still)
        busy = tuple(each for each in self.s.person.busy if each[0] in still)
        self.person(busy=busy, named=tuple(reason for reason in self.s.person.named if reason in still))

    def set_wall(self, wall: Wall) -> None:
        self.s = replace(self.s, wall=wall)
        self.look_again()

    def look_again(self) -> None:
        """Have the work hours looked up at the next settling."""
        self.s = replace(self.s, work=replace(self.s.work, boundary=self.s.now))

    def adopt(self, settings: Settings) -> None:
        """Go on with another configuration: clocks keep their value by the tier's name."""
        old = {tier.name: n for n, tier in enumerate(self.s.settings.tiers)}
        where = [old.get(tier.name) for tier in settings.tiers]
        sat, turns = (tuple(0 if n is None else values[n] for n in where) for values in (self.s.sat, self.s.turns))
        self.s = replace(self.s, settings=settings, sat=sat, turns=turns)
        if self.s.offer is not None and all(tier.name != self.s.offer.tier for tier in settings.tiers):
            self.expire("config")
        self.look_again()

    # --- the daemon's own beginning and end ---------------------------------------------------------------------

    def stop(self, *, quits: bool) -> None:
        """End: a routine closes early, a prompt leaves the screen; by quitting an offer expires. An absence begins."""
        self.person(up=False, active=False, typing=False)
        offer = self.s.offer
        if offer is not None and offer.phase is Phase.ROUTINE:
            self.do(e.CloseRoutine())
            self.close_routine(None)
        elif quits:
            self.expire("quit")
        elif offer is not None and offer.phase is Phase.PROMPTED:
            self.do(e.WithdrawPrompt())
            self.offer(phase=Phase.RETURN, until=None)
        self.leave()
        if quits and self.s.person.absence is not None:
            self.stretch("absence", self.s.person.absence.since, self.s.now)
        for kind in tuple(self.stretches):
            self.log_stretch(kind)

    def start(self, event: e.Started) -> None:
        """Come up, also after an end that nobody announced: what came true meanwhile is told before the start."""
        if self.s.person.up:
            self.stop(quits=False)
        self.adopt(event.settings)
        self.settle()
        self.advance(event.at)
        self.set_wall(Wall(event.offset, event.zone))
        self.settle()
        self.log("daemon_started")
        self.free(set(event.busy))
        since = dict.fromkeys(event.busy, self.s.now) | dict(self.s.person.busy)
        busy = tuple(sorted(since.items(), key=lambda each: each[1]))
        self.person(up=True, asleep=False, locked=event.locked, busy=busy, named=event.named)
        if event.locked:
            self.leave(hard=True)

    # --- effects ------------------------------------------------------------------------------------------------

    def do(self, effect: e.Effect) -> None:
        self.effects.append(effect)

    def log(
        self,
        event: Name,
        *,
        lasted: int | None = None,
        reason: str | None = None,
        source: str = "daemon",
        at: int | None = None,
        rating: int | None = None,
    ) -> None:
        """Log a row, of the open offer where the event is one of an offer."""
        s = self.s
        offer = None if event in _OF_THE_DAEMON else s.offer
        row = Record(
            at=local((s.now if at is None else at) + s.wall.offset, s.wall.zone),
            event=event,
            offer=offer.id if offer else None,
            tier=offer.tier if offer else None,
            exercise=offer.exercise if offer else None,
            duration_s=None if lasted is None else round(lasted / SECOND),
            reason=reason,
            source=source,
            rating=rating,
        )
        self.effects.append(e.Log(row))


_OF_THE_DAEMON = frozenset({"daemon_started", "daemon_stopped", "paused", "resumed", "config_reloaded", "felt"})
