import pytest
from hypothesis import given
from hypothesis import strategies as st

from breakd.core.durations import DAY, HOUR, LONGEST, MINUTE, SECOND, parse, render


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("90s", 90 * SECOND),
        ("5m", 5 * MINUTE),
        ("2h", 2 * HOUR),
        ("1h30m", 90 * MINUTE),
        ("1h2m3s", HOUR + 2 * MINUTE + 3 * SECOND),
        ("0s", 0),
        ("120m", 2 * HOUR),
        ("8784h", 366 * DAY),
    ],
)
def test_a_duration_as_people_write_it(text: str, micros: int) -> None:
    assert parse(text) == micros


@pytest.mark.parametrize(
    "text",
    ["", "5", "5 m", "m", "1.5h", "-5m", "+5m", "30m1h", "5m5m", "5M", "1d", "\u0665m", "5m\n", "1h30"],
)
def test_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        parse(text)


def test_more_than_a_year_is_refused() -> None:
    with pytest.raises(OverflowError):
        parse("8784h1s")


@given(st.integers(0, LONGEST // SECOND))
def test_what_is_rendered_is_read_back(seconds: int) -> None:
    assert parse(render(seconds * SECOND)) == seconds * SECOND
