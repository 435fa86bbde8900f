"""`breakd panel`: the tray's menu as a small window, for desktops that have no tray.

Law: the daemon says what can be chosen, and does it; without a daemon nothing but a socket is loaded.
"""

import argparse
from typing import Any

from breakd.commands.client import ask
from breakd.errors import BreakdError
from breakd.texts import _

PATIENCE_S = 2
"""How long the daemon may take while the window is open, which stands still meanwhile."""


def run(_args: argparse.Namespace) -> int:
    """Show the menu until something is chosen or it is closed.

    Raises NoDaemonError where no daemon is running, or no more, BreakdError where no window can be opened.
    """
    theme = _menu()["theme"]
    from breakd.adapters.appearance import settings_theme  # noqa: PLC0415 - not without a daemon
    from breakd.adapters.monitors import workplace  # noqa: PLC0415 - the same
    from breakd.windows import panel  # noqa: PLC0415 - the same

    panel.show(_entries, _choose, settings_theme(theme).theme, workplace())
    return 0


def _menu() -> dict[str, Any]:
    reply = ask({"do": "menu"}, PATIENCE_S)
    if not reply["ok"]:
        raise BreakdError(reply["text"])
    menu: dict[str, Any] = reply["data"]
    return menu


def _entries() -> list[Any]:
    return [_entry(said) for said in _menu()["entries"]]


def _choose(key: str) -> str | None:
    """Choose an entry; return why it cannot be, None where it was."""
    reply = ask({"do": "choose", "key": key}, PATIENCE_S)
    if reply["ok"]:
        return None
    return str(reply["text"]) if reply["status"] == BreakdError.status else _("This can no longer be chosen.")


def _entry(said: dict[str, Any]) -> Any:
    from breakd.ports import Entry  # noqa: PLC0415 - not without a daemon

    return Entry(**said | {"entries": tuple(map(_entry, said["entries"]))})
