"""Choices for a window: cards of which one is chosen, or of which each is on or off, and a line to type into.

Law: what is chosen is seen by a mark, not by colour alone. A group is one stop of the Tab key; the arrows move within.
"""

import tkinter as tk
from collections.abc import Callable, Collection, Sequence
from functools import partial
from itertools import pairwise

from PIL import Image, ImageDraw, ImageTk

from breakd.windows import look
from breakd.windows.kit import Kit

_FINE = 4
"""The tick is drawn this many times larger and reduced, so that its edges are smooth."""

ARROWS = {"<Left>": -1, "<Up>": -1, "<Right>": 1, "<Down>": 1}


class Choices:
    """A group of cards, each an id with its label. Of one it is the id that is `chosen`, of `many` any number."""

    def __init__(
        self,
        parent: tk.Misc,
        kit: Kit,
        options: Sequence[tuple[str, str]],
        chosen: Collection[str],
        width: int,
        *,
        many: bool = False,
        column: bool = False,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        """Make cards of one width in a row, or a column, `width` wide in all."""
        gap = kit.px(8)
        steps = [(width + gap) * at // len(options) for at in range(len(options) + 1)]
        widths = [width if column else end - start - gap for start, end in pairwise(steps)]
        self.widget = tk.Frame(parent, background=kit.palette.ground)
        self._many, self._changed = many, changed
        self._ids = [name for name, _label in options]
        self._cards = [
            _Card(self.widget, kit, label, (wide, kit.px(44)), many=many)
            for (_name, label), wide in zip(options, widths, strict=True)
        ]
        for at, card in enumerate(self._cards):
            card.chosen = self._ids[at] in chosen
            before = (gap if at else 0, 0)
            if column:
                card.widget.pack(side="top", pady=before)
            else:
                card.widget.pack(side="left", padx=before)
            card.widget.bind("<Button-1>", partial(self._pressed, at))
            card.widget.bind("<space>", partial(self._pressed, at))
            for key, step in ARROWS.items():
                card.widget.bind(key, partial(self._moved, at + step))
        self._reach(next((at for at, card in enumerate(self._cards) if card.chosen), 0))

    @property
    def chosen(self) -> tuple[str, ...]:
        return tuple(name for name, card in zip(self._ids, self._cards, strict=True) if card.chosen)

    def focus(self) -> None:
        """Take the keyboard."""
        self._reached.widget.focus_set()

    def _reach(self, at: int) -> None:
        """Have the Tab key stop at this card of the group."""
        self._reached = self._cards[at]
        for card in self._cards:
            card.widget.configure(takefocus=card is self._reached)

    def _pressed(self, at: int, _event: object = None) -> str:
        for other, card in enumerate(self._cards):
            if other == at:
                card.chosen = not (self._many and card.chosen)
            elif not self._many:
                card.chosen = False
        self._reach(at)
        self.focus()
        self._changed()
        return "break"

    def _moved(self, to: int, _event: object = None) -> str:
        at = to % len(self._cards)
        if self._many:
            self._reach(at)
            self.focus()
            return "break"
        return self._pressed(at)


class _Card:
    """One choice: a plate with a mark and a label."""

    def __init__(self, parent: tk.Misc, kit: Kit, label: str, size: look.Size, *, many: bool) -> None:
        self._kit, self._size, self._many = kit, size, many
        self._is = {"chosen": False, "pointed": False, "focused": False}
        self._pictures: dict[tuple[bool, ...], ImageTk.PhotoImage] = {}
        mark, gap = kit.px(20), kit.px(8)
        self.widget = tk.Canvas(
            parent,
            width=size[0],
            height=size[1],
            background=kit.palette.ground,
            highlightthickness=0,
            borderwidth=0,
            cursor="hand2",
        )
        self._plate = self.widget.create_image(0, 0, anchor="nw")
        self._left = min(kit.px(14), (size[0] - mark - gap - kit.width(label, look.BODY, "bold")) // 2)
        middle = size[1] // 2
        self._text = self.widget.create_text(
            self._left + mark + gap, middle, anchor="w", text=label, font=kit.font(look.BODY, "bold")
        )
        for event, state, on in (
            ("<Enter>", "pointed", True),
            ("<Leave>", "pointed", False),
            ("<FocusIn>", "focused", True),
            ("<FocusOut>", "focused", False),
        ):
            self.widget.bind(event, partial(self._turned, state, on))
        self._show()

    @property
    def chosen(self) -> bool:
        return self._is["chosen"]

    @chosen.setter
    def chosen(self, on: bool) -> None:
        self._turned("chosen", on)

    def _turned(self, state: str, on: bool, _event: object = None) -> None:  # noqa: FBT001 - bound with its value
        self._is[state] = on
        self._show()

    def _show(self) -> None:
        key = tuple(self._is.values())
        if key not in self._pictures:
            self._pictures[key] = ImageTk.PhotoImage(self._picture(), master=self.widget)
        palette = self._kit.palette
        self.widget.itemconfigure(self._plate, image=self._pictures[key])
        self.widget.itemconfigure(self._text, fill=palette.strong if self.chosen else palette.ink)

    def _picture(self) -> Image.Image:
        kit, palette = self._kit, self._kit.palette
        grounds = (palette.main, palette.main_hover) if self.chosen else (palette.button, palette.hover)
        ground = grounds[self._is["pointed"]]
        focused = self._is["focused"]
        picture = look.plate(
            self._size,
            kit.px(12),
            palette.ground,
            ground,
            outline=palette.focus if focused else palette.edge,
            line=max(2, kit.px(2.5 if focused else 1.5)),
        )
        size = kit.px(20)
        draw = _box if self._many else _dot
        picture.paste(draw(size, kit, ground, on=self.chosen), (self._left, (self._size[1] - size) // 2))
        return picture


def _dot(size: int, kit: Kit, ground: str, *, on: bool) -> Image.Image:
    """Return the mark of one choice among others: a ring, with a dot in it where it is chosen."""
    ink = kit.palette.strong if on else kit.palette.quiet
    picture = look.plate((size, size), size // 2, ground, ground, outline=ink, line=max(2, kit.px(2)))
    if on:
        inner = size - 2 * round(size * 0.28)
        at = (size - inner) // 2
        picture.paste(look.plate((inner, inner), inner // 2, ground, ink), (at, at))
    return picture


def _box(size: int, kit: Kit, ground: str, *, on: bool) -> Image.Image:
    """Return the mark of what is on or off: a box, filled and with a tick where it is on."""
    ink = kit.palette.strong if on else kit.palette.quiet
    fill = ink if on else ground
    picture = look.plate((size, size), size // 4, ground, fill, outline=ink, line=max(2, kit.px(2)))
    if on:
        mask = Image.new("L", (size * _FINE, size * _FINE))
        tick = [(x * size * _FINE, y * size * _FINE) for x, y in ((0.24, 0.52), (0.43, 0.7), (0.77, 0.32))]
        ImageDraw.Draw(mask).line(tick, 255, round(size * _FINE * 0.13), joint="curve")
        picture.paste(ground, mask=mask.reduce(_FINE))
    return picture


class Line:
    """A line to type into, on a plate like the cards."""

    def __init__(self, parent: tk.Misc, kit: Kit, text: str, width: int, changed: Callable[[], None]) -> None:
        self._kit, self._size = kit, (width, kit.px(44))
        palette, edge = kit.palette, kit.px(14)
        self.widget = tk.Canvas(
            parent, width=width, height=self._size[1], background=palette.ground, highlightthickness=0, borderwidth=0
        )
        self._plates = {on: ImageTk.PhotoImage(self._picture(focused=on), master=parent) for on in (False, True)}
        self._plate = self.widget.create_image(0, 0, anchor="nw", image=self._plates[False])
        self._text = tk.StringVar(self.widget, text)
        self._text.trace_add("write", lambda *_: changed())
        self._entry = tk.Entry(
            self.widget,
            textvariable=self._text,
            font=kit.font(look.BODY),
            foreground=palette.ink,
            background=palette.card,
            insertbackground=palette.ink,
            selectforeground=palette.strong,
            selectbackground=palette.main,
            insertwidth=kit.px(2),
            relief="flat",
            borderwidth=0,
            highlightthickness=0,
        )
        self.widget.create_window(
            edge, self._size[1] // 2, anchor="w", window=self._entry, width=width - 2 * edge, height=kit.px(28)
        )
        self._entry.bind("<FocusIn>", lambda _event: self._turn(on=True))
        self._entry.bind("<FocusOut>", lambda _event: self._turn(on=False))
        self._entry.bind("<Control-a>", self._select_all)

    @property
    def text(self) -> str:
        return self._text.get()

    def focus(self) -> None:
        """Take the keyboard, the cursor at the end."""
        self._entry.focus_set()
        self._entry.icursor("end")

    def _select_all(self, _event: object) -> str:
        self._entry.selection_range(0, "end")
        return "break"

    def _turn(self, *, on: bool) -> None:
        self.widget.itemconfigure(self._plate, image=self._plates[on])

    def _picture(self, *, focused: bool) -> Image.Image:
        kit, palette = self._kit, self._kit.palette
        line = max(2, kit.px(2.5 if focused else 1.5))
        edge = palette.focus if focused else palette.edge or palette.track
        return look.plate(self._size, kit.px(12), palette.ground, palette.card, outline=edge, line=line)
