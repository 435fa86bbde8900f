"""How long Windows saw no input.

Law: nothing of Windows is touched before `connect`. This has never run on Windows; its tests play the two calls.
"""

import ctypes
from collections.abc import Callable
from typing import Any

_WRAPS = 2**32  # milliseconds: the counter begins anew each 49.7 days
_AHEAD = 60_000  # milliseconds that the time of an input may be ahead of the counter, which is coarse


class LastInput(ctypes.Structure):
    """LASTINPUTINFO."""

    _fields_ = (("size", ctypes.c_uint32), ("ticks", ctypes.c_uint32))


def connect() -> Callable[[], float | None]:
    """Return what asks Windows: the seconds since the last input, None where it does not say. Raises OSError."""
    windll: Any = ctypes.windll  # type: ignore[attr-defined]  # it is there on Windows
    return asking(windll.user32, windll.kernel32)


def asking(user32: Any, kernel32: Any) -> Callable[[], float | None]:
    """Return what asks these libraries."""

    def idle_s() -> float | None:
        last = LastInput(size=ctypes.sizeof(LastInput))
        if not user32.GetLastInputInfo(ctypes.byref(last)):
            return None
        ticks = (kernel32.GetTickCount() - last.ticks) % _WRAPS
        return 0.0 if ticks > _WRAPS - _AHEAD else ticks / 1000

    return idle_s
