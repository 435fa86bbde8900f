"""Pictures of an exercise to keep: an animation, a sheet of its key poses, an overview of several, an emblem.

Law: each is made from what the routine's window shows, and equal arguments give equal pictures.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from breakd.errors import BreakdError, UsageError
from breakd.routines.drawing import LIGHT, draw
from breakd.routines.exercises import Exercise
from breakd.routines.figure import Skeleton, pose_at, still
from breakd.routines.poses import SCENES
from breakd.routines.sheet import Inks
from breakd.routines.timeline import Phase, plan
from breakd.routines.wording import countdown, mirror, side
from breakd.texts import _

ANIMATION, SHEET = 480, 320
"""The sizes that are written, in pixels: of an animation's figure, and of each one on a sheet."""


@dataclass(frozen=True, slots=True)
class Frame:
    image: Image.Image
    milliseconds: int


def write(exercise: Exercise, path: Path, inks: Inks = LIGHT) -> None:
    """Write the animation (`.gif`) or the sheet of the key poses (`.png`) to a file.

    Raises UsageError for any other name and for an exercise that has no figure, BreakdError where it cannot be written.
    """
    if path.suffix.lower() not in {".gif", ".png"}:
        text = _('--render: "{path}" must end in .gif (animation) or .png (sheet of the key poses)')
        raise UsageError(text.format(path=path))
    if not exercise.figure:
        raise UsageError(_('--render: "{name}" is your own exercise and has no figure').format(name=exercise.id))
    try:
        if path.suffix.lower() == ".png":
            contact_sheet(exercise, SHEET, inks).save(path, optimize=True)
        else:
            save(animation(exercise, ANIMATION, inks), path)
    except OSError as error:
        text = _("{path} cannot be written: {reason}; name another file")
        raise BreakdError(text.format(path=path, reason=error.strerror or error)) from error


# --- The animation ---

_FRAME_MS = 66
_STILL_MS = 250
"""How long a second lasts in which nothing moves, and a number counts."""
_LONGEST_S = 6
"""A phase that is longer is cut to its first seconds, or, if it is a cycle, to so many."""


def animation(exercise: Exercise, size: int, inks: Inks = LIGHT) -> list[Frame]:
    """Return one repetition of the exercise's work, over and over: the figure, `size` pixels wide, and its words.

    What moves does so in its own time; what is held counts its seconds faster.
    """
    phases = _repetition(exercise)
    frames = [
        frame
        for before, phase in zip([phases[-1], *phases], phases, strict=False)
        for frame in _shown(exercise, before, phase)
    ]
    note = mirror(exercise)
    return [
        Frame(_captioned(skeleton, (*words, note) if note else words, size, inks), milliseconds)
        for skeleton, words, milliseconds in frames
    ]


def _repetition(exercise: Exercise) -> list[Phase]:
    """Return the phases of one repetition: of the last round, which shows the whole movement."""
    timeline = plan(exercise, exercise.micro.seconds)
    work = [phase for phase in timeline.phases[timeline.work :] if phase.step and phase.pose]
    counted = [phase for phase in work if phase.count]
    if not counted:
        return work[:1]
    last = counted[-1].times
    return [phase for phase in timeline.phases if phase.count == 1 and phase.times == last]


def _shown(exercise: Exercise, before: Phase, phase: Phase) -> Iterator[tuple[Skeleton, tuple[str, str], int]]:
    """Yield what a phase shows: skeletons with their words, and for how many milliseconds."""
    seconds = phase.seconds
    if SCENES[exercise.figure].cycle and seconds > _LONGEST_S:
        seconds = 4 * SCENES[exercise.figure].cycle
    moves = len(phase.pose.split()) > 1
    count = round(seconds * 1000 / _FRAME_MS) if moves else round(seconds)
    for step in range(max(1, count)):
        share = step / max(1, count)
        skeleton = pose_at(exercise.figure, phase.pose, before.pose, share if moves else 1.0, seconds)
        words = _(phase.label), side(exercise, phase) if moves else countdown(seconds - step)
        yield skeleton, words, _FRAME_MS if moves else _STILL_MS


def _captioned(skeleton: Skeleton, words: tuple[str, ...], size: int, inks: Inks) -> Image.Image:
    letters = size // 20
    image = Image.new("RGB", (size, size + round((1 + 1.5 * len(words)) * letters)), inks.background)
    image.paste(draw(skeleton, size, inks))
    brush = ImageDraw.Draw(image)
    for line, (text, ink) in enumerate(zip(words, (inks.near, inks.accent, inks.near), strict=False)):
        brush.text((size // 2, size + round((0.4 + 1.5 * line) * letters)), text, ink, _font(letters), anchor="ma")
    return image


def save(frames: Sequence[Frame], path: Path) -> None:
    """Save as a GIF that repeats for ever, all frames in the same colours. Raises OSError."""
    few = [frame.image for frame in frames[:: max(1, len(frames) // 6)]]
    montage = Image.new("RGB", (few[0].width * len(few), few[0].height))
    for index, image in enumerate(few):
        montage.paste(image, (index * image.width, 0))
    colours = montage.quantize(96)
    pictures = [frame.image.quantize(palette=colours, dither=Image.Dither.NONE) for frame in frames]
    pictures[0].save(
        path,
        "GIF",
        save_all=True,
        append_images=pictures[1:],
        duration=[frame.milliseconds for frame in frames],
        loop=0,
    )


# --- Sheets ---


def contact_sheet(exercise: Exercise, size: int, inks: Inks = LIGHT) -> Image.Image:
    """Return the exercise's key poses side by side, each `size` pixels wide, with what to do beneath."""
    cells = [(draw(skeleton, size, inks), words) for skeleton, words in _cells(exercise)]
    legend = _("What moves is in colour.")
    if any(skeleton.marks for skeleton, _words in _cells(exercise)):
        legend = _("R is right, L is left; what moves is in colour.")
    if note := mirror(exercise):
        legend = f"{note} {_('What moves is in colour.')}"
    return _grid(_(exercise.name), cells, legend, inks)


def overview(exercises: Iterable[Exercise], size: int, inks: Inks = LIGHT) -> Image.Image:
    """Return one picture of each exercise, `size` pixels wide, with its name beneath."""
    cells = [
        (draw(still(one.figure, SCENES[one.figure].emblem), size, inks), _(one.name)) for one in exercises if one.figure
    ]
    return _grid("", cells, "", inks)


def _cells(exercise: Exercise) -> Iterator[tuple[Skeleton, str]]:
    """Yield each key pose once, as the way to it shows it, with the label of the first phase that reaches it."""
    seen: set[str] = set()
    before = ""
    for phase in plan(exercise, exercise.micro.seconds).phases:
        names = phase.pose.removesuffix("brisk").split()
        for name in names:
            if phase.step and name not in seen:
                seen.add(name)
                way = f"{before} {name}" if before and before != name and len(names) > 1 else name
                yield still(exercise.figure, way), "\n".join(filter(None, (_(phase.label), side(exercise, phase))))
            before = name


_MARGIN, _LINES = 16, 3
"""Pixels around each cell, and the lines of words that it may have."""
_MOST_COLUMNS = 5


def _grid(title: str, cells: Sequence[tuple[Image.Image, str]], legend: str, inks: Inks) -> Image.Image:
    """Return the cells in rows, with a heading and a line beneath where there are any."""
    rows = -(-len(cells) // _MOST_COLUMNS)
    columns = -(-len(cells) // rows)
    size = cells[0][0].width
    letters = size // 16
    heading, footing = (2 * letters + _MARGIN if title else 0), (letters + _MARGIN if legend else 0)
    step_x, step_y = size + _MARGIN, size + (_LINES + 1) * letters + _MARGIN
    sheet = Image.new("RGB", (columns * step_x + _MARGIN, heading + rows * step_y + footing + _MARGIN), inks.background)
    brush = ImageDraw.Draw(sheet)
    brush.text((_MARGIN, _MARGIN), title, inks.near, _font(round(1.6 * letters)))
    for index, (image, words) in enumerate(cells):
        x, y = _MARGIN + index % columns * step_x, heading + _MARGIN + index // columns * step_y
        sheet.paste(image, (x, y))
        for line, text in enumerate(_wrapped(words, size, _font(letters))[:_LINES]):
            place = (x + size // 2, y + size + round(letters * (0.2 + 1.2 * line)))
            brush.text(place, text, inks.near, _font(letters), anchor="ma")
    brush.text((_MARGIN, sheet.height - _MARGIN), legend, inks.near, _font(round(0.9 * letters)), anchor="ls")
    return sheet


def _wrapped(words: str, width: int, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> list[str]:
    lines: list[str] = []
    for paragraph in words.splitlines():
        lines.append("")
        for word in paragraph.split():
            longer = f"{lines[-1]} {word}".strip()
            if lines[-1] and font.getbbox(longer)[2] > width:
                lines.append(word)
            else:
                lines[-1] = longer
    return lines


@cache
def _font(height: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(height)


# --- The emblem ---

EMBLEM = 192
_PLATE = replace(LIGHT, background="#E4EDE7", props="#B9C6BD")


def emblem(scene: str, size: int = EMBLEM) -> Image.Image:
    """Return a picture for a notification: the figure on a rounded plate of its own, which reads on any ground."""
    picture = draw(still(scene, SCENES[scene].emblem), size, _PLATE).convert("RGBA")
    fine = 4
    mask = Image.new("L", (size * fine, size * fine))
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, size * fine - 1, size * fine - 1), size * fine // 6, 255)
    picture.putalpha(mask.reduce(fine))
    return picture.quantize(128, Image.Quantize.FASTOCTREE)
