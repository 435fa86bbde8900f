"""The routine's window on a real screen, with real keys and clicks; what it reports is read from its line."""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
import tkinter as tk
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageColor

from breakd.routines.catalogue import known
from breakd.routines.session import Session
from breakd.routines.timeline import plan
from breakd.windows.kit import Kit
from breakd.windows.look import PALETTES
from breakd.windows.routine import STAY_S
from breakd.windows.stage import Box, Stage
from desktop.desk import Box as Area
from desktop.desk import Desk

pytestmark = pytest.mark.desktop


@pytest.fixture(scope="module")
def desk(make_desk: Callable[..., Desk]) -> Iterator[Desk]:
    with make_desk() as desk:
        yield desk


@pytest.fixture(scope="module", autouse=True)
def left_alone(make_desk: Callable[..., Desk]) -> Iterator[tuple["Routine", "Routine", float]]:
    """An exercise and a walk that nobody touches, on desks of their own, and when the walk is to have waited in vain.

    Their last views stay for seconds, and the other tests need not wait for that.
    """
    with make_desk() as one, make_desk() as other:
        helicopters = Routine(one, "helicopters", "--length", "2s")
        walk = Routine(other, "walk", "--length", "2s")
        assert helicopters.told() == walk.told() == ("opened", "-")
        yield helicopters, walk, time.monotonic() + 2 + STAY_S + 1
        helicopters.close()
        walk.close()


SETTINGS = {"sound": True, "theme": "light", "reduced_motion": False, "profile": "any"}


class Routine:
    """`breakd routine EXERCISE` as the daemon starts it."""

    def __init__(self, desk: Desk, *args: str, exercises: Sequence[object] = (), **settings: object) -> None:
        self.desk = desk
        self._line, theirs = socket.socketpair()
        self.say({"routine": SETTINGS | settings, "exercises": exercises})
        command = [sys.executable, "-m", "breakd", "routine", *args, "--report", str(theirs.fileno())]
        self.process = subprocess.Popen(
            command, env=desk.env, pass_fds=[theirs.fileno()], stderr=subprocess.PIPE, text=True
        )
        theirs.close()

    def say(self, what: object) -> None:
        """Say something as the daemon does."""
        self._line.send(json.dumps(what).encode() + b"\n")

    def report(self) -> dict[str, object]:
        """Wait for the next report."""
        ready, _, _ = select.select([self._line], [], [], 10)
        assert ready, f"no report (the screen then: {self.desk.shot('silent')})"
        line = b""
        while not line.endswith(b"\n"):
            line += self._line.recv(1)
            assert line, "it went without a word"
        told: dict[str, object] = json.loads(line)
        return told

    def told(self) -> tuple[object, object]:
        """Wait for the next report; return its kind and its seconds."""
        report = self.report()
        return report["kind"], report.get("seconds", "-")

    def stop_listening(self) -> None:
        self._line.close()

    def end(self) -> None:
        """Wait for the end, which must be a good one, with nothing more reported."""
        _output, errors = self.process.communicate(timeout=15)
        assert (self.process.returncode, errors) == (0, "")
        assert self._line.fileno() == -1 or not self._line.recv(1)

    def close(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()
        assert self.process.stderr is not None
        self.process.stderr.close()
        self._line.close()


@pytest.fixture
def routine(desk: Desk) -> Iterator[Callable[..., Routine]]:
    """Return what starts a routine and waits until it is on the screen with the keyboard."""
    started = []

    def start(*args: str, title: str = "Get ready", **settings: Any) -> Routine:
        routine = Routine(desk, *args, **settings)
        started.append(routine)
        assert routine.told() == ("opened", "-")
        number = str(desk.window(title).id)
        desk.wait(lambda: desk.run(["xdotool", "getactivewindow"]).stdout.strip() == number, "the window in front")
        return routine

    yield start
    for one in started:
        one.close()


def place(desk: Desk) -> Area:
    """Return where the one window is, also while it changes its size."""
    return desk.wait(desk.windows, "a window")[0].box


def foot(desk: Desk) -> Area:
    """Return where the buttons are: little for OCR to read."""
    box = place(desk)
    return Area(box.left, box.top + box.height - 84, box.width, 84)


def left(desk: Desk) -> Area:
    """Return where the name is, and the menu below it."""
    return place(desk)._replace(width=400)


def name(desk: Desk) -> Area:
    """Return where the name alone is."""
    return left(desk)._replace(height=72)


def test_it_runs_to_its_end_and_says_so_at_once(desk: Desk, routine: Callable[..., Routine]) -> None:
    helicopters = routine("helicopters", "--length", "2s", title="Helicopters")
    assert helicopters.told() == ("finished", 2)
    desk.window("Done")
    desk.key("space")
    helicopters.end()


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
    desk.key("space")  # so that the phase does not depend on how long the screen is read
    assert bugs.told() == ("moved", None)
    desk.click_word("Next", foot(desk))
    assert bugs.told() == ("moved", None)
    desk.window("Lie down, lift your legs")
    desk.click_word("Back", foot(desk))
    assert bugs.told() == ("moved", None)
    desk.window("Get ready")
    desk.click_word("Resume", foot(desk))
    assert bugs.told() == ("moved", 120)
    desk.key("space")
    assert bugs.told() == ("moved", None)
    desk.click_word("Next", foot(desk))
    assert bugs.told() == ("moved", None)
    desk.click_word("Resume", foot(desk))
    assert bugs.told() == ("moved", 115)
    desk.shot("routine-light")
    desk.click_word("Pause", foot(desk))
    assert bugs.told() == ("moved", None)
    desk.click_word("Close", foot(desk))
    assert bugs.told()[0] == "closed"
    bugs.end()


def test_done_is_a_button_too(desk: Desk, routine: Callable[..., Routine]) -> None:
    bugs = routine("dead-bugs")
    desk.click_word("Done", foot(desk))
    assert bugs.told()[0] == "done"
    desk.click_word("Close", foot(desk))
    bugs.end()


def test_the_keyboard_reaches_the_buttons(desk: Desk, routine: Callable[..., Routine]) -> None:
    bridges = routine("bridges", "--length", "2m")
    desk.key(*["Tab"] * 6)
    desk.key("space")  # pauses also on Next
    assert bridges.told() == ("moved", None)
    desk.key("space")
    kind, seconds = bridges.told()
    assert kind == "moved"
    assert isinstance(seconds, float)
    desk.key("Return")
    assert bridges.told() == ("moved", 115)
    desk.key("Tab", "Tab", "Return")
    assert bridges.told()[0] == "closed"
    bridges.end()


def test_another_exercise_is_chosen_by_keyboard(desk: Desk, routine: Callable[..., Routine]) -> None:
    bridges = routine("bridges", "--length", "2m")
    desk.key("Tab", "Return")
    desk.wait(lambda: desk.find("Supermans", left(desk)), "the menu")
    desk.shot("routine-menu")
    desk.key("Down", "Down", "Return")
    assert bridges.report() == {"kind": "moved", "seconds": 120, "exercise": "helicopters"}
    desk.window("Get ready - Helicopters")
    desk.key("Tab", "Return")
    desk.key("Escape")  # closes the menu alone
    desk.key("space")
    assert bridges.told() == ("moved", None)


def test_a_click_elsewhere_closes_the_menu(desk: Desk, routine: Callable[..., Routine]) -> None:
    bridges = routine("bridges", "--length", "2m")
    desk.key("space")  # so that the phase does not depend on how long the screen is read
    assert bridges.told() == ("moved", None)
    desk.click_word("Bridges", left(desk))
    desk.wait(lambda: desk.find("Supermans", left(desk)), "the menu")
    box = place(desk)
    desk.click(box.left + box.width - 60, box.top + box.height // 2)
    desk.key("space", "space", "Right")
    assert isinstance(bridges.told()[1], float)
    assert bridges.told() == bridges.told() == ("moved", None)
    assert not desk.find("Supermans", left(desk))
    desk.click_word("Bridges", left(desk))
    desk.click_word("Resume", foot(desk))  # does what it says, too
    assert bridges.told() == ("moved", 115)


def test_the_name_closes_its_menu_and_opens_it_again(desk: Desk, routine: Callable[..., Routine]) -> None:
    bridges = routine("bridges", "--length", "2m")
    desk.click_word("Bridges", name(desk))
    desk.wait(lambda: desk.find("Supermans", left(desk)), "the menu")
    desk.click_word("Bridges", name(desk))
    desk.wait(lambda: not desk.find("Supermans", left(desk)), "no menu")
    desk.key("Return")
    desk.key("Down", "Down", "Return")
    assert bridges.report() == {"kind": "moved", "seconds": 120, "exercise": "helicopters"}


def test_another_exercise_is_chosen_by_mouse(desk: Desk, routine: Callable[..., Routine]) -> None:
    bridges = routine("bridges", "--length", "2m", profile="seated")
    desk.click_word("Press", left(desk))
    desk.click_word("March", left(desk))
    assert bridges.report() == {"kind": "moved", "seconds": 120, "exercise": "walk"}


def test_mute_is_remembered(desk: Desk, routine: Callable[..., Routine]) -> None:
    remembered = Path(desk.env["XDG_STATE_HOME"], "breakd/sound")

    def loudspeaker() -> Image.Image:
        return desk.picture(place(desk)).crop((930, 0, 1100, 70))  # beside it the time runs

    first = routine("walk", title="Stand up")
    sounding = loudspeaker()
    desk.key("m")
    desk.wait(lambda: remembered.exists() and remembered.read_text() == "off\n", "what is remembered")
    desk.wait(lambda: loudspeaker() != sounding, "another loudspeaker")
    muted = loudspeaker()
    first.close()
    desk.wait(lambda: not desk.windows(), "no window")
    routine("walk", title="Stand up")
    desk.wait(lambda: loudspeaker() == muted, "the muted loudspeaker")
    desk.key("m")
    desk.wait(lambda: remembered.read_text() == "on\n", "the opposite")


def test_full_screen(desk: Desk, routine: Callable[..., Routine]) -> None:
    routine("helicopters")
    before = place(desk)
    desk.key("f")
    desk.wait(lambda: place(desk) == (0, 0, *desk.size), "the whole screen")
    desk.shot("routine-full-screen")
    desk.key("f")
    desk.wait(lambda: place(desk)[2:] == before[2:], "the size before")


def test_it_says_at_the_end_what_the_daemon_says(desk: Desk, routine: Callable[..., Routine]) -> None:
    bridges = routine("bridges", "--length", "2m")
    desk.key("Return")
    assert bridges.told()[0] == "done"
    bridges.say({"farewell": "3 breaks today. Next: micro at 10:45."})
    desk.wait(lambda: "breaks" in desk.text(place(desk)), "the farewell")
    desk.window("Done. 3 breaks today. Next: micro at 10:45.")
    desk.shot("routine-done")
    desk.key("Escape")
    bridges.end()


def test_a_key_is_a_sign_of_the_return(desk: Desk, routine: Callable[..., Routine]) -> None:
    walk = routine("walk", "--length", "1s", title="")
    assert walk.told() == ("finished", 1)
    desk.key("space", "x")
    desk.window("Welcome back")
    desk.key("space")
    walk.end()


def test_a_broken_image_leaves_the_words(desk: Desk, routine: Callable[..., Routine]) -> None:
    broken = Path(desk.env["HOME"], "broken.png")
    broken.write_bytes(b"no picture")
    step = {"text": "Roll your shoulders", "length": 30_000_000, "sides": True, "count": 2, "image": str(broken)}
    own = {"id": "rolls", "name": "Shoulder rolls", "position": "seated", "steps": [step]}
    routine("rolls", exercises=[own])
    desk.key("Right", "space")
    desk.wait(lambda: desk.find("Roll", place(desk)), "the step")
    desk.shot("routine-own-broken")


def test_the_image_of_an_own_exercise(desk: Desk, routine: Callable[..., Routine]) -> None:
    image = Path(desk.env["HOME"], "rolls.png")
    Image.new("RGB", (300, 150), "#123456").save(image)
    step = {"text": "Roll your shoulders", "length": 30_000_000, "sides": True, "count": 2, "image": str(image)}
    own = {"id": "rolls", "name": "Shoulder rolls", "position": "seated", "steps": [step]}
    routine("rolls", exercises=[own])
    desk.wait(
        lambda: (0x12, 0x34, 0x56) in {colour for _n, colour in desk.picture().getcolors(1 << 24) or ()}, "its image"
    )
    desk.shot("routine-own")


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


def test_it_goes_with_the_daemon(desk: Desk, routine: Callable[..., Routine]) -> None:
    bridges = routine("bridges", "--length", "2m")
    bridges.stop_listening()
    bridges.end()
    assert desk.windows() == []


def test_its_end_is_shown_without_the_daemon(desk: Desk, routine: Callable[..., Routine]) -> None:
    bridges = routine("bridges", "--length", "2m")
    desk.key("Return")
    assert bridges.told()[0] == "done"
    bridges.stop_listening()
    desk.window("Done")
    desk.key("Escape")
    bridges.end()


def test_it_goes_on_when_nobody_reads_its_reports(desk: Desk) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "breakd", "routine", "bridges", "--report", str(writing)]
    with subprocess.Popen(command, env=desk.env, pass_fds=[writing]) as process:
        os.close(writing)
        desk.window("Get ready")
        desk.key("Right", "Return")
        desk.window("Done")
        desk.key("Escape")
    assert process.returncode == 0


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


def test_it_comes_up_whole(desk: Desk, routine: Callable[..., Routine]) -> None:
    bridges = routine("bridges", "--length", "2m")
    first = desk.picture(place(desk))

    def stood_still(*part: *tuple[int, int, int, int]) -> bool:
        return desk.picture(place(desk)).crop(part) == first.crop(part)

    desk.key("space")  # what is read next takes no phase's time
    assert bridges.told() == ("moved", None)
    desk.wait(lambda: desk.find("Resume", foot(desk)), "the pause on the screen")
    assert stood_still(0, 0, 400, 60)
    assert stood_still(20, 90, 500, 560)
    desk.key("space")
    desk.wait(lambda: stood_still(20, 620, 1080, 690), "the buttons of the first moment")


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


@pytest.fixture(scope="module")
def canvas(desk: Desk) -> Iterator[tk.Canvas]:
    root = tk.Tk(screenName=desk.env["DISPLAY"])
    root.withdraw()
    yield tk.Canvas(root)
    root.destroy()


def texts(canvas: tk.Canvas) -> dict[str, Box]:
    """Return the places of the texts that are shown."""

    def option(item: int, name: str) -> str:
        return str(canvas.tk.call(canvas, "itemcget", item, name))

    items = [item for item in canvas.find_all() if canvas.tk.call(canvas, "type", item) == "text"]
    shown = [item for item in items if option(item, "-text") and option(item, "-state") != "hidden"]
    return {option(item, "-text"): Box(*canvas.bbox(item)) for item in shown}


@pytest.mark.parametrize("size", [(560, 400), (1004, 550), (1100, 700), (1060, 1280), (2560, 1440)])
@pytest.mark.parametrize("profile", ["any", "seated"])
def test_nothing_is_cut_off_or_covered(canvas: tk.Canvas, size: tuple[int, int], profile: str) -> None:
    wide, high = size
    kit = Kit(canvas, PALETTES["light"], 1.0).at(min(wide / 1100, high / 700) if wide > 1100 or wide < 840 else 1)
    for exercise in known(profile).values():
        canvas.delete("all")
        session = Session(plan(exercise, exercise.micro.seconds))
        stage = Stage(canvas, session, "light", reduced_motion=True)
        stage.lay_out(kit, Box(28, 4, wide - 28, kit.px(60)), Box(28, kit.px(60), wide - 28, high - kit.px(68)))
        seen = set()
        while not session.outcome:
            phase = session.player.phase
            if (phase.label, phase.side) not in seen:
                seen.add((phase.label, phase.side))
                stage.refresh()
                shown = texts(canvas)
                assert all(box.left >= 0 and box.right <= wide and box.bottom <= high for box in shown.values()), shown
                for (one, a), (other, b) in combinations(shown.items(), 2):
                    apart = a.right <= b.left or b.right <= a.left or a.bottom <= b.top or b.bottom <= a.top
                    assert apart, f"{exercise.id} at {size}: {one!r} lies on {other!r}"
                if size == (1100, 700):  # then it can be read from two metres
                    assert shown[phase.label].height >= 50  # letters of 44, with the room around them
            session.next()


def test_at_its_end_it_goes_by_itself(left_alone: tuple[Routine, Routine, float]) -> None:
    helicopters, _walk, _waited = left_alone
    assert helicopters.told() == ("finished", 2)
    helicopters.end()
    assert helicopters.desk.windows() == []


def test_the_walk_ends_by_itself_and_waits_for_the_return(left_alone: tuple[Routine, Routine, float]) -> None:
    _helicopters, walk, waited = left_alone
    assert walk.told() == ("finished", 2)
    time.sleep(max(0, waited - time.monotonic()))  # it has no sign by which it shows that it goes on waiting
    walk.desk.window("Welcome back")
    walk.desk.shot("routine-welcome-back")
    walk.desk.move(300, 300)
    walk.end()
