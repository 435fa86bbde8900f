"""Mutter, GNOME's compositor, on a screen that nobody sees; and the session manager that it listens to, played.

Law: the same as the desk's. Input is what Mutter's own interface for its tests makes of nothing.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from breakd.adapters.bus import DBUS, PROPERTIES, Body, Bus
from breakd.adapters.mutter import INHIBITS_IDLE, MONITOR, NAME, SESSION
from desktop.desk import SECONDS, find_program

ARGS = ("--headless", "--wayland", "--no-x11", "--virtual-monitor", "800x600")


class Gnome:
    """Mutter on a session bus; `kill` and `start` it again as often as is wanted."""

    def __init__(self, folder: Path, address: str) -> None:
        self._folder = folder
        self._address = address
        self._runtime = Path(tempfile.mkdtemp(prefix="gnome-"))  # a socket's path holds 107 bytes
        self._log = (folder / "mutter.log").open("ab")
        self._bus = Bus(address)
        self._owners: SimpleQueue[str | None] = SimpleQueue()
        self._bus.watch_owner(NAME, self._owners.put)
        assert self._owners.get(timeout=SECONDS) is None
        self.process = self._started()

    @property
    def display(self) -> str:
        """The whole path of its Wayland socket."""
        return str(next(path for path in self._runtime.glob("wayland-*") if path.suffix != ".lock"))

    def start(self) -> None:
        self.process = self._started()

    def kill(self) -> None:
        """End Mutter, as a crash does."""
        self.process.kill()
        self.process.wait(SECONDS)
        assert self._owners.get(timeout=SECONDS) is None

    def act(self) -> None:
        """Touch an input device."""
        self._bus.call(MONITOR, "ResetIdletime", timeout=SECONDS)

    def close(self) -> None:
        self.process.kill()
        self.process.wait(SECONDS)
        self._bus.close()
        self._log.close()
        shutil.rmtree(self._runtime, ignore_errors=True)

    def _started(self) -> "subprocess.Popen[bytes]":
        env = os.environ | {
            "DBUS_SESSION_BUS_ADDRESS": self._address,
            "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self._runtime}/no-system-bus",
            "XDG_RUNTIME_DIR": str(self._runtime),
            "HOME": str(self._folder),
            "GSETTINGS_BACKEND": "memory",
            "MUTTER_DEBUG_RESET_IDLETIME": "1",
        }
        for display in ("DISPLAY", "WAYLAND_DISPLAY"):
            env.pop(display, None)
        args = [find_program("mutter"), *ARGS]
        process = subprocess.Popen(args, env=env, stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log)
        try:
            assert self._owners.get(timeout=SECONDS) is not None
        except BaseException:
            process.kill()
            process.wait(SECONDS)
            raise
        return process


class SessionManager:
    """GNOME's session manager, as far as Mutter knows it: what inhibits idling."""

    def __init__(self, address: str) -> None:
        self._bus = Bus(address)
        self._inhibited = 0
        self._bus.export(SESSION.object_path, SESSION.interface, self)
        assert self._bus.call(DBUS, "RequestName", "su", (SESSION.bus_name, 4)) == (1,)

    def props(self) -> dict[str, tuple[str, Any]]:
        return {"InhibitedActions": ("u", self._inhibited)}

    def inhibit(self, *, idle: bool) -> None:
        """Begin, or end, what a video does."""
        self._inhibited = INHIBITS_IDLE if idle else 0
        body: Body = (SESSION.interface, self.props(), [])
        self._bus.emit(SESSION.object_path, PROPERTIES, "PropertiesChanged", "sa{sv}as", body)

    def close(self) -> None:
        self._bus.close()
