"""A setting of a desktop built on GLib that says do-not-disturb.

dconf tells on the bus which settings were written; the value is then read by a child process, since GLib in the daemon
would cost its memory for ever.

Law: one child at a time, and only at the start and after the setting was written.
"""

import logging
import subprocess
import threading
from collections.abc import Callable
from functools import partial

from breakd.adapters.bus import Bus, BusError

WRITER = "ca.desrt.dconf.Writer"
LIMIT_S = 10.0

log = logging.getLogger(__name__)


class Setting:
    """The Way of a server that reads `key` of `schema`, which dconf has at `path`; `quiet` is its value as text."""

    def __init__(
        self,
        bus: Bus,
        told: Callable[[str, "bool | BusError"], None],
        *,
        schema: str,
        key: str,
        path: str,
        quiet: str,
    ) -> None:
        self._schema, self._key, self._path, self._quiet = schema, key, path, quiet
        self._bus, self._told = bus, told
        self._owner: str | None = None
        self._reading = self._again = False
        self._end = bus.subscribe(self._written, interface=WRITER, member="Notify")

    def ask(self, owner: str) -> None:
        self._owner = owner
        self._read()

    def rest(self) -> None:
        self._owner = None

    def close(self) -> None:
        self._end()
        self._owner = None

    def _written(self, prefix: str, changes: list[str], _tag: str) -> None:
        """`prefix` with each of the changes is a path; one that ends with a slash stands for all that lies below it."""
        if self._owner is not None and any(_covers(prefix + change, self._path) for change in changes):
            self._read()

    def _read(self) -> None:
        self._again = self._reading
        if not self._reading:
            self._reading = True
            threading.Thread(target=self._run, name="gsettings", daemon=True).start()

    def _run(self) -> None:
        """Run on a thread of its own."""
        said: bool | BusError
        try:
            told = subprocess.run(
                ["gsettings", "get", self._schema, self._key],  # noqa: S607 - the one on the person's PATH is meant
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=LIMIT_S,
                check=True,
            )
            said = told.stdout.strip() == self._quiet.encode()
        except (OSError, subprocess.SubprocessError) as error:
            said = BusError(f"gsettings: {error}")
        self._bus.soon(partial(self._got, said))

    def _got(self, said: "bool | BusError") -> None:
        self._reading = False
        if self._again:
            self._read()
        elif self._owner is not None:
            self._told(self._owner, said)


def _covers(written: str, path: str) -> bool:
    return path == written or (written.endswith("/") and path.startswith(written))
