"""Prompts on the terminal, answered by keys: for a machine with no screen, or for who likes it so.

Law: the terminal is put back as it was at every end. Where standard input is no terminal the prompts are only printed.
While a routine has the terminal, its keys are the routine's.
"""

import os
import select
import sys
import threading
from contextlib import suppress
from typing import Any

from breakd.ports import Post, Prompt, PromptAnswered, SourceChanged, Stop
from breakd.texts import _

KEYS = {"s": "start", "z": "snooze", "k": "skip"}


class Console:
    """Implements ports.Prompter on standard input and output."""

    name = "console"

    def __init__(self, post: Post) -> None:
        self._post = post
        self._prompt: Prompt | None = None
        self._attributes: list[Any] | None = None
        self._wake, self._waker = os.pipe()
        self._thread: threading.Thread | None = None
        post(SourceChanged("notifications", self.name))
        self.listen()

    def show(self, prompt: Prompt) -> None:
        """Print the prompt, with a bell and the keys that answer it."""
        self._prompt = prompt
        text = [f"\a{prompt.title}" if sys.stdout.isatty() else prompt.title, prompt.body]
        if prompt.choices:
            labels = {choice.key: choice.label for choice in prompt.choices}
            keys = [f"[{key}] {labels[name]}" for key, name in KEYS.items() if name in labels]
            text.append("  ".join(keys) if self._thread else _("answer with `breakd start`, `snooze` or `skip`"))
        with suppress(OSError):
            sys.stdout.write("\n".join(filter(None, text)) + "\n")
            sys.stdout.flush()

    def withdraw(self) -> None:
        """Forget the prompt: its keys do nothing any more."""
        self._prompt = None

    def listen(self) -> None:
        """Read keys, until `pause`."""
        if self._thread is not None or not sys.stdin.isatty():
            return
        import termios  # noqa: PLC0415 - not on every system, and not without a terminal
        import tty  # noqa: PLC0415

        self._attributes = termios.tcgetattr(sys.stdin)
        tty.setcbreak(sys.stdin)
        self._thread = threading.Thread(target=self._read, name="console", daemon=True)
        self._thread.start()

    def pause(self) -> None:
        """Leave the keys, and the terminal as it was, to somebody else."""
        if self._thread is None:
            return
        import termios  # noqa: PLC0415

        os.write(self._waker, b".")
        self._thread.join()
        self._thread = None
        assert self._attributes is not None
        with suppress(termios.error):
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self._attributes)

    def close(self) -> None:
        """Give the terminal back."""
        self.pause()

    def _read(self) -> None:
        stdin = sys.stdin.fileno()
        while True:
            ready, _writable, _odd = select.select([stdin, self._wake], [], [])
            if self._wake in ready:
                os.read(self._wake, 1)
                return
            pressed = os.read(stdin, 32)
            if not pressed:
                return
            for key in pressed.decode(errors="replace").lower():
                self._take(key)

    def _take(self, key: str) -> None:
        prompt = self._prompt
        if key == "q":
            self._post(Stop("quit"))
        elif prompt is not None and any(choice.key == KEYS.get(key) for choice in prompt.choices):
            self._post(PromptAnswered(prompt.token, KEYS[key]))
