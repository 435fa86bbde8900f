"""Signals, sent to this very process."""

import os
import signal
import threading
from contextlib import closing
from queue import SimpleQueue

import pytest

from breakd.adapters.signals import Endings

SECONDS = 10


def test_they_are_heard_on_another_thread() -> None:
    heard: SimpleQueue[str] = SimpleQueue()
    with closing(Endings([signal.SIGUSR1, signal.SIGUSR2], lambda: heard.put(threading.current_thread().name))):
        for number in (signal.SIGUSR1, signal.SIGUSR2):
            os.kill(os.getpid(), number)
            assert heard.get(timeout=SECONDS) == "signals"


def test_others_are_not_its_own() -> None:
    heard: SimpleQueue[str] = SimpleQueue()
    before = signal.signal(signal.SIGUSR2, lambda *_: None)
    with closing(Endings([signal.SIGUSR1], lambda: heard.put("USR1"))):
        os.kill(os.getpid(), signal.SIGUSR2)
        os.kill(os.getpid(), signal.SIGUSR1)
        assert heard.get(timeout=SECONDS) == "USR1"
        assert heard.empty()
    signal.signal(signal.SIGUSR2, before)


def test_closed_it_leaves_the_signals_as_they_were() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with closing(Endings([signal.SIGTERM], lambda: pytest.fail("nothing was sent"))):
        assert signal.getsignal(signal.SIGTERM) is not before
    assert signal.getsignal(signal.SIGTERM) is before
    assert signal.set_wakeup_fd(-1) == -1
