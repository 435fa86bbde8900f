"""What `breakd stats` says: one page of lines, each of pieces of text with a style; with what each number means, too.

Law: without its styles it says the same. An interval stands beside each of the two figures that lead, or why there is
none yet.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import zip_longest
from typing import NamedTuple

from breakd.core.durations import HOUR, SECOND
from breakd.core.record import OUTCOMES
from breakd.insight.figures import WEEKDAYS, Figures, Group
from breakd.insight.interval import FEWEST_DAYS, Estimate, difference
from breakd.texts import _, later, plural, spell

Line = list[tuple[str, str]]
"""Pieces of text, each with its style ("" for none): bold, dim, or a colour's name."""

WIDE = 80
"""Columns from which on a page has two halves."""

GAP = 2
LEFT = 28
HALF = 39
"""Columns of the left half, of outcomes and of lists."""

LONG_S = 360_000
"""From 100 hours on minutes are left out."""

MOST = 6
"""So many breaks and exercises are listed, those with the most offers."""

_STEPS = "▁▂▃▄▅▆▇█"
_CELL = 5
_CELL_WITHOUT_NUMBER = 3
_LEAD = 11
_NAME = 14

_STYLES = {
    "taken": "green", "natural": "cyan", "skipped": "yellow", "missed": "red", "abandoned": "magenta", "expired": "dim",
}  # fmt: skip

_OUTCOMES = {
    "taken": (
        later("taken"),
        later("You started the routine and did at least half of it, or ended it with 'done'."),
    ),
    "natural": (
        later("natural"),
        later("You were away from keyboard and mouse for as long as the break. No input; perhaps you only read."),
    ),
    "skipped": (later("skipped"), later("You said no.")),
    "missed": (later("missed"), later("The prompt went unanswered until it may not ask again.")),
    "abandoned": (later("abandoned"), later("You started the routine and closed it before half of it.")),
    "expired": (
        later("expired"),
        later("The end of work, a pause or the end of breakd came first. Counts in neither figure."),
    ),
}

_WEEKDAYS = {
    "mon": later("Mon"), "tue": later("Tue"), "wed": later("Wed"), "thu": later("Thu"), "fri": later("Fri"),
    "sat": later("Sat"), "sun": later("Sun"),
}  # fmt: skip

_ANSWERED = later(
    "Of the offers that came due: taken / (taken + skipped + missed + abandoned). Breaks that you start of your own"
    " accord and natural ones are not in it."
)
_ADHERENCE = later(
    "(taken + natural) / all offers but the expired ones, breaks of your own accord included. A natural break is no"
    " input for as long as the break is; whether you got up or only read, keyboard and mouse cannot tell."
)
_INTERVAL = later(
    "'In the long run likely': where the share would settle if you went on as in these days. Made like this, about 95"
    " of 100 such ranges hold it (a 95 % interval). Its unit is the day, as the breaks of one day are not independent:"
    " the variance of a ratio estimator over days, as a Wilson interval with a t quantile of days - 1; days are worth"
    " no more than their offers. Of simulated people it held 93 to 99 in 100, but 88 to 92 of those who answer most and"
    " whose days differ very much. Under {n} days it is too early to tell. Two ranges of days differ clearly where the"
    " interval of their difference leaves out zero."
)
_SITTING = later(
    "Time that the sitting clock counted: present, in work hours, no pause, no routine, not standing; absences are"
    " taken out. It is not time on a chair: keyboard and mouse are a proxy. What goes on now counts when it is over,"
    " what goes on over midnight for the day on which it began. The mean of the days with any."
)
_GROUPS = later(
    "Answered, as above, of this break, exercise, weekday or hour (that in which the offer ended). A few offers tell"
    " little: take a difference as a hint. The intervals are in --json."
)


class Range(NamedTuple):
    """The figures of the days from `since` to `until`, both whole, and the streak of work days at their end."""

    since: date
    until: date
    figures: Figures
    streak: int


class Paper(NamedTuple):
    """What there is to write on: so many columns, and whether it has the characters that bars are made of."""

    width: int = 80
    blocks: bool = True

    def bar(self, share: float, width: int) -> str:
        """Return a bar of so many columns, a share of it full."""
        full = round(share * width)
        on, off = "█░" if self.blocks else "#."
        return on * full + off * (width - full)

    def spark(self, share: float, *, number: bool) -> str:
        """Return one character, the higher the greater the share, and its per cent: that alone where there is none."""
        step = _STEPS[min(len(_STEPS) - 1, int(share * len(_STEPS)))] if self.blocks else ""
        return step + (f"{100 * share:.0f}" if number or not step else "")

    @property
    def dash(self) -> str:
        """What stands where there is no value."""
        return "\u2013" if self.blocks else "-"

    def cut(self, name: str, width: int) -> str:
        """Return a name, cut and filled up to so many columns, one of which stays free."""
        text = "".join(each if each.isprintable() else "?" for each in name)
        if not self.blocks:
            text = text.encode("ascii", "backslashreplace").decode()
        if columns(text) >= width:
            while columns(text) > width - 2:
                text = text[:-1]
            text += "…" if self.blocks else "~"
        return text + " " * (width - columns(text))


def columns(text: str) -> int:
    """Return how many columns a terminal gives to a text: two to a wide sign, none to what stands on another."""
    if text.isascii():
        return len(text)
    from unicodedata import category, east_asian_width  # noqa: PLC0415 - for few names

    marks = sum(category(each) in {"Mn", "Me"} for each in text)
    return len(text) - marks + sum(east_asian_width(each) in {"W", "F"} for each in text)


class _Number(NamedTuple):
    """A number with its name, what it was before, and what it means."""

    name: str
    value: str
    before: str
    meaning: str


def page(now: Range, was: Range | None, paper: Paper, *, explain: bool = False) -> Iterator[Line]:
    """Yield the page of `now`, compared with `was`; with `explain` each number has what it means below it."""
    yield _title(now, compared=was is not None)
    found = now.figures
    if not found.offers and found.sitting_s is None:
        yield []
        yield [(_("Nothing yet: no break of these days has ended. `breakd why` says when one comes."), "")]
        return
    yield []
    yield from _leading(found, was.figures if was else None, paper, explain=explain)
    yield []
    outcomes = list(_outcomes(found, was.figures if was else None, paper, explain=explain))
    numbers = list(_numbers(now, was, paper, explain=explain))
    yield from _halves(outcomes, numbers, 0 if explain else LEFT, paper)
    yield []
    yield [(_("Answered"), "bold"), (_(", in per cent of the offers that came due"), "dim")]
    yield from _meaning(_GROUPS, paper, explain=explain)
    yield from _halves(list(_list(found.by_break, paper)), list(_list(found.by_exercise, paper)), HALF, paper)
    yield from _cells(_("weekday"), {_(_WEEKDAYS[day]): found.by_weekday[day] for day in WEEKDAYS}, paper)
    yield from _cells(_("hour"), found.by_hour, paper)
    if not explain:
        yield [(_("breakd stats --explain says what each number means, and what it does not."), "dim")]


def _title(now: Range, *, compared: bool) -> Line:
    days = (now.until - now.since).days + 1
    if days == 1:
        return [(_day(now.since), "bold"), (_(" (before: the day before)") if compared else "", "dim")]
    between = _("{since} to {until}").format(since=_day(now.since), until=_day(now.until))
    note = _(" ({n} days; before: the {n} days before them)") if compared else _(" ({n} days)")
    return [(between, "bold"), (note.format(n=days), "dim")]


def _day(day: date) -> str:
    return f"{_(_WEEKDAYS[WEEKDAYS[day.weekday()]])} {day}"


# --- the two figures that lead ------------------------------------------------------------------------------------


def _leading(found: Figures, was: Figures | None, paper: Paper, *, explain: bool) -> Iterator[Line]:
    due = sum(found.due.values())
    breaks = plural("one break that came due", "{n} breaks that came due", due)
    text = _("{taken} of {breaks}").format(taken=found.due["taken"], breaks=breaks) if due else _("no break came due")
    yield from _figure(_("Answered"), found.answered, was.answered if was else None, text, paper)
    yield from _meaning(_ANSWERED, paper, explain=explain)
    counts = found.outcomes
    text = _("{taken} taken + {natural} natural, of {all} offers").format(
        taken=counts["taken"], natural=counts["natural"], all=found.offers - counts["expired"]
    )
    yield from _figure(_("Adherence"), found.adherence, was.adherence if was else None, text, paper)
    yield [(" " * _LEAD + _("natural: no input; perhaps you only read"), "cyan" if counts["natural"] else "dim")]
    yield from _meaning(_ADHERENCE, paper, explain=explain)
    yield from _meaning(_(_INTERVAL).format(n=FEWEST_DAYS), paper, explain=explain)


def _figure(name: str, found: Estimate, was: Estimate | None, text: str, paper: Paper) -> Iterator[Line]:
    value = paper.dash if found.value is None else _percent(found.value)
    bar = paper.bar(found.value or 0, max(10, min(30, paper.width - 66)))
    yield [(f"{name:<{_LEAD}}", "bold"), (f"{value:>5}", "bold"), (f"  {bar}", "green"), (f"  {text}", "")]
    yield [(" " * _LEAD, ""), (_certainty(found), ""), (_compared(found, was), "dim")]


def _certainty(found: Estimate) -> str:
    """Say how sure the share is, in words that need no statistics."""
    if found.low is None or found.high is None:
        days = plural("one day", "{n} days", found.days)
        return _("too early to tell more: {days}, of {least} at least").format(days=days, least=FEWEST_DAYS)
    return _("in the long run likely {low} to {high}").format(low=f"{100 * found.low:.0f}", high=_percent(found.high))


def _compared(found: Estimate, was: Estimate | None) -> str:
    if was is None or was.value is None:
        return ""
    words = {None: "", 0: _(", no clear change"), 1: _(", clearly more now"), -1: _(", clearly less now")}
    return _("; before {value}").format(value=_percent(was.value)) + words[difference(found, was)]


# --- what came of them, and how long --------------------------------------------------------------------------------


def _outcomes(found: Figures, was: Figures | None, paper: Paper, *, explain: bool) -> Iterator[Line]:
    all_of_them = plural("One offer", "{n} offers", found.offers)
    yield [(f"{all_of_them:<{LEFT - 7}}", "bold"), (f"{_('before') if was else '':>7}", "dim")]
    most = max(found.outcomes.values()) or 1
    for outcome in OUTCOMES:
        name, meaning = _OUTCOMES[outcome]
        count = found.outcomes[outcome]
        before = str(was.outcomes[outcome]) if was else ""
        bar = paper.bar(count / most, 5).replace("░", " ").replace(".", " ")
        yield [(f"{_(name):<10}", ""), (bar, _STYLES[outcome]), (f"{count:>6}", ""), (f"{before:>7}", "dim")]
        yield from _meaning(meaning, paper, explain=explain)


def _numbers(now: Range, was: Range | None, paper: Paper, *, explain: bool) -> Iterator[Line]:
    name, value, before = _("Sitting and moving"), "", _("before") if was else ""
    yield [(f"{name:<27}", "bold"), (f"{value:>11}", ""), (f"{before:>12}", "dim")]
    for number in _each_number(now, was, paper):
        yield [(f"{number.name:<27}", ""), (f"{number.value:>11}", ""), (f"{number.before:>12}", "dim")]
        yield from _meaning(number.meaning, paper, explain=explain)


def _each_number(now: Range, was: Range | None, paper: Paper) -> Iterator[_Number]:
    values = _values(now, paper)
    before = _values(was, paper) if was else dict.fromkeys(values, "")
    for name, (text, meaning) in _NUMBERS.items():
        yield _Number(_(text), values[name], before[name], meaning)


_NUMBERS = {
    "sitting": (later("Sitting, a day"), _SITTING),
    "longest": (
        later("Longest without a break"),
        later(
            "The longest bout: sitting with no gap of a minute or longer. Its length is the sitting in it. A gap can be"
            " an absence, a routine, standing, a pause, or the end of work."
        ),
    ),
    "interruptions": (
        later("Interruptions, a day"),
        later(
            "Gaps of a minute or longer between two sittings of one day, the mean of the days with any sitting. Studies"
            " of worn sensors count breaks in sitting from one minute on (Healy 2008, Diabetes Care 31:661-666);"
            " breakd wears none: it sees the keyboard rest, not you get up."
        ),
    ),
    "moved": (later("Moved"), later("The routines that were taken, in all.")),
    "worked": (
        later("Started, but worked through"),
        later(
            "Routines that were started, but with keyboard or mouse in use through half of their time or more. They"
            " still count as the log has them."
        ),
    ),
    "wait": (later("From prompt to start"), later("From the last prompt before the start to it; the median.")),
    "snoozes": (later("Snoozes an offer"), later("How often you sent it away for later, the mean over all offers.")),
    "own": (
        later("Of your own accord"),
        later("Breaks that you started with none due. They count in adherence, not in what was answered."),
    ),
    "streak": (
        later("Good days in a row"),
        later(
            "Days up to the last one, each with at least half of what came due taken. Days on which nothing came due"
            " are passed over; today counts once it is good."
        ),
    ),
}
"""The further numbers: the name of each, and what it means."""


def numbers(of: Range) -> list[tuple[str, str, str]]:
    """Return the further numbers for another page: the name of each, its value, and what it means."""
    return [(each.name, each.value, _(each.meaning)) for each in _each_number(of, None, Paper())]


def meanings() -> list[tuple[str, str]]:
    """Return what the words mean for another page: the two figures that lead, their interval, and the outcomes."""
    return [
        (_("Answered"), _(_ANSWERED)),
        (_("Adherence"), _(_ADHERENCE)),
        (_("95 % interval"), _(_INTERVAL).format(n=FEWEST_DAYS)),
        *((_(name).capitalize(), _(meaning)) for name, meaning in _OUTCOMES.values()),
    ]


def _values(of: Range, paper: Paper) -> dict[str, str]:
    """Return the further numbers as text, a dash where one cannot be told."""
    found = of.figures

    def told(value: float | None, form: str) -> str:
        return paper.dash if value is None else form.format(value)

    def lasting(seconds: float | None) -> str:
        if seconds is None:
            return paper.dash
        unit = HOUR if seconds >= LONG_S else SECOND
        return spell(round(seconds * SECOND / unit) * unit)

    sat = found.sitting_s / found.sitting_days if found.sitting_s is not None and found.sitting_days else None
    return {
        "sitting": lasting(sat),
        "longest": lasting(found.longest_bout_s),
        "interruptions": told(found.interruptions_a_day, "{:.1f}"),
        "moved": lasting(found.moved_s),
        "worked": told(found.worked_through, "{}"),
        "wait": lasting(found.prompt_to_start_s),
        "snoozes": told(found.snoozes / found.offers if found.offers else None, "{:.1f}"),
        "own": str(found.own_accord),
        "streak": str(of.streak),
    }


# --- answered by what -----------------------------------------------------------------------------------------------


def _list(groups: Mapping[str, Group], paper: Paper) -> Iterator[Line]:
    """Yield a line a break or exercise, those with the most offers first."""
    for name, group in sorted(groups.items(), key=lambda each: -each[1].offers)[:MOST]:
        share = group.answered.value
        of = _("of {n}").format(n=sum(group.due.values()))
        yield [
            (paper.cut(name, _NAME), ""),
            (paper.bar(share or 0, 10), "green"),
            (f"{paper.dash if share is None else _percent(share):>6}", ""),
            (f" {of}", "dim"),
        ]


def _cells(name: str, groups: Mapping[str, Group], paper: Paper) -> Iterator[Line]:
    """Yield the shares of the groups side by side, below their names; nothing where there is but one."""
    told = [(key, group.answered.value) for key, group in groups.items() if group.offers]
    if len(told) < 2:  # noqa: PLR2004 - there is nothing to compare
        return
    cell, lead = _CELL, _LEAD
    bare = paper.width - _CELL_WITHOUT_NUMBER * len(told)
    numbers = not (paper.blocks and len(name) < bare < len(told) * (_CELL - _CELL_WITHOUT_NUMBER) + _LEAD)
    if not numbers:
        cell, lead = _CELL_WITHOUT_NUMBER, bare
    rows = -(-len(told) // max(1, (paper.width - lead) // cell))
    size = -(-len(told) // rows)
    for begin in range(0, len(told), size):
        row = told[begin : begin + size]
        yield [(f"{name:<{lead}}", "dim"), ("".join(f"{key:<{cell}}" for key, _share in row), "dim")]
        texts = [paper.dash if share is None else paper.spark(share, number=numbers) for _key, share in row]
        yield [(" " * lead, ""), ("".join(f"{text:<{cell}}" for text in texts), "green")]
        name = ""


# --- the page -------------------------------------------------------------------------------------------------------


def _halves(left: list[Line], right: list[Line], width: int, paper: Paper) -> Iterator[Line]:
    """Yield both side by side, the left one so wide; where the page is too narrow, or for 0, one below the other."""
    if not width or paper.width < WIDE:
        yield from left
        yield from right
        return
    nothing: Line = []
    for one, other in zip_longest(left, right, fillvalue=nothing):
        used = sum(columns(text) for text, _style in one)
        yield [*one, (" " * max(GAP, width + GAP - used), ""), *other] if other else one


def _meaning(text: str, paper: Paper, *, explain: bool) -> Iterator[Line]:
    if explain:
        from textwrap import wrap  # noqa: PLC0415 - only here

        for line in wrap(_(text), min(paper.width, 100) - 4):
            yield [("    " + line, "dim")]


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
