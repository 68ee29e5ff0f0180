"""When an order has to be accepted, what is due next, and what a new policy changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from orders import deadlines, tasks
from orders.actions import ACCEPT_LINES
from orders.models import NO_DATE, Order
from shops.deadlines import acceptances
from shops.models import ChannelPolicy
from tests.orders.rows import MORNING, payload, place, place_all

pytestmark = pytest.mark.django_db

SHIP = MORNING + timedelta(days=5)
ACCEPT = MORNING + timedelta(hours=48)


def columns(order: Order) -> tuple[datetime | None, datetime, datetime]:
    order.refresh_from_db()
    return order.accept_by, order.due_at, order.sort_at


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"status": "AWAITING_ACCEPTANCE"}, (ACCEPT, ACCEPT, ACCEPT)),
        ({"status": "AWAITING_PAYMENT"}, (None, SHIP, MORNING)),
        ({"status": "AWAITING_SHIPMENT"}, (None, SHIP, SHIP)),
        ({"status": "AWAITING_SHIPMENT", "shipping_info": {}}, (None, NO_DATE, NO_DATE)),
        ({"status": "SHIPPED"}, (None, NO_DATE, MORNING)),
        ({"status": "CLOSED"}, (None, NO_DATE, MORNING)),
        ({"status": "AWAITING_ACCEPTANCE", "fulfillment": {"type": "FULFILLED_BY_PARTNER"}}, (None, NO_DATE, MORNING)),
        ({"status": "AWAITING_SHIPMENT", "fulfillment": {"type": "FULFILLED_BY_PARTNER"}}, (None, NO_DATE, SHIP)),
    ],
)
def test_an_order_is_due_when_its_next_consequence_comes(fields: dict[str, Any], expected: tuple[Any, ...]) -> None:
    ChannelPolicy.objects.create(acceptance_hours=48)

    assert columns(place(**{"shipping_info": {"shipping_deadline": SHIP}, **fields})) == expected


def test_without_a_policy_shipping_is_what_is_known() -> None:
    assert columns(place(shipping_info={"shipping_deadline": SHIP})) == (None, SHIP, MORNING)
    assert columns(place(shipping_info={})) == (None, NO_DATE, MORNING)


def test_a_new_policy_reaches_the_orders_that_wait(memory: None) -> None:
    waiting, shipped = place(), place(status="SHIPPED")

    policy = ChannelPolicy.objects.create(channel=waiting.channel, acceptance_hours=48)
    tasks.renew_deadlines()
    renewed = columns(waiting)
    policy.delete()
    tasks.renew_deadlines()

    assert renewed == (ACCEPT, ACCEPT, ACCEPT)
    assert columns(waiting) == (None, NO_DATE, MORNING)
    assert columns(shipped) == (None, NO_DATE, MORNING)


def test_once_all_fit_the_policies_orders_are_looked_at_once_an_hour(memory: None) -> None:
    ChannelPolicy.objects.create(acceptance_hours=48)
    order = place()

    def minutes_until_it_is_put_right() -> int:
        Order.objects.filter(pk=order.pk).update(due_at=NO_DATE)
        for minute in range(1, 2 * tasks.HOURLY):
            tasks.renew_deadlines()
            if columns(order)[1] != NO_DATE:
                return minute
        return 0

    assert [minutes_until_it_is_put_right() for _ in range(tasks.PASSES)] == tasks.PASSES * [1]
    assert minutes_until_it_is_put_right() == tasks.HOURLY - tasks.PASSES
    ChannelPolicy.objects.update(time_zone="Europe/Paris")
    assert minutes_until_it_is_put_right() == 1


def test_renewing_goes_in_batches_and_writes_only_what_changes(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    monkeypatch.setattr(deadlines, "BATCH", 2)
    orders = place_all([payload(created_at=MORNING + timedelta(hours=hour)) for hour in range(5)])
    ChannelPolicy.objects.create(acceptance_hours=48)
    known = acceptances()

    assert deadlines.renew(known) == 5
    with django_assert_num_queries(3):  # it looks, and locks nothing
        assert deadlines.renew(known) == 0

    assert [columns(order)[0] for order in orders] == [ACCEPT + timedelta(hours=hour) for hour in range(5)]


def test_an_order_from_the_edge_of_time_does_not_keep_the_others_from_being_renewed() -> None:
    oddity, other = place(created_at="0001-01-01T00:00:00Z"), place()
    ChannelPolicy.objects.create(acceptance_hours=48, sunday=False, time_zone="America/New_York")

    assert deadlines.renew(acceptances()) == 2

    assert columns(oddity)[0] == datetime(1, 1, 3, tzinfo=UTC)
    assert columns(other)[0] == ACCEPT + timedelta(hours=24)  # one of the days is a Sunday


def test_nothing_is_repeated_by_itself_after_the_acceptance_deadline() -> None:
    ChannelPolicy.objects.create(acceptance_hours=48)
    order = place(shipping_info={"shipping_deadline": SHIP})

    assert ACCEPT_LINES.deadline(order) == ACCEPT
    assert ACCEPT_LINES.deadline(place(status="AWAITING_SHIPMENT", shipping_info={"shipping_deadline": SHIP})) == SHIP
