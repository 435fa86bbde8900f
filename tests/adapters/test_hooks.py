"""Hooks: real scripts, well-behaved, broken, slow and hostile ones."""

import json
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import pytest

from breakd.adapters.hooks import MOST, HookRunner
from breakd.ports import Message, Trouble
from fakeprograms import until

EVENT: dict[str, Any] = {
    "at": "2026-06-01T09:30:00+02:00",
    "event": "prompted",
    "offer": 1,
    "break": "micro \N{SNOWMAN}",
    "exercise": "helicopters",
    "duration_s": None,
    "reason": None,
    "source": "daemon",
}
NEVER = 1000.0
"""So many seconds last longer than any test."""


class Scripts:
    """Scripts in a folder of their own, and a runner that tells what troubles it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.posted: SimpleQueue[Message] = SimpleQueue()
        self.runner = HookRunner(self.posted.put, NEVER)

    def add(self, name: str, text: str, interpreter: str = "/bin/sh") -> str:
        path = self.folder / name
        path.write_text(f"#!{interpreter}\n{text}\n")
        path.chmod(0o755)
        return str(path)

    def overrun(self, *command: str, files: tuple[str, ...] = ()) -> list[int]:
        """Run it, with as little patience as it needs to write the files, and return the processes that they name."""
        for seconds in (0.3, 3, 15):
            self.runner = HookRunner(self.posted.put, seconds)
            self.run(*command)
            told = f"hooks.on_prompt: {command[0]}: it took longer than {seconds:.0f} s, and was ended"
            assert self.trouble() == ("hooks.on_prompt", told)
            paths = [self.folder / name for name in files]
            if all(path.exists() and path.read_text() for path in paths):
                return [int(path.read_text()) for path in paths]
        raise AssertionError("it did not write what it should")

    def run(self, *command: str, event: str = "prompted") -> None:
        self.runner.run(command, EVENT | {"event": event})

    def trouble(self) -> tuple[str, str | None]:
        """Return the next trouble: what it is about, and its text."""
        message = self.posted.get(timeout=20)
        assert isinstance(message, Trouble)
        return message.about, message.text

    def quiet(self) -> bool:
        """Wait for the end of all runs, and return whether there was no trouble."""
        until(lambda: not any(run.is_alive() for run in self.runner._running), lambda: "a hook runs still")
        try:
            self.posted.get_nowait()
        except Empty:
            return True
        return False

    def wait_for(self, name: str) -> str:
        """Return what is in this file, as soon as there is something."""
        path = self.folder / name
        until(lambda: path.exists() and path.read_text(), lambda: f"there is no {name}")
        return path.read_text()


@pytest.fixture
def scripts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scripts]:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")  # a folder that cannot be read is another mistake
    before = threads()
    scripts = Scripts(tmp_path)
    yield scripts
    scripts.runner.close()
    until(lambda: threads() <= before, lambda: f"threads are left: {threads() - before}")


def threads() -> set[threading.Thread]:
    return set(threading.enumerate())


def is_there(pid: int) -> bool:
    """Return whether the process runs; one that nobody has waited for yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for_the_end_of(pid: int) -> None:
    until(lambda: not is_there(pid), lambda: f"process {pid} runs still")


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_a_program_reads_the_event_as_a_line_of_json(scripts: Scripts) -> None:
    script = scripts.add("hook", 'cat > "$1"; echo nobody reads this; pwd > "$2"')
    scripts.run(script, "read", "where is it")
    assert scripts.quiet()
    text = (scripts.folder / "read").read_text()
    assert text.endswith("\n")
    assert len(text.splitlines()) == 1
    assert json.loads(text) == EVENT
    assert (scripts.folder / "where is it").read_text() == f"{scripts.folder}\n", "it runs in the home folder"


def test_there_is_no_shell(scripts: Scripts) -> None:
    said = scripts.add("hook", 'printf "%s|" "$@" > said')
    scripts.run(said, "$HOME", "~", "a b", "; touch x", "", "*", "\N{SNOWMAN}")
    assert scripts.quiet()
    assert (scripts.folder / "said").read_text() == "$HOME|~|a b|; touch x||*|\N{SNOWMAN}|"
    assert not (scripts.folder / "x").exists()


@pytest.mark.parametrize("program", ["~/bin/hook", "bin/hook", "hook"])
def test_a_program_is_found_in_the_home_folder_or_on_the_path(
    program: str, scripts: Scripts, monkeypatch: pytest.MonkeyPatch
) -> None:
    (scripts.folder / "bin").mkdir()
    scripts.add("bin/hook", "echo > here yes")
    monkeypatch.setenv("PATH", f"{scripts.folder}/bin:/usr/bin:/bin")
    scripts.run(program)
    assert scripts.quiet()
    assert (scripts.folder / "here").read_text() == "yes\n"


def test_it_has_the_environment_of_breakd(scripts: Scripts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINE", "some")
    scripts.run(scripts.add("hook", "echo $MINE > mine"))
    assert scripts.quiet()
    assert (scripts.folder / "mine").read_text() == "some\n"


def test_a_home_that_is_not_there_is_no_obstacle(scripts: Scripts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(scripts.folder / "nowhere"))
    scripts.run(scripts.add("hook", f"pwd > {scripts.folder}/where"))
    assert scripts.quiet()
    assert (scripts.folder / "where").read_text() == "/\n"


# What goes wrong


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("exit 3", "exit status 3"),
        ("echo first >&2; echo '  the last  ' >&2; echo >&2; exit 1", "exit status 1: the last"),
        ("printf '\\377\\n' >&2; exit 1", "exit status 1: \N{REPLACEMENT CHARACTER}"),
        (r"printf '\033]0;title\a\033[1;31mtoo\tred\033[0m\r\n\a\n' >&2; exit 1", "exit status 1: too red"),
        ("kill -9 $$", "ended by signal 9"),
        ("head -c 3000000 /dev/zero | tr '\\0' x >&2; echo >&2; echo end >&2; exit 1", "exit status 1: end"),
        ("exec 2>&-; exit 4", "exit status 4"),
    ],
)
def test_a_program_that_fails_is_told_with_the_last_that_it_said(text: str, why: str, scripts: Scripts) -> None:
    script = scripts.add("hook", text)
    scripts.run(script)
    assert scripts.trouble() == ("hooks.on_prompt", f"hooks.on_prompt: {script}: {why}")


def test_what_cannot_be_started_is_told(scripts: Scripts) -> None:
    (scripts.folder / "text").write_text("no program\n")
    (scripts.folder / "empty").touch(0o755)
    (scripts.folder / "garbage").write_bytes(b"\x00\x01")
    (scripts.folder / "garbage").chmod(0o755)
    nothing = scripts.add("nothing", "", "/no/such/interpreter")
    for program, why in [
        ("no-such-program", "No such file or directory"),
        ("~/nowhere", "No such file or directory"),
        (nothing, "No such file or directory"),
        (str(scripts.folder / "text"), "Permission denied"),
        (str(scripts.folder), "Permission denied"),
        (str(scripts.folder / "garbage"), "Exec format error"),
    ]:
        scripts.run(program, event="missed")
        assert scripts.trouble() == ("hooks.on_missed", f"hooks.on_missed: {program}: {why}")
    scripts.run("true", *["x" * 100_000] * 100)
    assert scripts.trouble() == ("hooks.on_prompt", "hooks.on_prompt: true: Argument list too long")
    scripts.run("true", "\udcff\ud800")
    about, text = scripts.trouble()
    assert about == "hooks.on_prompt"
    assert text is not None
    assert "can't encode" in text


def test_it_is_well_again_after_the_next_success(scripts: Scripts) -> None:
    scripts.run("false", event="taken")
    assert scripts.trouble() == ("hooks.on_taken", "hooks.on_taken: false: exit status 1")
    scripts.run("true", event="skipped")
    assert scripts.quiet()
    scripts.run("true", event="taken")
    assert scripts.trouble() == ("hooks.on_taken", None)
    scripts.run("true", event="taken")
    assert scripts.quiet()


@pytest.mark.parametrize("text", ["exec 0<&-; echo done > done", "echo done > done"])
def test_a_program_need_not_read(text: str, scripts: Scripts) -> None:
    scripts.run(scripts.add("hook", text))
    assert scripts.quiet()
    assert (scripts.folder / "done").exists()


def test_one_that_runs_for_ever_is_ended_with_all_that_it_started(scripts: Scripts) -> None:
    script = scripts.add("hook", "sleep 1000 & echo $! > child; echo $$ > self; sleep 1000")
    for pid in scripts.overrun(script, files=("child", "self")):
        wait_for_the_end_of(pid)


def test_one_that_will_not_end_is_killed_with_all_that_it_started(scripts: Scripts) -> None:
    scripts.add("child.sh", "trap '' TERM; echo $$ > child; while :; do sleep 1; done")
    script = scripts.add("hook", "trap '' TERM; ./child.sh & echo $$ > self; while :; do sleep 1; done")
    for pid in scripts.overrun(script, files=("child", "self")):
        wait_for_the_end_of(pid)


def test_what_is_left_in_the_background_goes_on(scripts: Scripts) -> None:
    scripts.run(scripts.add("hook", "sleep 1000 & echo $! > child"))
    assert scripts.quiet()
    pid = int(scripts.wait_for("child"))
    try:
        assert is_there(pid)
    finally:
        os.kill(pid, signal.SIGKILL)


def test_one_that_does_not_stop_talking_is_ended(scripts: Scripts) -> None:
    scripts.overrun("sh", "-c", "yes >&2")


def test_a_slow_one_delays_no_other(scripts: Scripts) -> None:
    slow = scripts.add("slow", "echo $$ > slow.pid; exec sleep 1000")
    scripts.run(slow)
    scripts.run(scripts.add("quick", "echo done > done"))
    assert scripts.wait_for("done")
    os.kill(int(scripts.wait_for("slow.pid")), signal.SIGTERM)
    assert scripts.trouble()[1] == f"hooks.on_prompt: {slow}: ended by signal 15"


def test_more_than_can_run_at_once_are_not_run(scripts: Scripts) -> None:
    waits = scripts.add("hook", 'echo > "$1" $$; exec sleep 1000')
    for n in range(MOST):
        scripts.run(waits, f"pid{n}")
    pids = [int(scripts.wait_for(f"pid{n}")) for n in range(MOST)]
    scripts.run("touch", "beyond")
    assert scripts.trouble() == ("hooks.on_prompt", "hooks.on_prompt: touch: too many run already")
    for pid in pids:
        os.kill(pid, signal.SIGTERM)
    for _ in pids:
        scripts.trouble()
    until(lambda: not any(run.is_alive() for run in scripts.runner._running), lambda: "they run still")
    scripts.run("true")
    assert scripts.trouble() == ("hooks.on_prompt", None)
    assert not (scripts.folder / "beyond").exists()


def test_many_runs_leave_nothing_behind(scripts: Scripts) -> None:
    programs = [
        scripts.add("good", "echo $$ >> pids"),
        scripts.add("bad", "echo $$ >> pids; exit 1"),
        "no-such-program",
    ]
    scripts.run(programs[0])
    assert scripts.quiet()
    before = open_files()
    for program in programs * 20:
        scripts.run(program)
        until(lambda: not any(run.is_alive() for run in scripts.runner._running), lambda: "it runs still")
    until(lambda: open_files() <= before, lambda: f"{open_files()} files are open, {before} were")
    pids = (scripts.folder / "pids").read_text().split()
    assert len(pids) == 41
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()], "no zombie is left"


# The end of the daemon


def test_what_runs_comes_to_its_end(scripts: Scripts) -> None:
    scripts.run("sh", "-c", "cat > read")
    scripts.runner.close()
    assert json.loads((scripts.folder / "read").read_text()) == EVENT


def test_what_does_not_come_to_its_end_is_ended(scripts: Scripts) -> None:
    scripts.run("sh", "-c", "echo $$ > one; exec sleep 1000")
    scripts.run("sh", "-c", "trap '' TERM; echo $$ > two; sleep 1000; sleep 1000")
    pids = [int(scripts.wait_for("one")), int(scripts.wait_for("two"))]
    scripts.runner.close()
    assert not any(is_there(pid) for pid in pids)


def test_nothing_is_there_before_there_is_a_hook() -> None:
    before = threads()
    runner = HookRunner(lambda _message: None)
    assert threads() <= before
    runner.close()
