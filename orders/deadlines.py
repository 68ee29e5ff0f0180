"""When an order has to be accepted, what is due next, how its row sorts: one rule, for sync and for new policies."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection as database
from django.db import transaction
from django.db.models import QuerySet

from backoffice.lists import keyset
from orders.enums import Fulfillment, Stage
from orders.models import NO_DATE, Order
from shops.deadlines import Acceptance, Acceptances

# So many rows in one transaction: a reading waits for none of them longer than some milliseconds.
BATCH = 500


class Deadlines(NamedTuple):
    """The columns of these names, in the order of `orders.rows.ORDER_COLUMNS`.

    accept_by: until when it can be accepted; None when nobody has to, or when nothing says until when.
    due_at: the next consequence: acceptance first, then shipping; NO_DATE when nothing is due from us.
    sort_at: what the tab of its stage sorts by.
    """

    accept_by: datetime | None
    due_at: datetime
    sort_at: datetime


def of(
    stage: Stage, fulfillment: str, created_at: datetime, ship_by: datetime | None, acceptance: Acceptance | None
) -> Deadlines:
    """What is due of an order in this stage. What a partner fulfils is never due from us."""
    ours = fulfillment != Fulfillment.PARTNER
    if stage is Stage.TO_ACCEPT:
        accept_by = acceptance.due(created_at) if acceptance and ours else None
        return Deadlines(accept_by, (accept_by or ship_by or NO_DATE) if ours else NO_DATE, accept_by or created_at)
    if stage in {Stage.WAITING, Stage.TO_SHIP}:
        due_at = (ship_by or NO_DATE) if ours else NO_DATE
        return Deadlines(None, due_at, (ship_by or NO_DATE) if stage is Stage.TO_SHIP else created_at)
    return Deadlines(None, NO_DATE, created_at)


def renew(acceptances: Acceptances) -> int:
    """Gives every order to accept the deadlines that the policies ask for; how many rows changed.

    It only reads as long as all of them are right.
    """
    changed = 0
    # By creation, which no policy changes, and which has an index.
    for batch in keyset.chunks(_to_accept(), keyset.Order("created_at"), BATCH):
        stale = [order.pk for order in batch if _corrected(order, acceptances)]
        if stale:
            changed += _correct(stale, acceptances)
    return changed


def _to_accept() -> QuerySet[Order]:
    wanted = ("stage", "fulfillment", "created_at", "ship_by", "channel_id", *Deadlines._fields)
    return Order.objects.filter(stage=Stage.TO_ACCEPT).only(*wanted)


def _correct(keys: list[int], acceptances: Acceptances) -> int:
    """Looks at these rows again, locked from reading to writing, so that what a reading stored meanwhile is kept.

    A row that a reading holds just now is passed over, which keeps both from waiting for each other crosswise.
    """
    with transaction.atomic():
        held = _to_accept().filter(pk__in=keys).select_for_update(skip_locked=True)
        stale = [order for order in held if _corrected(order, acceptances)]
        # Not by bulk_update, which thinks about each row for longer than the database writes it.
        with database.cursor() as cursor:
            cursor.executemany(_UPDATE, [_values(order) for order in stale])
        return len(stale)


_UPDATE = f"UPDATE orders_order SET {', '.join(f'{name} = %s' for name in Deadlines._fields)} WHERE id = %s"  # noqa: S608 -- our columns


def _values(order: Order) -> list[Any]:
    moments = [getattr(order, name) for name in Deadlines._fields]
    return [*map(database.ops.adapt_datetimefield_value, moments), order.pk]


def _corrected(order: Order, acceptances: Acceptances) -> bool:
    """Sets the order's deadlines; whether they were other ones."""
    acceptance = acceptances.of(order.channel_id)
    right = of(Stage.TO_ACCEPT, order.fulfillment, order.created_at, order.ship_by, acceptance)
    if (order.accept_by, order.due_at, order.sort_at) == right:
        return False
    order.accept_by, order.due_at, order.sort_at = right
    return True
