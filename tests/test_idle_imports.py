"""What a running daemon has loaded: nothing of what tells, shows and explains the figures, and nothing that draws them.

The import contract in pyproject.toml says the same of the code; here a real one serves a break and names what it loads.
"""

import re
from pathlib import Path

from running import QUICK, Home, ended

LATE = {"breakd.insight", "breakd.report", "breakd.evidence", "breakd.adapters.ledger", "matplotlib", "numpy"}
"""What belongs to processes that end."""

NAMES = {"PYTHONPROFILEIMPORTTIME": "1"}
"""Has Python name each module on standard error, as it is loaded."""


def loaded(text: str) -> set[str]:
    """Return the modules that Python named, and the packages that they are of."""
    names = re.findall(r"^import time:\s+\d+ \|\s+\d+ \| *(\S+)$", text, re.MULTILINE)
    return {name[:end] for name in names for end in [*(dot.start() for dot in re.finditer(r"\.", name)), len(name)]}


def used(pid: int) -> list[str]:
    """Return the files of the late parts that a process has open or mapped."""
    process = Path(f"/proc/{pid}")
    mapped = {line.split(maxsplit=5)[5] for line in (process / "maps").read_text().splitlines() if "/" in line}
    opened = {str(fd.readlink()) for fd in (process / "fd").iterdir()}
    parts = [name.replace(".", "/") for name in LATE]
    return [file for file in sorted(mapped | opened) if any(f"/{part}" in file for part in parts)]


def test_a_daemon_that_serves_a_break_loads_nothing_of_the_figures(home: Home) -> None:
    home.config.write_text(QUICK)
    daemon = home.run(env=home.env | NAMES)
    home.wait_for_event("prompted")
    assert home.breakd("start").returncode == 0
    home.wait(lambda: "taken" in home.events(), "the end of the break")
    assert used(daemon.pid) == []
    daemon.terminate()
    assert ended(daemon) == 0

    modules = loaded(home.text())
    assert {"breakd.daemon", "breakd.core.engine", "breakd.adapters.history", "breakd.adapters.routine"} <= modules
    assert modules & LATE == set()


def test_the_page_of_the_figures_is_seen_to_load_them(home: Home) -> None:
    named = loaded(home.breakd("stats", **NAMES).stderr)
    assert {"breakd.insight", "breakd.adapters.ledger"} <= named
    assert "breakd.insight" in loaded(home.breakd("week", "2026-06-01", **NAMES).stderr)
    assert {"breakd.report", "breakd.evidence", "matplotlib"} <= loaded(home.breakd("report", **NAMES).stderr)
