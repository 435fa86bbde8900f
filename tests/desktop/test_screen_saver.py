"""MATE's screen saver, the real one: it stands for Xfce's and Cinnamon's, which speak the same way."""

import threading
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from breakd.adapters import login
from breakd.adapters.bus import Bus
from breakd.adapters.login import connect
from breakd.ports import Locked, Login, Message, SourceChanged, Unlocked
from desktop.desk import SECONDS, Desk

pytestmark = pytest.mark.desktop

MATE = "mate-screensaver"
SAVER = "org.mate.ScreenSaver", "/org/mate/ScreenSaver", "org.mate.ScreenSaver"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk(tmp_path) as desk:
        yield desk


class Watch:
    """A watch of the desk's locks, and what it told."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.told: SimpleQueue[Message] = SimpleQueue()
        self.bus = Bus(desk.env["DBUS_SESSION_BUS_ADDRESS"])
        self.login: Login = connect(self.told.put, None, self.bus)
        assert [self.next(), self.next()] == [SourceChanged("sleep", "none"), SourceChanged("lock", "none")]

    def next(self) -> Message:
        return self.told.get(timeout=SECONDS)

    def starts(self) -> Any:
        """Start the screen saver, and return it as soon as it is known."""
        process = self._desk.start([MATE, "--no-daemon"])
        assert self.next() == SourceChanged("lock", MATE)
        return process

    def turn(self, *, active: bool) -> None:
        self._desk.bus_call(*SAVER, "SetActive", "b", active)
        assert self.next() == (Locked() if active else Unlocked())


@pytest.fixture
def watch(desk: Desk) -> Iterator[Watch]:
    watch = Watch(desk)
    yield watch
    assert watch.told.empty()
    watch.login.close()
    watch.bus.close()


def test_it_covers_the_screen_and_crashes(desk: Desk, watch: Watch) -> None:
    saver = watch.starts()
    assert login.survey(watch.bus, None) == {MATE: False}  # it owns the freedesktop name too, and tells nothing there
    watch.turn(active=True)
    assert login.survey(watch.bus, None) == {MATE: True}
    watch.turn(active=False)
    watch.turn(active=True)
    saver.kill()
    assert watch.next() == Unlocked()
    assert watch.next() == SourceChanged("lock", "none")


def test_lost_and_found_ten_times_it_leaves_nothing_behind(desk: Desk, watch: Watch) -> None:
    used = []
    for _round in range(10):
        saver = watch.starts()
        watch.turn(active=True)
        watch.turn(active=False)
        saver.kill()
        assert watch.next() == SourceChanged("lock", "none")
        saver.wait(SECONDS)
        used.append((len(list(Path("/proc/self/fd").iterdir())), threading.active_count()))
    assert len(set(used)) == 1, used
