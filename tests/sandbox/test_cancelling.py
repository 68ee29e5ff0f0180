"""v2-cancelOrderLines: what is refused, what fails, and what becomes of the amounts (domain.md §1.3, §2.2, §2.3; §8,
questions 12, 15 and 17)."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from backoffice.sandbox.market.cancelation import Cancelation
from backoffice.sandbox.market.kind import Record
from backoffice.sandbox.switches import Switches
from tests.sandbox.calling import Caller, to_json
from tests.sandbox.lines import FAULTY_ITEMS, LINE, NULLS, WHOLE, empty_bodies, eur, item, money, place, tax
from tests.sandbox_server import RunningSandbox


def cancel(caller: Caller, order_id: str, *items: Any) -> tuple[str, str | None]:
    """How the action ends: status and code."""
    return caller.end(caller.take("cancel", order_id, {"cancelations": list(items)}))


def refused(caller: Caller, order_id: str, *items: Any, status: int = 400) -> list[str]:
    """The fields that a refusal names."""
    answer = caller.send("cancel", order_id, {"cancelations": list(items)})
    code = {400: "INVALID_INPUT", 404: "DATA_NOT_FOUND"}[status]
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return sorted(error["field"].removeprefix("cancelations") for error in answer.json()["errors"])


def test_cancelled_units_reduce_every_amount_of_the_line(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox)
    before = caller.exact_line(order_id)
    asked: dict[str, Any] = {
        "price": eur("10.00"),
        "shipping_price": eur("1.63"),
        "taxes": [tax("VAT", "2.00"), tax("ECO", "0.30")],
        "shipping_taxes": [tax("VAT", "0.33")],
    }

    end = cancel(caller, order_id, item(order_id, **asked, reason="OUT_OF_STOCK"))

    line, order = caller.exact_line(order_id), caller.order(order_id)
    assert (end, order["status"], line["status"]) == (("SUCCESS", None), "AWAITING_SHIPMENT", "AWAITING_SHIPMENT")
    assert (line["quantity"], line["price"], line["total_shipping_price"]) == (2, eur("20.00"), eur("3.27"))
    assert line["taxes"] == [
        {**tax("VAT", "4.00"), "rate": before["taxes"][0]["rate"], "seller_collectible": eur("4.00")},
        tax("ECO", "0.60"),
    ]
    assert line["shipping_taxes"] == [{**tax("VAT", "0.65"), "rate": before["taxes"][0]["rate"]}]
    assert line["adjustments"] == [
        {
            "adjustment_id": f"{order_id}-1_C1",
            "id": f"{order_id}-1_1",
            "type": "CANCELATION",
            "reason": "OUT_OF_STOCK",
            "created_at": line["adjustments"][0]["created_at"],
            "quantity": 1,
            **asked,
        }
    ]
    assert (line["can_cancel"], line["can_refund"]) == (True, False)


def test_wholly_cancelled_order_is_closed_and_keeps_its_lines(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox)

    end = cancel(caller, order_id, item(order_id, **WHOLE))

    line, order = caller.exact_line(order_id), caller.order(order_id)
    assert (end, order["status"], order["status_reason"]) == (("SUCCESS", None), "CLOSED", "CANCELED")
    assert (line["status"], line["status_reason"], line["quantity"], line["price"]) == (
        "CLOSED",
        "CANCELED",
        0,
        eur("0.00"),
    )
    assert [entry["amount"]["amount"] for entry in line["taxes"] + line["shipping_taxes"]] == [0, 0, 0]
    assert (line["can_cancel"], line["can_refund"]) == (False, False)


def test_one_cancelled_line_leaves_the_others(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox, "AWAITING_SHIPMENT", {}, {})

    cancel(caller, order_id, item(order_id, 2, **WHOLE))

    order = caller.order(order_id)
    assert (order["status"], [line["status"] for line in order["order_lines"]]) == (
        "AWAITING_SHIPMENT",
        ["AWAITING_SHIPMENT", "CLOSED"],
    )


def test_two_cancelations_of_one_line_are_two_adjustments(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox)

    cancel(caller, order_id, item(order_id), item(order_id, quantity=2, price=eur("20.00"), reason="DEFECT"))

    line = caller.exact_line(order_id)
    assert [(one["quantity"], one["reason"]) for one in line["adjustments"]] == [
        (1, "CUSTOMER_CANCELATION"),
        (2, "DEFECT"),
    ]
    assert len({one["adjustment_id"] for one in line["adjustments"]}) == 2
    assert (line["quantity"], line["price"], line["status"]) == (0, eur("0.00"), "CLOSED")


@pytest.mark.parametrize(("currency", "price", "part"), [("JPY", "1200", "401"), ("BHD", "3.600", "1.199")])
def test_amounts_are_taken_as_they_were_asked_in_any_currency(
    sandbox: RunningSandbox, caller: Caller, currency: str, price: str, part: str
) -> None:
    amounts: dict[str, Any] = {
        "price": money(price, currency),
        "total_shipping_price": money("0", currency),
        "taxes": [],
    }
    order_id = place(sandbox, "AWAITING_SHIPMENT", {**amounts, "shipping_taxes": []})
    asked = item(order_id, price=money(part, currency), shipping_price=money("0", currency))

    cancel(caller, order_id, asked)

    line = caller.exact_line(order_id)
    assert (line["adjustments"][0]["price"], line["price"]["amount"] + money(part, currency)["amount"]) == (
        money(part, currency),
        amounts["price"]["amount"],
    )
    assert f'"price":{{"amount":{part},' in caller.answer(order_ids=order_id).text


@pytest.mark.parametrize("body", empty_bodies("cancelations"))
def test_body_without_a_list_is_400(sandbox: RunningSandbox, caller: Caller, body: Any) -> None:
    order_id = place(sandbox)

    answer = caller.send("cancel", order_id, body)

    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (400, ["cancelations"])


@pytest.mark.parametrize(("fault", "fields"), FAULTY_ITEMS)
def test_faulty_item_is_400_and_names_every_field(
    refusing: RunningSandbox, refused_caller: Caller, fault: Any, fields: list[str]
) -> None:
    order_id = place(refusing)
    faulty = item(order_id, **fault) if isinstance(fault, dict) else fault

    assert refused(refused_caller, order_id, item(order_id), faulty) == [f"[1]{field}" for field in fields]
    assert refusing.actions() == []


def test_null_is_not_an_absent_field(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox)

    found = [refused(caller, order_id, {**item(order_id), name: None}) for name in NULLS]

    assert found == [[f"[0].{name}"] for name in NULLS]


def test_quantity_is_required(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox)

    assert refused(caller, order_id, item(order_id, quantity=None)) == ["[0].quantity"]


def test_unknown_order_is_404(sandbox: RunningSandbox, caller: Caller) -> None:
    assert caller.send("cancel", "nowhere", {"cancelations": [item("nowhere")]}).json()["code"] == "DATA_NOT_FOUND"


def test_unknown_lines_are_404_by_their_places(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox)
    items = [item(order_id), item(order_id, 9), item(order_id, order_line_id=None, product_id="NO-SUCH")]

    assert refused(caller, order_id, *items, status=404) == ["[1].order_line_id", "[2].product_id"]


def test_line_may_be_named_by_its_product_alone(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox, "AWAITING_SHIPMENT", {}, {"product": {"id": "SKU-2", "title": "Two"}})

    end = cancel(caller, order_id, item(order_id, order_line_id=None, product_id="SKU-2"))

    quantities = [line["quantity"] for line in caller.order(order_id)["order_lines"]]
    assert (end, quantities) == (("SUCCESS", None), [3, 2])


def test_product_of_two_lines_names_none_of_them(sandbox: RunningSandbox, caller: Caller) -> None:
    same = {"product": {"id": "SKU", "title": "Same"}}
    order_id = place(sandbox, "AWAITING_SHIPMENT", same, same)

    assert refused(caller, order_id, item(order_id, order_line_id=None, product_id="SKU")) == ["[0].product_id"]
    assert cancel(caller, order_id, item(order_id, 2, product_id="SKU")) == ("SUCCESS", None)


def test_line_and_product_must_belong_together(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox)

    assert refused(caller, order_id, item(order_id, product_id="OTHER")) == ["[0].product_id"]


@pytest.mark.parametrize(
    ("asked", "fields"),
    [
        ({"quantity": 4}, [".quantity"]),
        ({"price": eur("30.01")}, [".price.amount"]),
        ({"shipping_price": eur("4.91")}, [".shipping_price.amount"]),
        ({"taxes": [tax("VAT", "6.00"), tax("ECO", "0.91")]}, [".taxes[1].amount.amount"]),
        ({"taxes": [tax("VAT", "4.00"), tax("VAT", "2.01")]}, [".taxes[1].amount.amount"]),
        ({"taxes": [tax("NONE", "0")]}, [".taxes[0].code"]),
        ({"shipping_taxes": [tax("VAT", "0.99")]}, [".shipping_taxes[0].amount.amount"]),
        ({"price": money("1e400", "EUR")}, [".price.amount"]),
    ],
)
def test_more_than_is_left_is_400(
    sandbox: RunningSandbox, caller: Caller, asked: dict[str, Any], fields: list[str]
) -> None:
    order_id = place(sandbox)

    assert refused(caller, order_id, item(order_id, **asked)) == [f"[0]{field}" for field in fields]


def test_two_items_together_ask_more_than_is_left(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox)
    two = item(order_id, quantity=2, price=eur("20.00"))

    assert refused(caller, order_id, two, two) == ["[1].price.amount", "[1].quantity"]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"price": money("1", "USD")}, ".price.currency"),
        ({"shipping_price": money("0", "USD")}, ".shipping_price.currency"),
        ({"taxes": [{"code": "VAT", "amount": money("1", "USD")}]}, ".taxes[0].amount.currency"),
    ],
)
def test_other_currency_is_400(sandbox: RunningSandbox, caller: Caller, asked: dict[str, Any], field: str) -> None:
    order_id = place(sandbox)

    assert refused(caller, order_id, item(order_id, **asked)) == [f"[0]{field}"]


@pytest.mark.parametrize(
    "status", ["AWAITING_FRAUD_CHECK", "AWAITING_ACCEPTANCE", "SHIPPED", "DELIVERED", "CLOSED", "CHANNEL_SPECIFIC"]
)
def test_line_that_cannot_be_cancelled_fails_the_action(sandbox: RunningSandbox, caller: Caller, status: str) -> None:
    order_id = place(sandbox, status)
    before = caller.order(order_id)

    end = cancel(caller, order_id, item(order_id, quantity=99))

    assert (end, caller.order(order_id)) == (("FAILED", "ORDER_IN_WRONG_STATE"), before)


def test_order_that_is_not_paid_yet_may_be_cancelled(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox, "AWAITING_PAYMENT")

    assert cancel(caller, order_id, item(order_id, **WHOLE)) == ("SUCCESS", None)
    assert caller.order(order_id)["status"] == "CLOSED"


def test_order_of_a_partner_is_not_the_sellers_to_cancel(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox, fulfillment={"type": "FULFILLED_BY_PARTNER", "code": "P"})

    assert cancel(caller, order_id, item(order_id)) == ("FAILED", "ORDER_FULFILLED_BY_PARTNER")


def test_same_cancelation_twice_at_once_succeeds_once(sandbox: RunningSandbox, caller: Caller) -> None:
    sandbox.configure(settle_seconds=100)
    order_id = place(sandbox)
    actions = [caller.take("cancel", order_id, {"cancelations": [item(order_id, **WHOLE)]}) for _ in range(2)]

    sandbox.settle()

    assert [caller.end(action) for action in actions] == [("SUCCESS", None), ("FAILED", "ORDER_IN_WRONG_STATE")]
    assert len(caller.order(order_id)["order_lines"][0]["adjustments"]) == 1


def test_amounts_of_two_cancelations_at_once_cannot_exceed_the_line(sandbox: RunningSandbox, caller: Caller) -> None:
    sandbox.configure(settle_seconds=100)
    order_id = place(sandbox)
    amount = item(order_id, quantity=0, price=eur("20.00"))
    actions = [caller.take("cancel", order_id, {"cancelations": [amount]}) for _ in range(2)]

    sandbox.settle()

    assert [caller.end(action) for action in actions] == [("SUCCESS", None), ("FAILED", "INVALID_INPUT")]


def test_limits_are_those_of_what_was_done_last(sandbox: RunningSandbox, caller: Caller) -> None:
    """Nobody looked at the first cancelation, but its time has come."""
    order_id = place(sandbox)
    two = item(order_id, quantity=2, price=eur("20.00"))

    caller.take("cancel", order_id, {"cancelations": [two]})

    assert refused(caller, order_id, two) == ["[0].price.amount", "[0].quantity"]


def test_judging_an_order_changes_nothing_of_it() -> None:
    line = {**LINE, "id": "o-1", "can_cancel": True}
    record = Record("orders", "o", 0, {"id": "o", "order_lines": [line]})
    before = deepcopy(record)

    assert Cancelation().fault(record, {"cancelations": [item("o")]}, Switches()) is None
    assert record == before


def test_one_item_that_cannot_be_done_leaves_all_undone(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox, "AWAITING_SHIPMENT", {}, {"status": "SHIPPED"})
    before = caller.order(order_id)

    end = cancel(caller, order_id, item(order_id), item(order_id, 2))

    assert (end, caller.order(order_id)) == (("FAILED", "ORDER_IN_WRONG_STATE"), before)


def test_shipped_units_cannot_be_cancelled_and_the_rest_ships_the_line(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox)
    caller.take("shipments", order_id, {"items": [{"order_line_id": f"{order_id}-1", "quantity": 2}]})

    two = cancel(caller, order_id, item(order_id, quantity=2))
    one = cancel(caller, order_id, item(order_id, quantity=1))

    order = caller.order(order_id)
    assert (two, one) == (("FAILED", "ORDER_IN_WRONG_STATE"), ("SUCCESS", None))
    assert (order["status"], order["order_lines"][0]["quantity"]) == ("SHIPPED", 2)


@pytest.mark.parametrize("order_id", ["a/b ?ü-A", "50%+1", "shipments"])
def test_order_id_may_hold_anything(sandbox: RunningSandbox, caller: Caller, order_id: str) -> None:
    place(sandbox, id=order_id, order_lines=[{**LINE, "id": f"{order_id}-1"}])

    assert cancel(caller, order_id, item(order_id)) == ("SUCCESS", None)
    assert sandbox.writes()[0]["path"] == {"order_id": order_id}


def test_line_put_in_as_odd_text_lacks_what_is_asked(sandbox: RunningSandbox, caller: Caller) -> None:
    text = (
        '{"id":"o","updated_at":"2026-01-01T00:00:00Z","order_lines":[{"id":"o-1","can_cancel":true,"quantity":"3"}]}'
    )
    sandbox.put_raw_order(text)

    assert refused(caller, "o", item("o", price=eur("0"))) == ["[0].price.currency", "[0].shipping_price.currency"]


@pytest.mark.parametrize(
    "odd",
    [
        {"quantity": "3", "price": None, "adjustments": None, "taxes": "none"},
        {"quantity": 3, "price": {"amount": "3", "currency": "EUR"}, "taxes": [None, {"code": "C"}, {"code": "VAT"}]},
        {"quantity": 3, "price": {"currency": "EUR"}, "total_shipping_price": [], "product": "p", "status_reason": {}},
        {"quantity": 3, "price": eur("3"), "taxes": [7, {"code": {}}, {"code": ["VAT"]}, tax("VAT", "1")]},
        {"quantity": 3, "price": eur("9E+999999"), "taxes": [tax("VAT", "9E+999999"), tax("VAT", "9E+999999")]},
    ],
)
def test_odd_lines_never_stop_the_marketplace(sandbox: RunningSandbox, caller: Caller, odd: dict[str, Any]) -> None:
    line = {"id": "o-1", "status": "AWAITING_SHIPMENT", "can_cancel": True, "can_refund": True, **odd}
    order = {"id": "o", "updated_at": "2026-01-01T00:00:00Z", "origin": "x", "shipping_info": []}
    sandbox.put_raw_order(to_json({**order, "order_lines": [line, {"id": "o-2", "status": []}, 7]}).decode())
    asked = item("o", quantity=0, price=eur("0"), taxes=[tax("VAT", "0")])
    good = place(sandbox)

    answers = [
        caller.send("refund", "o", {"refunds": [asked]}),
        caller.send("cancel", "o", {"cancelations": [asked]}),
        caller.send("shipments", "o", {"items": [{"order_line_id": "o-1", "quantity": 1}], "carrier": "X"}),
    ]

    assert {answer.status_code for answer in answers} <= {202, 400}
    assert cancel(caller, good, item(good)) == ("SUCCESS", None)
    assert {action["status"] for action in sandbox.actions()} <= {"SUCCESS", "FAILED"}
