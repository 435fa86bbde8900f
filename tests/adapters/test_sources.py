"""Which source of presence serves while others come and go: sources of the test's own, which it gives and takes."""

from queue import Empty, SimpleQueue

import pytest

from breakd.adapters.backoff import LONGEST_S, Backoff
from breakd.adapters.sources import NotHereError, Sources, Way
from breakd.ports import CameBack, Message, Post, SourceChanged, WentIdle

AWAY_S = 180.0
SECONDS = 10


class FakeWay:
    """A way and the source that it connects; `works` says whether it can be."""

    def __init__(self, name: str, *, works: bool = True, sees_input: bool = True) -> None:
        self.name = name
        self.sees_pauses = sees_input
        self.works = works
        self.early: tuple[Message, ...] = ()
        self.tries = 0
        self.tried: SimpleQueue[str] = SimpleQueue()
        self.asked: list[object] = []
        self.post: Post = lambda _message: None
        self.way = Way(name, self.connect, sees_input=sees_input)

    def connect(self, post: Post, away_after_s: float) -> "FakeWay":
        self.tries += 1
        self.tried.put(self.name)
        self.post = post
        if not self.works:
            raise NotHereError("it is not here")
        self.asked = [away_after_s]
        for message in (SourceChanged("presence", self.name), *self.early):
            post(message)
        return self

    def lose(self) -> None:
        self.works = False
        self.post(SourceChanged("presence", "unknown"))

    def idle_s(self) -> float | None:
        return 7.0

    def set_away_after(self, seconds: float) -> None:
        self.asked.append(seconds)

    def watch_return(self) -> None:
        self.asked.append("return")

    def watch_pause(self) -> None:
        self.asked.append("pause")

    def close(self) -> None:
        self.asked = ["closed"]


class Waits(Backoff):
    """Waits that are given, and the last one for ever."""

    def __init__(self, *seconds: float) -> None:
        super().__init__()
        self._seconds = list(seconds)

    def next_s(self) -> float:
        return self._seconds.pop(0) if len(self._seconds) > 1 else self._seconds[0]


class Chosen:
    """What is chosen among ways, and what it tells."""

    def __init__(self, *ways: FakeWay, waits: Backoff | None = None) -> None:
        self.told: SimpleQueue[Message] = SimpleQueue()
        self.sources = Sources(self.told.put, [each.way for each in ways], AWAY_S, waits or Waits(0.01))

    def next(self) -> Message:
        return self.told.get(timeout=SECONDS)

    def let_the_search_end(self) -> None:
        seeker = self.sources._seeker
        if seeker is not None:
            seeker.join(SECONDS)
            assert not seeker.is_alive()


def named(name: str) -> SourceChanged:
    return SourceChanged("presence", name)


def test_the_first_that_works_serves_and_no_other_is_tried() -> None:
    absent, first, second = FakeWay("absent", works=False), FakeWay("first"), FakeWay("second")
    chosen = Chosen(absent, first, second)
    assert chosen.next() == named("first")
    assert (chosen.sources.name, chosen.sources.sees_pauses, chosen.sources.idle_s()) == ("first", True, 7.0)
    assert (absent.tries, first.tries, second.tries) == (1, 1, 0)
    assert first.asked == [AWAY_S]
    chosen.let_the_search_end()


def test_what_a_source_tells_at_once_comes_after_its_name() -> None:
    first = FakeWay("first")
    first.early = (WentIdle(200.0),)
    chosen = Chosen(first)
    assert [chosen.next(), chosen.next()] == [named("first"), WentIdle(200.0)]


def test_the_next_serves_for_the_one_that_is_lost_and_is_asked_what_that_was() -> None:
    first, second = FakeWay("first"), FakeWay("second", sees_input=False)
    chosen = Chosen(first, second, waits=Waits(LONGEST_S))
    assert chosen.next() == named("first")
    chosen.sources.set_away_after(60)
    chosen.sources.watch_return()
    chosen.sources.watch_pause()
    first.lose()
    assert chosen.next() == named("second")
    assert chosen.sources.sees_pauses is False
    chosen.sources.set_away_after(90)  # which waits until all is asked
    assert second.asked == [60, "return", "pause", 90]
    first.post(CameBack())
    second.post(WentIdle(60))
    assert chosen.next() == WentIdle(60)
    chosen.sources.close()


def test_what_was_told_already_is_not_asked_of_the_next() -> None:
    first, second = FakeWay("first"), FakeWay("second")
    chosen = Chosen(first, second)
    chosen.sources.watch_return()
    chosen.sources.watch_pause()
    first.post(WentIdle(3.0))
    first.post(CameBack())
    first.lose()
    told = [chosen.next() for _each in range(4)]
    assert told == [named("first"), WentIdle(3.0), CameBack(), named("second")]
    chosen.sources.set_away_after(60)
    assert second.asked == [AWAY_S, 60]
    chosen.sources.close()


def test_a_return_is_owed_after_an_absence_was_told() -> None:
    first, second = FakeWay("first"), FakeWay("second")
    chosen = Chosen(first, second)
    first.post(WentIdle(AWAY_S))
    first.lose()
    assert [chosen.next() for _each in range(3)] == [named("first"), WentIdle(AWAY_S), named("second")]
    chosen.sources.set_away_after(60)
    assert second.asked == [AWAY_S, "return", 60]
    chosen.sources.close()


def test_the_one_that_was_lost_is_taken_back_and_the_other_let_go() -> None:
    first, second = FakeWay("first"), FakeWay("second")
    chosen = Chosen(first, second)
    first.lose()
    assert [chosen.next(), chosen.next()] == [named("first"), named("second")]
    first.works = True
    assert chosen.next() == named("first")
    chosen.let_the_search_end()
    assert second.asked == ["closed"]


def test_with_no_other_it_is_unknown_until_one_comes() -> None:
    first = FakeWay("first")
    chosen = Chosen(first)
    first.lose()
    assert [chosen.next(), chosen.next()] == [named("first"), named("unknown")]
    assert (chosen.sources.name, chosen.sources.sees_pauses, chosen.sources.idle_s()) == ("unknown", False, None)
    first.works = True
    assert chosen.next() == named("first")
    chosen.let_the_search_end()


def test_one_that_says_that_it_came_is_tried_at_once() -> None:
    better, poor = FakeWay("better"), FakeWay("poor", sees_input=False)
    chosen = Chosen(better, poor, waits=Waits(LONGEST_S))
    better.lose()
    assert [chosen.next(), chosen.next()] == [named("better"), named("poor")]
    better.works = True
    better.post(named("better"))
    assert chosen.next() == named("better")


def test_one_that_comes_while_the_next_is_connected_is_tried_after_that() -> None:
    better = FakeWay("better", works=False)

    class Next(FakeWay):
        def connect(self, post: Post, away_after_s: float) -> FakeWay:
            better.works = True
            better.post(named("better"))
            better.tried.get_nowait()
            with pytest.raises(Empty):
                better.tried.get(timeout=0.1)
            return super().connect(post, away_after_s)

    other = Next("other")
    chosen = Chosen(better, other)
    assert [chosen.next(), chosen.next()] == [named("other"), named("better")]
    chosen.let_the_search_end()
    assert (better.asked, other.asked) == ([AWAY_S], ["closed"])


def test_what_was_never_there_is_tried_for_the_first_minutes_only() -> None:
    absent, poor = FakeWay("absent", works=False), FakeWay("poor", sees_input=False)
    chosen = Chosen(absent, poor, waits=Waits(0.0, 0.0, LONGEST_S))
    chosen.let_the_search_end()
    assert (absent.tries, poor.tries) == (3, 1)
    assert chosen.next() == named("poor")
    assert chosen.told.empty()


def test_what_was_never_there_is_not_tried_again_where_a_good_one_serves() -> None:
    absent, first = FakeWay("absent", works=False), FakeWay("first")
    chosen = Chosen(absent, first)
    chosen.let_the_search_end()
    assert absent.tries == 1


def test_what_served_is_tried_for_as_long_as_it_is_lost() -> None:
    absent, first, second = FakeWay("absent", works=False), FakeWay("first"), FakeWay("second")
    chosen = Chosen(absent, first, second, waits=Waits(0.0))
    first.lose()
    assert [chosen.next(), chosen.next()] == [named("first"), named("second")]
    for _each in range(20):
        first.tried.get(timeout=SECONDS)
    assert absent.tries == 2, "at the start, and at the loss"
    chosen.sources.close()
    chosen.let_the_search_end()


def test_one_that_is_lost_as_soon_as_it_is_connected_does_not_serve() -> None:
    first, second = FakeWay("first"), FakeWay("second")
    first.early = (named("unknown"),)
    chosen = Chosen(first, second)
    assert chosen.next() == named("second")
    assert first.asked == ["closed"]


def test_closed_it_tells_nothing_and_looks_for_nothing() -> None:
    first, second = FakeWay("first"), FakeWay("second")
    chosen = Chosen(first, second)
    assert chosen.next() == named("first")
    chosen.sources.close()
    first.post(WentIdle(1.0))
    first.lose()
    chosen.let_the_search_end()
    assert chosen.told.empty()
    assert (first.asked, second.tries) == (["closed"], 0)
