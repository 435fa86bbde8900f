"""The icon: states that one tells apart by shape, crisp at each size, and pixels that change only with the look."""

from itertools import combinations

import pytest
from PIL import Image, ImageChops, ImageStat

from breakd.adapters import icon

EVEN_MORE = (18, 20, 26, 64)  # an XEmbed tray may have any size
PANELS = [(0xF6, 0xF5, 0xF4), (0x2E, 0x34, 0x36), (0, 0, 0), (0xFF, 0xFF, 0xFF), (0x35, 0x84, 0xE4), (0x80, 0x80, 0x80)]
# Dark marks on bright, as the person's turn has them, are the same shape as bright marks on dark.
ENOUGH = 0.08  # of the pixels differ clearly
CLEAR = 3.0  # the contrast at which a shape stands out (WCAG 2.2, 1.4.11)

Colour = tuple[int, int, int]

all_sizes = pytest.mark.parametrize("size", icon.SIZES)
all_states = pytest.mark.parametrize("state", icon.STATES)


def picture(state: str, size: int = 22, fraction: float = 0.5) -> Image.Image:
    return icon.draw(icon.look(state, fraction), size)


def grey(state: str, size: int) -> Image.Image:
    """Return what an eye that sees no colour gets on a grey panel."""
    panel = Image.new("RGBA", (size, size), (0x80, 0x80, 0x80))
    return Image.alpha_composite(panel, picture(state, size)).convert("L")


def pixel(image: Image.Image, column: int, row: int) -> tuple[int, ...]:
    return tuple(image.crop((column, row, column + 1, row + 1)).tobytes())


def luminance(colour: Colour) -> float:
    parts = [part / 255 for part in colour]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@all_sizes
def test_states_differ_without_colour(size: int) -> None:
    seen = {state: grey(state, size) for state in icon.STATES}
    for one, other in combinations(seen, 2):
        clear = ImageChops.difference(seen[one], seen[other]).point(lambda level: 255 if level > 64 else 0)
        enough = 0.02 if {one, other} == {"sitting", "held"} else ENOUGH

        assert ImageStat.Stat(clear).mean[0] / 255 > enough, (one, other)


@all_sizes
@all_states
def test_its_edge_stands_out_from_any_panel(state: str, size: int) -> None:
    image = picture(state, size)
    column = [pixel(image, size // 2, row) for row in reversed(range(size // 2, size))]  # from below
    outermost = next(n for n, (*_colour, alpha) in enumerate(column) if alpha > 250)
    edge = [(red, green, blue) for red, green, blue, _alpha in column[outermost : outermost + 1 + size // 16]]

    for panel in PANELS:
        assert max(contrast(colour, panel) for colour in edge) >= CLEAR, panel


def test_the_ring_stands_out_from_its_track_and_that_from_the_ground() -> None:
    filled, track = (pixel(picture("sitting", 44, fraction), 22, 5)[:3] for fraction in (1, 0))
    ground = pixel(picture("sitting", 44), 22, 22)[:3]

    assert contrast(filled, track) >= CLEAR  # type: ignore[arg-type]  # three parts each
    assert contrast(track, ground) >= CLEAR  # type: ignore[arg-type]


@all_sizes
@pytest.mark.parametrize("state", ["paused", "held", "due", "problem"])
def test_what_is_upright_or_level_is_crisp(state: str, size: int) -> None:
    """Through the middle, where these states have their marks, each pixel has a colour of its own and no mixture."""
    image = picture(state, size, 1)
    if state == "held":  # a level bar
        line = [pixel(image, size // 2, row) for row in range(size // 3, size - size // 3)]
    else:  # upright bars, an arrow's shaft, a mark of exclamation
        line = [pixel(image, column, size * 6 // 11) for column in range(size // 3, size - size // 3)]

    assert len(set(line)) == 2


@pytest.mark.parametrize("size", [*icon.SIZES, *EVEN_MORE])
@all_states
def test_fills_its_square_and_leaves_the_corners_clear(state: str, size: int) -> None:
    alpha = picture(state, size).getchannel("A")

    assert alpha.getpixel((0, 0)) == 0
    left, top, right, bottom = alpha.getbbox() or (0, 0, 0, 0)
    assert right - left >= 0.9 * size
    assert bottom - top >= 0.9 * size


@pytest.mark.parametrize("size", [*icon.SIZES, *EVEN_MORE])
@all_states
def test_all_but_the_ring_is_the_same_on_both_sides(state: str, size: int) -> None:
    if state == "outside":  # a moon
        return
    image = picture(state, size, 0)

    apart = ImageChops.difference(image, image.transpose(Image.Transpose.FLIP_LEFT_RIGHT))
    assert all(high <= 1 for _low, high in apart.getextrema()), "but for a rounding"  # type: ignore[misc]  # of four bands


@all_states
def test_equal_looks_have_equal_pixels(state: str) -> None:
    assert picture(state, fraction=0.5).tobytes() == picture(state, fraction=0.51).tobytes()


@all_sizes
def test_the_ring_fills_clockwise_from_the_top(size: int) -> None:
    def bright(step: int) -> list[bool]:
        return [level > 160 for level in icon.draw(icon.Look("sitting", step), size).convert("L").tobytes()]

    rings = [bright(step) for step in range(icon.STEPS + 1)]

    counts = [sum(ring) for ring in rings]
    assert counts == sorted(counts)
    assert size < 22 or len(set(counts)) == len(counts), "each step fills more than the one before"
    right = [column >= size // 2 for _row in range(size) for column in range(size)]
    gained = [was != now for was, now in zip(rings[0], rings[icon.STEPS // 2], strict=True)]
    assert all(right[n] for n, filled in enumerate(gained) if filled)


def test_a_look_stays_in_its_range() -> None:
    assert icon.Look("sitting", 0) == icon.look("sitting", -1)
    assert icon.Look("sitting", icon.STEPS) == icon.look("sitting", 7)


def test_a_state_without_a_ring_has_one_look() -> None:
    assert icon.look("paused", 0.1) == icon.look("paused", 0.9)


def test_an_unknown_state_looks_like_sitting() -> None:
    assert icon.look("sitting", 0.5) == icon.look("surprise", 0.5)
