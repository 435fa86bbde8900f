"""breakd's own text log: what went on inside, for whoever looks for a defect. The log of breaks is another thing.

Law: it never grows beyond two files of a megabyte, and a folder that cannot be written stops nothing.
"""

import os
import traceback
from contextlib import suppress
from pathlib import Path

from breakd.folders import state_dir

LARGEST = 1_000_000


def path() -> Path:
    """Return where it lies."""
    return state_dir() / "breakd.log"


def begin() -> None:
    """Have the standard library's logging write there."""
    import logging  # noqa: PLC0415 - only the daemon needs it

    file = path()
    handler: logging.Handler = logging.NullHandler()
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if file.exists() and file.stat().st_size > LARGEST:
            file.replace(file.with_suffix(".log.1"))
        handler = logging.FileHandler(file, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.INFO)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    logging.raiseExceptions = False  # a full disk must not put tracebacks on standard error


def record_crash() -> str:
    """Append the traceback of the exception at hand; return where, or '-' where it could not be written."""
    file = path()
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with file.open("a", encoding="utf-8") as log:
            log.write(traceback.format_exc())
    except OSError:
        return "-"
    return os.fspath(file)
