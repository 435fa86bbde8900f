"""HTML from parts.

Law: whatever is not markup already is escaped, so that no name or text can become any.
"""

from html import escape

VOID = frozenset({"meta"})
"""The elements with nothing in them and no end."""


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def tag(name: str, /, *parts: str, **attributes: str) -> Markup:
    """Return an element with these parts in it. In an attribute's name _ is written -; one at its end falls off."""
    said = "".join(f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"' for key, value in attributes.items())
    if name in VOID:
        return Markup(f"<{name}{said}>")
    return Markup(f"<{name}{said}>{join(*parts)}</{name}>")


def join(*parts: str) -> Markup:
    """Return the parts one after the other, a line each."""
    return Markup("\n".join(part if isinstance(part, Markup) else escape(part) for part in parts))
