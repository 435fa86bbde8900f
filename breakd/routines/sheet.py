"""What the figure is drawn with: rounded bars, dots and arrows with smooth edges, in the units of a scene.

Law: whoever draws knows places in the scene and inks by their use, and never pixels.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from PIL import Image, ImageDraw, ImageFont

from breakd.routines.poses import Point, Spot, View

Colour = tuple[int, int, int]
Box = tuple[float, float, float, float]
"""Left, bottom, right, top."""

FINE = 3
"""A picture is drawn this many times larger and reduced, so that its edges are smooth."""

_SHAFT, _BARB, _ROUNDING = 12, 28, 6
"""The width of an arrow's line, the length of its head, and how round that is."""

_BARS = 8
"""A curve is made of so many bars."""


@dataclass(frozen=True, slots=True)
class Inks:
    """The colours of a picture, as '#RRGGBB'."""

    background: str
    near: str
    """The limbs nearer to the viewer."""
    far: str
    trunk: str
    head: str
    hair: str
    """Hair and eyes."""
    props: str
    """Floor, mat and furniture."""
    accent: str
    """What moves."""


class Sheet:
    """A part of a picture, at the fine size: takes places and lengths of the scene, and draws in pixels.

    `corner` is the pixel of the whole picture that is its left top one.
    """

    def __init__(
        self, image: Image.Image, view: View, size: int, inks: Inks, *, corner: tuple[int, int] = (0, 0)
    ) -> None:
        self.left, self.bottom, self.side = view
        self.inks = inks
        self._scale = size * FINE / self.side
        self._x = -self.left * self._scale - corner[0] * FINE
        self._y = size * FINE + self.bottom * self._scale - corner[1] * FINE
        self._draw = ImageDraw.Draw(image)

    def spot(self, at: Spot | Point) -> Spot:
        return at[0] * self._scale + self._x, self._y - at[1] * self._scale

    def dot(self, at: Spot | Point, width: float, ink: str | Colour) -> None:
        (x, y), radius = self.spot(at), width * self._scale / 2
        self._draw.ellipse((x - radius, y - radius, x + radius, y + radius), ink)

    def bone(self, start: Spot | Point, end: Spot | Point, widths: tuple[float, float], ink: str | Colour) -> None:
        """Draw a rounded bar that goes from one width to another."""
        (ax, ay), (bx, by) = self.spot(start), self.spot(end)
        length = math.hypot(bx - ax, by - ay)
        if length:
            nx, ny = (ay - by) / length, (bx - ax) / length
            a, b = widths[0] * self._scale / 2, widths[1] * self._scale / 2
            corners = [(ax + nx * a, ay + ny * a), (bx + nx * b, by + ny * b)]
            corners += [(bx - nx * b, by - ny * b), (ax - nx * a, ay - ny * a)]
            self._draw.polygon(corners, ink)
        self.dot(start, widths[0], ink)
        self.dot(end, widths[1], ink)

    def curve(self, spots: tuple[Point, Point, Point], widths: tuple[float, float, float], ink: str | Colour) -> None:
        """Draw a rounded bar that bends smoothly on its way through three places."""
        (ax, ay, _), (bx, by, _), (cx, cy, _) = spots
        steps = [step / _BARS for step in range(_BARS + 1)]
        way = [(_through(ax, bx, cx, step), _through(ay, by, cy, step)) for step in steps]
        wide = [_through(*widths, step) for step in steps]
        for (start, first), (end, last) in pairwise(zip(way, wide, strict=True)):
            self.bone(start, end, (first, last), ink)

    def line(self, spots: Sequence[Spot], width: float, ink: str | Colour) -> None:
        """Draw a line with round ends."""
        self._draw.line([self.spot(spot) for spot in spots], ink, round(width * self._scale), "curve")
        for end in (spots[0], spots[-1]):
            self.dot(end, width, ink)

    def shape(self, corners: Iterable[Spot | Point], ink: str | Colour) -> None:
        self._draw.polygon([self.spot(corner) for corner in corners], ink)

    def box(self, area: Box, radius: float, ink: str | Colour) -> None:
        (x0, y1), (x1, y0) = self.spot(area[:2]), self.spot(area[2:])
        self._draw.rounded_rectangle((x0, y0, x1, y1), radius * self._scale, ink)

    def cap(self, at: Spot | Point, radius: float, angles: tuple[float, float], ink: str | Colour) -> None:
        """Draw the part of a disc that a chord between two angles (in degrees, to the left) cuts off."""
        (x, y), radius = self.spot(at), radius * self._scale
        self._draw.chord((x - radius, y - radius, x + radius, y + radius), -angles[1], -angles[0], ink)

    def letter(self, at: Spot, text: str, height: float, ink: str | Colour) -> None:
        self._draw.text(self.spot(at), text, ink, _font(round(height * self._scale)), anchor="mm")

    def arrow(self, way: Sequence[Spot]) -> None:
        """Draw an arrow through these places, its head at the last."""
        ink = blend(self.inks.accent, self.inks.background, 0.2)
        (bx, by), (ax, ay) = way[-1], next((spot for spot in reversed(way) if math.dist(spot, way[-1]) > _BARB), way[0])
        length = math.hypot(bx - ax, by - ay) or 1.0
        dx, dy = (bx - ax) / length, (by - ay) / length
        neck = (bx - dx * _BARB, by - dy * _BARB)
        self.line([*(spot for spot in way if math.dist(spot, way[-1]) > _BARB), neck], _SHAFT, ink)
        corners = (way[-1], (neck[0] - dy * _BARB, neck[1] + dx * _BARB), (neck[0] + dy * _BARB, neck[1] - dx * _BARB))
        self.line([*corners, *corners[:2]], _ROUNDING, ink)
        self.shape(corners, ink)


def _through(start: float, middle: float, end: float, share: float) -> float:
    """Return the value `share` of the way along a parabola through three, the second of them half-way."""
    return start + share * (4 * middle - 3 * start - end) + 2 * share * share * (start - 2 * middle + end)


@cache
def _font(height: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(height)


def blend(ink: str, other: str, share: float) -> Colour:
    """Return an ink with `share` of another in it."""
    a, b = _colour(ink), _colour(other)
    return (
        round(a[0] + (b[0] - a[0]) * share),
        round(a[1] + (b[1] - a[1]) * share),
        round(a[2] + (b[2] - a[2]) * share),
    )


def _colour(ink: str) -> Colour:
    return int(ink[1:3], 16), int(ink[3:5], 16), int(ink[5:7], 16)
