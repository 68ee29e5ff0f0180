"""What an order is worth after cancelations and refunds (domain.md §2.3).

Mirakl reduces a line when units are cancelled and leaves it as it was when money is refunded or the line refused; all
amounts are without tax, taxes are apart. Everything here is a pure function over the typed payload. Amounts of two
currencies are never added: a sum is a tuple with one Money per currency, nearly always of length one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from backoffice.mirakl.connect.types import Adjustment, Money, Order, OrderLine, Tax, TaxAdjustment
from orders.enums import AdjustmentType, Reason

Sums = tuple[Money, ...]

CANCELATION = AdjustmentType.CANCELATION.value
REFUND = AdjustmentType.REFUND.value

# Such a line was never sold, though Mirakl leaves its amounts as they were.
NEVER_SOLD = frozenset(
    {
        Reason.REFUSED.value,
        Reason.ACCEPTANCE_TIMEOUT.value,
        Reason.FRAUD_CHECK_FAILED.value,
        Reason.FRAUD_CHECK_TIMEOUT.value,
        Reason.REFUSED_PAYMENT.value,
        Reason.PAYMENT_TIMEOUT.value,
    }
)


@dataclass(frozen=True, slots=True)
class TaxSum:
    """One tax of a line or an order."""

    code: str
    amounts: Sums


def is_live(line: OrderLine) -> bool:
    """False for a line that was refused, or that the channel ended before it was sold."""
    return line.status_reason not in NEVER_SOLD


def all_adjustments(line: OrderLine) -> list[Adjustment]:
    """The line's adjustments, each once: a repeated one is the same one. `id` is unique within a type only."""
    found: dict[object, Adjustment] = {}
    for adjustment in line.adjustments:
        by_type = (adjustment.type, adjustment.id) if adjustment.id else object()
        found.setdefault(adjustment.adjustment_id or by_type, adjustment)
    return list(found.values())


def adjustments(line: OrderLine, kind: str) -> list[Adjustment]:
    """Those of one type."""
    return [adjustment for adjustment in all_adjustments(line) if adjustment.type == kind]


def cancelled_quantity(line: OrderLine) -> int:
    return sum(adjustment.quantity for adjustment in adjustments(line, CANCELATION))


def refunded_quantity(line: OrderLine) -> int:
    """Units that refunds speak of. Only informative: a refund may be money alone."""
    return sum(adjustment.quantity for adjustment in adjustments(line, REFUND))


def ordered_quantity(line: OrderLine) -> int:
    """What the customer asked for at first."""
    return line.quantity + cancelled_quantity(line)


def ordered_price(line: OrderLine) -> Sums:
    return _sums([line.price, *(adjustment.price for adjustment in adjustments(line, CANCELATION))])


def net_price(line: OrderLine) -> Sums:
    """Without tax and shipping, after cancelations and refunds. This is also the most that can still be refunded."""
    return _sums(*_price(line)) if is_live(line) else _nothing(line.price)


def net_shipping(line: OrderLine) -> Sums:
    return _sums(*_shipping(line)) if is_live(line) else _nothing(line.total_shipping_price)


def net_taxes(line: OrderLine) -> list[TaxSum]:
    """Taxes on the goods, by code."""
    refunded = [tax for refund in adjustments(line, REFUND) for tax in refund.taxes]
    return _by_code(line.taxes, refunded) if is_live(line) else []


def net_shipping_taxes(line: OrderLine) -> list[TaxSum]:
    """Taxes on the shipping, by code."""
    refunded = [tax for refund in adjustments(line, REFUND) for tax in refund.shipping_taxes]
    return _by_code(line.shipping_taxes, refunded) if is_live(line) else []


def refunded(line: OrderLine) -> Sums:
    """Everything given back on this line: goods, shipping and taxes."""
    return _sums(money for refund in adjustments(line, REFUND) for money in _moneys(refund))


def refundable_quantity(line: OrderLine) -> int:
    return max(line.quantity - refunded_quantity(line), 0) if is_live(line) else 0


def order_sums(order: Order) -> Sums:
    """What the order is worth now, taxes and shipping included: one amount per currency."""
    totals: dict[str, Decimal] = {}
    for line in order.order_lines:
        if is_live(line):
            _add(totals, _gross(line), 1)
            for refund in adjustments(line, REFUND) if line.adjustments else ():
                _add(totals, _moneys(refund), -1)
        else:
            _add(totals, _nothing(line.price), 1)
    return _as_sums(totals)


def order_total(order: Order) -> Money | None:
    """The order's worth as one amount; None when there is none, or when it is in two currencies."""
    plain = _plain_total(order.order_lines)
    if plain is not None:
        return plain
    sums = order_sums(order)
    return sums[0] if len(sums) == 1 else None


def _plain_total(lines: list[OrderLine]) -> Money | None:
    """The total of lines that were sold in one currency and never adjusted: nearly every order, by the thousand."""
    if not lines or any(line.adjustments or line.status_reason in NEVER_SOLD for line in lines):
        return None
    gross = [money for line in lines for money in _gross(line)]
    currency = gross[0].currency
    if not currency or any(money.currency != currency for money in gross):
        return None
    return Money(sum((money.amount for money in gross), Decimal(0)), currency)


@dataclass(frozen=True, slots=True)
class Summary:
    """The foot of an order's lines. `total` = goods + shipping + taxes + shipping taxes."""

    goods: Sums
    shipping: Sums
    taxes: list[TaxSum]
    shipping_taxes: list[TaxSum]
    refunded: Sums
    total: Sums

    @property
    def was_refunded(self) -> bool:
        return any(money.amount for money in self.refunded)


def summary(order: Order) -> Summary:
    lines = order.order_lines
    return Summary(
        goods=_sums(money for line in lines for money in net_price(line)),
        shipping=_sums(money for line in lines for money in net_shipping(line)),
        taxes=_joined(tax for line in lines for tax in net_taxes(line)),
        shipping_taxes=_joined(tax for line in lines for tax in net_shipping_taxes(line)),
        refunded=_sums(money for line in lines for money in refunded(line)),
        total=order_sums(order),
    )


def _price(line: OrderLine) -> tuple[list[Money], list[Money]]:
    return [line.price], [refund.price for refund in adjustments(line, REFUND)]


def _shipping(line: OrderLine) -> tuple[list[Money], list[Money]]:
    return [line.total_shipping_price], [refund.shipping_price for refund in adjustments(line, REFUND)]


def _gross(line: OrderLine) -> Iterator[Money]:
    yield line.price
    yield line.total_shipping_price
    for tax in line.taxes:
        yield tax.amount
    for tax in line.shipping_taxes:
        yield tax.amount


def _moneys(adjustment: Adjustment) -> Iterator[Money]:
    yield adjustment.price
    yield adjustment.shipping_price
    for tax in adjustment.taxes:
        yield tax.amount
    for tax in adjustment.shipping_taxes:
        yield tax.amount


def _by_code(taxes: Iterable[Tax], refunds: Iterable[TaxAdjustment]) -> list[TaxSum]:
    plus: dict[str, list[Money]] = {}
    minus: dict[str, list[Money]] = {}
    for tax in taxes:
        plus.setdefault(tax.code, []).append(tax.amount)
    for refund in refunds:
        minus.setdefault(refund.code, []).append(refund.amount)
    return [TaxSum(code, _sums(plus.get(code, []), minus.get(code, []))) for code in {**plus, **minus}]


def _joined(taxes: Iterable[TaxSum]) -> list[TaxSum]:
    by_code: dict[str, list[Money]] = {}
    for tax in taxes:
        by_code.setdefault(tax.code, []).extend(tax.amounts)
    return [TaxSum(code, _sums(amounts)) for code, amounts in by_code.items()]


def _nothing(like: Money) -> Sums:
    return (Money(Decimal(0), like.currency),) if like.currency else ()


def _sums(plus: Iterable[Money], minus: Iterable[Money] = ()) -> Sums:
    totals: dict[str, Decimal] = {}
    _add(totals, plus, 1)
    _add(totals, minus, -1)
    return _as_sums(totals)


def _add(totals: dict[str, Decimal], amounts: Iterable[Money], sign: int) -> None:
    for money in amounts:
        if money.currency or money.amount:  # a missing amount is read as zero of no currency
            totals[money.currency] = totals.get(money.currency, Decimal(0)) + sign * money.amount


def _as_sums(totals: dict[str, Decimal]) -> Sums:
    sums = tuple(Money(amount, currency) for currency, amount in totals.items())
    if len(sums) == 1:
        return sums
    return tuple(money for money in sums if money.amount) or sums[:1]  # nothing of a second currency is no second one
