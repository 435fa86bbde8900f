"""What a guided routine costs, side by side with a floor: a bare Python, and a Tk window that moves one square.

    python bench/routine.py [--exercise helicopters] [--seconds 20] [--size 1280x800] [--starts 5]

Prints the time from exec to the first frame (what is on the screen, not what the program says), and the seconds of a
core until then, which a busy machine does not stretch; then frames a second and the share of one core, medians of
those seconds after the count-in in which the figure moves. Frames are the moments at which the X server tells of damage
to the screen; this program looks at the screen only while it waits for the first one.
Needs what the desktop tests need.
"""

import argparse
import os
import select
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from subprocess import DEVNULL, Popen
from typing import Any

import Xlib.display
from Xlib import X
from Xlib.ext.damage import DamageReportRawRectangles

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from desktop.desk import Desk

TICKS = os.sysconf("SC_CLK_TCK")
COUNT_IN_S = 7
"""The count-in of a routine, and a little more."""
LARGE = 0.04
"""Of the screen."""
MOVES = 10
"""Frames a second, from which on the figure moves."""
SAME_FRAME_S = 0.008
"""Damage that follows other damage so soon is the same frame."""
FEW, MANY = 2, 40
"""Colours of a square on its ground, and of a routine's picture and text with their smooth edges."""
BARE = "pass"
FLOOR = """
import time, tkinter
root = tkinter.Tk()
across, down = root.winfo_screenwidth(), root.winfo_screenheight()
root.geometry(f"{across * 2 // 3}x{down * 2 // 3}+{across // 6}+{down // 6}")
canvas = tkinter.Canvas(root)
canvas.pack(fill="both", expand=True)
square = canvas.create_rectangle(0, 0, down // 2, down // 2, fill="black", width=0)
begin = time.monotonic()
def beat(n=0):
    canvas.moveto(square, down // 12 + n % 60, down // 12)
    root.after(max(1, round((begin + (n + 1) / 30 - time.monotonic()) * 1000)), beat, n + 1)
beat()
root.mainloop()
"""


class Screen:
    """The desk's screen as its X server tells of it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._display: Any = Xlib.display.Display(desk.env["DISPLAY"])
        self._display.damage_query_version()
        self._root = self._display.screen().root
        self._root.damage_create(DamageReportRawRectangles)
        self._display.sync()

    def colours(self) -> int:
        """Count the colours in the middle of the screen; few enough pixels to be quick."""
        width, height = (side // 4 for side in self._desk.size)
        corner = (self._desk.size[0] - width) // 2, (self._desk.size[1] - height) // 2
        image = self._root.get_image(*corner, width, height, X.ZPixmap, 0xFFFFFFFF)
        return len(set(memoryview(image.data).cast("I")))

    def damaged(self, seconds: float) -> int:
        """Wait at most so long for damage, take all there is of it, and return the pixels of the largest part."""
        if not self._display.pending_events():
            select.select([self._display.fileno()], [], [], max(0, seconds))
        largest = 0
        while self._display.pending_events():
            area = self._display.next_event().area
            largest = max(largest, area.width * area.height)
        return largest

    def first_frame(self, colours: int) -> float:
        """Return when the middle of the screen has so many colours."""
        end = time.monotonic() + 20
        while time.monotonic() < end:
            if self.damaged(1):
                at = time.monotonic()
                if self.colours() >= colours:
                    return at
        raise AssertionError(f"nothing is shown: {self._desk.shot('bench')}")

    def frames(self, seconds: float) -> int:
        """Count the frames in the span: a figure's damage is large, that of a countdown is not."""
        end, last, count = time.monotonic() + seconds, 0.0, 0
        large = LARGE * self._desk.size[0] * self._desk.size[1]
        while (now := time.monotonic()) < end:
            if self.damaged(end - now) >= large:
                now = time.monotonic()
                count += now - last > SAME_FRAME_S
                last = now
        return count

    def close(self) -> None:
        self._display.close()


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def start(desk: Desk, args: Sequence[str]) -> "Popen[bytes]":
    return Popen([sys.executable, *args], env=desk.env, stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL)


def bare_s(desk: Desk) -> float:
    began = time.monotonic()
    start(desk, ["-c", BARE]).wait()
    return time.monotonic() - began


def first_frame(desk: Desk, args: Sequence[str], colours: int) -> tuple[float, float]:
    """Start it, wait for its first frame, and end it; return the seconds, and those of a core that it took."""
    screen = Screen(desk)
    desk.wait(lambda: screen.colours() == 1, "an empty screen")
    began = time.monotonic()
    process = start(desk, args)
    at = screen.first_frame(colours)
    cpu = cpu_s(process.pid)
    end(process, screen)
    return at - began, cpu


def moving(desk: Desk, args: Sequence[str], colours: int, seconds: int) -> tuple[float, float]:
    """Return its frames a second, and its share of one core, in the seconds in which it moves."""
    screen = Screen(desk)
    process = start(desk, args)
    screen.first_frame(colours)
    time.sleep(COUNT_IN_S)
    screen.damaged(0)
    spans = []
    for _ in range(seconds):
        before, began = cpu_s(process.pid), time.monotonic()
        frames = screen.frames(1)
        span = time.monotonic() - began
        spans.append((frames / span, (cpu_s(process.pid) - before) / span))
    end(process, screen)
    moved = [each for each in spans if each[0] >= MOVES]
    if not moved:
        raise SystemExit(f"nothing moved in {seconds} s; give more --seconds")
    return medians(moved)


def medians(pairs: Iterable[tuple[float, float]]) -> tuple[float, float]:
    seconds, cpu = zip(*pairs, strict=True)
    return statistics.median(seconds), statistics.median(cpu)


def end(process: "Popen[bytes]", screen: Screen) -> None:
    process.terminate()
    process.wait()
    screen.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--exercise", default="helicopters")
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--size", default="1280x800")
    parser.add_argument("--starts", type=int, default=5)
    args = parser.parse_args()
    width, height = map(int, args.size.split("x"))
    routine, floor = ["-m", "breakd", "routine", args.exercise, "--length", "10m"], ["-c", FLOOR]
    with tempfile.TemporaryDirectory() as folder, Desk(Path(folder), size=(width, height)) as desk:
        first_frame(desk, routine, MANY)  # once for the disk
        bare = statistics.median(bare_s(desk) for _ in range(args.starts))
        window, window_cpu = medians(first_frame(desk, floor, FEW) for _ in range(args.starts))
        opened, cpu = medians(first_frame(desk, routine, MANY) for _ in range(args.starts))
        print(f"first frame   bare python {bare:.3f} s   Tk window {window:.3f} s, {window_cpu:.2f} s of a core")
        print(f"              routine {opened:.3f} s, {cpu:.2f} s of a core", end="   ")
        print(f"{opened / bare:.0f} x bare, {opened / window:.1f} x the window")
        floor_fps, floor_cpu = moving(desk, floor, FEW, args.seconds)
        fps, cpu = moving(desk, routine, MANY, args.seconds)
        print(f"moving        Tk window {floor_fps:.1f}/s, {floor_cpu:.1%} of a core")
        print(f"              {args.exercise} {fps:.1f}/s, {cpu:.1%} of a core", end="   ")
        print(f"{cpu / max(floor_cpu, 0.005):.0f} x the window")


if __name__ == "__main__":
    main()
