"""The window's colours can be read, and its shapes have their place."""

import pytest
from PIL import ImageColor

from breakd.windows import look
from breakd.windows.look import PALETTES, Palette

TEXTS = [
    ("ink", "ground"),
    ("quiet", "ground"),
    ("strong", "ground"),
    ("ink", "card"),
    ("quiet", "card"),
    ("ink", "button"),
    ("ink", "hover"),
    ("strong", "hover"),
    ("strong", "main"),
    ("strong", "main_hover"),
    ("on_caution", "caution"),
]


def luminance(colour: str) -> float:
    parts = [value / 255 for value in ImageColor.getrgb(colour)[:3]]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("ink", "ground"), TEXTS)
@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
def test_each_text_stands_out(palette: Palette, ink: str, ground: str) -> None:
    light = sorted(luminance(getattr(palette, name)) for name in (ink, ground))
    assert (light[1] + 0.05) / (light[0] + 0.05) >= 7


@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 1.0])
def test_the_ring_shows_what_is_left(share: float) -> None:
    palette = PALETTES["light"]
    picture = look.ring(share, 200, palette)
    assert picture.size == (200, 200)
    at = picture.getpixel((200 - 6, 100))  # three o'clock
    assert at == ImageColor.getrgb(palette.accent if share >= 0.5 else palette.track)
