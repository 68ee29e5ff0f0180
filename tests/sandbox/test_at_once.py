"""Many callers at once, and a world left to itself: nothing is lost, and nothing becomes what cannot be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from backoffice.sandbox.answers import from_json
from backoffice.sandbox.switches import Switches
from backoffice.sandbox.world import World
from backoffice.sandbox.worlds.life import tick
from backoffice.sandbox.worlds.loading import load
from backoffice.sandbox.worlds.placing import place_order
from tests.sandbox.calling import Caller
from tests.sandbox.lines import eur, item, place
from tests.sandbox_server import RunningSandbox

Json = dict[str, Any]
CALLERS, ROUNDS, DAYS = 6, 4, 40
CANCELLED = {"status": "CLOSED", "status_reason": "CANCELED", "quantity": 0}


def test_calls_on_one_order_at_once_are_each_done_once_or_not_at_all(sandbox: RunningSandbox) -> None:
    refunded = place(sandbox, "SHIPPED", {"price": eur("100.00")})
    shipped = place(sandbox, "AWAITING_SHIPMENT", {"quantity": 10})
    parcel = {"items": [{"order_line_id": f"{shipped}-1", "quantity": 1}], "carrier": "DHL"}
    refund = {"refunds": [item(refunded, quantity=0, price=eur("7"), shipping_price=eur("0"), taxes=[])]}

    def call(_: int) -> None:
        caller = Caller(sandbox)
        for _ in range(ROUNDS):
            caller.take("refund", refunded, refund)
            sandbox.customer_writes(order_id=refunded)
            caller.take("shipments", shipped, parcel)
            caller.page(updated_from="2020-01-01T00:00:00Z")
            sandbox.settle()

    with ThreadPoolExecutor(CALLERS) as pool:
        list(pool.map(call, range(CALLERS)))

    caller = Caller(sandbox)
    ends = Counter((action["kind"], action["status"]) for action in sandbox.actions())
    assert ends == {
        ("REFUND", "SUCCESS"): 14,
        ("REFUND", "FAILED"): CALLERS * ROUNDS - 14,
        ("CREATE_SHIPMENT", "SUCCESS"): 10,
        ("CREATE_SHIPMENT", "FAILED"): CALLERS * ROUNDS - 10,
    }
    assert len(caller.exact_line(refunded)["adjustments"]) == 14
    assert caller.order(shipped)["status"] == "SHIPPED"
    assert (len(sandbox.shipments()), len(sandbox.conversations())) == (10, CALLERS * ROUNDS)


@pytest.fixture
def left_alone(tmp_path: Path) -> Iterator[World]:
    """The world `demo` after many days, and in it a few orders of which one line was cancelled before they left."""
    world = World(tmp_path / "state", switches=Switches(speed=60, alive=True))
    load(world, "demo")
    for _ in range(5):
        place_order(world, status="DELIVERED", order_lines=[CANCELLED, {}])
    for _ in range(DAYS):
        world.clock.advance(timedelta(days=1).total_seconds())
        for _ in range(8):
            tick(world)
    yield world
    world.close()


def test_world_left_to_itself_stays_possible(left_alone: World) -> None:
    bodies = [from_json(body) for (body,) in left_alone.store.rows("SELECT body FROM orders")]
    lines = {line["id"]: line for order in bodies for line in order["order_lines"]}
    returns = [from_json(body) for (body,) in left_alone.store.rows("SELECT body FROM returns")]
    back: Counter[str] = Counter()
    for found in returns:
        for line in found["return_lines"] if found["status"] != "REQUEST_DECLINED" else ():
            back[line["order_line_id"]] += line["quantity"]

    assert [line_id for line_id, units in back.items() if line_id in lines and units > lines[line_id]["quantity"]] == []
    assert [line["id"] for line in lines.values() if _impossible(line)] == []
    statuses = [(order["status"], {line["status"] for line in order["order_lines"]}) for order in bodies]
    assert [pair for pair in statuses if (pair[0] == "CLOSED") != (pair[1] == {"CLOSED"})] == []
    assert len(bodies) > 340
    assert len(returns) > 31


def _impossible(line: Json) -> bool:
    refunds = [adjustment for adjustment in line["adjustments"] if adjustment["type"] == "REFUND"]
    amounts = [line["price"], line["total_shipping_price"], *(tax["amount"] for tax in line["taxes"])]
    return bool(
        min(money["amount"] for money in amounts) < 0
        or sum(refund["price"]["amount"] for refund in refunds) > line["price"]["amount"]
        or (line["quantity"] < 1) != (line.get("status_reason") == "CANCELED")
        or (line["status"] == "CLOSED" and (line["can_cancel"] or line["can_refund"]))
    )
