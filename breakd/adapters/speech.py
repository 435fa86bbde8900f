"""Spoken cues, by the speech engine that is there, and whether a screen reader is running.

Law: one text at a time, the newest; no text waits for an engine or becomes part of a command line, and where nothing
speaks there is silence.
"""

import logging
import os
import shutil
import subprocess
import threading
from contextlib import suppress
from typing import Protocol

from breakd import texts
from breakd.adapters import desktop
from breakd.adapters.oneatatime import OneAtATime

FAREWELL_S = 0.5
"""How long spd-say may take to end; some builds of it hang there for ever."""

TAKE_BACK = b"!-!CANCEL self\n"
"""Tells spd-say to have no more spoken of what it handed over."""

log = logging.getLogger(__name__)


class Speech:
    """Speaks a text, in the language that the texts are in. `name` is who does: `spd-say`, `espeak-ng` or `none`."""

    def __init__(self) -> None:
        language = texts.language().replace("_", "-").lower()
        engines: tuple[_Engine, ...] = (SpeechDispatcher(language), Espeak(language))
        self._engines = [engine for engine in engines if shutil.which(engine.name)]

    @property
    def name(self) -> str:
        return self._engines[0].name if self._engines else "none"

    def say(self, text: str) -> None:
        """Speak this in place of what is being spoken. An engine that fails makes way for the next. Never raises."""
        words = " ".join(text.split())
        while self._engines:
            try:
                self._engines[0].say(words)
            except OSError as error:
                log.info("%s cannot speak: %r", self.name, error)
                self._engines.pop(0)
            else:
                return

    def close(self) -> None:
        """Fall silent, and let go of everything; this may take FAREWELL_S."""
        while self._engines:
            self._engines.pop().close()


class _Engine(Protocol):
    name: str

    def say(self, words: str) -> None:
        """Speak one line in place of the last. Raises OSError where this engine does not serve; then it has ended."""

    def close(self) -> None:
        """End, and take back what is being spoken."""


class SpeechDispatcher:
    """The desktop's speech service, by one spd-say that reads lines, and starts the service where it is not up.

    Given as an argument, a text would be a format of printf. What spd-say has handed over is spoken even after its
    end, so a text is taken back by a command of the service's protocol; it touches nobody else's.
    """

    name = "spd-say"

    def __init__(self, language: str) -> None:
        # A `message` waits for those of a screen reader and is not dropped for them.
        options = ["--pipe-mode", "--language", language, "--application-name", "breakd", "--priority", "message"]
        self._args = [self.name, *options]
        self._child: subprocess.Popen[bytes] | None = None

    def say(self, words: str) -> None:
        if self._child is None:
            self._start()
        try:
            self._send(TAKE_BACK + f" {words}\n".encode())  # without the blank, a text could be a command itself
        except OSError:
            self._end(at_once=True)
            raise

    def close(self) -> None:
        with suppress(OSError):
            self._send(TAKE_BACK)
        self._end(at_once=False)

    def _start(self) -> None:
        self._child = subprocess.Popen(
            self._args, bufsize=0, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        assert self._child.stdin is not None
        os.set_blocking(self._child.stdin.fileno(), False)
        self._waiting = threading.Thread(target=self._child.wait, name=self.name, daemon=True)
        self._waiting.start()

    def _send(self, lines: bytes) -> None:
        if self._child is not None and self._child.stdin is not None and self._child.stdin.write(lines) != len(lines):
            raise BlockingIOError  # it hangs

    def _end(self, *, at_once: bool) -> None:
        child, self._child = self._child, None
        if child is None or child.stdin is None:
            return
        child.stdin.close()
        self._waiting.join(0 if at_once else FAREWELL_S)
        child.kill()


class Espeak:
    """espeak-ng: a program for each text."""

    name = "espeak-ng"

    def __init__(self, language: str) -> None:
        self._args = [self.name, "-v", language, "-b", "1", "--stdin"]  # -b 1: UTF-8
        self._program = OneAtATime()

    def say(self, words: str) -> None:
        if self._program.failed:
            raise ChildProcessError
        self._program.start(self._args, f"{words}\n")

    def close(self) -> None:
        self._program.end()


def screen_reader_running() -> bool:
    """Return whether a screen reader is running, as far as the desktop tells. Never raises, never takes long."""
    bus, service = "org.freedesktop.DBus", "org.a11y.Bus"
    if desktop.ask(bus, "/org/freedesktop/DBus", f"{bus}.NameHasOwner", "s", service) == (True,):
        about = "org.a11y.Status", "ScreenReaderEnabled"
        told = desktop.ask(service, "/org/a11y/bus", f"{bus}.Properties.Get", "ss", *about)
        if told is not None:
            return bool(told[0][1])
    # Where the service is not up, asking it would only start it.
    return desktop.gsettings("org.gnome.desktop.a11y.applications").get("screen-reader-enabled") == "true"
