"""What the pages ask of orders. Every query here is served by an index or looks at a bounded number of rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet

from backoffice.sync.models import Cursor
from backoffice.users.models import User
from orders.models import Order, OrderLine
from orders.paging import Page, Position, first_page, page_after, page_before
from orders.search import matching
from orders.tabs import TABS, Tab

# Counting a million rows takes longer than showing fifty; beyond this a tab says "999+".
MOST = 1000


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the list: nothing for its beginning, else the position it follows or precedes."""

    after: Position | None = None
    before: Position | None = None


def visible_to(user: User) -> QuerySet[Order]:
    """The orders this person may see: all of them, until roles and scopes say otherwise."""
    return Order.objects.all()


def order_page(user: User, tab: Tab, text: str, place: Place, *, now: datetime) -> Page:
    """One page of a tab, with what its rows show: channel and lines. Three queries at most."""
    orders = tab.rows(_with_rows(visible_to(user)), now=now)
    if text:
        orders = matching(orders, text)
    if place.after:
        return page_after(orders, tab.field, place.after, newest_first=tab.newest_first)
    if place.before:
        return page_before(orders, tab.field, place.before, newest_first=tab.newest_first)
    return first_page(orders, tab.field, newest_first=tab.newest_first)


def count_by_tab(user: User, *, now: datetime) -> dict[str, int]:
    """How many orders each tab holds, counted up to MOST."""
    orders = visible_to(user).order_by()
    return {tab.key: tab.rows(orders, now=now)[:MOST].count() for tab in TABS}


def readings() -> QuerySet[Cursor]:
    """How far the orders of each connection have been read."""
    return Cursor.objects.filter(resource="orders").select_related("connection").order_by("connection__name")


def _with_rows(orders: QuerySet[Order]) -> QuerySet[Order]:
    lines = OrderLine.objects.only("order_id", "position", "sku", "title", "quantity").order_by("position")
    return orders.select_related("channel").defer("payload", "search").prefetch_related(Prefetch("lines", lines))
