"""What a product may look like: every limit of upsertProducts (domain.md §1.3)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.shelf import Product, Shelf, fields
from tests.sandbox_server import RunningSandbox

EUROS = {"amount": 12.5, "currency": "EUR"}


@pytest.fixture(scope="module")
def refusing_shelf(refusing: RunningSandbox) -> Shelf:
    return Shelf(refusing)


def price(**differing: Any) -> list[Product]:
    return [{"price": {**EUROS, **differing}}]


def attribute(**differing: Any) -> list[Product]:
    return [{"id": "a", "name": "A", "type": "STRING", "value": "x", **differing}]


IN_UTC = "discount_prices[0].end_date"


@pytest.mark.parametrize(
    ("product", "where"),
    [
        ({"id": ""}, "id"),
        ({"id": "x" * 257}, "id"),
        ({"id": 7}, "id"),
        ({"gtins": {}}, "gtins"),
        ({"gtins": [{}]}, "gtins[0].value"),
        ({"gtins": [{"value": "09780050666319"}]}, "gtins[0].value"),
        ({"gtins": [{"value": "978005066631X"}]}, "gtins[0].value"),
        ({"gtins": [{"value": "٩٧٨٠٠٥٠٦"}]}, "gtins[0].value"),
        ({"gtins": [{"value": "97800506\n"}]}, "gtins[0].value"),
        ({"gtins": [{"value": 97800506}]}, "gtins[0].value"),
        ({"gtins": [{"value": "97800506"}] * 11}, "gtins"),
        ({"titles": [{"locale": "en", "value": "x" * 256}]}, "titles[0].value"),
        ({"titles": [{"value": "x"}]}, "titles[0].locale"),
        ({"titles": [{"locale": "english", "value": "x"}]}, "titles[0].locale"),
        ({"titles": [{"locale": "en-US", "value": "x"}]}, "titles[0].locale"),
        ({"titles": [{"locale": "en", "value": "x"}] * 11}, "titles"),
        ({"titles": ["x"]}, "titles[0]"),
        ({"descriptions": [{"locale": "en", "value": "x" * 6001}]}, "descriptions[0].value"),
        ({"images": [{"url": "ftp://images.example"}]}, "images[0].url"),
        ({"images": [{"url": "https://x"}] * 16}, "images"),
        ({"brand": "x" * 256}, "brand"),
        ({"brand": ["x"]}, "brand"),
        ({"category": {}}, "category.labels"),
        ({"category": {"id": "", "labels": []}}, "category.id"),
        ({"category": {"labels": [{"locale": "en", "value": "x" * 256}]}}, "category.labels[0].value"),
        ({"standard_prices": price(amount=-0.01)}, "standard_prices[0].price.amount"),
        ({"standard_prices": price(amount="12.5")}, "standard_prices[0].price.amount"),
        ({"standard_prices": price(amount=True)}, "standard_prices[0].price.amount"),
        ({"standard_prices": price(currency="euro")}, "standard_prices[0].price.currency"),
        ({"standard_prices": [{}]}, "standard_prices[0].price"),
        ({"standard_prices": price() * 11}, "standard_prices"),
        ({"standard_prices": [{"price": EUROS, "scope": "x" * 256}]}, "standard_prices[0].scope"),
        ({"discount_prices": price() * 11}, "discount_prices"),
        ({"discount_prices": [{"price": EUROS, "start_date": "2026-01-01"}]}, "discount_prices[0].start_date"),
        ({"discount_prices": [{"price": EUROS, "end_date": "2026-13-01T00:00:00Z"}]}, "discount_prices[0].end_date"),
        (
            {"discount_prices": [{"price": EUROS, "end_date": "2026-01-01T00:00:00+01:00"}]},
            "discount_prices[0].end_date",
        ),
        ({"quantities": [{"available_quantity": -1}]}, "quantities[0].available_quantity"),
        ({"quantities": [{"available_quantity": 1_000_000_001}]}, "quantities[0].available_quantity"),
        ({"quantities": [{"available_quantity": 1.5}]}, "quantities[0].available_quantity"),
        ({"quantities": [{"available_quantity": False}]}, "quantities[0].available_quantity"),
        ({"quantities": [{"available_quantity": 1, "warehouse_code": ""}]}, "quantities[0].warehouse_code"),
        ({"quantities": [{"available_quantity": 1, "warehouse_code": None}]}, "quantities[0].warehouse_code"),
        ({"quantities": [{"available_quantity": 1}] * 21}, "quantities"),
        ({"partner_quantities": [{"available_quantity": 1}]}, "partner_quantities[0].partner_id"),
        ({"attributes": attribute(type="DATE")}, "attributes[0].type"),
        ({"attributes": attribute(type=None)}, "attributes[0].type"),
        ({"attributes": attribute(id="")}, "attributes[0].id"),
        ({"attributes": attribute(name="x" * 256)}, "attributes[0].name"),
        ({"attributes": attribute(value=7)}, "attributes[0].value"),
        ({"attributes": attribute(value="x" * 2001)}, "attributes[0].value"),
        ({"attributes": attribute(type="NUMERIC", value="7")}, "attributes[0].value"),
        ({"attributes": attribute(type="NUMERIC", value=1_000_000_001)}, "attributes[0].value"),
        ({"attributes": attribute(type="BOOLEAN", value=1)}, "attributes[0].value"),
        ({"attributes": attribute() * 1001}, "attributes"),
        ({"attributes": [7]}, "attributes[0]"),
    ],
)
def test_faulty_field_is_named_and_refuses_the_whole_call(refusing_shelf: Shelf, product: Product, where: str) -> None:
    answer = refusing_shelf.upsert({"id": "fine"}, {"id": "a", **product})

    assert fields(answer) == [f"products[1].{where}"]
    assert refusing_shelf.products() == []


def test_every_fault_is_told(refusing_shelf: Shelf) -> None:
    answer = refusing_shelf.upsert({"brand": 7}, "x", {"id": "a", "gtins": [{"value": "1"}], "quantities": []})

    assert fields(answer) == [
        "products[0].id",
        "products[0].brand",
        "products[1]",
        "products[2].gtins[0].value",
        "products[2].quantities",
    ]
