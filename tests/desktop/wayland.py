"""A private desktop without X: sway on a screen of its own that nobody sees, and mako.

Law: the same as the desk's. sway does not run as root, so for root it runs as nobody, in a folder of its own; all the
rest is the caller's.
"""

import os
import signal
import subprocess

from PIL import Image

from desktop.desk import Box, Desk, Window, find_program

NOBODY = 65534
HEADLESS = {"WLR_BACKENDS": "headless", "WLR_LIBINPUT_NO_DEVICES": "1", "WLR_RENDERER": "pixman"}


class WaylandDesk(Desk):
    """A desk under sway. Nothing can be clicked: servers are spoken to by their control tools."""

    def told(self) -> str:
        """Return all that mako shows, as makoctl lists it."""
        return self.run(["makoctl", "list"]).stdout

    def invoke(self, action: str) -> None:
        """Choose an action of the notification that is there; there is no other."""
        (_bubble,) = self.wait(self.bubbles, "a notification")
        done = self.run(["makoctl", "invoke", action])
        assert done.returncode == 0, done.stderr

    def bubbles(self) -> list[Box]:
        """Return a box for each notification that mako shows: it does not tell where, so it is the whole screen."""
        return [Box(0, 0, *self.size)] * self.told().count('"summary"')

    def picture(self, within: Box | None = None) -> Image.Image:
        """Return what is on the screen now."""
        path = self._folder / "screen.png"
        done = self.run(["grim", str(path)])
        assert done.returncode == 0, done.stderr
        with Image.open(path) as image:
            return image.convert("RGB")

    def windows(self) -> list[Window]:
        """Return none: without X there are none of breakd's."""
        return []

    def key(self, *_keys: str) -> None:
        """Give a sign that types nothing: the pointer moves, whatever key that stands for."""
        self.move(1, 0)

    def move(self, x: int, y: int) -> None:
        """Move the pointer by so much."""
        done = self.run(["swaymsg", "seat", "-", "cursor", "move", str(x), str(y)])
        assert done.returncode == 0, done.stdout + done.stderr

    def type(self, text: str) -> None:
        done = self.run(["wtype", "--", text])
        assert done.returncode == 0, done.stderr

    def restart_screen(self) -> None:
        """Kill sway, and start it anew."""
        self.kill_screen()
        self.revive_screen()

    def revive_screen(self) -> None:
        """Start sway anew, after it was killed."""
        self._start_screen()

    def kill_screen(self) -> None:
        assert self._screen is not None
        self.stop(self._screen, signal.SIGKILL)
        for left in (self._short / "sway").glob("[!.]*.*"):  # its sockets
            left.unlink()
        (self._short / "sway/wayland-1").unlink()

    def _start_screen(self) -> None:
        """Start sway, and wait for its sockets."""
        self.env.pop("SWAYSOCK", None)  # or it would take the one before for its own
        folder = self._short / "sway"
        folder.mkdir(exist_ok=True)
        config = folder / "config"
        config.write_text(f"xwayland disable\noutput * resolution {self.size[0]}x{self.size[1]}\n")
        args = ["sway", "--config", str(config)]
        if os.geteuid() == 0:
            self._short.chmod(0o711)
            os.chown(folder, NOBODY, NOBODY)
            args = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", *args]
        self.env["XDG_SESSION_TYPE"] = "wayland"
        env = self.env | HEADLESS | {"XDG_RUNTIME_DIR": str(folder), "HOME": str(folder)}
        args[0] = find_program(args[0])
        self._screen = subprocess.Popen(args, env=env, stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log)
        socket = folder / "wayland-1"
        self.wait(socket.exists, "sway's socket")
        control = f"sway-ipc.*.{self._screen.pid}.sock"
        self.wait(lambda: list(folder.glob(control)), "sway's control socket")
        self.env["SWAYSOCK"] = str(next(folder.glob(control)))
        self.env["WAYLAND_DISPLAY"] = str(socket)  # a whole path, wherever the runtime folder is

    def _start_manager(self) -> None:
        """Nothing: sway is all of it."""
