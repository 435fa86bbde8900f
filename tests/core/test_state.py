"""The state on disk: what is written is read back as it was, and anything else is refused with ValueError."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakd.core import events as e
from breakd.core.durations import MINUTE
from breakd.core.engine import step
from breakd.core.settings import Settings
from breakd.core.state import State, Wall, dump, load
from stories import micros, settings

THERE = settings("micro 30m 20m helicopters knee-hovers", "walk 45m 25m walk", hold_at_most="10m", warn_before="2m")


def life(there: Settings) -> Iterator[State]:
    """Yield the states of a day that passes every phase."""
    at = micros
    events: list[e.Event] = [
        e.Started(at("09:00"), there, 3600 * 1_000_000, "Europe/Berlin", locked=False, busy=()),
        e.Input(at("09:00")),
        e.Idle(at("09:29:30"), at("09:29:30")),
        e.Tick(at("09:31")),  # prompted, in a silence
        e.Busy(at("09:32"), "microphone"),  # held
        e.Tick(at("09:43")),  # through the hold
        e.Snooze(at("09:43"), "tray"),
        e.Locked(at("09:44")),
        e.Tick(at("09:49")),  # waits for the return
        e.Unlocked(at("09:50")),
        e.Start(at("09:51"), "cli", "bridges"),
        e.Moved(at("09:51:30"), None),  # stands still
        e.Closed(at("09:52")),  # abandoned: quiet
        e.Free(at("09:52"), "microphone"),
        e.Typing(at("09:52"), now=True),
        e.Tick(at("09:57")),  # waits for a pause in typing
        e.Pause(at("09:58"), "cli", until="16:00"),
        e.Slept(at("10:10")),
        e.Woke(at("10:20")),
        e.Resume(at("10:21"), "tray"),
        e.Pause(at("10:22"), "cli", 10 * MINUTE),
        e.Pause(at("10:23"), "cli"),
        e.Busy(at("10:23"), "fullscreen", named=True),
        e.Stand(at("10:23")),
        e.Tick(at("10:23:30")),
        e.Stopped(at("10:24"), quit=False),
    ]
    state = State.new(there, at("09:00"), Wall(0, "UTC"), offers=7)
    yield state
    for event in events:
        state, _ = step(state, event)
        yield state


def written(state: State) -> Any:
    return json.loads(json.dumps(dump(state)))


@pytest.mark.parametrize("state", list(life(THERE)))
def test_a_state_is_read_back_as_it_was(state: State) -> None:
    assert load(written(state), THERE) == replace(state, work=replace(state.work, boundary=state.now))


def test_every_phase_was_there() -> None:
    phases = {state.offer.phase.value for state in life(THERE) if state.offer is not None}
    assert phases == {"return", "held", "typing", "prompted", "snoozed", "routine"}


def test_somebody_stood_and_a_named_program_held() -> None:
    assert any(state.person.standing is not None and state.person.named == ("fullscreen",) for state in life(THERE))


def test_a_state_from_before_anybody_could_stand_is_brought_up() -> None:
    state = list(life(THERE))[-2]
    document = written(state)
    del document["person"]["standing"], document["person"]["named"]
    found = load(document, THERE)
    assert (found.person.standing, found.person.named) == (None, ())
    assert found.person.busy == state.person.busy


def test_clocks_are_matched_by_the_tiers_name() -> None:
    state = replace(State.new(THERE, micros("09:00"), Wall(0, "UTC")), sat=(1, 2), turns=(1, 0))
    other = settings("walk 1h 10m walk", "new 2h 2m walk", "micro 20m 2m helicopters")
    found = load(written(state), other)
    assert (found.sat, found.turns) == ((2, 0, 1), (0, 0, 1))


def test_a_later_version_is_refused() -> None:
    document = written(State.new(THERE, 0, Wall(0, "UTC"))) | {"version": 2}
    with pytest.raises(ValueError, match="its version is 2"):
        load(document, THERE)


def test_a_zone_that_is_gone_is_refused() -> None:
    document = written(State.new(THERE, 0, Wall(0, "UTC")))
    document["wall"]["zone"] = "Mars/Olympus"
    with pytest.raises(ValueError, match="not a saved state"):
        load(document, THERE)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every value in a document."""
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield from places(part, (*path, key))


def changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """Return a copy of the document with `new` at a path."""
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = changed(value[path[0]], path[1:], new)
    return copy


RICH = [written(state) for state in life(THERE)]
NONSENSE: list[Any] = [
    None, "", "x", [], {}, [1], {"a": 1}, -1, 0, 1, 1.5, True, 10**12, 10**17, -(10**17), 10**40, "Europe/Berlin",
    "2026-06-01T09:00:00", "0001-01-01T00:00:00", "9999-12-31T23:59:59", "2026-06-01T09:00:00+02:00", [[1, 2, 3]],
]  # fmt: skip


@given(data=st.data(), document=st.sampled_from(RICH), new=st.sampled_from(NONSENSE))
def test_nonsense_is_refused_with_a_value_error_or_harmless(data: st.DataObject, document: Any, new: Any) -> None:
    path = data.draw(st.sampled_from(list(places(document))))
    try:
        state = load(changed(document, path, new), THERE)
    except ValueError:
        return
    now = state.now + 60 * MINUTE
    state, _ = step(state, e.Started(now, THERE, 0, "UTC", locked=False, busy=()))
    state, _ = step(state, e.Input(now))
    step(state, e.Tick(now + 60 * MINUTE))


@pytest.mark.parametrize("document", [None, [], {}, "state", 7, {"version": 1}, {"version": None}])
def test_what_is_no_state_at_all_is_refused(document: Any) -> None:
    with pytest.raises(ValueError, match=r"version|saved state"):
        load(document, THERE)
