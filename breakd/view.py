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
from breakd.core.engine import blocking
from breakd.core.record import Record, stamp
from breakd.core.settings import BUILT_IN, HOOKS, REASONS, Settings, Tier
from breakd.core.state import Offer, Phase, State
from breakd.core.workhours import local
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


def state_word(s: State) -> str:
    """Return the one word of `status --json`: what breakd is doing."""
    if s.offer is not None:
        return WORDS[s.offer.phase]
    if s.paused is not None:
        return "paused"
    if not s.work.inside:
        return "outside"
    return "working" if s.person.absence is None else "away"


def wall(s: State, at: int) -> datetime:
    """Return the local time of an elapsed time."""
    return local(at + s.wall.offset, s.wall.zone)


def hhmm(s: State, at: int) -> str:
    """Return the time of day as HH:MM, with the day in front where it is not today."""
    then, now = wall(s, at), wall(s, s.now)
    return f"{then:%H:%M}" if then.date() == now.date() else f"{then:%a %H:%M}"


def next_tier(s: State) -> tuple[Tier, int]:
    """Return the tier that comes due first, and its sitting left (0 where it is due)."""
    pairs = zip(s.settings.tiers, s.sat, strict=True)
    tier, sat = min(pairs, key=lambda each: (max(0, each[0].every - each[1]), -each[0].length))
    return tier, max(0, tier.every - sat)


def sentence(s: State) -> str:
    """Return what happens now and next, in one sentence of at most 200 characters."""
    tier, left = next_tier(s)
    if s.offer is not None:
        return _of_offer(s, s.offer)
    if s.paused is not None:
        return _("Nothing now: paused until {time}.").format(time=pause_end(s) or _("you resume"))
    if not s.work.inside:
        return _("Nothing now: outside work hours until {time}.").format(time=hhmm(s, s.work.boundary))
    if s.person.absence is not None:
        since = hhmm(s, s.person.absence.since)
        return _("Nothing now: nobody at the keyboard since {time}; the clocks wait.").format(time=since)
    at = max(s.now + left, s.quiet_until)
    if at >= s.work.boundary:
        return _("Nothing more before work ends at {time}.").format(time=hhmm(s, s.work.boundary))
    if left == 0:
        return _("{tier} is due, and asks again at {time}.").format(tier=tier.name[:40], time=hhmm(s, at))
    return _("Next: {tier} at {time}, in {left}.").format(tier=tier.name[:40], time=hhmm(s, at), left=spell(at - s.now))


def beginning(s: State) -> str:
    """Return what is said to somebody who comes: the sentence, or what is next once a key is touched."""
    if s.person.absence is None or s.offer is not None or s.paused is not None or not s.work.inside:
        return sentence(s)
    tier, left = next_tier(s)
    return _("Next: {tier} after {left} at the keyboard.").format(tier=tier.name[:40], left=spell(left))


def mistakes(wrong: str) -> str:
    """Return what is told on the screen of a wrong configuration, a mistake a line: the first of them."""
    told, more = wrong.splitlines()[:3], len(wrong.splitlines()) - 3
    if more > 0:
        told.append(
            plural("One more: `breakd config check` tells it", "{n} more: `breakd config check` tells them", more)
        )
    return "\n".join(told)


def _of_offer(s: State, offer: Offer) -> str:
    name = offer.tier[:40]
    match offer.phase:
        case Phase.ROUTINE:
            until = hhmm(s, offer.until) if offer.until is not None else _("you go on")
            return _("On a break: {exercise} until {time}.").format(
                exercise=exercise_name(s.settings, offer.exercise)[:40], time=until
            )
        case Phase.PROMPTED:
            exercise = exercise_name(s.settings, offer.exercise)[:40]
            return _("Asking now: {tier}, {exercise}.").format(tier=name, exercise=exercise)
        case Phase.SNOOZED:
            assert offer.until is not None
            return _("Nothing now: snoozed; {tier} asks again at {time}.").format(tier=name, time=hhmm(s, offer.until))
        case Phase.HELD:
            assert offer.until is not None
            reason, since = next(each for each in s.person.busy if each[0] == blocking(s, offer.through)[0])
            return _("Nothing now: {reason} since {since}; {tier} waits until it ends, at the latest {time}.").format(
                reason=reason, since=hhmm(s, since), tier=name, time=hhmm(s, offer.until)
            )
        case Phase.TYPING:
            return _("{tier} asks at the next pause in typing.").format(tier=name)
        case Phase.RETURN:
            since_when = s.person.absence.since if s.person.absence else s.now
            return _("Nothing now: nobody at the keyboard since {time}; {tier} asks on your return.").format(
                time=hhmm(s, since_when), tier=name
            )


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
    def holds(self) -> dict[str, str]:
        """Return what sees each reason to hold that is watched."""
        found = {what.partition("hold:")[2]: name for what, name in self.sources.items() if what.startswith("hold:")}
        return {reason: found[reason] for reason in REASONS if reason in found}


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
    told = [waybar(s, around), tray_line(s), around.presence, around.tray, around.notifications]
    return json.dumps(told)


def plain(s: State, around: Around) -> str:
    """Return `status` in one line: the tray's, and whether there is more to know."""
    if not _wrong(around):
        return tray_line(s)
    return _("{line} (something is wrong: see `breakd status`)").format(line=tray_line(s))


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
        "tooltip": markup("\n".join([tray_line(s), *tiers, *wrong])),
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
}


def _short(s: State) -> str:
    """Return what there is in a word, or in how many minutes it comes: `6m`."""
    word = state_word(s)
    if word == "waiting":  # for the person's return, or for a pause in typing
        word = "due" if s.person.absence is None else "away"
    if word == "snoozed" and s.offer is not None and s.offer.until is not None:
        return _whole(s.offer.until - s.now)
    if word != "working":
        return _(SHORT[word])
    at = max(s.now + next_tier(s)[1], s.quiet_until)
    return _whole(at - s.now) if at < s.work.boundary else _("none")


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
    lines.append(_("presence: {source}").format(source=around.presence))
    lines.append(_("tray: {name}").format(name=around.tray))
    lines.append(_("notifications: {name}").format(name=around.notifications))
    lines += _wrong(around)
    lines.append(_("breakd {version}, process {pid}").format(version=around.version, pid=around.pid))
    return "\n".join(lines)


def gates(s: State, around: Around) -> Iterator[dict[str, Any]]:
    """Yield every gate that a prompt passes, in order: its name, whether it is open, and why."""

    def gate(name: str, detail: str, *, is_open: bool) -> dict[str, Any]:
        return {"name": name, "open": is_open, "detail": detail}

    absence, offer = s.person.absence, s.offer
    yield gate("running", _("process {pid}").format(pid=around.pid), is_open=True)
    yield gate("configuration", around.config_error or _("good"), is_open=around.config_error is None)
    hours = _("until {time}") if s.work.inside else _("none until {time}")
    yield gate("work-hours", hours.format(time=hhmm(s, s.work.boundary)), is_open=s.work.inside)
    paused = s.paused is not None
    until = (pause_end(s) or _("you resume")) if paused else ""
    yield gate("pause", _("until {time}").format(time=until) if paused else _("none"), is_open=not paused)
    since = hhmm(s, s.person.present_since if absence is None else absence.since)
    there = _("there since {time}, by {source}") if absence is None else _("away since {time}, by {source}")
    yield gate("presence", there.format(time=since, source=around.presence), is_open=absence is None)
    for tier, sat in zip(s.settings.tiers, s.sat, strict=True):
        left = max(0, tier.every - sat)
        detail = _("{left} left of {every}").format(left=spell(left), every=spell(tier.every))
        yield gate(f"clock:{tier.name}", detail, is_open=left == 0)
    quiet = s.quiet_until > s.now
    yield gate(
        "quiet", _("until {time}").format(time=hhmm(s, s.quiet_until)) if quiet else _("none"), is_open=not quiet
    )
    held = blocking(s, offer.through if offer else frozenset())
    begun = {reason: hhmm(s, at) for reason, at in s.person.busy}
    yield gate("hold", ", ".join(f"{reason} {begun[reason]}" for reason in held) or _("none"), is_open=not held)
    snoozed = offer is not None and offer.phase is Phase.SNOOZED and offer.until is not None
    yield gate(
        "snooze",
        _("until {time}").format(time=hhmm(s, offer.until)) if snoozed and offer and offer.until else _("none"),
        is_open=not snoozed,
    )
    yield gate("typing", _("typing") if s.person.typing else _("quiet"), is_open=not s.person.typing)


def why_text(s: State, around: Around) -> str:
    """Return `why` for people: the sentence, then the gates."""
    rows = list(gates(s, around))
    width = max(len(row["name"]) for row in rows)
    lines = [f"  {'+' if row['open'] else '-'} {row['name']:<{width}}  {row['detail']}" for row in rows]
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
    return {"outside": "outside", "away": "away"}.get(word, "sitting")


def tray_line(s: State) -> str:
    """Return the tray's line of state, what there is and what comes next: 'Sat 24 min, helicopters in 6 min'."""
    tier, left = next_tier(s)
    at = max(s.now + left, s.quiet_until)
    exercise = _in_a_sentence(s.settings, coming_exercise(s, tier))
    match state_word(s):
        case "away" if s.person.absence is not None:
            when = _("after {left} more at the keyboard").format(left=_minutes(left)) if left else _("on your return")
            return _("Away since {time}; {exercise} {when}").format(
                time=hhmm(s, s.person.absence.since), exercise=exercise, when=when
            )
        case "working" if left and at < s.work.boundary:
            sat = s.sat[s.settings.tiers.index(tier)] // MINUTE * MINUTE
            return _("Sat {sat}, {exercise} in {left}").format(
                sat=spell(sat) if sat else _("0 min"), exercise=exercise, left=_minutes(at - s.now)
            )
        case _:
            return sentence(s)


def _minutes(left: int) -> str:
    """Return a time to come in whole minutes, of which the present one is part."""
    return spell(-(-left // MINUTE) * MINUTE)


def tray(s: State, *, problem: bool) -> TrayView:
    """Return the tray's icon, tooltip and menu."""
    tier, left = next_tier(s)
    line = tray_line(s)
    offer = s.offer
    asking = offer is not None and offer.phase is Phase.PROMPTED
    busy = offer is not None and offer.phase is Phase.ROUTINE
    menu = [Entry(line, "status", default=not asking), SEPARATOR]
    if asking and offer is not None:
        snooze = offer.count < s.settings.max_snoozes
        menu += [Entry(_("Start"), "answer:start", default=True), Entry(_("Snooze"), "answer:snooze", enabled=snooze)]
        menu += [Entry(_("Skip"), "answer:skip"), SEPARATOR]
    menu += [Entry(exercise_name(s.settings, name), f"start:{name}", enabled=not busy) for name in OWN_ACCORD]
    menu.append(SEPARATOR)
    if s.paused is None:
        menu.append(Entry(_("Pause"), entries=tuple(_pauses())))
    else:
        menu.append(Entry(_("Resume"), "resume"))
    menu += [Entry(_("Show log"), "log"), Entry(_("Edit settings"), "edit"), SEPARATOR, Entry(_("Quit"), "quit")]
    # In whole minutes, as the line says it: the icon changes no more often.
    full = 1 - -(-left // MINUTE) * MINUTE / tier.every
    return TrayView(tray_state(s, problem=problem), max(0, full), line, tuple(menu))


def _pauses() -> Iterator[Entry]:
    yield Entry(_("30 min"), "pause:30m")
    yield Entry(_("1 h"), "pause:1h")
    yield Entry(_("Until tomorrow"), "pause:tomorrow")
    yield Entry(_("Until I resume"), "pause:")
