"""From JSON text to typed payloads: reading is tolerant (domain.md §6).

Unknown fields are ignored, null is like missing, numbers may come as text and texts as numbers, enumerations are plain
text. What is nearly always well formed takes the fast way; only what msgspec refuses is looked at field by field.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

import msgspec

from backoffice.mirakl.errors import Unreadable
from backoffice.mirakl.values import expected, parse_amount, parse_moment

T = TypeVar("T", bound=msgspec.Struct)

# With its time zone: one without it takes the slow way, where it is taken as UTC.
Moment = Annotated[datetime, msgspec.Meta(tz=True)]

_Convert = Callable[[Any], Any]
_untyped = msgspec.json.Decoder(float_hook=Decimal)


def read(raw: bytes | msgspec.Raw, kind: type[T]) -> T:
    """The typed payload in this JSON text. Raises Unreadable, which names the field but never its value."""
    try:
        decoder: msgspec.json.Decoder[T] = _decoder(kind)
        return decoder.decode(raw)
    except (ValueError, RecursionError):
        return _read_slowly(raw, kind)


def _read_slowly(raw: bytes | msgspec.Raw, kind: type[T]) -> T:
    try:
        fields = _untyped.decode(raw)
    except ValueError:
        raise Unreadable(what_it_is(raw)) from None
    except RecursionError:
        raise Unreadable("It is nested too deeply.") from None
    try:
        record: T = _struct(kind)(fields)
    except ValueError as error:
        raise Unreadable(f"{error}.") from None
    return record


def what_it_is(raw: bytes | msgspec.Raw, otherwise: str = "Its JSON is broken.") -> str:
    """Why this is not what was asked for: JSON, unless `otherwise` says something else."""
    start = bytes(raw)[:200].lstrip()
    if not start:
        return "It is empty."
    if start.startswith(b"<"):
        return "It is a web page: the address is wrong, or a proxy stands between us and Mirakl."
    return otherwise


@lru_cache
def _decoder(kind: type[T]) -> msgspec.json.Decoder[T]:
    return msgspec.json.Decoder(kind, float_hook=Decimal)


class _MismatchError(ValueError):
    """What is wrong, and in which field."""

    def __init__(self, where: str, error: ValueError) -> None:
        self.where: str = where
        self.what: ValueError = error
        if isinstance(error, _MismatchError):
            self.where += error.where if error.where.startswith("[") else f".{error.where}"
            self.what = error.what
        super().__init__(f"{self.where}: {self.what}")


@lru_cache
def _struct(kind: type[msgspec.Struct]) -> _Convert:
    fields = [(field.encode_name, _converter(field.type), field.required) for field in msgspec.structs.fields(kind)]

    def convert(value: Any) -> msgspec.Struct:
        if type(value) is not dict:
            raise expected("an object", value)
        arguments = {}
        for name, converter, required in fields:
            given = value.get(name)
            if given is None:
                if required:
                    raise _MismatchError(name, ValueError("it is missing"))
                continue
            try:
                arguments[name] = converter(given)
            except ValueError as error:
                raise _MismatchError(name, error) from None
        return kind(**arguments)

    return convert


def _list(converter: _Convert) -> _Convert:
    def convert(value: Any) -> list[Any]:
        if type(value) is not list:
            raise expected("a list", value)
        found = []
        for at, item in enumerate(value):
            if item is None:
                continue
            try:
                found.append(converter(item))
            except ValueError as error:
                raise _MismatchError(f"[{at}]", error) from None
        return found

    return convert


def _converter(wanted: Any) -> _Convert:
    """For a type as the payloads use them: scalars, structs, lists of these, each with or without `| None`."""
    if get_origin(wanted) in (Union, types.UnionType):
        wanted = next(one for one in get_args(wanted) if one is not types.NoneType)
    if get_origin(wanted) is Annotated:
        wanted = get_args(wanted)[0]
    if get_origin(wanted) is list:
        return _list(_converter(get_args(wanted)[0]))
    return _SCALARS[wanted] if wanted in _SCALARS else _struct(wanted)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise expected("a text", value)
    return str(value)


def _whole(value: Any) -> int:
    amount = parse_amount(value)
    if amount.adjusted() > 18 or amount != amount.to_integral_value():
        raise ValueError("a whole number is expected")
    return int(amount)


def _flag(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = value.strip().lower() if isinstance(value, str) else ""
    if word not in ("true", "false"):
        raise expected("true or false", value)
    return word == "true"


def _moment(value: Any) -> datetime:
    if not isinstance(value, str):
        raise expected("a date-time", value)
    return parse_moment(value)


def _as_it_is(value: Any) -> Any:
    return value


_SCALARS: dict[Any, _Convert] = {
    str: _text,
    int: _whole,
    bool: _flag,
    Decimal: parse_amount,
    datetime: _moment,
    Any: _as_it_is,
}
