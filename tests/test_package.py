"""What is published: the source archive and the wheel, the same wherever and whenever they are built, and whole."""

import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from packages import ROOT, build

SUFFIXES = {".py", ".png", ".css", ".typed", ".bash", ".zsh", ".fish"}
SHARED = {
    "man/man1/breakd.1", "bash-completion/completions/breakd", "zsh/site-functions/_breakd",
    "fish/vendor_completions.d/breakd.fish",
}  # fmt: skip
"""Where man and the shells look, below share/."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return build(ROOT, tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def names(built: tuple[Path, Path]) -> set[str]:
    """Return the names in the wheel."""
    with zipfile.ZipFile(built[1]) as wheel:
        return set(wheel.namelist())


def test_both_are_the_same_wherever_they_are_built(built: tuple[Path, Path], tmp_path: Path) -> None:
    """Neither the folder, nor the time, nor the umask of the checkout is in them."""
    subprocess.run(["tar", "-xzf", built[0], "-C", tmp_path], check=True)
    (source,) = tmp_path.iterdir()
    for path in [source, *source.rglob("*")]:
        runs = path.is_file() and path.stat().st_mode & 0o100
        path.chmod(0o750 if path.is_dir() or runs else 0o640)  # as no checkout of ours has it
        path.touch()
    again = build(source, tmp_path / "elsewhere")
    for first, second in zip(built, again, strict=True):
        assert second.name == first.name
        assert second.read_bytes() == first.read_bytes(), first.name


def test_the_wheel_has_what_it_needs(names: set[str]) -> None:
    listed = subprocess.run(["git", "ls-files", "breakd"], cwd=ROOT, check=True, capture_output=True, text=True)
    assert {name for name in listed.stdout.splitlines() if (ROOT / name).is_file()} <= names
    assert "breakd/py.typed" in names
    assert [name for name in names if name.endswith(".dist-info/licenses/LICENSE")]


def test_it_has_nothing_else(names: set[str]) -> None:
    for name in names:
        top, *_folders, last = Path(name).parts
        if top == "breakd":
            assert Path(name).suffix in SUFFIXES, name
            assert "test" not in name, name
            assert "__pycache__" not in name, name
        elif top.endswith(".data"):
            assert name.partition("/data/share/")[2] in SHARED, name
        else:
            assert top.endswith(".dist-info"), name
            assert last in {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "LICENSE"}, name
    assert {name.partition("/data/share/")[2] for name in names if ".data/" in name} == SHARED


def test_the_source_archive_has_no_leftovers(built: tuple[Path, Path]) -> None:
    with tarfile.open(built[0]) as archive:
        for member in archive:
            assert not {"__pycache__", ".venv", ".git", "dist"} & set(Path(member.name).parts), member.name
            assert member.isfile(), member.name
            assert member.mode in {0o644, 0o755}, member.name
            assert (member.uid, member.uname) == (0, ""), member.name


def test_its_version_needs_nothing_beside_it(built: tuple[Path, Path], tmp_path: Path) -> None:
    """The wheel alone, unpacked, says its version: nothing that it needs for that lies beside the checkout."""
    shutil.unpack_archive(built[1], tmp_path, "zip")
    program = [sys.executable, "-S", "-P", "-m", "breakd", "--version"]
    said = subprocess.run(program, cwd=tmp_path, env={"PYTHONPATH": str(tmp_path)}, check=True, capture_output=True)
    assert said.stdout.startswith(b"breakd ")
