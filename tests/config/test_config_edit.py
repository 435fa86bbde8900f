"""`breakd config edit`: real editors, scripted, in a real terminal."""

import shlex
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from breakd.config.example import SCHEMA_FILE, example
from running import PROGRAM, Home, Terminal, ended

BEFORE = '[prompt]\nsnooze = "3m"\n'
GOOD = '[prompt]\nsnooze = "7m" # longer\n'
WRONG = '[prompt]\nsnooze = "soon"\nfoo = 1\n'
TOLD = (
    'config.toml:2: prompt.snooze: "soon" is not a duration; write 30m or 1h30m',
    "config.toml:3: prompt.foo: there is no such key; here can be snooze,",
)
AGAIN = "Edit again (e) or discard what you wrote (d)? [e]: "


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path, BEFORE)
    yield home
    home.close()


class Editor:
    """A program that writes one text after the other into the file that it is given, and notes what it was given."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.program = folder / "an editor"
        self.opened = folder / "opened"
        self.program.write_text(
            f"#!/bin/sh\ncd {shlex.quote(str(folder))}\nfor file; do :; done\n"
            'printf "%s\\n" "$*" >> opened; cp "$file" "was-$(wc -l < opened)"\n'
            'next="text-$(wc -l < opened)"\n[ ! -e "$next" ] || cat "$next" > "$file"\n'
            'then="then-$(wc -l < opened)"\n[ ! -e "$then" ] || . "./$then"\n'
        )
        self.program.chmod(0o755)

    def writes(self, *texts: str) -> None:
        for number, text in enumerate(texts, 1):
            (self._folder / f"text-{number}").write_text(text)

    def then(self, number: int, script: str) -> None:
        """At its call of this number, do this as well."""
        (self._folder / f"then-{number}").write_text(script)

    def calls(self) -> list[str]:
        return self.opened.read_text().splitlines() if self.opened.exists() else []

    def was(self, number: int) -> str:
        """Return what the file held when it was opened."""
        return (self._folder / f"was-{number}").read_text()


@pytest.fixture
def editor(home: Home, tmp_path: Path) -> Editor:
    folder = tmp_path / "editor"
    folder.mkdir()
    editor = Editor(folder)
    home.env["EDITOR"] = shlex.quote(str(editor.program))
    return editor


def edit(home: Home, terminal: Terminal, *args: str) -> subprocess.Popen[bytes]:
    """Start it on the terminal, which controls it: Ctrl-C is a signal."""
    tty = terminal.slave
    shell = ["setsid", "--ctty", "--wait", *PROGRAM, "config", "edit", *args]
    return subprocess.Popen(shell, stdin=tty, stdout=tty, stderr=tty, env=home.env)


def drafts(home: Home) -> list[Path]:
    return sorted(home.config.parent.glob("*draft*"))


def lines(terminal: Terminal) -> list[str]:
    terminal.read_rest()
    return terminal.text.replace("\r", "").splitlines()


def test_what_is_right_is_written(home: Home, terminal: Terminal, editor: Editor) -> None:
    editor.writes(GOOD)
    home.config.chmod(0o640)
    assert ended(edit(home, terminal)) == 0
    assert lines(terminal) == [f"Wrote {home.config}; the one before is {home.config}~"]
    assert home.config.read_text() == GOOD
    assert home.config.stat().st_mode & 0o777 == 0o640
    assert Path(f"{home.config}~").read_text() == BEFORE
    assert editor.was(1) == BEFORE
    assert drafts(home) == []


def test_the_draft_lies_beside_the_file_and_ends_like_it(home: Home, terminal: Terminal, editor: Editor) -> None:
    home.env["EDITOR"] += " --wait '-c two words'"
    editor.then(1, 'stat -c %a "$file" > mode')
    assert ended(edit(home, terminal)) == 0
    [call] = editor.calls()
    words, draft = call.rsplit(" ", 1)
    assert words == "--wait -c two words"
    assert (Path(draft).parent, Path(draft).suffix) == (home.config.parent, ".toml")
    assert (editor.opened.parent / "mode").read_text() == "600\n"


def test_visual_comes_before_editor(home: Home, terminal: Terminal, editor: Editor) -> None:
    home.env["VISUAL"], home.env["EDITOR"] = home.env["EDITOR"], "false"
    editor.writes(GOOD)
    assert ended(edit(home, terminal)) == 0
    assert home.config.read_text() == GOOD


def test_nothing_changed_is_said(home: Home, terminal: Terminal, editor: Editor) -> None:
    assert ended(edit(home, terminal)) == 0
    assert lines(terminal) == ["Nothing was changed."]
    assert (home.config.read_text(), drafts(home), Path(f"{home.config}~").exists()) == (BEFORE, [], False)


def test_a_new_file_begins_with_the_example(home: Home, terminal: Terminal, editor: Editor) -> None:
    home.config.unlink()
    assert ended(edit(home, terminal)) == 0
    assert lines(terminal) == ["Nothing was changed."]
    assert not home.config.exists()
    editor.writes("", example().replace('snooze = "5m"', 'snooze = "7m"'))
    assert ended(edit(home, terminal)) == 0
    assert editor.was(2) == example()
    assert 'snooze = "7m"' in home.config.read_text()
    assert home.config.stat().st_mode & 0o777 == 0o600
    assert (home.config.parent / SCHEMA_FILE).exists()


def test_what_is_wrong_is_told_with_its_lines_and_edited_again(home: Home, terminal: Terminal, editor: Editor) -> None:
    editor.writes(WRONG, GOOD)
    process = edit(home, terminal)
    terminal.read_until(AGAIN)
    for told in TOLD:
        assert f"{home.config.parent}/{told}" in terminal.text
    assert home.config.read_text() == BEFORE
    terminal.press("what?\n")
    terminal.read_until(AGAIN)
    terminal.press("e\n")
    assert ended(process) == 0
    assert editor.was(2) == WRONG
    assert (home.config.read_text(), drafts(home)) == (GOOD, [])


def test_what_is_wrong_can_be_discarded(home: Home, terminal: Terminal, editor: Editor) -> None:
    editor.writes(WRONG)
    process = edit(home, terminal)
    terminal.read_until(AGAIN)
    terminal.press("d\n")
    assert ended(process) == 0
    assert lines(terminal)[-1] == f"Discarded; {home.config} is as it was."
    assert (home.config.read_text(), drafts(home)) == (BEFORE, [])


def test_a_file_that_was_wrong_before_is_told_though_unchanged(home: Home, terminal: Terminal, editor: Editor) -> None:
    home.config.write_bytes(b"[prompt]\nsnooze = \xff\n")
    editor.writes("", GOOD)
    (editor.opened.parent / "text-1").unlink()
    process = edit(home, terminal)
    terminal.read_until(AGAIN)
    assert f"{home.config}:2: this is not UTF-8; save the file as UTF-8" in terminal.text
    terminal.press("\n")
    assert ended(process) == 0
    assert home.config.read_text() == GOOD


@pytest.mark.parametrize(("key", "status"), [("\x03", 130), ("\x04", 2)], ids=["Ctrl-C", "Ctrl-D"])
def test_where_nobody_answers_the_draft_stays_and_is_named(
    home: Home, terminal: Terminal, editor: Editor, key: str, status: int
) -> None:
    editor.writes(WRONG)
    process = edit(home, terminal)
    terminal.read_until(AGAIN)
    terminal.press(key)
    assert ended(process) == status
    [draft] = drafts(home)
    assert f"What you wrote is in {draft}" in lines(terminal)
    assert (draft.read_text(), home.config.read_text()) == (WRONG, BEFORE)


def test_ctrl_c_in_the_editor_is_the_editors(home: Home, terminal: Terminal, editor: Editor) -> None:
    editor.writes(GOOD)
    editor.then(
        1, 'trap \'got=yes\' INT; echo ready; while [ -z "$got" ]; do sleep 0.05; done; echo "# $got" >> "$file"'
    )
    process = edit(home, terminal)
    terminal.read_until("ready")
    terminal.press("\x03")
    assert ended(process) == 0
    assert home.config.read_text() == f"{GOOD}# yes\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_told_to_end_it_says_where_the_draft_is(
    home: Home, terminal: Terminal, editor: Editor, number: signal.Signals
) -> None:
    editor.writes(GOOD)
    editor.then(1, f"kill -{number} $PPID")
    assert ended(edit(home, terminal)) == 128 + number
    [draft] = drafts(home)
    terminal.read_until(f"What you wrote is in {draft}")
    assert (draft.read_text(), home.config.read_text()) == (GOOD, BEFORE)


def test_killed_it_leaves_the_draft(home: Home, terminal: Terminal, editor: Editor) -> None:
    editor.writes(GOOD)
    editor.then(1, "kill -9 $PPID")
    assert ended(edit(home, terminal)) != 0
    [draft] = drafts(home)
    assert (draft.read_text(), home.config.read_text()) == (GOOD, BEFORE)


@pytest.mark.parametrize("text", [GOOD, BEFORE])
def test_an_editor_that_fails_changes_nothing(home: Home, terminal: Terminal, editor: Editor, text: str) -> None:
    editor.writes(text)
    editor.then(1, "exit 3")
    assert ended(edit(home, terminal)) == 1
    kept = [f"What you wrote is in {draft}" for draft in drafts(home)]
    assert len(kept) == (text == GOOD)
    failed = f"'{editor.program}' ended with status 3; {home.config} was not changed"
    assert lines(terminal) == [*kept, failed]
    assert home.config.read_text() == BEFORE


@pytest.mark.parametrize(
    ("variable", "told"),
    [
        ("no-editor -w", "no-editor -w cannot be started: No such file or directory; name another one in EDITOR"),
        ("vi 'x", "EDITOR has a quote that is not closed: vi 'x"),
    ],
)  # fmt: skip
def test_an_editor_that_is_none(home: Home, terminal: Terminal, variable: str, told: str) -> None:
    home.env["EDITOR"] = variable
    assert ended(edit(home, terminal)) == 1
    assert lines(terminal) == [told]
    assert drafts(home) == []


def test_what_somebody_else_wrote_meanwhile_stays(home: Home, terminal: Terminal, editor: Editor) -> None:
    editor.writes(GOOD)
    editor.then(1, f"echo '# theirs' >> {shlex.quote(str(home.config))}")
    assert ended(edit(home, terminal)) == 1
    [draft] = drafts(home)
    assert lines(terminal) == [
        f"What you wrote is in {draft}",
        f"{home.config} has changed meanwhile; nothing was written",
    ]
    assert (home.config.read_text(), draft.read_text()) == (f"{BEFORE}# theirs\n", GOOD)


def test_an_editor_that_writes_a_new_file_in_place_of_the_old(home: Home, terminal: Terminal, editor: Editor) -> None:
    editor.writes("")
    editor.then(1, f'printf %s {shlex.quote(GOOD)} > other && mv other "$file"')
    assert ended(edit(home, terminal)) == 0
    assert home.config.read_text() == GOOD


@pytest.mark.parametrize(("does", "reason"), [("", "No such file or directory"), ('mkdir "$file"', "Is a directory")])
def test_an_editor_that_takes_the_file_away(
    home: Home, terminal: Terminal, editor: Editor, does: str, reason: str
) -> None:
    editor.then(1, f'rm "$file"\n{does}')
    assert ended(edit(home, terminal)) == 1
    assert lines(terminal)[-1] == f"'{editor.program}' left no file ({reason}); {home.config} was not changed"


def test_one_that_is_too_large_is_not_written(home: Home, terminal: Terminal, editor: Editor) -> None:
    editor.then(1, """head -c 1048577 /dev/zero | tr '\\0' '#' > "$file\"""")
    editor.writes("", GOOD)
    process = edit(home, terminal)
    terminal.read_until(AGAIN)
    assert f"{home.config}: it is larger than 1 MiB; is this the right file?" in terminal.text
    terminal.press("e\n")
    assert ended(process) == 0
    assert home.config.read_text() == GOOD


def test_pictures_are_looked_for_beside_the_file(home: Home, terminal: Terminal, editor: Editor) -> None:
    row = '[[exercise]]\nid = "a"\nname = "A"\nposition = "floor"\nsteps = [{ text = "x", image = "a.png" }]\n'
    editor.writes(row)
    process = edit(home, terminal)
    terminal.read_until(AGAIN)
    assert f"there is no such file: {home.config.parent}/a.png" in terminal.text
    terminal.press("d\n")
    assert ended(process) == 0


# With no terminal


def test_a_named_editor_may_have_a_window(home: Home, editor: Editor) -> None:
    editor.writes(GOOD)
    assert home.breakd("config", "edit").returncode == 0
    assert home.config.read_text() == GOOD


def test_what_is_wrong_stays_in_the_draft(home: Home, editor: Editor) -> None:
    editor.writes(WRONG)
    done = home.breakd("config", "edit", "--config", str(home.config))
    [draft] = drafts(home)
    told = [line for line in done.stderr.splitlines() if not line.startswith(f"{home.config}:")]
    assert (done.returncode, told) == (2, [f"What you wrote is in {draft}", f"{home.config} was not changed"])
    assert (draft.read_text(), home.config.read_text()) == (WRONG, BEFORE)


def test_with_neither_it_says_what_to_do(home: Home) -> None:
    done = home.breakd("config", "edit")
    assert (done.returncode, done.stdout, done.stderr) == (
        1, "", "there is no terminal to edit in; name an editor that has a window in VISUAL\n",
    )  # fmt: skip


# Which editor


def programs(folder: Path, *names: str) -> str:
    """Return a PATH with these programs alone, each writing its name as a comment, besides what it is started with."""
    folder.mkdir()
    for name in names:
        (folder / name).write_text(f'#!/bin/sh\necho "# {name}" >> "$1"\n')
        (folder / name).chmod(0o755)
    return str(folder)


@pytest.mark.parametrize(
    ("there", "taken"),
    [(["vi", "nano", "sensible-editor"], "sensible-editor"), (["vi", "nano"], "nano"), (["vi"], "vi"), ([], None)],
)
def test_with_none_named_it_takes_what_there_is(
    home: Home, terminal: Terminal, tmp_path: Path, there: list[str], taken: str | None
) -> None:
    home.env["PATH"] = programs(tmp_path / "bin", *there)
    tty = terminal.slave
    process = subprocess.Popen([*PROGRAM, "config", "edit"], stdin=tty, stdout=tty, stderr=tty, env=home.env)
    assert ended(process) == (0 if taken else 1)
    if taken:
        assert home.config.read_text() == f"{BEFORE}# {taken}\n"
    else:
        assert lines(terminal) == ["no editor was found; name one, as in: EDITOR=nano breakd config edit"]


def test_a_folder_that_is_none_is_told(home: Home, editor: Editor) -> None:
    done = home.breakd("config", "edit", "--config", "/proc/breakd/c.toml")
    assert done.returncode == 1
    assert done.stderr.startswith("/proc/breakd cannot be written: ")
    done = home.breakd("config", "edit", "--config", "/proc/c.toml")
    assert done.stderr.startswith("/proc/c.toml cannot be changed: ")
    assert editor.calls() == []
