"""Prompts on real notification servers, answered by real clicks."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from queue import SimpleQueue

import pytest
from PIL import Image

from breakd.adapters.bus import Bus
from breakd.adapters.notify import connect
from breakd.ports import (
    Choice,
    Message,
    Prompt,
    PromptAnswered,
    Prompter,
    PromptsLost,
    PromptWavedAway,
    SourceChanged,
)
from desktop.desk import SECONDS, Box, Desk
from desktop.wayland import WaylandDesk

pytestmark = pytest.mark.desktop

NAMES = {
    "notification-daemon": "Notification Daemon",
    "xfce4-notifyd": "Xfce Notify Daemon",
    "dunst": "dunst",
    "mako": "mako",
}
TOKENS = count(1)
GREEN = (20, 160, 90)
SMALLEST_PICTURE = 32 * 32


class Asker:
    """A prompter on a desk, and what it posted."""

    def __init__(self, desk: Desk, server: str) -> None:
        self.desk = desk
        self.server = server
        self._posted: SimpleQueue[Message] = SimpleQueue()
        self._bus = Bus(desk.env["DBUS_SESSION_BUS_ADDRESS"])
        self.prompter: Prompter = connect(self._posted.put, self._bus, window="never")
        assert self.told() == SourceChanged("notifications", NAMES[server])

    def told(self) -> Message:
        return self._posted.get(timeout=SECONDS)

    def told_nothing_more(self) -> bool:
        return self._posted.empty()

    def ask(self, body: str = "Six a side, slow & easy.", *, snooze: bool = True) -> int:
        """Show a prompt, wait until it is on the screen, and return its token."""
        token = next(TOKENS)
        snoozes = (Choice("snooze", "Snooze 5 min"),) if snooze else ()
        choices = (Choice("start", "Start"), *snoozes, Choice("skip", "Skip"))
        self.prompter.show(Prompt(token, "Stand up: helicopters, 2 min", body, choices, "start"))
        self.desk.wait(self.desk.bubbles, "the prompt")
        return token

    def shows_picture(self, folder: Path) -> None:
        """Show a prompt with a picture, and wait until that is on the screen."""
        picture = folder / "a figure.png"  # a space is no matter in a name
        Image.new("RGB", (256, 256), GREEN).save(picture)
        choices = (Choice("start", "Start"), Choice("skip", "Skip"))
        self.prompter.show(Prompt(next(TOKENS), "Stand up", "With a picture.", choices, "start", str(picture)))
        self.desk.wait(self.desk.bubbles, "the prompt")
        self.desk.wait(lambda: self.green() > SMALLEST_PICTURE, "the picture")
        self.desk.shot(f"notify-{self.server}-picture")

    def green(self) -> int:
        """Return how many pixels of the screen are of the picture."""
        return sum(n for n, colour in self.desk.picture().getcolors(1 << 20) or [] if colour == GREEN)

    def bubble(self) -> Box:
        """Return where the prompt is; there is no other."""
        (bubble,) = self.desk.bubbles()
        return bubble

    def gone(self) -> None:
        self.desk.wait(lambda: not self.desk.bubbles(), "nothing on the screen")

    def close(self) -> None:
        self.prompter.close()
        self._bus.close()


def asker(desk: Desk, server: str) -> Iterator[Asker]:
    asker = Asker(desk, server)
    yield asker
    asker.close()
    asker.gone()
    assert asker.told_nothing_more()


@pytest.fixture(scope="module", params=["notification-daemon", "xfce4-notifyd"])
def drawn(request: pytest.FixtureRequest, make_desk: Callable[..., Desk]) -> Iterator[tuple[Desk, str]]:
    """A desk with a server that draws buttons."""
    with make_desk(server=request.param) as desk:
        yield desk, request.param


@pytest.fixture
def any_server(drawn: tuple[Desk, str]) -> Iterator[Asker]:
    yield from asker(*drawn)


@pytest.fixture(scope="module")
def dunst_desk(make_desk: Callable[..., Desk]) -> Iterator[Desk]:
    with make_desk(server="dunst") as desk:
        yield desk


@pytest.fixture
def dunst(dunst_desk: Desk) -> Iterator[Asker]:
    yield from asker(dunst_desk, "dunst")


@pytest.fixture
def mako(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    with WaylandDesk(tmp_path_factory.mktemp("sway"), server="mako") as desk:
        yield from asker(desk, "mako")


@pytest.mark.parametrize("choice", ["start", "snooze", "skip"])
def test_a_click_on_a_button_answers(any_server: Asker, choice: str) -> None:
    token = any_server.ask()
    if choice == "start":
        any_server.desk.wait(lambda: any_server.desk.find("Skip"), "the buttons")
        any_server.desk.shot(f"notify-{any_server.server}")
    any_server.desk.click_word(choice)
    assert any_server.told() == PromptAnswered(token, choice)
    any_server.gone()


def test_a_click_on_the_body_starts_where_the_server_tells_it(any_server: Asker) -> None:
    token = any_server.ask()
    any_server.desk.click_word("helicopters")
    if any_server.server == "xfce4-notifyd":  # it only closes, as for a prompt that is waved away
        assert any_server.told() == PromptWavedAway(token)
    else:
        assert any_server.told() == PromptAnswered(token, "start")
    any_server.gone()


def test_the_prompt_is_waved_away(any_server: Asker) -> None:
    token = any_server.ask()
    any_server.desk.wait(lambda: any_server.desk.find("Skip"), "the buttons")
    bubble = any_server.bubble()
    if any_server.server == "xfce4-notifyd":
        any_server.desk.click(bubble.left + 20, bubble.top + 10)
    else:  # its cross
        any_server.desk.click(bubble.left + bubble.width - 24, bubble.top + 29)
    assert any_server.told() == PromptWavedAway(token)
    any_server.gone()


def test_a_prompt_is_replaced_in_place(any_server: Asker) -> None:
    any_server.ask("The first of two.")
    any_server.desk.wait(lambda: any_server.desk.find("first"), "the first prompt")
    token = any_server.ask("The last of two.", snooze=False)
    any_server.desk.wait(lambda: any_server.desk.find("last"), "the second prompt")
    any_server.desk.shot(f"notify-{any_server.server}-replaced")
    text = any_server.desk.text(any_server.bubble())
    assert "first" not in text
    assert "Snooze" not in text
    any_server.desk.click_word("Skip")
    assert any_server.told() == PromptAnswered(token, "skip")


def test_two_prompts_at_once_leave_one_on_the_screen(any_server: Asker) -> None:
    for token in (101, 102, 103):
        any_server.prompter.show(Prompt(token, f"Number {token}", "", (Choice("start", "Start"),)))
    any_server.desk.wait(lambda: any_server.desk.find("103"), "the last prompt")
    any_server.desk.click_word("Start", any_server.bubble())
    assert any_server.told() == PromptAnswered(103, "start")


def test_a_withdrawn_prompt_leaves_the_screen(any_server: Asker) -> None:
    any_server.ask()
    any_server.prompter.withdraw()
    any_server.gone()
    token = any_server.ask()
    any_server.desk.click_word("Start")
    assert any_server.told() == PromptAnswered(token, "start")


def test_markup_in_a_prompt_is_text(any_server: Asker) -> None:
    any_server.ask("Slow <b>and</b> easy & calm")
    any_server.desk.wait(lambda: "<b>and</b>" in any_server.desk.text(any_server.bubble()), "the text as it is")


def test_a_prompt_is_shown_again_after_the_server_died(any_server: Asker) -> None:
    any_server.ask()
    any_server.desk.stop_server()
    assert any_server.told() == PromptsLost()
    assert any_server.told() == SourceChanged("notifications", "none")
    any_server.desk.start_server(any_server.server)
    assert any_server.told() == SourceChanged("notifications", NAMES[any_server.server])
    token = any_server.ask()
    any_server.desk.click_word("Snooze")
    assert any_server.told() == PromptAnswered(token, "snooze")


def test_a_prompt_with_no_server_is_asked_for_when_one_comes(any_server: Asker) -> None:
    any_server.desk.stop_server()
    assert any_server.told() == SourceChanged("notifications", "none")
    any_server.prompter.show(Prompt(7, "Nobody sees this", ""))
    any_server.desk.start_server(any_server.server)
    assert any_server.told() == PromptsLost()
    assert any_server.told() == SourceChanged("notifications", NAMES[any_server.server])


def test_a_prompt_shows_its_picture(any_server: Asker, tmp_path: Path) -> None:
    any_server.shows_picture(tmp_path)


def test_dunst_and_mako_show_the_picture(dunst: Asker, mako: Asker, tmp_path: Path) -> None:
    dunst.shows_picture(tmp_path)
    mako.shows_picture(tmp_path)


def test_dunst_answers_with_the_default(dunst: Asker) -> None:
    token = dunst.ask()
    dunst.desk.wait(lambda: dunst.desk.find("Stand"), "the prompt")
    dunst.desk.shot("notify-dunst")
    assert dunst.desk.run(["dunstctl", "action"]).returncode == 0
    assert dunst.told() == PromptAnswered(token, "start")
    dunst.gone()


def test_a_click_on_dunst_waves_away_and_a_middle_click_starts(dunst: Asker) -> None:
    token = dunst.ask()
    dunst.desk.click(*dunst.bubble().middle)
    assert dunst.told() == PromptWavedAway(token)
    dunst.gone()
    token = dunst.ask()
    dunst.desk.click(*dunst.bubble().middle, button=2)
    assert dunst.told() == PromptAnswered(token, "start")


def test_dunst_replaces_and_withdraws(dunst: Asker) -> None:
    dunst.ask("The first of two.")
    dunst.ask("The last of two.")
    dunst.desk.wait(lambda: dunst.desk.find("last"), "the second prompt")
    assert "first" not in dunst.desk.text(dunst.bubble())
    dunst.prompter.withdraw()
    dunst.gone()
