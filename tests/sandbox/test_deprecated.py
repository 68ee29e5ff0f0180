"""listOrders, acceptOrderLines, createShipment, v2-getOrderTracking: no new integration may use them, old ones do."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.sandbox.calling import Caller, bearer
from tests.sandbox.lines import place
from tests.sandbox.test_shipping import parcel
from tests.sandbox_server import RunningSandbox


class OldCaller:
    """Calls what lies under /orders, without /v2."""

    def __init__(self, sandbox: RunningSandbox) -> None:
        self.url = f"{sandbox.connect_url}/orders"
        self.headers = bearer(sandbox)

    def get(self, **params: Any) -> requests.Response:
        return requests.get(self.url, params=params, headers=self.headers, timeout=30)

    def accept(self, order_id: str, *accepted: bool) -> requests.Response:
        lines = [{"id": f"{order_id}-{position}", "accepted": yes} for position, yes in enumerate(accepted, 1)]
        url = f"{self.url}/{order_id}/accept"
        return requests.put(url, json={"order_lines": lines}, headers=self.headers, timeout=30)

    def ship(self, order_id: str, body: Any) -> requests.Response:
        return requests.post(f"{self.url}/{order_id}/shipments", json=body, headers=self.headers, timeout=30)

    def tracking(self, tracking_id: str) -> requests.Response:
        url = f"{self.url.removesuffix('orders')}v2/orders/tracking/{tracking_id}"
        return requests.get(url, headers=self.headers, timeout=30)


@pytest.fixture
def old(sandbox: RunningSandbox) -> OldCaller:
    return OldCaller(sandbox)


def code(answer: requests.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_orders_are_listed_alike_but_page_tokens_stay_apart(
    sandbox: RunningSandbox, caller: Caller, old: OldCaller
) -> None:
    sandbox.place_orders(3)

    first = old.get(limit=2).json()

    assert first["data"] == caller.page(limit=2)["data"]
    assert len(old.get(page_token=first["next_page_token"]).json()["data"]) == 1
    assert caller.answer(page_token=first["next_page_token"]).status_code == 400
    assert old.get(statuses="CHANNEL_SPECIFIC").status_code == 400


@pytest.mark.parametrize("settle_seconds", [0, 3600])
def test_accepting_has_its_effect_when_it_is_answered(
    sandbox: RunningSandbox, caller: Caller, old: OldCaller, settle_seconds: int
) -> None:
    sandbox.configure(settle_seconds=settle_seconds, show_seconds=settle_seconds)
    order_id = sandbox.place_order(lines=2)["id"]
    sandbox.script_action(order_id=order_id, to="AWAITING_SHIPMENT")

    answer = old.accept(order_id, True, False)

    order = caller.order(order_id)
    assert (answer.status_code, answer.content, "Content-Type" in answer.headers) == (204, b"", False)
    assert (order["status"], [line["status"] for line in order["order_lines"]]) == (
        "AWAITING_SHIPMENT",
        ["AWAITING_SHIPMENT", "CLOSED"],
    )
    assert sandbox.writes()[0]["action_id"] == sandbox.actions()[0]["id"]


def test_what_fails_an_action_refuses_the_old_call(sandbox: RunningSandbox, caller: Caller, old: OldCaller) -> None:
    waiting, shipped = sandbox.place_order()["id"], place(sandbox, "SHIPPED")
    sandbox.script_action(order_id=waiting, code="DATA_NOT_FOUND", outcome="forget")

    assert code(old.accept(waiting, True)) == (404, "DATA_NOT_FOUND")
    assert code(old.accept(shipped, True)) == (400, "ORDER_IN_WRONG_STATE")
    assert code(old.ship(shipped, parcel(shipped, 1))) == (400, "ORDER_IN_WRONG_STATE")
    assert [caller.order(order_id)["status"] for order_id in (waiting, shipped)] == ["AWAITING_ACCEPTANCE", "SHIPPED"]
    assert [action["status"] for action in sandbox.actions()] == ["FAILED"] * 3
    assert old.accept(waiting, True).status_code == 204


def test_no_script_makes_an_old_call_wait(sandbox: RunningSandbox, caller: Caller, old: OldCaller) -> None:
    order_id = sandbox.place_order(lines=1)["id"]
    sandbox.script_action(order_id=order_id, outcome="pending-for-ever")

    assert old.accept(order_id, False).status_code == 204
    assert caller.order(order_id)["status"] == "CLOSED"


def test_parcel_is_answered_whole(sandbox: RunningSandbox, caller: Caller, old: OldCaller) -> None:
    order_id = place(sandbox, "AWAITING_SHIPMENT", {"product": {"id": "SKU", "title": "T"}})
    fields = {"carrier": "DHL", "tracking_number": "1", "tracking_url": "https://t.example/1"}

    answer = old.ship(order_id, parcel(order_id, 3, **fields, return_tracking_number="R", warehouse_id="W"))

    body, (kept,) = answer.json(), sandbox.shipments()
    assert (answer.status_code, body) == (
        201,
        {
            "id": "0001_MRSHIPMENT-0001",
            "channel_shipment_id": "MRSHIPMENT-0001",
            "created_at": body["created_at"],
            "updated_at": body["created_at"],
            "items": [{"id": "SKU", "order_line_id": f"{order_id}-1", "quantity": 3}],
            **fields,
        },
    )
    assert (kept["id"], caller.order(order_id)["status"]) == (body["id"], "SHIPPED")


def test_smallest_parcel_is_answered_without_what_was_not_sent(sandbox: RunningSandbox, old: OldCaller) -> None:
    order_id = place(sandbox)

    answer = old.ship(order_id, parcel(order_id, 1))

    assert set(answer.json()) == {"id", "channel_shipment_id", "created_at", "updated_at", "items"}


def test_old_calls_refuse_what_the_new_ones_do(sandbox: RunningSandbox, old: OldCaller) -> None:
    order_id = place(sandbox)

    assert code(old.accept(order_id)) == (400, "INVALID_INPUT")
    assert code(old.accept("nowhere", True)) == (404, "DATA_NOT_FOUND")
    assert code(old.ship(order_id, {"items": []})) == (400, "INVALID_INPUT")
    assert code(old.ship("nowhere", parcel("nowhere", 1))) == (404, "DATA_NOT_FOUND")
    assert sandbox.actions() == []


def test_old_parcel_knows_no_warehouse(sandbox: RunningSandbox, old: OldCaller) -> None:
    order_id = place(sandbox, channel_id="0003")

    assert code(old.ship(order_id, parcel(order_id, 1, warehouse_id="LEEDS"))) == (400, "WAREHOUSE_ID_REQUIRED")


def test_tracking_is_the_action_under_its_old_name(sandbox: RunningSandbox, caller: Caller, old: OldCaller) -> None:
    order_id = place(sandbox)
    taken = caller.send("shipments", order_id, parcel(order_id, 9)).json()

    found = old.tracking(taken["tracking_id"]).json()

    assert found == caller.action(taken["action_id"]).json()
    assert (found["status"], found["errors"][0]["code"]) == ("FAILED", "ORDER_IN_WRONG_STATE")
    assert code(old.tracking("nothing")) == (404, "DATA_NOT_FOUND")


def test_tracking_may_be_asked_once_a_minute_for_each_id(
    sandbox: RunningSandbox, caller: Caller, old: OldCaller
) -> None:
    ids = [caller.decide(sandbox.place_order()["id"], True) for _ in range(2)]
    sandbox.configure(limits="on")

    assert [old.tracking(one).status_code for one in (*ids, ids[0])] == [200, 200, 429]
