"""Whether there is a screen to show something on."""

import os
import sys
from pathlib import Path

from breakd.folders import runtime_dir


def has_screen() -> bool:
    """Return whether a screen answers; DISPLAY and WAYLAND_DISPLAY may be left of one that has gone."""
    return sys.platform != "linux" or linux_screen() is not None


def linux_screen() -> str | None:
    """Return which screen answers: `wayland`, `x11`, or None where none does."""
    wayland = os.environ.get("WAYLAND_DISPLAY")
    if wayland and Path(runtime_dir(), wayland).is_socket():
        return "wayland"
    if not os.environ.get("DISPLAY"):
        return None
    from Xlib.display import Display  # noqa: PLC0415 - only where there may be one

    try:
        Display().close()
    except Exception:  # noqa: BLE001 - Xlib's own errors have no common root, and any of them says no
        return None
    return "x11"
