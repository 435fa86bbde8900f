"""The tray: the first kind of icon that the desktop can show, and a better one as soon as that comes.

Law: a StatusNotifierItem where a watcher takes it; else, on X11, an XEmbed icon where there is such a tray; else none,
until one of the two comes. The icon is drawn only when its look changes, the menu told only when its entries do.

What a click chooses is posted, and what serves when that changes (`sni`, `xembed`, `none`). Each back end of pystray
opens or loads something at import, so it is loaded when it is used.
"""

import contextlib
import logging
import os
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from breakd.adapters import icon
from breakd.ports import SEPARATOR, Entry, MenuChosen, Post, SourceChanged, Tray, TrayView

if TYPE_CHECKING:
    from breakd.adapters.bus import Bus

NAME = "breakd"
NATIVE_SIZE = 64  # px, which Windows and macOS scale down; 44 would be sharper on one and too small for the other

T = TypeVar("T")

log = logging.getLogger(__name__)


def connect(post: Post, bus: "Bus | None", platform: str = sys.platform) -> Tray:
    """Return the tray of this desktop; `bus` is the session bus. Nothing is shown, or told, before the first `show`."""
    if platform == "linux":
        return LinuxTray(post, bus)
    import pystray  # noqa: PLC0415 - it chooses the system's back end

    if platform == "darwin":
        from breakd.adapters.macos import MainLoop  # noqa: PLC0415 - only there

        return MacTray(post, pystray.Icon(NAME), MainLoop())
    return NativeTray(post, pystray.Icon(NAME))


class Face(NamedTuple):
    """What an icon shows.

    `picture` is a Look, which our own icons draw as large as it is wanted, or an image; `menu` is a pystray.Menu.
    """

    picture: Any
    title: str
    menu: Any


class _Painter:
    """Makes a face of a view; what did not change is the same object as before."""

    def __init__(self, post: Post, paint: Callable[[icon.Look], Any]) -> None:
        self._paint = lru_cache(maxsize=1)(paint)
        self._menu = lru_cache(maxsize=1)(partial(_menu, post))

    def face(self, view: TrayView) -> Face:
        return Face(self._paint(icon.look(view.state, view.fraction)), view.tooltip, self._menu(view.menu))


@dataclass(frozen=True, slots=True)
class _Choose:
    """What an entry does: equal for equal keys, so that a back end knows an entry again whose text has changed."""

    post: Post
    key: str | None

    def __call__(self, _icon: Any, _item: Any) -> None:
        if self.key is not None:
            self.post(MenuChosen(self.key))


def _menu(post: Post, entries: tuple[Entry, ...]) -> Any:
    from pystray import Menu, MenuItem  # noqa: PLC0415 - after the choice of its back end

    def item(entry: Entry) -> Any:
        if entry == SEPARATOR:
            return Menu.SEPARATOR
        action = _menu(post, entry.entries) if entry.entries else _Choose(post, entry.key)
        enabled = entry.enabled and bool(entry.entries or entry.key)
        # pystray asks for a function, which it calls when it draws the menu
        checked = None if entry.checked is None else lambda _item: bool(entry.checked)
        return MenuItem(entry.label, action, checked=checked, enabled=enabled, default=entry.default)

    return Menu(*map(item, entries))


def _dress(pystray_icon: Any, face: Face) -> None:
    """Give the icon this face; what it has already is not sent again.

    The picture comes last: a host asks for it at once, and drawing it would keep the rest waiting.
    """
    if pystray_icon.menu is not face.menu:
        pystray_icon.menu = face.menu
    if pystray_icon.title != face.title:
        pystray_icon.title = face.title
    if pystray_icon.icon is not face.picture:
        pystray_icon.icon = face.picture


class LinuxTray:
    """A StatusNotifierItem or an XEmbed icon, whichever can be shown at the moment."""

    def __init__(self, post: Post, bus: "Bus | None") -> None:
        from breakd.adapters import sni  # noqa: PLC0415 - it chooses pystray's back end

        self.name = "unknown"
        self._post = post
        self._painter = _Painter(post, lambda look: look)
        self._face: Face | None = None
        self._sni = sni.Icon(bus, self._choose, NAME) if bus else None
        self._xembed: _XEmbed | None = None
        # The bus's thread and the X11 tray's both choose: what is posted last must be what holds.
        self._choosing = threading.Lock()

    def show(self, view: TrayView) -> None:
        first, before = self._face is None, self._face
        self._face = self._painter.face(view)
        if self._sni:
            _dress(self._sni, self._face)
            self._sni.visible = True
        elif first:
            self._choose()
        if (xembed := self._xembed) and self._face != before:
            xembed.wake()

    def close(self) -> None:
        if self._sni:
            self._sni.visible = False
        if self._xembed:
            self._xembed.close()

    def _choose(self) -> None:
        """Start or end the second choice by what became of the first, and tell what serves."""
        with self._choosing:
            registered = self._sni.registered if self._sni else False
            if registered and self._xembed:
                self._xembed.close()
                self._xembed = None
            elif not registered and not self._xembed and has_x11():
                self._xembed = _XEmbed(self._dress, self._choose)
            docked = self._xembed.docked if self._xembed else False
            name = "sni" if registered else self.name if docked is None else "xembed" if docked else "none"
            if name != self.name:
                self.name = name
                self._post(SourceChanged("tray", name))

    def _dress(self, pystray_icon: Any) -> None:
        assert self._face is not None, "no icon is shown before the first view"
        _dress(pystray_icon, self._face)


def has_x11() -> bool:
    """Return whether X11 is the session's own screen; a tray on XWayland would be nobody's."""
    return bool(os.environ.get("DISPLAY")) and not os.environ.get("WAYLAND_DISPLAY")


class _XEmbed:
    """The thread that keeps an icon in the X11 tray. `docked` is whether it has one, None: not known yet."""

    def __init__(self, dress: Callable[[Any], None], changed: Callable[[], None]) -> None:
        self.docked: bool | None = None
        self._dress = dress
        self._changed = changed
        self._closed = False
        self._wakeups, self._waker = socket.socketpair()
        self._waker.settimeout(0)
        threading.Thread(target=self._run, name="xembed", daemon=True).start()

    def wake(self) -> None:
        """Have the icon dressed again; does not wait."""
        with contextlib.suppress(OSError):  # it is awake already, or has ended
            self._waker.send(b".")

    def close(self) -> None:
        """Take the icon away; does not wait."""
        self._closed = True
        self.wake()

    def _run(self) -> None:
        from Xlib import error  # noqa: PLC0415 - 3 MB, where it is needed

        try:
            from breakd.adapters import xembed  # noqa: PLC0415 - opens the display

            for docked in xembed.serve(self._wakeups, lambda: not self._closed, self._dress):
                self._report(docked)
        except (error.DisplayError, error.ConnectionClosedError, OSError) as problem:
            log.warning("no X11 tray: %s", problem)
        finally:
            self._report(docked=False)
            self._wakeups.close()
            self._waker.close()

    def _report(self, docked: bool) -> None:  # noqa: FBT001 - it is all that there is to say
        self.docked = docked
        self._changed()


class NativeTray:
    """Pystray's own icon, on Windows. Not tried there yet."""

    name = "pystray"

    def __init__(self, post: Post, pystray_icon: Any) -> None:
        self._post = post
        self._painter = _Painter(post, partial(icon.draw, size=NATIVE_SIZE))
        self._icon = pystray_icon
        self._shown = False

    def show(self, view: TrayView) -> None:
        self._touch(partial(_dress, self._icon, self._painter.face(view)))
        if not self._shown:
            self._shown = True
            self._begin()
            self._post(SourceChanged("tray", self.name))

    def close(self) -> None:
        self._touch(self._icon.stop)

    def _touch(self, act: Callable[[], None]) -> None:
        """Do something to the icon, on a thread that may."""
        act()

    def _begin(self) -> None:
        self._icon.run_detached()


class MainLoop(Protocol):
    """The loop of a system that insists on the main thread."""

    def later(self, act: Callable[[], None]) -> None:
        """Have it done on the main thread, in turn, as soon as the loop runs; does not wait."""

    def started(self) -> None:
        """Be told, on the main thread, that the loop runs."""


class MacTray(NativeTray):
    """The same on macOS, whose loop must have the main thread (`serve`), as must all that touches the icon.

    Not tried there yet.
    """

    def __init__(self, post: Post, pystray_icon: Any, loop: MainLoop) -> None:
        super().__init__(post, pystray_icon)
        self._loop = loop

    def serve(self, work: Callable[[], T]) -> T:
        """Run the loop, called on the main thread, and the work on another; return what that returns, or raise it."""
        from concurrent.futures import Future  # noqa: PLC0415 - 5 ms that others need not spend before the icon is up

        result: Future[T] = Future()

        def run() -> None:
            try:
                result.set_result(work())
            except BaseException as error:  # noqa: BLE001 - it is raised again on the main thread
                result.set_exception(error)
            self._touch(self._icon.stop)

        threading.Thread(target=run, name="work", daemon=True).start()
        self._icon.run(setup=lambda _icon: self._touch(self._appear))
        return result.result()

    def close(self) -> None:
        """Do nothing: the icon goes with its loop, which has ended."""

    def _touch(self, act: Callable[[], None]) -> None:
        self._loop.later(act)

    def _begin(self) -> None:
        """Wait for `serve`."""

    def _appear(self) -> None:
        self._loop.started()
        self._icon.visible = True
