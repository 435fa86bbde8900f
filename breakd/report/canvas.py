"""Drawings by matplotlib as parts of a page: SVG whose every colour and font is named in the page's style sheet.

Law: no drawing holds a colour, a script, an inline style or a reference to anything outside, so that the page's own
style sheet decides how it looks in light, in dark and on paper, and the page may forbid everything else.
"""

import io
import logging
import os
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from breakd import folders
from breakd.errors import BreakdError
from breakd.texts import _

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ROLES = (
    "page", "ink", "muted", "grid", "accent", "band", "sitting", "standing", "call", "away",
    "taken", "natural", "snoozed", "skipped", "missed", "abandoned", "expired",
    "heat-0", "heat-1", "heat-2", "heat-3", "heat-4", "on-heat-0", "on-heat-1", "on-heat-2", "on-heat-3", "on-heat-4",
)  # fmt: skip
"""What a colour stands for; `page.css` says which it is, as `--NAME`."""

WIDTH = 680
"""The width of every drawing, in CSS pixels at its own size."""

TEXT = 12.5
SMALL = 11.5
"""The sizes of text, in the same pixels."""

_SVG = "http://www.w3.org/2000/svg"
_LINK = "{http://www.w3.org/1999/xlink}href"
_PER_INCH = 72  # a unit of matplotlib's SVG

_HATCHES = re.compile(r"url\(#(\w+)\)")

Draw = Callable[["Axes"], None]


PACKAGE = "matplotlib"


class MissingError(BreakdError):
    """The plotting library is not installed, or does not load."""


def colour(role: str) -> str:
    """Return what stands for the role's colour in a drawing until it becomes a part of a page."""
    return f"#fe{ROLES.index(role):02x}01"


@dataclass(slots=True)
class Canvas:
    """Draws for one page; `styles` is what its style sheet must have for all that was drawn."""

    _classes: dict[str, str] = field(default_factory=dict)

    def draw(
        self, key: str, height: float, draw: Draw, *, below: float = 26, left: float = 0.07, right: float = 0.99
    ) -> str:
        """Return an SVG of what `draw` puts on its axes, `height` pixels high, whose ids begin with the key.

        The axes leave `below` pixels for what is under them; `left` and `right` are where they begin and end, as
        shares of the width.
        """
        with _house() as figure_of:
            figure = figure_of(figsize=(WIDTH / _PER_INCH, height / _PER_INCH))
            axes = figure.add_subplot()
            bottom = below / height
            figure.subplots_adjust(left=left, right=right, bottom=bottom, top=1 - 8 / height)
            draw(axes)
            return self._part(key, figure)

    def styles(self) -> str:
        """Return the rules of the classes that the drawings use."""
        rules = (f".{name}{{{style}}}" for style, name in self._classes.items())
        return "\n".join(rules)

    def _part(self, key: str, figure: "Figure") -> str:
        from matplotlib.backends.backend_svg import FigureCanvasSVG  # noqa: PLC0415 - heavy: only where one draws

        written = io.StringIO()
        unnamed = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        FigureCanvasSVG(figure).print_svg(written, metadata=unnamed)  # type: ignore[no-untyped-call] # it has no types
        root = ET.fromstring(written.getvalue())  # noqa: S314 - matplotlib's own, just made
        for parent in list(root.iter()):
            for child in list(parent):
                if child.tag in {f"{{{_SVG}}}metadata", f"{{{_SVG}}}style"}:
                    parent.remove(child)
        for element in root.iter():
            self._restyle(element, key)
        box = root.get("viewBox", "")
        root.attrib.clear()
        root.attrib.update({"viewBox": box, "role": "img", "aria-labelledby": f"{key}-alt", "class": "drawing"})
        ET.register_namespace("", _SVG)
        return ET.tostring(root, encoding="unicode")

    def _restyle(self, element: ET.Element, key: str) -> None:
        """Take what the element says of its looks into a class, and make its ids the page's own."""
        attributes = element.attrib
        style = attributes.pop("style", "")
        for name in ("fill", "stroke"):  # of the patterns, which have them beside their style
            if (value := attributes.get(name, "")).startswith("#fe"):
                style += f"; {name}: {value}"
                del attributes[name]
        if style:
            attributes["class"] = self._class(style, key)
        if link := attributes.pop(_LINK, ""):
            attributes["href"] = f"#{key}-{link[1:]}"
        if (name := attributes.pop("id", "")) and _is_used(element):
            attributes["id"] = f"{key}-{name}"
        if path := attributes.get("clip-path", ""):
            attributes["clip-path"] = _HATCHES.sub(rf"url(#{key}-\1)", path)

    def _class(self, style: str, key: str) -> str:
        rules = []
        for rule in filter(None, map(str.strip, style.split(";"))):
            name, _colon, value = rule.partition(":")
            value = _HATCHES.sub(rf"url(#{key}-\1)", value.strip())
            if name == "font":
                name, value = "font-size", value.split("px")[0].split()[-1] + "px"
            rules.append(f"{name}:{_named(value)}")
        text = ";".join(rules)
        return self._classes.setdefault(text, f"d{len(self._classes)}")


def _is_used(element: ET.Element) -> bool:
    """Return whether something refers to the element: a shape, a clip or a pattern; groups are only named."""
    return element.tag in {f"{{{_SVG}}}{name}" for name in ("path", "clipPath", "pattern")}


def _named(value: str) -> str:
    found = re.fullmatch(r"#fe([0-9a-f]{2})01", value)
    return f"var(--{ROLES[int(found[1], 16)]})" if found else value


@contextmanager
def _house() -> "Iterator[type[Figure]]":
    """Give matplotlib's figure under the house's settings, whatever the person's own say.

    Raises MissingError where it is not there.
    """
    load()
    import matplotlib as mpl  # noqa: PLC0415 - the same
    from matplotlib.figure import Figure  # noqa: PLC0415 - the same

    # It measures texts by a font that lacks most scripts, and says so; the browser has its own.
    with mpl.rc_context(), warnings.catch_warnings(action="ignore"):
        mpl.rcdefaults()
        mpl.rcParams.update(
            {
                "svg.fonttype": "none", "svg.hashsalt": "breakd", "font.size": TEXT, "axes.unicode_minus": True,
                "figure.facecolor": "none", "axes.facecolor": "none", "savefig.facecolor": "none",
                "text.color": colour("ink"), "axes.labelcolor": colour("muted"), "axes.edgecolor": colour("grid"),
                "xtick.color": colour("grid"), "ytick.color": colour("grid"), "grid.color": colour("grid"),
                "xtick.labelcolor": colour("muted"), "ytick.labelcolor": colour("muted"),
                "hatch.color": colour("page"), "hatch.linewidth": 1.5, "axes.axisbelow": True,
                "axes.spines.top": False, "axes.spines.right": False, "axes.spines.left": False,
                "text.parse_math": False, "ytick.left": False, "axes.titlesize": TEXT,
            }
        )  # fmt: skip
        yield Figure


def load() -> None:
    """Load the plotting library, which takes a while. Raises MissingError where it is not there."""
    # Its list of the fonts belongs with what breakd can make again, not into a folder of its own.
    os.environ["MPLCONFIGDIR"] = str(folders.cache_dir() / "matplotlib")
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # where it cannot keep it, it does without
    try:
        import matplotlib.backends.backend_svg  # noqa: PLC0415 - the same
        import matplotlib.figure  # noqa: F401, PLC0415 - the same
    except ImportError as problem:
        raise MissingError(_("the report needs matplotlib: {why}").format(why=problem)) from problem


def shares(axes: "Axes", ticks: Sequence[int] = (0, 25, 50, 75, 100)) -> None:
    """Make the upright axis one of per cent."""
    axes.set_ylim(-3, 103)
    axes.set_yticks(ticks, [f"{tick} %" for tick in ticks])
    axes.grid(visible=True, axis="y", linewidth=1)
