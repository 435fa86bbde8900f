"""The reason camera."""

import threading
from typing import TYPE_CHECKING

from breakd.ports import HoldSource, Post, SourceChanged

if TYPE_CHECKING:
    from breakd.adapters.bus import Bus


class _Nobody:
    def __init__(self) -> None:
        self.known = threading.Event()
        self.known.set()

    def close(self) -> None:
        pass


def connect(post: Post, _session_bus: "Bus | None") -> HoldSource:
    """Return what watches it."""
    post(SourceChanged("hold:camera", "none"))
    return _Nobody()
