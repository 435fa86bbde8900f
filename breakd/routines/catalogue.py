"""The exercises that this person can do: breakd's own as the profile has them, and the person's.

Law: whoever shows, names or guides an exercise asks here, so that an id means the same everywhere.
"""

from collections.abc import Iterable, Mapping

from breakd.core.settings import OwnExercise
from breakd.errors import UsageError
from breakd.routines.alternatives import SEATED, STANDING
from breakd.routines.exercises import EXERCISES, Exercise
from breakd.routines.own import guided
from breakd.texts import _

_INSTEAD: dict[str, dict[str, Exercise]] = {"any": {}, "standing": STANDING, "seated": SEATED}


def known(profile: str, own: Iterable[OwnExercise] = ()) -> dict[str, Exercise]:
    """Return the exercises by their ids, breakd's first; `own` are those that fit the profile."""
    return EXERCISES | _INSTEAD[profile] | {one.id: guided(one) for one in own}


def find(name: str, exercises: Mapping[str, Exercise]) -> Exercise:
    """Return the exercise with the id that a person named. Raises UsageError where there is none."""
    if found := exercises.get(name):
        return found
    import difflib  # noqa: PLC0415 - only for a mistyped name

    text = _('"{name}" is no exercise').format(name=name[:40])
    if near := difflib.get_close_matches(name.lower(), exercises, 1):
        text += _("; did you mean {near}?").format(near=near[0])
    raise UsageError(text + " " + _("(known are {names})").format(names=", ".join(exercises)))
