"""The welcome: what breakd does, the caution, and a few questions, on three short pages.

Laws: it shows, asks and hands the answers over; Escape, Skip and closing it answer nothing, nor does what was meant for
something else (see guard.py). One that nobody asked for comes without taking the keyboard, and goes with the daemon.
"""

import signal
import tkinter as tk
from collections.abc import Callable
from dataclasses import replace

from PIL import ImageTk

from breakd.config.answers import DAY_NAMES, PROFILES, PURPOSE, SHORT_EVERY, SOUNDS, WALK_EVERY, Answers, problems
from breakd.ports import Area
from breakd.routines.drawing import INKS, draw
from breakd.routines.exercises import CAUTION, CAUTIONS
from breakd.routines.figure import still
from breakd.routines.session import Link
from breakd.texts import _, duration, spell
from breakd.windows import look
from breakd.windows.choices import Choices, Line
from breakd.windows.guard import Guard
from breakd.windows.kit import Act, Button, Kit, Root
from breakd.windows.look import PALETTES
from breakd.windows.placing import come_quietly, whole

SIZE = (720, 540)
"""In pixels of an ordinary screen; with the frame of a window manager it fits one of 1024x600."""

_EDGE = 32
_INNER = SIZE[0] - 2 * _EDGE
_FRAME = 30
"""What a window manager's frame adds to the height."""

_FIGURE = 168

Save = Callable[[Answers], str | None]
"""Keeps the answers; returns why that cannot be done, None where it was."""


def show(suggested: Answers, save: Save, theme: str, area: Area | None, link: Link | None) -> bool:
    """Ask, with these answers suggested, until they are saved (True) or skipped, in the middle of the area.

    `theme` is one of look.PALETTES; `area` None is the whole screen; `link` is the line to the daemon where that opens
    it of its own accord. Raises NoWindowError where there is no screen.
    """
    root = Root()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)  # at once, with nothing asked: an exception would end in a callback
    welcome = _Welcome(root, area or whole(root), theme, suggested, save)
    if link is not None:
        root.createfilehandler(link, tk.READABLE, lambda *_: welcome.hear(link))
        come_quietly(root, bare=False)
    root.deiconify()
    root.run()
    return welcome.saved


def _scale(kit: Kit, area: Area) -> float:
    """Return how much larger than on an ordinary screen everything is: more on a large one, but so that it fits."""
    large = min(area.width / 1920, area.height / 1080)
    fits = min(area.width / SIZE[0], (area.height - kit.px(_FRAME)) / SIZE[1])
    return min(max(kit.scale, large), fits)


class _Welcome:
    """The window: one page at a time above the buttons."""

    def __init__(self, root: tk.Tk, area: Area, theme: str, suggested: Answers, save: Save) -> None:
        usual = Kit(root, PALETTES[theme], area.scale)
        self._kit = kit = Kit(root, PALETTES[theme], _scale(usual, area))
        self._root, self._save, self._suggested = root, save, suggested
        self.saved = False
        root.title(_("Welcome to breakd"))
        root.configure(background=kit.palette.ground)
        width, height = kit.px(SIZE[0]), kit.px(SIZE[1])
        left = area.left + (area.width - width) // 2
        top = area.top + (area.height - height - usual.px(_FRAME)) // 2
        root.geometry(f"{width}x{height}+{left}+{top}")
        root.resizable(width=False, height=False)
        root.protocol("WM_DELETE_WINDOW", root.destroy)
        self._bar = tk.Frame(root, background=kit.palette.ground)
        self._bar.pack(side="bottom", fill="x", padx=kit.px(_EDGE), pady=(0, kit.px(24)))
        self._hours = _Hours(root, kit, suggested)
        self._pages = (_Hello(root, kit, theme, self._tell_cautions), _Body(root, kit, suggested), self._hours)
        self._now: _Page | None = None
        self._first: Act = root.focus_set
        self._guard = Guard(root, self._turned)
        self._turn_to(0)

    def hear(self, link: Link) -> None:
        """Go where the daemon is gone: nobody would take the answers."""
        list(link.heard())
        if link.fileno() < 0:
            self._root.destroy()

    # --- the pages ----------------------------------------------------------------------------------------------

    def _turn_to(self, at: int) -> None:
        last = at == len(self._pages) - 1
        forward = self._finish if last else lambda: self._turn_to(at + 1)
        buttons = [(_("Done") if last else _("Next"), forward)]
        if at:
            buttons.append((_("Back"), lambda: self._turn_to(at - 1)))
        where = _("{n} of {all}").format(n=at + 1, all=len(self._pages))
        self._show(self._pages[at], buttons, (_("Skip"), self._root.destroy), where)

    def _tell_cautions(self) -> None:
        back = (_("Back"), lambda: self._turn_to(0))
        self._show(_Cautions(self._root, self._kit), [back], escape=back[1])

    def _finish(self) -> None:
        answers = self._suggested
        for page in self._pages:
            answers = page.answered(answers)
        if self._hours.tell(problems(answers)):
            return
        problem = self._save(answers)
        if problem is None:
            self.saved = True
            self._root.destroy()
            return
        buttons = [(_("Try again"), self._finish), (_("Back"), lambda: self._turn_to(len(self._pages) - 1))]
        self._show(_NotSaved(self._root, self._kit, problem), buttons, (_("Close"), self._root.destroy))

    def _show(
        self,
        page: "_Page",
        buttons: list[tuple[str, Act]],
        away: tuple[str, Act] | None = None,
        where: str = "",
        escape: Act | None = None,
    ) -> None:
        """Show the page with its buttons: the first is the main one, `away` stands apart at the left."""
        kit, ground = self._kit, self._kit.palette.ground
        if self._now is not None:
            self._now.widget.pack_forget()
        self._now = page
        page.widget.pack(side="top", fill="both", expand=True, padx=kit.px(_EDGE), pady=(kit.px(26), 0))
        for old in self._bar.winfo_children():
            old.destroy()
        self._bar.tkraise()  # the Tab key comes to the buttons after the page, and to the main one first
        made = [Button(self._bar, kit, (label,), act, main=not at) for at, (label, act) in enumerate(buttons)]
        for at, button in enumerate(made):
            button.widget.pack(side="right", padx=(0, kit.px(10) if at else 0))
        if away:
            Button(self._bar, kit, (away[0],), away[1]).widget.pack(side="left")
        font = kit.font(look.CAPTION)
        number = tk.Label(self._bar, text=where, font=font, foreground=kit.palette.quiet, background=ground)
        number.place(relx=0.5, rely=0.5, anchor="center")
        for key in ("<Return>", "<KP_Enter>"):
            self._root.bind(key, lambda _event: buttons[0][1]())
        self._root.bind("<Escape>", lambda _event: (escape or self._root.destroy)())
        self._first = page.focus or made[0].widget.focus_set
        self._guard.watch(self._root)
        (self._first if self._guard.listens else self._root.focus_set)()

    def _turned(self) -> None:
        """Outline the first control when keys begin to work, unless another one has them."""
        if not self._guard.listens:
            return
        self._root.attributes("-topmost", False)  # noqa: FBT003 - Tk's own order; it was seen, and others may cover it
        if self._root.focus_get() is self._root:
            self._first()


class _Page:
    """A page: a heading, and what the subclass puts below. `focus` gives the keyboard to its first question."""

    focus: Act | None = None

    def __init__(self, root: tk.Tk, kit: Kit, heading: str) -> None:
        self.kit = kit
        self.widget = tk.Frame(root, background=kit.palette.ground)
        self.say(heading, look.HEADLINE, "bold")

    def say(
        self, text: str, size: int = look.BODY, weight: str = "normal", above: int = 0, *, quiet: bool = False
    ) -> tk.Label:
        """Add a paragraph."""
        palette = self.kit.palette
        label = tk.Label(
            self.widget,
            text=text,
            font=self.kit.font(size, weight),
            foreground=palette.quiet if quiet else palette.ink,
            background=palette.ground,
            justify="left",
            anchor="w",
            wraplength=self.kit.px(_INNER),
            borderwidth=0,
            padx=0,
            pady=0,
        )
        label.pack(fill="x", pady=(self.kit.px(above), 0))
        return label

    def put(self, widget: tk.Frame | tk.Canvas, above: int = 8) -> None:
        """Add a control."""
        widget.pack(anchor="w", pady=(self.kit.px(above), 0))

    def answered(self, answers: Answers) -> Answers:
        """Return the answers with those of this page in them."""
        return answers


class _Hello(_Page):
    def __init__(self, root: tk.Tk, kit: Kit, theme: str, more: Act) -> None:
        super().__init__(root, kit, _("Welcome to breakd"))
        words = self.say(" ".join(map(_, PURPOSE)), look.LEAD, above=16)
        words.configure(wraplength=kit.px(_INNER - _FIGURE - 12))
        self._figure = ImageTk.PhotoImage(
            draw(still("helicopters", "A B"), kit.px(_FIGURE), replace(INKS[theme], background=kit.palette.ground)),
            master=root,
        )
        figure = tk.Label(self.widget, image=self._figure, background=kit.palette.ground, borderwidth=0)
        figure.place(relx=1, y=0, anchor="ne")
        self.put(_Note(self.widget, kit, _(CAUTION)), above=20)
        self.put(Button(self.widget, kit, (_("Who should ask first, and when to stop"),), more).widget, above=14)
        asks = _(
            "A few questions make it fit you. Skip them, and it begins with its defaults; all can be changed later."
        )
        self.say(asks, above=20)


class _Note(tk.Canvas):
    """A text on a card of its own, in the colours of a caution."""

    def __init__(self, parent: tk.Misc, kit: Kit, text: str) -> None:
        palette, edge, width = kit.palette, kit.px(18), kit.px(_INNER)
        super().__init__(parent, background=palette.ground, highlightthickness=0, borderwidth=0)
        plate, font = self.create_image(0, 0, anchor="nw"), kit.font(look.BODY)
        words = self.create_text(
            edge, edge, anchor="nw", text=text, width=width - 2 * edge, font=font, fill=palette.on_caution
        )
        height = self.bbox(words)[3] + edge
        picture = look.plate((width, height), kit.px(14), palette.ground, palette.caution, outline=palette.edge)
        self._picture = ImageTk.PhotoImage(picture, master=self)
        self.itemconfigure(plate, image=self._picture)
        self.configure(width=width, height=height)


class _Cautions(_Page):
    def __init__(self, root: tk.Tk, kit: Kit) -> None:
        super().__init__(root, kit, _("Before you begin"))
        for heading, text in CAUTIONS:
            self.say(_(heading), above=12, weight="bold")
            words = _(text)
            self.say(words[:1].upper() + words[1:], look.CAPTION, above=2)


class _Body(_Page):
    def __init__(self, root: tk.Tk, kit: Kit, suggested: Answers) -> None:
        super().__init__(root, kit, _("What suits you"))
        width = kit.px(_INNER)
        self.say(_("Can you get on the floor here?"), look.LEAD, "bold", above=20)
        self.say(
            _("Some exercises are done lying down. Each has one that takes its place."),
            look.CAPTION,
            above=4,
            quiet=True,
        )
        profiles = [(name, _(label)) for name, label in PROFILES]
        self._profile = Choices(self.widget, kit, profiles, {suggested.profile}, width, column=True)
        self.put(self._profile.widget, above=10)
        self.say(_("Sounds in the exercises?"), look.LEAD, "bold", above=26)
        self.say(_("Soft ones, when the next step begins."), look.CAPTION, above=4, quiet=True)
        sounds = [(name, _(label)) for name, label in SOUNDS]
        on = {"yes" if suggested.sound else "no"}
        self._sound = Choices(self.widget, kit, sounds, on, kit.px(320))
        self.put(self._sound.widget, above=10)
        self.focus = self._profile.focus

    def answered(self, answers: Answers) -> Answers:
        return replace(answers, profile=self._profile.chosen[0], sound=self._sound.chosen == ("yes",))


class _Hours(_Page):
    def __init__(self, root: tk.Tk, kit: Kit, suggested: Answers) -> None:
        super().__init__(root, kit, _("When to ask you"))
        width = kit.px(_INNER)
        self.say(_("Work hours"), look.BODY, "bold", above=14)
        days = [(name, _(label)) for name, label in DAY_NAMES]
        self._days = Choices(self.widget, kit, days, suggested.days, width, many=True, changed=self._forget)
        self.put(self._days.widget)
        self._hours = Line(self.widget, kit, suggested.hours, width, self._forget)
        self.put(self._hours.widget)
        self._hint = _("Windows of the day with a comma between; 22:00-06:00 crosses midnight.")
        self._told = self.say(self._hint, look.CAPTION, above=4, quiet=True)
        self._told.configure(pady=kit.px(3))
        self.say(_("A short break after sitting for"), look.BODY, "bold", above=13)
        self._short = _intervals(self.widget, kit, SHORT_EVERY, suggested.short)
        self.put(self._short.widget)
        self.say(_("A walk after sitting for"), look.BODY, "bold", above=16)
        self._walk = _intervals(self.widget, kit, WALK_EVERY, suggested.walk)
        self.put(self._walk.widget)
        self.focus = self._days.focus

    def answered(self, answers: Answers) -> Answers:
        return replace(
            answers,
            days=self._days.chosen,
            hours=self._hours.text,
            short=self._short.chosen[0],
            walk=self._walk.chosen[0],
        )

    def tell(self, problems: dict[str, str]) -> bool:
        if not problems:
            return False
        self._tell(" ".join(f"{text}." for text in problems.values()), wrong=True)
        (self._days if "days" in problems else self._hours).focus()
        return True

    def _forget(self) -> None:
        """Take back what was told of an answer that is being changed."""
        self._tell(self._hint, wrong=False)

    def _tell(self, text: str, *, wrong: bool) -> None:
        palette, px = self.kit.palette, self.kit.px
        ink, ground = (palette.on_caution, palette.caution) if wrong else (palette.quiet, palette.ground)
        weight = "bold" if wrong else "normal"
        font = self.kit.font(look.CAPTION, weight)
        self._told.configure(text=text, font=font, foreground=ink, background=ground, padx=px(8) if wrong else 0)


def _intervals(parent: tk.Misc, kit: Kit, every: tuple[str, ...], suggested: str) -> Choices:
    options = [(text, spell(duration(text))) for text in every]
    return Choices(parent, kit, options, {suggested}, kit.px(_INNER))


class _NotSaved(_Page):
    def __init__(self, root: tk.Tk, kit: Kit, problem: str) -> None:
        super().__init__(root, kit, _("This could not be saved"))
        self.put(_Note(self.widget, kit, problem), above=20)
        self.say(_("breakd goes on with its defaults. `breakd welcome` asks again."), above=20)
