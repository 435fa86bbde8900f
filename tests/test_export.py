"""`breakd export`: the rows are those of `breakd log`, on standard output or in a file that is written whole."""

import os
import stat
import subprocess
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from breakd.adapters.history import Log
from breakd.core.record import Record
from running import PROGRAM, SECONDS, Home

NINE = datetime(2025, 6, 2, 9, 0, tzinfo=timezone(timedelta(hours=2)))
ROWS = [
    Record(NINE, "daemon_started"),
    Record(NINE + timedelta(minutes=30), "due", 1, "micro"),
    Record(NINE + timedelta(minutes=40), "started", 1, "micro", "helicopters", None, None, "notification"),
    Record(NINE + timedelta(minutes=42), "taken", 1, "micro", "helicopters", 120, None, "routine"),
    Record(NINE + timedelta(minutes=50), "felt", rating=3, source="notification"),
    Record(NINE + timedelta(days=1), "skipped", 2, 'Pause, "kurz"', "walk", None, None, "cli"),
]


@pytest.fixture
def kept(home: Home) -> Home:
    Log(home.data / "log.db").append(ROWS)
    return home


@pytest.mark.parametrize("form", ["json", "csv"])
@pytest.mark.parametrize("days", [[], ["--since", "2025-06-03"], ["--until", "2025-06-02"], ["--since", "today"]])
def test_the_rows_are_those_of_the_log(kept: Home, tmp_path: Path, form: str, days: list[str]) -> None:
    rows = kept.breakd("log", "--format", form, *days).stdout
    done = kept.breakd("export", "--format", form, *days)
    assert (done.returncode, done.stdout, done.stderr) == (0, rows, "")
    file = tmp_path / "out"
    done = kept.breakd("export", "--format", form, *days, "--output", str(file))
    assert (done.returncode, done.stderr, file.read_text()) == (0, "", rows)


def test_without_a_format_it_is_json_lines(kept: Home) -> None:
    rows = kept.breakd("log", "--format", "json").stdout
    assert kept.breakd("export").stdout == kept.breakd("export", "--output", "-").stdout == rows


def test_a_file_is_the_persons_alone_and_told(kept: Home, tmp_path: Path) -> None:
    file = tmp_path / "out.json"
    assert kept.breakd("export", "--output", str(file)).stdout == f"6 events in {file}\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert kept.breakd("export", "--since", "2025-06-03", "--output", str(file)).stdout == f"One event in {file}\n"
    assert file.read_text().count("\n") == 1
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith((".", "out"))] == ["out.json"]


def test_a_link_stays_one(kept: Home, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "behind")
    kept.breakd("export", "--output", str(link))
    assert link.is_symlink()
    assert (tmp_path / "behind").read_text() == kept.breakd("export").stdout


def test_a_log_that_is_not_there_is_empty(home: Home, tmp_path: Path) -> None:
    assert home.breakd("export").stdout == ""
    assert home.breakd("export", "--format", "csv").stdout.startswith("id,uid,at,")
    assert home.breakd("export", "--output", str(tmp_path / "out")).stdout == f"0 events in {tmp_path / 'out'}\n"
    assert not home.data.exists()


def test_a_pipe_is_written_to(kept: Home, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writing = subprocess.Popen([*PROGRAM, "export", "--output", str(pipe)], env=kept.env, stdout=subprocess.PIPE)
    assert pipe.read_text() == kept.breakd("export").stdout
    assert writing.communicate(timeout=SECONDS)[0] == b""
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_where_a_file_cannot_be_written_it_says_so(kept: Home, tmp_path: Path) -> None:
    for name, why in [
        (tmp_path, "it is a folder; name a file in it"),
        (tmp_path / "none" / "out", "No such file or directory"),
        (tmp_path / "config.toml" / "out", "Not a directory"),
        (Path("/dev/full"), "No space left on device"),
    ]:
        done = kept.breakd("export", "--output", str(name))
        assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{name} cannot be written: {why}\n")


def test_a_full_disk_leaves_the_file_as_it_was(kept: Home, tmp_path: Path) -> None:
    file = tmp_path / "out"
    file.write_text("as it was")
    Log(kept.data / "log.db").append(ROWS[:1] * 2000)
    full = ["bash", "-c", 'ulimit -f 100; exec "$@"', "bash", *PROGRAM, "export", "--output", str(file)]
    done = subprocess.run(full, env=kept.env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{file} cannot be written: File too large\n")
    assert file.read_text() == "as it was"
    assert not list(tmp_path.glob(".*"))


def test_the_log_itself_is_not_written_over(kept: Home, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(kept.data / "log.db")
    for name in (kept.data / "log.db", link):
        done = kept.breakd("export", "--output", str(name))
        assert (done.returncode, done.stdout, done.stderr) == (2, "", f"{name} is the log itself; name another file\n")
    assert len(kept.log()) == 6


def test_a_damaged_log_writes_no_file(home: Home, tmp_path: Path) -> None:
    home.data.mkdir(parents=True)
    (home.data / "log.db").write_text("no database" * 1000)
    done = home.breakd("export", "--output", str(tmp_path / "out"))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "damaged" in done.stderr
    assert not (tmp_path / "out").exists()
