"""One source of a reason to hold on a bus, and what it posted, for tests."""

from collections.abc import Callable
from queue import SimpleQueue

from breakd.adapters.bus import Bus
from breakd.ports import HoldSource, InUse, Message, Post, SourceChanged

SECONDS = 20


class HoldWatch:
    """A source of `reason`, connected by its adapter's `connect` on this bus. Each message is taken in its turn."""

    def __init__(self, connect: Callable[[Post, Bus | None], HoldSource], reason: str, bus: Bus) -> None:
        self._posted: SimpleQueue[Message] = SimpleQueue()
        self._reason = reason
        self.bus = bus
        self.source = connect(self._posted.put, bus)

    def told(self) -> Message:
        return self._posted.get(timeout=SECONDS)

    def serves(self, name: str) -> None:
        assert self.told() == SourceChanged(f"hold:{self._reason}", name)

    def is_on(self, name: str, *users: tuple[str, ...]) -> None:
        assert self.told() == InUse(self._reason, name, users)

    def is_off(self, name: str) -> None:
        assert self.told() == InUse(self._reason, name, ())

    def told_nothing_more(self) -> bool:
        return self._posted.empty()

    def close(self) -> None:
        self.source.close()
        self.bus.close()
