"""The windows, by Tk: each runs in a process of its own, which a command starts and which ends with its window."""

from breakd.routines.session import NoWindowError
from breakd.texts import needs_tk

try:
    import tkinter as tk  # noqa: F401 - whoever imports a window of this package is told what keeps it from opening
except ImportError as error:
    raise NoWindowError(needs_tk()) from error
