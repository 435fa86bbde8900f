"""The checks, and how they are made: all at once, each on a thread of its own.

Law: a check that fails, or does not come to an end, is `unknown` and costs the others nothing; after LIMIT_S all is
told that is known by then. The names of the checks are for programs: they change only with a note in the changelog.
"""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from queue import Empty, SimpleQueue
from typing import NamedTuple

from breakd.core.settings import REASONS
from breakd.doctor.finding import MISSING, Finding, unknown
from breakd.doctor.machine import Ask, Machine
from breakd.texts import _, later

LIMIT_S = 2.5
"""How long all checks together may take; the answers that they wait for take milliseconds."""

ESSENTIAL = ("prompts", "configuration")
"""What is missing here keeps breakd from reminding; no log ever does."""


class Check(NamedTuple):
    """A check: its name for programs and for people, and the module of this package that has a function so named."""

    name: str
    title: str
    module: str

    @property
    def function(self) -> str:
        return self.name.replace("-", "_")


_HERE = "desktop" if sys.platform == "linux" else "elsewhere"

_HOLDS = {
    "do-not-disturb": later("hold: do-not-disturb"),
    "fullscreen": later("hold: fullscreen"),
    "microphone": later("hold: microphone"),
    "camera": later("hold: camera"),
    "screen-share": later("hold: screen-share"),
    "idle-inhibit": later("hold: idle-inhibit"),
}

CHECKS = (
    Check("breakd", later("breakd"), "program"),
    Check("python", later("Python"), "program"),
    Check("system", later("system"), "program"),
    Check("screen", later("screen"), _HERE),
    *(
        (
            Check("desktop", later("desktop"), "desktop"),
            Check("session-bus", later("session bus"), "desktop"),
            Check("login", later("sleep"), "desktop"),
            Check("lock", later("lock"), "desktop"),
        )
        if sys.platform == "linux"
        else ()
    ),
    Check("notifications", later("notifications"), _HERE),
    Check("tkinter", later("windows (Tk)"), "program"),
    Check("prompts", later("who asks"), _HERE),
    Check("tray", later("tray"), _HERE),
    Check("presence", later("presence"), "program"),
    *(Check(f"hold-{reason}", _HOLDS[reason], "holds") for reason in REASONS if sys.platform == "linux"),
    Check("sound", later("sound"), "program"),
    Check("speech", later("speech"), "program"),
    Check("autostart", later("start at login"), "program"),
    Check("configuration", later("configuration"), "files"),
    Check("database", later("log"), "files"),
    Check("saved-state", later("saved state"), "files"),
    Check("daemon", later("daemon"), "program"),
)


def examine(ask: Ask) -> list[tuple[Check, Finding]]:
    """Return what each check found, in their order; `ask` asks the daemon."""
    found = dict(_results(ask))
    late = unknown(_("no answer within {n:g} s").format(n=LIMIT_S))
    return [(check, found.get(check, late)) for check in CHECKS]


def keeps_from_reminding(found: list[tuple[Check, Finding]]) -> list[Check]:
    """Return the checks that found missing what breakd cannot do without."""
    return [check for check, finding in found if finding.state == MISSING and check.name in ESSENTIAL]


def _results(ask: Ask) -> Iterator[tuple[Check, Finding]]:
    """Yield what the checks find, as it comes, until all have or the time is over."""
    machine, results = Machine(ask), SimpleQueue[tuple[Check, Finding]]()
    todo = [(check, _loaded(check)) for check in CHECKS]  # all modules first: the time is for those who are asked
    for check, look in todo:
        threading.Thread(target=partial(_make, check, look, machine, results), name=check.name, daemon=True).start()
    end = time.monotonic() + LIMIT_S
    for _check in CHECKS:
        try:
            yield results.get(timeout=max(0, end - time.monotonic()))
        except Empty:
            return


def _loaded(check: Check) -> Callable[[Machine], Finding]:
    """Return the check's function; where a package that it needs is broken or not there, one that says so."""
    try:
        function: Callable[[Machine], Finding] = getattr(import_module(f"breakd.doctor.{check.module}"), check.function)
    except Exception as error:  # noqa: BLE001 - whatever a package of others breaks on, the other checks go on
        return partial(_broken, _failed(error))
    return function


def _broken(finding: Finding, _machine: Machine) -> Finding:
    return finding


def _make(
    check: Check,
    look: Callable[[Machine], Finding],
    machine: Machine,
    results: "SimpleQueue[tuple[Check, Finding]]",
) -> None:
    try:
        found = look(machine)
    except Exception as error:  # noqa: BLE001 - a check that fails is a finding
        found = _failed(error)
    results.put((check, found))


def _failed(error: Exception) -> Finding:
    """Say why a check failed; the error's own text could hold an address or a path."""
    if isinstance(error, TimeoutError):
        return unknown(_("no answer"))
    return unknown(_("this cannot be told: {name}").format(name=type(error).__name__))
