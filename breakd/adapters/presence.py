"""Who can tell whether the person is there, in the order in which they are preferred.

The Wayland compositor's idle notification, GNOME's idle monitor, the X server, the screen saver, logind's idle hint; on
Windows and macOS the system.

Law: an X server is asked only in an X session. Under Wayland there is one as well, but it sees only the input to X
windows, and a person who types into any other would be called away.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from breakd.adapters.sources import NotHereError, Sources, Way
from breakd.ports import Post, Presence
from breakd.texts import _, later

if TYPE_CHECKING:
    from breakd.adapters.bus import Bus

_ANY_S = 300.0
"""An absence, where it does not matter how long one is."""


def connect(
    post: Post,
    session_bus: "Bus | None",
    away_after_s: float,
    platform: str = sys.platform,
    system_bus: "Bus | None" = None,
) -> Sources:
    """Return the source of presence; which one it is, and when that changes, is told by SourceChanged."""
    return Sources(post, ways(session_bus, system_bus, platform), away_after_s)


@dataclass(frozen=True, slots=True)
class Seen:
    """What `survey` found of a source.

    `state` is `serves` for the first that works, `works`, or `absent`, and then `why` says why not, to a person.
    `silent`: it sees no absence while something inhibits idling, such as a video.
    """

    name: str
    state: str
    why: str
    silent: bool


def survey(
    session_bus: "Bus | None", system_bus: "Bus | None" = None, platform: str = sys.platform
) -> tuple[Seen, ...]:
    """Try each source, in the order of preference, and let go of it at once. Nothing is told, and nothing started."""
    return tuple(_surveyed(ways(session_bus, system_bus, platform)))


def _surveyed(all_ways: Sequence[Way]) -> Iterator[Seen]:
    state = "serves"
    for way in all_ways:
        try:
            source = way.connect(lambda _message: None, _ANY_S)
        except NotHereError as error:
            yield Seen(way.name, "absent", str(error), way.silent)
            continue
        source.close()
        yield Seen(source.name, state, "", getattr(source, "inhibited_unseen", way.silent))
        state = "works"


def ways(session_bus: "Bus | None", system_bus: "Bus | None" = None, platform: str = sys.platform) -> Sequence[Way]:
    """Return the ways that there are on this system, in the order of preference."""
    match platform:
        case "linux":
            return (
                Way("ext-idle-notify", _wayland),
                Way("mutter", _Kept(session_bus, "mutter", "MutterIdle", _NO_MUTTER)),
                Way("x11", _x11),
                Way("screensaver", _Kept(session_bus, "saver_idle", "SaverIdle", _NO_SAVER), sees_input=False),
                Way("logind", _Kept(system_bus, "hint", "HintIdle", _NO_HINT), sees_input=False, silent=True),
            )
        case "win32":
            return (Way("windows", partial(_asked, platform)),)
        case "darwin":
            return (Way("macos", partial(_asked, platform)),)
        case _:
            return ()


_NO_MUTTER = later("GNOME Shell is not on the session bus")
_NO_SAVER = later("no screen saver tells it")
_NO_HINT = later("no desktop sets the idle hint")


class _OnBus(Presence, Protocol):
    """A source that is made once, and opened and closed any number of times."""

    def open(self, away_after_s: float) -> None:
        """Begin to tell. Raises BusError."""


class _Kept:
    """Connects a source that is a service on a bus.

    It is made only once, since the bus keeps what is subscribed, and tells from then on when it may be opened.
    """

    def __init__(self, bus: "Bus | None", module: str, source: str, absent: str) -> None:
        self._bus = bus
        self._module = module
        self._name = source
        self._absent = absent
        self._source: _OnBus | None = None

    def __call__(self, post: Post, away_after_s: float) -> Presence:
        if self._bus is None:
            raise NotHereError(_("there is no bus to ask on"))
        from breakd.adapters.bus import BusError  # noqa: PLC0415 - only where there is a bus

        if self._source is None:
            self._source = getattr(import_module(f"breakd.adapters.{self._module}"), self._name)(post, self._bus)
        try:
            self._source.open(away_after_s)
        except BusError as error:
            raise NotHereError(_(self._absent)) from error
        return self._source


def _wayland(post: Post, away_after_s: float) -> Presence:
    if not os.environ.get("WAYLAND_DISPLAY"):
        raise NotHereError(_("there is no Wayland compositor"))
    from breakd.adapters.wlidle import NoIdleNotifyError, WaylandIdle  # noqa: PLC0415 - only under Wayland

    try:
        return WaylandIdle(post, away_after_s)
    except NoIdleNotifyError as error:
        raise NotHereError(_("the compositor does not tell it")) from error


def _x11(post: Post, away_after_s: float) -> Presence:
    environ = os.environ
    if environ.get("WAYLAND_DISPLAY") or environ.get("XDG_SESSION_TYPE") == "wayland":
        raise NotHereError(_("under Wayland it does not see all input"))
    if not environ.get("DISPLAY"):
        raise NotHereError(_("there is no X server"))
    try:
        from breakd.adapters.xidle import NoIdleTimeError, XIdle  # noqa: PLC0415 - python-xlib only where X is
    except ImportError as error:
        raise NotHereError(_("python-xlib is not installed")) from error
    try:
        return XIdle(post, away_after_s)
    except NoIdleTimeError as error:
        raise NotHereError(_("the X server does not tell it")) from error


def _asked(platform: str, post: Post, away_after_s: float) -> Presence:
    from breakd.adapters import macos, win32  # noqa: PLC0415 - only there
    from breakd.adapters.asked_idle import AskedIdle  # noqa: PLC0415

    system, name = (win32, "windows") if platform == "win32" else (macos, "macos")
    try:
        return AskedIdle(post, name, system.connect(), away_after_s)
    except (OSError, AttributeError) as error:  # a library, or the function in it, is not there
        raise NotHereError(_("the system does not tell it")) from error
