"""The file of the configuration: read anew when asked, and watched, so that saving it is enough.

Law: nothing here polls. Where the kernel does not tell of changes (a network home), `changed` compares.
"""

import os
from collections.abc import Callable

from breakd.core.settings import Settings
from breakd.ports import Post


class ConfigFile:
    """Reads the file with `read`, and posts ConfigChanged."""

    def __init__(self, post: Post, read: Callable[[], Settings], path: str) -> None:
        self._post, self._read, self._path = post, read, path
        self._seen = self._stamp()

    def read(self) -> Settings:
        """Return what the file says now. Raises UsageError with a line a problem."""
        self._seen = self._stamp()
        return self._read()

    def changed(self) -> bool:
        """Return whether the file is another one than at the last `read`."""
        return self._stamp() != self._seen

    def close(self) -> None:
        """Watch no more."""

    def _stamp(self) -> tuple[int, ...] | None:
        try:
            found = os.stat(self._path)  # noqa: PTH116 - Path's would do nothing more
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino, found.st_dev
