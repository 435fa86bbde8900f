"""breakd's own prompt window as a child process: `breakd prompt-window`, which shows prompts and says what is answered.

Laws: all state lives on one thread, which takes orders, and what children say, from one queue. A child is there only
while something is on the screen. One that ends without a last word was no answer: the prompt is shown once more, and
where that fails, too, somebody else shows it and all that come later.
"""

import json
import os
import socket
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from importlib.util import find_spec
from queue import SimpleQueue
from typing import Any

from breakd.adapters.child import start
from breakd.ports import Post, Prompt, PromptAnswered, Prompter, PromptWavedAway, Trouble
from breakd.texts import _, needs_tk

GRACE_S = 1
"""Whoever closes it waits at most this long for the window to be gone."""

TRIES = 2
"""So often a prompt is shown before the window is given up."""


class _Child:
    """A process that shows prompts, and the line to it."""

    def __init__(self, line: socket.socket, process: "subprocess.Popen[bytes]") -> None:
        self.process = process
        self.done = False  # it said its last word
        self._line = line

    def tell(self, order: dict[str, Any]) -> None:
        with suppress(OSError):  # it has gone, which its reader tells
            self._line.send((json.dumps(order) + "\n").encode())

    def end(self) -> None:
        self.process.terminate()


def missing() -> str | None:
    """Return what is known to keep a window from opening, None where nothing is."""
    if not os.environ.get("DISPLAY"):
        return _("a window needs an X screen, and DISPLAY names none")
    return needs_tk() if find_spec("_tkinter") is None else None


class PromptWindow:
    """Implements ports.Prompter. `theme` is that of the configuration, for the windows that open from now on.

    `instead` returns who shows the prompts where no window can; it is called once, with nothing on the screen. `name`
    is `none` where that is so from the start.
    """

    def __init__(self, post: Post, theme: str, instead: Callable[[], Prompter]) -> None:
        self._post, self.theme, self._make_instead = post, theme, instead
        self._instead: Prompter | None = None
        self._missing = missing()
        self.name = "none" if self._missing else "window"
        self._wanted: Prompt | None = None
        self._tries = 0
        self._child: _Child | None = None
        self._todo: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="prompt-window", daemon=True)

    def show(self, prompt: Prompt) -> None:
        """Put the prompt on the screen, in place of the one there."""
        if not self._thread.is_alive():
            self._thread.start()
        self._todo.put(partial(self._show, prompt))

    def withdraw(self) -> None:
        """Take the prompt off the screen."""
        if self._thread.is_alive():
            self._todo.put(self._withdraw)

    def close(self) -> None:
        """Withdraw and end the thread."""
        if self._thread.is_alive():
            self._todo.put(self._close)
            self._todo.put(None)
            self._thread.join(GRACE_S)

    def leave(self) -> None:
        """Withdraw and end the thread, but wait for nothing, and let who shows prompts instead be."""
        self.withdraw()
        if self._thread.is_alive():
            self._todo.put(None)

    # From here on: on the thread.

    def _run(self) -> None:
        while (act := self._todo.get()) is not None:
            act()

    def _show(self, prompt: Prompt) -> None:
        if self._instead is not None:
            self._instead.show(prompt)
            return
        self._wanted, self._tries = prompt, 0
        if self._missing is not None:
            self._give_up(self._missing)
        else:
            self._ask()

    def _withdraw(self) -> None:
        if self._instead is not None:
            self._instead.withdraw()
        self._wanted = None
        if self._child is not None:
            self._child.end()
            self._child = None

    def _close(self) -> None:
        child = self._child
        self._withdraw()
        if child is not None:
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(GRACE_S)
        if self._instead is not None:
            self._instead.close()

    def _ask(self) -> None:
        """Show what is wanted: by the child that is there, or by a new one."""
        assert self._wanted is not None
        if self._child is None:
            try:
                self._child = self._start()
            except OSError as error:
                self._give_up(str(error))
                return
        self._tries += 1
        self._child.tell(asdict(self._wanted))

    def _start(self) -> _Child:
        process, ours = start("prompt-window", "--theme", self.theme)
        child = _Child(ours, process)
        threading.Thread(target=self._listen, args=(child, ours), name="prompt-window-child", daemon=True).start()
        return child

    def _listen(self, child: _Child, line_to: socket.socket) -> None:
        """Pass on what a child says until it ends; on a thread of its own."""
        with line_to, line_to.makefile(encoding="utf-8", errors="replace") as lines:
            with suppress(OSError):  # one that ends with something unread resets the line
                for line in lines:
                    with suppress(ValueError):
                        said = json.loads(line)
                        self._todo.put(partial(self._heard, child, said))
            self._todo.put(partial(self._ended, child))
        child.process.wait()

    def _heard(self, child: _Child, said: dict[str, Any]) -> None:
        token = said.get("token")
        answers = self._wanted is not None and self._wanted.token == token
        match said.get("kind"):
            case "answered":
                self._post(PromptAnswered(int(token or 0), str(said.get("choice"))))
            case "waved":
                self._post(PromptWavedAway(int(token or 0)))
            case "left":
                pass
            case "impossible" if child is self._child:
                self._child = None
                self._give_up(str(said.get("reason")))
                return
            case _:
                return
        child.done = True
        if answers:
            self._wanted = None

    def _ended(self, child: _Child) -> None:
        """Show anew what this child took with it, if that is still wanted."""
        if child is not self._child:
            return
        self._child = None
        if self._wanted is None:
            return
        if child.done:  # it answered an earlier prompt while this one was on its way
            self._tries = 0
        if self._tries < TRIES:
            self._ask()
        else:
            self._give_up(_("it ends by itself"))

    def _give_up(self, reason: str) -> None:
        """Leave this prompt, and all that come later, to who shows them instead."""
        wanted, self._wanted = self._wanted, None
        self._post(Trouble("prompt-window", _("breakd's own prompt window cannot be shown: {why}").format(why=reason)))
        self._instead = self._make_instead()
        if wanted is not None:
            self._instead.show(wanted)
