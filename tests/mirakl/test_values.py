from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from backoffice.mirakl.values import parse_amount, parse_moment, write_moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-02-03T04:05:06Z", datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)),
        ("2026-02-03T04:05:06.3Z", datetime(2026, 2, 3, 4, 5, 6, 300_000, tzinfo=UTC)),
        ("2026-02-03T04:05:06.32Z", datetime(2026, 2, 3, 4, 5, 6, 320_000, tzinfo=UTC)),
        ("2026-02-03T04:05:06.321Z", datetime(2026, 2, 3, 4, 5, 6, 321_000, tzinfo=UTC)),
        ("2026-02-03T04:05:06.123456789Z", datetime(2026, 2, 3, 4, 5, 6, 123_456, tzinfo=UTC)),
        ("2026-02-03T04:05:06+02:00", datetime(2026, 2, 3, 2, 5, 6, tzinfo=UTC)),
        ("2026-02-03T04:05:06-0130", datetime(2026, 2, 3, 5, 35, 6, tzinfo=UTC)),
        ("2026-02-03T04:05Z", datetime(2026, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-12-31T23:59:60Z", datetime(2027, 1, 1, tzinfo=UTC)),
        ("2026-02-03T04:05:06", datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)),
        (" 2026-02-03t04:05:06z ", datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)),
    ],
)
def test_moment_is_read_in_every_way_that_mirakl_writes_it(text: str, moment: datetime) -> None:
    read = parse_moment(text)

    assert (read, read.tzinfo) == (moment, UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-02-03",
        "2026-02-30T00:00:00Z",
        "2026-02-03T04:05:61Z",
        "9999-12-31T23:59:60Z",
        "0001-01-01T00:00:00+12:00",
        "2026-02-03T04:05:06+99:00",
        "٢٠٢٦-02-03T04:05:06Z",
    ],
)
def test_moment_that_does_not_exist_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- the words differ, the kind is the rule
        parse_moment(text)


def test_moment_is_sent_in_utc_with_z_and_at_most_milliseconds() -> None:
    paris = timezone(timedelta(hours=1))

    assert [
        write_moment(datetime(2026, 2, 3, 4, 5, 6, tzinfo=UTC)),
        write_moment(datetime(2026, 2, 3, 0, 30, tzinfo=paris)),
        write_moment(datetime(2026, 2, 3, 4, 5, 6, 789_999, tzinfo=UTC)),
        write_moment(datetime(2026, 2, 3, 4, 5, 6, 999, tzinfo=UTC)),
    ] == ["2026-02-03T04:05:06Z", "2026-02-02T23:30:00Z", "2026-02-03T04:05:06.789Z", "2026-02-03T04:05:06Z"]


def test_moment_without_a_zone_is_never_sent() -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        write_moment(datetime(2026, 2, 3))  # noqa: DTZ001 -- the mistake that is tested


@pytest.mark.parametrize(
    ("value", "amount"),
    [("12.50", "12.50"), (7, "7"), (Decimal("0.10"), "0.10"), ("1E+2", "1E+2"), (" 3 ", "3"), ("-0.01", "-0.01")],
)
def test_amount_keeps_every_digit(value: object, amount: str) -> None:
    assert str(parse_amount(value)) == amount


@pytest.mark.parametrize("value", ["", "12,50", "NaN", "-Infinity", True, 0.1, [], {}, None])
def test_amount_that_is_none_is_a_value_error(value: object) -> None:
    with pytest.raises(ValueError, match="is expected"):
        parse_amount(value)
