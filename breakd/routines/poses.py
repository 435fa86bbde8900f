"""The key poses of the figure, as data: where each joint is, and what the picture shows around it.

Law: one body and one scale. x goes right, y goes up, z toward the viewer; the floor is at y = 0 and a standing person
760 high; the bones keep their lengths in all poses. In a side view the person's right limbs are nearer to the viewer;
a front view is a mirror, the person's right at the right.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum, auto
from typing import Literal

Point = tuple[float, float, float]
Spot = tuple[float, float]
"""A place in the picture's plane."""
View = tuple[float, float, float]
"""The square that a picture shows: left, bottom and side."""
Pose = tuple[Point, ...]
"""A place for each Joint, in their order."""


class Joint(IntEnum):
    HEAD = 0
    NOSE = auto()
    NECK = auto()
    WAIST = auto()
    HIP = auto()
    R_SHOULDER = auto()
    R_ELBOW = auto()
    R_HAND = auto()
    L_SHOULDER = auto()
    L_ELBOW = auto()
    L_HAND = auto()
    R_HIP = auto()
    R_KNEE = auto()
    R_ANKLE = auto()
    R_TOE = auto()
    L_HIP = auto()
    L_KNEE = auto()
    L_ANKLE = auto()
    L_TOE = auto()


class Part(IntEnum):
    """What can be seen to move."""

    TRUNK = 0
    R_ARM = auto()
    L_ARM = auto()
    R_LEG = auto()
    L_LEG = auto()


JOINTS_OF = {
    Part.TRUNK: (Joint.HIP, Joint.WAIST, Joint.NECK, Joint.HEAD),
    Part.R_ARM: (Joint.R_SHOULDER, Joint.R_ELBOW, Joint.R_HAND),
    Part.L_ARM: (Joint.L_SHOULDER, Joint.L_ELBOW, Joint.L_HAND),
    Part.R_LEG: (Joint.R_HIP, Joint.R_KNEE, Joint.R_ANKLE, Joint.R_TOE),
    Part.L_LEG: (Joint.L_HIP, Joint.L_KNEE, Joint.L_ANKLE, Joint.L_TOE),
}

ARMS = (Part.R_ARM, Part.L_ARM)
LEGS = (Part.R_LEG, Part.L_LEG)
_FAR = (Part.L_ARM, Part.L_LEG)

Side = Literal["", "right", "left"]
Prop = Literal["mat", "chair", "stool", "backrest", "desk", "wall", "moving-floor"]

WIDTHS_OF = {
    Part.TRUNK: (80, 76, 86, 34),
    Part.R_ARM: (46, 38, 30),
    Part.L_ARM: (46, 38, 30),
    Part.R_LEG: (70, 52, 36, 20),
    Part.L_LEG: (70, 52, 36, 20),
}
"""How wide a part is at its joints."""

HEAD_RADIUS = 50
_ARM_LENGTH = 260
WALL = 456
"""Where the wall ends that one stands before."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key pose, and what there is to see in it.

    `works` are the parts that move on the way there and back; where a turn of the body is what works, `turns` is its
    side. `arrow` shows the way there, where that of the joints does not; `effort` are arrows for what hardly moves, and
    `strokes` short lines where it meets something. One who `breathes` draws the belly in while it is held, one who
    `shakes` swings the forearms.
    """

    pose: Pose
    works: tuple[Part, ...] = ()
    turns: Side = ""
    arrow: tuple[Spot, ...] = ()
    effort: tuple[tuple[Spot, ...], ...] = ()
    strokes: tuple[tuple[Spot, ...], ...] = ()
    breathes: bool = False
    shakes: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """The poses of one exercise, and how the figure gets from one to another.

    The movement is built from `root` on; the joints
    that are `held` go straight from place to place, or stay, and the joint before them bends as it must. A `flowing`
    movement does not stop at the poses on its way. A `cycle` lasts so many seconds.
    """

    keys: Mapping[str, Key]
    view: View
    emblem: str
    """The way that stands for the exercise where there is room for one picture."""
    props: tuple[Prop, ...] = ()
    root: Joint = Joint.HIP
    held: tuple[Joint, ...] = ()
    front: bool = False
    flowing: bool = False
    cycle: float = 0.0
    aside: Spot = (24, 4)
    """How far aside the far limbs are drawn, in a side view: so far that one sees them behind the near ones, or, where
    both always move together and lie flat, not at all."""
    before: float = 0.0
    """How far before the face a far arm is drawn that goes up beside the head, so that one sees its shoulder."""
    under: Part | None = None
    """The arm that lies under the other, in a front view."""
    gap: bool = False
    """Show the room between knees and floor."""

    def drawn(self, pose: Pose, part: Part) -> list[Point]:
        """Return where the joints of a part are drawn."""
        right, up = self._aside(pose, part) if part in _FAR and not self.front else (0, 0)
        return [(pose[joint][0] + right, pose[joint][1] + up, pose[joint][2]) for joint in JOINTS_OF[part]]

    def _aside(self, pose: Pose, part: Part) -> Spot:
        """Return how far aside a far limb is drawn: an arm the more before the face the higher it is raised."""
        if part != Part.L_ARM or not self.before:
            return self.aside
        (hx, hy, _), (nx, ny, _), (x, y, _) = pose[Joint.HEAD], pose[Joint.NECK], pose[Joint.L_HAND]
        up = max(0.0, (x - nx) * (hx - nx) + (y - ny) * (hy - ny)) / (_ARM_LENGTH * math.dist((hx, hy), (nx, ny)))
        looks = [(a - b) / HEAD_RADIUS * self.before for a, b in zip(pose[Joint.NOSE], pose[Joint.HEAD], strict=True)]
        return self.aside[0] * (1 - up) + looks[0] * up, self.aside[1] * (1 - up) + looks[1] * up


def _points(text: str) -> list[Point]:
    """Return the points of a text such as '301,165 301,300'."""
    points = [tuple(float(number) for number in word.split(",")) for word in text.split()]
    return [(x, y, z[0] if z else 0.0) for x, y, *z in points]


def _side(trunk: str, right_arm: str, left_arm: str, right_leg: str, left_leg: str) -> Pose:
    """Return a pose seen from the person's right.

    The texts hold: head, neck, waist and hip; elbow and hand; knee, ankle and toe. The face is a quarter turn from the
    way that the neck goes.
    """
    head, neck, waist, hip = _points(trunk)
    up = math.atan2(head[1] - neck[1], head[0] - neck[0])
    nose = (head[0] + HEAD_RADIUS * math.sin(up), head[1] - HEAD_RADIUS * math.cos(up), 0.0)
    limbs = [neck, *_points(right_arm), neck, *_points(left_arm), hip, *_points(right_leg), hip, *_points(left_leg)]
    return (head, nose, neck, waist, hip, *limbs)


def _both(trunk: str, arms: str, legs: str) -> Pose:
    """Return a pose whose right and left are alike, seen from the side."""
    return _side(trunk, arms, arms, legs, legs)


_LEFT = {
    Joint.R_SHOULDER: Joint.L_SHOULDER,
    Joint.R_ELBOW: Joint.L_ELBOW,
    Joint.R_HAND: Joint.L_HAND,
    Joint.R_HIP: Joint.L_HIP,
    Joint.R_KNEE: Joint.L_KNEE,
    Joint.R_ANKLE: Joint.L_ANKLE,
    Joint.R_TOE: Joint.L_TOE,
}
OPPOSITE = {**{joint: joint for joint in Joint}, **_LEFT, **{left: right for right, left in _LEFT.items()}}
"""The same joint on the other side of the body."""

_OTHER_PART = {
    Part.TRUNK: Part.TRUNK,
    Part.R_ARM: Part.L_ARM,
    Part.L_ARM: Part.R_ARM,
    Part.R_LEG: Part.L_LEG,
    Part.L_LEG: Part.R_LEG,
}


def _swapped(key: Key) -> Key:
    """Return the same done by the other side of the body, seen from the same side."""
    pose = tuple(key.pose[OPPOSITE[joint]] for joint in Joint)
    return replace(key, pose=pose, works=tuple(_OTHER_PART[part] for part in key.works))


def _mirrored(key: Key) -> Key:
    """Return the same done by the other side of the body, in a front view."""
    swapped = _swapped(key)
    pose = tuple((1000 - x, y, z) for x, y, z in swapped.pose)
    return replace(swapped, pose=pose, turns="left" if key.turns == "right" else "right")


# --- On the back ---

_BUG = "211,45 301,40 411,51 520,40"
_BUG_ARM, _BUG_ARM_LOW = "301,165 301,300", "177,57 44,76"
_BUG_LEG, _BUG_LEG_LOW = "520,230 700,230 700,310", "707,73 884,104 870,183"
_BUG_REACH = Key(_side(_BUG, _BUG_ARM_LOW, _BUG_ARM, _BUG_LEG, _BUG_LEG_LOW), (Part.R_ARM, Part.L_LEG))

_DEAD_BUGS = Scene(
    {"A": Key(_both(_BUG, _BUG_ARM, _BUG_LEG)), "B": _BUG_REACH, "C": _swapped(_BUG_REACH)},
    view=(-60, -345, 1080),
    emblem="A C",
    props=("mat",),
    before=56,
)

_BRIDGE_ARM, _BRIDGE_FOOT = "345,29 479,24", "589,30 666,10"

_BRIDGES = Scene(
    {
        "A": Key(_both("131,50 220,40 330,47 440,40", _BRIDGE_ARM, "538,203 " + _BRIDGE_FOOT)),
        "B": Key(_both("131,50 220,40 319,88 418,136", _BRIDGE_ARM, "593,210 " + _BRIDGE_FOOT), (Part.TRUNK,)),
    },
    view=(20, -240, 740),
    emblem="A B",
    props=("mat",),
    root=Joint.NECK,
    held=(Joint.R_ANKLE, Joint.L_ANKLE),
    aside=(0, 0),
)

# --- Upright ---

_STAND = "505,710 500,620 500,510 500,400"
_HANG, _STRAIGHT = "496,495 505,360", "503,210 500,30 577,9"
_STEP = Key(
    _side(
        "517,689 508,600 504,490 500,380",
        "446,492 417,360",
        "561,486 664,400",
        "571,201 638,31 714,56",
        "451,198 319,76 357,5",
    ),
    (*ARMS, *LEGS),
)
_PASS = Key(
    _side(
        "517,709 508,620 504,510 500,400",
        "476,499 469,364",
        "547,501 634,398",
        "507,210 500,30 578,9",
        "559,219 438,85 490,24",
    ),
    (*ARMS, *LEGS),
)

_WALK = Scene(
    {
        "stand": Key(_both(_STAND, _HANG, _STRAIGHT)),
        "A": _STEP,
        "B": _PASS,
        "C": _swapped(_STEP),
        "D": _swapped(_PASS),
    },
    view=(75, -60, 850),
    emblem="D A",
    props=("moving-floor",),
    flowing=True,
    cycle=1.1,
    aside=(-24, 4),
)


def _front(head: str, right_arm: str, left_arm: str) -> Pose:
    """Return a standing pose seen from the front: head and nose; shoulder, elbow and hand."""
    trunk = "500,610 500,500 500,390"
    legs = "550,390 585,208 600,30 615,5,74 450,390 415,208 400,30 385,5,74"
    return tuple(_points(f"{head} {trunk} {right_arm} {left_arm} {legs}"))


_TURN = Key(
    _front("500,700,0 521,700,45", "574,605,-42 660,579,-129 726,551,-243", "426,605,42 340,579,129 274,551,243"),
    (Part.TRUNK,),
    turns="right",
)
_WRAP = Key(
    _front("500,700,0 532,700,38", "555,605,-65 530,515,-148 405,470,-168", "445,605,65 461,517,152 576,460,194"),
    (Part.TRUNK,),
    turns="right",
)

_DROP = _front("500,700,0 500,700,50", "585,605 605,482,-7 617,347,-7", "415,605 395,482,-7 383,347,-7")

_SHAKEN = (
    ((680, 415), (693, 375), (689, 333)),
    ((712, 398), (721, 374), (719, 350)),
    ((320, 415), (307, 375), (311, 333)),
    ((288, 398), (279, 374), (281, 350)),
)

_HELICOPTERS = Scene(
    {
        "A": Key(_front("500,700,0 500,700,50", "585,605 707,579 839,551", "415,605 293,579 161,551"), (Part.TRUNK,)),
        "B": _TURN,
        "C": _WRAP,
        "B'": _mirrored(_TURN),
        "C'": _mirrored(_WRAP),
        "D": Key(_DROP),
        "shake": Key(_DROP, ARMS, strokes=_SHAKEN, shakes=True),
    },
    view=(45, -60, 910),
    emblem="A B",
    front=True,
    flowing=True,
)

# --- On hands and knees, and on the front ---

_FOUR_ARM = "599,143 620,10"

_KNEE_HOVERS = Scene(
    {
        "A": Key(_both("699,280 610,268 505,236 400,205", _FOUR_ARM, "400,15 231,77 267,5")),
        "B": Key(
            _both("699,280 610,268 504,270 400,254", _FOUR_ARM, "400,64 221,75 267,5"),
            LEGS,
            arrow=((540, 12), (540, 108)),
            breathes=True,
        ),
    },
    view=(150, -150, 660),
    emblem="A B",
    props=("mat",),
    root=Joint.NECK,
    held=(Joint.R_TOE, Joint.L_TOE),
    aside=(22, 0),
    gap=True,
)

_PRONE_LEG = "270,37 90,35 11,24"

_PRESS_UPS = Scene(
    {
        "A": Key(_both("770,52 680,46 570,46 460,40", "580,85,64 675,10", _PRONE_LEG)),
        "B": Key(_both("658,266 615,187 557,94 460,42", "557,76 675,10", "270,35 90,34 11,23"), (Part.TRUNK, *ARMS)),
        "C": Key(_both("557,317 545,228 543,118 460,46", "583,109 675,10", _PRONE_LEG), (Part.TRUNK, *ARMS)),
    },
    view=(-40, -260, 940),
    emblem="A C",
    props=("mat",),
    held=(Joint.R_HAND, Joint.L_HAND),
    aside=(0, 0),
)

_SUPER = "759,55 670,42 560,42 450,40"
_SUPER_ARM, _SUPER_ARM_UP = "795,35 930,28", "787,85 914,131"
_SUPER_LEG, _SUPER_LEG_UP = "260,37 80,34 1,22", "266,89 93,136 13,147"
_SUPER_REACH = Key(_side(_SUPER, _SUPER_ARM, _SUPER_ARM_UP, _SUPER_LEG_UP, _SUPER_LEG), (Part.L_ARM, Part.R_LEG))

_SUPERMANS = Scene(
    {"A": Key(_both(_SUPER, _SUPER_ARM, _SUPER_LEG)), "B": _SUPER_REACH, "C": _swapped(_SUPER_REACH)},
    view=(-45, -420, 1050),
    emblem="A B",
    props=("mat",),
    aside=(0, 0),
)

# --- Standing, in place of the floor ---

_WALL = "500,710 500,620 500,510 500,400"
_WALL_BUG = Key(_side(_WALL, "526,742 549,875", _HANG, _STRAIGHT, "690,400 690,220 769,206"), (Part.R_ARM, Part.L_LEG))

_WALL_BUGS = Scene(
    {"stand": Key(_both(_WALL, _HANG, _STRAIGHT)), "right": _WALL_BUG, "left": _swapped(_WALL_BUG)},
    view=(100, -60, 1040),
    emblem="stand right",
    props=("wall",),
    before=56,
)

_SIT = "406,520 400,430 400,320 400,210"
_SIT_ARM, _SIT_LEG = "426,308 537,230", "590,210 590,30 667,9"
_UNDER = "556,30 633,9"

_SIT_TO_STAND = Scene(
    {
        "sit": Key(_both(_SIT, _SIT_ARM, "588,208 " + _UNDER)),
        "lean": Key(
            _both("509,500 475,417 438,313 400,210", "476,292 600,238", "588,208 " + _UNDER),
            (Part.TRUNK,),
            arrow=((560, 388), (650, 372)),
        ),
        "stand": Key(
            _both("561,710 556,620 556,510 556,400", "552,495 561,360", "559,210 " + _UNDER),
            (Part.TRUNK, *LEGS),
            arrow=((680, 330), (680, 560)),
            effort=(((430, 400), (506, 400)),),
        ),
    },
    view=(80, -60, 850),
    emblem="lean stand",
    props=("chair",),
    held=(Joint.R_ANKLE, Joint.L_ANKLE),
)

_DESK_LEAN = Scene(
    {
        "stand": Key(_both("735,671 700,588 645,493 590,398", "712,463 741,335", "590,208 587,30 664,9")),
        "lean": Key(
            _both("643,619 591,545 531,453 472,360", "651,435 741,335", "368,201 270,50 335,5"),
            (Part.TRUNK, *LEGS),
            arrow=((520, 50), (390, 50)),
            breathes=True,
        ),
    },
    view=(160, -100, 840),
    emblem="stand lean",
    props=("desk",),
    held=(Joint.R_HAND, Joint.L_HAND, Joint.R_ANKLE, Joint.L_ANKLE),
)

_BACK_BENDS = Scene(
    {
        "stand": Key(_both(_STAND, "404,542 478,430", _STRAIGHT)),
        "bend": Key(
            _both("444,696 472,611 513,509 530,400", "394,513 500,430", "517,210 500,31 578,10"), (Part.TRUNK,)
        ),
    },
    view=(75, -60, 850),
    emblem="stand bend",
    held=(Joint.R_ANKLE, Joint.L_ANKLE),
    aside=(0, 0),
)

_BIRD = "652,616 586,556 506,479 430,400"
_BIRD_ARM, _BIRD_ARM_UP = "591,431 696,345", "692,622 808,689"
_BIRD_LEG, _BIRD_LEG_UP = "427,210 427,30 505,16", "272,294 122,196 60,144"
_DESK_BIRD = Key(_side(_BIRD, _BIRD_ARM, _BIRD_ARM_UP, _BIRD_LEG_UP, _BIRD_LEG), (Part.L_ARM, Part.R_LEG))

_DESK_BIRDS = Scene(
    {"lean": Key(_both(_BIRD, _BIRD_ARM, _BIRD_LEG)), "right": _DESK_BIRD, "left": _swapped(_DESK_BIRD)},
    view=(-40, -115, 1015),
    emblem="lean right",
    props=("desk",),
    before=56,
)

# --- Seated, in place of the floor and of standing ---

_SEAT_VIEW = (130, -90, 760)
_SEAT_BUG = Key(
    _side("403,520 400,430 400,320 400,210", "432,551 456,684", _SIT_ARM, _SIT_LEG, "590,217 769,204 783,283"),
    (Part.R_ARM, Part.L_LEG),
)

_SEAT_BUGS = Scene(
    {"sit": Key(_both(_SIT, _SIT_ARM, _SIT_LEG)), "right": _SEAT_BUG, "left": _swapped(_SEAT_BUG)},
    view=(120, -80, 860),
    emblem="sit right",
    props=("chair",),
    before=56,
)

_HEEL_PRESS = Scene(
    {
        "sit": Key(_side(_SIT, _SIT_ARM, _SIT_ARM, _SIT_LEG, "589,208 625,32 702,11")),
        "press": Key(
            _side(
                "406,526 400,436 400,326 400,216",
                "426,314 537,236",
                "426,314 537,236",
                "590,210 590,30 667,38",
                "589,209 625,32 702,40",
            ),
            LEGS,
            effort=(((593, -22), (593, -92)), ((656, -22), (656, -92))),
            strokes=(
                ((558, -26), (534, -40)),
                ((556, -50), (536, -70)),
                ((691, -26), (715, -40)),
                ((693, -50), (713, -70)),
            ),
            breathes=True,
        ),
    },
    view=(130, -130, 760),
    emblem="sit press",
    props=("chair",),
    held=(Joint.R_ANKLE, Joint.L_ANKLE),
)

_SIDE_ARM = "394,305 408,171"
_MARCH = Key(
    _side(_SIT, _SIDE_ARM, _SIDE_ARM, "545,333 614,167 691,146", _SIT_LEG),
    (Part.R_LEG,),
    arrow=((575, 400), (575, 495)),
)

_SEAT_MARCH = Scene(
    {"sit": Key(_both(_SIT, _SIDE_ARM, _SIT_LEG)), "right": _MARCH, "left": _swapped(_MARCH)},
    view=_SEAT_VIEW,
    emblem="sit right",
    props=("chair",),
    cycle=2.0,
    aside=(36, 6),
)


def _turned(pose: Pose, degrees: float) -> Pose:
    """Return the pose of a front view with its upper body turned to the person's right."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    upper = set(Joint) - set(JOINTS_OF[Part.R_LEG]) - set(JOINTS_OF[Part.L_LEG])
    return tuple(
        (500 + (x - 500) * cos + z * sin, y, z * cos - (x - 500) * sin) if joint in upper else (x, y, z)
        for joint, (x, y, z) in zip(Joint, pose, strict=True)
    )


_CROSSED = tuple(
    _points(
        "500,520,0 500,520,50 500,430 500,320 500,210 585,425 520,330,50 425,423,25 415,425 470,330,60 575,409,30 "
        "550,210 560,205,189 560,30,170 575,5,246 450,210 440,205,189 440,30,170 425,5,246"
    )
)
_SEAT_TURN = Key(_turned(_CROSSED, 35), (Part.TRUNK,), turns="right")

_SEAT_TURNS = Scene(
    {"A": Key(_CROSSED), "right": _SEAT_TURN, "left": Key(_turned(_CROSSED, -35), (Part.TRUNK,), turns="left")},
    view=(150, -50, 700),
    emblem="A right",
    props=("stool",),
    front=True,
    under=Part.R_ARM,
    flowing=True,
)

_PRESS_ARMS = "386,306 500,234", "439,311 550,234"

_HAND_PRESS = Scene(
    {
        "sit": Key(_side(_SIT, *_PRESS_ARMS, _SIT_LEG, _SIT_LEG)),
        "press": Key(
            _side("408,521 401,431 393,321 400,211", *_PRESS_ARMS, _SIT_LEG, _SIT_LEG),
            ARMS,
            effort=(((500, 376), (500, 276)), ((574, 376), (574, 276))),
            strokes=(((486, 204), (514, 204)),),
            breathes=True,
        ),
    },
    view=_SEAT_VIEW,
    emblem="sit press",
    props=("chair",),
    held=(Joint.R_HAND, Joint.L_HAND),
)

_CHAIR_BENDS = Scene(
    {
        "sit": Key(_both(_SIT, "440,312 448,400,-102", _SIT_LEG)),
        "bend": Key(_both("261,469 325,405 396,320 400,210", "431,340 381,412,-102", _SIT_LEG), (Part.TRUNK,)),
    },
    view=_SEAT_VIEW,
    emblem="sit bend",
    props=("chair", "backrest"),
    aside=(0, 0),
)

_REACH = "555,479 510,401 455,305 400,210"
_REACH_ARM = "458,287 580,230"
_SEAT_REACHED = Key(
    _side(_REACH, "623,454 745,511", _REACH_ARM, _SIT_LEG, "590,203 769,190 785,268"), (Part.R_ARM, Part.L_LEG)
)

_SEAT_REACH = Scene(
    {"lean": Key(_both(_REACH, _REACH_ARM, _SIT_LEG)), "right": _SEAT_REACHED, "left": _swapped(_SEAT_REACHED)},
    view=(140, -100, 810),
    emblem="lean right",
    props=("chair",),
    before=56,
)

SCENES: dict[str, Scene] = {
    "dead-bugs": _DEAD_BUGS,
    "bridges": _BRIDGES,
    "walk": _WALK,
    "helicopters": _HELICOPTERS,
    "knee-hovers": _KNEE_HOVERS,
    "press-ups": _PRESS_UPS,
    "supermans": _SUPERMANS,
    "wall-bugs": _WALL_BUGS,
    "sit-to-stand": _SIT_TO_STAND,
    "desk-lean": _DESK_LEAN,
    "back-bends": _BACK_BENDS,
    "desk-birds": _DESK_BIRDS,
    "seat-bugs": _SEAT_BUGS,
    "heel-press": _HEEL_PRESS,
    "seat-march": _SEAT_MARCH,
    "seat-turns": _SEAT_TURNS,
    "hand-press": _HAND_PRESS,
    "chair-bends": _CHAIR_BENDS,
    "seat-reach": _SEAT_REACH,
}
"""All scenes, by the name that an exercise's `figure` gives."""
