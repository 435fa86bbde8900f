"""The tray's menu as a small window, for desktops that have no tray.

Law: it shows what can be chosen now, and chooses one entry: by a click, or by the arrow keys and Return. It keeps
nothing of its own but which entry is marked and which sub-menu is open.
"""

import sys
import tkinter as tk
from collections.abc import Callable, Iterator, Sequence

from PIL import ImageColor, ImageTk

from breakd.ports import SEPARATOR, Area, Entry
from breakd.windows import look
from breakd.windows.kit import Kit, Root
from breakd.windows.look import PALETTES
from breakd.windows.placing import whole

WIDTH, ROW, EDGE, INDENT = 320, 36, 10, 14

REFRESH_MS = 1000

Fetch = Callable[[], Sequence[Entry]]
Choose = Callable[[str], str | None]


def show(fetch: Fetch, choose: Choose, theme: str, area: Area | None) -> None:
    """Show the entries that `fetch` returns until one is chosen, or the window is closed.

    `choose` takes the key of an entry and returns why it could not be chosen, if so. What either raises ends the window
    and is raised here. `theme` is one of look.PALETTES; the window comes in the middle of the `area`, None for the
    whole screen. Raises NoWindowError where there is none.
    """
    root = Root()
    area = area or whole(root)
    _Panel(root, Kit(root, PALETTES[theme], area.scale), fetch, choose).open(area)
    root.run()


class _Row:
    """One entry that can be marked and chosen, or is greyed."""

    def __init__(self, parent: tk.Misc, kit: Kit, entry: Entry, *, depth: int, is_open: bool) -> None:
        self.entry = entry
        self._kit = kit
        palette = kit.palette
        self._sign = "choose" if entry.entries else {None: None, True: "on", False: "off"}[entry.checked]
        self.widget = tk.Canvas(parent, background=palette.ground, highlightthickness=0, borderwidth=0)
        left, width = kit.px(12 + INDENT * depth), kit.px(WIDTH)
        self._plate = self.widget.create_image(0, 0, anchor="nw")
        self._pictures: list[ImageTk.PhotoImage] = []
        ink = palette.ink
        if not entry.enabled:
            ink = _between(palette.ink, palette.ground)
        elif entry.default:
            ink = palette.strong
        text = self.widget.create_text(
            left, 0, anchor="w", text=entry.label, fill=ink,
            width=width - left - kit.px(40 if self._sign else 12),
            font=kit.font(look.BODY, "bold" if entry.default else "normal"),
        )  # fmt: skip
        _left, top, _right, bottom = self.widget.bbox(text)
        self._size = (width, max(kit.px(ROW), bottom - top + kit.px(12)))
        self.widget.configure(width=width, height=self._size[1])
        self.widget.coords(text, left, self._size[1] // 2)
        self._at_the_end = self.widget.create_image(width - kit.px(12), self._size[1] // 2, anchor="e")
        self._ink, self._is_open = ink, is_open
        self._is_marked: bool | None = None
        self.mark(on=False)

    @property
    def can_be_chosen(self) -> bool:
        return self.entry.enabled and (self.entry.key is not None or bool(self.entry.entries))

    def mark(self, *, on: bool) -> None:
        """Show that Return, or a click, chooses this one; or that it does not."""
        if on == self._is_marked:
            return
        self._is_marked = on
        kit, palette = self._kit, self._kit.palette
        ground = palette.hover if on else palette.ground
        outline = palette.focus if on and palette.edge else None
        plate = look.plate(self._size, kit.px(10), palette.ground, ground, outline=outline)
        self._pictures = [ImageTk.PhotoImage(plate, master=self.widget)]
        self.widget.itemconfigure(self._plate, image=self._pictures[0])
        if self._sign is not None:
            picture = look.icon(self._sign, kit.px(18), self._ink, ground)
            if self._sign == "choose" and not self._is_open:
                picture = picture.rotate(90)
            self._pictures.append(ImageTk.PhotoImage(picture, master=self.widget))
            self.widget.itemconfigure(self._at_the_end, image=self._pictures[1])


def _between(one: str, other: str) -> str:
    """Return the colour halfway between two."""
    pairs = zip(ImageColor.getrgb(one), ImageColor.getrgb(other), strict=True)
    return "#" + "".join(f"{(a + b) // 2:02x}" for a, b in pairs)


class _Panel:
    def __init__(self, root: tk.Tk, kit: Kit, fetch: Fetch, choose: Choose) -> None:
        self._root, self._kit, self._fetch, self._choose = root, kit, fetch, choose
        self._entries: Sequence[Entry] = ()
        self._rows: list[_Row] = []
        self._marked: str | None = None  # by its label: one with entries of its own has no key
        self._open: str | None = None
        self._problem = ""
        root.title("breakd")
        root.configure(background=kit.palette.ground)
        root.resizable(width=False, height=False)
        if sys.platform == "linux":
            root.attributes("-type", "dialog")  # a window manager that tiles leaves it small
        self._frame = tk.Frame(root)
        self._bind_keys()
        self._refresh()

    def _bind_keys(self) -> None:
        acts: dict[str, Callable[[], None]] = {
            "Up": lambda: self._move(-1), "Down": lambda: self._move(1),
            "Home": lambda: self._mark(self._choosable()[0]), "End": lambda: self._mark(self._choosable()[-1]),
            "Tab": lambda: self._move(1), "ISO_Left_Tab": lambda: self._move(-1),
            "Return": self._take, "KP_Enter": self._take, "space": self._take,
            "Right": self._unfold, "Left": self._fold, "Escape": self._leave,
        }  # fmt: skip
        for key, act in acts.items():
            if key == "ISO_Left_Tab" and self._root.tk.call("tk", "windowingsystem") != "x11":
                continue  # only X knows this name of shift and Tab
            self._root.bind(f"<{key}>", lambda _event, act=act: act())  # type: ignore[misc]  # a lambda's defaults have no types

    def open(self, area: Area) -> None:
        """Come up in the middle of the area."""
        self._root.update_idletasks()
        left = area.left + (area.width - self._frame.winfo_reqwidth()) // 2
        top = area.top + (area.height - self._frame.winfo_reqheight()) // 3
        self._root.geometry(f"+{left}+{top}")
        self._root.deiconify()

    # --- what is shown ---

    def _refresh(self) -> None:
        """Ask what can be chosen now, and once more in a second."""
        entries = self._fetch()
        if entries != self._entries:
            self._entries = entries
            self._draw()
        self._root.after(REFRESH_MS, self._refresh)

    def _draw(self) -> None:
        kit, palette = self._kit, self._kit.palette
        old = self._frame
        self._frame = tk.Frame(self._root, background=palette.ground, padx=kit.px(EDGE), pady=kit.px(EDGE))
        self._rows = []
        for entry, depth in self._lines():
            if entry == SEPARATOR:
                line = tk.Frame(self._frame, background=palette.edge or palette.track, height=max(1, kit.px(1)))
                line.pack(fill="x", padx=kit.px(12), pady=kit.px(5))
            else:
                self._add(_Row(self._frame, kit, entry, depth=depth, is_open=self._open == entry.label))
        if self._problem:
            tk.Label(
                self._frame, text=self._problem, font=kit.font(look.CAPTION), wraplength=kit.px(WIDTH - 24),
                justify="left", anchor="w", foreground=palette.on_caution, background=palette.caution,
                padx=kit.px(12), pady=kit.px(8),
            ).pack(fill="x", pady=(kit.px(6), 0))  # fmt: skip
        old.pack_forget()
        self._frame.pack()
        # X sends a key to the window under the pointer: one that was pressed just now would be lost with it.
        self._root.after(REFRESH_MS, old.destroy)
        marked = next((row for row in self._choosable() if row.entry.label == self._marked), None)
        self._mark(marked or next((row for row in self._choosable() if row.entry.default), self._choosable()[0]))

    def _lines(self) -> Iterator[tuple[Entry, int]]:
        """Yield the entries, with those of the open sub-menu below it, and how deep they lie."""
        for entry in self._entries:
            yield entry, 0
            if entry.entries and entry.label == self._open:
                yield from ((sub, 1) for sub in entry.entries)

    def _add(self, row: _Row) -> None:
        row.widget.pack()
        self._rows.append(row)
        if row.can_be_chosen:
            row.widget.configure(cursor="hand2")
            row.widget.bind("<Motion>", lambda _event: self._mark(row))
            row.widget.bind("<ButtonRelease-1>", lambda _event: self._take(row))

    # --- what the person does ---

    def _choosable(self) -> list[_Row]:
        return [row for row in self._rows if row.can_be_chosen]

    def _mark(self, marked: _Row) -> None:
        """Have Return choose this row."""
        self._marked = marked.entry.label
        for row in self._rows:
            row.mark(on=row is marked)

    def _marked_row(self) -> _Row:
        return next(row for row in self._choosable() if row.entry.label == self._marked)

    def _move(self, steps: int) -> None:
        rows = self._choosable()
        self._mark(rows[(rows.index(self._marked_row()) + steps) % len(rows)])

    def _take(self, row: _Row | None = None) -> None:
        """Do what the marked entry, or this one, says."""
        entry = (row or self._marked_row()).entry
        if entry.entries:
            self._turn(None if self._open == entry.label else entry)
        elif entry.key is not None:
            problem = self._choose(entry.key)
            if problem is None:
                self._root.destroy()
            else:
                self._problem = problem
                self._entries = self._fetch()
                self._draw()

    def _unfold(self) -> None:
        entry = self._marked_row().entry
        if entry.entries:
            self._turn(entry)

    def _fold(self) -> None:
        if self._open is not None:
            self._marked = self._open
            self._turn(None)

    def _turn(self, entry: Entry | None) -> None:
        """Open this sub-menu, with its first entry marked; None: close the one that is open."""
        self._open = None if entry is None else entry.label
        if entry is not None:
            self._marked = entry.entries[0].label
        self._draw()

    def _leave(self) -> None:
        if self._open is not None:
            self._fold()
        else:
            self._root.destroy()
