"""What wakes the daemon, thread by thread, on a desk of each kind: while nobody is there, and while a person types.

    python bench/wakeups.py [--desks x11 sway gnome bare] [--seconds 60] [--tree OTHER_CHECKOUT]

For each span it prints wake-ups (voluntary and involuntary context switches) in all and by thread, CPU time, memory
(proportional, and what is the daemon's alone), threads and descriptors. The first span begins as soon as the daemon
answers, with its tries for what is missing. Then the person types 5 keys a second, also into a window whose title
changes at each key, as a terminal's does, and is silent at last, but not away yet. `--tree` measures the daemon of
another checkout beside this one's, at the same time.

x11 and sway have PulseAudio and PipeWire, x11 also a panel; gnome is Mutter without a Shell; bare has no sound, no
PipeWire, no notification server and no tray. Needs what the desktop tests need. A busy machine adds involuntary ones.
"""

import argparse
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from subprocess import Popen
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from desktop.desk import ROOT, Desk
from desktop.gnome import Gnome
from desktop.wayland import WaylandDesk
from running import ALWAYS

TICKS = os.sysconf("SC_CLK_TCK")
KEYS_A_SECOND = 5
SETTLED_S = 30
"""So long the person has typed before it counts as steady: a return and a new window are no news any more."""
TITLED = """
import tkinter
root = tkinter.Tk()
root.title("plain")
root.geometry("500x300+100+100")
root.focus_force()
count = 0
def typed(event):
    global count
    count += 1
    if {titles}:
        root.title(f"title {{count}}")
root.bind("<KeyRelease>", typed)
root.mainloop()
"""
"""A window on X."""
TERMINAL = 'stty -echo; while read -rn1 key; do n=$((n+1)); [ {titles} = True ] && printf "\\033]2;title $n\\007"; done'
"""What runs in a terminal under Wayland."""
NAMES = """
import threading
begin = threading.Thread._bootstrap_inner
def named(thread):
    try:
        with open(f"/proc/self/task/{threading.get_native_id()}/comm", "w") as file:
            file.write(thread.name[:15])
    except OSError:
        pass
    begin(thread)
threading.Thread._bootstrap_inner = named
"""
"""The daemon's threads tell the kernel their names, which Python does by itself only from 3.14 on."""


class Count(NamedTuple):
    """What a process has used until now: wake-ups by thread, those that another process forced, and CPU seconds."""

    wakes: Counter[str]
    forced: int
    cpu_s: float


def count(pid: int) -> Count:
    wakes: Counter[str] = Counter()
    forced = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        lines = (task / "status").read_text().splitlines()
        name = "main" if task.name == str(pid) else (task / "comm").read_text().strip()
        switches = {line.split(":")[0]: int(line.split()[1]) for line in lines if "ctxt_switches" in line}
        wakes[name] += sum(switches.values())
        forced += switches["nonvoluntary_ctxt_switches"]
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return Count(wakes, forced, (int(fields[11]) + int(fields[12])) / TICKS)


def memory(pid: int) -> str:
    lines = (line.split() for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
    kb = {name: int(value) for name, value, *_unit in lines}
    own = kb["Private_Clean:"] + kb["Private_Dirty:"]
    return f"PSS {kb['Pss:'] / 1024:.1f} MB, own {own / 1024:.1f} MB"


def held(pid: int) -> str:
    threads, handles = (len(list(Path(f"/proc/{pid}/{kind}").iterdir())) for kind in ("task", "fd"))
    return f"{threads} threads, {handles} descriptors"


class Place(NamedTuple):
    """A desk, the daemon's environment there, a window (whose title changes at each key), and a person who types."""

    desk: Desk
    env: dict[str, str]
    window: Callable[[bool], AbstractContextManager[None]]
    types: Callable[[float], None]


def with_sound(desk: Desk) -> None:
    """Start PulseAudio and PipeWire there."""
    desk.start(["pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1",
                "-L", "module-native-protocol-unix"])  # fmt: skip
    desk.start(["pipewire"])
    runtime = Path(desk.env["XDG_RUNTIME_DIR"])
    for socket in ("pulse/native", "pipewire-0"):
        desk.wait((runtime / socket).exists, socket)


def run(desk: Desk, command: list[str]) -> None:
    desk.start(command).wait()


def keys(seconds: float) -> str:
    return "a" * round(seconds * KEYS_A_SECOND)


def pace(times: int = 1) -> str:
    """Return so many times the milliseconds between two keys."""
    return str(times * 1000 // KEYS_A_SECOND)


@contextmanager
def window_on_x(desk: Desk, titles: bool) -> Iterator[None]:  # noqa: FBT001 - a place's argument
    process = desk.start([sys.executable, "-c", TITLED.format(titles=titles)])
    desk.window("plain")
    yield
    desk.stop(process)


@contextmanager
def window_on_sway(desk: Desk, titles: bool) -> Iterator[None]:  # noqa: FBT001 - the same
    process = desk.start(["foot", "bash", "-c", TERMINAL.format(titles=titles)])
    desk.wait(lambda: '"foot"' in desk.run(["swaymsg", "-t", "get_tree"]).stdout, "a terminal")
    yield
    desk.stop(process)


def types_on_gnome(gnome: Gnome, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        gnome.act()
        time.sleep(1 / KEYS_A_SECOND)


@contextmanager
def place(kind: str, folder: Path) -> Iterator[Place]:
    with ExitStack() as stack:
        if kind == "sway":
            desk: Desk = stack.enter_context(WaylandDesk(folder, server="mako"))
        elif kind == "bare":
            desk = stack.enter_context(Desk(folder))
        else:
            desk = stack.enter_context(Desk(folder, server="notification-daemon", tray="xfce4-panel"))
        env = desk.env
        if kind != "bare":
            with_sound(desk)
        if kind == "gnome":
            gnome = Gnome(folder, env["DBUS_SESSION_BUS_ADDRESS"])
            stack.callback(gnome.close)
            env = env | {"XDG_SESSION_TYPE": "wayland", "WAYLAND_DISPLAY": gnome.display}
            yield Place(desk, env, lambda _titles: nullcontext(), partial(types_on_gnome, gnome))
        elif kind == "sway":
            command = ["wtype", "-d", pace()]
            yield Place(desk, env, partial(window_on_sway, desk), lambda seconds: run(desk, [*command, keys(seconds)]))
        else:
            command = ["xdotool", "type", "--delay", pace(2)]  # it waits half of that between keys
            yield Place(desk, env, partial(window_on_x, desk), lambda seconds: run(desk, [*command, keys(seconds)]))


def spans(pid: int, seconds: float, there: Place) -> Iterator[str]:
    """Yield a line of figures for each span."""
    yield span("first, idle", pid, seconds, time.sleep)
    yield span("then, idle", pid, seconds, time.sleep)
    for name, titles in (("typing", False), ("typing, titles", True)):
        with there.window(titles):
            there.types(SETTLED_S)
            yield span(name, pid, seconds, there.types)
    yield span("reading", pid, seconds, time.sleep)


def span(name: str, pid: int, seconds: float, passes: Callable[[float], None]) -> str:
    before, began = count(pid), time.monotonic()
    passes(seconds)
    after = count(pid)
    a_minute = 60 / (time.monotonic() - began)
    wakes = after.wakes - before.wakes
    by_thread = ", ".join(f"{name} {number * a_minute:.0f}" for name, number in wakes.most_common())
    forced, cpu = (after.forced - before.forced) * a_minute, (after.cpu_s - before.cpu_s) * a_minute
    woken = f"{wakes.total() * a_minute:6.1f}/min ({forced:.0f} forced)"
    return f"{name:15} {woken}, CPU {cpu:.2f} s/min, {memory(pid)}, {held(pid)}: {by_thread}"


def started(tree: Path, there: Place, folder: Path, library: Path) -> "Popen[bytes]":
    """Start the daemon of a checkout there, and wait until it answers."""
    config = folder / "config.toml"
    config.write_text(ALWAYS)
    path = os.pathsep.join((str(library), str(tree)))
    env = there.env | {"PYTHONPATH": path, "BREAKD_CONFIG": str(config)}
    program = [sys.executable, "-P", "-m", "breakd"]
    output = (folder / "output").open("wb")
    began = time.monotonic()
    process = Popen([*program, "run"], env=env, stdout=output, stderr=output, cwd="/")
    socket = Path(there.env["XDG_RUNTIME_DIR"], "breakd.sock")
    there.desk.wait(lambda: socket.exists() or process.poll() is not None, "the daemon's socket")
    print(f"{folder.name}: commands answered after {time.monotonic() - began:.3f} s", flush=True)
    return process


def measure(kind: str, tree: Path, folder: Path, seconds: float) -> None:
    """Print the figures of one daemon on a desk of its own."""
    library = folder / "library"
    library.mkdir(parents=True)
    (library / "sitecustomize.py").write_text(NAMES)
    with place(kind, folder) as there:
        process = started(tree, there, folder, library)
        try:
            for line in spans(process.pid, seconds, there):
                print(f"{folder.name:12} {line}", flush=True)
            status = there.desk.run([sys.executable, "-P", "-m", "breakd", "status"], PYTHONPATH=str(tree)).stdout
            print(f"{folder.name}:\n{status}", flush=True)
        finally:
            process.terminate()
            process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--desks", nargs="+", choices=("x11", "sway", "gnome", "bare"), default=["x11", "sway", "bare"])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--tree", type=Path)
    args = parser.parse_args()
    trees = {"": ROOT} | ({"-other": args.tree} if args.tree else {})
    with tempfile.TemporaryDirectory() as folder:
        runs = [
            threading.Thread(target=measure, args=(kind, tree.resolve(), Path(folder, kind + suffix), args.seconds))
            for kind in args.desks
            for suffix, tree in trees.items()
        ]
        for run in runs:
            run.start()
            time.sleep(5)  # a start on a busy machine is no start
        for run in runs:
            run.join()


if __name__ == "__main__":
    main()
