"""`breakd import`: all of a file or nothing, nothing twice, and no number of an offer twice, whoever runs meanwhile."""

import json
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from breakd import __version__
from breakd.adapters.control import release_lock, take_lock
from breakd.adapters.history import Log, read
from breakd.cli import main
from breakd.core.record import OUTCOMES, Name, Record, as_json
from machine import Machine
from running import PROGRAM, QUICK, SECONDS, Home, Terminal, ended

Printed = pytest.CaptureFixture[str]
Row = dict[str, Any]

NINE = datetime.fromisoformat("2025-06-02T09:00:00+02:00")
SAID = "import takes JSON Lines, as `breakd export` prints them"


def row(event: Name, offer: int | None = None, minute: int = 0, **more: Any) -> Row:
    found = Record(NINE + timedelta(minutes=minute), event, offer, None if offer is None else "micro")
    return as_json(1, str(uuid4()), found) | more


def a_break(offer: int, outcome: Name | None = "taken", minute: int = 0) -> list[Row]:
    """Return the rows of one offer; with no outcome it is open."""
    rows = [row("due", offer, minute), row("prompted", offer, minute)]
    return rows if outcome is None else [*rows, row(outcome, offer, minute + 2)]


MANY = [row("paused", minute=n) for n in range(12_000)]
"""Enough for several steps of writing."""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    """A home in which commands run within the test's own process."""
    home = Home(tmp_path)
    for key, value in home.env.items():
        monkeypatch.setenv(key, value)
    yield home
    home.close()


def written(folder: Home, rows: list[Row], name: str = "log.jsonl") -> Path:
    path = folder.home / name
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def took(folder: Home, rows: list[Row], name: str = "log.jsonl") -> None:
    assert main(["import", str(written(folder, rows, name))]) == 0


def offers(rows: list[Row]) -> set[frozenset[str]]:
    """Return which rows, by their uid, are of one offer."""
    found = defaultdict(set)
    for each in rows:
        if each["offer"] is not None:
            found[each["offer"]].add(each["uid"])
    return {frozenset(uids) for uids in found.values()}


def without_numbers(rows: list[Row]) -> list[Row]:
    return [row | {"id": None, "offer": row["offer"] is not None} for row in rows]


# What comes in


def test_what_is_exported_comes_in_as_it_was(home: Home) -> None:
    rows = [row("daemon_started"), *a_break(7), row("felt", rating=0), *a_break(9, None, 30)]
    done = home.breakd("import", str(written(home, rows)))
    assert (done.returncode, done.stdout, done.stderr) == (0, "Imported 7 events of 2 breaks.\n", "")
    assert [path.name for path in home.data.iterdir()] == ["log.db"]
    assert (home.data / "log.db").stat().st_mode & 0o777 == 0o600
    assert without_numbers(home.log()) == without_numbers(rows)
    assert [row["id"] for row in home.log()] == [1, 2, 3, 4, 5, 6, 7]
    assert [row["offer"] for row in home.log()] == [None, 1, 1, 1, None, 2, 2]
    assert home.breakd("export").stdout == home.breakd("log", "--format", "json").stdout


def test_a_second_time_nothing_is_added(home: Home) -> None:
    file = str(written(home, [row("daemon_started"), *a_break(1)]))
    home.breakd("import", file)
    before = home.log()
    done = home.breakd("import", file)
    assert done.stdout == "Imported 0 events of 0 breaks; 4 were there already.\n"
    assert home.log() == before
    took_one = home.breakd("import", str(written(home, [*a_break(3), row("paused")])))
    assert took_one.stdout == "Imported 4 events of one break.\n"
    assert [row["offer"] for row in home.log()] == [None, 1, 1, 1, 2, 2, 2, None]


def test_what_simulate_prints_comes_in_from_a_pipe(home: Home) -> None:
    printed = home.breakd("simulate", "--from", "2025-06-02", "--to", "2025-06-03", "--json").stdout
    done = subprocess.run(
        [*PROGRAM, "import", "-"], input=printed, env=home.env, capture_output=True, text=True, check=True
    )
    assert (done.stderr, done.stdout.startswith("Imported ")) == ("", True)
    assert without_numbers(home.log()) == without_numbers([json.loads(line) for line in printed.splitlines()])


def test_the_rest_of_a_break_goes_to_what_is_there_of_it(here: Home) -> None:
    begun = a_break(5, None)
    took(here, [*a_break(1), *begun], "monday")
    took(here, [*a_break(8), *a_break(9)], "another machine's")
    took(here, [*begun, row("started", 5, 3), row("taken", 5, 5), *a_break(6)], "tuesday")
    assert [row["offer"] for row in here.log()] == [1, 1, 1, 2, 2, 3, 3, 3, 4, 4, 4, 2, 2, 5, 5, 5]


def test_rows_of_the_persons_own_log_stay_as_they_are(here: Home) -> None:
    Log(here.data / "log.db").append([Record(NINE, "due", 41, "micro")])
    before = here.log()
    took(here, a_break(1))
    assert here.log()[:1] == before
    assert [row["offer"] for row in here.log()] == [41, 42, 42, 42]
    assert Log(here.data / "log.db").last_offer() == 42


def test_an_uid_twice_in_a_file_counts_once(here: Home, capsys: Printed) -> None:
    rows = a_break(1)
    took(here, rows + rows)
    assert capsys.readouterr().out == "Imported 3 events of one break.\n"


def test_an_older_export_has_no_rating_and_ids_are_not_needed(here: Home) -> None:
    rows = [{key: value for key, value in row.items() if key not in {"id", "rating"}} for row in a_break(1)]
    took(here, rows)
    assert [row["rating"] for row in here.log()] == [None, None, None]


@pytest.mark.parametrize("at", ["2025-06-02T07:00:00Z", "2025-06-02 07:00:00+00:00"])
def test_a_time_is_kept_as_the_log_writes_it(here: Home, at: str) -> None:
    took(here, [row("paused", at=at)])
    assert [row["at"] for row in here.log()] == ["2025-06-02T07:00:00+00:00"]


@pytest.mark.parametrize("content", ["", "\n \n"])
def test_an_empty_file_is_no_row(here: Home, capsys: Printed, content: str) -> None:
    file = here.home / "empty"
    file.write_text(content)
    assert main(["import", str(file)]) == 0
    assert capsys.readouterr() == ("Imported 0 events of 0 breaks.\n", "")
    assert here.log() == []


def test_the_day_counts_what_was_taken_on_another_machine(here: Home) -> None:
    took(here, [*a_break(1), row("felt", rating=4)])
    log = Log(here.data / "log.db")
    assert (log.taken_on(NINE.date()), log.felt_on(NINE.date())) == (1, 4)


def test_a_log_of_an_earlier_breakd_is_brought_up_to_date(here: Home) -> None:
    from breakd.adapters.schema import MIGRATIONS, migrate  # noqa: PLC0415 - for this test alone

    here.data.mkdir(parents=True)
    with closing(sqlite3.connect(here.data / "log.db", isolation_level=None)) as connection:
        migrate(connection, 0, MIGRATIONS[:1])
    took(here, a_break(1))
    assert len(here.log()) == 3
    assert (here.data / "log.db.v1").exists()


# What is wrong


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("{", f"this is not a JSON object; {SAID}"),
        ("[1]", f"this is not a JSON object; {SAID}"),
        ("null", f"this is not a JSON object; {SAID}"),
        ("[" * 10_000, f"this is not a JSON object; {SAID}"),
        ("\udcff", f"this is not a JSON object; {SAID}"),
        ("id,uid,at,event", f"this is CSV; {SAID}"),
        ("x" * 100_000, f"the line is too long for an event; {SAID}"),
        ('{"a": 1}', f"`uid` is missing; {SAID}"),
        ({"reason": ...}, f"`reason` is missing; {SAID}"),
        ({"colour": "red"}, f'"colour" is no key of an event; {SAID}'),
        ({"uid": "1"}, '`uid` "1" is not a UUID'),
        ({"uid": None}, "`uid` null is not a UUID"),
        ({"at": "2025-06-02T09:00:00"}, '`at` "2025-06-02T09:00:00" has no offset; write 2026-06-01T09:00:00+00:00'),
        ({"at": "noon"}, '`at` "noon" is not an ISO 8601 time'),
        ({"at": 5}, "`at` 5 is not an ISO 8601 time"),
        ({"at": "0001-01-01T00:00:00+14:00"}, '`at` "0001-01-01T00:00:00+14:00" is outside the years 1900 to 9000'),
        ({"event": "slept"}, '`event` "slept" is none; there are daemon_started, daemon_stopped, due, held'),
        ({"event": ["due"]}, '`event` ["due"] is none; there are daemon_started'),
        ({"event": "taken", "offer": None}, "taken needs an `offer`"),
        ({"event": "resumed"}, "resumed has no `offer`, so it must be null"),
        ({"offer": 0}, "`offer` 0 is neither null nor a whole number from 1 on"),
        ({"offer": True}, "`offer` true is neither null nor a whole number from 1 on"),
        ({"offer": 2**63}, f"`offer` {2**63} is neither null nor a whole number from 1 on"),
        ({"duration_s": 1.5}, "`duration_s` 1.5 is neither null nor a whole number from 0 on"),
        ({"duration_s": -1}, "`duration_s` -1 is neither null nor a whole number from 0 on"),
        ({"break": 5}, "`break` 5 is neither null nor a text without line ends and control characters"),
        ({"reason": "a\u001b[2J"}, '`reason` "a\\u001b[2J" is neither null nor a text without line ends'),
        ({"exercise": "\ud800"}, '`exercise` "\\ud800" is neither null nor a text without line ends'),
        ({"source": None}, "`source` is empty; write daemon"),
        ({"rating": 3}, "`rating` is a whole number from 0 to 10 of `felt` alone"),
        ({"event": "felt", "offer": None}, "`rating` is a whole number from 0 to 10 of `felt` alone"),
        ({"event": "felt", "offer": None, "rating": 11}, "`rating` is a whole number from 0 to 10 of `felt` alone"),
    ],
)
def test_a_wrong_line_is_told_and_nothing_imported(
    here: Home, capsys: Printed, wrong: str | dict[str, Any], said: str
) -> None:
    if isinstance(wrong, dict):
        changed = row("due", 9) | wrong
        wrong = json.dumps({key: value for key, value in changed.items() if value is not ...})
    file = here.home / "file"
    file.write_bytes(f"{json.dumps(row('paused'))}\n\n{wrong}\n".encode(errors="surrogateescape"))
    assert main(["import", str(file)]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n"), err.startswith(f"{file}:3: {said}")) == ("", 1, True), err
    assert not here.data.exists()


def test_a_row_that_says_something_else_is_told(here: Home, capsys: Printed) -> None:
    rows = a_break(1)
    took(here, rows)
    capsys.readouterr()
    for change in ({"break": "walk"}, {"at": "2025-06-02T09:02:01+02:00"}, {"event": "paused", "offer": None}):
        file = written(here, [row("paused"), rows[0], rows[2] | change])
        assert main(["import", str(file)]) == 2
        said = f"{file}:3: the log has its uid as event 3, which says something else, and stays; take the line out\n"
        assert capsys.readouterr() == ("", said)
    file = written(here, [row("paused"), rows[0], rows[0] | {"break": "walk"}])
    assert main(["import", str(file)]) == 2
    said = f"{file}:3: its uid is that of line 2, which says something else; take one of them out\n"
    assert capsys.readouterr() == ("", said)
    assert len(here.log()) == 3


def test_an_offer_ends_once(here: Home, capsys: Printed) -> None:
    rows = a_break(5)
    file = written(here, [*rows, *a_break(5)])
    assert main(["import", str(file)]) == 2
    said = f"{file}:6: offer 5 has ended on line 3; the logs of two machines are imported one by one\n"
    assert capsys.readouterr() == ("", said)
    took(here, rows)
    capsys.readouterr()
    file = written(here, [*rows[:2], row("skipped", 5)])
    assert main(["import", str(file)]) == 2
    assert capsys.readouterr().err == (
        f"{file}:3: the log has the end of its offer already, as event 3; take the line out\n"
    )
    assert len(here.log()) == 3


@pytest.mark.parametrize(("name", "why"), [("none", "No such file or directory"), (".", "Is a directory")])
def test_a_file_that_cannot_be_read_is_told(home: Home, name: str, why: str) -> None:
    path = home.home / name
    done = home.breakd("import", str(path))
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"{path}: it cannot be read: {why}\n")


def test_standard_input_is_named(home: Home) -> None:
    command = [*PROGRAM, "import", "-"]
    done = subprocess.run(command, input="no\n", env=home.env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, f"standard input:1: this is not a JSON object; {SAID}\n")


# Where the log cannot take it


def refused(home: Home, why: str) -> None:
    """See that an import says why it cannot be, in a line."""
    done = home.breakd("import", str(written(home, a_break(1))))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"nothing was imported: {why}\n"


def test_a_log_of_a_newer_breakd_stays(home: Home) -> None:
    Log(home.data / "log.db").append([Record(NINE, "paused")])
    with closing(sqlite3.connect(home.data / "log.db")) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = (home.data / "log.db").read_bytes()
    refused(home, f"{home.data}/log.db is of a newer breakd (log version 99; this one knows 3): update breakd")
    assert (home.data / "log.db").read_bytes() == before


def test_a_damaged_log_stays(home: Home) -> None:
    home.data.mkdir(parents=True)
    (home.data / "log.db").write_text("no database" * 1000)
    refused(home, f"{home.data}/log.db is damaged: breakd restart sets it aside and begins a new one")
    assert (home.data / "log.db").read_text() == "no database" * 1000


def test_a_log_that_is_no_file_is_told(home: Home) -> None:
    (home.data / "log.db").mkdir(parents=True)
    refused(home, f"{home.data}/log.db cannot be opened: see that it is a file in a folder of yours")


def test_a_log_that_somebody_has_locked_is_told(home: Home) -> None:
    log = home.data / "log.db"
    Log(log).append([Record(NINE, "paused")])
    with closing(sqlite3.connect(log, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        refused(home, f"{log} is locked by another program: close that program")
    assert len(home.log()) == 1


def test_a_full_disk_leaves_the_log_as_it_was(home: Home) -> None:
    Log(home.data / "log.db").append([Record(NINE, "paused")])
    file = written(home, MANY)
    for blocks in (2000, 8):  # while the log is written, and while the rows are gathered
        full = ["bash", "-c", f'ulimit -f {blocks}; exec "$@"', "bash", *PROGRAM, "import", str(file)]
        done = subprocess.run(full, env=home.env, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
        assert done.stderr.startswith("nothing was imported: ")
        assert home.events() == ["paused"]


def test_a_kill_in_the_midst_imports_nothing_or_all_and_the_next_the_rest(home: Home) -> None:
    file = written(home, [*MANY, *a_break(1)])
    grown = home.data / "log.db-wal"
    killed = subprocess.Popen([*PROGRAM, "import", str(file)], env=home.env)

    def is_full() -> bool:
        with suppress(FileNotFoundError):
            return grown.stat().st_size > 100_000
        return False

    home.wait(lambda: is_full() or killed.poll() is not None, "rows that are on the disk")
    killed.send_signal(signal.SIGKILL)
    assert ended(killed) in {-signal.SIGKILL, 0}  # it may have come to its end between two looks
    assert len(home.log()) in {0, 12_003}
    assert home.breakd("import", str(file)).returncode == 0
    assert [row["id"] for row in home.log()] == list(range(1, 12_004))


# Beside a daemon


def test_a_daemon_that_runs_counts_on_behind_it(tmp_path: Path) -> None:
    home = Home(tmp_path, QUICK)
    try:
        home.run()
        home.wait(lambda: "due" in home.events(), "a prompt")
        rows = [each for offer in range(1, 40) for each in a_break(offer, None if offer == 39 else "taken")]
        imported = {row["uid"] for row in rows}
        done = home.breakd("import", str(written(home, rows)))
        assert (done.returncode, done.stdout, done.stderr) == (0, "Imported 116 events of 39 breaks.\n", "")
        home.breakd("skip")  # what was open, or has come due meanwhile
        home.wait(lambda: own_offers(home, imported) - {1}, "a prompt after the import")
        assert not own_offers(home, imported) & {row["offer"] for row in home.log() if row["uid"] in imported}
        ends = [row["offer"] for row in home.log() if row["event"] in OUTCOMES]
        assert len(ends) == len(set(ends)), "an offer ended twice"
        assert [row["id"] for row in home.log()] == list(range(1, len(home.log()) + 1))
        home.wait(lambda: home.status()["log_error"] is None, "a log that is well")
    finally:
        home.close()


def own_offers(home: Home, imported: set[str]) -> set[int]:
    """Return the numbers of the daemon's own offers."""
    return {row["offer"] for row in home.log() if row["offer"] is not None and row["uid"] not in imported}


def test_a_daemon_that_starts_after_it_counts_on_behind_it(home: Home) -> None:
    home.breakd("import", str(written(home, [*a_break(3), *a_break(4)])))
    home.run()
    assert home.breakd("start").returncode == 0
    home.wait_for_event("started")
    assert home.log()[-1]["offer"] == 3


def test_what_was_reserved_outlives_a_kill_and_the_open_offer_keeps_its_number() -> None:
    machine = Machine()
    machine.sit(30)
    assert machine.ask(do="reserve", offers=5)["data"] == {"first": 2}
    assert machine.ask(do="reserve", offers=1)["data"] == {"first": 7}
    machine.start()
    machine.ask(do="skip")
    machine.sit(30)
    assert [row.offer for row in machine.history.rows if row.event in {"due", "skipped"}] == [1, 1, 8]


def test_a_daemon_passes_over_the_numbers_of_a_log_that_was_put_in_the_place_of_its_own() -> None:
    machine = Machine()
    machine.history.append([Record(NINE, "due", 70, "micro")])
    assert machine.ask(do="reserve", offers=5)["data"] == {"first": 71}


@pytest.mark.parametrize("offers", [None, 0, -1, True, "5", 1.0, 10**12])
def test_a_daemon_gives_no_senseless_number_of_numbers(offers: object) -> None:
    reply = Machine().ask(do="reserve", offers=offers)
    assert (reply["ok"], reply["status"]) == (False, 2)
    assert reply["text"] == "reserve needs a number of offers from 1 to 100000000"


class Played:
    """A daemon that gives these answers, one a request, and then hangs up for good."""

    def __init__(self, home: Home, *answers: dict[str, Any]) -> None:
        self.asked: list[Any] = []
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(home.runtime / "breakd.sock"))
        self._server.listen()
        self._answers = list(answers)
        self._path = home.runtime / "breakd.sock"
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        while self._answers:
            client, _address = self._server.accept()
            with client, client.makefile("rb") as lines:
                while self._answers and (line := lines.readline()):
                    self.asked.append(json.loads(line))
                    if len(self._answers) == 1:
                        self._server.close()
                        self._path.unlink()
                    client.sendall(json.dumps({"version": __version__} | self._answers.pop(0)).encode() + b"\n")


GOOD = {"ok": True, "status": 0, "text": "", "data": None}


def test_a_daemon_that_ends_before_the_log_knows_is_not_relied_on(home: Home) -> None:
    played = Played(home, GOOD, GOOD | {"data": {"first": 1}})
    done = home.breakd("import", str(written(home, a_break(1))))
    played.thread.join(SECONDS)
    assert played.asked == [{"do": "status"}, {"do": "reserve", "offers": 1}]
    assert (done.returncode, done.stdout) == (0, "Imported 3 events of one break.\n")
    # A daemon that began in between may have given the first number, so the next one is taken, with its lock held.
    assert [row["offer"] for row in home.log()] == [2, 2, 2]


def test_beside_an_earlier_breakd_nothing_is_touched(home: Home) -> None:
    played = Played(home, GOOD | {"version": "0.0.1"})
    refused(home, f"the breakd that runs is version 0.0.1, this is {__version__}: `breakd restart`")
    played.thread.join(SECONDS)
    assert not home.data.exists()


def test_a_daemon_that_is_about_to_begin_is_waited_for(home: Home) -> None:
    home.state.mkdir(parents=True)
    lock = take_lock(str(home.state / "breakd.lock"))
    file = written(home, a_break(1))
    importing = subprocess.Popen([*PROGRAM, "import", str(file)], env=home.env, stdout=subprocess.PIPE, text=True)
    home.wait((home.data / "log.db").exists, "the log")
    assert importing.poll() is None
    release_lock(lock)
    assert importing.communicate(timeout=SECONDS)[0] == "Imported 3 events of one break.\n"


# Sizes


def test_a_bar_is_shown_on_a_terminal_alone(home: Home) -> None:
    terminal = Terminal()
    busy = subprocess.Popen([*PROGRAM, "import", "-"], env=home.env, stdin=subprocess.PIPE, stderr=terminal.slave)
    assert busy.stdin is not None
    try:
        while "reading: " not in terminal.text:  # it never ends by itself
            busy.stdin.write("".join(json.dumps(row("paused")) + "\n" for _n in range(100)).encode())
            terminal.read_rest()
        busy.send_signal(signal.SIGINT)
        busy.stdin.close()
        assert ended(busy) == 130
        terminal.read_rest()
        assert terminal.text.endswith("\r\x1b[K")
    finally:
        terminal.close()
    assert not home.data.exists()
    done = home.breakd("import", str(written(home, MANY)))
    assert done.stderr == ""


PROBE = """
import re, sys
from pathlib import Path
from breakd.cli import main
main(sys.argv[1:])
print(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1], file=sys.stderr)
"""


def test_memory_does_not_grow_with_the_file(home: Home) -> None:
    def most(*command: str) -> int:
        done = subprocess.run([sys.executable, "-c", PROBE, *command], capture_output=True, env=home.env, check=True)
        return int(done.stderr)

    def both(breaks: int) -> tuple[int, int]:
        file = written(home, [each for offer in range(1, breaks) for each in a_break(offer)])
        return most("import", str(file)), most("export", "--output", str(file))

    (taken, exported), (taken_of_more, exported_of_more) = both(3_000), both(15_000)
    assert taken_of_more < 1.1 * taken
    assert exported_of_more < 1.1 * exported


# Laws

ASKED: tuple[Name, ...] = ("prompted", "snoozed", "held")
ENDS: tuple[tuple[Name, ...], ...] = ((), ("taken",), ("missed",), ("natural",), ("expired",))


@st.composite
def logs(draw: st.DrawFn) -> list[Row]:
    rows: list[Row] = []
    number = draw(st.integers(0, 50))
    for _n in range(draw(st.integers(0, 5))):
        if draw(st.booleans()):
            rows.append(row("felt", rating=draw(st.integers(0, 10))) if draw(st.booleans()) else row("paused"))
        else:
            number += draw(st.integers(1, 3))
            asked = draw(st.lists(st.sampled_from(ASKED), max_size=3))
            outcome = draw(st.sampled_from(ENDS))
            rows += [
                row("due", number),
                *(row(event, number) for event in asked),
                *(row(end, number) for end in outcome),
            ]
            between = draw(st.booleans())
            if outcome and between:
                rows.insert(len(rows) - 1, row("config_reloaded"))
    return [each | {"at": (NINE + timedelta(minutes=n)).isoformat(), "id": n} for n, each in enumerate(rows, 1)]


def imported(home: Home, *files: list[Row]) -> list[Row]:
    """Return what the log holds that these files were imported into, one after the other."""
    (home.data / "log.db").unlink(missing_ok=True)
    for file in files:
        took(home, file)
    return [as_json(*found) for found in read(home.data / "log.db")]


MANY_TIMES = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@MANY_TIMES
@given(rows=logs())
def test_what_is_exported_and_imported_is_the_same(here: Home, rows: list[Row]) -> None:
    first = imported(here, rows)
    assert without_numbers(first) == without_numbers(rows)
    assert offers(first) == offers(rows)
    assert imported(here, first) == imported(here, first, rows, first) == first


@MANY_TIMES
@given(rows=logs(), data=st.data())
def test_parts_that_overlap_make_the_whole(here: Home, rows: list[Row], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(rows)))
    # Of an offer that is cut both parts have a row: by nothing else can it be known again.
    lasts = [
        max(n for n, each in enumerate(rows[:cut]) if each["offer"] == offer)
        for offer in {each["offer"] for each in rows[:cut]} & {each["offer"] for each in rows[cut:]} - {None}
    ]
    begin = data.draw(st.integers(0, min(lasts, default=cut)))
    there = [row for offer in (3, 4) for row in a_break(offer)]
    together = imported(here, there, rows[:cut], rows[begin:])
    assert without_numbers(together) == without_numbers(there + rows)
    assert offers(together) == offers(there) | offers(rows)
    backwards = imported(here, rows[begin:], there, rows[:cut])
    assert offers(backwards) == offers(together)
    assert {row["uid"] for row in backwards} == {row["uid"] for row in together}
