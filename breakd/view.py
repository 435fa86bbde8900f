"""What the engine's state looks like to a person: the sentence, the gates of `why`, the status, the tray, the prompt.

Law: nothing here decides anything; every word comes from the state alone, so that tray, `status` and `why` never
disagree.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from breakd.core import events as e
from breakd.core.durations import MINUTE, SECOND, render
from breakd.core.engine import blocking, counting, longest_within
from breakd.core.record import Record, stamp
from breakd.core.settings import AUDIENCE, BUILT_IN, HOOKS, REASONS, Settings, Tier
from breakd.core.state import Offer, Phase, State
from breakd.core.workhours import local, look
from breakd.ports import SEPARATOR, Choice, Entry, Prompt, TrayView
from breakd.routines.catalogue import known
from breakd.routines.exercises import Exercise
from breakd.texts import _, later, markup, plural, spell

WORDS = {
    Phase.RETURN: "waiting",
    Phase.HELD: "held",
    Phase.TYPING: "waiting",
    Phase.PROMPTED: "due",
    Phase.SNOOZED: "snoozed",
    Phase.ROUTINE: "routine",
}
"""The `state` of an open offer in `status --json`."""


def exercise_name(settings: Settings, exercise: str | None) -> str:
    """Return the name of an exercise for people; of one that this person does not have, its id."""
    found = known(settings.routine.profile, settings.exercises).get(exercise or "")
    return _(found.name) if found else exercise or ""


def _in_a_sentence(settings: Settings, exercise: str) -> str:
    """Return the name as it stands in a sentence: breakd's own small, without what they are in brackets."""
    name = exercise_name(settings, exercise)
    return name.partition(" (")[0].lower() if exercise in BUILT_IN else name


def _waits(exercise: str) -> str:
    """Return who waits, from the name as it stands in a sentence."""
    several = exercise.endswith("s") and not exercise.endswith("ss")
    return (_("{exercise} wait") if several else _("{exercise} waits")).format(exercise=exercise)


def state_word(s: State) -> str:
    """Return the one word of `status --json`: what breakd is doing."""
    if s.offer is not None:
        return WORDS[s.offer.phase]
    if s.paused is not None:
        return "paused"
    if not s.work.inside:
        return "outside"
    if s.person.absence is not None:
        return "away"
    return "working" if s.person.standing is None else "standing"


def wall(s: State, at: int) -> datetime:
    """Return the local time of an elapsed time."""
    return local(at + s.wall.offset, s.wall.zone)


def hhmm(s: State, at: int) -> str:
    """Return the time of day as HH:MM, with the day in front where it is not today, and its date where it is far."""
    then, now = wall(s, at), wall(s, s.now)
    if then.date() == now.date():
        return f"{then:%H:%M}"
    far = abs((then.date() - now.date()).days) > 7  # noqa: PLR2004 - a week's days: each name means one of them
    return f"{then:%Y-%m-%d %H:%M}" if far else f"{then:%a %H:%M}"


def next_tier(s: State) -> tuple[Tier, int]:
    """Return the tier that comes due first, and its sitting left (0 where it is due)."""
    pairs = zip(s.settings.tiers, s.sat, strict=True)
    tier, sat = min(pairs, key=lambda each: (max(0, each[0].every - each[1]), -each[0].length))
    return tier, max(0, tier.every - sat)


def coming_tier(s: State, tier: Tier, left: int) -> Tier:
    """Return the tier that is offered when this one is due, in `left` of sitting: itself, or one that takes it over."""
    longer = longest_within(s, left + s.settings.merge_within)
    return longer if longer is not None and longer.length > tier.length else tier


def _asks_at(s: State, left: int) -> int:
    """Return when a break asks, with so much sitting left, if the person stays."""
    return max(s.now + left, s.quiet_until, s.person.present_since + s.settings.settle)


def sentence(s: State) -> str:
    """Return what happens now, or why nothing does, and what comes next: one sentence of at most 200 characters.

    It changes no more often than once a minute while nothing happens.
    """
    if s.offer is not None:
        return _of_offer(s, s.offer)
    if s.paused is not None:
        return _("Nothing now: paused until {time}.").format(time=pause_end(s) or _("you resume"))
    if not s.work.inside:
        if _next_window(s) is None:
            return _("Nothing now: there are no work hours in sight.")
        return _("Nothing now: outside work hours until {time}.").format(time=hhmm(s, s.work.boundary))
    tier, left = next_tier(s)
    exercise = _short_name(s, coming_exercise(s, coming_tier(s, tier, left)))
    person = s.person
    if person.absence is not None:
        when = _("after {left} more at the keyboard").format(left=_minutes(left)) if left else _("on your return")
        text = _("Away since {time}; {exercise} {when}")
        return text.format(time=hhmm(s, person.absence.since), exercise=exercise, when=when)
    if person.standing is not None:
        when = _("after {left} more of sitting").format(left=_minutes(left)) if left else _("when you sit")
        text = _("Standing since {time}; {exercise} {when}")
        return text.format(time=hhmm(s, person.standing.since), exercise=exercise, when=when)
    at = _asks_at(s, left)
    if at >= s.work.boundary:
        return _("Nothing more before work ends at {time}.").format(time=hhmm(s, s.work.boundary))
    if left == 0:
        text = _("Nothing now: a break was closed early; {waits} until {time}.")
        return text.format(waits=_waits(exercise), time=hhmm(s, at))
    return _at_work(s, s.sat[s.settings.tiers.index(tier)], exercise, at - s.now)


def _at_work(s: State, sat: int, exercise: str, left: int) -> str:
    """Return how long one sat and what comes next: 'Sat 24 min, helicopters in 6 min'."""
    whole = sat // MINUTE * MINUTE
    comes = {"sat": spell(whole) if whole else _("0 min"), "exercise": exercise, "left": _minutes(left)}
    held = blocking(s)
    if not held:
        return _("Sat {sat}, {exercise} in {left}").format(**comes)
    return _("Sat {sat}, {exercise} in {left}, or later: {hold}").format(**comes, hold=_hold(s, held))


def _short_name(s: State, exercise: str) -> str:
    name = _in_a_sentence(s.settings, exercise)
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"


LONGEST_NAME = 40
"""So much of a name stands in a sentence."""

HOLDS = {
    "do-not-disturb": later("do-not-disturb on since {time}"),
    "fullscreen": later("fullscreen since {time}"),
    "microphone": later("microphone in use since {time}"),
    "camera": later("camera in use since {time}"),
    "screen-share": later("screen-share on since {time}"),
    "idle-inhibit": later("idle-inhibit on since {time}"),
}
"""How a reason to hold is told; it is spelt as in `[hold] while`."""


def _since(s: State, reason: str) -> str:
    """Return a reason that is on, with its time."""
    return _(HOLDS[reason]).format(time=hhmm(s, dict(s.person.busy)[reason]))


def _hold(s: State, held: list[str]) -> str:
    """Return the first of the reasons that hold, and whether there are more."""
    if len(held) == 1:
        return _since(s, held[0])
    return _("{hold} (and {n} more)").format(hold=_since(s, held[0]), n=len(held) - 1)


def beginning(s: State) -> str:
    """Return what is said to somebody who comes: what is next, and when; or why nothing is."""
    if s.offer is not None or s.paused is not None or not s.work.inside or s.person.standing is not None:
        return sentence(s)
    tier, left = next_tier(s)
    if s.person.absence is not None:
        return _("Next: {tier} after {left} at the keyboard.").format(tier=tier.name[:40], left=spell(left))
    at = _asks_at(s, left)
    if left == 0 or at >= s.work.boundary:
        return sentence(s)
    return _("Next: {tier} at {time}, in {left}.").format(tier=tier.name[:40], time=hhmm(s, at), left=spell(at - s.now))


def mistakes(wrong: str) -> str:
    """Return what is told on the screen of a wrong configuration, a mistake a line: the first of them."""
    told, more = wrong.splitlines()[:3], len(wrong.splitlines()) - 3
    if more > 0:
        told.append(
            plural("One more: `breakd config check` tells it", "{n} more: `breakd config check` tells them", more)
        )
    return "\n".join(told)


def _of_offer(s: State, offer: Offer) -> str:
    match offer.phase:
        case Phase.ROUTINE:
            until = hhmm(s, offer.until) if offer.until is not None else _("you go on")
            return _("On a break: {exercise} until {time}.").format(
                exercise=exercise_name(s.settings, offer.exercise)[:LONGEST_NAME], time=until
            )
        case Phase.PROMPTED:
            exercise = exercise_name(s.settings, offer.exercise)[:LONGEST_NAME]
            text = _("Asking now: {tier}, {exercise}.")
            if s.settings.auto_start:
                text = _("Asking now: {tier}, {exercise}; it begins at the next pause in typing.")
            return text.format(tier=offer.tier[:LONGEST_NAME], exercise=exercise)
    exercise = _short_name(s, _awaited(s, offer))
    until = "" if offer.until is None else hhmm(s, offer.until)
    match offer.phase:
        case Phase.SNOOZED:
            return _("Nothing now: snoozed until {time}, then {exercise}.").format(time=until, exercise=exercise)
        case Phase.HELD:
            return _of_hold(s, offer, _waits(exercise))
        case Phase.TYPING:
            text = _("Nothing now: you are typing; {waits} for a pause, at the latest {time}.")
            return text.format(waits=_waits(exercise), time=until)
        case _:
            return _of_return(s, _waits(exercise))


def _awaited(s: State, offer: Offer) -> str:
    """Return the exercise that an offer asks for when it asks again."""
    own = _tier_of(s, offer)
    tier = coming_tier(s, own, 0)
    return offer.exercise if offer.exercise and tier is own else coming_exercise(s, tier)


def _tier_of(s: State, offer: Offer) -> Tier:
    """Return the tier of an offer whose routine has not begun: it is there as long as the offer is."""
    return next(tier for tier in s.settings.tiers if tier.name == offer.tier)


def _of_hold(s: State, offer: Offer, waits: str) -> str:
    """Return what an offer waits for: no limit ends an audience, and past that nothing else holds."""
    held = blocking(s, offer.through)
    limit = None if AUDIENCE in held else offer.until
    if offer.until is not None and offer.until <= s.now:
        held = [reason for reason in held if reason == AUDIENCE]
    hold = _hold(s, held)
    match len(held), limit:
        case 1, None:
            return _("Nothing now: {hold}; {waits} until it ends.").format(hold=hold, waits=waits)
        case _, None:
            return _("Nothing now: {hold}; {waits} until all of it ends.").format(hold=hold, waits=waits)
        case 1, at:
            text = _("Nothing now: {hold}; {waits} until it ends, at the latest {time}.")
        case _, at:
            text = _("Nothing now: {hold}; {waits} until all of it ends, at the latest {time}.")
    return text.format(hold=hold, waits=waits, time=hhmm(s, at))


def _of_return(s: State, waits: str) -> str:
    """Return what an offer waits for that asks once the person is there and sits."""
    person = s.person
    if person.absence is not None:
        text, since = _("Nothing now: away since {time}; {waits} for your return."), person.absence.since
    elif person.standing is not None:
        text, since = _("Nothing now: standing since {time}; {waits} until you sit."), person.standing.since
    else:
        text, since = _("Nothing now: back since {time}; {waits} until {then}."), person.present_since
    return text.format(time=hhmm(s, since), waits=waits, then=hhmm(s, person.present_since + s.settings.settle))


def pause_end(s: State) -> str | None:
    """Return when the pause ends by itself, or None."""
    assert s.paused is not None
    if s.paused.local is not None:
        same_day = s.paused.local.date() == wall(s, s.now).date()
        return f"{s.paused.local:%H:%M}" if same_day else f"{s.paused.local:%a %H:%M}"
    return None if s.paused.until is None else hhmm(s, s.paused.until)


# --- status and why -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Around:
    """What the daemon knows besides the engine's state.

    `sources` names what serves, by the `what` of ports.SourceChanged; `problems` are lines for people.
    """

    sources: dict[str, str]
    config_error: str | None
    log_error: str | None
    version: str
    pid: int
    problems: tuple[str, ...] = ()

    @property
    def presence(self) -> str:
        return self.sources.get("presence", "unknown")

    @property
    def tray(self) -> str:
        return self.sources.get("tray", "none")

    @property
    def notifications(self) -> str:
        return self.sources.get("notifications", "none")

    @property
    def lock(self) -> str:
        return self.sources.get("lock", "none")

    @property
    def holds(self) -> dict[str, str]:
        """Return what sees each reason to hold that is watched."""
        found = {reason: self.sources.get(f"hold:{reason}", "off") for reason in REASONS}
        return {reason: name for reason, name in found.items() if name != "off"}


def status(s: State, around: Around) -> dict[str, Any]:
    """Return the document of `status --json`."""
    offer, absence = s.offer, s.person.absence
    return {
        "state": state_word(s),
        "sentence": sentence(s),
        "offer": offer
        and {
            "id": offer.id,
            "break": offer.tier,
            "state": offer.phase.value,
            "snoozes_left": max(0, s.settings.max_snoozes - offer.count),
        },
        "tiers": [
            {
                "name": tier.name,
                "every_s": tier.every // SECOND,
                "sat_s": sat // SECOND,
                "due_in_s": max(0, -((sat - tier.every) // SECOND)),
            }
            for tier, sat in zip(s.settings.tiers, s.sat, strict=True)
        ],
        "presence": {
            "present": absence is None,
            "source": around.presence,
            "since": stamp(wall(s, s.person.present_since if absence is None else absence.since)),
        },
        "lock": around.lock,
        "holds": around.holds,
        "tray": around.tray,
        "notifications": around.notifications,
        "config_error": around.config_error,
        "log_error": around.log_error,
        "problems": list(around.problems),
        "version": around.version,
        "pid": around.pid,
    }


def report(s: State, around: Around, form: object) -> tuple[str, dict[str, Any]]:
    """Return `status` as text and as data; `form` is None, `plain` or `waybar`. Raises ValueError for another one."""
    match form:
        case None:
            return status_text(s, around), status(s, around)
        case "plain":
            return plain(s, around), status(s, around)
        case "waybar":
            document = waybar(s, around)
            return json.dumps(document), document
        case other:
            wrong = _("there is no format {name}; there are plain and waybar")
            raise ValueError(wrong.format(name=json.dumps(other)[:40]))


def glance(s: State, around: Around, form: object) -> str:
    """Return what one who follows in this form sees; as long as it is the same, there is nothing to tell.

    With no form, which is all of the status, that is whatever is more than a clock that goes on within its minute.
    """
    if form is not None:
        return report(s, around, form)[0]
    told = [waybar(s, around), around.presence, around.lock, around.holds, around.tray, around.notifications]
    return json.dumps(told)


def plain(s: State, around: Around) -> str:
    """Return `status` in one line: the sentence, and whether there is more to know."""
    if not _wrong(around):
        return sentence(s)
    return _("{line} (something is wrong: see `breakd status`)").format(line=sentence(s))


def waybar(s: State, around: Around) -> dict[str, Any]:
    """Return what a custom module of waybar takes; its `text` and `tooltip` are markup.

    `alt` is the `state` of `status --json`, for icons; `class` has it, too, and `problem` where something is wrong.
    `percentage` is how full the clock is that comes due first.
    """
    state, wrong = state_word(s), _wrong(around)
    tiers = [_sat_of(tier, sat) for tier, sat in zip(s.settings.tiers, s.sat, strict=True)]
    return {
        "text": markup(_short(s)),
        "alt": state,
        "tooltip": markup("\n".join([sentence(s), *tiers, *wrong])),
        "class": [state, "problem"] if wrong else [state],
        "percentage": round(100 * tray(s, problem=bool(wrong)).fraction),
    }


SHORT = {
    "due": later("due"),
    "routine": later("break"),
    "held": later("held"),
    "paused": later("paused"),
    "outside": later("off work"),
    "away": later("away"),
    "standing": later("standing"),
}


def _short(s: State) -> str:
    """Return what there is in a word, or in how many minutes it comes: `6m`."""
    word = _plain_word(s)
    if word == "snoozed" and s.offer is not None and s.offer.until is not None:
        return _whole(s.offer.until - s.now)
    if word == "due" and s.offer is not None and s.offer.phase is Phase.RETURN:  # it waits for `settle`
        return _whole(s.person.present_since + s.settings.settle - s.now)
    if word != "working":
        return _(SHORT[word])
    at = _asks_at(s, next_tier(s)[1])
    return _whole(at - s.now) if at < s.work.boundary else _("none")


def _plain_word(s: State) -> str:
    """Return the word of the state; of a prompt that waits for the person, what the person does."""
    word = state_word(s)
    if word != "waiting":
        return word
    if s.person.absence is not None:
        return "away"
    return "due" if s.person.standing is None else "standing"


def _whole(left: int) -> str:
    """Return a time to come in whole minutes, of which the present one is part, as short as can be."""
    return render(-(-left // MINUTE) * MINUTE)


def _sat_of(tier: Tier, sat: int) -> str:
    """Return how much of a tier's clock was sat, in whole minutes: whoever follows is told no more often."""
    whole = sat // MINUTE * MINUTE
    spelt = spell(whole) if whole else _("0 min")
    return _("{name}: sat {sat} of {every}").format(name=tier.name, sat=spelt, every=spell(tier.every))


def _wrong(around: Around) -> list[str]:
    """Return what is missing or broken, a line each."""
    lines = []
    if around.config_error:
        lines.append(_("configuration: {problem}").format(problem=around.config_error))
    if around.log_error:
        lines.append(_("log: {problem}").format(problem=around.log_error))
    return [*lines, *around.problems]


def hook(settings: Settings, row: Record) -> tuple[str, ...]:
    """Return the user's own program for a row of the log, () where there is none."""
    key = HOOKS.get(row.event)
    command: tuple[str, ...] = getattr(settings.hooks, key) if key else ()
    return command


def status_text(s: State, around: Around) -> str:
    """Return `status` for people, a fact a line."""
    lines = [sentence(s)]
    for tier, sat in zip(s.settings.tiers, s.sat, strict=True):
        spelt = _("{name}: sat {sat} of {every}")
        lines.append(spelt.format(name=tier.name, sat=spell(sat), every=spell(tier.every)))
    lines.append(_("presence: {source}, {there}").format(source=around.presence, there=_there(s, around)))
    lines.append(_("lock: {name}").format(name=around.lock))
    lines.append(_("holds: {watched}").format(watched=_watched(s, around)))
    lines.append(_("tray: {name}").format(name=around.tray))
    lines.append(_("notifications: {name}").format(name=around.notifications))
    lines += _wrong(around)
    lines.append(_("breakd {version}, process {pid}").format(version=around.version, pid=around.pid))
    return "\n".join(lines)


def _there(s: State, around: Around) -> str:
    """Return since when the person is there, or away."""
    person = s.person
    if person.absence is not None:
        text = _("away since {time}, the screen locked") if person.locked else _("away since {time}")
        return text.format(time=hhmm(s, person.absence.since))
    since, settled = hhmm(s, person.present_since), person.present_since + s.settings.settle
    if settled > s.now:
        return _("back since {time}, asked from {then} on").format(time=since, then=hhmm(s, settled))
    if around.presence == "unknown":
        return _("taken for there since {time}").format(time=since)
    return _("there since {time}").format(time=since)


def _presence(s: State, around: Around) -> str:
    """Return the same with what sees it."""
    if around.presence == "unknown":
        return _("{there}; unknown by what: nothing here tells of the keyboard").format(there=_there(s, around))
    return _("{there}, by {source}").format(there=_there(s, around), source=around.presence)


def _watched(s: State, around: Around) -> str:
    """Return what sees each reason that can hold, and which of them nothing does."""
    by_program = frozenset({"fullscreen", "microphone"}) if s.settings.hold_programs else frozenset()
    wanted = [reason for reason in REASONS if reason in s.settings.hold_while | by_program]
    seen = {reason: around.holds.get(reason, "unknown") for reason in wanted}
    blind = [reason for reason, name in seen.items() if name in {"none", "unknown"}]
    told = [
        _("{reason} by {source}").format(reason=reason, source=seen[reason]) for reason in wanted if reason not in blind
    ]
    line = ", ".join(told) or _("none")
    return _("{line}; not seen here: {reasons}").format(line=line, reasons=", ".join(blind)) if blind else line


def _next_window(s: State) -> tuple[int, int] | None:
    """Return when the next work hours begin and end, None where none are in sight."""
    week, zone = s.settings.week, s.wall.zone
    begins = s.work.boundary + s.wall.offset
    if s.work.inside:
        begins = look(week, zone, begins)[1]
    there, ends = look(week, zone, begins)
    return (begins - s.wall.offset, ends - s.wall.offset) if there else None


def gates(s: State, around: Around) -> Iterator[dict[str, Any]]:
    """Yield every gate that a prompt passes, in order: its name, whether it is open, and why."""
    yield _gate("running", _("process {pid}").format(pid=around.pid), is_open=True)
    yield _gate("configuration", around.config_error or _("good"), is_open=around.config_error is None)
    yield _gate("work-hours", _hours(s), is_open=s.work.inside)
    until = "" if s.paused is None else _("until {time}").format(time=pause_end(s) or _("you resume"))
    yield _gate("pause", until or _("none"), is_open=s.paused is None)
    standing = s.person.standing
    since = "" if standing is None else _("since {time}, until you sit").format(time=hhmm(s, standing.since))
    yield _gate("standing", since or _("no"), is_open=standing is None)
    settled = s.person.present_since + s.settings.settle <= s.now
    yield _gate("presence", _presence(s, around), is_open=s.person.absence is None and settled)
    for tier, sat in zip(s.settings.tiers, s.sat, strict=True):
        yield _gate(f"clock:{tier.name}", _clock(s, tier, sat), is_open=sat >= tier.every)
    yield from _gates_of_the_offer(s, around)


def _gate(name: str, detail: str, *, is_open: bool) -> dict[str, Any]:
    return {"name": name, "open": is_open, "detail": detail}


def _gates_of_the_offer(s: State, around: Around) -> Iterator[dict[str, Any]]:
    """Yield the gates that a break passes once it is due."""
    offer = s.offer
    quiet = s.quiet_until > s.now
    detail = _("until {time}, as a break was closed early").format(time=hhmm(s, s.quiet_until)) if quiet else _("none")
    yield _gate("quiet", detail, is_open=not quiet)
    yield _gate("merge", _merge(s), is_open=True)
    through = offer.through if offer else frozenset[str]()
    yield _gate("hold", _holding(s, around, through), is_open=not blocking(s, through))
    left = None
    if offer is not None and offer.phase is Phase.SNOOZED and offer.until is not None:
        left = _("{left} left, until {time}").format(left=spell(offer.until - s.now), time=hhmm(s, offer.until))
    yield _gate("snooze", left or _("none"), is_open=left is None)
    typing = offer is not None and offer.phase is Phase.TYPING
    yield _gate("typing", _typing(s), is_open=not typing)


def _hours(s: State) -> str:
    if s.work.inside and look(s.settings.week, s.wall.zone, s.work.boundary + s.wall.offset)[0]:
        return _("no end of them in sight")
    window = _next_window(s)
    if window is None:
        return _("until {time}").format(time=hhmm(s, s.work.boundary)) if s.work.inside else _("none in sight")
    begins, ends = (hhmm(s, at) for at in window)
    if wall(s, window[0]).date() == wall(s, window[1]).date():
        ends = f"{wall(s, window[1]):%H:%M}"
    if s.work.inside:
        text = _("until {time}; next {begins} to {ends}")
        return text.format(time=hhmm(s, s.work.boundary), begins=begins, ends=ends)
    return _("none now; next {begins} to {ends}").format(begins=begins, ends=ends)


def _clock(s: State, tier: Tier, sat: int) -> str:
    every, left = spell(tier.every), max(0, tier.every - sat)
    if not left:
        return _("due: {every} sat").format(every=every)
    text = _("{left} left of {every}") if counting(s) else _("{left} left of {every}; it stands still")
    return text.format(left=spell(left), every=every)


def _merge(s: State) -> str:
    """Return which longer break takes over the one that is open, or comes next."""
    offer = s.offer
    if offer is not None and offer.phase is Phase.ROUTINE:
        return _("none")
    tier, left = next_tier(s) if offer is None else (_tier_of(s, offer), 0)
    longer = coming_tier(s, tier, left)
    return _("none") if longer is tier else _("{longer} takes over {tier}").format(longer=longer.name, tier=tier.name)


def _holding(s: State, around: Around, through: frozenset[str]) -> str:
    """Return each reason that holds and what sees it, and what watches for the others."""
    holds = ", ".join(_since(s, reason) for reason in blocking(s, through)) or _("none")
    over = ", ".join(reason for reason, _at in s.person.busy if reason in through)
    if over:
        holds = _("{holds} ({reasons} no longer, past the limit)").format(holds=holds, reasons=over)
    return _("{holds}; watched: {watched}").format(holds=holds, watched=_watched(s, around))


def _typing(s: State) -> str:
    offer = s.offer
    if offer is not None and offer.phase is Phase.TYPING and offer.until is not None:
        return _("waits for a pause, at the latest {time}").format(time=hhmm(s, offer.until))
    if not s.settings.wait_for_pause:
        return _("nothing waits for a pause")
    return _("waits for a pause once due, for {time} at most").format(time=spell(s.settings.wait_for_pause))


def why_text(s: State, around: Around) -> str:
    """Return `why` for people: the sentence, then the gates."""
    rows = list(gates(s, around))
    width = max(len(row["name"]) for row in rows)
    below = "\n" + " " * (width + len("  +   "))  # a wrong configuration has many lines
    lines = [f"  {'+' if row['open'] else '-'} {row['name']:<{width}}  {row['detail']}" for row in rows]
    lines = [line.replace("\n", below) for line in lines]
    return "\n".join([sentence(s), *lines])


# --- the prompt ---------------------------------------------------------------------------------------------------


LONGEST_TITLE = 45
PICTURES = Path(__file__).parent / "pictures"

# The words take turns with each showing. The first is that of the first prompt ever.
ON_YOUR_FEET = (
    later("Stand up: {exercise}, {time}"),
    later("Time to move: {exercise}, {time}"),
    later("Break time: {exercise}, {time}"),
)
TITLES = {
    "floor": ON_YOUR_FEET,
    "standing": ON_YOUR_FEET,
    "seated": (
        later("Sit tall: {exercise}, {time}"),
        later("Time to move: {exercise}, {time}"),
        later("Break time: {exercise}, {time}"),
    ),
}
LINES = {
    "floor": (
        later("On the floor; a carpet or a mat will do."),
        later("Down on the floor; the screen can wait."),
        later("A bit of floor is all it takes."),
    ),
    "standing": (
        later("Up from the chair; the screen can wait."),
        later("On your feet; nothing else is needed."),
        later("Leave the chair for a moment."),
    ),
    "seated": (
        later("Right where you sit."),
        later("Stay in the chair; the screen can wait."),
        later("No need to get up for this one."),
    ),
}
REASON_EVERY = 3
"""Every so many showings the prompt says for how long one sat."""


@dataclass(frozen=True, slots=True)
class _Exercise:
    """What a prompt says of an exercise."""

    name: str
    position: str
    picture: str | None = None


def prompt(s: State, show: e.ShowPrompt) -> Prompt:
    """Return the notification of an offer: what to do, how long, and once in a while the reason."""
    exercise, n = _exercise(s, show.exercise), show.showing - 1
    titles, lines = TITLES[exercise.position], LINES[exercise.position]
    body = [_(lines[(n + n // len(lines)) % len(lines)])]  # each title meets each line
    if not show.snoozes_left and s.settings.max_snoozes:
        body.insert(0, _("No more snoozes for this one."))
    elif n % REASON_EVERY == 0 and show.sat >= MINUTE:
        body.insert(0, _("Sitting for {time}.").format(time=spell(show.sat // MINUTE * MINUTE)))
    return Prompt(
        token=show.showing,
        title=_titled(titles[n % len(titles)], exercise.name, time=spell(show.length)),
        body=" ".join(body),
        choices=_choices(snooze=show.snoozes_left > 0),
        default="start",
        picture=exercise.picture,
        insists=any(reason == "do-not-disturb" for reason, _since in s.person.busy),
    )


def _exercise(s: State, exercise: str) -> _Exercise:
    found = known(s.settings.routine.profile, s.settings.exercises).get(exercise)
    if found is None:
        return _Exercise(exercise, "standing")
    return _Exercise(_in_a_sentence(s.settings, exercise), found.position, _picture(s.settings, found))


def _picture(settings: Settings, exercise: Exercise) -> str | None:
    """Return the picture of an exercise: of an own one its first image; None where there is none."""
    if exercise.id not in BUILT_IN:
        own = (own for own in settings.exercises if own.id == exercise.id)
        return next((step.image for each in own for step in each.steps if step.image), None)
    picture = PICTURES / f"{exercise.figure}.png"
    return str(picture) if picture.is_file() else None


def _titled(title: str, exercise: str, **values: str) -> str:
    """Return the title with its values, and of a long name of an exercise only as much as is read at a glance."""
    room = LONGEST_TITLE - len(_(title).format(exercise="", **values))
    short = exercise if len(exercise) <= room else exercise[: room - 1].rstrip() + "\N{HORIZONTAL ELLIPSIS}"
    return _(title).format(exercise=short, **values)


def _choices(*, snooze: bool) -> tuple[Choice, ...]:
    later_on = (Choice("snooze", _("Snooze")),) if snooze else ()
    return (Choice("start", _("Start")), *later_on, Choice("skip", _("Skip")))


def farewell(s: State, taken: int) -> str:
    """Return what the routine's window says at its end: the day's count, and what comes next."""
    count = plural("{n} break today.", "{n} breaks today.", taken) if taken else ""
    return " ".join(filter(None, (count, beginning(s))))


FIRST_EXERCISE = "helicopters"
"""What the first prompt offers."""


def first_contact(token: int, settings: Settings) -> Prompt:
    """Return the prompt that shows a newcomer how breakd will ask."""
    text = _("Start shows a routine, here for 20 seconds. Nothing of this is logged.")
    picture = _picture(settings, known(settings.routine.profile, settings.exercises)[FIRST_EXERCISE])
    return Prompt(token, _("This is how I will ask"), text, _choices(snooze=True), "start", picture)


def heads_up(s: State, warn: e.WarnAhead) -> Prompt:
    """Return the notification of a break that comes soon: nothing is asked, and it may be closed."""
    tier = next(tier for tier in s.settings.tiers if tier.name == warn.tier)
    exercise = _exercise(s, coming_exercise(s, tier))
    title = later("A break in {left}: {exercise}, {time}")
    return Prompt(
        token=0,
        title=_titled(title, exercise.name, left=spell(warn.left), time=spell(tier.length)),
        body=_("Time to finish your sentence."),
        picture=exercise.picture,
    )


def coming_exercise(s: State, tier: Tier) -> str:
    """Return the exercise that the tier offers next."""
    return tier.routines[s.turns[s.settings.tiers.index(tier)] % len(tier.routines)]


def still_comes(s: State) -> bool:
    """Say whether the break that a heads-up told of is on its way."""
    here = s.person.absence is None and s.paused is None and s.work.inside
    return s.warned and s.offer is None and here and not blocking(s)


# --- the tray -----------------------------------------------------------------------------------------------------

OWN_ACCORD = ("walk", "helicopters", "knee-hovers")


def tray_state(s: State, *, problem: bool) -> str:
    """Return the icon's shape."""
    word = state_word(s)
    if word in {"due", "routine", "held", "paused"}:
        return word
    if problem:
        return "problem"
    word = _plain_word(s)
    return word if word in {"outside", "away", "standing"} else "sitting"


def _minutes(left: int) -> str:
    """Return a time to come in whole minutes, of which the present one is part."""
    return spell(-(-left // MINUTE) * MINUTE)


def tray(s: State, *, problem: bool) -> TrayView:
    """Return the tray's icon, tooltip and menu."""
    tier, left = next_tier(s)
    line = sentence(s)
    offer = s.offer
    asking = offer is not None and offer.phase is Phase.PROMPTED
    busy = offer is not None and offer.phase is Phase.ROUTINE
    menu = [Entry(line, "status", default=not asking), SEPARATOR]
    if asking and offer is not None:
        snooze = offer.count < s.settings.max_snoozes
        menu += [Entry(_("Start"), "answer:start", default=True), Entry(_("Snooze"), "answer:snooze", enabled=snooze)]
        menu += [Entry(_("Skip"), "answer:skip"), SEPARATOR]
    menu += [Entry(exercise_name(s.settings, name), f"start:{name}", enabled=not busy) for name in OWN_ACCORD]
    stands = s.person.standing is not None
    menu += [SEPARATOR, Entry(_("Standing"), "sit" if stands else "stand", checked=stands)]
    if s.paused is None:
        menu.append(Entry(_("Pause"), entries=tuple(_pauses())))
    else:
        menu.append(Entry(_("Resume"), "resume"))
    menu += [Entry(_("Show log"), "log"), Entry(_("Show report"), "report"), Entry(_("Edit settings"), "edit")]
    menu += [SEPARATOR, Entry(_("Quit"), "quit")]
    # In whole minutes, as the line says it: the icon changes no more often.
    full = 1 - -(-left // MINUTE) * MINUTE / tier.every
    return TrayView(tray_state(s, problem=problem), max(0, full), line, tuple(menu))


def _pauses() -> Iterator[Entry]:
    yield Entry(_("30 min"), "pause:30m")
    yield Entry(_("1 h"), "pause:1h")
    yield Entry(_("Until tomorrow"), "pause:tomorrow")
    yield Entry(_("Until I resume"), "pause:")
