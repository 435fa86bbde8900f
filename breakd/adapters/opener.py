"""Opens a file in whatever the desktop has for it: an editor, a browser.

Law: what was opened is not breakd's: it outlives the daemon, and nothing waits for it but a thread of its own. In a
service of systemd's user manager it becomes a service beside it: a child would be ended with the service's restart,
and neither its hardening nor its limits are meant for an editor.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

from breakd import privacy
from breakd.texts import _

Failed = Callable[[str], None]
"""Is told, on another thread, why something could not be opened."""

SHARED = (
    "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS", "DESKTOP_SESSION", "PATH", "HOME",
    "LANG", "LANGUAGE", "BROWSER", "EDITOR", "VISUAL", "KDE_FULL_SESSION", "KDE_SESSION_VERSION",
    "GNOME_DESKTOP_SESSION_ID", "BREAKD_CONFIG",
)  # fmt: skip
"""What a program on the screen needs of our environment, with XDG_* and LC_*: the user manager may know none of it."""

NO_SERVICE = 1
"""The status with which `systemd-run` says that it could not start anything; `xdg-open` never ends so for a file."""


def open_file(path: str, failed: Failed) -> None:
    """Open the file in the desktop's own program for it, and go on. Never raises."""
    threading.Thread(target=_open, args=(os.path.abspath(path), failed), name="opener", daemon=True).start()  # noqa: PTH100 - Path's would follow links


def show_file(path: str, patience_s: float) -> str | None:
    """Open the file like open_file, and return why that failed within so many seconds, else None. Never raises."""
    said: list[str] = []
    thread = threading.Thread(target=_open, args=(os.path.abspath(path), said.append), name="opener", daemon=True)  # noqa: PTH100 - the same
    thread.start()
    thread.join(patience_s)  # a browser without a desktop may be what runs until it is closed
    return said[0] if said else None


def run_program(command: Sequence[str], failed: Failed) -> None:
    """Run a program of our own beside the daemon, which says on standard error why it fails. Never raises."""
    threading.Thread(target=_run_and_tell, args=(command, failed), name="opener", daemon=True).start()


def _run_and_tell(command: Sequence[str], failed: Failed) -> None:
    nowhere = subprocess.DEVNULL
    try:
        done = subprocess.run(
            command, stdin=nowhere, stdout=nowhere, stderr=subprocess.PIPE, check=False, start_new_session=True
        )
    except OSError as error:
        failed(error.strerror or str(error))
        return
    if done.returncode:
        text = done.stderr.decode(errors="replace").strip()
        failed(text or _("it ended with status {status}").format(status=done.returncode))


def start_program(command: Sequence[str]) -> None:
    """Start a program of our own, and go on; one that cannot be started is not there. Never raises."""
    threading.Thread(target=_start, args=(command,), name="opener", daemon=True).start()


def _start(command: Sequence[str]) -> None:
    with suppress(OSError):
        _apart(command)


def _apart(command: Sequence[str]) -> int:
    """Run a program that outlives the daemon, wait for its end, and return its status. Raises OSError.

    It reads nothing, and what it writes goes nowhere.
    """
    if _in_a_service():
        names = sorted(name for name in os.environ if name in SHARED or name.startswith(("XDG_", "LC_")))
        environment = [part for name in names for part in ("-E", f"{name}={os.environ[name]}")]
        literal = [part.replace("$", "$$") for part in command]  # else the manager takes it for a variable
        for how in (["--wait"], []):  # only a manager on the session's bus can be waited for
            service = ["systemd-run", "--user", "--collect", "--quiet", *how, "-p", "KillMode=process", *environment]
            with suppress(OSError):  # there is none
                if (status := _run([*service, "--", *literal])) != NO_SERVICE:
                    return status
    return _run(command)


def _open(path: str, failed: Failed) -> None:
    as_text = [] if path.endswith(".html") else ["-t"]
    program = ["open", *as_text] if sys.platform == "darwin" else ["xdg-open"]
    try:
        if sys.platform == "win32":
            os.startfile(path)  # noqa: S606 - the person's own program for the file is what is wanted
            return
        status = _apart([*program, path])
    except FileNotFoundError:
        failed(_("{program} is not installed").format(program=program[0]))
    except OSError as error:
        failed(error.strerror or str(error))
    else:
        if status:
            failed(_("{program} ended with status {status}").format(program=program[0], status=status))


def _in_a_service() -> bool:
    """Return whether systemd started this as a service; a session of GNOME or KDE starts all that way."""
    return sys.platform == "linux" and bool(os.environ.get("INVOCATION_ID"))


def _run(command: Sequence[str]) -> int:
    """Run this to its end in a session of its own, so that no signal to ours reaches it. Raises OSError."""
    nowhere = subprocess.DEVNULL
    return subprocess.Popen(
        command, stdin=nowhere, stdout=nowhere, stderr=nowhere, start_new_session=True, umask=privacy.theirs()
    ).wait()
