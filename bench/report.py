"""How long `breakd report` takes, and the report's memory, for a year of a busy log: `bench/report.py [DAYS]`.

The log is a played person's, made in a folder of its own. Printed are medians of five runs, and the bare interpreter.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import people
from breakd.adapters.clock import today

RUNS = 5


def seconds(command: list[str], env: dict[str, str]) -> float:
    """Return how long the command takes at the median."""
    taken = []
    for _run in range(RUNS):
        began = time.monotonic()
        subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL)
        taken.append(time.monotonic() - began)
    return median(taken)


def main() -> None:
    days = int(sys.argv[1]) if sys.argv[1:] else 365
    with tempfile.TemporaryDirectory() as folder:
        env = {"PATH": os.environ["PATH"], "HOME": folder, "LANG": "C.UTF-8"}
        log = Path(folder, ".local/share/breakd/log.db")
        log.parent.mkdir(parents=True)
        person = people.Person(absences=4, back=4)
        rows = list(people.live(today() - timedelta(days=days - 1), days, person))
        people.store(log, rows)
        spans = sum(isinstance(row, people.Span) for row in rows)
        print(f"{days} days: {len(rows) - spans} events, {spans} spans")
        report = [sys.executable, "-m", "breakd", "report", "--since", f"{days}d"]
        began = time.monotonic()
        subprocess.run(report, env=env, check=True, stdout=subprocess.DEVNULL)
        print(f"the first report, which looks for the fonts: {time.monotonic() - began:.2f} s")
        print(f"report: {seconds(report, env):.2f} s")
        print(f"bare interpreter: {seconds([sys.executable, '-c', ''], env):.3f} s")
        print(f"memory at its peak: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MB")
        page = Path(folder, ".local/share/breakd/breakd-report.html")
        print(f"the page: {page.stat().st_size / 1024:.0f} KB")


if __name__ == "__main__":
    main()
