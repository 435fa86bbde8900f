"""The picture in the routine's window: the figure, what to do now, for how long, on which side, and what comes next.

Law: what is on the screen changes only when what it shows has changed, and everything has its place at every size.
"""

import math
import tkinter as tk
from collections.abc import Iterable
from dataclasses import replace
from typing import Any, NamedTuple

from PIL import ImageTk

from breakd.routines import wording
from breakd.routines.exercises import CAUTION
from breakd.routines.session import Session
from breakd.routines.timeline import Phase, Player
from breakd.texts import _
from breakd.windows import look
from breakd.windows.kit import Changes, Kit
from breakd.windows.look import PALETTES
from breakd.windows.picture import Budget, Figure

WIDE, HIGH = 1100, 700
"""The size of the window on an ordinary screen, for which everything is drawn."""

RING_STEPS = 15
"""How often in a second the ring moves."""

_LETTERS = (
    *((label, look.LEAD) for label in (look.HUGE, 55, look.DISPLAY)),
    *((label, 18) for label in (look.DISPLAY, 44)),
    *((label, look.BODY) for label in (44, look.LARGE, 35, look.HEADLINE)),
    *((label, 14) for label in (look.HEADLINE, look.TITLE, look.LEAD)),
    (look.LEAD, look.CAPTION),
    (look.BODY, look.CAPTION),
)
"""The sizes of what to do now and of its full sentence, the best first."""


class Box(NamedTuple):
    """A place in the window, in pixels."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return max(1, self.right - self.left)

    @property
    def height(self) -> int:
        return max(1, self.bottom - self.top)

    @property
    def middle(self) -> tuple[int, int]:
        return (self.left + self.right) // 2, (self.top + self.bottom) // 2


def split(body: Box, gap: int) -> tuple[Box, Box]:
    """Return the square of the picture and the column of words: beside it, or below where there is more height."""
    if body.height > body.width:
        side = min(body.width, body.height // 2)
        left = (body.left + body.right - side) // 2
        return (
            Box(left, body.top, left + side, body.top + side),
            Box(body.left, body.top + side + gap, body.right, body.bottom),
        )
    side = min(body.height, body.width * 46 // 100)
    top = (body.top + body.bottom - side) // 2
    return (
        Box(body.left, top, body.left + side, top + side),
        Box(body.left + side + gap, top, body.right, top + side),
    )


class Stage:
    """Everything but the buttons. `lay_out` gives it its places, `refresh` brings it to the session's present."""

    def __init__(self, canvas: tk.Canvas, session: Session, theme: str, *, reduced_motion: bool) -> None:
        self.farewell = ""
        """What is said at the end, beside the greeting."""
        self._canvas = canvas
        self._session = session
        self._palette = PALETTES[theme]
        self._once = Changes()
        self._pictures: dict[str, ImageTk.PhotoImage] = {}
        self._ring_steps = 1 if reduced_motion else RING_STEPS
        self._figure = Figure(theme, reduced_motion=reduced_motion)
        self._draw()

    def _draw(self) -> None:
        """Make all items; `lay_out` gives them their places."""
        canvas, palette = self._canvas, self._palette

        def text(ink: str, anchor: str = "nw") -> int:
            place: dict[str, Any] = {"anchor": anchor, "justify": "center" if anchor == "n" else "left"}
            return canvas.create_text(0, 0, fill=ink, **place)

        self._images: list[int] = []

        def picture(anchor: str = "nw") -> int:
            place: dict[str, Any] = {"anchor": anchor}
            self._images.append(canvas.create_image(0, 0, **place))
            return self._images[-1]

        self._left = text(palette.quiet, "e")
        self._bar = picture()
        self._card, self._drawing, self._mirror = picture(), picture("center"), text(palette.quiet, "s")
        self._badge, self._mark = picture("w"), text(palette.strong, "center")
        self._side, self._count = text(palette.ink, "w"), text(palette.strong, "w")
        self._label, self._sentence = text(palette.ink), text(palette.quiet)
        self._ring, self._seconds = picture(), text(palette.ink, "center")
        self._cue, self._next = text(palette.strong, "w"), text(palette.quiet, "w")
        self._strip, self._caution = picture(), text(palette.on_caution, "w")
        self._tick, self._greeting = picture("n"), text(palette.ink, "n")
        self._practised, self._farewell = text(palette.quiet, "n"), text(palette.ink, "n")
        self._at_the_end = (self._tick, self._greeting, self._practised, self._farewell)
        self._in_the_routine = (
            *(self._card, self._drawing, self._mirror, self._badge, self._mark, self._side, self._count, self._label),
            *(
                self._bar,
                self._sentence,
                self._ring,
                self._seconds,
                self._cue,
                self._next,
                self._strip,
                self._caution,
                self._left,
            ),
        )

    # --- Places ---

    def lay_out(self, kit: Kit, header: Box, body: Box) -> None:
        """Put the bar below the header, the caution at the bottom of the body, and between them picture and words."""
        px, canvas = kit.px, self._canvas
        for item in self._images:  # one that shows a picture which is gone would fail
            canvas.itemconfigure(item, image="")
        self._kit, self._once, self._pictures = kit, Changes(), {}
        timeline = self._session.player.timeline
        canvas.itemconfigure(self._left, font=kit.font(look.LEAD))
        canvas.coords(self._left, header.right, (header.top + header.bottom) // 2)
        self._pictures["bar"] = ImageTk.PhotoImage("RGB", (body.width, px(6)), master=canvas)
        canvas.itemconfigure(self._bar, image=self._pictures["bar"])
        canvas.coords(self._bar, body.left, header.bottom - px(3))
        top = body.top + px(20)
        bottom = self._lay_out_caution(body) - px(18)
        column = Box(body.left, top, body.right, bottom)
        if self._figure.shows(timeline.phases, timeline.exercise.figure):
            picture, column = split(column, px(36))
            self._lay_out_picture(picture)
        self._lay_out_column(column)
        self._lay_out_end(Box(body.left, top, body.right, body.bottom))
        self.refresh()

    def _lay_out_caution(self, body: Box) -> int:
        """Put the caution at the bottom, high enough for each of its texts; return its upper edge."""
        kit, canvas = self._kit, self._canvas
        font = kit.font(14)
        inset = kit.px(16)
        width = body.width - 2 * inset
        canvas.itemconfigure(self._caution, width=width, font=font)
        high = max(self._height(self._caution, words) for words in self._cautions()) + kit.px(18)
        canvas.coords(self._strip, body.left, body.bottom - high)
        canvas.coords(self._caution, body.left + inset, body.bottom - high // 2)
        self._plate("strip", self._strip, (body.width, high), self._palette.caution)
        return body.bottom - high

    def _lay_out_picture(self, place: Box) -> None:
        px, canvas = self._kit.px, self._canvas
        canvas.coords(self._card, place.left, place.top)
        self._plate("card", self._card, (place.width, place.height), self._palette.card)
        self._budget = Budget()
        size = self._figure.fit(place.width - 2 * px(14))
        self._pictures["drawing"] = ImageTk.PhotoImage("RGB", (size, size), master=canvas)
        canvas.coords(self._drawing, *place.middle)
        canvas.itemconfigure(self._drawing, image=self._pictures["drawing"])
        canvas.coords(self._mirror, (place.left + place.right) // 2, place.bottom - px(10))
        words = wording.mirror(self._session.player.timeline.exercise)
        canvas.itemconfigure(self._mirror, text=words, font=self._kit.font(look.CAPTION), width=place.width)

    def _lay_out_column(self, column: Box) -> None:
        """Stack side and count, the words, and below them the ring beside what comes next."""
        kit, canvas, px = self._kit, self._canvas, self._kit.px
        self._column = column
        phases = self._session.player.timeline.phases
        top = column.top
        if any(phase.side or phase.times for phase in phases):
            self._tags_at = column.left, top + px(20)
            top += px(52)
            self._plate("badge", self._badge, (px(40), px(40)), self._palette.main, radius=12)
            for item, size in ((self._mark, look.LEAD), (self._side, look.LEAD), (self._count, look.TITLE)):
                canvas.itemconfigure(item, font=kit.font(size, "bold"))
        ring = min(max(px(84), column.height * 30 // 100), px(190), column.width // 2)
        self._words = Box(column.left, top, column.right, column.bottom - ring - px(14))
        self._choose_letters(phases)
        canvas.coords(self._label, column.left, top)
        ready = min(column.bottom - self._below_label(_(phases[0].label)) - px(10), column.width * 6 // 10)
        self._sizes = (ring, max(ring, ready))
        canvas.itemconfigure(self._cue, font=kit.font(look.HEADLINE, "bold"), anchor="sw")

    def _choose_letters(self, phases: Iterable[Phase]) -> None:
        """Take the largest letters in which each of the phases fits; the sentence goes where it never would."""
        exercise = self._session.player.timeline.exercise
        texts = sorted(
            {(_(phase.label), wording.sentence(exercise, phase)) for phase in phases},
            key=lambda text: -len(text[0]) - len(text[1]),
        )
        for sizes in _LETTERS:
            self._letters = sizes
            self._set_letters()
            if all(self._fits(*text) for text in texts):
                return
        for size in (14, 12, 10):
            self._letters = (size, 0)
            self._set_letters()
            if all(self._fits(label, "") for label, _sentence in texts):
                return

    def _set_letters(self) -> None:
        label, sentence = self._letters
        self._canvas.itemconfigure(self._label, font=self._kit.font(label, "bold"), width=self._words.width)
        # Lines longer than this are hard to follow.
        width = min(self._words.width, self._kit.px((sentence or 1) * 34))
        self._canvas.itemconfigure(self._sentence, font=self._kit.font(sentence or 1), width=width)

    def _fits(self, label: str, sentence: str) -> bool:
        canvas = self._canvas
        bottom = self._below_label(label)
        if sentence:
            bottom += self._height(self._sentence, sentence)
        left, _top, right, _bottom = canvas.bbox(self._label)
        return bottom <= self._words.bottom and right - left <= self._words.width + 2

    def _below_label(self, label: str) -> int:
        """Return where what follows the label begins."""
        return self._words.top + self._height(self._label, label) + self._kit.px(10)

    def _lay_out_end(self, body: Box) -> None:
        kit, canvas, px = self._kit, self._canvas, self._kit.px
        size = max(px(64), min(body.height * 32 // 100, px(200)))
        self._pictures["tick"] = ImageTk.PhotoImage(look.tick_mark(size, self._palette), master=canvas)
        canvas.itemconfigure(self._tick, image=self._pictures["tick"])
        for item, font in (
            (self._greeting, kit.font(look.DISPLAY, "bold")),
            (self._practised, kit.font(look.LEAD)),
            (self._farewell, kit.font(look.LEAD)),
        ):
            canvas.itemconfigure(item, font=font, width=min(body.width, px(820)))
        self._end = body, size

    def _height(self, item: int, words: str) -> int:
        """Give the item this text, and return how high that is."""
        self._canvas.itemconfigure(item, text=words)
        box = self._canvas.bbox(item)
        return box[3] - box[1] if box else 0

    def _plate(self, key: str, item: int, size: look.Size, colour: str, radius: int = 16) -> None:
        picture = look.plate(
            size,
            self._kit.px(radius),
            self._palette.ground,
            colour,
            outline=self._palette.edge,
            line=max(1, self._kit.px(1.5)),
        )
        self._pictures[key] = ImageTk.PhotoImage(picture, master=self._canvas)
        self._canvas.itemconfigure(item, image=self._pictures[key])

    # --- What is shown ---

    def refresh(self) -> None:
        """Bring the picture to the session's present."""
        if self._session.outcome:
            self._once("end", self._show_end, self.farewell)
            return
        player = self._session.player
        timeline, phase = player.timeline, player.phase
        once = self._once
        once("view", self._show_routine)
        once("left", self._say, self._left, _("{time} left").format(time=wording.minutes(player.remaining)))
        wide = self._pictures["bar"].width()
        once("bar", self._fill, round(wide * player.position / timeline.length) / wide)
        once("caution", self._say, self._caution, self._cautions()[player.index >= timeline.work])
        once("tags", self._show_tags, phase)
        counts_in = wording.counts_in(player)
        once("words", self._show_words, _(phase.label), "" if counts_in else wording.sentence(timeline.exercise, phase))
        cue = _("Paused") if player.paused else wording.breath(player)
        once("beside", self._show_beside, counts_in, cue, wording.coming(player))
        self._show_ring(player, big=counts_in)
        if "drawing" in self._pictures and self._budget.allows() and self._figure.changed(player):
            self._pictures["drawing"].paste(self._figure.picture())

    def _say(self, item: int, words: str) -> None:
        self._canvas.itemconfigure(item, text=words)

    def _cautions(self) -> tuple[str, str]:
        """Return what is said at the start, and then."""
        stop = self._session.player.timeline.exercise.stop
        return _(CAUTION), _("Stop: {signs}").format(signs=_(stop)) if stop else _(CAUTION)

    def _show_routine(self) -> None:
        for item in (*self._at_the_end, *self._in_the_routine):
            self._canvas.itemconfigure(item, state="hidden" if item in self._at_the_end else "normal")

    def _show_tags(self, phase: Phase) -> None:
        """Show which side it is, and which repetition."""
        canvas, px = self._canvas, self._kit.px
        mark = wording.side_mark(phase)
        canvas.itemconfigure(self._badge, state="normal" if mark else "hidden")
        shown = (mark, wording.side(self._session.player.timeline.exercise, phase), wording.count(phase))
        if not any(shown):
            for item in (self._mark, self._side, self._count):
                self._say(item, "")
            return
        x, y = self._tags_at
        canvas.coords(self._badge, x, y)
        canvas.coords(self._mark, x + px(20), y)
        x += px(54) if mark else 0
        self._say(self._mark, mark)
        for item, words in zip((self._side, self._count), shown[1:], strict=True):
            self._say(item, words)
            canvas.coords(item, x, y)
            x = canvas.bbox(item)[2] + px(22) if words else x

    def _show_words(self, label: str, sentence: str) -> None:
        canvas = self._canvas
        y = self._below_label(label)
        canvas.coords(self._sentence, self._words.left, y)
        self._say(self._sentence, sentence if self._letters[1] else "")

    def _show_beside(self, counts_in: bool, cue: str, coming: str) -> None:  # noqa: FBT001 - Changes compares it
        """Show beside the ring what to do within the phase, and what comes after it."""
        canvas, px, column = self._canvas, self._kit.px, self._column
        size = self._sizes[counts_in]
        x, middle = column.left + size + px(24), column.bottom - size // 2
        for item in (self._cue, self._next):
            canvas.itemconfigure(item, width=max(1, column.right - x))
        self._say(self._cue, cue)
        canvas.itemconfigure(self._next, anchor="nw" if cue else "w")
        canvas.coords(self._cue, x, middle)
        canvas.coords(self._next, x, middle + (px(4) if cue else 0))
        self._say_within(self._next, coming, size // 2 if cue else size)

    def _say_within(self, item: int, words: str, room: int) -> None:
        """Show the text in the largest letters in which it is no higher than this, or as much of it as there can be."""
        for letters in (look.LEAD, 18, look.BODY, 14, look.CAPTION):
            self._canvas.itemconfigure(item, font=self._kit.font(letters))
            if self._height(item, words) <= room:
                return
        some = words.split()
        while len(some) > 1 and self._height(item, " ".join(some) + " …") > room:
            some.pop()

    def _show_ring(self, player: Player, *, big: bool) -> None:
        """Show how much of the phase is left."""
        size, phase = self._sizes[big], player.phase
        self._once("ring's size", self._size_ring, size)
        seconds = phase.end - player.position
        words = wording.countdown(seconds)
        self._once("seconds", self._show_seconds, words, size)
        share = min(1, math.ceil(seconds * self._ring_steps) / self._ring_steps / phase.seconds)
        # No step is smaller than about two pixels of its edge.
        self._once("ring", self._turn, round(share * size * 1.5), player.paused)

    def _size_ring(self, size: int) -> None:
        canvas, column = self._canvas, self._column
        self._pictures["ring"] = ImageTk.PhotoImage("RGB", (size, size), master=canvas)
        canvas.itemconfigure(self._ring, image=self._pictures["ring"])
        canvas.coords(self._ring, column.left, column.bottom - size)
        canvas.coords(self._seconds, column.left + size // 2, column.bottom - size // 2)

    def _show_seconds(self, words: str, size: int) -> None:
        share = 0.42 if len(words) <= 2 else 0.27  # noqa: PLR2004 - seconds, or minutes and seconds
        font = self._kit.font(size * share / self._kit.scale, "bold")
        self._canvas.itemconfigure(self._seconds, text=words, font=font)

    def _turn(self, steps: int, paused: bool) -> None:  # noqa: FBT001 - Changes compares it
        picture = self._pictures["ring"]
        palette = replace(self._palette, accent=self._palette.quiet) if paused else self._palette
        picture.paste(look.ring(min(1, steps / (picture.width() * 1.5)), picture.width(), palette))

    def _fill(self, share: float) -> None:
        bar = self._pictures["bar"]
        bar.paste(look.bar(share, (bar.width(), bar.height()), self._palette))

    def _show_end(self, farewell: str) -> None:
        """Show that it is done, and what there is to say then."""
        canvas, px, player = self._canvas, self._kit.px, self._session.player
        for item in (*self._at_the_end, *self._in_the_routine):
            canvas.itemconfigure(item, state="normal" if item in self._at_the_end else "hidden")
        body, tick = self._end
        texts = (
            (self._greeting, wording.greeting(player.timeline.exercise), px(20)),
            (self._practised, wording.practised(player), px(4)),
            (self._farewell, farewell, px(22)),
        )
        # The place of the farewell is kept: it comes a moment later.
        heights = [self._height(item, words) for item, words, _gap in texts]
        heights[-1] = max(heights[-1], px(54))
        x, middle = body.middle
        y = max(body.top, middle - (tick + sum(heights) + sum(gap for _i, _w, gap in texts)) // 2)
        canvas.coords(self._tick, x, y)
        y += tick
        for (item, _words, gap), height in zip(texts, heights, strict=True):
            canvas.coords(item, x, y + gap)
            y += gap + height
