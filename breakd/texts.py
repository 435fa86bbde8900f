"""Every text that a person reads passes through here, so that it can be translated.

Law: a message is looked up when it is shown, never at import; the log, JSON and configuration keys are not texts.
"""

import gettext
import os
from functools import cache

from breakd.core.durations import HOUR, MINUTE, SECOND, parse

TYPE_CHECKING = False  # typing's own would cost the light commands 2 ms
if TYPE_CHECKING:
    from datetime import datetime, time


@cache
def _catalogue() -> gettext.NullTranslations:
    """Return the catalogue for LANGUAGE or LANG, or the English in the source where there is none."""
    folder = os.path.dirname(__file__) + "/locale"  # noqa: PTH120 - pathlib costs the light commands 3 ms
    if not os.path.isdir(folder):  # noqa: PTH112 - the same; and the search in it would cost 2 ms more
        return gettext.NullTranslations()
    return gettext.translation("breakd", folder, fallback=True)


def _(message: str) -> str:
    """Return the message in the person's language."""
    return _catalogue().gettext(message)


def language() -> str:
    """Return the language that the texts are in, as `en` or `pt_BR`, for a voice that reads them."""
    return _catalogue().info().get("language", "en")


def later(message: str) -> str:
    """Mark a message of a table for the catalogue; `_` looks it up when it is shown."""
    return message


def plural(one: str, many: str, n: int) -> str:
    """Return the form for `n`, with `{n}` filled in."""
    return _catalogue().ngettext(one, many, n).format(n=n)


def duration(text: str) -> int:
    """Return the microseconds that a person's text names. Raises ValueError, which says what to write."""
    try:
        return parse(text)
    except OverflowError:
        raise ValueError(_('"{text}" is longer than a year').format(text=text[:40])) from None
    except ValueError:
        raise ValueError(_('"{text}" is not a duration; write 30m or 1h30m').format(text=text[:40])) from None


def time_of_day(text: str) -> "time":
    """Return the time that a person's text names, 00:00 to 23:59. Raises ValueError, which says what to write."""
    from breakd.core import workhours  # noqa: PLC0415 - the light commands need no zones

    try:
        return workhours.time_of_day(text)
    except ValueError:
        raise ValueError(_('"{text}" is not a time; write HH:MM, 00:00 to 23:59').format(text=text[:40])) from None


def with_how_to_answer(body: str) -> str:
    """Return the text of a prompt that cannot have buttons."""
    return "\n".join(filter(None, (body, _("Answer with breakd's tray icon, or with: breakd start"))))


def needs_tk() -> str:
    """Return why no window can be opened where Tk is not installed, and what to do."""
    return _("a window needs Tk: install python3-tk (Debian, Ubuntu), python3-tkinter (Fedora), tk (Arch)")


def spell(micros: int) -> str:
    """Return a duration for people, in at most two units: '2 min', '1 h 30 min', '45 s'."""
    seconds = round(micros / SECOND)
    if seconds < 60:  # noqa: PLR2004 - a minute's seconds
        return _("{n} s").format(n=seconds)
    minutes = seconds // 60
    if minutes < 60 and seconds % 60 and minutes < 5:  # noqa: PLR2004 - below five minutes the seconds still matter
        return _("{m} min {s} s").format(m=minutes, s=seconds % 60)
    minutes = round(micros / MINUTE)
    if minutes < 60:  # noqa: PLR2004 - an hour's minutes
        return _("{n} min").format(n=minutes)
    hours, rest = divmod(minutes, HOUR // MINUTE)
    return _("{h} h {m} min").format(h=hours, m=rest) if rest else _("{h} h").format(h=hours)


def markup(text: str) -> str:
    """Return the text with nothing in it that a reader of markup, such as Pango's, would take for any."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def clock(at: "datetime") -> str:
    """Return the time of day as the locale writes it, without seconds."""
    return at.strftime(_time_format())


@cache
def _time_format() -> str:
    """Return 12 or 24 hours, by what the locale's own format of times says."""
    import locale  # noqa: PLC0415 - only where a time is shown

    try:
        locale.setlocale(locale.LC_TIME, "")
        form = locale.nl_langinfo(locale.T_FMT)
    except (locale.Error, AttributeError):
        return "%H:%M"
    return "%I:%M %p" if "%r" in form or "%I" in form or "%p" in form else "%H:%M"
