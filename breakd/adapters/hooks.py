"""Runs the user's own programs at events of the log, each with the event as a line of JSON on its standard input.

Laws: no shell, and no program keeps the loop waiting: each has a thread of its own, and its time, after which it is
ended with all that it started. Nothing is there before there is something to run. What cannot be run, fails or takes
too long is noted, and told by `status` until that hook works again.
"""

import json
import os
import re
import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from breakd import privacy
from breakd.core.settings import HOOKS
from breakd.ports import Post, Trouble
from breakd.texts import _

TIME_S = 10
"""How long a program may take."""

GRACE_S = 2
"""How long it has for its own ending, once it is told to end; and, to come to its end, when the daemon ends."""

MOST = 8
"""As many run at once; what comes then is not run, but noted."""

LAST_WORDS = 1000
"""So many characters of what a program says on standard error are read back."""

_ORDERS = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|\][^\a\x1b]*)?")
"""What a program tells a terminal in the midst of its text (ECMA-48): colours, movements, titles."""


class HookRunner:
    """Runs a program an event."""

    def __init__(self, post: Post, time_s: float = TIME_S) -> None:
        self._post, self._time_s = post, time_s
        self._running: list[_Run] = []
        self._failing: set[str] = set()

    def run(self, command: Sequence[str], event: dict[str, Any]) -> None:
        """Run the command with the event on its standard input, and go on. Never raises.

        How it went is posted as Trouble about `hooks.on_prompt` and the like: of each failure, and of the first success
        after one.
        """
        key = HOOKS[event["event"]]
        self._running = [each for each in self._running if each.is_alive()]
        if len(self._running) >= MOST:
            self._ended(key, command, _("too many run already"))
            return
        run = _Run(command, event, self._time_s, lambda why: self._ended(key, command, why))
        try:
            run.start()
        except RuntimeError as error:  # no more threads
            self._ended(key, command, str(error))
        else:
            self._running.append(run)

    def _ended(self, key: str, command: Sequence[str], why: str | None) -> None:
        """Note how a program went: well, or `why` not. From any thread."""
        about = f"hooks.{key}"
        if why is not None:
            self._failing.add(key)
            text = _("hooks.{key}: {program}: {why}")
            self._post(Trouble(about, text.format(key=key, program=command[0], why=why)))
        elif key in self._failing:
            self._failing.discard(key)
            self._post(Trouble(about, None))

    def close(self) -> None:
        """Let what runs come to its end for a moment, and end what runs still."""
        for number in (None, signal.SIGTERM, signal.SIGKILL):
            if number is not None:
                for run in self._running:
                    run.signal(number)
            until = time.monotonic() + GRACE_S
            for run in self._running:
                run.join(max(0, until - time.monotonic()))
            self._running = [each for each in self._running if each.is_alive()]


class _Run(threading.Thread):
    """One run of a program, in a process group of its own."""

    def __init__(
        self, command: Sequence[str], event: dict[str, Any], time_s: float, tell: Callable[[str | None], None]
    ) -> None:
        super().__init__(name="hook", daemon=True)
        self._command, self._event, self._time_s, self._tell = command, event, time_s, tell
        self._process: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        """Run it to its end, and tell how it went."""
        try:
            why = self._run()
        except (OSError, ValueError, RuntimeError) as error:  # no such program, a text that the locale lacks, no thread
            why = getattr(error, "strerror", None) or str(error)
            self.signal(signal.SIGKILL)
        self._tell(why)

    def _run(self) -> str | None:
        errors, theirs = os.pipe()
        try:
            try:
                process = self._start(theirs)
            finally:
                os.close(theirs)
            return self._follow(process, errors)
        finally:
            os.close(errors)

    def signal(self, number: int) -> None:
        """Send a signal to the program and all that it started; nothing where it never began, or all have ended."""
        if self._process is not None:
            with suppress(OSError):
                os.killpg(self._process.pid, number)

    def _start(self, errors: int) -> "subprocess.Popen[bytes]":
        """Start it, with the event there to read. Raises OSError or ValueError where that cannot be."""
        program, *arguments = self._command
        home = os.path.expanduser("~")  # noqa: PTH111 - Path's own raises where there is none
        source = _filled(json.dumps(self._event).encode() + b"\n")
        try:
            self._process = subprocess.Popen(
                [os.path.expanduser(program), *arguments],  # noqa: PTH111 - the same
                stdin=source,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                cwd=home if os.path.isdir(home) else "/",  # noqa: PTH112 - the same
                start_new_session=True,
                umask=privacy.theirs(),
            )
        finally:
            os.close(source)
        return self._process

    def _follow(self, process: "subprocess.Popen[bytes]", errors: int) -> str | None:
        """Wait until it ends, or has to be ended; return why it failed, None where it did not.

        What it leaves in the background may go on, and may hold standard error: only the program itself counts.
        """
        over, tells = os.pipe()
        try:
            threading.Thread(target=_wait_for, args=(process, tells), name="hook-end", daemon=True).start()
            words = _listen(errors, over, self._time_s)
            status = process.poll()
            if status is not None:
                return _how(status, words) if status else None
            self.signal(signal.SIGTERM)
            _listen(errors, over, GRACE_S)
            self.signal(signal.SIGKILL)
            return _("it took longer than {n} s, and was ended").format(n=round(self._time_s))
        finally:
            os.close(over)


def _filled(line: bytes) -> int:
    """Return a pipe's end from which the line can be read: written beforehand, it waits for no reader."""
    source, sink = os.pipe()
    os.set_blocking(sink, False)
    written = os.write(sink, line)
    os.close(sink)
    if written < len(line):
        os.close(source)
        raise ValueError(_("the event is too long"))
    return source


def _wait_for(process: "subprocess.Popen[bytes]", tells: int) -> None:
    process.wait()
    os.close(tells)


def _listen(errors: int, over: int, time_s: float) -> str:
    """Return the last line that comes from `errors` until nothing can come from `over`, or the time has passed."""
    until = time.monotonic() + time_s
    poll = select.poll()
    poll.register(over, select.POLLIN)
    poll.register(errors, select.POLLIN)
    said = b""
    while (left := until - time.monotonic()) > 0:
        ready = {descriptor for descriptor, _what in poll.poll(left * 1000)}
        if errors in ready:
            more = os.read(errors, 65536)
            said = (said + more)[-LAST_WORDS:]
            if not more:
                poll.unregister(errors)
        elif over in ready:  # and all that was said is read
            break
    lines = map(_readable, reversed(said.decode(errors="replace").splitlines()))
    return next(filter(None, lines), "")


def _readable(line: str) -> str:
    """Return it without the colours and other orders that a terminal would take from it."""
    return "".join(filter(str.isprintable, _ORDERS.sub("", line.expandtabs(1)))).strip()


def _how(status: int, words: str) -> str:
    """Return how a program failed."""
    how = _("exit status {n}").format(n=status) if status > 0 else _("ended by signal {n}").format(n=-status)
    return f"{how}: {words}" if words else how
