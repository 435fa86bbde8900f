"""The window of a routine: what to do now, for how long, on which side, and what comes next.

Law: it shows the session and tells it the person's keys and clicks; what is on the screen changes only when what it
shows has changed, at most ten times a second.
"""

import math
import signal
import tkinter as tk
from collections.abc import Iterable
from types import FrameType, TracebackType
from typing import Any

from PIL import ImageTk

from breakd.routines import wording
from breakd.routines.exercises import CAUTION
from breakd.routines.session import NoWindowError, Session, elapsed
from breakd.texts import _
from breakd.windows import look
from breakd.windows.kit import Act, Button, Changes, Kit
from breakd.windows.look import PALETTES

_BEAT = 0.1
"""Seconds between two looks at the clock."""

_STAY_MS = 3000
"""How long the last view stays."""

_WIDE = 760
"""From this width on the steps stand beside the ring."""


def show(session: Session, theme: str) -> None:
    """Guide through the routine in a window until it is closed. Raises NoWindowError where there is no screen."""
    try:
        root = tk.Tk(className="breakd")
    except tk.TclError as error:
        raise NoWindowError(_("no window can be opened: {reason}").format(reason=error)) from error
    window = _Window(root, session, Kit(root, PALETTES.get(theme, PALETTES["light"])))

    def end(_signal: int, _frame: FrameType | None) -> None:
        window.leaving = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    root.mainloop()
    if window.error:
        raise window.error


class _Stage:
    """The picture above the buttons: header, ring, the current phase, the steps, the caution."""

    def __init__(self, root: tk.Tk, session: Session, kit: Kit) -> None:
        self._session = session
        self._kit = kit
        self._exercise = session.player.timeline.exercise
        self._once = Changes()
        self._pictures: dict[str, ImageTk.PhotoImage] = {}
        self._laid_out = False
        self._canvas = tk.Canvas(root, width=1, height=1, background=kit.palette.ground, highlightthickness=0)
        self._canvas.pack(fill="both", expand=True)
        self._canvas.bind("<Configure>", lambda event: self._lay_out(event.width, event.height))
        self._draw()

    def _draw(self) -> None:
        """Make all items; `_lay_out` gives them their places."""
        kit, canvas, palette = self._kit, self._canvas, self._kit.palette

        def text(size: float, ink: str, anchor: str = "n", weight: str = "normal", words: str = "") -> int:
            place: dict[str, Any] = {"anchor": anchor, "justify": "center" if anchor in {"n", "center"} else "left"}
            return canvas.create_text(0, 0, text=words, fill=ink, font=kit.font(size, weight), **place)

        self._name = text(24, palette.ink, "w", "bold", _(self._exercise.name))
        self._left = text(20, palette.quiet, "e")
        self._track = canvas.create_rectangle(0, 0, 0, 0, fill=palette.track, width=0)
        self._bar = canvas.create_rectangle(0, 0, 0, 0, fill=palette.accent, width=0)
        self._card = canvas.create_image(0, 0, anchor="nw")
        self._mark = canvas.create_rectangle(0, 0, 0, 0, fill=palette.accent, width=0)
        steps = [_(step) for step in self._exercise.steps]
        self._numbers = [text(15, palette.quiet, "nw", words=str(n)) for n in range(1, len(steps) + 1)]
        self._steps = [text(15, palette.quiet, "nw", words=step) for step in steps]
        easier = _("Easier: {how}").format(how=_(self._exercise.easier))
        self._easier = text(14, palette.quiet, "nw", words=easier)
        self._strip = canvas.create_image(0, 0, anchor="nw")
        self._caution = text(14, palette.on_caution, "w")
        self._ring = canvas.create_image(0, 0, anchor="n")
        self._seconds = text(60, palette.ink, "center", "bold")
        self._paused = text(16, palette.quiet, "center")
        self._label = text(34, palette.ink, "n", "bold")
        self._note = text(22, palette.strong, "n", "bold")
        self._next = text(17, palette.quiet, "n")

    # --- Places ---

    def _lay_out(self, width: int, height: int) -> None:
        """Give everything its place: header above, caution below, between them ring and phase, and the steps beside."""
        px, canvas = self._kit.px, self._canvas
        edge = px(28)
        canvas.coords(self._name, edge, px(36))
        canvas.coords(self._left, width - edge, px(36))
        self._bar_box = (edge, px(62), width - edge, px(67))
        canvas.coords(self._track, *self._bar_box)
        top, bottom = px(82), self._lay_out_caution(edge, width - edge, height) - px(14)
        right = width - edge
        if width >= px(_WIDE):
            right -= min(px(420), width * 45 // 100)
            self._lay_out_steps(right, top, width - edge, bottom)
            right -= px(24)
        for item in (self._card, self._mark, *self._numbers, *self._steps, self._easier):
            canvas.itemconfigure(item, state="normal" if width >= px(_WIDE) else "hidden")
        self._lay_out_phase(edge, top, right, bottom)
        self._laid_out = True
        self._once = Changes()
        self.refresh()

    def _lay_out_caution(self, left: int, right: int, bottom: int) -> int:
        """Put the caution at the bottom, high enough for each of its texts; return its upper edge."""
        px, canvas = self._kit.px, self._canvas
        canvas.itemconfigure(self._caution, width=right - left - px(32))
        heights = [self._height(self._caution, words) for words in self._cautions()]
        high = max(heights) + px(20)
        canvas.coords(self._strip, left, bottom - high)
        canvas.coords(self._caution, left + px(16), bottom - high // 2)
        self._plate("strip", self._strip, right - left, high, self._kit.palette.caution)
        return bottom - high

    def _height(self, item: int, words: str) -> int:
        self._canvas.itemconfigure(item, text=words)
        _left, top, _right, bottom = self._canvas.bbox(item)
        return bottom - top

    def _plate(self, key: str, item: int, width: int, height: int, colour: str) -> None:
        picture = look.plate((width, height), self._kit.px(14), self._kit.palette.ground, colour)
        self._pictures[key] = ImageTk.PhotoImage(picture, master=self._canvas)
        self._canvas.itemconfigure(item, image=self._pictures[key])

    def _lay_out_steps(self, left: int, top: int, right: int, bottom: int) -> None:
        """Put the steps on their card, in the largest letters that fit."""
        px, canvas = self._kit.px, self._canvas
        canvas.coords(self._card, left, top)
        self._plate("card", self._card, right - left, bottom - top, self._kit.palette.card)
        for size in (17, 16, 15, 14, 13, 12, 11):
            end = self._stack_steps(left + px(22), top + px(18), right - px(18), size)
            if end <= bottom - px(14):
                break

    def _stack_steps(self, left: int, top: int, right: int, size: int) -> int:
        """Put the steps one below the other; return where they end."""
        px, canvas = self._kit.px, self._canvas
        y = top
        column = left + px(size * 1.6)
        rows = [*zip(self._numbers, self._steps, strict=True), (None, self._easier)]
        for number, step in rows:
            x = left if number is None else column
            y += 0 if number else px(size * 0.6)
            canvas.itemconfigure(step, font=self._kit.font(size), width=right - x)
            canvas.coords(step, x, y)
            if number is not None:
                canvas.itemconfigure(number, font=self._kit.font(size, "bold"))
                canvas.coords(number, left, y)
            y = canvas.bbox(step)[3] + px(size * 0.6)
        return y - px(size * 0.6)

    def _lay_out_phase(self, left: int, top: int, right: int, bottom: int) -> None:
        """Put the ring where there is room for it, and what it counts below."""
        px, canvas = self._kit.px, self._canvas
        self._label_box = (right - left, px(86 if bottom - top > px(330) else 58))
        below = px(14) + self._label_box[1] + px(66)
        self._size = max(px(110), min(bottom - top - below, right - left, px(420)))
        x, y = (left + right) // 2, top + max(0, (bottom - top - below - self._size) // 2)
        self._pictures["ring"] = ImageTk.PhotoImage("RGB", (self._size, self._size), master=canvas)
        canvas.itemconfigure(self._ring, image=self._pictures["ring"])
        canvas.itemconfigure(self._seconds, font=self._kit.font(self._size * 0.3 / px(1), "bold"))
        canvas.coords(self._ring, x, y)
        canvas.coords(self._seconds, x, y + self._size // 2)
        canvas.coords(self._paused, x, y + self._size * 72 // 100)
        canvas.coords(self._label, x, y + self._size + px(14))

    # --- What is shown ---

    def refresh(self) -> None:
        """Bring the picture to the session's present, once it has a size."""
        if not self._laid_out:
            return
        player, canvas = self._session.player, self._canvas
        timeline, phase, ended = player.timeline, player.phase, self._session.outcome
        share = (phase.end - player.position) / phase.seconds
        left, _top, right, _bottom = self._bar_box
        texts = {
            self._left: "" if ended else _("{time} left").format(time=wording.minutes(player.remaining)),
            self._seconds: "" if ended else wording.countdown(phase.end - player.position),
            self._paused: _("paused") if player.paused and not ended else "",
            self._note: wording.practised(player) if ended else wording.side_and_count(self._exercise, phase),
            self._next: "" if ended else wording.coming(player),
            self._caution: self._cautions()[player.index >= timeline.work],
        }
        for item, words in texts.items():
            self._once(f"text {item}", lambda words, item=item: canvas.itemconfigure(item, text=words), words)
        self._once("label", self._say, _("Done") if ended else _(phase.label), bool(texts[self._note]))
        self._once("step", self._mark_step, 0 if ended else phase.step)
        self._once("ring", self._turn, None if ended else math.ceil(share * 360))
        self._once(
            "bar", self._fill, left + round((right - left) * (1 if ended else player.position / timeline.length))
        )

    def _cautions(self) -> tuple[str, str]:
        """Return what is said at the start, and then."""
        return _(CAUTION), _("Stop: {signs}").format(signs=_(self._exercise.stop))

    def _say(self, words: str, noted: bool) -> None:  # noqa: FBT001 - one of the values that Changes compares
        """Show the phase in the largest letters that fit its box; below it the note, if there is one, and the next."""
        px, canvas = self._kit.px, self._canvas
        wide, high = self._label_box
        for size in (34, 30, 26, 22, 18):
            canvas.itemconfigure(self._label, font=self._kit.font(size, "bold"), width=wide)
            if self._height(self._label, words) <= high:
                break
        x, y = canvas.coords(self._label)
        y += self._height(self._label, words) + px(6)
        canvas.coords(self._note, x, y)
        canvas.coords(self._next, x, y + px(34 if noted else 0))

    def _mark_step(self, step: int) -> None:
        palette, canvas, px = self._kit.palette, self._canvas, self._kit.px
        for n, items in enumerate(zip(self._numbers, self._steps, strict=True), start=1):
            for item in items:
                canvas.itemconfigure(item, fill=palette.ink if n == step else palette.quiet)
        box = canvas.bbox(self._steps[step - 1]) if step else None  # none also where the steps are hidden
        if box:
            left, _y = canvas.coords(self._numbers[step - 1])
            canvas.coords(self._mark, left - px(12), box[1], left - px(8), box[3])
        else:
            canvas.coords(self._mark, 0, 0, 0, 0)

    def _turn(self, degrees: int | None) -> None:
        """Show how much of the phase is left; None: all is done."""
        look_of = self._size, self._kit.palette
        picture = look.tick_mark(*look_of) if degrees is None else look.ring(degrees / 360, *look_of)
        self._pictures["ring"].paste(picture)

    def _fill(self, x: int) -> None:
        left, top, _right, bottom = self._bar_box
        self._canvas.coords(self._bar, left, top, x, bottom)


class _Window:
    """Keys, buttons and the beat.

    `leaving` asks it to close at its next look at the clock; `error` is why it closed, if it failed.
    """

    def __init__(self, root: tk.Tk, session: Session, kit: Kit) -> None:
        self.leaving = False
        self.error: BaseException | None = None
        self._root = root
        self._session = session
        self._once = Changes()
        root.report_callback_exception = self._fail
        root.withdraw()
        root.configure(background=kit.palette.ground)
        self._buttons = self._add_buttons(kit)
        self._stage = _Stage(root, session, kit)
        self._bind_keys()
        # Room for a panel and a title bar on a small screen.
        wide, high = root.winfo_screenwidth() - 40, root.winfo_screenheight() - 80
        root.geometry(f"{min(kit.px(900), wide)}x{min(kit.px(680), high)}")
        root.update_idletasks()
        root.minsize(max(kit.px(500), root.winfo_reqwidth()), kit.px(460))
        self._start, self._beats = elapsed(), 0
        root.bind("<Map>", self._on_map)
        root.after_idle(self._beat)
        root.deiconify()

    def _add_buttons(self, kit: Kit) -> dict[str, Button]:
        """Put the row of buttons at the bottom: those that move in time left, those that end right."""
        row = tk.Frame(self._root, background=kit.palette.ground)
        row.pack(side="bottom", fill="x", padx=kit.px(28), pady=(kit.px(14), kit.px(20)))
        session = self._session
        buttons = {
            "back": Button(row, kit, (_("Back"),), self._acting(session.back)),
            "pause": Button(row, kit, (_("Pause"), _("Resume")), self._acting(session.toggle), main=True),
            "next": Button(row, kit, (_("Next"),), self._acting(session.next)),
            "done": Button(row, kit, (_("Done"),), self._acting(session.done)),
            "close": Button(row, kit, (_("Close"),), self._close),
        }
        for column, key in zip((0, 1, 2, 4, 5), buttons, strict=True):
            buttons[key].widget.grid(row=0, column=column, padx=(0 if column == 0 else kit.px(8), 0))
        row.grid_columnconfigure(3, weight=1)
        return buttons

    def _bind_keys(self) -> None:
        root, session = self._root, self._session
        root.protocol("WM_DELETE_WINDOW", self._close)
        self._bind(("<Escape>",), self._close)
        self._bind(("<Right>",), self._acting(session.next))
        self._bind(("<Left>",), self._acting(session.back))
        self._bind(("<space>",), self._acting(session.toggle))
        self._bind(("<Return>", "<KP_Enter>"), self._acting(session.done))

    def _bind(self, keys: Iterable[str], act: Act) -> None:
        for key in keys:
            self._root.bind(key, lambda _event: act())

    def _acting(self, act: Act) -> Act:
        """Return the act with the view brought up to date; once the routine has ended, each key closes the window."""

        def acted() -> None:
            if self._session.outcome:
                self._root.destroy()
            else:
                act()
                self._refresh()

        return acted

    def _fail(self, _kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        """Close instead of going on half alive: Tk would only print the error."""
        self.error = error
        self._root.destroy()

    def _on_map(self, _event: "tk.Event[tk.Misc]") -> None:
        self._root.unbind("<Map>")
        self._root.after_idle(self._session.opened)

    def _close(self) -> None:
        self._session.close()
        self._root.destroy()

    def _beat(self) -> None:
        """Look at the clock, and again at the next tenth of a second counted from the start."""
        if self.leaving:
            self._close()
            return
        self._session.tick()
        self._refresh()
        passed = elapsed() - self._start
        self._beats = max(self._beats + 1, int(passed / _BEAT))
        self._root.after(max(1, round((self._beats * _BEAT - passed) * 1000)), self._beat)

    def _refresh(self) -> None:
        player, outcome = self._session.player, self._session.outcome
        self._once("title", self._root.title, _("Done") if outcome else wording.title(player))
        self._once("pause", self._buttons["pause"].say, int(player.paused))
        self._stage.refresh()
        if outcome:
            self._once("ended", self._say_goodbye)

    def _say_goodbye(self) -> None:
        """Leave only Close, and close by itself after a while."""
        for key in ("back", "pause", "next", "done"):
            self._buttons[key].widget.grid_remove()
        self._root.after(_STAY_MS, self._root.destroy)
