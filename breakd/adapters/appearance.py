"""How the desktop wants things to look: light, dark or in high contrast, and whether they may move.

Law: the first source that knows is believed, the desktop's portal before all others. A source that hangs costs a moment
(desktop.LIMIT_S), and whatever one breaks on, the window opens: light and moving where nothing is known.
"""

import logging
import os
import re
import subprocess
import sys
from collections.abc import Callable
from typing import NamedTuple

from breakd.adapters import desktop, xscreen

AUTO, LIGHT, DARK, HIGH_CONTRAST = "auto", "light", "dark", "high-contrast"

log = logging.getLogger(__name__)


class Appearance(NamedTuple):
    """The theme, one of `light`, `dark` and `high-contrast`, and whether pictures are to stand still."""

    theme: str
    reduced_motion: bool


class Known(NamedTuple):
    """What one source knows of it; None where it does not."""

    theme: str | None = None
    reduced_motion: bool | None = None


def settings_theme(theme: str, *, reduced_motion: bool = False) -> Appearance:
    """Return the looks for these values of `[routine]`: the desktop decides what they leave open."""
    if theme != AUTO and reduced_motion:
        return Appearance(theme, reduced_motion)
    wanted = preferred()
    return Appearance(wanted.theme if theme == AUTO else theme, reduced_motion or wanted.reduced_motion)


def preferred() -> Appearance:
    """Return what the desktop wants. Never raises."""
    theme = still = None
    for ask in _sources():
        try:
            told = ask()
        except Exception as error:  # noqa: BLE001 - whatever a source sends or breaks on, the window opens
            log.info("%s: %s", ask.__name__, error)
            continue
        theme = told.theme if theme is None else theme
        still = told.reduced_motion if still is None else still
        if theme is not None and still is not None:
            break
    return Appearance(theme or LIGHT, bool(still))


def _sources() -> tuple[Callable[[], Known], ...]:
    if sys.platform == "win32":
        sources: tuple[Callable[[], Known], ...] = (_windows,)
    elif sys.platform == "darwin":
        sources = (_macos,)
    else:
        sources = (_portal, _gtk_theme, _xsettings, _gnome)
    return sources


def _portal() -> Known:
    """Ask xdg-desktop-portal, which all large desktops have. 0 is no preference, and so are unknown values."""
    group = "org.freedesktop.appearance"
    reply = desktop.ask(
        "org.freedesktop.portal.Desktop",
        "/org/freedesktop/portal/desktop",
        "org.freedesktop.portal.Settings.ReadAll",
        "as",
        [group],
    )
    told = {key: value for key, (_signature, value) in reply[0].get(group, {}).items()} if reply else {}
    theme = {1: DARK, 2: LIGHT}.get(told.get("color-scheme", 0))
    still = told.get("reduced-motion")
    return Known(HIGH_CONTRAST if told.get("contrast") == 1 else theme, None if still is None else still == 1)


def _gtk_theme() -> Known:
    return Known(_named(os.environ.get("GTK_THEME", "")))


def _xsettings() -> Known:
    """Ask the X screen: Xfce, MATE and Cinnamon tell it the name of the theme."""
    with xscreen.connection() as display:
        told = xscreen.settings(display)
    animations = told.get("Gtk/EnableAnimations")
    return Known(_named(str(told.get("Net/ThemeName", ""))), None if animations is None else not animations)


def _gnome() -> Known:
    told = desktop.gsettings("org.gnome.desktop.interface")
    theme = {"prefer-dark": DARK, "prefer-light": LIGHT}.get(told.get("color-scheme", ""))
    animations = told.get("enable-animations")
    return Known(theme or _named(told.get("gtk-theme", "")), None if animations is None else animations == "false")


def _named(theme: str) -> str | None:
    """Return what the name of a theme of GTK tells: `Adwaita:dark`, `Mint-Y-Dark-Aqua`, `HighContrast`."""
    if "contrast" in theme.lower():
        return HIGH_CONTRAST
    if re.search(r"[-_: ]dark\b", theme, re.IGNORECASE):
        return DARK
    return LIGHT if theme else None


def _macos() -> Known:
    contrast = _default("com.apple.universalaccess", "increaseContrast") == "1"
    dark = _default("-g", "AppleInterfaceStyle") == "Dark"
    still = _default("com.apple.universalaccess", "reduceMotion") == "1"
    return Known(HIGH_CONTRAST if contrast else DARK if dark else LIGHT, still)


def _default(domain: str, key: str) -> str:
    """Return a setting of macOS; empty where it was never set."""
    told = subprocess.run(
        ["defaults", "read", domain, key],  # noqa: S607 - it is a part of the system
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=desktop.LIMIT_S,
        check=False,
    )
    return told.stdout.strip()


if sys.platform == "win32":
    import ctypes
    import winreg

    _CLIENT_AREA_ANIMATION = 0x1042

    def _windows() -> Known:
        contrast = int(_registered(r"Control Panel\Accessibility\HighContrast", "Flags", "0")) & 1
        light = _registered(r"Software\Microsoft\Windows\CurrentVersion\Themes\Personalize", "AppsUseLightTheme", 1)
        animations = ctypes.c_int(1)
        ctypes.windll.user32.SystemParametersInfoW(_CLIENT_AREA_ANIMATION, 0, ctypes.byref(animations), 0)
        return Known(HIGH_CONTRAST if contrast else LIGHT if light else DARK, not animations.value)

    def _registered(path: str, name: str, otherwise: str | int) -> str | int:
        """Return one of the person's values in the registry."""
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, path) as key:
                found: str | int = winreg.QueryValueEx(key, name)[0]
                return found
        except OSError:
            return otherwise
