"""What the windows are made of: sizes and fonts for this screen, rounded buttons, a menu.

Law: a size is given in pixels of an ordinary screen (96 dots an inch) and scaled here alone.
"""

import tkinter as tk
from collections.abc import Callable, Sequence
from functools import partial
from tkinter import font as tkfont
from types import TracebackType

from PIL import Image, ImageTk

from breakd.routines.session import NoWindowError
from breakd.texts import _
from breakd.windows import look
from breakd.windows.look import Palette

Act = Callable[[], None]

PRESSING = ("<Return>", "<KP_Enter>", "<space>")
"""The keys that press a button which has the keyboard."""


class Root(tk.Tk):
    """A window of the program's own, not shown yet. Raises NoWindowError where there is no screen.

    What goes wrong in it ends it, and is raised by `run`: Tk would only print the error, and go on half alive.
    """

    def __init__(self) -> None:
        try:
            super().__init__(className="breakd")
        except tk.TclError as error:
            raise NoWindowError(_("no window can be opened: {reason}").format(reason=error)) from error
        self._error: BaseException | None = None
        self.withdraw()

    def report_callback_exception(
        self, _kind: type[BaseException], error: BaseException, _trace: TracebackType | None
    ) -> None:
        self._error = error
        self.destroy()

    def run(self) -> None:
        """Serve the person until it is closed."""
        self.mainloop()
        if self._error is not None:
            raise self._error


class Kit:
    """Sizes, fonts and colours for this screen; `scale` where the screen's own resolution does not tell it."""

    def __init__(self, root: tk.Misc, palette: Palette, scale: float | None = None) -> None:
        self.root, self.palette = root, palette
        # In quarters: many an ordinary screen tells some 100 dots an inch.
        self.scale = scale or max(1.0, min(4.0, round(root.winfo_fpixels("1i") / 96 * 4) / 4))
        self._family: str = tkfont.nametofont("TkDefaultFont", root).actual("family")

    def at(self, zoom: float) -> "Kit":
        """Return the kit for a window in which everything is `zoom` times as large."""
        return Kit(self.root, self.palette, self.scale * zoom)

    def px(self, size: float) -> int:
        """Return the pixels here of `size` pixels on an ordinary screen."""
        return round(size * self.scale)

    def font(self, size: float, weight: str = "normal") -> tuple[str, int, str]:
        """Return the font of this height in pixels of an ordinary screen."""
        return (self._family, -max(1, self.px(size)), weight)

    def width(self, text: str, size: float, weight: str = "normal") -> int:
        """Return how wide the text is here, in pixels."""
        return int(tkfont.Font(self.root, font=self.font(size, weight)).measure(text))

    def shortened(self, text: str, room: int, size: float, weight: str = "normal") -> str:
        """Return the text, its end left out where it is wider than `room` pixels here."""
        if self.width(text, size, weight) <= room:
            return text
        return next(
            (
                shorter
                for end in range(len(text) - 1, 0, -1)
                if self.width(shorter := text[:end].rstrip() + "…", size, weight) <= room
            ),
            "…",
        )


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
    """A rounded button. It has one label at a time, and a width that suits all of them.

    `icons` are names of look.icon, one for each label, and stand behind it; `hint` names its key; `plain` shows no
    plate before it is pointed at. `keys` press it when it has the keyboard. A label alone has a plate of the `least`
    width at least.
    """

    def __init__(
        self,
        parent: tk.Misc,
        kit: Kit,
        labels: tuple[str, ...],
        act: Act,
        *,
        main: bool = False,
        plain: bool = False,
        size: int = look.BODY,
        hint: str = "",
        icons: tuple[str, ...] = (),
        keys: tuple[str, ...] = PRESSING,
        least: int = 92,
    ) -> None:
        palette = kit.palette
        self._least = least
        self._labels, self._icons, self._hint, self._size = labels, icons, hint, size
        self._ink = palette.strong if main else palette.ink
        self._grounds = (palette.ground, palette.hover) if plain else (palette.button, palette.hover)
        if main:
            self._grounds = (palette.main, palette.main_hover)
        self._edge = None if plain else palette.edge
        self._act = act
        self._index = 0
        self._is = {"pointed": False, "focused": False}
        self._pictures: dict[object, ImageTk.PhotoImage] = {}
        self.widget = tk.Canvas(
            parent, background=palette.ground, highlightthickness=0, borderwidth=0, cursor="hand2", takefocus=True
        )
        self._plate = self.widget.create_image(0, 0, anchor="nw")
        self._text = self.widget.create_text(0, 0, anchor="w", fill=self._ink)
        self._icon = self.widget.create_image(0, 0, anchor="w")
        self._key = self.widget.create_text(0, 0, anchor="w", text=hint, fill=self._ink)
        self._bind(keys)
        self.fit(kit)

    def _bind(self, keys: tuple[str, ...]) -> None:
        def press(_event: "tk.Event[tk.Misc]") -> str:
            self.invoke()
            return "break"

        def turned(_event: "tk.Event[tk.Misc]", **now: bool) -> None:
            self._is.update(now)
            self._show()

        def released(event: "tk.Event[tk.Misc]") -> None:
            if 0 <= event.x < self.widget.winfo_width() and 0 <= event.y < self.widget.winfo_height():
                self.invoke()

        self.widget.bind("<Enter>", partial(turned, pointed=True))
        self.widget.bind("<Leave>", partial(turned, pointed=False))
        self.widget.bind("<FocusIn>", partial(turned, focused=True))
        self.widget.bind("<FocusOut>", partial(turned, focused=False))
        self.widget.bind("<ButtonRelease-1>", released)
        for key in keys:
            self.widget.bind(key, press)

    def invoke(self) -> None:
        """Do what a click does."""
        self._act()

    def say(self, index: int) -> None:
        """Show this one of the labels."""
        self._index = index
        self._show()

    def rename(self, *labels: str) -> None:
        """Have other labels."""
        self._labels = labels
        self.fit(self._kit)

    def fit(self, kit: Kit) -> None:
        """Take the size that suits the labels in this kit."""
        self._kit = kit
        for item in (self._plate, self._icon):  # one that shows a picture which is gone would fail
            self.widget.itemconfigure(item, image="")
        self._pictures = {}
        font, gap = kit.font(self._size, "bold"), kit.px(10)
        self.widget.itemconfigure(self._text, font=font)
        self.widget.itemconfigure(self._key, font=kit.font(look.CAPTION))
        self._parts = (
            max((kit.width(label, self._size, "bold") for label in self._labels), default=0),
            kit.px(self._size * 1.4) if self._icons else 0,
            kit.width(self._hint, look.CAPTION) if self._hint else 0,
        )
        parts = [part for part in self._parts if part]
        # A label without more than that stands in a wide button; icons and hints need no room around.
        least = kit.px(self._least) if len(parts) == 1 and self._parts[0] else 0
        self.width = max(least, sum(parts) + gap * (len(parts) - 1) + 2 * kit.px(16))
        self.height = max(kit.px(44), kit.px(self._size * 1.75))
        self.widget.configure(width=self.width, height=self.height)
        self._show()

    def _show(self) -> None:
        kit, widget, middle = self._kit, self.widget, self.height // 2
        ground = self._grounds[self._is["pointed"]]
        outline = kit.palette.focus if self._is["focused"] else self._edge
        widget.itemconfigure(self._plate, image=self._face(ground, outline))
        label = self._labels[self._index] if self._index < len(self._labels) else ""
        own = kit.width(label, self._size, "bold")
        gap = kit.px(10)
        shown = [part for part in (own, *self._parts[1:]) if part]
        x = (self.width - sum(shown) - gap * (len(shown) - 1)) // 2
        widget.coords(self._text, x, middle)
        widget.itemconfigure(self._text, text=label)
        x += own + gap if own else 0
        if self._icons:
            widget.coords(self._icon, x, middle)
            widget.itemconfigure(self._icon, image=self._drawn(self._icons[self._index % len(self._icons)], ground))
            x += self._parts[1] + gap
        widget.coords(self._key, x, middle)

    def _face(self, ground: str, outline: str | None) -> ImageTk.PhotoImage:
        key = ground, outline
        if key not in self._pictures:
            kit = self._kit
            focused = 4 if self._edge else 2.5  # thick enough to be told from a line that is always there
            line = max(2, kit.px(focused if outline == kit.palette.focus else 1.5))
            picture = look.plate(
                (self.width, self.height), kit.px(12), kit.palette.ground, ground, outline=outline, line=line
            )
            self._pictures[key] = ImageTk.PhotoImage(picture, master=self.widget)
        return self._pictures[key]

    def _drawn(self, name: str, ground: str) -> ImageTk.PhotoImage:
        key = name, ground, "icon"
        if key not in self._pictures:
            picture = look.icon(name, self._parts[1], self._ink, ground)
            self._pictures[key] = ImageTk.PhotoImage(picture, master=self.widget)
        return self._pictures[key]


class Menu:
    """Labels to choose one from, over the window; `act` is called with the number of the one that was chosen.

    It has the keyboard while it is there, and goes when that goes elsewhere, or a click does. A click on the `opener`
    is left to that.
    """

    def __init__(
        self, opener: tk.Misc, kit: Kit, labels: Sequence[str], chosen: int, act: Callable[[int], None]
    ) -> None:
        self._opener, self._window = opener, opener.winfo_toplevel()
        self._kit, self._labels, self._act = kit, labels, act
        self._active = chosen
        self._inset, self._row = kit.px(8), kit.px(40)
        self.width = max(kit.width(label, look.BODY, "bold") for label in labels) + kit.px(92)
        self.height = self._row * len(labels) + 2 * self._inset
        palette = kit.palette
        self.widget = tk.Canvas(
            self._window,
            width=self.width,
            height=self.height,
            background=palette.ground,
            highlightthickness=0,
            borderwidth=0,
            cursor="hand2",
            takefocus=True,
            scrollregion=(0, 0, self.width, self.height),
        )
        outline, line = palette.edge or palette.hover, max(1, kit.px(1.5))
        self._pictures = [
            self._picture(
                look.plate((self.width, self.height), 0, palette.card, palette.card, outline=outline, line=line)
            ),
            self._picture(
                look.plate((self.width - 2 * self._inset, self._row), kit.px(10), palette.card, palette.main)
            ),
            self._picture(look.icon("tick", kit.px(18), palette.strong, palette.card)),
            self._picture(look.icon("tick", kit.px(18), palette.strong, palette.main)),
        ]
        self.widget.create_image(0, 0, anchor="nw", image=self._pictures[0])
        self._plate = self.widget.create_image(self._inset, 0, anchor="nw", image=self._pictures[1])
        self._texts = [
            self.widget.create_text(
                kit.px(60), self._middle(at), anchor="w", text=label, font=kit.font(look.BODY, "bold")
            )
            for at, label in enumerate(labels)
        ]
        self._chosen = chosen
        self._tick = self.widget.create_image(kit.px(24), self._middle(chosen), anchor="w")
        self._bind()
        self._show()

    def open(self, x: int, y: int, room: int) -> None:
        """Come up at this place of the window, at most `room` pixels high: what is more scrolls."""
        self.widget.place(x=x, y=y, width=self.width, height=min(self.height, room))
        tk.Misc.lift(self.widget)
        self.widget.update_idletasks()  # what is not on the screen gets no keys yet
        self.widget.focus_set()
        self._window.bind("<Button>", self._pressed)
        self._show()

    @property
    def is_open(self) -> bool:
        return bool(self.widget.winfo_exists())

    def close(self) -> None:
        """Go, and give the keyboard back to the window."""
        self._go(self._window)

    def leave(self) -> None:
        """Go with nothing chosen, and give the keyboard to the opener."""
        self._go(self._opener)

    def _go(self, keyboard: tk.Misc) -> None:
        if self.is_open:
            self._window.unbind("<Button>")
            keyboard.focus_set()
            self.widget.destroy()

    def _bind(self) -> None:
        keys: dict[str, Callable[[], None]] = {
            "<Down>": partial(self._move, 1),
            "<Up>": partial(self._move, -1),
            "<Home>": partial(self._move, -len(self._labels)),
            "<End>": partial(self._move, len(self._labels)),
            "<Tab>": partial(self._move, 1),
            "<Left>": partial(self._move, 0),
            "<Right>": partial(self._move, 0),
            "<Escape>": self.leave,
            **dict.fromkeys(PRESSING, self._choose),
        }

        def bind(event: str, act: Callable[[], None]) -> None:
            def acted(_event: object) -> str:
                act()
                return "break"

            self.widget.bind(event, acted)

        for key, act in keys.items():
            bind(key, act)
        bind("<FocusOut>", self.close)
        self.widget.bind("<Motion>", self._pointed)
        self.widget.bind("<ButtonRelease-1>", self._clicked)

    def _at(self, event: "tk.Event[tk.Misc]") -> int:
        y = int(self.widget.canvasy(event.y)) - self._inset
        return max(0, min(len(self._labels) - 1, y // self._row))

    def _pointed(self, event: "tk.Event[tk.Misc]") -> None:
        self._active = self._at(event)
        self._show()

    def _pressed(self, event: "tk.Event[tk.Misc]") -> None:
        if event.widget not in {self.widget, self._opener}:
            self.close()

    def _clicked(self, event: "tk.Event[tk.Misc]") -> None:
        self._active = self._at(event)
        self._choose()

    def _move(self, by: int) -> None:
        self._active = max(0, min(len(self._labels) - 1, self._active + by))
        self._show()

    def _choose(self) -> None:
        self.close()
        self._act(self._active)

    def _middle(self, at: int) -> int:
        return self._inset + self._row * at + self._row // 2

    def _show(self) -> None:
        widget, palette = self.widget, self._kit.palette
        top = self._inset + self._row * self._active
        widget.coords(self._plate, self._inset, top)
        for at, text in enumerate(self._texts):
            widget.itemconfigure(text, fill=palette.strong if at == self._active else palette.ink)
        widget.itemconfigure(self._tick, image=self._pictures[3 if self._chosen == self._active else 2])
        first, last = (share * self.height for share in widget.yview())
        if top < first or top + self._row > last:
            widget.yview_moveto((top - (0 if top < first else last - first - self._row)) / self.height)

    def _picture(self, image: Image.Image) -> ImageTk.PhotoImage:
        return ImageTk.PhotoImage(image, master=self.widget)
