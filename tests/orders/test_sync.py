"""What an order of Mirakl becomes in our tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from backoffice.sync.models import Cursor
from orders.models import NO_DATE, Order, OrderLine
from shops.models import Channel
from tests.sandbox_server import RunningSandbox
from tests.sync.readings import json_text, read

LINE = {
    "quantity": 2,
    "price": {"amount": 39.98, "currency": "EUR"},
    "total_shipping_price": {"amount": 4.9, "currency": "EUR"},
    "taxes": [{"code": "VAT", "amount": {"amount": 8.0, "currency": "EUR"}}],
    "shipping_taxes": [{"code": "VAT", "amount": {"amount": 0.98, "currency": "EUR"}}],
    "status": "AWAITING_SHIPMENT",
    "can_cancel": True,
    "can_refund": False,
    "adjustments": [],
    "custom_attributes": [],
}
ADDRESS = {
    "first_name": "Zoë",
    "last_name": "Müller-Lüdenscheidt",
    "street": "Canarystraße 7",
    "city": "Wien",
    "country_iso_code": "AUT",
    "zip_code": "1010",
}


def line(number: int, **fields: object) -> dict[str, object]:
    return {
        "id": f"l-{number}",
        "channel_order_line_id": f"c-{number}",
        "product": {"id": f"SKU-{number}", "title": f"Product {number}"},
        **LINE,
        **fields,
    }


def test_order_and_lines_become_rows(cursor: Cursor, sandbox: RunningSandbox) -> None:
    order = sandbox.place_order(
        channel_order_id="A-1001",
        status="AWAITING_SHIPMENT",
        created_at="2026-11-20T08:00:00Z",
        shipping_info={"address": ADDRESS, "shipping_deadline": "2026-11-23T18:00:00Z"},
        order_lines=[line(1), line(2, can_refund=True)],
    )

    read(cursor)

    row = Order.objects.get()
    assert (row.remote_id, row.number, row.status, row.stage) == (
        order["id"],
        "A-1001",
        "AWAITING_SHIPMENT",
        "to_ship",
    )
    assert (row.customer, row.country) == ("Zoë Müller-Lüdenscheidt", "AUT")
    assert (row.total, row.currency) == (Decimal("107.72"), "EUR")
    assert row.ship_by == row.sort_at == datetime(2026, 11, 23, 18, tzinfo=UTC)
    assert list(
        OrderLine.objects.values_list("remote_id", "position", "sku", "title", "quantity", "price", "can_refund")
    ) == [
        ("l-1", 0, "SKU-1", "Product 1", 2, Decimal("39.98"), False),
        ("l-2", 1, "SKU-2", "Product 2", 2, Decimal("39.98"), True),
    ]


def test_channel_is_made_on_first_sight_and_takes_a_new_name(cursor: Cursor, sandbox: RunningSandbox) -> None:
    origin = {"channel_id": "7", "channel_name": "Old name"}
    first = sandbox.place_order(origin=origin)
    read(cursor)
    sandbox.advance(5)
    sandbox.update_order(first["id"], origin=origin | {"channel_name": "New name"})

    read(cursor)

    assert list(Channel.objects.values_list("remote_id", "name")) == [("7", "New name")]


def test_line_that_came_later_is_added_and_known_ones_are_updated(cursor: Cursor, sandbox: RunningSandbox) -> None:
    order = sandbox.place_order(order_lines=[line(1)])
    read(cursor)
    key = OrderLine.objects.get().pk
    sandbox.advance(5)
    sandbox.update_order(order["id"], order_lines=[line(1, status="SHIPPED"), line(2)])

    read(cursor)

    assert list(OrderLine.objects.values_list("remote_id", "status")) == [
        ("l-1", "SHIPPED"),
        ("l-2", "AWAITING_SHIPMENT"),
    ]
    assert OrderLine.objects.get(remote_id="l-1").pk == key


def test_changed_order_may_have_lost_its_lines_in_the_payload(cursor: Cursor, sandbox: RunningSandbox) -> None:
    order = sandbox.place_order(order_lines=[line(1)])
    read(cursor)
    sandbox.advance(5)
    sandbox.update_order(order["id"], status="CLOSED", order_lines=[])

    read(cursor)

    assert (Order.objects.get().status, OrderLine.objects.count()) == ("CLOSED", 1)


def test_older_order_brings_no_old_name_of_its_channel(cursor: Cursor, sandbox: RunningSandbox) -> None:
    now = sandbox.now()
    for hours, name in ((1, "New name"), (5, "Old name")):
        sandbox.place_order(origin={"channel_id": "7", "channel_name": name}, updated_at=now - timedelta(hours=hours))

    read(cursor)

    assert Channel.objects.get().name == "New name"


def test_order_to_ship_without_a_deadline_sorts_last(cursor: Cursor, sandbox: RunningSandbox) -> None:
    sandbox.place_order(status="AWAITING_SHIPMENT", shipping_info={"address": ADDRESS})

    read(cursor)

    assert (Order.objects.get().ship_by, Order.objects.get().sort_at) == (None, NO_DATE)


def test_lines_in_two_currencies_have_no_total(cursor: Cursor, sandbox: RunningSandbox) -> None:
    sandbox.place_order(
        status="AWAITING_SHIPMENT", order_lines=[line(1), line(2, price={"amount": 1, "currency": "USD"})]
    )

    read(cursor)

    assert (Order.objects.get().total, Order.objects.get().currency) == (None, "")


def test_amounts_in_the_payload_stay_exact(cursor: Cursor, sandbox: RunningSandbox) -> None:
    order = sandbox.place_order()

    text = json_text(order | {"order_lines": [line(1)]}).replace("39.98", "1234567890.1234567890123")
    sandbox.put_raw_order(text)

    read(cursor)

    assert Order.objects.get().document.order_lines[0].price.amount == Decimal("1234567890.1234567890123")
    assert OrderLine.objects.get().price == Decimal("1234567890.1235")


@pytest.mark.parametrize(
    "rest", [{}, {"shipping_info": {}, "billing_info": None}, {"order_lines": None}, {"order_lines": [None]}]
)
def test_anonymised_order_leaves_no_personal_data_anywhere(
    rest: dict[str, object], cursor: Cursor, sandbox: RunningSandbox
) -> None:
    shipping = {"address": ADDRESS, "email": "zoe@canary.test", "pudo_id": "canary-pudo"}
    engraving = [{"id": "engraving", "type": "STRING", "value": "canary love"}]
    order = sandbox.place_order(
        shipping_info=shipping, billing_info={"address": ADDRESS}, order_lines=[line(1, custom_attributes=engraving)]
    )
    read(cursor)
    assert "canary" in Order.objects.get().payload
    sandbox.advance(5)
    now = {"anonymized_at": "2026-11-21T00:00:00Z", "updated_at": sandbox.now().strftime("%Y-%m-%dT%H:%M:%SZ")}
    sandbox.put_raw_order(json_text(order | now | rest))

    read(cursor)

    row = Order.objects.get()
    assert row.anonymized_at == datetime(2026, 11, 21, tzinfo=UTC)
    everything = " ".join(str(value) for value in vars(row).values()).casefold()
    assert "canary" not in everything
    assert "müller" not in everything
    assert [one.price.amount for one in row.document.order_lines] == (
        [] if "order_lines" in rest else [Decimal("39.98")]
    )


def test_text_that_is_too_long_is_cut_in_the_column_and_whole_in_the_payload(
    cursor: Cursor, sandbox: RunningSandbox
) -> None:
    long = "x" * 900
    sandbox.place_order(order_lines=[line(1, product={"id": "S", "title": long})])

    read(cursor)

    assert OrderLine.objects.get().title == "x" * 500
    assert Order.objects.get().document.order_lines[0].product.title == long


def test_nul_in_a_text_does_not_stop_the_order(cursor: Cursor, sandbox: RunningSandbox) -> None:
    sandbox.place_order(order_lines=[line(1, product={"id": "S\0KU", "title": "a\0b"})])

    read(cursor)

    assert (OrderLine.objects.get().sku, OrderLine.objects.get().title) == ("SKU", "ab")
