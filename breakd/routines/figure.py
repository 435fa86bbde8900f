"""The figure between its key poses: where its joints are at a moment of a phase.

Law: a skeleton is a value that depends on nothing but what is asked for, and equal skeletons look alike. No joint
leaps, neither within a phase nor from one to the next.
"""

import math
from dataclasses import dataclass

from breakd.routines.motion import between, ease, minus, through
from breakd.routines.pointers import Arrow, Mark, arrows, marks, works_of
from breakd.routines.poses import SCENES, Joint, Part, Pose, Scene

SETTLE_S = 1.2
"""How long the figure takes to a pose that a phase shows without a movement."""
BREATH_S = 6.0
_BREATH_LIFT = 6.0
_SHAKES_A_SECOND, _SHAKE = 1.5, math.radians(12)
_STEP_LENGTH = 325.0
"""How far the floor moves under a step."""
BRISK, _BRISK_PACE = "brisk", 0.95 / 1.1


@dataclass(frozen=True, slots=True)
class Skeleton:
    """What the figure shows at a moment: its joints in a scene, and what is pointed out.

    `works` are the parts in the accent, `arrows` lie along the movement, `strokes` where it meets something, `marks`
    say which side it is. `floor` is how far the floor has moved.
    """

    scene: str
    pose: Pose
    works: tuple[Part, ...] = ()
    arrows: tuple[Arrow, ...] = ()
    marks: tuple[Mark, ...] = ()
    strokes: tuple[Arrow, ...] = ()
    floor: float = 0.0


def pose_at(scene: str, path: str, came_from: str | None, share: float, seconds: float) -> Skeleton:
    """Return the figure `share` (0 to 1) through a phase of `seconds` with the pose `path`.

    A path is the names of key poses with a space between them: `A` is held, `A B` goes from one to the other. After the
    poses of a cycle may stand `brisk`. `came_from` is the path of the phase before, None for none: where it ended, this
    one begins. Raises KeyError for a scene or a pose that is not there.
    """
    stage, names, elapsed = SCENES[scene], _names(path), share * seconds
    begin = _last(stage, came_from) if came_from else names[0]
    if _is_cycle(stage, names):
        pace = stage.cycle * (_BRISK_PACE if path.endswith(BRISK) else 1)
        return _cycling(scene, begin, names, elapsed, (seconds, pace))
    if len(names) == 1:
        settle = min(SETTLE_S, seconds)
        if begin != names[0] and elapsed < settle:
            return _moving(scene, (begin, *names), elapsed / settle)
        return _held(scene, names[0], elapsed, seconds)
    return _moving(scene, names if begin == names[0] else (begin, *names), share)


def still(scene: str, path: str) -> Skeleton:
    """Return the figure in the pose that the path leads to, with what shows the way.

    That is the last pose, or the middle of a way there and back. Raises KeyError as `pose_at`.
    """
    stage, names = SCENES[scene], _names(path)
    if _is_cycle(stage, names):
        names = names[:1] if stage.flowing else names[:2]
    elif names[0] == names[-1]:
        names = names[: len(names) // 2 + 1]
    return _skeleton(scene, stage.keys[names[-1]].pose, names if stage.flowing else names[-2:])


def _names(path: str) -> tuple[str, ...]:
    return tuple(path.removesuffix(BRISK).split())


def _is_cycle(stage: Scene, names: tuple[str, ...]) -> bool:
    return stage.cycle > 0 and len(names) > 2  # noqa: PLR2004 - there and back is none


def _last(stage: Scene, path: str) -> str:
    """Return the pose in which a path ends; a cycle ends where it began."""
    names = _names(path)
    return names[0] if _is_cycle(stage, names) else names[-1]


def _held(scene: str, name: str, elapsed: float, seconds: float) -> Skeleton:
    key = SCENES[scene].keys[name]
    pose = key.pose
    if key.breathes and seconds >= BREATH_S:
        lift = _BREATH_LIFT * _breath(elapsed, seconds)
        x, y, z = pose[Joint.WAIST]
        pose = tuple((x, y + lift, z) if joint == Joint.WAIST else pose[joint] for joint in Joint)
    if key.shakes:
        pose = _shaken(pose, elapsed, seconds)
    return _skeleton(scene, pose, (name,))


def _breath(elapsed: float, seconds: float) -> float:
    """Return how far one has breathed out, 0 to 1: in for half of a breath, out for the other half."""
    breath = seconds / round(seconds / BREATH_S)
    phase = elapsed / breath % 1
    return math.sin(math.pi * (2 * phase - 1)) ** 2 if phase > 0.5 else 0.0  # noqa: PLR2004 - half of a breath


def _shaken(pose: Pose, elapsed: float, seconds: float) -> Pose:
    """Return the pose with its forearms on their swing out and in, which begins and ends softly, within a second."""
    since = max(0.0, elapsed - SETTLE_S)
    strength = min(1.0, since, seconds - elapsed)
    angle = _SHAKE * strength * math.sin(math.tau * _SHAKES_A_SECOND * since)
    shaken = list(pose)
    for elbow, hand, turn in ((Joint.R_ELBOW, Joint.R_HAND, angle), (Joint.L_ELBOW, Joint.L_HAND, -angle)):
        (x, y, _), (dx, dy, dz) = pose[elbow], minus(pose[hand], pose[elbow])
        cos, sin = math.cos(turn), math.sin(turn)
        shaken[hand] = (x + dx * cos - dy * sin, y + dx * sin + dy * cos, pose[elbow][2] + dz)
    return tuple(shaken)


def _moving(scene: str, names: tuple[str, ...], share: float) -> Skeleton:
    stage = SCENES[scene]
    leg, part = _leg(stage, len(names) - 1, share)
    shown = names if stage.flowing else names[leg : leg + 2]
    return _skeleton(scene, _on_the_way(stage, names, leg, part), shown)


def _leg(stage: Scene, legs: int, share: float) -> tuple[int, float]:
    """Return which leg of the way it is, and how far through it, eased: as a whole where it flows, else each."""
    along = (ease(share) if stage.flowing else share) * legs
    leg = min(int(along), legs - 1)
    return leg, along - leg if stage.flowing else ease(along - leg)


def _on_the_way(stage: Scene, names: tuple[str, ...], leg: int, part: float) -> Pose:
    poses = [stage.keys[name].pose for name in names]
    if not stage.flowing:
        return between(stage, poses[leg], poses[leg + 1], part)
    return through(stage, [poses[max(0, leg - 1)], *poses[leg : leg + 2], poses[min(leg + 2, len(poses) - 1)]], part)


def _cycling(scene: str, begin: str, names: tuple[str, ...], elapsed: float, lasts: tuple[float, float]) -> Skeleton:
    """Return the figure in a cycle: as many whole ones as fit best, from its first pose to its first pose.

    `lasts` are the seconds of the phase and of a cycle.
    """
    stage, (seconds, pace) = SCENES[scene], lasts
    settle = 0.0 if begin == names[0] else min(SETTLE_S, seconds / 2)
    if elapsed < settle:
        return _moving(scene, (begin, names[0]), elapsed / settle)
    cycles = max(1, round((seconds - settle) / pace))
    turns = (elapsed - settle) / (seconds - settle) * cycles
    leg, part = divmod(turns % 1 * len(names), 1)
    around = tuple(names[(int(leg) + step) % len(names)] for step in (-1, 0, 1, 2))
    if not stage.flowing:
        return _moving(scene, around[1:3], part)
    poses = [stage.keys[name].pose for name in around]
    return _skeleton(scene, through(stage, poses, part), names, floor=round(turns % 1 * 2 * _STEP_LENGTH, 1))


def _skeleton(scene: str, pose: Pose, names: tuple[str, ...], floor: float = 0.0) -> Skeleton:
    """Return what is seen in a pose on the way through these; of whole tenths, so that what looks alike is equal."""
    rounded = tuple((round(x, 1), round(y, 1), round(z, 1)) for x, y, z in pose)
    stage = SCENES[scene]
    works, strokes = works_of(stage, names), stage.keys[names[-1]].strokes
    return Skeleton(scene, rounded, works, arrows(scene, names), tuple(marks(scene, names, pose)), strokes, floor)
