"""The lines of an order as its page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import TextChoices

from backoffice.mirakl.connect.types import Adjustment, Order, OrderLine
from orders import amounts
from orders.amounts import Sums, TaxSum
from orders.badges import Badge, badge
from orders.enums import AdjustmentReason, AdjustmentType, Reason


@dataclass(frozen=True, slots=True)
class ShownAdjustment:
    adjustment: Adjustment
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class ShownLine:
    line: OrderLine
    badge: Badge
    reason: str
    live: bool
    ordered: int
    cancelled: int
    refunded: int
    ordered_price: Sums
    price: Sums
    shipping: Sums
    taxes: list[TaxSum]
    shipping_taxes: list[TaxSum]
    adjustments: list[ShownAdjustment]
    intent: str  # what is asked of Mirakl about it, and where that stands


def lines_of(order: Order, intents: Mapping[str, str]) -> list[ShownLine]:
    """`intents`: by line id, what is asked of Mirakl and not shown by a reading yet."""
    return [_shown(line, intents.get(line.id, "")) for line in order.order_lines]


def _shown(line: OrderLine, intent: str) -> ShownLine:
    return ShownLine(
        line=line,
        badge=badge(line.status),
        reason=_word(Reason, line.status_reason),
        live=amounts.is_live(line),
        ordered=amounts.ordered_quantity(line),
        cancelled=amounts.cancelled_quantity(line),
        refunded=amounts.refunded_quantity(line),
        ordered_price=amounts.ordered_price(line),
        price=amounts.net_price(line),
        shipping=amounts.net_shipping(line),
        taxes=amounts.net_taxes(line),
        shipping_taxes=amounts.net_shipping_taxes(line),
        adjustments=[
            ShownAdjustment(one, _word(AdjustmentType, one.type), _word(AdjustmentReason, one.reason))
            for one in amounts.all_adjustments(line)
        ],
        intent=intent,
    )


def _word(known: type[TextChoices], value: str) -> str:
    """Our word for a value of Mirakl; its own where we have none."""
    return str(dict(known.choices).get(value, value))
