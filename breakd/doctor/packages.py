"""The command that installs what is missing, for the system at hand.

Law: a command is named only where the package is known to be in that system's own archive.
"""

import platform
from collections.abc import Mapping

_INSTALL = {
    "debian": ("sudo", "apt", "install"),
    "fedora": ("sudo", "dnf", "install"),
    "arch": ("sudo", "pacman", "-S"),
    "suse": ("sudo", "zypper", "install"),
    "alpine": ("sudo", "apk", "add"),
}
_LIKE = {"ubuntu": "debian", "rhel": "fedora", "centos": "fedora", "archlinux": "arch", "opensuse": "suse"}

_PACKAGES = {
    "tk": {
        "debian": "python3-tk",
        "fedora": "python3-tkinter",
        "arch": "tk",
        "suse": "python3-tk",
        "alpine": "python3-tkinter",
    },
    "notifications": dict.fromkeys(_INSTALL, "xfce4-notifyd"),
    "wayland-notifications": dict.fromkeys(_INSTALL, "mako") | {"debian": "mako-notifier"},
    "sound": dict.fromkeys(_INSTALL, "pulseaudio-utils") | {"arch": "libpulse"},
    "speech": dict.fromkeys(_INSTALL, "espeak-ng"),
    "sound-server": {"debian": "pipewire-pulse"},
    "video-server": {"debian": "pipewire"},
    "gnome-tray": dict.fromkeys(("debian", "fedora", "arch"), "gnome-shell-extension-appindicator"),
}


def install(need: str, system: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Return the words of the command that installs what `need` names (a key of the table), none where it is not known.

    `system` is what /etc/os-release says; None: it is read.
    """
    system = _system() if system is None else system
    for name in (system.get("ID", ""), *system.get("ID_LIKE", "").split()):
        kind = _LIKE.get(name, "suse" if name.startswith("opensuse") else name)
        if kind in _INSTALL:
            package = _PACKAGES[need].get(kind)
            return () if package is None else (*_INSTALL[kind], package)
    return ()


def _system() -> Mapping[str, str]:
    try:
        return platform.freedesktop_os_release()
    except OSError:
        return {}
