"""The log in a small window, for the tray's `Show log`: what `breakd log` prints, to be scrolled and closed.

Law: it reads and shows; Escape closes it.
"""

import tkinter as tk
from collections.abc import Iterable
from tkinter import font, ttk

from breakd.texts import _
from breakd.windows.kit import Root
from breakd.windows.look import PALETTES


def show(lines: Iterable[str], theme: str) -> None:
    """Show the lines, the last in view, until the window is closed. Raises NoWindowError where there is no screen.

    `theme` is one of look.PALETTES.
    """
    colours = PALETTES[theme]
    root = Root()
    root.title(_("breakd: log"))
    root.configure(background=colours.ground)
    root.minsize(480, 240)
    text = tk.Text(
        root,
        width=100,
        height=26,
        wrap="none",
        font=font.nametofont("TkFixedFont"),
        background=colours.card,
        foreground=colours.ink,
        relief="flat",
        padx=16,
        pady=12,
        highlightthickness=0,
    )
    bar = ttk.Scrollbar(root, command=text.yview)
    text.configure(yscrollcommand=bar.set)
    bar.pack(side="right", fill="y")
    text.pack(side="left", fill="both", expand=True)
    text.insert("end", "\n".join(lines) or _("Nothing is in the log for these days."))
    text.configure(state="disabled")
    text.yview_moveto(1)
    text.focus_set()
    root.bind("<Escape>", lambda _event: root.destroy())
    root.deiconify()
    root.run()
