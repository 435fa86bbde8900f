"""The source of full-screen windows, and what it told, for tests."""

from queue import SimpleQueue

from breakd.adapters import fullscreen
from breakd.adapters.backoff import Backoff
from breakd.ports import InUse, Message, SourceChanged

SECONDS = 20


class Soon(Backoff):
    """A test does not wait."""

    def next_s(self) -> float:
        return 0.02


class Watch:
    """The source and what it told. Each of its messages is taken, so one too many fails the next step."""

    def __init__(self, name: str) -> None:
        self.told: SimpleQueue[Message] = SimpleQueue()
        self.source = fullscreen.Fullscreen(self.told.put, fullscreen.ways(), Soon())
        self.name = name
        assert self.next() == SourceChanged("hold:fullscreen", name)
        assert self.source.known.wait(SECONDS)

    def next(self) -> Message:
        return self.told.get(timeout=SECONDS)

    def seen(self) -> list[str]:
        """Return the first name of each user that is told next."""
        told = self.next()
        assert isinstance(told, InUse), told
        assert (told.reason, told.source) == ("fullscreen", self.name)
        return [user[0] for user in told.users]

    def wait_for(self, *names: str) -> None:
        """Take what is told until it is these."""
        while self.seen() != list(names):
            pass
