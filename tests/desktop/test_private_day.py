"""A whole break on a real desk, watched from outside: no socket but to this machine's own programs, and nothing kept of
what was typed or of the windows that were open.
"""

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from breakd.adapters.history import read
from desktop.desk import Desk, find_program
from desktop.editor import EDITOR, in_front
from running import PROGRAM, QUICK, SECONDS

pytestmark = pytest.mark.desktop

TITLE = "letter-to-zanzibar"
TYPED = "quokka"
"""Two words that are nowhere but in that window."""

OWN = {"AF_UNIX", "AF_LOCAL"}


@dataclass
class Day:
    """What is left of it: the folder of all that breakd wrote, and what it and its commands asked the kernel for."""

    folder: Path
    calls: str


@pytest.fixture(scope="module")
def day(make_desk: Callable[..., Desk], tmp_path_factory: pytest.TempPathFactory) -> Day:
    """Have a person write a letter, be asked, do the routine in its window, and look at what there is to look at."""
    folder = tmp_path_factory.mktemp("day")
    home, config, letter = folder / "home", folder / "config.toml", folder / "letter"
    home.mkdir()
    config.write_text(QUICK.replace('every = "2s"', 'every = "4s"'))
    places = {"DATA": ".local/share", "STATE": ".local/state", "CACHE": ".cache", "CONFIG": ".config"}
    env = {f"XDG_{kind}_HOME": str(home / place) for kind, place in places.items()}
    env |= {"HOME": str(home), "BREAKD_CONFIG": str(config)}

    def watched(*args: str) -> list[str]:
        trace = folder / f"trace-{args[0]}"
        calls = "trace=socket,connect,bind,sendto,sendmsg"
        return [find_program("strace"), "-f", "--seccomp-bpf", "-qq", "-e", calls, "-o", str(trace), *PROGRAM, *args]

    def happened(event: str) -> bool:
        return event in [row.event for _id, _uid, row in read(home / ".local/share/breakd/log.db")]

    with make_desk(server="xfce4-notifyd", tray="xfce4-panel") as desk, (folder / "output").open("wb") as output:
        daemon = subprocess.Popen(
            watched("run", "-v"), env=desk.env | env, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        try:
            desk.wait(lambda: desk.run([*PROGRAM, "status"], **env).returncode == 0, "the daemon's answer")
            desk.start([sys.executable, "-c", EDITOR, TITLE, str(letter)])
            in_front(desk, TITLE)
            desk.type(TYPED)
            desk.wait(lambda: letter.exists() and TYPED in letter.read_text(), "the word in the letter")
            desk.wait(desk.bubbles, "a prompt")
            for command in (["status", "--json"], ["why"], ["log"], ["config", "check"], ["doctor"]):
                desk.run(watched(*command), **env)
            assert desk.run(watched("start"), **env).returncode == 0
            desk.window("Done")
            desk.wait(lambda: happened("taken"), "the break taken")
            assert TITLE in {window.title for window in desk.windows()}
            assert desk.run(watched("quit"), **env).returncode == 0
            assert daemon.wait(SECONDS) == 0
        finally:
            daemon.kill()
            daemon.wait()
    return Day(folder, "".join(trace.read_text() for trace in folder.glob("trace-*")))


def test_it_asks_for_no_socket_but_this_machines_own(day: Day) -> None:
    families = re.findall(r"socket\((\w+)", day.calls)
    assert len(families) > 10  # bus, screen, control and the commands
    assert set(families) == {"AF_UNIX"}
    assert set(re.findall(r"sa_family=(\w+)", day.calls)) == {"AF_UNIX"}


def test_nothing_is_kept_of_titles_and_keys(day: Day) -> None:
    theirs = {"letter", *(path.name for path in day.folder.glob("trace-*"))}
    kept = [path for path in day.folder.rglob("*") if path.is_file() and path.name not in theirs]
    assert {"log.db", "state.json", "breakd.log", "output"} <= {path.name for path in kept}
    assert [path for path in kept if any(word.encode() in path.read_bytes() for word in (TITLE, TYPED))] == []
    assert "breakd: daemon_started" in (day.folder / "output").read_text()
