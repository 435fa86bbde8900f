"""What a click on breakd in the desktop's menu does, and how a daemon is started that outlives the command.

Law: what systemd watches over is started by systemd.
"""

import argparse
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from breakd.autostart import program, systemd
from breakd.autostart.start import Command
from breakd.commands.client import PATIENCE_S, ask
from breakd.errors import BreakdError, NoDaemonError
from breakd.texts import _


def run(args: argparse.Namespace) -> int:
    """Start breakd where it does not run, otherwise open its panel. Raises BreakdError where neither can be."""
    if running() is not None:
        from breakd.commands import panel  # noqa: PLC0415 - only where there is something to choose

        return panel.run(args)
    start(program.command())
    return 0


def running() -> dict[str, Any] | None:
    """Return what the daemon says of itself, None where there is none. Raises BreakdError where it does not answer."""
    try:
        return ask({"do": "status"})
    except NoDaemonError:
        return None


def start(command: Command) -> None:
    """Start a daemon and wait until it answers. Raises BreakdError where it does not."""
    unit = systemd.found()
    if unit is not None and unit.works is None:
        with suppress(BreakdError):  # it may never have failed; and the limit is not meant for a person who tries again
            systemd.order("reset-failed", systemd.NAME)
        try:
            systemd.order("start", systemd.NAME)
        except BreakdError:
            raise _does_not_start() from None
        return
    nowhere = subprocess.DEVNULL
    try:
        daemon = subprocess.Popen(
            [*command, "run"], stdin=nowhere, stdout=nowhere, stderr=nowhere, start_new_session=True, cwd=Path.home()
        )
    except OSError as error:
        raise BreakdError(_("{program} cannot be started: {why}").format(program=command[0], why=error)) from None
    end = time.monotonic() + PATIENCE_S
    while running() is None:
        if daemon.poll() is not None or time.monotonic() > end:
            raise _does_not_start()
        time.sleep(0.05)
    daemon.returncode = 0  # it goes on without us, and nobody waits for it


def _does_not_start() -> BreakdError:
    return BreakdError(_("breakd does not start; `breakd config check` or `breakd run` say why"))
