"""`breakd welcome`: what breakd does, the caution, and the few questions that write a first configuration.

Law: nothing is asked where there is a configuration already, and nothing written before the last answer.
"""

import argparse
import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from breakd import folders
from breakd.adapters.console import in_foreground
from breakd.adapters.screen import has_screen
from breakd.config import answers as questions
from breakd.config.answers import Answers
from breakd.config.example import answered
from breakd.config.schema import write_beside
from breakd.config.writing import create
from breakd.errors import BreakdError
from breakd.routines.exercises import CAUTION, CAUTIONS
from breakd.routines.session import Link, NoWindowError
from breakd.texts import _

FOR_MORE = "?"


def run(args: argparse.Namespace) -> int:
    """Ask in a window, or in the terminal where no window can be opened or `args.terminal` says so.

    Raises BreakdError where there is a configuration, nobody can be asked, or nothing can be written.
    """
    path = folders.config_file()
    if os.path.lexists(path):
        raise BreakdError(_("{file} exists already; edit it, and `breakd config check` reads it").format(file=path))
    if _ask(path, args):
        print(_("If breakd is running, `breakd restart` has it take the answers."))
    return 0


def _ask(path: Path, args: argparse.Namespace) -> bool:
    terminal = in_foreground() and sys.stdout.isatty()
    if not args.terminal and has_screen():
        try:
            return _in_a_window(path, args)
        except NoWindowError as error:
            if not terminal:
                raise
            print(error, file=sys.stderr)
    if not terminal:
        raise BreakdError(_("no screen answers here; ask in a terminal, or write a file with `breakd config init`"))
    return in_the_terminal(path)


def _save(path: Path, answers: Answers) -> None:
    create(path, answered(questions.document(answers)))
    write_beside(path)  # without it the file is as good; only editors know less


def _tell(path: Path, *, saved: bool) -> bool:
    """Say what came of the questions, and return it."""
    print(_("Wrote {file}").format(file=path) if saved else _("Nothing was written; the defaults are in use."))
    return saved


# --- The window ---


def _in_a_window(path: Path, args: argparse.Namespace) -> bool:
    from breakd.adapters.appearance import settings_theme  # noqa: PLC0415 - not in the terminal
    from breakd.adapters.monitors import workplace  # noqa: PLC0415 - the same
    from breakd.windows import welcome  # noqa: PLC0415 - Tk is not everywhere, nor always needed

    def save(answers: Answers) -> str | None:
        try:
            _save(path, answers)
        except BreakdError as error:
            return str(error)
        return None

    looks = settings_theme(args.theme, reduced_motion=True)  # nothing moves
    link = None if args.report is None else Link(args.report)
    return _tell(path, saved=welcome.show(questions.defaults(), save, looks.theme, workplace(), link))


# --- The terminal ---


def in_the_terminal(path: Path) -> bool:
    """Ask line by line, write the answers and return whether it did: Ctrl-C and the end of input skip it all.

    Raises BreakdError where they cannot be written.
    """
    print(_("Welcome to breakd."))
    for sentence in questions.PURPOSE:
        print(_(sentence))
    print()
    print(_(CAUTION))
    print(_("Type ? for who should ask first, and when to stop.") + "\n")
    print(_("Return takes what stands in brackets. Ctrl-C skips the questions."))
    try:
        answers = _asked(questions.defaults())
    except (EOFError, KeyboardInterrupt):
        print()
        return _tell(path, saved=False)
    _save(path, answers)
    return _tell(path, saved=True)


def _asked(answers: Answers) -> Answers:
    """Ask the questions one by one and return the answers. Raises EOFError where the input ends."""
    profile = _choose(_("Can you get on the floor here?"), questions.PROFILES, answers.profile)
    answers = replace(answers, profile=profile)
    days = _("Days with work hours [{usual}]: ").format(usual=" ".join(answers.days))
    answers = _typed(answers, "days", days, lambda text: tuple(re.findall(r"[^\s,;]+", text.lower())))
    answers = _typed(answers, "hours", _("Work hours [{usual}]: ").format(usual=answers.hours))
    answers = _typed(answers, "short", _("A short break after sitting for [{usual}]: ").format(usual=answers.short))
    answers = _typed(answers, "walk", _("A walk after sitting for [{usual}]: ").format(usual=answers.walk))
    sound = _choose(_("Sounds in the exercises?"), questions.SOUNDS, "yes" if answers.sound else "no")
    return replace(answers, sound=sound == "yes")


def _choose(question: str, options: Sequence[tuple[str, str]], usual: str) -> str:
    """Return the id of the option that the person names by its number."""
    ids = [name for name, _label in options]
    print("\n" + question)
    for number, (_name, label) in enumerate(options, 1):
        print(f"  {number} {_(label)}")
    while text := _line(_("Answer [{usual}]: ").format(usual=ids.index(usual) + 1)):
        if text in map(str, range(1, len(ids) + 1)):
            return ids[int(text) - 1]
        print(_("write a number from 1 to {n}").format(n=len(ids)))
    return usual


def _typed(answers: Answers, name: str, question: str, read: Callable[[str], object] = str) -> Answers:
    """Ask for the answer of this name until it is right; nothing typed leaves it as it is."""
    while text := _line(question):
        candidate = replace(answers, **{name: read(text)})  # type: ignore[arg-type]  # the reader gives what the name takes
        wrong = questions.problems(candidate).get(name)
        if wrong is None:
            return candidate
        print(wrong)
    return answers


def _line(question: str) -> str:
    """Return what the person types, without blanks around it; for a question mark first tell the long caution."""
    while True:
        print(question, end="", flush=True)
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        if line.strip() != FOR_MORE:
            return line.strip()
        for heading, text in CAUTIONS:
            print(f"{_(heading)}: {_(text)}")
