"""Presence under Wayland, against a compositor on a real socket whose person the test plays."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, SimpleQueue

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from breakd.adapters.wlidle import GLANCE_MS, NoIdleNotifyError, WaylandIdle
from breakd.ports import PAUSE_S, CameBack, Message, SourceChanged, WentIdle
from fakecompositor import EXT, KWIN, SEAT, FakeCompositor, until

AWAY_S = 180
AWAY_MS = AWAY_S * 1000
PAUSE_MS = round(PAUSE_S * 1000)
OFFERS = {
    "ext-idle-notify": [(EXT, 2), (KWIN, 1)],
    "ext-idle-notify-v1": [(KWIN, 1), (EXT, 1)],
    "kwin-idle": [(KWIN, 1)],
}


class Watch:
    """A source of presence, the compositor that it asks, and what it told."""

    def __init__(self, compositor: FakeCompositor, away_after_s: float = AWAY_S) -> None:
        self.compositor = compositor
        self.told: SimpleQueue[Message] = SimpleQueue()
        self.source = WaylandIdle(self.told.put, away_after_s)
        assert self.next() == SourceChanged("presence", self.source.name)

    def next(self) -> Message:
        return self.told.get(timeout=20)

    def went(self) -> float:
        """Return for how long, in seconds, the person is said to have been idle."""
        gone = self.next()
        assert isinstance(gone, WentIdle)
        return gone.seconds

    def asked(self, *timeouts: int) -> None:
        """Wait until these, in ms, are what is asked of each seat."""
        wanted = sorted(timeouts) * len(self.compositor.seats())
        self.compositor.wait(lambda: self.compositor.timeouts() == sorted(wanted))

    def nothing_more(self) -> None:
        """Have all that was sent so far been taken, and nothing told of it."""
        self.source.set_away_after(AWAY_S + 1)
        self.compositor.wait(lambda: (AWAY_S + 1) * 1000 in self.compositor.timeouts())
        assert self.told.empty()


Make = Callable[..., FakeCompositor]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    made: list[FakeCompositor] = []

    def build(*offers: tuple[str, int]) -> FakeCompositor:
        made.append(FakeCompositor(tmp_path / f"wayland-{len(made)}", *offers))
        monkeypatch.setenv("WAYLAND_DISPLAY", str(made[-1].path))
        return made[-1]

    yield build
    for compositor in made:
        compositor.close()


@pytest.fixture(params=OFFERS)
def each(request: pytest.FixtureRequest, make: Make) -> Iterator[Watch]:
    """Return a source under each protocol."""
    watch = Watch(make((SEAT, 5), *OFFERS[request.param]))
    assert watch.source.name == request.param
    watch.asked(GLANCE_MS, AWAY_MS)
    yield watch
    watch.source.close()


@pytest.fixture
def watch(make: Make) -> Iterator[Watch]:
    watch = Watch(make((SEAT, 5), (EXT, 2)))
    watch.asked(GLANCE_MS, AWAY_MS)
    yield watch
    watch.source.close()


def test_away_and_back(each: Watch) -> None:
    for _ in range(2):
        each.compositor.silence(AWAY_MS - 1)
        each.compositor.silence(1)
        assert each.went() == pytest.approx(AWAY_S, abs=1)
        idle = each.source.idle_s()
        assert idle is not None
        assert idle >= AWAY_S
        each.compositor.input()
        assert each.next() == CameBack()
        assert each.source.idle_s() is None
    each.nothing_more()


def test_input_by_nobody_awaited_is_told_nothing_of(each: Watch) -> None:
    for _ in range(5):
        each.compositor.silence(GLANCE_MS - 1)
        each.compositor.input()
    each.nothing_more()


def test_the_beginning_of_half_a_minutes_silence_is_known(each: Watch) -> None:
    assert each.source.idle_s() is None
    each.compositor.silence(GLANCE_MS)
    until(lambda: each.source.idle_s() is not None)
    idle = each.source.idle_s()
    assert idle is not None
    assert idle >= GLANCE_MS / 1000
    each.compositor.input()
    until(lambda: each.source.idle_s() is None)
    each.nothing_more()


def test_a_return_is_told_however_short_the_silence_and_once(each: Watch) -> None:
    each.source.watch_return()
    each.source.watch_return()
    each.asked(0, GLANCE_MS, AWAY_MS)
    each.compositor.input()
    assert each.next() == CameBack()
    each.asked(GLANCE_MS, AWAY_MS)
    each.compositor.input()
    each.nothing_more()


def test_a_return_is_awaited_through_an_absence(each: Watch) -> None:
    each.source.watch_return()
    each.asked(0, GLANCE_MS, AWAY_MS)
    each.compositor.silence(AWAY_MS)
    assert each.went() >= AWAY_S
    each.source.watch_return()
    each.compositor.input()
    assert each.next() == CameBack()
    each.nothing_more()


def test_a_pause_is_told_once_and_the_input_after_it(each: Watch) -> None:
    each.source.watch_pause()
    each.asked(PAUSE_MS, GLANCE_MS, AWAY_MS)
    for _ in range(3):
        each.compositor.silence(PAUSE_MS - 1)
        each.compositor.input()
    each.compositor.silence(PAUSE_MS)
    assert each.went() == pytest.approx(PAUSE_S, abs=1)
    each.compositor.input()
    assert each.next() == CameBack()
    each.asked(GLANCE_MS, AWAY_MS)
    each.compositor.silence(PAUSE_MS)
    each.nothing_more()


def test_a_pause_that_becomes_an_absence_is_told_as_both(each: Watch) -> None:
    each.source.watch_pause()
    each.asked(PAUSE_MS, GLANCE_MS, AWAY_MS)
    each.compositor.silence(PAUSE_MS)
    assert each.went() >= PAUSE_S
    each.compositor.silence(AWAY_MS - PAUSE_MS)
    assert each.went() >= AWAY_S
    each.compositor.input()
    assert each.next() == CameBack()
    each.nothing_more()


@pytest.mark.parametrize("silence_ms", [GLANCE_MS, AWAY_MS])
def test_a_pause_that_is_there_already_is_told_at_once(watch: Watch, silence_ms: int) -> None:
    watch.compositor.silence(silence_ms)
    until(lambda: watch.source.idle_s() is not None)
    if silence_ms == AWAY_MS:
        assert watch.went() >= AWAY_S
    watch.source.watch_pause()
    assert watch.went() >= silence_ms / 1000
    watch.compositor.input()
    assert watch.next() == CameBack()
    watch.nothing_more()


def test_a_pause_goes_on_being_awaited_through_a_return(watch: Watch) -> None:
    watch.source.watch_pause()
    watch.source.watch_return()
    watch.asked(0, PAUSE_MS, GLANCE_MS, AWAY_MS)
    watch.compositor.input()
    assert watch.next() == CameBack()
    watch.asked(PAUSE_MS, GLANCE_MS, AWAY_MS)
    watch.compositor.silence(PAUSE_MS)
    assert watch.went() >= PAUSE_S


def test_a_shorter_time_finds_the_absence_that_is_there(watch: Watch) -> None:
    watch.compositor.silence(GLANCE_MS)
    until(lambda: watch.source.idle_s() is not None)
    watch.source.set_away_after(10)
    assert watch.went() >= GLANCE_MS / 1000
    watch.compositor.input()
    assert watch.next() == CameBack()


def test_a_longer_time_does_not_miss_the_return_from_a_shorter_absence(each: Watch) -> None:
    each.compositor.silence(AWAY_MS)
    assert each.went() >= AWAY_S
    each.source.set_away_after(2 * AWAY_S)
    each.asked(0, GLANCE_MS, 2 * AWAY_MS)
    each.compositor.input()
    assert each.next() == CameBack()
    each.asked(GLANCE_MS, 2 * AWAY_MS)


def test_years_are_asked_as_the_longest_that_compositors_know(watch: Watch) -> None:
    watch.source.set_away_after(10 * 365 * 86400)
    watch.asked(GLANCE_MS, 2**31 - 1)


def test_only_input_alone_sees_an_absence_while_something_inhibits_idling(each: Watch) -> None:
    assert each.source.inhibited_unseen == (each.source.name != "ext-idle-notify")
    each.compositor.inhibit(on=True)
    each.compositor.silence(AWAY_MS)
    if each.source.inhibited_unseen:
        each.compositor.inhibit(on=False)
        each.nothing_more()
    else:
        assert each.went() >= AWAY_S


# Seats


def test_away_is_idle_on_every_seat_and_back_is_input_on_any(watch: Watch) -> None:
    (first,) = watch.compositor.seats()
    second = watch.compositor.add(SEAT, 9)
    watch.asked(GLANCE_MS, AWAY_MS)
    watch.compositor.silence(AWAY_MS, first)
    watch.nothing_more()
    watch.source.set_away_after(AWAY_S)
    watch.asked(GLANCE_MS, AWAY_MS)
    watch.compositor.silence(AWAY_MS)
    assert watch.went() >= AWAY_S
    watch.compositor.input(second)
    assert watch.next() == CameBack()


def test_a_seat_that_goes_leaves_the_silence_of_the_others(watch: Watch) -> None:
    (first,) = watch.compositor.seats()
    second = watch.compositor.add(SEAT, 4)
    watch.asked(GLANCE_MS, AWAY_MS)
    watch.compositor.silence(AWAY_MS, first)
    watch.compositor.remove(second)
    assert watch.went() >= AWAY_S
    watch.asked(GLANCE_MS, AWAY_MS)
    watch.compositor.input()
    assert watch.next() == CameBack()


def test_the_first_input_of_a_seat_that_comes_is_a_return(watch: Watch) -> None:
    watch.compositor.silence(AWAY_MS)
    assert watch.went() >= AWAY_S
    seat = watch.compositor.add(SEAT, 9)
    watch.asked(0, GLANCE_MS, AWAY_MS)
    watch.compositor.input(seat)
    assert watch.next() == CameBack()
    watch.asked(GLANCE_MS, AWAY_MS)


def test_without_a_seat_nobody_is_away_and_one_that_comes_is_listened_to(make: Make) -> None:
    watch = Watch(make((EXT, 2)))
    watch.compositor.add(SEAT, 9)
    watch.asked(GLANCE_MS, AWAY_MS)
    (seat,) = watch.compositor.seats()
    watch.compositor.remove(seat)
    watch.asked()
    watch.compositor.wait(lambda: not [it for it in watch.compositor.objects.values() if it[0] == SEAT])
    watch.compositor.add(SEAT, 9)
    watch.asked(GLANCE_MS, AWAY_MS)
    watch.compositor.silence(AWAY_MS)
    assert watch.went() >= AWAY_S
    watch.source.close()


# The end


@pytest.mark.parametrize("offers", [[], [(SEAT, 5)], [(SEAT, 5), ("wl_compositor", 6)]])
def test_without_the_protocols_it_is_refused_and_leaves_nothing(make: Make, offers: list[tuple[str, int]]) -> None:
    make(*offers)
    before = kept()
    for _ in range(3):
        with pytest.raises(NoIdleNotifyError):
            WaylandIdle(lambda _message: None, AWAY_S)
    until(lambda: kept() == before)


def test_without_a_compositor_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(NoIdleNotifyError, match="WAYLAND_DISPLAY"):
        WaylandIdle(lambda _message: None, AWAY_S)


def test_a_compositor_that_hangs_is_refused(make: Make) -> None:
    make((SEAT, 5), (EXT, 2)).mute = True
    with pytest.raises(NoIdleNotifyError, match="within"):
        WaylandIdle(lambda _message: None, AWAY_S)


@pytest.mark.parametrize(
    "end",
    [
        FakeCompositor.hang_up,
        lambda compositor: compositor.remove(11),  # what serves
        lambda compositor: compositor.send(b"\xff" * 64),
        lambda compositor: compositor.tell(1, 0, 1, 3, "no memory"),
    ],
    ids=["killed", "protocol taken away", "garbage", "protocol error"],
)
def test_the_end_makes_the_source_unknown(watch: Watch, end: Callable[[FakeCompositor], None]) -> None:
    watch.compositor.silence(AWAY_MS)
    assert watch.went() >= AWAY_S
    end(watch.compositor)
    assert watch.next() == SourceChanged("presence", "unknown")
    assert watch.source.name == "unknown"
    until(lambda: watch.source.idle_s() is None)
    watch.source.watch_return()
    watch.source.watch_pause()
    watch.source.set_away_after(1)
    watch.source.close()
    with pytest.raises(Empty):
        watch.told.get_nowait()


def test_whatever_else_ends_its_thread_is_told_as_a_loss(make: Make) -> None:
    told: SimpleQueue[Message] = SimpleQueue()

    def post(message: Message) -> None:
        if isinstance(message, WentIdle):
            raise TypeError("a defect")
        told.put(message)

    compositor = make((SEAT, 5), (EXT, 2))
    WaylandIdle(post, AWAY_S)
    assert told.get(timeout=20) == SourceChanged("presence", "ext-idle-notify")
    compositor.wait(lambda: AWAY_MS in compositor.timeouts())
    compositor.silence(AWAY_MS)
    assert told.get(timeout=20) == SourceChanged("presence", "unknown")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(1, 8), st.integers(0, 2), st.integers(0, 12), st.binary(max_size=12)), max_size=6)
)
def test_whatever_the_compositor_tells_it_goes_on_or_ends_as_lost(
    watch: Watch, events: list[tuple[int, int, int, bytes]]
) -> None:
    other = Watch(watch.compositor)
    other.source.watch_pause()
    other.asked(PAUSE_MS, GLANCE_MS, AWAY_MS)
    for event in events:
        other.compositor.tell(*event)
    other.compositor.hang_up()
    told = [other.next()]
    while not isinstance(told[-1], SourceChanged):
        told.append(other.next())
    assert told[-1] == SourceChanged("presence", "unknown")
    other.source.close()


def test_lost_and_found_ten_times_it_leaves_nothing(make: Make) -> None:
    compositor = make((SEAT, 5), (EXT, 2))
    before = kept()
    for _ in range(10):
        watch = Watch(compositor)
        watch.asked(GLANCE_MS, AWAY_MS)
        watch.compositor.hang_up()
        assert watch.next() == SourceChanged("presence", "unknown")
        watch.source.close()
    until(lambda: kept() == before)


def test_closed_it_tells_nothing_more_and_leaves_nothing(make: Make) -> None:
    compositor = make((SEAT, 5), (EXT, 2))
    before = kept()
    watch = Watch(compositor)
    watch.source.close()
    compositor.silence(AWAY_MS)
    until(lambda: kept() == before)
    assert watch.told.empty()
    assert watch.source.idle_s() is None


def kept() -> tuple[int, int]:
    """Return how many descriptors are open, and how many threads run."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir()), threading.active_count()
