"""What many tests begin with. A file that needs another home has a fixture of its own of that name."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from running import Home, Terminal


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    home = Home(tmp_path)
    yield home
    home.close()


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    terminal = Terminal()
    yield terminal
    terminal.close()
