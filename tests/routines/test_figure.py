"""The figure: its poses, its way from one to another, and its pictures."""

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest
from PIL import Image, ImageChops

from breakd.routines.alternatives import SEATED, STANDING
from breakd.routines.drawing import DARK, HIGH_CONTRAST, LIGHT, draw
from breakd.routines.exercises import EXERCISES, Exercise
from breakd.routines.figure import SETTLE_S, Skeleton, pose_at, still
from breakd.routines.motion import mix
from breakd.routines.poses import ARMS, HEAD_RADIUS, JOINTS_OF, LEGS, SCENES, Joint, Part, Pose
from breakd.routines.sheet import Inks
from breakd.routines.timeline import Phase, plan

EVERY_EXERCISE = [*EXERCISES.values(), *STANDING.values(), *SEATED.values()]
ALL = pytest.mark.parametrize("exercise", EVERY_EXERCISE, ids=[one.figure for one in EVERY_EXERCISE])
SCENE = pytest.mark.parametrize("scene", SCENES)

FRAMES_A_SECOND = 30
FASTEST = 50  # what a joint may move in a frame: the foot of a walk

LENGTHS = {
    (Joint.NECK, Joint.HEAD): 90,
    (Joint.NECK, Joint.WAIST): 110,
    (Joint.WAIST, Joint.HIP): 110,
    (Joint.R_SHOULDER, Joint.R_ELBOW): 125,
    (Joint.R_ELBOW, Joint.R_HAND): 135,
    (Joint.L_SHOULDER, Joint.L_ELBOW): 125,
    (Joint.L_ELBOW, Joint.L_HAND): 135,
    (Joint.R_HIP, Joint.R_KNEE): 190,
    (Joint.R_KNEE, Joint.R_ANKLE): 180,
    (Joint.R_ANKLE, Joint.R_TOE): 80,
    (Joint.L_HIP, Joint.L_KNEE): 190,
    (Joint.L_KNEE, Joint.L_ANKLE): 180,
    (Joint.L_ANKLE, Joint.L_TOE): 80,
}

# What rests where it is for the whole of an exercise, while something else moves.
BOTH_FEET = {Joint.R_ANKLE, Joint.L_ANKLE, Joint.R_TOE, Joint.L_TOE}
BOTH_HANDS = {Joint.R_HAND, Joint.L_HAND}
TRUNK = {Joint.HEAD, Joint.NECK, Joint.WAIST, Joint.HIP}
FIXED = {
    "dead-bugs": TRUNK,
    "bridges": {Joint.HEAD, Joint.NECK} | BOTH_FEET | BOTH_HANDS,
    "helicopters": {Joint.HIP, Joint.WAIST, Joint.NECK, Joint.R_KNEE, Joint.L_KNEE} | BOTH_FEET,
    "knee-hovers": {Joint.NECK, Joint.R_TOE, Joint.L_TOE} | BOTH_HANDS,
    "press-ups": BOTH_HANDS,
    "supermans": TRUNK,
    "wall-bugs": TRUNK,
    "sit-to-stand": BOTH_FEET,
    "desk-lean": BOTH_HANDS,
    "back-bends": {Joint.R_ANKLE, Joint.L_ANKLE},
    "desk-birds": TRUNK,
    "heel-press": {Joint.R_ANKLE, Joint.L_ANKLE},
    "seat-march": TRUNK | BOTH_HANDS,
    "seat-turns": {Joint.HIP, Joint.R_KNEE, Joint.L_KNEE} | BOTH_FEET,
    "hand-press": BOTH_HANDS | BOTH_FEET,
    "chair-bends": BOTH_FEET,
    "seat-reach": TRUNK,
}


def unlike_phases(exercise: Exercise) -> Iterator[Phase]:
    """Yield the phases of the micro version; of repetitions, the first two."""
    return (phase for phase in plan(exercise, exercise.micro.seconds).phases if phase.count <= 2)


@cache
def frames(exercise: Exercise) -> list[Skeleton]:
    """Return what the window shows of these phases; of long holds the beginning and the end, of cycles less."""
    found, before = [], None
    for phase in unlike_phases(exercise):
        seconds = min(phase.seconds, 4) if SCENES[exercise.figure].cycle else phase.seconds
        count = round(min(seconds, 4) * FRAMES_A_SECOND)
        shares = [frame / FRAMES_A_SECOND / seconds for frame in range(count)] + [1 - 1e-9]
        found += [pose_at(exercise.figure, phase.pose, before, share, seconds) for share in shares]
        before = phase.pose
    return found


def between_all(scene: str) -> Iterator[Pose]:
    for start in SCENES[scene].keys:
        for end in SCENES[scene].keys:
            for step in range(11):
                yield pose_at(scene, f"{start} {end}", None, step / 10, 3).pose


@SCENE
def test_bones_keep_their_lengths_on_every_way(scene: str) -> None:
    for pose in between_all(scene):
        wrong = {
            bone: round(math.dist(pose[bone[0]], pose[bone[1]]), 1)
            for bone, length in LENGTHS.items()
            if abs(math.dist(pose[bone[0]], pose[bone[1]]) - length) > 5
        }
        assert wrong == {}


@ALL
def test_nothing_pierces_the_floor(exercise: Exercise) -> None:
    assert min(y for frame in frames(exercise) for _x, y, _z in frame.pose) >= 0


@pytest.mark.parametrize("scene", FIXED)
def test_what_rests_stays_where_it_is(scene: str) -> None:
    (exercise,) = (one for one in EVERY_EXERCISE if one.figure == scene)
    for joint in FIXED[scene]:
        places = [frame.pose[joint] for frame in frames(exercise)]
        spread = max(math.dist(places[0], place) for place in places)
        assert spread <= 7, joint.name


@ALL
def test_every_phase_names_poses_that_exist(exercise: Exercise) -> None:
    for version in (exercise.micro, exercise.full):
        for phase in plan(exercise, version.seconds).phases:
            assert set(phase.pose.removesuffix("brisk").split()) <= SCENES[exercise.figure].keys.keys()


def test_every_scene_belongs_to_an_exercise() -> None:
    assert [one.figure for one in EVERY_EXERCISE] == list(SCENES)


@ALL
def test_no_joint_leaps(exercise: Exercise) -> None:
    shown = frames(exercise)
    assert max(max(map(math.dist, one.pose, after.pose)) for one, after in pairwise(shown)) <= FASTEST


@pytest.mark.parametrize("exercise", [EXERCISES["walk"], SEATED["walk"]], ids=["walk", "seat-march"])
def test_a_cycle_ends_where_it_began(exercise: Exercise) -> None:
    timeline = plan(exercise, exercise.micro.seconds)
    before = None
    ends: list[Pose] = []
    for phase in timeline.phases:
        first, last = (pose_at(exercise.figure, phase.pose, before, share, phase.seconds) for share in (0, 1))
        assert not ends or math.dist(ends[-1][Joint.R_ANKLE], first.pose[Joint.R_ANKLE]) < 1
        ends.append(last.pose)
        before = phase.pose


def test_a_walk_takes_its_steps_in_time_and_faster_when_brisk() -> None:
    def cycles(path: str) -> int:
        feet = [pose_at("walk", path, "A", step / 1000, 50).pose[Joint.R_ANKLE][0] for step in range(1000)]
        middle = 500
        return sum(one < middle <= after for one, after in pairwise(feet))

    assert cycles("A B C D") == round(50 / 1.1)
    assert cycles("A B C D brisk") == round(50 / 0.95)


def test_the_arm_swings_with_the_opposite_leg() -> None:
    for step in range(100):
        pose = pose_at("walk", "A B C D", "A", step / 100, 1.1).pose
        legs = pose[Joint.R_ANKLE][0] - pose[Joint.L_ANKLE][0]
        arms = pose[Joint.R_HAND][0] - pose[Joint.L_HAND][0]
        assert legs * arms <= 0 or min(abs(legs), abs(arms)) < 60


def test_the_hip_of_a_walk_follows_its_legs() -> None:
    heights = [pose_at("walk", "A B C D", "A", step / 100, 1.1).pose[Joint.HIP][1] for step in range(100)]
    assert 378 <= min(heights) < 384
    assert 398 < max(heights) <= 404


@pytest.mark.parametrize("scene", ["dead-bugs", "supermans", "wall-bugs", "seat-bugs", "desk-birds", "seat-reach"])
def test_an_arm_works_with_the_opposite_leg(scene: str) -> None:
    pairs = {key.works for key in SCENES[scene].keys.values()} - {()}
    assert pairs == {(Part.R_ARM, Part.L_LEG), (Part.L_ARM, Part.R_LEG)}
    for key in SCENES[scene].keys.values():
        for part in (*ARMS, *LEGS):
            resting = next(other for other in SCENES[scene].keys.values() if not other.works)
            moved = max(math.dist(key.pose[joint], resting.pose[joint]) for joint in JOINTS_OF[part])
            assert (moved > 60) == (part in key.works)


@ALL
def test_the_side_of_a_phase_is_the_side_that_is_marked(exercise: Exercise) -> None:
    for phase in plan(exercise, exercise.micro.seconds).phases:
        marks = still(exercise.figure, phase.pose).marks
        if phase.side and not {Part.R_ARM, Part.L_ARM} & set(still(exercise.figure, phase.pose).works):
            assert {side for side, _at in marks} == {phase.side}
        elif phase.side and not SCENES[exercise.figure].front:
            arm = Part.R_ARM if phase.side == "right" else Part.L_ARM
            assert arm in still(exercise.figure, phase.pose).works


@SCENE
def test_a_mark_lies_on_nothing_else(scene: str) -> None:
    for name in SCENES[scene].keys:
        way = f"{next(iter(SCENES[scene].keys))} {name}"
        shown = still(scene, way)
        bare = draw(replace(shown, marks=()), 400, LIGHT)
        _left, bottom, side = SCENES[scene].view
        for _side, (x, y) in shown.marks:
            column, row, reach = (x - _left) * 400 / side, 400 - (y - bottom) * 400 / side, 22 * 400 / side
            around = bare.crop((round(column - reach), round(row - reach), round(column + reach), round(row + reach)))
            assert len(around.getcolors() or ()) == 1, name


def test_a_walk_marks_the_leg_that_swings() -> None:
    for step in range(100):
        shown = pose_at("walk", "A B C D", "A", step / 100, 1.1)
        right_is_up = shown.pose[Joint.R_ANKLE][1] >= shown.pose[Joint.L_ANKLE][1]
        assert [side for side, _at in shown.marks] == ["right" if right_is_up else "left"]


@pytest.mark.parametrize("scene", [name for name in SCENES if SCENES[name].before])
def test_a_far_arm_that_is_raised_grows_out_of_the_shoulder_not_the_face(scene: str) -> None:
    (key,) = (key for key in SCENES[scene].keys.values() if Part.L_ARM in key.works)
    head = key.pose[Joint.HEAD]
    for near, far in pairwise(SCENES[scene].drawn(key.pose, Part.L_ARM)):
        assert min(math.dist(head, mix(near, far, step / 10)) for step in range(11)) > HEAD_RADIUS


def test_the_hands_of_crossed_arms_lie_on_the_opposite_shoulders() -> None:
    for key in SCENES["seat-turns"].keys.values():
        for hand, shoulder in ((Joint.R_HAND, Joint.L_SHOULDER), (Joint.L_HAND, Joint.R_SHOULDER)):
            assert math.dist(key.pose[hand][:2], key.pose[shoulder][:2]) < 41


def test_elbows_stay_beside_the_ribs_until_the_arms_push() -> None:
    for step in range(11):
        pose = pose_at("press-ups", "A C", "A", step / 10, 2).pose
        assert pose[Joint.R_ELBOW][1] < pose[Joint.NECK][1] + 45


@SCENE
def test_an_arrow_is_the_same_on_the_way_back_turned_round(scene: str) -> None:
    first, *others = SCENES[scene].keys
    for name in others:
        key = SCENES[scene].keys[name]
        if not (SCENES[scene].flowing or key.effort):
            there, back = (still(scene, way).arrows for way in (f"{first} {name}", f"{name} {first}"))
            assert back == tuple(arrow[::-1] for arrow in there)


@pytest.mark.parametrize("scene", ["bridges", "press-ups", "back-bends"])
def test_far_limbs_that_never_part_from_the_near_ones_leave_no_fragments(scene: str) -> None:
    for name in SCENES[scene].keys:
        colours = {colour for _count, colour in draw(still(scene, name), 320, LIGHT).getcolors(320 * 320) or ()}
        assert tuple(bytes.fromhex(LIGHT.far[1:])) not in colours


def test_what_is_held_is_one_picture() -> None:
    shown = {pose_at("dead-bugs", "B", "A B", step / 100, 10) for step in range(101)}
    assert shown == {still("dead-bugs", "B")}


def test_a_held_pose_is_reached_from_where_the_phase_before_ended() -> None:
    begins = pose_at("bridges", "A", "A B", 0, 10)
    assert begins.pose == still("bridges", "B").pose
    assert pose_at("bridges", "A", "A B", SETTLE_S / 10, 10) == still("bridges", "A")


def test_arms_that_are_shaken_swing_softly_and_end_where_they_began() -> None:
    frames = [pose_at("helicopters", "shake", "A B C", step / 300, 10).pose for step in range(301)]
    aside = [frame[Joint.R_HAND][0] - frame[Joint.R_ELBOW][0] for frame in frames]
    assert sum(one < 12 <= after for one, after in pairwise(aside)) == pytest.approx(1.5 * (10 - SETTLE_S), abs=1)
    assert 20 < (max(aside[60:]) - min(aside[60:])) / 2 < 32
    assert frames[-1] == still("helicopters", "D").pose
    held = [still("helicopters", "shake").pose[joint] for joint in Joint if joint not in BOTH_HANDS]
    assert [frames[200][joint] for joint in Joint if joint not in BOTH_HANDS] == held


@pytest.mark.parametrize("name", ["A", "C"])
def test_both_feet_of_a_step_are_on_the_floor(name: str) -> None:
    picture = draw(still("walk", name), 850, LIGHT)
    floor = 796
    for feet in ((545, 0, 660, floor), (250, 0, 370, floor)):
        foot = picture.crop(feet)
        _left, _top, _right, bottom = (
            ImageChops.difference(foot, Image.new("RGB", foot.size, LIGHT.background)).getbbox() or (0,) * 4
        )
        assert floor - bottom <= 10


def test_a_hold_breathes_out_three_times() -> None:
    heights = [pose_at("knee-hovers", "B", "A B", step / 180, 18).pose[Joint.WAIST][1] for step in range(181)]
    peaks = [b for a, b, c in zip(heights, heights[1:], heights[2:], strict=False) if a < b >= c]
    assert len(peaks) == 3
    assert max(heights) - min(heights) == pytest.approx(6, abs=0.2)
    assert heights[0] == heights[-1] == min(heights)


def test_a_still_of_a_way_there_and_back_shows_how_far_it_goes() -> None:
    assert still("seat-turns", "A right A").pose == still("seat-turns", "right").pose


def test_scenes_and_poses_that_are_not_there() -> None:
    with pytest.raises(KeyError):
        pose_at("push-ups", "A", None, 0, 1)
    with pytest.raises(KeyError):
        still("bridges", "Z")


# --- Pictures ---


@SCENE
@pytest.mark.parametrize("inks", [LIGHT, DARK, HIGH_CONTRAST], ids=["light", "dark", "high contrast"])
def test_a_picture_shows_what_works_in_the_accent(scene: str, inks: Inks) -> None:
    for name, key in SCENES[scene].keys.items():
        picture = draw(still(scene, name), 120, inks)
        assert (picture.mode, picture.size) == ("RGB", (120, 120))
        accent = tuple(bytes.fromhex(inks.accent[1:]))
        shown = accent in {colour for _count, colour in picture.getcolors(120 * 120) or ()}
        assert shown == bool(key.works)


def test_equal_skeletons_look_alike() -> None:
    one, same = (pose_at("walk", "A B C D", None, 0.3, 11) for _ in range(2))
    assert one == same
    assert hash(one) == hash(same)
    assert draw(one, 200, LIGHT).tobytes() == draw(same, 200, LIGHT).tobytes()


@ALL
def test_nothing_is_cut_off(exercise: Exercise) -> None:
    before = None
    for phase in unlike_phases(exercise):
        for share in (0.0, 0.3, 0.6, 1.0):
            picture = draw(pose_at(exercise.figure, phase.pose, before, share, phase.seconds), 160, LIGHT)
            blank = Image.new("RGB", picture.size, LIGHT.background)
            left, top, right, bottom = ImageChops.difference(picture, blank).getbbox() or picture.getbbox() or (0,) * 4
            assert min(left, top, 160 - right, 160 - bottom) >= 3, (phase.pose, share)
        before = phase.pose
