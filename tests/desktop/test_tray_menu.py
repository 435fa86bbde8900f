"""The tray's menu in a real panel, end to end: each entry is clicked once, and `breakd` tells what came of it."""

from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops

from desktop.desk import SCREEN, SECONDS, Box, Desk
from desktop.ocr import Word
from desktop.person import Person

pytestmark = pytest.mark.desktop

BACK_S = 2.0  # from a tray's return to the icon's
TOP = Box(0, 0, SCREEN[0], 40)
TRACK = (0x5D, 0x75, 0x80)  # the ring while it is empty
FRONT = 20  # px, from the menu's edge to the words
ONE = ("1", "lh")  # as OCR reads it


@pytest.fixture(scope="module")
def desk(make_desk: Callable[..., Desk]) -> Iterator[Desk]:
    with make_desk(server="xfce4-notifyd", tray="xfce4-panel") as desk:
        yield desk


@pytest.fixture(scope="module")
def calm(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    """Return somebody whose daemon asks nothing by itself."""
    with closing(Person(desk, tmp_path_factory.mktemp("calm"), "menu", every="2h", length="1m")) as person:
        person.starts("run")
        person.works_until(lambda: person.status()["state"] == "working", "the first sign of the person")
        yield person


@pytest.fixture
def asked(desk: Desk, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Person]:
    """Return somebody with a prompt on the screen."""
    with closing(Person(desk, tmp_path, request.node.name, every="4s", length="3s")) as person:
        person.starts("run")
        person.is_asked()
        yield person


class Menu:
    """The icon's menu. Its entries are found by their first words, which are read once for each picture of it."""

    def __init__(self, person: Person) -> None:
        self._person, self._desk = person, person.desk
        self._read: dict[bytes, list[Word]] = {}

    def choose(self, *path: str | tuple[str, ...]) -> Image.Image:
        """Open the menu and click an entry, by way of a submenu where the path has two.

        Return what stood in front of it, where a check mark is.
        """
        seen = set(self._desk.bubbles())
        self._person.clicks_icon(3)
        for word in path:
            (place,) = self._desk.wait(lambda: set(self._desk.bubbles()) - seen, "a menu")
            seen.add(place)
            entry = self._desk.wait(partial(self._find, place, word), f"{word} in the menu")
            assert entry is not None
            self._person.shot(f"menu-{entry.text}")
            front = self._desk.picture(Box(place.left + 2, entry.y - 8, FRONT, 16))
            self._desk.click(entry.x, entry.y)
        return front

    def _find(self, place: Box, word: str | tuple[str, ...]) -> Word | None:
        picture = self._desk.picture(place).tobytes()
        if picture not in self._read:
            self._read[picture] = self._desk.words(place)
        found = [each for each in self._read[picture] if each.text.startswith(word)]
        return found[-1] if found else None  # the line of state, which is the first, may begin with it, too


def ring(desk: Desk) -> tuple[int, int] | None:
    """Return a place within the icon, found by the colour of its empty ring; None while it is not there."""
    picture = desk.picture(TOP)
    apart = ImageChops.difference(picture, Image.new("RGB", picture.size, TRACK)).convert("L")
    box = apart.point([255 * (value < 8) for value in range(256)]).getbbox()
    return box and ((box[0] + box[2]) // 2, (box[1] + box[3]) // 2)


@pytest.fixture(scope="module")
def menu(calm: Person) -> Menu:
    return Menu(calm)


def last_row(person: Person, event: str) -> dict[str, Any]:
    """Wait until this is the last event of the log, and return its row."""
    return person.desk.wait(lambda: [row for row in person.log()[-1:] if row["event"] == event], event)[0]


# First those with a daemon of their own: once it runs, the calm one serves all that follow.


def test_the_prompt_is_answered(asked: Person) -> None:
    """In one turn: it asks again after each answer."""
    menu = Menu(asked)
    menu.choose("Snooze")
    asked.is_asked("the prompt again")
    menu.choose("Skip")
    asked.is_asked("the next prompt")
    menu.choose("Start")
    asked.sees_routine("Knee hovers")
    asked.desk.window("Done")
    assert asked.events(1) == ["due", "prompted", "snoozed", "prompted", "skipped"]
    assert asked.events(2) == ["due", "prompted", "started", "taken"]
    assert [asked.row(*of)["source"] for of in (("snoozed", 1), ("skipped", 1), ("started", 2))] == ["tray"] * 3


def test_quit(desk: Desk, tmp_path: Path) -> None:
    with closing(Person(desk, tmp_path, "quit", every="2h")) as person:
        daemon = person.starts("run")
        Menu(person).choose("Quit")
        assert daemon.wait(SECONDS) == 0
        assert person.log()[-1]["event"] == "daemon_stopped"
        assert person.status() == {}


def test_the_settings_open_and_saving_them_is_enough(desk: Desk, tmp_path: Path) -> None:
    """By an xdg-open that notes what it is to open."""
    programs, opened = tmp_path / "bin", tmp_path / "opened"
    programs.mkdir()
    program = programs / "xdg-open"
    program.write_text(f'#!/bin/sh\nprintf %s "$*" > {opened}.new\nmv {opened}.new {opened}\n')
    program.chmod(0o755)
    with closing(Person(desk, tmp_path, "settings", every="2h")) as person:
        person.env["PATH"] = f"{programs}:{desk.env['PATH']}"
        person.starts("run")
        Menu(person).choose("Edit")
        desk.wait(opened.exists, "the settings opened")
        assert person.config is not None
        assert opened.read_text() == str(person.config)

        good = person.config.read_text()
        person.config.write_text(good.replace('"2h"', '"abc"'))
        (bubble,) = desk.wait(lambda: [box for box in desk.bubbles() if "Mistakes" in desk.text(box)], "what is wrong")
        person.shot("mistakes")
        assert "abc" in person.status()["config_error"]
        person.config.write_text(good.replace('"2h"', '"3h"'))
        desk.wait(lambda: bubble not in desk.bubbles(), "it taken back")
        assert person.status()["config_error"] is None
        assert person.status()["tiers"][0]["every_s"] == 3 * 3600


def test_the_line_of_state_tells_what_comes_next(calm: Person, menu: Menu) -> None:
    menu.choose("Sat")
    (bubble,) = calm.desk.wait(
        lambda: [box for box in calm.desk.bubbles() if "breakd" in calm.desk.text(box)], "it told"
    )
    assert "helicopters" in calm.desk.text(bubble)
    calm.shot("told")
    calm.desk.click(bubble.left + 20, bubble.top + 10)  # which closes it
    calm.is_left_alone()


@pytest.mark.parametrize(
    ("entry", "window", "exercise"),
    [
        ("Short", "Short walk", "walk"),
        ("Helicopters", "Helicopters", "helicopters"),
        ("Knee", "Knee hovers", "knee-hovers"),
    ],
)
def test_an_exercise_opens(calm: Person, menu: Menu, entry: str, window: str, exercise: str) -> None:
    menu.choose(entry)
    calm.sees_routine(window)
    started = last_row(calm, "started")
    assert (started["exercise"], started["source"]) == (exercise, "tray")
    assert calm.status()["state"] == "routine"
    calm.desk.key("Escape")
    last_row(calm, "abandoned")
    calm.sees_no_routine()


@pytest.mark.parametrize(
    ("entry", "seconds", "until"),
    [("30", 1800, ":"), (ONE, 3600, ":"), ("tomorrow", None, "00:00"), ("resume", None, "you resume")],
)
def test_a_pause_and_its_end(calm: Person, menu: Menu, entry: str, seconds: int | None, until: str) -> None:
    menu.choose("Pause", entry)
    paused = last_row(calm, "paused")
    assert (paused["duration_s"], paused["source"]) == (seconds, "tray")
    status = calm.status()
    assert status["state"] == "paused"
    assert status["sentence"].startswith("Nothing now: paused until")
    assert until in status["sentence"]

    menu.choose("Resume")
    assert last_row(calm, "resumed")["source"] == "tray"
    assert calm.status()["state"] == "working"


def test_a_check_mark_says_whether_one_stands(calm: Person, menu: Menu) -> None:
    marks = []
    for state in ("standing", "working", "standing", "working"):
        marks.append(menu.choose("Standing"))
        calm.desk.wait(partial(lambda state: calm.status()["state"] == state, state), state)
    assert marks[0].tobytes() != marks[1].tobytes()
    assert [mark.tobytes() for mark in marks[2:]] == [mark.tobytes() for mark in marks[:2]]


def test_the_log_opens(calm: Person, menu: Menu) -> None:
    menu.choose("log")
    window = calm.desk.window("breakd: log")
    calm.desk.wait(lambda: "daemon" in calm.desk.text(window.box), "the log's rows")
    calm.desk.key("Escape")
    calm.desk.wait(lambda: window not in calm.desk.windows(), "the log's end")


def test_the_panel_is_killed_and_comes_back(calm: Person, menu: Menu) -> None:
    calm.desk.stop_tray()
    calm.desk.wait(lambda: calm.status()["tray"] == "none", "no tray")
    calm.desk.start_tray("xfce4-panel")
    calm.desk.wait(lambda: calm.status()["tray"] == "sni" and ring(calm.desk), "the icon again", BACK_S)
    menu.choose("Pause", "30")
    last_row(calm, "paused")
    assert calm.run("resume").returncode == 0


@pytest.fixture
def trayer(make_desk: Callable[..., Desk], tmp_path: Path) -> Iterator[Person]:
    """Return somebody with a tray of X11, which has no menus."""
    with (
        make_desk(server="xfce4-notifyd", tray="trayer") as desk,
        closing(Person(desk, tmp_path, "trayer", every="2h")) as person,
    ):
        person.starts("run")
        person.works_until(lambda: person.status()["state"] == "working", "the first sign of the person")
        yield person


def test_a_tray_of_x11_is_clicked_killed_and_comes_back(trayer: Person) -> None:
    desk = trayer.desk
    icon = desk.wait(lambda: ring(desk), "the icon")
    assert icon is not None
    desk.click(*icon)
    (bubble,) = desk.wait(lambda: [box for box in desk.bubbles() if "helicopters" in desk.text(box)], "what comes next")
    trayer.shot("told")
    desk.click(bubble.left + 20, bubble.top + 10)  # which closes it
    trayer.is_left_alone()
    desk.stop_tray()
    desk.wait(lambda: trayer.status()["tray"] == "none", "no tray")
    desk.start_tray("trayer")
    desk.wait(lambda: trayer.status()["tray"] == "xembed" and ring(desk), "the icon again", BACK_S)
