"""The tray of Windows and macOS, on a back end of pystray that plays the system's."""

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

import pytest

from breakd.adapters import icon, sni, tray
from breakd.adapters.tray import NATIVE_SIZE, MacTray, NativeTray
from breakd.ports import Entry, MenuChosen, Message, SourceChanged, TrayView

SECONDS = 10
VIEW = TrayView("sitting", 0.5, "Helicopters in 6 min", (Entry("Short walk", "start:walk"), Entry("Quit", "quit")))


class FakeIcon(sni._base.Icon):  # type: ignore[misc, name-defined]  # pystray has no types
    """An icon whose loop does what is handed to it, and that notes on which threads it was touched."""

    def __init__(self) -> None:
        super().__init__("breakd")
        self.acts: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self.touched_on: set[str] = set()
        self.shown: SimpleQueue[str] = SimpleQueue()
        self.drawn = 0

    def _touch(self) -> None:
        self.touched_on.add(threading.current_thread().name)

    def _show(self) -> None:
        self._touch()
        self.shown.put("shown")

    def _hide(self) -> None:
        self._touch()

    def _update_icon(self) -> None:
        self._touch()
        self.drawn += 1
        self._icon_valid = True

    _update_title = _update_menu = _touch

    def _run(self) -> None:
        self._mark_ready()
        while act := self.acts.get():
            act()

    def _run_detached(self) -> None:
        threading.Thread(target=self._run, name="loop").start()

    def _stop(self) -> None:
        self._touch()
        self.acts.put(None)


class FakeLoop:
    """The main loop of macOS, on which the icon runs."""

    def __init__(self, pystray_icon: FakeIcon) -> None:
        self._icon = pystray_icon
        self.runs = False

    def later(self, act: Callable[[], None]) -> None:
        self._icon.acts.put(act)

    def started(self) -> None:
        assert threading.current_thread() is threading.main_thread()
        self.runs = True


def choose(pystray_icon: Any, text: str) -> None:
    """Choose an entry of the menu, as the system calls it."""
    next(item for item in pystray_icon.menu if item.text == text)(pystray_icon)


def test_an_icon_in_a_loop_of_its_own() -> None:
    posted: SimpleQueue[Message] = SimpleQueue()
    fake = FakeIcon()
    native = NativeTray(posted.put, fake)

    native.show(VIEW)

    assert fake.shown.get(timeout=SECONDS)
    assert posted.get_nowait() == SourceChanged("tray", "pystray")
    assert fake.title == VIEW.tooltip
    assert fake.icon.tobytes() == icon.draw(icon.look("sitting", 0.5), NATIVE_SIZE).tobytes()
    choose(fake, "Quit")
    assert posted.get_nowait() == MenuChosen("quit")
    native.close()
    assert not fake._running


def test_only_what_changed_is_drawn() -> None:
    posted: SimpleQueue[Message] = SimpleQueue()
    fake = FakeIcon()
    native = NativeTray(posted.put, fake)
    native.show(VIEW)
    assert fake.shown.get(timeout=SECONDS)
    drawn = fake.drawn

    native.show(VIEW)
    native.show(TrayView("sitting", 0.51, "Helicopters in 5 min", VIEW.menu))
    assert fake.drawn == drawn
    native.show(TrayView("due", 1, "Asking now", VIEW.menu))
    assert fake.drawn == drawn + 1
    native.close()


class AtWork:
    """A tray of macOS with a daemon that shows something, clicks, and ends as `end` says."""

    def __init__(self) -> None:
        self.posted: SimpleQueue[Message] = SimpleQueue()
        self.icon = FakeIcon()
        self.loop = FakeLoop(self.icon)
        self.tray = MacTray(self.posted.put, self.icon, self.loop)
        self.worked_on = ""

    def work(self) -> str:
        self.worked_on = threading.current_thread().name
        self.tray.show(TrayView("due", 1, "Asking now", VIEW.menu))
        assert self.icon.shown.get(timeout=SECONDS)
        choose(self.icon, "Quit")
        return "quit"


def test_on_macos_the_icon_has_the_main_thread_and_the_daemon_another() -> None:
    mac = AtWork()
    mac.tray.show(VIEW)  # the first time is before the loop runs

    assert mac.tray.serve(mac.work) == "quit"

    assert mac.worked_on == "work"
    assert mac.icon.touched_on == {threading.main_thread().name}
    assert mac.loop.runs
    assert mac.icon.title == "Asking now"
    assert not mac.icon._running
    assert mac.posted.get_nowait() == SourceChanged("tray", "pystray")
    assert mac.posted.get_nowait() == MenuChosen("quit")
    mac.tray.close()


def test_on_macos_what_the_daemon_raises_is_raised() -> None:
    mac = AtWork()
    mac.tray.show(VIEW)

    def fail() -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        mac.tray.serve(fail)
    assert not mac.icon._running


@pytest.mark.parametrize(("platform", "expected"), [("win32", NativeTray), ("darwin", MacTray)])
def test_the_tray_of_a_system(platform: str, expected: type) -> None:
    posted: list[Message] = []
    assert type(tray.connect(posted.append, None, platform)) is expected
    assert posted == []
