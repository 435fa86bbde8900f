"""What a check found.

Law: a finding is fit to be shown to strangers: no path, no address, no name of a person or of a machine, and what
another program says of itself passes through `word`.
"""

import re
import shlex
from dataclasses import dataclass

OK, MISSING, UNKNOWN = "ok", "missing", "unknown"

_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Finding:
    """A state (`ok`, `missing`, `unknown`), a word of detail, and the command that mends it, None where none does."""

    state: str
    detail: str
    mend: str | None = None


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
