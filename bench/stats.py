"""What `breakd stats` costs on a log of ten years, about 140,000 events, beyond the start of the interpreter.

    python bench/stats.py [RUNS]

Ten years of `breakd simulate` are written into a log, and for each offer the spans that a daemon would have told: the
sitting before it and its routine. Prints the median processor time of a week and of all ten years (one thread, so that
it is the wall time of a machine that does nothing else), and the peak memory of `log --format json` for one year and
for ten, which should be alike. The log is made anew each time, in some 20 s.
"""

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from breakd.adapters.history import Log
from breakd.config import load
from breakd.core.record import Record, Span
from breakd.simulator import run_days

FIRST, LAST = date(2016, 1, 1), date(2025, 12, 31)
BREAKD = [sys.executable, "-c", "import sys; from breakd.cli import main; sys.exit(main())"]  # as the script does


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


def cost(*command: str) -> tuple[float, float]:
    """Return the processor's milliseconds that the command takes from its start to its end, and its peak in MB."""
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _pid, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0
    return 1000 * (used.ru_utime + used.ru_stime), used.ru_maxrss / 1024


def median_ms(runs: int, *command: str) -> float:
    cost(*command)
    return statistics.median(cost(*command)[0] for _run in range(runs))


def make(path: Path) -> None:
    """Write the log, and say how large it is."""
    log, there = Log(path), list(rows())
    log.append(there)
    assert log.error is None
    events = sum(isinstance(row, Record) for row in there)
    print(f"{events} events, {len(there) - events} spans, {path.stat().st_size >> 20} MB", flush=True)


def main() -> None:
    if sys.argv[1:2] == ["--make"]:
        make(Path(sys.argv[2]))
        return
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XDG_DATA_HOME"] = folder
        # By another process: what this one held would count as the peak of each that it starts.
        subprocess.run([sys.executable, __file__, "--make", f"{folder}/breakd/log.db"], check=True)
        bare = median_ms(runs, sys.executable, "-c", "pass")
        print(f"{'the interpreter':24} {bare:5.0f} ms")
        week = ["--since", "2025-12-08", "--until", "2025-12-14"]
        for name, words in (("stats of a week", week), ("stats all", ["all"]), ("stats all --json", ["all", "--json"])):
            print(f"{name:24} {median_ms(runs, *BREAKD, 'stats', *words) - bare:5.0f} ms more")
        for name, words in (("log of a year", ["--since", "2025-01-01"]), ("log of ten years", [])):
            print(f"{name:24} {cost(*BREAKD, 'log', '--format', 'json', *words)[1]:5.0f} MB")


if __name__ == "__main__":
    main()
