"""The launchd agent, for macOS.

Law: `launchd/` at the top of the source is what this writes for the usual place of breakd.
"""

import plistlib
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

from breakd.autostart.start import Command, Start, start
from breakd.texts import _

LABEL = "io.github.breakd"
USUAL = ("/bin/sh", "-c", 'exec "$HOME/.local/bin/breakd" run')
"""Where pipx and uv put commands. launchd expands no ~; the shell does, and is then replaced."""


def path() -> Path:
    """Return where the agent lies."""
    return Path.home() / "Library/LaunchAgents" / f"{LABEL}.plist"


def text(command: Command) -> str:
    """Return the agent that runs this command."""
    agent = {
        "Label": LABEL,
        "ProgramArguments": list(USUAL if command == _usual() else command),
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},  # started again after a failure, not after `breakd quit`
        "ThrottleInterval": 60,
        "LimitLoadToSessionType": "Aqua",  # only in a session with a screen
        "ProcessType": "Interactive",  # prompts must come on time: no throttling of timers
        "Umask": 0o077,  # the log and the state tell when a person sat at the desk
        "ExitTimeOut": 10,
    }
    return plistlib.dumps(agent, sort_keys=False).decode()


def _usual() -> Command:
    return (str(Path.home() / ".local/bin/breakd"), "run")


def found() -> Start | None:
    """Return the start by the agent, None where there is none."""
    try:
        agent: Any = plistlib.loads(path().read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError, ExpatError) as error:
        return start("launchd", path(), (), _("it cannot be read: {why}").format(why=error))
    command = tuple(map(str, agent.get("ProgramArguments", ()))) if isinstance(agent, dict) else ()
    return start("launchd", path(), _usual() if command == USUAL else command)
