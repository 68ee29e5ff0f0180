"""Orders that wait to be shipped, and parcels of them."""

from __future__ import annotations

from itertools import count
from typing import Any

from django.utils import timezone

from backoffice.connections.enums import State as ConnectionState
from backoffice.connections.models import Connection
from backoffice.outbox import queue
from backoffice.outbox.models import Action
from backoffice.users.models import User
from orders.actions import SHIP_LINES
from orders.models import Order, Parcel
from tests.orders.rows import line, place

_numbers = count(-1, -1)  # of no action that a test makes


def order_to_ship(*quantities: int, **fields: Any) -> Order:
    """An order in the database alone, whose connection sends: one line for each quantity (3 when none is given)."""
    lines = [line(quantity=quantity) for quantity in quantities or (3,)]
    order = place(**{"status": "AWAITING_SHIPMENT", "order_lines": lines, **fields})
    Connection.objects.filter(pk=order.connection_id).update(state=ConnectionState.ACTIVE)
    return SHIP_LINES.targets().get(pk=order.pk)


def wish(order: Order, *units: int, **fields: Any) -> dict[str, Any]:
    """What is asked for: so many units of each line, and what the parcel says about itself."""
    items = {line.remote_id: number for line, number in zip(order.lines.all(), units, strict=True) if number}
    texts = ("carrier", "tracking_number", "tracking_url", "return_tracking_number", "warehouse_id")
    return {"items": items, **dict.fromkeys(texts, ""), **fields}


def parcel_asked(order: Order, *units: int, by: User | None = None, **fields: Any) -> Action:
    """A parcel that is held."""
    return queue.ask(SHIP_LINES, order, wish(order, *units, **fields), by=by, now=timezone.now())


def parcel_confirmed(order: Order, *units: int, **fields: Any) -> Parcel:
    """A parcel that the channel confirmed, asked for by an action that is not here any more."""
    return Parcel.objects.create(
        order=order, action_id=next(_numbers), shipped_at=timezone.now(), **wish(order, *units, **fields)
    )
