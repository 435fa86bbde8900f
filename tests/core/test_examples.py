import json
import tomllib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from breakd.config.check import check, filled
from breakd.core.record import as_json
from breakd.core.settings import Settings
from breakd.errors import UsageError
from breakd.simulator import read, run_script

EXAMPLES = Path(__file__).parent.parent / "examples"
NAMES = sorted(path.stem for path in EXAMPLES.glob("*.expect"))

Row = dict[str, Any]


def settings(name: str) -> Settings:
    found, problems = check(filled(tomllib.loads((EXAMPLES / f"{name}.toml").read_text(encoding="utf-8"))))
    assert found is not None, problems
    return found


def expected(name: str) -> list[Row]:
    return [json.loads(line) for line in (EXAMPLES / f"{name}.expect").read_text(encoding="utf-8").splitlines()]


def simulated(name: str) -> list[Row]:
    there = settings(name)
    lines = read(EXAMPLES / f"{name}.jsonl", there)
    return [as_json(0, "", row) for row in run_script(lines, there, "UTC", force_zone=False)]


def near(want: Row, got: Row) -> bool:
    """Tell whether `got` has what `want` names, times within a second; offers are compared as groups, elsewhere."""
    begun, came = datetime.fromisoformat(want["at"]), datetime.fromisoformat(got["at"])
    if came.utcoffset() != begun.utcoffset() or abs((came - begun).total_seconds()) > 1:
        return False
    lasted = want.get("duration_s")
    if lasted is not None and (got["duration_s"] is None or abs(got["duration_s"] - lasted) > 1):
        return False
    return all(got[key] == want[key] for key in want.keys() - {"at", "offer", "duration_s"})


def groups(offers: Iterable[object]) -> list[object]:
    """Return each offer as the place of its first row, so that two logs compare whatever the numbers."""
    offers = list(offers)
    return [None if offer is None else offers.index(offer) for offer in offers]


@pytest.mark.parametrize("name", NAMES)
def test_example(name: str) -> None:
    want = expected(name)
    if "exit" in want[0]:
        with pytest.raises(UsageError, match=rf"{name}\.jsonl:{want[0]['line']}: "):
            simulated(name)
        return
    got = simulated(name)
    if not any(row["event"].startswith("daemon_") for row in want):
        got = [row for row in got if not row["event"].startswith("daemon_")]
    assert [row["event"] for row in want] == [row["event"] for row in got]
    assert [(a, b) for a, b in zip(want, got, strict=True) if not near(a, b)] == []
    both = [(a["offer"], b["offer"]) for a, b in zip(want, got, strict=True) if "offer" in a]
    assert groups(a for a, _ in both) == groups(b for _, b in both)


def test_every_example_is_whole() -> None:
    for kind in ("toml", "jsonl", "expect"):
        assert sorted(path.stem for path in EXAMPLES.glob(f"*.{kind}")) == NAMES
