"""A real sound server of a test's own, PulseAudio or PipeWire, with the microphone `mic` and the loudspeaker `out`.

Law: nothing of it is shared with the session that the tests run in, and all of it ends with it.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from private_bus import private_bus

SECONDS = 20.0  # how long anything may take on a busy machine
PACKAGES = {"pactl": "pulseaudio-utils", "parec": "pulseaudio-utils", "pw-record": "pipewire-bin"}
RECORDER = Path(__file__).with_name("recorder.py")


def wait(condition: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.01)


def program(name: str) -> str:
    found = shutil.which(name)
    assert found, f"{name} is not installed: apt install {PACKAGES.get(name, name)}"
    return found


class SoundServer:
    """What both have in common; its sockets are in `runtime`."""

    name: str
    load_mic: tuple[str, ...] = ("module-null-source", "source_name=mic")

    def __init__(self, folder: Path) -> None:
        self.runtime = Path(tempfile.mkdtemp(prefix="bk"))  # the path of a socket has 108 bytes at most
        keep = {key: os.environ[key] for key in ("PATH", "LANG", "LC_ALL") if key in os.environ}
        self.env = keep | {
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(self.runtime),
            "PULSE_RUNTIME_PATH": str(self.runtime / "pulse"),
        }
        self._log = (folder / "sound.log").open("ab")
        self._programs: list[subprocess.Popen[bytes]] = []
        self.server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        self.kill()
        while self._programs:
            self._end(self._programs[-1])
        self._log.close()
        shutil.rmtree(self.runtime, ignore_errors=True)

    def start(self) -> None:
        """Start the server, and wait until it has its devices."""
        (self.runtime / "pulse").mkdir(mode=0o700, exist_ok=True)  # or pactl and the server both make it
        self.server = self.run(*self.command())
        wait(lambda: self._asked("info") is not None, f"{self.name}; see {self._log.name}")
        self.pactl("load-module", *self.load_mic)
        self.pactl("load-module", "module-null-sink", "sink_name=out")
        wait(lambda: {"mic", "out.monitor"} <= {line.split("\t")[1] for line in self.list("sources")}, "the devices")

    def command(self) -> tuple[str, ...]:
        raise NotImplementedError

    def kill(self) -> None:
        """End the server at once, as a crash does."""
        if self.server is not None:
            self._end(self.server)
            self.server = None

    def run(self, name: str, *args: str) -> "subprocess.Popen[bytes]":
        """Start a program of its own; it ends with it."""
        started = subprocess.Popen(
            [program(name), *args], env=self.env, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self._log
        )
        self._programs.append(started)
        return started

    def _end(self, running: "subprocess.Popen[bytes]") -> None:
        self._programs.remove(running)
        running.kill()
        running.wait()
        if running.stdin is not None:
            running.stdin.close()

    def record(self, *args: str, device: str = "mic") -> "subprocess.Popen[bytes]":
        """Record by parec, and wait until the server has the stream."""
        return self._stream("parec", f"--device={device}", *args)

    def record_by_library(self, flags: int, device: str = "mic") -> "subprocess.Popen[bytes]":
        """Record with these flags of a stream, and wait until the server has the stream; see recorder.py."""
        return self._stream(sys.executable, str(RECORDER), device, str(flags))

    def _stream(self, *command: str) -> "subprocess.Popen[bytes]":
        before = len(self.list("source-outputs"))
        started = self.run(*command)
        wait(lambda: len(self.list("source-outputs")) > before, f"the stream of {command}")
        return started

    def pactl(self, *args: str) -> str:
        answer = self._asked(*args)
        assert answer is not None, f"pactl {args} failed; see {self._log.name}"
        return answer

    def list(self, what: str) -> list[str]:
        return self.pactl("list", "short", what).splitlines()

    def _asked(self, *args: str) -> str | None:
        done = subprocess.run(
            [program("pactl"), *args],
            check=False,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            timeout=SECONDS,
        )
        return done.stdout if done.returncode == 0 else None


class PulseAudio(SoundServer):
    name = "pulseaudio"

    def command(self) -> tuple[str, ...]:
        modules = ("-L", "module-native-protocol-unix")
        return ("pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", *modules)


class PipeWire(SoundServer):
    """PipeWire with its session manager; `server` is its stand-in for PulseAudio."""

    name = "pipewire"
    load_mic = ("module-null-sink", "media.class=Audio/Source/Virtual", "sink_name=mic", "channel_map=stereo")

    def __init__(self, folder: Path, bus: str) -> None:
        super().__init__(folder)
        self.env |= {"PIPEWIRE_RUNTIME_DIR": str(self.runtime), "DBUS_SESSION_BUS_ADDRESS": bus}

    def command(self) -> tuple[str, ...]:
        return ("pipewire-pulse",)

    def start(self) -> None:
        if not self._programs:
            self.run("pipewire")
            wait((self.runtime / "pipewire-0").exists, "PipeWire")
            self.run("wireplumber")
        super().start()


@contextmanager
def sound_server(name: str, folder: Path) -> Iterator[SoundServer]:
    """Run `pulseaudio` or `pipewire`, within the folder."""
    if name == "pulseaudio":
        with PulseAudio(folder) as server:
            yield server
        return
    with private_bus(folder) as (bus, _process), PipeWire(folder, bus) as server:
        yield server
