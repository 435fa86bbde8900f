"""What the desktop offers on Linux: screen, buses, who can ask, tray.

Law: each answer is the one that the daemon would come to, by the same adapters.
"""

import os
import re
from pathlib import Path

from breakd.adapters import login as logins
from breakd.adapters import prompt_window, xscreen
from breakd.adapters.login import LOGIND, MANAGER
from breakd.adapters.sni import WATCHER
from breakd.adapters.tray import has_x11
from breakd.doctor.finding import SERVES, WORKS, Finding, Source, missing, ok, unknown, word
from breakd.doctor.machine import Machine, Server, owned
from breakd.doctor.packages import install
from breakd.texts import _

SESSIONS = {"x11": "X11", "wayland": "Wayland", "tty": "tty", "mir": "Mir"}
APPINDICATOR = "appindicatorsupport@rgcjonas.gmail.com"
EXTENSIONS = Path("/usr/share/gnome-shell/extensions")


def screen(machine: Machine) -> Finding:
    match machine.screen():
        case "wayland":
            x11 = os.environ.get("DISPLAY")
            return ok(_("Wayland, and an X screen beside it") if x11 else _("Wayland, without an X screen"))
        case "x11":
            return ok(_("X11, display {number}").format(number=_display()))
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return missing(_("DISPLAY or WAYLAND_DISPLAY is set, but no screen answers; log in to a desktop"))
    return missing(_("none here: neither DISPLAY nor WAYLAND_DISPLAY is set; log in to a desktop"))


def _display() -> str:
    """Return the display's number; the name of another machine is left out."""
    host, _colon, number = os.environ.get("DISPLAY", "").rpartition(":")
    number = number if re.fullmatch(r"\d{1,5}(\.\d)?", number) else "?"
    return _(":{number} of another machine").format(number=number) if host not in {"", "unix"} else f":{number}"


def desktop(_machine: Machine) -> Finding:
    name = word(os.environ.get("XDG_CURRENT_DESKTOP", "")).replace(":", ", ")
    session = SESSIONS.get(os.environ.get("XDG_SESSION_TYPE", ""))
    if name and session:
        return ok(_("{desktop} on {session}").format(desktop=name, session=session))
    if name or session:
        return ok(name or _("no name (XDG_CURRENT_DESKTOP), on {session}").format(session=session))
    return unknown(_("XDG_CURRENT_DESKTOP and XDG_SESSION_TYPE are not set"))


def session_bus(machine: Machine) -> Finding:
    if machine.session() is None:
        return missing(_("none answers: no tray, no notifications; start breakd from your desktop's session"))
    return ok(_("it answers"))


def login(machine: Machine) -> Finding:
    bus = machine.system()
    if bus is None:
        return missing(_("no system bus: a sleep is noticed only afterwards"))
    if not owned(bus, LOGIND):
        return missing(_("no logind on the system bus: a sleep is noticed only afterwards"))
    bus.call(MANAGER.with_interface("org.freedesktop.DBus.Peer"), "Ping")
    return ok(_("logind tells of sleep"))


def lock(machine: Machine) -> Finding:
    """Say who tells of locks: all who can, by the word of the daemon where one runs."""
    found = logins.survey(machine.session(), machine.system())
    said = machine.of_daemon().get("lock")
    serve = [word(name) for name in said.split(", ") if name != "none"] if isinstance(said, str) else [*found]
    sources = [
        Source(name, SERVES if name in serve else WORKS, _("locked now") if locked else _("not locked now"))
        for name, locked in found.items()
    ]
    if serve:
        return ok(_("told by {names}").format(names=", ".join(serve))).of(sources)
    if found:
        text = _("the daemon has not found what tells of locks here: {names}")
        return missing(text.format(names=", ".join(found)), "breakd", "restart").of(sources)
    bus = machine.system()
    if bus is not None and owned(bus, LOGIND):
        return missing(_("logind knows no session of yours, and no screen saver tells: a lock goes unnoticed"))
    return missing(_("no logind, and no screen saver that tells: a lock goes unnoticed"))


def notifications(machine: Machine) -> Finding:
    if machine.session() is None:
        return missing(_("no session bus, so no notifications"))
    match machine.server():
        case None:
            return missing(_("no server shows them"), *notification_server())
        case Server(runs=False):
            return ok(_("no server runs; the bus starts one when breakd first asks"))
        case Server(name, version, abilities):
            able = ", ".join(sorted(filter(None, map(word, abilities)))) or _("text only")
            said = " ".join(filter(None, (word(name), word(version))))
            return ok(_("{server}: {abilities}").format(server=said, abilities=able))


def notification_server() -> tuple[str, ...]:
    """Return the command that installs a notification server."""
    return install("wayland-notifications" if os.environ.get("WAYLAND_DISPLAY") else "notifications")


def prompts(machine: Machine) -> Finding:
    """Say who asks, by the rule of adapters/notify.py."""
    wanted = machine.settings().prompt_window
    window = wanted != "never" and prompt_window.missing() is None and machine.screen() is not None
    if window and wanted == "always":
        return ok(_("breakd's own window asks, as the configuration wants it"))
    match machine.server():
        case Server(runs=False):
            return ok(_("notifications ask, once the bus has started a server for them"))
        case Server(abilities=abilities) if "actions" in abilities:
            return ok(_("notifications with buttons ask"))
        case Server() if not window:
            return ok(_("notifications without buttons ask; answer with `breakd start`, `snooze` or `skip`"))
    if window:
        return ok(_("breakd's own window asks"))
    text = _("nothing here can ask but a terminal")
    if machine.session() is not None and machine.screen() is not None and (mend := notification_server()):
        return missing(text, *mend)
    return missing(text, "breakd", "run", "--console")


def tray(machine: Machine) -> Finding:
    bus = machine.session()
    if bus is not None and owned(bus, WATCHER.bus_name):
        if bus.get(WATCHER, "IsStatusNotifierHostRegistered"):
            return ok(_("the desktop shows icons (StatusNotifierItem)"))
        return missing(_("somebody lists icons (StatusNotifierItem), but no panel shows them"), *_instead(machine))
    if has_x11() and machine.screen() == "x11":
        with xscreen.connection() as display:
            if xscreen.has_tray(display):
                return ok(_("a panel takes icons (XEmbed)"))
    return missing(_("no panel shows icons"), *_instead(machine))


def _instead(machine: Machine) -> tuple[str, ...]:
    """Return the command by which there is a tray: on GNOME its extension, elsewhere the same menu in a window."""
    if machine.screen() is None:
        return ()
    if "GNOME" not in os.environ.get("XDG_CURRENT_DESKTOP", "").split(":"):
        return "breakd", "panel"
    if (EXTENSIONS / APPINDICATOR).is_dir():
        return "gnome-extensions", "enable", APPINDICATOR
    return install("gnome-tray") or ("breakd", "panel")
