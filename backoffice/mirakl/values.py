"""Amounts and moments as Mirakl writes them (domain.md §1.1, §6)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec

_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d+))?)?\s*([Zz]|[+-]\d\d(?::?\d\d)?)?", re.ASCII
)


class Payload(msgspec.Struct, frozen=True, gc=False):
    """What JSON text becomes. It cannot hold itself, so the garbage collector need not look through thousands of it."""


class Money(Payload, frozen=True):
    """An exact amount and its ISO 4217 code. Amounts of two currencies are never added."""

    amount: Decimal = Decimal(0)
    currency: str = ""

    def __post_init__(self) -> None:
        if not self.amount.is_finite():  # Decimal takes "NaN" and "Infinity" from a text
            raise ValueError("a finite number is expected")


def parse_amount(value: object) -> Decimal:
    """An exact amount from what JSON gave: a number (never a float) or its text. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise expected("a number", value)
    try:
        amount = Decimal(value)
    except ArithmeticError:
        raise ValueError("a number is expected, not such a text") from None
    if not amount.is_finite():
        raise ValueError("a finite number is expected")
    return amount


def parse_moment(text: str) -> datetime:
    """A date-time in UTC. Second 60 is the next minute, no offset means UTC. Raises ValueError."""
    found = _MOMENT.fullmatch(text.strip())
    if not found:
        raise ValueError("a date-time is expected, not such a text")
    day, minute, second, fraction, offset = found.groups()
    if offset in (None, "Z", "z"):
        offset = "+00:00"
    start = datetime.fromisoformat(f"{day}T{minute}:00{offset}")
    seconds = int(second or 0)
    if seconds > 60:
        raise ValueError("a date-time has no such second")
    micros = int((fraction or "").ljust(6, "0")[:6])
    try:
        return start.astimezone(UTC) + timedelta(seconds=seconds, microseconds=micros)
    except OverflowError:
        raise ValueError("a date-time is out of range") from None


def write_moment(moment: datetime) -> str:
    """UTC with `Z` and milliseconds where there are any. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError("A date-time without a time zone is never sent.")
    utc = moment.astimezone(UTC)
    precision = "milliseconds" if utc.microsecond >= 1000 else "seconds"
    return utc.replace(tzinfo=None).isoformat(timespec=precision) + "Z"


def expected(words: str, value: object) -> ValueError:
    """The error for a JSON value of the wrong kind. It names the kind, never the value."""
    return ValueError(f"{words} is expected, not {_kind_of(value)}")


def _kind_of(value: object) -> str:
    kinds: tuple[tuple[type, str], ...] = (
        (bool, "true or false"),
        (str, "a text"),
        (int, "a number"),
        (Decimal, "a number"),
        (list, "a list"),
        (dict, "an object"),
    )
    return next((words for kind, words in kinds if isinstance(value, kind)), "nothing")
