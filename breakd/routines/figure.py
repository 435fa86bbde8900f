"""The figure between its key poses: where its joints are at a moment of a phase.

Law: a skeleton is a value that depends on nothing but what it is asked for; the bones keep their lengths, and
no joint leaps, neither within a phase nor from one to the next. Equal skeletons look alike.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from breakd.routines.poses import JOINTS_OF, OPPOSITE, SCENES, Joint, Key, Part, Point, Pose, Scene, Side, Spot

Arrow = tuple[Spot, ...]
"""The places that it goes through, its head at the last."""
Mark = tuple[Side, Spot]

SETTLE_S = 1.2
"""How long the figure takes to a pose that a phase shows without a movement."""
BREATH_S = 6.0
_BREATH_LIFT = 6.0
_STEP_LENGTH = 325.0
"""How far the floor moves under a step."""

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


@dataclass(frozen=True, slots=True)
class Skeleton:
    """What the figure shows at a moment: its joints in a scene, and what is pointed out.

    `works` are the parts in the accent, `arrows` lie along the movement, `marks` say which side it is. `floor` is how
    far the floor has moved.
    """

    scene: str
    pose: Pose
    works: tuple[Part, ...] = ()
    arrows: tuple[Arrow, ...] = ()
    marks: tuple[Mark, ...] = ()
    floor: float = 0.0


def pose_at(scene: str, path: str, came_from: str | None, share: float, seconds: float) -> Skeleton:
    """Return the figure `share` (0 to 1) through a phase of `seconds` with the pose `path`.

    A path is the names of key poses with a space between them: `A` is held, `A B` goes from one to the other.
    `came_from` is the path of the phase before, None for none: where it ended, this one begins. Raises KeyError for a
    scene or a pose that is not there.
    """
    stage, names = SCENES[scene], path.split()
    elapsed = share * seconds
    if stage.cycle and len(names) > 2:  # noqa: PLR2004 - there and back is no cycle
        return _cycling(scene, tuple(names), came_from, elapsed, seconds)
    begin = _last(stage, came_from) if came_from else names[0]
    if len(names) == 1:
        settle = min(SETTLE_S, seconds)
        if begin != names[0] and elapsed < settle:
            return _moving(scene, (begin, names[0]), elapsed / settle)
        return _held(scene, names[0], elapsed, seconds)
    if begin != names[0]:
        names = [begin, *names]
    return _moving(scene, tuple(names), share)


def still(scene: str, path: str) -> Skeleton:
    """Return the figure in the pose that the path leads to, with arrows for the way. Raises KeyError as `pose_at`."""
    names = path.split()
    stage = SCENES[scene]
    if stage.cycle and len(names) > 2:  # noqa: PLR2004 - as in pose_at
        names = names[:1]
    return _skeleton(scene, stage.keys[names[-1]].pose, tuple(names if stage.flowing else names[-2:]))


def _last(stage: Scene, path: str) -> str:
    """Return the pose in which a path ends; a cycle ends where it began."""
    names = path.split()
    return names[0] if stage.cycle and len(names) > 2 else names[-1]  # noqa: PLR2004 - as in pose_at


def _held(scene: str, name: str, elapsed: float, seconds: float) -> Skeleton:
    key = SCENES[scene].keys[name]
    pose = key.pose
    if key.breathes and seconds >= BREATH_S:
        lift = _BREATH_LIFT * _breath(elapsed, seconds)
        x, y, z = pose[Joint.WAIST]
        pose = tuple((x, y + lift, z) if joint == Joint.WAIST else pose[joint] for joint in Joint)
    return _skeleton(scene, pose, (name,))


def _breath(elapsed: float, seconds: float) -> float:
    """Return how far one has breathed out, 0 to 1: in for half of a breath, out for the other half."""
    breath = seconds / round(seconds / BREATH_S)
    phase = elapsed / breath % 1
    return math.sin(math.pi * (2 * phase - 1)) ** 2 if phase > 0.5 else 0.0  # noqa: PLR2004 - half of a breath


def _moving(scene: str, names: tuple[str, ...], share: float) -> Skeleton:
    stage = SCENES[scene]
    leg, part = _leg(stage, len(names) - 1, share)
    shown = names if stage.flowing else names[leg : leg + 2]
    return _skeleton(scene, _on_the_way(stage, names, leg, part), shown)


def _leg(stage: Scene, legs: int, share: float) -> tuple[int, float]:
    """Return which leg of the way it is, and how far through it, eased: as a whole where it flows, else each."""
    along = (_ease(share) if stage.flowing else share) * legs
    leg = min(int(along), legs - 1)
    return leg, along - leg if stage.flowing else _ease(along - leg)


def _on_the_way(stage: Scene, names: tuple[str, ...], leg: int, part: float) -> Pose:
    poses = [stage.keys[name].pose for name in names]
    if not stage.flowing:
        return _between(stage, poses[leg], poses[leg + 1], part)
    return _through(stage, [poses[max(0, leg - 1)], *poses[leg : leg + 2], poses[min(leg + 2, len(poses) - 1)]], part)


def _cycling(scene: str, names: tuple[str, ...], came_from: str | None, elapsed: float, seconds: float) -> Skeleton:
    """Return the figure in a cycle that begins and ends in its first pose: as many whole ones as fit best."""
    stage = SCENES[scene]
    settle = 0.0
    if came_from and (begin := _last(stage, came_from)) != names[0]:
        settle = min(SETTLE_S, seconds / 2)
        if elapsed < settle:
            return _moving(scene, (begin, names[0]), elapsed / settle)
    cycles = max(1, round((seconds - settle) / stage.cycle))
    turns = (elapsed - settle) / (seconds - settle) * cycles
    leg, part = divmod(turns % 1 * len(names), 1)
    poses = [stage.keys[names[(int(leg) + step) % len(names)]].pose for step in (-1, 0, 1, 2)]
    floor = round(turns % 1 * 2 * _STEP_LENGTH, 1)
    return _skeleton(scene, _through(stage, poses, part), names, floor)


def _skeleton(scene: str, pose: Pose, names: tuple[str, ...], floor: float = 0.0) -> Skeleton:
    """Return what is seen in a pose on the way through these; of whole tenths, so that what looks alike is equal."""
    rounded = tuple((round(x, 1), round(y, 1), round(z, 1)) for x, y, z in pose)
    works = _works(SCENES[scene], names)
    return Skeleton(scene, rounded, works, _arrows(scene, names), tuple(_marks(scene, names, pose)), floor)


def _works(stage: Scene, names: Iterable[str]) -> tuple[Part, ...]:
    return tuple(sorted({part for name in names for part in stage.keys[name].works}))


def _ease(share: float) -> float:
    return share * share * (3 - 2 * share)


# --- Between two poses ---


def _through(stage: Scene, poses: list[Pose], share: float) -> Pose:
    """Return the pose `share` of the way from the second to the third, on a smooth curve through all four."""
    before, start, end, after = poses
    into = _between(
        stage, _between(stage, before, start, share + 1), _between(stage, start, end, share), (share + 1) / 2
    )
    out = _between(stage, _between(stage, start, end, share), _between(stage, end, after, share - 1), share / 2)
    return _between(stage, into, out, share)


def _between(stage: Scene, start: Pose, end: Pose, share: float) -> Pose:
    """Return the pose `share` of the way from one to the other: each bone turns, built from the root on."""
    if start == end:
        return start
    placed = [(0.0, 0.0, 0.0)] * len(Joint)
    placed[stage.root] = _mix(start[stage.root], end[stage.root], share)
    for near, far in _chain(stage.root):
        bone = _turn(_minus(start[far], start[near]), _minus(end[far], end[near]), share)
        placed[far] = _plus(placed[near], bone)
    for joint in stage.held:
        _hold(joint, placed, start, end, share)
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
    target = _mix(start[end], goal[end], share)
    upper, lower = (_mix_lengths(start, goal, bone, share) for bone in ((base, bend), (bend, end)))
    side = _side_of(start, base, bend, end) + _side_of(goal, base, bend, end)
    moved = _minus(target, placed[end])
    placed[end] = target
    placed[bend] = _bent(placed[base], target, upper, lower, 1 if side > 0 else -1)
    if end in (Joint.R_ANKLE, Joint.L_ANKLE):
        toe = Joint(end + 1)
        placed[toe] = _plus(placed[toe], moved)


def _side_of(pose: Pose, base: Joint, bend: Joint, end: Joint) -> float:
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
    near, far = bone
    return math.dist(start[near], start[far]) * (1 - share) + math.dist(end[near], end[far]) * share


def _turn(start: Point, end: Point, share: float) -> Point:
    """Return the bone turned `share` of the way from one direction to the other, the shorter way round."""
    if start == end:
        return start
    long, short = math.hypot(*start), math.hypot(*end)
    if not long or not short:
        return _mix(start, end, share)
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


def _minus(a: Point, b: Point) -> Point:
    return a[0] - b[0], a[1] - b[1], a[2] - b[2]


def _scaled(a: Point, factor: float) -> Point:
    return a[0] * factor, a[1] * factor, a[2] * factor


def _mix(a: Point, b: Point, share: float) -> Point:
    return _plus(_scaled(a, 1 - share), _scaled(b, share))


# --- What points the movement out ---

_LEAST_WAY = 30.0
_SHORT_WAY = 135.0
_BADGE_AWAY = 58.0


@cache
def _arrows(scene: str, names: tuple[str, ...]) -> tuple[Arrow, ...]:
    """Return the arrows for the way through these poses, or for what the last of them takes."""
    stage = SCENES[scene]
    first, last = stage.keys[names[0]], stage.keys[names[-1]]
    if last.turns:
        return (_turn_arrow(last),)
    if last.arrow:
        return (last.arrow,)
    if len(names) == 1 or stage.front or stage.cycle:
        return ()
    if first.arrow:
        return (first.arrow[::-1],) if _far_apart(first.pose, last.pose) else ()
    steps = [_leg(stage, len(names) - 1, step / _STEPS) for step in range(_STEPS + 1)]
    poses = [_on_the_way(stage, names, leg, part) for leg, part in steps]
    return tuple(dict.fromkeys(filter(None, (_way(part, poses) for part in _works(stage, names)))))


def _far_apart(one: Pose, other: Pose) -> bool:
    return any(math.dist(a, b) >= _LEAST_WAY for a, b in zip(one, other, strict=True))


_STEPS = 32
_TIPS = {
    Part.TRUNK: (Joint.HEAD, Joint.HIP),
    Part.R_ARM: (Joint.R_HAND,),
    Part.L_ARM: (Joint.L_HAND,),
    Part.R_LEG: (Joint.R_TOE,),
    Part.L_LEG: (Joint.L_TOE,),
}


def _way(part: Part, poses: list[Pose]) -> Arrow:
    """Return an arrow beside the way that the end of a part takes, none for next to no way."""
    tip = max(_TIPS[part], key=lambda joint: math.dist(poses[0][joint], poses[-1][joint]))
    (ax, ay, _), (bx, by, _) = poses[0][tip], poses[-1][tip]
    length = math.hypot(bx - ax, by - ay)
    if length < _LEAST_WAY:
        return ()
    if length < _SHORT_WAY:
        dx, dy = (bx - ax) / length, (by - ay) / length
        ahead = 70.0 if part == Part.TRUNK else 40.0
        return tuple((round(bx + dx * far, 1), round(by + dy * far, 1)) for far in (ahead, ahead + 90))
    base = JOINTS_OF[part][0]
    beyond = 85.0 if part == Part.TRUNK else 55.0
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


_SIDE_OF: dict[Part, Side] = {Part.R_ARM: "right", Part.R_LEG: "right", Part.L_ARM: "left", Part.L_LEG: "left"}
_PAIRS = ((Part.R_ARM, Part.L_ARM), (Part.R_LEG, Part.L_LEG))


def _marks(scene: str, names: tuple[str, ...], pose: Pose) -> Iterable[Mark]:
    """Yield the side of the turn at the end of its arrow, and the side of each limb that works alone beside it."""
    stage = SCENES[scene]
    last = stage.keys[names[-1]]
    if last.turns:
        (ax, ay), (bx, by) = _turn_arrow(last)[-2:]
        length = math.dist((ax, ay), (bx, by))
        yield last.turns, (bx + (bx - ax) / length * 45, by + (by - ay) / length * 45)
    works = _works(stage, names)
    for pair in _PAIRS:
        alone = [part for part in pair if part in works]
        if len(alone) == 1 and not stage.front:
            key = next(stage.keys[name] for name in names if alone[0] in stage.keys[name].works)
            yield _SIDE_OF[alone[0]], _beside(pose, alone[0], key.pose)


def _beside(pose: Pose, part: Part, goal: Pose) -> Spot:
    """Return a place beside the outer bone of a limb: on the side that is above it, or else ahead, in the goal."""
    near, far = JOINTS_OF[part][1:3]
    goal_x, goal_y = _normal(goal, near, far)
    flip = -1 if goal_y < -_STEEP or (abs(goal_y) <= _STEEP and goal_x < 0) else 1
    x, y = _normal(pose, near, far)
    middle = _mix(pose[near], pose[far], 0.5)
    return round(middle[0] + flip * x * _BADGE_AWAY, 1), round(middle[1] + flip * y * _BADGE_AWAY, 1)


_STEEP = 0.4


def _normal(pose: Pose, near: Joint, far: Joint) -> Spot:
    """Return the direction to the left of a bone."""
    dx, dy, _ = _minus(pose[far], pose[near])
    length = math.hypot(dx, dy) or 1.0
    return -dy / length, dx / length
