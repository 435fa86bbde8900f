"""The exercises that breakd guides, as data.

Law: every text is a message in English that `breakd.texts._()` turns into the person's language where it is shown;
ids, positions, sides and poses are keys and never shown. Each version lasts exactly what its parts sum up to and
begins with a count-in.
"""

from dataclasses import dataclass
from typing import Literal

from breakd.core.settings import Position
from breakd.texts import later

Side = Literal["", "right", "left"]


@dataclass(frozen=True, slots=True)
class Move:
    """One phase: what to do for `seconds`.

    `pose` names what the figure shows: a key pose (`A`), or the poses that it goes through, one after the other
    (`A B C`). `step` is the number of the step (from 1) that it carries out, 0 for none; a step that names a side is
    for that side, and the other has a step of its own. `image` is a file that is shown in place of the figure.
    """

    seconds: float
    label: str
    pose: str
    step: int = 0
    side: Side = ""
    image: str = ""


@dataclass(frozen=True, slots=True)
class Round:
    """Moves that are repeated `times` times and counted, with `rest` between two repetitions if there is one."""

    times: int
    moves: tuple[Move, ...]
    rest: Move | None = None

    @property
    def seconds(self) -> float:
        rests = self.rest.seconds * (self.times - 1) if self.rest else 0
        return self.times * sum(move.seconds for move in self.moves) + rests


@dataclass(frozen=True, slots=True)
class Version:
    """An exercise written out in time: getting into position, the work, getting out of it.

    With more time the work is done again after `rest`. Without a `rest` its moves are done for longer. With less it is
    cut, or done faster where it is a `whole` whose parts all differ.
    """

    begin: tuple[Move, ...]
    work: tuple[Round | Move, ...]
    end: tuple[Move, ...]
    rest: Move | None = None
    whole: bool = False

    @property
    def seconds(self) -> float:
        return sum(part.seconds for part in (*self.begin, *self.work, *self.end))


@dataclass(frozen=True, slots=True)
class Exercise:
    """An exercise. `figure` names the scene that its poses belong to, none where there is no picture of it.

    `sides` are the words for its right and its left side, where its labels do not say them. What is known of its effect
    is in `breakd.evidence`.
    """

    id: str
    name: str
    position: Position
    room: str
    steps: tuple[str, ...]
    micro: Version
    full: Version
    ask_first: str
    stop: str
    easier: str
    figure: str = ""
    sides: tuple[str, str] = ("", "")


CAUTION = later(
    "Ask a doctor or therapist first if your back pain is strong, new or does not go away. "
    "Move within comfort. Stop if pain grows."
)

CAUTIONS = (
    (
        later("Ask first"),
        later(
            "pregnancy, or birth within the last months; recent surgery or injury; osteoporosis or a past spine "
            "fracture; a known spine disease; heart disease or high blood pressure that is not under control; "
            "dizziness."
        ),
    ),
    (
        later("Stop now"),
        later(
            "the pain grows or runs further down a leg; new numbness or tingling; dizziness, chest pain or "
            "breathlessness. Muscles that feel used for a day are normal."
        ),
    ),
    (
        later("Emergency, get help at once"),
        later(
            "back pain with numbness between the legs or around the genitals or anus; new trouble passing or holding "
            "urine or stool; new or growing weakness or numbness in both legs; back pain after a serious fall or "
            "accident, or with chest pain."
        ),
    ),
    (
        later("See a doctor soon"),
        later(
            "fever or feeling ill; weight loss without a reason; a history of cancer; long use of cortisone or known "
            "thin bones; pain that is worst at night or at rest; leg pain with weakness; pain that does not improve "
            "within some weeks."
        ),
    ),
    (
        later("What breakd is"),
        later("general information about moving at work. It does not diagnose and does not treat."),
    ),
)
"""The long caution: headings, each with its text."""

_READY = Move(5, later("Get ready"), "A")
_ROLL_UP = Move(15, later("Roll to one side, push up with your arms"), "A")
_KNEEL_UP = Move(15, later("Come to hands and knees, then stand up"), "A")

# --- Dead bugs ---

_BUG_BEGIN = (
    _READY,
    Move(15, later("Lie down, lift your legs"), "A", 2),
    Move(10, later("Ribs down, keep the small gap"), "A", 3),
)
_BUG_PAIR = (
    Move(3, later("Lower, breathe out"), "A B", 4, "right"),
    Move(1, later("Hold"), "B", 5, "right"),
    Move(3, later("Come back, breathe in"), "B A", 6, "right"),
    Move(3, later("Lower, breathe out"), "A C", 7, "left"),
    Move(1, later("Hold"), "C", 5, "left"),
    Move(3, later("Come back, breathe in"), "C A", 6, "left"),
)
_BUG_REST = Move(30, later("Rest, feet down"), "A")

_DEAD_BUGS = Exercise(
    id="dead-bugs",
    name=later("Dead bugs"),
    figure="dead-bugs",
    position="floor",
    room=later("2 m by 1 m on a mat; a private room or home"),
    steps=(
        later("Lie on your back, arms straight up above your shoulders."),
        later("Lift your legs: hips and knees at right angles, shins level."),
        later("Let the lower ribs sink toward the pelvis; keep the small natural gap under your low back."),
        later("Breathe out and slowly lower the right arm beside your ear and the long left leg toward the floor."),
        later("Stop before your back lifts away; do not rest on the floor."),
        later("Breathe in and come back just as slowly."),
        later("Breathe out and lower the left arm and the long right leg the same way."),
    ),
    micro=Version(
        begin=_BUG_BEGIN,
        work=(Round(5, _BUG_PAIR),),
        end=(Move(5, later("Rest, feet down"), "A"), _ROLL_UP),
        rest=_BUG_REST,
    ),
    full=Version(
        begin=_BUG_BEGIN,
        work=(Round(6, _BUG_PAIR), _BUG_REST, Round(6, _BUG_PAIR), _BUG_REST, Round(6, _BUG_PAIR)),
        end=(_ROLL_UP,),
        rest=_BUG_REST,
    ),
    ask_first=later("second half of pregnancy, recent belly or back surgery, a shoulder that hurts overhead."),
    stop=later("pain in the back or down a leg."),
    easier=later("Move only the arm, or tap the floor with only the heel of a bent leg."),
    sides=(later("right arm, left leg"), later("left arm, right leg")),
)

# --- Bridges ---

_BRIDGE_BEGIN = (_READY, Move(15, later("Lie down, bend your knees"), "A", 1))
_BRIDGE = (
    Move(2, later("Lift"), "A B", 3),
    Move(10, later("Hold, keep breathing"), "B", 4),
    Move(2, later("Lower"), "B A", 5),
    Move(2, later("Rest"), "A"),
)
_BRIDGE_REST = Move(20, later("Rest on your back"), "A")

_BRIDGES = Exercise(
    id="bridges",
    name=later("Bridges"),
    figure="bridges",
    position="floor",
    room=later("2 m by 1 m on a mat"),
    steps=(
        later("Lie on your back, knees bent, feet flat and hip-wide, arms beside you."),
        later("Breathe out, tighten your buttocks, press through your heels."),
        later("Lift your hips until shoulders, hips and knees make one line."),
        later("Hold for ten seconds and keep breathing."),
        later("Lower slowly."),
    ),
    micro=Version(
        begin=_BRIDGE_BEGIN,
        work=(Round(5, _BRIDGE),),
        end=(Move(5, later("Rest on your back"), "A"), _ROLL_UP),
        rest=_BRIDGE_REST,
    ),
    full=Version(
        begin=_BRIDGE_BEGIN,
        work=(Round(8, _BRIDGE), _BRIDGE_REST, Round(7, _BRIDGE)),
        end=(_ROLL_UP,),
        rest=_BRIDGE_REST,
    ),
    ask_first=later("second half of pregnancy, high blood pressure that is not under control, recent surgery."),
    stop=later("back pain, or a cramp in the back of the thigh that stays (bring your heels nearer)."),
    easier=later("Lift half as high and hold for three seconds."),
)

# --- Short walk ---

_WALK = Exercise(
    id="walk",
    name=later("Short walk"),
    figure="walk",
    position="standing",
    room=later("any way to walk; nobody will notice"),
    steps=(
        later("Stand up and leave the desk."),
        later("Walk at an easy pace and let your arms swing."),
        later("Stand tall: head over shoulders, shoulders over hips, eyes ahead."),
        later("Go a little faster, so that talking is still easy."),
        later("Turn around at half time."),
        later("Slow down and come back."),
    ),
    micro=Version(
        begin=(Move(5, later("Stand up"), "stand", 1), Move(5, later("Loosen your shoulders"), "stand", 1)),
        work=(Move(50, later("Walk out"), "A B C D", 2), Move(50, later("Turn, walk back"), "A B C D", 5)),
        end=(Move(10, later("Arrive, stand tall"), "stand", 6),),
    ),
    full=Version(
        begin=(Move(15, later("Stand up, leave the desk"), "stand", 1),),
        work=(
            Move(45, later("Walk at an easy pace"), "A B C D", 2),
            Move(225, later("Walk a little faster"), "A B C D brisk", 4),
            Move(15, later("Turn around"), "A B C D", 5),
            Move(225, later("Walk back a little faster"), "A B C D brisk", 4),
            Move(60, later("Slow down"), "A B C D", 6),
        ),
        end=(Move(15, later("Arrive, stand tall"), "stand", 6),),
    ),
    ask_first=later(
        "pain or swelling of a foot, knee or hip, chest pain or breathlessness on effort, unsteadiness on your feet."
    ),
    stop=later("leg pain, numbness or weakness that grows as you walk; chest pain; dizziness."),
    easier=later("Two minutes on level ground, twice."),
)

# --- Helicopters ---

_SWING = (
    Move(2.5, later("Swing to the right"), "A B C", 4, "right"),
    Move(2.5, later("Swing to the left"), "A B' C'", 5, "left"),
)
_SLOW_SWING = (
    Move(3, later("Swing to the right"), "A B C", 4, "right"),
    Move(3, later("Swing to the left"), "A B' C'", 5, "left"),
)
_SMALL_SWING = (
    Move(2.5, later("Small turn to the right"), "A B", 4, "right"),
    Move(2.5, later("Small turn to the left"), "A B'", 5, "left"),
)
_SWING_BEGIN = (Move(5, later("Get ready"), "D"), Move(10, later("Feet hip-wide, knees soft, grow tall"), "D", 2))
_SHAKE_10 = Move(10, later("Let your arms drop, shake out"), "shake", 7)
_SHAKE_12 = Move(12, later("Let your arms drop, shake out"), "shake", 7)

_HELICOPTERS = Exercise(
    id="helicopters",
    name=later("Helicopters"),
    figure="helicopters",
    position="standing",
    room=later("a circle of 2 m with nothing to hit; visible but silent"),
    steps=(
        later("Stand with your feet parallel and hip-wide, an arm's length free around you."),
        later("Bend your knees a little; tighten buttocks and lower belly lightly."),
        later("Grow tall."),
        later("Turn your upper body to the right, hips ahead; let the loose arms fly along and wrap around you."),
        later("Swing to the left the same way."),
        later("Let your head rest or turn along, whichever feels better."),
        later("After some turns to each side let your arms drop and shake out."),
        later("Once more."),
    ),
    micro=Version(
        begin=_SWING_BEGIN,
        work=(Round(8, _SWING), _SHAKE_10, Round(8, _SWING)),
        end=(_SHAKE_10, Move(5, later("Stand and breathe"), "D")),
        rest=_SHAKE_10,
    ),
    full=Version(
        begin=_SWING_BEGIN,
        work=(Round(4, _SMALL_SWING), _SHAKE_10, Round(8, _SLOW_SWING), _SHAKE_12, Round(8, _SLOW_SWING)),
        end=(_SHAKE_12, Move(15, later("Stand, take three breaths"), "D")),
        rest=_SHAKE_12,
    ),
    ask_first=later(
        "osteoporosis or a past spine fracture, recent back surgery, acute pain when you turn, dizziness, late "
        "pregnancy (small turns only)."
    ),
    stop=later("sharp pain, dizziness."),
    easier=later("Cross your arms on your chest; half as far, half as fast."),
)

# --- Knee hovers ---

_HOVER_BEGIN = (_READY, Move(15, later("Onto hands and knees, tuck your toes"), "A", 2))
_HOVER = (
    Move(2, later("Lift your knees a little"), "A B", 3),
    Move(18, later("Hold for three deep breaths"), "B", 4),
    Move(2, later("Lower softly"), "B A", 6),
)
_HOVER_REST = Move(12, later("Rest on hands and knees"), "A")
_HOVER_UP = Move(10, later("One foot forward, stand up"), "A")

_KNEE_HOVERS = Exercise(
    id="knee-hovers",
    name=later("Knee hovers"),
    figure="knee-hovers",
    position="floor",
    room=later("1.5 m by 1 m on a clean floor or a mat; a quiet corner, in work clothes"),
    steps=(
        later("Hands and knees: hands under your shoulders, knees under your hips."),
        later("Tuck your toes under."),
        later("Breathe out, press into hands and toes, lift your knees two to five centimetres."),
        later("Hold for three deep breaths; with every breath out draw your belly in a little more."),
        later("Keep your back level, hips no higher than your shoulders."),
        later("Lower softly."),
    ),
    micro=Version(begin=_HOVER_BEGIN, work=(Round(3, _HOVER, _HOVER_REST),), end=(_HOVER_UP,), rest=_HOVER_REST),
    full=Version(begin=_HOVER_BEGIN, work=(Round(5, _HOVER, _HOVER_REST),), end=(_HOVER_UP,), rest=_HOVER_REST),
    ask_first=later(
        "painful wrists (use fists, or your forearms on a chair seat), painful toes or knees, high blood pressure "
        "that is not under control, late pregnancy."
    ),
    stop=later("pain in a wrist or the back, a feeling of pressure in belly or pelvis."),
    easier=later("Hold for one breath; or press as if to lift and leave your knees on the floor."),
)

# --- Press-ups ---

_PRESS_HALF = (
    Move(2, later("Push half-way up"), "A B", 4),
    Move(2, later("Breathe out"), "B", 4),
    Move(2, later("Come down slowly"), "B A", 6),
)
_PRESS = (
    Move(2, later("Push up, arms straight"), "A C", 5),
    Move(3, later("All air out, let your belly sag"), "C", 5),
    Move(2, later("Come down slowly"), "C A", 6),
    Move(1, later("Rest"), "A"),
)
_SLOW_PRESS_HALF = (
    Move(3, later("Push half-way up"), "A B", 4),
    Move(2, later("Breathe out"), "B", 4),
    Move(3, later("Come down slowly"), "B A", 6),
)
_SLOW_PRESS = (
    Move(3, later("Push up, arms straight"), "A C", 5),
    Move(5, later("All air out, let your belly sag"), "C", 5),
    Move(3, later("Come down slowly"), "C A", 6),
    Move(1, later("Rest"), "A"),
)
_PRESS_BEGIN = (_READY, Move(15, later("Lie on your front, hands under your shoulders"), "A", 1))

_PRESS_UPS = Exercise(
    id="press-ups",
    name=later("Press-ups (lying back bend)"),
    figure="press-ups",
    position="floor",
    room=later("2 m by 1 m on a mat"),
    steps=(
        later("Lie on your front, hands flat under your shoulders, elbows by your ribs."),
        later("Let buttocks and legs go loose."),
        later("Push your chest up with the arms alone; your hips stay down."),
        later("The first few times go only part of the way."),
        later("Then straighten your arms, let all air out, let your belly sag."),
        later("Come down slowly and let everything go loose."),
    ),
    micro=Version(
        begin=_PRESS_BEGIN,
        work=(Round(3, _PRESS_HALF), Round(7, _PRESS)),
        end=(Move(11, later("Lie still"), "A"), _KNEEL_UP),
        rest=Move(15, later("Lie still"), "A"),
    ),
    full=Version(
        begin=(*_PRESS_BEGIN, Move(30, later("Lie still, on your forearms if that is good"), "A", 2)),
        work=(Round(3, _SLOW_PRESS_HALF), Round(7, _SLOW_PRESS)),
        end=(Move(10, later("Lie still"), "A"), _KNEEL_UP),
        rest=Move(30, later("Lie still"), "A"),
    ),
    ask_first=later(
        "pregnancy, a slipped vertebra, a narrow spinal canal, a spine fracture or osteoporosis of the spine, recent "
        "belly or back surgery, painful wrists."
    ),
    stop=later("pain, tingling or numbness that moves further down a leg; pain that grows."),
    easier=later("Stay on your forearms."),
)

# --- Supermans ---

_SUPER_BEGIN = (_READY, Move(15, later("Lie on your front, arms stretched ahead"), "A", 1))
_SUPER_PAIR = (
    Move(2, later("Lift slowly"), "A B", 3, "left"),
    Move(5, later("Hold, look at the floor"), "B", 5, "left"),
    Move(2, later("Lower"), "B A", 6, "left"),
    Move(2, later("Lift slowly"), "A C", 7, "right"),
    Move(5, later("Hold, look at the floor"), "C", 5, "right"),
    Move(2, later("Lower"), "C A", 6, "right"),
)
_SUPER_REST = Move(30, later("Rest, head to one side"), "A")

_SUPERMANS = Exercise(
    id="supermans",
    name=later("Supermans"),
    figure="supermans",
    position="floor",
    room=later("2.5 m by 1 m on a mat"),
    steps=(
        later("Lie on your front, arms stretched ahead, legs long, forehead near the floor."),
        later("Draw your belly in lightly."),
        later("Make the left arm and the right leg long and lift them slowly, a hand's width or two."),
        later("Keep trunk and head still; look at the floor."),
        later("Hold for five seconds."),
        later("Lower slowly."),
        later("Make the right arm and the left leg long and lift them the same way."),
    ),
    micro=Version(
        begin=_SUPER_BEGIN,
        work=(Round(4, _SUPER_PAIR),),
        end=(Move(13, later("Rest, head to one side"), "A"), _KNEEL_UP),
        rest=_SUPER_REST,
    ),
    full=Version(
        begin=_SUPER_BEGIN,
        work=(Round(10, _SUPER_PAIR), _SUPER_REST, Round(10, _SUPER_PAIR)),
        end=(Move(10, later("Rest, head to one side"), "A"), _KNEEL_UP),
        rest=_SUPER_REST,
    ),
    ask_first=later(
        "pregnancy, a slipped vertebra, a narrow spinal canal, a spine fracture or osteoporosis of the spine, recent "
        "belly or back surgery, painful wrists, a shoulder that hurts overhead."
    ),
    stop=later("back or neck pain."),
    easier=later(
        "Lift only a leg, or only an arm; or put a cushion under your belly; or do the same on hands and knees, which "
        "loads the spine less."
    ),
    sides=(later("right arm, left leg"), later("left arm, right leg")),
)

EXERCISES = {
    exercise.id: exercise
    for exercise in (_DEAD_BUGS, _BRIDGES, _WALK, _HELICOPTERS, _KNEE_HOVERS, _PRESS_UPS, _SUPERMANS)
}
"""All exercises by their ids."""
