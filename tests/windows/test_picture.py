"""The picture of a routine: drawn when it has moved, and the images of own exercises."""

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageColor

from breakd.core.settings import OwnExercise, OwnStep
from breakd.routines.exercises import EXERCISES
from breakd.routines.own import guided
from breakd.routines.timeline import Player, plan
from breakd.windows.picture import LARGE, PICTURE, SHARE, Budget, Figure


def at(exercise: str, position: float) -> Player:
    return Player(plan(EXERCISES[exercise], 120)).advance(position)


def test_the_figure_is_drawn_when_it_has_moved() -> None:
    figure = Figure("light", reduced_motion=False)
    assert figure.fit(300) == 296
    lifting = [figure.changed(at("bridges", moment)) for moment in (20.5, 21, 21.5)]
    assert lifting == [True, True, True]
    assert figure.picture().size == (296, 296)
    holding = [figure.changed(at("bridges", moment)) for moment in (22.5, 25, 31)]
    assert holding == [True, False, False]


def test_with_reduced_motion_it_stands_in_the_pose_to_come() -> None:
    figure = Figure("dark", reduced_motion=True)
    assert [figure.changed(at("bridges", moment)) for moment in (20.5, 21, 21.5)] == [True, False, False]


@pytest.mark.parametrize(("room", "size"), [(100, 96), (PICTURE + 50, PICTURE), (LARGE + 1, LARGE + 1)])
def test_the_picture_has_the_size_that_it_was_given(room: int, size: int) -> None:
    figure = Figure("light", reduced_motion=False)
    assert figure.fit(room) == size
    assert figure.changed(at("helicopters", 15.5))
    assert figure.picture().size == (size, size)


class Machine:
    """Clocks of a machine on which each picture costs so much."""

    def __init__(self, cost: float) -> None:
        self.now = self.spent = 0.0
        self._cost = cost
        self._budget = Budget(lambda: self.now, lambda: self.spent)

    def pictures(self, seconds: int) -> int:
        """Return how many there are, at 30 beats a second."""
        count = 0
        for _beat in range(seconds * 30):
            if self._budget.allows():
                count += 1
                self.spent += self._cost
            self.now += 1 / 30
        return count


@pytest.mark.parametrize(("cost", "a_second"), [(0.001, 30), (0.01, 30), (0.0125, 24), (0.03, 10), (0.15, 2)])
def test_pictures_are_as_many_as_cost_less_than_a_third_of_a_core(cost: float, a_second: int) -> None:
    machine = Machine(cost)
    machine.pictures(1)
    assert machine.pictures(10) == pytest.approx(10 * a_second, abs=1)
    assert SHARE < 1 / 3


def test_what_was_saved_is_soon_spent() -> None:
    machine = Machine(0.03)
    machine.now += 3600
    assert machine.pictures(10) == pytest.approx(100, abs=2)


def test_an_image_keeps_its_proportions(tmp_path: Path) -> None:
    file = tmp_path / "tall.png"
    Image.new("RGB", (50, 100), "#123456").save(file)
    player = own_exercise(str(file))
    figure = Figure("light", reduced_motion=False)
    assert figure.shows(player.timeline.phases, "")
    assert figure.fit(200) == 200
    assert figure.changed(player)
    picture = figure.picture()
    assert picture.getpixel((100, 20)) == picture.getpixel((60, 100)) == (0x12, 0x34, 0x56)
    assert picture.getpixel((20, 100)) == picture.getpixel((180, 100)) == (255, 255, 255)


def test_a_step_without_an_image_shows_the_nearest_one(tmp_path: Path) -> None:
    files = {}
    for name in ("#112233", "#445566"):
        files[name] = str(tmp_path / f"{name[1:]}.png")
        Image.new("RGB", (60, 60), name).save(files[name])
    broken = str(tmp_path / "broken.png")
    images = (broken, files["#112233"], "", files["#445566"], "")
    player = own_exercise(*images)
    figure = Figure("light", reduced_motion=False)
    figure.fit(60)
    seen = []
    for phase in player.timeline.phases:
        figure.changed(replace(player, position=phase.start))
        seen.append((phase.label, figure.picture().getpixel((30, 30))))
    first, second = ImageColor.getrgb("#112233"), ImageColor.getrgb("#445566")
    shown = [first, first, first, first, second, second]
    assert seen == list(zip(["Get ready", "Step 1", "Step 2", "Step 3", "Step 4", "Step 5"], shown, strict=True))


@pytest.mark.parametrize("content", [None, b"", b"no picture", b"\x89PNG\r\n\x1a\n cut off"])
def test_an_image_that_cannot_be_read_leaves_the_words(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "broken.png"
    if content is not None:
        file.write_bytes(content)
    player = own_exercise(str(file))
    figure = Figure("light", reduced_motion=False)
    assert not figure.shows(player.timeline.phases, "")


def own_exercise(*images: str) -> Player:
    steps = [OwnStep(f"Step {number}", length=10_000_000, image=image) for number, image in enumerate(images, start=1)]
    return Player(plan(guided(OwnExercise("rolls", "Rolls", "seated", tuple(steps))), 5 + 10 * len(steps)))
