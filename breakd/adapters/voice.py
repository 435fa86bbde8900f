"""What can be heard of a routine: its sounds and its spoken cues, and whether the person wants to hear them.

Law: whoever plays or says something is not kept; muting is at once, and is remembered. With a screen reader running,
cues are spoken even where sounds are off, until the person mutes them.
"""

import threading
from contextlib import suppress
from functools import partial
from queue import SimpleQueue

from breakd.adapters.sound import Name, Sounds
from breakd.adapters.speech import Speech, screen_reader_running
from breakd.folders import state_dir

PATIENCE_S = 1.0
"""How long the end may take."""


class Voice:
    """Plays and speaks on a thread of its own, from `wake` on. `sound` is what the configuration says."""

    def __init__(self, *, sound: bool) -> None:
        self._file = state_dir() / "sound"
        self.muted = self._remembered(not sound)
        self._acts: SimpleQueue[partial[None] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="voice", daemon=True)
        self._sounds: Sounds | None = None
        self._speech: Speech | None = None
        self._read_aloud = False

    def wake(self) -> None:
        """Begin; what was played and said before comes now."""
        self._thread.start()

    def play(self, sound: Name) -> None:
        self._acts.put(partial(self._play, sound))

    def say(self, words: str) -> None:
        self._acts.put(partial(self._say, words))

    def mute(self, *, muted: bool) -> None:
        """Fall silent at once, or be heard again, and remember it for the next time."""
        self.muted = muted
        self._acts.put(partial(self._hush))
        with suppress(OSError):  # then it is forgotten with this routine
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file.write_text("off\n" if muted else "on\n")

    def close(self) -> None:
        """Fall silent, and let go of everything."""
        if self._thread.is_alive():
            self._acts.put(partial(self._hush))
            self._acts.put(None)
            self._thread.join(PATIENCE_S)

    def _remembered(self, muted: bool) -> bool:  # noqa: FBT001 - what holds where nothing is remembered
        try:
            return {"off": True, "on": False}.get(self._file.read_text().strip(), muted)
        except (OSError, ValueError):
            return muted

    # From here on: on the thread.

    def _work(self) -> None:
        self._read_aloud = screen_reader_running()
        while (act := self._acts.get()) is not None:
            act()

    def _play(self, sound: Name) -> None:
        if not self.muted:
            self._sounds = self._sounds or Sounds()
            self._sounds.play(sound)

    def _say(self, words: str) -> None:
        if self._read_aloud or not self.muted:
            self._speech = self._speech or Speech()
            self._speech.say(words)

    def _hush(self) -> None:
        self._read_aloud = False
        for heard in (self._sounds, self._speech):
            if heard is not None:
                heard.close()
        self._sounds = self._speech = None
