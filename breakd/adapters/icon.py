"""The tray icon, drawn at any size from shapes.

Law: two states never differ by hue alone, and what a state looks like at a fraction is decided by `look`: equal looks
have equal pixels, so a picture need only be drawn when its look changes.

A shape is a signed distance: how far a point lies outside it (negative: inside), in units of the icon's width, with the
origin in the middle and y downwards. The distance in pixels is the antialiasing, which keeps the lines crisp from 16 to
64 px; it also spares the daemon PIL.ImageDraw, which would cost it 2 MB.
"""

from collections.abc import Callable
from math import cos, hypot, pi, sin
from typing import NamedTuple

from PIL import Image

Shape = Callable[[float, float], float]
Colour = tuple[int, int, int]

STEPS = 24  # how finely the ring fills: a step is one pixel of its arc at 22 px

_PIXEL = 1 / 22  # the usual size of a tray icon: lines that lie on its grid are sharp there, and at 44 px
_DARK: Colour = (0x16, 0x26, 0x2D)
_TRACK: Colour = (0x4B, 0x61, 0x6B)
_LIGHT: Colour = (0xF2, 0xF6, 0xF7)
_MINT: Colour = (0x74, 0xE3, 0xB6)
_AMBER: Colour = (0xFF, 0xB0, 0x2E)


class Look(NamedTuple):
    """What makes the pixels: a state, and how many of the ring's STEPS are filled (0 where it shows none)."""

    state: str
    step: int


class _Drawing(NamedTuple):
    """A body, whose edge is the icon's edge, and what is painted onto it, in order."""

    body: Shape
    edge: Colour
    marks: list[tuple[Shape, Colour]]


def look(state: str, fraction: float) -> Look:
    """Return the look of one of STATES at a fraction from 0 to 1. Any other state looks like `sitting`."""
    state = state if state in STATES else "sitting"
    return Look(state, round(min(max(fraction, 0), 1) * STEPS) if state in _RINGED else 0)


def draw(what: Look, size: int) -> Image.Image:
    """Return the picture, square, `size` pixels wide, RGBA."""
    drawing = _drawing(what)
    middle = (size - 1) / 2
    pixels = bytearray()
    for row in range(size):
        for column in range(size):
            pixels += _pixel(drawing, (column - middle) / size, (row - middle) / size, size)
    return Image.frombytes("RGBA", (size, size), bytes(pixels))


def _pixel(drawing: _Drawing, x: float, y: float, size: int) -> bytes:
    alpha = _cover(drawing.body(x, y), size)
    if not alpha:
        return bytes(4)
    red, green, blue = drawing.edge
    for shape, colour in drawing.marks:
        if part := _cover(shape(x, y), size):
            red = round(red + (colour[0] - red) * part)
            green = round(green + (colour[1] - green) * part)
            blue = round(blue + (colour[2] - blue) * part)
    return bytes((red, green, blue, round(255 * alpha)))


def _cover(distance: float, size: int) -> float:
    """Return how much of a pixel at this distance is covered, 0 to 1."""
    return min(max(0.5 - distance * size, 0.0), 1.0)


# Shapes, measured in pixels of the 22 px grid.


def _disc(x0: float, y0: float, radius: float) -> Shape:
    return lambda x, y: hypot(x - x0 * _PIXEL, y - y0 * _PIXEL) - radius * _PIXEL


def _line(x0: float, y0: float, x1: float, y1: float, width: float) -> Shape:
    """Return a stroke with round ends."""
    dx, dy = x1 - x0, y1 - y0
    squared = dx * dx + dy * dy

    def distance(x: float, y: float) -> float:
        px, py = x / _PIXEL - x0, y / _PIXEL - y0
        along = min(max((px * dx + py * dy) / squared, 0), 1)
        return (hypot(px - along * dx, py - along * dy) - width / 2) * _PIXEL

    return distance


def _box(x0: float, y0: float, x1: float, y1: float) -> Shape:
    """Return an upright rectangle: with its sides on whole pixels it is sharp."""
    return lambda x, y: max(x0 * _PIXEL - x, x - x1 * _PIXEL, y0 * _PIXEL - y, y - y1 * _PIXEL)


def _ring(radius: float, width: float) -> Shape:
    return lambda x, y: abs(hypot(x, y) - radius * _PIXEL) - width / 2 * _PIXEL


def _arc(radius: float, width: float, fraction: float) -> Shape:
    """Return the first part of a ring, clockwise from the top."""
    ring, end = _ring(radius, width), 2 * pi * fraction
    end_x, end_y = sin(end), -cos(end)

    def distance(x: float, y: float) -> float:
        after_start, before_end = -x, end_x * y - end_y * x
        both = max if fraction <= 1 / 2 else min
        return max(ring(x, y), both(after_start, before_end))

    return ring if fraction >= 1 else distance


def _without(shape: Shape, hole: Shape) -> Shape:
    return lambda x, y: max(shape(x, y), -hole(x, y))


def _triangle(top: float, base: float, half: float, corner: float) -> Shape:
    """Return a triangle that stands on its base, its corners rounded."""
    side = hypot(half, base - top)
    strokes = [
        _line(0, top, half, base, 2 * corner),
        _line(0, top, -half, base, 2 * corner),
        _line(-half, base, half, base, 2 * corner),
    ]

    def distance(x: float, y: float) -> float:
        px, py = abs(x) / _PIXEL, y / _PIXEL
        inside = max(((base - top) * px - half * (py - top)) / side, py - base) * _PIXEL
        return min(inside, *(stroke(x, y) for stroke in strokes))

    return distance


# The states. The person's turn is bright with dark marks, all else dark with bright marks; a problem is no disc.

_RINGED = ("sitting", "held")  # the states in which sitting time is shown

_MARKS: dict[str, list[tuple[Shape, Colour]]] = {
    "sitting": [],
    "held": [(_box(x, -1, x + 2, 1), _LIGHT) for x in (-4, -1, 2)],
    "due": [(_line(0, -5, 0, 6, 3), _DARK), (_line(0, -6, -5, -1, 3), _DARK), (_line(0, -6, 5, -1, 3), _DARK)],
    "routine": [
        (_disc(0, -5.5, 2), _MINT),
        (_line(-5.5, -4.5, 0, -1, 2), _MINT),
        (_line(5.5, -4.5, 0, -1, 2), _MINT),
        (_line(0, -1, 0, 2, 3), _MINT),
        (_line(0, 2, -3, 7, 2), _MINT),
        (_line(0, 2, 3, 7, 2), _MINT),
    ],
    "paused": [(_box(-5, -5, -1, 5), _LIGHT), (_box(1, -5, 5, 5), _LIGHT)],
    "outside": [(_without(_disc(-0.5, 0, 7), _disc(3, -2, 6)), _LIGHT)],
    "away": [(_disc(7 * sin(n * pi / 4), 7 * cos(n * pi / 4), 1.5), _LIGHT) for n in range(8)],
    "problem": [(_box(-1, -4, 1, 3), _DARK), (_box(-1, 5, 1, 7), _DARK)],
}

STATES = tuple(_MARKS)


def _drawing(what: Look) -> _Drawing:
    marks = _MARKS[what.state]
    if what.state == "problem":
        return _Drawing(_triangle(-9, 8, 8.5, 2), _DARK, [(_triangle(-9, 8, 8.5, 1), _AMBER), *marks])
    if what.state == "due":
        return _Drawing(_disc(0, 0, 11), _DARK, [(_disc(0, 0, 10), _AMBER), *marks])
    if what.state in _RINGED:
        filled = [(_arc(7.5, 3, what.step / STEPS), _MINT)] if what.step else []
        marks = [(_ring(7.5, 3), _TRACK), *filled, *marks]
    return _Drawing(_disc(0, 0, 11), _LIGHT, [(_disc(0, 0, 10), _DARK), *marks])
