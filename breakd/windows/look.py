"""How breakd's windows look: their colours and sizes of type, and the smooth shapes that Tk cannot draw.

Law: every text stands on its ground with a contrast of at least 7:1, in each palette.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageDraw

CAPTION, BODY, LEAD, TITLE, HEADLINE, LARGE, DISPLAY, HUGE = 13, 16, 20, 25, 31, 39, 49, 61
"""The sizes of type, each a quarter larger than the one before, in pixels of an ordinary screen."""

_FINE = 4
"""Shapes are drawn this many times larger and reduced, so that their edges are smooth."""

_LARGE_RING = 160
"""From this size on half as fine will do: a ring is drawn again and again."""

_LARGE_RING = 160
"""From this size on half as fine will do: a ring is drawn again and again."""

Size = tuple[int, int]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a window: grounds, and the inks that stand on them."""

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
    focus: str
    """The line around what has the keyboard."""
    edge: str | None = None
    """The line around cards and buttons, where colour alone is not to tell them from the ground."""


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
        focus="#1B5E54",
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
        focus="#7ACDB9",
    ),
    "high-contrast": Palette(
        ground="#000000",
        card="#000000",
        ink="#FFFFFF",
        quiet="#FFFFFF",
        accent="#FFDD33",
        strong="#FFDD33",
        track="#4A4A4A",
        button="#000000",
        hover="#333333",
        main="#000000",
        main_hover="#333333",
        caution="#000000",
        on_caution="#FFFFFF",
        focus="#FFDD33",
        edge="#FFFFFF",
    ),
}


def plate(
    size: Size, radius: int, ground: str, colour: str, *, outline: str | None = None, line: int = 2
) -> Image.Image:
    """Return a rounded rectangle on its ground, with an outline `line` wide if it has a colour."""
    image = Image.new("RGB", size, ground)
    image.paste(outline or colour, mask=_rounded(size, radius))
    if outline and min(size) > 2 * line:
        inner = (size[0] - 2 * line, size[1] - 2 * line)
        image.paste(colour, (line, line), _rounded(inner, max(0, radius - line)))
    return image


def _rounded(size: Size, radius: int) -> Image.Image:
    """Return the mask of a rounded rectangle; only its corners are drawn fine."""
    width, height = size
    radius = min(radius, width // 2, height // 2)
    mask = Image.new("L", size, 255)
    if radius:
        disc = _disc(radius)
        for x, left in ((0, 0), (width - radius, radius)):
            for y, top in ((0, 0), (height - radius, radius)):
                mask.paste(disc.crop((left, top, left + radius, top + radius)), (x, y))
    return mask


@cache
def _disc(radius: int) -> Image.Image:
    mask = Image.new("L", (2 * radius * _FINE, 2 * radius * _FINE))
    ImageDraw.Draw(mask).ellipse((0, 0, 2 * radius * _FINE - 1, 2 * radius * _FINE - 1), 255)
    return mask.reduce(_FINE)


def ring(share: float, size: int, palette: Palette, ground: str | None = None) -> Image.Image:
    """Return a ring of which `share` (0 to 1) is left, from twelve o'clock on."""
    image = Image.new("RGB", (size, size), ground or palette.ground)
    image.paste(palette.track, mask=_whole_ring(size))
    if share > 0:
        image.paste(palette.accent, mask=_arc(min(share, 1), size))
    return image


@cache
def _whole_ring(size: int) -> Image.Image:
    return _arc(1, size)


def _arc(share: float, size: int) -> Image.Image:
    """Return the mask of the ring's first `share`, with round ends."""
    fine = _FINE if size < _LARGE_RING else _FINE // 2
    big, line = size * fine, size * fine // 16
    mask = Image.new("L", (big, big))
    draw = ImageDraw.Draw(mask)
    if share >= 1:
        draw.ellipse((0, 0, big - 1, big - 1), None, 255, line)
        return mask.reduce(fine)
    draw.arc((0, 0, big - 1, big - 1), -90, -90 + 360 * share, 255, line)
    for turn in (0, share):
        _dot(draw, _on_circle(big / 2, (big - line) / 2, turn), line)
    return mask.reduce(fine)


def _on_circle(middle: float, radius: float, turn: float) -> Point:
    angle = 2 * math.pi * turn
    return middle + radius * math.sin(angle), middle - radius * math.cos(angle)


def _dot(draw: ImageDraw.ImageDraw, at: Point, width: float) -> None:
    """Round off the end of a line of this width."""
    x, y = at
    draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), 255)


def bar(share: float, size: Size, palette: Palette) -> Image.Image:
    """Return a bar of which `share` (0 to 1) is filled."""
    image = plate(size, size[1] // 2, palette.ground, palette.track)
    if share > 0:
        filled = (max(size[1], round(size[0] * share)), size[1])
        image.paste(palette.accent, (0, 0), _rounded(filled, size[1] // 2))
    return image


def tick_mark(size: int, palette: Palette) -> Image.Image:
    """Return the full ring with a tick in it: done."""
    image = ring(1, size, palette)
    image.paste(palette.accent, mask=_strokes(size, [((7.4, 12.4), (10.7, 15.7), (16.8, 8.8))], 1.5))
    return image


_BOX = ((5, 5), (19, 5), (19, 19), (5, 19), (5, 5))
_SPEAKER = ((3.2, 9.2), (7, 9.2), (11.5, 5.2), (11.5, 18.8), (7, 14.8), (3.2, 14.8))
_ICONS: dict[str, Sequence[Sequence[Point]]] = {
    "sound": ((*_SPEAKER, _SPEAKER[0]),),
    "muted": ((*_SPEAKER, _SPEAKER[0]), ((15.7, 9.3), (21, 14.7)), ((21, 9.3), (15.7, 14.7))),
    "enlarge": (
        ((4, 9), (4, 4), (9, 4)),
        ((15, 4), (20, 4), (20, 9)),
        ((20, 15), (20, 20), (15, 20)),
        ((9, 20), (4, 20), (4, 15)),
    ),
    "reduce": (
        ((9, 4), (9, 9), (4, 9)),
        ((15, 4), (15, 9), (20, 9)),
        ((15, 20), (15, 15), (20, 15)),
        ((9, 20), (9, 15), (4, 15)),
    ),
    "choose": (((6, 9.5), (12, 15.5), (18, 9.5)),),
    "tick": (((4.5, 12.5), (9.5, 17.5), (19.5, 6.5)),),
    "off": (_BOX,),
    "on": (_BOX, ((8.2, 12.3), (11, 15.1), (16, 8.9))),
}
"""Lines on a square of 24."""


def icon(name: str, size: int, ink: str, ground: str) -> Image.Image:
    """Return one of the drawn icons: `sound`, `muted`, `enlarge`, `reduce`, `choose`, `tick`, `on`, `off`."""
    image = Image.new("RGB", (size, size), ground)
    image.paste(ink, mask=_strokes(size, _ICONS[name], 1.8, waves=name == "sound"))
    return image


def _strokes(size: int, lines: Sequence[Sequence[Point]], width: float, *, waves: bool = False) -> Image.Image:
    """Return the mask of the lines, with round ends; `waves` are those of sound."""
    unit = size * _FINE / 24
    mask = Image.new("L", (size * _FINE, size * _FINE))
    draw = ImageDraw.Draw(mask)
    for line in lines:
        points = [(x * unit, y * unit) for x, y in line]
        draw.line(points, 255, round(width * unit), joint="curve")
        for point in points:
            _dot(draw, point, width * unit)
    for radius in (4.2, 8.0) if waves else ():
        middle = (12.2 * unit, 12 * unit)
        out = (radius + width / 2) * unit
        draw.arc(
            (middle[0] - out, middle[1] - out, middle[0] + out, middle[1] + out), -42, 42, 255, round(width * unit)
        )
        for sign in (-1, 1):
            angle = math.radians(42 * sign)
            _dot(
                draw,
                (middle[0] + radius * unit * math.cos(angle), middle[1] + radius * unit * math.sin(angle)),
                width * unit,
            )
    return mask.reduce(_FINE)
