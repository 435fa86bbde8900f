"""The window of a routine: keys, buttons, cues, and the beat that keeps its picture at the present.

Law: it shows the session and tells it the person's keys and clicks; it is on the screen as soon as it is drawn, and
whatever takes longer comes after that.
"""

import signal
import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from types import FrameType
from typing import Literal, Protocol

from breakd.ports import Area
from breakd.routines import wording
from breakd.routines.exercises import Exercise
from breakd.routines.session import Session, elapsed
from breakd.routines.timeline import plan
from breakd.texts import _
from breakd.windows import look
from breakd.windows.kit import Act, Button, Changes, Kit, Menu, Root
from breakd.windows.look import PALETTES
from breakd.windows.placing import whole
from breakd.windows.stage import HIGH, WIDE, Box, Stage

BEAT = 1 / 30
"""Seconds between two looks at the clock."""

REST = 0.2
"""The same while nothing moves: in a pause, and at the end."""

UNSEEN_MS = 1000
"""A window that nothing is seen of, on another desktop or below others, begins after so long all the same."""

STAY_S = 6.0
"""How long the last view stays, from the person's return on."""

Sound = Literal["tick", "phase", "side", "half", "end"]


class Voice(Protocol):
    """What can be heard. Nothing of it raises or takes long."""

    @property
    def muted(self) -> bool: ...

    def wake(self) -> None:
        """Get ready: the window is on the screen now."""

    def play(self, sound: Sound) -> None: ...

    def say(self, words: str) -> None: ...

    def mute(self, *, muted: bool) -> None:
        """Fall silent at once, or be heard again, and remember it for the next time."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the window needs to know of the world around it.

    `exercises` are those to choose from. `area` is where the window goes: the middle of it; None for the whole screen.
    `farewell` is asked all the time, and returns what the daemon has to say at the end, "" before it came; `deserted`
    says then whether a daemon that was there has gone.
    """

    voice: Voice
    theme: str = "light"
    reduced_motion: bool = False
    exercises: Sequence[Exercise] = ()
    farewell: Callable[[], str] = lambda: ""
    area: Area | None = None
    deserted: Callable[[], bool] = lambda: False


def show(session: Session, around: Surroundings) -> None:
    """Guide through the routine in a window until it is closed. Raises NoWindowError where there is no screen."""
    root = Root()
    window = _Window(root, session, around)

    def end(_signal: int, _frame: FrameType | None) -> None:
        window.leaving = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    root.run()


class _Window:
    """`leaving` asks it to close at its next look at the clock."""

    def __init__(self, root: tk.Tk, session: Session, around: Surroundings) -> None:
        self.leaving = False
        self._root, self._session, self._around = root, session, around
        self._once = Changes()
        self._cues = Cues(session, around.voice)
        self._end: _End | None = None
        self._menu: Menu | None = None
        self._laying_out = False
        palette = PALETTES[around.theme]
        self._area = around.area or whole(root)
        self._base = self._kit = Kit(root, palette, self._area.scale)
        root.configure(background=palette.ground)
        self._canvas = tk.Canvas(root, width=1, height=1, background=palette.ground, highlightthickness=0)
        self._canvas.pack(fill="both", expand=True)
        self._stage = Stage(self._canvas, session, around.theme, reduced_motion=around.reduced_motion)
        self._add_buttons()
        self._bind_keys()
        self._open()

    def _open(self) -> None:
        """Draw all of it, and only then show it, in the middle of its area."""
        root, px, area = self._root, self._base.px, self._area
        # Two thirds of a large monitor; on a small one as much as there is, with room for a title bar.
        wide = min(max(px(WIDE), area.width * 2 // 3), area.width - 20)
        high = min(max(px(HIGH), area.height * 2 // 3), area.height - 50)
        left, top = area.left + (area.width - wide) // 2, area.top + max(0, (area.height - high - 30) // 2)
        root.minsize(min(px(560), wide), min(px(400), high))
        root.geometry(f"{wide}x{high}+{left}+{top}")
        self._size = (wide, high)
        self._title()
        self._lay_out()
        self._canvas.bind("<Configure>", self._resized)
        self._canvas.bind("<Expose>", self._exposed)
        self._unseen = root.after(UNSEEN_MS, self._begin)
        root.deiconify()

    # --- Buttons and keys ---

    def _add_buttons(self) -> None:
        """Make the buttons in the order in which the Tab key reaches them."""
        session, canvas = self._session, self._canvas
        # Space pauses wherever the keyboard is, so it presses no button.
        button = partial(Button, canvas, self._base, keys=("<Return>", "<KP_Enter>"))
        self._buttons = {
            "name": button((self._name(),), self._choose, plain=True, size=look.TITLE, icons=("choose",)),
            "mute": button((), self._mute, plain=True, icons=("sound", "muted"), hint=_("M")),
            "full": button((), self._enlarge, plain=True, icons=("enlarge", "reduce"), hint=_("F")),
            "back": button((_("Back"),), self._acting(session.back), hint="←"),
            "pause": button((_("Pause"), _("Resume")), self._acting(session.toggle), main=True, hint=_("Space")),
            "next": button((_("Next"),), self._acting(session.next), hint="→"),
            "done": button((_("Done"),), self._acting(session.done), hint=_("Enter")),
            "close": button((_("Close"),), self._close, hint=_("Esc")),
        }
        self._items = {
            key: canvas.create_window(0, 0, anchor="w", window=button.widget) for key, button in self._buttons.items()
        }

    def _name(self) -> str:
        return _(self._session.player.timeline.exercise.name)

    def _bind_keys(self) -> None:
        root, session = self._root, self._session
        root.protocol("WM_DELETE_WINDOW", self._close)
        acts: dict[Act, tuple[str, ...]] = {
            self._close: ("<Escape>",),
            self._acting(session.next): ("<Right>",),
            self._acting(session.back): ("<Left>",),
            self._acting(session.toggle): ("<space>",),
            self._acting(session.done): ("<Return>", "<KP_Enter>"),
            self._mute: ("<Key-m>", "<Key-M>"),
            self._enlarge: ("<Key-f>", "<Key-F>"),
        }
        root.bind("<Key>", lambda _event: self._end and self._end.greet())
        for act, keys in acts.items():
            for key in keys:
                root.bind(key, lambda _event, act=act: act())  # type: ignore[misc]  # a lambda's defaults have no types

    def _acting(self, act: Act) -> Act:
        """Return the act with the view brought up to date; at the end, a key that has no work left closes.

        Unless it is the first sign of a person who was awaited: then there is a greeting to be read.
        """

        def acted() -> None:
            if self._end and not self._end.greet():
                self._root.destroy()
            elif not self._end:
                act()
                self._refresh()

        return acted

    def _mute(self) -> None:
        voice = self._around.voice
        voice.mute(muted=not voice.muted)
        self._refresh()

    def _enlarge(self) -> None:
        self._root.attributes("-fullscreen", not self._root.attributes("-fullscreen"))

    def _choose(self) -> None:
        """Show the exercises to choose from, below the name, or show them no more."""
        if self._menu and self._menu.is_open:
            self._menu.leave()
            return
        exercises = self._around.exercises
        now = self._session.player.timeline.exercise.id
        if self._end or not exercises:
            return
        chosen = next((at for at, exercise in enumerate(exercises) if exercise.id == now), 0)
        names = [_(exercise.name) for exercise in exercises]
        name = self._buttons["name"].widget
        self._menu = Menu(name, self._kit, names, chosen, lambda at: self._exchange(exercises[at]))
        top = name.winfo_y() + name.winfo_height()
        self._menu.open(name.winfo_x(), top, self._size[1] - top - self._kit.px(8))

    def _exchange(self, exercise: Exercise) -> None:
        """Do this exercise instead, for the time that was planned."""
        timeline = self._session.player.timeline
        if exercise.id != timeline.exercise.id:
            self._session.exchange(plan(exercise, timeline.length))
            self._lay_out()
            self._refresh()

    # --- Places ---

    def _resized(self, event: "tk.Event[tk.Canvas]") -> None:
        """Lay out anew, once for all the sizes that come at one time."""
        if (event.width, event.height) == self._size:
            return
        self._size = (event.width, event.height)
        if not self._laying_out:
            self._laying_out = True
            self._root.after_idle(self._lay_out)

    def _lay_out(self) -> None:
        """Put the buttons into the header and the bottom row, and the stage between them."""
        self._laying_out = False
        wide, high = self._size
        zoom = max(
            min(wide / self._base.px(WIDE), high / self._base.px(HIGH)), min(1.0, wide / self._base.px(840)), 0.5
        )
        if round(self._base.scale * zoom, 3) != round(self._kit.scale, 3):
            self._kit = self._base.at(zoom)
            for button in self._buttons.values():
                button.fit(self._kit)
        px = self._kit.px
        edge = px(28)
        airy = high > px(600)
        header = px(72 if airy else 60)
        foot = px(84 if airy else 68)
        right = self._place_row(("mute", "full"), wide - edge + px(10), header // 2 + px(2), from_right=True)
        # Beside the name there is room for the time, and for the button's own sign.
        room = right - edge - self._kit.width(_("{time} left").format(time="00:00"), look.LEAD) - px(90)
        self._buttons["name"].rename(self._kit.shortened(self._name(), room, look.TITLE, "bold"))
        self._place_row(("name",), edge - px(16), header // 2 + px(2))
        self._place_row(("back", "pause", "next"), edge, high - foot // 2)
        self._place_row(("done", "close"), wide - edge, high - foot // 2, from_right=True)
        self._stage.lay_out(
            self._kit, Box(edge, px(4), right - px(10), header), Box(edge, header, wide - edge, high - foot)
        )

    def _place_row(self, keys: Sequence[str], x: int, y: int, *, from_right: bool = False) -> int:
        """Put the buttons beside each other, and return where the row ends."""
        gap = self._kit.px(10)
        for key in reversed(keys) if from_right else keys:
            width = self._buttons[key].width
            x -= width if from_right else 0
            self._canvas.coords(self._items[key], x, y)
            x += -gap if from_right else width + gap
        return x

    # --- The beat ---

    def _exposed(self, _event: object) -> None:
        """Begin when the first picture is on the screen: it is drawn when Tk has nothing else to do."""
        self._canvas.unbind("<Expose>")
        self._root.after_cancel(self._unseen)
        self._root.after_idle(lambda: self._root.after(1, self._begin))

    def _begin(self) -> None:
        self._canvas.unbind("<Expose>")
        self._session.opened()
        self._around.voice.wake()
        self._start = elapsed()
        self._beat()

    def _beat(self) -> None:
        """Look at the clock, and again at the next beat counted from the start.

        Without the daemon that opened it a routine closes: nothing counts it, and the next daemon may open another.
        """
        if self.leaving or (self._around.deserted() and not self._end):
            self._close()
            return
        self._session.tick()
        self._refresh()
        if self._end and self._end.over():
            self._root.destroy()
            return
        beat = REST if self._end or self._session.player.paused else BEAT
        passed = elapsed() - self._start
        self._root.after(max(1, round((beat - passed % beat) * 1000)), self._beat)

    def _refresh(self) -> None:
        self._cues.follow()
        if self._session.outcome and not self._end:
            self._say_goodbye()
        self._stage.farewell = self._stage.farewell or self._around.farewell()
        self._title()
        self._once("pause", self._buttons["pause"].say, int(self._session.player.paused))
        self._once("mute", self._buttons["mute"].say, int(self._around.voice.muted))
        self._once("full", self._buttons["full"].say, int(bool(self._root.attributes("-fullscreen"))))
        self._stage.refresh()

    def _title(self) -> None:
        player = self._session.player
        ended = self._session.outcome
        words = wording.greeting(player.timeline.exercise) if ended else wording.title(player)
        if ended and self._stage.farewell:
            words = f"{words}. {self._stage.farewell}"
        self._once("title", self._root.title, words)

    def _say_goodbye(self) -> None:
        """Leave only Close, and close by itself after a while."""
        exercise = self._session.player.timeline.exercise
        self._end = _End(self._root, awaited=wording.leads_away(exercise) and self._session.outcome == "finished")
        self._root.focus_set()  # from a button that goes, or the menu
        for key in self._buttons.keys() - {"close"}:
            self._canvas.itemconfigure(self._items[key], state="hidden")

    def _close(self) -> None:
        self._session.close()
        self._root.destroy()


class _End:
    """The last view: it stays for a while; where the person is `awaited`, from the first sign of them on."""

    def __init__(self, root: tk.Tk, *, awaited: bool) -> None:
        self._root = root
        self._pointer = root.winfo_pointerxy()
        self._since = None if awaited else elapsed()

    def greet(self) -> bool:
        """Take a sign of the person; return whether it is the first."""
        first = self._since is None
        if first:
            self._since = elapsed()
        return first

    def over(self) -> bool:
        """Return whether it has stayed long enough."""
        if self._root.winfo_pointerxy() != self._pointer:
            self.greet()
        return self._since is not None and elapsed() - self._since >= STAY_S


class Cues:
    """Says and sounds what changes."""

    def __init__(self, session: Session, voice: Voice) -> None:
        self._session, self._voice = session, voice
        self._once = Changes()

    def follow(self) -> None:
        """Tell what is new since the last time."""
        player = self._session.player
        if self._session.outcome == "closed":
            return
        if self._session.outcome:
            self._once("end", self._tell, "end", wording.greeting(player.timeline.exercise))
            return
        if wording.counts_in(player) and not player.paused:
            seconds = wording.countdown(player.phase.end - player.position)
            if seconds in {"1", "2", "3"}:
                self._once("tick", lambda _second: self._voice.play("tick"), seconds)
        self._once("phase", self._enter, player.timeline.exercise.id, player.index)
        if breath := wording.breath(player):
            self._once("breath", self._voice.say, breath)

    def _enter(self, _exercise: str, _index: int) -> None:
        player, index = self._session.player, self._session.player.index
        self._once("breath", lambda _breath: None, wording.breath(player))  # the first belongs to what is said now
        phase = player.phase
        sound: Sound = "phase"
        if wording.turns_around(player):
            sound = "half"
        elif index and phase.side and phase.side != player.timeline.phases[index - 1].side:
            sound = "side"
        self._tell(sound, wording.spoken(player))

    def _tell(self, sound: Sound, words: str) -> None:
        self._voice.play(sound)
        self._voice.say(words)
