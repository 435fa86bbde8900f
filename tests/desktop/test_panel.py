"""`breakd panel` on a real screen: each entry of the tray's menu by a click, and by keys."""

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from breakd.windows.look import PALETTES
from desktop.desk import SECONDS, Box, Desk, Window
from desktop.person import Person

pytestmark = pytest.mark.desktop

ALONE = """
import sys
from breakd.cli import main
main(["panel"])
print([name for name in ("tkinter", "PIL", "asyncio", "dataclasses") if name in sys.modules])
"""
TOO_LATE = """
from breakd.ports import Entry
from breakd.windows import panel
panel.show(lambda: (Entry("Start", "answer:start"),), lambda key: "This can no longer be chosen.", "light", None)
"""


@pytest.fixture(scope="module")
def desk(make_desk: Callable[..., Desk]) -> Iterator[Desk]:
    with make_desk(server="notification-daemon") as desk:
        yield desk


@pytest.fixture
def person(desk: Desk, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Person]:
    """Return somebody at the keyboard whose daemon asks nothing yet."""
    with closing(Person(desk, tmp_path, request.node.name.removeprefix("test_"), every="30m", length="2s")) as person:
        person.starts("run")
        works(person)
        yield person


def works(person: Person) -> None:
    person.works_until(lambda: person.status()["state"] == "working", "a sign of the person")


class Panel:
    """The panel's window, in front."""

    def __init__(self, person: Person) -> None:
        self.person, self.desk = person, person.desk
        self.process = person.starts("panel")
        number = str(self.desk.window("breakd").id)
        self.desk.wait(lambda: self.desk.run(["xdotool", "getactivewindow"]).stdout.strip() == number, "it in front")
        self.finds("Quit")

    def window(self) -> Window:
        return self.desk.window("breakd")

    def finds(self, label: str) -> None:
        self.desk.wait(lambda: self.desk.find(label, self.window().box), f"{label} in the panel")

    def clicks(self, label: str) -> None:
        self.desk.click_word(label, self.window().box)

    def gone(self, status: int = 0) -> None:
        """Wait for the end of the command, with this status."""
        assert self.process.wait(SECONDS) == status
        self.desk.wait(lambda: "breakd" not in [window.title for window in self.desk.windows()], "the panel gone")


def sentence(person: Person) -> str:
    return str(person.status()["sentence"])


@pytest.mark.parametrize(
    ("label", "exercise"), [("Short", "walk"), ("Helicopters", "helicopters"), ("Knee", "knee-hovers")]
)
def test_an_exercise_is_started_by_a_click(person: Person, label: str, exercise: str) -> None:
    panel = Panel(person)
    panel.clicks(label)
    panel.gone()
    person.desk.wait(lambda: "started" in person.events(), "it in the log")
    row = person.row("started")
    assert (row["exercise"], row["source"]) == (exercise, "tray")
    person.desk.wait(lambda: person.status()["state"] != "routine", "the end of the routine")


def test_a_pause_is_chosen_and_ended_by_clicks(person: Person) -> None:
    panel = Panel(person)
    panel.clicks("Pause")
    panel.clicks("30")
    panel.gone()
    assert person.status()["state"] == "paused"
    panel = Panel(person)
    panel.clicks("Resume")
    panel.gone()
    assert person.status()["state"] != "paused"
    assert person.row("paused", None)["source"] == person.row("resumed", None)["source"] == "tray"


def test_a_check_mark_says_whether_one_stands(person: Person) -> None:
    def mark(panel: Panel) -> bytes:
        """Return what stands at the end of the entry's line."""
        box = panel.window().box
        entry = [word for word in panel.desk.words(box) if word.text == "Standing"][-1]  # the line of state has it, too
        return panel.desk.picture(Box(box.left + box.width - 45, entry.y - 12, 30, 24)).tobytes()

    panel = Panel(person)
    unset = mark(panel)
    panel.clicks("Standing")
    panel.gone()
    assert person.status()["state"] == "standing"
    panel = Panel(person)
    person.shot("standing")
    assert mark(panel) != unset
    panel.desk.key("Up", "Up", "Up", "Up", "Up", "Up", "Return")
    panel.gone()
    assert person.status()["state"] == "working"


def test_the_log_and_the_line_of_state_are_shown(person: Person) -> None:
    panel = Panel(person)
    panel.clicks("log")
    panel.gone()
    person.desk.window("breakd: log")
    person.desk.key("Escape")
    person.desk.wait(lambda: not person.desk.windows(), "the log gone")
    panel = Panel(person)
    panel.clicks("Sat")
    panel.gone()
    person.desk.wait(lambda: person.desk.find("Sat"), "the sentence as a notification")
    person.desk.click_word("Sat")


def test_keys_choose(person: Person) -> None:
    panel = Panel(person)
    panel.desk.key("Up", "Up", "Up", "Up", "Up", "Right", "Down", "Return")
    panel.gone()
    until = sentence(person)
    assert person.row("paused", None)["duration_s"] == 3600, until
    panel = Panel(person)
    panel.desk.key("End", "Home", "Tab", "shift+Tab", "Up", "Up", "Up", "Up", "Up", "space")  # Resume
    panel.gone()
    assert person.status()["state"] != "paused"


def test_escape_closes_the_submenu_and_then_the_window(person: Person) -> None:
    panel = Panel(person)
    low = panel.window().box.height
    panel.desk.key("Up", "Up", "Up", "Up", "Up", "Return")
    panel.desk.wait(lambda: panel.window().box.height > low, "the submenu")
    panel.desk.key("Escape")
    panel.desk.wait(lambda: panel.window().box.height == low, "no submenu")
    panel.desk.key("Right", "Left", "Escape")
    panel.gone()
    assert person.events(offer=1) == []


def test_it_follows_what_can_be_chosen(person: Person) -> None:
    panel = Panel(person)
    person.run("pause", "30m")
    panel.finds("Resume")
    person.run("resume")
    panel.finds("Pause")
    panel.desk.key("Escape")
    panel.gone()


def test_what_cannot_be_chosen_any_more_is_told(desk: Desk) -> None:
    panel = desk.start([sys.executable, "-c", TOO_LATE])
    desk.wait(lambda: desk.find("Start", desk.window("breakd").box), "the entry")
    desk.click_word("Start", desk.window("breakd").box)
    desk.wait(lambda: desk.find("longer", desk.window("breakd").box), "why not")
    desk.shot("panel-too-late")
    desk.key("Escape")
    assert panel.wait(SECONDS) == 0


def test_a_prompt_is_answered(desk: Desk, tmp_path: Path) -> None:
    with closing(Person(desk, tmp_path, "panel-answers", max_snoozes=1)) as person:
        person.starts("run")
        for label, event in (("Snooze", "snoozed"), ("Skip", "skipped")):
            person.works_until(lambda: person.status()["state"] == "due", "a prompt")
            panel = Panel(person)
            person.shot(event)
            panel.clicks(label)
            panel.gone()
            person.is_left_alone()
            assert person.row(event)["source"] == "tray"


def test_quit_ends_the_daemon_and_a_panel_does_not_outlive_it(person: Person) -> None:
    other = Panel(person)
    other.clicks("Quit")
    other.gone()
    person.desk.wait(lambda: not person.status(), "no daemon")
    person.starts("run")
    panel = Panel(person)
    person.run("quit")
    panel.gone(status=3)
    # It may have been asking just then.
    assert re.search("breakd (is not running|ended before it answered)", person.output())


def test_without_a_daemon_it_says_so_and_loads_no_window(desk: Desk, tmp_path: Path) -> None:
    with closing(Person(desk, tmp_path, "panel-alone")) as person:
        done = person.run("panel")
        assert (done.returncode, done.stdout) == (3, "")
        assert done.stderr == "breakd is not running; start it with `breakd run`\n"
        assert desk.run([sys.executable, "-c", ALONE], **person.env).stdout == "[]\n"


def test_without_a_screen_it_says_so(person: Person) -> None:
    person.env["DISPLAY"] = ":9999"
    done = person.run("panel")
    del person.env["DISPLAY"]
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == 'no window can be opened: couldn\'t connect to display ":9999"\n'


@pytest.mark.parametrize("size", [(1024, 600), (3840, 2160)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_all_of_it_is_on_the_screen(make_desk: Callable[..., Desk], tmp_path: Path, size: tuple[int, int]) -> None:
    with make_desk(size=size, server="notification-daemon") as desk:
        for theme in PALETTES:
            folder = tmp_path / theme
            folder.mkdir()
            with closing(Person(desk, folder, f"panel-{theme}", every="30m")) as person:
                assert person.config is not None
                with person.config.open("a") as config:
                    config.write(f'\n[routine]\ntheme = "{theme}"\n')
                person.starts("run")
                works(person)
                panel = Panel(person)
                panel.desk.key("Up", "Up", "Up", "Up", "Up", "Right")
                panel.finds("Until")
                desk.shot(f"panel-{size[0]}x{size[1]}-{theme}")
                box = panel.window().box
                assert box.top >= 0
                assert box.top + box.height <= size[1]
                words = desk.text(box)
                for word in (
                    "helicopters",
                    "walk",
                    "Helicopters",
                    "hovers",
                    "Standing",
                    "Pause",
                    "tomorrow",
                    "resume",
                    "log",
                    "settings",
                    "Quit",
                ):
                    assert word in words
                desk.key("Escape", "Escape")
                panel.gone()
