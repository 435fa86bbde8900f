"""All that the engine knows at a moment, and its form on disk.

Law: the state is a value. Times are elapsed microseconds on one scale; `now + wall.offset` is the wall clock.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Self, get_args

from breakd.core.durations import DAY
from breakd.core.record import Kind
from breakd.core.settings import CALLS, Settings
from breakd.core.workhours import instant, local

VERSION = 1

_FAR = 500 * 366 * DAY
"""No figure of a state is larger; sums of two are still within the range of dates."""


class Phase(Enum):
    """Where an open offer stands."""

    RETURN = "return"
    """waits for the person to come back, to have been there for `settle`, or to sit again"""
    HELD = "held"
    """waits for a hold to end, at the latest until `until`"""
    TYPING = "typing"
    """waits for a pause in typing, at the latest until `until`"""
    PROMPTED = "prompted"
    """is on the screen"""
    SNOOZED = "snoozed"
    """asks again at `until`"""
    ROUTINE = "routine"
    """the routine runs, and finishes at `until` (None while it stands still)"""


@dataclass(frozen=True, slots=True)
class Wall:
    """How the wall clock reads: elapsed time plus `offset` is microseconds since 1970 UTC."""

    offset: int
    zone: str


@dataclass(frozen=True, slots=True)
class Work:
    """Work hours: whether inside, when to look again, and when they last ended."""

    inside: bool
    boundary: int
    ended: int | None


@dataclass(frozen=True, slots=True)
class Absence:
    """Nobody there since `since`; `hard` is the first lock or suspend in it. Natural breaks are told up to `told`."""

    since: int
    hard: int | None
    told: int


@dataclass(frozen=True, slots=True)
class Standing:
    """At work on one's feet since `since`. Natural breaks are told up to `told`."""

    since: int
    told: int


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of the person and the machine.

    `active` is input that goes on; `last_sign` the last one that ended; `present_since` the end of the last absence;
    `busy` holds the reasons to hold that are on, with their beginning, the first one first, `named` those
    of them that a program is in which the person named. Nobody stands who is absent.
    """

    up: bool = False
    locked: bool = False
    asleep: bool = False
    active: bool = False
    typing: bool = False
    last_sign: int = 0
    present_since: int = 0
    busy: tuple[tuple[str, int], ...] = ()
    named: tuple[str, ...] = ()
    absence: Absence | None = None
    standing: Standing | None = None

    @property
    def reachable(self) -> bool:
        """Return whether a sign of the person could be seen at all."""
        return self.up and not self.locked and not self.asleep

    @property
    def signing(self) -> bool:
        """Return whether a sign of the person goes on now."""
        return self.reachable and (self.active or any(reason in CALLS for reason, _ in self.busy))


@dataclass(frozen=True, slots=True)
class Offer:
    """The open offer. `count` is its snoozes and unanswered prompts; `through` the reasons that hold it no more.

    `shown` is the present time since it asked. `forced` marks one that waits for the person after the limit of a hold.
    `left` is what a routine that stands still has left.
    """

    id: int
    tier: str
    length: int
    phase: Phase
    until: int | None = None
    count: int = 0
    exercise: str | None = None
    through: frozenset[str] = frozenset()
    forced: bool = False
    shown: int = 0
    left: int = 0


@dataclass(frozen=True, slots=True)
class Stretch:
    """What goes on, as far as it is certain: from `begin` to `end`, a routine's with its offer and the input in it."""

    kind: Kind
    begin: int
    end: int
    offer: int | None = None
    input: int = 0


@dataclass(frozen=True, slots=True)
class Paused:
    """A pause, until an elapsed time, until a naive local time (with its fold), or, with neither, until resumed."""

    until: int | None = None
    local: datetime | None = None


@dataclass(frozen=True, slots=True)
class State:
    """The whole.

    `sat` is each tier's clock, `counted` the stretches in which the clocks ran since the last sign. `stretches` are
    those of what goes on that are still to be logged, one of a kind at most; `back_asked` is the day on which the
    person was last asked for their back, as 2026-06-01.
    """

    settings: Settings
    now: int
    wall: Wall
    work: Work
    person: Person
    sat: tuple[int, ...]
    turns: tuple[int, ...]
    counted: tuple[tuple[int, int], ...] = ()
    stretches: tuple[Stretch, ...] = ()
    offer: Offer | None = None
    offers: int = 0
    showings: int = 0
    paused: Paused | None = None
    quiet_until: int = 0
    warned: bool = False
    back_asked: str = ""

    @classmethod
    def new(cls, settings: Settings, now: int, wall: Wall, *, offers: int = 0) -> Self:
        """Return the state of a daemon that never ran; `offers` is the last number that an offer had."""
        none = (0,) * len(settings.tiers)
        person = Person(last_sign=now, absence=Absence(now, None, now))
        return cls(settings, now, wall, Work(inside=False, boundary=now, ended=None), person, none, none, offers=offers)


def dump(state: State) -> dict[str, Any]:
    """Return the state as plain values for JSON, without the settings; the tiers' figures go by name."""
    names = [tier.name for tier in state.settings.tiers]
    offer, paused = state.offer, state.paused
    return {
        "version": VERSION,
        "now": state.now,
        "wall": asdict(state.wall),
        "work": {"inside": state.work.inside, "ended": state.work.ended},
        "person": asdict(state.person),
        "tiers": {
            name: {"sat": sat, "turn": turn} for name, sat, turn in zip(names, state.sat, state.turns, strict=True)
        },
        "counted": state.counted,
        "stretches": [asdict(stretch) for stretch in state.stretches],
        "offer": offer and asdict(offer) | {"phase": offer.phase.value, "through": sorted(offer.through)},
        "offers": state.offers,
        "showings": state.showings,
        "paused": paused
        and {
            "until": paused.until,
            "local": paused.local and paused.local.isoformat(),
            "fold": paused.local.fold if paused.local else 0,
        },
        "quiet_until": state.quiet_until,
        "warned": state.warned,
        "back_asked": state.back_asked,
    }


def load(document: Any, settings: Settings) -> State:
    """Return the state that `dump` wrote, be it an earlier one; its clocks are matched to `settings` by tier's name.

    Keys that are not known are passed over. Raises ValueError where the document is none, of a later version, or of a
    zone that this machine does not know.
    """
    try:
        if document["version"] != VERSION:
            raise ValueError(f"its version is {document['version']!r}, and this breakd knows {VERSION}")
        state = _load(_brought_up(document), settings)
        _prove(state)
    except (KeyError, TypeError, AttributeError, OverflowError, OSError) as error:
        raise ValueError(f"it is not a saved state ({type(error).__name__}: {error})") from error
    return state


def _prove(state: State) -> None:
    """Have every local time of the state looked up once, so that what cannot be fails here and not in a step."""
    zone = state.wall.zone
    local(state.now + state.wall.offset, zone)
    if state.paused is not None and state.paused.local is not None:
        local(instant(state.paused.local, state.paused.local.fold, zone), zone)


def _brought_up(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with what its earlier forms lack: those of version 1 differ by a few keys alone.

    The first counted each tier's silence by itself, as `soft`; the second had no `left` of a routine yet; the third
    nobody who stands, and no named programs; the fourth logged no spans.
    """
    now, person, offer = _int(document["now"]), document["person"], document["offer"]
    silent = max((_int(tier.get("soft", 0)) for tier in document["tiers"].values()), default=0)
    counted = [[now - silent, now]] if silent else []
    return {"counted": counted, "stretches": [], "back_asked": ""} | document | {
        "person": {"present_since": person["last_sign"], "named": [], "standing": None} | person,
        "offer": offer and {"left": offer["length"]} | offer,
    }  # fmt: skip


def _load(document: dict[str, Any], settings: Settings) -> State:
    tiers = [document["tiers"].get(tier.name, {}) for tier in settings.tiers]
    now, person, work = _int(document["now"]), document["person"], document["work"]
    return State(
        settings=settings,
        now=now,
        wall=Wall(_int(document["wall"]["offset"]), _text(document["wall"]["zone"])),
        work=Work(inside=bool(work["inside"]), boundary=now, ended=_int_or_none(work["ended"])),
        person=Person(
            up=bool(person["up"]),
            locked=bool(person["locked"]),
            asleep=bool(person["asleep"]),
            active=bool(person["active"]),
            typing=bool(person["typing"]),
            last_sign=_int(person["last_sign"]),
            present_since=_int(person["present_since"]),
            busy=tuple((_text(reason), _int(since)) for reason, since in person["busy"]),
            named=tuple(map(_text, person["named"])),
            absence=_absence(person["absence"]),
            standing=_standing(person["standing"]),
        ),
        sat=tuple(_int(tier.get("sat", 0)) for tier in tiers),
        turns=tuple(_int(tier.get("turn", 0)) for tier in tiers),
        counted=tuple((_int(begin), _int(end)) for begin, end in document["counted"]),
        stretches=tuple(map(_stretch, document["stretches"])),
        offer=_offer(document["offer"]),
        offers=_int(document["offers"]),
        showings=_int(document["showings"]),
        paused=_paused(document["paused"]),
        quiet_until=_int(document["quiet_until"]),
        warned=bool(document["warned"]),
        back_asked=_text(document["back_asked"]),
    )


def _absence(value: dict[str, Any] | None) -> Absence | None:
    if value is None:
        return None
    return Absence(_int(value["since"]), _int_or_none(value["hard"]), _int(value["told"]))


def _standing(value: dict[str, Any] | None) -> Standing | None:
    return None if value is None else Standing(_int(value["since"]), _int(value["told"]))


def _stretch(value: dict[str, Any]) -> Stretch:
    if value["kind"] not in get_args(Kind):
        raise TypeError(f"{value['kind']!r:.40} is nothing that can go on")
    begin, end, seen = _int(value["begin"]), _int(value["end"]), _int(value["input"])
    return Stretch(value["kind"], begin, end, _int_or_none(value["offer"]), seen)


def _offer(value: dict[str, Any] | None) -> Offer | None:
    if value is None:
        return None
    return Offer(
        id=_int(value["id"]),
        tier=_text(value["tier"]),
        length=_int(value["length"]),
        phase=Phase(value["phase"]),
        until=_int_or_none(value["until"]),
        count=_int(value["count"]),
        exercise=None if value["exercise"] is None else _text(value["exercise"]),
        through=frozenset(map(_text, value["through"])),
        forced=bool(value["forced"]),
        shown=_int(value["shown"]),
        left=_int(value["left"]),
    )


def _paused(value: dict[str, Any] | None) -> Paused | None:
    if value is None:
        return None
    text = value["local"]
    shown = None if text is None else datetime.fromisoformat(text).replace(fold=_int(value["fold"]))
    if shown is not None and shown.tzinfo is not None:
        raise TypeError("a local time with an offset")
    return Paused(_int_or_none(value["until"]), shown)


def _int(value: Any) -> int:
    if type(value) is not int or abs(value) > _FAR:
        raise TypeError(f"{value!r:.40} is no whole number, or one out of range")
    return value


def _int_or_none(value: Any) -> int | None:
    return None if value is None else _int(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} is no text")
    return value
