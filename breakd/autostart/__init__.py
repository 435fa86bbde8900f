"""How breakd starts at login: by systemd, XDG autostart, the compositor's configuration, launchd or the registry.

Law: each way says what its file is and what it finds there; who writes and removes the files is in `commands`.
"""

from breakd.autostart import launchd, registry, session, systemd, xdg
from breakd.autostart.start import Start

WAYS = ("systemd", "xdg", "launchd", "registry")
"""What can be installed; the compositor's own configuration is the person's."""


def current() -> tuple[Start, ...]:
    """Return by what breakd starts at the next login here, also what is there and would not work. Changes nothing."""
    found = (way.found() for way in (systemd, xdg, session, launchd, registry))
    return tuple(start for start in found if start is not None)
