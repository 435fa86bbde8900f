import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from breakd.adapters.ticker import Ticker
from breakd.ports import DEADLINE, WEEK

FAR_S = 3600


@contextmanager
def ticking() -> Iterator[tuple[Ticker, queue.Queue[tuple[str, str]]]]:
    """Have a ticker, and a queue that gets the job that rings and the thread that tells it."""
    rings: queue.Queue[tuple[str, str]] = queue.Queue()
    ticker = Ticker(lambda job: rings.put((job, threading.current_thread().name)))
    try:
        yield ticker, rings
    finally:
        ticker.close()


@pytest.mark.parametrize("seconds", [0.05, 0.0, -5.0])
def test_the_alarm_rings_once_on_the_schedulers_own_thread(seconds: float) -> None:
    with ticking() as (ticker, rings):
        ticker.arm(seconds)
        assert rings.get(timeout=10) == (DEADLINE, "APScheduler")
    assert rings.empty()


def test_the_last_alarm_counts() -> None:
    others = set(threading.enumerate())
    with ticking() as (ticker, rings):
        ticker.arm(FAR_S)
        ticker.arm(0.01)
        rings.get(timeout=10)
        ticker.arm(0.01)
        rings.get(timeout=10)
        ticker.arm(0.05)
        ticker.arm(FAR_S)
        assert [thread.name for thread in threading.enumerate() if thread not in others] == ["APScheduler"]
    assert rings.empty()


def test_each_job_rings_for_itself() -> None:
    others = set(threading.enumerate())
    with ticking() as (ticker, rings):
        ticker.arm(FAR_S, WEEK)
        ticker.arm(0.01)
        assert rings.get(timeout=10) == (DEADLINE, "APScheduler")
        ticker.arm(FAR_S)
        ticker.arm(0.01, WEEK)
        assert rings.get(timeout=10) == (WEEK, "APScheduler")
        ticker.arm(0.01, WEEK)
        assert rings.get(timeout=10) == (WEEK, "APScheduler")
        ticker.arm(0.01)
        assert rings.get(timeout=10) == (DEADLINE, "APScheduler")
        assert [thread.name for thread in threading.enumerate() if thread not in others] == ["APScheduler"]
    assert rings.empty()


def test_closed_the_thread_is_gone() -> None:
    others = set(threading.enumerate())
    with ticking() as (ticker, _rings):
        ticker.arm(FAR_S)
    assert not set(threading.enumerate()) - others


@pytest.mark.parametrize("tz", ["UTC0", "Nonsense/Zone", "CET-1CEST,M3.5.0,M10.5.0/3"])
def test_a_zone_without_a_name_does_not_matter(monkeypatch: pytest.MonkeyPatch, tz: str) -> None:
    monkeypatch.setenv("TZ", tz)
    with ticking() as (ticker, rings):
        ticker.arm(0.0)
        rings.get(timeout=10)
