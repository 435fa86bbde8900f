"""Draws the figure: a skeleton, what stands around it, and what points out the movement.

Law: equal arguments give equal pixels; what moves is in the accent, and nothing else is.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from PIL import Image, ImageDraw, ImageFont

from breakd.routines.figure import Arrow, Mark, Skeleton
from breakd.routines.poses import HEAD_RADIUS, JOINTS_OF, SCENES, Joint, Part, Point, Pose, Prop, Scene, Spot
from breakd.texts import _

Colour = tuple[int, int, int]
Box = tuple[float, float, float, float]

_FINE = 3
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
_FORESHORTENED = 50
"""A foot that is shorter than this points at the viewer."""
_HALO = 8
_FAR_SHIFT = (20, 4)
"""The far limbs are drawn this much aside, so that they are seen behind the near ones."""
_SEAT = 176
_REACH = 85
"""How far around its joints, arrows and marks the figure may be drawn."""
_SHAFT, _BARB = 12, 28
"""The width of an arrow's line, and the length of its head."""


def draw(skeleton: Skeleton, size: int, inks: Inks) -> Image.Image:
    """Return the skeleton as a picture of `size` by `size` pixels.

    What stands still is kept from one call to the next; only where the figure is, the picture is drawn anew.
    """
    scene = SCENES[skeleton.scene]
    fine, picture = _backdrop(skeleton.scene, size, inks)
    picture = picture.copy()
    areas = [(_area_of(skeleton), _figure)]
    if scene.cycle:
        left, _bottom, side = scene.view
        areas.append(((left, -45, left + side, -23), _moving_floor))
    for area, paint in areas:
        x0, y0, x1, y1 = box = _pixels(area, scene, size)
        patch = fine.crop((x0 * _FINE, y0 * _FINE, x1 * _FINE, y1 * _FINE))
        paint(_Sheet(patch, scene, size, inks, (x0, y0)), skeleton)
        picture.paste(patch.reduce(_FINE), box)
    return picture


def _area_of(skeleton: Skeleton) -> Box:
    """Return what is drawn of the skeleton: left, bottom, right, top."""
    spots = [(x, y) for x, y, _ in skeleton.pose]
    spots += [spot for arrow in skeleton.arrows for spot in arrow] + [spot for _side, spot in skeleton.marks]
    xs, ys = zip(*spots, strict=True)
    return min(xs) - _REACH, min(ys) - _REACH, max(xs) + _REACH, max(ys) + _REACH


def _pixels(area: Box, scene: Scene, size: int) -> tuple[int, int, int, int]:
    """Return the pixels that hold an area of the scene: left, top, right, bottom, none of them outside."""
    (left, bottom, side), scale = scene.view, size / scene.view[2]
    x0, x1 = math.floor((area[0] - left) * scale), math.ceil((area[2] - left) * scale)
    y0, y1 = math.floor(size - (area[3] - bottom) * scale), math.ceil(size - (area[1] - bottom) * scale)
    return max(0, x0), max(0, y0), min(size, x1), min(size, y1)


def _figure(sheet: "_Sheet", skeleton: Skeleton) -> None:
    scene = SCENES[skeleton.scene]
    if scene.gap:
        _gap(sheet, skeleton.pose)
    for arrow in skeleton.arrows:
        sheet.arrow(arrow)
    _body(sheet, scene, skeleton)
    for mark in skeleton.marks:
        _mark(sheet, mark)


class _Sheet:
    """A part of a picture, at the fine size: takes places and lengths of the scene, and draws in pixels.

    `corner` is the pixel of the whole picture that is its left top one.
    """

    def __init__(
        self, image: Image.Image, scene: Scene, size: int, inks: Inks, corner: tuple[int, int] = (0, 0)
    ) -> None:
        self.left, self.bottom, self.side = scene.view
        self.inks = inks
        self._scale = size * _FINE / self.side
        self._x = -self.left * self._scale - corner[0] * _FINE
        self._y = size * _FINE + self.bottom * self._scale - corner[1] * _FINE
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

    def arrow(self, way: Arrow) -> None:
        ink = _blend(self.inks.accent, self.inks.background, 0.2)
        (bx, by), (ax, ay) = way[-1], next((spot for spot in reversed(way) if math.dist(spot, way[-1]) > _BARB), way[0])
        length = math.hypot(bx - ax, by - ay) or 1.0
        dx, dy = (bx - ax) / length, (by - ay) / length
        neck = (bx - dx * _BARB, by - dy * _BARB)
        shaft = [spot for spot in way if math.dist(spot, way[-1]) > _BARB]
        for start, end in pairwise([*shaft, neck]):
            self.bone(start, end, (_SHAFT, _SHAFT), ink)
        corners = (way[-1], (neck[0] - dy * _BARB, neck[1] + dx * _BARB), (neck[0] + dy * _BARB, neck[1] - dx * _BARB))
        for start, end in pairwise([*corners, corners[0]]):
            self.bone(start, end, (6, 6), ink)
        self.shape(corners, ink)


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


@lru_cache(maxsize=4)
def _backdrop(name: str, size: int, inks: Inks) -> tuple[Image.Image, Image.Image]:
    """Return what does not move, at the fine size and at the picture's own."""
    scene = SCENES[name]
    image = Image.new("RGB", (size * _FINE, size * _FINE), inks.background)
    sheet = _Sheet(image, scene, size, inks)
    for prop in scene.props:
        _PROPS[prop](sheet)
    left, right = sheet.left + sheet.side * 0.03, sheet.left + sheet.side * 0.97
    floor = -26 if "mat" in scene.props else -11
    sheet.bone((left, floor), (right, floor), (8, 8), inks.props)
    return image, image.reduce(_FINE)


def _mat(sheet: _Sheet) -> None:
    inset = sheet.side * 0.06
    ink = _blend(sheet.inks.props, sheet.inks.trunk, 0.35)
    sheet.box(sheet.left + inset, -26, sheet.left + sheet.side - inset, -6, 9, ink)


def _chair(sheet: _Sheet) -> None:
    for x in (345, 455):
        sheet.bone((x, _SEAT - 14), (x, -4), (15, 15), sheet.inks.props)
    sheet.bone((338, _SEAT - 10), (462, _SEAT - 10), (24, 24), sheet.inks.props)


def _backrest(sheet: _Sheet) -> None:
    sheet.bone((338, _SEAT - 10), (328, 340), (18, 20), sheet.inks.props)


def _stool(sheet: _Sheet) -> None:
    """Draw the chair from the front."""
    for x in (385, 615):
        sheet.bone((x, 420), (x, -4), (15, 15), sheet.inks.props)
    sheet.bone((385, 412), (615, 412), (30, 30), sheet.inks.props)
    sheet.box(372, _SEAT - 24, 628, _SEAT + 6, 12, sheet.inks.props)


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


def _moving_floor(sheet: _Sheet, skeleton: Skeleton) -> None:
    inset = sheet.side * 0.05
    first = sheet.left + inset + (-skeleton.floor - sheet.left) % _TICK
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
    joints = JOINTS_OF[part][1:3]
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
    if math.hypot(toe[0] - ankle[0], toe[1] - ankle[1]) < _FORESHORTENED:
        sheet.bone(ankle, (toe[0], toe[1] + 12), (c, c - 4), ink)
        sheet.bone((toe[0] - 12, toe[1] + 10), (toe[0] + 12, toe[1] + 10), (26 + 2 * more, 26 + 2 * more), ink)
        return
    heel, sole = _heel(ankle, toe), 20 + 2 * more
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
    inks = sheet.inks
    if scene.front:
        sheet.dot(head, 2 * HEAD_RADIUS, inks.head)
        sheet.cap(head, HEAD_RADIUS, (18, 162), inks.near)
        for aside in (-17, 17):
            sheet.dot((nose[0] + aside, nose[1] + 4), 10, inks.near)
        sheet.dot((nose[0], nose[1] - 12), 13, _blend(inks.head, inks.near, 0.3))
        return
    dx, dy = (nose[0] - head[0]) / HEAD_RADIUS, (nose[1] - head[1]) / HEAD_RADIUS
    looks = math.degrees(math.atan2(dy, dx))
    sheet.dot((nose[0] + 6 * dy, nose[1] - 6 * dx), 18, inks.head)
    sheet.dot(head, 2 * HEAD_RADIUS, inks.head)
    sheet.cap(head, HEAD_RADIUS, (looks + 42, looks + 222), inks.near)
    sheet.dot((head[0] + 30 * dx - 4 * dy, head[1] + 30 * dy + 4 * dx), 10, inks.near)


def _mark(sheet: _Sheet, mark: Mark) -> None:
    side, at = mark
    sheet.dot(at, 66, sheet.inks.background)
    sheet.dot(at, 54, sheet.inks.accent)
    sheet.letter(at, _("R") if side == "right" else _("L"), 40, sheet.inks.background)
