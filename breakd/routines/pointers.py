"""What points a movement out: arrows along the way, and marks that say which side it is.

Law: an arrow does not move while the figure moves along it, and is the same on the way back, turned round. A mark goes
with its limb, stays on one side of it, and in the pose that it names lies on nothing else.
"""

import math
from collections.abc import Iterable
from functools import cache
from itertools import pairwise

from breakd.routines.motion import between, ease, minus, mix
from breakd.routines.poses import (
    ARMS,
    HEAD_RADIUS,
    JOINTS_OF,
    LEGS,
    SCENES,
    WALL,
    WIDTHS_OF,
    Joint,
    Key,
    Part,
    Point,
    Pose,
    Scene,
    Side,
    Spot,
)

Arrow = tuple[Spot, ...]
"""The places that it goes through, its head at the last."""
Mark = tuple[Side, Spot]


def works_of(stage: Scene, names: Iterable[str]) -> tuple[Part, ...]:
    """Return the parts that work in any of these poses."""
    return tuple(sorted({part for name in names for part in stage.keys[name].works}))


_LEAST_WAY, _SHORT_WAY = 30.0, 135.0
"""Below the first there is no arrow, below the second a straight one."""
_STEPS, _FIRST_STEP, _LATE_STEP, _LAST_STEP = 32, 4, 16, 29
"""An arrow goes along some of the steps of a way; its head ends before the limb does, which would hide it."""
_TIPS = {
    Part.TRUNK: (Joint.HEAD, Joint.HIP),
    Part.R_ARM: (Joint.R_HAND,),
    Part.L_ARM: (Joint.L_HAND,),
    Part.R_LEG: (Joint.R_TOE,),
    Part.L_LEG: (Joint.L_TOE,),
}
"""The joints of a part whose way is shown: that of which moves farthest."""


@cache
def arrows(scene: str, names: tuple[str, ...]) -> tuple[Arrow, ...]:
    """Return the arrows for the way through these poses, or for what the last of them takes."""
    stage = SCENES[scene]
    first, last = stage.keys[names[0]], stage.keys[names[-1]]
    if turn := _turn_of(stage, names):
        return (_turn_arrow(turn),)
    if len(names) == 1:
        return last.effort
    if last.arrow or last.effort:
        return (last.arrow,) if last.arrow else last.effort
    if first.arrow or first.effort:
        return (first.arrow[::-1],) if first.arrow else ()
    if stage.flowing:
        return ()
    ways = []
    for part in works_of(stage, names):
        if part in last.works:
            ways.append(_way(stage, part, first.pose, last.pose))
        else:
            ways.append(_way(stage, part, last.pose, first.pose)[::-1])
    return tuple(dict.fromkeys(filter(None, ways)))


def _turn_of(stage: Scene, names: tuple[str, ...]) -> Key | None:
    """Return the last pose on the way that is a turn, not counting where the way begins."""
    keys = [stage.keys[name] for name in names[1:] or names]
    return next((key for key in reversed(keys) if key.turns), None)


def _way(stage: Scene, part: Part, start: Pose, goal: Pose) -> Arrow:
    """Return an arrow beside the way that the end of a part takes, none for next to no way.

    It lies along a long way, for a limb along the second half, which no other limb is near; and ahead of a short one.
    """
    tip = max(_TIPS[part], key=lambda joint: math.dist(start[joint], goal[joint]))
    (ax, ay, _), (bx, by, _) = start[tip], goal[tip]
    length = math.hypot(bx - ax, by - ay)
    if length < _LEAST_WAY:
        return ()
    if length < _SHORT_WAY:
        dx, dy = (bx - ax) / length, (by - ay) / length
        ahead = 70.0 if part == Part.TRUNK else 40.0
        return tuple((round(bx + dx * far, 1), round(by + dy * far, 1)) for far in (ahead, ahead + 90))
    beyond = 55.0 if part in ARMS else 80.0
    at = JOINTS_OF[part].index(tip)
    begin = _FIRST_STEP if part == Part.TRUNK else _LATE_STEP
    poses = [between(stage, start, goal, ease(step / _STEPS)) for step in range(begin, _LAST_STEP)]
    spots = [_beyond(joints[0], joints[at], beyond) for joints in (stage.drawn(pose, part) for pose in poses)]
    return tuple(spot for spot in spots if spot[1] > 0)


def _beyond(base: Point, tip: Point, far: float) -> Spot:
    dx, dy = tip[0] - base[0], tip[1] - base[1]
    length = math.hypot(dx, dy) or 1.0
    return round(tip[0] + dx / length * far, 1), round(tip[1] + dy / length * far, 1)


def _turn_arrow(key: Key) -> Arrow:
    """Return an arc over the head, toward the side of the turn."""
    x, y, _ = key.pose[Joint.HEAD]
    across = 1 if key.turns == "right" else -1
    angles = [math.radians(125 - 70 * step / 12) for step in range(13)]
    return tuple((round(x + across * 200 * math.cos(a), 1), round(y - 95 + 190 * math.sin(a), 1)) for a in angles)


_MARK, _MARK_AWAY, _FARTHER, _STEEP = 33.0, 60.0, 84.0, 0.4
"""Half a mark, how far it is from the middle of its limb at least and at most, and how little aside a steep bone's
upper side looks up."""
_ARROW = 16.0
"""Half an arrow."""
_SIDE_OF: dict[Part, Side] = {Part.R_ARM: "right", Part.R_LEG: "right", Part.L_ARM: "left", Part.L_LEG: "left"}
_PAIRS = ((Part.R_ARM, Part.L_ARM), (Part.R_LEG, Part.L_LEG))


def marks(scene: str, names: tuple[str, ...], pose: Pose) -> Iterable[Mark]:
    """Yield the side of the turn at the end of its arrow, and beside it that of a limb that works alone or swings."""
    stage = SCENES[scene]
    if turn := _turn_of(stage, names):
        (ax, ay), (bx, by) = _turn_arrow(turn)[-2:]
        length = math.dist((ax, ay), (bx, by))
        yield turn.turns, (bx + (bx - ax) / length * 45, by + (by - ay) / length * 45)
    works = works_of(stage, names)
    for pair in _PAIRS if not stage.front else ():
        moved = [part for part in pair if part in works]
        if len(moved) == 1 or (stage.flowing and moved == [*LEGS]):
            part = max(moved, key=lambda part: pose[JOINTS_OF[part][2]][1])
            yield _SIDE_OF[part], _beside(stage, pose, part, _place(scene, part))


Place = tuple[float, float]
"""Where a mark is: how far along the outer bone of its limb (0 to 1, beyond it more), and how far to the left of it."""


@cache
def _place(scene: str, part: Part) -> Place:
    """Return where the mark of a part is least in the way in the poses to which it moves."""
    stage = SCENES[scene]
    first = next(iter(stage.keys))
    goals = [(key.pose, arrows(scene, (first, name))) for name, key in stage.keys.items() if part in key.works]
    return min(
        _places(goals[0][0], part),
        key=lambda place: sum(_overlap(stage, pose, ways, _beside(stage, pose, part, place)) for pose, ways in goals),
    )


def _places(goal: Pose, part: Part) -> Iterable[Place]:
    """Yield the places for a mark, the best first: on the side that looks up in the goal, or ahead."""
    x, y = _normal(goal, *JOINTS_OF[part][1:3])
    side = -1 if y < -_STEEP or (abs(y) <= _STEEP and x < 0) else 1
    for away in (_MARK_AWAY, _FARTHER):
        for aside in (side * away, -side * away):
            for along in (0.5, 0.8, 0.2, 1.1):
                yield along, aside


def _beside(stage: Scene, pose: Pose, part: Part, place: Place) -> Spot:
    """Return a place beside the outer bone of a limb."""
    along, aside = place
    near, far = JOINTS_OF[part][1:3]
    x, y = _normal(pose, near, far)
    _inner, start, end, *_toe = stage.drawn(pose, part)
    middle = mix(start, end, along)
    return round(middle[0] + x * aside, 1), round(middle[1] + y * aside, 1)


def _overlap(stage: Scene, pose: Pose, ways: Iterable[Arrow], spot: Spot) -> float:
    """Return how far a mark here would lie on the figure, the arrows, the floor and the wall."""
    found = [_MARK + HEAD_RADIUS - math.dist(spot, pose[Joint.HEAD][:2]), _MARK - spot[1]]
    if "wall" in stage.props:
        found.append(WALL + _MARK - spot[0])
    for part in Part:
        ends = zip(stage.drawn(pose, part), WIDTHS_OF[part], strict=True)
        found += [_MARK + max(a, b) / 2 - _distance(spot, start, end) for (start, a), (end, b) in pairwise(ends)]
    found += [_MARK + _ARROW - _distance(spot, start, end) for way in ways for start, end in pairwise(way)]
    return sum(max(0.0, overlap) for overlap in found)


def _distance(spot: Spot, start: Spot | Point, end: Spot | Point) -> float:
    """Return the distance from a spot to a straight line between two."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    along = ((spot[0] - start[0]) * dx + (spot[1] - start[1]) * dy) / (dx * dx + dy * dy or 1.0)
    along = min(1.0, max(0.0, along))
    return math.dist(spot, (start[0] + along * dx, start[1] + along * dy))


def _normal(pose: Pose, near: Joint, far: Joint) -> Spot:
    """Return the direction to the left of a bone."""
    dx, dy, _ = minus(pose[far], pose[near])
    length = math.hypot(dx, dy) or 1.0
    return -dy / length, dx / length
