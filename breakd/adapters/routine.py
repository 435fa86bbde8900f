"""The guided routine as a child process: `breakd routine --report`, whose lines become RoutineReports.

Law: the daemon never depends on the child: one that dies has closed its routine early, and one that is told to end is
waited for only a moment, so that it can give the terminal back.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

from breakd.core.durations import SECOND
from breakd.ports import Post, RoutineReport
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

    def open(self, offer: int, exercise: str, length: int) -> None:
        """Open the routine; what keeps it from opening is reported as `impossible`."""
        self.close()
        self._before()
        reading, writing = os.pipe()
        command = [sys.executable, "-P", "-m", "breakd", "routine", exercise]
        command += ["--length", f"{max(1, round(length / SECOND))}s", "--report", str(writing), *self._options]
        try:
            self._child = subprocess.Popen(command, pass_fds=(writing,))
        except OSError as error:
            os.close(reading)
            self._post(RoutineReport(offer, "impossible", reason=str(error)))
            return
        finally:
            os.close(writing)
        reader = threading.Thread(target=self._read, args=(offer, reading, self._child), name="routine", daemon=True)
        reader.start()

    def close(self) -> None:
        """End the child; its reader ends with it."""
        child, self._child = self._child, None
        if child is not None and child.poll() is None:
            child.terminate()
            with suppress(subprocess.TimeoutExpired):
                child.wait(GRACE_S)

    def _read(self, offer: int, reading: int, child: subprocess.Popen[bytes]) -> None:
        """Post what the child says until it ends; one that ends without a last word has closed early."""
        last = None
        with os.fdopen(reading, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                report = _report(offer, line)
                if report is not None:
                    last = report.kind
                    self._post(report)
        child.wait()
        if self._child in {child, None}:
            self._after()
        if last not in {"finished", "done", "closed", "impossible"}:
            kind = "closed" if last else "impossible"
            self._post(RoutineReport(offer, kind, reason=None if last else _("the routine's window did not open")))


def _report(offer: int, line: str) -> RoutineReport | None:
    """Return the report that a line of the child stands for, None for anything else."""
    try:
        said = json.loads(line)
        seconds, reason = said.get("seconds"), said.get("reason")
        return RoutineReport(offer, str(said["kind"]), None if seconds is None else float(seconds), reason)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
