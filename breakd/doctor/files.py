"""breakd's own files: configuration, log and saved state.

Law: they are read and nothing else; of the configuration only the places of its problems are told, never a value.
"""

import os
import re
import sqlite3
from pathlib import Path

from breakd import folders
from breakd.adapters import history, statefile
from breakd.config import ConfigError, Loaded, locate
from breakd.config.problems import escaped
from breakd.core.state import load as load_state
from breakd.doctor.finding import Finding, missing, ok, unknown
from breakd.doctor.machine import Machine
from breakd.doctor.program import UPGRADE, installed
from breakd.errors import UsageError
from breakd.texts import _, plural

_FOLDERS = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
_PLACE = re.compile(r"(?:(\d+): )?(?:([A-Za-z0-9_.\[\]-]+): )?")
"""What a problem of the configuration begins with, after the file's name: its line, and its key."""

_MOST = 3
"""So many problems are named; `breakd config check` names them all."""


def place(path: Path) -> str:
    """Return a path for strangers: from `~`, from the variable that names its folder, or its last part alone."""
    if os.environ.get("BREAKD_CONFIG") == str(path):
        return "$BREAKD_CONFIG"
    home = Path(os.path.expanduser("~"))  # noqa: PTH111 - Path.home raises where there is none
    for name in _FOLDERS:
        given = os.environ.get(name)
        if given and path.is_relative_to(given) and not Path(given).is_relative_to(home):
            return f"${name}/{path.relative_to(given).as_posix()}"
    return f"~/{path.relative_to(home).as_posix()}" if path.is_relative_to(home) else f".../{path.name}"


def configuration(machine: Machine) -> Finding:
    try:
        loaded: Loaded = machine.loaded()
    except ConfigError as error:
        return _wrong(locate(None)[0], error)
    where = place(loaded.path)
    if not loaded.exists:
        return ok(_("no file yet at {place}: the defaults are in use").format(place=where))
    return ok(_("{place} is right").format(place=where))


def _wrong(path: Path, error: ConfigError) -> Finding:
    """Return where it is wrong, as FILE:LINE: KEY."""
    where = place(path)
    if not os.path.lexists(path):
        return missing(_("{place} is not there").format(place=where), "breakd", "config", "init")
    if not os.path.isfile(path):  # noqa: PTH113 - Path.is_file raises in a folder that cannot be read
        return missing(_("{place} is no file that can be read").format(place=where))
    places = []
    for line in error.lines:
        found = _PLACE.match(line.removeprefix(escaped(f"{path}:")).lstrip())
        assert found is not None, "all parts may be missing"
        number, key = found.groups()
        places.append(where + (f":{number}" if number else "") + (f": {key}" if key else ""))
    places = list(dict.fromkeys(places))
    if more := len(places[_MOST:]):
        places[_MOST:] = [plural("{n} more", "{n} more", more)]
    return missing(_("wrong: {places}").format(places="; ".join(places)), "breakd", "config", "edit")


def database(_machine: Machine) -> Finding:
    path = folders.log_file()
    where = place(path)
    try:
        found = history.facts(path)
    except BlockingIOError:
        return unknown(_("{place} is being written all the time").format(place=where))
    except OSError as error:
        return missing(_("{place} cannot be read: {why}").format(place=where, why=os.strerror(error.errno or 0)))
    except sqlite3.Error as error:
        return unknown(_("{place}: {why}").format(place=where, why=type(error).__name__))
    if not _writable(path):
        return missing(_("{place} cannot be written: breakd keeps the rows until it can").format(place=where))
    if found is None:
        return ok(_("none yet at {place}: it comes with the first event").format(place=where))
    if found.newer:
        text = _("{place} is of a newer breakd (log version {version})")
        return missing(text.format(place=where, version=found.version), *UPGRADE.get(installed(), ()))
    if not found.whole and found.waits:
        return unknown(
            _("{place} was left half written; the daemon puts it right").format(place=where), "breakd", "run"
        )
    if not found.whole:
        return missing(_("{place} is damaged; the daemon sets it aside").format(place=where), "breakd", "restart")
    rows = plural("{n} row", "{n} rows", found.rows)
    text = _("{place} is whole: {rows}, {size} kB, log version {version}")
    return ok(text.format(place=where, rows=rows, size=-(-found.size // 1024), version=found.version))


def _writable(path: Path) -> bool:
    """Return whether the file can be written or, where there is none, made."""
    there = next(part for part in (path, *path.parents) if part.exists())
    return os.access(there, os.W_OK) and (there == path or there.is_dir())


def saved_state(machine: Machine) -> Finding:
    path = folders.state_dir() / "state.json"
    where = place(path)
    found = statefile.look(path)
    if found.problem is not None:
        return missing(
            _("{place}: {why}; the daemon sets it aside").format(place=where, why=found.problem), "breakd", "run"
        )
    if not found.document:
        return ok(_("none yet at {place}").format(place=where))
    try:
        load_state(found.document["engine"], machine.loaded().settings)
    except UsageError:
        return unknown(_("{place} is read only with a configuration that is right").format(place=where))
    except (ValueError, KeyError, TypeError, OverflowError):
        return missing(_("{place} cannot be used; the daemon begins anew").format(place=where), "breakd", "run")
    return ok(_("{place} is whole").format(place=where))
