"""Picks the way to show prompts: straight over D-Bus, breakd's own window where that cannot ask, plyer's text.

Law: what a way needs to import is imported when it is picked; jeepney exists on Linux only, and the window needs X.
"""

import sys
from typing import TYPE_CHECKING

from breakd.ports import Post, Prompter, SourceChanged

if TYPE_CHECKING:
    from breakd.adapters.bus import Bus
    from breakd.adapters.dbus_notify import Notifications


def connect(post: Post, bus: "Bus | None", *, window: str = "auto", theme: str = "auto") -> Prompter:
    """Return the prompter for this session bus; None where there is no bus. What serves is posted by SourceChanged.

    `window` says when breakd asks in a window of its own, `theme` how that looks, both as in the configuration. Where
    the window cannot be shown, the others do as well as they can.
    """
    if bus is None and sys.platform != "linux":
        return _plyer(post)
    if window == "never":
        return _plyer(post) if bus is None else _notifications(post, bus)
    from breakd.adapters.prompt_window import PromptWindow  # noqa: PLC0415 - on Linux only, unless it is never wanted

    if window == "auto" and bus is not None:
        from breakd.adapters.nothing import NoPrompter  # noqa: PLC0415 - only here

        def instead() -> Prompter:
            notifications.go_without()
            return NoPrompter()  # what is on its way to the window means the window: the server has been told

        notifications = _notifications(post, bus, PromptWindow(post, theme, instead))
        return notifications
    own = PromptWindow(post, theme, lambda: _plyer(post) if bus is None else _notifications(post, bus))
    post(SourceChanged("notifications", own.name))
    return own


def _plyer(post: Post) -> Prompter:
    from breakd.adapters.plyer_notify import PlyerPrompter  # noqa: PLC0415 - the last resort, rarely needed

    return PlyerPrompter(post)


def _notifications(post: Post, bus: "Bus", fallback: Prompter | None = None) -> "Notifications":
    from breakd.adapters.dbus_notify import Notifications  # noqa: PLC0415 - needs jeepney

    return Notifications(post, bus, fallback)
