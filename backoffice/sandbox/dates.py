"""Dates as Mirakl writes them (domain.md §6): UTC with a trailing Z, milliseconds left out when they are zero."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

_SHAPE = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:(Z)|([+-])(\d\d):(\d\d))", re.ASCII | re.IGNORECASE
)


def parse(text: str) -> datetime:
    """A date-time with its offset. Raises ValueError. Second 60 is legal and means the first of the next minute."""
    found = _SHAPE.fullmatch(text)
    if not found:
        raise ValueError("a date-time with its offset is expected, as in 2026-01-31T08:30:00Z")
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    leap = second == 60
    zone = UTC if found[8] else timezone((1 if found[9] == "+" else -1) * _offset(int(found[10]), int(found[11])))
    micro = int((found[7] or "0")[:6].ljust(6, "0"))
    moment = datetime(year, month, day, hour, minute, 59 if leap else second, 0 if leap else micro, tzinfo=zone)
    try:
        return (moment + timedelta(seconds=leap)).astimezone(UTC)
    except OverflowError:
        raise ValueError("the date is out of range") from None


def _offset(hours: int, minutes: int) -> timedelta:
    if hours > 23 or minutes > 59:
        raise ValueError("the offset is out of range")
    return timedelta(hours=hours, minutes=minutes)


def written(moment: datetime) -> str:
    """The text of an aware moment: `2026-01-31T08:30:00Z`, or with three digits of a second."""
    precision = "milliseconds" if moment.microsecond // 1000 else "seconds"
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec=precision) + "Z"


def micros(moment: datetime) -> int:
    """Microseconds since 1970: how the state file orders moments."""
    return (moment - EPOCH) // MICROSECOND


def moment_of(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)
