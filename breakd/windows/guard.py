"""Tells what a person means for a window from what they meant for something else when it came.

Law: a click in the first moment of what is new on the screen answers nothing, nor does a key before the keyboard has
been here, and quiet, for a moment; but whoever has clicked the window means it by the keys that follow.
"""

import time
import tkinter as tk

from breakd.windows.kit import Act

MOMENT_S, BLINK_S = 0.5, 0.2
"""Keys within the first of these, clicks within the second, were meant for something else."""

GUARD = "Guard"
"""The tag of what widgets get that passes the guard first."""


class Guard:
    """Stands before what it is told to watch.

    `listens` says whether the window's keys work; `turned` is called when they begin to, or cease.
    """

    def __init__(self, root: tk.Tk, turned: Act) -> None:
        self._root, self._turned = root, turned
        self._shown = 0.0
        self.listens = False
        self._waiting: str | None = None
        self._pressed = False
        root.bind("<Map>", lambda _event: self.begin())  # of the window, and of each part that comes later
        root.bind("<FocusIn>", self._focus_in)
        root.bind("<FocusOut>", self._focus_out)
        root.bind_class(GUARD, "<Key>", self._key)
        root.bind_class(GUARD, "<Button>", self._press)
        root.bind_class(GUARD, "<ButtonRelease>", self._release)

    def watch(self, widget: tk.Misc) -> None:
        """Have all that this widget gets, and its parts, pass here first."""
        widget.bindtags((GUARD, *(tag for tag in widget.bindtags() if tag != GUARD)))
        for part in widget.winfo_children():
            self.watch(part)

    def begin(self) -> None:
        """Something new is on the screen now."""
        self._shown = time.monotonic()

    def _focus_in(self, _event: "tk.Event[tk.Misc]") -> None:
        if not self.listens and self._waiting is None:
            self._wait()

    def _focus_out(self, _event: "tk.Event[tk.Misc]") -> None:
        self._root.after_idle(self._look)  # it may only go from one button to the next

    def _look(self) -> None:
        if self._root.focus_displayof() is None:
            self._turn(listens=False)

    def _wait(self) -> None:
        self._stop_waiting()
        self._waiting = self._root.after(round(MOMENT_S * 1000), lambda: self._turn(listens=True))

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._root.after_cancel(self._waiting)
            self._waiting = None

    def _turn(self, *, listens: bool) -> None:
        self._stop_waiting()
        if listens != self.listens:
            self.listens = listens
            self._turned()

    def _key(self, _event: "tk.Event[tk.Misc]") -> str | None:
        if self.listens:
            return None
        self._wait()  # somebody types
        return "break"

    def _press(self, _event: "tk.Event[tk.Misc]") -> str | None:
        self._pressed = time.monotonic() - self._shown >= BLINK_S
        if not self._pressed:
            return "break"
        if self._root.focus_displayof() is not None:
            self._turn(listens=True)
        return None

    def _release(self, _event: "tk.Event[tk.Misc]") -> str | None:
        return None if self._pressed else "break"
