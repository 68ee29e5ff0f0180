"""Parcels on their way through the outbox to the sandbox, and what comes back."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from backoffice.outbox import delivery, queue, sweep
from backoffice.outbox.detail import evidence_of
from backoffice.outbox.enums import Cause, State
from backoffice.outbox.models import Action, Valve
from backoffice.sync.models import Cursor
from backoffice.users.models import User
from orders import shipping
from orders.actions import SHIP_LINES
from orders.models import Order, Parcel
from tests.orders.shipped import parcel_asked
from tests.outbox.asking import followed, let_go, sent
from tests.sandbox_server import RunningSandbox
from tests.sync.readings import read

pytestmark = pytest.mark.django_db
SHIP = "v2-createShipment"
FREE, STRICT, STORED = "0001", "0002", "0003"  # channels of the sandbox: each demands more of a parcel


def to_ship(sandbox: RunningSandbox, cursor: Cursor, *quantities: int, channel: str = FREE, **fields: Any) -> Order:
    """An order placed in the sandbox and read from there, with one line for each quantity."""
    lines = [{"quantity": quantity} for quantity in quantities]
    waiting = {"channel_id": channel, "status": "AWAITING_SHIPMENT", "order_lines": lines}
    placed = sandbox.place_order(**{**waiting, **fields})
    read(cursor)
    return fresh(Order.objects.get(remote_id=placed["id"]))


def fresh(order: Order) -> Order:
    return SHIP_LINES.targets().get(pk=order.pk)


def ended(sandbox: RunningSandbox, action: Action) -> Action:
    """Sent, ended by the marketplace, and asked about."""
    sent(action)
    sandbox.settle()
    return followed(action)


def looked(cursor: Cursor, action: Action) -> Action:
    """After a reading, and what it shows."""
    read(cursor)
    sweep.tick(timezone.now())
    action.refresh_from_db()
    return action


def statuses(order: Order) -> list[str]:
    return [line.status for line in fresh(order).lines.all()]


def test_parcel_is_sent_confirmed_kept_and_seen(sandbox: RunningSandbox, cursor: Cursor, anna: User) -> None:
    order = to_ship(sandbox, cursor, 2, 1)
    texts = {"carrier": "Colissimo", "tracking_number": "N1", "tracking_url": "https://colissimo.example/N1"}
    action = parcel_asked(order, 2, 1, by=anna, **texts)
    assert (action.state, Parcel.objects.count()) == (State.HELD, 0)

    sent(action)
    assert (action.state, Parcel.objects.count()) == (State.SENT, 0)
    sandbox.settle()
    followed(action)

    assert (action.state, action.seen_at, Parcel.objects.get().tracking_number) == (State.CONFIRMED, None, "N1")
    assert looked(cursor, action).seen_at is not None
    assert statuses(order) == ["SHIPPED", "SHIPPED"]
    [shipment] = sandbox.shipments()
    assert shipment.items() >= texts.items()
    assert {item["order_line_id"]: item["quantity"] for item in shipment["items"]} == Parcel.objects.get().items


def test_body_names_lines_and_leaves_out_what_is_empty(sandbox: RunningSandbox, cursor: Cursor) -> None:
    order = to_ship(sandbox, cursor, 2)

    sent(parcel_asked(order, 1))

    [line] = order.lines.all()
    assert [write["body"] for write in sandbox.writes()] == [
        {"items": [{"order_line_id": line.remote_id, "quantity": 1}]}
    ]


def test_part_of_an_order_leaves_nothing_missing(sandbox: RunningSandbox, cursor: Cursor) -> None:
    order = to_ship(sandbox, cursor, 3)
    action = ended(sandbox, parcel_asked(order, 2))

    looked(cursor, action)

    assert (action.state, action.seen_at is not None, action.differs_at) == (State.CONFIRMED, True, None)
    assert statuses(order) == ["AWAITING_SHIPMENT"]
    assert list(shipping.left(fresh(order)).values()) == [1]


def test_several_parcels_wait_their_turn_and_all_arrive(sandbox: RunningSandbox, cursor: Cursor) -> None:
    order = to_ship(sandbox, cursor, 3)
    parcels = [parcel_asked(order, units, tracking_number=str(units), carrier="Colissimo") for units in (2, 1)]
    for action in parcels:
        let_go(action)

    first = delivery.take(order.connection_id, "worker-1", now=timezone.now())
    assert delivery.take(order.connection_id, "worker-2", now=timezone.now()) == []
    delivery.deliver(first, "worker-1")
    delivery.deliver_due(order.connection_id)
    sandbox.settle()

    parcels = [followed(Action.objects.get(pk=action.pk)) for action in parcels]
    assert [action.state for action in parcels] == [State.CONFIRMED, State.CONFIRMED]
    assert [shipment["tracking_number"] for shipment in sandbox.shipments()] == ["2", "1"]
    assert [looked(cursor, action).seen_at is not None for action in parcels] == [True, True]
    assert statuses(order) == ["SHIPPED"]


def test_second_parcel_of_the_same_units_is_stopped_before_it_leaves(sandbox: RunningSandbox, cursor: Cursor) -> None:
    order = to_ship(sandbox, cursor, 1)
    first, second = parcel_asked(order, 1), parcel_asked(order, 1)

    sent(first)
    sent(second)

    assert (first.state, second.state, second.cause) == (State.SENT, State.FAILED, Cause.CHECK)
    assert second.text.endswith("every unit is in a parcel already.")
    assert len(sandbox.writes()) == 1


def test_units_that_were_cancelled_meanwhile_are_not_sent(sandbox: RunningSandbox, cursor: Cursor) -> None:
    order = to_ship(sandbox, cursor, 3)
    action = parcel_asked(order, 3)
    order.lines.update(quantity=2)

    sent(action)

    sku = order.lines.get().sku
    assert (action.state, action.cause, sandbox.writes()) == (State.FAILED, Cause.CONFLICT, [])
    assert SHIP_LINES.differences(action.seen, action.now) == [(f"{sku}: quantity", "3", "2")]


def test_a_line_that_moved_by_our_own_parcel_is_no_conflict(sandbox: RunningSandbox, cursor: Cursor) -> None:
    order = to_ship(sandbox, cursor, 1, 1)
    first, second = parcel_asked(order, 1, 0), parcel_asked(order, 0, 1)
    ended(sandbox, first)
    read(cursor)
    assert statuses(order) == ["SHIPPED", "AWAITING_SHIPMENT"]

    assert ended(sandbox, second).state == State.CONFIRMED


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"fulfillment": "FULFILLED_BY_PARTNER"}, "A partner of the marketplace ships this order"),
        ({"anonymized_at": timezone.now()}, "Mirakl removed this customer’s data"),
    ],
    ids=["partner", "anonymised"],
)
def test_order_that_is_not_ours_to_ship_any_more_is_stopped(
    sandbox: RunningSandbox, cursor: Cursor, fields: dict[str, Any], said: str
) -> None:
    order = to_ship(sandbox, cursor, 1)
    action = parcel_asked(order, 1)
    Order.objects.update(**fields)

    sent(action)

    assert (action.state, action.cause, sandbox.writes()) == (State.FAILED, Cause.CHECK, [])
    assert action.text.startswith(said)


def test_order_that_awaits_its_payment_cannot_be_shipped(sandbox: RunningSandbox, cursor: Cursor) -> None:
    order = to_ship(sandbox, cursor, 1, status="AWAITING_PAYMENT")

    with pytest.raises(queue.ObjectedError, match="payment is still awaited"):
        parcel_asked(order, 1)


@pytest.mark.parametrize(
    ("channel", "texts", "code"),
    [
        (STRICT, {}, "MISSING_CARRIER"),
        (STRICT, {"carrier": "Own van"}, "CARRIER_NOT_SUPPORTED"),
        (STORED, {"return_tracking_number": "R1"}, "WAREHOUSE_ID_REQUIRED"),
        (STORED, {"return_tracking_number": "R1", "warehouse_id": "PARIS"}, "WAREHOUSE_ID_NOT_FOUND"),
        (STORED, {"warehouse_id": "LEEDS"}, "INVALID_INPUT"),
    ],
)
def test_what_a_channel_demands_fails_the_action_and_keeps_no_parcel(
    sandbox: RunningSandbox, cursor: Cursor, channel: str, texts: dict[str, str], code: str
) -> None:
    order = to_ship(sandbox, cursor, 1, channel=channel)

    action = ended(sandbox, parcel_asked(order, 1, by=None, **texts))

    assert (action.state, action.cause, action.code) == (State.FAILED, Cause.CHANNEL, code)
    assert (Parcel.objects.count(), list(shipping.left(fresh(order), [action]).values())) == (0, [1])
    assert shipping.asks_warehouse(fresh(order).channel) == code.startswith("WAREHOUSE")


def test_parcel_with_all_that_its_channel_demands_is_taken(sandbox: RunningSandbox, cursor: Cursor) -> None:
    order = to_ship(sandbox, cursor, 1, channel=STORED)

    ended(sandbox, parcel_asked(order, 1, warehouse_id="LEEDS", return_tracking_number="R1"))

    assert sandbox.shipments()[0].items() >= {"warehouse_id": "LEEDS", "return_tracking_number": "R1"}.items()
    assert shipping.last_warehouse(fresh(order).channel) == "LEEDS"


def test_marketplace_that_had_shipped_it_already_fails_the_action(sandbox: RunningSandbox, cursor: Cursor) -> None:
    order = to_ship(sandbox, cursor, 1)
    action = parcel_asked(order, 1)
    sandbox.step_order(order.remote_id, "SHIPPED")

    ended(sandbox, action)

    assert (action.state, action.code, Parcel.objects.count()) == (State.FAILED, "ORDER_IN_WRONG_STATE", 0)


def test_failure_that_passes_is_repeated_by_itself(sandbox: RunningSandbox, cursor: Cursor) -> None:
    order = to_ship(sandbox, cursor, 1)
    sandbox.script_action(kind="CREATE_SHIPMENT", code="UNAVAILABLE")
    action = ended(sandbox, parcel_asked(order, 1))

    again = Action.objects.get(follows=action)
    ended(sandbox, again)

    assert (action.state, again.state, len(sandbox.shipments())) == (State.FAILED, State.CONFIRMED, 1)


def test_lost_answer_of_a_whole_parcel_is_settled_by_a_reading(sandbox: RunningSandbox, cursor: Cursor) -> None:
    order = to_ship(sandbox, cursor, 2)
    sandbox.fault(SHIP, kind="cut", after_commit=True)
    action = sent(parcel_asked(order, 2, carrier="Colissimo", tracking_number="N1"))
    assert (action.state, Parcel.objects.count()) == (State.UNKNOWN, 0)
    sandbox.settle()

    looked(cursor, action)
    looked(cursor, action)

    assert (action.state, action.seen_at is not None) == (State.CONFIRMED, True)
    assert (Parcel.objects.get().tracking_number, len(sandbox.shipments())) == ("N1", 1)
    assert shipping.suggestions(order.channel) == ["Colissimo"]


@pytest.mark.parametrize("arrived", [True, False])
def test_lost_answer_of_a_part_stays_unknown_and_keeps_its_units(
    sandbox: RunningSandbox, cursor: Cursor, arrived: bool
) -> None:
    order = to_ship(sandbox, cursor, 3)
    sandbox.fault(SHIP, kind="cut", after_commit=arrived)
    action = sent(parcel_asked(order, 1))
    sandbox.settle()

    for _ in range(3):
        looked(cursor, action)

    assert (action.state, Parcel.objects.count(), len(sandbox.shipments())) == (State.UNKNOWN, 0, int(arrived))
    with pytest.raises(queue.ObjectedError, match="but only 2 are left"):
        parcel_asked(fresh(order), 3)


def test_person_who_knows_that_a_part_arrived_writes_the_parcel(
    sandbox: RunningSandbox, cursor: Cursor, anna: User
) -> None:
    order = to_ship(sandbox, cursor, 3)
    sandbox.fault(SHIP, kind="cut", after_commit=True)
    action = sent(parcel_asked(order, 1))

    queue.resolve(action.pk, by=anna, reason="Seen in their back office.", now=timezone.now())

    assert (list(shipping.shipped(fresh(order)).values()), looked(cursor, action).seen_at is not None) == ([1], True)


def test_person_who_knows_that_it_did_not_arrive_asks_for_the_same_again(
    sandbox: RunningSandbox, cursor: Cursor, anna: User
) -> None:
    order = to_ship(sandbox, cursor, 1)
    sandbox.fault(SHIP, kind="cut")
    action = sent(parcel_asked(order, 1))
    assert evidence_of(action).objection == ""

    Valve.objects.all().delete()  # the lost answer shut it for a while
    again = ended(sandbox, queue.again(action, by=anna, now=timezone.now()))

    action.refresh_from_db()
    assert (action.state, again.state, len(sandbox.shipments())) == (State.GIVEN_UP, State.CONFIRMED, 1)


def test_confirmed_parcel_whose_line_does_not_move_is_reported(sandbox: RunningSandbox, cursor: Cursor) -> None:
    order = to_ship(sandbox, cursor, 1)
    sandbox.configure(show_seconds=3600)
    action = ended(sandbox, parcel_asked(order, 1))

    for _ in range(2):
        looked(cursor, action)

    assert (action.state, action.seen_at, action.differs_at is not None) == (State.CONFIRMED, None, True)
    assert Parcel.objects.count() == 1
