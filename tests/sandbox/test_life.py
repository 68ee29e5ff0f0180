"""A world that is alive: orders arrive and move on by its clock."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.calling import Caller
from tests.sandbox_server import RunningSandbox


@pytest.fixture
def alive(sandbox: RunningSandbox) -> RunningSandbox:
    """Alive, with the first order there and the next one 40 s away."""
    sandbox.configure(alive=True)
    sandbox.advance(0)
    return sandbox


def total(sandbox: RunningSandbox) -> int:
    return sum(sandbox.state()["orders"].values())


def test_nothing_happens_by_itself_in_a_world_that_is_not_alive(sandbox: RunningSandbox, caller: Caller) -> None:
    order = sandbox.place_order(status="AWAITING_PAYMENT")

    sandbox.advance(10 * 86400)

    assert sandbox.state()["orders"] == {"AWAITING_PAYMENT": 1}
    assert order["status"] == "AWAITING_PAYMENT"


def test_order_arrives_every_40_seconds(alive: RunningSandbox) -> None:
    counts = [total(alive)]
    for seconds in (30, 10, 30, 10):
        alive.advance(seconds)
        counts.append(total(alive))

    assert counts == [1, 1, 2, 2, 3]


@pytest.mark.parametrize(("speed", "pause"), [(1.6, 25), (1000, 20)])
def test_speed_makes_orders_arrive_faster_down_to_20_seconds(
    sandbox: RunningSandbox, speed: float, pause: float
) -> None:
    sandbox.configure(alive=True, speed=speed)
    sandbox.advance(0)
    counts = [total(sandbox)]
    for seconds in (pause - 2, 2):
        sandbox.advance(seconds)
        counts.append(total(sandbox))

    assert counts == [1, 1, 2]


def test_long_silence_brings_no_flood(alive: RunningSandbox) -> None:
    alive.advance(7 * 86400)
    for _ in range(3):
        alive.advance(1)

    assert total(alive) == 2


@pytest.mark.parametrize(
    ("status", "seconds", "outcomes"),
    [
        ("AWAITING_ACCEPTANCE", 48 * 3600, {("CLOSED", "ACCEPTANCE_TIMEOUT")}),
        ("AWAITING_PAYMENT", 240, {("AWAITING_SHIPMENT", None), ("CLOSED", "REFUSED_PAYMENT")}),
        ("AWAITING_FRAUD_CHECK", 180, {("AWAITING_ACCEPTANCE", None), ("CLOSED", "FRAUD_CHECK_FAILED")}),
        ("SHIPPED", 4 * 86400, {("DELIVERED", None)}),
        ("DELIVERED", 14 * 86400, {("CLOSED", "AUTOMATICALLY_CLOSED")}),
    ],
)
def test_order_moves_on_when_its_time_has_come(
    sandbox: RunningSandbox, status: str, seconds: int, outcomes: set[tuple[str, str | None]]
) -> None:
    order = sandbox.place_order(status=status)
    sandbox.configure(alive=True)

    sandbox.advance(seconds - 10)
    before = only(sandbox, order)
    sandbox.advance(10)
    after = only(sandbox, order)

    assert (before["status"], before["updated_at"]) == (status, order["updated_at"])
    assert (after["status"], after.get("status_reason")) in outcomes
    assert {(line["status"], line.get("status_reason")) for line in after["order_lines"]} <= outcomes
    assert after["updated_at"] > order["updated_at"]
    assert after["updated_at"] == after["channel_updated_at"]


def only(sandbox: RunningSandbox, order: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = Caller(sandbox).page(order_ids=order["id"])["data"][0]
    return found


def test_move_keeps_amounts_exact(sandbox: RunningSandbox) -> None:
    price = {"amount": Decimal("10.10"), "currency": "EUR"}
    order = sandbox.place_order(status="SHIPPED", order_lines=[{"price": price}])
    sandbox.configure(alive=True)

    sandbox.advance(5 * 86400)

    answer = Caller(sandbox).answer(order_ids=order["id"])
    assert answer.json()["data"][0]["status"] == "DELIVERED"
    assert '"price":{"amount":10.10,' in answer.text


def test_lines_that_went_another_way_stay(sandbox: RunningSandbox) -> None:
    refused = {"status": "CLOSED", "status_reason": "REFUSED"}
    order = sandbox.place_order(status="SHIPPED", order_lines=[{}, refused])
    sandbox.configure(alive=True)

    sandbox.advance(5 * 86400)

    assert [line["status"] for line in only(sandbox, order)["order_lines"]] == ["DELIVERED", "CLOSED"]
