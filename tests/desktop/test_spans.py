"""What breakd keeps of how long one sat and moved, on a real screen with real keys; read from the log's database."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from desktop.desk import Desk
from desktop.person import Person

pytestmark = pytest.mark.desktop

LENGTH_S = 8


@pytest.fixture(scope="module")
def desk(make_desk: Callable[..., Desk]) -> Iterator[Desk]:
    with make_desk() as desk:
        yield desk


class Watched(Person):
    """A person whose spans are looked at."""

    def spans(self, kind: str) -> list[tuple[int, int | None]]:
        """Return the lengths in seconds of what is over, and of the input seen in it."""
        path = Path(self.env["XDG_DATA_HOME"]) / "breakd" / "log.db"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            query = "SELECT duration_s, input_s FROM span WHERE kind = ? ORDER BY id"
            return connection.execute(query, (kind,)).fetchall()


def test_a_routine_knows_whether_it_was_worked_through(desk: Desk, tmp_path: Path) -> None:
    person = Watched(desk, tmp_path, "spans", every="1h", length=f"{LENGTH_S}s")
    person.starts("run")
    try:
        desk.key("shift")
        assert person.run("start", "helicopters").returncode == 0
        desk.wait(lambda: person.spans("routine"), "the end of a routine", 60)
        assert person.run("start", "helicopters").returncode == 0
        person.works_until(lambda: len(person.spans("routine")) > 1, "the end of the next", 60)
        (still, moved), (typed, seen) = person.spans("routine")
        assert (still, typed) == (LENGTH_S, LENGTH_S)
        assert moved is not None
        assert seen is not None
        assert moved <= 1
        assert seen >= LENGTH_S / 2
        assert not person.spans("sitting")
        desk.wait(lambda: person.status()["tiers"][0]["sat_s"] >= 1, "a second of sitting")
        assert person.run("quit").returncode == 0
        [(sat, _nothing)] = person.spans("sitting")
        assert sat >= 1
    finally:
        person.close()
