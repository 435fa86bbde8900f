"""How the routine's window looks: its colours, and the smooth shapes that Tk cannot draw.

Law: every text stands on its ground with a contrast of at least 7:1, in each palette.
"""

import math
from dataclasses import dataclass

from PIL import Image, ImageDraw

_FINE = 4
"""Shapes are drawn this many times larger and reduced, so that their edges are smooth."""


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of the window: grounds, and the inks that stand on them."""

    ground: str
    card: str
    ink: str
    quiet: str
    """On ground and card: what matters less."""
    accent: str
    strong: str
    """The accent as an ink."""
    track: str
    button: str
    hover: str
    main: str
    """The ground of the main button, with `strong` as its ink."""
    main_hover: str
    caution: str
    on_caution: str


PALETTES = {
    "light": Palette(
        ground="#F4F2EC",
        card="#FFFFFF",
        ink="#1C2629",
        quiet="#46535A",
        accent="#1B5E54",
        strong="#0F473E",
        track="#DCE1DA",
        button="#E3E6DF",
        hover="#D5DAD2",
        main="#CCE3DB",
        main_hover="#BDD9CF",
        caution="#F8ECD2",
        on_caution="#533C0C",
    ),
    "dark": Palette(
        ground="#14191C",
        card="#1D2428",
        ink="#EEF2F0",
        quiet="#B7C2C2",
        accent="#7ACDB9",
        strong="#B0EADB",
        track="#2D373B",
        button="#293236",
        hover="#364146",
        main="#183E36",
        main_hover="#1E483F",
        caution="#322A17",
        on_caution="#F0DBA8",
    ),
}


def ring(share: float, size: int, palette: Palette) -> Image.Image:
    """Return a ring of which `share` (0 to 1) is left, from twelve o'clock on."""
    big, line = size * _FINE, size * _FINE // 22
    image = Image.new("RGB", (big, big), palette.ground)
    draw = ImageDraw.Draw(image)
    box = (line, line, big - line, big - line)
    draw.arc(box, 0, 360, palette.track, line)
    if share > 0:
        draw.arc(box, -90, -90 + 360 * share, palette.accent, line)
        for turn in (0, share):
            _dot(draw, _on_circle(big / 2, (big - 3 * line) / 2, turn), line, palette.accent)
    return image.reduce(_FINE)


def _on_circle(middle: float, radius: float, turn: float) -> tuple[float, float]:
    angle = 2 * math.pi * turn
    return middle + radius * math.sin(angle), middle - radius * math.cos(angle)


def _dot(draw: ImageDraw.ImageDraw, at: tuple[float, float], width: float, colour: str) -> None:
    """Round off the end of a line of this width."""
    x, y = at
    draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), colour)


def tick_mark(size: int, palette: Palette) -> Image.Image:
    """Return the full ring with a tick in it: done."""
    image = ring(1, size, palette).resize((size * _FINE, size * _FINE))
    draw = ImageDraw.Draw(image)
    points = [(x * size * _FINE, y * size * _FINE) for x, y in ((0.33, 0.52), (0.45, 0.64), (0.68, 0.38))]
    width = size * _FINE // 20
    draw.line(points, palette.accent, width, joint="curve")
    for point in points[::2]:
        _dot(draw, point, width, palette.accent)
    return image.reduce(_FINE)


def plate(width: int, height: int, radius: int, colours: tuple[str, str], outline: str | None = None) -> Image.Image:
    """Return a rounded rectangle; `colours` are the ground's and its own."""
    image = Image.new("RGB", (width * _FINE, height * _FINE), colours[0])
    box = (0, 0, width * _FINE - 1, height * _FINE - 1)
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle(box, radius * _FINE, colours[1], outline, 2 * _FINE if outline else 0)
    return image.reduce(_FINE)
