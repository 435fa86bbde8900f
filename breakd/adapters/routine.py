"""The guided routine as a child process: `breakd routine --report`, whose lines become RoutineReports.

Law: the daemon never depends on the child: one that dies has closed its routine early, and one that is told to end is
waited for only a moment, so that it can give the terminal back.
"""

import json
import socket
import subprocess
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict

from breakd.adapters.child import start
from breakd.core.durations import SECOND
from breakd.core.settings import Settings
from breakd.ports import LAST_WORDS, Post, RoutineReport
from breakd.texts import _

GRACE_S = 1
"""A child that is told to end, and has not after this long, is left to itself."""


class RoutineProcess:
    """Implements ports.Routines. `options` go to each child; `before` and `after` are called around it."""

    def __init__(
        self,
        post: Post,
        options: Sequence[str] = (),
        before: Callable[[], None] = lambda: None,
        after: Callable[[], None] = lambda: None,
    ) -> None:
        self._post, self._options, self._before, self._after = post, options, before, after
        self._child: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None

    def open(self, offer: int, exercise: str, length: int, settings: Settings) -> None:
        """Open the routine; what keeps it from opening is reported as `impossible`."""
        self.close()
        self._before()
        seconds = f"{max(1, round(length / SECOND))}s"
        try:
            self._child, self._line = start("routine", exercise, "--length", seconds, *self._options)
        except OSError as error:
            self._post(RoutineReport(offer, "impossible", reason=str(error)))
            self._post(RoutineReport(offer, "gone"))
            return
        self._say({"routine": asdict(settings.routine), "exercises": [asdict(own) for own in settings.exercises]})
        told = offer, self._line, self._child
        threading.Thread(target=self._read, args=told, name="routine", daemon=True).start()

    def farewell(self, text: str) -> None:
        """Have the child say this at its end."""
        self._say({"farewell": text})

    def _say(self, what: dict[str, object]) -> None:
        if self._line is None:
            return
        with suppress(OSError):  # it has gone, or listens to nobody
            self._line.send((json.dumps(what) + "\n").encode(), socket.MSG_DONTWAIT)

    def close(self) -> None:
        """End the child; its reader ends with it."""
        child, self._child = self._child, None
        if child is not None and child.poll() is None:
            child.terminate()
            with suppress(subprocess.TimeoutExpired):
                child.wait(GRACE_S)

    def _read(self, offer: int, line_to: socket.socket, child: subprocess.Popen[bytes]) -> None:
        """Post what the child says until it ends; one that ends without a last word has closed early."""
        last = None
        # Reset: it ended with words of ours unread.
        with suppress(ConnectionResetError), line_to, line_to.makefile(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                report = _report(offer, line)
                if report is not None:
                    last = report.kind
                    self._post(report)
        child.wait()
        if self._child in {child, None}:
            self._after()
        if last not in LAST_WORDS:
            kind = "closed" if last else "impossible"
            self._post(RoutineReport(offer, kind, reason=None if last else _("the routine's window did not open")))
        self._post(RoutineReport(offer, "gone"))


def _report(offer: int, line: str) -> RoutineReport | None:
    """Return the report that a line of the child stands for, None for anything else."""
    try:
        said = json.loads(line)
        seconds, reason, exercise = said.get("seconds"), said.get("reason"), said.get("exercise")
        return RoutineReport(offer, str(said["kind"]), None if seconds is None else float(seconds), reason, exercise)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
