"""A user manager of systemd for a test: the real one, in mounts, a home and a runtime folder of its own.

Law: nothing of it is shared with the machine's systemd, and what it started ends with it.
"""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

SECONDS = 20
MANAGER = "/usr/lib/systemd/systemd"
BEGIN = """
mount -t tmpfs tmpfs /run/systemd || { mkdir -p /run/systemd && mount -t tmpfs tmpfs /run/systemd; }
mkdir -p /run/systemd/system
exec "$0" --user --log-target=console --log-level=info
"""
"""It runs only where the machine seems to have been started by systemd."""


class UserSystemd:
    """`with UserSystemd(folder) as manager`. `env` is the environment for all that talks to it; its home is there."""

    def __init__(self, folder: Path) -> None:
        self._short = Path(tempfile.mkdtemp(prefix="us"))  # the path of a socket has 107 bytes at most
        self.home, self.runtime = folder / "home", self._short / "run"
        self.home.mkdir(exist_ok=True)
        self.runtime.mkdir(mode=0o700)
        self.units = self.home / ".config/systemd/user"
        self._mark = f"MANAGER_ID={secrets.token_hex(8)}"
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "XDG_RUNTIME_DIR": str(self.runtime),
            "LANG": "C.UTF-8",
        }
        self._said = folder / "systemd.log"
        alone = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-Urm"]
        with self._said.open("wb") as said:
            self._process = subprocess.Popen(
                [*alone, "sh", "-c", BEGIN, MANAGER],
                env=self.env | {"MANAGER_ID": self._mark.partition("=")[2]},
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )

    def __enter__(self) -> Self:
        end = time.monotonic() + SECONDS
        state = ("show", "--value", "--property=SystemState")  # `is-system-running` asks how the machine was started
        while self.systemctl(*state, check=False).stdout.strip() not in {"running", "degraded"}:
            if self._process.poll() is not None or time.monotonic() > end:
                said = self._said.read_text(encoding="utf-8", errors="replace")
                self.close()
                raise AssertionError(f"no user manager of systemd came up:\n{said}")
            time.sleep(0.05)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def systemctl(self, *args: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        """Run `systemctl --user ARGS` to its end."""
        done = subprocess.run(
            ["systemctl", "--user", "--no-pager", *args],
            env=self.env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS, check=False,
        )  # fmt: skip
        assert not check or done.returncode == 0, f"systemctl {args}: {done.stdout}{done.stderr}"
        return done

    def add(self, name: str, text: str) -> None:
        """Write a unit, and have it known."""
        self.units.mkdir(parents=True, exist_ok=True)
        (self.units / name).write_text(text, encoding="utf-8")
        self.systemctl("daemon-reload")

    def show(self, unit: str, what: str) -> str:
        """Return a property of a unit, as `systemctl show` prints it."""
        return self.systemctl("show", "--value", f"--property={what}", unit).stdout.strip()

    def wait_for(self, unit: str, **properties: str) -> None:
        """Wait until the unit has these properties, as `systemctl show` prints them."""
        wanted = sorted(f"{name}={value}" for name, value in properties.items())
        end = time.monotonic() + SECONDS
        while (found := self._shown(unit, *properties)) != wanted:
            assert time.monotonic() < end, f"{unit} has not {wanted}, but {found}\n{self.said()}"
            time.sleep(0.05)

    def _shown(self, unit: str, *names: str) -> list[str]:
        return sorted(self.systemctl("show", f"--property={','.join(names)}", unit).stdout.splitlines())

    def said(self) -> str:
        """Return what the manager, and all that it started, wrote."""
        return self._said.read_text(encoding="utf-8", errors="replace")

    def close(self) -> None:
        """End the manager, and with it all that it started."""
        if self._process.poll() is None:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(SECONDS)
        for pid in self._marked():  # what outlives its service, and a manager that does not end
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()
        shutil.rmtree(self._short, ignore_errors=True)

    def _marked(self) -> list[int]:
        """Return all that runs in this manager's environment."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):  # it has just ended, or is not ours
                if self._mark.encode() in (folder / "environ").read_bytes().split(b"\0"):
                    found.append(int(folder.name))
        return found
