from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backoffice.lists import keyset
from backoffice.lists.declaration import View
from backoffice.lists.keyset import Order as Sorted
from backoffice.lists.keyset import Position
from backoffice.outbox.enums import State
from backoffice.users.models import User
from orders import queries
from orders.listing import ORDERS, VIEWS
from orders.models import NO_DATE, Order
from tests.orders.rows import MORNING, payload, place_all
from tests.outbox.asking import action_in

pytestmark = pytest.mark.django_db

NOW = MORNING + timedelta(days=1)


def to_ship(deadline: datetime | None) -> dict[str, object]:
    return payload(status="AWAITING_SHIPMENT", shipping_info={"shipping_deadline": deadline})


def sorting(view: View, sort: str = "") -> Sorted:
    sort = sort or view.sort
    column = ORDERS.column(sort.removeprefix("-"))
    assert column is not None
    return Sorted(ORDERS.field_of(column, view), sort.startswith("-"))


def rows(user: User, key: str) -> list[Order]:
    view = ORDERS.view(key)
    assert view is not None
    return keyset.first(view.where(ORDERS.rows(user), NOW), sorting(view), 50).rows


@pytest.fixture
def one_of_each(db: None) -> dict[str, Order]:
    statuses = [
        "AWAITING_FRAUD_CHECK",
        "AWAITING_ACCEPTANCE",
        "AWAITING_PAYMENT",
        "SHIPPED",
        "DELIVERED",
        "CLOSED",
        "CHANNEL_SPECIFIC",
        "INVENTED",
    ]
    orders = dict(zip(statuses, place_all([payload(status=status) for status in statuses]), strict=True))
    late, soon, undated = place_all([to_ship(NOW - timedelta(1)), to_ship(NOW + timedelta(1)), to_ship(None)])
    return {**orders, "LATE": late, "SOON": soon, "UNDATED": undated}


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        ("to_accept", {"AWAITING_ACCEPTANCE"}),
        ("waiting", {"AWAITING_FRAUD_CHECK", "AWAITING_PAYMENT"}),
        ("to_ship", {"LATE", "SOON", "UNDATED"}),
        ("late", {"LATE"}),
        ("shipped", {"SHIPPED", "DELIVERED"}),
        ("problems", set()),
        ("closed", {"CLOSED"}),
        ("other", {"CHANNEL_SPECIFIC", "INVENTED"}),
    ],
)
def test_view_holds_the_orders_of_its_stage(
    one_of_each: dict[str, Order], anna: User, view: str, expected: set[str]
) -> None:
    assert set(rows(anna, view)) == {one_of_each[name] for name in expected}


def test_all_holds_everything(one_of_each: dict[str, Order], anna: User) -> None:
    assert len(rows(anna, "all")) == len(one_of_each)


def test_problems_are_orders_about_which_something_went_wrong(anna: User) -> None:
    actions = {state: action_in(state) for state in State}
    unseen = action_in(State.CONFIRMED, differs_at=MORNING)

    troubled = {actions[State.FAILED], actions[State.UNKNOWN], unseen}

    assert {order.pk for order in rows(anna, "problems")} == {action.target_id for action in troubled}


def test_late_is_what_had_to_be_accepted_or_shipped_before_now(anna: User) -> None:
    waiting, shipping, done = place_all([payload(), to_ship(NOW - timedelta(hours=1)), payload(status="SHIPPED")])
    Order.objects.filter(pk=waiting.pk).update(due_at=NOW - timedelta(hours=2))
    assert done.due_at == NO_DATE

    assert rows(anna, "late") == [waiting, shipping]


def test_to_ship_shows_the_next_deadline_first_and_undated_last(one_of_each: dict[str, Order], anna: User) -> None:
    assert rows(anna, "to_ship") == [one_of_each["LATE"], one_of_each["SOON"], one_of_each["UNDATED"]]


@pytest.mark.parametrize(
    ("view", "status", "newest_first"),
    [
        ("to_accept", "AWAITING_ACCEPTANCE", False),
        ("waiting", "AWAITING_PAYMENT", False),
        ("shipped", "SHIPPED", True),
        ("closed", "CLOSED", True),
        ("other", "INVENTED", True),
        ("all", "CLOSED", True),
    ],
)
def test_work_begins_with_the_oldest_and_looking_back_with_the_newest(
    anna: User, view: str, status: str, newest_first: bool
) -> None:
    old, new = place_all([payload(status=status, created_at=MORNING + timedelta(hours=hour)) for hour in (0, 1)])

    assert rows(anna, view) == ([new, old] if newest_first else [old, new])


def test_orders_are_found_by_number_and_by_id(anna: User) -> None:
    first, second, _other = place_all([payload(channel_order_id=number) for number in ("A-1", "A-2", "A-3")])

    found = queries.numbered(queries.visible_to(anna), ["A-1", second.remote_id, "nobody", "a-3"])

    assert found == {first.pk: "A-1", second.pk: second.remote_id}


ORDERS_OF_VIEWS = [
    (view, sort)
    for view in VIEWS
    if view.key != "problems"  # a bounded number of rows
    for sort in dict.fromkeys([view.sort, *view.sorts])
]


@pytest.mark.parametrize(("view", "sort"), ORDERS_OF_VIEWS, ids=lambda one: getattr(one, "key", one))
def test_every_view_is_served_by_an_index_without_sorting(view: View, sort: str) -> None:
    place_all([payload(), payload()])
    order = sorting(view, sort)
    with CaptureQueriesContext(connection) as captured, connection.cursor() as cursor:
        keyset.after(view.where(Order.objects.all(), NOW), order, 50, Position(MORNING, 0))
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        cursor.execute("EXPLAIN " + ("QUERY PLAN " if connection.vendor == "sqlite" else "") + captured[0]["sql"])
        plan = "\n".join(str(row) for row in cursor.fetchall())

    assert order.field in plan
    assert connection.vendor == "sqlite" or "Index Cond" in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan
