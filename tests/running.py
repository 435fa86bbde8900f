"""breakd as real processes in a home of its own, with no screen and no bus."""

import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from breakd.adapters.history import read
from breakd.core.record import as_json

PROGRAM = [sys.executable, "-m", "breakd"]
SECONDS = 20
"""How long anything may take before a test gives up."""

ALWAYS = """
[work]
days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
hours = ["00:00-24:00"]
"""

QUICK = f"""{ALWAYS}
[[break]]
name = "micro"
every = "2s"
length = "1s"
routines = ["helicopters"]

[prompt]
snooze = "1s"
"""
"""A break after two seconds."""

CALM = f"""{ALWAYS}
[[break]]
name = "micro"
every = "30m"
length = "2m"
routines = ["helicopters"]
"""
"""No break as long as a test lasts."""


class Home:
    """A person's folders and environment; `run` starts a daemon there, `breakd` a command."""

    def __init__(self, folder: Path, config: str = CALM) -> None:
        self.short = Path(tempfile.mkdtemp(prefix="bk"))  # the path of a socket has 108 bytes at most
        self.home, self.runtime = folder / "home", self.short / "run"
        self.home.mkdir()
        self.runtime.mkdir(mode=0o700)
        self.config = folder / "config.toml"
        self.config.write_text(config, encoding="utf-8")
        self.state = self.home / ".local/state/breakd"
        self.data = self.home / ".local/share/breakd"
        self.said = folder / "said"
        """What the daemons wrote on both outputs."""
        kept = {key: os.environ[key] for key in ("PATH", "PYTHONPATH") if key in os.environ}
        self.env = kept | {
            "HOME": str(self.home),
            "XDG_RUNTIME_DIR": str(self.runtime),
            "BREAKD_CONFIG": str(self.config),
            "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self.short}/no-bus",
            "LANG": "C.UTF-8",
        }
        self._processes: list[subprocess.Popen[bytes]] = []

    def breakd(self, *args: str, **env: str) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end."""
        return subprocess.run(
            [*PROGRAM, *args], stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8",
            timeout=SECONDS, check=False, env=self.env | env,
        )  # fmt: skip

    def start(
        self, *args: str, stdin: int | IO[Any] = subprocess.DEVNULL, under: Sequence[str] = (), **options: Any
    ) -> subprocess.Popen[bytes]:
        """Start `breakd run`, by the command `under`, and do not wait; its outputs are appended to `said`."""
        with self.said.open("ab") as said:
            outputs: dict[str, Any] = {"stdout": said, "stderr": said, "env": self.env} | options
            command = [*under, *PROGRAM, "run", *args]
            process: subprocess.Popen[bytes] = subprocess.Popen(command, stdin=stdin, **outputs)
        self._processes.append(process)
        return process

    def run(self, *args: str, **options: Any) -> subprocess.Popen[bytes]:
        """Start `breakd run` and wait until it answers."""
        process = self.start(*args, **options)
        self.wait(lambda: self.pid() == process.pid, "the daemon's answer")
        return process

    def wait(self, condition: Callable[[], Any], what: str) -> Any:
        """Return what the condition gives as soon as that is something."""
        end = time.monotonic() + SECONDS
        while not (found := condition()):
            assert time.monotonic() < end, f"{what} did not come; it said:\n{self.text()}"
            time.sleep(0.02)
        return found

    def wait_for_text(self, text: str) -> None:
        self.wait(lambda: text in self.text(), text)

    def text(self) -> str:
        return self.said.read_text(encoding="utf-8", errors="replace") if self.said.exists() else ""

    def status(self) -> dict[str, Any]:
        """Return what `status --json` prints, empty where no daemon answers."""
        return status_at(self.runtime)

    def pid(self) -> int:
        return int(self.status().get("pid", 0))

    def log(self) -> list[dict[str, Any]]:
        """Return what `log --format json` prints."""
        return [as_json(*found) for found in read(self.data / "log.db")]

    def events(self) -> list[str]:
        return [row["event"] for row in self.log()]

    def wait_for_event(self, event: str) -> None:
        """Wait until this is the last event of the log."""
        self.wait(lambda: self.events()[-1:] == [event], event)

    def close(self) -> None:
        """End what runs still, the daemons that came back under another parent included."""
        for process in self._processes:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGKILL)
            process.wait()
        shutil.rmtree(self.short)


def status_at(runtime: Path) -> dict[str, Any]:
    """Return what `status --json` prints of the daemon whose socket is in this folder, empty where none answers."""
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(SECONDS)
            client.connect(str(runtime / "breakd.sock"))
            client.sendall(b'{"do": "status"}\n')
            reply = client.makefile("rb").readline()
    except OSError:
        return {}
    return dict(json.loads(reply)["data"]) if reply else {}


def ended(process: subprocess.Popen[bytes]) -> int:
    """Return the status with which it ends."""
    return process.wait(SECONDS)


class Terminal:
    """A pseudo-terminal, and what was written on it."""

    def __init__(self) -> None:
        self.master, self.slave = os.openpty()
        self.text = ""

    def read_until(self, text: str) -> None:
        end = time.monotonic() + SECONDS
        while text not in self.text:
            ready, _, _ = select.select([self.master], [], [], max(0, end - time.monotonic()))
            assert ready, f"{text} did not come: {self.text[-2000:]}"
            self.text += os.read(self.master, 4096).decode()

    def read_rest(self) -> None:
        """Read what is there already."""
        while select.select([self.master], [], [], 0)[0]:
            self.text += os.read(self.master, 4096).decode()

    def press(self, key: str) -> None:
        """Press a key; what was written before is not waited for any more."""
        self.text = ""
        os.write(self.master, key.encode())

    def close(self) -> None:
        os.close(self.master)
        os.close(self.slave)
