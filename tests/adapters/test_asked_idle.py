"""Presence on Windows and macOS: what the system would answer is played, and the time, too."""

import ctypes
from queue import SimpleQueue
from types import SimpleNamespace

import pytest

from breakd.adapters import macos, presence, win32
from breakd.adapters.asked_idle import COSTLY_PAUSE_S, LATE_RETURN_S, RETURN_S, AskedIdle, Watch
from breakd.ports import PAUSE_S, CameBack, Message, SourceChanged, WentIdle

AWAY_S = 180.0
SECONDS = 10


class FakePerson:
    """A person at a machine, its clock, and a watch on both, which looks when it said that it would."""

    def __init__(self, away_after_s: float = AWAY_S, *, costly: bool = False) -> None:
        self.now = 1000.0
        self.last_input: float | None = 1000.0
        self.told: list[Message] = []
        self.looks = 0
        self.on_the_way_s = 0.0
        """How long an answer takes once the system has looked at its clock."""
        self.watch = Watch(self.told.append, self.idle_s, away_after_s, lambda: self.now, costly=costly)
        self.next_look = self.now

    def idle_s(self) -> float | None:
        idle = None if self.last_input is None else self.now - self.last_input
        self.now += self.on_the_way_s
        return idle

    def acts(self) -> None:
        self.last_input = self.now

    def look(self) -> None:
        self.next_look = self.now + self.watch.look()
        self.looks += 1

    def wait(self, seconds: float) -> list[Message]:
        """Let time pass, and return what was told meanwhile."""
        end = self.now + seconds
        while self.next_look <= end:
            self.now = max(self.now, self.next_look)
            self.look()
        self.now = end
        told, self.told[:] = [*self.told], []
        return told


@pytest.fixture
def person() -> FakePerson:
    return FakePerson()


def test_away_and_back(person: FakePerson) -> None:
    assert person.wait(AWAY_S - 1) == []
    (gone,) = person.wait(1)
    assert isinstance(gone, WentIdle)
    assert gone.seconds == pytest.approx(AWAY_S)
    assert person.wait(3600) == []
    person.acts()
    assert person.wait(RETURN_S) == [CameBack()]
    person.acts()
    assert person.wait(AWAY_S - 1) == []


def test_an_absence_before_the_start_is_told() -> None:
    person = FakePerson()
    person.last_input = person.now - 500
    assert person.wait(0) == [WentIdle(500.0)]


def test_somebody_who_works_is_asked_about_seldom(person: FakePerson) -> None:
    for _second in range(3600):
        person.acts()
        person.wait(1)
    assert person.looks <= 3600 / AWAY_S + 2


def test_reading_for_less_than_that_is_no_absence(person: FakePerson) -> None:
    for _time in range(10):
        assert person.wait(AWAY_S - 1) == []
        person.acts()


def test_a_return_is_told_however_short_the_silence(person: FakePerson) -> None:
    person.wait(0.5)
    person.watch.await_return()
    person.look()
    assert person.wait(10) == []
    person.acts()
    assert person.wait(RETURN_S) == [CameBack()]
    person.acts()
    assert person.wait(60) == [], "it is told once"


def test_an_input_between_two_looks_is_a_return_even_if_it_was_sooner_after_the_look(person: FakePerson) -> None:
    person.wait(0.1)
    person.watch.await_return()
    person.look()
    person.wait(0.3)
    person.acts()
    assert person.wait(RETURN_S) == [CameBack()]


def test_a_return_is_not_missed_when_it_is_asked_for_after_it(person: FakePerson) -> None:
    assert len(person.wait(AWAY_S)) == 1
    person.acts()
    person.watch.await_return()
    assert person.wait(RETURN_S) == [CameBack()]


@pytest.mark.parametrize("awaited", [False, True])
def test_an_answer_that_is_late_is_no_return(person: FakePerson, *, awaited: bool) -> None:
    person.wait(10)
    if awaited:
        person.watch.await_return()
        person.look()
    for slow_s in (0.0, 0.9, 0.0, 0.4):
        person.on_the_way_s = slow_s
        told = person.wait(AWAY_S)
        assert CameBack() not in told
    person.acts()
    assert CameBack() in person.wait(2 * RETURN_S)


def test_an_absence_is_told_while_a_return_is_awaited(person: FakePerson) -> None:
    person.watch.await_return()
    person.look()
    (gone,) = person.wait(AWAY_S + RETURN_S)
    assert isinstance(gone, WentIdle)
    person.acts()
    assert person.wait(RETURN_S) == [CameBack()]


def test_a_shorter_time_finds_the_absence_that_is_there(person: FakePerson) -> None:
    person.wait(100)
    person.watch.set_away_after(60)
    person.look()
    assert person.wait(0) == [WentIdle(100.0)]


def test_a_longer_time_does_not_miss_the_return_from_a_shorter_absence(person: FakePerson) -> None:
    assert len(person.wait(AWAY_S)) == 1
    person.watch.set_away_after(3600)
    person.look()
    assert person.wait(10) == []
    person.acts()
    assert person.wait(RETURN_S) == [CameBack()]


def test_a_system_that_does_not_say_is_asked_again(person: FakePerson) -> None:
    person.last_input = None
    assert person.wait(2 * AWAY_S) == []
    person.watch.await_return()
    person.last_input = person.now - AWAY_S
    person.look()
    assert person.wait(0) == [WentIdle(AWAY_S)]


def test_a_pause_is_told_once_and_the_return_after_it(person: FakePerson) -> None:
    person.watch.await_pause()
    person.look()
    person.wait(1)
    person.acts()
    (paused,) = person.wait(PAUSE_S + 0.5)
    assert isinstance(paused, WentIdle)
    assert PAUSE_S <= paused.seconds <= PAUSE_S + 0.5
    person.wait(10)
    person.acts()
    assert person.wait(RETURN_S) == [CameBack()]
    assert person.wait(AWAY_S / 2) == [], "and no other pause"


def test_a_pause_that_is_there_is_told_at_once(person: FakePerson) -> None:
    person.wait(10)
    person.watch.await_pause()
    person.look()
    assert person.wait(0) == [WentIdle(10.0)]


def test_a_pause_that_goes_on_becomes_an_absence(person: FakePerson) -> None:
    person.watch.await_pause()
    person.look()
    told = person.wait(AWAY_S + RETURN_S)
    assert [type(each) for each in told] == [WentIdle, WentIdle]
    person.acts()
    assert person.wait(RETURN_S) == [CameBack()]


def test_while_a_pause_of_somebody_who_types_is_awaited_few_questions_are_asked() -> None:
    for costly, most in ((False, 25), (True, 11)):
        person = FakePerson(costly=costly)
        person.watch.await_pause()
        person.look()
        for _tenth in range(300):
            person.acts()
            assert person.wait(0.2) == []
        assert person.looks <= most


def test_where_asking_is_costly_a_long_absence_costs_little() -> None:
    person = FakePerson(costly=True)
    person.wait(AWAY_S + 300)
    before = person.looks
    assert person.wait(600) == []
    assert person.looks - before <= 600 / LATE_RETURN_S
    person.acts()
    assert person.wait(LATE_RETURN_S) == [CameBack()]
    person.watch.await_pause()
    person.look()
    assert len(person.wait(PAUSE_S + COSTLY_PAUSE_S)) == 1


def test_its_thread_looks_and_takes_what_is_wanted() -> None:
    told: SimpleQueue[Message] = SimpleQueue()
    idle = 0.0
    source = AskedIdle(told.put, "windows", lambda: idle, 3600)
    assert told.get(timeout=SECONDS) == SourceChanged("presence", "windows")
    assert source.name == "windows"
    idle = 100.0
    source.set_away_after(60)
    assert told.get(timeout=SECONDS) == WentIdle(100.0)
    assert source.idle_s() == 100.0
    idle = 0.0
    source.watch_return()  # which has it look at once
    assert told.get(timeout=SECONDS) == CameBack()
    source.close()


# Windows


class FakeWindows:
    """The two calls, with C's types: `ticks` is the counter, `last` the time of the last input by it."""

    def __init__(self, ticks: int, last: int, answers: int = 1) -> None:
        def last_input(place: "ctypes._Pointer[win32.LastInput]") -> int:
            assert place.contents.size == 8, "LASTINPUTINFO has two members of four bytes"
            place.contents.ticks = last
            return answers

        ask = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(win32.LastInput))(last_input)
        count = ctypes.CFUNCTYPE(ctypes.c_int)(lambda: ctypes.c_int(ticks).value)  # ctypes takes a DWORD for an int
        self.idle_s = win32.asking(SimpleNamespace(GetLastInputInfo=ask), SimpleNamespace(GetTickCount=count))


@pytest.mark.parametrize(
    ("ticks", "last", "seconds"),
    [
        (5_000, 2_000, 3.0),
        (2**31 + 1_000, 2**31 - 1_000, 2.0),  # where a signed number would turn negative
        (500, 2**32 - 500, 1.0),  # the counter began anew, as it does each 49.7 days
        (1_000, 1_016, 0.0),  # an input of this very moment
        (15, 2**32 - 1, 0.016),
    ],
)
def test_windows_counts_in_ticks_that_wrap_around(ticks: int, last: int, seconds: float) -> None:
    assert FakeWindows(ticks, last).idle_s() == seconds


def test_windows_may_not_answer() -> None:
    assert FakeWindows(5_000, 2_000, answers=0).idle_s() is None


# macOS


def test_macos_is_asked_for_any_input_of_this_session() -> None:
    asked: list[tuple[int, int]] = []

    def answer(state: int, kind: int) -> float:
        asked.append((state, kind))
        return 12.5

    call = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_int32, ctypes.c_uint32)(answer)
    idle_s = macos.asking(SimpleNamespace(CGEventSourceSecondsSinceLastEventType=call))

    assert idle_s() == 12.5
    assert asked == [(0, 2**32 - 1)]


# Which of them


@pytest.mark.parametrize("platform", ["win32", "darwin", "freebsd14"])
def test_where_the_system_cannot_be_asked_nobody_knows(platform: str) -> None:
    told: list[Message] = []
    source = presence.connect(told.append, None, AWAY_S, platform)
    assert told == [SourceChanged("presence", "unknown")]
    assert source.idle_s() is None
