"""A daemon on a fake machine, in virtual time: the loop's own wake-ups, the alarm, and whatever the test posts."""

from datetime import datetime
from typing import Any

from breakd import ports
from breakd.config.check import check, filled
from breakd.core.settings import Settings
from breakd.core.state import load
from breakd.daemon import Daemon, Outside
from breakd.timekeeping import Timekeeper
from fakes import (
    FakeAlarm,
    FakeBackQuestion,
    FakeClock,
    FakeConfiguration,
    FakeHistory,
    FakeHolds,
    FakeHooks,
    FakeLogin,
    FakePresence,
    FakePrompter,
    FakeRoutines,
    FakeSave,
    FakeTray,
)

MONDAY_9 = "2026-06-01T09:00:00+00:00"


def settings(**document: Any) -> Settings:
    """Return the default settings with these tables in place of theirs; a pause in typing is waited for on request."""
    document["prompt"] = {"wait_for_pause": "0s"} | document.get("prompt", {})
    found, problems = check(filled(document))
    assert found is not None, problems
    return found


MICRO = {"name": "micro", "every": "30m", "length": "2m", "routines": ["helicopters", "knee-hovers"]}
ALL_DAY = {"days": ["mon", "tue", "wed", "thu", "fri"], "hours": ["09:00-17:00"]}
SETTINGS = settings(work=ALL_DAY, **{"break": [MICRO]})


class Machine:
    """One machine with its files; `start` and `kill` come and go on it."""

    def __init__(self, at: str = MONDAY_9, config: Settings = SETTINGS, boot: str = "boot-1") -> None:
        self.clock = FakeClock.at(at)
        self.config, self.boot = config, boot
        self.history, self.save = FakeHistory(), FakeSave()
        self.login, self.presence = FakeLogin(), FakePresence()
        self.file, self.hooks = FakeConfiguration(config), FakeHooks()
        self.on_now: tuple[ports.InUse, ...] = ()
        self.start()

    def start(self) -> None:
        """Start a daemon; what an earlier one saved is there."""
        self.prompter, self.tray, self.routines, self.alarm = FakePrompter(), FakeTray(), FakeRoutines(), FakeAlarm()
        self.back = FakeBackQuestion()
        saved = self.save.document or {}
        keeper = Timekeeper(self.clock.read(), self.boot, saved.get("time"))
        state = load(saved["engine"], self.config) if saved else None
        self.daemon = Daemon(self.config, self.clock)
        self.holds = FakeHolds(self.daemon.post, self.on_now)
        offers = max((row.offer or 0 for row in self.history.rows), default=0)
        self.daemon.begin(self.outside(), keeper, state, offers=offers)

    def outside(self) -> Outside:
        """Return what is around the daemon that starts."""
        return Outside(
            self.clock,
            self.history,
            self.prompter,
            self.tray,
            self.presence,
            self.holds,
            self.login,
            self.routines,
            self.alarm,
            self.save,
            lambda: None,
            self.file,
            self.hooks,
            self.back,
        )

    def tell(self, message: ports.Message) -> None:
        self.daemon.handle(message, self.clock.elapsed_us)

    def catch_up(self) -> None:
        """Have the loop handle what adapters have posted by now."""
        while not self.daemon._queue.empty():
            self.daemon.wake()

    def wait(self, minutes: float) -> None:
        """Let time pass as the loop sees it: it wakes at the alarm, and at least as often as it says."""
        end = self.clock.elapsed_us + round(minutes * 60e6)
        while (left := (end - self.clock.elapsed_us) / 1e6) > 0:
            self.turn(left)

    def turn(self, at_most_s: float) -> None:
        """Let the loop wake once, at the latest after so long."""
        passed = min(at_most_s, self.daemon._longest_wait() / 1e6, *self.alarm.left.values())
        self.clock.pass_time(passed)
        job = self.alarm.pass_time(passed)
        self.daemon.handle(None if job is None else ports.Rang(job), self.clock.elapsed_us)

    def sit(self, minutes: float) -> None:
        """Come back to the keyboard, if nobody is there, and sit."""
        if not self.daemon.state.person.active:
            self.tell(ports.CameBack())
        self.wait(minutes)

    def busy(self, reason: str, *programs: str) -> None:
        """Let a reason to hold begin, by a program of these names."""
        self.tell(ports.InUse(reason, "fake", (programs,)))

    def free(self, reason: str) -> None:
        self.tell(ports.InUse(reason, "fake", ()))

    def screen(self) -> ports.Prompt | None:
        return self.prompter.screen

    def click(self, choice: str) -> None:
        """Click a button of the prompt on the screen."""
        assert self.prompter.screen is not None
        self.tell(ports.PromptAnswered(self.prompter.screen.token, choice))

    def ask(self, **request: Any) -> dict[str, Any]:
        """Send a request of the command line and return the reply."""
        return self.ask_on(**request)[0]

    def ask_on(self, **request: Any) -> list[dict[str, Any]]:
        """Send a request and return the replies, to which others are added as they come."""
        replies: list[dict[str, Any]] = []

        def send(reply: dict[str, Any]) -> bool:
            replies.append(reply)
            return True

        self.tell(ports.Command(request, send))
        return replies

    def events(self) -> list[str]:
        return self.history.events()

    def last(self) -> tuple[str, str]:
        """Return the last row's time of day and event."""
        row = self.history.rows[-1]
        at: datetime = row.at
        return f"{at:%H:%M:%S}", row.event
