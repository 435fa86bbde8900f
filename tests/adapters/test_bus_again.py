"""A session bus that is killed and started again at its address: what the daemon has on it comes back by itself."""

import gc
import logging
import subprocess
import threading
import tracemalloc
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
from jeepney.io.blocking import DBusConnection

from breakd.adapters import login, tray
from breakd.adapters.bus import DBUS, Bus
from breakd.adapters.dbus_notify import NAME, SERVER
from breakd.adapters.notify import connect
from breakd.adapters.saver import SAVERS
from breakd.adapters.sni import WATCHER
from breakd.ports import (
    Choice,
    Entry,
    Locked,
    Message,
    Prompt,
    PromptAnswered,
    PromptsLost,
    SourceChanged,
    TrayView,
    Unlocked,
)
from private_bus import private_bus

SECONDS = 10
LEAK_B = 64 * 1024
SAVER = SAVERS["xfce4-screensaver"]
VIEW = TrayView("sitting", 0.5, "Helicopters in 6 min", (Entry("Short walk", "walk", default=True),))
PROMPT = Prompt(7, "Stand up", "Slowly", (Choice("start", "Start"), Choice("skip", "Skip")), "start")


class Desktop:
    """What a desktop has on its bus: a tray, a notification server, a screen saver."""

    def __init__(self) -> None:
        self.items: SimpleQueue[str] = SimpleQueue()
        self.titles: SimpleQueue[str] = SimpleQueue()
        self.bus = Bus.session()
        for address in (WATCHER, SERVER, SAVER):
            self.bus.export(address.object_path, address.interface, self)
        for address in (WATCHER, SERVER, SAVER):
            self.bus.call(DBUS, "RequestName", "su", (address.bus_name, 4))

    def props(self) -> dict[str, tuple[str, Any]]:
        return {}

    def do_RegisterStatusNotifierItem(self, item: str) -> tuple[None, tuple[()]]:  # noqa: N802 - names on the bus
        self.items.put(item)
        return None, ()

    def do_GetServerInformation(self) -> tuple[str, tuple[str, ...]]:  # noqa: N802
        return "ssss", ("fake", "the tests", "1", "1.2")

    def do_GetCapabilities(self) -> tuple[str, tuple[list[str]]]:  # noqa: N802
        return "as", (["actions", "body"],)

    def do_Notify(self, *notified: Any) -> tuple[str, tuple[int]]:  # noqa: N802
        self.titles.put(notified[3])
        return "u", (1,)

    def do_CloseNotification(self, _number: int) -> tuple[None, tuple[()]]:  # noqa: N802
        return None, ()

    def do_GetActive(self) -> tuple[str, tuple[bool]]:  # noqa: N802
        return "b", (False,)

    def say(self, of: Any, member: str, signature: str, *body: Any) -> None:
        self.bus.emit(of.object_path, of.interface, member, signature, body)


class Breakd:
    """What the daemon has on the session bus, and what that told."""

    def __init__(self) -> None:
        self.told: SimpleQueue[Message] = SimpleQueue()
        self.bus = Bus.session()
        self.login = login.connect(self.told.put, None, self.bus)
        self.prompter = connect(self.told.put, self.bus, window="never")
        self.tray = tray.LinuxTray(self.told.put, self.bus)
        self.tray.show(VIEW)

    def tell(self, *messages: Message) -> None:
        """Wait for these messages, in whatever order the parts tell them."""
        told = [self.told.get(timeout=SECONDS) for _each in messages]
        assert sorted(map(str, told)) == sorted(map(str, messages))

    def close(self) -> None:
        self.tray.close()
        self.prompter.close()
        self.login.close()
        self.bus.close()


@contextmanager
def desktop(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Desktop, "subprocess.Popen[str]"]]:
    """Run a bus at the one address, with a desktop on it, until the process that is yielded has been killed."""
    with private_bus(folder) as (address, process):
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        here = Desktop()
        try:
            yield here, process
        finally:
            here.bus.close()


HERE = (
    SourceChanged("tray", "sni"),
    SourceChanged("notifications", "fake"),
    SourceChanged("lock", "xfce4-screensaver"),
)
GONE = (SourceChanged("tray", "none"), SourceChanged("notifications", "none"), SourceChanged("lock", "none"))


@pytest.fixture
def no_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)


@pytest.fixture
def no_log() -> Iterator[None]:
    """Keep no log: each record would hold an error, and by it a connection that is closed."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.usefixtures("no_screen", "no_log")
def test_ten_buses_later_all_is_back_and_nothing_is_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = []
    with ExitStack() as stack:
        for turn in range(11):
            with desktop(tmp_path, monkeypatch) as (here, process):
                if turn == 0:
                    breakd = Breakd()
                    stack.callback(breakd.close)
                    breakd.tell(SourceChanged("sleep", "none"), *HERE)
                else:
                    breakd.tell(PromptsLost(), *HERE)  # the prompt went with the bus before
                assert here.items.get(timeout=SECONDS) == breakd.bus.unique_name
                breakd.prompter.show(PROMPT)
                assert here.titles.get(timeout=SECONDS) == "Stand up"
                here.say(SERVER, "ActionInvoked", "us", 1, "skip")
                breakd.tell(PromptAnswered(7, "skip"))
                for active, message in ((True, Locked()), (False, Unlocked())):
                    here.say(SAVER, "ActiveChanged", "b", active)
                    breakd.tell(message)
                breakd.prompter.show(PROMPT)
                assert here.titles.get(timeout=SECONDS) == "Stand up"
                here.bus.call(DBUS, "GetId")
                breakd.bus.call(DBUS, "GetId")  # it knows that the prompt is on the screen
                gc.collect()
                live = sum(isinstance(each, DBusConnection) for each in gc.get_objects())
                used.append((live, threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))))
                if turn == 1:
                    tracemalloc.start()
                    begun = tracemalloc.get_traced_memory()[0]
                process.kill()
                process.wait()
                breakd.tell(*GONE)
        gc.collect()
        grown = tracemalloc.get_traced_memory()[0] - begun
        tracemalloc.stop()
    assert len(set(used)) == 1, used
    assert grown < LEAK_B, grown


@pytest.mark.usefixtures("no_screen")
def test_a_prompt_that_went_with_the_bus_starts_a_server_on_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desktop(tmp_path, monkeypatch) as (here, process):
        breakd = Breakd()
        breakd.tell(SourceChanged("sleep", "none"), *HERE)
        breakd.prompter.show(PROMPT)
        assert here.titles.get(timeout=SECONDS) == "Stand up"
        here.bus.call(DBUS, "GetId")
        breakd.bus.call(DBUS, "GetId")
        process.kill()
        breakd.tell(*GONE)
    (tmp_path / "server.service").write_text(f"[D-BUS Service]\nName={NAME}\nExec=/bin/false\n")
    with private_bus(tmp_path, services=tmp_path):
        breakd.tell(SourceChanged("notifications", "unknown"), PromptsLost())
        breakd.close()
