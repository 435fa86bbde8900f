"""Which reasons to hold are on, for the engine: from what each source sees, and from the programs that a person names.

Laws: a program that is to be ignored counts for nothing, not even as a call. A reason is on as long as one source sees
one user of it.
"""

from dataclasses import dataclass, field, replace

from breakd.core.settings import CALLS, Settings
from breakd.ports import InUse

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

    def on(self, settings: Settings) -> dict[str, bool]:
        """Return the reasons that are on, in the order in which they came, each with whether a named program is in it."""
        found: dict[str, bool] = {}
        for (reason, _source), users in self.users.items():
            if reason not in wanted(settings):
                continue
            for names in users:
                if not _named(names, settings.hold_ignore):
                    by_name = reason in BY_PROGRAM and _named(names, settings.hold_programs)
                    found[reason] = found.get(reason, False) or by_name
        return found


def _named(names: tuple[str, ...], programs: tuple[str, ...]) -> bool:
    """Return whether one of the names is one of the programs, whatever their case."""
    return not {name.casefold() for name in names}.isdisjoint(program.strip().casefold() for program in programs)
