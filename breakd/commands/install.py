"""`breakd install`: has breakd start at login by what really starts here, and be found in the desktop's menu.

Law: all is written or nothing; there is one start, not two; what is as it should be is left alone.
"""

import argparse
import os
import shlex
import sys
from contextlib import ExitStack, suppress
from io import BytesIO
from typing import Any

from breakd.autostart import WAYS, launchd, parts, program, registry, session, systemd
from breakd.autostart.files import File, put, remove, there
from breakd.autostart.start import Command
from breakd.commands import launch
from breakd.commands.client import compare_versions
from breakd.errors import BreakdError, UsageError
from breakd.texts import _, later

BY = {
    "systemd": later("by systemd's user manager"),
    "xdg": later("by the desktop's autostart folder"),
    "launchd": later("by launchd"),
    "registry": later("by the registry's Run key"),
}
PLATFORMS = {"systemd": ("linux",), "launchd": ("darwin",), "registry": ("win32",)}

Order = tuple[str, ...]


def run(args: argparse.Namespace) -> int:
    """Install and return 0, or 1 where the start at login is the person's to write.

    Raises BreakdError where it cannot be, UsageError for a way of another system.
    """
    command, way = program.command(), args.way or _choose()
    _warn()
    files = ([only] if way and (only := parts.file(way, command)) else []) + _menu(command)
    if args.dry_run:
        _show(way, files, command)
    else:
        if way and sys.platform not in PLATFORMS.get(way, (sys.platform,)):
            raise UsageError(_("`--with {way}` is for another system than this").format(way=way))
        _install(way, files, command)
    return 0 if way or _start_it_yourself(command) else 1


def _choose() -> str | None:
    """Return by what programs start here at login, None where only the person can say."""
    if sys.platform != "linux":
        return {"darwin": "launchd", "win32": "registry"}.get(sys.platform)
    if systemd.is_active(systemd.TARGET):
        return "systemd"
    if session.runs_autostart():
        return "xdg"
    if session.names() or session.compositor():
        return None
    # Called from outside any session, as over ssh: what was installed from within is right.
    return next((way for way in ("systemd", "xdg") if there(parts.of(way)[-1:])), None)


def _warn() -> None:
    folder = program.checkout()
    if folder is not None:
        text = _(
            "breakd runs from the source in {folder}, and starts no more when that folder goes. To have it apart:\n"
            "  pipx install {name}    or: uv tool install {name}"
        )
        print(text.format(folder=folder, name=shlex.quote(str(folder))), file=sys.stderr)
    elif program.is_passing():
        text = _("breakd runs from a cache that may be emptied. To have it stay: pipx install breakd")
        print(text, file=sys.stderr)


def _menu(command: Command) -> list[File]:
    """Return what has breakd found in the desktop's menu, nothing where that is no XDG desktop's."""
    if sys.platform != "linux":
        return []
    from breakd.adapters.icon import draw, look  # noqa: PLC0415 - loads Pillow

    def picture(size: int) -> bytes:
        draw(look("routine", 0), size).save(png := BytesIO(), "PNG")
        return png.getvalue()

    return [parts.launcher(command), *(File(parts.icon(size), picture(size)) for size in parts.ICON_SIZES)]


# What it would do.


def _show(way: str | None, files: list[File], command: Command) -> None:
    """Print what would be done: last, for each file of text, `PATH:` and the very file."""
    said = _("This would have breakd start at login {by}. It would write:") if way else _("This would write:")
    print(said.format(by=_(BY.get(way or "", ""))) if way else said)
    texts = [file for file in files if file.path.suffix != ".png"]
    for file in files:
        print(f"  {file.path}" + ("" if file in texts else f" ({len(file.content)} B)"))
    gone = [path for other in WAYS if way not in {None, other} for path in there(parts.of(other))]
    if gone:
        print(_("It would remove:"))
        for path in gone:
            print(f"  {path}")
    orders = _orders(way) + ([("systemctl", "--user", "start", systemd.NAME)] if way == "systemd" else [])
    if orders:
        print(_("and run:"))
        for order in orders:
            print(f"  {shlex.join(order)}")
    for file in texts:
        print(f"{file.path}:")
        print(file.content.decode(errors="surrogateescape"), end="")
    if way == "registry":
        print(f"{registry.PATH}:")
        print(f"{registry.NAME} = {registry.text((*command, 'run'))}")


def _orders(way: str | None) -> list[Order]:
    """Return the commands that make the file of this way known to what starts it."""
    if way == "systemd":
        manager = ("systemctl", "--user")
        # Where the machine was not started by systemd, `enable` alone does not tell the manager.
        return [(*manager, "enable", systemd.NAME), (*manager, "daemon-reload")]
    if way == "launchd":
        return [("launchctl", "bootstrap", f"gui/{_user()}", str(launchd.path()))]
    return []


def _user() -> int:
    return os.getuid() if hasattr(os, "getuid") else 0


# Doing it.


def _install(way: str | None, files: list[File], command: Command) -> None:
    told = []
    with ExitStack() as undo:
        for file in files:
            before = file.before()
            if before != file.content:
                put(file, undo)
                told.append((_("wrote {path}") if before is None else _("updated {path}")).format(path=file.path))
        told += _enable(way, command, undo, changed=bool(told))
        undo.pop_all()
    for other in WAYS if way else ():
        if other != way:
            told += _remove(other)
    with suppress(OSError):
        os.utime(parts.icon(48).parents[2])  # the time by which desktops see that there are new icons
    _tell(way, told)
    if way:
        print(_("`breakd uninstall` takes all of this away again."))
        _start_now(way, command)


def _enable(way: str | None, command: Command, undo: ExitStack, *, changed: bool) -> list[str]:
    """Make the start known to what starts it; return what was done. Raises BreakdError."""
    if way == "systemd" and (changed or not systemd.wanted().is_symlink()):
        new = not systemd.wanted().is_symlink()
        if new:
            undo.callback(remove, [systemd.wanted()])  # `enable` makes it also where no manager runs
        for _systemctl, _whose, *order in _orders(way):
            systemd.order(*order)
        return [_("enabled {unit}").format(unit=systemd.NAME)] if new else []
    if way == "registry" and registry.value() != registry.text((*command, "run")):
        try:
            registry.write(command=(*command, "run"))
        except OSError as error:
            raise BreakdError(_("{path} cannot be written: {why}").format(path=registry.PATH, why=error)) from None
        return [_("wrote {path}").format(path=registry.PATH)]
    return []


def _remove(way: str) -> list[str]:
    """Take back another way's start, and return what was done."""
    gone = there(parts.of(way))
    if way == "systemd" and gone:
        with suppress(BreakdError):  # without a manager the link alone is what enables it
            systemd.order("disable", systemd.NAME)
    remove(gone)
    if way == "registry" and registry.value() is not None:
        registry.remove()
        return [_("removed {path}").format(path=registry.PATH)]
    return [_("removed {path}").format(path=path) for path in gone]


def _tell(way: str | None, told: list[str]) -> None:
    if way:
        said = (
            _("breakd starts at login, {by}.") if told else _("All is as it should be: breakd starts at login, {by}.")
        )
        print(said.format(by=_(BY[way])))
    elif not told:
        print(_("The desktop's menu is as it should be."))
    for line in told:
        print(f"  {line}")


def _start_now(way: str, command: Command) -> None:
    """Start breakd where that is of use now, or say how. Raises BreakdError where it does not start, or not answer."""
    daemon = launch.running()
    if daemon is not None:
        _tell_of(daemon)
        return
    if not _can_start(way):
        print(_("Start it now with: {command}").format(command=shlex.join((*command, "run"))))
        if way == "systemd":
            print(_("The next session that reaches {target} starts it.").format(target=systemd.TARGET))
        return
    if way == "launchd":
        _bootstrap()
    else:
        launch.start(command)
    print(_("breakd runs now."))


def _tell_of(daemon: dict[str, Any]) -> None:
    """Say that one runs already, and where that is not this very installation, how to have this one."""
    other = program.other(daemon["data"]["pid"])
    if other is None:
        print(_("breakd runs already."))
        compare_versions(daemon)
    else:
        text = _("breakd runs already, by {program}. To have this one: `breakd quit`, then install again.")
        print(text.format(program=other))


def _can_start(way: str) -> bool:
    """Return whether what is started from here would be what the session starts."""
    if way == "systemd":
        return systemd.is_active(systemd.TARGET)
    if way == "xdg":  # it gets this terminal's screen and bus, which a script's may not be
        return sys.stdin.isatty() and bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return way == "launchd"


def _bootstrap() -> None:
    """Have launchd load the agent, which starts it. Never tried on macOS. Raises BreakdError."""
    import subprocess  # noqa: PLC0415 - only there

    for order in (["launchctl", "bootout", f"gui/{_user()}/{launchd.LABEL}"], *_orders("launchd")):
        try:
            done = subprocess.run(order, capture_output=True, text=True, check=False)
        except OSError as error:
            raise BreakdError(_("{program} cannot be started: {why}").format(program=order[0], why=error)) from None
        if done.returncode and "bootstrap" in order:
            why = done.stderr.strip()
            raise BreakdError(_("`{command}` failed: {why}").format(command=shlex.join(order), why=why))


def _start_it_yourself(command: Command) -> bool:
    """Say which line starts it, where no program can write that; return whether it is there already."""
    there_now = session.found()
    if there_now is not None and there_now.works is None:
        print(_("{path} starts breakd at login.").format(path=there_now.path))
        return True
    here = session.compositor()
    if here is not None:
        text = _("{name} starts only what its own configuration names. Add this line to {file}:\n{line}")
        line = here.asks_for((*command, "run"))
        print(text.format(name=here.name, file=here.file(), line=line), file=sys.stderr)
        return False
    names = session.names()
    text = (
        _("it is not known how {desktop} starts programs at login. Have it run: {command}")
        if names
        else _("no desktop session is seen from here, so nothing starts breakd at login. Call this in one, or choose:\n"
               "--with systemd, or --with xdg; by hand it is: {command}")
    )  # fmt: skip
    run_it = shlex.join((*command, "run"))
    print(text.format(desktop=names[0] if names else "", command=run_it), file=sys.stderr)
    return False
