"""Who sees the reasons to hold: for each that is wanted, the adapter of its own that watches it.

Law: a reason that nobody asks for costs nothing: its adapter is not even loaded.
"""

import logging
import sys
import time
from importlib import import_module
from typing import TYPE_CHECKING

from breakd.ports import HoldSource, Post, SourceChanged

if TYPE_CHECKING:
    from breakd.adapters.bus import Bus

ADAPTERS = {
    "do-not-disturb": "disturb",
    "fullscreen": "fullscreen",
    "microphone": "microphone",
    "camera": "camera",
    "screen-share": "screen_share",
    "idle-inhibit": "inhibit",
}
"""Each reason with the module beside this one that has its `connect(post, session_bus)`."""

ANSWER_S = 1.0
"""How long all of them together may take until what is on now is known."""

log = logging.getLogger(__name__)


class Watched:
    """Watches reasons, each by the source that its adapter connects."""

    def __init__(self, post: Post, session_bus: "Bus | None") -> None:
        self._post = post
        self._bus = session_bus
        self._sources: dict[str, HoldSource] = {}

    def watch(self, reasons: frozenset[str]) -> None:
        for reason in self._sources.keys() - reasons:
            self._sources.pop(reason).close()
            self._post(SourceChanged(f"hold:{reason}", "off"))
        here = ADAPTERS if sys.platform == "linux" else ()
        new = [reason for reason in here if reason in reasons - self._sources.keys()]
        for reason in new:
            try:
                connect = import_module(f"breakd.adapters.{ADAPTERS[reason]}").connect
                self._sources[reason] = connect(self._post, self._bus)
            except Exception:  # whatever a library of others breaks on, the other reasons are watched
                log.exception("hold: %s cannot be watched", reason)
                self._post(SourceChanged(f"hold:{reason}", "none"))
        end = time.monotonic() + ANSWER_S
        for reason in new:
            if (source := self._sources.get(reason)) is not None:
                source.known.wait(max(0.0, end - time.monotonic()))

    def close(self) -> None:
        self.watch(frozenset())
