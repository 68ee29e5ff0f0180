"""The search box finds an order by any part of its numbers, customer or SKUs."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection as database

from backoffice.sync.models import Cursor
from orders import search
from orders.models import Order
from tests.orders.test_sync import ADDRESS, line
from tests.sandbox_server import RunningSandbox
from tests.sync.readings import read


@pytest.fixture
def three_orders(cursor: Cursor, sandbox: RunningSandbox) -> None:
    for number, name in enumerate(["Müller", "O'Hara", 'Quo"te'], 1):
        sandbox.place_order(
            channel_order_id=f"A-100{number}",
            shipping_info={"address": ADDRESS | {"first_name": "Kim", "last_name": name}},
            order_lines=[line(number)],
        )
    read(cursor)


def found(text: str) -> set[str]:
    return {order.number for order in search.matching(Order.objects.all(), text)}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("A-1002", {"A-1002"}),
        ("a-10", {"A-1001", "A-1002", "A-1003"}),
        ("müller", {"A-1001"}),
        ("MULLER", {"A-1001"}),
        ("kim mull", {"A-1001"}),
        ("mull kim", {"A-1001"}),
        ("sku-3", {"A-1003"}),
        ("o'hara", {"A-1002"}),
        ('quo"te', {"A-1003"}),
        ("kim nobody", set()),
        ("%%%", set()),
        ("___", set()),
        ("A-1 OR kim*", set()),
        ("a-", set()),
        ("", set()),
    ],
)
def test_words_are_found_wherever_they_stand(text: str, numbers: set[str], three_orders: None) -> None:
    assert found(text) == numbers


def test_changed_name_is_found_and_the_old_one_is_not(
    three_orders: None, cursor: Cursor, sandbox: RunningSandbox
) -> None:
    order = Order.objects.get(number="A-1001")
    sandbox.advance(5)
    sandbox.update_order(order.remote_id, shipping_info={"address": ADDRESS | {"last_name": "Newman"}})
    read(cursor)

    assert (found("newman"), found("müller")) == ({"A-1001"}, set())


def test_deleted_order_is_not_found(three_orders: None) -> None:
    Order.objects.filter(number="A-1002").delete()

    assert found("A-10") == {"A-1001", "A-1003"}


def test_index_is_used(three_orders: None) -> None:
    if database.vendor == "postgresql":
        with database.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")

    assert "orders_search" in search.matching(Order.objects.all(), "muller").explain()


@pytest.mark.django_db(transaction=True)
def test_index_is_made_again_by_the_next_migrate() -> None:
    with database.cursor() as cursor:
        gone = "TRIGGER orders_search_insert" if database.vendor == "sqlite" else "INDEX orders_search"
        cursor.execute(f"DROP {gone}")

    call_command("migrate", verbosity=0)

    with database.cursor() as cursor:
        cursor.execute(f"DROP {gone}")
    search.install(database)
