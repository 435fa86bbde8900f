"""Draws the pictures that breakd shows in notifications anew: `make pictures`."""  # noqa: INP001 - a script

from pathlib import Path

from breakd.routines.poses import SCENES
from breakd.routines.render import emblem

FOLDER = Path(__file__).parent.parent / "breakd" / "pictures"

FOLDER.mkdir(exist_ok=True)
for name in SCENES:
    emblem(name).save(FOLDER / f"{name}.png", optimize=True)
