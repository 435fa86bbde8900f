"""Where a window goes on the screen, and how one comes without taking the keyboard: what Tk cannot say, told to X.

Law: what the screen does not tell is gone without: the whole screen is one monitor then, a window like any other.
"""

import sys
import tkinter as tk
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

NO_TIME = 0
"""As the time of the last input: the window does not ask for the keyboard when it comes."""

EVERYWHERE = 0xFFFFFFFF
"""As a desktop's number: all of them."""

ONLY_DECORATIONS, NONE = 2, 0
"""In Motif's hints: what they are about, and how much of it."""


class Area(NamedTuple):
    """A part of the screen, in pixels, and how much larger than on an ordinary screen things are drawn there."""

    left: int
    top: int
    width: int
    height: int
    scale: float | None = None
    """None: as the screen's resolution has it."""


def whole(root: tk.Tk) -> Area:
    """Return the whole screen."""
    return Area(0, 0, root.winfo_screenwidth(), root.winfo_screenheight())


def work_area(root: tk.Tk) -> Area:
    """Return what panels leave free of the monitor where the pointer is."""
    screen = whole(root)
    with _x() as display:
        if display is not None:
            monitor = _at(root.winfo_pointerxy(), _monitors(display)) or screen
            return _common(monitor, _free(display) or screen) or monitor
    return screen


def come_quietly(root: tk.Tk, *, bare: bool) -> None:
    """Have the window, which was not shown yet, come on top and on every desktop, but without the keyboard.

    It stays reachable by the keys that change windows. `bare` is without the window manager's frame.
    """
    root.attributes("-topmost", True)  # noqa: FBT003 - Tk's own order of things
    if sys.platform != "linux":
        root.overrideredirect(bare)
        return
    root.attributes("-type", "dialog")
    root.update_idletasks()  # now there is a window to tell of
    with _x() as display:
        if display is None:
            return
        # Tk puts each window into one of its own, which is what the window manager sees.
        window = display.create_resource_object("window", root.winfo_id()).query_tree().parent
        numbers = {"_NET_WM_USER_TIME": [NO_TIME], "_NET_WM_DESKTOP": [EVERYWHERE]}
        for name, value in numbers.items():
            window.change_property(display.intern_atom(name), display.intern_atom("CARDINAL"), 32, value)
        if bare:
            hints = display.intern_atom("_MOTIF_WM_HINTS")
            window.change_property(hints, hints, 32, [ONLY_DECORATIONS, 0, NONE, 0, 0])
        display.sync()


@contextmanager
def _x() -> Iterator[Any]:
    """Yield a connection to the X screen, None where there is no such screen."""
    if sys.platform != "linux":
        yield None
        return
    from Xlib.display import Display  # noqa: PLC0415 - only where there can be one

    display = Display()
    try:
        yield display
    finally:
        display.close()


def _monitors(display: Any) -> Iterator[Area]:
    """Yield the places of the monitors; none where the screen is too old to tell."""
    with suppress(Exception):  # python-xlib's own errors have no common root
        for monitor in display.screen().root.xrandr_get_monitors().monitors:
            yield Area(monitor.x, monitor.y, monitor.width_in_pixels, monitor.height_in_pixels)


def _at(point: tuple[int, int], areas: Iterator[Area]) -> Area | None:
    x, y = point
    for area in areas:
        if area.left <= x < area.left + area.width and area.top <= y < area.top + area.height:
            return area
    return None


def _free(display: Any) -> Area | None:
    """Return what panels leave free of the whole screen."""
    root = display.screen().root
    found = root.get_full_property(display.intern_atom("_NET_WORKAREA"), 0)
    now = root.get_full_property(display.intern_atom("_NET_CURRENT_DESKTOP"), 0)
    if not found:
        return None
    first = 4 * int(now.value[0]) if now else 0
    numbers = [int(value) for value in found.value[first : first + 4]]
    return Area(*numbers) if len(numbers) == 4 else None  # noqa: PLR2004 - an area's


def _common(one: Area, other: Area) -> Area | None:
    """Return where both are; None where that is nothing."""
    left, top = max(one.left, other.left), max(one.top, other.top)
    right = min(one.left + one.width, other.left + other.width)
    bottom = min(one.top + one.height, other.top + other.height)
    return Area(left, top, right - left, bottom - top) if left < right and top < bottom else None
