"""A notification server that says who it is and no more: the test adds what is to be seen."""

from types import TracebackType
from typing import Any, Self

from breakd.adapters.bus import DBUS, PROPERTIES, Bus

NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
SECONDS = 20.0
REPLACE_AND_DO_NOT_QUEUE = 7  # let another take the name, take it from another, and queue for nothing


class PlayedServer:
    """`with PlayedServer(bus, "Plasma", "KDE") as server`: it owns the name within."""

    def __init__(self, bus: Bus, name: str, vendor: str, **props: tuple[str, Any]) -> None:
        self.bus = bus
        self.about = (name, vendor, "1.0", "1.2")
        self._props = props
        self.asked = 0

    def __enter__(self) -> Self:
        self.bus.export(PATH, NAME, self)
        assert self.bus.call(DBUS, "RequestName", "su", (NAME, REPLACE_AND_DO_NOT_QUEUE), timeout=SECONDS) == (1,)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.bus.call(DBUS, "ReleaseName", "s", (NAME,), timeout=SECONDS)

    def props(self) -> dict[str, tuple[str, Any]]:
        return self._props

    def set(self, name: str, signature: str, value: object) -> None:
        """Change a property, and tell it as servers do."""
        self._props[name] = (signature, value)
        self.bus.emit(PATH, PROPERTIES, "PropertiesChanged", "sa{sv}as", (NAME, {name: (signature, value)}, []))

    def do_GetServerInformation(self) -> tuple[str, tuple[str, ...]]:  # noqa: N802 - the method's name on the bus
        self.asked += 1
        return "ssss", self.about
