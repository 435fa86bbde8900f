"""`breakd doctor [--json]`: what was found on this machine, each ok, missing or unknown, with what mends it.

Law: fit to be pasted into a bug report; nothing is written and nothing is started. No colour where nobody looks.
"""

import json
import logging
import os
import shutil
import sys
from argparse import Namespace
from dataclasses import asdict
from textwrap import wrap

from breakd import __version__
from breakd.commands.client import ask
from breakd.doctor.examination import Check, examine, keeps_from_reminding
from breakd.doctor.finding import MISSING, OK, UNKNOWN, Finding
from breakd.errors import BreakdError
from breakd.texts import _, later, plural

Found = list[tuple[Check, Finding]]

_WORDS = {OK: later("ok"), MISSING: later("missing"), UNKNOWN: later("unknown")}
_MARKS = {OK: "✓", MISSING: "✗", UNKNOWN: "?"}
_RED, _GREEN, _YELLOW, _BOLD = "31", "32", "33", "1"
_NARROWEST = 30
"""What is left for a detail on a narrow terminal; below, its lines break where the terminal breaks them."""


def run(args: Namespace) -> int:
    """Print what was found. Raises BreakdError where something is missing that keeps breakd from reminding."""
    logging.getLogger("breakd").addHandler(logging.NullHandler())  # else its warnings would be printed
    found = examine(ask)
    if args.json:
        checks = [
            {
                "name": check.name,
                "state": finding.state,
                "detail": finding.detail,
                "mend": finding.mend,
                "sources": [asdict(source) for source in finding.sources],
            }
            for check, finding in found
        ]
        print(json.dumps({"version": __version__, "checks": checks}))
    else:
        _show(found)
    if vital := keeps_from_reminding(found):
        names = ", ".join(_(check.title) for check in vital)
        raise BreakdError(_("breakd cannot remind you before this is mended: {names}").format(names=names))
    return 0


def _show(found: Found) -> None:
    paper = _Paper()
    titles = max(len(_(check.title)) for check, _finding in found)
    words = max(len(_(word)) for word in _WORDS.values())
    for check, finding in found:
        colour = _GREEN if finding.state == OK else _RED if keeps_from_reminding([(check, finding)]) else _YELLOW
        paper.write(finding, _(_WORDS[finding.state]).ljust(words), _(check.title).ljust(titles), colour)
    print()
    for line in paper.fitted(_summary(found)):
        print(line)


class _Paper:
    """Where it is printed: a terminal has colours, marks and a width; all else gets plain lines."""

    def __init__(self) -> None:
        self._on_terminal = sys.stdout.isatty()
        self._coloured = self._on_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        self._columns = shutil.get_terminal_size().columns if self._on_terminal else 0
        self._marked = self._on_terminal and self._prints("".join(_MARKS.values()) + "→")

    def write(self, finding: Finding, word: str, title: str, colour: str) -> None:
        """Write one check: a line, more where the terminal is narrow, one for each source, and one of what mends it."""
        mark = f"{_MARKS[finding.state]} " if self._marked else ""
        margin = len(f"{mark}{word}  {title}  ")
        first, *rest = self.fitted(finding.detail, margin)
        print(f"{self._dyed(mark + word, colour)}  {title}  {first}")
        for line in rest:
            print(" " * margin + line)
        for source in finding.sources:
            for line in self.fitted(f"{source.name}: {source.detail}", margin + 2):
                print(" " * (margin + 2) + line)
        if finding.mend is not None:
            arrow = "→" if self._marked else _("mend:")
            print(" " * margin + f"{arrow} {self._dyed(finding.mend, _BOLD)}")

    def fitted(self, text: str, margin: int = 0) -> list[str]:
        """Return the text in lines that fit beside a margin."""
        if not self._columns:
            return [text]
        return wrap(text, max(_NARROWEST, self._columns - margin), break_on_hyphens=False) or [""]

    def _dyed(self, text: str, colour: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._coloured else text

    @staticmethod
    def _prints(text: str) -> bool:
        try:
            text.encode(sys.stdout.encoding or "ascii")
        except UnicodeEncodeError:
            return False
        return True


def _summary(found: Found) -> str:
    """Return the last line: how much is missing or unknown, and that breakd can remind without it, where it can."""
    states = [finding.state for _check, finding in found]
    absent, open_ = states.count(MISSING), states.count(UNKNOWN)
    if not absent and not open_:
        return _("Nothing is missing.")
    told = []
    if absent:
        told.append(plural("{n} thing is missing.", "{n} things are missing.", absent))
    if open_:
        told.append(plural("{n} is unknown.", "{n} are unknown.", open_))
    if absent and not keeps_from_reminding(found):
        told.append(_("breakd can remind you all the same."))
    return " ".join(told)
