"""How is your back, on a real screen: asked by the window, said by one click, and never in the way of what is typed."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
from PIL import ImageColor

from breakd.adapters.rating import RatingWindow
from breakd.ports import Message, Rated
from breakd.windows.look import PALETTES
from breakd.windows.rating import EDGE, GAP, MARGIN, NUMBER
from desktop import editor as editors
from desktop.desk import SECONDS, Box, Desk, Window
from desktop.person import Person

pytestmark = pytest.mark.desktop

ROOT = Path(__file__).parents[2]
TITLE = "How is your back right now?"
ROW = 78
"""From the window's upper edge to the middle of the numbers."""

ASKER = """
import threading
from breakd.adapters.rating import RatingWindow
RatingWindow(print).ask("light")
threading.Event().wait()
"""


class Asker:
    """The question on a desk, and what came of it."""

    def __init__(self, desk: Desk, stay_s: float = 300) -> None:
        self.desk = desk
        self.posted: SimpleQueue[Message] = SimpleQueue()
        self.question = RatingWindow(self.posted.put, stay_s)

    def asks(self, theme: str = "light") -> Window:
        """Ask, and wait until the window is drawn."""
        self.question.ask(theme)
        return drawn(self.desk)

    def told(self) -> Message:
        return self.posted.get(timeout=SECONDS)

    def gone(self) -> None:
        gone(self.desk)

    def takes_the_keyboard(self, window: Window) -> None:
        """Change to the window by keys, as one changes windows, and wait until it says that its keys work."""
        self.desk.key("alt+Tab")
        edge = Box(window.box.left, window.box.top + window.box.height // 2, 1, 1)
        focus = ImageColor.getrgb(PALETTES["light"].focus)
        self.desk.wait(lambda: self.desk.picture(edge).getpixel((0, 0)) == focus, "the frame coloured")


def asked(desk: Desk) -> list[Window]:
    return [window for window in desk.windows() if window.title == TITLE]


def gone(desk: Desk) -> None:
    desk.wait(lambda: not asked(desk), "no question on the screen")


def drawn(desk: Desk) -> Window:
    desk.wait(lambda: asked(desk) and desk.find("Not", asked(desk)[0].box), "the question")
    return asked(desk)[0]


def clicks_number(desk: Desk, window: Window, number: int) -> None:
    x = window.box.left + 2 + EDGE + number * (NUMBER + GAP) + NUMBER // 2
    clicks(desk, window, x, window.box.top + ROW)


def clicks(desk: Desk, window: Window, x: int, y: int) -> None:
    """Click there as often as it takes: the window takes no click in its first moment."""

    def is_gone() -> bool:
        here = window in desk.windows()
        if here:
            desk.click(x, y)
        return not here

    desk.wait(is_gone, "the question gone")


@pytest.fixture(scope="module")
def desk(make_desk: Callable[..., Desk]) -> Iterator[Desk]:
    with make_desk() as desk:
        yield desk


@pytest.fixture
def asker(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Asker]:
    for name, value in desk.env.items():
        monkeypatch.setenv(name, value)
    asker = Asker(desk)
    yield asker
    asker.question.close()
    asker.gone()
    assert asker.posted.empty()


@pytest.fixture
def editor(desk: Desk, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """An editor that has the keyboard; return what reads its text."""
    with editors.editor(desk, tmp_path / "text") as text:
        yield text


def processes(desk: Desk) -> list[int]:
    """Return the processes that show the question here."""

    def command(pid: int) -> bytes:
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:  # it ended meanwhile
            return b""

    return [pid for pid in desk._marked() if b"rating-window" in command(pid)]


@pytest.mark.parametrize("number", [0, 3, 10])
def test_one_click_says_it_and_nothing_is_left(asker: Asker, number: int) -> None:
    clicks_number(asker.desk, asker.asks(), number)
    assert asker.told() == Rated(number)
    asker.desk.wait(lambda: not processes(asker.desk), "the end of the child")


def test_it_takes_the_lower_corner(asker: Asker) -> None:
    box = asker.asks().box
    wide, high = asker.desk.size
    assert (box.left + box.width, box.top + box.height) == (wide - MARGIN, high - MARGIN)


def test_not_now_says_nothing(asker: Asker) -> None:
    window = asker.asks()
    word = asker.desk.wait(lambda: asker.desk.find("Not", window.box), "the button")
    assert word is not None
    clicks(asker.desk, window, word.x, word.y)
    asker.desk.wait(lambda: not processes(asker.desk), "the end of the child")


def test_what_is_typed_meanwhile_goes_where_it_was_meant(asker: Asker, editor: Callable[[], str]) -> None:
    asker.question.ask("light")
    typed = "all of this, 3 or 10, with\nreturns\n and \ttabs "
    while not asked(asker.desk):  # it comes while this is typed
        asker.desk.type("x ")
    asker.desk.type(typed)
    asker.desk.key("Return", "space", "Escape")
    asker.desk.wait(lambda: editor().endswith(typed + "\n "), "the text in the editor")
    window = drawn(asker.desk)
    assert asker.posted.empty()
    clicks_number(asker.desk, window, 4)
    assert asker.told() == Rated(4)


@pytest.mark.parametrize(("keys", "number"), [(["Tab", "Return"], 0), (["Tab", "Right", "Right", "Right", "space"], 3)])
def test_keys_reach_it_and_answer(asker: Asker, editor: Callable[[], str], keys: list[str], number: int) -> None:
    asker.takes_the_keyboard(asker.asks())
    asker.desk.key("Return", "space")  # no number is chosen yet
    asker.desk.key(*keys)
    assert asker.told() == Rated(number)
    assert editor() == ""


@pytest.mark.parametrize("key", ["Escape", "alt+F4"])
def test_a_key_that_closes_it_says_nothing(asker: Asker, editor: Callable[[], str], key: str) -> None:
    asker.takes_the_keyboard(asker.asks())
    asker.desk.key(key)
    asker.gone()


def test_withdrawn_it_leaves_no_process(asker: Asker) -> None:
    asker.asks()
    asker.question.withdraw()
    asker.gone()
    asker.desk.wait(lambda: not processes(asker.desk), "the end of the child")


def test_left_alone_it_goes_by_itself(desk: Desk, asker: Asker) -> None:
    forgotten = Asker(desk, stay_s=1)
    forgotten.question.ask("light")
    desk.wait(lambda: processes(desk), "the child")
    desk.wait(lambda: not processes(desk), "its end")
    assert forgotten.posted.empty()


def test_it_goes_with_who_asked(asker: Asker) -> None:
    process = subprocess.Popen([sys.executable, "-c", ASKER], env=asker.desk.env, cwd=ROOT)
    drawn(asker.desk)
    process.kill()
    process.wait()
    asker.gone()


@pytest.mark.parametrize("size", [(1024, 600), (3840, 2160)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_all_of_it_is_on_the_screen(
    make_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    with make_desk(size=size) as desk:
        for name, value in desk.env.items():
            monkeypatch.setenv(name, value)
        for theme in PALETTES:
            asker = Asker(desk)
            box = asker.asks(theme).box
            desk.shot(f"rating-{size[0]}x{size[1]}-{theme}")
            assert box.left >= 0
            assert box.top + box.height <= size[1]
            words = desk.text(box)
            for word in ("back", "no pain", "worst pain imaginable", "Not now"):
                assert word in words
            asker.question.close()
            asker.gone()


# --- with the daemon ------------------------------------------------------------------------------------------------


@pytest.fixture
def person(desk: Desk, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[[str], Person]]:
    """Return what seats a person at the desk whose breakd runs, and asks how the back is when that is."""
    seated = []

    def sit(when: str) -> Person:
        one = Person(desk, tmp_path, request.node.name.removeprefix("test_"), every="1h")
        seated.append(one)
        assert one.config is not None
        one.config.write_text(f'{one.config.read_text()}\n[insight]\nback = "{when}"\n')
        one.starts("run")
        return one

    yield sit
    for one in seated:
        one.close()


def takes_a_break(person: Person, offer: int) -> None:
    """Do a routine to its end, and close its window."""
    person.desk.key("shift")
    assert person.run("start", "helicopters").returncode == 0
    person.desk.window("Done")
    assert not asked(person.desk), "it waits for the routine's window"
    assert person.events(offer)[-1:] == ["taken"]
    editors.in_front(person.desk, "Done")
    person.desk.key("Escape")
    person.desk.wait(lambda: not any("Done" in window.title for window in person.desk.windows()), "the window gone")


def felt(person: Person) -> list[dict[str, Any]]:
    return [row for row in person.log() if row["event"] == "felt"]


def test_after_a_break_it_is_asked_and_logged_and_not_again_that_day(person: Callable[[str], Person]) -> None:
    sits = person("after-break")
    takes_a_break(sits, offer=1)
    window = drawn(sits.desk)
    sits.shot("asked")
    clicks_number(sits.desk, window, 3)
    sits.desk.wait(lambda: felt(sits), "the answer in the log")
    (row,) = felt(sits)
    assert (row["rating"], row["source"], row["offer"]) == (3, "notification", None)
    assert sits.run("felt", "4").returncode == 1
    takes_a_break(sits, offer=2)
    asks_nothing(sits)


def test_a_prompt_takes_its_place(person: Callable[[str], Person]) -> None:
    sits = person("after-break")
    takes_a_break(sits, offer=1)
    drawn(sits.desk)
    assert sits.config is not None
    sits.config.write_text(sits.config.read_text().replace('"1h"', '"2s"'))
    sits.works_until(lambda: not asked(sits.desk), "the question gone")
    sits.desk.window("Stand up")
    sits.run("quit")


def test_it_goes_with_the_daemon(person: Callable[[str], Person]) -> None:
    sits = person("after-break")
    takes_a_break(sits, offer=1)
    drawn(sits.desk)
    sits.run("quit")
    gone(sits.desk)
    assert felt(sits) == []


def test_switched_off_nothing_is_asked(person: Callable[[str], Person]) -> None:
    sits = person("never")
    takes_a_break(sits, offer=1)
    asks_nothing(sits)


def asks_nothing(person: Person) -> None:
    """See that no window is there, nor on its way, once the daemon has heard that the routine's is gone."""
    person.desk.wait(lambda: "routine" not in children(person), "the routine's process gone")
    person.status()  # the daemon has been round
    assert not processes(person.desk)
    assert not asked(person.desk)


def children(person: Person) -> str:
    return person.desk.run(["ps", "--ppid", str(person.status()["pid"]), "-o", "args="]).stdout
