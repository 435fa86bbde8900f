"""Presence on a real X screen, with real input."""

import gc
import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, SimpleQueue

import pytest

from breakd.adapters import presence
from breakd.adapters.backoff import Backoff
from breakd.adapters.sources import Sources
from breakd.ports import PAUSE_S, CameBack, Message, SourceChanged, WentIdle
from desktop.desk import find_program

pytestmark = pytest.mark.desktop

AWAY_S = 0.3
NEVER_S = 3600
SECONDS = 10
TIMES = 10


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[bytes]]:
    """Return an Xvfb that is the display of this process."""
    reader, writer = os.pipe()
    args = [find_program("Xvfb"), "-displayfd", str(writer), "-nolisten", "tcp", "-noreset"]
    with subprocess.Popen(args, pass_fds=[writer], stderr=subprocess.DEVNULL) as xvfb, os.fdopen(reader) as told:
        os.close(writer)
        monkeypatch.setenv("DISPLAY", f":{told.readline().strip()}")
        monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
        monkeypatch.setenv("XDG_SESSION_TYPE", "x11")
        yield xvfb
        xvfb.terminate()


class Watch:
    """A source of presence and what it told."""

    def __init__(self, away_after_s: float, backoff: Backoff | None = None) -> None:
        self.told: SimpleQueue[Message] = SimpleQueue()
        self.source = Sources(self.told.put, presence.ways(None), away_after_s, backoff)

    def next(self) -> Message:
        return self.told.get(timeout=SECONDS)

    def settle(self) -> None:
        """Let all that was asked of the source so far have reached the server."""
        assert self.source.idle_s() is not None

    def let_the_search_end(self) -> None:
        if (seeker := self.source._seeker) is not None:
            seeker.join(SECONDS)
            assert not seeker.is_alive()


def act(*xdotool: str) -> None:
    subprocess.run([find_program("xdotool"), *xdotool], check=True)


@pytest.fixture
def watching(screen: subprocess.Popen[bytes]) -> Iterator[Watch]:
    act("key", "shift")  # the server counts from its start on
    watch = Watch(AWAY_S)
    assert watch.next() == SourceChanged("presence", "x11")
    yield watch
    watch.source.close()


@pytest.fixture
def never(screen: subprocess.Popen[bytes]) -> Iterator[Watch]:
    watch = Watch(NEVER_S)
    assert watch.next() == SourceChanged("presence", "x11")
    yield watch
    watch.source.close()


def test_away_and_back_by_mouse_key_and_click(watching: Watch) -> None:
    for action in (["mousemove", "10", "10"], ["key", "a"], ["click", "1"]):
        gone = watching.next()
        assert isinstance(gone, WentIdle)
        assert gone.seconds >= AWAY_S
        idle = watching.source.idle_s()
        assert idle is not None
        assert idle >= gone.seconds
        act(*action)
        assert watching.next() == CameBack()


def test_an_absence_before_the_start_is_told(screen: subprocess.Popen[bytes], never: Watch) -> None:
    while (never.source.idle_s() or 0) < AWAY_S:
        pass
    late = Watch(AWAY_S)
    assert late.next() == SourceChanged("presence", "x11")
    gone = late.next()
    assert isinstance(gone, WentIdle)
    assert gone.seconds >= AWAY_S
    late.source.close()


def test_a_shorter_time_finds_the_absence_that_is_there(never: Watch) -> None:
    never.source.set_away_after(AWAY_S)
    assert isinstance(never.next(), WentIdle)
    act("key", "a")
    assert never.next() == CameBack()


def test_a_longer_time_does_not_miss_the_return_from_a_shorter_absence(watching: Watch) -> None:
    assert isinstance(watching.next(), WentIdle)
    watching.source.set_away_after(NEVER_S)
    watching.settle()
    act("key", "a")
    assert watching.next() == CameBack()
    act("key", "a")
    watching.settle()
    assert watching.told.empty()


@pytest.mark.parametrize("action", [["mousemove", "20", "20"], ["key", "a"], ["click", "1"]])
def test_a_return_is_told_however_short_the_silence(never: Watch, action: list[str]) -> None:
    act("mousemove", "10", "10")
    never.source.watch_return()
    never.settle()
    act(*action)
    assert never.next() == CameBack()
    act("key", "b")
    never.settle()
    assert never.told.empty()


def test_an_absence_is_told_while_a_return_is_awaited(watching: Watch) -> None:
    watching.source.watch_return()
    assert isinstance(watching.next(), WentIdle)
    act("key", "a")
    assert watching.next() == CameBack()


def test_a_pause_is_told_once_and_the_next_input_after_it(never: Watch) -> None:
    act("key", "a")
    never.source.watch_pause()
    never.source.watch_pause()
    never.settle()
    gone = never.next()
    assert isinstance(gone, WentIdle)
    assert PAUSE_S <= gone.seconds < PAUSE_S + SECONDS
    never.source.watch_pause()  # which is there already
    again = never.next()
    assert isinstance(again, WentIdle)
    assert again.seconds >= gone.seconds
    act("key", "a")
    assert never.next() == CameBack()
    act("key", "a")
    never.settle()
    assert never.told.empty()
    never.source.set_away_after(AWAY_S)  # the ordinary watch goes on
    assert isinstance(never.next(), WentIdle)
    act("key", "a")
    assert never.next() == CameBack()


def test_a_pause_is_told_where_a_return_is_awaited_too(never: Watch) -> None:
    act("key", "a")
    never.source.watch_return()
    never.source.watch_pause()
    never.settle()
    act("key", "a")
    assert never.next() == CameBack()
    assert isinstance(never.next(), WentIdle)
    act("key", "a")
    assert never.next() == CameBack()


def test_the_end_of_the_screen_makes_the_source_unknown(screen: subprocess.Popen[bytes], never: Watch) -> None:
    screen.kill()
    assert never.next() == SourceChanged("presence", "unknown")
    assert never.source.name == "unknown"
    assert never.source.idle_s() is None
    never.source.set_away_after(AWAY_S)
    never.source.watch_return()
    never.source.watch_pause()
    never.source.close()
    with pytest.raises(Empty):
        never.told.get_nowait()


class Waits(Backoff):
    """No waits to speak of: the test starts the screen again at once."""

    def next_s(self) -> float:
        return 0.02


def start_screen() -> "subprocess.Popen[bytes]":
    """Start an Xvfb on the display of this process, which the tests beside this one do not take while it is down."""
    args = [find_program("Xvfb"), os.environ["DISPLAY"], "-nolisten", "tcp", "-noreset"]
    return subprocess.Popen(args, stderr=subprocess.DEVNULL)


def held() -> tuple[int, int, int]:
    """Return how many descriptors, threads and objects of breakd's this process has."""
    gc.collect()
    objects = sum(str(type(each).__module__).startswith("breakd.adapters") for each in gc.get_objects())
    return len(list(Path("/proc/self/fd").iterdir())), threading.active_count(), objects


# python-xlib leaves a socket to be collected where the server is about to listen; pytest keeps what it has of that.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_screen_that_is_killed_and_started_ten_times_is_found_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    number = 20_000 + os.getpid() % 10_000  # `-displayfd` takes the first that is free
    monkeypatch.setenv("DISPLAY", f":{number}")
    monkeypatch.setenv("XDG_SESSION_TYPE", "x11")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    watch = Watch(NEVER_S, Waits())
    seen = []
    for _time in range(TIMES + 1):
        assert watch.next() == SourceChanged("presence", "unknown")
        watch.source.watch_return()
        with start_screen() as screen:
            try:
                assert watch.next() == SourceChanged("presence", "x11")
                watch.let_the_search_end()
                watch.settle()
                act("key", "a")
                assert watch.next() == CameBack()
                seen.append(held())
            finally:
                screen.kill()
    watch.source.close()
    for left in (f"/tmp/.X11-unix/X{number}", f"/tmp/.X{number}-lock"):
        Path(left).unlink(missing_ok=True)
    assert seen[-1][:2] == seen[0][:2]
    assert seen[-1][2] - seen[0][2] < TIMES, "not even one object is left each time"


def test_closed_it_tells_nothing_more(watching: Watch) -> None:
    watching.source.close()
    assert watching.source.idle_s() is None
    act("key", "a")
    assert watching.told.empty()


@pytest.mark.parametrize("session", [{"WAYLAND_DISPLAY": "wayland-0"}, {"XDG_SESSION_TYPE": "wayland"}])
def test_under_wayland_the_x_server_is_not_asked(
    screen: subprocess.Popen[bytes], monkeypatch: pytest.MonkeyPatch, session: dict[str, str]
) -> None:
    for name, value in session.items():
        monkeypatch.setenv(name, value)
    watch = Watch(AWAY_S)
    assert watch.next() == SourceChanged("presence", "unknown")
    assert watch.source.idle_s() is None
    watch.source.close()


def test_a_survey_finds_the_server_and_leaves_nothing_behind(screen: subprocess.Popen[bytes]) -> None:
    before = held()
    states = {seen.name: seen.state for seen in presence.survey(None)}
    assert states["x11"] == "serves"
    assert held() == before
