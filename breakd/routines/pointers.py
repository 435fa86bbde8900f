"""What points a movement out: arrows along the way, and marks that say which side it is.

Law: an arrow does not move while the figure moves along it; a mark goes with its limb and stays on one side of it.
"""

import math
from collections.abc import Iterable
from functools import cache

from breakd.routines.motion import between, ease, minus, mix
from breakd.routines.poses import JOINTS_OF, SCENES, Joint, Key, Part, Point, Pose, Scene, Side, Spot

Arrow = tuple[Spot, ...]
"""The places that it goes through, its head at the last."""
Mark = tuple[Side, Spot]


def works_of(stage: Scene, names: Iterable[str]) -> tuple[Part, ...]:
    """Return the parts that work in any of these poses."""
    return tuple(sorted({part for name in names for part in stage.keys[name].works}))


_LEAST_WAY, _SHORT_WAY = 30.0, 135.0
"""Below the first there is no arrow, below the second a straight one."""
_STEPS = 32
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
        return (last.effort,) if last.effort else ()
    if last.arrow or last.effort:
        return (last.arrow or last.effort,)
    if first.arrow or first.effort:
        return (first.arrow[::-1],) if first.arrow else ()
    if stage.flowing:
        return ()
    poses = [between(stage, first.pose, last.pose, ease(step / _STEPS)) for step in range(_STEPS + 1)]
    return tuple(dict.fromkeys(filter(None, (_way(part, poses) for part in works_of(stage, names)))))


def _turn_of(stage: Scene, names: tuple[str, ...]) -> Key | None:
    """Return the last pose on the way that is a turn, not counting where the way begins."""
    keys = [stage.keys[name] for name in names[1:] or names]
    return next((key for key in reversed(keys) if key.turns), None)


def _way(part: Part, poses: list[Pose]) -> Arrow:
    """Return an arrow beside the way that the end of a part takes, none for next to no way.

    That of a short way lies ahead of it, or, where it goes down, above it.
    """
    tip = max(_TIPS[part], key=lambda joint: math.dist(poses[0][joint], poses[-1][joint]))
    (ax, ay, _), (bx, by, _) = poses[0][tip], poses[-1][tip]
    length = math.hypot(bx - ax, by - ay)
    if length < _LEAST_WAY:
        return ()
    if length < _SHORT_WAY:
        dx, dy = (bx - ax) / length, (by - ay) / length
        if dy < -abs(dx):
            return _way(part, poses[::-1])[::-1]
        ahead = 70.0 if part == Part.TRUNK else 40.0
        return tuple((round(bx + dx * far, 1), round(by + dy * far, 1)) for far in (ahead, ahead + 90))
    base, beyond = JOINTS_OF[part][0], 85.0 if part == Part.TRUNK else 55.0
    # Its head ends before the limb does, which would hide it.
    spots = [_beyond(pose[base], pose[tip], beyond) for pose in poses[2:-4]]
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


_MARK_AWAY, _STEEP = 58.0, 0.4
"""How far a mark is from its limb, and how little aside a steep bone's upper side looks up."""
_SIDE_OF: dict[Part, Side] = {Part.R_ARM: "right", Part.R_LEG: "right", Part.L_ARM: "left", Part.L_LEG: "left"}
_PAIRS = ((Part.R_ARM, Part.L_ARM), (Part.R_LEG, Part.L_LEG))


def marks(scene: str, names: tuple[str, ...], pose: Pose) -> Iterable[Mark]:
    """Yield the side of the turn at the end of its arrow, and the side of each limb that works alone beside it."""
    stage = SCENES[scene]
    if turn := _turn_of(stage, names):
        (ax, ay), (bx, by) = _turn_arrow(turn)[-2:]
        length = math.dist((ax, ay), (bx, by))
        yield turn.turns, (bx + (bx - ax) / length * 45, by + (by - ay) / length * 45)
    works = works_of(stage, names)
    for pair in _PAIRS:
        alone = [part for part in pair if part in works]
        if len(alone) == 1 and not stage.front:
            key = next(stage.keys[name] for name in names if alone[0] in stage.keys[name].works)
            yield _SIDE_OF[alone[0]], _beside(pose, alone[0], key.pose)


def _beside(pose: Pose, part: Part, goal: Pose) -> Spot:
    """Return a place beside the outer bone of a limb: its upper side in the goal, or the one ahead."""
    near, far = JOINTS_OF[part][1:3]
    goal_x, goal_y = _normal(goal, near, far)
    flip = -1 if goal_y < -_STEEP or (abs(goal_y) <= _STEEP and goal_x < 0) else 1
    x, y = _normal(pose, near, far)
    middle = mix(pose[near], pose[far], 0.5)
    return round(middle[0] + flip * x * _MARK_AWAY, 1), round(middle[1] + flip * y * _MARK_AWAY, 1)


def _normal(pose: Pose, near: Joint, far: Joint) -> Spot:
    """Return the direction to the left of a bone."""
    dx, dy, _ = minus(pose[far], pose[near])
    length = math.hypot(dx, dy) or 1.0
    return -dy / length, dx / length
