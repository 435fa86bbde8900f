"""Durations as people write them (`90s`, `5m`, `2h`, `1h30m`) and as the core counts them.

Law: inside the core every time and every length is a whole number of microseconds, so that sums are exact and
finer ticks give the same result.
"""

import re

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

LONGEST = 366 * DAY
"""The longest duration that is taken: a year. It keeps every later sum within the range of dates."""

_FORM = re.compile(r"(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?", re.ASCII)


def parse(text: str) -> int:
    """Return the microseconds that `text` names, 0 included.

    Raises ValueError for anything else, and OverflowError for more than a year.
    """
    found = _FORM.fullmatch(text)
    if not text or found is None:
        raise ValueError("not a duration")
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    micros = hours * HOUR + minutes * MINUTE + seconds * SECOND
    if micros > LONGEST:
        raise OverflowError("longer than a year")
    return micros


def render(micros: int) -> str:
    """Return the shortest form that `parse` reads back, seconds rounded: `1h30m`, `90s` as `1m30s`, `0s`."""
    seconds = round(micros / SECOND)
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = [f"{n}{unit}" for n, unit in ((hours, "h"), (minutes, "m"), (seconds, "s")) if n]
    return "".join(parts) or "0s"
