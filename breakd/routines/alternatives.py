"""What takes the place of exercises that do not fit: standing ones for the floor, seated ones for all.

Law: an alternative has the id of what it replaces, and its rhythm: a count-in of 5 s, 10 s to get into position, 100 s
of repetitions, 5 s to loosen up; in full the repetitions come twice. Texts and keys are as in `exercises`.
"""

from breakd.routines.exercises import Exercise, Move, Round, Version
from breakd.texts import later


def _micro(position: Move, work: Round) -> Version:
    begin = (Move(5, later("Get ready"), position.pose), position)
    end = (Move(5, later("Loosen up"), position.pose),)
    return Version(begin, (work,), end, _rest(position))


def _full(position: Move, work: Round) -> Version:
    once, rest = _micro(position, work), _rest(position)
    return Version(once.begin, (work, rest, work), once.end, rest)


def _rest(position: Move) -> Move:
    return Move(20, later("Loosen up"), position.pose)


_CHAIR_ROOM = later("a firm chair that has no wheels, or stands against a wall")
_DESK_ROOM = later("a firm desk that does not roll, and 1 m free behind you")
_ARM_AND_LEG = (later("right arm, left leg"), later("left arm, right leg"))

_BEND_FIRST = later(
    "pregnancy, a slipped vertebra, a narrow spinal canal, a spine fracture or osteoporosis of the spine, recent belly "
    "or back surgery, dizziness."
)
_BEND_STOP = later(
    "pain, tingling or numbness that moves further down a leg; pain that grows; dizziness or pain in the neck."
)

# --- Standing ---

_WALL_POSITION = Move(10, later("Back against the wall, ribs down"), "stand", 1)
_WALL_LIFTS = Round(
    5,
    (
        Move(3, later("Lift, breathe out"), "stand right", 3, "right"),
        Move(2, later("Hold"), "right", 4, "right"),
        Move(3, later("Come back, breathe in"), "right stand", 5, "right"),
        Move(2, later("Rest"), "stand"),
        Move(3, later("Lift, breathe out"), "stand left", 6, "left"),
        Move(2, later("Hold"), "left", 4, "left"),
        Move(3, later("Come back, breathe in"), "left stand", 5, "left"),
        Move(2, later("Rest"), "stand"),
    ),
)

_WALL_BUGS = Exercise(
    id="dead-bugs",
    name=later("Wall bugs"),
    figure="wall-bugs",
    position="standing",
    room=later("a free piece of wall; visible but silent"),
    steps=(
        later("Stand with your back against a wall, feet hip-wide."),
        later("Let the lower ribs sink toward the pelvis; keep the small natural gap behind your low back."),
        later("Breathe out and slowly lift the right arm beside your ear and the left knee to hip height."),
        later("Hold for two seconds; your back does not move."),
        later("Breathe in and come back just as slowly."),
        later("Breathe out and lift the left arm and the right knee the same way."),
    ),
    micro=_micro(_WALL_POSITION, _WALL_LIFTS),
    full=_full(_WALL_POSITION, _WALL_LIFTS),
    ask_first=later("recent belly or back surgery, a shoulder that hurts overhead, unsteadiness on your feet."),
    stop=later("pain in the back or down a leg."),
    easier=later("Move only the arm, or lift only the heel."),
    sides=(later("right arm, left knee"), later("left arm, right knee")),
)

_CHAIR_POSITION = Move(10, later("Sit on the front half of the chair"), "sit", 1)
_STANDS = Round(
    10,
    (
        Move(3, later("Lean forward and stand up"), "sit lean stand", 2),
        Move(2, later("Stand tall, squeeze your buttocks"), "stand", 3),
        Move(3, later("Sit down slowly"), "stand lean sit", 4),
        Move(2, later("Rest"), "sit"),
    ),
)

_SIT_TO_STAND = Exercise(
    id="bridges",
    name=later("Sit to stand"),
    figure="sit-to-stand",
    position="standing",
    room=_CHAIR_ROOM,
    steps=(
        later(
            "Sit on the front half of a firm chair that has no wheels or stands against a wall; feet flat, hip-wide."
        ),
        later("Lean forward from the hips with a straight back, press through your heels and stand up."),
        later("Stand tall and squeeze your buttocks for two seconds."),
        later("Lean forward again and sit down slowly."),
    ),
    micro=_micro(_CHAIR_POSITION, _STANDS),
    full=_full(_CHAIR_POSITION, _STANDS),
    ask_first=later(
        "high blood pressure that is not under control, recent surgery, painful knees or hips, dizziness when you "
        "stand up."
    ),
    stop=later("pain in the back or a knee, dizziness."),
    easier=later("Push off with your hands, or put a cushion on the seat."),
)

_LEAN_POSITION = Move(10, later("Hands on the edge of a firm desk"), "stand", 1)
_LEANS = Round(
    4,
    (
        Move(2, later("Lean, your body in one line"), "stand lean", 2),
        Move(18, later("Hold for three deep breaths"), "lean", 3),
        Move(2, later("Come back up"), "lean stand", 4),
        Move(3, later("Rest"), "stand"),
    ),
)

_DESK_LEAN = Exercise(
    id="knee-hovers",
    name=later("Desk lean"),
    figure="desk-lean",
    position="standing",
    room=_DESK_ROOM,
    steps=(
        later("Stand before a firm desk that does not roll; hands on its edge, shoulder-wide."),
        later("Step back and lean on your hands until your body is in one line from head to heels."),
        later("Hold for three deep breaths; with every breath out draw your belly in a little more."),
        later("Step forward and come back up."),
    ),
    micro=_micro(_LEAN_POSITION, _LEANS),
    full=_full(_LEAN_POSITION, _LEANS),
    ask_first=later(
        "painful wrists or shoulders, painful toes, high blood pressure that is not under control, late pregnancy."
    ),
    stop=later("pain in a wrist or the back, a feeling of pressure in belly or pelvis."),
    easier=later("Hold for one breath, or stand nearer to the desk."),
)

_BEND_POSITION = Move(10, later("Feet hip-wide, hands on your hips"), "stand", 1)
_BENDS = Round(
    10,
    (
        Move(2, later("Lean back, breathe out"), "stand bend", 2),
        Move(3, later("Stay, all air out"), "bend", 3),
        Move(2, later("Come back slowly"), "bend stand", 4),
        Move(3, later("Rest"), "stand"),
    ),
)

_BACK_BENDS = Exercise(
    id="press-ups",
    name=later("Standing back bends"),
    figure="back-bends",
    position="standing",
    room=later("1 m free around you; visible but silent"),
    steps=(
        later("Stand with your feet hip-wide, your hands on the back of your hips."),
        later("Breathe out and lean back slowly; your knees stay straight, your head does not fall back."),
        later("Stay for a moment and let all air out."),
        later("Come back slowly. The first few times go only part of the way."),
    ),
    micro=_micro(_BEND_POSITION, _BENDS),
    full=_full(_BEND_POSITION, _BENDS),
    ask_first=_BEND_FIRST,
    stop=_BEND_STOP,
    easier=later("Lean back half as far, with a desk behind you to hold on to."),
)

# A side is the arm's, as in supermans; the pose is named for the hand that stays on the desk.
_BIRD_POSITION = Move(10, later("Lean forward, both hands on a firm desk"), "lean", 1)
_BIRDS = Round(
    5,
    (
        Move(2, later("Lift slowly"), "lean right", 3, "left"),
        Move(5, later("Hold, look at the desk"), "right", 4, "left"),
        Move(2, later("Lower"), "right lean", 5, "left"),
        Move(1, later("Rest"), "lean"),
        Move(2, later("Lift slowly"), "lean left", 6, "right"),
        Move(5, later("Hold, look at the desk"), "left", 4, "right"),
        Move(2, later("Lower"), "left lean", 5, "right"),
        Move(1, later("Rest"), "lean"),
    ),
)

_DESK_BIRDS = Exercise(
    id="supermans",
    name=later("Desk birds"),
    figure="desk-birds",
    position="standing",
    room=_DESK_ROOM,
    steps=(
        later("Lean forward from the hips with a straight back, both hands on a firm desk that does not roll."),
        later("Draw your belly in lightly."),
        later("Make the left arm and the right leg long and lift them; the right hand stays on the desk."),
        later("Hold for five seconds; trunk and head stay still."),
        later("Lower slowly."),
        later("Make the right arm and the left leg long and lift them the same way."),
    ),
    micro=_micro(_BIRD_POSITION, _BIRDS),
    full=_full(_BIRD_POSITION, _BIRDS),
    ask_first=later(
        "late pregnancy, a slipped vertebra, a narrow spinal canal, a spine fracture or osteoporosis of the spine, "
        "recent belly or back surgery, painful wrists, a shoulder that hurts overhead, unsteadiness on your feet."
    ),
    stop=later("back or neck pain."),
    easier=later("Lift only a leg, or only an arm."),
    sides=_ARM_AND_LEG,
)

# --- Seated ---

_SEAT_BUG_POSITION = Move(10, later("Sit tall, ribs down"), "sit", 1)
_SEAT_LIFTS = Round(
    5,
    (
        Move(3, later("Lift and stretch, breathe out"), "sit right", 3, "right"),
        Move(2, later("Hold"), "right", 4, "right"),
        Move(3, later("Come back, breathe in"), "right sit", 5, "right"),
        Move(2, later("Rest"), "sit"),
        Move(3, later("Lift and stretch, breathe out"), "sit left", 6, "left"),
        Move(2, later("Hold"), "left", 4, "left"),
        Move(3, later("Come back, breathe in"), "left sit", 5, "left"),
        Move(2, later("Rest"), "sit"),
    ),
)

_SEAT_BUGS = Exercise(
    id="dead-bugs",
    name=later("Seat bugs"),
    figure="seat-bugs",
    position="seated",
    room=_CHAIR_ROOM,
    steps=(
        later("Sit tall on the front half of a firm chair that has no wheels or stands against a wall."),
        later("Let the lower ribs sink toward the pelvis; your back stays long."),
        later("Breathe out and slowly lift the right arm beside your ear and stretch the left leg ahead."),
        later("Hold for two seconds and do not lean back."),
        later("Breathe in and come back just as slowly."),
        later("Breathe out, lift the left arm and stretch the right leg the same way."),
    ),
    micro=_micro(_SEAT_BUG_POSITION, _SEAT_LIFTS),
    full=_full(_SEAT_BUG_POSITION, _SEAT_LIFTS),
    ask_first=later("recent belly or back surgery, a shoulder that hurts overhead."),
    stop=later("pain in the back or down a leg."),
    easier=later("Move only the arm, or leave the heel on the floor."),
    sides=_ARM_AND_LEG,
)

_HEEL_POSITION = Move(10, later("Sit tall, feet flat"), "sit", 1)
_HEEL_PRESSES = Round(
    5,
    (
        Move(2, later("Press both heels down"), "sit press", 2),
        Move(10, later("Hold, keep breathing"), "press", 3),
        Move(2, later("Let go"), "press sit", 4),
        Move(6, later("Rest"), "sit"),
    ),
)

_HEEL_PRESS = Exercise(
    id="bridges",
    name=later("Heel press"),
    figure="heel-press",
    position="seated",
    room=_CHAIR_ROOM,
    steps=(
        later("Sit tall on a firm chair that has no wheels or stands against a wall; feet flat, hip-wide."),
        later("Breathe out, press both heels into the floor and squeeze your buttocks."),
        later("Hold for ten seconds and keep breathing."),
        later("Let go and rest."),
    ),
    micro=_micro(_HEEL_POSITION, _HEEL_PRESSES),
    full=_full(_HEEL_POSITION, _HEEL_PRESSES),
    ask_first=later("high blood pressure that is not under control, recent surgery."),
    stop=later("back pain, or a cramp in the back of the thigh that stays (bring your heels nearer)."),
    easier=later("Press half as hard and hold for three seconds."),
)

_MARCH_POSITION = Move(10, later("Sit tall, feet flat"), "sit", 1)
_MARCHES = Round(2, (Move(50, later("March, a step a second"), "sit right sit left", 2),))

_SEAT_MARCH = Exercise(
    id="walk",
    name=later("Seat march"),
    figure="seat-march",
    position="seated",
    room=_CHAIR_ROOM,
    steps=(
        later("Sit tall on the front half of a firm chair that has no wheels or stands against a wall."),
        later("March: lift the right and the left knee in turn, about a hand's width, a step a second."),
        later("Head over shoulders, shoulders over hips, eyes ahead."),
        later("Breathe evenly; talking is still easy."),
    ),
    micro=_micro(_MARCH_POSITION, _MARCHES),
    full=_full(_MARCH_POSITION, _MARCHES),
    ask_first=later("pain or swelling of a foot, knee or hip, chest pain or breathlessness on effort."),
    stop=later("leg pain, numbness or weakness that grows as you march; chest pain; dizziness."),
    easier=later("Lift only your heels, and more slowly."),
)

_TURN_POSITION = Move(10, later("Sit tall, cross your arms"), "A", 2)
_TURNS = Round(
    10,
    (
        Move(5, later("Turn to the right and come back"), "A right A", 3, "right"),
        Move(5, later("Turn to the left and come back"), "A left A", 4, "left"),
    ),
)

_SEAT_TURNS = Exercise(
    id="helicopters",
    name=later("Seat turns"),
    figure="seat-turns",
    position="seated",
    room=_CHAIR_ROOM,
    steps=(
        later("Sit tall on a firm chair that has no wheels or stands against a wall; feet flat, hip-wide."),
        later("Cross your arms, each hand on the other shoulder."),
        later("Turn your upper body slowly to the right and come back; your hips stay."),
        later("Turn to the left the same way."),
        later("Let your head rest or turn along, whichever feels better."),
    ),
    micro=_micro(_TURN_POSITION, _TURNS),
    full=_full(_TURN_POSITION, _TURNS),
    ask_first=later(
        "osteoporosis or a past spine fracture, recent back surgery, acute pain when you turn, dizziness, late "
        "pregnancy (small turns only)."
    ),
    stop=later("sharp pain, dizziness."),
    easier=later("Half as far, half as fast."),
)

_HAND_POSITION = Move(10, later("Sit tall, hands on your thighs"), "sit", 1)
_HAND_PRESSES = Round(
    4,
    (
        Move(1, later("Press your hands down"), "sit press", 2),
        Move(18, later("Hold for three deep breaths"), "press", 3),
        Move(1, later("Let go"), "press sit", 4),
        Move(5, later("Rest"), "sit"),
    ),
)

_HAND_PRESS = Exercise(
    id="knee-hovers",
    name=later("Hand press"),
    figure="hand-press",
    position="seated",
    room=_CHAIR_ROOM,
    steps=(
        later("Sit tall on a firm chair that has no wheels or stands against a wall; hands on your thighs."),
        later("Breathe out, press your hands down on your thighs and draw your belly in."),
        later("Hold for three deep breaths; with every breath out draw your belly in a little more."),
        later("Let go and rest."),
    ),
    micro=_micro(_HAND_POSITION, _HAND_PRESSES),
    full=_full(_HAND_POSITION, _HAND_PRESSES),
    ask_first=later("painful wrists, high blood pressure that is not under control, late pregnancy."),
    stop=later("pain in a wrist or the back, a feeling of pressure in belly or pelvis."),
    easier=later("Hold for one breath, or press half as hard."),
)

_CHAIR_BEND_POSITION = Move(10, later("Sit back against the backrest"), "sit", 1)
_BENDS_BACK = Round(
    10,
    (
        Move(2, later("Lean back, breathe out"), "sit bend", 2),
        Move(3, later("Stay, all air out"), "bend", 3),
        Move(2, later("Come back slowly"), "bend sit", 4),
        Move(3, later("Rest"), "sit"),
    ),
)

_CHAIR_BENDS = Exercise(
    id="press-ups",
    name=later("Chair back bends"),
    figure="chair-bends",
    position="seated",
    room=later("a firm chair with a backrest that has no wheels, or stands against a wall"),
    steps=(
        later(
            "Sit back on a firm chair that has no wheels or stands against a wall, your arms folded before your chest."
        ),
        later("Breathe out and lean back over the backrest; lift your breastbone, your head does not fall back."),
        later("Stay for a moment and let all air out."),
        later("Come back slowly. The first few times go only part of the way."),
    ),
    micro=_micro(_CHAIR_BEND_POSITION, _BENDS_BACK),
    full=_full(_CHAIR_BEND_POSITION, _BENDS_BACK),
    ask_first=_BEND_FIRST,
    stop=_BEND_STOP,
    easier=later("Lift only your breastbone."),
)

_REACH_POSITION = Move(10, later("Lean forward with a straight back"), "lean", 1)
_REACHES = Round(
    5,
    (
        Move(2, later("Reach ahead"), "lean right", 3, "right"),
        Move(5, later("Hold, keep your back straight"), "right", 4, "right"),
        Move(2, later("Come back"), "right lean", 5, "right"),
        Move(1, later("Rest"), "lean"),
        Move(2, later("Reach ahead"), "lean left", 6, "left"),
        Move(5, later("Hold, keep your back straight"), "left", 4, "left"),
        Move(2, later("Come back"), "left lean", 5, "left"),
        Move(1, later("Rest"), "lean"),
    ),
)

_SEAT_REACH = Exercise(
    id="supermans",
    name=later("Seat reach"),
    figure="seat-reach",
    position="seated",
    room=_CHAIR_ROOM,
    steps=(
        later("Sit on a firm chair that has no wheels or stands against a wall; lean forward with a straight back."),
        later("Draw your belly in lightly."),
        later("Stretch the right arm ahead and the left leg straight."),
        later("Hold for five seconds; trunk and head stay still."),
        later("Come back slowly."),
        later("Stretch the left arm ahead and the right leg straight the same way."),
    ),
    micro=_micro(_REACH_POSITION, _REACHES),
    full=_full(_REACH_POSITION, _REACHES),
    ask_first=later(
        "late pregnancy, a slipped vertebra, a narrow spinal canal, a spine fracture or osteoporosis of the spine, "
        "recent belly or back surgery, a shoulder that hurts overhead."
    ),
    stop=later("back or neck pain."),
    easier=later("Stretch only the leg, or only the arm."),
    sides=_ARM_AND_LEG,
)

STANDING = {one.id: one for one in (_WALL_BUGS, _SIT_TO_STAND, _DESK_LEAN, _BACK_BENDS, _DESK_BIRDS)}
"""What replaces the exercises on the floor, by their ids."""

SEATED = {
    one.id: one for one in (_SEAT_BUGS, _HEEL_PRESS, _SEAT_MARCH, _SEAT_TURNS, _HAND_PRESS, _CHAIR_BENDS, _SEAT_REACH)
}
"""What replaces all of them."""
