"""The routine's window on a real screen, with real keys and clicks; what it reports is read from its pipe."""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from PIL import ImageColor

from breakd.windows.look import PALETTES
from desktop.desk import Box, Desk

pytestmark = pytest.mark.desktop


@pytest.fixture(scope="module")
def desk(make_desk: Callable[..., Desk]) -> Iterator[Desk]:
    with make_desk() as desk:
        yield desk


class Routine:
    """`breakd routine EXERCISE` as the daemon starts it."""

    def __init__(self, desk: Desk, *args: str) -> None:
        self.desk = desk
        reading, writing = os.pipe()
        self._pipe = os.fdopen(reading, "rb", buffering=0)  # a report is not to hide from select in a buffer
        command = [sys.executable, "-m", "breakd", "routine", *args, "--report", str(writing)]
        self.process = subprocess.Popen(command, env=desk.env, pass_fds=[writing], stderr=subprocess.PIPE, text=True)
        os.close(writing)

    def told(self) -> tuple[str, object]:
        """Wait for the next report; return its kind and its seconds."""
        ready, _, _ = select.select([self._pipe], [], [], 10)
        assert ready, f"no report (the screen then: {self.desk.shot('silent')})"
        report = json.loads(self._pipe.readline())
        return report["kind"], report.get("seconds", "-")

    def stop_listening(self) -> None:
        self._pipe.close()

    def end(self) -> None:
        """Wait for the end, which must be a good one, with nothing more reported."""
        _output, errors = self.process.communicate(timeout=10)
        assert (self.process.returncode, errors) == (0, "")
        assert self._pipe.closed or not self._pipe.read()

    def close(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()
        self.process.communicate()
        self._pipe.close()


@pytest.fixture
def routine(desk: Desk) -> Iterator[Callable[..., Routine]]:
    """Return what starts a routine and waits until it is on the screen with the keyboard."""
    started = []

    def start(*args: str, title: str = "Get ready") -> Routine:
        routine = Routine(desk, *args)
        started.append(routine)
        assert routine.told() == ("opened", "-")
        number = str(desk.window(title).id)
        desk.wait(lambda: desk.run(["xdotool", "getactivewindow"]).stdout.strip() == number, "the window in front")
        return routine

    yield start
    for one in started:
        one.close()


def place(desk: Desk) -> Box:
    """Return where the one window is, also while it changes its size."""
    return desk.wait(desk.windows, "a window")[0].box


def test_it_runs_to_its_end_says_so_at_once_and_goes(desk: Desk, routine: Callable[..., Routine]) -> None:
    helicopters = routine("helicopters", "--length", "4s")
    desk.window("Swing to the right: 1 of 1 - Helicopters")
    assert helicopters.told() == ("finished", 4)
    desk.window("Done")
    desk.shot("routine-done")
    helicopters.end()
    assert desk.windows() == []


def test_keys(desk: Desk, routine: Callable[..., Routine]) -> None:
    bridges = routine("bridges", "--length", "2m")
    desk.key("Right")
    assert bridges.told() == ("moved", 115)
    desk.window("Lie down, bend your knees - Bridges")
    desk.key("Right")
    assert bridges.told() == ("moved", 100)
    desk.window("Lift: 1 of 5 - Bridges")
    desk.key("space")
    assert bridges.told() == ("moved", None)
    desk.key("Left")
    assert bridges.told() == ("moved", None)
    desk.window("Lie down, bend your knees - Bridges")
    desk.key("space")
    assert bridges.told() == ("moved", 115)
    desk.key("Return")
    assert bridges.told()[0] == "done"
    desk.window("Done")
    desk.key("Escape")
    bridges.end()


def test_buttons(desk: Desk, routine: Callable[..., Routine]) -> None:
    bugs = routine("dead-bugs", "--length", "2m")
    desk.click_word("Pause", place(desk))
    assert bugs.told() == ("moved", None)
    desk.click_word("Next", place(desk))
    assert bugs.told() == ("moved", None)
    desk.window("Lie down, lift your legs")
    desk.click_word("Resume", place(desk))
    assert bugs.told() == ("moved", 115)
    desk.click_word("Back", place(desk))
    assert bugs.told() == ("moved", 120)
    desk.shot("routine-light")
    desk.click_word("Close", place(desk))
    assert bugs.told()[0] == "closed"
    bugs.end()


def test_done_is_a_button_too(desk: Desk, routine: Callable[..., Routine]) -> None:
    bugs = routine("dead-bugs")
    desk.click_word("Done", place(desk))
    assert bugs.told()[0] == "done"
    desk.click_word("Close", place(desk))
    bugs.end()


def test_the_keyboard_reaches_the_buttons(desk: Desk, routine: Callable[..., Routine]) -> None:
    bridges = routine("bridges", "--length", "2m")
    desk.key("Tab", "Tab", "Tab")
    desk.key("space")  # on Next, not the pause that it is elsewhere
    assert bridges.told() == ("moved", 115)
    desk.key("Return")
    assert bridges.told() == ("moved", 100)
    desk.key("Tab", "Tab", "Return")
    assert bridges.told()[0] == "closed"
    bridges.end()


@pytest.mark.parametrize("key", ["Escape", "alt+F4"])
def test_closing_it_is_closed_early(desk: Desk, routine: Callable[..., Routine], key: str) -> None:
    walk = routine("walk", title="Stand up")
    desk.key(key)
    kind, seconds = walk.told()
    assert kind == "closed"
    assert isinstance(seconds, float)
    walk.end()


def test_the_daemon_may_end_it(desk: Desk, routine: Callable[..., Routine]) -> None:
    walk = routine("walk", title="Stand up")
    walk.process.send_signal(signal.SIGTERM)
    assert walk.told()[0] == "closed"
    walk.end()


def test_it_goes_on_when_the_daemon_is_gone(desk: Desk, routine: Callable[..., Routine]) -> None:
    bridges = routine("bridges", "--length", "4s")
    bridges.stop_listening()
    desk.key("Right")
    desk.window("Done")
    bridges.end()


def test_the_caution_stands_at_its_start(desk: Desk, routine: Callable[..., Routine]) -> None:
    bridges = routine("bridges", "--length", "2m")
    desk.key("space")
    assert bridges.told() == ("moved", None)
    desk.wait(lambda: "doctor" in desk.text(place(desk)), "the caution")
    desk.key("Right", "Right")
    desk.window("Lift: 1 of 5")
    desk.wait(lambda: "cramp" in desk.text(place(desk)), "what to stop at")


@pytest.mark.parametrize("theme", PALETTES)
def test_its_themes(desk: Desk, routine: Callable[..., Routine], theme: str) -> None:
    routine("knee-hovers", "--theme", theme)
    desk.key("space")
    box = place(desk)
    ground = ImageColor.getrgb(PALETTES[theme].ground)
    desk.wait(lambda: desk.picture(box).getpixel((4, 4)) == ground, f"the {theme} ground")
    desk.shot(f"routine-{theme}")


@pytest.mark.parametrize(("width", "height"), [(620, 460), (1000, 540), (1280, 760)])
def test_it_fits_its_window(desk: Desk, routine: Callable[..., Routine], width: int, height: int) -> None:
    supermans = routine("supermans", "--length", "2m")
    desk.run(["xdotool", "windowsize", str(desk.window("Get ready").id), str(width), str(height)])
    desk.wait(lambda: place(desk)[2:] == (width, height), "the new size")
    desk.key("Right", "space")
    assert supermans.told() == ("moved", 115)
    assert supermans.told() == ("moved", None)
    # The longest texts, first and last on the picture: nothing is pushed out.
    for word in ("Supermans", "Lie", "Next", "Ask", "Close"):
        desk.wait(lambda word=word: desk.find(word, place(desk)), word)  # type: ignore[misc]  # a lambda's defaults have no types
    desk.shot(f"routine-{width}x{height}")
