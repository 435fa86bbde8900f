"""Questions to the desktop: a service on its bus, and GNOME's settings.

Law: an answer comes soon or not at all, and whatever fails is no answer and a line in the log.
"""

import logging
import subprocess
from typing import Any

LIMIT_S = 0.15
"""How long one answer may take: what asks is about to show its window."""

log = logging.getLogger(__name__)


def ask(name: str, path: str, method: str, signature: str | None = None, *args: Any) -> tuple[Any, ...] | None:
    """Call a method, named with its interface, on the session bus and return the reply's values; None for no answer."""
    try:
        from jeepney import DBusAddress  # noqa: PLC0415 - it is installed on Linux only

        from breakd.adapters.bus import Bus, BusError  # noqa: PLC0415 - the same
    except ImportError:
        return None
    try:
        bus = Bus.session()
    except BusError as error:
        log.info("%s", error)
        return None
    interface, _, member = method.rpartition(".")
    try:
        return bus.call(DBusAddress(path, name, interface), member, signature, args, timeout=LIMIT_S)
    except BusError as error:
        log.info("no answer from %s: %s", name, error)
        return None
    finally:
        bus.close()


def gsettings(schema: str) -> dict[str, str]:
    """Return the keys of a schema with their values as text, quotes taken off; empty for no answer."""
    try:
        told = subprocess.run(
            ["gsettings", "list-recursively", schema],  # noqa: S607 - the one on the person's PATH is meant
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=LIMIT_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        log.info("gsettings: %s", error)
        return {}
    lines = (line.split(" ", 2) for line in told.stdout.decode(errors="replace").splitlines())
    return {words[1]: words[2].strip("'") for words in lines if len(words) > 2}  # noqa: PLR2004 - schema, key, value
