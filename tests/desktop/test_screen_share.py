"""GNOME's screen, shared by a real Mutter as its portal asks it to, is seen while somebody takes it."""

from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest
from jeepney import DBusAddress

from breakd.adapters.bus import Bus
from breakd.adapters.screen_share import ScreenShare
from breakd.ports import InUse, Message, SourceChanged
from desktop.gnome import Gnome
from private_bus import private_bus
from private_pipewire import PrivatePipeWire

pytestmark = pytest.mark.desktop

SECONDS = 20
NAME = "org.gnome.Mutter.ScreenCast"


@pytest.fixture
def pipewire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivatePipeWire]:
    private = PrivatePipeWire(tmp_path)
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "PIPEWIRE_REMOTE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIPEWIRE_RUNTIME_DIR", private.env["PIPEWIRE_RUNTIME_DIR"])
    private.start()
    yield private
    private.close()


@pytest.fixture
def bus(tmp_path: Path, pipewire: PrivatePipeWire) -> Iterator[Bus]:
    """Return a bus with Mutter on it."""
    with private_bus(tmp_path) as (address, _process):
        mutter = Gnome(tmp_path, address)
        bus = Bus(address)
        yield bus
        bus.close()
        mutter.close()


def test_the_screen_is_shared_until_the_session_stops(pipewire: PrivatePipeWire, bus: Bus) -> None:
    told: SimpleQueue[Message] = SimpleQueue()
    source = ScreenShare(told.put)
    try:
        assert told.get(timeout=SECONDS) == SourceChanged("hold:screen-share", "pipewire")
        session = share(bus)
        pipewire.appears("mutter", "-o")
        pipewire.take("firefox")
        pipewire.link("mutter", "firefox")
        message = told.get(timeout=SECONDS)
        assert isinstance(message, InUse)
        (names,) = message.users
        assert "firefox" in names
        bus.call(session, "Stop", timeout=SECONDS)
        assert told.get(timeout=SECONDS) == InUse("screen-share", "pipewire", ())
    finally:
        source.close()


def share(bus: Bus) -> DBusAddress:
    """Have Mutter offer its screen; return its session."""
    cast = DBusAddress("/org/gnome/Mutter/ScreenCast", NAME, NAME)
    (path,) = bus.call(cast, "CreateSession", "a{sv}", ({},), timeout=SECONDS)
    session = DBusAddress(path, NAME, f"{NAME}.Session")
    bus.call(session, "RecordVirtual", "a{sv}", ({},), timeout=SECONDS)
    bus.call(session, "Start", timeout=SECONDS)
    return session
