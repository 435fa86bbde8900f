"""`breakd uninstall`: ends breakd, and takes away what it and `install` left on the machine.

Law: the log and the configuration go only with `--purge`, and only after a yes; no file goes that breakd does not name
itself, and no link is followed.
"""

import argparse
import os
import shlex
import sys
import time
from contextlib import suppress
from fnmatch import fnmatchcase
from pathlib import Path

from breakd import folders
from breakd.autostart import launchd, parts, program, registry, session, systemd
from breakd.autostart.files import remove, there
from breakd.commands.client import PATIENCE_S, ask
from breakd.errors import BreakdError, NoDaemonError, UsageError
from breakd.texts import _

STATE = ("state.json", "state.json.new", "state.json.corrupt-*", "breakd.log", "breakd.log.*", folders.LOCK)
RUNTIME = (folders.SOCKET, folders.LOCK)
LOG = ("log.db", "log.db-wal", "log.db-shm", "log.db-journal", "log.db.v*", "log.db.corrupt-*", "log.db.new")
CONFIGURATION = ("config.toml", "config.toml~", "config.toml.new", "config.draft-*.toml", "config.schema.json")


def run(args: argparse.Namespace) -> int:
    """Uninstall and return 0, or 1 where the person says no to `--purge`.

    Raises UsageError where there is nobody to ask, BreakdError where breakd does not end or a file cannot be removed.
    """
    data = _kept()
    if args.dry_run:
        _show(_installed() + _left() + (data if args.purge else []))
        return 0
    if args.purge and data and not args.yes and not _agreed(data):
        print(_("Nothing was removed."))
        return 1
    _end()
    installed, data = _installed(), _kept()  # it may have left more at its end
    _disable()
    gone = installed + _left() + (data if args.purge else [])
    remove(gone)
    if not os.environ.get("XDG_RUNTIME_DIR"):  # then it is a folder of breakd's own
        with suppress(OSError):
            os.rmdir(folders.runtime_dir())  # noqa: PTH106 - as in `folders`, it is text
    _tell_the_manager(gone)
    _tell(gone, [] if args.purge else data)
    return 0


# What there is.


def _installed() -> list[Path]:
    """Return what `install` wrote, by whatever way."""
    return there([*(path for way in parts.TEXTS for path in parts.of(way)), *parts.beside()])


def _left() -> list[Path]:
    """Return what the daemon left that says nothing of the person's breaks, or only until the next start."""
    cache = folders.cache_dir() / "sounds"
    runtime = Path(folders.runtime_dir())
    return _named(folders.state_dir(), STATE) + _named(cache, ("*.wav", "*.[0-9]*")) + _named(runtime, RUNTIME)


def _kept() -> list[Path]:
    """Return the log and the configuration with what lies beside them, at their usual places."""
    return _named(folders.log_file().parent, LOG) + _named(_usual_configuration().parent, CONFIGURATION)


def _usual_configuration() -> Path:
    from platformdirs import user_config_path  # noqa: PLC0415 - as in `folders`

    return user_config_path("breakd", appauthor=False) / "config.toml"


def _named(folder: Path, names: tuple[str, ...]) -> list[Path]:
    """Return the files of these names in breakd's folder; none where the folder is a link to another."""
    if folder.is_symlink():
        return []
    with suppress(OSError):
        found = sorted(path for path in folder.iterdir() if any(fnmatchcase(path.name, name) for name in names))
        return [path for path in found if path.is_symlink() or not path.is_dir()]
    return []


def _linked() -> list[str]:
    """Return those of breakd's folders that are links to others, and where they lead: what lies there stays."""
    ours = (folders.log_file().parent, _usual_configuration().parent, folders.state_dir())
    return [f"{folder} -> {os.readlink(folder)}" for folder in ours if folder.is_symlink()]  # noqa: PTH115 - as it is said


# Asking and telling.


def _show(paths: list[Path]) -> None:
    print(_("This would end breakd, and remove:") if paths else _("There is nothing to remove."))
    for path in paths:
        print(f"  {path}")
    if registry.value() is not None:
        print(f"  {registry.PATH}\\{registry.NAME}")


def _agreed(data: list[Path]) -> bool:
    """Ask whether the log and the configuration may go. Raises UsageError where there is no terminal to ask on."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(_("--purge deletes your log and configuration, and here is nobody to ask: add --yes"))
    print(_("These are deleted for good:"))
    for path in data:
        print(f"  {path}")
    try:
        return input(_("Delete them? [y/N] ")).strip().lower() in {"y", "yes"}
    except EOFError:
        print()
        return False


def _tell(gone: list[Path], data: list[Path]) -> None:
    still = session.found()
    if still is not None:
        print(_("{path} still starts breakd at login: take its line out.").format(path=still.path))
        print(_("Removed:") if gone else _("There was nothing else to remove."))
    else:
        print(_("breakd no longer starts at login. Removed:") if gone else _("There was nothing to remove."))
    for path in gone:
        print(f"  {path}")
    named = os.environ.get("BREAKD_CONFIG")
    stay = [*map(str, data), *([named] if named and os.path.lexists(named) else []), *_linked()]
    if stay:
        print(_("What stays is yours:"))
        for each in stay:
            print(f"  {each}")
    if data:
        print(_("`breakd uninstall --purge` deletes the log and the configuration at their usual places, too."))
    folder = program.checkout()
    if folder is not None:
        print(_("The program itself is the source in {folder}.").format(folder=folder))
    else:
        print(_("Remove the program itself with: {command}").format(command=shlex.join(program.removal())))


# Doing it.


def _end() -> None:
    """Have the daemon quit, and wait until it has. Raises BreakdError where it does not."""
    try:
        ask({"do": "quit"})
    except NoDaemonError:
        pass
    except BreakdError:
        if not there([systemd.path()]):
            raise
        systemd.order("stop", systemd.NAME)  # one that hangs is killed
    end = time.monotonic() + PATIENCE_S
    while not _has_ended():
        if time.monotonic() > end:
            raise BreakdError(_("breakd does not end; nothing was removed. End it with `pkill -f 'breakd run'`"))
        time.sleep(0.05)


def _has_ended() -> bool:
    """Return whether no daemon holds the lock: it is the last that one gives back."""
    lock = folders.state_dir() / folders.LOCK
    if sys.platform == "win32" or not lock.exists():
        return True
    from breakd.adapters.control import TakenError, release_lock, take_lock  # noqa: PLC0415 - Unix alone has it

    try:
        release_lock(take_lock(str(lock)))
    except TakenError:
        return False
    except OSError:
        return True
    return True


def _disable() -> None:
    """Have whatever starts breakd at login forget it; where it does not answer, the files' end does that."""
    if there(parts.of("systemd")):
        with suppress(BreakdError):
            systemd.order("disable", "--now", systemd.NAME)
    if sys.platform == "darwin" and there([launchd.path()]):  # never tried there
        import subprocess  # noqa: PLC0415 - only there

        with suppress(OSError):
            agent = f"gui/{os.getuid()}/{launchd.LABEL}"
            subprocess.run(["launchctl", "bootout", agent], capture_output=True, check=False)  # noqa: S607 - the system's own
    if registry.value() is not None:
        registry.remove()


def _tell_the_manager(gone: list[Path]) -> None:
    """Have systemd forget the unit, and that it ever failed."""
    if systemd.path() in gone:
        with suppress(BreakdError):
            systemd.order("daemon-reload")
        with suppress(BreakdError):
            systemd.order("reset-failed", systemd.NAME)
