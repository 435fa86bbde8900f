"""Draws the figure: a skeleton, what stands around it, and what points out the movement.

Law: equal arguments give equal pixels; what moves is in the accent, and nothing else is.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from PIL import Image, ImageDraw, ImageFont

from breakd.routines.figure import Skeleton, Spot
from breakd.routines.poses import HEAD_RADIUS, JOINTS_OF, SCENES, Joint, Part, Point, Pose, Prop, Scene
from breakd.texts import _

Colour = tuple[int, int, int]

_FINE = 2
"""The picture is drawn this many times larger and reduced, so that its edges are smooth."""


@dataclass(frozen=True, slots=True)
class Inks:
    """The colours of a picture, as '#RRGGBB'."""

    background: str
    near: str
    """The limbs nearer to the viewer, and the hair."""
    far: str
    trunk: str
    head: str
    props: str
    """Floor, mat and furniture."""
    accent: str
    """What moves."""


LIGHT = Inks("#F4F2EC", "#33474D", "#A3B1B0", "#2F7A6E", "#DDA884", "#C9CDC2", "#DB5A2B")
DARK = Inks("#14191C", "#C5D3D1", "#66777A", "#5FB3A1", "#E0B394", "#39454A", "#FF9A62")
HIGH_CONTRAST = Inks("#000000", "#FFFFFF", "#9A9A9A", "#FFFFFF", "#FFFFFF", "#8A8A8A", "#FFD400")

_ARM_WIDTHS = (46, 38, 30)
_LEG_WIDTHS = (70, 52, 36)
_TRUNK_WIDTHS = (86, 76, 80)
_HALO = 9
_FAR_SHIFT = (10, 5)
_SEAT = 176


def draw(skeleton: Skeleton, size: int, inks: Inks) -> Image.Image:
    """Return the skeleton as a picture of `size` by `size` pixels."""
    scene = SCENES[skeleton.scene]
    image = _backdrop(skeleton.scene, size, inks).copy()
    sheet = _Sheet(image, scene, inks)
    if scene.cycle:
        _moving_floor(sheet, skeleton.floor)
    if scene.gap:
        _gap(sheet, skeleton.pose)
    for way in skeleton.ways:
        sheet.arrow(way)
    _body(sheet, scene, skeleton)
    for joint in skeleton.presses:
        _press(sheet, skeleton.pose, joint)
    for part in _marked(scene, skeleton.works):
        _mark(sheet, skeleton.pose, part)
    return image.reduce(_FINE)


class _Sheet:
    """A picture in progress: takes places and lengths of the scene, and draws in pixels."""

    def __init__(self, image: Image.Image, scene: Scene, inks: Inks) -> None:
        self.left, self.bottom, self.side = scene.view
        self.inks = inks
        self._pixels = image.width
        self._scale = image.width / self.side
        self._draw = ImageDraw.Draw(image)

    def spot(self, at: Spot | Point) -> Spot:
        return (at[0] - self.left) * self._scale, self._pixels - (at[1] - self.bottom) * self._scale

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

    def shape(self, corners: Iterable[Spot | Point], ink: str | Colour) -> None:
        self._draw.polygon([self.spot(corner) for corner in corners], ink)

    def box(self, left: float, bottom: float, right: float, top: float, radius: float, ink: str | Colour) -> None:
        (x0, y1), (x1, y0) = self.spot((left, bottom)), self.spot((right, top))
        self._draw.rounded_rectangle((x0, y0, x1, y1), radius * self._scale, ink)

    def cap(self, at: Spot | Point, radius: float, angles: tuple[float, float], ink: str | Colour) -> None:
        """Draw the part of a disc that a chord between two angles (in degrees, to the left) cuts off."""
        (x, y), radius = self.spot(at), radius * self._scale
        self._draw.chord((x - radius, y - radius, x + radius, y + radius), -angles[1], -angles[0], ink)

    def letter(self, at: Spot, text: str, height: float, ink: str | Colour) -> None:
        self._draw.text(self.spot(at), text, ink, _font(round(height * self._scale)), anchor="mm")

    def arrow(self, way: Sequence[Spot]) -> None:
        """Draw an arrow along these places, its head at the last."""
        ink = _blend(self.inks.accent, self.inks.background, 0.25)
        (bx, by), (ax, ay) = way[-1], way[-3 if len(way) > 2 else 0]  # noqa: PLR2004 - a short piece shakes
        length = math.hypot(bx - ax, by - ay) or 1.0
        dx, dy = (bx - ax) / length, (by - ay) / length
        neck = (bx - dx * 22, by - dy * 22)
        for start, end in pairwise([*way[:-1], neck] if len(way) > 1 else way):
            if math.dist(start, way[-1]) > 20:  # noqa: PLR2004 - not through its own head
                self.bone(start, end, (11, 11), ink)
        self.shape(
            [
                (bx, by),
                (neck[0] - dy * 19 - dx * 8, neck[1] + dx * 19 - dy * 8),
                neck,
                (neck[0] + dy * 19 - dx * 8, neck[1] - dx * 19 - dy * 8),
            ],
            ink,
        )


@cache
def _font(height: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(height)


def _blend(ink: str, other: str, share: float) -> Colour:
    """Return an ink with `share` of another in it."""
    a, b = _colour(ink), _colour(other)
    return (
        round(a[0] + (b[0] - a[0]) * share),
        round(a[1] + (b[1] - a[1]) * share),
        round(a[2] + (b[2] - a[2]) * share),
    )


def _colour(ink: str) -> Colour:
    return int(ink[1:3], 16), int(ink[3:5], 16), int(ink[5:7], 16)


# --- Around the figure ---


@cache
def _backdrop(name: str, size: int, inks: Inks) -> Image.Image:
    """Return what does not move, at the fine size."""
    scene = SCENES[name]
    image = Image.new("RGB", (size * _FINE, size * _FINE), inks.background)
    sheet = _Sheet(image, scene, inks)
    for prop in scene.props:
        _PROPS[prop](sheet)
    left, right = sheet.left + sheet.side * 0.03, sheet.left + sheet.side * 0.97
    sheet.bone((left, -10), (right, -10), (9, 9), inks.props)
    return image


def _mat(sheet: _Sheet) -> None:
    inset = sheet.side * 0.03
    ink = _blend(sheet.inks.props, sheet.inks.trunk, 0.3)
    sheet.box(sheet.left + inset, -26, sheet.left + sheet.side - inset, -4, 11, ink)


def _chair(sheet: _Sheet) -> None:
    for x in (345, 455):
        sheet.bone((x, _SEAT - 14), (x, -4), (15, 15), sheet.inks.props)
    sheet.bone((338, _SEAT - 10), (462, _SEAT - 10), (24, 24), sheet.inks.props)


def _backrest(sheet: _Sheet) -> None:
    sheet.bone((338, _SEAT - 10), (328, 340), (18, 20), sheet.inks.props)


def _stool(sheet: _Sheet) -> None:
    """Draw the chair from the front."""
    for x in (415, 585):
        sheet.bone((x, _SEAT - 14), (x, -4), (15, 15), sheet.inks.props)
    sheet.bone((412, _SEAT - 10), (588, _SEAT - 10), (24, 24), sheet.inks.props)


def _desk(sheet: _Sheet) -> None:
    right = sheet.left + sheet.side * 0.96
    sheet.bone((right - 40, 310), (right - 40, -4), (20, 20), sheet.inks.props)
    sheet.bone((670, 314), (right, 314), (24, 24), sheet.inks.props)


def _wall(sheet: _Sheet) -> None:
    sheet.box(sheet.left + sheet.side * 0.03, -6, 456, sheet.bottom + sheet.side * 0.97, 10, sheet.inks.props)


_PROPS: dict[Prop, Callable[[_Sheet], None]] = {
    "mat": _mat,
    "chair": _chair,
    "stool": _stool,
    "backrest": _backrest,
    "desk": _desk,
    "wall": _wall,
}

_TICK = 130.0


def _moving_floor(sheet: _Sheet, moved: float) -> None:
    inset = sheet.side * 0.05
    first = sheet.left + inset + (-moved - sheet.left) % _TICK
    for step in range(int(sheet.side / _TICK) + 1):
        x = first + step * _TICK
        if x + 50 < sheet.left + sheet.side - inset:
            sheet.bone((x, -34), (x + 44, -34), (8, 8), sheet.inks.props)


def _gap(sheet: _Sheet, pose: Pose) -> None:
    knee = pose[Joint.R_KNEE]
    top = knee[1] - _LEG_WIDTHS[1] / 2
    if top > 0:
        sheet.box(knee[0] - 130, 0, knee[0] + 40, top, 8, _blend(sheet.inks.accent, sheet.inks.background, 0.45))


# --- The figure ---


def _body(sheet: _Sheet, scene: Scene, skeleton: Skeleton) -> None:
    """Draw the parts from the farthest to the nearest."""
    pose, inks = skeleton.pose, sheet.inks
    for part in _by_depth(scene, pose):
        if part == Part.TRUNK:
            _trunk(sheet, scene, pose, inks.accent if part in skeleton.works else inks.trunk)
            continue
        far = _farness(scene, pose, part)
        ink = (
            _blend(inks.accent, inks.background, 0.3 * far)
            if part in skeleton.works
            else _blend(inks.near, inks.far, far)
        )
        joints = [pose[joint] for joint in JOINTS_OF[part]]
        if not scene.front and far:
            joints = [(x + _FAR_SHIFT[0], y + _FAR_SHIFT[1], z) for x, y, z in joints]
        limb = _arm if part in {Part.R_ARM, Part.L_ARM} else _leg
        if far < 1:
            limb(sheet, joints, inks.background, _HALO)
        limb(sheet, joints, ink, 0)


_SIDE_ORDER = (Part.L_LEG, Part.L_ARM, Part.TRUNK, Part.R_LEG, Part.R_ARM)


def _by_depth(scene: Scene, pose: Pose) -> Sequence[Part]:
    return sorted(Part, key=lambda part: _depth(pose, part)) if scene.front else _SIDE_ORDER


def _depth(pose: Pose, part: Part) -> float:
    joints = JOINTS_OF[part][1:]
    return 5.0 if part == Part.TRUNK else sum(pose[joint][2] for joint in joints) / len(joints)


def _farness(scene: Scene, pose: Pose, part: Part) -> float:
    """Return how far away a limb is, 0 to 1."""
    if not scene.front:
        return float(part in {Part.L_ARM, Part.L_LEG})
    return min(1.0, max(0.0, -_depth(pose, part) / 100))


def _arm(sheet: _Sheet, joints: Sequence[Point], ink: str | Colour, more: float) -> None:
    shoulder, elbow, hand = joints
    a, b, c = (width + 2 * more for width in _ARM_WIDTHS)
    sheet.bone(shoulder, elbow, (a, b), ink)
    sheet.bone(elbow, hand, (b, c), ink)
    sheet.dot(hand, c + 6, ink)


def _leg(sheet: _Sheet, joints: Sequence[Point], ink: str | Colour, more: float) -> None:
    hip, knee, ankle, toe = joints
    a, b, c = (width + 2 * more for width in _LEG_WIDTHS)
    sheet.bone(hip, knee, (a, b), ink)
    sheet.bone(knee, ankle, (b, c), ink)
    heel = _heel(ankle, toe)
    sole = 18 + 2 * more
    sheet.bone(ankle, heel, (c, sole + 8), ink)
    sheet.bone(heel, toe, (sole + 6, sole), ink)
    sheet.bone(ankle, toe, (c - 6, sole), ink)


def _heel(ankle: Point, toe: Point) -> Spot:
    """Return the heel: below the ankle, a little behind a right angle to the foot."""
    way = math.atan2(toe[1] - ankle[1], toe[0] - ankle[0]) - math.radians(98)
    shown = min(1.0, math.hypot(toe[0] - ankle[0], toe[1] - ankle[1]) / 80)
    return ankle[0] + 18 * math.cos(way) * shown, ankle[1] + 18 * math.sin(way) * shown


def _trunk(sheet: _Sheet, scene: Scene, pose: Pose, ink: str) -> None:
    neck, waist, hip = pose[Joint.NECK], pose[Joint.WAIST], pose[Joint.HIP]
    a, b, c = _TRUNK_WIDTHS
    sheet.bone(neck, pose[Joint.HEAD], (34, 34), sheet.inks.head)
    if scene.front:
        shoulders, hips = (pose[Joint.R_SHOULDER], pose[Joint.L_SHOULDER]), (pose[Joint.R_HIP], pose[Joint.L_HIP])
        sheet.shape([*shoulders, *reversed(hips)], ink)
        for start, end in ((*shoulders,), (*hips,), (shoulders[0], hips[0]), (shoulders[1], hips[1])):
            sheet.bone(start, end, (46, 46), ink)
    else:
        sheet.bone(neck, waist, (a, b), ink)
        sheet.bone(waist, hip, (b, c), ink)
    _head(sheet, scene, pose)


def _head(sheet: _Sheet, scene: Scene, pose: Pose) -> None:
    """Draw the head: hair at its back, and a nose, so that one sees where it looks."""
    head, nose = pose[Joint.HEAD], pose[Joint.NOSE]
    face = _blend(sheet.inks.head, sheet.inks.background, 0)
    if scene.front:
        sheet.dot(head, 2 * HEAD_RADIUS, face)
        sheet.cap(head, HEAD_RADIUS, (20, 160), sheet.inks.near)
        sheet.dot((nose[0], nose[1] - 6), 17, _blend(sheet.inks.head, sheet.inks.near, 0.45))
        return
    looks = math.degrees(math.atan2(nose[1] - head[1], nose[0] - head[0]))
    sheet.dot((head[0] + (nose[0] - head[0]) * 1.0, head[1] + (nose[1] - head[1]) * 1.0), 20, face)
    sheet.dot(head, 2 * HEAD_RADIUS, face)
    sheet.cap(head, HEAD_RADIUS, (looks + 55, looks + 235), sheet.inks.near)


# --- What points out the movement ---


def _press(sheet: _Sheet, pose: Pose, joint: Joint) -> None:
    x, y, _z = pose[joint]
    if joint in {Joint.R_ANKLE, Joint.L_ANKLE}:
        sheet.arrow([(x - 52, y + 96), (x - 52, y + 50), (x - 52, y - 26)])
    else:
        sheet.arrow([(x, y + 140), (x, y + 90), (x, y + 32)])


def _marked(scene: Scene, works: Sequence[Part]) -> list[Part]:
    """Return the limbs that get an R or an L: those that work alone, seen from the side."""
    pairs = ((Part.R_ARM, Part.L_ARM), (Part.R_LEG, Part.L_LEG))
    return [part for pair in pairs for part in pair if part in works and (scene.front or not set(pair) <= set(works))]


def _mark(sheet: _Sheet, pose: Pose, part: Part) -> None:
    at = _mark_spot(sheet, pose, part)
    sheet.dot(at, 54, sheet.inks.accent)
    text = _("R") if part in {Part.R_ARM, Part.R_LEG} else _("L")
    sheet.letter(at, text, 40, sheet.inks.background)


def _mark_spot(sheet: _Sheet, pose: Pose, part: Part) -> Spot:
    base, *rest = (pose[joint] for joint in JOINTS_OF[part])
    tip = rest[1]
    before = rest[0]
    dx, dy = tip[0] - before[0], tip[1] - before[1]
    length = math.hypot(dx, dy) or 1.0
    x, y = tip[0] - dy / length * 60, tip[1] + dx / length * 60
    low, high = sheet.side * 0.05, sheet.side * 0.95
    return min(max(x, sheet.left + low), sheet.left + high), min(max(y, sheet.bottom + low), sheet.bottom + high)
