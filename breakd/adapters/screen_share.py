"""The reason screen-share: somebody takes the screen's video from PipeWire, which is how Wayland's desktops share it.

Law: whoever takes it is an audience: a call, a recording, a remote desktop; but the desktop's own previews are none. On
X11 a program reads the screen without asking anybody, so there is nothing to see.
"""

from typing import TYPE_CHECKING

from breakd.adapters import pipewire
from breakd.adapters.pipewire import Taker
from breakd.adapters.reason import Reason
from breakd.ports import HoldSource, Post

if TYPE_CHECKING:
    from breakd.adapters.bus import Bus

REASON = "screen-share"
PREVIEWS = frozenset({"plasmashell", "kwin_wayland", "xdg-desktop-portal-kde"})
"""They take windows' video to show it small: in the panel, and in the dialog that asks what to share."""


def connect(post: Post, _session_bus: "Bus | None") -> HoldSource:
    """Return what watches it."""
    return ScreenShare(post)


class ScreenShare:
    """Implements ports.HoldSource by PipeWire's graph."""

    def __init__(self, post: Post) -> None:
        self._reason = Reason(post, REASON)
        self.known = self._reason.known
        self._watch = pipewire.Watch(self._told)

    def close(self) -> None:
        self._reason.close()
        self._watch.close()

    def _told(self, takers: tuple[Taker, ...] | None) -> None:
        users = tuple(each.names for each in takers or () if not each.camera and PREVIEWS.isdisjoint(each.names))
        self._reason.seen("none" if takers is None else "pipewire", users)
