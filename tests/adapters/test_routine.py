"""The routine's process, with a real child, here without a window."""

from queue import SimpleQueue

import pytest

from breakd.adapters.routine import RoutineProcess
from breakd.core.durations import SECOND
from breakd.ports import Message, RoutineReport
from machine import settings


@pytest.fixture
def messages() -> "SimpleQueue[Message]":
    return SimpleQueue()


def test_a_child_is_told_the_settings_and_tells_its_routine(
    messages: "SimpleQueue[Message]", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BREAKD_CONFIG", "/nowhere")  # the daemon's settings stand, whatever became of the file
    routines = RoutineProcess(messages.put, ["--terminal"])
    routines.open(7, "walk", SECOND, settings())
    assert messages.get(timeout=20) == RoutineReport(7, "opened")
    assert messages.get(timeout=20) == RoutineReport(7, "finished", 1.0)
    routines.farewell("1 break today.")
    routines.close()


def test_closing_ends_the_child(messages: "SimpleQueue[Message]") -> None:
    routines = RoutineProcess(messages.put, ["--terminal"])
    routines.open(7, "walk", 600 * SECOND, settings())
    assert messages.get(timeout=20) == RoutineReport(7, "opened")
    routines.close()
    report = messages.get(timeout=20)
    assert isinstance(report, RoutineReport)
    assert report.kind == "closed"
    assert messages.get(timeout=20) == RoutineReport(7, "gone")


def test_an_end_with_no_word_is_told(messages: "SimpleQueue[Message]") -> None:
    routines = RoutineProcess(messages.put)
    routines.open(7, "no-such-exercise", SECOND, settings())
    report = messages.get(timeout=20)
    assert isinstance(report, RoutineReport)
    assert report.kind == "impossible"
    assert messages.get(timeout=20) == RoutineReport(7, "gone")
