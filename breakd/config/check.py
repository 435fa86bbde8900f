"""Checks a document against the table of keys and turns it into Settings.

Law: all problems are found in one pass; a problem has a place and says what is wrong and what to write. What is wrong
in itself is left out of the checks that compare it with something else.
"""

import os
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from breakd.config.keys import DAYS, FITTING, ROOT, Key
from breakd.config.lines import Place
from breakd.config.problems import CONTROL, Problem, hint, hint_for_key, literal, shown
from breakd.core import durations
from breakd.core.settings import BUILT_IN, Hooks, OwnExercise, OwnStep, RoutineSettings, Settings, Tier, Window
from breakd.texts import _, duration

MOST_STEPS = 100
LONGEST_STEP = durations.HOUR

_WINDOW = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(?:([01]\d|2[0-3]):([0-5]\d)|(24):(00))", re.ASCII)
_ID = re.compile(r"\w[\w-]*")


def filled(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with the defaults in place of what it leaves out. What is wrong in it stays."""
    return dict(_fill(ROOT, document))


def check(document: dict[str, Any], folder: Path = Path()) -> tuple[Settings | None, list[Problem]]:
    """Return the settings that a filled document stands for, and its problems: there is one or there are the others.

    The places of files that it names begin at `folder`.
    """
    checker = _Checker(_own_ids(document), folder)
    found = checker.table(ROOT, document, ())
    checker.compare(found)
    return (None if checker.problems else _settings(found)), checker.problems


def _fill(key: Key, value: Any) -> Any:
    if key.kind == "table" and isinstance(value, dict):
        wanted = {sub.name: value.get(sub.name, sub.default) for sub in key.keys}
        known = {sub.name: _fill(sub, wanted[sub.name]) for sub in key.keys if wanted[sub.name] is not None}
        return known | {name: part for name, part in value.items() if name not in known}
    return value


def _own_ids(document: dict[str, Any]) -> tuple[str, ...]:
    """Return every id that an `[[exercise]]` claims, also of one that is wrong elsewhere."""
    rows = document.get("exercise")
    ids = [row.get("id") for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return tuple(name for name in ids if isinstance(name, str))


class _Checker:
    """Goes through a document along the table of keys. Each method returns what its value stands for, or None."""

    def __init__(self, own_ids: Sequence[str], folder: Path) -> None:
        self.problems: list[Problem] = []
        self._folder = folder
        self._exercises = (*BUILT_IN, *own_ids)

    def _report(self, place: Place, text: str) -> None:
        self.problems.append(Problem(place, text))

    def value(self, key: Key, value: Any, place: Place) -> Any:  # noqa: C901, PLR0912 - one case a kind
        match key.kind:
            case "table":
                return self.table(key, value, place)
            case "tables":
                return self._tables(key, value, place)
            case "duration":
                return self._duration(key, value, place)
            case "count":
                return self._count(key, value, place)
            case "flag":
                return self._flag(value, place)
            case "text":
                return self._text(value, place)
            case "id":
                return self._id(value, place)
            case "choice":
                return self._choice(key.allowed, value, place)
            case "choices":
                return self._choices(key, value, place)
            case "exercises":
                return self._routines(value, place)
            case "windows":
                return self._windows(value, place)
            case "programs":
                return self._programs(value, place)
            case "command":
                return self._command(value, place)
            case "steps":
                return self._steps(key, value, place)
            case "seconds":
                return self._seconds(value, place)
            case "image":
                return self._image(value, place)

    def table(self, key: Key, value: Any, place: Place) -> Any:
        if not isinstance(value, dict):
            self._report(
                place, _("{value} is not a table; write {header}").format(value=shown(value), header=_header(place))
            )
            return {}
        known = {sub.name: sub for sub in key.keys}
        for name in value:
            if name not in known:
                self._report((*place, name), _("there is no such key{hint}").format(hint=hint_for_key(name, key)))
        for name, sub in known.items():
            if sub.required and name not in value:
                needed = ", ".join(key.name for key in known.values() if key.required)
                self._report(place, _('"{key}" is missing; needed are {names}').format(key=name, names=needed))
        return {name: self.value(sub, value[name], (*place, name)) for name, sub in known.items() if name in value}

    def _tables(self, key: Key, value: Any, place: Place) -> Any:
        if not isinstance(value, list):
            found = _("{value} is not a list of tables; write [[{key}]]")
            self._report(place, found.format(value=shown(value), key=key.name))
            return []
        if not value and key.default:
            self._report(place, _("there is none; write a [[{key}]] or leave it out").format(key=key.name))
        return [self.table(key, row, (*place, at)) for at, row in enumerate(value)]

    def _duration(self, key: Key, value: Any, place: Place) -> int | None:
        if not isinstance(value, str):
            self._report(place, _('{value} is not a duration; write "30m" or "1h30m"').format(value=shown(value)))
            return None
        try:
            micros = duration(value)
        except ValueError as error:
            self._report(place, str(error))
            return None
        if not micros and not key.zero:
            self._report(place, _("{value} is no time at all; write 1s or more").format(value=shown(value)))
            return None
        return micros

    def _count(self, key: Key, value: Any, place: Place) -> int | None:
        # In Python true is a number; in the file it is none.
        if not isinstance(value, int) or isinstance(value, bool):
            wrong = _("{value} is not a whole number; write {default}")
            self._report(place, wrong.format(value=shown(value), default=key.default))
            return None
        if not key.least <= value <= key.most:
            wrong = _("{value} is out of range; write a number from {least} to {most}")
            self._report(place, wrong.format(value=shown(value), least=key.least, most=key.most))
            return None
        return value

    def _flag(self, value: Any, place: Place) -> bool | None:
        if isinstance(value, bool):
            return value
        self._report(place, _("{value} is neither true nor false; write one of them").format(value=shown(value)))
        return None

    def _text(self, value: Any, place: Place) -> str | None:
        if not isinstance(value, str):
            self._report(place, _('{value} is not a text; write it in quotes: "..."').format(value=shown(value)))
        elif not value.strip():
            self._report(place, _("it is empty; write a text"))
        elif CONTROL.search(value):
            self._report(place, _("{value} has a line end or a control character").format(value=shown(value)))
        else:
            return value
        return None

    def _id(self, value: Any, place: Place) -> str | None:
        if isinstance(value, str) and _ID.fullmatch(value):
            return value
        wrong = _("{value} is not an id; write letters, digits and hyphens, as in neck-turns")
        self._report(place, wrong.format(value=shown(value)))
        return None

    def _choice(self, allowed: Sequence[str], value: Any, place: Place) -> str | None:
        if isinstance(value, str) and value in allowed:
            return value
        wrong = _("{value} is not known here; write one of {allowed}{hint}")
        names = ", ".join(dict.fromkeys(allowed))
        self._report(place, wrong.format(value=shown(value), allowed=names, hint=hint(value, allowed)))
        return None

    def _list(self, value: Any, place: Place, example: Sequence[str]) -> list[Any]:
        if isinstance(value, list):
            return value
        wrong = _("{value} is not a list; write {example}")
        self._report(place, wrong.format(value=shown(value), example=literal(example)))
        return []

    def _choices(self, key: Key, value: Any, place: Place) -> tuple[str | None, ...]:
        elements = self._list(value, place, key.default)
        found = tuple(self._choice(key.allowed, element, (*place, at)) for at, element in enumerate(elements))
        for at in _repeated(found):
            self._report((*place, at), _("{value} is there twice; take one away").format(value=shown(found[at])))
        return found

    def _routines(self, value: Any, place: Place) -> tuple[str | None, ...]:
        if value == []:
            self._report(place, _("the list is empty; write at least one exercise, such as walk"))
        elements = self._list(value, place, ["walk"])
        return tuple(self._choice(self._exercises, element, (*place, at)) for at, element in enumerate(elements))

    def _windows(self, value: Any, place: Place) -> tuple[Window | None, ...]:
        elements = self._list(value, place, ["09:00-12:30", "13:30-17:30"])
        found = tuple(self._window(element, (*place, at)) for at, element in enumerate(elements))
        for at, other in _overlaps(found):
            wrong = _("{value} overlaps {other}; windows of one list must not")
            text = wrong.format(value=shown(elements[at]), other=shown(elements[other]))
            self._report((*place, at), text)
        return found

    def _command(self, value: Any, place: Place) -> tuple[str, ...]:
        """Return a program and its arguments. Whether there is such a program is found when it is run."""
        words = value.split() if isinstance(value, str) else []
        elements = self._list(value, place, words or ["notify-send", "breakd"])
        for at, element in enumerate(elements):
            if not isinstance(element, str):
                wrong = _('{value} is not a text; write it in quotes: "..."')
                self._report((*place, at), wrong.format(value=shown(element)))
            elif "\0" in element:  # no program can be told it
                self._report((*place, at), _("{value} holds a NUL character").format(value=shown(element)))
            elif at == 0 and not element.strip():
                self._report((*place, at), _("it is empty; write a program"))
        return tuple(elements)

    def _programs(self, value: Any, place: Place) -> tuple[str, ...]:
        """Return names of programs. Whether there is such a program is found when it does something."""
        elements = self._list(value, place, [value] if isinstance(value, str) else ["emacs"])
        for at, element in enumerate(elements):
            if not isinstance(element, str):
                wrong = _('{value} is not a text; write it in quotes: "..."')
                self._report((*place, at), wrong.format(value=shown(element)))
            elif not element.strip():
                self._report((*place, at), _("it is empty; write a program"))
        return tuple(elements)

    def _window(self, value: Any, place: Place) -> Window | None:
        found = _WINDOW.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            wrong = _('{value} is not a window of the day; write "09:00-12:30", 00:00 to 24:00')
            self._report(place, wrong.format(value=shown(value)))
            return None
        hour, minute, end_hour, end_minute = (int(part) for part in found.groups() if part is not None)
        window = Window(hour * 60 + minute, end_hour * 60 + end_minute)
        if window.start == window.end:
            wrong = _('{value} has no length; a whole day is "00:00-24:00"')
            self._report(place, wrong.format(value=shown(value)))
            return None
        return window

    def _steps(self, key: Key, value: Any, place: Place) -> tuple[Any, ...]:
        """Return the steps as tables, also those that are written as a text alone."""
        if value == []:
            self._report(place, _("the list is empty; write at least one step"))
        elements = self._list(value, place, ["...", "..."])
        if len(elements) > MOST_STEPS:
            self._report(place, _("there are more than {most} steps; take some away").format(most=MOST_STEPS))
            return ()
        return tuple(self._step(key, element, (*place, at)) for at, element in enumerate(elements))

    def _step(self, key: Key, value: Any, place: Place) -> Any:
        if isinstance(value, str):
            return {"text": self._text(value, place)}
        if isinstance(value, dict):
            return self.table(key, value, place)
        wrong = _('{value} is not a step; write a text, "...", or {table}')
        self._report(place, wrong.format(value=shown(value), table=literal({"text": "...", "seconds": 20})))
        return {}

    def _seconds(self, value: Any, place: Place) -> int | None:
        """Return the microseconds of what is written as a number of seconds or as a duration."""
        micros = None
        if isinstance(value, int) and not isinstance(value, bool):
            micros = value * durations.SECOND
        elif isinstance(value, str):
            with suppress(ValueError):
                micros = duration(value)
        if micros is None:
            self._report(place, _('{value} is not a time in seconds; write 20 or "1m30s"').format(value=shown(value)))
        elif not 0 < micros <= LONGEST_STEP:
            self._report(
                place, _("{value} is out of range; a step takes 1 second to 1 hour").format(value=shown(value))
            )
            return None
        return micros

    def _image(self, value: Any, place: Place) -> str | None:
        text = self._text(value, place)
        if text is None:
            return None
        from breakd.config.images import problem  # noqa: PLC0415 - seldom needed

        path = Path(os.path.abspath(self._folder / os.path.expanduser(text)))  # noqa: PTH100, PTH111 - Path's own raises where there is no home
        if why := problem(path):
            self._report(place, why)
            return None
        return str(path)

    def compare(self, found: dict[str, Any]) -> None:
        """Check what can only be seen of several keys together."""
        self._compare_exercises(found.get("exercise", []))
        unfit = _unfit(found)
        tiers = found.get("break", [])
        names = [tier.get("name") for tier in tiers]
        for at in _repeated(names):
            text = _("{value} is the name of another break; write a new one").format(value=shown(names[at]))
            self._report(("break", at, "name"), text)
        for at, tier in enumerate(tiers):
            every, length, routines = tier.get("every"), tier.get("length"), tier.get("routines")
            if every and length and length >= every:
                wrong = _('{length} is not shorter than "every", {every}; write less')
                text = wrong.format(length=durations.render(length), every=durations.render(every))
                self._report(("break", at, "length"), text)
            if routines and unfit.issuperset(routines):
                wrong = _('none of them fits the profile "{profile}"; name one that does, such as walk')
                text = wrong.format(profile=found["routine"]["profile"])
                self._report(("break", at, "routines"), text)

    def _compare_exercises(self, rows: list[dict[str, Any]]) -> None:
        ids = [row.get("id") for row in rows]
        for at in _repeated([*BUILT_IN, *ids]):
            text = _("{value} is the id of another exercise; write a new one")
            own = at - len(BUILT_IN)
            self._report(("exercise", own, "id"), text.format(value=shown(ids[own])))


def _settings(found: dict[str, Any]) -> Settings:
    """Put together what was checked."""
    work, prompt, hold = found["work"], found["prompt"], found["hold"]
    unfit = _unfit(found)
    overrides = work.get("overrides", {})
    usual = dict.fromkeys(work["days"], work["hours"])
    return Settings(
        week=tuple(overrides.get(day, usual.get(day, ())) for day in DAYS),
        tiers=tuple(
            Tier(
                tier["name"], tier["every"], tier["length"], tuple(one for one in tier["routines"] if one not in unfit)
            )
            for tier in found["break"]
        ),
        snooze=prompt["snooze"],
        max_snoozes=prompt["max_snoozes"],
        timeout=prompt["timeout"],
        merge_within=prompt["merge_within"],
        warn_before=prompt["warn_before"],
        wait_for_pause=prompt["wait_for_pause"],
        settle=prompt["settle"],
        auto_start=prompt["auto_start"],
        prompt_window=prompt["window"],
        away_after=found["presence"]["away_after"],
        hold_while=frozenset(hold["while"]),
        hold_at_most=hold["at_most"],
        hold_ignore=hold["ignore"],
        hold_programs=hold["programs"],
        routine=RoutineSettings(**found["routine"]),
        exercises=tuple(_own_exercise(row) for row in found.get("exercise", []) if row["id"] not in unfit),
        hooks=Hooks(**found["hooks"]),
        weekly=found["insight"]["weekly"],
        ask_back=found["insight"]["back"],
    )


def _own_exercise(row: dict[str, Any]) -> OwnExercise:
    steps = tuple(
        OwnStep(
            text=step["text"],
            length=step.get("seconds"),
            sides=step.get("sides", False),
            count=step.get("count", 1),
            image=step.get("image", ""),
        )
        for step in row["steps"]
    )
    return OwnExercise(row["id"], row["name"], row["position"], steps)


def _unfit(found: dict[str, Any]) -> frozenset[str]:
    """Return the own exercises that the profile leaves out; a built-in one has alternatives that fit."""
    fitting = FITTING.get(found.get("routine", {}).get("profile"), FITTING["any"])
    rows = found.get("exercise", [])
    return frozenset(
        row["id"] for row in rows if row.get("id") and row.get("position") and row["position"] not in fitting
    )


def _header(place: Place) -> str:
    """Return the line that opens the table: `[work.overrides]`, `[[break]]`."""
    name = ".".join(part for part in place if isinstance(part, str))
    return f"[[{name}]]" if isinstance(place[-1], int) else f"[{name}]"


def _repeated(values: Sequence[Any]) -> list[int]:
    """Return where a value stands that was there before; None is none."""
    first: dict[Any, int] = {}
    return [at for at, value in enumerate(values) if value is not None and first.setdefault(value, at) != at]


def _overlaps(windows: Iterable[Window | None]) -> list[tuple[int, int]]:
    """Return the positions of windows of one day that overlap, each once, with those of one that it overlaps."""
    spans = sorted(
        (window.start, window.end + (1440 if window.end <= window.start else 0), at)
        for at, window in enumerate(windows)
        if window is not None
    )
    found = []
    latest_end, latest = 0, 0
    for start, end, at in spans:
        if start < latest_end:
            found.append((max(at, latest), min(at, latest)))
        if end > latest_end:
            latest_end, latest = end, at
    return found
