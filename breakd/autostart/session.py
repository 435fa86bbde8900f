"""The desktop session that breakd is called from: which it is, and what it starts at login.

Law: nothing is guessed from what is merely installed; the session's own environment says what runs.
"""

import os
import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from breakd.autostart import systemd
from breakd.autostart.start import Command, Start, config_home, read, start

RUN_AUTOSTART = frozenset({
    "budgie", "cinnamon", "cosmic", "dde", "deepin", "enlightenment", "gnome", "kde", "lxde", "lxqt", "mate",
    "pantheon", "plasma", "trinity", "ubuntu", "ukui", "unity", "x-cinnamon", "xfce",
})  # fmt: skip
"""The desktops that start what lies in ~/.config/autostart, as their sessions name them, in small letters."""

VARIABLES = ("XDG_CURRENT_DESKTOP", "XDG_SESSION_DESKTOP", "DESKTOP_SESSION")


@dataclass(frozen=True, slots=True)
class Compositor:
    """A window manager that starts only what its own configuration names."""

    name: str
    files: tuple[str, ...]
    """Its configuration, in ~/.config, or in the home where it begins with `~`; the first is the usual one."""

    line: str
    """What starts a program, with `{command}` (quoted for a shell) or `{words}` (each in double quotes)."""

    def file(self) -> Path:
        """Return the configuration that is there, otherwise the usual one."""
        places = [_place(name) for name in self.files]
        return next((place for place in places if place.exists()), places[0])

    def asks_for(self, command: Command) -> str:
        """Return the line that starts this command."""
        words = " ".join('"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"' for word in command)
        return self.line.format(command=shlex.join(command), words=words)


COMPOSITORS = {
    each.name.lower(): each
    for each in (
        Compositor("sway", ("sway/config", "~/.sway/config"), "exec {command}"),
        Compositor("i3", ("i3/config", "~/.i3/config"), "exec --no-startup-id {command}"),
        Compositor("Hyprland", ("hypr/hyprland.conf",), "exec-once = {command}"),
        Compositor("river", ("river/init",), "{command} &"),
        Compositor("niri", ("niri/config.kdl",), "spawn-at-startup {words}"),
        Compositor("labwc", ("labwc/autostart",), "{command} &"),
        Compositor("bspwm", ("bspwm/bspwmrc",), "{command} &"),
        Compositor("herbstluftwm", ("herbstluftwm/autostart",), "{command} &"),
        Compositor("openbox", ("openbox/autostart",), "{command} &"),
        Compositor("fluxbox", ("~/.fluxbox/startup",), "{command} &"),
        Compositor("IceWM", ("icewm/startup", "~/.icewm/startup"), "{command} &"),
    )
}


def _place(name: str) -> Path:
    return Path(name).expanduser() if name.startswith("~") else config_home() / name


def names() -> tuple[str, ...]:
    """Return how the session calls itself, the most exact first; nothing outside a desktop session."""
    values = (os.environ.get(variable, "") for variable in VARIABLES)
    return tuple(dict.fromkeys(part for value in values for part in value.split(":") if part))


def _words() -> Iterator[str]:
    """Yield the names in small letters, and their first words: `xfce` for a session called `xfce-wayland`."""
    for name in names():
        yield name.lower()
        yield re.split(r"[-_ ]", os.path.basename(name.lower()))[0]  # noqa: PTH119 - DESKTOP_SESSION may be a path


def compositor() -> Compositor | None:
    """Return the window manager of this session, where it is one that starts only what its configuration names."""
    found = next((COMPOSITORS[word] for word in _words() if word in COMPOSITORS), None)
    if found is None and not names():  # started by hand, from a terminal
        for variable, name in (("SWAYSOCK", "sway"), ("I3SOCK", "i3"), ("HYPRLAND_INSTANCE_SIGNATURE", "hyprland")):
            if os.environ.get(variable):
                return COMPOSITORS[name]
    return found


def runs_autostart() -> bool:
    """Return whether this session starts what lies in ~/.config/autostart."""
    if any(word in RUN_AUTOSTART for word in _words()):
        return True
    return _starts_dex() or systemd.is_active("xdg-desktop-autostart.target")


def _lines() -> list[str]:
    """Return the lines of the compositor's configuration that are no comments."""
    here = compositor()
    lines = ((read(here.file()) or "") if here else "").splitlines()
    return [line for line in lines if not line.lstrip().startswith(("#", "//"))]


def _starts_dex() -> bool:
    """Return whether the compositor's configuration runs dex, which starts what lies there."""
    dex = re.compile(r"\bdex(-autostart)?\s.*(-a\b|--autostart\b)")
    return any(dex.search(line) for line in _lines()) and bool(shutil.which("dex") or shutil.which("dex-autostart"))


def found() -> Start | None:
    """Return the start by the compositor's own configuration, None where it does not name breakd."""
    here = compositor()
    if here is None:
        return None
    for line in _lines():
        named = re.search(r"""(?:'([^']*/breakd)'|"([^"]*/breakd)"|(\S*\bbreakd))["']?\s+["']?run\b""", line)
        if named:
            return start("session", here.file(), [next(filter(None, named.groups())), "run"])
    return None
