"""v2-refundOrderLines: what is refused, what fails, and what is left of a line (domain.md §1.3, §2.2, §2.3; §8,
questions 12, 18 and 19)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.calling import Caller
from tests.sandbox.lines import FAULTY_ITEMS, NULLS, WHOLE, empty_bodies, eur, item, money, place, tax
from tests.sandbox_server import RunningSandbox


def refund(caller: Caller, order_id: str, *items: Any) -> tuple[str, str | None]:
    """How the action ends: status and code."""
    return caller.end(caller.take("refund", order_id, {"refunds": list(items)}))


def refused(caller: Caller, order_id: str, *items: Any, status: int = 400) -> list[str]:
    """The fields that a refusal names."""
    answer = caller.send("refund", order_id, {"refunds": list(items)})
    code = {400: "INVALID_INPUT", 404: "DATA_NOT_FOUND"}[status]
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return sorted(error["field"].removeprefix("refunds") for error in answer.json()["errors"])


def test_refund_adds_an_adjustment_and_changes_no_amount(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox, "SHIPPED")
    before = caller.exact_line(order_id)
    asked: dict[str, Any] = {
        "price": eur("3.333"),
        "shipping_price": eur("1.00"),
        "taxes": [tax("VAT", "0.67")],
        "shipping_taxes": [tax("VAT", "0.20")],
    }

    end = refund(caller, order_id, item(order_id, **asked, reason="ITEM_NOT_RECEIVED"))

    line = caller.exact_line(order_id)
    adjustment = {
        "adjustment_id": f"{order_id}-1_R1",
        "id": f"{order_id}-1_1",
        "type": "REFUND",
        "reason": "ITEM_NOT_RECEIVED",
        "created_at": line["adjustments"][0]["created_at"],
        "quantity": 1,
        **asked,
    }
    assert (end, line) == (("SUCCESS", None), {**before, "adjustments": [adjustment]})
    assert caller.order(order_id)["status"] == "SHIPPED"


def test_refund_of_an_amount_alone_has_quantity_0(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox, "DELIVERED")

    end = refund(caller, order_id, item(order_id, quantity=None, price=eur("2.50"), reason="AGREEMENT"))

    adjustment = caller.exact_line(order_id)["adjustments"][0]
    assert (end, adjustment["quantity"], adjustment["taxes"]) == (("SUCCESS", None), 0, [])


@pytest.mark.parametrize("status", ["SHIPPED", "DELIVERED"])
def test_whole_refund_closes_the_order(sandbox: RunningSandbox, caller: Caller, status: str) -> None:
    order_id = place(sandbox, status)

    end = refund(caller, order_id, item(order_id, **WHOLE))

    order = caller.order(order_id)
    line = order["order_lines"][0]
    assert (end, order["status"], order["status_reason"]) == (("SUCCESS", None), "CLOSED", "REFUNDED")
    assert (line["status"], line["status_reason"], line["quantity"]) == ("CLOSED", "REFUNDED", 3)
    assert (line["can_cancel"], line["can_refund"]) == (False, False)


def test_last_of_several_refunds_closes_the_line(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox, "SHIPPED", {}, {})
    parts = [WHOLE | {"quantity": 0, "price": eur(price)} for price in ("12.345", "17.655")]
    parts[1] |= {"shipping_price": eur("0"), "taxes": [], "shipping_taxes": []}

    ends = [refund(caller, order_id, item(order_id, **part)) for part in parts]

    order = caller.order(order_id)
    assert ends == [("SUCCESS", None)] * 2
    assert [line["status"] for line in order["order_lines"]] == ["CLOSED", "SHIPPED"]
    assert order["status"] == "SHIPPED"


def test_tax_that_is_left_keeps_the_line_open(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox, "SHIPPED")

    refund(caller, order_id, item(order_id, **{**WHOLE, "taxes": [tax("VAT", "6.00")]}))

    assert caller.order(order_id)["status"] == "SHIPPED"


@pytest.mark.parametrize(
    "asked",
    [
        {"quantity": 4},
        {"price": eur("30.01")},
        {"price": money("1e400", "EUR")},
        {"shipping_price": eur("4.91")},
        {"taxes": [tax("VAT", "6.01")]},
        {"taxes": [tax("NONE", "0")]},
        {"shipping_taxes": [tax("VAT", "0.99")]},
    ],
)
def test_refund_above_what_is_left_fails_the_action(
    sandbox: RunningSandbox, caller: Caller, asked: dict[str, Any]
) -> None:
    order_id = place(sandbox, "SHIPPED")
    before = caller.order(order_id)

    end = refund(caller, order_id, item(order_id, **asked))

    assert (end, caller.order(order_id)) == (("FAILED", "INVALID_INPUT"), before)


def test_refunds_together_cannot_exceed_the_line(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox, "SHIPPED")

    first = refund(caller, order_id, item(order_id, price=eur("20.00")))
    second = refund(caller, order_id, item(order_id, price=eur("10.01")))
    both = refund(caller, order_id, item(order_id, price=eur("6")), item(order_id, price=eur("4.01")))

    assert (first, second, both) == (("SUCCESS", None), ("FAILED", "INVALID_INPUT"), ("FAILED", "INVALID_INPUT"))
    assert len(caller.order(order_id)["order_lines"][0]["adjustments"]) == 1


def test_cancelled_amount_cannot_be_refunded(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox)
    caller.end(caller.take("cancel", order_id, {"cancelations": [item(order_id)]}))
    sandbox.step_order(order_id, "SHIPPED")

    ends = [refund(caller, order_id, item(order_id, price=eur(price))) for price in ("20.01", "20.00")]

    assert ends == [("FAILED", "INVALID_INPUT"), ("SUCCESS", None)]


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("AWAITING_FRAUD_CHECK", "ORDER_IN_WRONG_STATE"),
        ("AWAITING_ACCEPTANCE", "ORDER_IN_WRONG_STATE"),
        ("AWAITING_PAYMENT", "PAYMENT_REQUIRED"),
        ("AWAITING_SHIPMENT", "ORDER_IN_WRONG_STATE"),
        ("CLOSED", "ORDER_IN_WRONG_STATE"),
        ("CHANNEL_SPECIFIC", "ORDER_IN_WRONG_STATE"),
    ],
)
def test_line_that_cannot_be_refunded_fails_the_action(
    sandbox: RunningSandbox, caller: Caller, status: str, code: str
) -> None:
    order_id = place(sandbox, status)

    assert refund(caller, order_id, item(order_id)) == ("FAILED", code)


def test_can_refund_is_what_counts(sandbox: RunningSandbox, caller: Caller) -> None:
    """Some channels refund before shipment: the flag says so. The units are still to be shipped."""
    order_id = place(sandbox, "AWAITING_SHIPMENT", {"can_refund": True})

    end = refund(caller, order_id, item(order_id))

    order = caller.order(order_id)
    assert (end, order["status"], order["order_lines"][0]["quantity"]) == (("SUCCESS", None), "AWAITING_SHIPMENT", 3)


def test_order_of_a_partner_is_not_the_sellers_to_refund(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox, "SHIPPED", fulfillment={"type": "FULFILLED_BY_PARTNER", "code": "P"})

    assert refund(caller, order_id, item(order_id)) == ("FAILED", "ORDER_FULFILLED_BY_PARTNER")


@pytest.mark.parametrize("body", empty_bodies("refunds"))
def test_body_without_a_list_is_400(sandbox: RunningSandbox, caller: Caller, body: Any) -> None:
    order_id = place(sandbox, "SHIPPED")

    answer = caller.send("refund", order_id, body)

    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (400, ["refunds"])


def test_faulty_items_are_400_and_name_every_field(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox, "SHIPPED")

    for fault, fields in FAULTY_ITEMS:
        faulty = item(order_id, **fault) if isinstance(fault, dict) else fault
        assert refused(caller, order_id, item(order_id), faulty) == [f"[1]{field}" for field in fields]

    assert sandbox.actions() == []


def test_null_is_not_an_absent_field(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox, "SHIPPED")

    found = [refused(caller, order_id, {**item(order_id), name: None}) for name in NULLS]

    assert found == [[f"[0].{name}"] for name in NULLS]


def test_unknown_order_and_line_are_404(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox, "SHIPPED")

    assert refused(caller, "nowhere", item("nowhere"), status=404) == ["order_id"]
    assert refused(caller, order_id, item(order_id, 9), status=404) == ["[0].order_line_id"]


def test_other_currency_is_400(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox, "SHIPPED")
    asked = item(order_id, price=money("1", "USD"), taxes=[{"code": "VAT", "amount": money("1", "GBP")}])

    assert refused(caller, order_id, asked) == ["[0].price.currency", "[0].taxes[0].amount.currency"]


def test_refund_that_came_too_late_stays_undone(sandbox: RunningSandbox, caller: Caller) -> None:
    """The marketplace said yes, and the order was closed before Connect showed it."""
    sandbox.configure(show_seconds=100)
    order_id = place(sandbox, "SHIPPED")
    end = refund(caller, order_id, item(order_id))

    sandbox.step_order(order_id, "CLOSED", "AUTOMATICALLY_CLOSED")
    sandbox.advance(100)

    order = caller.order(order_id)
    assert (end, order["status"], order["status_reason"]) == (("SUCCESS", None), "CLOSED", "AUTOMATICALLY_CLOSED")
    assert order["order_lines"][0]["adjustments"] == []
