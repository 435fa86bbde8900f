"""Whether the screen is locked, by the words of all who can tell.

Laws: it is locked while any of them says so; each change is told once. A lock that was only asked for is believed until
that source says otherwise, or the person is seen: many lockers never say that they let the person in again.
"""

import threading

from breakd.ports import Locked, Post, SourceChanged, Unlocked


class Locks:
    """The words of the sources, from any thread; tells Locked and Unlocked, and SourceChanged (`lock`) who can tell."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self._words: dict[str, bool] = {}
        self._unsure: set[str] = set()  # by whom a lock is believed that nobody vouches for
        self._locked = False
        self._names: str | None = None
        self._begun = self._closed = False
        # Two buses tell, each on its thread: what is posted last must be what holds.
        self._telling = threading.Lock()

    def locked(self) -> bool:
        return self._locked

    def says(self, source: str, *, locked: bool) -> None:
        """Take a source's word; it can tell from now on."""
        with self._telling:
            self._words[source] = locked
            self._unsure = set() if locked else self._unsure - {source}
            self._tell()

    def asked(self, source: str) -> None:
        """Take it that somebody asked for a lock; whoever locks may say so, or not."""
        with self._telling:
            if not any(self._words.values()):
                self._unsure.add(source)
            self._tell()

    def silent(self, source: str) -> None:
        """Take it that the source has nothing to tell, or went and left no lock."""
        with self._telling:
            self._words.pop(source, None)
            self._unsure.discard(source)
            self._tell()

    def lost(self, source: str) -> None:
        """Take it that the source went, but not the lock that it told of."""
        with self._telling:
            if self._words.pop(source, False) and not any(self._words.values()):
                self._unsure.add(source)
            self._tell()

    def seen(self) -> None:
        """Take it that the person is there: a lock that nobody vouches for is over."""
        with self._telling:
            self._unsure = set()
            self._tell()

    def begin(self) -> None:
        """Tell from now on who can tell: all that is there at the start has had the time to say so."""
        with self._telling:
            self._begun = True
            self._tell()

    def close(self) -> None:
        """Tell nothing more."""
        with self._telling:
            self._closed = True

    def _tell(self) -> None:
        if self._closed:
            return
        locked = bool(self._unsure) or any(self._words.values())
        if locked != self._locked:
            self._locked = locked
            self._post(Locked() if locked else Unlocked())
        names = ", ".join(sorted(self._words, key=lambda name: (name != "logind", name))) or "none"
        if self._begun and names != self._names:
            self._names = names
            self._post(SourceChanged("lock", names))
