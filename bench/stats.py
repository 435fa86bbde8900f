"""What `breakd stats` costs on a log of ten years, about 140,000 events: wall time beyond the start of the interpreter.

    python bench/stats.py [RUNS]

Ten years of `breakd simulate` are written into a log, and for each offer the spans that a daemon would have told: the
sitting before it and its routine. Prints the median of the runs of a week, of all and of `log --format json` with that
command's peak memory for a year and for all ten, which should be alike. Makes the log anew each time, in some 20 s.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from breakd.adapters.history import Log
from breakd.config import load
from breakd.core.record import Record, Span
from breakd.simulator import run_days

FIRST, LAST = date(2016, 1, 1), date(2025, 12, 31)
BREAKD = [sys.executable, "-m", "breakd"]


def rows() -> Iterator[Record | Span]:
    """Yield the events of ten years, and spans for them."""
    since = None
    for row in run_days(FIRST, LAST, load("config.example.toml").settings, "Europe/Berlin"):
        if row.event == "started":
            last = since if since and since.date() == row.at.date() else row.at - timedelta(minutes=30)
            yield Span("sitting", last, int((row.at - last).total_seconds()))
        elif row.event == "taken":
            since, length = row.at, row.duration_s or 0
            yield Span("routine", row.at - timedelta(seconds=length), length, 5, row.offer)
        yield row


def took_s(*command: str) -> float:
    began = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def median_s(runs: int, *command: str) -> float:
    took_s(*command)
    return statistics.median(took_s(*command) for _run in range(runs))


def peak_mb(*command: str) -> float:
    """Return the peak memory of a command."""
    code = "import resource, subprocess, sys; subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True);"
    code += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    said = subprocess.run([sys.executable, "-c", code, *command], capture_output=True, check=True).stdout
    return int(said) / 1024


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_DATA_HOME"] = folder
        log, there = Log(Path(folder) / "breakd/log.db"), list(rows())
        log.append(there)
        events = sum(isinstance(row, Record) for row in there)
        print(f"{events} events, {len(there) - events} spans, {Path(folder, 'breakd/log.db').stat().st_size >> 20} MB")
        bare = median_s(runs, sys.executable, "-c", "pass")
        print(f"{'interpreter':24} {1000 * bare:5.0f} ms")
        week = ("--since", "2025-12-08", "--until", "2025-12-14")
        for name, words in (
            ("stats of a week", week),
            ("stats all", ("all",)),
            ("stats all --json", ("all", "--json")),
        ):
            print(f"{name:24} {1000 * (median_s(runs, *BREAKD, 'stats', *words) - bare):5.0f} ms more")
        for words in (("--since", "2025-01-01"), ()):
            print(f"log {' '.join(words):20} {peak_mb(*BREAKD, 'log', '--format', 'json', *words):5.0f} MB")


if __name__ == "__main__":
    main()
