"""Presence under a real sway, with a real pointer and keyboard. Debian's sway 1.7 speaks KDE's older protocol."""

import gc
import threading
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest

from breakd.adapters.wlidle import WaylandIdle
from breakd.ports import PAUSE_S, CameBack, Message, SourceChanged, WentIdle
from desktop.wayland import WaylandDesk
from fakecompositor import until

pytestmark = pytest.mark.desktop

AWAY_S = 0.3
NEVER_S = 3600
SECONDS = 20

Action = Callable[[WaylandDesk], None]
INPUTS: list[Action] = [lambda desk: desk.move(5, 5), lambda desk: desk.type("a")]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WaylandDesk]:
    with WaylandDesk(tmp_path_factory.mktemp("sway")) as desk:
        yield desk


@pytest.fixture(autouse=True)
def display(desk: WaylandDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYLAND_DISPLAY", desk.env["WAYLAND_DISPLAY"])


class Watch:
    """A source of presence and what it told."""

    def __init__(self, away_after_s: float) -> None:
        self.told: SimpleQueue[Message] = SimpleQueue()
        self.source = WaylandIdle(self.told.put, away_after_s)
        assert self.next() == SourceChanged("presence", "kwin-idle")

    def next(self) -> Message:
        return self.told.get(timeout=SECONDS)

    def went(self) -> float:
        """Return for how long, in seconds, the person is said to have been idle."""
        gone = self.next()
        assert isinstance(gone, WentIdle)
        return gone.seconds

    def settle(self) -> None:
        """Let all that was asked of the source have reached sway, and all that sway told be taken."""
        done = threading.Event()

        def job() -> None:
            self.source._notifier._wire.roundtrip(SECONDS)
            done.set()

        self.source._hand_over(job)
        assert done.wait(SECONDS)


@pytest.fixture
def never() -> Iterator[Watch]:
    watch = Watch(NEVER_S)
    yield watch
    watch.source.close()


def test_away_and_back_by_pointer_and_key(desk: WaylandDesk) -> None:
    watch = Watch(AWAY_S)
    assert watch.source.inhibited_unseen
    for touch in INPUTS:
        assert watch.went() >= AWAY_S
        idle = watch.source.idle_s()
        assert idle is not None
        assert idle >= AWAY_S
        touch(desk)
        assert watch.next() == CameBack()
    watch.source.close()


@pytest.mark.parametrize("touch", INPUTS, ids=["pointer", "key"])
def test_a_return_is_told_however_short_the_silence(desk: WaylandDesk, never: Watch, touch: Action) -> None:
    touch(desk)
    never.source.watch_return()
    never.settle()
    touch(desk)
    assert never.next() == CameBack()
    touch(desk)
    never.settle()
    assert never.told.empty()


def test_a_pause_in_typing(desk: WaylandDesk, never: Watch) -> None:
    never.source.watch_pause()
    never.settle()
    for _ in range(3):
        desk.type("on")
    assert never.went() >= PAUSE_S
    desk.type("and on")
    assert never.next() == CameBack()
    desk.type("and on")
    never.settle()
    assert never.told.empty()


def test_a_longer_time_does_not_miss_the_return_from_a_shorter_absence(desk: WaylandDesk) -> None:
    watch = Watch(AWAY_S)
    assert watch.went() >= AWAY_S
    watch.source.set_away_after(NEVER_S)
    watch.settle()
    desk.type("a")
    assert watch.next() == CameBack()
    watch.source.close()


def test_lost_and_found_ten_times_it_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with WaylandDesk(tmp_path) as desk:
        monkeypatch.setenv("WAYLAND_DISPLAY", desk.env["WAYLAND_DISPLAY"])
        before, sources = kept(), []
        for _ in range(10):
            watch = Watch(NEVER_S)
            sources.append(weakref.ref(watch.source))
            watch.source.watch_return()
            watch.settle()
            desk.type("a")
            assert watch.next() == CameBack()
            desk.restart_screen()
            assert watch.next() == SourceChanged("presence", "unknown")
            watch.source.close()
        until(lambda: kept() == before)
        del watch
        gc.collect()
        assert [source() for source in sources] == 10 * [None]


def kept() -> tuple[int, int]:
    """Return how many descriptors are open, and how many threads run."""
    return sum(1 for _ in Path("/proc/self/fd").iterdir()), threading.active_count()
