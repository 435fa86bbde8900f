"""Where a window goes: the monitor with the pointer, what its panels leave of it, and how large things are drawn there.

Law: nothing here ends a window: where the screen does not tell, the whole screen is it, and with no X there is None.
"""

import logging
import os
from collections.abc import Iterator
from typing import Any, NamedTuple

from breakd.adapters import xscreen
from breakd.ports import Area

USUAL_DPI = 96
DENSE_PX = 2000
"""A monitor with so many rows is drawn on at twice the size where the desktop says nothing: a 4K one has 2160."""

log = logging.getLogger(__name__)


class Box(NamedTuple):
    """A part of the screen, in its pixels."""

    x: int
    y: int
    width: int
    height: int

    def holds(self, x: int, y: int) -> bool:
        return self.x <= x < self.x + self.width and self.y <= y < self.y + self.height

    def within(self, other: "Box") -> "Box":
        """Return what lies in both; of no width or height where nothing does."""
        x, y = max(self.x, other.x), max(self.y, other.y)
        right = min(self.x + self.width, other.x + other.width)
        bottom = min(self.y + self.height, other.y + other.height)
        return Box(x, y, max(0, right - x), max(0, bottom - y))


def workplace() -> Area | None:
    """Return the free part of the monitor where the pointer is, and its scale, from 1 to 3.

    None where there is no X screen to ask. Never raises.
    """
    try:
        with xscreen.connection() as display:
            return _workplace(display)
    except Exception as error:  # noqa: BLE001 - python-xlib's errors have no common root, and any of them says no
        log.info("the screen does not tell of its monitors: %s", error)
        return None


def _workplace(display: Any) -> Area:
    screen = display.screen()
    whole = Box(0, 0, screen.width_in_pixels, screen.height_in_pixels)
    monitors = _monitors(display, screen.root) or [whole]
    pointer = screen.root.query_pointer()
    here = next((monitor for monitor in monitors if monitor.holds(pointer.root_x, pointer.root_y)), monitors[0])
    return Area(*_free(display, screen.root, here), _scale(display, here))


def _monitors(display: Any, root: Any) -> list[Box]:
    """Return the monitors, the primary one first; none where the server is too old to tell."""
    if not display.has_extension("RANDR"):
        return []
    version = display.xrandr_query_version()
    if (version.major_version, version.minor_version) < (1, 5):
        return []
    told = sorted(root.xrandr_get_monitors().monitors, key=lambda monitor: not monitor.primary)
    return [Box(one.x, one.y, one.width_in_pixels, one.height_in_pixels) for one in told]


def _free(display: Any, root: Any, monitor: Box) -> Box:
    """Return what the window manager's work area leaves of the monitor.

    The work area is of all monitors together, so an edge within the screen can shut one out: then that is whole.
    """
    areas = xscreen.value(display, root, "_NET_WORKAREA")
    desktop = xscreen.value(display, root, "_NET_CURRENT_DESKTOP")
    at = 4 * (desktop[0] if desktop else 0)
    if not areas or len(areas) < at + 4:
        return monitor
    free = monitor.within(Box(*areas[at : at + 4]))
    return free if free.width * 2 > monitor.width and free.height * 2 > monitor.height else monitor


def _scale(display: Any, monitor: Box) -> float:
    """Return the largest of what the desktop says, in quarters; where it says nothing, what the pixels suggest."""
    suggested = 2.0 if min(monitor.width, monitor.height) >= DENSE_PX else 1.0
    scale = max(_said(display), default=suggested)
    return max(1.0, min(3.0, round(scale * 4) / 4))


def _said(display: Any) -> Iterator[float]:
    """Yield the scales that are set: for X programs, for those of GTK, and in the environment."""
    resources = xscreen.value(display, display.screen().root, "RESOURCE_MANAGER") or b""
    for line in bytes(resources).decode(errors="replace").splitlines():
        name, _, dpi = line.partition(":")
        if name.strip() == "Xft.dpi":
            yield from (dots / USUAL_DPI for dots in _number(dpi))
    yield from _number(xscreen.settings(display).get("Gdk/WindowScalingFactor", ""))
    yield from _number(os.environ.get("GDK_SCALE", ""))


def _number(text: str | int) -> list[float]:
    """Return the number, if it is one that a screen can have."""
    try:
        number = float(text)
    except ValueError:
        return []
    return [number] if 0 < number < 1000 else []  # noqa: PLR2004 - inf and nan are numbers, too
