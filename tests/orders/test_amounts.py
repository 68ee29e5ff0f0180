"""What an order is worth after cancelations and refunds (domain.md §2.3)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.mirakl.connect.types import Adjustment, Money, Order, OrderLine, Tax, TaxAdjustment, read
from orders import amounts
from orders.amounts import TaxSum


def eur(amount: str) -> Money:
    return Money(Decimal(amount), "EUR")


def tax(amount: str, code: str = "VAT") -> Tax:
    return Tax(code=code, amount=eur(amount))


def line(**fields: object) -> OrderLine:
    """Two pieces left for 20.00, shipping 5.00, taxes 4.00 and 1.00: 30.00 in all."""
    values = {
        "quantity": 2,
        "price": eur("20.00"),
        "total_shipping_price": eur("5.00"),
        "taxes": [tax("4.00")],
        "shipping_taxes": [tax("1.00")],
        **fields,
    }
    return OrderLine(**values)  # type: ignore[arg-type]  # -- a test names only fields that exist


def order(*lines: OrderLine) -> Order:
    empty = read(b'{"id": "1", "updated_at": "2026-11-20T08:00:00Z"}', Order)
    return Order(id=empty.id, updated_at=empty.updated_at, order_lines=list(lines))


REFUND = Adjustment(
    adjustment_id="r1",
    type="REFUND",
    quantity=1,
    price=eur("10.00"),
    shipping_price=eur("2.00"),
    taxes=[TaxAdjustment("VAT", eur("2.00"))],
    shipping_taxes=[TaxAdjustment("VAT", eur("0.40"))],
)
CANCELATION = Adjustment(adjustment_id="c1", type="CANCELATION", quantity=3, price=eur("30.00"))


def test_untouched_line_is_worth_what_it_says() -> None:
    untouched = line()

    assert amounts.ordered_quantity(untouched) == 2
    assert amounts.ordered_price(untouched) == amounts.net_price(untouched) == (eur("20.00"),)
    assert amounts.net_shipping(untouched) == (eur("5.00"),)
    assert amounts.net_taxes(untouched) == [TaxSum("VAT", (eur("4.00"),))]
    assert amounts.net_shipping_taxes(untouched) == [TaxSum("VAT", (eur("1.00"),))]
    assert amounts.order_total(order(untouched)) == eur("30.00")


def test_cancelation_was_taken_off_already_and_counts_only_as_ordered() -> None:
    cancelled = line(adjustments=[CANCELATION])

    assert (amounts.ordered_quantity(cancelled), amounts.cancelled_quantity(cancelled)) == (5, 3)
    assert amounts.ordered_price(cancelled) == (eur("50.00"),)
    assert amounts.net_price(cancelled) == (eur("20.00"),)
    assert amounts.order_total(order(cancelled)) == eur("30.00")


def test_refund_is_taken_off_by_us() -> None:
    refunded = line(adjustments=[REFUND])

    assert amounts.net_price(refunded) == (eur("10.00"),)
    assert amounts.net_shipping(refunded) == (eur("3.00"),)
    assert amounts.net_taxes(refunded) == [TaxSum("VAT", (eur("2.00"),))]
    assert amounts.net_shipping_taxes(refunded) == [TaxSum("VAT", (eur("0.60"),))]
    assert amounts.refunded(refunded) == (eur("14.40"),)
    assert (amounts.refunded_quantity(refunded), amounts.refundable_quantity(refunded)) == (1, 1)
    assert amounts.order_total(order(refunded)) == eur("15.60")


def test_refund_of_money_alone_leaves_the_quantity() -> None:
    goodwill = line(adjustments=[Adjustment(adjustment_id="g", type="REFUND", price=eur("0.01"))])

    assert (amounts.refundable_quantity(goodwill), amounts.net_price(goodwill)) == (2, (eur("19.99"),))


def test_repeated_adjustment_counts_once() -> None:
    by_id = Adjustment(id="7", type="REFUND", price=eur("1.00"))
    same_id_of_another_type = Adjustment(id="7", type="CANCELATION", price=eur("3.00"))
    repeated = line(adjustments=[REFUND, REFUND, by_id, by_id, same_id_of_another_type])

    assert amounts.net_price(repeated) == (eur("9.00"),)
    assert amounts.ordered_price(repeated) == (eur("23.00"),)


def test_adjustments_without_any_id_all_count() -> None:
    nameless = Adjustment(type="REFUND", price=eur("1.00"))

    assert amounts.net_price(line(adjustments=[nameless, nameless])) == (eur("18.00"),)


def test_adjustment_of_unknown_type_changes_nothing_and_is_still_listed() -> None:
    strange = Adjustment(adjustment_id="s", type="WRITE_OFF", price=eur("9.00"))
    adjusted = line(adjustments=[strange])

    assert amounts.order_total(order(adjusted)) == eur("30.00")
    assert amounts.all_adjustments(adjusted) == [strange]


@pytest.mark.parametrize(
    "reason",
    [
        "REFUSED",
        "ACCEPTANCE_TIMEOUT",
        "FRAUD_CHECK_FAILED",
        "FRAUD_CHECK_TIMEOUT",
        "REFUSED_PAYMENT",
        "PAYMENT_TIMEOUT",
    ],
)
def test_line_that_was_never_sold_is_worth_nothing(reason: str) -> None:
    never = line(status="CLOSED", status_reason=reason)

    assert (amounts.net_price(never), amounts.net_shipping(never)) == ((eur("0"),), (eur("0"),))
    assert (amounts.net_taxes(never), amounts.net_shipping_taxes(never)) == ([], [])
    assert amounts.refundable_quantity(never) == 0
    assert amounts.order_total(order(never, line())) == eur("30.00")
    assert amounts.order_total(order(never)) == eur("0")


@pytest.mark.parametrize("reason", ["", "CANCELED", "REFUNDED", "AUTOMATICALLY_CLOSED", "SOMETHING_NEW"])
def test_line_that_ended_another_way_keeps_its_worth(reason: str) -> None:
    assert amounts.order_total(order(line(status="CLOSED", status_reason=reason))) == eur("30.00")


def test_two_currencies_are_never_added() -> None:
    dollars = line(price=Money(Decimal(7), "USD"), total_shipping_price=Money(), taxes=[], shipping_taxes=[])
    both = order(line(), dollars)

    assert amounts.order_sums(both) == (eur("30.00"), Money(Decimal(7), "USD"))
    assert amounts.order_total(both) is None
    assert amounts.summary(both).goods == (eur("20.00"), Money(Decimal(7), "USD"))


def test_refund_in_another_currency_is_not_taken_off() -> None:
    wrong = Adjustment(adjustment_id="w", type="REFUND", price=Money(Decimal(5), "USD"))

    assert amounts.net_price(line(adjustments=[wrong])) == (eur("20.00"), Money(Decimal(-5), "USD"))


def test_missing_amounts_make_no_currency() -> None:
    assert amounts.order_total(order(OrderLine())) is None
    assert amounts.order_total(order(line(total_shipping_price=Money(), taxes=[], shipping_taxes=[]))) == eur("20.00")


def test_zero_of_a_second_currency_is_no_second_currency() -> None:
    assert amounts.order_total(order(line(total_shipping_price=Money(Decimal(0), "USD")))) == eur("25.00")


def test_taxes_are_apart_by_code() -> None:
    taxed = line(taxes=[tax("1.00", "GST"), tax("2.00", "PST"), tax("0.50", "GST")], shipping_taxes=[])

    assert amounts.net_taxes(taxed) == [TaxSum("GST", (eur("1.50"),)), TaxSum("PST", (eur("2.00"),))]
    assert amounts.summary(order(taxed, taxed)).taxes == [
        TaxSum("GST", (eur("3.00"),)),
        TaxSum("PST", (eur("4.00"),)),
    ]


cents = st.integers(0, 10**10).map(lambda number: eur(f"{number // 100}.{number % 100:02}"))
refunds = st.builds(
    lambda price, vat: Adjustment(type="REFUND", price=price, taxes=[TaxAdjustment("V", vat)]), cents, cents
)
lines = st.builds(
    lambda price, shipping, vat, given_back, reason: line(
        price=price, total_shipping_price=shipping, taxes=[Tax("V", vat)], adjustments=given_back, status_reason=reason
    ),
    cents,
    cents,
    cents,
    st.lists(refunds, max_size=3),
    st.sampled_from(["", "REFUSED", "REFUNDED"]),
)


@given(st.lists(lines, min_size=1, max_size=5))
def test_foot_of_the_page_adds_up_to_the_total(some: list[OrderLine]) -> None:
    foot = amounts.summary(order(*some))

    parts = [foot.goods, foot.shipping, *(one.amounts for one in [*foot.taxes, *foot.shipping_taxes])]
    assert sum(money.amount for part in parts for money in part) == sum(money.amount for money in foot.total)
