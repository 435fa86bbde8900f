"""How long macOS saw no input, and how the icon's loop there is reached from other threads.

Law: nothing of macOS is touched before a call. This has never run on macOS; its tests play the one call of the system,
and the loop.
"""

import ctypes
import signal
from collections.abc import Callable
from typing import Any

_SERVICES = "/System/Library/Frameworks/ApplicationServices.framework/ApplicationServices"
_THIS_SESSION = 0  # kCGEventSourceStateCombinedSessionState
_ANY_INPUT = 0xFFFF_FFFF  # kCGAnyInputEventType


def connect() -> Callable[[], float | None]:
    """Return what asks macOS for the seconds since the last input. Raises OSError."""
    return asking(ctypes.CDLL(_SERVICES))


def asking(services: Any) -> Callable[[], float | None]:
    """Return what asks this library."""
    seconds_since = services.CGEventSourceSecondsSinceLastEventType
    seconds_since.argtypes = (ctypes.c_int32, ctypes.c_uint32)
    seconds_since.restype = ctypes.c_double
    return lambda: float(seconds_since(_THIS_SESSION, _ANY_INPUT))


class MainLoop:
    """AppKit's loop, which runs on the main thread."""

    def later(self, act: Callable[[], None]) -> None:
        """Have it done on the main thread, in turn, as soon as the loop runs."""
        from PyObjCTools import AppHelper  # type: ignore[import-not-found]  # noqa: PLC0415 - there on macOS only

        AppHelper.callAfter(act)

    def started(self) -> None:
        """Take Ctrl+C back, with which pystray would end the program on the spot; the system calls our handler anew."""
        signal.signal(signal.SIGINT, signal.getsignal(signal.SIGINT))
