"""The shells complete breakd's arguments: the real bash, zsh and fish, with the scripts that breakd prints."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from breakd.arguments import SHELLS
from breakd.cli import main
from running import Terminal

LINES = {
    "breakd st": {"stand", "start", "stats", "status"},
    "breakd status --j": {"--json"},
    "breakd --v": {"--version"},
    "breakd start kn": {"knee-hovers"},
    "breakd routine --theme ": {"auto", "light", "dark", "high-contrast"},
    "breakd log --format ": {"table", "json", "csv"},
    "breakd completion ": set(SHELLS),
    "breakd config s": {"schema", "set", "show"},
    "breakd config set break.micro.": {f"break.micro.{key}" for key in ("name", "every", "length", "routines")},
    "breakd run --config my": {"my-breaks.toml"},
    "breakd prompt-w": set(),  # breakd alone starts it
}

AT_TAB = r"""
COMP_WORDS=({words})
COMP_CWORD={at}
function=$(complete -p breakd)
function=${{function#*-F }}
${{function%% *}}
printf '%s\n' "${{COMPREPLY[@]}}"
"""

LIST, LIST_END, BELL = "\x1b[J", "\x1b[0m\x1b[27m\x1b[24m", "\a"
"""What zsh writes before its list (clear what is below), after it (plain letters, for the line), and for none."""

ZSHRC = """
fpath=($ZDOTDIR $fpath)
autoload -Uz compinit && compinit -D -u
bindkey '^I' list-choices
PS1='ready> '
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a home with a file in it that one may mean."""
    (tmp_path / "my-breaks.toml").touch()
    return tmp_path


def script(shell: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["completion", shell]) == 0
    return capsys.readouterr().out


def answers(folder: Path, *command: str) -> set[str]:
    """Return the lines that the command prints, each up to its tab."""
    env = {"HOME": str(folder), "PATH": os.environ["PATH"], "TERM": "dumb"}
    said = subprocess.run(command, cwd=folder, env=env, check=True, capture_output=True, text=True, timeout=60)
    return {line.partition("\t")[0] for line in said.stdout.splitlines() if line}


@pytest.mark.parametrize("line", LINES)
def test_bash(line: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = line.split(" ")
    at_tab = AT_TAB.format(words=" ".join(word or "''" for word in words), at=len(words) - 1)
    assert answers(folder, "bash", "--norc", "-c", script("bash", capsys) + at_tab) == LINES[line]


@pytest.mark.parametrize("line", LINES)
def test_fish(line: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    completes = f"{script('fish', capsys)}\ncomplete -C '{line}'"
    assert answers(folder, "fish", "--no-config", "-c", completes) == LINES[line]


@pytest.mark.parametrize("line", LINES)
def test_zsh(line: str, folder: Path, terminal: Terminal, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / ".zshrc").write_text(ZSHRC)
    (folder / "_breakd").write_text(script("zsh", capsys))
    env = {"ZDOTDIR": str(folder), "HOME": str(folder), "PATH": os.environ["PATH"], "TERM": "xterm", "COLUMNS": "200"}
    end = terminal.slave
    zsh = subprocess.Popen(
        ["zsh", "-d", "-i"], cwd=folder, env=env, stdin=end, stdout=end, stderr=end, start_new_session=True
    )
    try:
        terminal.read_until("ready> ")
        terminal.press(f"{line}\t")
        for sign in (LIST, LIST_END) if LINES[line] else (BELL,):
            terminal.read_until(sign)
    finally:
        zsh.kill()
        zsh.wait()
    assert listed(terminal.text) == LINES[line]


def listed(text: str) -> set[str]:
    """Return the words of the list that zsh showed below the line: in columns, or each with its meaning."""
    found = re.search(re.escape(LIST) + r"(.*?)\x1b\[\d*A" + re.escape(LIST_END), text, re.DOTALL)
    lines = found[1].replace("\x1b[K", "").splitlines() if found else []
    return {word for line in lines for word in line.partition(" -- ")[0].split()}
