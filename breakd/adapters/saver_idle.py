"""How long there was no input, asked of the screen saver on the session bus: where nothing tells of it by itself.

Laws: it is asked by AskedIdle's rule. An answer is believed only where it can be one. KDE answers in milliseconds, and
under Wayland always 0: its library cannot ask there. GNOME refuses. What else answers does so in seconds, as the
method's description says.
"""

import time
from collections.abc import Callable

from jeepney import DBusAddress

from breakd.adapters.asked_idle import AskedIdle
from breakd.adapters.bus import Bus, BusError
from breakd.adapters.service import ANSWER_S, Service, has_owner
from breakd.ports import Post

NAME = "org.freedesktop.ScreenSaver"
KDE = "org.kde.screensaver"
"""Owned beside the other, by the same screen locker, where that is KDE's."""

SAVER = DBusAddress("/org/freedesktop/ScreenSaver", NAME, NAME)
METHOD = "GetSessionIdleTime"

_BETWEEN_S = 0.02
"""Two of KDE's answers, this far apart, are not both 0 unless it does not know."""
_SAME_S, _SAME_WHOLE_S = 0.2, 1.5
"""By how much two answers about the same input may differ, in milliseconds and in whole seconds."""


class SaverIdle:
    """Tells WentIdle and CameBack, the latter some seconds late."""

    name = "screensaver"
    sees_pauses = True

    def __init__(self, post: Post, bus: Bus) -> None:
        """Look who is there, and open nothing yet."""
        self._post = post
        self._bus = bus
        self._asked: AskedIdle | None = None
        self._service = Service(post, bus, self.name, NAME, self._stop)

    def open(self, away_after_s: float) -> None:
        """Begin to ask. Raises BusError where there is no screen saver, or it does not tell."""
        self._service.open()
        try:
            ask, same_s = _asking(self._bus)
        except BusError:
            self._service.close()
            raise
        self._asked = AskedIdle(self._post, self.name, ask, away_after_s, costly=True, same_s=same_s)

    def idle_s(self) -> float | None:
        return None if self._asked is None else self._asked.idle_s()

    def set_away_after(self, seconds: float) -> None:
        if self._asked is not None:
            self._asked.set_away_after(seconds)

    def watch_return(self) -> None:
        if self._asked is not None:
            self._asked.watch_return()

    def watch_pause(self) -> None:
        if self._asked is not None:
            self._asked.watch_pause()

    def close(self) -> None:
        self._service.close()
        self._stop()

    def _stop(self) -> None:
        asked, self._asked = self._asked, None
        if asked is not None:
            asked.close()


def _asking(bus: Bus) -> tuple[Callable[[], float | None], float]:
    """Return what asks, in seconds, and how much two answers about one input may differ. Raises BusError."""

    def answer() -> int:
        number: int = bus.call(SAVER, METHOD, timeout=ANSWER_S)[0]
        return number

    kde = has_owner(bus, KDE)
    if answer() == 0 and kde:
        time.sleep(_BETWEEN_S)
        if answer() == 0:
            raise BusError("it does not know")
    units = 1000 if kde else 1

    def idle_s() -> float | None:
        try:
            return answer() / units
        except BusError:
            return None

    return idle_s, _SAME_S if kde else _SAME_WHOLE_S
