"""The page's colours: every text can be read and every shape be seen, in both schemes."""

import re
from importlib.resources import files

import pytest

from breakd.report.canvas import ROLES

CSS = files("breakd.report").joinpath("page.css").read_text(encoding="utf-8")
LIGHT, DARK = (
    dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", block))
    for block in re.findall(r":root \{([^}]*--ink[^}]*)\}", CSS)
)
SCHEMES = {"light": LIGHT, "dark": LIGHT | DARK}

TEXTS = [(ink, ground) for ink in ("ink", "muted", "accent", "strong") for ground in ("page", "ground")]
CELLS = [(f"on-heat-{step}", f"heat-{step}") for step in range(5)]
SHAPES = [
    "accent", "sitting", "standing", "call", "away", "taken", "natural", "snoozed", "skipped", "missed", "abandoned",
    "expired",
]  # fmt: skip


def luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours as WCAG 2 defines it, 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_text_can_be_read(scheme: str) -> None:
    colours = SCHEMES[scheme]
    poor = {pair: contrast(colours[pair[0]], colours[pair[1]]) for pair in TEXTS + CELLS}
    assert {pair: round(found, 2) for pair, found in poor.items() if found < 4.5} == {}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_shape_can_be_seen(scheme: str) -> None:
    colours = SCHEMES[scheme]
    poor = {shape: contrast(colours[shape], colours["page"]) for shape in SHAPES}
    assert {shape: round(found, 2) for shape, found in poor.items() if found < 3} == {}


def test_both_schemes_have_every_colour_of_a_drawing() -> None:
    assert set(ROLES) <= set(LIGHT)
    assert set(LIGHT) == set(DARK)
