"""What a request of the command line may hold, for whoever checks it: the daemon, or the command where none runs.

Law: a value is any JSON value at all; what comes back is checked, or ValueError says what to write.
"""

import json

from breakd.core.durations import SECOND, render
from breakd.texts import _, duration, time_of_day

HIGHEST_RATING = 10
"""The end of the numeric rating scale for pain: eleven whole numbers, from 0, no pain, to this, the worst imaginable
(Hawker and others 2011, Arthritis Care & Research 63, S11, S240-S252).
"""


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


def rating(value: object) -> int:
    """Return how a back is, from 0 to HIGHEST_RATING, which may come as a text. Raises ValueError."""
    said = value if isinstance(value, str) else json.dumps(value)
    if said not in map(str, range(HIGHEST_RATING + 1)):
        text = _('"{text}" does not say how your back is; write a whole number from 0 (no pain) to 10 (the worst pain)')
        raise ValueError(text.format(text=said[:40]))
    return int(said)
