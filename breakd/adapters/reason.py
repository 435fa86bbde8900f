"""What the source of a reason to hold tells of it.

Laws: only what has changed is told, and nothing once it is closed.
"""

import threading

from breakd.ports import InUse, Message, Post, SourceChanged

Users = tuple[tuple[str, ...], ...]


class Reason:
    """One reason; `known` is ports.HoldSource's."""

    def __init__(self, post: Post, name: str) -> None:
        self.known = threading.Event()
        self._post, self._name = post, name
        self._serves: str | None = None
        self._users: dict[str, Users] = {}
        self._closed = False

    def close(self) -> None:
        self._closed = True

    def serves(self, name: str) -> None:
        """Tell what serves now."""
        if name != self._serves:
            self._serves = name
            self._say(SourceChanged(f"hold:{self._name}", name))

    def used(self, source: str, users: Users) -> None:
        """Tell who uses it, as this source sees it."""
        if users != self._users.get(source, ()):
            self._users[source] = users
            self._say(InUse(self._name, source, users))

    def seen(self, source: str, users: Users) -> None:
        """Tell that this source alone serves now, and who uses it; what others saw is no more. All is known then."""
        for other in self._users.keys() - {source}:
            self.used(other, ())
        self.serves(source)
        self.used(source, users)
        self.known.set()

    def _say(self, message: Message) -> None:
        if not self._closed:
            self._post(message)
