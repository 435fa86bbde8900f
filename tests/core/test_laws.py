"""The laws of the engine, held against days that hypothesis makes up: any events, in any order, at any time."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from breakd.core import events as e
from breakd.core.durations import DAY, HOUR, MINUTE, SECOND
from breakd.core.engine import blocking, next_deadline, step
from breakd.core.record import OUTCOMES, Record
from breakd.core.settings import AUDIENCE, PAUSE, REASONS, Settings
from breakd.core.state import Phase, State, Wall, dump, load
from breakd.core.workhours import EPOCH
from stories import DAYS, micros, settings

BEGIN = micros("08:30")

SEVERAL = (
    settings(),
    settings("micro 30m 2m helicopters knee-hovers", "walk 2h 10m walk", hours="09:00-12:30 13:30-17:30"),
    settings(
        "eyes 10m 1m helicopters", "micro 20m 5m knee-hovers", "equal 25m 5m walk bridges", "long 1h 20m walk",
        hours="22:00-06:00", days="sun mon", overrides={"mon": "08:00-12:00 12:00-12:30 23:00-24:00"},
        hold_at_most="10m", max_snoozes=1, merge_within="0s", away_after="90s", warn_before="2m", timeout="4m",
    ),
    settings("micro 9m 7m walk", hours="00:00-24:00", hold_at_most="0s", max_snoozes=0, snooze="1m", timeout="20s",
             warn_before="20m", wait_for_pause="0s"),
    settings("micro 20m 2m helicopters", "walk 1h 10m walk", auto_start=True, settle="10m", hold_at_most="15m",
             hold="screen-share idle-inhibit fullscreen"),
)  # fmt: skip

lengths = st.integers(0, 90).map(lambda n: n * 20 * SECOND) | st.sampled_from(
    [0, 1, SECOND, MINUTE, 2 * MINUTE, 3 * MINUTE, 5 * MINUTE, 30 * MINUTE, 45 * MINUTE, 3 * HOUR, 14 * HOUR]
)
sources = st.sampled_from(["notification", "tray", "cli"])
reasons = st.sampled_from(REASONS)
zones = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Apia"])
showings = st.none() | st.integers(0, 5)
some = lengths.filter(bool)
moved = st.none() | st.integers(0, 1300).map(lambda n: n * SECOND)

# What happens after which time. Moments are given to the events when they are told.
acts = st.one_of(
    st.just((e.Tick,)),
    st.just((e.Input,)),
    st.tuples(st.just(e.Idle), lengths),
    st.sampled_from([(e.Locked,), (e.Unlocked,), (e.Slept,), (e.Woke,)]),
    st.tuples(st.just(e.Busy), reasons),
    st.tuples(st.just(e.Free), reasons),
    st.tuples(st.just(e.Typing), st.booleans()),
    st.tuples(st.just(e.Start), sources, st.sampled_from([None, "walk", "helicopters", "supermans"]), showings),
    st.tuples(st.just(e.Snooze), sources, st.none() | some, showings),
    st.tuples(st.just(e.Skip), sources, showings),
    st.tuples(st.just(e.WavedAway), showings),
    st.tuples(st.just(e.Done), moved),
    st.tuples(st.just(e.Closed), moved),
    st.tuples(st.just(e.Moved), st.none() | lengths),
    st.tuples(st.just(e.Pause), sources, st.none() | some, st.none()),
    st.tuples(st.just(e.Pause), sources, st.none(), st.sampled_from(["tomorrow", "09:30", "23:59"])),
    st.tuples(st.just(e.Resume), sources),
    st.sampled_from([(e.Stand,), (e.Sit,)]),
    st.tuples(st.just(e.Busy), reasons, st.booleans()),
    st.tuples(st.just("restart"), some),
    st.tuples(st.just(e.Started), st.booleans(), st.lists(reasons, max_size=2, unique=True).map(tuple)),
    st.tuples(st.just(e.WallSet), st.integers(-24, 24).map(lambda n: n * HOUR // 2)),
    st.tuples(st.just(e.ZoneSet), zones),
    st.tuples(st.just(e.Configured), st.sampled_from(SEVERAL)),
)
Act = tuple[Any, ...]
Day = list[tuple[int, Act]]
days = st.lists(st.tuples(lengths, acts), max_size=40)
configurations = st.sampled_from(SEVERAL)

# Days in which tact matters often, from 09:30 on: one types and rests, stands, shares the screen, comes and goes.
sittings = st.sampled_from([n * MINUTE for n in (1, 9, 10, 20, 21, 29, 30, 31)])
rests = st.sampled_from([2 * SECOND, 3 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE, 20 * MINUTE])
shares = st.sampled_from([(kind, reason) for kind in (e.Busy, e.Free) for reason in ("screen-share", "fullscreen")])
comings = st.sampled_from([(e.Idle, 0), (e.Idle, 0), (e.Stand,), (e.Sit,), (e.Locked,)])
tactful = st.lists(
    st.tuples(sittings, comings | shares, rests, st.sampled_from([(e.Input,), (e.Unlocked,)]) | shares),
    min_size=1,
    max_size=25,
).map(
    lambda hours: [
        (HOUR, (e.Tick,)),
        *(part for sat, act, rested, then in hours for part in ((sat, act), (rested, then))),
    ]
)

quick = limits(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def without(*kinds: Any) -> Callable[[Day], Day]:
    """Return what leaves out the acts with one of these in them."""
    return lambda day: [(after, act) for after, act in day if not set(kinds) & set(act)]


class Life:
    """An engine, and the whole of what it said; `check` sees every state and what led to it."""

    def __init__(self, there: Settings) -> None:
        self.state = State.new(there, BEGIN, Wall(0, "UTC"))
        self.effects: list[e.Effect] = []
        self.tell(e.Started(BEGIN, there, 0, "UTC", locked=False, busy=()))
        self.tell(e.Input(BEGIN))

    def tell(self, event: e.Event) -> None:
        self.state, effects = step(self.state, event)
        self.effects += effects

    def act(self, after: int, act: Act) -> None:
        """Let `act` happen `after` this long, in a state that it may be told to."""
        for event in events(self.state, self.state.now + after, act):
            self.tell(event)

    @property
    def rows(self) -> list[Record]:
        return [effect.row for effect in self.effects if isinstance(effect, e.Log)]


def events(s: State, at: int, act: Act) -> list[e.Event]:
    kind, *values = act
    if kind == "restart":
        return [e.Stopped(at, quit=False), _started(s, at + values[0], locked=False, busy=())]
    if kind is e.Started:  # after a kill
        return [_started(s, at, *values)]
    if kind is e.Idle:
        return [e.Idle(at, at - values[0])]
    if kind is e.Moved:
        return [e.Moved(at, None if values[0] is None else at + values[0])]
    if kind is e.WallSet:
        return [e.WallSet(at, s.wall.offset + values[0] if abs(s.wall.offset) < 2 * DAY else 0)]
    return [kind(at, *values)]


def _started(s: State, at: int, locked: bool, busy: tuple[str, ...]) -> e.Started:  # noqa: FBT001 - drawn values
    return e.Started(at, s.settings, s.wall.offset, s.wall.zone, locked, busy)


def played(there: Settings, day: Day) -> Life:
    life = Life(there)
    for after, act in day:
        life.act(after, act)
    return life


@given(there=configurations, day=days)
@quick
def test_every_offer_has_one_outcome_or_is_the_open_one(there: Settings, day: Day) -> None:
    life = played(there, day)
    offers = [row for row in life.rows if row.offer is not None]
    begun = list(dict.fromkeys(row.offer for row in offers))
    assert begun == list(range(1, life.state.offers + 1))  # they count up, and none is left out
    ended = [row.offer for row in offers if row.event in OUTCOMES]
    still = [] if life.state.offer is None else [life.state.offer.id]
    assert Counter(begun) == Counter([*ended, *still])
    assert {row.offer: row.event in OUTCOMES for row in offers} == {n: n not in still for n in begun}  # it comes last


@given(there=configurations, day=days)
@quick
def test_one_offer_is_told_of_at_a_time(there: Settings, day: Day) -> None:
    open_offer: int | None = None
    for row in played(there, day).rows:
        if row.offer is None:
            continue
        assert open_offer in {None, row.offer}
        open_offer = None if row.event in OUTCOMES else row.offer


@given(there=configurations, day=days)
@quick
def test_nothing_is_taken_that_was_not_started(there: Settings, day: Day) -> None:
    """By the person, or by itself where the person has set it so."""
    started: set[int | None] = set()
    for row in played(there, day).rows:
        if row.event == "started":
            assert row.source in {"notification", "tray", "cli", "daemon"}
            started.add(row.offer)
        assert (row.event in {"taken", "abandoned"}) <= (row.offer in started)
        assert (row.event in {"natural", "skipped", "missed", "expired"}) <= (row.offer not in started)


@given(there=configurations, day=days | tactful)
@quick
def test_no_prompt_at_a_wrong_moment(there: Settings, day: Day) -> None:
    """Not outside work hours, in a pause, in a hold before its limit, or to a person who is absent or just back."""
    life = Life(there)
    held_since: int | None = None
    for after, act in day:
        for event in events(life.state, life.state.now + after, act):
            while (at := next_deadline(life.state)) <= event.at:
                held_since = watched(life, e.Tick(at), held_since)
            held_since = watched(life, event, held_since)


def watched(life: Life, event: e.Event, held_since: int | None) -> int | None:
    """Tell one event, look at the prompts that it brings, and return since when the open offer is held."""
    told = len(life.effects)
    life.tell(event)
    s = life.state
    for effect in life.effects[told:]:
        if isinstance(effect, e.Log) and effect.row.event == "held":
            held_since = s.now
    if s.offer is not None and s.offer.phase is Phase.PROMPTED:
        assert s.work.inside
        assert s.paused is None
        assert s.person.up
        assert s.person.standing is None
        held = blocking(s)
        assert AUDIENCE not in held
        assert not held or (held_since is not None and s.now >= held_since + s.settings.hold_at_most)
        if any(isinstance(effect, e.ShowPrompt) for effect in life.effects[told:]):
            assert s.person.absence is None
            assert s.now >= s.person.present_since + s.settings.settle
    return held_since


def by_deadlines(life: Life, day: Day) -> Iterator[tuple[State, e.Event, list[e.Effect]]]:
    """Live the day from one deadline to the next; yield the state before each event, the event, and its effects."""
    for after, act in day:
        for event in events(life.state, life.state.now + after, act):
            while (at := next_deadline(life.state)) <= event.at:
                yield from told(life, e.Tick(at))
            yield from told(life, event)


def told(life: Life, event: e.Event) -> Iterator[tuple[State, e.Event, list[e.Effect]]]:
    before, effects = life.state, len(life.effects)
    life.tell(event)
    yield before, event, life.effects[effects:]


@given(there=configurations, day=tactful)
@quick
def test_nothing_is_ever_shown_to_an_audience(there: Settings, day: Day) -> None:
    life = Life(there)
    for _before, event, effects in by_deadlines(life, day):
        if AUDIENCE in blocking(life.state):
            assert life.state.offer is None or life.state.offer.phase is not Phase.PROMPTED
            if any(isinstance(effect, e.WarnAhead | e.ShowPrompt) for effect in effects):
                assert isinstance(event, e.Busy | e.Configured | e.Started)  # it came at that very moment


@given(day=tactful)
@quick
def test_nobody_is_asked_who_is_just_back(day: Day) -> None:
    life = Life(settings("micro 20m 5m helicopters", "walk 1h 10m walk", settle="10m"))
    for _before, _event, effects in by_deadlines(life, day):
        if any(isinstance(effect, e.ShowPrompt) for effect in effects):
            assert life.state.now >= life.state.person.present_since + 10 * MINUTE


@given(there=configurations, day=tactful)
@quick
def test_while_somebody_stands_no_clock_counts_and_nothing_asks(there: Settings, day: Day) -> None:
    life = Life(there)
    for before, event, effects in by_deadlines(life, day):
        stood, stands = before.person.standing is not None, life.state.person.standing is not None
        if stood and not isinstance(event, e.Configured | e.Started):
            assert all(now <= then for now, then in zip(life.state.sat, before.sat, strict=True))
        if stands:
            assert life.state.person.absence is None
            assert life.state.person.reachable
            if stood:
                assert not any(isinstance(effect, e.ShowPrompt | e.WarnAhead) for effect in effects)


@given(there=configurations, day=tactful)
@quick
def test_nothing_starts_by_itself_but_by_the_person_s_own_setting_and_in_a_pause(there: Settings, day: Day) -> None:
    life = Life(there)
    for before, event, effects in by_deadlines(life, day):
        for effect in effects:
            if isinstance(effect, e.Log) and (effect.row.event, effect.row.source) == ("started", "daemon"):
                assert life.state.settings.auto_start
                assert before.offer is not None
                assert before.offer.phase is Phase.PROMPTED
                assert before.offer.shown + event.at - before.now >= PAUSE
                assert event.at - before.person.last_sign >= PAUSE
                assert not blocking(before)


@given(
    there=configurations, day=days.map(without(e.Started)), ticks=st.lists(st.integers(1, 600), min_size=1, max_size=5)
)
@quick
def test_finer_ticks_give_the_same_log(there: Settings, day: Day, ticks: list[int]) -> None:
    """But for a kill, of which a tick is the last sign of life."""
    fine = Life(there)
    for n, (after, act) in enumerate(day):
        now, tick = fine.state.now, ticks[n % len(ticks)] * SECOND
        for between in range(now + tick, now + after, max(tick, after // 50)):
            fine.tell(e.Tick(between))
        for event in events(fine.state, now + after, act):
            fine.tell(event)
    coarse = played(there, day)
    assert coarse.effects == fine.effects
    assert coarse.state == fine.state


@given(there=configurations, day=days, stops=st.sets(st.integers(0, 40)))
@quick
def test_a_state_that_was_written_and_read_goes_on_in_the_same_way(there: Settings, day: Day, stops: set[int]) -> None:
    life = Life(there)
    for n, (after, act) in enumerate(day):
        if n in stops:
            life.state = load(json.loads(json.dumps(dump(life.state))), life.state.settings)
        life.act(after, act)
    assert life.effects == played(there, day).effects


@given(day=days.map(without(e.Configured, "tomorrow", "09:30", "23:59")))
@quick
def test_a_step_of_the_clock_changes_no_sitting_time(day: Day) -> None:
    """With work at every hour, what the wall clock shows makes no difference but to the times in the log."""
    there = settings("micro 30m 2m helicopters", "walk 2h 10m walk", hours="00:00-24:00", days=" ".join(DAYS))
    stepped = played(there, day)
    steady = played(there, [(after, (e.Tick,) if act[0] in {e.WallSet, e.ZoneSet} else act) for after, act in day])
    assert stepped.state.sat == steady.state.sat
    assert [timeless(row) for row in stepped.rows] == [timeless(row) for row in steady.rows]


def timeless(row: Record) -> Record:
    return replace(row, at=EPOCH)


@given(there=configurations, day=days)
@quick
def test_a_restart_loses_nothing(there: Settings, day: Day) -> None:
    """A routine is closed by it; all else is as before, but for the silence that is now known to be an absence."""
    before = played(there, day).state
    if not before.person.up:
        return
    after, _ = step(before, e.Stopped(before.now, quit=False))
    after, _ = step(after, _started(after, after.now, locked=False, busy=()))
    if before.offer is not None and before.offer.phase is Phase.ROUTINE:
        assert after.offer is None
        return
    assert (after.turns, after.paused, after.quiet_until) == (before.turns, before.paused, before.quiet_until)
    assert all(now <= then for now, then in zip(after.sat, before.sat, strict=True))
    assert (after.offer and (after.offer.id, after.offer.count, after.offer.exercise)) == (
        before.offer and (before.offer.id, before.offer.count, before.offer.exercise)
    )


@given(there=configurations, day=days)
@quick
def test_the_next_deadline_is_never_past_and_never_endless(there: Settings, day: Day) -> None:
    life = Life(there)
    for after, act in day:
        life.act(after, act)
        assert next_deadline(life.state) > life.state.now
    end, steps = life.state.now + DAY, 0
    while (at := next_deadline(life.state)) < end:
        life.tell(e.Tick(at))
        steps += 1
    assert steps < 2000
    assert life.state.now < end


@given(there=configurations, day=days.map(without(e.WallSet)))
@quick
def test_times_of_the_log_never_go_back_but_for_what_is_found_later(there: Settings, day: Day) -> None:
    last = None
    for row in played(there, day).rows:
        if row.event != "natural":
            assert last is None or last <= row.at
            last = row.at


@given(there=configurations, day=days)
@quick
def test_figures_stay_in_their_bounds(there: Settings, day: Day) -> None:
    life = Life(there)
    for after, act in day:
        life.act(after, act)
        s = life.state
        assert len(s.sat) == len(s.turns) == len(s.settings.tiers)
        assert all(0 <= sat <= s.now - BEGIN for sat in s.sat)
        assert not (s.person.signing and s.person.absence)
        if s.offer is not None:
            assert s.offer.shown >= 0
            assert s.offer.count <= max(one.max_snoozes for one in SEVERAL)
            assert (s.offer.exercise is not None) or s.offer.phase not in {Phase.PROMPTED, Phase.ROUTINE}
        if s.person.absence is not None:
            assert s.person.absence.since <= s.now


@given(there=configurations, day=st.lists(st.tuples(st.integers(-10, 10), acts), max_size=30), down=st.booleans())
@quick
def test_no_order_of_events_makes_a_step_fail(there: Settings, day: Day, *, down: bool) -> None:
    """Also from the past, after the end, and before any start."""
    state = State.new(there, BEGIN, Wall(0, "UTC"))
    for hours, act in day:
        for event in events(state, state.now + hours * HOUR, act):
            state, _ = step(state, event)
        if down:
            state, _ = step(state, e.Stopped(state.now, quit=hours > 0))
