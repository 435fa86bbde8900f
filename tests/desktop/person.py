"""Somebody at a desk where breakd runs: works, is asked, clicks. What came of it is read from `breakd log`.

Law: breakd is a process of its own, started as a person starts it; the person sees the screen and has keys and a mouse.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from PIL import Image, ImageChops

from desktop.desk import SCREEN, SECONDS, Box, Desk
from desktop.ocr import Word

T = TypeVar("T")

PANEL = Box(0, 2, SCREEN[0], 24)  # without its edge
DARK = 90  # letters are, grounds are not

CONFIG = """\
[work]
days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
hours = ["00:00-24:00"]

[[break]]
name = "micro"
every = "{every}"
length = "{length}"
routines = ["helicopters", "knee-hovers"]

[prompt]
snooze = "1s"
max_snoozes = {max_snoozes}
warn_before = "{warn_before}"
wait_for_pause = "0s"
timeout = "{timeout}"

[presence]
away_after = "{away_after}"
"""


class Person:
    """Has a breakd of their own, with a home in `folder`.

    Only what a test is about is short: nobody is away, and no prompt is missed, because the machine is busy. `name` is
    that of the pictures.
    """

    def __init__(
        self,
        desk: Desk,
        folder: Path,
        name: str,
        *,
        every: str = "2s",
        length: str = "1s",
        max_snoozes: int = 3,
        timeout: str = "2m",
        warn_before: str = "0s",
        away_after: str = "2m",
    ) -> None:
        self.desk = desk
        self.name = name
        self.env = {"HOME": str(folder)}
        for kind, place in (("CONFIG", ".config"), ("DATA", ".local/share"), ("STATE", ".local/state")):
            self.env[f"XDG_{kind}_HOME"] = str(folder / place)
        self.config: Path | None = folder / "config.toml"
        values = {"max_snoozes": max_snoozes, "timeout": timeout, "away_after": away_after, "warn_before": warn_before}
        self.config.write_text(CONFIG.format(every=every, length=length, **values))
        self._output = (folder / "output").open("w+")
        self._started: list[subprocess.Popen[bytes]] = []

    # The program

    def starts(self, command: str) -> "subprocess.Popen[bytes]":
        """Start `breakd COMMAND`; wait for a daemon until it answers."""
        options = ["--config", str(self.config)] if command == "run" and self.config else []
        process = subprocess.Popen(
            [sys.executable, "-m", "breakd", command, *options],
            env=self.desk.env | self.env,
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=self._output,
        )
        self._started.append(process)
        if command == "run":
            self.desk.wait(lambda: self.status().get("pid") == process.pid, "the daemon's answer")
        return process

    def run(self, *args: str) -> "subprocess.CompletedProcess[str]":
        """Run a command of breakd to its end."""
        return self.desk.run([sys.executable, "-m", "breakd", *args], **self.env)

    def status(self) -> dict[str, Any]:
        """Return what `breakd status --json` prints; nothing while no daemon answers."""
        done = self.run("status", "--json")
        status: dict[str, Any] = json.loads(done.stdout) if done.returncode == 0 else {}
        return status

    def log(self) -> list[dict[str, Any]]:
        """Return what `breakd log` prints."""
        done = self.run("log", "--format", "json")
        assert (done.returncode, done.stderr) == (0, "")
        return [json.loads(line) for line in done.stdout.splitlines()]

    def events(self, offer: int = 1) -> list[str]:
        """Return what happened to an offer."""
        return [row["event"] for row in self.log() if row["offer"] == offer]

    def row(self, event: str, offer: int | None = 1) -> dict[str, Any]:
        """Return the last row of this event, without what differs from day to day."""
        rows = [row for row in self.log() if (row["event"], row["offer"]) == (event, offer)]
        assert rows, f"no {event} of {offer}: {self.log()}"
        return {key: value for key, value in rows[-1].items() if key not in {"id", "uid", "at"}}

    def output(self) -> str:
        """Return what breakd printed so far."""
        return Path(self._output.name).read_text()

    def close(self) -> None:
        """End what runs; nothing of it may have met a defect, and nothing of it stays on the screen."""
        for process in self._started:
            if process.poll() is None:
                self.desk.stop(process)
        self._output.close()
        assert "Traceback" not in self.output()
        assert "defect" not in self.output()
        self.is_left_alone()
        self.sees_no_routine()

    # The person

    def works_until(self, ready: Callable[[], T], what: str, seconds: float = SECONDS) -> T:
        """Keep a key busy until something is so."""

        def look() -> T:
            self.desk.key("shift")
            return ready()

        return self.desk.wait(look, what, seconds)

    def is_asked(self, what: str = "a prompt") -> Box:
        """Work until the one prompt is on the screen with its buttons, and return its place."""
        self.works_until(self.desk.bubbles, what)
        self.desk.wait(lambda: self._button("Skip"), f"{what} with its buttons")
        (bubble,) = self.desk.bubbles()
        return bubble

    def clicks(self, label: str) -> None:
        """Click a button of the prompt."""
        button = self.desk.wait(lambda: self._button(label), f"{label!r} on the prompt")
        assert button is not None
        self.desk.click(button.x, button.y)

    def is_left_alone(self) -> None:
        """Wait until no notification is on the screen."""
        self.desk.wait(lambda: not self.desk.bubbles(), "no notification")

    def sees_routine(self, name: str) -> None:
        """Wait until the window of the exercise is on the screen, and drawn."""
        box = self.desk.window(name).box
        self.desk.wait(lambda: any(self.desk.picture(box).convert("L").histogram()[:DARK]), "the window drawn")

    def sees_no_routine(self) -> None:
        self.desk.wait(lambda: not self._routines(), "no window of a routine")

    def clicks_icon(self, button: int = 1) -> None:
        """Click breakd's icon in the panel."""
        icon = self.desk.wait(self._icon, "the icon")
        assert icon is not None
        self.desk.click(*icon, button)

    def opens_menu(self) -> Box:
        """Open the menu of breakd's icon, and return its place."""
        self.clicks_icon(3)
        (menu,) = self.desk.wait(self.desk.bubbles, "the menu")
        return menu

    def shot(self, step: str) -> None:
        """Keep a picture of this step, to be looked at."""
        self.desk.shot(f"job-{self.name}-{step}")

    def _button(self, label: str) -> Word | None:
        """Return the button of the prompt, wherever it is now; None while it moves, or is not there."""
        bubbles = self.desk.bubbles()
        return self.desk.find(label, bubbles[0]) if bubbles else None

    def _icon(self) -> tuple[int, int] | None:
        """Return the middle of what is drawn on the panel; None where nothing is."""
        panel = self.desk.picture(PANEL)
        bare = Image.new("RGB", panel.size, panel.getpixel((panel.width - 1, 0)))
        drawn = ImageChops.difference(panel, bare).getbbox()
        return drawn and (PANEL.left + (drawn[0] + drawn[2]) // 2, PANEL.top + (drawn[1] + drawn[3]) // 2)

    def _routines(self) -> list[str]:
        """Return the titles of the windows but the panel."""
        return [window.title for window in self.desk.windows() if "panel" not in window.title]
