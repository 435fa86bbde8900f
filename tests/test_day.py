"""A whole day, once by `simulate` and once by the daemon: each act comes by the adapter that the system would tell.

Law: time is the test's; everything else is real. The adapters are those of `breakd run` on a bus of their own, where
the test plays the desktop (Mutter, logind, a screen saver, a notification server, a panel); a microphone is recorded
and a screen taken on real servers, a camera is a file that a process holds.
"""

import json
import shutil
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from queue import SimpleQueue
from subprocess import PIPE, Popen
from typing import Any, get_args

import pytest
from jeepney import DBusAddress

from breakd import ports, view
from breakd.adapters import dbus_notify, holds, login, presence, tray
from breakd.adapters.bus import DBUS, PROPERTIES, Bus
from breakd.adapters.camera import Camera
from breakd.adapters.control import Control
from breakd.adapters.login import MANAGER, SESSION, USER
from breakd.adapters.mutter import INHIBITS_IDLE, MONITOR
from breakd.adapters.mutter import SESSION as SESSION_MANAGER
from breakd.adapters.saver import SAVERS
from breakd.adapters.sni import MENU, MENU_PATH, WATCHER
from breakd.core.durations import SECOND, parse
from breakd.core.record import Name, Record
from breakd.core.settings import Settings
from breakd.daemon import Outside
from breakd.folders import SOCKET, runtime_dir
from fakes import FakeClock
from machine import ALL_DAY, Machine, settings
from private_bus import private_bus
from private_pipewire import PrivatePipeWire
from soundserver import SoundServer, sound_server
from stories import run, script

SECONDS = 20
HOLD = "import sys; held = open(sys.argv[1], 'rb'); print(flush=True); sys.stdin.read()"
SAVER = SAVERS["gnome-shell"]
SCREEN = "/org/freedesktop/login1/session/c1"
PERSON = "/org/freedesktop/login1/user/self"
PORTAL, CALL = "xdg-desktop-portal-wlr", "firefox"

MICRO = {"name": "micro", "every": "30m", "length": "2m", "routines": ["helicopters", "knee-hovers"]}
WALK = {"name": "walk", "every": "2h", "length": "10m", "routines": ["walk"]}
WHILE = ["do-not-disturb", "fullscreen", "microphone", "camera", "screen-share", "idle-inhibit"]

READER = settings(
    work=ALL_DAY,
    prompt={"settle": "90s", "wait_for_pause": "30s", "warn_before": "1m"},
    hold={"while": WHILE, "at_most": "20m"},
    **{"break": [MICRO, WALK]},
)
READERS_DAY = """
    08:50 begin
    09:10 idle
    09:12 input
    09:31 snooze                         | button
    09:36:30 start                       | button
    09:37:45 done
    09:45 stand source=tray
    09:58 sit source=cli
    10:20 busy reason=microphone
    10:33 free reason=microphone
    10:34 skip source=cli
    10:36 busy reason=screen-share
    11:40 free reason=screen-share
    11:41 snooze source=tray
    11:47 start exercise=walk source=cli
    12:00 busy reason=do-not-disturb
    12:30 idle
    12:40 free reason=do-not-disturb
    13:20 input
    13:25 lock                           | wish
    13:25:40 unlock                      | wish
    13:27 busy reason=camera
    13:55 busy reason=idle-inhibit
    14:00 free reason=camera
    14:11 free reason=idle-inhibit
    14:19 snooze                         | waved away
    14:24:30 start source=tray
    14:25 abandon
    14:33 lock                           | logind
    14:45 unlock                         | logind
    15:00 suspend
    15:20 resume
    15:20:10 input
    15:29 busy reason=microphone
    15:30 restart down=20s
    15:31 input
    15:34 free reason=microphone
    15:35 pause for=10m source=cli
    15:40 unpause source=tray
    15:46 clock step=-5m
    15:50 gap for=12m
    16:02 input
    16:05 lock                           | saver
    16:06 unlock                         | saver
    16:20 start exercise=helicopters source=tray
    16:24 start exercise=supermans source=cli
    17:10 end
"""

TYPIST = settings(
    work=ALL_DAY,
    prompt={"auto_start": True, "wait_for_pause": "0s", "max_snoozes": 2},
    presence={"away_after": "2m"},
    hold={"at_most": "10m"},
    **{"break": [MICRO]},
)
TYPISTS_DAY = """
    09:00 begin
    09:31 idle
    09:32 input
    10:04 idle
    10:04:02 input
    10:12 busy reason=microphone
    10:12:30 idle
    10:13 free reason=microphone
    10:13:40 input
    10:30 busy reason=screen-share
    10:41 idle
    10:42 input
    10:50 free reason=screen-share
    10:51 skip source=tray
    11:10 lock                           | saver
    11:30 unlock                         | saver
    11:55 timezone zone=Europe/Berlin
    12:02 lock                           | logind
    12:02:30 unlock                      | logind
    12:02:40 skip source=cli
    12:20 pause for=30m source=tray
    12:30 idle
    12:45 input
    13:20 pause until=13:25 source=cli
    13:30 busy reason=camera
    13:50 free reason=camera
    14:00 end
"""


class Desktop:
    """What the daemon is told by, on one bus that is the session's and the system's at once."""

    def __init__(self, address: str, clock: FakeClock, rests_s: float) -> None:
        """`rests_s`: so long the hands are still, at most, while the person is there."""
        self.address, self._clock, self._rests_s = address, clock, rests_s
        self.bus = Bus(address)
        self._touched, self._there = clock.elapsed_us, True
        self._idle_watches: dict[int, int] = {}
        self._active_watches: list[int] = []
        self._numbers = 0
        self._on: dict[str, Any] = {"LockedHint": ("b", False), "Active": ("b", True)}
        self._quiet, self._inhibited = False, 0
        self.bubble: tuple[int, list[str]] | None = None
        self._item = ""
        for path, interface in (
            (MONITOR.object_path, MONITOR.interface),
            (SESSION_MANAGER.object_path, SESSION_MANAGER.interface),
            (SAVER.object_path, SAVER.interface),
            (MANAGER.object_path, MANAGER.interface),
            (SCREEN, SESSION),
            (PERSON, USER),
            (dbus_notify.SERVER.object_path, dbus_notify.NAME),
            (WATCHER.object_path, WATCHER.interface),
        ):
            self.bus.export(path, interface, self)
        names = (MONITOR, SESSION_MANAGER, SAVER, MANAGER, dbus_notify.SERVER, WATCHER)
        for name in {each.bus_name for each in names}:
            assert self.bus.call(DBUS, "RequestName", "su", (name, 4), timeout=SECONDS) == (1,)

    def props(self) -> dict[str, tuple[str, Any]]:
        return {
            "Display": ("(so)", ("c1", SCREEN)),
            "InhibitedActions": ("u", self._inhibited),
            "Inhibited": ("b", self._quiet),
        } | self._on

    def settle(self) -> None:
        """Return when all that this desktop has told, its replies too, is on the bus."""
        self.bus.call(DBUS, "GetId", timeout=SECONDS)

    def _changed(self, path: str, interface: str, **changed: tuple[str, Any]) -> None:
        self.bus.emit(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", (interface, changed, []))

    # The hands, as Mutter sees them

    @property
    def idle_us(self) -> int:
        idle = self._clock.elapsed_us - self._touched
        return min(idle, round(self._rests_s * SECOND)) if self._there else idle

    def touch(self, *, leaves: bool = False) -> None:
        """Let there be an input now; it is the last one where the person leaves."""
        self._touched, self._there = self._clock.elapsed_us, not leaves
        while self._active_watches:
            self._fire(self._active_watches.pop(0))

    def next_s(self) -> float:
        """Return in what time the next watch fires."""
        if self._there and self._active_watches:
            return self._rests_s
        lefts = [(each * 1000 - self.idle_us) / SECOND for each in self._idle_watches.values() if not self._there]
        return min((left for left in lefts if left > 0), default=float("inf"))

    def fire(self) -> None:
        """Let the watches fire whose time has just come."""
        if self._there and self._active_watches:
            self.touch()
        for number, interval_ms in list(self._idle_watches.items()):
            if not self._there and self.idle_us == interval_ms * 1000:
                self._fire(number)

    def _fire(self, number: int) -> None:
        self.bus.emit(MONITOR.object_path, MONITOR.interface, "WatchFired", "u", (number,))

    def do_GetIdletime(self) -> tuple[str, tuple[int]]:  # noqa: N802 - here and below: the method's name on the bus
        return "t", (self.idle_us // 1000,)

    def do_AddIdleWatch(self, interval_ms: int) -> tuple[str, tuple[int]]:  # noqa: N802
        self._numbers += 1
        self._idle_watches[self._numbers] = interval_ms
        return "u", (self._numbers,)

    def do_AddUserActiveWatch(self) -> tuple[str, tuple[int]]:  # noqa: N802
        self._numbers += 1
        self._active_watches.append(self._numbers)
        return "u", (self._numbers,)

    def do_RemoveWatch(self, number: int) -> tuple[None, tuple[()]]:  # noqa: N802
        self._idle_watches.pop(number, None)
        return None, ()

    # The session: its lock, its sleep, what inhibits

    def lock(self, way: str, *, on: bool) -> None:
        match way:
            case "logind":
                self._on["LockedHint"] = ("b", on)
                self._changed(SCREEN, SESSION, LockedHint=("b", on))
            case "saver":
                self.bus.emit(SAVER.object_path, SAVER.interface, "ActiveChanged", "b", (on,))
            case "wish":  # of its end nobody tells
                if on:
                    self.bus.emit(SCREEN, SESSION, "Lock")

    def sleep(self, *, begins: bool) -> None:
        self.bus.emit(MANAGER.object_path, MANAGER.interface, "PrepareForSleep", "b", (begins,))

    def inhibit(self, *, on: bool) -> None:
        self._inhibited = INHIBITS_IDLE if on else 0
        here = SESSION_MANAGER
        self._changed(here.object_path, here.interface, InhibitedActions=("u", self._inhibited))

    def do_GetUser(self, _number: int) -> tuple[str, tuple[str]]:  # noqa: N802
        return "o", (PERSON,)

    def do_GetActive(self) -> tuple[str, tuple[bool]]:  # noqa: N802
        return "b", (False,)

    def do_GetInhibitors(self) -> tuple[str, tuple[list[str]]]:  # noqa: N802
        return "ao", ([],)

    # Notifications

    def be_quiet(self, *, on: bool) -> None:
        self._quiet = on
        self._changed(dbus_notify.SERVER.object_path, dbus_notify.NAME, Inhibited=("b", on))

    def click(self, choice: str) -> None:
        assert self.bubble is not None
        self.bus.emit(dbus_notify.SERVER.object_path, dbus_notify.NAME, "ActionInvoked", "us", (self.bubble[0], choice))

    def wave_away(self) -> None:
        assert self.bubble is not None
        body = (self.bubble[0], dbus_notify.DISMISSED)
        self.bus.emit(dbus_notify.SERVER.object_path, dbus_notify.NAME, "NotificationClosed", "uu", body)

    def do_GetServerInformation(self) -> tuple[str, tuple[str, ...]]:  # noqa: N802
        return "ssss", ("Plasma", "KDE", "5.27", "1.2")

    def do_GetCapabilities(self) -> tuple[str, tuple[list[str]]]:  # noqa: N802
        return "as", (["actions", "body"],)

    def do_Notify(self, *call: Any) -> tuple[str, tuple[int]]:  # noqa: N802
        self._numbers += 1
        self.bubble = (call[1] or self._numbers, call[5][::2])
        return "u", (self.bubble[0],)

    def do_CloseNotification(self, number: int) -> tuple[None, tuple[()]]:  # noqa: N802
        if self.bubble is not None and self.bubble[0] == number:
            self.bubble = None
        return None, ()

    # The panel

    def do_RegisterStatusNotifierItem(self, item: str) -> tuple[None, tuple[()]]:  # noqa: N802
        self._item = item
        return None, ()

    def choose(self, label: str) -> None:
        """Click an entry of the tray's menu."""
        until(lambda: self._item != "")
        found, rest = {}, [self._menu("GetLayout", "iias", 0, -1, [])[1]]
        while rest:
            number, props, children = rest.pop()
            found[props.get("label", ("s", ""))[1]] = number
            rest += [child for _signature, child in children]
        self._menu("Event", "isvu", found[label], "clicked", ("s", ""), 0)

    def _menu(self, method: str, signature: str, *body: Any) -> Any:
        there = DBusAddress(MENU_PATH, self._item, MENU)
        return self.bus.call(there, method, signature, body, timeout=SECONDS)


class Devices:
    """A microphone, a camera and a screen, on servers of the test's own, and who uses them."""

    def __init__(self, sound: SoundServer, pipewire: PrivatePipeWire, camera: Path) -> None:
        self._sound, self._pipewire, self.camera = sound, pipewire, camera
        self._users: dict[str, list[Popen[bytes]]] = {}

    def begin(self, reason: str) -> None:
        match reason:
            case "microphone":
                self._users[reason] = [self._sound.record()]
            case "camera":
                holder = Popen([sys.executable, "-c", HOLD, str(self.camera)], stdin=PIPE, stdout=PIPE)
                assert holder.stdout is not None
                assert holder.stdout.readline() == b"\n"
                self._users[reason] = [holder]
            case "screen-share":
                self._users[reason] = [self._pipewire.offer(PORTAL), self._pipewire.take(CALL)]
                self._pipewire.link(PORTAL, CALL)

    def end(self, reason: str) -> None:
        for user in self._users.pop(reason):
            user.kill()
            user.wait(SECONDS)
            for pipe in (user.stdin, user.stdout):
                if pipe is not None:
                    pipe.close()


class Holds:
    """What `breakd run` has for holds, with another place for cameras."""

    def __init__(self, post: ports.Post, bus: Bus, cameras: Path) -> None:
        self._post, self._cameras = post, cameras
        self._others = holds.Watched(post, bus)
        self._camera: Camera | None = None

    def watch(self, reasons: frozenset[str]) -> None:
        self._others.watch(reasons - {"camera"})
        if self._camera is None and "camera" in reasons:
            self._camera = Camera(self._post, self._cameras, 0.02)
            assert self._camera.known.wait(SECONDS)

    def close(self) -> None:
        self._others.close()
        if self._camera is not None:
            self._camera.close()


class Day(Machine):
    """A daemon on that desktop; each act is done there, and then heard."""

    def __init__(self, at: str, config: Settings, desktop: Callable[[FakeClock], Desktop], devices: Devices) -> None:
        self._begun: ExitStack | None = None
        self._make_desktop, self.devices = desktop, devices
        self.desktop: Desktop
        self.heard: SimpleQueue[ports.Message] = SimpleQueue()
        super().__init__(at, config)

    def start(self) -> None:
        super().start()
        assert self._begun is not None
        control = Control(self.post)
        self._begun.callback(control.close)
        self.catch_up()

    def outside(self) -> Outside:
        if self._begun is None:
            self.desktop = self._make_desktop(self.clock)
        self._begun = begun = ExitStack()
        buses = [Bus(self.desktop.address), Bus(self.desktop.address, fds=True)]
        session, system = buses
        away_after_s = self.config.away_after / SECOND
        self._presence = presence.connect(self.post, session, away_after_s, "linux", system)
        outside = Outside(
            clock=self.clock,
            history=self.history,
            prompter=dbus_notify.Notifications(self.post, session),
            tray=tray.connect(self.post, session, "linux"),
            presence=self._presence,
            holds=Holds(self.post, session, self.devices.camera),
            login=login.connect(self.post, system, session),
            routines=self.routines,
            alarm=self.alarm,
            save=self.save,
            show_log=lambda: None,
            configuration=self.file,
            hooks=self.hooks,
            back=self.back,
        )
        for bus in buses:
            begun.callback(bus.close)
        for part in (outside.prompter, outside.tray, outside.holds, outside.presence, outside.login):
            begun.callback(part.close)
        return outside

    def end(self) -> None:
        """Let go of the adapters."""
        if self._begun is not None:
            self._begun.close()

    # What the adapters tell

    def post(self, message: ports.Message) -> None:
        self.daemon.post(message)
        self.heard.put(message)

    def hear(self, wanted: Callable[[ports.Message], bool]) -> None:
        """Wait until an adapter tells this, and have the loop handle it, and all that came with it."""
        while not wanted(self.heard.get(timeout=SECONDS)):
            pass
        self.catch_up()

    def settle(self) -> None:
        """Let the hands' watches be where the daemon wants them: an answer may make the adapter ask once more."""
        for _ in range(4):
            assert self._presence.idle_s() is not None
        self.catch_up()

    def pass_until(self, at: int) -> None:
        """Let time pass up to this elapsed time; the hands' watches fire on the way."""
        while (left := (at - self.clock.elapsed_us) / SECOND) > 0:
            self.settle()
            self.turn(min(left, self.desktop.next_s()))
            self.settle()
            self.desktop.fire()
            self.settle()

    # What happens

    def happens(self, act: str, keys: dict[str, Any], way: str) -> None:
        """Let an act of the script happen now, by this way where there are several."""
        while not self.heard.empty():
            self.heard.get()
        match act:
            case "begin" | "input" | "idle" | "lock" | "unlock" | "suspend" | "resume" | "gap":
                self._comes_or_goes(act, keys, way)
            case "busy" | "free":
                self._uses(keys["reason"], on=act == "busy")
            case "clock" | "timezone":
                self._sets_the_clock(keys)
            case "restart":
                self._asks({"do": "restart"})
                self.end()
                self.clock.pass_time(parse(keys["down"]) / SECOND)
                self.heard = SimpleQueue()
                self.start()
            case "done" | "abandon":
                offer = self.daemon.state.offer
                assert offer is not None
                self.tell(ports.RoutineReport(offer.id, "done" if act == "done" else "closed"))
            case "end":
                self._asks({"do": "quit"})
            case _:
                self._answers(act, keys, way)
        self.settle()

    def _comes_or_goes(self, act: str, keys: dict[str, Any], way: str) -> None:
        if act != "resume":
            self.desktop.touch(leaves=act in {"idle", "lock", "suspend", "gap"})
        self.settle()  # with a wish to lock the touch is all that tells of its end
        match act:
            case "lock" | "unlock":
                self.desktop.lock(way, on=act == "lock")
                wanted = ports.Locked() if act == "lock" else ports.Unlocked()
                self.hear(lambda told: told == wanted)
            case "suspend" | "resume":
                self.desktop.sleep(begins=act == "suspend")
                wakes = ports.Sleeping() if act == "suspend" else ports.Woke()
                self.hear(lambda told: told == wakes)
            case "gap":
                self.clock.sleep(parse(keys["for"]) / SECOND)
                self.daemon.handle(None, None)

    def _sets_the_clock(self, keys: dict[str, Any]) -> None:
        if "zone" in keys:
            self.clock.zone = keys["zone"]
        else:
            sign = -1 if keys["step"][0] == "-" else 1
            self.clock.step(sign * parse(keys["step"][1:]) / SECOND)
        self.daemon.handle(None, None)

    def _uses(self, reason: str, *, on: bool) -> None:
        match reason:
            case "do-not-disturb":
                self.desktop.be_quiet(on=on)
            case "idle-inhibit":
                self.desktop.inhibit(on=on)
            case _:
                (self.devices.begin if on else self.devices.end)(reason)
        self.hear(lambda told: isinstance(told, ports.InUse) and told.reason == reason and bool(told.users) is on)

    def _answers(self, act: str, keys: dict[str, Any], way: str) -> None:
        """Answer by the notification, the tray or the command line, whichever the script names."""
        source = keys.get("source", "notification")
        if source == "cli":
            self._asks({"do": {"unpause": "resume"}.get(act, act)} | {k: v for k, v in keys.items() if k != "source"})
        elif source == "tray":
            self.desktop.choose(self._label(_entry(act, keys)))
            self.hear(lambda told: isinstance(told, ports.MenuChosen))
        else:
            until(lambda: act in (self.desktop.bubble or (0, []))[1])
            self.desktop.settle()
            self.settle()
            if way == "waved away":
                self.desktop.wave_away()
            else:
                self.desktop.click(act)
            self.hear(lambda told: isinstance(told, ports.PromptAnswered | ports.PromptWavedAway))

    def _label(self, key: str) -> str:
        menu = view.tray(self.daemon.state, problem=False).menu
        return next(one.label for entry in menu for one in (entry, *entry.entries) if one.key == key)

    def _asks(self, request: dict[str, Any]) -> None:
        """Send a request to the daemon's socket, as commands do."""
        assert self._begun is not None
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(SECONDS)
            line.connect(f"{runtime_dir()}/{SOCKET}")
            line.sendall(json.dumps(request).encode() + b"\n")
            self.hear(lambda told: isinstance(told, ports.Command))
            assert json.loads(line.recv(1 << 16))["ok"]


def _entry(act: str, keys: dict[str, Any]) -> str:
    """Return the key of the menu's entry for an act."""
    match act:
        case "start" if "exercise" in keys:
            return f"start:{keys['exercise']}"
        case "start" | "snooze" | "skip":
            return f"answer:{act}"
        case "pause":
            return f"pause:{keys.get('for', '')}"
        case "unpause":
            return "resume"
        case _:
            return act


def until(holds_now: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not holds_now():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)


@pytest.fixture
def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    runtime = tempfile.mkdtemp(prefix="day-")  # a socket's path holds 107 bytes
    monkeypatch.setenv("XDG_RUNTIME_DIR", runtime)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SWAYSOCK", "PIPEWIRE_REMOTE"):
        monkeypatch.delenv(name, raising=False)
    with private_bus(tmp_path) as (address, _process):
        yield address
    shutil.rmtree(runtime)


@pytest.fixture
def devices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Devices]:
    folder = tmp_path / "dev"
    folder.mkdir()
    (folder / "video0").touch()
    pipewire = PrivatePipeWire(tmp_path)
    monkeypatch.setenv("PIPEWIRE_RUNTIME_DIR", pipewire.env["PIPEWIRE_RUNTIME_DIR"])
    with ExitStack() as stack:
        stack.callback(pipewire.close)
        pipewire.start()
        sound = stack.enter_context(sound_server("pulseaudio", tmp_path))
        monkeypatch.setenv("PULSE_SERVER", f"unix:{sound.runtime}/pulse/native")
        yield Devices(sound, pipewire, folder / "video0")


def lived(day: str, config: Settings, rests_s: float, address: str, devices: Devices) -> list[Record]:
    """Return what the daemon logs on this day."""
    acts = script(_without_ways(day))
    begin = datetime.fromisoformat(acts[0]["at"])
    ways = [line.partition("|")[2].strip() for line in day.splitlines() if line.strip()]
    life = Day(acts[0]["at"], config, lambda clock: Desktop(address, clock, rests_s), devices)
    try:
        started = life.clock.elapsed_us
        for act, way in zip(acts, ways, strict=True):
            keys = {key: value for key, value in act.items() if key not in {"at", "do"}}
            life.pass_until(started + round((datetime.fromisoformat(act["at"]) - begin).total_seconds() * SECOND))
            life.happens(act["do"], keys, way)
        return life.history.rows
    finally:
        life.end()
        life.desktop.bus.close()


def _without_ways(day: str) -> str:
    return "\n".join(line.partition("|")[0] for line in day.splitlines())


def test_the_days_are_rich() -> None:
    rows = [
        row
        for day, config in ((READERS_DAY, READER), (TYPISTS_DAY, TYPIST))
        for row in run(script(_without_ways(day)), config)
    ]
    assert {row.event for row in rows} == {*get_args(Name)} - {"missed", "config_reloaded", "felt"}
    assert {row.source for row in rows} == {"daemon", "notification", "tray", "cli", "routine"}
    assert {row.reason for row in rows if row.event == "held"} == {*WHILE} - {"fullscreen", "idle-inhibit"}
    assert any(row.event == "started" and row.source == "daemon" for row in rows)


@pytest.mark.parametrize(
    ("day", "config", "rests_s"), [(READERS_DAY, READER, 4.0), (TYPISTS_DAY, TYPIST, 0.0)], ids=["reader", "typist"]
)
def test_the_daemon_logs_the_day_that_is_simulated(
    day: str, config: Settings, rests_s: float, address: str, devices: Devices
) -> None:
    simulated = list(run(script(_without_ways(day)), config))
    told = lived(day, config, rests_s, address, devices)
    assert [asdict(row) for row in told] == [asdict(row) for row in simulated]
