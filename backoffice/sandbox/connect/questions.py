"""Query parameters, read strictly: what is out of range is refused, never bent (domain.md §8, question 7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from werkzeug.datastructures import MultiDict

from backoffice.sandbox.answers import RefusedError
from backoffice.sandbox.dates import parse

Args = MultiDict[str, str]


def single(args: Args, name: str) -> str | None:
    found = args.getlist(name)
    if len(found) > 1:
        raise RefusedError(400, f"{name} is given {len(found)} times.", field=name)
    return found[0] if found else None


def several(args: Args, name: str, *, among: Sequence[str] = (), most: int = 0) -> list[str]:
    """The values of a repeated parameter. One text with commas in it is one value."""
    given = args.getlist(name)
    if most and len(given) > most:
        text = f"At most {most} values are taken for {name}; {len(given)} were given."
        raise RefusedError(400, text, field=name, extensions={"maxItems": most})
    found = list(dict.fromkeys(given))
    for value in found:
        if among and value not in among:
            raise _not_among(name, value, among)
    return found


def choice(args: Args, name: str, among: Sequence[str]) -> str | None:
    value = single(args, name)
    if value is not None and value not in among:
        raise _not_among(name, value, among)
    return value


def number(args: Args, name: str, *, default: int, least: int, most: int) -> int:
    text = single(args, name)
    if text is None:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and least <= int(text) <= most):
        message = f"{name} is a whole number from {least} to {most}."
        raise RefusedError(400, message, field=name, extensions={"minimum": least, "maximum": most})
    return int(text)


def moment(args: Args, name: str) -> datetime | None:
    text = single(args, name)
    if text is None:
        return None
    try:
        return parse(text)
    except ValueError as error:
        raise RefusedError(400, f"{name}: {error}", field=name) from None


def _not_among(name: str, value: str, among: Sequence[str]) -> RefusedError:
    message = f"{name} cannot be {value[:40]!r}. Possible are {', '.join(among)}."
    return RefusedError(400, message, field=name, extensions={"enum": list(among)})
