"""What the windows are made of: sizes and fonts for this screen, and rounded buttons.

Law: a size is given in pixels of an ordinary screen (96 dots an inch) and scaled here alone.
"""

import tkinter as tk
from collections.abc import Callable
from tkinter import font as tkfont

from PIL import ImageTk

from breakd.windows import look
from breakd.windows.look import Palette

Act = Callable[[], None]


class Kit:
    """Sizes, fonts and colours for this screen."""

    def __init__(self, root: tk.Tk, palette: Palette) -> None:
        self.palette = palette
        # In quarters: many an ordinary screen tells some 100 dots an inch.
        self._scale = max(1.0, min(3.0, round(root.winfo_fpixels("1i") / 96 * 4) / 4))
        self._family: str = tkfont.nametofont("TkDefaultFont").actual("family")

    def px(self, size: float) -> int:
        """Return the pixels here of `size` pixels on an ordinary screen."""
        return round(size * self._scale)

    def font(self, size: float, weight: str = "normal") -> tuple[str, int, str]:
        """Return the font of this height in pixels of an ordinary screen."""
        return (self._family, -self.px(size), weight)

    def width(self, text: str, size: float, weight: str = "normal") -> int:
        return int(tkfont.Font(font=self.font(size, weight)).measure(text))


class Changes:
    """Lets only changes through."""

    def __init__(self) -> None:
        self._last: dict[str, object] = {}

    def __call__(self, what: str, change: Callable[..., object], *value: object) -> None:
        """Call `change` with the value unless it was the same the last time."""
        if self._last.get(what) != value:
            self._last[what] = value
            change(*value)


class Button:
    """A rounded button. It has one label at a time, and a width that suits all of them."""

    def __init__(self, parent: tk.Misc, kit: Kit, labels: tuple[str, ...], act: Act, *, main: bool = False) -> None:
        palette = kit.palette
        self._labels = labels
        size = (max(kit.px(92), *(kit.width(label, 16, "bold") + kit.px(40) for label in labels)), kit.px(44))
        fill, hover, ink = (
            (palette.main, palette.main_hover, palette.strong) if main else (palette.button, palette.hover, palette.ink)
        )

        def face(colour: str, outline: str | None = None) -> ImageTk.PhotoImage:
            return ImageTk.PhotoImage(look.plate(*size, kit.px(12), (palette.ground, colour), outline), master=parent)

        self._faces = {False: face(fill), True: face(hover)}
        self._focused = {False: face(fill, palette.ink), True: face(hover, palette.ink)}
        self._is = {"pointed": False, "focused": False}
        self.widget = tk.Button(
            parent,
            command=act,
            text=labels[0],
            font=kit.font(16, "bold"),
            compound="center",
            relief="flat",
            cursor="hand2",
            borderwidth=0,
            highlightthickness=0,
            padx=0,
            pady=0,
            foreground=ink,
            activeforeground=ink,
            background=palette.ground,
            activebackground=palette.ground,
        )
        for event, state, on in (
            ("<Enter>", "pointed", True),
            ("<Leave>", "pointed", False),
            ("<FocusIn>", "focused", True),
            ("<FocusOut>", "focused", False),
        ):
            self.widget.bind(event, lambda _event, state=state, on=on: self._turn(state, on=on), add=True)  # type: ignore[misc]  # a lambda's defaults have no types
        self.widget.bind("<Return>", lambda _event: self.widget.invoke())
        self._turn("focused", on=False)

    def say(self, index: int) -> None:
        """Show this one of the labels."""
        self.widget.configure(text=self._labels[index])

    def _turn(self, state: str, *, on: bool) -> None:
        self._is[state] = on
        faces = self._focused if self._is["focused"] else self._faces
        self.widget.configure(image=faces[self._is["pointed"]])
