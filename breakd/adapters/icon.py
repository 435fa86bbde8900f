"""The tray icon, drawn at any size from shapes.

Law: two states never differ by hue alone, and what a state looks like at a fraction is decided by `look`: equal looks
have equal pixels, so a picture need only be drawn when its look changes. Each size is drawn for its own pixels: what is
upright or level has its sides on whole ones.

A shape is a signed distance: how far a point lies outside it (negative: inside), in pixels, with the origin in the
middle and y downwards; and where it lies. The distance is the antialiasing; it also spares the daemon PIL.ImageDraw,
which would cost it 2 MB.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from math import ceil, cos, floor, hypot, pi, sin, sqrt
from typing import NamedTuple

from PIL import Image

Distance = Callable[[float, float], float]
Colour = tuple[int, int, int]

SIZES = (16, 22, 24, 32, 44, 48, 66)
"""What panels show, at one and two pixels a point. Those that scale the largest down (Xfce's, Waybar) do so to 22 or
16: 66 makes that sharp."""

STEPS = 24  # how finely the ring fills: a step is one pixel of its arc at 22 px

_DARK: Colour = (0x16, 0x26, 0x2D)
_TRACK: Colour = (0x5D, 0x75, 0x80)
_LIGHT: Colour = (0xF2, 0xF6, 0xF7)
_MINT: Colour = (0x74, 0xE3, 0xB6)
_AMBER: Colour = (0xFF, 0xB0, 0x2E)


class Shape(NamedTuple):
    """Its distance from any point, and between which sides it lies."""

    distance: Distance
    left: float
    top: float
    right: float
    bottom: float


Mark = tuple[Shape, Colour]


class Look(NamedTuple):
    """What makes the pixels: a state, and how many of the ring's STEPS are filled (0 where it shows none)."""

    state: str
    step: int


def look(state: str, fraction: float) -> Look:
    """Return the look of one of STATES at a fraction from 0 to 1. Any other state looks like `sitting`."""
    state = state if state in STATES else "sitting"
    return Look(state, round(min(max(fraction, 0), 1) * STEPS) if state in _RINGED else 0)


def draw(what: Look, size: int) -> Image.Image:
    """Return the picture, square, `size` pixels wide (an even number), RGBA."""
    image = _still(what.state, size).copy()
    if what.step:
        _paint(image, (_arc(*_Grid(size).ring, what.step / STEPS), _MINT))
    return image


@lru_cache(maxsize=len(SIZES))
def _still(state: str, size: int) -> Image.Image:
    """Return the picture without what is filled of the ring, so that only that is drawn as time goes on."""
    grid = _Grid(size)
    edge, body, *marks = _STATES[state](grid)
    image = Image.new("RGBA", (size, size), (*edge[1], 0))
    for mark in (edge, body, *marks):
        _paint(image, mark)
    return image


def _paint(image: Image.Image, mark: Mark) -> None:
    """Lay a shape onto the picture. The first, the edge, brings the alpha: all others lie on it."""
    shape, colour = mark
    middle = image.width // 2
    left, top = (max(0, middle + floor(side)) for side in (shape.left, shape.top))
    right, bottom = (min(image.width, middle + ceil(side)) for side in (shape.right, shape.bottom))
    columns = [n + 0.5 - middle for n in range(left, right)]
    rows = [n + 0.5 - middle for n in range(top, bottom)]
    covers = bytes(round(255 * min(max(0.5 - shape.distance(x, y), 0.0), 1.0)) for y in rows for x in columns)
    image.paste(colour, (left, top), Image.frombytes("L", (len(columns), len(rows)), covers))


# Shapes. A side is half a pixel further out, where a curve still covers a bit.


def _disc(x0: float, y0: float, radius: float) -> Shape:
    reach = radius + 0.5
    return Shape(lambda x, y: hypot(x - x0, y - y0) - radius, x0 - reach, y0 - reach, x0 + reach, y0 + reach)


def _box(left: float, top: float, right: float, bottom: float) -> Shape:
    """Return a rectangle, its sides on whole pixels."""
    return Shape(lambda x, y: max(left - x, x - right, top - y, y - bottom), left, top, right, bottom)


def _line(x0: float, y0: float, x1: float, y1: float, width: float) -> Shape:
    """Return a stroke with round ends."""
    dx, dy = x1 - x0, y1 - y0
    squared = dx * dx + dy * dy

    def distance(x: float, y: float) -> float:
        px, py = x - x0, y - y0
        along = min(max((px * dx + py * dy) / squared, 0), 1)
        return hypot(px - along * dx, py - along * dy) - width / 2

    reach = width / 2 + 0.5
    return Shape(distance, min(x0, x1) - reach, min(y0, y1) - reach, max(x0, x1) + reach, max(y0, y1) + reach)


def _ring(radius: float, width: float) -> Shape:
    return _disc(0, 0, radius + width / 2)._replace(distance=lambda x, y: abs(hypot(x, y) - radius) - width / 2)


def _arc(radius: float, width: float, fraction: float) -> Shape:
    """Return the first part of a ring, clockwise from the top."""
    ring, end = _ring(radius, width), 2 * pi * fraction
    end_x, end_y = sin(end), -cos(end)
    both = max if fraction <= 1 / 2 else min

    def distance(x: float, y: float) -> float:
        after_start, before_end = -x, end_x * y - end_y * x
        return max(ring.distance(x, y), both(after_start, before_end))

    return ring if fraction >= 1 else ring._replace(distance=distance)


def _crescent(disc: Shape, bite: Shape) -> Shape:
    return disc._replace(distance=lambda x, y: max(disc.distance(x, y), -bite.distance(x, y)))


def _roof(top: float, base: float) -> Shape:
    """Return a triangle that stands on its base, its sides at 45 degrees."""
    half = base - top
    return Shape(lambda x, y: max((abs(x) - (y - top)) / sqrt(2), y - base), -half - 0.5, top - 0.5, half + 0.5, base)


def _sign(top: float, base: float, half: float, corner: float) -> Shape:
    """Return a triangle that stands on its base, its corners rounded."""
    side, length, reach = _line(0, top, half, base, 2 * corner), hypot(half, base - top), corner + 0.5

    def distance(x: float, y: float) -> float:
        x = abs(x)
        inside = max(((base - top) * x - half * (y - top)) / length, y - base)
        return min(inside, side.distance(x, y), hypot(max(x - half, 0), y - base) - corner)

    return Shape(distance, -half - reach, top - reach, half + reach, base + reach)


# The states, designed at 22 px.


class _Grid:
    """The pixels of one size: turns lengths of the design into its own."""

    def __init__(self, size: int) -> None:
        self.scale = size / 22
        self.radius = size / 2
        self.rim = self.whole(1)
        outer = self.radius - self.rim - self.whole(1)
        width = self.whole(3)
        self.ring = outer - width / 2, width

    def whole(self, length: float) -> int:
        """Return the length in whole pixels, at least one."""
        return max(1, round(length * self.scale))

    def half(self, length: float) -> int:
        """Return half of the length in whole pixels, so that it can lie around the middle."""
        return self.whole(length / 2)

    def badge(self, edge: Colour, body: Colour) -> list[Mark]:
        """Return the disc that most states are drawn on."""
        return [(_disc(0, 0, self.radius), edge), (_disc(0, 0, self.radius - self.rim), body)]


def _sitting(grid: _Grid) -> list[Mark]:
    return [*grid.badge(_LIGHT, _DARK), (_ring(*grid.ring), _TRACK)]


def _held(grid: _Grid) -> list[Mark]:
    """Return the ring with a bar across, as on a sign of no entry."""
    across, up = grid.half(8), grid.half(2.2)
    return [*_sitting(grid), (_box(-across, -up, across, up), _LIGHT)]


def _due(grid: _Grid) -> list[Mark]:
    """Return an arrow: up."""
    top, base, half, foot = -grid.whole(7), -grid.whole(1), grid.half(4), grid.whole(6)
    return [*grid.badge(_DARK, _AMBER), (_roof(top, base), _DARK), (_box(-half, base, half, foot), _DARK)]


def _routine(grid: _Grid) -> list[Mark]:
    """Return somebody who stretches."""
    return [*grid.badge(_LIGHT, _DARK), *((shape, _MINT) for shape in _somebody(grid))]


def _somebody(grid: _Grid) -> Iterator[Shape]:
    s = grid.scale
    trunk, limb, neck, hip = grid.half(2.4), max(1.5, 2 * s), -1.5 * s, 2 * s
    yield _disc(0, -grid.whole(6.5), 2 * s)
    yield _box(-trunk, round(neck), trunk, round(hip) + 1)
    for side in (-1, 1):
        yield _line(side * 6 * s, -4.5 * s, side * s / 2, neck + s / 2, limb)
        yield _line(side * s / 2, hip, side * 3.5 * s, 7 * s, limb)


def _standing(grid: _Grid) -> list[Mark]:
    """Return somebody who stands, with the arms down."""
    s = grid.scale
    shoulder, top, hip, foot = grid.half(8), -grid.whole(3), grid.whole(2), grid.whole(8)
    trunk, gap = grid.half(5), grid.half(1)
    body = [
        _disc(0, -grid.whole(6), 2.2 * s),
        _box(-shoulder, top, shoulder, top + grid.whole(2)),
        _box(-trunk, top, trunk, hip),
    ]
    for side in (-1, 1):
        near, far, outer = side * gap, side * trunk, side * shoulder
        body.append(_box(min(near, far), hip, max(near, far), foot))
        inner = outer - side * grid.whole(1.2)
        body.append(_box(min(inner, outer), top, max(inner, outer), hip))
    return [*grid.badge(_LIGHT, _DARK), *((shape, _LIGHT) for shape in body)]


def _paused(grid: _Grid) -> list[Mark]:
    gap, width, up = grid.half(2), grid.whole(4), grid.half(10)
    bars = [_box(-gap - width, -up, -gap, up), _box(gap, -up, gap + width, up)]
    return [*grid.badge(_LIGHT, _DARK), *((bar, _LIGHT) for bar in bars)]


def _outside(grid: _Grid) -> list[Mark]:
    """Return a moon."""
    s = grid.scale
    return [*grid.badge(_LIGHT, _DARK), (_crescent(_disc(-0.5 * s, 0, 7 * s), _disc(3 * s, -2 * s, 6 * s)), _LIGHT)]


def _away(grid: _Grid) -> list[Mark]:
    """Return a ring that is only hinted at."""
    radius, dot = 7 * grid.scale, max(1.2, 1.5 * grid.scale)
    turns = [n * pi / 4 for n in range(8)]
    dots = [_disc(round(radius * sin(turn)), round(radius * cos(turn)), dot) for turn in turns]
    return [*grid.badge(_LIGHT, _DARK), *((shape, _LIGHT) for shape in dots)]


def _problem(grid: _Grid) -> list[Mark]:
    """Return a warning sign: the one state that is no disc."""
    s = grid.scale
    top, base, side = -9 * s, round(10 * s) - 2 * s, 8.5 * s
    bar, dot = grid.half(2.3), max(2, grid.whole(2))
    foot = round(base) - grid.whole(1)
    return [
        (_sign(top, base, side, 2 * s), _DARK),
        (_sign(top, base, side, 2 * s - grid.rim), _AMBER),
        (_box(-bar, foot - dot, bar, foot), _DARK),
        (_box(-bar, -grid.whole(4), bar, foot - dot - grid.whole(2)), _DARK),
    ]


_RINGED = ("sitting", "held")  # the states in which sitting time is shown

_STATES: dict[str, Callable[[_Grid], list[Mark]]] = {
    "sitting": _sitting,
    "held": _held,
    "due": _due,
    "routine": _routine,
    "paused": _paused,
    "outside": _outside,
    "away": _away,
    "standing": _standing,
    "problem": _problem,
}

STATES = tuple(_STATES)
