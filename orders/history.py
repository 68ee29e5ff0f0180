"""What happened to an order: what Mirakl did. A change of its status is written down by the reading that sees it; the
rest stands in the order itself and is read from there, so that nothing is told twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from backoffice.mirakl.connect.types import OrderLine
from backoffice.timeline import words
from backoffice.timeline.enums import Actor, Show
from backoffice.timeline.models import Entry
from backoffice.timeline.shown import Moment
from backoffice.web.money import money
from orders import amounts
from orders.badges import badge
from orders.enums import AdjustmentReason, AdjustmentType, Reason, word
from orders.models import Order

OBJECT = "orders.order"
STATUS = "orders.status"


def status_entry(
    pk: int, connection_id: int, at: datetime, *, before: tuple[str, str], after: tuple[str, str]
) -> Entry:
    """An order's status and reason changed at Mirakl. `at`: Mirakl's own moment."""
    data = {"from": before[0], "to": after[0], "reason": after[1]}
    return Entry(
        object_type=OBJECT, object_id=pk, connection_id=connection_id, verb=STATUS, data=data, actor=Actor.MIRAKL, at=at
    )


def _status_words(data: dict[str, Any]) -> str:
    before, after = badge(data["from"]).label, badge(data["to"]).label
    # Where they are the same, only the reason changed.
    said = str(after) if before == after else gettext("%(before)s → %(after)s") % {"before": before, "after": after}
    return f"{said}: {word(Reason, data['reason'])}" if data["reason"] else said


words.register(STATUS, words.Words("refresh", "moving", _status_words))


def told_by(order: Order) -> Iterator[Moment]:
    """What the order itself tells: when it was placed, what was cancelled or refunded, when its customer went."""
    placed = gettext("Placed at %(channel)s") % {"channel": order.channel}
    who = {actor: str(actor.label) for actor in (Actor.CUSTOMER, Actor.MIRAKL)}
    yield Moment(order.created_at, Show.MIRAKL, "inbox", "work", placed, who[Actor.CUSTOMER])
    for line in order.document.order_lines:
        yield from _adjustments(line, who[Actor.MIRAKL])
    if order.anonymized_at:
        removed = gettext("The customer’s data was removed")
        yield Moment(order.anonymized_at, Show.MIRAKL, "lock", "ended", removed, who[Actor.MIRAKL])


def _adjustments(line: OrderLine, who: str) -> Iterator[Moment]:
    for one in amounts.all_adjustments(line):
        if one.created_at is None:
            continue
        price = money(one.price.amount, one.price.currency)
        said = f"{word(AdjustmentType, one.type)}: {line.product.id or line.id}, {price}"
        reason = word(AdjustmentReason, one.reason)
        yield Moment(one.created_at, Show.MIRAKL, "undo", "ended", said, who, text=reason)
