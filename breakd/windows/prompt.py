"""The prompt as a small window in the corner, for desktops whose notifications have no buttons.

Laws: it comes without taking the keyboard, and what was meant for something else answers nothing (see guard.py). While
its keys work it has a coloured frame.
"""

import tkinter as tk
from collections.abc import Sequence

from PIL import Image, ImageOps, ImageTk

from breakd.ports import Area, Choice, Prompt
from breakd.routines.session import Link
from breakd.texts import _
from breakd.windows import look
from breakd.windows.guard import Guard
from breakd.windows.kit import Act, Button, Kit, Root
from breakd.windows.look import PALETTES
from breakd.windows.placing import come_quietly, whole

WIDTH, WIDEST, HIGHEST = 420, 640, 480
EDGE, GAP, MARGIN = 18, 8, 14
"""Between the frame and what is in it, between buttons, and between the window and the edge of the screen."""

PICTURE = 104

STAY_MS = 10_000
"""How long a text stays that asks nothing."""

PATIENCE_S = 10
"""How long the first prompt may take to come."""


def show(link: Link, theme: str, area: Area | None) -> None:
    """Show the prompts that come on the line, until one is answered or the line ends, in the corner of the area.

    `theme` is one of look.PALETTES; `area` None is the whole screen. Raises NoWindowError where there is none.
    """
    first = _heard(link, PATIENCE_S)
    if not first:
        return
    root = Root()
    area = area or whole(root)
    window = _Window(root, link, Kit(root, PALETTES[theme], area.scale), area)
    window.show(first[-1])
    come_quietly(root, bare=True)
    root.deiconify()
    root.run()


def _heard(link: Link, patience: float = 0) -> list[Prompt]:
    return [
        Prompt(**said | {"choices": tuple(Choice(**choice) for choice in said["choices"])})
        for said in link.heard(patience)
    ]


class _Window:
    """The window around one prompt at a time."""

    def __init__(self, root: tk.Tk, link: Link, kit: Kit, area: Area) -> None:
        self._root, self._link, self._kit, self._area = root, link, kit, area
        self._prompt = Prompt(0, "", "")
        self._leave: str | None = None
        self._picture: ImageTk.PhotoImage | None = None
        self._content = tk.Frame(root)
        self._guard = Guard(root, self._frame)
        root.resizable(width=False, height=False)
        root.protocol("WM_DELETE_WINDOW", self._wave)
        root.bind("<Escape>", lambda _event: self._wave())
        for key, step in (("<Right>", "tk_focusNext"), ("<Left>", "tk_focusPrev")):
            root.bind(key, lambda _event, step=step: self._step(step))  # type: ignore[misc]  # a lambda's defaults have no types
        root.createfilehandler(link, tk.READABLE, lambda *_: self._hear())

    def show(self, prompt: Prompt) -> None:
        """Show this prompt in place of the one before."""
        self._prompt = prompt
        self._root.title(prompt.title)
        self._content.destroy()
        self._content = self._draw(prompt)
        self._content.pack(fill="both", expand=True)
        self._frame()
        self._root.focus_set()
        self._guard.watch(self._root)
        self._guard.begin()
        self._place()
        if self._leave is not None:
            self._root.after_cancel(self._leave)
        self._leave = None if prompt.choices else self._root.after(STAY_MS, lambda: self._end("left"))

    # --- what it looks like ---

    def _draw(self, prompt: Prompt) -> tk.Frame:
        kit, palette = self._kit, self._kit.palette
        line = max(2, kit.px(2))
        frame = tk.Frame(
            self._root, background=palette.ground, padx=kit.px(EDGE), pady=kit.px(EDGE),
            highlightthickness=line,
        )  # fmt: skip
        row = tk.Frame(frame, background=palette.ground)
        buttons = self._buttons(row, prompt.choices or (Choice("", _("OK")),))
        room = sum(button.width for button in buttons) + kit.px(GAP) * (len(buttons) - 1)
        width = min(max(kit.px(WIDTH) - 2 * (kit.px(EDGE) + line), room), kit.px(WIDEST) - 2 * (kit.px(EDGE) + line))
        self._picture = self._figure(prompt.picture)
        if self._picture is not None:
            figure = tk.Label(frame, image=self._picture, background=palette.ground, borderwidth=0)
            figure.grid(row=0, column=0, rowspan=2, sticky="nw", padx=(0, kit.px(EDGE)))
            width -= self._picture.width() + kit.px(EDGE)
        cross = self._cross(frame)
        out = kit.px(EDGE // 2)
        cross.place(relx=1, x=out, y=-out, anchor="ne")
        title_width = width - kit.px(EDGE)
        title = self._text(frame, prompt.title, (look.BODY + 2, "bold"), palette.ink, title_width)
        title.grid(row=0, column=1, sticky="nw", pady=(0, kit.px(6)))
        if prompt.body:
            body = self._text(frame, prompt.body, (look.BODY - 1, "normal"), palette.quiet, width)
            body.grid(row=1, column=1, sticky="nw")
        frame.columnconfigure(1, weight=1, minsize=width)
        frame.rowconfigure(1, weight=1)
        row.grid(row=2, column=0, columnspan=2, sticky="ew", pady=(kit.px(EDGE - 2), 0))
        if prompt.body:
            self._shorten(frame, body)
        return frame

    def _text(self, parent: tk.Misc, words: str, font: tuple[int, str], ink: str, width: int) -> tk.Label:
        return tk.Label(
            parent, text=words, font=self._kit.font(*font), foreground=ink, background=self._kit.palette.ground,
            wraplength=width, justify="left", anchor="nw", borderwidth=0, padx=0, pady=0,
        )  # fmt: skip

    def _shorten(self, frame: tk.Frame, body: tk.Label) -> None:
        """Leave out of the text's end what there is no room for."""
        highest = min(self._kit.px(HIGHEST), self._area.height - 2 * self._kit.px(MARGIN))
        words = body.cget("text").split(" ")
        frame.update_idletasks()
        while frame.winfo_reqheight() > highest and len(words) > 1:
            del words[-max(1, len(words) // 10) :]
            body.configure(text=" ".join(words) + " …")
            frame.update_idletasks()

    def _figure(self, path: str | None) -> ImageTk.PhotoImage | None:
        """Return the picture, as large as there is room; None where there is none, or it cannot be read."""
        if path is None:
            return None
        size = self._kit.px(PICTURE)
        try:
            with Image.open(path) as image:
                figure = ImageOps.contain(image.convert("RGBA"), (size, size))
        except (OSError, ValueError):
            return None
        ground = Image.new("RGBA", figure.size, self._kit.palette.ground)
        return ImageTk.PhotoImage(Image.alpha_composite(ground, figure).convert("RGB"), master=self._root)

    def _buttons(self, row: tk.Frame, choices: Sequence[Choice]) -> list[Button]:
        """Put the choices in a row, the first as the main one, the last apart from the others."""
        buttons = []
        for column, choice in enumerate(choices):
            button = Button(row, self._kit, (choice.label,), self._answering(choice.key), main=column == 0)
            last = column == len(choices) - 1
            button.widget.grid(
                row=0, column=column, sticky="e" if last else "w", padx=(self._kit.px(GAP) if column else 0, 0)
            )
            if last:
                row.columnconfigure(column, weight=1)
            buttons.append(button)
        return buttons

    def _cross(self, parent: tk.Frame) -> tk.Label:
        """Return what waves the prompt away by a click; a key for it is Escape."""
        kit, palette = self._kit, self._kit.palette
        cross = tk.Label(
            parent, text="\N{MULTIPLICATION SIGN}", font=kit.font(look.LEAD), cursor="hand2", takefocus=False,
            foreground=palette.quiet, background=palette.ground, padx=kit.px(7), pady=0, borderwidth=0,
        )  # fmt: skip
        cross.bind("<Enter>", lambda _event: cross.configure(background=palette.hover, foreground=palette.ink))
        cross.bind("<Leave>", lambda _event: cross.configure(background=palette.ground, foreground=palette.quiet))
        cross.bind("<ButtonRelease-1>", lambda _event: self._wave())
        return cross

    def _place(self) -> None:
        """Take the corner in which notifications come."""
        self._root.update_idletasks()
        width, height = self._content.winfo_reqwidth(), self._content.winfo_reqheight()
        area, margin = self._area, self._kit.px(MARGIN)
        self._root.geometry(f"{width}x{height}+{area.left + area.width - width - margin}+{area.top + margin}")

    def _frame(self) -> None:
        """Say by the frame's colour whether keys work here."""
        palette, listens = self._kit.palette, self._guard.listens
        self._content.configure(highlightbackground=palette.focus if listens else palette.edge or palette.track)

    # --- what happens ---

    def _step(self, way: str) -> None:
        getattr(self._root.focus_get() or self._root, way)().focus_set()

    def _hear(self) -> None:
        """Show what the daemon says; without it there is nobody to answer to."""
        prompts = _heard(self._link)
        if prompts:
            self.show(prompts[-1])
        elif self._link.fileno() < 0:
            self._root.destroy()

    def _answering(self, choice: str) -> Act:
        return lambda: self._end("answered", choice) if choice else self._wave()

    def _wave(self) -> None:
        self._end("waved")

    def _end(self, kind: str, choice: str | None = None) -> None:
        self._link(kind, {"token": self._prompt.token, "choice": choice})
        self._root.destroy()
