"""Draws the figure: a skeleton, what stands around it, and what points out the movement.

Law: equal arguments give equal pixels; what moves is in the accent, and nothing else is.
"""

import math
from collections.abc import Callable, Sequence
from functools import lru_cache

from PIL import Image

from breakd.routines.figure import Skeleton
from breakd.routines.motion import minus, mix
from breakd.routines.pointers import Mark
from breakd.routines.poses import (
    ARMS,
    HEAD_RADIUS,
    JOINTS_OF,
    SCENES,
    WALL,
    WIDTHS_OF,
    Joint,
    Part,
    Point,
    Pose,
    Prop,
    Scene,
    Spot,
)
from breakd.routines.sheet import FINE, Box, Colour, Inks, Sheet, blend
from breakd.texts import _

LIGHT = Inks("#F4F2EC", "#33474D", "#A3B1B0", "#2F7A6E", "#DDA884", "#4D3B32", "#C9CDC2", "#DB5A2B")
DARK = Inks("#14191C", "#C5D3D1", "#66777A", "#4FA794", "#E0B394", "#56483F", "#39454A", "#FF9A62")
HIGH_CONTRAST = Inks("#000000", "#FFFFFF", "#858585", "#BDBDBD", "#FFFFFF", "#5E5E5E", "#8A8A8A", "#FFD400")
INKS = {"light": LIGHT, "dark": DARK, "high-contrast": HIGH_CONTRAST}
"""The inks of each theme."""

_FORESHORTENED = 50
"""A foot that is shorter than this points at the viewer."""
_HALO = 8
_PALE = 0.42
"""How pale a far limb is that works."""
_STROKE = 9
_UNDER = 0.6
"""How far away an arm looks that lies under the other."""
_FOLDED = 60
"""An arm that is bent to an angle below this lies over itself."""
_SEAT = 176
_REACH = 85
"""How far around its joints, arrows and marks the figure may be drawn."""


def draw(skeleton: Skeleton, size: int, inks: Inks) -> Image.Image:
    """Return the skeleton as a picture of `size` by `size` pixels.

    What stands still is kept from one call to the next; only where the figure is, the picture is drawn anew.
    """
    scene = SCENES[skeleton.scene]
    fine, picture = _backdrop(skeleton.scene, size, inks)
    picture = picture.copy()
    areas = [(_area_of(skeleton), _figure)]
    if "moving-floor" in scene.props:
        left, _, side = scene.view
        areas.append(((left, -45, left + side, -23), _moving_floor))
    for area, paint in areas:
        x0, y0, x1, y1 = box = _pixels(area, scene, size)
        patch = fine.crop((x0 * FINE, y0 * FINE, x1 * FINE, y1 * FINE))
        paint(Sheet(patch, scene.view, size, inks, corner=(x0, y0)), skeleton)
        picture.paste(patch.reduce(FINE), box)
    return picture


def _area_of(skeleton: Skeleton) -> Box:
    """Return the box around what is drawn of the skeleton."""
    spots = [(x, y) for x, y, _ in skeleton.pose]
    spots += [spot for line in (*skeleton.arrows, *skeleton.strokes) for spot in line]
    spots += [spot for _side, spot in skeleton.marks]
    xs, ys = zip(*spots, strict=True)
    return min(xs) - _REACH, min(ys) - _REACH, max(xs) + _REACH, max(ys) + _REACH


def _pixels(area: Box, scene: Scene, size: int) -> tuple[int, int, int, int]:
    """Return the pixels that hold an area of the scene: left, top, right, bottom, none of them outside."""
    (left, bottom, _), scale = scene.view, size / scene.view[2]
    x0, x1 = math.floor((area[0] - left) * scale), math.ceil((area[2] - left) * scale)
    y0, y1 = math.floor(size - (area[3] - bottom) * scale), math.ceil(size - (area[1] - bottom) * scale)
    return max(0, x0), max(0, y0), min(size, x1), min(size, y1)


def _figure(sheet: Sheet, skeleton: Skeleton) -> None:
    scene = SCENES[skeleton.scene]
    if scene.gap:
        _gap(sheet, skeleton.pose)
    if not skeleton.strokes:
        _arrows(sheet, skeleton)
    _body(sheet, scene, skeleton)
    if skeleton.strokes:  # the arrows point at the body
        _arrows(sheet, skeleton)
    for stroke in skeleton.strokes:
        sheet.line(stroke, _STROKE, sheet.inks.accent)
    for mark in skeleton.marks:
        _mark(sheet, mark)


def _arrows(sheet: Sheet, skeleton: Skeleton) -> None:
    for arrow in skeleton.arrows:
        sheet.arrow(arrow)


# --- Around the figure ---


@lru_cache(maxsize=4)
def _backdrop(name: str, size: int, inks: Inks) -> tuple[Image.Image, Image.Image]:
    """Return what does not move, at the fine size and at the picture's own."""
    scene = SCENES[name]
    image = Image.new("RGB", (size * FINE, size * FINE), inks.background)
    sheet = Sheet(image, scene.view, size, inks)
    for prop in scene.props:
        if prop in _PROPS:
            _PROPS[prop](sheet)
    left, right = sheet.left + sheet.side * 0.03, sheet.left + sheet.side * 0.97
    floor = -26 if "mat" in scene.props else -11
    sheet.bone((left, floor), (right, floor), (8, 8), inks.props)
    return image, image.reduce(FINE)


def _mat(sheet: Sheet) -> None:
    inset = sheet.side * 0.06
    ink = blend(sheet.inks.props, sheet.inks.trunk, 0.35)
    sheet.box((sheet.left + inset, -26, sheet.left + sheet.side - inset, -6), 9, ink)


def _chair(sheet: Sheet) -> None:
    for x in (345, 455):
        sheet.bone((x, _SEAT - 14), (x, -4), (15, 15), sheet.inks.props)
    sheet.bone((338, _SEAT - 10), (462, _SEAT - 10), (24, 24), sheet.inks.props)


def _backrest(sheet: Sheet) -> None:
    sheet.bone((345, _SEAT - 10), (347, 312), (18, 20), sheet.inks.props)


def _stool(sheet: Sheet) -> None:
    """Draw the chair from the front."""
    for x in (385, 615):
        sheet.bone((x, 420), (x, -4), (15, 15), sheet.inks.props)
    sheet.bone((385, 412), (615, 412), (30, 30), sheet.inks.props)
    sheet.box((372, _SEAT - 24, 628, _SEAT + 6), 12, sheet.inks.props)


def _desk(sheet: Sheet) -> None:
    right = sheet.left + sheet.side * 0.96
    sheet.bone((right - 40, 310), (right - 40, -4), (20, 20), sheet.inks.props)
    sheet.bone((670, 314), (right, 314), (24, 24), sheet.inks.props)


def _wall(sheet: Sheet) -> None:
    sheet.box((sheet.left + sheet.side * 0.03, -6, WALL, sheet.bottom + sheet.side * 0.97), 10, sheet.inks.props)


_PROPS: dict[Prop, Callable[[Sheet], None]] = {
    "mat": _mat,
    "chair": _chair,
    "stool": _stool,
    "backrest": _backrest,
    "desk": _desk,
    "wall": _wall,
}

_TICK = 130.0


def _moving_floor(sheet: Sheet, skeleton: Skeleton) -> None:
    inset = sheet.side * 0.05
    first = sheet.left + inset + (-skeleton.floor - sheet.left) % _TICK
    for step in range(int(sheet.side / _TICK) + 1):
        x = first + step * _TICK
        if x + 50 < sheet.left + sheet.side - inset:
            sheet.bone((x, -34), (x + 44, -34), (8, 8), sheet.inks.props)


_LEAST_GAP = 14.0
"""There is no room for what measures a smaller one."""


def _gap(sheet: Sheet, pose: Pose) -> None:
    """Measure how far the knees are from the floor: a line at either end, an arrow with two heads between them."""
    x, y, _ = pose[Joint.R_KNEE]
    top = y - WIDTHS_OF[Part.R_LEG][1] / 2
    if top < _LEAST_GAP:
        return
    ink, x = sheet.inks.accent, x + 85
    for level in (0.0, top):
        sheet.line(((x - 26, level), (x + 26, level)), 5, ink)
    sheet.line(((x, 6), (x, top - 6)), 5, ink)
    for tip, base in ((3, 13), (top - 3, top - 13)):
        sheet.shape(((x, tip), (x - 9, base), (x + 9, base)), ink)


# --- The figure ---


def _body(sheet: Sheet, scene: Scene, skeleton: Skeleton) -> None:
    """Draw the parts from the farthest to the nearest."""
    pose, inks = skeleton.pose, sheet.inks
    for part in _by_depth(scene, pose):
        if part == Part.TRUNK:
            _trunk(sheet, scene, pose, inks.accent if part in skeleton.works else inks.trunk)
            continue
        far = _farness(scene, pose, part)
        ink = (
            blend(inks.accent, inks.background, _PALE * far)
            if part in skeleton.works
            else blend(inks.near, inks.far, far)
        )
        joints = scene.drawn(pose, part)
        limb = _arm if part in ARMS else _leg
        if far < 1:
            limb(sheet, joints, inks.background, _HALO)
        if not scene.front and part == Part.R_ARM:
            _head(sheet, scene, pose)  # an arm before it takes no bite out of it
        limb(sheet, joints, ink, 0)


_TRUNK_DEPTH = 5.0
_SIDE_ORDER = (Part.L_LEG, Part.L_ARM, Part.TRUNK, Part.R_LEG, Part.R_ARM)


def _by_depth(scene: Scene, pose: Pose) -> Sequence[Part]:
    if not scene.front:
        return _SIDE_ORDER
    return sorted(Part, key=lambda part: _TRUNK_DEPTH if part == scene.under else _depth(pose, part))


def _depth(pose: Pose, part: Part) -> float:
    joints = JOINTS_OF[part][1:3]
    return _TRUNK_DEPTH if part == Part.TRUNK else sum(pose[joint][2] for joint in joints) / len(joints)


def _farness(scene: Scene, pose: Pose, part: Part) -> float:
    """Return how far away a limb is, 0 to 1."""
    if not scene.front:
        return float(part in {Part.L_ARM, Part.L_LEG})
    return _UNDER if part == scene.under else min(1.0, max(0.0, -_depth(pose, part) / 100))


def _arm(sheet: Sheet, joints: Sequence[Point], ink: str | Colour, more: float) -> None:
    shoulder, elbow, hand = joints
    a, b, c = (width + 2 * more for width in WIDTHS_OF[Part.R_ARM])
    sheet.bone(shoulder, elbow, (a, b), ink)
    if not more and (fold := _fold(*joints)):
        crease = mix(elbow, hand, 0.3 + 0.5 * (1 - fold))
        sheet.bone(crease, hand, (b + _HALO, c + _HALO), sheet.inks.background)
    sheet.bone(elbow, hand, (b, c), ink)
    sheet.dot(hand, c + 6, ink)


def _fold(shoulder: Point, elbow: Point, hand: Point) -> float:
    """Return how far the forearm lies over the upper arm, 0 to 1."""
    (ax, ay, _), (bx, by, _) = minus(shoulder, elbow), minus(hand, elbow)
    angle = abs(math.degrees(math.atan2(ax * by - ay * bx, ax * bx + ay * by)))
    return max(0.0, 1 - angle / _FOLDED)


def _leg(sheet: Sheet, joints: Sequence[Point], ink: str | Colour, more: float) -> None:
    hip, knee, ankle, toe = joints
    a, b, c, sole = (width + 2 * more for width in WIDTHS_OF[Part.R_LEG])
    sheet.bone(hip, knee, (a, b), ink)
    sheet.bone(knee, ankle, (b, c), ink)
    if math.hypot(toe[0] - ankle[0], toe[1] - ankle[1]) < _FORESHORTENED:
        sheet.bone(ankle, (toe[0], toe[1] + 14), (c, c - 4), ink)
        sheet.bone((toe[0] - 14, toe[1] + 11), (toe[0] + 14, toe[1] + 11), (34 + 2 * more, 34 + 2 * more), ink)
        return
    heel = _heel(ankle, toe)
    sheet.bone(ankle, heel, (c, sole + 8), ink)
    sheet.bone(heel, toe, (sole + 6, sole), ink)
    sheet.bone(ankle, toe, (c - 6, sole), ink)


def _heel(ankle: Point, toe: Point) -> Spot:
    """Return the heel: below the ankle, a little behind a right angle to the foot."""
    way = math.atan2(toe[1] - ankle[1], toe[0] - ankle[0]) - math.radians(98)
    shown = min(1.0, math.hypot(toe[0] - ankle[0], toe[1] - ankle[1]) / 80)
    return ankle[0] + 18 * math.cos(way) * shown, ankle[1] + 18 * math.sin(way) * shown


def _trunk(sheet: Sheet, scene: Scene, pose: Pose, ink: str) -> None:
    neck, waist, hip = pose[Joint.NECK], pose[Joint.WAIST], pose[Joint.HIP]
    sheet.bone(neck, pose[Joint.HEAD], (34, 34), sheet.inks.head)
    if scene.front:
        shoulders, hips = (pose[Joint.R_SHOULDER], pose[Joint.L_SHOULDER]), (pose[Joint.R_HIP], pose[Joint.L_HIP])
        sheet.shape([*shoulders, *reversed(hips)], ink)
        for start, end in ((*shoulders,), (*hips,), (shoulders[0], hips[0]), (shoulders[1], hips[1])):
            sheet.bone(start, end, (46, 46), ink)
        _head(sheet, scene, pose)
    else:
        lower, middle, upper, _neck = WIDTHS_OF[Part.TRUNK]
        sheet.curve((hip, waist, neck), (lower, middle, upper), ink)


def _head(sheet: Sheet, scene: Scene, pose: Pose) -> None:
    """Draw the head: hair at its back, and a nose, so that one sees where it looks."""
    head, nose = pose[Joint.HEAD], pose[Joint.NOSE]
    inks = sheet.inks
    if scene.front:
        sheet.dot(head, 2 * HEAD_RADIUS, inks.head)
        sheet.cap(head, HEAD_RADIUS, (18, 162), inks.hair)
        for aside in (-17, 17):
            sheet.dot((nose[0] + aside, nose[1] + 4), 10, inks.hair)
        sheet.dot((nose[0], nose[1] - 12), 13, blend(inks.head, inks.hair, 0.3))
        return
    dx, dy = (nose[0] - head[0]) / HEAD_RADIUS, (nose[1] - head[1]) / HEAD_RADIUS
    looks = math.degrees(math.atan2(dy, dx))
    sheet.dot((nose[0] + 6 * dy, nose[1] - 6 * dx), 18, inks.head)
    sheet.dot(head, 2 * HEAD_RADIUS, inks.head)
    sheet.cap(head, HEAD_RADIUS, (looks + 42, looks + 222), inks.hair)
    sheet.dot((head[0] + 30 * dx - 4 * dy, head[1] + 30 * dy + 4 * dx), 10, inks.hair)


def _mark(sheet: Sheet, mark: Mark) -> None:
    side, at = mark
    sheet.dot(at, 66, sheet.inks.background)
    sheet.dot(at, 54, sheet.inks.accent)
    sheet.letter(at, _("R") if side == "right" else _("L"), 40, sheet.inks.background)
