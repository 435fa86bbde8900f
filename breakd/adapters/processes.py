"""What a process goes by, as /proc tells it.

Law: a process that is gone, or another user's, has no names; nothing is raised.
"""

import os
from contextlib import suppress

_GONE = " (deleted)"


def names(pid: int) -> tuple[str, ...]:
    """Return its command's name, its program's file name and the name that it was called by, each once."""
    found: list[str] = []
    with suppress(OSError), open(f"/proc/{pid}/comm", "rb") as file:  # noqa: PTH123 - Path's would do nothing more
        found.append(os.fsdecode(file.read().rstrip(b"\n")))
    with suppress(OSError):
        program = os.readlink(f"/proc/{pid}/exe")  # noqa: PTH115 - the same
        found.append(program.rpartition("/")[2].removesuffix(_GONE))
    with suppress(OSError), open(f"/proc/{pid}/cmdline", "rb") as file:  # noqa: PTH123 - the same
        found.append(os.fsdecode(file.read(4096).split(b"\0")[0].rpartition(b"/")[2]))
    return tuple(dict.fromkeys(name for name in found if name))
