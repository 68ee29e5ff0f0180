"""Keyset paging: a page begins after, or ends before, the position of a row, however many rows come before it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from django.db.models import Q, QuerySet

from orders.models import Order

PAGE = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Position:
    """Where a row stands in its list: its sort key and its id."""

    at: datetime
    pk: int

    @classmethod
    def of(cls, order: Order, field: str) -> Self:
        return cls(getattr(order, field), order.pk)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads what `str()` wrote into a URL. Raises ValueError for anything else."""
        found = re.fullmatch(r"(-?[0-9]{1,18})\.([0-9]{1,18})", text)
        if found is None:
            raise ValueError("not a position")
        try:
            return cls(_EPOCH + int(found[1]) * _MICROSECOND, int(found[2]))
        except OverflowError as error:
            raise ValueError("a moment that no calendar knows") from error

    def __str__(self) -> str:
        return f"{(self.at - _EPOCH) // _MICROSECOND}.{self.pk}"


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one page, and the positions its neighbours are reached by: "" where there is no neighbour."""

    rows: list[Order]
    before: str
    after: str


def first_page(orders: QuerySet[Order], field: str, *, newest_first: bool) -> Page:
    rows = list(orders.order_by(*_keys(field, newest_first))[: PAGE + 1])
    return _page(rows[:PAGE], field, before=False, after=len(rows) > PAGE)


def page_after(orders: QuerySet[Order], field: str, position: Position, *, newest_first: bool) -> Page:
    """What follows the position; the first page when nothing does any more."""
    rows = list(_beyond(orders, field, position, descending=newest_first)[: PAGE + 1])
    if not rows:
        return first_page(orders, field, newest_first=newest_first)
    return _page(rows[:PAGE], field, before=True, after=len(rows) > PAGE)


def page_before(orders: QuerySet[Order], field: str, position: Position, *, newest_first: bool) -> Page:
    """What precedes the position; the first page when that is not a whole page more."""
    rows = list(_beyond(orders, field, position, descending=not newest_first)[: PAGE + 1])
    if len(rows) <= PAGE:
        return first_page(orders, field, newest_first=newest_first)
    return _page(rows[PAGE - 1 :: -1], field, before=True, after=True)


def _page(rows: list[Order], field: str, *, before: bool, after: bool) -> Page:
    return Page(
        rows,
        before=str(Position.of(rows[0], field)) if before else "",
        after=str(Position.of(rows[-1], field)) if after else "",
    )


def _beyond(orders: QuerySet[Order], field: str, position: Position, *, descending: bool) -> QuerySet[Order]:
    # The redundant first condition is what lets both databases jump into the index instead of reading up to it.
    edge, past = ("lte", "lt") if descending else ("gte", "gt")
    return orders.filter(
        Q(**{f"{field}__{past}": position.at}) | Q(**{f"pk__{past}": position.pk}),
        **{f"{field}__{edge}": position.at},
    ).order_by(*_keys(field, descending))


def _keys(field: str, descending: bool) -> tuple[str, str]:
    return (f"-{field}", "-pk") if descending else (field, "pk")
