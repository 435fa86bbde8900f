"""Which full-screen windows a Wayland compositor shows, by zwlr_foreign_toplevel_manager_v1.

The protocol says of a window on which output it is, but not whether that shows it: it may be on another workspace, or
beneath. So of each output that window is taken for the one that is seen which last became active or full-screen there.
sway, Hyprland, labwc, Wayfire, niri and others offer it.

Law: an event of a title is no news, and what is not asked for cannot be left out: the compositor sends it all.
"""

import select
import struct

from breakd.adapters.reason import Users
from breakd.adapters.wlwire import Body, Global, Wire, WireError

OWN = "breakd"
"""The class of breakd's windows."""
MANY = 64
"""A compositor lets go of a client that leaves some hundreds of events unread."""

_MANAGER, _OUTPUT = "zwlr_foreign_toplevel_manager_v1", "wl_output"
_MANAGER_VERSION, _OUTPUT_VERSION = 3, 3
_RELEASE, _DESTROY = 0, 7
_TITLE, _APP_ID, _OUTPUT_ENTER, _OUTPUT_LEAVE, _STATE, _DONE, _CLOSED = range(7)
_MINIMISED, _ACTIVATED, _FULLSCREEN = 1, 2, 3
_SOMEWHERE = 0


class _Toplevel:
    """A window, as far as it was told."""

    def __init__(self) -> None:
        self.app_id = ""
        self.outputs: set[int] = set()
        self.state: tuple[int, ...] = ()
        self.changed = False
        self.was_full = False

    def active(self) -> bool:
        return _ACTIVATED in self.state

    def full(self) -> bool:
        return _FULLSCREEN in self.state and _MINIMISED not in self.state

    def places(self) -> set[int]:
        """Return the outputs that it is on; where none is told, they are taken for one."""
        return self.outputs or {_SOMEWHERE}


class Toplevels:
    """The windows of the compositor that WAYLAND_DISPLAY names."""

    name = "foreign-toplevel"

    def __init__(self) -> None:
        """Connect, and listen. Raises OSError where there is none, LookupError where it lists no windows."""
        self._toplevels: dict[int, _Toplevel] = {}
        self._foremost: dict[int, int] = {}
        self._outputs: dict[int, int] = {}
        self._news = False
        self._events = 0
        self.hurried = False
        try:
            self._wire = Wire()
        except WireError as error:
            raise ConnectionError(str(error)) from error
        try:
            self._begin()
        except WireError as error:
            self.close()
            raise ConnectionError(str(error)) from error
        except BaseException:
            self.close()
            raise

    def _begin(self) -> None:
        self._wire.roundtrip()
        managers = self._wire.find(_MANAGER)
        if not managers:
            raise LookupError(f"the compositor has no {_MANAGER}")
        for output in self._wire.find(_OUTPUT):
            self._added(output)
        self._wire.on_added, self._wire.on_removed = self._added, self._removed
        self._wire.bind(managers[0], _MANAGER_VERSION, self._of_manager)
        self._wire.roundtrip()

    def fileno(self) -> int:
        return self._wire.fileno()

    def close(self) -> None:
        self._wire.close()

    def read(self) -> bool:
        self._events = 0
        try:
            while select.select([self._wire.fileno()], [], [], 0)[0]:
                self._wire.read()
        except WireError as error:
            raise ConnectionError(str(error)) from error
        self.hurried = self._events > MANY
        news, self._news = self._news, False
        return news

    def users(self) -> Users:
        for number, window in self._toplevels.items():
            if window.active():
                self._comes_to_front(number, window)
        return tuple(
            (window.app_id,) if window.app_id else ()
            for number, window in self._toplevels.items()
            if window.full() and window.app_id.casefold() != OWN and self._in_front(number, window)
        )

    def _comes_to_front(self, number: int, window: _Toplevel) -> None:
        self._foremost.update(dict.fromkeys(window.places(), number))

    def _in_front(self, number: int, window: _Toplevel) -> bool:
        return any(self._foremost.get(output) == number for output in window.places())

    # The outputs: without them it is not told on which a window is

    def _added(self, offered: Global) -> None:
        if offered.interface == _OUTPUT:
            self._outputs[offered.name] = self._wire.bind(offered, _OUTPUT_VERSION)

    def _removed(self, gone: Global) -> None:
        output = self._outputs.pop(gone.name, None)
        if output is None:
            return
        self._foremost.pop(output, None)
        for window in self._toplevels.values():
            window.outputs.discard(output)
        self._news = True
        if gone.version >= _OUTPUT_VERSION:
            self._wire.request(output, _RELEASE)
            self._wire.forget(output)

    # The windows

    def _of_manager(self, opcode: int, body: Body) -> None:
        if opcode == 0:
            number = body.uint()
            self._toplevels[number] = _Toplevel()
            self._wire.adopt(number, lambda opcode, body: self._of_toplevel(number, opcode, body))
        else:
            raise WireError("the compositor lists windows no more")

    def _of_toplevel(self, number: int, opcode: int, body: Body) -> None:
        self._events += 1
        window = self._toplevels[number]
        if opcode == _CLOSED:
            self._closed(number)
        elif opcode == _DONE:
            self._done(number, window)
        elif opcode != _TITLE:
            window.changed = True
            self._changed(window, opcode, body)

    def _changed(self, window: _Toplevel, opcode: int, body: Body) -> None:
        if opcode == _APP_ID:
            window.app_id = body.string()
        elif opcode == _OUTPUT_ENTER:
            window.outputs.add(body.uint())
        elif opcode == _OUTPUT_LEAVE:
            window.outputs.discard(body.uint())
        elif opcode == _STATE:
            told = body.array()
            window.state = struct.unpack(f"={len(told) // 4}I", told[: len(told) // 4 * 4])

    def _done(self, number: int, window: _Toplevel) -> None:
        """All that was told of the window since the last time holds now."""
        if not window.changed:
            return
        if window.active() or (window.full() and not window.was_full):
            self._comes_to_front(number, window)
        window.changed, window.was_full = False, window.full()
        self._news = True

    def _closed(self, number: int) -> None:
        del self._toplevels[number]
        self._foremost = {output: one for output, one in self._foremost.items() if one != number}
        self._wire.request(number, _DESTROY)
        self._wire.forget(number)
        self._news = True
