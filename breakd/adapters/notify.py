"""Picks the way to show prompts: straight over D-Bus, breakd's own window where that cannot ask, plyer's text.

The configuration may say otherwise at any time. A prompt that insists goes to the window even past a server that can
ask, unless the window is `never` wanted: that is the person's word, and the server gets it then.

Law: what a way needs to import is imported when it is picked; jeepney exists on Linux only, and the window needs X.
"""

import sys
from typing import TYPE_CHECKING

from breakd.ports import Post, Prompt, Prompter, SourceChanged

if TYPE_CHECKING:
    from breakd.adapters.bus import Bus
    from breakd.adapters.dbus_notify import Notifications
    from breakd.adapters.prompt_window import PromptWindow


def connect(post: Post, bus: "Bus | None", *, window: str = "auto", theme: str = "auto") -> "Prompts":
    """Return the prompter for this session bus; None where there is no bus. What serves is posted by SourceChanged.

    `window` says when breakd asks in a window of its own, `theme` how that looks, both as in the configuration. Where
    the window cannot be shown, the others do as well as they can.
    """
    return Prompts(post, bus, window, theme)


class Prompts:
    """Implements ports.Prompter: it passes all on to the `way` that is picked."""

    def __init__(self, post: Post, bus: "Bus | None", window: str, theme: str) -> None:
        self._post, self._bus, self._asks = post, bus, window
        self._window: PromptWindow | None = None
        self._server: Notifications | None = None  # one for good: it hears what the bus tells
        self.way = self._picked(theme)

    @property
    def name(self) -> str:
        """Who shows the prompts."""
        return self.way.name

    def show(self, prompt: Prompt) -> None:
        """Put the prompt on the screen, in place of the one there."""
        self.way.show(prompt)

    def withdraw(self) -> None:
        """Take the prompt off the screen."""
        self.way.withdraw()

    def close(self) -> None:
        """Withdraw and let go of everything."""
        self.way.close()

    def ask_by(self, window: str, theme: str) -> None:
        """Go on with other values of the configuration. Where `window` differs, what was on the screen has gone."""
        if window == self._asks:
            if self._window is not None:
                self._window.theme = theme
            return
        self.way.withdraw()
        if self._window is not None:
            self._window.leave()
            self._window = None
        self._asks = window
        self.way = self._picked(theme)

    def _picked(self, theme: str) -> Prompter:
        bus, post = self._bus, self._post
        if bus is None and (self._asks == "never" or sys.platform != "linux"):
            return _plyer(post)
        if bus is not None and self._asks == "never":
            return self._notifications(bus, None)
        from breakd.adapters.prompt_window import PromptWindow  # noqa: PLC0415 - on Linux only, unless never wanted

        if bus is not None and self._asks == "auto":
            from breakd.adapters.nothing import NoPrompter  # noqa: PLC0415 - only here

            def instead() -> Prompter:
                notifications.go_without()
                return NoPrompter()  # what is on its way to the window means the window: the server has been told

            self._window = PromptWindow(post, theme, instead)
            notifications = self._notifications(bus, self._window)
            return notifications
        if self._server is not None:
            self._server.rest()
        own = PromptWindow(post, theme, lambda: _plyer(post) if bus is None else self._notifications(bus, None))
        self._window = own
        post(SourceChanged("notifications", own.name))
        return own

    def _notifications(self, bus: "Bus", fallback: Prompter | None) -> "Notifications":
        from breakd.adapters.dbus_notify import Notifications  # noqa: PLC0415 - needs jeepney

        if self._server is None:
            self._server = Notifications(self._post, bus, fallback)
        else:
            self._server.go_on(fallback)
        return self._server


def _plyer(post: Post) -> Prompter:
    from breakd.adapters.plyer_notify import PlyerPrompter  # noqa: PLC0415 - the last resort, rarely needed

    return PlyerPrompter(post)
