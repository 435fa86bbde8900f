"""The unit of systemd's user manager.

Law: the unit holds only what works without namespaces, which user managers often cannot have; and `systemd/` at the top
of the source is what this writes for the usual place of breakd.
"""

import re
import shlex
import subprocess
from pathlib import Path

from breakd.autostart.start import ENV, Command, Start, config_home, read, start, without_env
from breakd.errors import BreakdError
from breakd.texts import _

NAME = "breakd.service"
TARGET = "graphical-session.target"
PATIENCE_S = 20
"""More than the unit's TimeoutStopSec: a daemon that hangs is waited for until it is killed."""

UNIT = """\
[Unit]
# What `breakd install` writes where systemd's user manager starts the graphical session.
Description=Break reminder
PartOf=graphical-session.target
After=graphical-session.target
StartLimitIntervalSec=5min
StartLimitBurst=5

[Service]
Type=notify
NotifyAccess=main
ExecStart={command}
Restart=on-failure
RestartSec=5
# 2 is a configuration that cannot be read, 75 another breakd that runs: trying again mends neither.
RestartPreventExitStatus=2 75
# The loop goes round once a minute at least. One that hangs has nothing left to put away, and a dump of its memory
# would tell more than its end.
WatchdogSec=3min
WatchdogSignal=SIGKILL
# The daemon is asked to stop and puts its state away; a routine's window that is still open then goes with it.
KillMode=mixed
TimeoutStopSec=10
# The log and the state tell when a person sat at the desk.
UMask=0077
NoNewPrivileges=yes
LockPersonality=yes
SystemCallArchitectures=native

[Install]
WantedBy=graphical-session.target
"""


def path() -> Path:
    """Return where the unit lies."""
    return config_home() / "systemd/user" / NAME


def wanted() -> Path:
    """Return the link by which the graphical session starts it."""
    return path().parent / f"{TARGET}.wants" / NAME


def text(command: Command) -> str:
    """Return the unit that runs this command."""
    program, *arguments = command
    words = [_quoted(word) for word in arguments]
    usual = program == str(Path.home() / ".local/bin/breakd")
    words.insert(0, "%h/.local/bin/breakd" if usual else _quoted(program))
    if re.search(r"[\"'\\]", program):  # no program may be named so, but an argument may
        words.insert(0, ENV)
    verbatim = ":" if any("$" in word for word in command) else ""  # no variable is meant
    return UNIT.format(command=verbatim + " ".join(words))


def _quoted(word: str) -> str:
    """Return the word by systemd.syntax(7), with its specifiers."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return escaped if re.fullmatch(r"[\w@%+=:,./-]+", escaped) else f'"{escaped}"'


def _command(unit: str) -> list[str]:
    """Return what a unit runs, as `text` or a person wrote it."""
    found = re.search(r"^ExecStart=[@:+!-]*(.+)$", unit, re.MULTILINE)
    try:
        words = shlex.split(found[1]) if found else []
    except ValueError:
        return []
    home, words = str(Path.home()), without_env(words)
    return [re.sub("%([%h])", lambda match: home if match[1] == "h" else "%", word) for word in words]


def found() -> Start | None:
    """Return the start by the unit, None where there is no unit."""
    unit = read(path())
    return None if unit is None else start("systemd", path(), _command(unit), _why_not())


def _why_not() -> str | None:
    if not wanted().is_symlink():
        return _("the unit is not enabled; `systemctl --user enable {unit}` does it").format(unit=NAME)
    if not is_active(TARGET):
        return _("{target} is not active: no session that starts it runs now").format(target=TARGET)
    return None


def is_active(unit: str) -> bool:
    """Return whether the user manager runs here and has this unit active."""
    try:
        return systemctl("is-active", "--quiet", unit).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def systemctl(*args: str) -> "subprocess.CompletedProcess[str]":
    """Ask the user manager, and return what it said. Raises OSError and subprocess.SubprocessError."""
    return subprocess.run(
        ["systemctl", "--user", *args],  # noqa: S607 - the system's own, wherever it lies
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=PATIENCE_S,
        check=False,
    )


def order(*args: str) -> None:
    """Have the user manager do something. Raises BreakdError where it does not."""
    said = " ".join(("systemctl", "--user", *args))
    try:
        done = systemctl(*args)
    except (OSError, subprocess.SubprocessError) as error:
        raise BreakdError(_("`{command}` failed: {why}").format(command=said, why=error)) from None
    if done.returncode:
        why = done.stderr.strip() or _("status {status}").format(status=done.returncode)
        raise BreakdError(_("`{command}` failed: {why}").format(command=said, why=why))
