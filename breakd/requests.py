"""What a request of the command line may hold, for whoever checks it: the daemon, or the command where none runs.

Law: a value is any JSON value at all; what comes back is checked, or ValueError says what to write.
"""

import json

from breakd.core.durations import SECOND, render
from breakd.texts import _, duration, time_of_day


def length(value: object) -> int | None:
    """Return the microseconds of a duration, None for none. Raises ValueError."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError(_("a duration is a text such as 30m or 1h30m"))  # noqa: TRY004 - told like every wrong value
    micros = duration(value)
    if not micros:
        raise ValueError(_("a duration of 0 is none; write {example}").format(example=render(300 * SECOND)))
    return micros


def until(value: object) -> str | None:
    """Return the end of a pause, `HH:MM` or `tomorrow`, None for none. Raises ValueError."""
    if value is None or value == "tomorrow":
        return None if value is None else "tomorrow"
    time_of_day(value if isinstance(value, str) else json.dumps(value))
    return str(value)
