"""Whether a file is a picture that a routine can show.

Law: no file, whatever it is, keeps a check waiting or raises anything here; Pillow is loaded only where one is named.
"""

import stat
import warnings
from importlib import import_module
from pathlib import Path

from breakd.texts import _

LARGEST = 20 << 20
"""The bytes that a picture may have."""
MOST_PIXELS = 50_000_000
"""Of the largest photographs; decoded, they take some hundred megabytes."""
FORMATS = {"PNG": "Png", "JPEG": "Jpeg", "GIF": "Gif", "WEBP": "WebP", "BMP": "Bmp"}
"""What a picture may be, each with the name of Pillow's plug-in for it."""


def problem(path: Path) -> str | None:
    """Return why the file cannot be shown, None where it can."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return _("there is no such file: {file}").format(file=path)
    except OSError as error:
        return _("{file} cannot be read: {reason}").format(file=path, reason=error.strerror)
    if stat.S_ISDIR(found.st_mode):
        return _("{file} is a folder; name a picture").format(file=path)
    if not stat.S_ISREG(found.st_mode):  # reading a pipe might never end
        return _("{file} is not a file; name a picture").format(file=path)
    if found.st_size > LARGEST:
        return _("{file} is larger than 20 MiB; make it smaller").format(file=path)
    return _unreadable(path)


def _unreadable(path: Path) -> str | None:
    """Return why Pillow cannot read the file, None where it can, to the last byte."""
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415 - heavy, and seldom needed

    for plugin in FORMATS.values():  # one that is missing would have Pillow load all that it has
        import_module(f"PIL.{plugin}ImagePlugin")
    try:
        # Pillow warns of what is too large; the answer here says it.
        with warnings.catch_warnings(action="ignore"), Image.open(path, formats=list(FORMATS)) as image:
            if image.width * image.height > MOST_PIXELS:
                return _("{file} has more than 50 million pixels; make it smaller").format(file=path)
            if image.format == "PNG":
                image.verify()  # its sums are checked without decoding it
            else:
                image.draft("RGB", (64, 64))  # a JPEG is decoded at an eighth of its size
                image.load()
    except UnidentifiedImageError:
        return _("{file} is not a picture that can be read; save it as PNG or JPEG").format(file=path)
    except Image.DecompressionBombError:
        return _("{file} has more than 50 million pixels; make it smaller").format(file=path)
    except PermissionError as error:
        return _("{file} cannot be read: {reason}").format(file=path, reason=error.strerror)
    except Exception:  # noqa: BLE001 - a broken picture raises what its decoder happens to run into
        return _("{file} is broken; save it anew as PNG or JPEG").format(file=path)
    return None
