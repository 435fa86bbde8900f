"""Prompts on the terminal, answered by keys: for a machine with no screen, or for who likes it so.

Laws: one thread holds the terminal, takes orders, and puts it back as it was at every end. Where standard input is no
terminal, or is another's in the foreground, the prompts are only printed. While a routine has the terminal, its keys
are the routine's.
"""

import os
import select
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import SimpleQueue

from breakd.ports import Post, Prompt, PromptAnswered, SourceChanged, Stop
from breakd.texts import _

KEYS = {"s": "start", "z": "snooze", "k": "skip", "d": "done", "c": "close"}

LISTEN, PAUSE, CLOSE = b"lpc"
"""The orders to the thread, a byte each."""


class Console:
    """Implements ports.Prompter on standard input and output."""

    name = "console"

    def __init__(self, post: Post) -> None:
        self._post = post
        self._prompt: Prompt | None = None
        self._orders, self._order = os.pipe()
        self._paused: SimpleQueue[None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="console", daemon=True)
        self.has_keys = in_foreground()
        post(SourceChanged("notifications", self.name))
        if self.has_keys:
            self._thread.start()

    def show(self, prompt: Prompt) -> None:
        """Print the prompt, with a bell and the keys that answer it."""
        self._prompt = prompt
        labels = {choice.key: choice.label for choice in prompt.choices}
        keys = [f"[{key}] {labels[name]}" for key, name in KEYS.items() if name in labels and self.has_keys]
        how = "  ".join(keys)
        if "start" in labels and not keys:
            how = _("Answer with `breakd start`, `breakd snooze` or `breakd skip`.")
        with suppress(OSError):
            bell = "\a" if sys.stdout.isatty() else ""
            sys.stdout.write("\n".join(filter(None, (bell + prompt.title, prompt.body, how))) + "\n")
            sys.stdout.flush()

    def withdraw(self) -> None:
        """Forget the prompt: its keys do nothing any more."""
        self._prompt = None

    def listen(self) -> None:
        """Read keys again, after `pause`. May be called from any thread, and after `close`."""
        os.write(self._order, bytes((LISTEN,)))

    def pause(self) -> None:
        """Leave the keys, and the terminal as it was, to somebody else."""
        if self._thread.is_alive():
            os.write(self._order, bytes((PAUSE,)))
            self._paused.get()

    def close(self) -> None:
        """Give the terminal back."""
        if self._thread.is_alive():
            os.write(self._order, bytes((CLOSE,)))
            self._thread.join()

    def _run(self) -> None:
        order = LISTEN
        while order != CLOSE:
            if order == LISTEN:
                with _a_key_at_a_time():
                    order = self._read_keys()
            else:
                self._paused.put(None)
                order = os.read(self._orders, 1)[0]

    def _read_keys(self) -> int:
        """Take the keys until an order comes that ends it, and return that."""
        sources = [self._orders, sys.stdin.fileno()]
        while True:
            ready, _writable, _odd = select.select(sources, [], [])
            if self._orders in ready:
                order = os.read(self._orders, 1)[0]
                if order != LISTEN:
                    return order
            else:
                pressed = b""
                with suppress(OSError):  # the terminal is gone
                    pressed = os.read(sys.stdin.fileno(), 32)
                if not pressed:
                    del sources[1:]
                for key in pressed.decode(errors="replace").lower():
                    self._take(key)

    def _take(self, key: str) -> None:
        prompt = self._prompt
        if key == "q":
            self._post(Stop("quit"))
        elif prompt is not None and any(choice.key == KEYS.get(key) for choice in prompt.choices):
            self._post(PromptAnswered(prompt.token, KEYS[key]))


def in_foreground() -> bool:
    """Return whether standard input is a terminal, and not one that others have: to touch that would stop us."""
    if not sys.stdin.isatty():
        return False
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except OSError:  # it does not control us, and so stops nobody
        return True
    except AttributeError:  # Windows
        return False


@contextmanager
def _a_key_at_a_time() -> Iterator[None]:
    """Have the terminal hand over each key at once and silently; at the end it is as it was."""
    import termios  # noqa: PLC0415 - not on every system, and not without a terminal
    import tty  # noqa: PLC0415

    before = None
    with suppress(termios.error):
        before = termios.tcgetattr(sys.stdin)
        tty.setcbreak(sys.stdin, termios.TCSANOW)
    try:
        yield
    finally:
        if before is not None:
            with suppress(termios.error):
                termios.tcsetattr(sys.stdin, termios.TCSANOW, before)
