"""Between two poses: the bones turn, the joints are built again from the root on.

Law: bones keep their lengths; what is held goes straight from place to place, and no foot goes through the floor.
"""

import math
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from breakd.routines.poses import JOINTS_OF, OPPOSITE, Joint, Part, Point, Pose, Scene

_BONES = (
    (Joint.HIP, Joint.WAIST),
    (Joint.WAIST, Joint.NECK),
    (Joint.NECK, Joint.HEAD),
    (Joint.HEAD, Joint.NOSE),
    (Joint.NECK, Joint.R_SHOULDER),
    (Joint.NECK, Joint.L_SHOULDER),
    (Joint.HIP, Joint.R_HIP),
    (Joint.HIP, Joint.L_HIP),
    *(bone for part, joints in JOINTS_OF.items() if part != Part.TRUNK for bone in pairwise(joints)),
)


def ease(share: float) -> float:
    """Return how far a movement is that begins and ends softly."""
    return share * share * (3 - 2 * share)


def through(stage: Scene, poses: list[Pose], share: float) -> Pose:
    """Return the pose `share` of the way from the second to the third, on a smooth curve through all four."""
    before, start, end, after = poses
    into = between(stage, between(stage, before, start, share + 1), between(stage, start, end, share), (share + 1) / 2)
    out = between(stage, between(stage, start, end, share), between(stage, end, after, share - 1), share / 2)
    return between(stage, into, out, share)


def between(stage: Scene, start: Pose, end: Pose, share: float) -> Pose:
    """Return the pose `share` of the way from one to the other: each bone turns, built from the root on."""
    if start == end:
        return start
    placed = [(0.0, 0.0, 0.0)] * len(Joint)
    placed[stage.root] = mix(start[stage.root], end[stage.root], share)
    for near, far in _chain(stage.root):
        bone = _turn(minus(start[far], start[near]), minus(end[far], end[near]), share)
        placed[far] = _plus(placed[near], bone)
    for joint in stage.held:
        _hold(joint, placed, start, end, share)
    for hip in (Joint.R_HIP, Joint.L_HIP):
        _lift(placed, hip)
    return tuple(placed)


@cache
def _chain(root: Joint) -> tuple[tuple[Joint, Joint], ...]:
    """Return all bones in the order in which they are built from the root on, each with its nearer end first."""
    chain: list[tuple[Joint, Joint]] = []
    reached, waiting = {root}, [root]
    while waiting:
        near = waiting.pop(0)
        for bone in _BONES:
            if near in bone and (far := bone[bone[0] == near]) not in reached:
                chain.append((near, far))
                reached.add(far)
                waiting.append(far)
    return tuple(chain)


_LIMB_OF = {
    Joint.R_HAND: (Joint.R_SHOULDER, Joint.R_ELBOW),
    Joint.R_ANKLE: (Joint.R_HIP, Joint.R_KNEE),
    Joint.R_TOE: (Joint.R_KNEE, Joint.R_ANKLE),
}
_LIMB_OF |= {OPPOSITE[end]: (OPPOSITE[base], OPPOSITE[bend]) for end, (base, bend) in _LIMB_OF.items()}


def _hold(end: Joint, placed: list[Point], start: Pose, goal: Pose, share: float) -> None:
    """Put the end of a limb where it belongs, bend the joint before it to fit, and take along what hangs on it."""
    base, bend = _LIMB_OF[end]
    target = mix(start[end], goal[end], share)
    upper, lower = (_mix_lengths(start, goal, bone, share) for bone in ((base, bend), (bend, end)))
    side = _side_of(start, base, bend, end) + _side_of(goal, base, bend, end)
    moved = minus(target, placed[end])
    placed[end] = target
    x, y, _ = _bent(placed[base], target, upper, lower, 1 if side > 0 else -1)
    placed[bend] = (x, y, mix(start[bend], goal[bend], share)[2])
    if end in (Joint.R_ANKLE, Joint.L_ANKLE):
        toe = Joint(end + 1)
        placed[toe] = _plus(placed[toe], moved)


_SOLE = 4.0


def _lift(placed: list[Point], hip: Joint) -> None:
    """Lift a foot that would go through the floor; its knee bends for it."""
    knee, ankle, toe = Joint(hip + 1), Joint(hip + 2), Joint(hip + 3)
    missing = _SOLE - placed[toe][1]
    if missing > 0:
        upper, lower = math.dist(placed[hip], placed[knee]), math.dist(placed[knee], placed[ankle])
        side = 1 if _side_of(placed, hip, knee, ankle) > 0 else -1
        placed[ankle], placed[toe] = (_plus(placed[joint], (0.0, missing, 0.0)) for joint in (ankle, toe))
        placed[knee] = _bent(placed[hip], placed[ankle], upper, lower, side)


def _side_of(pose: Sequence[Point], base: Joint, bend: Joint, end: Joint) -> float:
    """Return on which side of the line from base to end the bent joint lies: positive to its left."""
    (ax, ay, _), (bx, by, _), (cx, cy, _) = pose[base], pose[bend], pose[end]
    return (cx - ax) * (by - ay) - (cy - ay) * (bx - ax)


def _bent(base: Point, end: Point, upper: float, lower: float, side: int) -> Point:
    """Return the joint between two bones of these lengths; as straight as can be where the ends are too far apart."""
    dx, dy = end[0] - base[0], end[1] - base[1]
    reach = math.hypot(dx, dy)
    along = (upper * upper - lower * lower + reach * reach) / (2 * reach)
    aside = side * math.sqrt(max(0.0, upper * upper - along * along))
    return base[0] + (dx * along - dy * aside) / reach, base[1] + (dy * along + dx * aside) / reach, end[2]


def _mix_lengths(start: Pose, end: Pose, bone: tuple[Joint, Joint], share: float) -> float:
    """Return how long a bone is in the picture's plane."""
    near, far = bone
    return math.dist(start[near][:2], start[far][:2]) * (1 - share) + math.dist(end[near][:2], end[far][:2]) * share


def _turn(start: Point, end: Point, share: float) -> Point:
    """Return the bone turned `share` of the way from one direction to the other, the shorter way round."""
    if start == end:
        return start
    long, short = math.hypot(*start), math.hypot(*end)
    if not long or not short:
        return mix(start, end, share)
    a, b = _scaled(start, 1 / long), _scaled(end, 1 / short)
    angle = math.acos(max(-1.0, min(1.0, sum(p * q for p, q in zip(a, b, strict=True)))))
    if angle < 1e-6:  # noqa: PLR2004 - as good as none
        direction = a
    else:
        direction = _plus(_scaled(a, math.sin((1 - share) * angle)), _scaled(b, math.sin(share * angle)))
        direction = _scaled(direction, 1 / math.sin(angle))
    return _scaled(direction, long + (short - long) * share)


def _plus(a: Point, b: Point) -> Point:
    return a[0] + b[0], a[1] + b[1], a[2] + b[2]


def minus(a: Point, b: Point) -> Point:
    return a[0] - b[0], a[1] - b[1], a[2] - b[2]


def _scaled(a: Point, factor: float) -> Point:
    return a[0] * factor, a[1] * factor, a[2] * factor


def mix(a: Point, b: Point, share: float) -> Point:
    return _plus(_scaled(a, 1 - share), _scaled(b, share))
