"""The daemon's loop: a message comes, the engine steps, its effects are performed, the state is saved.

Laws: one thread runs all of this; the outside only posts. The clocks are read at every wake-up, and the loop wakes at
least once a minute, so that neither a sleep nor a step of the clock goes unseen. What an adapter cannot do is noted and
told by `status`; the reminders go on.
"""

import json
import logging
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from queue import Empty, SimpleQueue
from typing import Any, Literal, Protocol, assert_never

from breakd import __version__, holding, ports, requests, view
from breakd.adapters.clock import Reading
from breakd.core import events as e
from breakd.core.durations import SECOND
from breakd.core.engine import blocking, may_ask, next_deadline, step
from breakd.core.record import Record, Span, facts
from breakd.core.settings import AUDIENCE, BUILT_IN, CALLS, Settings
from breakd.core.state import Phase, State, Wall, dump
from breakd.core.workhours import WeekEnd, week_ends
from breakd.errors import UsageError
from breakd.routines.catalogue import known
from breakd.texts import _, duration, plural, spell
from breakd.timekeeping import Timekeeper

LONGEST_WAIT = 60 * SECOND
ROUTINE_WAIT = 2 * SECOND
"""While a routine runs it is saved this often, so that a kill forgets next to nothing of it."""

FIRST_CONTACT = -1
"""The token and the offer of the prompt that shows a newcomer how breakd will ask; nothing of it is logged."""

MOST_RESERVED = 100_000_000
"""As many numbers of offers an import can have at once, far more than a life's."""

log = logging.getLogger("breakd")


class Clock(Protocol):
    """Reads the machine's clocks."""

    def read(self) -> Reading: ...


@dataclass(slots=True)
class Outside:
    """The adapters that serve this daemon."""

    clock: Clock
    history: ports.History
    prompter: ports.Prompter
    tray: ports.Tray
    presence: ports.Presence
    holds: ports.Holds
    login: ports.Login
    routines: ports.Routines
    alarm: ports.Alarm
    save: Callable[[dict[str, Any]], str | None]
    show_log: Callable[[], None]
    configuration: ports.Configuration
    hooks: ports.Hooks
    back: ports.BackQuestion
    edit_config: Callable[[], None] = lambda: None
    show_report: Callable[[], None] = lambda: None
    tell_week: Callable[[date], None] = lambda _monday: None
    """Has the line of the week that begins on this day worked out, and told as a Notice."""
    ask_by: Callable[[str, str], None] = lambda _window, _theme: None
    """Has the prompter follow `[prompt] window` and `[routine] theme`."""
    alive: Callable[[], None] = lambda: None
    """Tells whoever watches over the daemon that its loop goes round."""


@dataclass(slots=True)
class _Known:
    """What is known of the outside, for `status`; `sources` names what serves, by SourceChanged's `what`."""

    sources: dict[str, str] = field(default_factory=dict)
    config_error: str | None = None
    problems: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class _Follower:
    """A `status --follow`: its request, and what it saw last."""

    command: ports.Command
    glance: str

    @property
    def format(self) -> Any:
        return self.command.request.get("format")


class Daemon:
    """Runs until it is told to stop. `post` may be called from any thread, and from a signal handler."""

    def __init__(self, settings: Settings, clock: Clock, longest_wait: int = LONGEST_WAIT) -> None:
        self._clock = clock
        self._idle_wait = min(longest_wait, LONGEST_WAIT)
        self._queue: SimpleQueue[tuple[int, ports.Message]] = SimpleQueue()
        self._known = _Known()
        self._settings = settings
        self._ending: str | None = None
        self._armed: int | None = None
        self._week: WeekEnd | None = None  # the next whose line is to be told
        self._week_by: object = None  # what that follows from, as the alarm was set by it; None: it is to be set anew
        self._told_week = date.min
        self._watching = False  # for a return, as the presence was asked to
        self._pausing = False  # the same for a pause in typing
        self._unseen: int | None = None  # the offer in whose routine nobody could tell whether the hands rest
        self._board = holding.Board()
        self._touched: int | None = None  # when the keyboard was, last; None while that goes on
        self._told_prompt: ports.Prompt | None = None
        self._notices: dict[str, ports.Prompt] = {}  # what the person is still to be told
        # What may be on the screen until it is out of date: a heads-up, a notice.
        self._passing: tuple[str, ports.Prompt] | None = None
        self._window_of: int | None = None  # the offer whose routine's window is on the screen, its last view included
        self._back: Literal["", "wanted", "asked"] = ""
        self._looked = 0  # for the last time at the file of the configuration
        self._changed = False
        self._saved = 0
        self._replies: list[tuple[Callable[[dict[str, Any]], bool], dict[str, Any]]] = []
        self._followers: list[_Follower] = []

    def post(self, message: ports.Message) -> None:
        """Take a message, with the time at which it came."""
        self._queue.put((self._clock.read().elapsed_us, message))

    def problem(self, about: str, text: str | None) -> None:
        """Note what is missing or broken, for `status`; None where it is well again."""
        if text is None:
            self._known.problems.pop(about, None)
        else:
            if self._known.problems.get(about) != text:  # what cannot be saved is tried again each minute
                log.warning("%s: %s", about, text)
            self._known.problems[about] = text

    def begin(self, outside: Outside, keeper: Timekeeper, state: State | None, *, offers: int) -> None:
        """Come up: with the saved state if there is one, after which what came true meanwhile is told."""
        self._outside, self._keeper = outside, keeper
        reading = self._clock.read()
        now = keeper.at(reading.elapsed_us)
        wall = Wall(reading.wall_us - now, reading.zone)
        new = State.new(self._settings, now, wall, offers=offers)
        self.state = new if state is None else replace(state, offers=max(state.offers, offers))
        self._known.sources["presence"] = outside.presence.name
        outside.holds.watch(holding.wanted(self._settings))
        self._take_what_holds()
        on = self._board.on(self._settings)
        named = tuple(reason for reason, by_program in on.items() if by_program)
        locked = outside.login.locked()
        self.tell(e.Started(now, self._settings, wall.offset, wall.zone, locked, tuple(on), named))
        self._seen()
        self._save()
        self._finish()

    def _take_what_holds(self) -> None:
        """Take what the sources of holds have told until now out of the queue, and leave the rest in its order."""
        waiting = [self._queue.get() for _each in range(self._queue.qsize())]
        for elapsed, message in waiting:
            if isinstance(message, ports.InUse):
                self._board = self._board.seen(message)
            else:
                self._queue.put((elapsed, message))

    def run(self) -> str:
        """Handle messages until the end; return `quit` or `restart`, as the end was asked for."""
        while self._ending is None:
            try:
                self.wake()
            except Exception:  # an adapter's defect, or our own: the reminders go on
                log.exception("a wake-up failed")
                self.problem("defect", _("breakd met a defect of its own; its text log has the details"))
        return self._ending

    def wake(self) -> None:
        """Wait for one message, or a minute, and do what is to be done."""
        try:
            elapsed, message = self._queue.get(timeout=self._longest_wait() / SECOND)
        except Empty:
            self.handle(None, None)
        else:
            self.handle(message, elapsed)

    def handle(self, message: ports.Message | None, elapsed: int | None) -> None:
        """Catch up with the clocks, then take the message that came at `elapsed`."""
        reading = self._clock.read()
        expected = self._idle_wait
        if self._armed is not None:
            expected = min(expected, max(0, self._armed - self._keeper.now))
        for event in self._keeper.caught_up(self.state, reading, expected):
            self.tell(event)
            if isinstance(event, e.Woke):
                self._watching = False
                self._week_by = None
                self._seen()
        self._look_at_the_hands(message, self._keeper.at(reading.elapsed_us))
        if message is not None and elapsed is not None:
            self.take(message, self._keeper.at(elapsed))
        if reading.elapsed_us - self._looked >= self._idle_wait:
            self._looked = reading.elapsed_us
            if self._outside.configuration.changed():
                self._reload()
        self.tell(e.Tick(self._keeper.at(reading.elapsed_us)))
        self._hold(self.state.now)
        if self._outside.history.error:
            self._outside.history.flush()
        if self._ending is None and (self._changed or self._is_old(reading.elapsed_us)):
            self._save()
        while self._replies:  # what was done is saved: now it may be said
            send, reply = self._replies.pop()
            send(reply)
        if self._ending is None:
            self._finish()
        self._outside.alive()

    def _finish(self) -> None:
        """End a wake-up: show what there is, and set the alarm for the next deadline."""
        self._mind_the_week()
        s, outside = self.state, self._outside
        self._watch_the_hands()
        if self._passing is not None and self._passing[0] == "heads-up" and not view.still_comes(s):
            self._take_back("heads-up")
        self._tell_notices()
        self._mind_the_back()
        outside.tray.show(view.tray(s, problem=bool(self._problem_lines())))
        deadline = next_deadline(s)
        if deadline != self._armed:
            self._armed = deadline
            outside.alarm.arm(max(0, deadline - s.now) / SECOND)
        if self._followers:
            self._tell_followers()

    def _mind_the_week(self) -> None:
        """Have a week's line worked out once its work is over, however late, and set the alarm for the next."""
        s, there = self.state, self._settings
        now = s.now + s.wall.offset
        by = there.weekly, there.week, s.wall
        if there.weekly and self._week is not None and self._week.at <= now:
            self._last_input(s.now)  # with it the last sitting of the week is known, and in the log
            self._seen()
            self._told_week = self._week.monday
            self._outside.tell_week(self._told_week)
            self._week_by = None
        if by != self._week_by:
            self._week_by = by
            self._week = week_ends(there.week, s.wall.zone, now, self._told_week) if there.weekly else None
            if self._week is not None:
                self._outside.alarm.arm((self._week.at - now) / SECOND, ports.WEEK)

    def _mind_the_back(self) -> None:
        """Ask how the back is once no routine is in the way; where the person is wanted elsewhere, no more today."""
        if not self._back:
            return
        s = self.state
        routine = self._in_routine() or self._window_of is not None
        elsewhere = self._told_prompt is not None or bool(blocking(s)) or s.paused is not None or not s.person.reachable
        if elsewhere or s.settings.ask_back == "never" or (routine and self._back == "asked"):
            self._back = ""
            self._outside.back.withdraw()
        elif self._back == "wanted" and not routine:
            self._back = "asked"
            self._outside.back.ask(self._settings.routine.theme)

    def _felt(self, event: e.Felt) -> int | None:
        """Log how the back is, once a day; return what was said already, None for nothing."""
        said = self._said_on(event.at)
        if said is None:
            self.tell(event)
        self._back = ""
        self._outside.back.withdraw()
        return said

    def _said_on(self, at: int) -> int | None:
        """Return what was said of the back on the day of this moment."""
        return self._outside.history.felt_on(view.wall(self.state, at).date())

    def _watch_the_hands(self) -> None:
        """Have the presence tell the return of somebody who is still, and the pause of somebody who types.

        In a routine both, again and again: whoever works through it is seen by that.
        """
        s, presence = self.state, self._outside.presence
        still = s.person.reachable and not s.person.active
        if still and not self._watching:
            presence.watch_return()
        self._watching = still
        phase = None if s.offer is None else s.offer.phase
        starts = phase is Phase.PROMPTED and s.settings.auto_start and s.person.active
        moves = phase is Phase.ROUTINE and s.person.active
        pausing = phase is Phase.TYPING or starts or moves
        if pausing and not self._pausing:
            presence.watch_pause()
        self._pausing = pausing
        if s.offer is not None and phase is Phase.ROUTINE and not presence.sees_pauses:
            self._unseen = s.offer.id

    def _tell_notices(self) -> None:
        """Tell the person the next notice where nothing else asks; an audience is told none."""
        audience = AUDIENCE in blocking(self.state)
        if audience and self._passing is not None:
            about, prompt = self._passing
            self._withdraw()
            if about != "heads-up":
                self._notices.setdefault(about, prompt)
        if self._notices and not audience and self._told_prompt is None and not self._in_routine():
            about = next(iter(self._notices))
            self._show(self._notices.pop(about), about)

    def _tell_followers(self) -> None:
        """Forget those who have gone, and tell the others what is new at a glance."""
        self._followers = [each for each in self._followers if each.command.follows()]
        around = self._around()
        for follower in self._followers:
            glance = view.glance(self.state, around, follower.format)
            if follower.glance != glance:
                follower.glance = glance
                reply = _good(*view.report(self.state, around, follower.format))
                follower.command.reply(reply | {"version": __version__})

    def _is_old(self, elapsed_us: int) -> bool:
        """Return whether what is saved is too old: the clocks run, or a routine does."""
        moves = self.state.person.absence is None or self._in_routine()
        return moves and elapsed_us - self._saved >= self._longest_wait()

    def _in_routine(self) -> bool:
        return self.state.offer is not None and self.state.offer.phase is Phase.ROUTINE

    def _longest_wait(self) -> int:
        return min(ROUTINE_WAIT, self._idle_wait) if self._in_routine() else self._idle_wait

    def _save(self) -> None:
        """Save the state: at each change, and each minute while it moves, so that a kill loses little of it."""
        self._changed, self._saved = False, self._clock.read().elapsed_us
        self.problem("state", self._outside.save({"engine": dump(self.state), "time": self._keeper.saved()}))

    def _seen(self) -> None:
        """Count the person as there where no source can tell, and the screen is not locked."""
        if self._known.sources["presence"] == "unknown" and not self.state.person.locked:
            self.tell(e.Input(self.state.now))

    def _look_at_the_hands(self, message: ports.Message | None, now: int) -> None:
        """Know whether the person types before anything may ask until `now`; a prompt then waits for a pause."""
        s, presence = self.state, self._outside.presence
        if not s.settings.wait_for_pause or not may_ask(s, now):
            return
        idle = presence.idle_s()
        if idle is not None:
            typing = idle < ports.PAUSE_S
        else:
            typing = presence.sees_pauses and (s.person.active or isinstance(message, ports.CameBack | ports.Unlocked))
        if typing != s.person.typing:
            self.tell(e.Typing(s.now, typing))

    def _hold(self, at: int) -> None:
        """Tell the engine which reasons to hold are on now; a call that was forgotten is not."""
        on = self._board.on(self._settings)
        if self._touched is not None and at - self._touched >= holding.CALL_WITHOUT_TOUCH:
            on = {reason: named for reason, named in on.items() if reason not in CALLS}
        for reason, _since in self.state.person.busy:
            if reason not in on:
                self.tell(e.Free(at, reason))
        for reason, named in on.items():
            known = any(reason == busy for busy, _since in self.state.person.busy)
            if not known or named != (reason in self.state.person.named):
                self.tell(e.Busy(at, reason, named))

    # --- messages to events -------------------------------------------------------------------------------------

    def take(self, message: ports.Message, at: int) -> None:
        """Let a message have its effect."""
        match message:
            case ports.Rang(ports.WEEK):
                self._week_by = None
            case ports.Rang():
                self._armed = None
            case ports.WentIdle():
                self.tell(e.Idle(at, at - round(message.seconds * SECOND)))
            case ports.CameBack():
                self._outside.login.seen()
                self.tell(e.Input(at))
            case ports.Locked():
                self._last_input(at)
                self.tell(e.Locked(at))
                self._watch_for_who_locked()
            case ports.Unlocked():
                self.tell(e.Unlocked(at))
            case ports.Sleeping():
                self._last_input(at)
                self.tell(e.Slept(at))
                self._save()
                self._outside.login.release()
            case ports.Woke():
                self._week_by = None
                self.tell(e.Woke(at))
                self._seen()
            case ports.InUse():
                self._board = self._board.seen(message).only(holding.wanted(self._settings))
                self._hold(at)
            case ports.PromptAnswered():
                self._answered(message, at)
            case ports.PromptWavedAway():
                if message.token > 0:
                    self.tell(e.WavedAway(at, message.token))
            case ports.PromptsLost():
                self._show_again()
            case ports.MenuChosen():
                self._chosen(message.key, at)
            case ports.SourceChanged():
                self._source_changed(message, at)
            case ports.Trouble():
                # A hook that was taken out of the configuration may run still: of that one nothing is told any more.
                if getattr(self._settings.hooks, message.about.removeprefix("hooks."), True):
                    self.problem(message.about, message.text)
            case ports.RoutineReport():
                self._reported(message, at)
            case ports.Rated():
                self._felt(e.Felt(at, "notification", message.rating))
            case ports.Welcomed():
                self._welcomed(message.settings)
            case ports.ConfigChanged():
                self._reload()
            case ports.Notice():
                self._notices[message.about] = ports.Prompt(0, message.title, message.text)
            case ports.Stop():
                self._end(message.kind, at)
            case ports.Command():
                self._commanded(message, at)
            case _:
                assert_never(message)

    def _watch_for_who_locked(self) -> None:
        """See the person at the keyboard again after a lock that may be a mere wish, for which nobody tells the end.

        That is input after a pause: the keys that asked for the lock are let go just now.
        """
        presence = self._outside.presence
        if presence.sees_pauses:
            presence.watch_pause()
        else:
            self._outside.login.seen()

    def _last_input(self, at: int) -> None:
        """Back-date what follows to the last input, where the source can tell."""
        idle = self._outside.presence.idle_s()
        if idle is not None:
            self.tell(e.Idle(at, at - round(idle * SECOND)))

    def _answered(self, message: ports.PromptAnswered, at: int) -> None:
        if message.token == FIRST_CONTACT:
            if message.choice == "start":
                self._window_of = FIRST_CONTACT
                self._outside.routines.open(FIRST_CONTACT, view.FIRST_EXERCISE, 20 * SECOND, self._settings)
            self._withdraw()
            return
        match message.choice:
            case "start":
                self.tell(e.Start(at, "notification", showing=message.token))
            case "snooze":
                self.tell(e.Snooze(at, "notification", showing=message.token))
            case "skip":
                self.tell(e.Skip(at, "notification", showing=message.token))
            case "done":
                self.tell(e.Done(at))
            case "close":
                self.tell(e.Closed(at))
            case _:
                log.info("no such choice: %s", message.choice)

    def _chosen(self, key: str, at: int) -> None:
        """Do what an entry of the tray's menu says."""
        verb, _colon, value = key.partition(":")
        match verb:
            case "start":
                self.tell(e.Start(at, "tray", value))
            case "answer" if value == "start":
                self.tell(e.Start(at, "tray"))
            case "answer" if value == "snooze":
                self.tell(e.Snooze(at, "tray"))
            case "answer":
                self.tell(e.Skip(at, "tray"))
            case "pause" if value == "tomorrow":
                self.tell(e.Pause(at, "tray", until="tomorrow"))
            case "pause":
                self.tell(e.Pause(at, "tray", length=duration(value) if value else None))
            case "resume":
                self.tell(e.Resume(at, "tray"))
            case "stand":
                self.tell(e.Stand(at))
            case "sit":
                self.tell(e.Sit(at))
            case "status" if self._told_prompt is None:
                self._show(ports.Prompt(0, "breakd", view.sentence(self.state)))
            case "status":
                self._show_again()
            case "log":
                self._outside.show_log()
            case "report":
                self._outside.show_report()
            case "edit":
                self._outside.edit_config()
            case "quit":
                self._end("quit", at)
            case _:
                log.info("no such entry: %s", key)

    def _source_changed(self, message: ports.SourceChanged, at: int) -> None:
        self._known.sources[message.what] = message.name
        if message.what == "presence":
            self._watching = self._pausing = False  # what another source was asked for
            if self.state.person.locked:
                self._watch_for_who_locked()
            if message.name == "unknown":
                self.tell(e.Tick(at))
                self._seen()
        log.info("%s: %s", message.what, message.name)

    def _reported(self, report: ports.RoutineReport, at: int) -> None:
        """Take what the routine's process says, if it is the routine that runs."""
        if report.kind == "gone" and report.offer == self._window_of:
            self._window_of = None
        offer = self.state.offer
        if offer is None or offer.id != report.offer:
            return
        moved = None if report.seconds is None else round(report.seconds * SECOND)
        match report.kind:
            case "moved":
                self.tell(e.Moved(at, None if moved is None else at + moved, report.exercise))
            case "finished" | "done":
                self.tell(e.Done(at, moved))
            case "closed":
                self.tell(e.Closed(at, moved))
            case "impossible":
                self.problem("routine", report.reason or _("the routine cannot be shown"))
                self._say(self._routine_text(offer.exercise or "", offer.length))
            case _:
                pass

    def _routine_text(self, exercise: str, length: int) -> ports.Prompt:
        """Return the steps as a notification, for where no window can be opened."""
        found = known(self._settings.routine.profile, self._settings.exercises).get(exercise)
        steps = [f"{n}. {_(text)}" for n, text in enumerate(found.steps if found else (), 1)]
        return ports.Prompt(
            self.state.showings,
            f"{view.exercise_name(self._settings, exercise)}, {spell(length)}",
            "\n".join(steps),
            (ports.Choice("done", _("Done")), ports.Choice("close", _("Stop"))),
        )

    # --- effects ------------------------------------------------------------------------------------------------

    def tell(self, event: e.Event) -> list[e.Effect]:
        """Step the engine and perform what it asks for."""
        self.state, effects = step(self.state, event)
        self._touched = holding.last_touch(self._touched, event)
        self._changed = self._changed or bool(effects) or not isinstance(event, e.Tick)
        if rows := [row for effect in effects if (row := self._to_log(effect))]:
            self._outside.history.append(rows)
        for effect in effects:
            self._perform(effect)
        return effects

    def _to_log(self, effect: e.Effect) -> Record | Span | None:
        """Return what the log keeps of an effect."""
        match effect:
            case e.Log():
                return effect.row
            case e.LogSpan():
                sees = self._outside.presence.sees_pauses and effect.span.offer != self._unseen
                return effect.span if sees else replace(effect.span, input_s=None)
            case _:
                return None

    def _perform(self, effect: e.Effect) -> None:
        match effect:
            case e.Log():
                log.info("%s", effect.row.event)
                hook = view.hook(self._settings, effect.row)
                if hook:
                    self._outside.hooks.run(hook, facts(effect.row))
            case e.LogSpan():
                pass
            case e.AskBack():
                self._back = "wanted" if self._said_on(self.state.now) is None else ""
            case e.ShowPrompt():
                self._say(view.prompt(self.state, effect))
            case e.WithdrawPrompt():
                self._withdraw()
            case e.WarnAhead():
                self._show(view.heads_up(self.state, effect), "heads-up")
            case e.OpenRoutine():
                self._window_of = effect.offer
                self._outside.routines.open(effect.offer, effect.exercise, effect.length, self._settings)
            case e.CloseRoutine():
                self._outside.routines.close()
            case e.RoutineOver():
                taken = self._outside.history.taken_on(view.wall(self.state, self.state.now).date())
                self._outside.routines.farewell(view.farewell(self.state, taken))
                if "routine" in self._known.problems:  # its steps stand in the notification
                    self._withdraw()
            case e.Refused():
                log.info("an answer came that does nothing: %s", effect.why)
            case _:
                assert_never(effect)

    def _say(self, prompt: ports.Prompt) -> None:
        self._told_prompt = prompt
        self._show(prompt)

    def _show(self, prompt: ports.Prompt, passing: str | None = None) -> None:
        """Show this in place of what is on the screen; `passing` names what goes by itself when it is out of date."""
        self._passing = None if passing is None else (passing, prompt)
        self._outside.prompter.show(prompt)

    def _withdraw(self) -> None:
        self._told_prompt = self._passing = None
        self._outside.prompter.withdraw()

    def _take_back(self, about: str) -> None:
        """Tell this no more, and take it off the screen if it still stands there."""
        self._notices.pop(about, None)
        if self._passing is not None and self._passing[0] == about:
            self._withdraw()

    def _show_again(self) -> None:
        """Put back what a notification server took with it when it ended."""
        if self._told_prompt is not None and self.state.offer is not None:
            self._show(self._told_prompt)

    def _welcomed(self, settings: Settings | None) -> None:
        if settings is not None:
            self.reconfigure(settings)
        if self._told_prompt is None:  # whoever was asked meanwhile knows how it asks
            self.greet()

    def _reload(self) -> None:
        """Take the configuration as its file is now; where that has mistakes, keep the last good one and say so."""
        try:
            settings = self._outside.configuration.read()
        except UsageError as error:
            self._keep_config(str(error))
            return
        self._known.config_error = None
        self._take_back("config")
        self.reconfigure(settings)

    def reconfigure(self, settings: Settings) -> None:
        """Go on with another configuration, and have the adapters that keep a value of it follow."""
        if settings == self._settings:
            return
        asks_otherwise = settings.prompt_window != self._settings.prompt_window
        if settings.hooks != self._settings.hooks:  # what was wrong with the old ones is over
            for about in [about for about in self._known.problems if about.startswith("hooks.")]:
                self.problem(about, None)
        self._settings = settings
        self._outside.presence.set_away_after(settings.away_after / SECOND)
        reasons = holding.wanted(settings)
        self._board = self._board.only(reasons)
        self._outside.holds.watch(reasons)
        self._outside.ask_by(settings.prompt_window, settings.routine.theme)
        self.tell(e.Configured(self.state.now, settings))
        if asks_otherwise:
            self._show_again()

    def greet(self) -> None:
        """Show a newcomer, once, how breakd will ask."""
        self._show(view.first_contact(FIRST_CONTACT, self._settings))

    def _end(self, kind: str, at: int) -> None:
        """End: by `quit` nothing is kept but the log; `restart` comes back at once, `end` at the next start."""
        self.tell(e.Stopped(at, quit=kind == "quit"))
        if kind == "quit":
            self._outside.save({})
        else:
            self._save()
        self._ending = kind

    # --- the command line ---------------------------------------------------------------------------------------

    def _commanded(self, command: ports.Command, at: int) -> None:
        """Answer a request; whatever it holds, it gets a reply."""
        try:
            reply = self._do(command.request, at)
        except ValueError as error:
            reply = {"ok": False, "status": 2, "text": str(error)}
        self._replies.append((command.reply, reply | {"version": __version__}))
        if command.request.get("do") == "follow" and reply["ok"]:
            glance = view.glance(self.state, self._around(), command.request.get("format"))
            self._followers.append(_Follower(command, glance))

    def _do(self, request: dict[str, Any], at: int) -> dict[str, Any]:
        """Return the reply to a request. Raises ValueError for a wrong one."""
        match request.get("do"):
            case "status" | "follow":
                return _good(*view.report(self.state, self._around(), request.get("format")))
            case "why":
                around = self._around()
                data = {"sentence": view.sentence(self.state), "gates": list(view.gates(self.state, around))}
                return _good(view.why_text(self.state, around), data)
            case "start":
                return self._start(_exercise(request.get("exercise"), self._settings), at)
            case "snooze":
                length = requests.length(request.get("for"))
                return self._answer(e.Snooze(at, "cli", length), _("there is no break to snooze"))
            case "skip":
                return self._answer(e.Skip(at, "cli"), _("there is no break to skip"))
            case "pause":
                return self._pause(requests.length(request.get("for")), requests.until(request.get("until")), at)
            case "stand" | "sit" as posture:
                self.tell(e.Stand(at) if posture == "stand" else e.Sit(at))
                if posture == "stand" and self.state.person.standing is None:
                    return _bad(_("the screen is locked: nobody stands at it"))
                return _good(view.sentence(self.state))
            case "felt":
                return self._rated(requests.rating(request.get("rating")), at)
            case "resume":
                refused = any(isinstance(effect, e.Refused) for effect in self.tell(e.Resume(at, "cli")))
                return _good(_("There was no pause.") if refused else view.sentence(self.state))
            case "menu":
                menu = [asdict(entry) for entry in self._menu()]
                return _good(view.sentence(self.state), {"theme": self._settings.routine.theme, "entries": menu})
            case "choose":
                return self._choose(request.get("key"), at)
            case "reserve":
                return self._reserve(request.get("offers"))
            case "restart" if (wrong := self._wrong_config()) is not None:
                return {"ok": False, "status": 2, "text": wrong}
            case "quit" | "restart" as kind:
                self._end(kind, at)
                return _good(_("breakd ends.") if kind == "quit" else _("breakd starts anew."))
            case other:
                raise ValueError(_("this breakd knows no request {name}").format(name=json.dumps(other)[:40]))

    def _reserve(self, offers: object) -> dict[str, Any]:
        """Give so many numbers of offers to an import, which writes their rows; no offer here gets one of them.

        Raises ValueError where that is no such number.
        """
        if not isinstance(offers, int) or isinstance(offers, bool) or not 0 < offers <= MOST_RESERVED:
            raise ValueError(_("reserve needs a number of offers from 1 to {most}").format(most=MOST_RESERVED))
        last = max(self.state.offers, self._outside.history.last_offer())
        self.state = replace(self.state, offers=last + offers)
        self._changed = True
        text = _("The numbers from {first} to {last} are for an import.")
        return _good(text.format(first=last + 1, last=last + offers), {"first": last + 1})

    def _menu(self) -> tuple[ports.Entry, ...]:
        return view.tray(self.state, problem=bool(self._problem_lines())).menu

    def _choose(self, key: object, at: int) -> dict[str, Any]:
        """Do what an entry of the menu says, as it is now. Raises ValueError where the menu has no such entry."""
        entries = (each for entry in self._menu() for each in (entry, *entry.entries))
        entry = next((entry for entry in entries if entry.key == key), None)
        if key is None or entry is None:
            raise ValueError(_("the menu has no entry {key} now").format(key=json.dumps(key)[:40]))
        if not entry.enabled:
            return _bad(_("{entry} cannot be chosen now").format(entry=entry.label))
        self._chosen(str(key), at)
        return _good(view.sentence(self.state))

    def _wrong_config(self) -> str | None:
        """Return why the file as it is now would keep a daemon from starting, None where it would not."""
        try:
            self._outside.configuration.read()
        except UsageError as error:
            self._keep_config(str(error))
            return _("{problems}\nbreakd goes on with the configuration that it has.").format(problems=error)
        return None

    def _keep_config(self, wrong: str) -> None:
        """Go on with the last good configuration, and say so, once for each mistake."""
        if wrong == self._known.config_error:
            return
        self._known.config_error = wrong
        title = _("Mistakes: the last good configuration stays")
        self._notices["config"] = ports.Prompt(0, title, view.mistakes(wrong))

    def _start(self, exercise: str | None, at: int) -> dict[str, Any]:
        effects = self.tell(e.Start(at, "cli", exercise))
        begun = next((effect for effect in effects if isinstance(effect, e.OpenRoutine)), None)
        if begun is None:
            return _bad(_("a routine is running already"))
        name = view.exercise_name(self._settings, begun.exercise)
        return _good(_("{exercise}, {time}: here it comes.").format(exercise=name, time=spell(begun.length)))

    def _answer(self, event: e.Snooze | e.Skip, nothing: str) -> dict[str, Any]:
        why = next((effect.why for effect in self.tell(event) if isinstance(effect, e.Refused)), None)
        if why is None:
            return _good(view.sentence(self.state))
        if why == "limit":
            n = self._settings.max_snoozes
            return _bad(plural("it was snoozed once, which is as often as it can be", "no more snoozes after {n}", n))
        return _bad(_("a routine is running; end it in its window") if why == "routine" else nothing)

    def _pause(self, length: int | None, until: str | None, at: int) -> dict[str, Any]:
        if length is not None and until is not None:
            raise ValueError(_("a pause has a duration or an end, not both"))
        self.tell(e.Pause(at, "cli", length, until))
        return _good(view.sentence(self.state))

    def _rated(self, rating: int, at: int) -> dict[str, Any]:
        said = self._felt(e.Felt(at, "cli", rating))
        if said is not None:
            return _bad(_("you said {n} today; once a day is enough").format(n=said))
        return _good(_("Logged: {n} of 10.").format(n=rating))

    def _problem_lines(self) -> list[str]:
        history = self._outside.history
        return [*self._known.problems.values(), *filter(None, (history.error, history.notice))]

    def _around(self) -> view.Around:
        return view.Around(
            sources=self._known.sources,
            config_error=self._known.config_error,
            log_error=self._outside.history.error or self._outside.history.notice,
            version=__version__,
            pid=os.getpid(),
            problems=tuple(self._known.problems.values()),
        )


def _good(text: str, data: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"ok": True, "status": 0, "text": text, "data": data}


def _bad(text: str) -> dict[str, Any]:
    return {"ok": False, "status": 1, "text": text}


def _exercise(value: object, settings: Settings) -> str | None:
    there = [*BUILT_IN, *(own.id for own in settings.exercises)]
    if value is None or value in there:
        return None if value is None else str(value)
    raise ValueError(
        _("{name} is no exercise; there are {known}").format(name=json.dumps(value)[:40], known=", ".join(there))
    )
