"""`breakd try`: one real prompt, now, and a routine of 20 seconds if it is answered; nothing is logged.

Law: it needs no daemon and tells none; what it shows goes away with it.
"""

import argparse
import logging
import signal
import sys
from queue import Empty, SimpleQueue
from typing import Any

from breakd import ports, view
from breakd.adapters.routine import RoutineProcess
from breakd.adapters.screen import has_screen
from breakd.config import load
from breakd.core.durations import SECOND
from breakd.errors import BreakdError
from breakd.texts import _

PATIENCE_S = 180
LENGTH_S = 20
TERMINATED = 143


def run(args: argparse.Namespace) -> int:
    """Show the prompt and do what is answered. Raises BreakdError where nothing can be shown, or answered."""
    settings = load(args.config).settings
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))  # what is shown goes away first
    logging.getLogger().addHandler(logging.NullHandler())  # what the adapters note is for the daemon's text log
    messages: SimpleQueue[ports.Message] = SimpleQueue()
    bus = _session_bus()
    if bus or has_screen():
        from breakd.adapters import notify  # noqa: PLC0415 - not in a terminal

        prompter: ports.Prompter = notify.connect(
            messages.put, bus, window=settings.prompt_window, theme=settings.routine.theme
        )
        routines = RoutineProcess(messages.put)
    else:
        from breakd.adapters.console import Console  # noqa: PLC0415 - not on a desktop

        prompter = console = Console(messages.put)
        if not console.has_keys:
            raise BreakdError(_("no screen and no session bus answer here; try it in a terminal, which has keys"))
        routines = RoutineProcess(messages.put, ["--terminal"], console.pause, console.listen)
    try:
        print(_("A prompt is on its way; answer it, or press Ctrl-C."), flush=True)
        prompter.show(view.first_contact(1, settings))
        choice = _answer(messages)
        prompter.withdraw()
        if choice == "start":
            routines.open(1, view.FIRST_EXERCISE, LENGTH_S * SECOND, settings)
            _until_over(messages)
        print(_("So it works. Nothing of this was logged."))
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):  # once is enough: a terminal is yet to be given back
            signal.signal(number, signal.SIG_IGN)
        routines.close()
        prompter.close()
        if bus is not None:
            bus.close()
    return 0


def _session_bus() -> Any:
    if sys.platform != "linux":
        return None
    from breakd.adapters.bus import Bus, BusError  # noqa: PLC0415 - only where there can be one

    try:
        return Bus.session()
    except BusError:
        return None


def _answer(messages: "SimpleQueue[ports.Message]") -> str | None:
    """Return the choice, None where it was waved away. Raises BreakdError where nothing shows, or nobody answers."""
    while True:
        try:
            match messages.get(timeout=PATIENCE_S):
                case ports.PromptAnswered(choice=choice):
                    return choice
                case ports.PromptWavedAway() | ports.Stop():
                    return None
                case ports.SourceChanged(what="notifications", name="none"):
                    raise BreakdError(_("no notification server answers here; install one, such as dunst"))
                case _:
                    pass
        except Empty:
            raise BreakdError(_("nobody answered the prompt")) from None


def _until_over(messages: "SimpleQueue[ports.Message]") -> None:
    while True:
        message = messages.get()
        if isinstance(message, ports.RoutineReport) and message.kind in ports.LAST_WORDS:
            if message.kind == "impossible":
                raise BreakdError(message.reason or _("the routine cannot be shown"))
            return
