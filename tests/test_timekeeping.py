"""From the machine's clocks to the engine's time: sleeps, steps, zones, reboots."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakd.adapters.clock import Reading
from breakd.core import events as e
from breakd.core.durations import HOUR, MINUTE, SECOND
from breakd.core.engine import step
from breakd.core.state import State, Wall
from breakd.daemon import LONGEST_WAIT
from breakd.timekeeping import UNNOTICED, Timekeeper
from fakes import FakeClock
from machine import MONDAY_9, SETTINGS

BOOT = "boot-1"


class Clocks:
    """A machine's clocks, a keeper that reads them, and an engine that is told what they tell."""

    def __init__(self) -> None:
        self.clock = FakeClock.at(MONDAY_9)
        self.keeper = Timekeeper(self.clock.read(), BOOT, None)
        now = self.keeper.at(self.clock.elapsed_us)
        self.state = State.new(SETTINGS, now, Wall(self.clock.wall_us - now, "UTC"))
        self.tell(e.Started(now, SETTINGS, self.state.wall.offset, "UTC", locked=False, busy=()))

    def tell(self, event: e.Event) -> None:
        self.state, _effects = step(self.state, event)

    def wake(self) -> list[e.Event]:
        """Read the clocks, and let the engine hear what they tell."""
        told = self.keeper.caught_up(self.state, self.clock.read(), LONGEST_WAIT)
        for event in told:
            self.tell(event)
        return told

    @property
    def now(self) -> int:
        return self.keeper.at(self.clock.elapsed_us)


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


# Sleeps that nobody announced


@pytest.mark.parametrize("seconds", [0, 0.001, 30, 60, 119, 120])
def test_a_wake_up_at_most_a_minute_late_tells_nothing(clocks: Clocks, seconds: float) -> None:
    clocks.clock.pass_time(seconds)
    assert clocks.wake() == []


@pytest.mark.parametrize("seconds", [120.001, 121, 3600, 10 * 86_400])
def test_one_that_is_later_slept_for_as_long_as_it_is_late(clocks: Clocks, seconds: float) -> None:
    begin = clocks.now
    clocks.clock.pass_time(seconds)
    assert clocks.wake() == [e.Slept(begin + LONGEST_WAIT), e.Woke(clocks.now)]


@pytest.mark.parametrize(("seconds", "told"), [(59, False), (60, False), (60.001, True), (7200, True)])
def test_time_asleep_is_what_the_clocks_say_it_is(clocks: Clocks, seconds: float, told: bool) -> None:  # noqa: FBT001 - a table
    clocks.clock.pass_time(45)
    clocks.clock.sleep(seconds)
    slept = [e.Slept(clocks.now - round(seconds * SECOND)), e.Woke(clocks.now)]
    assert clocks.wake() == (slept if told else [])


def test_of_two_ways_to_tell_the_longer_sleep_counts(clocks: Clocks) -> None:
    clocks.clock.sleep(600)
    clocks.clock.pass_time(3000)  # and the process stood still
    assert clocks.wake() == [e.Slept(clocks.now - 3540 * SECOND), e.Woke(clocks.now)]


def test_a_sleep_that_was_announced_is_not_told_again(clocks: Clocks) -> None:
    clocks.tell(e.Slept(clocks.now))
    clocks.clock.sleep(3600)
    assert clocks.wake() == []
    clocks.tell(e.Woke(clocks.now))
    assert clocks.wake() == []


def test_a_sleep_is_told_once(clocks: Clocks) -> None:
    clocks.clock.sleep(3600)
    assert len(clocks.wake()) == 2
    clocks.clock.pass_time(60)
    assert clocks.wake() == []


# The wall clock and the zone


@pytest.mark.parametrize("seconds", [-10 * HOUR / SECOND, -1, -0.051, 0.051, 1, 7200, 86_400 * 365])
def test_a_step_is_told_and_no_time_has_passed(clocks: Clocks, seconds: float) -> None:
    now = clocks.now
    clocks.clock.step(seconds)
    assert clocks.wake() == [e.WallSet(now, clocks.clock.wall_us - now)]
    assert clocks.now == now
    assert clocks.wake() == []


@pytest.mark.parametrize("seconds", [-0.05, -0.001, 0.001, 0.05])
def test_a_clock_that_is_slewed_is_left_alone(clocks: Clocks, seconds: float) -> None:
    clocks.clock.step(seconds)
    assert clocks.wake() == []


def test_what_is_slewed_adds_up_to_a_step(clocks: Clocks) -> None:
    told = []
    for _ in range(10):
        clocks.clock.pass_time(60)
        clocks.clock.step(0.01)
        told += clocks.wake()
    assert [type(event) for event in told] == [e.WallSet]


def test_a_step_during_a_sleep_is_both(clocks: Clocks) -> None:
    clocks.clock.sleep(3600)
    clocks.clock.step(-7200)
    assert [type(event) for event in clocks.wake()] == [e.Slept, e.Woke, e.WallSet]


def test_another_zone_is_told_once(clocks: Clocks) -> None:
    clocks.clock.zone = "Asia/Kathmandu"
    assert clocks.wake() == [e.ZoneSet(clocks.now, "Asia/Kathmandu")]
    assert clocks.wake() == []


# Over the end of the daemon


def test_a_first_daemon_counts_from_the_boot() -> None:
    reading = Reading(5 * SECOND, 0, 1_700_000_000 * SECOND, "UTC")
    assert Timekeeper(reading, BOOT, None).at(7 * SECOND) == 7 * SECOND


def test_in_the_same_boot_elapsed_time_goes_on_whatever_the_wall_clock_does(clocks: Clocks) -> None:
    clocks.clock.pass_time(100)
    clocks.wake()
    saved, before = clocks.keeper.saved(), clocks.now
    clocks.clock.pass_time(3600)
    clocks.clock.step(-86_400)
    assert Timekeeper(clocks.clock.read(), BOOT, saved).at(clocks.clock.elapsed_us) == before + HOUR


@pytest.mark.parametrize(("wall_s", "between"), [(3600, HOUR), (0, 0), (-3600, 0)])
@pytest.mark.parametrize("boot", ["boot-2", ""])
def test_over_a_reboot_the_wall_clock_tells_and_never_backward(
    clocks: Clocks, wall_s: int, between: int, boot: str
) -> None:
    clocks.clock.pass_time(100)
    clocks.wake()
    saved, before = clocks.keeper.saved(), clocks.now
    booted = replace(clocks.clock.read(), elapsed_us=20 * SECOND, wall_us=clocks.clock.wall_us + wall_s * SECOND)
    keeper = Timekeeper(booted, boot, saved)
    assert keeper.at(20 * SECOND) == before + between
    assert keeper.at(80 * SECOND) == before + between + MINUTE


def test_where_boots_have_no_names_no_two_are_the_same() -> None:
    reading = Reading(500 * SECOND, 0, 10_000 * SECOND, "UTC")
    saved = Timekeeper(reading, "", None).saved()
    later = replace(reading, elapsed_us=400 * SECOND, wall_us=10_060 * SECOND)
    assert Timekeeper(later, "", saved).at(400 * SECOND) == 560 * SECOND


def test_a_boot_that_is_not_the_one_it_says_does_not_run_backward(clocks: Clocks) -> None:
    """A container that is restored, or a copied state: the same name, an earlier clock."""
    saved, before = clocks.keeper.saved(), clocks.now
    earlier = replace(clocks.clock.read(), elapsed_us=clocks.clock.elapsed_us - 500 * SECOND)
    assert Timekeeper(earlier, BOOT, saved).at(earlier.elapsed_us) == before


@pytest.mark.parametrize(
    "saved",
    [
        {},
        {"boot": BOOT},
        {"boot": BOOT, "origin": "x", "now": 0, "wall": 0},
        {"boot": 1, "origin": 0, "now": None, "wall": 0},
    ],
)
def test_what_was_not_saved_by_one_is_an_error(saved: dict[str, Any]) -> None:
    with pytest.raises((KeyError, ValueError, TypeError)):
        Timekeeper(Reading(0, 0, 0, "UTC"), BOOT, saved)


WAITS = st.tuples(
    st.sampled_from(["pass", "sleep", "step", "reboot", "restart"]), st.integers(-(10**10), 10**10), st.booleans()
)


@given(st.lists(WAITS, max_size=20))
def test_the_engine_s_time_never_runs_backward_and_no_step_moves_it(acts: list[tuple[str, int, bool]]) -> None:
    clocks = Clocks()
    boots, last_read = 1, clocks.now
    for act, micros, wakes in acts:
        before = clocks.now
        match act:
            case "pass":
                clocks.clock.pass_time(abs(micros) / SECOND)
                assert clocks.now == before + abs(micros)
            case "sleep":
                clocks.clock.sleep(abs(micros) / SECOND)
                assert clocks.now == before + abs(micros)
            case "step":
                clocks.clock.step(micros / SECOND)
                assert clocks.now == before
            case "reboot" | "restart":
                clocks.wake()
                saved = clocks.keeper.saved()
                if act == "reboot":
                    boots += 1
                    clocks.clock.elapsed_us = abs(micros)
                    clocks.clock.slept_us = 0
                    clocks.clock.step(micros / SECOND)
                clocks.keeper = Timekeeper(clocks.clock.read(), f"boot-{boots}", saved)
                assert clocks.now >= before
                last_read = clocks.now
        if wakes:
            told = clocks.wake()
            assert all(last_read <= event.at <= clocks.now for event in told)
            assert sorted(told, key=lambda event: event.at) == told
            assert not any(isinstance(event, e.Slept) for event in told) or clocks.now - last_read > UNNOTICED
            last_read = clocks.now
