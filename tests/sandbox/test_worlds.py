"""The worlds `demo`, `trouble` and `scale`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backoffice.sandbox.answers import from_json
from backoffice.sandbox.dates import micros, parse
from backoffice.sandbox.market.words import CODES
from backoffice.sandbox.store import StoredOrder
from backoffice.sandbox.worlds import demo, scale, trouble
from backoffice.sandbox.worlds.channels import channel_of
from tests.sandbox.calling import Caller
from tests.sandbox_server import RunningSandbox

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
KNOWN = {
    "AWAITING_FRAUD_CHECK",
    "AWAITING_ACCEPTANCE",
    "AWAITING_PAYMENT",
    "AWAITING_SHIPMENT",
    "SHIPPED",
    "DELIVERED",
    "CLOSED",
    "CHANNEL_SPECIFIC",
}
Order = dict[str, Any]


@pytest.fixture(scope="module")
def rows() -> list[StoredOrder]:
    return demo.orders(NOW)


@pytest.fixture(scope="module")
def orders(rows: list[StoredOrder]) -> list[Order]:
    return [from_json(row.body) for row in rows]


def test_demo_is_large_and_mixed(orders: list[Order]) -> None:
    currencies = {line["price"]["currency"] for order in orders for line in order["order_lines"]}
    countries = {
        order["shipping_info"]["address"]["country_iso_code"] for order in orders if "address" in order["shipping_info"]
    }

    assert len(orders) >= 300
    assert len({order["id"] for order in orders}) == len(orders)
    assert {order["origin"]["channel_id"] for order in orders} == {"0001", "0002", "0003"}
    assert currencies == {"EUR", "GBP"}
    assert countries == {"FRA", "BEL", "DEU", "AUT", "GBR", "IRL"}


def test_demo_has_every_status_and_one_unknown(orders: list[Order]) -> None:
    statuses = Counter(order["status"] for order in orders)

    assert statuses.keys() - KNOWN == {"AWAITING_PICKUP"}
    assert statuses.keys() >= KNOWN
    assert statuses["AWAITING_PICKUP"] == 1


def test_demo_is_the_same_for_the_same_moment(rows: list[StoredOrder]) -> None:
    later = demo.orders(NOW + timedelta(days=100))

    assert demo.orders(NOW) == rows
    assert [row.id for row in later] == [row.id for row in rows]
    assert {b.updated_at - a.updated_at for a, b in zip(rows, later, strict=True)} == {100 * 86_400_000_000}


def lines_of(order: Order) -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = order["order_lines"]
    return lines


def kinds(order: Order) -> set[str]:
    return {adjustment["type"] for line in lines_of(order) for adjustment in line["adjustments"]}


def deadline(order: Order) -> datetime:
    return parse(order["shipping_info"].get("shipping_deadline", "2099-01-01T00:00:00Z"))


@pytest.mark.parametrize(
    ("least", "fits"),
    [
        (4, lambda order: "address" not in order["shipping_info"] and "anonymized_at" not in order),
        (15, lambda order: order["fulfillment"]["type"] == "FULFILLED_BY_PARTNER" and order["fulfillment"]["code"]),
        (10, lambda order: any(len(line["taxes"]) > 1 for line in lines_of(order))),
        (5, lambda order: any(line["taxes"] == [] for line in lines_of(order))),
        (3, lambda order: any(tax["amount"]["amount"] == 0 for line in lines_of(order) for tax in line["taxes"])),
        (7, lambda order: kinds(order) == {"CANCELATION"} and order["status"] != "CLOSED"),
        (7, lambda order: kinds(order) == {"REFUND"} and order["status"] != "CLOSED"),
        (1, lambda order: kinds(order) == {"REFUND", "CANCELATION"}),
        (8, lambda order: all(line["quantity"] == 0 for line in lines_of(order))),
        (8, lambda order: order.get("status_reason") == "REFUNDED" and kinds(order) == {"REFUND"}),
        (5, lambda order: "anonymized_at" in order and "address" not in order["shipping_info"]),
        (8, lambda order: order["status"] == "AWAITING_SHIPMENT" and deadline(order) < NOW),
        (9, lambda order: NOW < deadline(order) < NOW + timedelta(hours=6)),
        (8, lambda order: len({line["status"] for line in lines_of(order)}) > 1),
        (3, lambda order: {a["type"] for a in order["custom_attributes"]} >= {"STRING", "NUMERIC", "DATE", "LIST"}),
        (1, lambda order: "loyalty_program" in order),
        (10, lambda order: parse(order["updated_at"]) < NOW - timedelta(days=30)),
    ],
)
def test_demo_holds_every_oddity(orders: list[Order], least: int, fits: Callable[[Order], Any]) -> None:
    assert sum(1 for order in orders if fits(order)) >= least


def test_demo_dates_make_sense(rows: list[StoredOrder], orders: list[Order]) -> None:
    for row, order in zip(rows, orders, strict=True):
        assert parse(order["created_at"]) <= parse(order["updated_at"]) <= NOW
        assert row.updated_at == micros(parse(order["updated_at"]))
        assert row.moves_at is None or row.moves_at > micros(NOW)


def test_demo_amounts_agree_with_their_adjustments(orders: list[Order]) -> None:
    for line in (line for order in orders for line in lines_of(order)):
        amounts = [line["price"], line["total_shipping_price"], *(tax["amount"] for tax in line["taxes"])]
        refunded = sum(a["price"]["amount"] for a in line["adjustments"] if a["type"] == "REFUND")
        assert all(money["amount"] >= 0 for money in amounts)
        assert len({money["currency"] for money in amounts}) == 1
        assert refunded <= line["price"]["amount"]


def failures(sandbox: RunningSandbox) -> dict[str, dict[str, Any]]:
    """The errors of failed actions, by order."""
    return {action["order_id"]: action["errors"][0] for action in sandbox.actions() if action["status"] == "FAILED"}


def test_demo_has_six_orders_that_cannot_be_accepted_and_all_others_can(demo_served: RunningSandbox) -> None:
    scripts = demo_served.state()["scripts"]
    unwilling = {script["order_id"]: script for script in scripts if script["kind"] == "ACCEPT"}
    caller = Caller(demo_served)
    ids = [order_id for page in caller.walk(statuses="AWAITING_ACCEPTANCE", limit=100) for order_id in page]

    for order_id in ids:
        caller.decide(order_id, True)

    failed = failures(demo_served)
    assert len(ids) >= 42
    assert len({script["code"] for script in unwilling.values()}) == 6
    assert {order_id: error["code"] for order_id, error in failed.items()} == {
        order_id: script["code"] for order_id, script in unwilling.items()
    }
    assert sorted(error for order_id in failed if (error := caller.end(caller.decide(order_id, True))[1])) == sorted(
        script["code"] for script in unwilling.values() if script["times"] is None
    )


def test_demo_has_five_orders_that_cannot_be_shipped_and_all_others_can(demo_served: RunningSandbox) -> None:
    caller = Caller(demo_served)
    unwilling = {
        script["order_id"]: script["code"]
        for script in demo_served.state()["scripts"]
        if script["kind"] == "CREATE_SHIPMENT"
    }
    orders = [order for page in _pages(caller, statuses="AWAITING_SHIPMENT", limit=100) for order in page["data"]]

    for order in orders:
        caller.take("shipments", order["id"], _rest(order))

    failed = failures(demo_served)
    assert (len(orders), len(unwilling)) == (76, 5)
    assert {order_id: error["code"] for order_id, error in failed.items()} == unwilling
    assert len(demo_served.shipments()) == 71
    assert {caller.order(kept["order_id"])["status"] for kept in demo_served.shipments()[:20]} == {"SHIPPED"}


def _pages(caller: Caller, **params: Any) -> list[dict[str, Any]]:
    pages = [caller.page(**params)]
    while "next_page_token" in pages[-1]:
        pages.append(caller.page(page_token=pages[-1]["next_page_token"]))
    return pages


def _rest(order: Order) -> dict[str, Any]:
    """A parcel of all that is still to be shipped, by one of the channel's own carriers."""
    lines = [line for line in lines_of(order) if line["status"] == "AWAITING_SHIPMENT"]
    items = [{"order_line_id": line["id"], "quantity": line["quantity"]} for line in lines]
    carrier = channel_of(order["origin"]["channel_id"]).carriers[0]
    return {"items": items, "carrier": carrier, "warehouse_id": "LEEDS", "return_tracking_number": "R"}


def test_trouble_ends_every_acceptance_in_its_own_way(trouble_served: RunningSandbox) -> None:
    caller = Caller(trouble_served)
    ids = [order_id for page in caller.walk(statuses="AWAITING_ACCEPTANCE") for order_id in page][::-1]

    actions = [caller.decide(order_id, True, False) for order_id in ids]

    answers = [caller.action(action_id).json() for action_id in actions]
    ends = [_end(answer) for answer in answers]
    assert ends == [
        *CODES,
        "ACTION_NOT_SUPPORTED",
        "PENDING",
        "gone",
        "gone",
        "PENDING",
        "QUEUED_AT_CHANNEL",
        "QUEUED_AT_CHANNEL",
        "CHANNEL_ON_HOLIDAY",
        "ORDER_FULFILLED_BY_PARTNER",
        *["SUCCESS"] * 4,
    ]
    trouble_served.advance(300)
    assert Counter(action["status"] for action in trouble_served.actions()) == {
        "FAILED": len(CODES) + 4,
        "SUCCESS": 7,
        "PENDING": 1,
        "QUEUED_AT_CHANNEL": 1,
    }


def _parcel(order_id: str) -> dict[str, Any]:
    """One unit, with all that any channel demands."""
    items = [{"order_line_id": f"{order_id}-2", "quantity": 1}]
    return {"items": items, "carrier": "DPD", "warehouse_id": "LEEDS", "return_tracking_number": "R"}


def _part(caller: Caller, order_id: str) -> dict[str, Any]:
    """A cent of the first line."""
    currency = caller.order(order_id)["order_lines"][0]["price"]["currency"]
    cent, nothing = ({"amount": amount, "currency": currency} for amount in (0.01, 0))
    line = {"order_line_id": f"{order_id}-1", "quantity": 0, "reason": "AGREEMENT"}
    return {**line, "price": cent, "shipping_price": nothing}


OFTEN = (
    "INVALID_INPUT",
    "DATA_NOT_FOUND",
    "UNEXPECTED",
    "UNAVAILABLE",
    "TOO_MANY_REQUEST",
    "ACTION_NOT_SUPPORTED",
    "ORDER_IN_WRONG_STATE",
    "INVALID_PRODUCT_ID",
)
LAST = ("SYNCHRONIZATION_DEACTIVATED", "OTHER", "PENDING", "gone", "PENDING")
PARTNER, PAID = "ORDER_FULFILLED_BY_PARTNER", "PAYMENT_REQUIRED"
CARRIERS = ("CARRIER_NOT_SUPPORTED", "MISSING_CARRIER", "WAREHOUSE_ID_REQUIRED", "WAREHOUSE_ID_NOT_FOUND")


def test_trouble_ends_every_shipment_cancelation_and_refund_in_its_own_way(trouble_served: RunningSandbox) -> None:
    caller = Caller(trouble_served)

    to_ship, on_its_way = (
        [order_id for page in caller.walk(statuses=status, limit=100) for order_id in page][::-1]
        for status in ("AWAITING_SHIPMENT", "SHIPPED")
    )

    def ends(verb: str, ids: list[str], body: Callable[[str], Any]) -> list[str]:
        actions = [caller.take(verb, order_id, body(order_id)) for order_id in ids]
        return [_end(caller.action(action_id).json()) for action_id in actions]

    cancelled = ends("cancel", to_ship, lambda order: {"cancelations": [_part(caller, order)]})
    shipped = ends("shipments", to_ship, _parcel)
    refunded = ends("refund", on_its_way, lambda order: {"refunds": [_part(caller, order)]})

    middle = ["OUT_OF_STOCK", PARTNER]
    assert shipped == [*OFTEN, *middle, PAID, LAST[0], *CARRIERS, *LAST[1:], PARTNER, "SUCCESS", "SUCCESS"]
    assert cancelled[:15] == [*OFTEN, *middle, *LAST]
    assert cancelled[15:] == [*["SUCCESS"] * 5, PARTNER, "SUCCESS", "SUCCESS"]
    assert refunded == [*OFTEN, PARTNER, PAID, *LAST, "OTHER", PARTNER, "SUCCESS", "SUCCESS"]


def _end(answer: dict[str, Any]) -> str:
    if "id" not in answer:
        return "gone"
    return str(answer["errors"][0]["code"] if "errors" in answer else answer["status"])


def test_trouble_begins_in_order_and_within_the_time_to_accept() -> None:
    orders = [from_json(row.body) for row in trouble.orders(NOW)]

    assert len({order["id"] for order in orders}) == len(orders)
    for status in ("AWAITING_ACCEPTANCE", "AWAITING_SHIPMENT", "SHIPPED"):
        created = [parse(order["created_at"]) for order in orders if order["status"] == status]
        assert created == sorted(created)
        assert NOW - timedelta(hours=48) < created[0] < created[-1] < NOW


def test_scale_spreads_whole_orders_over_25_days() -> None:
    rows = list(scale.orders(NOW, 2000))
    orders = [from_json(row.body) for row in rows]

    lines = [line for order in orders for line in lines_of(order)]
    size = sum(len(row.body) for row in rows) / len(rows)
    assert len({row.id for row in rows}) == 2000
    assert len({line["id"] for line in lines}) == len(lines)
    assert [(row.id, row.updated_at) for row in rows] == [
        (order["id"], micros(parse(order["updated_at"]))) for order in orders
    ]
    assert (rows[-1].updated_at, rows[0].updated_at) == (micros(NOW), micros(NOW - timedelta(days=24, hours=23.7)))
    assert 2.2 < len(lines) / 2000 < 2.6
    assert 1800 < size < 2500
