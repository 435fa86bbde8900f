"""Prompts against a notification server that the test plays itself, and against none."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple

import pytest

from breakd.adapters.bus import DBUS, Bus
from breakd.adapters.dbus_notify import NAME, SERVER, Notifications
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
from fakes import NotingPrompter
from running import Home, Terminal, ended

SECONDS = 10
CHOICES = (Choice("start", "Start"), Choice("snooze", "Snooze 5 min"), Choice("skip", "Skip"))
ALL = ["actions", "body", "body-markup"]


class Notified(NamedTuple):
    """A call of Notify."""

    app: str
    replaces: int
    icon: str
    title: str
    body: str
    actions: list[str]
    hints: dict[str, Any]
    milliseconds: int


class Server:
    """A notification server that does what the test says."""

    def __init__(self, name: str = "fake", abilities: list[str] = ALL) -> None:
        self.name, self.abilities = name, abilities
        self.calls: SimpleQueue[Notified | int] = SimpleQueue()
        self.id = 40
        self.bus = Bus.session()
        self.bus.export(SERVER.object_path, NAME, self)
        self.bus.call(DBUS, "RequestName", "su", (NAME, 2))  # takes the name from one that allows it

    def props(self) -> dict[str, tuple[str, Any]]:
        return {}

    def do_GetServerInformation(self) -> tuple[str, tuple[str, ...]]:  # noqa: N802 - the methods' names on the bus
        return "ssss", (self.name, "the tests", "1", "1.2")

    def do_GetCapabilities(self) -> tuple[str, tuple[list[str]]]:  # noqa: N802
        return "as", (self.abilities,)

    def do_Notify(self, *args: Any) -> tuple[str, tuple[int]]:  # noqa: N802
        notified = Notified(*args)
        self.id = notified.replaces or self.id + 1
        self.calls.put(notified)
        return "u", (self.id,)

    def do_CloseNotification(self, number: int) -> tuple[None, tuple[()]]:  # noqa: N802
        self.calls.put(number)
        return None, ()

    def settle(self) -> None:
        """Return when all that this server sent, replies too, has reached the bus."""
        self.bus.call(DBUS, "GetId", timeout=SECONDS)

    def call(self) -> Notified | int:
        call = self.calls.get(timeout=SECONDS)
        self.settle()
        return call

    def notified(self) -> Notified:
        call = self.call()
        assert isinstance(call, Notified)
        return call

    def invoke(self, action: str, number: int | None = None) -> None:
        self.emit("ActionInvoked", "us", (number or self.id, action))
        self.settle()

    def close_bubble(self, reason: int) -> None:
        self.emit("NotificationClosed", "uu", (self.id, reason))
        self.settle()

    def emit(self, member: str, signature: str, body: tuple[Any, ...]) -> None:
        self.bus.emit(SERVER.object_path, NAME, member, signature, body)

    def leave(self) -> None:
        self.bus.close()


@pytest.fixture
def server(daemon: subprocess.Popen[str]) -> Iterator[Server]:
    server = Server()
    yield server
    server.leave()


class Asker:
    """A prompter on the test's bus, and what it posted."""

    def __init__(self) -> None:
        self._posted: SimpleQueue[Message] = SimpleQueue()
        self.bus = Bus.session()
        self.prompter = self.connect()

    def connect(self) -> Prompter:
        return connect(self._posted.put, self.bus, window="never")

    def told(self) -> Message:
        return self._posted.get(timeout=SECONDS)

    def told_nothing_more(self) -> bool:
        self.bus.call(DBUS, "GetId", timeout=SECONDS)  # all that the bus sent before is handled
        return self._posted.empty()

    def ask(self, token: int = 1, body: str = "Slowly") -> None:
        self.prompter.show(Prompt(token, "Stand up", body, CHOICES, "start"))

    def close(self) -> None:
        self.prompter.close()
        self.bus.close()


@pytest.fixture
def asker(server: Server) -> Iterator[Asker]:
    """Connect to the server."""
    asker = Asker()
    assert asker.told() == SourceChanged("notifications", "fake")
    yield asker
    asker.close()


def test_a_prompt_has_its_buttons_in_order_and_an_unlabelled_default(server: Server, asker: Asker) -> None:
    asker.ask()
    got = server.notified()
    assert (got.app, got.replaces, got.title, got.body) == ("breakd", 0, "Stand up", "Slowly")
    assert got.actions == ["default", "", "start", "Start", "snooze", "Snooze 5 min", "skip", "Skip"]
    assert got.hints == {"desktop-entry": ("s", "breakd"), "urgency": ("y", 1)}
    assert got.milliseconds == 0


def test_what_is_only_told_goes_by_itself(server: Server, asker: Asker) -> None:
    asker.prompter.show(Prompt(1, "Configuration read again", ""))
    got = server.notified()
    assert (got.actions, got.milliseconds, got.body) == ([], -1, "")


def test_an_answer_comes_once_and_takes_the_bubble_away(server: Server, asker: Asker) -> None:
    asker.ask(token=5)
    server.notified()
    server.invoke("default")
    assert asker.told() == PromptAnswered(5, "start")
    assert server.call() == server.id  # there are servers that leave it
    server.close_bubble(2)
    server.invoke("skip")
    assert asker.told_nothing_more()


def test_only_the_person_waves_away(server: Server, asker: Asker) -> None:
    asker.ask(token=5)
    server.notified()
    for reason in (1, 3, 4):
        server.close_bubble(reason)
    server.close_bubble(2)
    assert asker.told() == PromptWavedAway(5)
    assert asker.told_nothing_more()


def test_an_answer_to_a_prompt_that_is_being_replaced_carries_its_own_token(daemon: subprocess.Popen[str]) -> None:
    class Clicked(Server):
        """The person clicks on the first prompt just before the second is read."""

        def do_Notify(self, *args: Any) -> tuple[str, tuple[int]]:  # noqa: N802
            if self.id == 41:
                self.emit("ActionInvoked", "us", (41, "snooze"))
            return super().do_Notify(*args)

    server = Clicked()
    asker = Asker()
    assert asker.told() == SourceChanged("notifications", "fake")
    asker.ask(token=1)
    server.notified()
    asker.ask(token=2)
    server.notified()
    assert asker.told() == PromptAnswered(1, "snooze")
    assert asker.told_nothing_more()
    server.invoke("start")
    assert asker.told() == PromptAnswered(2, "start")
    assert server.call() == 41  # only now: an earlier call would have closed the second prompt
    asker.close()
    server.leave()


def test_another_ids_signals_are_not_ours(server: Server, asker: Asker) -> None:
    asker.ask()
    server.notified()
    server.invoke("start", number=server.id + 1)
    assert asker.told_nothing_more()


def test_the_next_prompt_replaces_the_one_on_the_screen(server: Server, asker: Asker) -> None:
    asker.ask(token=1)
    server.notified()
    asker.ask(token=2)
    assert server.notified().replaces == 41
    server.invoke("skip")
    assert asker.told() == PromptAnswered(2, "skip")
    assert server.call() == 41
    asker.ask(token=3)
    assert server.notified().replaces == 0


def test_withdrawn_is_closed_once(server: Server, asker: Asker) -> None:
    asker.ask()
    server.notified()
    asker.prompter.withdraw()
    asker.prompter.withdraw()
    assert server.call() == 41
    server.close_bubble(3)
    assert asker.told_nothing_more()
    assert server.calls.empty()


def test_close_withdraws_before_the_bus_is_left(server: Server) -> None:
    asker = Asker()
    asker.ask()
    server.notified()
    asker.close()
    assert server.call() == 41


def test_a_server_without_buttons_gets_the_text_with_how_to_answer(daemon: subprocess.Popen[str]) -> None:
    server = Server(abilities=["body"])
    asker = Asker()
    asker.ask(body="Slow <b>and</b> calm & so on")
    got = server.notified()
    assert got.actions == []
    assert got.body == "Slow <b>and</b> calm & so on\nAnswer with breakd's tray icon, or with: breakd start"
    asker.close()
    server.leave()


def test_markup_is_escaped_where_the_server_reads_it(server: Server, asker: Asker) -> None:
    asker.ask(body="Slow <b>and</b> calm & so on")
    assert server.notified().body == "Slow &lt;b&gt;and&lt;/b&gt; calm &amp; so on"


@pytest.mark.usefixtures("daemon")
@pytest.mark.parametrize(
    ("name", "answers", "urgency"),
    [
        ("gnome-shell", "*) echo true", 2),
        ("gnome-shell", "*notifications?show-banners) echo false;; *) echo true", 1),
        ("gnome-shell", "*/breakd/?show-banners) echo false;; *) echo true", 1),
        ("gnome-shell", "*) exit 1", 1),
        ("cinnamon", "*.cinnamon.*notifications?display-notifications) echo true", 2),
        ("cinnamon", "*) echo false", 1),
    ],
)
def test_what_folds_prompts_away_gets_critical_ones_unless_it_is_to_show_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, answers: str, urgency: int
) -> None:
    program(tmp_path / "bin/gsettings", f'case "$*" in {answers};; esac')
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:{os.environ['PATH']}")
    server = Server(name)
    asker = Asker()
    asker.ask()
    assert server.notified().hints["urgency"] == ("y", urgency)
    asker.prompter.show(Prompt(2, "Only told", ""))
    assert server.notified().hints["urgency"] == ("y", 1)
    asker.close()
    server.leave()


@pytest.mark.parametrize(
    ("name", "told", "told_at_last"),
    [
        ("Xfce Notify Daemon", "Slowly Use the buttons.", "Slowly Use the buttons."),
        ("dunst", "Middle click: start. Click: snooze.\nSlowly", "Middle click: start.\nSlowly"),
        ("mako", "Click: start. Right click: snooze.\nSlowly", "Click: start.\nSlowly"),
    ],
)
def test_a_bubble_says_how_it_is_answered_where_it_does_not_show_it(
    daemon: subprocess.Popen[str], name: str, told: str, told_at_last: str
) -> None:
    server = Server(name)
    asker = Asker()
    asker.ask()
    assert server.notified().body == told
    asker.prompter.show(Prompt(2, "Stand up", "Slowly", (CHOICES[0], CHOICES[2]), "start"))
    assert server.notified().body == told_at_last
    asker.prompter.show(Prompt(3, "Steps", "One\nTwo", (Choice("done", "Done"),)))
    assert server.notified().body == "One\nTwo"
    asker.prompter.show(Prompt(4, "A break in 1 min", "Slowly"))
    assert server.notified().body == "Slowly"
    asker.close()
    server.leave()


def test_a_prompt_has_its_picture(server: Server, asker: Asker) -> None:
    asker.prompter.show(Prompt(1, "Stand up", "", CHOICES, "start", picture="/a place/figure.png"))
    assert server.notified().hints["image-path"] == ("s", "file:///a%20place/figure.png")


def test_what_was_only_told_and_is_gone_is_not_replaced(server: Server, asker: Asker) -> None:
    asker.prompter.show(Prompt(0, "A break in 1 min", ""))
    server.notified()
    server.close_bubble(1)
    asker.ask()
    assert server.notified().replaces == 0


def test_notification_daemon_lets_a_withdrawn_bubble_time_out(daemon: subprocess.Popen[str]) -> None:
    server = Server("Notification Daemon")
    asker = Asker()
    asker.ask()
    assert server.notified().milliseconds == 0
    asker.prompter.withdraw()
    again = server.notified()
    assert (again.replaces, again.milliseconds) == (41, 100)
    assert server.call() == 41
    asker.close()
    server.leave()


def test_no_server_is_started_to_learn_its_name(daemon: subprocess.Popen[str]) -> None:
    asker = Asker()
    assert asker.told() == SourceChanged("notifications", "none")
    assert asker.prompter.name == "none"
    asker.close()


def test_a_prompt_that_nobody_could_show_is_asked_for_when_a_server_comes(daemon: subprocess.Popen[str]) -> None:
    asker = Asker()
    assert asker.told() == SourceChanged("notifications", "none")
    asker.ask()
    assert asker.told_nothing_more()
    server = Server()
    assert asker.told() == PromptsLost()
    assert asker.told() == SourceChanged("notifications", "fake")
    asker.ask(token=2)
    server.notified()
    asker.close()
    server.leave()


def test_the_ids_of_a_server_end_with_it(server: Server, asker: Asker) -> None:
    asker.ask()
    server.notified()
    server.bus.call(DBUS, "ReleaseName", "s", (NAME,))
    assert asker.told() == PromptsLost()
    assert asker.told() == SourceChanged("notifications", "none")
    server.invoke("start")  # of the old server, whose bubble may still be there
    other = Server("other")
    assert asker.told() == SourceChanged("notifications", "other")
    asker.ask(token=2)
    assert other.notified().replaces == 0
    other.invoke("start")
    assert asker.told() == PromptAnswered(2, "start")
    assert asker.told_nothing_more()
    other.leave()


def test_the_end_of_the_bus_raises_nothing(daemon: subprocess.Popen[str]) -> None:
    asker = Asker()
    assert asker.told() == SourceChanged("notifications", "none")
    server = Server()
    assert asker.told() == SourceChanged("notifications", "fake")
    daemon.kill()
    assert asker.told() == SourceChanged("notifications", "none")
    asker.ask()
    asker.prompter.withdraw()
    asker.close()
    server.leave()


def program(path: Path, script: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


PLYER = """
from breakd.adapters.notify import connect
from breakd.ports import Choice, Prompt
prompter = connect(print, None, window="never")
prompter.show(Prompt(1, "-Stand up", "Slowly", (Choice("start", "Start"),), "start"))
prompter.withdraw()
prompter.close()
"""


def test_without_a_bus_plyer_tells_how_to_answer(tmp_path: Path) -> None:
    program(tmp_path / "bin/notify-send", f'printf "%s|" "$@" >{tmp_path}/sent')
    environment = os.environ | {"PATH": f"{tmp_path}/bin:/usr/bin:/bin"}
    done = subprocess.run([sys.executable, "-c", PLYER], capture_output=True, text=True, env=environment, check=False)
    assert done.stderr == ""
    assert done.stdout == "SourceChanged(what='notifications', name='plyer')\n"
    title, message, *_rest = (tmp_path / "sent").read_text().split("|")
    assert title == "breakd"
    assert message.strip().splitlines() == [
        "-Stand up",
        "Slowly",
        "Answer with breakd's tray icon, or with: breakd start",
    ]
    assert not message.startswith("-")


def test_without_a_bus_and_without_notify_send_nothing_is_raised(tmp_path: Path) -> None:
    environment = os.environ | {"PATH": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", PLYER], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert done.stdout == "SourceChanged(what='notifications', name='none')\n"


def test_a_server_that_hangs_delays_nobody(daemon: subprocess.Popen[str]) -> None:
    awake: SimpleQueue[None] = SimpleQueue()

    class Hanging(Server):
        def do_Notify(self, *args: Any) -> tuple[str, tuple[int]]:  # noqa: N802
            with contextlib.suppress(Empty):
                awake.get(timeout=SECONDS)
            return super().do_Notify(*args)

    server = Hanging()
    asker = Asker()
    assert asker.told() == SourceChanged("notifications", "fake")
    asker.ask(token=1)
    asker.ask(token=2)
    asker.prompter.withdraw()
    asker.ask(token=3)
    awake.put(None)
    awake.put(None)
    assert server.notified().title == "Stand up"
    assert server.notified().replaces == 41  # what came meanwhile was skipped
    server.invoke("start")
    assert asker.told() == PromptAnswered(3, "start")
    asker.close()
    server.leave()


class AskerWithWindow(Asker):
    """A prompter with a fallback."""

    def connect(self) -> Prompter:
        self.window = NotingPrompter()
        return Notifications(self._posted.put, self.bus, self.window)


@pytest.fixture
def windowed(daemon: subprocess.Popen[str]) -> Iterator[AskerWithWindow]:
    asker = AskerWithWindow()
    yield asker
    asker.close()
    assert asker.window.next() == "closed"
    assert asker.window.told.empty()


def test_with_no_server_the_fallback_asks_until_one_comes(windowed: AskerWithWindow) -> None:
    windowed.ask(token=1)
    assert windowed.window.next() == 1
    windowed.prompter.withdraw()
    assert windowed.window.next() == "withdrawn"
    windowed.ask(token=2)
    assert windowed.window.next() == 2
    server = Server()
    assert windowed.window.next() == "withdrawn"
    assert server.notified().title == "Stand up"
    server.bus.call(DBUS, "ReleaseName", "s", (NAME,))
    while windowed.told() != PromptsLost():
        pass
    windowed.ask(token=3)
    assert windowed.window.next() == 3
    windowed.prompter.withdraw()
    assert windowed.window.next() == "withdrawn"
    server.leave()


def test_with_no_server_the_fallback_tells_too_each_time_and_only_once(windowed: AskerWithWindow) -> None:
    assert windowed.told() == SourceChanged("notifications", "window")
    for _ in range(2):  # the first has left by itself meanwhile
        windowed.prompter.show(Prompt(0, "Only told", ""))
        assert windowed.window.next() == 0
    server = Server()
    assert windowed.window.next() == "withdrawn"
    windowed.ask(token=1)
    assert server.notified().title == "Stand up"
    assert windowed.told() == SourceChanged("notifications", "fake")
    server.leave()


def test_a_server_without_buttons_only_tells_where_there_is_a_fallback(windowed: AskerWithWindow) -> None:
    server = Server(abilities=["body"])
    windowed.prompter.show(Prompt(0, "A break in 1 min", ""))
    assert server.notified().title == "A break in 1 min"
    windowed.ask(token=1)
    assert windowed.window.next() == 1
    assert server.call() == 41  # the heads-up goes
    windowed.prompter.show(Prompt(0, "Only told", ""))
    assert windowed.window.next() == "withdrawn"
    assert server.notified().title == "Only told"
    server.leave()


def test_the_fallback_asks_when_the_bus_is_gone(daemon: subprocess.Popen[str], windowed: AskerWithWindow) -> None:
    server = Server()
    windowed.ask(token=1)
    server.notified()
    daemon.kill()
    assert windowed.window.next() == 1
    windowed.prompter.withdraw()
    assert windowed.window.next() == "withdrawn"
    windowed.ask(token=2)
    assert windowed.window.next() == 2
    server.leave()
    windowed.prompter.withdraw()
    assert windowed.window.next() == "withdrawn"


def test_a_fallback_that_is_given_up_late_takes_nothing_off_the_server(daemon: subprocess.Popen[str]) -> None:
    asker = AskerWithWindow()
    asker.ask(token=1)
    assert asker.window.next() == 1
    server = Server()
    assert asker.window.next() == "withdrawn"
    server.notified()
    assert isinstance(asker.prompter, Notifications)
    asker.prompter.go_without()
    asker.ask(token=2)
    assert server.notified().replaces == 41  # with nothing closed before
    asker.close()
    assert asker.window.told.empty()
    server.leave()


def test_what_the_fallback_was_given_is_told_without_it(daemon: subprocess.Popen[str]) -> None:
    asker = AskerWithWindow()
    server = Server(abilities=["body"])
    asker.ask(token=1)
    assert asker.window.next() == 1
    assert isinstance(asker.prompter, Notifications)
    asker.prompter.go_without()
    assert server.notified().title == "Stand up"
    asker.close()
    server.leave()


INSISTS = Prompt(2, "Stand up", "", CHOICES, "start", insists=True)


def test_what_insists_is_asked_by_the_fallback_and_what_does_not_by_the_server(
    server: Server, windowed: AskerWithWindow
) -> None:
    while windowed.told() != SourceChanged("notifications", "fake"):
        pass
    windowed.ask(token=1)
    server.notified()
    windowed.prompter.show(INSISTS)
    assert windowed.window.next() == 2
    assert server.call() == 41  # not on the screen in two places
    windowed.ask(token=3)
    assert windowed.window.next() == "withdrawn"
    assert server.notified().replaces == 0
    windowed.prompter.show(INSISTS)
    assert windowed.window.next() == 2
    assert server.call() == 42
    windowed.prompter.withdraw()
    assert windowed.window.next() == "withdrawn"
    assert windowed.told_nothing_more()
    assert server.calls.empty()


def test_what_insists_while_the_server_is_slow_takes_the_earlier_prompt_off_it(
    daemon: subprocess.Popen[str], windowed: AskerWithWindow
) -> None:
    reached: SimpleQueue[None] = SimpleQueue()
    go_on: SimpleQueue[None] = SimpleQueue()

    class Slow(Server):
        def do_Notify(self, *args: Any) -> tuple[str, tuple[int]]:  # noqa: N802
            reached.put(None)
            go_on.get(timeout=SECONDS)
            return super().do_Notify(*args)

    server = Slow()
    windowed.ask(token=1)
    reached.get(timeout=SECONDS)
    windowed.prompter.show(INSISTS)
    go_on.put(None)
    server.notified()
    assert windowed.window.next() == 2
    assert server.call() == 41
    windowed.prompter.withdraw()
    assert windowed.window.next() == "withdrawn"
    server.leave()


def test_what_insists_stays_in_its_window_whatever_server_goes_and_comes(windowed: AskerWithWindow) -> None:
    windowed.prompter.show(INSISTS)
    assert windowed.window.next() == 2
    for name in ("first", "second"):
        server = Server(name)
        while windowed.told() != SourceChanged("notifications", name):
            pass
        server.leave()
        while (told := windowed.told()) != SourceChanged("notifications", "window"):
            assert told != PromptsLost()
    assert windowed.window.told.empty()
    windowed.prompter.withdraw()
    assert windowed.window.next() == "withdrawn"


def test_what_insists_is_shown_by_the_server_where_no_window_can(server: Server, windowed: AskerWithWindow) -> None:
    windowed.window.name = "none"
    windowed.prompter.show(INSISTS)
    assert server.notified().title == "Stand up"
    assert windowed.window.told.empty()


def test_never_a_window_is_never_one_even_for_what_insists(server: Server, asker: Asker) -> None:
    asker.prompter.show(INSISTS)
    assert server.notified().title == "Stand up"
    server.invoke("start")
    assert asker.told() == PromptAnswered(2, "start")


# What keeps it from starting.


@pytest.fixture
def wrong(tmp_path: Path) -> Iterator[Home]:
    """Return a home with a wrong configuration, on the test's bus."""
    home = Home(tmp_path, "[prompt]\nsnooze = '<b>'\n[a]\n[b]\n[c]\n[d]\n")
    home.env["DBUS_SESSION_BUS_ADDRESS"] = os.environ["DBUS_SESSION_BUS_ADDRESS"]
    yield home
    home.close()


@pytest.mark.parametrize("command", ["run", "launch"])
def test_a_mistake_that_keeps_it_from_starting_is_told_where_there_is_no_terminal(
    server: Server, wrong: Home, command: str
) -> None:
    assert wrong.breakd(command).returncode == (2 if command == "run" else 1)
    notified = server.notified()
    assert notified.title == "breakd does not start"
    assert notified.body.startswith(f'{wrong.config}:2: prompt.snooze: "&lt;b&gt;"')
    assert notified.body.endswith("\n2 more: `breakd config check` tells them")
    assert server.calls.empty()


def test_on_a_terminal_it_is_told_there_alone(server: Server, wrong: Home) -> None:
    terminal = Terminal()
    daemon = wrong.start(stderr=terminal.slave)
    terminal.read_until("prompt.snooze")
    assert ended(daemon) == 2
    server.settle()
    assert server.calls.empty()
    terminal.close()
