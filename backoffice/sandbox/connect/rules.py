"""Rules for the fields of a body, put together from small ones.

A rule is told where it looks, what it finds there and where to note a fault by its path; it gives back what is to be
kept: fields that nobody knows are left out. What it gives back for a faulty body is of no use.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from backoffice.sandbox.dates import parse

Json = dict[str, Any]
Faults = dict[str, str]
Rule = Callable[[str, Any, Faults], Any]
Check = Callable[[str, Any, Faults], None]

MOST_WHOLE = 10**18 - 1  # more is a slip, and would not fit into the state file


def at(where: str, name: str) -> str:
    """The path of a field in what is at a path; the body itself is at ""."""
    return f"{where}.{name}" if where else name


def text(*, least: int = 0, most: int | None = None, like: str = "", says: str = "") -> Rule:
    """Its length is counted in characters. `says` tells what a text that is not `like` the pattern should be."""
    pattern = re.compile(like, re.ASCII)

    def rule(where: str, value: Any, faults: Faults) -> Any:
        if not isinstance(value, str):
            faults[where] = "A text is required."
        elif len(value) < least:
            faults[where] = "The text is empty."
        elif most is not None and len(value) > most:
            faults[where] = f"The text has at most {most} characters; this one has {len(value)}."
        elif like and not pattern.fullmatch(value):
            faults[where] = says
        return value

    return rule


def choice(*words: str) -> Rule:
    says = f"One of {', '.join(words)} is required." if words[1:] else f"{words[0]} is required; there is no other yet."

    def rule(where: str, value: Any, faults: Faults) -> Any:
        if value not in words:
            faults[where] = says
        return value

    return rule


def number(least: int, most: int | None = None, *, whole: bool = False) -> Rule:
    """A whole number may be written with a fraction of zero."""
    range_of = f"of {least} or more" if most is None else f"from {least:,} to {most:,}"
    says = f"A {'whole ' if whole else ''}number {range_of} is required."
    largest = MOST_WHOLE if whole and most is None else most

    def rule(where: str, value: Any, faults: Faults) -> Any:
        is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
        if not is_number or value < least or (largest is not None and value > largest) or (whole and value % 1):
            faults[where] = says
        elif whole:
            return int(value)
        return value

    return rule


def moment(where: str, value: Any, faults: Faults) -> Any:
    """A date-time with its offset, kept as it was written."""
    try:
        parse(value if isinstance(value, str) else "")
    except ValueError as error:
        faults[where] = f"No moment: {error}."
    return value


def moment_in_utc(where: str, value: Any, faults: Faults) -> Any:
    """The same, with a Z."""
    if not isinstance(value, str) or value[-1:] not in ("Z", "z"):
        faults[where] = "A date-time in UTC is required, as in 2026-01-31T08:30:00Z."
        return value
    return moment(where, value, faults)


def boolean(where: str, value: Any, faults: Faults) -> Any:
    if not isinstance(value, bool):
        faults[where] = "true or false is required."
    return value


def anything(where: str, value: Any, faults: Faults) -> Any:
    return value


def or_null(rule: Rule) -> Rule:
    return lambda where, value, faults: None if value is None else rule(where, value, faults)


def several(rule: Rule, *, least: int = 0, most: int | None = None) -> Rule:
    def of_all(where: str, value: Any, faults: Faults) -> Any:
        if not isinstance(value, list) or len(value) < least:
            faults[where] = f"A list of at least {least} is required." if least else "A list is required."
            return []
        if most is not None and len(value) > most:
            faults[where] = f"The list has at most {most} entries; this one has {len(value)}."
            return []
        return [rule(f"{where}[{position}]", item, faults) for position, item in enumerate(value)]

    return of_all


def fields(required: dict[str, Rule], optional: dict[str, Rule] | None = None) -> Rule:
    """An object; of what is optional null is a value like any other, for its rule to judge."""

    def rule(where: str, value: Any, faults: Faults) -> Any:
        if not isinstance(value, dict):
            faults[where] = "An object is required."
            return {}
        found: Json = {}
        for name, one in (required | (optional or {})).items():
            if name in value:
                found[name] = one(at(where, name), value[name], faults)
            elif name in required:
                faults[at(where, name)] = "This field is required."
        return found

    return rule


def also(rule: Rule, check: Check) -> Rule:
    """`check` looks at what the rule kept as a whole, unless that is not even of the right kind. Single fields in it
    may be faulty."""

    def both(where: str, value: Any, faults: Faults) -> Any:
        found = rule(where, value, faults)
        if where not in faults:
            check(where, found, faults)
        return found

    return both


MONEY = fields(
    {
        "amount": number(0),
        "currency": text(like="[A-Z]{3}", says="A currency code of three letters is required, as in EUR."),
    }
)
