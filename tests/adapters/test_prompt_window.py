"""The prompt window where none can be opened: who shows the prompts then, and what is said of it."""

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue

import pytest

from adapters.test_notify import Server
from breakd.adapters.bus import DBUS, Bus
from breakd.adapters.dbus_notify import Notifications
from breakd.adapters.notify import connect
from breakd.adapters.plyer_notify import PlyerPrompter
from breakd.adapters.prompt_window import PromptWindow
from breakd.ports import Choice, Message, Prompt, PromptAnswered, Prompter, SourceChanged, Trouble
from fakes import NotingPrompter

SECONDS = 20
NO_SUCH_SCREEN = ":9999"
ASKS = Prompt(1, "Stand up", "Slowly", (Choice("start", "Start"), Choice("skip", "Skip")), "start")


@pytest.fixture
def posted() -> "SimpleQueue[Message]":
    return SimpleQueue()


@pytest.fixture
def bus(daemon: subprocess.Popen[str]) -> Iterator[Bus]:
    bus = Bus.session()
    yield bus
    bus.close()


def window(posted: "SimpleQueue[Message]") -> tuple[PromptWindow, NotingPrompter]:
    instead = NotingPrompter()
    return PromptWindow(posted.put, "light", lambda: instead), instead


def trouble(posted: "SimpleQueue[Message]") -> str:
    """Return what is said of the window."""
    message = posted.get(timeout=SECONDS)
    assert isinstance(message, Trouble)
    assert message.about == "prompt-window"
    assert message.text is not None
    return message.text


@pytest.mark.parametrize("display", [None, NO_SUCH_SCREEN])
def test_without_a_screen_all_prompts_are_shown_instead(
    posted: "SimpleQueue[Message]", monkeypatch: pytest.MonkeyPatch, display: str | None
) -> None:
    if display is None:
        monkeypatch.delenv("DISPLAY", raising=False)
    else:
        monkeypatch.setenv("DISPLAY", display)
    prompter, instead = window(posted)
    assert prompter.name == ("none" if display is None else "window")
    prompter.show(ASKS)
    assert instead.next() == 1
    assert "display" in trouble(posted).lower()
    prompter.show(Prompt(2, "Another", ""))
    prompter.withdraw()
    prompter.close()
    assert [instead.next() for _ in range(4)] == [2, "withdrawn", "withdrawn", "closed"]
    assert posted.empty()


def test_without_tk_it_says_what_to_install(
    posted: "SimpleQueue[Message]", monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "tkinter.py").write_text("raise ImportError('as where python3-tk is not installed')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("DISPLAY", NO_SUCH_SCREEN)
    prompter, instead = window(posted)
    prompter.show(ASKS)
    assert instead.next() == 1
    assert "python3-tk" in trouble(posted)
    prompter.close()


def test_withdrawn_before_it_came_it_is_not_shown_instead(
    posted: "SimpleQueue[Message]", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", NO_SUCH_SCREEN)
    prompter, instead = window(posted)
    prompter.show(ASKS)
    prompter.withdraw()
    prompter.close()
    assert posted.empty()
    assert instead.told.empty()


def test_a_server_without_buttons_shows_the_text_where_no_window_can(
    posted: "SimpleQueue[Message]", monkeypatch: pytest.MonkeyPatch, bus: Bus
) -> None:
    monkeypatch.setenv("DISPLAY", NO_SUCH_SCREEN)
    server = Server("plain", abilities=["body"])
    prompter = connect(posted.put, bus)
    assert posted.get(timeout=SECONDS) == SourceChanged("notifications", "window")
    prompter.show(ASKS)
    notified = server.notified()
    assert "breakd start" in notified.body
    assert NO_SUCH_SCREEN in trouble(posted)
    assert posted.get(timeout=SECONDS) == SourceChanged("notifications", "plain")
    prompter.show(Prompt(2, "Again", "", ASKS.choices))
    assert server.notified().title == "Again"
    prompter.close()
    server.leave()


@pytest.mark.parametrize("display", [None, NO_SUCH_SCREEN])
def test_what_insists_is_shown_by_the_server_where_no_window_can(
    posted: "SimpleQueue[Message]", monkeypatch: pytest.MonkeyPatch, bus: Bus, display: str | None
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    if display is not None:
        monkeypatch.setenv("DISPLAY", display)
    server = Server()
    prompter = connect(posted.put, bus)
    while posted.get(timeout=SECONDS) != SourceChanged("notifications", "fake"):
        pass
    prompter.show(replace(ASKS, insists=True))
    assert server.notified().title == "Stand up"
    if display is not None:  # that it fails is known only once it was tried
        assert display in trouble(posted)
    server.invoke("start")
    assert posted.get(timeout=SECONDS) == PromptAnswered(1, "start")
    prompter.close()
    assert posted.empty()
    server.leave()


@pytest.mark.parametrize(
    ("setting", "on_a_bus", "kind"),
    [
        ("auto", True, Notifications),
        ("never", True, Notifications),
        ("always", True, PromptWindow),
        ("auto", False, PromptWindow),
        ("always", False, PromptWindow),
        ("never", False, PlyerPrompter),
    ],
)
def test_the_configuration_says_when_it_asks(
    posted: "SimpleQueue[Message]",
    monkeypatch: pytest.MonkeyPatch,
    bus: Bus,
    *,
    setting: str,
    on_a_bus: bool,
    kind: type[Prompter],
) -> None:
    monkeypatch.setenv("DISPLAY", NO_SUCH_SCREEN)
    prompter = connect(posted.put, bus if on_a_bus else None, window=setting)
    assert type(prompter.way) is kind
    name = {Notifications: "none" if setting == "never" else "window", PromptWindow: "window"}.get(kind)
    if name is not None:
        assert posted.get(timeout=SECONDS) == SourceChanged("notifications", name)
    prompter.close()


def test_another_way_is_taken_while_it_runs(
    posted: "SimpleQueue[Message]", monkeypatch: pytest.MonkeyPatch, bus: Bus
) -> None:
    monkeypatch.setenv("DISPLAY", NO_SUCH_SCREEN)
    server = Server("plain", abilities=["body"])
    prompter = connect(posted.put, bus, window="never")
    assert posted.get(timeout=SECONDS) == SourceChanged("notifications", "plain")
    prompter.show(ASKS)
    assert server.notified().title == "Stand up"
    for window in ("auto", "always", "auto"):
        prompter.ask_by(window, "light")
        if window == "auto":  # by the fallback of the same server
            assert posted.get(timeout=SECONDS) == SourceChanged("notifications", "window")
    assert server.call() == server.id  # taken off
    prompter.ask_by("never", "light")
    while posted.get(timeout=SECONDS) != SourceChanged("notifications", "plain"):
        pass
    prompter.show(ASKS)
    assert server.notified().title == "Stand up"
    prompter.ask_by("never", "dark")
    prompter.withdraw()
    assert server.call() == server.id
    prompter.close()
    server.leave()


def test_a_server_says_nothing_while_the_window_serves(
    posted: "SimpleQueue[Message]", monkeypatch: pytest.MonkeyPatch, bus: Bus
) -> None:
    monkeypatch.setenv("DISPLAY", NO_SUCH_SCREEN)
    first = Server("first")
    prompter = connect(posted.put, bus, window="never")
    assert posted.get(timeout=SECONDS) == SourceChanged("notifications", "first")
    prompter.ask_by("always", "light")
    assert posted.get(timeout=SECONDS) == SourceChanged("notifications", "window")
    first.leave()
    second = Server("second")
    bus.call(DBUS, "GetId", timeout=SECONDS)  # all that the bus has told is handled
    assert posted.empty()
    prompter.show(ASKS)  # which no window can: the server does
    assert second.notified().title == "Stand up"
    assert NO_SUCH_SCREEN in trouble(posted)
    assert posted.get(timeout=SECONDS) == SourceChanged("notifications", "second")
    prompter.close()
    second.leave()
