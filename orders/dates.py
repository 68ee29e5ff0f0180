"""The dates of an order as its deadline card shows them, and what they are at the channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backoffice.web import times
from orders.enums import Stage
from orders.models import Order
from shops.deadlines import zone_of


@dataclass(frozen=True, slots=True)
class ShownDate:
    """`there`: the same moment in the channel's zone, where its clocks show something else; `due`: it is a deadline
    that can still be missed."""

    label: str | Promise
    at: datetime
    there: datetime | None
    due: bool


def dates_of(order: Order) -> list[ShownDate]:
    """What is due, what was promised and when it began. One query: for the channel's zone."""
    zone = zone_of(order.channel_id)
    promised = order.document.shipping_info.delivery_date
    found = [
        (_("Accept by"), order.accept_by, order.stage == Stage.TO_ACCEPT),
        (_("Ship by"), order.ship_by, order.stage in {Stage.TO_ACCEPT, Stage.WAITING, Stage.TO_SHIP}),
        (_("Promised delivery, earliest"), promised.earliest if promised else None, False),
        (_("Promised delivery, latest"), promised.latest if promised else None, False),
        (_("Created on the channel"), order.created_at, False),
    ]
    return [ShownDate(label, at, _there(at, zone), due) for label, at, due in found if at]


def _there(moment: datetime, zone: tzinfo | None) -> datetime | None:
    there = times.local(moment, zone) if zone else None
    return there if there and there.utcoffset() != times.local(moment).utcoffset() else None
