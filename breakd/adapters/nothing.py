"""What stands in where there is no tray, no way to ask, no login to watch, or nobody who sees whether one is there.

Law: each is honest about it: the name that it is known by says so, and the rules go on without.
"""

import logging
import threading

from breakd.ports import Post, Prompt, SourceChanged, TrayView

log = logging.getLogger(__name__)


class NoTray:
    """The tray of a terminal."""

    name = "none"

    def show(self, view: TrayView) -> None:
        """Show nothing."""

    def close(self) -> None:
        """Nothing is open."""


class NoPrompter:
    """The window's place where it has given up and the server shows all by itself."""

    name = "none"

    def show(self, prompt: Prompt) -> None:
        """Show nothing."""

    def withdraw(self) -> None:
        """Nothing is shown."""

    def close(self) -> None:
        """Nothing is open."""


class NoBackQuestion:
    """Asks nobody how the back is: there is no screen to ask on."""

    def ask(self, _theme: str, /) -> None:
        """Ask nothing, and note that."""
        log.info("how the back is was not asked: there is no screen")

    def withdraw(self) -> None:
        """Nothing is asked."""

    def close(self) -> None:
        """Nothing is open."""


class NoLogin:
    """Tells nothing: the screen counts as unlocked, and a sleep shows in the clocks."""

    def __init__(self, post: Post) -> None:
        post(SourceChanged("sleep", "none"))
        post(SourceChanged("lock", "none"))

    def locked(self) -> bool:
        return False

    def seen(self) -> None:
        """Nothing is locked."""

    def release(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is open."""


class UnknownPresence:
    """Tells nothing: the person counts as present."""

    name = "unknown"
    sees_pauses = False

    def idle_s(self) -> float | None:
        return None

    def set_away_after(self, seconds: float) -> None:
        """Nobody would notice."""

    def watch_return(self) -> None:
        """Nobody would notice."""

    def watch_pause(self) -> None:
        """Nobody would notice."""

    def close(self) -> None:
        """Nothing is open."""


class NoHold:
    """Tells nothing: the reason is never on."""

    def __init__(self, post: Post, reason: str, name: str = "none") -> None:
        self.known = threading.Event()
        self.known.set()
        post(SourceChanged(f"hold:{reason}", name))

    def close(self) -> None:
        """Nothing is open."""
