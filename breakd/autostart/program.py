"""The program that runs now: by which command it can be started at any time, and where it was installed from.

Law: the command is an absolute path that outlives upgrades: a login may have no PATH worth the name.
"""

import os
import shutil
import sys
import sysconfig
import tomllib
from contextlib import suppress
from pathlib import Path

import breakd
from breakd import folders
from breakd.autostart.start import Command, checked

NAME = "breakd"


def command() -> Command:
    """Return what starts this very installation, without arguments. Raises BreakdError where no file can say it."""
    own = _own()
    if own is None:
        return checked((sys.executable, "-P", "-m", "breakd"))
    return checked((str(_link_to(own) or own),))


def _own() -> Path | None:
    """Return the program as pip has put it, None where there is none (`python -m breakd` from a folder)."""
    called = Path(sys.argv[0])
    places = [called.absolute()] if called.stem == NAME and called.parent != Path() else []
    places.append(Path(sysconfig.get_path("scripts")) / (f"{NAME}.exe" if sys.platform == "win32" else NAME))
    return next((place for place in places if _runs(place)), None)


def _link_to(own: Path) -> Path | None:
    """Return the link with which pipx and uv lead to the program: it stays where it is at an upgrade."""
    named = shutil.which(NAME)
    places = [Path.home() / ".local/bin" / NAME, *([Path(named).absolute()] if named else [])]
    return next((place for place in places if _runs(place) and place.resolve() == own.resolve()), None)


def _runs(place: Path) -> bool:
    return place.is_file() and os.access(place, os.X_OK)


def checkout() -> Path | None:
    """Return the folder of the source that breakd runs from, None where it is installed apart."""
    folder = Path(breakd.__file__).resolve().parents[1]
    return folder if any((folder / name).exists() for name in ("pyproject.toml", ".git")) else None


def is_passing() -> bool:
    """Return whether it runs from a cache, as `uvx breakd` and `pipx run breakd` do."""
    return folders.cache_dir().parent in Path(sys.prefix).parents


def other(pid: int) -> str | None:
    """Return the Python of the daemon with this process id where it is not the one that runs here, else None."""
    try:
        called = os.fsdecode(Path(f"/proc/{pid}/cmdline").read_bytes().partition(b"\0")[0])
    except OSError:  # not on Linux, or it has just ended
        return None
    ours = os.path.dirname(sys.executable)  # noqa: PTH120 - links are not to be followed: each environment is one
    return called if os.path.isabs(called) and os.path.dirname(called) != ours else None  # noqa: PTH117, PTH120 - the same


def addition(package: str) -> Command:
    """Return what adds a package to this very installation, whoever made it."""
    if Path(sys.prefix, "pipx_metadata.json").exists():
        return ("pipx", "inject", NAME, package)
    if Path(sys.prefix, "uv-receipt.toml").exists():
        return ("uv", "tool", "install", "--with", package, _uv_source())
    return (sys.executable, "-m", "pip", "install", package)


def _uv_source() -> str:
    """Return from where uv installed breakd: a folder, an archive or an address; by its name where it does not say."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        tool = tomllib.loads(Path(sys.prefix, "uv-receipt.toml").read_text(encoding="utf-8"))["tool"]
        for wanted in tool["requirements"]:
            if wanted["name"] == NAME:
                found = [wanted[key] for key in ("directory", "editable", "path", "url", "git") if key in wanted]
                return f"git+{found[0]}" if "git" in wanted else str(found[0])
    return NAME


def removal() -> Command:
    """Return what removes the program itself; pipx and uv leave a note of their own where they installed it."""
    if Path(sys.prefix, "pipx_metadata.json").exists():
        return ("pipx", "uninstall", NAME)
    if Path(sys.prefix, "uv-receipt.toml").exists():
        return ("uv", "tool", "uninstall", NAME)
    return (sys.executable, "-m", "pip", "uninstall", NAME)
