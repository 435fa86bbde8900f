"""Has a week's line worked out by `breakd week`, a process that ends, and tells it as a notice.

Law: the daemon depends on none of it: it waits for nothing, and a child that fails, takes too long or has nothing to
tell is noted in the text log, if at all.
"""

import logging
import os
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import date

from breakd.ports import Notice, Post

TIME_S = 60
"""How long the child may take; it needs well below a second."""

NICENESS = 10
"""So far it steps back behind what the person does (nice(1))."""

log = logging.getLogger(__name__)


def tell_week(post: Post, monday: date, time_s: float = TIME_S) -> None:
    """Have the line of the week that begins on `monday` worked out and told, and go on. Never raises."""
    try:
        threading.Thread(target=_tell, args=(post, monday, time_s), name="week", daemon=True).start()
    except RuntimeError as error:  # no more threads
        log.warning("the week's line: %s", error)


def _tell(post: Post, monday: date, time_s: float) -> None:
    try:
        text = _worked_out(monday, time_s)
    except subprocess.TimeoutExpired:
        log.warning("the week's line took longer than %g s, and was ended", time_s)
    except (OSError, subprocess.CalledProcessError) as error:
        log.warning("the week's line: %s", (getattr(error, "stderr", None) or str(error)).strip())
    else:
        if text:
            post(Notice("week", "breakd", text))


def _worked_out(monday: date, time_s: float) -> str:
    """Return what the child prints. Raises OSError or SubprocessError where it does not do its part."""
    command = [sys.executable, "-P", "-m", "breakd", "week", monday.isoformat()]
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        process_group=0,  # not a session: in one of its own the kernel's autogroup would undo the niceness
    ) as child:
        try:
            if sys.platform != "win32":
                with suppress(OSError):  # it may be over already, or this forbidden
                    os.setpriority(os.PRIO_PROCESS, child.pid, NICENESS)
            said, wrong = child.communicate(timeout=time_s)
        except:
            child.kill()
            raise
    if child.returncode:
        raise subprocess.CalledProcessError(child.returncode, command, said, wrong)
    return said.strip()
