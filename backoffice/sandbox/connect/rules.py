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


def text(*, least: int = 0, most: int | None = None, like: str = "", says: str = "") -> Rule:
    """`says` tells what a text that is not `like` the pattern should be."""
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


def word(only: str) -> Rule:
    """For enumerations of one word."""

    def rule(where: str, value: Any, faults: Faults) -> Any:
        if value != only:
            faults[where] = f"{only} is required; there is no other yet."
        return value

    return rule


def number(least: int, most: int | None = None, *, whole: bool = False) -> Rule:
    word = "whole number" if whole else "number"
    says = f"A {word} from {least} to {most:,} is required." if most else f"A {word} of {least} or more is required."

    def rule(where: str, value: Any, faults: Faults) -> Any:
        fits = isinstance(value, int | Decimal) and not isinstance(value, bool) and least <= value <= (most or value)
        if not fits or (whole and value != int(value)):
            faults[where] = says
        elif whole:
            return int(value)
        return value

    return rule


def moment(where: str, value: Any, faults: Faults) -> Any:
    """In UTC, with a Z."""
    if not isinstance(value, str) or value[-1:] not in ("Z", "z"):
        faults[where] = "A date-time in UTC is required, as in 2026-01-31T08:30:00Z."
        return value
    try:
        parse(value)
    except ValueError as error:
        faults[where] = f"No such moment: {error}."
    return value


def several(rule: Rule, *, least: int = 0, most: int) -> Rule:
    def of_all(where: str, value: Any, faults: Faults) -> Any:
        if not isinstance(value, list) or len(value) < least:
            faults[where] = f"A list of at least {least} is required." if least else "A list is required."
            return []
        if len(value) > most:
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
        found: Json = {name: one(f"{where}.{name}", value.get(name), faults) for name, one in required.items()}
        for name, one in (optional or {}).items():
            if name in value:
                found[name] = one(f"{where}.{name}", value[name], faults)
        return found

    return rule


def or_null(rule: Rule) -> Rule:
    return lambda where, value, faults: None if value is None else rule(where, value, faults)


def boolean(where: str, value: Any, faults: Faults) -> Any:
    if not isinstance(value, bool):
        faults[where] = "true or false is required."
    return value
