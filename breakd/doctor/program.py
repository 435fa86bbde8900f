"""breakd itself and what it runs on: its version and daemon, Python, Tk, presence, sound, speech, the start at login.

Law: how breakd was installed is told in a word, never by a place.
"""

import json
import platform
import shlex
import sqlite3
import sys
from importlib import metadata, util
from pathlib import Path

from breakd import __version__
from breakd.adapters import presence as presences
from breakd.adapters.sound import Sounds
from breakd.adapters.speech import Speech
from breakd.autostart import current as starts
from breakd.autostart.start import Start
from breakd.doctor.finding import ABSENT, SERVES, WORKS, Finding, Source, missing, ok, unknown, word
from breakd.doctor.machine import Machine
from breakd.doctor.packages import install
from breakd.errors import BreakdError, NoDaemonError
from breakd.texts import _, later, plural

SOURCES = {"x11": "X11", "mutter": "GNOME (Mutter)", "windows": "Windows", "macos": "macOS"}
UNKNOWN_SOURCE = "unknown"


def breakd(_machine: Machine) -> Finding:
    return ok(_("{version}, {installed}").format(version=__version__, installed=_(_TOLD[installed()])))


def installed() -> str:
    """Return how this breakd was installed: `pipx`, `uv`, `checkout`, `venv` or `system`."""
    prefix = Path(sys.prefix)
    if (prefix / "pipx_metadata.json").exists():
        return "pipx"
    if (prefix / "uv-receipt.toml").exists():
        return "uv"
    if _is_editable() or (Path(__file__).parents[2] / "pyproject.toml").exists():
        return "checkout"
    return "venv" if sys.prefix != sys.base_prefix else "system"


_TOLD = {
    "pipx": later("installed by pipx"),
    "uv": later("installed by uv"),
    "checkout": later("run from a checkout"),
    "venv": later("in a virtual environment"),
    "system": later("installed for the system's Python"),
}
UPGRADE = {
    "pipx": ("pipx", "upgrade", "breakd"),
    "uv": ("uv", "tool", "upgrade", "breakd"),
    "venv": ("pip", "install", "--upgrade", "breakd"),
}
"""How each kind is brought up to date; a checkout and a system's package by what they came from."""


def _is_editable() -> bool:
    try:
        told = json.loads(metadata.distribution("breakd").read_text("direct_url.json") or "{}")
        return bool(told["dir_info"]["editable"])
    except (metadata.PackageNotFoundError, ValueError, KeyError, TypeError):
        return False


def python(_machine: Machine) -> Finding:
    return ok(
        _("{python}, with SQLite {sqlite}").format(python=platform.python_version(), sqlite=sqlite3.sqlite_version)
    )


def system(_machine: Machine) -> Finding:
    try:
        name = platform.freedesktop_os_release().get("PRETTY_NAME", "")
    except OSError:
        name = ""
    return ok(f"{word(name or f'{platform.system()} {platform.release()}')}, {platform.machine()}")


def tkinter(_machine: Machine) -> Finding:
    if util.find_spec("_tkinter") is None:
        if sys.platform == "linux" and sys.base_prefix == "/usr":
            return missing(_("without it there are no windows: no routine, no panel"), *install("tk"))
        return missing(_("this Python was built without it, so there are no windows; install breakd with another"))
    import tkinter as tk  # noqa: PLC0415 - it may be missing

    return ok(_("Tk {version}").format(version=word(tk.TkVersion)))


def presence(machine: Machine) -> Finding:
    """Say which source serves, by the word of the daemon where one runs, and what each of the others could do."""
    try:
        system_bus = machine.system()
    except TimeoutError:  # what is asked there is the last resort
        system_bus = None
    seen = presences.survey(machine.session(), system_bus)
    here = next((each.name for each in seen if each.state == SERVES), UNKNOWN_SOURCE)
    serves = _of_daemon(machine) or here
    sources = [_source(each, serves) for each in seen]
    if serves == UNKNOWN_SOURCE != here:
        text = _("the daemon has not found {source}, which tells when keyboard and mouse rest")
        return missing(text.format(source=SOURCES.get(here, here)), "breakd", "restart").of(sources)
    if serves == UNKNOWN_SOURCE:
        text = _("nothing tells when keyboard and mouse rest; all time but locks and sleep counts as sitting")
        return missing(text).of(sources)
    text = _("{source} tells when keyboard and mouse rest")
    if any(each.silent for each in seen if each.name == serves):
        text = _("{source} tells when keyboard and mouse rest, but of no absence while a video keeps the screen awake")
    return ok(text.format(source=SOURCES.get(serves, serves))).of(sources)


def _of_daemon(machine: Machine) -> str:
    """Return the source that serves the daemon, empty where none tells."""
    told = machine.of_daemon().get("presence")
    return word(told.get("source", "")) if isinstance(told, dict) else ""


def _source(seen: presences.Seen, serves: str) -> Source:
    if seen.state == ABSENT:
        return Source(seen.name, ABSENT, _("not here: {why}").format(why=seen.why))
    if seen.name == serves:
        return Source(seen.name, SERVES, _("serves"))
    text = (
        _("works, in reserve; of no absence while a video keeps the screen awake")
        if seen.silent
        else _("works, in reserve")
    )
    return Source(seen.name, WORKS, text)


def sound(_machine: Machine) -> Finding:
    if (name := Sounds().name) == "none":
        return missing(_("no program plays sounds: routines are silent"), *install("sound"))
    return ok(_("{program} plays sounds").format(program=name))


def speech(_machine: Machine) -> Finding:
    if (name := Speech().name) == "none":
        return missing(_("no program speaks the cues of a routine"), *install("speech"))
    return ok(_("{program} speaks the cues of a routine").format(program=name))


def daemon(machine: Machine) -> Finding:
    try:
        told = machine.status()
        theirs, problems = told["version"], told["problems"]
    except NoDaemonError:
        return missing(_("it is not running"), "breakd", "run")
    except (BreakdError, KeyError, TypeError):
        return unknown(_("something runs, but gives no answer that can be understood"), "pkill", "-f", "breakd.run")
    if theirs != __version__:
        text = _("it runs, but is version {theirs} while this command is {ours}")
        return missing(text.format(theirs=word(theirs), ours=__version__), "breakd", "restart")
    told_by_status = [*problems, *filter(None, (told.get("config_error"), told.get("log_error")))]
    if told_by_status:
        text = plural("it runs, and has {n} problem", "it runs, and has {n} problems", len(told_by_status))
        return missing(text, "breakd", "status")
    return ok(_("it runs: {state}").format(state=word(told.get("state", "?"))))


def autostart(_machine: Machine) -> Finding:
    found = starts()
    if works := [_way(start) for start in found if start.works is None]:
        return ok(", ".join(works))
    if not found:
        return missing(_("nothing starts breakd at the next login"), "breakd", "install")
    failing = "; ".join(f"{_way(start)}: {_why_not(start)}" for start in found)
    return missing(failing, "breakd", "install")


def _way(start: Start) -> str:
    ways = {
        "systemd": later("by systemd's user manager"),
        "xdg": later("by the desktop's autostart folder"),
        "session": later("by the window manager's own configuration"),
        "launchd": later("by launchd"),
        "registry": later("by the registry"),
    }
    return _(ways[start.way]) if start.way in ways else start.way


def _why_not(start: Start) -> str:
    """Return why it would not work, with the program's name in place of its path; no other path is told."""
    program = next(iter(shlex.split(start.command)), "")
    why = (start.works or "").replace(program, Path(program).name) if program else start.works or ""
    return _("it would not work here") if "/" in why else why
