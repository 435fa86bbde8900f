"""Which reasons to hold are on, for the engine: from what each source sees, and from the programs that a person names.

Laws: a program that is to be ignored counts for nothing, not even as a call. A reason is on as long as one source sees
one user of it, and what was seen of it is forgotten once it is not watched.
"""

from dataclasses import dataclass, field, replace

from breakd.core import events as e
from breakd.core.durations import HOUR
from breakd.core.settings import CALLS, Settings
from breakd.ports import InUse

CALL_WITHOUT_TOUCH = 2 * HOUR
"""A call in which nobody touched the keyboard for this long counts as ended: it was forgotten."""

BY_PROGRAM = frozenset({"fullscreen", "microphone"})
"""The reasons for which `[hold] programs` hold, whatever stands in `while`."""


def wanted(settings: Settings) -> frozenset[str]:
    """Return the reasons to watch: those that hold, and calls, which are a sign of the person."""
    return settings.hold_while | CALLS | (BY_PROGRAM if settings.hold_programs else frozenset())


@dataclass(frozen=True, slots=True)
class Board:
    """What each source sees: users by reason and source."""

    users: dict[tuple[str, str], tuple[tuple[str, ...], ...]] = field(default_factory=dict)

    def seen(self, message: InUse) -> "Board":
        """Return the board with what a source sees now in place of what it saw."""
        kept = {key: users for key, users in self.users.items() if key != (message.reason, message.source)}
        if message.users:
            kept[message.reason, message.source] = message.users
        return replace(self, users=kept)

    def only(self, reasons: frozenset[str]) -> "Board":
        """Return the board without what was seen of other reasons: of those nobody tells when they end."""
        return replace(self, users={key: users for key, users in self.users.items() if key[0] in reasons})

    def on(self, settings: Settings) -> dict[str, bool]:
        """Return the reasons that are on, the oldest first, each with whether a program that was named is in it."""
        found: dict[str, bool] = {}
        for (reason, _source), users in self.users.items():
            for names in users:
                if not _named(names, settings.hold_ignore):
                    by_name = reason in BY_PROGRAM and _named(names, settings.hold_programs)
                    found[reason] = found.get(reason, False) or by_name
        return found


def last_touch(before: int | None, event: e.Event) -> int | None:
    """Return when keyboard and mouse were touched last, None while that goes on; `before` is what it was."""
    match event:
        case e.Input() | e.Unlocked():
            return None
        case e.Idle():
            return event.since if before is None else before
        case e.Locked() | e.Slept() | e.Stopped() | e.Started():
            return event.at if before is None else before
        case e.Start() | e.Snooze() | e.Skip() | e.WavedAway() | e.Pause() | e.Resume() | e.Stand() | e.Sit():
            return None if before is None else event.at
        case _:
            return before


def _named(names: tuple[str, ...], programs: tuple[str, ...]) -> bool:
    """Return whether one of the names is one of the programs, whatever their case.

    Many desktops know a program by a long name alone, such as org.gnome.Totem.desktop; its last part is one, too.
    """
    shorter = [name.removesuffix(".desktop") for name in names]
    known = {name.casefold() for name in (*names, *shorter, *(name.rpartition(".")[2] for name in shorter))}
    return not known.isdisjoint(program.strip().casefold() for program in programs)
