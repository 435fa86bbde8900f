"""Programs of a test's own, the only ones on its PATH: they record what they are called with, and what they read."""

import shlex
import time
from collections.abc import Callable
from pathlib import Path

import pytest

SECONDS = 10
HANG = "exec /bin/sleep 1000"


class FakePrograms:
    """Shell scripts; `said` is a line for each call, `NAME ARGUMENTS`, and below it, after a `<`, each line read."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._bin, self._said, self._pids = folder / "bin", folder / "said", folder / "pids"
        self._bin.mkdir()
        monkeypatch.setenv("PATH", str(self._bin))

    def add(self, name: str, then: str = "") -> None:
        """Have this program; `then` is what it does after it has said that it was called."""
        said = shlex.quote(str(self._said))
        script = self._bin / name
        script.write_text(
            f"#!/bin/sh\necho $$ >> {shlex.quote(str(self._pids))}\n"
            f"printf '%s\\n' \"{name} $*\" >> {said}\n"
            f"while IFS= read -r line; do printf '%s\\n' \"<$line\" >> {said}; done\n{then}\n"
        )
        script.chmod(0o755)

    def said(self) -> list[str]:
        return self._said.read_text(encoding="utf-8").splitlines() if self._said.exists() else []

    def wait_for(self, *lines: str) -> None:
        """Wait until this, and nothing else, was said."""
        until(lambda: len(self.said()) >= len(lines), lambda: f"{lines} was not said, but {self.said()}")
        assert self.said() == list(lines)

    def pids(self) -> list[int]:
        """Return the process of each call, the first first."""
        return [int(pid) for pid in self._pids.read_text().split()]

    def wait_for_the_end_of(self, pid: int) -> None:
        """Wait until the process has ended, and is no zombie."""
        until(lambda: not Path(f"/proc/{pid}").exists(), lambda: f"process {pid} is still there")


def until(holds: Callable[[], object], otherwise: Callable[[], str]) -> None:
    """Wait until this holds; fail with what `otherwise` says."""
    end = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < end, otherwise()
        time.sleep(0.01)
