"""What the orders list shows: tabs with their counts, rows, the links to the neighbouring pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.functional import Promise

from backoffice.outbox.models import Action
from backoffice.outbox.queries import latest_on
from backoffice.outbox.shown import Shown
from backoffice.outbox.shown import shown as shown_action
from backoffice.users.models import User
from orders.actions import ACCEPT_LINES
from orders.badges import Badge, badge
from orders.deciding import blocks
from orders.enums import Stage
from orders.models import Order, OrderLine
from orders.paging import Page
from orders.queries import MOST, Place, count_by_tab, order_page, readings
from orders.search import searchable
from orders.tabs import TABS, Tab, tab_of

# Everything that makes up the state of the list. It is in the URL and nowhere else.
STATE = ("tab", "q", "after", "before")
LONGEST_SEARCH = 200


@dataclass(frozen=True, slots=True)
class TabLink:
    key: str
    label: str | Promise
    query: str
    count: str  # "" while searching: counting what a search finds costs as much as the search
    current: bool


@dataclass(frozen=True, slots=True)
class Row:
    order: Order
    badge: Badge
    first: OrderLine | None
    more: int  # lines beyond the first
    deadline: datetime | None
    can_pick: bool  # for accepting or refusing several at once
    asked: Shown | None  # what is asked of Mirakl about it and not shown by a reading yet, or failed


def query(values: QueryDict) -> str:
    """The list's state out of any query string: known names only, so that nothing foreign gets into a link."""
    return urlencode([(name, values[name]) for name in STATE if values.get(name)])


def deadline(order: Order) -> datetime | None:
    """When it has to be shipped; None once it is, or when it never will be."""
    return order.ship_by if order.stage in {Stage.TO_ACCEPT, Stage.WAITING, Stage.TO_SHIP} else None


def shown(user: User, values: QueryDict, place: Place, *, now: datetime) -> dict[str, Any]:
    """The context of the page and of its results."""
    text = values.get("q", "").strip()[:LONGEST_SEARCH]
    tab = tab_of(values.get("tab", ""), searching=bool(text))
    found = order_page(user, tab, text, place, now=now)
    counts = {} if text else count_by_tab(user, now=now)
    newest = latest_on(ACCEPT_LINES.target_type, [order.pk for order in found.rows])
    rows = [_row(order, newest.get(order.pk), now) for order in found.rows]
    return {
        "now": now,
        "tab": tab,
        # Only a tab that somebody chose narrows a search; from the start page it looks through all orders.
        "chosen": values.get("tab", "") if values.get("tab", "") == tab.key else "",
        "text": text,
        "too_short": bool(text) and not searchable(text),
        "tabs": [_tab_link(other, tab, text, counts) for other in TABS],
        "rows": rows,
        "can_pick": any(row.can_pick for row in rows),
        "waiting": _shown(counts.get(tab.key, 0)) if tab.key == Stage.TO_ACCEPT else "",
        "nothing_yet": not text and not counts["all"],
        "here": query(values),
        "readings": readings(),
        **_neighbours(found, tab, text),
    }


def _tab_link(tab: Tab, current: Tab, text: str, counts: dict[str, int]) -> TabLink:
    count = counts.get(tab.key)
    shown_count = "" if count is None else _shown(count)
    return TabLink(tab.key, tab.label, _query(tab=tab.key, q=text), shown_count, tab is current)


def _neighbours(found: Page, tab: Tab, text: str) -> dict[str, str]:
    return {
        "previous": _query(tab=tab.key, q=text, before=found.before) if found.before else "",
        "next": _query(tab=tab.key, q=text, after=found.after) if found.after else "",
    }


def _query(**values: str) -> str:
    return urlencode({name: value for name, value in values.items() if value})


def _shown(count: int) -> str:
    return f"{MOST - 1}+" if count >= MOST else str(count)


def _row(order: Order, newest: Action | None, now: datetime) -> Row:
    lines = list(order.lines.all())
    return Row(
        order=order,
        badge=badge(order.status),
        first=lines[0] if lines else None,
        more=max(len(lines) - 1, 0),
        deadline=deadline(order),
        can_pick=order.stage == Stage.TO_ACCEPT and not (newest and blocks(newest)),
        asked=shown_action(newest, now) if newest else None,
    )
