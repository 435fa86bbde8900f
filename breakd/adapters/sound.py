"""The sounds of a routine: made by our own code once, kept as files, and played by the system's player.

Law: a sound is a courtesy. It never holds the window up, never piles up, and where anything of it fails there is
silence and a line in the log.
"""

import logging
import math
import os
import shutil
import sys
import wave
import zlib
from array import array
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

from breakd.adapters.oneatatime import OneAtATime
from breakd.folders import cache_dir

RATE = 22_050
"""Samples a second: what we make has nothing above 5 kHz."""
ATTACK_S = 0.008
RELEASE_S = 0.06

PLAYERS = {"linux": (("paplay",), ("pw-play",), ("aplay", "-q")), "darwin": (("afplay",),)}
"""For each system its players, in the order of trust.

paplay is served by PulseAudio and by PipeWire, and says at once when it is by neither. pw-play can wait for ever, in
silence, where PipeWire only shares screens.
"""

Name = Literal["tick", "phase", "side", "half", "end"]

log = logging.getLogger(__name__)


class Tone(NamedTuple):
    """A tone that is struck once and dies away: its pitch, how loud it is beside the others, and when it is struck."""

    hertz: float
    loudness: float
    half_life_s: float
    at_s: float = 0.0


class Sound(NamedTuple):
    """Tones, ended after `seconds`; `peak` is the loudest sample, 1 being full scale."""

    seconds: float
    peak: float
    tones: tuple[Tone, ...]


def _bell(hertz: float, at_s: float = 0.0, half_life_s: float = 0.14) -> tuple[Tone, Tone]:
    """Return a soft bell: its note, and the overtone of a struck bar, which is gone soon."""
    return Tone(hertz, 1.0, half_life_s, at_s), Tone(hertz * 2.76, 0.22, half_life_s / 4, at_s)


_C5, _D5, _E5, _G5, _A5, _C6 = 523.25, 587.33, 659.26, 783.99, 880.0, 1046.5
SOUNDS: dict[Name, Sound] = {
    "tick": Sound(0.12, 0.12, (Tone(_A5, 1.0, 0.014),)),
    "phase": Sound(0.9, 0.22, _bell(_E5)),
    "side": Sound(1.0, 0.22, _bell(_G5, half_life_s=0.08) + _bell(_D5, 0.18)),
    "half": Sound(1.3, 0.22, _bell(_C5) + _bell(_C5, 0.35)),
    "end": Sound(1.8, 0.25, _bell(_C5) + _bell(_E5, 0.16) + _bell(_G5, 0.32) + _bell(_C6, 0.48, 0.25)),
}


def samples(sound: Sound) -> "array[int]":
    """Return the sound as 16-bit samples; it begins and ends with silence."""
    mixed = [0.0] * round(sound.seconds * RATE)
    for tone in sound.tones:
        _strike(mixed, tone)
    release = round(RELEASE_S * RATE)
    for left in range(release):
        mixed[-1 - left] *= left / release
    full = sound.peak * 32767 / max(map(abs, mixed))
    return array("h", (round(sample * full) for sample in mixed))


def _strike(mixed: list[float], tone: Tone) -> None:
    """Add the tone: a damped oscillator, each sample of which follows from the two before."""
    begin = round(tone.at_s * RATE)
    attack = ATTACK_S * RATE
    turn = math.tau * tone.hertz / RATE
    kept = 0.5 ** (1 / (tone.half_life_s * RATE))
    now, before = 0.0, -tone.loudness * math.sin(turn) / kept
    swing, loss = 2 * kept * math.cos(turn), kept * kept
    for at in range(begin, len(mixed)):
        mixed[at] += now * min(1.0, (at - begin) / attack)
        now, before = swing * now - loss * before, now


def write(file: Path, sound: Sound) -> None:
    """Write the sound as a WAV file, whole or not at all. Raises OSError."""
    made = samples(sound)
    if sys.byteorder == "big":
        made.byteswap()
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = file.with_suffix(f".{os.getpid()}")
    try:
        with new.open("wb") as opened, wave.open(opened) as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(RATE)
            out.writeframes(made.tobytes())
        new.replace(file)
    finally:
        new.unlink(missing_ok=True)


class Sounds:
    """Plays sounds, one at a time: a new one ends the old. `name` is who plays them, `none` for nobody."""

    def __init__(self) -> None:
        self._player = _player()
        self._folder = cache_dir() / "sounds"
        self._temporary: str | None = None

    @property
    def name(self) -> str:
        return self._player.name

    def play(self, name: Name) -> None:
        """Play it, made first where it is not there, which takes some 10 to 60 ms. Never raises, never waits."""
        if self.name == "none":
            return
        try:
            self._player.play(self._file(name))
        except (OSError, RuntimeError) as error:  # RuntimeError: winsound's
            log.info("no sound: %s", error)

    def close(self) -> None:
        """End what plays, and let go of everything."""
        self._player.stop()
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)

    def _file(self, name: Name) -> Path:
        """Return the file of the sound, in a folder of this object's own where there is no other. Raises OSError."""
        try:
            return self._kept(name)
        except OSError as error:
            if self._temporary is not None:
                raise
            log.info("sounds cannot be kept: %s", error)
        from tempfile import mkdtemp  # noqa: PLC0415 - 5 ms that hardly anybody needs

        self._temporary = mkdtemp(prefix="breakd-")
        self._folder = Path(self._temporary)
        return self._kept(name)

    def _kept(self, name: Name) -> Path:
        """Return the file of the sound, made where it is not there. Raises OSError."""
        sound = SOUNDS[name]
        recipe = zlib.crc32(repr((RATE, ATTACK_S, RELEASE_S, sound)).encode())
        file = self._folder / f"{name}-{recipe:08x}.wav"  # one that is made otherwise has another name
        if not file.exists():
            write(file, sound)
        return file


class _Player(Protocol):
    @property
    def name(self) -> str: ...

    def play(self, file: Path) -> None: ...

    def stop(self) -> None: ...


def _player() -> _Player:
    player: _Player
    if sys.platform == "win32":
        player = _WinSound()
    else:
        player = _Programs([args for args in PLAYERS.get(sys.platform, ()) if shutil.which(args[0])])
    return player


class _Programs:
    """The players that are installed; one that fails goes behind the others."""

    def __init__(self, players: list[tuple[str, ...]]) -> None:
        self._players = players
        self._program = OneAtATime()

    @property
    def name(self) -> str:
        return self._players[0][0] if self._players else "none"

    def play(self, file: Path) -> None:
        if self._program.failed:
            log.info("%s cannot play", self.name)
            self._players.append(self._players.pop(0))
        self._program.start([*self._players[0], str(file)])

    def stop(self) -> None:
        self._program.end()


if sys.platform == "win32":
    import winsound

    class _WinSound:
        """Windows plays by itself, one sound at a time."""

        name = "winsound"

        def play(self, file: Path) -> None:
            winsound.PlaySound(str(file), winsound.SND_FILENAME | winsound.SND_ASYNC | winsound.SND_NODEFAULT)

        def stop(self) -> None:
            winsound.PlaySound(None, winsound.SND_PURGE)
