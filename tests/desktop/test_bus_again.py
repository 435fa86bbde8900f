"""A session bus that is killed under the daemon, on a real desktop: icon and prompt are back on the next one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.desk import Desk
from desktop.person import Person

pytestmark = pytest.mark.desktop

SERVER, TRAY = "notification-daemon", "xfce4-panel"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    (folder := tmp_path / "desk").mkdir()
    with Desk(folder, server=SERVER, tray=TRAY) as desk:
        yield desk


def test_the_icon_and_the_prompt_are_back_on_the_next_bus(desk: Desk, tmp_path: Path) -> None:
    person = Person(desk, tmp_path, "bus-again")
    person.starts("run")
    person.works_until(lambda: person.status()["offer"], "an offer")
    desk.wait(desk.bubbles, "a prompt")
    desk.restart_bus()
    desk.window("Stand")  # while no server is there, breakd's own window asks
    desk.start_server(SERVER)
    desk.start_tray(TRAY)
    desk.wait(desk.bubbles, "the prompt again")
    desk.wait(lambda: person.status().get("tray") == "sni", "the icon in the panel")
    person.shot("asked-again")
    person.clicks("Skip")
    person.is_left_alone()
    person.opens_menu()
    person.shot("menu")
    desk.key("Escape")
    assert person.events() == ["due", "prompted", "skipped"]
    person.close()
