"""What `install` writes, and `uninstall` removes.

Law: whatever one writes, the other knows.
"""

from pathlib import Path

from breakd.autostart import launchd, systemd, xdg
from breakd.autostart.files import File
from breakd.autostart.start import Command, config_home, data_home

ICON_SIZES = (48, 128, 256)

TEXTS = {"systemd": systemd, "xdg": xdg, "launchd": launchd}
"""The ways that are a file each."""


def file(way: str, command: Command) -> File | None:
    """Return the file of this way, None for the registry."""
    module = TEXTS.get(way)
    return None if module is None else File(module.path(), _bytes(module.text((*command, "run"))))


def launcher(command: Command) -> File:
    """Return the launcher's entry."""
    return File(xdg.launcher(), _bytes(xdg.launcher_text((*command, "launch"))))


def icon(size: int) -> Path:
    """Return where the icon of this size lies."""
    return data_home() / f"icons/hicolor/{size}x{size}/apps/breakd.png"


def of(way: str) -> list[Path]:
    """Return the files of this way."""
    module = TEXTS.get(way)
    paths = [module.path()] if module else []
    return [systemd.wanted(), *paths] if way == "systemd" else paths


def beside() -> list[Path]:
    """Return the files that every way has, and where a person may have put what `completion` printed."""
    completions = [
        data_home() / "bash-completion/completions/breakd",
        data_home() / "zsh/site-functions/_breakd",
        config_home() / "fish/completions/breakd.fish",
    ]
    return [xdg.launcher(), *map(icon, ICON_SIZES), *completions]


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogateescape")
