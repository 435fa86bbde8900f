"""What tells of each reason to hold, and whether it is on now: a check for each.

Laws: what serves is what serves the daemon, by its own word where one runs; else, and for what is on now, the adapter
that would serve it is asked and let go. Nothing is started: a server that sleeps until its first client is left asleep.
Whose window, call or film it is, is never told.
"""

import os
import shutil
from collections.abc import Callable
from importlib import import_module

from breakd import holding
from breakd.adapters import camera, pipewire, pulse_server
from breakd.adapters.holds import ADAPTERS
from breakd.core.settings import Settings
from breakd.doctor.desktop import notification_server
from breakd.doctor.finding import Finding, missing, ok, unknown, word
from breakd.doctor.machine import Machine, Server, owned
from breakd.doctor.packages import install
from breakd.ports import InUse, Message, SourceChanged
from breakd.texts import _

ANSWER_S = 1.2
"""How long a source may take to tell what is on now, so that it can also be let go within the limit of all checks."""

NONE, UNKNOWN = NOBODY = "none", "unknown"

Blind = Callable[[Machine, str], Finding]
"""What to say of a reason that nobody sees; the text is why, `none` or `unknown`."""


def hold_do_not_disturb(machine: Machine) -> Finding:
    return _hold(machine, "do-not-disturb", _no_server)


def hold_fullscreen(machine: Machine) -> Finding:
    return _hold(machine, "fullscreen", _no_windows)


def hold_microphone(machine: Machine) -> Finding:
    return _hold(machine, "microphone", _no_sound, pulse_server.address)


def hold_camera(machine: Machine) -> Finding:
    return _hold(machine, "camera", _no_camera)


def hold_screen_share(machine: Machine) -> Finding:
    return _hold(machine, "screen-share", _no_video, pipewire.socket_path)


def hold_idle_inhibit(machine: Machine) -> Finding:
    return _hold(machine, "idle-inhibit", _no_session)


def _hold(machine: Machine, reason: str, blind: Blind, server: Callable[[], str | None] | None = None) -> Finding:
    """Say what tells of a reason; `server` returns the socket of the one that it is asked of."""
    settings = machine.settings()
    if reason not in holding.wanted(settings):
        return ok(_("off: `[hold] while` does not name it"))
    if server is not None and server() in machine.asleep():
        return ok(_("the server starts when the first program asks for it, breakd or another"))
    source, board = _seen(machine, reason)
    serves = _of_daemon(machine, reason) or source
    if serves in NOBODY:
        if source in NOBODY:
            return blind(machine, source)
        text = _("the daemon has not found {source}, which tells of it here")
        return missing(text.format(source=word(source)), "breakd", "restart")
    told = [_("{source} tells of it").format(source=word(serves))]
    if source == serves:
        told.append(_now(board, settings, reason))
    told += [note for note in (_effect(settings, reason), _limit(reason)) if note]
    return ok("; ".join(told))


def _seen(machine: Machine, reason: str) -> tuple[str, holding.Board]:
    """Return what the adapter of the reason says of its source, and who uses it. Raises TimeoutError."""
    told: list[Message] = []
    source = import_module(f"breakd.adapters.{ADAPTERS[reason]}").connect(told.append, _bus_for(machine, reason))
    try:
        if not source.known.wait(ANSWER_S):
            raise TimeoutError
    finally:
        source.close()
    name, board = NONE, holding.Board()
    for message in told:
        if isinstance(message, SourceChanged):
            name = message.name
        elif isinstance(message, InUse):
            board = board.seen(message)
    return name, board


def _bus_for(machine: Machine, reason: str) -> object:
    """Return the session bus for a reason that is asked there, so that one which hangs costs the others nothing."""
    return machine.session() if reason in {"do-not-disturb", "idle-inhibit"} else None


def _of_daemon(machine: Machine, reason: str) -> str:
    """Return the source that serves the daemon, empty where none tells."""
    told = machine.of_daemon().get("holds")
    return word(told.get(reason, "")) if isinstance(told, dict) else ""


def _now(board: holding.Board, settings: Settings, reason: str) -> str:
    if reason in board.on(settings):
        return _("it is on now")
    return _("it is on now, by what `[hold] ignore` names") if board.users else _("it is off now")


def _effect(settings: Settings, reason: str) -> str:
    """Return what is watched for, where that is not to hold."""
    if reason in settings.hold_while:
        return ""
    if reason in holding.BY_PROGRAM and settings.hold_programs:
        return _("only what `[hold] programs` names holds")
    return _("it shows that you are there, and holds nothing")


def _limit(reason: str) -> str:
    """Return what the source cannot see."""
    if reason == "screen-share" and _on_x11():
        return _("what a program reads from the X screen itself, nobody sees")
    return ""


def _on_x11() -> bool:
    return bool(os.environ.get("DISPLAY")) and not os.environ.get("WAYLAND_DISPLAY")


# Where nobody sees it


def _no_server(machine: Machine, source: str) -> Finding:
    if source == UNKNOWN:
        return unknown(_("the notification server does not say whether it keeps notifications to itself"))
    if machine.session() is None:
        return missing(_("no session bus, so nobody tells of it"))
    if machine.server() == Server(runs=False):
        return ok(_("no notification server runs; once the bus has started one, it is asked"))
    return missing(_("no notification server, so nobody tells of it"), *notification_server())


def _no_windows(machine: Machine, source: str) -> Finding:
    if source != UNKNOWN:
        return missing(_("nobody here tells of full-screen windows"))
    text = _("the compositor does not tell of full-screen windows")
    if not _tells_who_inhibits(machine):
        return unknown(text)
    while_ = machine.settings().hold_while
    if "idle-inhibit" in while_:
        return unknown(_("{text}; idle-inhibit serves instead").format(text=text))
    mend = [
        "breakd",
        "config",
        "set",
        "hold.while",
        ",".join([*(each for each in ADAPTERS if each in while_), "idle-inhibit"]),
    ]
    return unknown(_("{text}; idle-inhibit would serve instead").format(text=text), *mend)


def _tells_who_inhibits(machine: Machine) -> bool:
    from breakd.adapters.inhibit_ways import WAYS  # noqa: PLC0415 - jeepney is installed on Linux only

    bus = machine.session()
    return bus is not None and any(owned(bus, str(way.address.bus_name)) for way in WAYS)


def _no_sound(_machine: Machine, _source: str) -> Finding:
    if pulse_server.address() is None:
        return missing(_("PULSE_SERVER names no server of this machine: a call goes unnoticed"))
    return _no_program(
        _("no sound server answers: a call goes unnoticed"), "sound-server", "pipewire-pulse", "pulseaudio"
    )


def _no_camera(_machine: Machine, _source: str) -> Finding:
    devices = camera.DEVICES.parent.glob(camera.DEVICES.name)
    if any(os.access(device, os.R_OK) for device in devices):
        return missing(_("the kernel lets nobody watch the cameras: a call goes unnoticed"))
    return ok(_("no camera here that you may open"))


def _no_video(_machine: Machine, _source: str) -> Finding:
    if _on_x11():
        return missing(_("no PipeWire answers, and nobody else tells who reads an X screen"))
    return _no_program(_("no PipeWire answers: who shares the screen goes unnoticed"), "video-server", "pipewire")


def _no_program(text: str, need: str, *programs: str) -> Finding:
    """Return that a server is missing, with what installs it where none of these programs is there."""
    return missing(text, *(() if any(map(shutil.which, programs)) else install(need)))


def _no_session(_machine: Machine, _source: str) -> Finding:
    return missing(_("neither GNOME's session manager nor KDE's power manager is here to tell"))
