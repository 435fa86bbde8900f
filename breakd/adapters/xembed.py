"""The tray icon in an X11 tray (XEmbed): pystray's xorg back end, mended.

Law: an icon lives in one tray and ends with it; the next tray gets a new icon. Everything here runs on the one thread
that iterates over `serve`.

As released, pystray's icon hears no clicks (its window never asks for them), does not find back when the tray goes, and
hands its work between threads in a way that can wait for ever; hence the overrides and a loop of our own. The import
opens the display, and raises one of Xlib.error where there is none.
"""

import contextlib
import logging
import select
import threading
from collections.abc import Callable, Iterator
from socket import socket
from typing import Any

from PIL import Image
from pystray import _xorg
from Xlib import X, error
from Xlib.display import Display

from breakd.adapters import xscreen
from breakd.adapters.icon import draw

GRACE_S = 1.0  # a panel that starts brings both kinds of tray, the better one a moment later

Wanted = Callable[[], bool]

log = logging.getLogger(__name__)


def serve(wakeups: socket, wanted: Wanted, dress: Callable[["Icon"], None]) -> Iterator[bool]:
    """Keep an icon in whichever tray there is, for as long as it is `wanted`; raise where the display goes.

    Yields whether a tray has the icon, first of all and at each change. `dress` gives the icon its picture, title and
    menu; a byte on `wakeups` says that it is to be called again, or that the icon is not wanted any more.
    """
    while wanted():
        yield from _wait_for_tray(wakeups, wanted)
        if wanted():
            yield True
            Icon("breakd").live(wakeups, wanted, dress)


def _wait_for_tray(wakeups: socket, wanted: Wanted) -> Iterator[bool]:
    """Return when there is a tray; yield False if that takes time."""
    with contextlib.closing(mended(Display())) as display:
        display.screen().root.change_attributes(event_mask=X.StructureNotifyMask)  # where a new tray says MANAGER
        if xscreen.has_tray(display):
            return
        yield False
        for _event in _events(display, wakeups):
            if not wanted():
                return
            if xscreen.has_tray(display):
                select.select([wakeups], [], [], GRACE_S)
                return


def _events(display: Display, wakeups: socket) -> Iterator[Any]:
    """Yield X's events as they come, and None for each wake-up."""
    while True:
        display.flush()
        if display.pending_events():
            yield display.next_event()
        elif wakeups in select.select([display, wakeups], [], [])[0]:
            wakeups.recv(4096)
            yield None


def mended(display: Display) -> Display:
    """Return the display; it goes on after an error of X.

    Python-xlib's RandR extension takes the numbers of X's own BadRequest and BadValue for its own errors, which it has
    with no class that could be made.
    """
    display.display.error_classes.update(error.xerror_class)
    display.set_error_handler(_note)
    return display


def _note(*args: object) -> None:
    """Note an error of X: a window went that we were about to use, and an event tells of that."""
    log.debug("X: %s", args)


class Icon(_xorg.Icon):  # type: ignore[misc]  # pystray has no types
    """An icon in the tray of this moment: a left click chooses the default entry. `icon` is a Look."""

    _systray_manager: Any

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._thread = threading.current_thread()  # so pystray hands nothing over to another
        mended(self._display)
        self._window.change_attributes(event_mask=X.ExposureMask | X.StructureNotifyMask | X.ButtonPressMask)

    def live(self, wakeups: socket, wanted: Wanted, dress: Callable[["Icon"], None]) -> None:
        """Show the icon until it is not wanted any more, or the tray goes."""
        with contextlib.closing(self._display):
            dress(self)
            self.visible = True
            events = _events(self._display, wakeups)
            while self._systray_manager:
                event = next(events)
                if event is not None:
                    self._handle(event)
                elif wanted():
                    dress(self)
                else:
                    return

    def _handle(self, event: Any) -> None:
        if event.type == X.DestroyNotify and event.window in (self._window, self._systray_manager):
            self._systray_manager = None
        else:
            self._message_handlers.get(event.type, lambda _event: None)(event)

    def _show(self) -> None:
        self._dock_window()

    def _update_icon(self) -> None:
        self._draw()
        self._icon_valid = True

    def _assert_icon_data(self, width: int, height: int) -> None:
        """Draw the picture as large as the window is, onto what the tray has beneath it now."""
        side = max(2, min(width, height) // 2 * 2)
        image = draw(self._icon, side)
        self._icon_data = self._ground(width, height)
        self._icon_data.paste(image, ((width - side) // 2, (height - side) // 2), image)

    def _ground(self, width: int, height: int) -> Image.Image:
        """Return what the tray paints beneath the window, which has no transparency; black where that is not told."""
        try:
            if self._window.query_tree().parent.get_geometry().depth == self._window.get_geometry().depth:
                self._window.change_attributes(background_pixmap=X.ParentRelative)
                self._window.clear_area()
                self._window.change_attributes(background_pixmap=X.NONE)  # else another depth could not embed it
                seen = self._window.get_image(0, 0, width, height, X.ZPixmap, 0xFFFFFFFF)
                return Image.frombytes("RGB", (width, height), seen.data, "raw", "BGRX")
        except (error.XError, ValueError) as problem:  # it is not on the screen yet; a pixel has not four bytes
            log.debug("the tray's ground: %s", problem)
        return Image.new("RGB", (width, height))

    def __del__(self) -> None:
        """Do nothing: `live` has closed the display."""
