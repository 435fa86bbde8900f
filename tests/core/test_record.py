from datetime import UTC, datetime, timedelta, timezone

from breakd.core.record import Record, as_json, stamp

AT = datetime(2026, 6, 1, 9, 30, tzinfo=timezone(timedelta(hours=5, minutes=45)))


def test_the_json_of_a_row_has_its_keys_in_the_promised_order() -> None:
    row = Record(AT, "taken", 3, "micro", "helicopters", 120, source="routine")
    assert list(as_json(7, "an-id", row).items()) == [
        ("id", 7),
        ("uid", "an-id"),
        ("at", "2026-06-01T09:30:00+05:45"),
        ("event", "taken"),
        ("offer", 3),
        ("break", "micro"),
        ("exercise", "helicopters"),
        ("duration_s", 120),
        ("reason", None),
        ("source", "routine"),
        ("rating", None),
    ]


def test_milliseconds_are_written_only_where_there_are_any() -> None:
    at = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)
    assert stamp(at.replace(microsecond=999)) == "2026-06-01T09:30:00+00:00"
    assert stamp(at.replace(microsecond=250_999)) == "2026-06-01T09:30:00.250+00:00"
