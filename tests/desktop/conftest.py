"""Fixtures of the tests on a screen."""

from collections.abc import Callable

import pytest

from desktop.desk import SCREEN, Desk


@pytest.fixture(scope="session")
def make_desk(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Desk]:
    """Return `make(server=..., tray=..., size=...)`, a context manager.

    A module's fixture shares one desk among its tests.
    """

    def make(*, server: str | None = None, tray: str | None = None, size: tuple[int, int] = SCREEN) -> Desk:
        return Desk(tmp_path_factory.mktemp("desk"), server=server, tray=tray, size=size)

    return make
