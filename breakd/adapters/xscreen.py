"""The X screen, for those who ask it once: its properties, and the desktop's settings for programs (XSETTINGS).

Law: nothing is asked that can be wrong with the values 0 to 2: python-xlib takes such errors for RandR's, and breaks.
"""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

ALL = 1 << 20
"""A property as long as this is read whole; asked for in parts, it could change between, which is such an error."""

Settings = dict[str, int | str]


@contextmanager
def connection() -> Iterator[Any]:
    """Connect to the display that DISPLAY names. Raises ImportError, and what python-xlib does: it has no one error."""
    from Xlib.display import Display  # noqa: PLC0415 - it is installed on Linux only

    display = Display()
    try:
        yield display
    finally:
        display.close()


def value(display: Any, window: Any, name: str) -> Any:
    """Return a window's property, None where it has none."""
    from Xlib import X  # noqa: PLC0415 - the same

    got = window.get_property(display.intern_atom(name), X.AnyPropertyType, 0, ALL)
    return None if got is None else got.value


def settings(display: Any) -> Settings:
    """Return what the desktop sets for its programs, as `Net/ThemeName`; empty where nobody sets anything."""
    manager = display.get_selection_owner(display.intern_atom(f"_XSETTINGS_S{display.get_default_screen()}"))
    told = value(display, manager, "_XSETTINGS_SETTINGS") if manager else None
    return {} if told is None else parse(bytes(told))


def has_tray(display: Any) -> bool:
    """Return whether a panel takes icons on this screen (XEmbed)."""
    return bool(display.get_selection_owner(display.get_atom(f"_NET_SYSTEM_TRAY_S{display.get_default_screen()}")))


def parse(told: bytes) -> Settings:
    """Return the numbers and texts in a property of XSETTINGS. Raises ValueError where it is none."""
    order = "<" if told[:1] == b"\0" else ">"
    found: Settings = {}
    try:
        (count,) = struct.unpack_from(f"{order}I", told, 8)
        at = 12
        for _ in range(count):
            kind, length = struct.unpack_from(f"{order}BxH", told, at)
            name = told[at + 4 : at + 4 + length].decode()
            at += 4 + _padded(length) + 4  # and the serial of its last change
            match kind:
                case 0:
                    (found[name],) = struct.unpack_from(f"{order}i", told, at)
                    at += 4
                case 1:
                    (length,) = struct.unpack_from(f"{order}I", told, at)
                    found[name] = told[at + 4 : at + 4 + length].decode()
                    at += 4 + _padded(length)
                case _:  # a colour
                    at += 8
    except struct.error as error:
        raise ValueError("malformed") from error
    return found


def _padded(length: int) -> int:
    return -(-length // 4) * 4
