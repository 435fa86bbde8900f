"""The icon: states that one tells apart by shape, and pixels that change only with the look."""

from itertools import combinations

import pytest
from PIL import Image, ImageChops, ImageStat

from breakd.adapters import icon

SIZES = (16, 22, 24, 32, 44, 64)
# Dark marks on bright, as the person's turn has them, are the same shape as bright marks on dark.
ENOUGH = 0.08  # of the pixels differ clearly


def shape(state: str, fraction: float = 0.5, size: int = 22) -> Image.Image:
    """Return what an eye that sees no colour gets on a grey panel."""
    panel = Image.new("RGBA", (size, size), (0x80, 0x80, 0x80))
    return Image.alpha_composite(panel, icon.draw(icon.look(state, fraction), size)).convert("L")


def differing(one: Image.Image, other: Image.Image) -> float:
    clear = ImageChops.difference(one, other).point(lambda level: 255 if level > 64 else 0)
    return ImageStat.Stat(clear).mean[0] / 255


@pytest.mark.parametrize(("one", "other"), list(combinations(icon.STATES, 2)))
def test_states_differ_without_colour(one: str, other: str) -> None:
    difference = differing(shape(one), shape(other))

    assert difference > (0.02 if {one, other} == {"sitting", "held"} else ENOUGH)


@pytest.mark.parametrize("state", icon.STATES)
@pytest.mark.parametrize("panel", [0x10, 0x2B, 0xF0, 0xFF])
def test_readable_on_dark_and_light_panels(state: str, panel: int) -> None:
    picture = icon.draw(icon.look(state, 0.5), 22)
    ground = Image.new("RGBA", picture.size, (panel, panel, panel))

    assert differing(Image.alpha_composite(ground, picture).convert("L"), ground.convert("L")) > ENOUGH


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("state", icon.STATES)
def test_fills_its_square_and_leaves_the_corners_clear(state: str, size: int) -> None:
    alpha = icon.draw(icon.look(state, 0.5), size).getchannel("A")

    assert alpha.getpixel((0, 0)) == 0
    left, top, right, bottom = alpha.getbbox() or (0, 0, 0, 0)
    assert right - left >= 0.8 * size
    assert bottom - top >= 0.8 * size


@pytest.mark.parametrize("state", icon.STATES)
def test_equal_looks_have_equal_pixels(state: str) -> None:
    assert icon.draw(icon.look(state, 0.5), 22).tobytes() == icon.draw(icon.look(state, 0.51), 22).tobytes()


def test_the_ring_fills_clockwise_from_the_top() -> None:
    def bright(step: int) -> list[bool]:
        picture = icon.draw(icon.Look("sitting", step), 44)
        return [level > 160 for level in picture.convert("L").tobytes()]

    rings = [bright(step) for step in range(icon.STEPS + 1)]

    counts = [sum(ring) for ring in rings]
    assert counts == sorted(set(counts)), "each step fills more than the one before"
    right = [column >= 22 for _row in range(44) for column in range(44)]
    gained = [was != now for was, now in zip(rings[0], rings[icon.STEPS // 2], strict=True)]
    assert all(right[n] for n, filled in enumerate(gained) if filled)


def test_a_look_stays_in_its_range() -> None:
    assert icon.Look("sitting", 0) == icon.look("sitting", -1)
    assert icon.Look("sitting", icon.STEPS) == icon.look("sitting", 7)


def test_a_state_without_a_ring_has_one_look() -> None:
    assert icon.look("paused", 0.1) == icon.look("paused", 0.9)


def test_an_unknown_state_looks_like_sitting() -> None:
    assert icon.look("sitting", 0.5) == icon.look("surprise", 0.5)
