"""A routine in the terminal: a line a phase, its seconds counted down in place, and keys where there is a keyboard.

Law: the terminal is given back as it was found, however the routine ends.
"""

import math
import os
import select
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from breakd.core.durations import SECOND
from breakd.routines import wording
from breakd.routines.exercises import CAUTION
from breakd.routines.session import Session
from breakd.routines.timeline import Phase
from breakd.texts import _, spell

_CLEAR_LINE = "\r\x1b[K"

FAREWELL_S = 0.5
"""How long the daemon may take for its last word."""


def show(session: Session, out: TextIO, farewell: Callable[[float], str] = lambda _patience: "") -> None:
    """Guide through the routine on `out` until it ends; a signal to end closes it.

    `farewell` returns what the daemon has to say then; it may wait for it so many seconds.
    """
    with _woken_by_signals(session) as wake, _keyboard() as keys:  # a signal finds the terminal given back
        screen = _Screen(session, out, keyboard=keys is not None)
        screen.run([source for source in (keys, wake) if source is not None])
    if session.outcome != "closed" and (words := farewell(FAREWELL_S)):
        out.write(words + "\n")
        out.flush()


@contextmanager
def _keyboard() -> Iterator[int | None]:
    """Give standard input, told to hand over each key at once and silently; None where it is no terminal of ours."""
    try:
        import termios  # noqa: PLC0415 - Windows has none
        import tty  # noqa: PLC0415

        found = sys.stdin.fileno()
        before = termios.tcgetattr(found)
    except (ImportError, OSError, ValueError, AttributeError, termios.error):
        yield None
        return
    with suppress(OSError):  # a terminal that does not control us has no foreground
        if os.tcgetpgrp(found) != os.getpgrp():  # in the background the system stops whoever touches it
            yield None
            return
    try:
        tty.setcbreak(found)
        yield found
    finally:
        termios.tcsetattr(found, termios.TCSADRAIN, before)


@contextmanager
def _woken_by_signals(session: Session) -> Iterator[int]:
    """Close the session on SIGTERM and SIGINT; give a descriptor that becomes readable then, to end the waiting."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    earlier = signal.set_wakeup_fd(write)
    handlers = {
        number: signal.signal(number, lambda *_args: session.close()) for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield read
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(earlier)
        os.close(read)
        os.close(write)


class _Screen:
    """The lines, and what the keys do."""

    def __init__(self, session: Session, out: TextIO, *, keyboard: bool) -> None:
        self._session = session
        self._out = out
        self._keyboard = keyboard
        self._in_place = out.isatty()
        self._phase: Phase | None = None
        self._keys = {
            "p": session.toggle,
            " ": session.toggle,
            "n": session.next,
            "b": session.back,
            "d": session.done,
            "q": session.close,
            "\x1b": session.close,
        }

    def run(self, sources: list[int]) -> None:
        self._say_first()
        self._session.opened()
        while not self._session.outcome:
            self._show()
            self._wait(sources)
            self._session.tick()
        self._say_last()

    def _wait(self, sources: list[int]) -> None:
        """Wait for a key, a signal, or the moment at which the shown second is over."""
        player = self._session.player
        left = player.phase.end - player.position
        until = None if player.paused else left - math.ceil(left) + 1 if self._in_place else left
        ready, _writable, _failed = select.select(sources, [], [], until)
        if sources[0] in ready and self._keyboard:
            for key in os.read(sources[0], 64).decode(errors="replace").lower():
                if act := self._keys.get(key):
                    act()

    def _say_first(self) -> None:
        timeline = self._session.player.timeline
        exercise = timeline.exercise
        self._print(f"{_(exercise.name)}, {spell(round(timeline.length * SECOND))}")
        self._print(_(CAUTION))
        if exercise.stop:
            self._print(_("Stop: {signs}").format(signs=_(exercise.stop)))
        self._print("")
        for number, step in enumerate(exercise.steps, start=1):
            self._print(f"  {number}. {_(step)}")
        if self._keyboard:
            self._print("")
            self._print(_("Keys: p pause, n next, b back, d done, q close"))
        self._print("")

    def _show(self) -> None:
        """Write the phase when it is new, on a terminal with its seconds, again at each second."""
        player = self._session.player
        new = player.phase is not self._phase
        if not self._in_place:
            if new:
                seconds = spell(round(max(1, player.phase.seconds) * SECOND))
                self._print(f"{self._words(player.phase)} ({seconds})")
        else:
            if new and self._phase:
                self._write(f"{_CLEAR_LINE}     {self._words(self._phase)}\n")
            state = " " + _("paused") if player.paused else ""
            seconds = wording.countdown(player.phase.end - player.position)
            self._write(f"{_CLEAR_LINE}{seconds:>4} {self._words(player.phase)}{state}")
        self._phase = player.phase

    def _words(self, phase: Phase) -> str:
        note = wording.side_and_count(self._session.player.timeline.exercise, phase)
        return f"{_(phase.label)}: {note}" if note else _(phase.label)

    def _say_last(self) -> None:
        player = self._session.player
        if self._in_place:
            self._write(_CLEAR_LINE)
        closed = self._session.outcome == "closed"
        text = _("Closed early: {what}") if closed else _("Done: {what}")
        self._print(text.format(what=wording.practised(player)))

    def _print(self, line: str) -> None:
        self._write(line + "\n")

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()
