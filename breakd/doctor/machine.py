"""What several checks need to know, each found once.

Law: nothing is written, and no service is started for the asking. One that hangs holds up whoever asks for it, and
nobody else.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from breakd import __version__
from breakd.adapters.screen import linux_screen
from breakd.config import Loaded, load, understood
from breakd.core.settings import Settings
from breakd.errors import BreakdError, UsageError

if TYPE_CHECKING:
    from breakd.adapters.bus import Bus

T = TypeVar("T")

Ask = Callable[[dict[str, Any], float], dict[str, Any]]
"""Asks the daemon, within some seconds; raises BreakdError."""

PATIENCE_S = 1.5
"""How long the daemon, or systemd, may take to answer; they do within milliseconds."""

SOCKETS = ("pipewire.socket", "pipewire-pulse.socket", "pulseaudio.socket")
"""The units of systemd that start a server for video or sound when the first program connects."""


class Once(Generic[T]):
    """A question that is asked once, by whoever comes first; the others wait for the same answer, or error."""

    def __init__(self, find: Callable[[], T]) -> None:
        self._find = find
        self._lock = threading.Lock()
        self._told: Callable[[], T] | None = None

    def __call__(self) -> T:
        """Return the answer, or raise what finding it raised."""
        with self._lock:
            if self._told is None:
                self._told = self._ask()
        return self._told()

    def _ask(self) -> Callable[[], T]:
        try:
            found = self._find()
        except Exception as error:  # noqa: BLE001 - it is raised again for each who asks
            return _raiser(error)
        return lambda: found


def _raiser(error: Exception) -> Callable[[], Any]:
    def tell() -> Any:
        raise error

    return tell


@dataclass(frozen=True, slots=True)
class Server:
    """A notification server: its own name and version, and what it can do. `runs` False: the bus would start one."""

    name: str = ""
    version: str = ""
    abilities: frozenset[str] = frozenset()
    runs: bool = True


class Machine:
    """The machine that breakd runs on; each of these is a function that may wait."""

    def __init__(self, ask: Ask) -> None:
        self.status = Once(partial(_status, ask))
        self.screen = Once(linux_screen)
        self.session = Once(lambda: _bus("session"))
        self.system = Once(lambda: _bus("system"))
        self.server = Once(self._server)
        self.loaded = Once(load)
        self.asleep = Once(_asleep)

    def settings(self) -> Settings:
        """Return what the configuration says; the defaults where it is wrong."""
        try:
            loaded: Loaded = self.loaded()
        except UsageError:
            loaded = understood(Path("config.toml"), None)
        return loaded.settings

    def of_daemon(self) -> dict[str, Any]:
        """Return the status of the daemon, empty where none of this version answers."""
        try:
            told = self.status()
            return told if told["version"] == __version__ else {}
        except (BreakdError, KeyError, TypeError):
            return {}

    def _server(self) -> Server | None:
        from breakd.adapters.bus import DBUS, BusError  # noqa: PLC0415 - jeepney is installed on Linux only
        from breakd.adapters.dbus_notify import NAME, SERVER  # noqa: PLC0415 - the same

        bus = self.session()
        if bus is None:
            return None
        if not owned(bus, NAME):
            startable = NAME in bus.call(DBUS, "ListActivatableNames")[0]
            return Server(runs=False) if startable else None
        try:
            name, _vendor, version, _spec = bus.call(SERVER, "GetServerInformation")
            return Server(name, version, frozenset(bus.call(SERVER, "GetCapabilities")[0]))
        except BusError:
            raise TimeoutError from None  # it hangs, or goes just now


def _status(ask: Ask) -> dict[str, Any]:
    """Return the daemon's status. Raises BreakdError, and KeyError or TypeError for what is no answer."""
    told: dict[str, Any] = ask({"do": "status"}, PATIENCE_S)["data"]
    return told


def _asleep() -> frozenset[str]:
    """Return the paths of the sockets at which systemd waits to start a server: whoever connects there starts it."""
    if not Path(os.environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}", "systemd/private").exists():
        return frozenset()  # systemd starts nothing here
    try:
        told = subprocess.run(
            ["systemctl", "--user", "show", "--property=Listen,SubState", *SOCKETS],  # noqa: S607 - wherever it lies
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            errors="replace",
            timeout=PATIENCE_S,
            check=False,
        ).stdout
    except subprocess.TimeoutExpired:
        raise TimeoutError from None
    except OSError:
        return frozenset()
    units = [unit.splitlines() for unit in told.split("\n\n") if "SubState=listening" in unit.splitlines()]
    listen = [line.removeprefix("Listen=") for unit in units for line in unit if line.startswith("Listen=")]
    return frozenset(each.rpartition(" (")[0] for each in listen)


def owned(bus: "Bus", name: str) -> bool:
    """Return whether somebody has this name on the bus."""
    from breakd.adapters.bus import DBUS  # noqa: PLC0415 - jeepney is installed on Linux only

    return bool(bus.call(DBUS, "NameHasOwner", "s", (name,))[0])


def _bus(which: str) -> "Bus | None":
    """Return the session or the system bus, on which no call starts a service; None where there is none.

    Raises TimeoutError for one that does not answer.
    """
    if sys.platform != "linux":
        return None
    from breakd.adapters.bus import Bus, BusError  # noqa: PLC0415 - the same

    try:
        return Bus.session(starts=False) if which == "session" else Bus.system(starts=False)
    except BusError as error:
        if isinstance(error.__cause__, TimeoutError):
            raise error.__cause__ from None
        return None
