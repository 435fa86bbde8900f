"""What an earlier breakd left behind, and what a later one did, each read by today's.

tests/examples/states holds states that commits of this repository saved, one letter for each form that there was, and
tests/examples/schemas a dump of a log of each schema.
"""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from breakd.adapters.history import Log, read
from breakd.adapters.schema import MIGRATIONS
from breakd.config import load as load_config
from breakd.core.durations import MINUTE, SECOND
from breakd.core.state import Phase, State, load
from running import ALWAYS, QUICK, Home

EXAMPLES = Path(__file__).parent / "examples"
FORMS = sorted({path.name[0] for path in (EXAMPLES / "states").iterdir()})
CONFIG = f"""{ALWAYS}
[[break]]
name = "micro"
every = "30m"
length = "2m"
routines = ["helicopters"]

[[break]]
name = "walk"
every = "2h"
length = "25m"
routines = ["walk"]
"""
"""The configuration with which the states were made."""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path, CONFIG)
    yield home
    home.close()


def saved(form: str, story: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((EXAMPLES / "states" / f"{form}-{story}.json").read_text())
    return document


def loaded(home: Home, document: dict[str, Any]) -> State:
    return load(document["engine"], load_config(str(home.config)).settings)


# The saved state


@pytest.mark.parametrize("form", FORMS)
def test_clocks_and_a_snoozed_offer_are_as_they_were(home: Home, form: str) -> None:
    state = loaded(home, saved(form, "snoozed"))
    assert state.sat == (33 * MINUTE, 33 * MINUTE)
    assert state.offer is not None
    assert (state.offer.id, state.offer.phase, state.offer.until) == (8, Phase.SNOOZED, 76 * MINUTE)
    assert state.counted == ((31 * MINUTE, 33 * MINUTE),)
    assert state.person.present_since <= state.person.last_sign == 31 * MINUTE


@pytest.mark.parametrize("form", FORMS)
def test_a_routine_that_stood_still_has_at_least_what_it_had_left(home: Home, form: str) -> None:
    offer = loaded(home, saved(form, "routine")).offer
    assert offer is not None
    assert (offer.phase, offer.until) == (Phase.ROUTINE, None)
    assert 90 * SECOND <= offer.left <= offer.length


@pytest.mark.parametrize("form", FORMS)
def test_a_pause_goes_on(home: Home, form: str) -> None:
    state = loaded(home, saved(form, "paused"))
    assert state.sat == (20 * MINUTE + 30 * SECOND,) * 2
    assert state.paused is not None
    assert state.paused.local is not None


@pytest.mark.parametrize("form", FORMS)
def test_a_daemon_goes_on_from_it_a_moment_later(home: Home, form: str) -> None:
    document = saved(form, "snoozed")
    now_us = time.time_ns() // 1000
    document["time"]["wall"] = now_us
    document["engine"]["wall"]["offset"] = now_us - document["engine"]["now"]
    home.state.mkdir(parents=True)
    (home.state / "state.json").write_text(json.dumps(document))
    home.run()
    status = home.status()
    assert status["offer"] == {"id": 8, "break": "micro", "state": "snoozed", "snoozes_left": 2}
    # The two minutes of silence before its end were an absence by the daemon's end.
    assert 31 * 60 <= status["tiers"][1]["sat_s"] <= 33 * 60
    assert [entry.name for entry in home.state.glob("state.json*")] == ["state.json"]


def test_keys_of_a_newer_breakd_cost_nothing(home: Home) -> None:
    document = saved("c", "snoozed")
    before = loaded(home, document)
    engine = document["engine"]
    for part in (engine, engine["person"], engine["offer"], engine["tiers"]["walk"], engine["wall"]):
        part["of-a-newer-breakd"] = {"any": ["thing"]}
    assert loaded(home, document) == before


def test_a_state_of_a_newer_version_is_set_aside_and_said(home: Home) -> None:
    document = saved("c", "snoozed")
    document["engine"]["version"] = 2
    home.state.mkdir(parents=True)
    text = json.dumps(document)
    (home.state / "state.json").write_text(text)
    home.run()
    assert "its version is 2, and this breakd knows 1; it is set aside as " in home.text()
    assert (home.state / "state.json.corrupt-1").read_text() == text


# The log


SCHEMAS = [EXAMPLES / "schemas" / f"v{number}.sql" for number in range(1, len(MIGRATIONS))]


def of_schema(path: Path, dump: Path) -> list[Any]:
    """Lay a log of an earlier schema there, and return its rows."""
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(dump.read_text(encoding="utf-8"))
        connection.execute("PRAGMA journal_mode = WAL")
    return list(read(path))


def schema(path: Path) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY name").fetchall()


@pytest.mark.parametrize("dump", SCHEMAS, ids=lambda dump: dump.stem)
def test_a_log_of_each_earlier_schema_is_read_brought_up_and_kept(home: Home, dump: Path, tmp_path: Path) -> None:
    path = home.data / "log.db"
    rows = of_schema(path, dump)
    assert len(rows) == 16
    assert Log(path).last_offer() == 4
    done = home.breakd("log", "--format", "json")
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == [*range(1, 17)]

    home.run()
    assert home.status()["log_error"] is None
    now = list(read(path))
    assert now[:-1] == rows
    assert (now[-1][0], now[-1][2].event) == (17, "daemon_started")
    assert list(read(home.data / f"log.db.{dump.stem}")) == rows
    Log(tmp_path / "new.db").append([rows[0][2]])
    assert schema(path) == schema(tmp_path / "new.db")


def test_a_newer_log_is_refused_left_alone_and_stops_no_reminder(home: Home) -> None:
    home.config.write_text(QUICK)
    path = home.data / "log.db"
    of_schema(path, SCHEMAS[0])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    daemon = home.run()
    home.wait_for_text("Stand up")
    said = f"{path} is of a newer breakd (log version 99; this one knows {len(MIGRATIONS)}): update breakd"
    assert said in home.status()["log_error"]
    assert home.breakd("skip").returncode == 0
    done = home.breakd("log")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{said}\n")
    daemon.terminate()
    daemon.wait()
    assert path.read_bytes() == before
    assert not list(home.data.glob("log.db.*"))
    assert json.loads((home.state / "state.json").read_text())["engine"]["offers"] == 1
