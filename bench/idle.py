"""What breakd costs while nothing happens, side by side with a peer on the same private desktop.

    python bench/idle.py [--seconds 60] [--peer workrave]

Prints, for each, over the whole process tree: proportional memory (PSS), wake-ups (voluntary and involuntary context
switches of all threads) and CPU time in the span, and for breakd the time from exec to the icon's registration.
Needs what the desktop tests need, and the peer from the distribution's packages.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from subprocess import Popen

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from desktop.desk import Desk

CONFIG = """
[work]
days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
hours = ["00:00-24:00"]
"""
TICKS = os.sysconf("SC_CLK_TCK")


def tree(pid: int) -> list[int]:
    """Return the process and all that descend from it."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += tree(int(child))
    return found


def pss_kb(pid: int) -> int:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))


def switches(pid: int) -> int:
    total = 0
    for status in Path(f"/proc/{pid}/task").glob("*/status"):
        total += sum(int(line.split()[1]) for line in status.read_text().splitlines() if "ctxt_switches" in line)
    return total


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def measure(name: str, process: "Popen[bytes]", seconds: float) -> None:
    """Let it settle, then watch it for the span."""
    time.sleep(20)
    pids = tree(process.pid)
    before = sum(map(switches, pids)), sum(map(cpu_s, pids))
    time.sleep(seconds)
    wakes, cpu = sum(map(switches, pids)) - before[0], sum(map(cpu_s, pids)) - before[1]
    memory = sum(map(pss_kb, pids)) / 1024
    per_minute = 60 / seconds
    print(f"{name:12} PSS {memory:6.1f} MB   wake-ups {wakes * per_minute:6.1f}/min   CPU {cpu * per_minute:.3f} s/min")


def registered(desk: Desk) -> bool:
    watcher = "org.kde.StatusNotifierWatcher"
    properties = "org.freedesktop.DBus.Properties"
    items = desk.bus_call(
        watcher, "/StatusNotifierWatcher", properties, "Get", "ss", watcher, "RegisteredStatusNotifierItems"
    )
    return bool(items[0][1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--peer", default="workrave")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "config.toml")
        config.write_text(CONFIG)
        desk_folder = Path(folder, "desk")
        desk_folder.mkdir()
        with Desk(desk_folder, server="notification-daemon", tray="xfce4-panel") as desk:
            began = time.monotonic()
            breakd = desk.start([sys.executable, "-m", "breakd", "run", "--config", str(config)])
            desk.wait(lambda: registered(desk), "breakd's icon")
            print(f"breakd: icon after {time.monotonic() - began:.3f} s")
            peer = desk.start([args.peer])
            measure("breakd", breakd, args.seconds)
            measure(args.peer, peer, args.seconds)


if __name__ == "__main__":
    main()
