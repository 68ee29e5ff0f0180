"""What the pages ask of orders. Every query here is served by an index or looks at a bounded number of rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Prefetch, Q, QuerySet

from backoffice.connections.models import Connection
from backoffice.outbox.enums import OPEN, State
from backoffice.outbox.models import Action
from backoffice.outbox.queries import DIFFERING, FAILED
from backoffice.sync.models import Cursor
from backoffice.users.models import User
from backoffice.users.scopes import limited
from orders.models import Order, OrderLine

TARGET = "orders.order"


def visible_to(user: User) -> QuerySet[Order]:
    """The orders of the connections and channels that this person works for."""
    return limited(Order.objects.all(), user, channel="channel_id")


def with_rows(orders: QuerySet[Order]) -> QuerySet[Order]:
    """With what the rows of the list show: channel, connection and lines, in two queries."""
    lines = OrderLine.objects.only("order_id", "position", "sku", "title", "quantity").order_by("position")
    rows = orders.select_related("channel", "connection").defer("payload", "search")
    return rows.prefetch_related(Prefetch("lines", lines))


def numbered(orders: QuerySet[Order], words: Sequence[str]) -> dict[int, str]:
    """Those of the orders whose number or Mirakl id is one of these words, by primary key. Two queries."""
    # The ids are unique per connection, and so is their index: without the connections it could not be used.
    connections = list(Connection.objects.order_by().values_list("pk", flat=True))
    named = Q(number__in=words) | Q(connection__in=connections, remote_id__in=words)
    wanted = set(words)
    found = orders.filter(named).order_by().values_list("pk", "number", "remote_id")
    return {pk: number if number in wanted else remote_id for pk, number, remote_id in found}


def in_trouble() -> QuerySet[Any]:
    """The keys of orders about which an action failed, is unknown, or is not seen though it was confirmed."""
    unhappy = FAILED | Q(state=State.UNKNOWN) | DIFFERING
    return Action.objects.filter(unhappy, target_type=TARGET).order_by().values("target_id")


def being_decided(kind: str) -> QuerySet[Any]:
    """The keys of orders about which an action of this kind is open, or confirmed and not seen yet."""
    unseen = Q(state=State.CONFIRMED, seen_at=None, settled_at=None)
    return (
        Action.objects.filter(Q(state__in=OPEN) | unseen, kind=kind, target_type=TARGET).order_by().values("target_id")
    )


def readings(user: User) -> QuerySet[Cursor]:
    """How far the orders of each connection that this person works for have been read."""
    mine = limited(Cursor.objects.filter(resource="orders"), user)
    return mine.select_related("connection").order_by("connection__name")
