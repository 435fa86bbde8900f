"""A running routine: what its acts report, and that it ends once."""

import json
import os
import socket

import pytest

from breakd.routines.exercises import EXERCISES
from breakd.routines.session import Link, Session
from breakd.routines.timeline import plan


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Told:
    """What was reported, as (kind, seconds)."""

    def __init__(self) -> None:
        self.said: list[tuple[str, object]] = []

    def __call__(self, kind: str, more: object) -> None:
        assert isinstance(more, dict)
        self.said.append((kind, more.get("seconds", "-")))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def session(clock: Clock, told: Told) -> Session:
    return Session(plan(EXERCISES["bridges"], 120), told, clock)


def test_it_ends_by_itself(session: Session, clock: Clock, told: Told) -> None:
    session.opened()
    clock.now += 119
    session.tick()
    assert told.said == [("opened", "-")]
    clock.now += 30
    session.tick()
    session.close()
    assert session.outcome == "finished"
    assert told.said == [("opened", "-"), ("finished", 120)]


def test_what_moves_its_end_is_told(session: Session, clock: Clock, told: Told) -> None:
    clock.now += 8
    session.toggle()
    clock.now += 60
    session.toggle()
    session.next()
    session.back()
    assert told.said == [("moved", None), ("moved", 112), ("moved", 100), ("moved", 115)]


def test_a_leap_in_a_pause_goes_on_pausing(session: Session, clock: Clock, told: Told) -> None:
    session.toggle()
    session.next()
    clock.now += 60
    session.toggle()
    assert told.said == [("moved", None), ("moved", None), ("moved", 115)]


def test_done_early_tells_what_was_really_done(session: Session, clock: Clock, told: Told) -> None:
    clock.now += 7
    session.next()
    clock.now += 4
    session.done()
    assert told.said[-1] == ("done", 11)


def test_closed_early_tells_what_was_really_done(session: Session, clock: Clock, told: Told) -> None:
    clock.now += 50
    session.close()
    session.done()
    session.next()
    assert session.outcome == "closed"
    assert told.said == [("closed", 50)]


def test_next_in_the_last_phase_finishes(session: Session, clock: Clock, told: Told) -> None:
    clock.now += 110
    session.next()
    assert told.said == [("finished", 110)]


def test_another_exercise_begins_anew_and_what_was_practised_counts(session: Session, clock: Clock, told: Told) -> None:
    clock.now += 30
    session.exchange(plan(EXERCISES["walk"], 120))
    assert (session.player.timeline.exercise.id, session.player.position) == ("walk", 0)
    clock.now += 40
    session.done()
    assert told.said == [("moved", 120), ("done", 70)]


def test_another_exercise_chosen_in_a_pause_waits_for_its_end(session: Session, clock: Clock, told: Told) -> None:
    clock.now += 30
    session.toggle()
    session.exchange(plan(EXERCISES["walk"], 120))
    clock.now += 60
    session.toggle()
    assert told.said == [("moved", None), ("moved", None), ("moved", 120)]


def test_the_line_hears_whole_sentences_as_they_come() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        link = Link(theirs.fileno())
        assert list(link.heard()) == []
        ours.send(b'{"farewell": "2 bre')
        assert list(link.heard()) == []
        ours.send(b'aks today."}\n{"farewell": "again"}\n[]\n')
        assert list(link.heard()) == [{"farewell": "2 breaks today."}, {"farewell": "again"}]
        assert not link.deserted
        ours.close()
        assert list(link.heard()) == []
        assert link.deserted


def test_a_pipe_can_only_be_told() -> None:
    reading, writing = os.pipe()
    link = Link(writing)
    assert list(link.heard(patience=10)) == []
    os.close(reading)
    link("opened", {})
    assert not link.deserted
    os.close(writing)


def test_reports_are_lines_of_json() -> None:
    reading, writing = os.pipe()
    report = Link(writing)
    report("opened", {})
    report("moved", {"seconds": None})
    os.close(writing)
    with os.fdopen(reading) as lines:
        assert [json.loads(line) for line in lines] == [{"kind": "opened"}, {"kind": "moved", "seconds": None}]


def test_nobody_listening_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    report = Link(writing)
    report("opened", {})
    report("moved", {"seconds": 1})
    os.close(writing)
