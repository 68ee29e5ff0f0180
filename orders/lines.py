"""The lines of an order as its page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from backoffice.mirakl.connect.types import Adjustment, Money, Order, OrderLine
from orders import amounts
from orders.amounts import Sums, TaxSum
from orders.badges import Badge, badge
from orders.enums import AdjustmentReason, AdjustmentType, Reason, word

PLACES = Decimal("0.0001")


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
    unit: Money | None  # of one piece, as it was ordered
    exact: bool  # whether so many pieces make the price to the last digit
    price: Sums
    shipping: Sums
    taxes: list[TaxSum]
    shipping_taxes: list[TaxSum]
    adjustments: list[ShownAdjustment]
    intent: str  # what is asked of Mirakl about it, and where that stands
    shipped: int  # units in parcels that the channel confirmed
    underway: int  # units in parcels that it has not confirmed


def lines_of(
    order: Order, intents: Mapping[str, str], shipped: Mapping[str, int], underway: Mapping[str, int]
) -> list[ShownLine]:
    """All by line id. `intents`: what is asked of Mirakl and not shown by a reading yet; `shipped`, `underway`:
    units in parcels that the channel confirmed, and in those that it did not."""
    return [
        _shown(line, intents.get(line.id, ""), shipped.get(line.id, 0), underway.get(line.id, 0))
        for line in order.order_lines
    ]


def _shown(line: OrderLine, intent: str, shipped: int, underway: int) -> ShownLine:
    unit = unit_price(line)
    return ShownLine(
        line=line,
        badge=badge(line.status),
        reason=word(Reason, line.status_reason),
        live=amounts.is_live(line),
        ordered=amounts.ordered_quantity(line),
        cancelled=amounts.cancelled_quantity(line),
        refunded=amounts.refunded_quantity(line),
        ordered_price=amounts.ordered_price(line),
        unit=unit,
        exact=unit is not None
        and unit.amount * amounts.ordered_quantity(line) == amounts.ordered_price(line)[0].amount,
        price=amounts.net_price(line),
        shipping=amounts.net_shipping(line),
        taxes=amounts.net_taxes(line),
        shipping_taxes=amounts.net_shipping_taxes(line),
        adjustments=[
            ShownAdjustment(one, word(AdjustmentType, one.type), word(AdjustmentReason, one.reason))
            for one in amounts.all_adjustments(line)
        ],
        intent=intent,
        shipped=shipped,
        underway=underway,
    )


def unit_price(line: OrderLine) -> Money | None:
    """What one piece cost, to four places: Mirakl gives the price of the whole line only. None where no price can be
    divided: nothing was ordered, or in two currencies."""
    prices, pieces = amounts.ordered_price(line), amounts.ordered_quantity(line)
    if len(prices) != 1 or pieces < 1 or not prices[0].amount.is_finite():
        return None
    try:
        return Money((prices[0].amount / pieces).quantize(PLACES), prices[0].currency)
    except ArithmeticError:  # more digits than a quotient can have
        return None
