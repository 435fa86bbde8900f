"""Where breakd's files lie: the platform's own folders, by platformdirs; nothing is created here.

Law: the commands that only talk to the daemon import nothing heavy, so what is heavy loads inside the functions.
"""

import os

TYPE_CHECKING = False  # typing's own would cost the light commands 2 ms
if TYPE_CHECKING:
    from pathlib import Path

SOCKET = "breakd.sock"
"""The socket's name in the runtime folder, for the daemon that makes it and the commands that look for it."""

LOCK = "breakd.lock"
"""The lock's name in the state folder. While a daemon runs, its file says in a line of JSON where."""


def config_file() -> "Path":
    """Return BREAKD_CONFIG, or `config.toml` in the platform's configuration folder."""
    from pathlib import Path  # noqa: PLC0415 - kept out of the light commands, like all imports below

    from platformdirs import user_config_path  # noqa: PLC0415

    named = os.environ.get("BREAKD_CONFIG")
    return Path(named) if named else user_config_path("breakd", appauthor=False) / "config.toml"


def log_file() -> "Path":
    """Return the log's database, `log.db` in the platform's data folder."""
    from platformdirs import user_data_path  # noqa: PLC0415 - the same

    return user_data_path("breakd", appauthor=False) / "log.db"


def state_dir() -> "Path":
    """Return the folder of the saved state and of breakd's own text log."""
    from platformdirs import user_state_path  # noqa: PLC0415 - the same

    return user_state_path("breakd", appauthor=False)


def cache_dir() -> "Path":
    """Return the folder of what can be made again: the routine's sounds."""
    from platformdirs import user_cache_path  # noqa: PLC0415 - the same

    return user_cache_path("breakd", appauthor=False)


def runtime_dir() -> str:
    """Return the folder of the socket: XDG_RUNTIME_DIR, or one of the user's own under the temporary folder."""
    given = os.environ.get("XDG_RUNTIME_DIR")
    if given:
        return given
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    return f"{os.environ.get('TMPDIR') or '/tmp'}/breakd-{user}"  # noqa: S108 - the folder's owner is checked
