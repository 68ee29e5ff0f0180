"""Payloads and filters that we send: their limits stand in their types, and are checked before anything leaves.

    class Item(Input, frozen=True, kw_only=True):
        quantity: Annotated[int, Meta(ge=1)]
        order_line_id: Id = ""                     # left out while it is its default
        carrier: Id | None | UnsetType = UNSET     # absent and null are told apart

        def check(self) -> None: ...               # for what no type can state

`Meta` says how many, how long and which pattern the whole text must match; its `description` takes the place of our
words for that in the error. Nothing is converted: a text is no number, a float is no amount, and `Any` is sent as it
is. Values are never repeated in an error: they may be a customer's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, inspect

from backoffice.mirakl.values import write_moment

DIGITS = 28  # what Decimal adds without rounding; no contract says how many

Id = Annotated[str, Meta(min_length=1)]


class Input(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What is sent: strict where reading is tolerant."""

    def check(self) -> None:
        """Called when each field for itself is right. Raises ValueError, which begins with the field's name."""


class Amount(Input, frozen=True, kw_only=True):
    """An exact amount of 0 or more, and its ISO 4217 code."""

    amount: Decimal
    currency: Annotated[str, Meta(pattern="[A-Z]{3}", description="a currency of three capital letters")]

    def check(self) -> None:
        if self.amount < 0:
            raise ValueError("amount: a number of 0 or more is expected.")
        if _digits(Decimal(self.amount)) > DIGITS:
            raise ValueError(f"amount: a number of at most {DIGITS} digits is expected.")


def checked(payload: Input) -> dict[str, Any]:
    """The payload as it is sent: objects, lists, texts, exact numbers. Raises ValueError, which names the field."""
    return _object(payload, "")


def query(filters: Input) -> list[tuple[str, str]]:
    """The filters as an address has them: an array is its name repeated. Raises ValueError, which names the field."""
    found = []
    for name, value in checked(filters).items():
        found += [(name, str(one)) for one in (value if isinstance(value, list) else [value])]
    return found


def _object(payload: Input, where: str) -> dict[str, Any]:
    shape = _shape(type(payload))
    written: dict[str, Any] = {shape.tag_field: shape.tag} if shape.tag_field else {}
    for field in shape.fields:
        name, value = field.encode_name, getattr(payload, field.name)
        place = f"{where}.{name}" if where else name
        if value is UNSET and field.required:
            raise ValueError(f"{place}: it is missing.")
        if value is not UNSET and not _is_default(value, field):
            written[name] = _written(value, field.type, place)
    try:
        payload.check()
    except ValueError as error:
        raise ValueError(f"{where}.{error}" if where else str(error)) from None
    return written


@lru_cache
def _shape(kind: type[Input]) -> inspect.StructType:
    found = inspect.type_info(kind)
    assert isinstance(found, inspect.StructType)
    return found


def _is_default(value: Any, field: inspect.Field) -> bool:
    if field.default_factory is not msgspec.NODEFAULT:
        return isinstance(value, list | tuple) and list(value) == field.default_factory()
    if value is field.default:
        return True
    # Only what can be compared with anything: a Decimal cannot.
    return isinstance(value, str | int) and type(value) is type(field.default) and bool(value == field.default)


def _written(value: Any, wanted: inspect.Type, where: str) -> Any:
    kind = _member(value, wanted)
    if isinstance(kind, inspect.AnyType):
        return value
    if not _fits(value, kind):
        raise ValueError(f"{where}: {_words(wanted)} is expected.")
    if isinstance(kind, inspect.StructType):
        return _object(value, where)
    if isinstance(kind, inspect.ListType):
        return [_written(item, kind.item_type, f"{where}[{at}]") for at, item in enumerate(value)]
    if isinstance(kind, inspect.StrType):
        return _text(value, where)
    return _moment(value, where) if isinstance(kind, inspect.DateTimeType) else value


def _member(value: Any, wanted: inspect.Type) -> inspect.Type:
    """The type without its description; of several the one that fits, or any."""
    if isinstance(wanted, inspect.Metadata):
        return _member(value, wanted.type)
    if isinstance(wanted, inspect.UnionType):
        kinds = [_member(value, one) for one in wanted.types]
        return next((kind for kind in kinds if _fits(value, kind)), kinds[0])
    return wanted


def _fits(value: Any, kind: inspect.Type) -> bool:
    check = _CHECKS.get(type(kind))
    if check is None:
        raise TypeError(f"{type(kind).__name__} has no limits yet.")
    return check(value, kind)


def _is_number(value: Any) -> bool:
    return isinstance(value, Decimal | int) and not isinstance(value, bool)  # bool is an int


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray)


def _within(kind: inspect.StrType | inspect.BytesType | inspect.ListType, length: int) -> bool:
    return (kind.min_length or 0) <= length and (kind.max_length is None or length <= kind.max_length)


def _between(kind: inspect.IntType, value: int) -> bool:
    return (kind.ge is None or value >= kind.ge) and (kind.le is None or value <= kind.le)


def _matches(kind: inspect.StrType, value: str) -> bool:
    return kind.pattern is None or re.fullmatch(kind.pattern, value) is not None


# For each kind of type whether a value is of it, and within its limits.
_CHECKS: dict[type[inspect.Type], Callable[[Any, Any], bool]] = {
    inspect.BoolType: lambda value, _: isinstance(value, bool),
    inspect.BytesType: lambda value, kind: isinstance(value, bytes) and _within(kind, len(value)),
    inspect.DateTimeType: lambda value, _: isinstance(value, datetime),
    inspect.DecimalType: lambda value, _: _is_number(value) and Decimal(value).is_finite(),
    inspect.IntType: lambda value, kind: _is_number(value) and isinstance(value, int) and _between(kind, value),
    inspect.ListType: lambda value, kind: _is_list(value) and _within(kind, len(value)),
    inspect.LiteralType: lambda value, kind: isinstance(value, str) and value in kind.values,
    inspect.NoneType: lambda value, _: value is None,
    inspect.StrType: lambda value, kind: isinstance(value, str) and _within(kind, len(value)) and _matches(kind, value),
    inspect.StructType: lambda value, kind: isinstance(value, kind.cls),
}


def _words(kind: inspect.Type) -> str:  # noqa: PLR0911 -- one answer for each kind of type
    """What is expected, for a person."""
    match kind:
        case inspect.Metadata():
            described = (kind.extra_json_schema or {}).get("description")
            return described or _words(kind.type)
        case inspect.UnionType():
            return " or ".join(_words(one) for one in kind.types if not isinstance(one, inspect.NoneType))
        case inspect.LiteralType():
            several = "one of " if len(kind.values) > 1 else ""
            return several + ", ".join(map(str, kind.values))
        case inspect.IntType():
            return "a whole number" + _range(kind.ge, kind.le)
        case inspect.StrType():
            return "a text" + _range(kind.min_length, kind.max_length, "character")
        case inspect.BytesType():
            return "a file" + _range(kind.min_length, kind.max_length, "byte")
        case inspect.ListType():
            return "a list" + _range(kind.min_length, kind.max_length, "item")
        case inspect.StructType():
            name = kind.cls.__name__
            return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"
    return _PLAIN[type(kind)]


_PLAIN: dict[type[inspect.Type], str] = {
    inspect.BoolType: "true or false",
    inspect.DateTimeType: "a date-time with a time zone",
    inspect.DecimalType: "an exact number",
}


def _range(least: int | None, most: int | None, unit: str = "") -> str:
    if most is None:
        text = "" if least is None else f" of {least} or more"
    elif least is None:
        text = f" of at most {most}"
    else:
        text = f" of {least} to {most}"
    return f"{text} {unit}{'' if most == 1 else 's'}" if text and unit else text


def _digits(number: Decimal) -> int:
    """How many digits it has when it is written out."""
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int)  # it is finite
    return max(number.adjusted() + 1, 1) + max(-exponent, 0)


def _text(value: str, where: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError(f"{where}: a text without half characters is expected.") from None
    return value


def _moment(value: datetime, where: str) -> str:
    try:
        return write_moment(value)
    except (ValueError, OverflowError):
        raise ValueError(f"{where}: a date-time with a time zone is expected.") from None
