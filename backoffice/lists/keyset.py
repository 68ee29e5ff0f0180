"""Keyset paging: a page begins after, or ends before, the position of a row, however many rows come before it.

The field that rows are sorted by is never null: a row without a value would belong to no page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Generic, Self, TypeVar

from django.db.models import Field, Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)
Value = datetime | Decimal | str | int

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LARGEST = 2**63 - 1  # that every database takes
_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Order:
    """What rows are sorted by: a field, and their primary key where that is the same."""

    field: str
    descending: bool = False

    @property
    def keys(self) -> list[str]:
        sign = "-" if self.descending else ""
        return list(dict.fromkeys([f"{sign}{self.field}", f"{sign}pk"]))

    @property
    def backwards(self) -> Order:
        return Order(self.field, not self.descending)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a row stands: its value of the field, and its primary key."""

    at: Value
    pk: int

    @classmethod
    def of(cls, row: Model, order: Order) -> Self:
        value = getattr(row, order.field)
        assert isinstance(value, datetime | Decimal | str | int), f"{order.field} cannot be paged by"
        return cls(value, row.pk)

    @classmethod
    def parse(cls, text: str, model: type[Model], order: Order) -> Self:
        """Reads what `str()` wrote into a URL. Raises ValueError for anything else."""
        written, dot, pk = text.rpartition(".")
        if not dot:
            raise ValueError("not a position")
        try:
            return cls(_reader(model, order)(written), _whole(pk, least=0))
        except (OverflowError, ArithmeticError) as error:
            raise ValueError("a value that nothing has") from error

    def __str__(self) -> str:
        if isinstance(self.at, datetime):
            return f"{(self.at - _EPOCH) // _MICROSECOND}.{self.pk}"
        return f"{self.at:f}.{self.pk}" if isinstance(self.at, Decimal) else f"{self.at}.{self.pk}"


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """The rows of one page, and the positions its neighbours are reached by: "" where there is no neighbour."""

    rows: list[Row]
    before: str
    after: str


def first(rows: QuerySet[Row], order: Order, size: int) -> Page[Row]:
    found = list(rows.order_by(*order.keys)[: size + 1])
    return _page(found[:size], order, before=False, after=len(found) > size)


def after(rows: QuerySet[Row], order: Order, size: int, position: Position) -> Page[Row]:
    """What follows the position; the first page when nothing does any more."""
    found = list(beyond(rows, order, position)[: size + 1])
    if not found:
        return first(rows, order, size)
    return _page(found[:size], order, before=True, after=len(found) > size)


def before(rows: QuerySet[Row], order: Order, size: int, position: Position) -> Page[Row]:
    """What precedes the position; the first page when that is not a whole page more."""
    found = list(beyond(rows, order.backwards, position)[: size + 1])
    if len(found) <= size:
        return first(rows, order, size)
    return _page(found[size - 1 :: -1], order, before=True, after=True)


def chunks(rows: QuerySet[Row], order: Order, size: int) -> Iterator[list[Row]]:
    """All rows in their order, so many at a time, each chunk a query of its own."""
    found = list(rows.order_by(*order.keys)[:size])
    while found:
        yield found
        if len(found) < size:
            return
        found = list(beyond(rows, order, Position.of(found[-1], order))[:size])


def beyond(rows: QuerySet[Row], order: Order, position: Position) -> QuerySet[Row]:
    """What follows the position, in order."""
    edge, past = ("lte", "lt") if order.descending else ("gte", "gt")
    farther = Q(**{f"pk__{past}": position.pk})
    if order.field != "pk":
        farther |= Q(**{f"{order.field}__{past}": position.at})
        # This redundant condition is what lets both databases jump into the index instead of reading up to it.
        farther &= Q(**{f"{order.field}__{edge}": position.at})
    return rows.filter(farther).order_by(*order.keys)


def _page(rows: list[Row], order: Order, *, before: bool, after: bool) -> Page[Row]:
    return Page(
        rows,
        before=str(Position.of(rows[0], order)) if before else "",
        after=str(Position.of(rows[-1], order)) if after else "",
    )


def _reader(model: type[Model], order: Order) -> Callable[[str], Value]:
    """Reads what a position says about this field."""
    if order.field == "pk":
        return _whole
    field = model._meta.get_field(order.field)  # noqa: SLF001 -- Django's own name for a public interface
    return _READERS.get(field.get_internal_type(), _whole) if isinstance(field, Field) else _whole


def _moment(text: str) -> datetime:
    return _EPOCH + _whole(text) * _MICROSECOND


def _whole(text: str, least: int = -_LARGEST) -> int:
    if not re.fullmatch(r"-?[0-9]{1,19}", text) or not least <= int(text) <= _LARGEST:
        raise ValueError("no number")
    return int(text)


def _decimal(text: str) -> Decimal:
    if not re.fullmatch(r"-?[0-9]{1,20}(\.[0-9]{1,10})?", text):
        raise ValueError("no amount")
    return Decimal(text)


def _text(text: str) -> str:
    if "\0" in text or len(text) > _LONGEST:  # PostgreSQL takes no NUL in a text
        raise ValueError("no text of ours")
    return text


_READERS: dict[str, Callable[[str], Any]] = {
    "DateTimeField": _moment,
    "DecimalField": _decimal,
    "CharField": _text,
    "TextField": _text,
}
