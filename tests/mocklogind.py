"""logind with one session of the user's, played by python-dbusmock (Debian's, with Debian's Python) on a system bus."""

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import Any

import pytest
from jeepney import DBusAddress

from breakd.adapters.bus import PROPERTIES, Bus
from breakd.adapters.login import LOGIND, MANAGER, SESSION, USER

MOCK = "org.freedesktop.DBus.Mock"
SECONDS = 20


class MockLogind:
    """logind with one session of the user's, `c1`; `display` names the one that is graphical."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self.user = f"/org/freedesktop/login1/user/{os.getuid()}"
        # The template's own GetUser fails: it joins the path and the number as texts.
        self._mock(
            MANAGER.object_path, "AddMethod", "sssss", MANAGER.interface, "GetUser", "u", "o",
            "ret = '/org/freedesktop/login1/user/%d' % args[0]",
        )  # fmt: skip
        self.session = self.add_session("c1")
        self.display("c1", self.session)

    def add_session(self, name: str) -> str:
        active = True
        path: str = self._mock(
            MANAGER.object_path, "AddSession", "ssusb", name, "seat0", os.getuid(), "someone", active
        )[0]  # fmt: skip
        return path

    def display(self, name: str, path: str) -> None:
        self._set(self.user, USER, "Display", ("(so)", (name, path)))

    def hint(self, path: str, *, locked: bool) -> None:
        self._set(path, SESSION, "LockedHint", ("b", locked))

    def activate(self, path: str, *, active: bool) -> None:
        """Do as a switch between users does."""
        self._set(path, SESSION, "Active", ("b", active))

    def idle_hint(self, *, idle: bool, ago_s: float = 0.0) -> None:
        """Do as a desktop's SetIdleHint."""
        since_us = time.monotonic_ns() // 1000 - round(ago_s * 1e6)
        changed = {"IdleHint": ("b", idle), "IdleSinceHintMonotonic": ("t", since_us)}
        self._mock(self.session, "UpdateProperties", "sa{sv}", SESSION, changed)

    def kind(self, kind: str) -> None:
        """Make the session one of `wayland`, `tty` ..."""
        self._set(self.session, SESSION, "Type", ("s", kind))

    def end_session(self) -> None:
        self._mock(MANAGER.object_path, "RemoveObject", "s", self.session)
        self.emit(MANAGER, "SessionRemoved", "so", ("s", "c1"), ("o", self.session))

    def refuse(self, method: str, takes: str, gives: str) -> None:
        """Allow a method to nobody."""
        code = "raise dbus.exceptions.DBusException('no', name='org.freedesktop.DBus.Error.AccessDenied')"
        self._mock(MANAGER.object_path, "AddMethod", "sssss", MANAGER.interface, method, takes, gives, code)

    def ask(self, path: str, method: str) -> None:
        """Do as `loginctl lock-session`: `Lock` or `Unlock`."""
        self._bus.call(DBusAddress(path, LOGIND, SESSION), method, timeout=SECONDS)

    def prepare_for_sleep(self, *, begins: bool) -> None:
        self.emit(MANAGER, "PrepareForSleep", "b", ("b", begins))

    def emit(self, of: DBusAddress, signal: str, signature: str, *values: tuple[str, Any]) -> None:
        self._mock(of.object_path, "EmitSignal", "sssav", of.interface, signal, signature, list(values))

    def inhibitors(self) -> list[tuple[str, str, str]]:
        listed = self._bus.call(MANAGER, "ListInhibitors", timeout=SECONDS)[0]
        return [(what, who, mode) for what, who, _why, mode, _uid, _pid in listed]

    def settle(self, bus: Bus) -> None:
        """Return when what the mock has told until now has been taken from this bus."""
        bus.get(DBusAddress(self.session, LOGIND, SESSION), "LockedHint", timeout=SECONDS)

    def _set(self, path: str, interface: str, name: str, value: tuple[str, Any]) -> None:
        """Change a property; the mock tells it by PropertiesChanged."""
        self._bus.call(DBusAddress(path, LOGIND, PROPERTIES), "Set", "ssv", (interface, name, value), timeout=SECONDS)

    def _mock(self, path: str, method: str, signature: str, *arguments: Any) -> tuple[Any, ...]:
        return self._bus.call(DBusAddress(path, LOGIND, MOCK), method, signature, arguments, timeout=SECONDS)


@contextmanager
def mock_logind() -> Iterator[MockLogind]:
    """Play logind; the mock is driven on a connection of its own."""
    control = Bus.system()
    owners: SimpleQueue[str | None] = SimpleQueue()
    control.watch_owner(LOGIND, owners.put)
    assert owners.get(timeout=SECONDS) is None
    args = ["/usr/bin/python3", "-m", "dbusmock", "--system", "--template", "logind"]
    with subprocess.Popen(args, stdout=subprocess.DEVNULL) as process:
        try:
            try:
                owners.get(timeout=SECONDS)
            except Empty:
                pytest.fail("python-dbusmock does not run: apt install python3-dbusmock")
            yield MockLogind(control)
        finally:
            process.kill()
            control.close()
