"""Products: what exactly leaves, and what does not. Absent, null and empty are three different things."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from backoffice.mirakl import Connect
from backoffice.mirakl.connect.inputs.products import (
    AttributeBoolean,
    AttributeNumeric,
    AttributeString,
    Category,
    Description,
    DiscountPrice,
    Gtin,
    Image,
    PartnerQuantity,
    Product,
    Quantity,
    StandardPrice,
    Title,
)
from backoffice.mirakl.errors import Invalid, OutcomeUnknown
from backoffice.mirakl.limits import Amount
from tests.mirakl.serving import Serving, asked, http, sent

TAKEN = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
EUR = Amount(amount=Decimal("1349.90"), currency="EUR")
CET = timezone(timedelta(hours=1))

NULLABLE = ("titles", "descriptions", "images", "brand", "category", "discount_prices", "attributes")
NOT_NULLABLE = ("gtins", "standard_prices", "quantities", "partner_quantities")
WHOLE = Product(
    id="SKU/1 é",
    gtins=[Gtin(value="00000017"), Gtin(value="000000000017"), Gtin(value="0000000000017")],
    titles=[Title(locale="en", value="Lamp"), Title(locale="de_DE", value="")],
    descriptions=[Description(locale="en_US", value="x" * 6000)],
    images=[Image(url="https://img.test/a b".replace(" ", "%20"))],
    brand="",
    category=Category(labels=[Title(locale="en", value="Lamps")], id="7"),
    standard_prices=[StandardPrice(price=EUR), StandardPrice(price=EUR, scope="FR")],
    discount_prices=[
        DiscountPrice(price=EUR, scope=None, start_date=datetime(2026, 1, 1, tzinfo=CET), end_date=None),
        DiscountPrice(price=EUR, end_date=datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=CET)),
    ],
    quantities=[Quantity(available_quantity=0), Quantity(available_quantity=1_000_000_000, warehouse_code="W")],
    partner_quantities=[PartnerQuantity(available_quantity=3, partner_id="P")],
    attributes=[
        AttributeString(id="color", name="Colour", value=""),
        AttributeNumeric(id="weight", name="Weight", value=Decimal(-1000000000)),
        AttributeNumeric(id="size", name="Size", value=Decimal("6.010")),
        AttributeBoolean(id="new", name="New", value=False),
    ],
)
WRITTEN = (
    '{"products":[{"id":"SKU/1 é",'
    '"gtins":[{"value":"00000017"},{"value":"000000000017"},{"value":"0000000000017"}],'
    '"titles":[{"locale":"en","value":"Lamp"},{"locale":"de_DE","value":""}],'
    '"descriptions":[{"locale":"en_US","value":"' + "x" * 6000 + '"}],'
    '"images":[{"url":"https://img.test/a%20b"}],"brand":"",'
    '"category":{"labels":[{"locale":"en","value":"Lamps"}],"id":"7"},'
    '"standard_prices":[{"price":{"amount":1349.90,"currency":"EUR"}},'
    '{"price":{"amount":1349.90,"currency":"EUR"},"scope":"FR"}],'
    '"discount_prices":[{"price":{"amount":1349.90,"currency":"EUR"},"scope":null,'
    '"start_date":"2025-12-31T23:00:00Z","end_date":null},'
    '{"price":{"amount":1349.90,"currency":"EUR"},"end_date":"2026-01-02T02:04:05.678Z"}],'
    '"quantities":[{"available_quantity":0},{"available_quantity":1000000000,"warehouse_code":"W"}],'
    '"partner_quantities":[{"available_quantity":3,"partner_id":"P"}],'
    '"attributes":[{"type":"STRING","id":"color","name":"Colour","value":""},'
    '{"type":"NUMERIC","id":"weight","name":"Weight","value":-1000000000},'
    '{"type":"NUMERIC","id":"size","name":"Size","value":6.010},'
    '{"type":"BOOLEAN","id":"new","name":"New","value":false}]}]}'
)


def product(**fields: Any) -> Product:
    return Product(id="A", **fields)


def upserted(*products: Product) -> bytes:
    """The body that was sent."""
    with Serving(TAKEN) as server:
        server.client.upsert_products(products)
    (request,) = server.requests
    assert request.startswith(b"POST /products HTTP/1.1\r\n")
    return sent(request)


def test_product_with_everything_is_these_bytes() -> None:
    assert upserted(WHOLE).decode() == WRITTEN


def test_field_that_is_left_out_is_not_sent() -> None:
    assert upserted(Product(id="A")) == b'{"products":[{"id":"A"}]}'


@pytest.mark.parametrize("name", NULLABLE)
def test_none_is_sent_as_null_which_clears(name: str) -> None:
    assert json.loads(upserted(product(**{name: None}))) == {"products": [{"id": "A", name: None}]}


@pytest.mark.parametrize("name", ["gtins", "titles", "descriptions", "images", "discount_prices", "attributes"])
def test_empty_list_is_sent_as_it_is(name: str) -> None:
    assert json.loads(upserted(product(**{name: []}))) == {"products": [{"id": "A", name: []}]}


def test_product_at_every_limit_is_sent() -> None:
    title = Title(locale="en", value="x" * 255)
    fullest = Product(
        id="x" * 256,
        gtins=[Gtin(value="0" * 8)] * 10,
        titles=[title] * 10,
        descriptions=[Description(locale="en", value="")] * 10,
        images=[Image(url="http://x")] * 15,
        brand="x" * 255,
        category=Category(labels=[title], id="x" * 255),
        standard_prices=[StandardPrice(price=EUR, scope="x" * 255)] * 10,
        discount_prices=[DiscountPrice(price=EUR, scope="x" * 255)] * 10,
        quantities=[Quantity(available_quantity=0)] * 20,
        partner_quantities=[PartnerQuantity(available_quantity=0, partner_id="x")] * 20,
        attributes=[AttributeString(id="x" * 255, name="x" * 255, value="x" * 2000)] * 1000,
    )

    (found,) = json.loads(upserted(fullest))["products"]

    lengths = {name: len(value) for name, value in found.items() if isinstance(value, list)}
    assert sorted(lengths.values()) == [10, 10, 10, 10, 10, 15, 20, 20, 1000]


def test_thousand_products_are_sent_in_one_call() -> None:
    assert len(json.loads(upserted(*(Product(id=str(at)) for at in range(1000))))["products"]) == 1000


def priced(**amount: Any) -> Product:
    return Product(id="A", standard_prices=[StandardPrice(price=Amount(**{"amount": Decimal(1), **amount}))])


def attribute(kind: Callable[..., Any], **fields: Any) -> Product:
    return Product(id="A", attributes=[kind(**{"id": "a", "name": "a", "value": "", **fields})])


FAULTS: list[tuple[Product, str]] = [
    (Product(id=""), "id: a text of 1 to 256 characters is expected."),
    (Product(id="x" * 257), "id: a text of 1 to 256 characters is expected."),
    (Product(id="A", gtins=[Gtin(value="1" * 14)]), "gtins[0].value: a GTIN of 8, 12 or 13 digits is expected."),
    (Product(id="A", gtins=[Gtin(value="1" * 11)]), "gtins[0].value: a GTIN of 8, 12 or 13 digits is expected."),
    (Product(id="A", gtins=[Gtin(value="1" * 13 + "\n")]), "gtins[0].value: a GTIN of 8, 12 or 13 digits"),
    (Product(id="A", gtins=[Gtin(value="١" * 8)]), "gtins[0].value: a GTIN of 8, 12 or 13 digits is expected."),
    (Product(id="A", gtins=[Gtin(value="1" * 8)] * 11), "gtins: a list of at most 10 items is expected."),
    (Product(id="A", titles=[Title(locale="en", value="x")] * 11), "titles: a list of at most 10 items"),
    (Product(id="A", titles=[Title(locale="en", value="x" * 256)]), "titles[0].value: a text of at most 255"),
    (Product(id="A", titles=[Title(locale="English", value="x")]), "titles[0].locale: a locale such as en or en_US"),
    (Product(id="A", descriptions=[Description(locale="en", value="x")] * 11), "descriptions: a list of at most 10"),
    (Product(id="A", descriptions=[Description(locale="en", value="x" * 6001)]), "descriptions[0].value: a text of"),
    (Product(id="A", images=[Image(url="https://i.test")] * 16), "images: a list of at most 15 items is expected."),
    (Product(id="A", images=[Image(url="ftp://i.test/1")]), "images[0].url: an address that begins with http://"),
    (Product(id="A", images=[Image(url="https://i.test/1\n")]), "images[0].url: an address that begins with http://"),
    (Product(id="A", brand="x" * 256), "brand: a text of at most 255 characters"),
    (Product(id="A", category=Category(labels=[], id="")), "category.id: a text of 1 to 255 characters"),
    (Product(id="A", category=Category(labels=[], id="x" * 256)), "category.id: a text of 1 to 255 characters"),
    (
        Product(id="A", category=Category(labels=[Title(locale="en", value="x" * 256)])),
        "category.labels[0].value: a text of at most 255 characters is expected.",
    ),
    (Product(id="A", standard_prices=[]), "standard_prices: a list of 1 to 10 items is expected."),
    (Product(id="A", standard_prices=[StandardPrice(price=EUR)] * 11), "standard_prices: a list of 1 to 10 items"),
    (
        Product(id="A", standard_prices=[StandardPrice(price=EUR, scope="x" * 256)]),
        "standard_prices[0].scope: a text of at most 255 characters",
    ),
    (priced(currency="EUR", amount=Decimal("-0.01")), "standard_prices[0].price.amount: a number of 0 or more"),
    (priced(currency="EUR", amount=1.5), "standard_prices[0].price.amount: an exact number is expected."),
    (priced(currency="euro"), "standard_prices[0].price.currency: a currency of three capital letters"),
    (Product(id="A", discount_prices=[DiscountPrice(price=EUR)] * 11), "discount_prices: a list of at most 10 items"),
    (
        Product(id="A", discount_prices=[DiscountPrice(price=EUR, start_date=datetime(2026, 1, 1))]),  # noqa: DTZ001 -- the mistake that is tested
        "discount_prices[0].start_date: a date-time with a time zone is expected.",
    ),
    (Product(id="A", quantities=[]), "quantities: a list of 1 to 20 items is expected."),
    (Product(id="A", quantities=[Quantity(available_quantity=1)] * 21), "quantities: a list of 1 to 20 items"),
    (Product(id="A", quantities=[Quantity(available_quantity=-1)]), "quantities[0].available_quantity: a whole"),
    (Product(id="A", quantities=[Quantity(available_quantity=10**9 + 1)]), "quantities[0].available_quantity: a"),
    (
        Product(id="A", quantities=[Quantity(available_quantity=1, warehouse_code="")]),
        "quantities[0].warehouse_code: a text of 1 or more characters is expected.",
    ),
    (Product(id="A", partner_quantities=[]), "partner_quantities: a list of 1 to 20 items is expected."),
    (
        Product(id="A", partner_quantities=[PartnerQuantity(available_quantity=1, partner_id="P")] * 21),
        "partner_quantities: a list of 1 to 20 items is expected.",
    ),
    (attribute(AttributeString, value="x" * 2001), "attributes[0].value: a text of at most 2000 characters"),
    (attribute(AttributeString, value=True), "attributes[0].value: a text of at most 2000 characters"),
    (attribute(AttributeString, id=""), "attributes[0].id: a text of 1 to 255 characters is expected."),
    (attribute(AttributeString, name="x" * 256), "attributes[0].name: a text of 1 to 255 characters is expected."),
    (attribute(AttributeNumeric, value=Decimal("1000000000.01")), "attributes[0].value: a number from -1000000000"),
    (attribute(AttributeNumeric, value=Decimal("-1000000000.01")), "attributes[0].value: a number from -1000000000"),
    (attribute(AttributeNumeric, value=Decimal("NaN")), "attributes[0].value: an exact number is expected."),
    (attribute(AttributeNumeric, value=0.1), "attributes[0].value: an exact number is expected."),
    (attribute(AttributeNumeric, value="1"), "attributes[0].value: an exact number is expected."),
    (attribute(AttributeBoolean, value="true"), "attributes[0].value: true or false is expected."),
    (
        Product(id="A", attributes=[AttributeBoolean(id="a", name="a", value=True)] * 1001),
        "attributes: a list of at most 1000 items is expected.",
    ),
]


@pytest.mark.parametrize(("bad", "fault"), FAULTS)
def test_product_that_connect_would_refuse_is_named_and_none_is_sent(bad: Product, fault: str) -> None:
    with Serving(TAKEN) as server, pytest.raises(ValueError, match=re.escape(f"products[1].{fault}")):
        server.client.upsert_products([Product(id="good"), bad])

    assert server.connections == 0


@pytest.mark.parametrize("name", NOT_NULLABLE)
def test_field_that_cannot_be_cleared_takes_no_none(name: str) -> None:
    with Serving(TAKEN) as server, pytest.raises(ValueError, match=rf"products\[0\]\.{name}: a list of .* is expected"):
        server.client.upsert_products([product(**{name: None})])

    assert server.connections == 0


@pytest.mark.parametrize(
    ("products", "fault"),
    [
        ([], "products: a list of 1 to 1000 items is expected."),
        ([Product(id=str(at)) for at in range(1001)], "products: a list of 1 to 1000 items is expected."),
        ([Product(id="A"), Product(id="B"), Product(id="A")], "products[2].id: products[0] has the same SKU."),
    ],
)
def test_batch_that_connect_would_refuse_is_not_sent(products: list[Product], fault: str) -> None:
    with Serving(TAKEN) as server, pytest.raises(ValueError, match=re.escape(fault)):
        server.client.upsert_products(products)

    assert server.connections == 0


def test_deletion_has_a_body() -> None:
    with Serving(TAKEN) as server:
        server.client.delete_products(["SKU/1 é", "B"])

    (request,) = server.requests
    assert request.startswith(b"DELETE /products HTTP/1.1\r\n")
    assert b"\r\nContent-Type: application/json\r\n" in request
    assert sent(request).decode() == '{"products":[{"id":"SKU/1 é"},{"id":"B"}]}'


@pytest.mark.parametrize(
    ("ids", "fault"),
    [
        ([], "products: a list of 1 to 1000 items is expected."),
        (["A"] * 1001, "products: a list of 1 to 1000 items is expected."),
        (["A", ""], "products[1].id: a text of 1 to 256 characters is expected."),
        ("ABC", "product_ids: a list of SKUs is expected."),
    ],
)
def test_deletion_that_connect_would_refuse_is_not_sent(ids: Any, fault: str) -> None:
    with Serving(TAKEN) as server, pytest.raises(ValueError, match=re.escape(fault)):
        server.client.delete_products(ids)

    assert server.connections == 0


@pytest.mark.parametrize(
    "call",
    [lambda api: api.upsert_products([Product(id="A")]), lambda api: api.delete_products(["A"])],
    ids=["upsert", "delete"],
)
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"", OutcomeUnknown),
        (http("<html>", status="202 Accepted"), OutcomeUnknown),
        (http("{}", status="400 Bad Request"), Invalid),
    ],
    ids=["lost", "a web page", "400"],
)
def test_write_is_sent_once_whatever_becomes_of_it(
    call: Callable[[Connect], None], answer: bytes, error: type[Exception]
) -> None:
    with Serving(answer) as server, pytest.raises(error) as caught:
        call(server.client)

    assert type(caught.value) is error
    assert (len(server.requests), server.naps) == (1, [])


@pytest.mark.parametrize(("arguments", "limit"), [({}, "1000"), ({"limit": 1}, "1")])
def test_list_has_no_filter_but_a_limit(arguments: dict[str, int], limit: str) -> None:
    with Serving(http('{"data":[]}')) as server:
        list(server.client.list_products(**arguments))

    assert asked(server.requests[0]) == ("/products", [("limit", limit)])


@pytest.mark.parametrize("limit", [0, 1001, True, "5"])
def test_limit_that_connect_would_refuse_is_not_asked_for(limit: Any) -> None:
    with Serving(TAKEN) as server, pytest.raises(ValueError, match="limit: a whole number of 1 to 1000 is expected"):
        server.client.list_products(limit)

    assert server.connections == 0
