"""The desktop's settings for X programs, as bytes."""

import struct

import pytest

from breakd.adapters.xscreen import parse


def told(order: str, *settings: tuple[str, int | str | None]) -> bytes:
    """Return the property that holds these; None stands for a colour."""

    def text(value: str) -> bytes:
        raw = value.encode()
        return raw + bytes(-len(raw) % 4)

    found = struct.pack(f"{order}B3xII", order == ">", 7, len(settings))
    for name, value in settings:
        kind = 2 if value is None else 1 if isinstance(value, str) else 0
        found += struct.pack(f"{order}BxH", kind, len(name)) + text(name) + struct.pack(f"{order}I", 3)
        match value:
            case int():
                found += struct.pack(f"{order}i", value)
            case str():
                found += struct.pack(f"{order}I", len(value.encode())) + text(value)
            case None:
                found += struct.pack(f"{order}4H", 1, 2, 3, 4)
    return found


@pytest.mark.parametrize("order", "<>")
def test_numbers_and_texts_are_read_and_colours_passed_over(order: str) -> None:
    settings = (("Xft/DPI", 98304), ("Net/Colour", None), ("Net/ThemeName", "Grün"), ("A", -1))
    assert parse(told(order, *settings)) == {"Xft/DPI": 98304, "Net/ThemeName": "Grün", "A": -1}


def test_there_may_be_no_settings() -> None:
    assert parse(told("<")) == {}


@pytest.mark.parametrize("end", [0, 5, 13, 21, 30])
def test_a_property_that_ends_early_is_wrong(end: int) -> None:
    with pytest.raises(ValueError, match="malformed"):
        parse(told("<", ("Net/ThemeName", "Adwaita"), ("Xft/DPI", 98304))[:end])
