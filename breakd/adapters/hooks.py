"""Runs the user's own programs at events of the log, each with the event as JSON on its standard input.

Law: no shell, and no program keeps the loop waiting: each has its time and is then ended. What cannot be run is
noted in the text log.
"""

from collections.abc import Sequence
from typing import Any


class HookRunner:
    """Runs a program an event."""

    def run(self, command: Sequence[str], event: dict[str, Any]) -> None:
        """Run the command with the event on its standard input, and go on. Never raises."""

    def close(self) -> None:
        """End what runs still."""
