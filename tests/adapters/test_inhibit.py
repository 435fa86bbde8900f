"""Who keeps the desktop from going idle: GNOME's session manager and KDE's policy agent, played on a real bus."""

import gc
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest

from breakd.adapters.bus import DBUS, PROPERTIES, Bus
from breakd.adapters.inhibit import connect
from breakd.ports import InUse, Message, SourceChanged
from holdwatch import HoldWatch
from private_bus import private_bus

SECONDS = 20.0
REASON = "idle-inhibit"
GNOME, GNOME_PATH = "org.gnome.SessionManager", "/org/gnome/SessionManager"
KDE, KDE_PATH = "org.kde.Solid.PowerManagement.PolicyAgent", "/org/kde/Solid/PowerManagement/PolicyAgent"
LOGOUT, SUSPEND, IDLE = 1, 4, 8

Props = dict[str, tuple[str, Any]]


class Watch(HoldWatch):
    """The source on the private bus."""

    def __init__(self) -> None:
        super().__init__(connect, REASON, Bus.session())


@pytest.fixture
def watching(daemon: "subprocess.Popen[str]") -> Iterator[Callable[[], Watch]]:
    watches: list[Watch] = []

    def begin() -> Watch:
        watches.append(Watch())
        return watches[-1]

    yield begin
    for watch in watches:
        watch.close()


class Inhibitor:
    """One of the session manager's."""

    def __init__(self, app: str, flags: int) -> None:
        self.app, self.flags = app, flags

    def props(self) -> Props:
        return {}

    def do_GetAppId(self) -> tuple[str, tuple[str]]:  # noqa: N802 - the method's name on the bus
        return "s", (self.app,)

    def do_GetFlags(self) -> tuple[str, tuple[int]]:  # noqa: N802
        return "u", (self.flags,)


class SessionManager:
    """gnome-session, or MATE's, which has no such property; it signals as they do."""

    def __init__(self, bus: Bus, *, has_property: bool = True) -> None:
        self.bus = bus
        self._has_property = has_property
        self._inhibitors: dict[str, Inhibitor] = {}
        self._count = 0
        self._told = 0
        bus.export(GNOME_PATH, GNOME, self)

    def own(self) -> None:
        assert self.bus.call(DBUS, "RequestName", "su", (GNOME, 4)) == (1,)

    def inhibit(self, app: str, flags: int) -> str:
        self._count += 1
        path = f"{GNOME_PATH}/Inhibitor{self._count}"
        self._inhibitors[path] = Inhibitor(app, flags)
        self.bus.export(path, f"{GNOME}.Inhibitor", self._inhibitors[path])
        self._tell(path, "InhibitorAdded")
        return path

    def uninhibit(self, path: str) -> None:
        del self._inhibitors[path]
        self._tell(path, "InhibitorRemoved")

    def _actions(self) -> int:
        actions = 0
        for inhibitor in self._inhibitors.values():
            actions |= inhibitor.flags
        return actions

    def _tell(self, path: str, signal: str) -> None:
        if (
            self._has_property and self._actions() != self._told
        ):  # the property is told first, and only where it changed
            self._told = self._actions()
            changed = {"InhibitedActions": ("u", self._told)}
            self.bus.emit(GNOME_PATH, PROPERTIES, "PropertiesChanged", "sa{sv}as", (GNOME, changed, []))
        self.bus.emit(GNOME_PATH, GNOME, signal, "o", (path,))

    def props(self) -> Props:
        return {"InhibitedActions": ("u", self._actions())} if self._has_property else {}

    def do_GetInhibitors(self) -> tuple[str, tuple[list[str]]]:  # noqa: N802
        return "ao", (list(self._inhibitors),)


@contextmanager
def played(served: Callable[..., Any], **how: Any) -> Iterator[Any]:
    bus = Bus.session()
    try:
        player = served(bus, **how)
        player.own()
        yield player
    finally:
        bus.close()


@pytest.mark.parametrize("has_property", [True, False], ids=["GNOME and Cinnamon", "MATE"])
def test_a_session_manager_names_who_keeps_it_from_idling(watching: Callable[[], Watch], *, has_property: bool) -> None:
    with played(SessionManager, has_property=has_property) as session:
        watch = watching()
        watch.serves("gnome-session")
        session.inhibit("rhythmbox", SUSPEND | LOGOUT)
        film = session.inhibit("org.gnome.Totem.desktop", IDLE)
        totem = ("org.gnome.Totem.desktop",)
        watch.is_on("gnome-session", totem)
        talk = session.inhibit("firefox", SUSPEND | IDLE)
        watch.is_on("gnome-session", totem, ("firefox",))
        session.uninhibit(film)
        watch.is_on("gnome-session", ("firefox",))
        session.uninhibit(talk)
        watch.is_off("gnome-session")
    watch.serves("none")
    assert watch.told_nothing_more()


def test_what_was_on_before_is_known_when_it_says_so(watching: Callable[[], Watch]) -> None:
    with played(SessionManager) as session:
        session.inhibit("vlc", IDLE)
        watch = watching()
        assert watch.source.known.wait(SECONDS)
        posted = [watch._posted.get_nowait() for _message in range(2)]
        assert posted == [
            SourceChanged(f"hold:{REASON}", "gnome-session"),
            InUse(REASON, "gnome-session", (("vlc",),)),
        ]


def test_what_breakd_inhibits_itself_does_not_count(watching: Callable[[], Watch]) -> None:
    with played(SessionManager) as session:
        session.inhibit("breakd", IDLE)
        watch = watching()
        watch.serves("gnome-session")
        session.inhibit("vlc", IDLE)
        watch.is_on("gnome-session", ("vlc",))


class Secretive(SessionManager):
    """A session manager that says that somebody does, and not who."""

    def do_GetInhibitors(self) -> tuple[str, tuple[list[str]]]:  # noqa: N802
        raise PermissionError("that is nobody's business")


def test_somebody_whom_nobody_knows_counts(watching: Callable[[], Watch]) -> None:
    with played(Secretive) as session:
        watch = watching()
        watch.serves("gnome-session")
        path = session.inhibit("vlc", IDLE)
        watch.is_on("gnome-session", ())
        session.uninhibit(path)
        watch.is_off("gnome-session")


class PolicyAgent:
    """powerdevil 6.5 and later."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self._active: list[tuple[str, str, str, str, int]] = []
        bus.export(KDE_PATH, KDE, self)

    def own(self) -> None:
        assert self.bus.call(DBUS, "RequestName", "su", (KDE, 4)) == (1,)

    def set(self, *active: tuple[str, str]) -> None:
        """Set what is inhibited by whom."""
        self._active = [(what, who, "a reason", "block", 3) for what, who in active]
        self.tell()

    def tell(self) -> None:
        names = ["RequestedInhibitions", "ActiveInhibitions"]
        self.bus.emit(KDE_PATH, PROPERTIES, "PropertiesChanged", "sa{sv}as", (KDE, {}, names))

    def props(self) -> Props:
        return {"ActiveInhibitions": ("a(ssssu)", self._active)}


class OldPolicyAgent(PolicyAgent):
    """powerdevil before that: its list, a(ss), says not what is inhibited."""

    def tell(self) -> None:
        self.bus.emit(KDE_PATH, KDE, "InhibitionsChanged", "a(ss)as", (self._listed(), []))

    def _listed(self) -> list[tuple[str, str]]:
        return [(who, why) for _what, who, why, _mode, _flags in self._active]

    def props(self) -> Props:
        return {}

    def do_HasInhibition(self, types: int) -> tuple[str, tuple[bool]]:  # noqa: N802
        assert types == 4, "the screen's settings"
        return "b", (any("idle" in what for what, *_more in self._active),)

    def do_ListInhibitions(self) -> tuple[str, tuple[list[tuple[str, str]]]]:  # noqa: N802
        return "a(ss)", (self._listed(),)


@pytest.mark.parametrize("agent", [PolicyAgent, OldPolicyAgent])
def test_kde_names_who_keeps_it_from_idling(watching: Callable[[], Watch], agent: type[PolicyAgent]) -> None:
    with played(agent) as power:
        watch = watching()
        watch.serves("kde")
        power.set(("sleep", "ktorrent"))
        power.set(("sleep:idle", "mpv"))
        watch.is_on("kde", ("mpv",))
        power.set(("sleep:idle", "mpv"), ("idle", "breakd"))
        power.set(("idle", "breakd"))
        watch.is_off("kde")
        power.set(("idle", "Okular"))
        watch.is_on("kde", ("Okular",))
    watch.is_off("kde")
    watch.serves("none")


def test_without_any_of_them_it_is_none(watching: Callable[[], Watch]) -> None:
    watch = watching()
    watch.serves("none")
    assert watch.source.known.wait(SECONDS)
    with played(SessionManager) as session:
        watch.serves("gnome-session")
        session.inhibit("vlc", IDLE)
        watch.is_on("gnome-session", ("vlc",))


def test_without_a_bus_it_is_none() -> None:
    posted: SimpleQueue[Message] = SimpleQueue()
    source = connect(posted.put, None)
    assert source.known.is_set()
    assert posted.get_nowait() == SourceChanged(f"hold:{REASON}", "none")
    source.close()
    assert posted.empty()


class LateSessionManager(SessionManager):
    """One that has its name before its object, as at the start of a session."""

    def __init__(self, bus: Bus) -> None:
        super().__init__(bus)
        self.early = threading.Event()
        self.ready = False

    def props(self) -> Props:
        return super().props() if self.ready else {}

    def do_GetInhibitors(self) -> tuple[str, tuple[list[str]]]:  # noqa: N802
        self.early.set()
        if not self.ready:
            raise KeyError("Object does not exist")
        return super().do_GetInhibitors()


def test_a_service_that_is_not_ready_is_asked_again(watching: Callable[[], Watch]) -> None:
    with played(LateSessionManager) as session:
        watch = watching()
        watch.serves("none")
        assert session.early.wait(SECONDS)
        session._inhibitors[f"{GNOME_PATH}/Inhibitor7"] = film = Inhibitor("vlc", IDLE)
        session.bus.export(f"{GNOME_PATH}/Inhibitor7", f"{GNOME}.Inhibitor", film)
        session.ready = True
        watch.serves("gnome-session")
        watch.is_on("gnome-session", ("vlc",))


def test_a_bus_that_is_lost_takes_it_with_it_and_brings_it_back(
    daemon: "subprocess.Popen[str]", watching: Callable[[], Watch], tmp_path: Path
) -> None:
    with played(SessionManager) as session:
        session.inhibit("vlc", IDLE)
        watch = watching()
        watch.serves("gnome-session")
        watch.is_on("gnome-session", ("vlc",))
        daemon.kill()
        daemon.wait()
        watch.is_off("gnome-session")
        watch.serves("none")
    with private_bus(tmp_path), played(SessionManager) as session:
        watch.serves("gnome-session")
        session.inhibit("mpv", IDLE)
        watch.is_on("gnome-session", ("mpv",))


def test_after_close_nothing_is_told_and_nothing_is_left(watching: Callable[[], Watch]) -> None:
    with played(SessionManager) as session:
        session.inhibit("vlc", IDLE)
        watch = watching()
        watch.serves("gnome-session")
        watch.is_on("gnome-session", ("vlc",))
        watch.source.close()
        session.inhibit("mpv", IDLE)
        watch.bus.call(DBUS, "GetId")  # all of that came before the answer
        assert watch.told_nothing_more()
        assert watch.bus._subscriptions == []
        assert watch.bus._watched == []


def test_ten_times_lost_and_found_leaves_nothing(watching: Callable[[], Watch]) -> None:
    watch = watching()
    watch.serves("none")
    seen = []
    for _time in range(10):
        with played(SessionManager) as session:
            watch.serves("gnome-session")
            session.inhibit("vlc", IDLE)
            watch.is_on("gnome-session", ("vlc",))
        watch.is_off("gnome-session")
        watch.serves("none")
        del session
        watch.bus.call(DBUS, "GetId")
        gc.collect()
        seen.append((len(list(Path("/proc/self/fd").iterdir())), threading.active_count(), len(gc.get_objects())))
    assert seen[-1][:2] == seen[1][:2]
    assert seen[-1][2] - seen[1][2] < 80, "each time leaves something in memory"
