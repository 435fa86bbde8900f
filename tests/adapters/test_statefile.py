"""The saved state against real files."""

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from breakd.adapters import statefile
from breakd.adapters.statefile import Loaded


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "state.json"


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_no_file_is_no_state_and_no_problem(path: Path) -> None:
    assert statefile.load(path) == Loaded(None)
    assert not path.parent.exists()


def test_what_was_saved_is_loaded(path: Path) -> None:
    for document in ({"version": 1, "tiers": {"café": [1, 2.5, None]}}, {}):
        assert statefile.save(path, document) is None
        assert statefile.load(path) == Loaded(document)


def test_only_the_person_can_read_it(path: Path) -> None:
    statefile.save(path, {})
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert names(path.parent) == ["state.json"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'{"version": 1',
        b"[1, 2]",
        b"null",
        b'"text"',
        b"\xff\xfe",
        b"[" * 1_000_000,
        b'{"n": ' + b"9" * 10_000 + b"}",
    ],
    ids=["empty", "cut", "list", "null", "text", "bytes", "brackets", "digits"],
)
def test_a_damaged_file_is_set_aside_and_said(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    for n in (1, 2):
        path.write_bytes(content)
        aside = path.with_name(f"state.json.corrupt-{n}")
        said = f"the saved state {path} cannot be used: it is damaged; it is set aside as {aside}"
        assert statefile.load(path) == Loaded(None, said)
        assert aside.read_bytes() == content
        assert not path.exists()
    assert statefile.save(path, {"version": 1}) is None
    assert statefile.load(path) == Loaded({"version": 1})


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo])
def test_what_is_no_file_is_set_aside(path: Path, make: Callable[[Path], None]) -> None:
    path.parent.mkdir()
    make(path)
    problem = statefile.load(path).problem
    assert problem == f"the saved state {path} cannot be used: it is not a file; it is set aside as {path}.corrupt-1"
    assert names(path.parent) == ["state.json.corrupt-1"]


def test_the_daemon_can_set_a_state_aside_that_it_does_not_understand(path: Path) -> None:
    statefile.save(path, {"version": 99})
    said = statefile.set_aside(path, "it is of a newer breakd")
    assert (
        said == f"the saved state {path} cannot be used: it is of a newer breakd; it is set aside as {path}.corrupt-1"
    )
    assert json.loads(Path(f"{path}.corrupt-1").read_text()) == {"version": 99}


def test_a_folder_that_is_a_file_is_told_and_not_raised(path: Path) -> None:
    path.parent.write_text("not a folder")
    assert "cannot be used: Not a directory; nor can it be set aside" in str(statefile.load(path).problem)
    assert str(statefile.save(path, {})).startswith(f"the state cannot be saved: {path}: ")
    path.parent.unlink()
    assert statefile.save(path, {"now": "it works"}) is None


def test_a_save_that_fails_leaves_the_old_state(path: Path) -> None:
    statefile.save(path, {"old": True})
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))  # the kernel refuses what is longer, as a full disk does
    try:
        problem = statefile.save(path, {"long": "x" * 5000})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert problem == f"the state cannot be saved: {path}: File too large (a restart would begin anew)"
    assert statefile.load(path) == Loaded({"old": True})
    assert names(path.parent) == ["state.json"]


def test_a_kill_in_the_midst_of_saving_leaves_a_whole_state(path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from breakd.adapters import statefile\n"
        "for n in range(1, 10**6):\n"
        "    statefile.save(Path(sys.argv[1]), {'n': n, 'long': [n] * 20000})\n"
        "    print(n, flush=True)\n"
    )
    for _ in range(3):
        with subprocess.Popen([sys.executable, "-c", program, path], stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            said = [writer.stdout.readline() for _ in range(3)]
            writer.send_signal(signal.SIGKILL)
            said += writer.stdout.readlines()
        document = statefile.load(path).document
        assert document is not None
        assert document["n"] in {len(said), len(said) + 1}
        assert document["long"] == [document["n"]] * 20000
    assert statefile.save(path, {"after": 1}) is None
    assert names(path.parent) == ["state.json"]


@given(content=st.binary(max_size=40) | st.text(max_size=40).map(lambda text: json.dumps(text).encode()))
@settings(max_examples=50, deadline=None)
def test_no_content_is_lost_or_raises(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "state.json")
        path.write_bytes(content)
        loaded = statefile.load(path)
        [kept] = path.parent.iterdir()
        assert kept.read_bytes() == content
        assert (loaded.document is None) == (loaded.problem is not None) == (kept != path)


@pytest.mark.parametrize(
    ("document", "number"),
    [
        ({"engine": {"offer": {"id": 7}}}, 7),
        ({"engine": {"offer": None}}, None),
        ({}, None),
        ({"engine": [7]}, None),
        ({"engine": {"offer": {"id": "7"}}}, None),
    ],
)
def test_the_open_offer_is_told(path: Path, document: dict[str, Any], number: int | None) -> None:
    assert statefile.open_offer(path) is None
    statefile.save(path, document)
    assert statefile.open_offer(path) == number
