"""The manual page and the completions are what the table of commands makes of them now, and the page can be read."""

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from breakd.arguments import COMMANDS, GROUPS, parse, parser

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/breakd.1"
LISTED = [name for name, (_module, text, _arguments) in COMMANDS.items() if text]
WIDTH = 80


def test_they_are_up_to_date(tmp_path: Path) -> None:
    subprocess.run([sys.executable, ROOT / "scripts/manual", tmp_path], check=True, stdout=subprocess.DEVNULL)
    made = {path.relative_to(tmp_path): path.read_text() for path in tmp_path.rglob("*") if path.is_file()}
    assert len(made) == 4
    for name, text in made.items():
        assert (ROOT / name).read_text() == text, f"{name}: `make manual` writes it anew"


@pytest.fixture(scope="module")
def page() -> str:
    """Return the page as `man` shows it in a small terminal, where it has nothing to complain of."""
    env = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "MANWIDTH": str(WIDTH)}
    read = subprocess.run(["man", "--warnings", "-l", PAGE], env=env, capture_output=True, check=True, timeout=60)
    assert read.stderr.decode() == ""
    return read.stdout.decode()


def test_it_fits(page: str) -> None:
    assert max(map(len, page.splitlines())) <= WIDTH


def test_each_command_is_listed_in_one_group() -> None:
    grouped = [name for _heading, names in GROUPS for name in names]
    assert sorted(grouped) == sorted(LISTED)


def below(command: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Yield the command, or each of its own commands."""
    within = [action for action in command._actions if isinstance(action, argparse._SubParsersAction)]
    yield from (each for action in within for each in action.choices.values()) if within else [command]


@pytest.mark.parametrize("name", LISTED)
def test_it_says_of_each_command_what_its_help_says(name: str, page: str) -> None:
    (whole,) = (action for action in parser(name)._actions if isinstance(action, argparse._SubParsersAction))
    # Where a line ends is its own business.
    words = " ".join(page.split())
    for command in below(whole.choices[name]):
        assert f" {command.prog} " in words
        told = [each for each in command._actions if each.help != argparse.SUPPRESS and each.dest != "help"]
        texts = [command.description, *(each.help for each in told)]
        assert all(texts), f"{command.prog}: an argument without help"
        assert [text for text in (*texts, command.epilog) if text and text not in words] == []
        options = {name for each in told for name in each.option_strings}
        assert options <= set(words.replace("[", "").replace(",", "").split())


def test_what_only_breakd_starts_is_in_neither(page: str) -> None:
    for text in (page, *(path.read_text() for path in (ROOT / "breakd/completions").iterdir())):
        assert "prompt-window" not in text
        assert "--report" not in text


def test_the_sections(page: str) -> None:
    sections = [line for line in page.splitlines() if line and line[0].isalpha()][1:-1]
    assert sections == [
        "NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "EXIT STATUS", "ENVIRONMENT", "FILES", "EXAMPLES",
    ]  # fmt: skip


def test_the_examples_are_understood(page: str) -> None:
    examples = re.findall(r"^ {11}breakd ([^>\n]*)", page.partition("\nEXAMPLES\n")[2], re.MULTILINE)
    assert len(examples) >= 8
    for line in examples:
        assert parse(line.split()).command == line.split()[0]
