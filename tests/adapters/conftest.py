"""Fixtures of the adapters' tests."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from private_bus import private_bus


@pytest.fixture
def daemon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator["subprocess.Popen[str]"]:
    """Start a session bus of the test's own, with no services."""
    with private_bus(tmp_path) as (address, process):
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        yield process
