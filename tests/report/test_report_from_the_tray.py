"""The tray's entry for the report: it is written and opened in a process of its own, or the person is told why not."""

import json
import socket
from pathlib import Path

import pytest

from running import SECONDS, Home


def choose(home: Home, key: str) -> None:
    """Choose an entry of the tray's menu, as the panel does."""
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(SECONDS)
        client.connect(str(home.runtime / "breakd.sock"))
        client.sendall(json.dumps({"do": "choose", "key": key}).encode() + b"\n")
        assert json.loads(client.makefile("rb").readline())["ok"]


@pytest.fixture
def opened(home: Home) -> Path:
    """An xdg-open that notes what it is to open."""
    folder = home.short / "bin"
    folder.mkdir()
    noted = home.short / "opened"
    (folder / "xdg-open").write_text(f'#!/bin/sh\necho "$1" > {noted}.new\nmv {noted}.new {noted}\n')
    (folder / "xdg-open").chmod(0o755)
    home.env["PATH"] = f"{folder}:{home.env['PATH']}"
    return noted


def test_the_entry_opens_the_report(home: Home, opened: Path) -> None:
    home.run()
    choose(home, "report")
    home.wait(opened.exists, "xdg-open")
    assert opened.read_text() == f"{home.data}/breakd-report.html\n"


def test_who_cannot_have_it_is_told_why(home: Home, opened: Path) -> None:
    home.run()
    (home.data / "breakd-report.html").mkdir(parents=True)
    choose(home, "report")
    home.wait_for_text("The report cannot be shown")
    home.wait_for_text("it is a folder")
    assert not opened.exists()
    assert home.pid()
