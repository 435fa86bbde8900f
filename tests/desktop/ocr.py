"""Reads the words of a picture with tesseract."""

import re
import shutil
import subprocess
from functools import lru_cache
from io import BytesIO
from typing import NamedTuple

from PIL import Image, ImageFilter

SCALE = 3  # at 2 tesseract misreads Snooze
# How a picture is prepared: as it is, or black and white at a threshold, turned round for light words on dark.
PLAIN = (0, False)
HARDER = ((178, True), (153, False), (115, True), (102, False))


class Word(NamedTuple):
    """A word, with its middle."""

    text: str
    x: int
    y: int


def words(image: Image.Image, threshold: int = 0, negate: bool = False) -> tuple[Word, ...]:  # noqa: FBT001, FBT002 - HARDER's rows
    """Return the words of the picture, as far as they can be read; what is wholly black at its rim is left out."""
    grey = image.convert("L")
    drawn = grey.getbbox()
    if drawn is None:
        return ()
    cut = grey.crop(drawn)
    read = _read(cut.tobytes(), cut.size, threshold, negate)
    return tuple(Word(word.text, drawn[0] + word.x, drawn[1] + word.y) for word in read)


@lru_cache(maxsize=100)  # the same buttons come again and again, and tesseract takes most of a test's time
def _read(pixels: bytes, size: tuple[int, int], threshold: int, negate: bool) -> tuple[Word, ...]:  # noqa: FBT001 - as above
    cut = Image.frombytes("L", size, pixels)
    big = cut.resize((cut.width * SCALE, cut.height * SCALE), Image.Resampling.LANCZOS).filter(ImageFilter.SHARPEN)
    if threshold:
        big = big.point([255 * ((value > threshold) ^ negate) for value in range(256)])
    png = BytesIO()
    big.save(png, "PNG", compress_level=1)
    assert shutil.which("tesseract"), "tesseract is not installed: apt install tesseract-ocr"
    # One thread: several fight for the cores, and are slower.
    command = ["env", "OMP_THREAD_LIMIT=1", "tesseract", "stdin", "stdout", "--psm", "11", "tsv"]
    table = subprocess.run(command, input=png.getvalue(), capture_output=True, check=True).stdout.decode()
    found = []
    for row in table.splitlines():
        cell = row.split("\t")
        if cell[0] == "5" and cell[11].strip():
            left, top, width, height = map(int, cell[6:10])
            found.append(Word(cell[11].strip(), (left + width // 2) // SCALE, (top + height // 2) // SCALE))
    return tuple(found)


def find(label: str, image: Image.Image, *, hard: bool = False) -> Word | None:
    """Return the lowest word that begins with the label: buttons lie below the text. `hard` tries also HARDER."""
    for threshold, negate in (PLAIN, *HARDER) if hard else (PLAIN,):
        hits = [
            word
            for word in words(image, threshold, negate)
            if re.sub(r"\W", "", word.text).lower().startswith(label.lower())
        ]
        if hits:
            return max(hits, key=lambda word: word.y)
    return None
