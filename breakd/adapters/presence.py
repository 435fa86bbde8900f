"""Picks who tells whether the person is there: the first that works of the X server, Mutter, and nobody.

On Windows and macOS the system is asked.

Law: an X server is asked only in an X session. Under Wayland there is one as well, but it sees only the input to X
windows, and a person who types into any other would be called away.
"""

import logging
import os
import sys
from typing import TYPE_CHECKING

from breakd.adapters.nothing import UnknownPresence
from breakd.ports import Post, Presence

if TYPE_CHECKING:
    from breakd.adapters.bus import Bus

log = logging.getLogger(__name__)


def connect(post: Post, session_bus: "Bus | None", away_after_s: float, platform: str = sys.platform) -> Presence:
    """Return the source of presence; which one it is, and when it goes, is told by SourceChanged."""
    found = None
    match platform:
        case "linux":
            found = _x11(post, away_after_s) or _mutter(post, session_bus, away_after_s)
        case "win32" | "darwin":
            found = _asked(post, away_after_s, platform)
    return found or UnknownPresence(post)


def _asked(post: Post, away_after_s: float, platform: str) -> Presence | None:
    from breakd.adapters import macos, win32  # noqa: PLC0415 - only there
    from breakd.adapters.asked_idle import AskedIdle  # noqa: PLC0415

    system, name = (win32, "windows") if platform == "win32" else (macos, "macos")
    try:
        return AskedIdle(post, name, system.connect(), away_after_s)
    except (OSError, AttributeError) as error:  # a library, or the function in it, is not there
        log.warning("presence: %s", error)
        return None


def _x11(post: Post, away_after_s: float) -> Presence | None:
    environ = os.environ
    if not environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY") or environ.get("XDG_SESSION_TYPE") == "wayland":
        return None
    try:
        from breakd.adapters.xidle import NoIdleTimeError, XIdle  # noqa: PLC0415 - python-xlib only where X is
    except ImportError as error:  # it is installed on Linux only
        log.info("presence: %s", error)
        return None
    try:
        return XIdle(post, away_after_s)
    except NoIdleTimeError as error:
        log.info("presence: %s", error)
        return None


def _mutter(post: Post, session_bus: "Bus | None", away_after_s: float) -> Presence | None:
    if session_bus is None:
        return None
    from breakd.adapters.bus import BusError  # noqa: PLC0415 - only where there is a bus
    from breakd.adapters.mutter import MutterIdle  # noqa: PLC0415 - only where X is not

    try:
        return MutterIdle(post, session_bus, away_after_s)
    except BusError as error:
        log.info("presence: %s", error)
        return None
