"""The welcome's window on a real screen, with real keys and clicks, and the first start that opens it."""

import os
import signal
import subprocess
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import ImageColor

from breakd.config.answers import defaults, document
from breakd.windows.guard import BLINK_S
from breakd.windows.look import PALETTES
from desktop.desk import SECONDS, Box, Desk
from desktop.editor import editor, in_front
from desktop.person import CONFIG, Person

pytestmark = pytest.mark.desktop

TITLE = "Welcome to breakd"
FOCUS = ImageColor.getrgb(PALETTES["light"].focus)


@pytest.fixture(scope="module")
def desk(make_desk: Callable[..., Desk]) -> Iterator[Desk]:
    with make_desk(server="xfce4-notifyd") as desk:
        yield desk


@pytest.fixture
def newcomer(desk: Desk, tmp_path: Path) -> Iterator[Person]:
    """Somebody for whom breakd never ran."""
    person = Person(desk, tmp_path, "newcomer")
    person.config = None
    yield person
    person.close()


def file(person: Person) -> Path:
    return Path(person.env["XDG_CONFIG_HOME"]) / "breakd/config.toml"


def written(person: Person) -> dict[str, Any]:
    return tomllib.loads(file(person).read_text())


def sees(person: Person, *words: str) -> Box:
    """Wait until all these words are on the page, and return the window's place."""

    def box() -> Box | None:
        place = person.desk.window(TITLE).box
        text = person.desk.text(place)
        return place if all(word in text for word in words) else None

    place = person.desk.wait(box, f"{words} in the welcome")
    assert place is not None
    return place


def clicks(person: Person, label: str) -> None:
    time.sleep(BLINK_S)  # a page takes no click in its first moment
    person.desk.click_word(label, person.desk.window(TITLE).box)


def clicks_on(person: Person) -> None:
    """Click the main button, at the lower right; the line around it keeps its word from being read."""
    place = person.desk.window(TITLE).box
    time.sleep(BLINK_S)  # a page takes no click in its first moment
    person.desk.click(place.left + place.width - 80, place.top + place.height - 46)


def gone(desk: Desk) -> bool:
    return not any(TITLE in window.title for window in desk.windows())


def opens(person: Person) -> "subprocess.Popen[bytes]":
    """Start `breakd welcome` and wait until its keys work."""
    process = person.starts("welcome")
    sees(person, "Ask a doctor or therapist first")
    keys_work(person)
    return process


def keys_work(person: Person) -> None:
    """Wait until the main button of the first page is outlined."""
    in_front(person.desk, TITLE)
    left, top, width, height = person.desk.window(TITLE).box
    corner = Box(left + width // 2, top + height * 4 // 5, width // 2, height // 5)

    def outlined() -> bool:
        colours = person.desk.picture(corner).getcolors(corner.width * corner.height)
        return FOCUS in [colour for _count, colour in colours or ()]

    person.desk.wait(outlined, "the main button outlined")


def changes_to_it(person: Person) -> None:
    """Change to the window by keys, as one changes windows."""
    person.desk.key("alt+Tab")
    keys_work(person)


# The window


def test_the_keyboard_alone_answers_it_all(newcomer: Person) -> None:
    desk, process = newcomer.desk, opens(newcomer)
    desk.key("Return")
    sees(newcomer, "floor")
    desk.key("Down", "Down", "Tab", "Right", "Return")
    sees(newcomer, "Work", "hours")
    desk.key("space", "Right", "space", "Tab", "ctrl+a")
    desk.type("9-12, 13:30-25")
    desk.key("Return")
    sees(newcomer, '"13:30-25:00"', "is", "not", "window")
    desk.key("BackSpace", "BackSpace")
    desk.type("17")
    desk.key("Tab", "Right", "Tab", "Left", "Tab")
    desk.key("space")  # on Done
    assert process.wait(SECONDS) == 0
    answers = replace(
        defaults(),
        profile="seated",
        sound=False,
        days=("wed", "thu", "fri"),
        hours="09:00-12:00, 13:30-17:00",
        short="45m",
        walk="1h30m",
    )
    assert written(newcomer) == document(answers)
    assert newcomer.output().startswith(f"Wrote {file(newcomer)}\n")


def test_the_mouse_alone_answers_it_all(newcomer: Person) -> None:
    process = opens(newcomer)
    clicks(newcomer, "Who")
    sees(newcomer, "Emergency")
    newcomer.shot("cautions")
    clicks_on(newcomer)  # Back
    sees(newcomer, "Ask a doctor")
    clicks_on(newcomer)
    sees(newcomer, "floor")
    clicks(newcomer, "stand")
    clicks_on(newcomer)
    sees(newcomer, "Work", "hours")
    clicks(newcomer, "Sat")
    clicks(newcomer, "20")
    clicks(newcomer, "Back")
    sees(newcomer, "floor")
    clicks_on(newcomer)
    sees(newcomer, "Work", "hours")
    clicks_on(newcomer)
    assert process.wait(SECONDS) == 0
    days = ("mon", "tue", "wed", "thu", "fri", "sat")
    assert written(newcomer) == document(replace(defaults(), profile="standing", days=days, short="20m"))


@pytest.mark.parametrize("how", ["Escape", "Skip", "alt+F4"])
def test_it_can_be_skipped(newcomer: Person, how: str) -> None:
    process = opens(newcomer)
    if how == "Skip":
        clicks(newcomer, how)
    else:
        newcomer.desk.key(how)
    assert process.wait(SECONDS) == 0
    assert newcomer.output() == "Nothing was written; the defaults are in use.\n"
    assert not file(newcomer).exists()


def test_days_that_are_all_off_are_told(newcomer: Person) -> None:
    desk, process = newcomer.desk, opens(newcomer)
    desk.key("Return", "Return")
    sees(newcomer, "Work", "hours")
    desk.key("space", *["Right", "space"] * 4, "Return")
    sees(newcomer, "choose at least one day")
    desk.key("space", "Return")
    assert process.wait(SECONDS) == 0
    assert written(newcomer)["work"]["days"] == ["fri"]


def test_what_cannot_be_saved_is_told_and_can_be_tried_again(newcomer: Person) -> None:
    desk, process = newcomer.desk, opens(newcomer)
    file(newcomer).parent.parent.write_text("in the way")
    desk.key("Return", "Return")
    sees(newcomer, "Work", "hours")
    desk.key("Return")
    sees(newcomer, "could not be saved", "Not a directory")
    newcomer.shot("not-saved")
    file(newcomer).parent.parent.unlink()
    desk.key("Return")
    assert process.wait(SECONDS) == 0
    assert written(newcomer) == document(defaults())


def test_a_configuration_is_not_written_over(newcomer: Person) -> None:
    file(newcomer).parent.mkdir(parents=True)
    file(newcomer).write_text("# mine\n")
    done = newcomer.run("welcome")
    told = f"{file(newcomer)} exists already; edit it, and `breakd config check` reads it\n"
    assert (done.returncode, done.stderr) == (1, told)
    assert file(newcomer).read_text() == "# mine\n"


@pytest.mark.parametrize("size", [(1024, 600), (3840, 2160)])
def test_it_fits_the_screen(make_desk: Callable[..., Desk], tmp_path: Path, size: tuple[int, int]) -> None:
    with make_desk(size=size) as desk, closing(Person(desk, tmp_path, "fits")) as person:
        process = opens(person)
        box = desk.window(TITLE).box
        assert box.left >= 0
        assert box.top >= 0
        assert box.left + box.width <= size[0]
        assert box.top + box.height <= size[1]
        assert box.height >= size[1] // 2
        desk.key("Escape")
        assert process.wait(SECONDS) == 0


# The first start


def test_a_newcomer_is_welcomed_once_and_the_answers_come_into_effect(newcomer: Person) -> None:
    desk = newcomer.desk
    daemon = newcomer.starts("run")
    sees(newcomer, "Ask a doctor or therapist first")
    assert [tier["every_s"] for tier in newcomer.status()["tiers"]] == [30 * 60, 2 * 60 * 60]
    assert not desk.bubbles()
    clicks_on(newcomer)
    sees(newcomer, "floor")
    clicks_on(newcomer)
    sees(newcomer, "Work", "hours")
    clicks(newcomer, "45")
    clicks_on(newcomer)
    bubble = newcomer.is_asked()
    assert "This is how I will ask" in desk.text(bubble)
    newcomer.clicks("Skip")
    newcomer.is_left_alone()
    assert [tier["every_s"] for tier in newcomer.status()["tiers"]] == [45 * 60, 2 * 60 * 60]
    assert [row["event"] for row in newcomer.log()] == ["daemon_started", "config_reloaded"]
    file(newcomer).unlink()
    desk.stop(daemon)
    newcomer.starts("run")
    assert gone(desk)
    assert not desk.bubbles()


def test_skipped_it_shows_how_it_asks_and_never_comes_again(newcomer: Person) -> None:
    daemon = newcomer.starts("run")
    sees(newcomer, "Ask a doctor or therapist first")
    changes_to_it(newcomer)
    newcomer.desk.key("Escape")
    newcomer.is_asked()
    newcomer.clicks("Skip")
    newcomer.is_left_alone()
    assert not file(newcomer).exists()
    assert [row["event"] for row in newcomer.log()] == ["daemon_started"]
    newcomer.desk.stop(daemon)
    newcomer.starts("run")
    assert gone(newcomer.desk)


def test_what_is_typed_while_it_comes_goes_where_it_was_meant(newcomer: Person, tmp_path: Path) -> None:
    desk = newcomer.desk
    with editor(desk, tmp_path / "text") as text:
        newcomer.starts("run")
        typed = ""
        while gone(desk):  # it comes while this is typed
            desk.type("ab\n")
            typed += "ab\n"
        desk.type(more := "more\nof\tit\n\n\n \n")
        desk.wait(lambda: text() == typed + more, "all of it in the editor")
        sees(newcomer, "Ask a doctor or therapist first")
        newcomer.shot("while-typing")
        clicks_on(newcomer)
        sees(newcomer, "floor")
        desk.key("Down", "Return")  # the click was meant for it, and so are these
        sees(newcomer, "Work", "hours")
        desk.key(*["Tab"] * 4, "Return")
        newcomer.is_asked()
        newcomer.clicks("Skip")
        assert text() == typed + more
        desk.type("on")
        desk.wait(lambda: text() == typed + more + "on", "the editor with the keyboard again")
    assert written(newcomer) == document(replace(defaults(), profile="standing"))


def test_a_window_manager_that_gives_it_the_keyboard_does_no_harm(newcomer: Person, tmp_path: Path) -> None:
    desk = newcomer.desk
    with editor(desk, tmp_path / "text"):
        newcomer.starts("run")
        number = str(desk.window(TITLE).id)
        keys = " ".join(["x", "Tab", "space", "Return", "Escape"] * 8)
        desk.run(["xdotool", "windowfocus", "--sync", number, "key", "--delay", "30", *keys.split()])
        keys_work(newcomer)
        sees(newcomer, "Ask a doctor or therapist first")
        desk.key("Return")
        sees(newcomer, "floor")


def test_it_is_on_top_until_it_is_used(newcomer: Person, tmp_path: Path) -> None:
    desk = newcomer.desk
    with editor(desk, tmp_path / "text"):
        newcomer.starts("run")
        sees(newcomer, "Ask a doctor or therapist first")
        place = desk.window("editor").box
        desk.click(place.left + 20, place.top + 20)
        in_front(desk, "editor")
        assert is_whole(newcomer)
        changes_to_it(newcomer)
        desk.click(place.left + 20, place.top + 20)
        in_front(desk, "editor")
        desk.wait(lambda: not is_whole(newcomer), "the editor over it")


def is_whole(person: Person) -> bool:
    """Say whether nothing covers the heading."""
    return "Welcome to breakd" in person.desk.text(person.desk.window(TITLE).box)


def test_where_it_cannot_be_kept_that_it_was_seen_nothing_is_shown(newcomer: Person) -> None:
    newcomer.env["XDG_STATE_HOME"] = "/proc"  # where even root makes no folder
    file(newcomer).parent.mkdir(parents=True)
    values = {"max_snoozes": 3, "timeout": "2m", "warn_before": "0s", "away_after": "2m"}
    file(newcomer).write_text(CONFIG.format(every="2s", length="1s", **values))
    newcomer.starts("run")
    first = newcomer.is_asked()
    assert "helicopters" in newcomer.desk.text(first)  # and not how it will ask
    newcomer.clicks("Skip")


def test_it_goes_with_a_daemon_that_is_killed(newcomer: Person) -> None:
    daemon = newcomer.starts("run")
    sees(newcomer, "Ask a doctor or therapist first")
    newcomer.desk.stop(daemon, signal.SIGKILL)
    newcomer.desk.wait(lambda: gone(newcomer.desk), "no welcome")
    assert not file(newcomer).exists()
    newcomer.starts("run")
    assert gone(newcomer.desk)


def test_one_that_dies_is_over_and_was_seen(newcomer: Person) -> None:
    daemon = newcomer.starts("run")
    newcomer.desk.window(TITLE)
    (child,) = [child for child, command in children(newcomer).items() if "welcome" in command]
    os.kill(child, signal.SIGKILL)
    newcomer.is_asked()
    newcomer.clicks("Skip")
    newcomer.is_left_alone()
    newcomer.desk.stop(daemon)
    newcomer.starts("run")
    assert gone(newcomer.desk)


def test_the_daemon_takes_it_along_when_it_ends_and_it_was_seen(newcomer: Person) -> None:
    daemon = newcomer.starts("run")
    newcomer.desk.window(TITLE)
    newcomer.desk.stop(daemon)
    newcomer.desk.wait(lambda: gone(newcomer.desk), "no welcome")
    newcomer.starts("run")
    assert gone(newcomer.desk)


@pytest.mark.parametrize("how", ["BREAKD_CONFIG", "--config", "config.toml"])
def test_who_has_a_configuration_is_not_welcomed(desk: Desk, tmp_path: Path, how: str) -> None:
    with closing(Person(desk, tmp_path, "not-welcomed", every="30m", length="2m")) as person:
        given = person.config
        assert given is not None
        if how != "--config":
            person.config = None
        if how == "BREAKD_CONFIG":
            person.env[how] = str(given)
        elif how == "config.toml":
            file(person).parent.mkdir(parents=True)
            given.rename(file(person))
        person.starts("run")
        if how == "config.toml":  # whoever wrote one by hand still has not seen how it asks
            person.is_asked()
            person.clicks("Skip")
        assert gone(desk)
        assert not [command for command in children(person).values() if "welcome" in command]


def children(person: Person) -> dict[int, str]:
    """Return the command lines of the daemon's children."""
    pid = person.status()["pid"]
    found = map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
    return {child: Path(f"/proc/{child}/cmdline").read_text() for child in found}
