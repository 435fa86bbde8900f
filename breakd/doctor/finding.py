"""What a check found.

Law: a finding is fit to be shown to strangers: no path, no address, no name of a person or of a machine, and what
another program says of itself passes through `word`.
"""

import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass, replace

OK, MISSING, UNKNOWN = "ok", "missing", "unknown"
SERVES, WORKS, ABSENT = "serves", "works", "absent"

_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Source:
    """One of several that could tell: a state (`serves`, `works` in reserve, `absent`), and a word of detail."""

    name: str
    state: str
    detail: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A state (`ok`, `missing`, `unknown`), a word of detail, and the command that mends it, None where none does.

    `sources` are those of which one serves, or several do, the preferred first.
    """

    state: str
    detail: str
    mend: str | None = None
    sources: tuple[Source, ...] = ()

    def of(self, sources: Iterable[Source]) -> "Finding":
        """Return the finding with these sources."""
        return replace(self, sources=tuple(sources))


def ok(detail: str) -> Finding:
    return Finding(OK, detail)


def missing(detail: str, *mend: str) -> Finding:
    """Return a finding that names the command of these words, none where there are none."""
    return Finding(MISSING, detail, shlex.join(mend) or None)


def unknown(detail: str, *mend: str) -> Finding:
    """Return a finding as `missing` does."""
    return Finding(UNKNOWN, detail, shlex.join(mend) or None)


def word(said: object) -> str:
    """Return a name or a version that another program says, short, on one line and harmless to a terminal."""
    return re.sub(r"[^\w .:+()/-]+", "", str(said), flags=re.ASCII).strip()[:_LONGEST]
