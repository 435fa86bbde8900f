"""Which way sees full-screen windows, how rarely it listens, and windows that no compositor here can show."""

import os
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Empty, SimpleQueue

import pytest

from breakd.adapters import fullscreen
from breakd.adapters.fullscreen import LASTING_S, LONGEST_REST_S, Fullscreen, Rhythm
from breakd.adapters.reason import Users
from breakd.adapters.xfullscreen import Box
from breakd.ports import InUse, Message, SourceChanged
from fakecompositor import FakeCompositor, until
from windowwatch import Soon

SECONDS = 20.0
MANAGER, OUTPUT = "zwlr_foreign_toplevel_manager_v1", "wl_output"
MINIMISED, ACTIVATED, FULL = 1, 2, 3
VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY", "SWAYSOCK", "XDG_SESSION_TYPE")


class Watch:
    """The source and what it told."""

    def __init__(self, ways: list[Callable[[], fullscreen.Way]] | None = None) -> None:
        self.told: SimpleQueue[Message] = SimpleQueue()
        self.source = Fullscreen(self.told.put, fullscreen.ways() if ways is None else ways, Soon())

    def next(self) -> Message:
        return self.told.get(timeout=SECONDS)

    def users(self) -> list[tuple[str, ...]]:
        told = self.next()
        assert isinstance(told, InUse), told
        return list(told.users)


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be in no session."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


# Where nobody tells


@pytest.mark.parametrize(
    ("session", "name"),
    [
        ({}, "none"),
        ({"XDG_SESSION_TYPE": "tty"}, "none"),
        ({"DISPLAY": ":nonsense"}, "none"),
        ({"DISPLAY": ":0", "XDG_SESSION_TYPE": "wayland"}, "unknown"),  # XWayland sees X's windows alone
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "/nowhere/wayland-0"}, "none"),
        ({"SWAYSOCK": "/nowhere/sway", "WAYLAND_DISPLAY": "/nowhere/wayland-0"}, "none"),
    ],
)
def test_where_nobody_tells_that_is_said(session: dict[str, str], name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, value in session.items():
        monkeypatch.setenv(variable, value)
    told: SimpleQueue[Message] = SimpleQueue()
    source = fullscreen.connect(told.put, None)
    assert source.known.wait(SECONDS)
    assert told.get(timeout=SECONDS) == SourceChanged("hold:fullscreen", name)
    source.close()
    with pytest.raises(Empty):
        told.get_nowait()


# How often it listens


def wake_ups(seconds: float, every: float, *, news: bool = False) -> int:
    """Return how often the source wakes where something is told so often."""
    rhythm = Rhythm()
    now, woke, last = 0.0, 0, 0.0
    while now < seconds:
        comes = max(now, last + every)
        rest = rhythm.rest_s(comes - last, short=news)
        woke += 2 if rest else 1
        now = comes + rest
        last = max(comes, now // every * every)
    return woke


@pytest.mark.parametrize("every", [0.005, 0.17, 1.0, 5.0])
def test_titles_however_often_wake_it_less_than_typing_may(every: float) -> None:
    assert wake_ups(60, every) <= 30
    assert wake_ups(600, every) - wake_ups(540, every) <= 12


@pytest.mark.parametrize("every", [12.0, 20.0, 60.0])
def test_what_is_told_rarely_costs_one_wake_up(every: float) -> None:
    assert wake_ups(600, every) <= 600 / every + 2


def test_news_is_never_left_unread_for_long() -> None:
    rhythm = Rhythm()
    assert rhythm.rest_s(60.0, short=False) == 0
    rests = [rhythm.rest_s(0.0, short=False) for _ in range(10)]
    assert rests == sorted(rests)
    assert rests[-1] == LONGEST_REST_S
    assert rhythm.rest_s(0.0, short=True) == rests[0] < 1


# What lies over a window


def test_the_part_of_a_window_that_lies_under_another() -> None:
    film = Box(100, 0, 100, 100)
    assert film.part_under(Box(100, 0, 100, 100)) == 1
    assert film.part_under(Box(0, 0, 150, 100)) == 0.5
    assert film.part_under(Box(150, 50, 500, 500)) == 0.25
    assert film.part_under(Box(0, 0, 100, 100)) == 0
    assert film.part_under(Box(300, 300, 10, 10)) == 0


# A compositor that lists its windows


class Compositor(FakeCompositor):
    """Lists windows; each is told by its number, from 1 on."""

    def listed(self) -> int:
        """Wait until a client asks for the windows, and return the object that lists them."""
        self.wait(lambda: self._bound(MANAGER))
        return self._bound(MANAGER)[-1]

    def output(self, name: int | None = None) -> int:
        """Return the client's object for an output, by its name or the first."""
        self.wait(lambda: self._bound(OUTPUT, name))
        return self._bound(OUTPUT, name)[0]

    def _bound(self, interface: str, name: int | None = None) -> list[int]:
        objects = [(number, it) for number, it in self.objects.items() if isinstance(it, tuple)]
        return [number for number, it in objects if it[0] == interface and name in (None, it[2])]

    def _request(self, number: int, opcode: int, body: bytes) -> None:
        if number < 0xFF000000:
            super()._request(number, opcode, body)
        else:
            assert opcode == 7  # the windows are the compositor's own objects: only that they are let go of

    def opens(self, number: int, app_id: str, *state: int) -> None:
        self.tell(self.listed(), 0, 0xFF000000 + number)
        self.tell(0xFF000000 + number, 1, app_id)
        self.becomes(number, *state)

    def becomes(self, number: int, *state: int) -> None:
        self.tell(0xFF000000 + number, 4, struct.pack(f"={len(state)}I", *state))
        self.tell(0xFF000000 + number, 5)

    def goes(self, number: int) -> None:
        self.tell(0xFF000000 + number, 6)


@pytest.fixture
def compositor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Compositor]:
    compositor = Compositor(tmp_path / "wayland", (OUTPUT, 3), (MANAGER, 3))
    monkeypatch.setenv("WAYLAND_DISPLAY", str(compositor.path))
    yield compositor
    compositor.close()


@pytest.fixture
def watch(compositor: Compositor) -> Iterator[Watch]:
    watch = Watch()
    assert watch.next() == SourceChanged("hold:fullscreen", "foreign-toplevel")
    yield watch
    watch.source.close()


def test_a_compositor_that_lists_no_windows_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compositor = FakeCompositor(tmp_path / "wayland", (OUTPUT, 3))
    monkeypatch.setenv("WAYLAND_DISPLAY", str(compositor.path))
    watch = Watch()
    assert watch.next() == SourceChanged("hold:fullscreen", "unknown")
    assert watch.source.known.wait(SECONDS)
    watch.source.close()
    compositor.close()


def test_a_minimised_film_is_not_seen(watch: Watch, compositor: Compositor) -> None:
    compositor.opens(1, "film", ACTIVATED, FULL)
    assert watch.users() == [("film",)]
    compositor.becomes(1, MINIMISED, FULL)
    assert watch.users() == []
    compositor.becomes(1, ACTIVATED, FULL)
    assert watch.users() == [("film",)]
    compositor.goes(1)
    assert watch.users() == []


def test_a_window_behind_the_active_one_is_not_seen(watch: Watch, compositor: Compositor) -> None:
    compositor.opens(1, "film", ACTIVATED, FULL)
    assert watch.users() == [("film",)]
    compositor.opens(2, "mail", ACTIVATED)
    assert watch.users() == []
    compositor.becomes(2)
    compositor.becomes(1, ACTIVATED, FULL)
    assert watch.users() == [("film",)]


def test_while_no_window_is_active_nothing_changes(watch: Watch, compositor: Compositor) -> None:
    compositor.opens(1, "film", ACTIVATED, FULL)
    assert watch.users() == [("film",)]
    compositor.becomes(1, FULL)  # a launcher has the keyboard
    compositor.opens(2, "mail", ACTIVATED)
    assert watch.users() == []


def test_a_presentation_that_never_had_the_keyboard_is_seen(watch: Watch, compositor: Compositor) -> None:
    compositor.opens(1, "notes", ACTIVATED)
    compositor.tell(0xFF000001, 2, compositor.output(compositor.add(OUTPUT, 3)))
    compositor.becomes(1, ACTIVATED)
    compositor.opens(2, "slides")
    compositor.tell(0xFF000002, 2, compositor.output())
    compositor.becomes(2, FULL)
    assert watch.users() == [("slides",)]


def test_a_connection_that_is_cut_is_made_again_without_a_word(watch: Watch, compositor: Compositor) -> None:
    end = time.monotonic() + LASTING_S
    until(lambda: time.monotonic() > end)
    compositor.hang_up()
    compositor.wait(lambda: compositor.clients == 2)
    compositor.opens(1, "film", ACTIVATED, FULL)
    assert watch.users() == [("film",)]


def test_one_that_is_cut_at_once_is_tried_later(watch: Watch, compositor: Compositor) -> None:
    compositor.hang_up()
    assert watch.next() == SourceChanged("hold:fullscreen", "none")
    assert watch.next() == SourceChanged("hold:fullscreen", "foreign-toplevel")


class Broken:
    """A way that comes up with an error of its own once it has told of a film."""

    name = "broken"
    hurried = False

    def __init__(self) -> None:
        self._ends = [os.open("/dev/null", os.O_RDONLY)]

    def fileno(self) -> int:
        return self._ends[0]

    def read(self) -> bool:
        raise KeyError("an error of its own")

    def users(self) -> Users:
        return (("film",),)

    def close(self) -> None:
        os.close(self._ends.pop())


def test_whatever_goes_wrong_the_hold_ends_and_it_is_tried_again() -> None:
    watch = Watch([Broken])
    for _ in range(3):
        assert watch.next() == SourceChanged("hold:fullscreen", "broken")
        assert watch.users() == [("film",)]
        assert watch.users() == []
        assert watch.next() == SourceChanged("hold:fullscreen", "none")
    watch.source.close()


class Lasting(Broken):
    """A way that is lost after it served for long enough to be tried again at once."""

    def read(self) -> bool:
        end = time.monotonic() + LASTING_S
        until(lambda: time.monotonic() > end)
        raise ConnectionResetError


def test_a_way_that_breaks_as_it_is_opened_again_ends_the_hold() -> None:
    ways = iter([Lasting])

    def opened() -> fullscreen.Way:
        return next(ways)()  # the second time there is none left, which is an error of its own

    watch = Watch([opened])
    assert watch.next() == SourceChanged("hold:fullscreen", "broken")
    assert watch.users() == [("film",)]
    assert watch.users() == []
    watch.source.close()


def test_a_compositor_that_lists_no_more_is_left(watch: Watch, compositor: Compositor) -> None:
    compositor.tell(compositor.listed(), 1)
    compositor.wait(lambda: compositor.clients == 2)
