"""How what may be lost is followed, on a thread that ends when it is told to; and what a reason tells."""

import threading
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest

from breakd.adapters.backoff import Backoff
from breakd.adapters.follower import Follower, Waker, identity, wait_for
from breakd.adapters.reason import Reason
from breakd.ports import InUse, Message, SourceChanged
from leaks import nothing_left

SECONDS = 20.0


@pytest.fixture
def waker() -> Iterator[Waker]:
    with Waker() as waker:
        yield waker


@pytest.mark.parametrize("error", [ConnectionResetError, KeyError, RecursionError])
def test_whatever_it_ends_by_is_a_loss_and_it_is_tried_again(tmp_path: Path, error: type[Exception]) -> None:
    path, told = tmp_path / "socket", SimpleQueue[str]()

    def follow(_waker: Waker, _backoff: Backoff) -> None:
        told.put("followed")
        if not path.exists():
            path.touch()  # a server, which is found at once
        raise error

    follower = Follower("it", follow, lambda: told.put("lost"), path=str(path))
    assert [told.get(timeout=SECONDS) for _ in range(4)] == ["followed", "lost"] * 2
    follower.close()


def test_closed_while_it_waits_it_ends_and_leaves_nothing() -> None:
    def begin_and_end() -> None:
        waits, lost = threading.Event(), threading.Event()

        def follow(waker: Waker, _backoff: Backoff) -> None:
            waits.set()
            waker.wait(None)

        follower = Follower("it", follow, lost.set)
        assert waits.wait(SECONDS)
        follower.close()
        assert lost.is_set()
        follower.close()

    with nothing_left():
        for _ in range(10):
            begin_and_end()


def test_a_socket_that_came_before_it_began_to_wait_is_found(tmp_path: Path, waker: Waker) -> None:
    path = tmp_path / "native"
    path.touch()
    assert wait_for(str(path), None, SECONDS, waker)


def test_a_socket_that_a_killed_server_left_is_not_tried_again_and_again(tmp_path: Path, waker: Waker) -> None:
    path = tmp_path / "native"
    path.touch()
    tried = identity(str(path))
    assert not wait_for(str(path), tried, 0.01, waker)
    path.rename(tmp_path / "left")
    path.touch()
    assert wait_for(str(path), tried, SECONDS, waker)


def test_a_place_that_is_nowhere_is_waited_for_by_the_clock(waker: Waker) -> None:
    assert not wait_for("not/from/the/root", None, 0.01, waker)


def test_a_reason_tells_what_changed_and_nothing_once_it_is_closed() -> None:
    told = SimpleQueue[Message]()
    reason = Reason(told.put, "camera")
    for _ in range(2):
        reason.seen("one", (("zoom",),))
    assert reason.known.is_set()
    reason.seen("other", ())
    reason.close()
    reason.seen("one", (("zoom",),))
    assert [told.get_nowait() for _ in range(told.qsize())] == [
        SourceChanged("hold:camera", "one"),
        InUse("camera", "one", (("zoom",),)),
        InUse("camera", "one", ()),
        SourceChanged("hold:camera", "other"),
    ]
