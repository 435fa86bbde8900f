"""The house's own files: what they promise one another, and what no file may hold."""

import plistlib
import re
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from breakd.autostart import launchd, systemd
from breakd.autostart.start import Command

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
REQUIREMENTS = [
    *PROJECT["project"]["dependencies"],
    *(text for texts in PROJECT["project"]["optional-dependencies"].values() for text in texts),
    *(text for texts in PROJECT["dependency-groups"].values() for text in texts),
]
PINS = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]


def tracked(*patterns: str) -> list[Path]:
    names = subprocess.run(["git", "ls-files", "-z", *patterns], cwd=ROOT, check=True, capture_output=True, text=True)
    return [path for name in names.stdout.split("\0") if name and (path := ROOT / name).is_file()]


@pytest.mark.parametrize("line", PINS)
def test_a_pin_is_a_name_and_a_version(line: str) -> None:
    assert re.fullmatch(r"[\w.-]+==[\w.]+", line)


@pytest.mark.parametrize("text", REQUIREMENTS)
def test_each_dependency_is_pinned_within_its_range(text: str) -> None:
    wanted = Requirement(text)
    if wanted.marker and not wanted.marker.evaluate():
        return  # another platform's
    pins = {canonicalize_name(name): version for name, version in (line.split("==") for line in PINS)}
    assert pins[canonicalize_name(wanted.name)] in wanted.specifier


def test_what_the_source_archive_promises_is_there() -> None:
    for name in PROJECT["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]:
        assert list(ROOT.glob(name.removeprefix("/"))), name


def test_the_documents_name_only_targets_that_make_has() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        named = set(re.findall(r"(?:^|`)make ([a-z-]+)", (ROOT / name).read_text(), re.MULTILINE))
        assert named <= targets, name


def unexplained(text: str) -> list[int]:
    """Return the lines that silence a check for which the file has given no reason yet, there or in a comment above."""
    silenced = re.compile(r"# (?:noqa: ?|type: ignore\[)(?P<checks>[\w, -]+?)(?:\]|(?= - )|$)(?P<reason>.*)")
    lines = text.splitlines()
    explained: set[str] = set()
    found = []
    for number, line in enumerate(lines, start=1):
        if match := silenced.search(line):
            checks = set(re.split(r", *", match["checks"]))
            if match["reason"] or lines[number - 2].lstrip().startswith("#"):
                explained |= checks
            elif not checks <= explained:
                found.append(number)
    return found


def test_a_silenced_check_has_its_reason() -> None:
    files = {str(path.relative_to(ROOT)): unexplained(path.read_text()) for path in tracked("*.py")}
    assert {name: lines for name, lines in files.items() if lines} == {}


def test_no_file_holds_a_registry_or_a_private_folder() -> None:
    forbidden = re.compile(r"pythonhosted|pypi\.org|--(?:extra-)?index-url|(?<![\w.~}])/(?:root|work)/")
    holders = {
        str(path.relative_to(ROOT))
        for path in tracked()
        if path != Path(__file__) and forbidden.search(path.read_bytes().decode(errors="replace"))
    }
    assert not holders


def test_the_user_unit_is_sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    text = (ROOT / "systemd/breakd.service").read_text()
    unit = tmp_path / "breakd.service"
    unit.write_text(re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", text))  # where breakd will be is the user's
    checked = subprocess.run(
        ["systemd-analyze", "--user", "verify", str(unit)], check=False, capture_output=True, text=True
    )
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")  # an unknown key is only written about


def test_the_launch_agent_is_sound() -> None:
    agent = plistlib.loads((ROOT / "launchd/io.github.breakd.plist").read_bytes())
    assert agent["Label"] == "io.github.breakd"
    assert agent["ProgramArguments"][-1].endswith('breakd" run')
    assert agent["KeepAlive"] == {"SuccessfulExit": False}
    assert agent["Umask"] == 0o077


@pytest.mark.parametrize(
    ("name", "write"), [("systemd/breakd.service", systemd.text), ("launchd/io.github.breakd.plist", launchd.text)]
)
def test_the_unit_and_the_agent_are_what_install_writes(name: str, write: Callable[[Command], str]) -> None:
    usual = str(Path.home() / ".local/bin/breakd")  # where pipx and uv put it
    assert (ROOT / name).read_text() == write((usual, "run"))
