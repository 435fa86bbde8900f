"""How the back is, as a small window in the corner: eleven numbers, of which one click says one.

Laws: it comes without taking the keyboard, and what was meant for something else answers nothing (see guard.py). Closed
in any other way it says nothing. All numbers look alike: none is better, and none the usual one.
"""

import tkinter as tk
from functools import partial

from breakd.ports import Area
from breakd.requests import HIGHEST_RATING
from breakd.routines.session import Link
from breakd.texts import _
from breakd.windows import look
from breakd.windows.guard import Guard
from breakd.windows.kit import Button, Kit, Root
from breakd.windows.look import PALETTES
from breakd.windows.placing import come_quietly, whole

NUMBER = 54
"""The width of a number's button: enough for two digits, and for a thumb."""

EDGE, GAP, MARGIN = 18, 4, 14
"""Between the frame and what is in it, between buttons, and between the window and the edge of the screen."""


def show(link: Link, theme: str, area: Area | None) -> None:
    """Ask, in the lower corner of the area, until a number is clicked, the window is closed, or the line ends.

    `theme` is one of look.PALETTES; `area` None is the whole screen. Raises NoWindowError where there is none.
    """
    root = Root()
    area = area or whole(root)
    window = _Window(root, link, Kit(root, PALETTES[theme], area.scale))
    window.place(area)
    come_quietly(root, bare=True)
    root.deiconify()
    root.run()


class _Window:
    def __init__(self, root: tk.Tk, link: Link, kit: Kit) -> None:
        self._root, self._link, self._kit = root, link, kit
        root.title(_("How is your back right now?"))
        root.resizable(width=False, height=False)
        root.protocol("WM_DELETE_WINDOW", root.destroy)
        root.bind("<Escape>", lambda _event: root.destroy())
        for key, step in (("<Right>", "tk_focusNext"), ("<Left>", "tk_focusPrev")):
            root.bind(key, partial(self._step, step))
        root.createfilehandler(link, tk.READABLE, lambda *_: self._hear())
        self._content = self._draw()
        self._content.pack(fill="both", expand=True)
        self._guard = Guard(root, self._frame)
        self._guard.watch(root)
        self._frame()
        root.focus_set()

    def place(self, area: Area) -> None:
        """Take the corner across from the one where notifications come on most desktops."""
        self._root.update_idletasks()
        width, height = self._content.winfo_reqwidth(), self._content.winfo_reqheight()
        left, top = area.left + area.width - width, area.top + area.height - height
        margin = self._kit.px(MARGIN)
        self._root.geometry(f"{width}x{height}+{left - margin}+{top - margin}")

    # --- what it looks like ---

    def _draw(self) -> tk.Frame:
        kit, ground = self._kit, self._kit.palette.ground
        frame = tk.Frame(
            self._root,
            background=ground,
            padx=kit.px(EDGE),
            pady=kit.px(EDGE // 2),
            highlightthickness=max(2, kit.px(2)),
        )
        question = self._text(frame, self._root.title(), look.BODY + 2, "bold", kit.palette.ink)
        question.grid(row=0, column=0, columnspan=2, sticky="w", pady=(kit.px(EDGE // 2), kit.px(EDGE - 4)))
        self._numbers(frame).grid(row=1, column=0, columnspan=2, sticky="w")
        ends = (_("0: no pain"), "w"), (_("10: the worst pain imaginable"), "e")
        for column, (words, side) in enumerate(ends):
            end = self._text(frame, words, look.BODY - 1, "normal", kit.palette.ink)
            end.grid(row=2, column=column, sticky=side, pady=(kit.px(8), 0))
        kept = self._text(
            frame, _("It is kept in breakd's log on this machine."), look.CAPTION, "normal", kit.palette.quiet
        )
        kept.grid(row=3, column=0, sticky="w", pady=(kit.px(EDGE // 3), 0))
        later = Button(frame, kit, (_("Not now"),), self._root.destroy, plain=True)
        later.widget.grid(row=3, column=1, sticky="e", pady=(kit.px(EDGE // 3), 0))
        frame.columnconfigure(1, weight=1)
        return frame

    def _numbers(self, parent: tk.Misc) -> tk.Frame:
        row = tk.Frame(parent, background=self._kit.palette.ground)
        for number in range(HIGHEST_RATING + 1):
            button = Button(row, self._kit, (str(number),), partial(self._rate, number), least=NUMBER)
            button.widget.grid(row=0, column=number, padx=(self._kit.px(GAP) if number else 0, 0))
        return row

    def _text(self, parent: tk.Misc, words: str, size: int, weight: str, ink: str) -> tk.Label:
        return tk.Label(
            parent, text=words, font=self._kit.font(size, weight), foreground=ink, background=self._kit.palette.ground,
            borderwidth=0, padx=0, pady=0,
        )  # fmt: skip

    def _frame(self) -> None:
        """Say by the frame's colour whether keys work here."""
        palette, listens = self._kit.palette, self._guard.listens
        self._content.configure(highlightbackground=palette.focus if listens else palette.edge or palette.track)

    # --- what happens ---

    def _step(self, way: str, _event: object) -> None:
        getattr(self._root.focus_get() or self._root, way)().focus_set()

    def _hear(self) -> None:
        """See whether the daemon is still there to be answered; it says nothing."""
        list(self._link.heard())
        if self._link.deserted:
            self._root.destroy()

    def _rate(self, number: int) -> None:
        self._link("rated", {"rating": number})
        self._root.destroy()
