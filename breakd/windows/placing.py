"""Where a window goes on the screen, and how one comes without taking the keyboard: what Tk cannot say, told to X.

Law: X is told before the window is shown, so that none comes with the keyboard and gives it back.
"""

import sys
import tkinter as tk
from contextlib import closing

from breakd.ports import Area

NO_TIME = 0
"""As the time of the last input: the window does not ask for the keyboard when it comes."""

EVERYWHERE = 0xFFFFFFFF
"""As a desktop's number: all of them."""

ONLY_DECORATIONS, NONE = 2, 0
"""In Motif's hints: what they are about, and how much of it."""


def whole(root: tk.Tk) -> Area:
    """Return the whole screen."""
    return Area(0, 0, root.winfo_screenwidth(), root.winfo_screenheight())


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
    from Xlib.display import Display  # noqa: PLC0415 - it is installed on Linux only

    with closing(Display()) as display:
        # Tk puts each window into one of its own, which is what the window manager sees.
        window = display.create_resource_object("window", root.winfo_id()).query_tree().parent
        numbers = {"_NET_WM_USER_TIME": [NO_TIME], "_NET_WM_DESKTOP": [EVERYWHERE]}
        for name, value in numbers.items():
            window.change_property(display.intern_atom(name), display.intern_atom("CARDINAL"), 32, value)
        if bare:
            hints = display.intern_atom("_MOTIF_WM_HINTS")
            window.change_property(hints, hints, 32, [ONLY_DECORATIONS, 0, NONE, 0, 0])
        display.sync()
