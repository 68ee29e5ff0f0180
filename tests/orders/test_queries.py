from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from backoffice.users.models import User
from orders import queries
from orders.models import Order
from orders.paging import Position, page_after
from orders.queries import Place, count_by_tab, order_page
from orders.tabs import BY_KEY, TABS, Tab, tab_of
from tests.orders.rows import MORNING, payload, place_all

NOW = MORNING + timedelta(days=1)


def to_ship(deadline: datetime | None) -> dict[str, object]:
    return payload(status="AWAITING_SHIPMENT", shipping_info={"shipping_deadline": deadline})


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
    ("tab", "expected"),
    [
        ("to_accept", {"AWAITING_ACCEPTANCE"}),
        ("waiting", {"AWAITING_FRAUD_CHECK", "AWAITING_PAYMENT"}),
        ("to_ship", {"LATE", "SOON", "UNDATED"}),
        ("late", {"LATE"}),
        ("shipped", {"SHIPPED", "DELIVERED"}),
        ("closed", {"CLOSED"}),
        ("other", {"CHANNEL_SPECIFIC", "INVENTED"}),
    ],
)
def test_tab_holds_the_orders_of_its_stage(
    one_of_each: dict[str, Order], anna: User, tab: str, expected: set[str]
) -> None:
    page = order_page(anna, BY_KEY[tab], "", Place(), now=NOW)

    assert set(page.rows) == {one_of_each[name] for name in expected}
    assert count_by_tab(anna, now=NOW)[tab] == len(expected)


def test_all_holds_everything(one_of_each: dict[str, Order], anna: User) -> None:
    assert len(order_page(anna, BY_KEY["all"], "", Place(), now=NOW).rows) == len(one_of_each)


def test_to_ship_shows_the_next_deadline_first_and_undated_last(one_of_each: dict[str, Order], anna: User) -> None:
    page = order_page(anna, BY_KEY["to_ship"], "", Place(), now=NOW)

    assert page.rows == [one_of_each["LATE"], one_of_each["SOON"], one_of_each["UNDATED"]]


@pytest.mark.parametrize(
    ("tab", "status", "newest_first"),
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
    db: None, anna: User, tab: str, status: str, newest_first: bool
) -> None:
    old, new = place_all([payload(status=status, created_at=MORNING + timedelta(hours=hour)) for hour in (0, 1)])

    page = order_page(anna, BY_KEY[tab], "", Place(), now=NOW)

    assert page.rows == ([new, old] if newest_first else [old, new])


def test_counts_stop_at_their_limit(db: None, anna: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MOST", 2)
    place_all([payload(), payload(), payload()])

    assert count_by_tab(anna, now=NOW)["all"] == 2


@pytest.mark.parametrize(
    ("key", "searching", "expected"), [("", False, "to_accept"), ("nope", True, "all"), ("late", True, "late")]
)
def test_list_without_a_tab_shows_the_next_work_or_a_search_everything(
    key: str, searching: bool, expected: str
) -> None:
    assert tab_of(key, searching=searching).key == expected


@pytest.mark.parametrize("number", [1, 3])
def test_page_costs_the_same_for_any_number_of_rows(
    db: None, anna: User, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    place_all([payload() for _ in range(number)])

    with django_assert_num_queries(2):
        page = order_page(anna, BY_KEY["to_accept"], "", Place(), now=NOW)

    assert [(row.channel.name, len(row.lines.all())) for row in page.rows] == [("Nordlicht", 1)] * number


@pytest.mark.parametrize("tab", TABS, ids=lambda tab: tab.key)
def test_every_tab_is_served_by_an_index_without_sorting(db: None, tab: Tab) -> None:
    place_all([payload(), payload()])
    rows = tab.rows(Order.objects.all(), now=NOW)
    with CaptureQueriesContext(connection) as captured, connection.cursor() as cursor:
        page_after(rows, tab.field, Position(MORNING, 0), newest_first=tab.newest_first)
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        cursor.execute("EXPLAIN " + ("QUERY PLAN " if connection.vendor == "sqlite" else "") + captured[0]["sql"])
        plan = "\n".join(str(row) for row in cursor.fetchall())

    reached = "AND sort_at" if tab.stage else "(created_at"
    assert (reached in plan) if connection.vendor == "sqlite" else ("Index Cond" in plan and tab.field in plan)
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan
