"""PipeWire of a test's own: a real server, a screen that is offered as a compositor does it, and those who take it."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from fakeprograms import until

PACKAGES = {"gst-launch-1.0": "gstreamer1.0-tools", "pipewire": "pipewire", "pw-link": "pipewire-bin"}
SCREEN = ("videotestsrc", "is-live=true", "!", "video/x-raw,width=64,height=48,framerate=5/1", "!", "pipewiresink")


class PrivatePipeWire:
    """A folder for its socket, at first with no server; `env` is what its clients need."""

    def __init__(self, folder: Path) -> None:
        self._short = Path(tempfile.mkdtemp(prefix="pw-"))  # a socket's path holds 107 bytes
        self.env = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(self._short),
            "PIPEWIRE_RUNTIME_DIR": str(self._short),
            "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere",
            "LC_ALL": "C.UTF-8",
        }
        self.socket = self._short / "pipewire-0"
        self._log = (folder / "pipewire.log").open("ab")
        self._server: subprocess.Popen[bytes] | None = None
        self._clients: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        self._server = self._run("pipewire")
        until(lambda: self._ask("pw-link", "-o").returncode == 0, lambda: "there is no PipeWire")

    def kill(self) -> None:
        """End the server as a crash does."""
        assert self._server is not None
        self._server.kill()
        self._server.wait()

    def offer(self, name: str, **properties: str) -> "subprocess.Popen[bytes]":
        """Offer video, by default as xdg-desktop-portal-wlr does."""
        properties = {"media.class": "Video/Source", "node.name": name} | properties
        given = ",".join(f'{key}=(string)"{value}"' for key, value in properties.items())
        process = self._client(*SCREEN, "mode=provide", f"stream-properties=props,{given}")
        self.appears(name, "-o")
        return process

    def take(self, name: str) -> "subprocess.Popen[bytes]":
        """Take video, as soon as it is linked, as a browser does in a call."""
        process = self._client("pipewiresrc", f"stream-properties=props,node.name={name}", "!", "fakesink")
        self.appears(name, "-i")
        return process

    def link(self, producer: str, taker: str) -> None:
        """Do what a session manager does for both; the server may show it only after it has said yes."""
        port = self._port(taker, "-i")
        asked = self._ask("pw-link", self._port(producer, "-o"), port)
        assert asked.returncode == 0, asked.stderr
        until(lambda: f"-> {port}" in self._ask("pw-link", "-l").stdout, lambda: f"{port} is not linked")

    def end(self, process: "subprocess.Popen[bytes]", how: int = signal.SIGTERM) -> None:
        process.send_signal(how)
        process.wait(20)

    def close(self) -> None:
        for process in [*self._clients, self._server]:
            if process is not None:
                process.kill()
                process.wait()
        self._log.close()
        shutil.rmtree(self._short)

    def _client(self, *pipeline: str) -> "subprocess.Popen[bytes]":
        self._clients.append(process := self._run("gst-launch-1.0", "-q", *pipeline))
        return process

    def appears(self, name: str, side: str) -> None:
        """Wait until there is such a node with a port of this side, `-o` or `-i`."""
        until(lambda: self._port(name, side), lambda: f"{name} is not in the graph")

    def _port(self, name: str, side: str) -> str:
        ports = self._ask("pw-link", side).stdout.splitlines()
        return next((port for port in ports if port.startswith(f"{name}:")), "")

    def _run(self, program: str, *args: str) -> "subprocess.Popen[bytes]":
        path = shutil.which(program)
        assert path, f"{program} is not installed: apt install {PACKAGES[program]}"
        return subprocess.Popen([path, *args], env=self.env, stdout=self._log, stderr=self._log)

    def _ask(self, *command: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(command, env=self.env, capture_output=True, text=True, check=False, timeout=20)
