"""Picks the way to show prompts: straight over D-Bus, else plyer's text.

Law: what either way needs to import is imported when it is picked; jeepney exists on Linux only.
"""

from typing import TYPE_CHECKING

from breakd.ports import Post, Prompter

if TYPE_CHECKING:
    from breakd.adapters.bus import Bus


def connect(post: Post, bus: "Bus | None") -> Prompter:
    """Return the prompter for this session bus; None where there is no bus. What serves is posted by SourceChanged."""
    if bus is None:
        from breakd.adapters.plyer_notify import PlyerPrompter  # noqa: PLC0415 - the last resort, rarely needed

        return PlyerPrompter(post)
    from breakd.adapters.dbus_notify import Notifications  # noqa: PLC0415 - needs jeepney

    return Notifications(post, bus)
