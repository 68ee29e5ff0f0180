"""Placing and changing orders, and the amounts of cancelled and refunded parts (domain.md §2.3)."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import requests

from backoffice.sandbox.dates import parse
from backoffice.sandbox.worlds.moves import Part, cancel_part, refund_part
from tests.sandbox.calling import Caller
from tests.sandbox_server import RunningSandbox

AT = datetime(2026, 1, 31, tzinfo=UTC)


def euros(amount: str) -> dict[str, Any]:
    return {"amount": Decimal(amount), "currency": "EUR"}


def a_line() -> dict[str, Any]:
    tax = {"code": "T", "amount": euros("6.00"), "channel_collectible": euros("0"), "seller_collectible": euros("6.00")}
    return {
        "id": "L",
        "quantity": 3,
        "price": euros("30.00"),
        "total_shipping_price": euros("5.00"),
        "taxes": [tax],
        "shipping_taxes": [{"code": "S", "amount": euros("1.00")}],
        "status": "AWAITING_SHIPMENT",
        "adjustments": [],
    }


def test_placed_order_takes_the_given_fields(sandbox: RunningSandbox) -> None:
    order = sandbox.place_order(
        channel_id="0003",
        status="SHIPPED",
        billing_info=None,
        order_lines=[{"quantity": 4}, {"status": "CLOSED", "status_reason": "REFUSED", "can_refund": True}],
    )

    first, second = order["order_lines"]
    assert (order["origin"]["channel_id"], order["status"], "billing_info" in order) == ("0003", "SHIPPED", False)
    assert (first["quantity"], first["status"], first["can_refund"]) == (4, "SHIPPED", True)
    assert (second["status"], second["status_reason"], second["can_refund"]) == ("CLOSED", "REFUSED", True)
    assert len({line["id"] for line in order["order_lines"]}) == 2


def test_update_changes_and_moves_the_order_on(sandbox: RunningSandbox) -> None:
    order = sandbox.place_order(lines=2)

    changed = sandbox.update_order(order["id"], status="CLOSED", status_reason="REFUSED")

    assert parse(changed["updated_at"]) > parse(order["updated_at"])
    assert (changed["status"], changed["status_reason"]) == ("CLOSED", "REFUSED")
    assert {(line["status"], line["status_reason"]) for line in changed["order_lines"]} == {("CLOSED", "REFUSED")}
    kept = changed.keys() - {"status", "status_reason", "updated_at", "channel_updated_at", "order_lines"}
    assert {name: changed[name] for name in kept} == {name: order[name] for name in kept}


def test_update_within_one_millisecond_is_still_later(sandbox: RunningSandbox, caller: Caller) -> None:
    future = "2099-01-01T00:00:00Z"
    order = sandbox.place_order(updated_at=future)

    changed = sandbox.update_order(order["id"], custom_attributes=[])

    assert changed["updated_at"] == "2099-01-01T00:00:00.001Z"
    assert caller.page()["data"][0]["updated_at"] == "2099-01-01T00:00:00.001Z"


def test_update_can_take_a_payload_back_in_time(sandbox: RunningSandbox) -> None:
    order = sandbox.place_order()

    assert sandbox.update_order(order["id"], updated_at="2026-01-01T00:00:00Z")["updated_at"] == "2026-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("status", "after", "reason"),
    [
        ("AWAITING_FRAUD_CHECK", "AWAITING_ACCEPTANCE", None),
        ("AWAITING_ACCEPTANCE", "CLOSED", "ACCEPTANCE_TIMEOUT"),
        ("AWAITING_PAYMENT", "AWAITING_SHIPMENT", None),
        ("SHIPPED", "DELIVERED", None),
        ("DELIVERED", "CLOSED", "AUTOMATICALLY_CLOSED"),
    ],
)
def test_step_does_what_comes_next_by_itself(
    sandbox: RunningSandbox, status: str, after: str, reason: str | None
) -> None:
    placed = sandbox.place_order(status=status, lines=2)

    order = sandbox.step_order(placed["id"])

    assert (order["status"], order.get("status_reason")) == (after, reason)
    assert {line["status"] for line in order["order_lines"]} == {after}
    assert order["updated_at"] > placed["updated_at"]


def test_step_takes_no_other_lines_along(sandbox: RunningSandbox) -> None:
    lines = [{}, {"status": "DELIVERED"}, {"status": "CLOSED", "status_reason": "REFUSED"}]
    placed = sandbox.place_order(status="SHIPPED", order_lines=lines)

    by_itself = sandbox.step_order(placed["id"])
    by_hand = sandbox.step_order(placed["id"], "CHANNEL_SPECIFIC", "STRIKE")

    assert [line["status"] for line in by_itself["order_lines"]] == ["DELIVERED", "DELIVERED", "CLOSED"]
    assert [line["status"] for line in by_hand["order_lines"]] == ["CHANNEL_SPECIFIC", "CHANNEL_SPECIFIC", "CLOSED"]
    assert (by_hand["status"], by_hand["status_reason"]) == ("CHANNEL_SPECIFIC", "STRIKE")


@pytest.mark.parametrize(("order_id", "status"), [("", 400), ("nowhere", 404)])
def test_step_says_why_it_cannot_be_done(sandbox: RunningSandbox, order_id: str, status: int) -> None:
    """Nothing follows AWAITING_SHIPMENT by itself: the seller ships."""
    order_id = order_id or sandbox.place_order(status="AWAITING_SHIPMENT")["id"]

    answer = requests.post(f"{sandbox.url}/_control/order-step", json={"order_id": order_id}, timeout=30)

    assert answer.status_code == status


def test_partner_fulfilled_order_allows_nothing(sandbox: RunningSandbox) -> None:
    order = sandbox.place_order(status="AWAITING_SHIPMENT", fulfillment={"type": "FULFILLED_BY_PARTNER", "code": "P"})

    assert [(line["can_cancel"], line["can_refund"]) for line in order["order_lines"]] == [(False, False)] * len(
        order["order_lines"]
    )


def test_cancelled_part_leaves_the_line_and_is_kept_as_adjustment() -> None:
    line = a_line()

    cancel_part(line, 1, reason="OUT_OF_STOCK", at=AT)

    assert (line["quantity"], line["price"], line["total_shipping_price"]) == (2, euros("20.00"), euros("3.33"))
    assert (line["taxes"][0]["amount"], line["taxes"][0]["seller_collectible"]) == (euros("4.00"), euros("4.00"))
    assert line["taxes"][0]["channel_collectible"] == euros("0")
    assert line["shipping_taxes"][0]["amount"] == euros("0.67")
    assert line["adjustments"] == [
        {
            "adjustment_id": "L_C1",
            "id": "L_1",
            "type": "CANCELATION",
            "reason": "OUT_OF_STOCK",
            "created_at": "2026-01-31T00:00:00Z",
            "quantity": 1,
            "price": euros("10.00"),
            "shipping_price": euros("1.67"),
            "taxes": [{"code": "T", "amount": euros("2.00")}],
            "shipping_taxes": [{"code": "S", "amount": euros("0.33")}],
        }
    ]


def test_wholly_cancelled_line_is_closed_with_nothing_left() -> None:
    line = a_line()

    cancel_part(line, 1, reason="OUT_OF_STOCK", at=AT)
    cancel_part(line, 2, reason="OUT_OF_STOCK", at=AT)

    assert (line["quantity"], line["status"], line["status_reason"]) == (0, "CLOSED", "CANCELED")
    assert (line["price"], line["total_shipping_price"]) == (euros("0.00"), euros("0.00"))
    assert (line["taxes"][0]["amount"], line["shipping_taxes"][0]["amount"]) == (euros("0.00"), euros("0.00"))


def test_refund_leaves_the_line_as_it_was() -> None:
    line = a_line()
    before = deepcopy(line)

    refund_part(line, Part(Decimal("0.5"), 0, "AGREEMENT", AT))

    adjustment = line.pop("adjustments")[0]
    assert {**line, "adjustments": []} == before
    assert (adjustment["type"], adjustment["price"], adjustment["quantity"]) == ("REFUND", euros("15.00"), 0)
