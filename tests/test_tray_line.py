"""What the tray says: what there is and what comes next, in each state; and how often it changes."""

from itertools import pairwise

from breakd import ports, view
from breakd.adapters import icon
from machine import ALL_DAY, MICRO, Machine, settings

LATE = settings(work={"days": ["mon"], "hours": ["09:00-09:20"]}, **{"break": [MICRO]})


def says(machine: Machine) -> str:
    """Return the tooltip, which is the first line of the menu, too."""
    tray = view.tray(machine.daemon.state, problem=False)
    assert tray.tooltip == tray.menu[0].label
    return tray.tooltip


def test_at_the_keyboard() -> None:
    machine = Machine()
    machine.sit(0)
    assert says(machine) == "Sat 0 min, helicopters in 30 min"
    machine.sit(24)
    assert says(machine) == "Sat 24 min, helicopters in 6 min"
    machine.sit(0.5)
    assert says(machine) == "Sat 24 min, helicopters in 6 min"
    machine.sit(5.4)
    assert says(machine) == "Sat 29 min, helicopters in 1 min"


def test_away() -> None:
    machine = Machine()
    assert says(machine) == "Away since 09:00; helicopters after 30 min more at the keyboard"
    machine.sit(24)
    machine.tell(ports.WentIdle(0))
    machine.wait(1)
    machine.tell(ports.Locked())
    assert says(machine) == "Away since 09:24; helicopters after 6 min more at the keyboard"
    machine.wait(5)
    assert says(machine) == "Away since 09:24; helicopters after 30 min more at the keyboard"


def test_an_offer() -> None:
    machine = Machine()
    machine.sit(20)
    machine.busy("microphone")
    machine.sit(12)
    assert says(machine) == (
        "Nothing now: microphone in use since 09:20; helicopters wait until it ends, at the latest 10:15."
    )
    machine.free("microphone")
    assert says(machine) == "Asking now: micro, Helicopters."
    machine.click("snooze")
    assert says(machine) == "Nothing now: snoozed until 09:37, then helicopters."
    machine.ask(do="start")
    assert says(machine) == "On a break: Helicopters until 09:34."
    offer = machine.daemon.state.offer
    assert offer is not None
    machine.tell(ports.RoutineReport(offer.id, "closed", 10))
    assert says(machine) == "Nothing now: a break was closed early; knee hovers wait until 09:37."
    machine.tell(ports.Locked())
    assert says(machine) == "Away since 09:32; knee hovers on your return"


def test_paused_and_outside_work() -> None:
    machine = Machine()
    machine.sit(1)
    machine.ask(do="pause", **{"for": "30m"})
    assert says(machine) == "Nothing now: paused until 09:31."
    machine.ask(do="pause")
    assert says(machine) == "Nothing now: paused until you resume."
    machine.ask(do="resume")
    machine.sit(8 * 60)
    assert says(machine) == "Nothing now: outside work hours until Tue 09:00."


def test_no_break_before_work_ends() -> None:
    machine = Machine(config=LATE)
    machine.sit(1)
    assert says(machine) == "Nothing more before work ends at 09:20."


def test_the_icon_changes_at_most_once_a_minute() -> None:
    """Also where it is looked at more often, and each of the ring's steps is shorter than that."""
    machine = Machine(config=settings(work=ALL_DAY, **{"break": [MICRO | {"every": "10m"}]}))
    machine.sit(0)
    looks = []
    for _second in range(10 * 60 - 1):
        machine.wait(1 / 60)
        assert machine.tray.view is not None
        looks.append(icon.look(machine.tray.view.state, machine.tray.view.fraction))
    changes = [n for n in range(1, len(looks)) if looks[n] != looks[n - 1]]
    assert len(changes) == 9
    assert min(later - earlier for earlier, later in pairwise(changes)) >= 60
