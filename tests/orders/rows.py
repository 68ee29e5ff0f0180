"""Orders in the database without a sandbox: each goes the way of a record that was read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import count
from typing import Any

from django.db import transaction

from backoffice.connections.models import Connection
from orders.models import Order
from orders.sync import store

_numbers = count(1)
MORNING = datetime(2026, 11, 20, 8, tzinfo=UTC)
ADDRESS = {
    "first_name": "Zoë",
    "last_name": "Ferrari",
    "street": "Hauptstraße 1",
    "city": "Wien",
    "zip_code": "1010",
    "country_iso_code": "AUT",
    "phone": "+43 1 23456",
}


def euros(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


def line(**fields: Any) -> dict[str, Any]:
    """One line of a payload: two pieces for 20.00 EUR, shipping 5.00 EUR, taxes 4.00 and 1.00 EUR."""
    return {
        "id": f"line-{next(_numbers)}",
        "product": {"id": "KETTLE-1", "title": "Kettle"},
        "quantity": 2,
        "price": euros("20.00"),
        "total_shipping_price": euros("5.00"),
        "taxes": [{"code": "VAT", "amount": euros("4.00")}],
        "shipping_taxes": [{"code": "VAT", "amount": euros("1.00")}],
        "status": "AWAITING_SHIPMENT",
        "adjustments": [],
        **fields,
    }


def payload(**fields: Any) -> dict[str, Any]:
    """A whole order as Mirakl would give it."""
    number = next(_numbers)
    return {
        "id": f"remote-{number}",
        "channel_order_id": f"N-{number}",
        "created_at": MORNING,
        "updated_at": MORNING,
        "status": "AWAITING_ACCEPTANCE",
        "origin": {"channel_id": "channel-1", "channel_name": "Nordlicht"},
        "shipping_info": {"address": ADDRESS},
        "billing_info": {"address": ADDRESS},
        "fulfillment": {"type": "FULFILLED_BY_SELLER"},
        "order_lines": [line()],
        **fields,
    }


def shop() -> Connection:
    """The connection that orders of these tests came through."""
    connection, _ = Connection.objects.get_or_create(
        name="Nord", defaults={"base_url": "https://mirakl.example/api", "secret": "s3cret"}
    )
    return connection


def place(**fields: Any) -> Order:
    """Stores one order and returns its row."""
    return place_all([payload(**fields)])[0]


def place_all(payloads: list[dict[str, Any]]) -> list[Order]:
    """Stores many orders and returns their rows, in the same order."""
    with transaction.atomic():
        stored = store(shop(), [json.dumps(one, default=_text).encode() for one in payloads])
    assert not stored.parked, stored.parked
    rows = {row.remote_id: row for row in Order.objects.filter(remote_id__in=[one["id"] for one in payloads])}
    return [rows[one["id"]] for one in payloads]


def _text(value: object) -> str:
    assert isinstance(value, datetime)
    return value.isoformat()
