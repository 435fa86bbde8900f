"""breakd's own prompt window on a real screen: clicked, reached by keys, and never in the way of what is typed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from queue import SimpleQueue

import pytest
from PIL import ImageColor

from breakd.adapters.prompt_window import PromptWindow
from breakd.ports import Choice, Message, Prompt, PromptAnswered, PromptWavedAway, Trouble
from breakd.windows.guard import BLINK_S
from breakd.windows.look import PALETTES
from desktop import editor as editors
from desktop.desk import NOTIFICATIONS, SECONDS, Box, Desk, Window
from desktop.person import Person
from fakes import FakePrompter

pytestmark = pytest.mark.desktop

ROOT = Path(__file__).parents[2]
TITLE = "Stand up: helicopters, 2 min"
BODY = "Up from the chair; the screen can wait."
MOCK = ["/usr/bin/python3", "-m", "dbusmock", "--template", "notification_daemon"]  # Debian's, for its own Python
ASKER = """
import sys, threading
from breakd.adapters.prompt_window import PromptWindow
from breakd.ports import Choice, Prompt
PromptWindow(print, "light", lambda: None).show(Prompt(1, "Left alone", "", (Choice("start", "Start"),)))
threading.Event().wait()
"""
TOKENS = count(1)


class Asker:
    """A prompt window on a desk, and what it posted."""

    def __init__(self, desk: Desk, theme: str = "light") -> None:
        self.desk = desk
        self.posted: SimpleQueue[Message] = SimpleQueue()
        self.instead = FakePrompter()
        self.prompter = PromptWindow(self.posted.put, theme, lambda: self.instead)
        self._focus = ImageColor.getrgb(PALETTES[theme].focus)

    def told(self) -> Message:
        return self.posted.get(timeout=SECONDS)

    def ask(self, title: str = TITLE, body: str = BODY, *, snooze: bool = True, picture: str | None = None) -> int:
        """Show a prompt, wait until it is drawn, and return its token."""
        token = next(TOKENS)
        snoozes = (Choice("snooze", "Snooze"),) if snooze else ()
        choices = (Choice("start", "Start"), *snoozes, Choice("skip", "Skip"))
        self.prompter.show(Prompt(token, title, body, choices, "start", picture))
        self.window(title)
        return token

    def window(self, title: str = TITLE) -> Window:
        """Wait until the window is drawn, with its buttons."""
        self.desk.wait(lambda: self.desk.find("Skip", buttons(self.desk.window(title))), "the buttons")
        return self.desk.window(title)

    def clicks(self, label: str, title: str = TITLE) -> None:
        clicks(self.desk, label, self.desk.window(title))

    def gone(self) -> None:
        self.desk.wait(lambda: not self.prompts(), "no prompt on the screen")

    def prompts(self) -> list[Window]:
        return [window for window in self.desk.windows() if window.title != editors.TITLE]

    def takes_the_keyboard(self) -> None:
        """Change to the window by keys, as one changes windows, and wait until it says that its keys work."""
        self.desk.key("alt+Tab")
        self.has_the_keyboard()

    def has_the_keyboard(self) -> None:
        box = self.desk.window(TITLE).box
        edge = Box(box.left, box.top + box.height // 2, 1, 1)
        self.desk.wait(lambda: self.desk.picture(edge).getpixel((0, 0)) == self._focus, "the frame coloured")

    def process(self) -> int:
        """Return the one process that shows prompts here."""

        def found() -> list[int]:
            return [pid for pid in self.desk._marked() if b"prompt-window" in _command(pid)]

        (pid,) = self.desk.wait(found, "a process with the window")
        return pid


def buttons(window: Window) -> Box:
    """Return where the labels of the buttons are; with their frames around them OCR takes them for pictures."""
    box, scale = window.box, window.box.width // 420
    return Box(box.left, box.top + box.height - 56 * scale, box.width, 28 * scale)


def clicks(desk: Desk, label: str, window: Window) -> None:
    word = desk.wait(lambda: desk.find(label, buttons(window)), f"{label!r} on the prompt")
    assert word is not None
    _click_until_gone(desk, window, word.x, word.y)


def waves_away(desk: Desk) -> None:
    """Click the cross."""
    (window,) = desk.windows()
    _click_until_gone(desk, window, window.box.left + window.box.width - 26, window.box.top + 22)


def _click_until_gone(desk: Desk, window: Window, x: int, y: int) -> None:
    """Click there as often as it takes: the window takes no click in its first moment."""

    def is_gone() -> bool:
        gone = window not in desk.windows()
        if not gone:
            desk.click(x, y)
        return gone

    desk.wait(is_gone, "the prompt gone")


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:  # it ended meanwhile
        return b""


@pytest.fixture(scope="module", autouse=True)
def left_alone(make_desk: Callable[..., Desk]) -> Iterator[Asker]:
    """A text that nobody touches, on a desk of its own: it stays for 10 s, and the other tests need not wait."""
    with make_desk() as desk, pytest.MonkeyPatch.context() as environment:
        for name, value in desk.env.items():
            environment.setenv(name, value)
        asker = Asker(desk)
        asker.prompter.show(Prompt(0, "A break in 1 min", "Time to finish your sentence."))
        desk.window("A break")
        environment.undo()
        yield asker
        asker.prompter.close()


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
    asker.prompter.close()
    asker.gone()
    assert asker.posted.empty()


@pytest.fixture
def editor(desk: Desk, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """An editor that has the keyboard; return what reads its text."""
    with editors.editor(desk, tmp_path / "text") as text:
        yield text


@pytest.mark.parametrize("choice", ["start", "snooze", "skip"])
def test_a_click_on_a_button_answers_and_nothing_is_left(asker: Asker, choice: str) -> None:
    token = asker.ask()
    child = asker.process()
    asker.clicks(choice)
    assert asker.told() == PromptAnswered(token, choice)
    asker.gone()
    asker.desk.wait(lambda: not Path(f"/proc/{child}").exists(), "the end of the child")


def test_it_takes_the_corner_where_notifications_come(asker: Asker) -> None:
    asker.ask()
    box = asker.desk.window(TITLE).box
    wide, _high = asker.desk.size
    assert (box.left + box.width, box.top) == (wide - 14, 14)
    assert box.width <= 640
    assert box.height <= 480


def test_the_cross_waves_away(asker: Asker) -> None:
    token = asker.ask()
    waves_away(asker.desk)
    assert asker.told() == PromptWavedAway(token)


def test_what_is_typed_meanwhile_goes_where_it_was_meant(asker: Asker, editor: Callable[[], str]) -> None:
    asker.prompter.show(Prompt(7, TITLE, BODY, (Choice("start", "Start"), Choice("skip", "Skip"))))
    typed = "all of this, with spaces and\nreturns\n and \ttabs "
    while not asker.prompts():  # it comes while this is typed
        asker.desk.type("x ")
    asker.desk.type(typed)
    asker.desk.key("Return", "space", "Escape")
    asker.desk.wait(lambda: editor().endswith(typed + "\n "), "the text in the editor")
    asker.window()
    assert asker.posted.empty()
    asker.clicks("Skip")
    assert asker.told() == PromptAnswered(7, "skip")
    before = editor()
    asker.desk.type("on")
    asker.desk.wait(lambda: editor() == before + "on", "the editor with the keyboard again")


def test_a_window_manager_that_gives_it_the_keyboard_does_no_harm(asker: Asker, editor: Callable[[], str]) -> None:
    token = asker.ask()
    number = str(asker.desk.window(TITLE).id)
    keys = " ".join(["x", "Tab", "space", "Return", "Escape"] * 8)
    asker.desk.run(["xdotool", "windowfocus", "--sync", number, "key", "--delay", "30", *keys.split()])
    asker.has_the_keyboard()
    assert asker.posted.empty()
    asker.desk.key("Escape")
    assert asker.told() == PromptWavedAway(token)


def test_keys_work_at_once_after_a_click_into_it(asker: Asker, editor: Callable[[], str]) -> None:
    token = asker.ask()
    box = asker.desk.window(TITLE).box
    time.sleep(BLINK_S)  # it takes no click before
    asker.desk.click(box.left + 200, box.top + 30)
    asker.desk.key("Tab", "Return")
    assert asker.told() == PromptAnswered(token, "start")
    assert editor() == ""


@pytest.mark.parametrize(
    ("keys", "choice"),
    [(["Tab", "Return"], "start"), (["Tab", "Right", "space"], "snooze"), (["shift+Tab", "KP_Enter"], "skip")],
)
def test_keys_reach_it_and_answer(asker: Asker, editor: Callable[[], str], keys: list[str], choice: str) -> None:
    token = asker.ask()
    asker.takes_the_keyboard()
    asker.desk.key("Return", "space")  # no button is chosen yet
    asker.desk.key(*keys)
    assert asker.told() == PromptAnswered(token, choice)
    assert editor() == ""


@pytest.mark.parametrize("key", ["Escape", "alt+F4"])
def test_a_key_that_closes_waves_away(asker: Asker, editor: Callable[[], str], key: str) -> None:
    token = asker.ask()
    asker.takes_the_keyboard()
    asker.desk.key(key)
    assert asker.told() == PromptWavedAway(token)


def test_a_prompt_is_replaced_in_place(asker: Asker) -> None:
    asker.ask("The first of two", "With a body that is so long that it takes a second line, or even a third one.")
    child, before = asker.process(), asker.desk.window("The first").box
    token = asker.ask("The last of two", "A short one.", snooze=False)

    def smaller() -> Box | None:
        box = asker.desk.window("The last").box
        return box if box.height < before.height else None

    after = asker.desk.wait(smaller, "the window smaller")
    assert after is not None
    assert asker.process() == child
    assert (after.left + after.width, after.top) == (before.left + before.width, before.top)
    assert "Snooze" not in asker.desk.text(after)
    asker.clicks("Skip", "The last")
    assert asker.told() == PromptAnswered(token, "skip")


def test_an_answer_to_the_one_before_is_told_as_that(asker: Asker) -> None:
    first = asker.ask()
    time.sleep(BLINK_S)  # one click must do, so that the next prompt comes while this one goes
    asker.desk.click_word("Start", buttons(asker.window()))
    second = asker.ask("Another one", snooze=False)
    assert asker.told() == PromptAnswered(first, "start")
    asker.clicks("Skip", "Another")
    assert asker.told() == PromptAnswered(second, "skip")


def test_a_withdrawn_prompt_leaves_the_screen_and_no_process(asker: Asker) -> None:
    asker.ask()
    child = asker.process()
    asker.prompter.withdraw()
    asker.gone()
    asker.desk.wait(lambda: not Path(f"/proc/{child}").exists(), "the end of the child")
    token = asker.ask()
    asker.clicks("Start")
    assert asker.told() == PromptAnswered(token, "start")


def test_a_text_is_closed_by_a_click(asker: Asker) -> None:
    asker.prompter.show(Prompt(0, "A break in 2 min", "Time to finish your sentence."))
    asker.desk.wait(lambda: asker.desk.find("OK", buttons(asker.desk.window("A break"))), "the button")
    asker.clicks("OK", "A break")
    assert asker.told() == PromptWavedAway(0)


def test_more_text_than_there_is_room_for_is_shortened(asker: Asker) -> None:
    asker.ask(body="config.toml:3: break[0].every is no duration. " * 60)
    box = asker.desk.window(TITLE).box
    assert box.height <= 480
    asker.clicks("Skip")
    assert isinstance(asker.told(), PromptAnswered)


def test_a_picture_that_cannot_be_read_is_left_out(asker: Asker, tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\nand no more")
    token = asker.ask(picture=str(broken))
    asker.clicks("Start")
    assert asker.told() == PromptAnswered(token, "start")


def test_a_window_that_dies_is_no_answer_and_comes_back_once(asker: Asker) -> None:
    token = asker.ask()
    child = asker.process()
    os.kill(child, signal.SIGKILL)
    asker.desk.wait(lambda: asker.prompts() and asker.process() != child, "the window again")
    asker.window()
    assert asker.posted.empty()
    os.kill(asker.process(), signal.SIGKILL)
    trouble = asker.told()
    assert isinstance(trouble, Trouble)
    assert trouble.about == "prompt-window"
    asker.desk.wait(lambda: asker.instead.screen, "the prompt somewhere else")
    assert [prompt.token for prompt in asker.instead.shown] == [token]
    asker.prompter.withdraw()
    asker.desk.wait(lambda: asker.instead.screen is None, "it withdrawn there")


def test_it_goes_with_who_asked(asker: Asker) -> None:
    process = subprocess.Popen([sys.executable, "-c", ASKER], env=asker.desk.env, cwd=ROOT)
    asker.desk.window("Left alone")
    process.kill()
    process.wait()
    asker.gone()


@pytest.mark.parametrize("size", [(1024, 600), (3840, 2160)], ids=lambda size: f"{size[0]}x{size[1]}")
def test_all_of_it_is_on_the_screen(
    make_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    picture = ROOT / "breakd/pictures/helicopters.png"
    with make_desk(size=size) as desk:
        for name, value in desk.env.items():
            monkeypatch.setenv(name, value)
        for theme in PALETTES:
            asker = Asker(desk, theme)
            asker.ask(picture=str(picture))
            desk.shot(f"prompt-window-{size[0]}x{size[1]}-{theme}")
            window = desk.window(TITLE)
            words = desk.text(window.box)
            assert "helicopters" in words
            assert "wait" in words
            for label in ("Start", "Snooze", "Skip"):
                word = desk.find(label, buttons(window))
                assert word is not None
            asker.prompter.close()
            asker.gone()


# --- with the daemon ------------------------------------------------------------------------------------------------


@pytest.fixture
def person(desk: Desk, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[..., Person]]:
    """Return what seats a person at the desk, with values of the configuration; `prompt` are more lines of [prompt]."""
    seated = []

    def sit(prompt: str = "", **config: str | int) -> Person:
        name = request.node.name.removeprefix("test_")
        seated.append(Person(desk, tmp_path, name, **config))  # type: ignore[arg-type]  # the values are what they are
        assert seated[-1].config is not None
        text = seated[-1].config.read_text()
        seated[-1].config.write_text(text.replace("[prompt]\n", f"[prompt]\n{prompt}\n"))
        return seated[-1]

    yield sit
    for one in seated:
        one.close()


def is_asked(person: Person) -> Window:
    """Work until the prompt is on the screen with its buttons, and return its window."""
    person.works_until(person.desk.windows, "the prompt")
    person.desk.wait(
        lambda: person.desk.windows() and person.desk.find("Skip", buttons(person.desk.windows()[0])), "its buttons"
    )
    (window,) = person.desk.windows()
    return window


def test_with_no_notification_server_it_asks_and_is_logged(person: Callable[..., Person]) -> None:
    sits = person(max_snoozes=2)
    sits.starts("run")
    assert sits.status()["notifications"] == "window"
    assert "notifications: window" in sits.run("status").stdout
    window = is_asked(sits)
    assert window.title == "Stand up: helicopters, 1 s"
    sits.shot("asked")
    clicks(sits.desk, "Snooze", window)
    sits.desk.wait(lambda: not sits.desk.windows(), "the prompt gone")
    is_asked(sits)
    waves_away(sits.desk)
    window = is_asked(sits)
    assert "Snooze" not in sits.desk.text(window.box)
    clicks(sits.desk, "Start", window)
    sits.desk.window("Done")
    assert sits.events() == [
        "due", "prompted", "snoozed", "prompted", "snoozed", "prompted", "started", "taken",
    ]  # fmt: skip
    assert sits.row("snoozed")["source"] == "notification"
    assert sits.row("started")["source"] == "notification"


def test_with_a_server_that_has_no_buttons_it_asks(person: Callable[..., Person]) -> None:
    sits = person()
    mock = sits.desk.start(MOCK)
    sits.desk.wait(lambda: sits.desk.owned(NOTIFICATIONS), "the server")
    sits.starts("run")
    sits.desk.wait(lambda: sits.status()["notifications"] == "window", "the window in the status")
    window = is_asked(sits)
    clicks(sits.desk, "Skip", window)
    sits.desk.wait(lambda: sits.events()[-1:] == ["skipped"], "the answer in the log")
    sits.run("quit")
    sits.desk.stop(mock)


def test_a_server_that_comes_takes_the_prompt_over(person: Callable[..., Person]) -> None:
    sits = person()
    sits.starts("run")
    is_asked(sits)
    sits.desk.start_server("notification-daemon")
    sits.desk.wait(lambda: not sits.desk.windows() and sits.desk.bubbles(), "the prompt on the server alone")
    sits.clicks("Skip")
    sits.desk.wait(lambda: "skipped" in sits.events(), "the answer in the log")
    assert sits.status()["notifications"] == "Notification Daemon"
    sits.run("quit")
    sits.desk.stop_server()


def test_always_is_always_and_never_is_never(person: Callable[..., Person]) -> None:
    sits = person('window = "always"')
    sits.desk.start_server("notification-daemon")
    sits.starts("run")
    assert sits.status()["notifications"] == "window"
    window = is_asked(sits)
    assert not sits.desk.bubbles()
    clicks(sits.desk, "Skip", window)
    sits.desk.wait(lambda: "skipped" in sits.events(), "the answer in the log")
    sits.run("quit")
    sits.desk.stop_server()
    assert sits.config is not None
    sits.config.write_text(sits.config.read_text().replace('"always"', '"never"'))
    sits.starts("run")
    assert sits.status()["notifications"] == "none"
    sits.works_until(lambda: sits.events(offer=2)[-1:] == ["prompted"], "the next prompt")
    assert not sits.desk.windows()


def test_a_prompt_changes_its_place_with_the_configuration(person: Callable[..., Person]) -> None:
    sits = person('window = "never"')
    sits.desk.start_server("notification-daemon")
    sits.starts("run")
    sits.is_asked()
    assert sits.config is not None
    sits.config.write_text(sits.config.read_text().replace('"never"', '"always"'))
    window = is_asked(sits)
    sits.shot("window")
    sits.desk.wait(lambda: not sits.desk.bubbles(), "no prompt in two places")
    assert sits.status()["notifications"] == "window"
    sits.config.write_text(sits.config.read_text().replace('"always"', '"auto"'))
    sits.is_asked()
    sits.desk.wait(lambda: window not in sits.desk.windows(), "the window gone")
    sits.clicks("Skip")
    sits.desk.wait(lambda: "skipped" in sits.events(), "the answer in the log")
    assert sits.events() == ["due", "prompted", "skipped"]
    sits.run("quit")
    sits.desk.stop_server()


def test_without_a_session_bus_it_asks(person: Callable[..., Person], desk: Desk) -> None:
    sits = person()
    sits.env["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nonexistent"
    sits.starts("run")
    assert sits.status()["notifications"] == "window"
    window = is_asked(sits)
    clicks(sits.desk, "Skip", window)
    sits.desk.wait(lambda: "skipped" in sits.events(), "the answer in the log")


def test_a_text_leaves_by_itself(left_alone: Asker) -> None:
    left_alone.desk.wait(lambda: not left_alone.prompts(), "the text gone by itself", seconds=20)
    assert left_alone.posted.empty()
