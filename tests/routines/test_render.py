"""Pictures of an exercise: the files that are written, and those that breakd brings along."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from breakd.routines.alternatives import SEATED, STANDING
from breakd.routines.exercises import EXERCISES, Exercise
from breakd.routines.poses import SCENES
from breakd.routines.render import SHEET, animation, contact_sheet, emblem, overview, save
from breakd.routines.wording import mirror

EVERY_EXERCISE = [*EXERCISES.values(), *STANDING.values(), *SEATED.values()]
ALL = pytest.mark.parametrize("exercise", EVERY_EXERCISE, ids=[one.figure for one in EVERY_EXERCISE])
PICTURES = Path(__file__).parents[2] / "breakd" / "pictures"


@ALL
def test_an_animation_has_enough_frames_and_repeats(exercise: Exercise, tmp_path: Path) -> None:
    file = tmp_path / "exercise.gif"
    save(animation(exercise, 60), file)
    with Image.open(file) as picture:
        assert (picture.format, picture.width) == ("GIF", 60)
        assert getattr(picture, "n_frames", 1) >= 24
        assert picture.info["loop"] == 0


@pytest.mark.parametrize("exercise", [EXERCISES["walk"], EXERCISES["bridges"]], ids=["walk", "bridges"])
def test_an_animation_begins_where_it_ends(exercise: Exercise) -> None:
    frames = animation(exercise, 100)
    figures = [frame.image.crop((0, 0, 100, 100)) for frame in (frames[0], frames[-1], frames[len(frames) // 3])]
    ends, elsewhere = (sum(ImageStat.Stat(ImageChops.difference(figures[0], other)).mean) for other in figures[1:])
    assert ends < elsewhere / 2


@ALL
def test_a_contact_sheet_shows_each_key_pose(exercise: Exercise) -> None:
    sheet = contact_sheet(exercise, 80)
    columns, rows = (sheet.width - 16) // (80 + 16), sheet.height // (80 + 16)
    shown = len(SCENES[exercise.figure].keys)
    assert columns * rows >= shown
    assert columns == min(shown, columns)


def test_a_picture_from_the_front_says_that_it_is_a_mirror() -> None:
    """Its right is at the right: else one takes R and L for swapped."""
    for exercise in EVERY_EXERCISE:
        front = SCENES[exercise.figure].front
        assert mirror(exercise) == ("As in a mirror: R is your right side." if front else "")
        lines = 3 if front else 2
        assert animation(exercise, 100)[0].image.height == 100 + round((1 + 1.5 * lines) * 5)


def test_an_overview_has_a_picture_of_each() -> None:
    assert overview(EXERCISES.values(), 100).width == 4 * 116 + 16


def test_equal_sheets_are_equal() -> None:
    one, same = (contact_sheet(EXERCISES["dead-bugs"], 60).tobytes() for _ in range(2))
    assert one == same


@pytest.mark.parametrize("scene", SCENES)
def test_the_pictures_for_notifications_are_what_is_drawn(scene: str) -> None:
    with Image.open(PICTURES / f"{scene}.png") as file:
        kept, drawn = file.convert("RGBA"), emblem(scene).convert("RGBA")
    assert kept.size == drawn.size == (192, 192)
    # Versions of Pillow may round an edge or a colour another way.
    assert max(ImageStat.Stat(ImageChops.difference(kept, drawn)).mean) < 2, "run: make pictures"
    assert kept.getpixel((0, 0)) == (0, 0, 0, 0) or kept.getchannel("A").getpixel((0, 0)) == 0


def test_there_is_a_picture_for_each_scene_and_no_other() -> None:
    assert {file.stem for file in PICTURES.iterdir()} == set(SCENES)
    assert max(file.stat().st_size for file in PICTURES.iterdir()) < 6000


# --- The command ---


def breakd(*args: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "breakd", "routine", *args]
    home = {"HOME": str(cwd), "XDG_CONFIG_HOME": str(cwd), "LANG": "C.UTF-8"}
    return subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False, cwd=cwd, env=os.environ | home
    )


def test_the_command_writes_both_kinds(tmp_path: Path) -> None:
    for name, form in (("bridge.gif", "GIF"), ("bridge.PNG", "PNG")):
        done = breakd("bridges", "--render", name, "--theme", "dark", cwd=tmp_path)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        with Image.open(tmp_path / name) as picture:
            assert picture.format == form
            assert picture.convert("RGB").getpixel((1, 1)) == pytest.approx((0x14, 0x19, 0x1C), abs=3)


@pytest.mark.parametrize(
    ("file", "status", "told"),
    [
        ("bridge.jpeg", 2, '--render: "bridge.jpeg" must end in .gif (animation) or .png (sheet of the key poses)'),
        ("", 2, '--render: "." must end in .gif'),
        ("nowhere/bridge.png", 1, "nowhere/bridge.png cannot be written: No such file or directory"),
        ("nowhere/bridge.gif", 1, "nowhere/bridge.gif cannot be written: No such file or directory"),
    ],
)
def test_a_file_that_cannot_be_is_told_in_one_line(tmp_path: Path, file: str, status: int, told: str) -> None:
    done = breakd("bridges", "--render", file, cwd=tmp_path)
    assert done.returncode == status
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_exercise_of_ones_own_has_no_figure(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        '[[exercise]]\nid = "neck"\nname = "Neck"\nposition = "seated"\nsteps = ["Turn the head."]\n'
    )
    done = breakd("neck", "--render", "neck.gif", "--config", "config.toml", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, '--render: "neck" is your own exercise and has no figure\n')


def test_a_seated_profile_shows_the_alternative(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[routine]\nprofile = "seated"\n')
    done = breakd("bridges", "--render", "press.png", "--config", "config.toml", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    kept = contact_sheet(SEATED["bridges"], SHEET)
    with Image.open(tmp_path / "press.png") as picture:
        assert picture.tobytes() == kept.tobytes()
