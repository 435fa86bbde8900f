"""Which full-screen windows an X screen shows, by what its window manager tells of them (EWMH).

A full-screen window counts as seen where no other window lies over it: one with a film on the second monitor does
while the person types on the first. A desktop, a hidden window, breakd's own, and what covers the screen past the
window manager, as lockers do, never count.

Law: few events. A window's properties hold its title, too, so they are listened to only where a window is full-screen,
or could become so without a new size; of the active one else only its size. What is asked is asked after it is
listened to, so that no change is missed.
"""

# mypy: disallow-subclassing-any=False
# python-xlib has no types, and no Xinerama that is light: its one request stands here, on the library's base classes.

import contextlib
import logging
import os
from collections.abc import Iterable
from typing import Any, ClassVar, NamedTuple

from Xlib import X, error
from Xlib.protocol import event, request, rq
from Xlib.protocol.display import Display

from breakd.adapters.processes import names
from breakd.adapters.reason import Users

OWN = "breakd"
"""The class of breakd's windows."""

_ALL = 1 << 16
_NORMAL = 1
"""In WM_STATE: neither minimised nor on a workspace that is not shown."""
_ATOMS = (
    "_NET_SUPPORTING_WM_CHECK", "_NET_ACTIVE_WINDOW", "_NET_CLIENT_LIST", "_NET_CLIENT_LIST_STACKING",
    "_NET_CURRENT_DESKTOP", "_NET_WM_STATE", "_NET_WM_STATE_FULLSCREEN", "_NET_WM_STATE_HIDDEN", "_NET_WM_PID",
    "_NET_WM_WINDOW_TYPE", "_NET_WM_WINDOW_TYPE_DESKTOP", "_NET_WM_WINDOW_TYPE_DOCK", "WM_STATE", "WM_CLASS",
    "WM_CLIENT_MACHINE",
)  # fmt: skip

log = logging.getLogger(__name__)


class Box(NamedTuple):
    """A place on the screen, in pixels."""

    x: int
    y: int
    width: int
    height: int

    def part_under(self, other: "Box") -> float:
        """Return how much of this lies under the other, from 0 to 1."""
        width = min(self.x + self.width, other.x + other.width) - max(self.x, other.x)
        height = min(self.y + self.height, other.y + other.height) - max(self.y, other.y)
        return max(0, width) * max(0, height) / max(1, self.width * self.height)


class Window(NamedTuple):
    """What is known of a window that is shown."""

    id: int
    box: Box
    kind: str
    """The second part of its class, which is one for all windows of a program."""
    names: tuple[str, ...]


class XWindows:
    """The windows of the display that DISPLAY names."""

    name = "x11"
    hurried = False
    """The server keeps what is not read for long."""

    def __init__(self) -> None:
        """Connect, and listen. Raises OSError where there is no display, LookupError where it has no window manager."""
        try:
            self._display = _Connection()
        except Exception as cause:  # python-xlib has no one error for a display that is odd, refuses or is not there
            raise ConnectionError(f"no X display {os.environ.get('DISPLAY', '')}: {cause}") from cause
        try:
            self._begin()
        except BaseException:
            self.close()
            raise

    def _begin(self) -> None:
        self._display.set_error_handler(lambda failed, _request: log.debug("X: %s", failed))
        self._root: int = self._display.info.roots[self._display.default_screen].root
        self._full: set[int] = set()
        self._active = 0
        self._heeded: dict[int, int] = {}
        self._large = 0
        self._size = 0, 0
        try:
            asked = [self._ask(request.InternAtom, name=name, only_if_exists=0) for name in _ATOMS]
            self._atoms: dict[str, int] = {
                name: one.reply() or one.atom for name, one in zip(_ATOMS, asked, strict=True)
            }
            self._heed(self._root, X.PropertyChangeMask)
            extension = request.QueryExtension(display=self._display, name="XINERAMA")
            self._xinerama: int | None = extension.major_opcode if extension.present else None
            managed = self._property(self._root, "_NET_SUPPORTING_WM_CHECK")
        except (error.ConnectionClosedError, error.XError) as cause:
            raise ConnectionError(f"the X server: {cause}") from cause
        if not managed:
            raise LookupError("no window manager tells of them")

    def fileno(self) -> int:
        number: int = self._display.fileno()
        return number

    def close(self) -> None:
        with contextlib.suppress(error.ConnectionClosedError, OSError):  # it is gone already
            self._display.close()

    def read(self) -> bool:
        try:
            news = False
            while self._display.pending_events():
                news |= self._is_news(self._display.next_event())
        except error.ConnectionClosedError as lost:
            raise ConnectionError(f"the X server is gone: {lost}") from lost
        return news

    def users(self) -> Users:
        try:
            return self._seen()
        except (error.ConnectionClosedError, error.XError) as lost:
            raise ConnectionError(f"the X server is gone: {lost}") from lost

    # What is told

    def _is_news(self, told: Any) -> bool:
        if isinstance(told, event.ConfigureNotify):
            return told.window in self._full or (told.width, told.height) != self._size
        if not isinstance(told, event.PropertyNotify):
            return True
        atom = self._atoms
        if told.window != self._root:
            return told.atom in (atom["_NET_WM_STATE"], atom["WM_STATE"])
        if told.atom == atom["_NET_CLIENT_LIST_STACKING"]:  # it changes with each window that is raised
            return bool(self._full)
        return told.atom in (atom["_NET_ACTIVE_WINDOW"], atom["_NET_CLIENT_LIST"], atom["_NET_CURRENT_DESKTOP"])

    def _heed(self, window: int, mask: int) -> None:
        """Have the server tell so much of a window."""
        if self._heeded.get(window, 0) != mask:
            request.ChangeWindowAttributes(display=self._display, window=window, attrs={"event_mask": mask})
            self._heeded[window] = mask

    def _heed_all(self) -> None:
        """Listen to the full-screen windows and the active one, and to no others."""
        wanted = dict.fromkeys(self._full, X.PropertyChangeMask | X.StructureNotifyMask)
        if self._active and self._active not in wanted:
            large = X.PropertyChangeMask if self._active == self._large else X.NoEventMask
            wanted[self._active] = X.StructureNotifyMask | large
        for window in self._heeded.keys() - wanted.keys() - {self._root}:
            self._heed(window, X.NoEventMask)
            del self._heeded[window]
        for window, mask in wanted.items():
            self._heed(window, mask)

    # What is asked

    def _seen(self) -> Users:
        """Return the users of all full-screen windows that are seen."""
        asked = [self._ask_property(self._root, name) for name in ("_NET_ACTIVE_WINDOW", "_NET_CLIENT_LIST_STACKING")]
        active, listed = map(_value, asked)
        self._active = active[0] if active else 0
        listed = listed or self._property(self._root, "_NET_CLIENT_LIST")
        windows = list(dict.fromkeys([*listed, *([self._active] if self._active else [])]))  # the lowest first
        while True:  # again where they are others than what was listened to
            self._heed_all()
            full, large = self._look_at(windows)
            if (full, large) == (self._full, self._large):
                return tuple(self._visible(windows)) if full else ()
            self._full, self._large = full, large

    def _look_at(self, windows: list[int]) -> tuple[set[int], int]:
        """Return which windows are full-screen, and the active one if it is as large as a monitor, else 0."""
        states = [self._ask_property(window, "_NET_WM_STATE") for window in windows]
        size = self._ask(request.GetGeometry, drawable=self._active or self._root)
        monitors = self._ask(_QueryScreens, opcode=self._xinerama) if self._xinerama is not None else None
        fullscreen = self._atoms["_NET_WM_STATE_FULLSCREEN"]
        full = {window for window, state in zip(windows, states, strict=True) if fullscreen in _value(state)}
        return full, self._active if self._fills_a_monitor(size, monitors) else 0

    def _fills_a_monitor(self, size: Any, monitors: Any) -> bool:
        """Return whether the active window is as large as a monitor: such a one goes full-screen without a new size."""
        if monitors is not None:
            monitors.reply()
        try:
            size.reply()
        except error.BadDrawable:  # it has just gone
            return False
        self._size = size.width, size.height
        screen = self._display.info.roots[self._display.default_screen]
        whole = screen.width_in_pixels, screen.height_in_pixels
        known = [(one.width, one.height) for one in monitors.screens] if monitors is not None else []
        return any(size.width >= width and size.height >= height for width, height in known or [whole])

    def _visible(self, windows: list[int]) -> list[tuple[str, ...]]:
        """Return the names of those full-screen windows over which no other lies."""
        found = []
        above: list[Window] = []
        lowest = min(windows.index(number) for number in self._full)
        for number in reversed(windows[lowest:]):
            window = self._shown(number)
            if window is None:
                continue
            own = any(name.casefold() == OWN for name in window.names)
            if number in self._full and not own and (number == self._active or not self._covered(window, above)):
                found.append(window.names)
            above.append(window)
        return found

    def _covered(self, window: Window, above: Iterable[Window]) -> bool:
        """Return whether another window hides most of it, or the person works in another program in front of it."""
        for other in above:
            if window.box.part_under(other.box) >= 1 / 2:
                return True
            if other.id == self._active and other.box.part_under(window.box) > 1 / 2 and other.kind != window.kind:
                return True
        return False

    def _shown(self, number: int) -> Window | None:
        """Return the window, None where it is not shown, or is a part of the desktop."""
        asked = [self._ask_property(number, name) for name in ("WM_STATE", "_NET_WM_STATE", "_NET_WM_WINDOW_TYPE")]
        attributes = self._ask(request.GetWindowAttributes, window=number)
        geometry = self._ask(request.GetGeometry, drawable=number)
        place = self._ask(request.TranslateCoords, src_wid=number, dst_wid=self._root, src_x=0, src_y=0)
        wm_state, state, kinds = map(_value, asked)
        try:
            for one in (attributes, geometry, place):
                one.reply()
        except (error.BadWindow, error.BadDrawable):  # it has just gone
            return None
        hidden = self._atoms["_NET_WM_STATE_HIDDEN"] in state
        if attributes.map_state != X.IsViewable or hidden or (wm_state and wm_state[0] != _NORMAL):
            return None
        if self._atoms["_NET_WM_WINDOW_TYPE_DESKTOP"] in kinds or self._atoms["_NET_WM_WINDOW_TYPE_DOCK"] in kinds:
            return None
        box = Box(place.x, place.y, geometry.width, geometry.height)
        called = bytes(self._property(number, "WM_CLASS")).decode(errors="replace").rstrip("\0").split("\0")
        return Window(number, box, called[-1], self._names(number, called))

    def _names(self, window: int, called: list[str]) -> tuple[str, ...]:
        """Return both parts of the window's class, and its process's names where that runs on this machine."""
        machine = bytes(self._property(window, "WM_CLIENT_MACHINE")).decode(errors="replace").rstrip("\0")
        pid = self._property(window, "_NET_WM_PID")
        process = names(pid[0]) if pid and machine in ("", os.uname().nodename) else ()
        return tuple(dict.fromkeys(name for name in (*called, *process) if name))

    def _property(self, window: int, name: str) -> Any:
        """Return a property of a window, empty where it has none."""
        return _value(self._ask_property(window, name))

    def _ask_property(self, window: int, name: str) -> Any:
        return self._ask(
            request.GetProperty, delete=0, window=window, property=self._atoms[name], type=X.AnyPropertyType,
            long_offset=0, long_length=_ALL,
        )  # fmt: skip

    def _ask(self, kind: Any, **arguments: Any) -> Any:
        """Return a request that is under way; its `reply` waits for the answer."""
        return kind(display=self._display, defer=1, **arguments)


def _value(asked: Any) -> Any:
    try:
        asked.reply()
    except error.BadWindow:  # it has just gone
        return ()
    return asked.value[1] if asked.property_type else ()


class _Connection(Display):
    """The bare protocol: `Xlib.display` would load each extension that the server has."""

    resource_classes: ClassVar[dict[str, type]] = {}


_MONITOR = rq.Struct(rq.Int16("x"), rq.Int16("y"), rq.Card16("width"), rq.Card16("height"))


class _QueryScreens(rq.ReplyRequest):
    """XINERAMA's one request that counts: where the monitors are."""

    _request = rq.Struct(rq.Card8("opcode"), rq.Opcode(5), rq.RequestLength())
    _reply = rq.Struct(
        rq.ReplyCode(), rq.Pad(1), rq.Card16("sequence_number"), rq.ReplyLength(), rq.LengthOf("screens", 4),
        rq.Pad(20), rq.List("screens", _MONITOR),
    )  # fmt: skip
