"""v2-createShipment: parcels, what channels want of them, and what they do (domain.md §1.3, §2.2; §8, questions 14
and 20)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.calling import Caller
from tests.sandbox.lines import empty_bodies, place
from tests.sandbox_server import RunningSandbox

FREE, STRICT, STORED = "0001", "0002", "0003"  # what their channels demand is in worlds/channels.py


def parcel(order_id: str, *units: int, **fields: Any) -> dict[str, Any]:
    """So many units of the order's lines, from the first on."""
    items = [
        {"order_line_id": f"{order_id}-{position}", "quantity": quantity}
        for position, quantity in enumerate(units, 1)
        if quantity
    ]
    return {"items": items, **fields}


def ship(caller: Caller, order_id: str, *units: int, **fields: Any) -> tuple[str, str | None]:
    """How the action ends: status and code."""
    return caller.end(caller.take("shipments", order_id, parcel(order_id, *units, **fields)))


def refused(caller: Caller, order_id: str, body: Any, status: int = 400) -> list[str]:
    """The fields that a refusal names."""
    answer = caller.send("shipments", order_id, body)
    code = {400: "INVALID_INPUT", 404: "DATA_NOT_FOUND"}[status]
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return sorted(error["field"] for error in answer.json()["errors"])


def test_whole_parcel_ships_the_order(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox, "AWAITING_SHIPMENT", {}, {"quantity": 1})

    end = ship(caller, order_id, 3, 1, carrier="Own van")

    order = caller.order(order_id)
    line = order["order_lines"][0]
    assert (end, order["status"], line["status"], line["quantity"]) == (("SUCCESS", None), "SHIPPED", "SHIPPED", 3)
    assert (line["can_cancel"], line["can_refund"]) == (False, True)
    assert order["shipping_info"]["carrier"] == "Own van"


def test_line_is_shipped_with_its_last_unit(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox, "AWAITING_SHIPMENT", {}, {})

    ends, statuses = [], []
    for units in ((2, 0), (1, 0), (0, 3)):
        ends.append(ship(caller, order_id, *units))
        order = caller.order(order_id)
        statuses.append([order["status"], *(line["status"] for line in order["order_lines"])])

    assert ends == [("SUCCESS", None)] * 3
    assert statuses == [
        ["AWAITING_SHIPMENT", "AWAITING_SHIPMENT", "AWAITING_SHIPMENT"],
        ["AWAITING_SHIPMENT", "SHIPPED", "AWAITING_SHIPMENT"],
        ["SHIPPED", "SHIPPED", "SHIPPED"],
    ]


def test_parcel_is_kept_as_it_was_asked_for(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox)
    fields = {"carrier": "DHL", "tracking_number": "JJD0001", "tracking_url": "http://t.example/?n=JJD0001"}

    ship(caller, order_id, 2, **fields, warehouse_id="W", return_tracking_number="R")

    (kept,) = sandbox.shipments()
    sku = caller.order(order_id)["order_lines"][0]["product"]["id"]
    assert kept == {
        "number": 1,
        "id": "0001_MRSHIPMENT-0001",
        "channel_shipment_id": "MRSHIPMENT-0001",
        "order_id": order_id,
        "at": kept["at"],
        "created_at": kept["at"],
        "updated_at": kept["at"],
        "items": [{"id": sku, "order_line_id": f"{order_id}-1", "quantity": 2}],
        **fields,
    }
    assert sandbox.actions()[0]["result"] == kept["id"]


@pytest.mark.parametrize(
    ("channel_id", "fields", "code"),
    [
        (FREE, {}, None),
        (STRICT, {}, "MISSING_CARRIER"),
        (STRICT, {"carrier": "Own van"}, "CARRIER_NOT_SUPPORTED"),
        (STRICT, {"carrier": "hermes"}, None),
        (STORED, {}, "WAREHOUSE_ID_REQUIRED"),
        (STORED, {"warehouse_id": "PARIS"}, "WAREHOUSE_ID_NOT_FOUND"),
        (STORED, {"warehouse_id": "LEEDS"}, "INVALID_INPUT"),
        (STORED, {"warehouse_id": "LEEDS", "return_tracking_number": "R1"}, None),
    ],
)
def test_channel_has_demands_of_its_own(
    sandbox: RunningSandbox, caller: Caller, channel_id: str, fields: dict[str, str], code: str | None
) -> None:
    order_id = place(sandbox, channel_id=channel_id)

    end = ship(caller, order_id, 3, **fields)

    assert end == ("FAILED" if code else "SUCCESS", code)
    assert [{name: kept[name] for name in fields} for kept in sandbox.shipments()] == ([] if code else [fields])


def test_order_of_no_known_channel_ships_without_demands(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox, origin={"channel_id": "elsewhere"})

    assert ship(caller, order_id, 3) == ("SUCCESS", None)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        ("AWAITING_ACCEPTANCE", "ORDER_IN_WRONG_STATE"),
        ("AWAITING_PAYMENT", "PAYMENT_REQUIRED"),
        ("SHIPPED", "ORDER_IN_WRONG_STATE"),
        ("CLOSED", "ORDER_IN_WRONG_STATE"),
        ("CHANNEL_SPECIFIC", "ORDER_IN_WRONG_STATE"),
    ],
)
def test_line_that_cannot_be_shipped_fails_the_action(
    sandbox: RunningSandbox, caller: Caller, status: str, code: str
) -> None:
    order_id = place(sandbox, status)
    before = caller.order(order_id)

    end = ship(caller, order_id, 1)

    assert (end, caller.order(order_id), sandbox.shipments()) == (("FAILED", code), before, [])


def test_order_of_a_partner_is_not_the_sellers_to_ship(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox, fulfillment={"type": "FULFILLED_BY_PARTNER", "code": "P"})

    assert ship(caller, order_id, 1) == ("FAILED", "ORDER_FULFILLED_BY_PARTNER")


def test_second_identical_shipment_fails(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox)

    assert [ship(caller, order_id, 2), ship(caller, order_id, 2)] == [
        ("SUCCESS", None),
        ("FAILED", "ORDER_IN_WRONG_STATE"),
    ]
    assert len(sandbox.shipments()) == 1


def test_items_of_one_parcel_add_up(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox)
    twice = {"items": parcel(order_id, 2)["items"] * 2}

    assert caller.end(caller.take("shipments", order_id, twice)) == ("FAILED", "ORDER_IN_WRONG_STATE")


def test_cancelled_units_need_no_shipment(sandbox: RunningSandbox, caller: Caller) -> None:
    money = {"amount": 0, "currency": "EUR"}
    asked = {"quantity": 1, "price": money, "shipping_price": money, "reason": "OUT_OF_STOCK"}
    order_id = place(sandbox)
    caller.end(caller.take("cancel", order_id, {"cancelations": [{"order_line_id": f"{order_id}-1", **asked}]}))

    assert [ship(caller, order_id, 3), ship(caller, order_id, 2)] == [
        ("FAILED", "ORDER_IN_WRONG_STATE"),
        ("SUCCESS", None),
    ]
    assert caller.order(order_id)["status"] == "SHIPPED"


def test_shipped_units_are_known_before_the_order_shows_them(sandbox: RunningSandbox, caller: Caller) -> None:
    sandbox.configure(show_seconds=100)
    order_id = place(sandbox)

    ends = [ship(caller, order_id, 2), ship(caller, order_id, 2)]
    before = (sandbox.shipments(), caller.order(order_id)["status"])
    sandbox.advance(100)

    assert ends == [("SUCCESS", None), ("FAILED", "ORDER_IN_WRONG_STATE")]
    assert (before, len(sandbox.shipments())) == (([], "AWAITING_SHIPMENT"), 1)


def test_shipped_units_outlive_other_changes_of_the_order(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox)
    ship(caller, order_id, 2)

    sandbox.update_order(order_id, custom_attributes=[])
    sandbox.step_order(order_id, "AWAITING_SHIPMENT")

    assert ship(caller, order_id, 2) == ("FAILED", "ORDER_IN_WRONG_STATE")


def test_line_may_be_named_by_its_product(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox, "AWAITING_SHIPMENT", {"product": {"id": "A/1", "title": "A"}})
    by_product = {"items": [{"id": "A/1", "quantity": 3}]}

    assert refused(caller, order_id, {"items": [{"id": "B", "quantity": 3}]}, 404) == ["items[0].id"]
    assert caller.end(caller.take("shipments", order_id, by_product)) == ("SUCCESS", None)
    assert sandbox.shipments()[0]["items"][0]["order_line_id"] == f"{order_id}-1"


def test_product_of_two_lines_names_none_of_them(sandbox: RunningSandbox, caller: Caller) -> None:
    same = {"product": {"id": "A", "title": "A"}}
    order_id = place(sandbox, "AWAITING_SHIPMENT", same, same)

    assert refused(caller, order_id, {"items": [{"id": "A", "quantity": 1}]}) == ["items[0].id"]


@pytest.mark.parametrize("body", empty_bodies("items"))
def test_body_without_items_is_400(sandbox: RunningSandbox, caller: Caller, body: Any) -> None:
    order_id = place(sandbox)

    assert refused(caller, order_id, body) == ["items"]


@pytest.mark.parametrize(
    ("fault", "fields"),
    [
        ({"items": [{}]}, ["items[0].order_line_id", "items[0].quantity"]),
        ({"items": [{"id": "", "quantity": 0}]}, ["items[0].id", "items[0].quantity"]),
        ({"items": [{"order_line_id": None, "quantity": 1.5}]}, ["items[0].order_line_id", "items[0].quantity"]),
        ({"items": [["x"]]}, ["items[0]"]),
        ({"carrier": ""}, ["carrier"]),
        ({"carrier": 7, "tracking_url": 7}, ["carrier", "tracking_url"]),
        ({"tracking_number": "", "return_tracking_number": "", "warehouse_id": ""}, [
            "return_tracking_number", "tracking_number", "warehouse_id",
        ]),
        ({"tracking_number": None}, ["tracking_number"]),
    ],
)  # fmt: skip
def test_faulty_parcel_is_400_and_names_every_field(
    sandbox: RunningSandbox, caller: Caller, fault: dict[str, Any], fields: list[str]
) -> None:
    order_id = place(sandbox)

    assert refused(caller, order_id, {**parcel(order_id, 1), **fault}) == fields
    assert sandbox.actions() == []


def test_tracking_url_is_any_text(sandbox: RunningSandbox, caller: Caller) -> None:
    """The contract names neither a format nor a least length."""
    order_id = place(sandbox)

    assert [ship(caller, order_id, 1, tracking_url=url) for url in ("", "ask us")] == [("SUCCESS", None)] * 2


def test_unknown_order_is_404(sandbox: RunningSandbox, caller: Caller) -> None:
    assert refused(caller, "nowhere", parcel("nowhere", 1), 404) == ["order_id"]


def test_scripted_end_strikes_only_its_kind(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox)
    sandbox.script_action(kind="CANCEL", code="OTHER")
    sandbox.script_action(kind="CREATE_SHIPMENT", code="OUT_OF_STOCK", message="Nothing on the shelf.")

    end = ship(caller, order_id, 3)

    assert end == ("FAILED", "OUT_OF_STOCK")
    assert [script["kind"] for script in sandbox.state()["scripts"]] == ["CANCEL"]
