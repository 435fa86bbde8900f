"""The picture of a routine: the figure as it moves, or the images that an own exercise brings along.

Law: it is drawn when it has changed, and only as often as the window stays below a third of a core; an image that
cannot be read is none.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image, ImageOps

from breakd.routines.drawing import INKS, draw
from breakd.routines.figure import Skeleton, pose_at, still
from breakd.routines.timeline import Phase, Player
from breakd.windows.look import PALETTES

PICTURE = 640
"""The figure is drawn at most so many pixels wide and high."""

LARGE = 800
"""From this size on it is drawn coarser, and enlarged: to be seen from afar, and still move."""

COARSE = 540

SHARE = 0.3
"""The share of a core from which on the picture lags behind."""

SAVED_S = 0.1
"""Time not used is saved for later at most so long."""

IMAGE = 1440
"""Images of the user's own are kept at most so large."""


class Budget:
    """Says when there is time for another picture: with all that the program does, it takes no more than SHARE."""

    def __init__(
        self, now: Callable[[], float] = time.monotonic, spent: Callable[[], float] = time.process_time
    ) -> None:
        self._clocks = now, spent
        self._read = now(), spent()
        self._saved = SAVED_S

    def allows(self) -> bool:
        """Return whether there is time for one now. To be asked at every beat."""
        now, spent = (clock() for clock in self._clocks)
        passed, cost = now - self._read[0], spent - self._read[1]
        self._read = now, spent
        self._saved = min(SAVED_S, self._saved + passed - cost / SHARE)
        return self._saved >= 0


@dataclass(frozen=True, slots=True)
class _Shown:
    """What is in the picture: a skeleton, or the picture of a file."""

    skeleton: Skeleton | None
    image: str


class Figure:
    """Draws the picture of a phase, when it changes: the figure, or the image that an own exercise brings along."""

    def __init__(self, theme: str, *, reduced_motion: bool) -> None:
        self._inks = replace(INKS[theme], background=PALETTES[theme].card)
        self._reduced = reduced_motion
        self._size = 1
        self._shown: _Shown | None = None
        self._images: dict[str, Image.Image | None] = {}

    def shows(self, phases: Sequence[Phase], scene: str) -> bool:
        """Return whether there is anything to show in this routine."""
        return bool(scene) or any(self._image(phase.image) for phase in phases)

    def fit(self, size: int) -> int:
        """Take the size of the picture, about so many pixels; return it."""
        self._size = max(16, min(size, PICTURE) // 8 * 8) if size < LARGE else size
        self._shown = None
        return self._size

    def changed(self, player: Player) -> bool:
        """Take what there is to show now, and return whether it is something else than before."""
        exercise = player.timeline.exercise
        shown = _Shown(self._skeleton(exercise.figure, player), "" if exercise.figure else self._nearest(player))
        if shown == self._shown:
            return False
        self._shown = shown
        return True

    def _nearest(self, player: Player) -> str:
        """Return the phase's image; where it has none, the last one before it, else the first one after it."""
        phases, after = player.timeline.phases, player.index + 1
        near = (*reversed(phases[:after]), *phases[after:])
        return next((phase.image for phase in near if self._image(phase.image)), "")

    def _skeleton(self, scene: str, player: Player) -> Skeleton | None:
        phase = player.phase
        if not scene:
            return None
        if self._reduced:
            return still(scene, phase.pose)
        before = player.timeline.phases[player.index - 1].pose if player.index else None
        return pose_at(scene, phase.pose, before, (player.position - phase.start) / phase.seconds, phase.seconds)

    def picture(self) -> Image.Image:
        assert self._shown is not None
        if self._shown.skeleton:
            if self._size < LARGE:
                return draw(self._shown.skeleton, self._size, self._inks)
            coarse = draw(self._shown.skeleton, COARSE, self._inks)
            return coarse.resize((self._size, self._size), Image.Resampling.BILINEAR)
        sheet = Image.new("RGB", (self._size, self._size), self._inks.background)
        image = self._image(self._shown.image)
        if image:
            fitted = ImageOps.contain(image, (self._size, self._size))
            place = ((self._size - fitted.width) // 2, (self._size - fitted.height) // 2)
            sheet.paste(fitted, place, fitted)
        return sheet

    def _image(self, file: str) -> Image.Image | None:
        """Return the picture in the file, read once and no larger than it can be shown; None where it is none."""
        if not file:
            return None
        if file not in self._images:
            try:
                with Image.open(Path(file)) as opened:
                    opened.draft("RGB", (IMAGE, IMAGE))
                    opened.thumbnail((IMAGE, IMAGE))
                    self._images[file] = ImageOps.exif_transpose(opened).convert("RGBA")
            except (
                OSError,
                ValueError,
                SyntaxError,
                Image.DecompressionBombError,
            ):  # what Pillow says to a broken file
                self._images[file] = None
        return self._images[file]
