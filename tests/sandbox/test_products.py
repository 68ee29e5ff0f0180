"""The seller's catalog: listProducts, upsertProducts, deleteProducts (domain.md §1.3, §2.8; §8, questions 39 to 43)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import requests

from tests.sandbox.calling import bearer
from tests.sandbox.shelf import Product, Shelf, fields
from tests.sandbox_server import RunningSandbox


@pytest.fixture
def shelf(sandbox: RunningSandbox) -> Shelf:
    return Shelf(sandbox)


@pytest.fixture(scope="module")
def refusing_shelf(refusing: RunningSandbox) -> Shelf:
    return Shelf(refusing)


EUROS = {"amount": 12.5, "currency": "EUR"}
WHOLE: Product = {
    "id": "NW/1 %+ü",
    "gtins": [{"value": "97800506"}, {"value": "978005066631"}, {"value": "9780050666319"}],
    "standard_prices": [{"price": EUROS, "scope": "EUR_FR"}, {"price": {"amount": 0, "currency": "GBP"}}],
    "discount_prices": [
        {"price": EUROS, "scope": "EUR_FR", "start_date": "2026-01-01T00:00:00Z", "end_date": "2026-02-01T00:00:00.5Z"},
        {"price": EUROS},
    ],
    "quantities": [{"available_quantity": 0}, {"available_quantity": 1_000_000_000, "warehouse_code": "LYON"}],
    "partner_quantities": [{"available_quantity": 3, "partner_id": "P"}],
    "images": [{"url": "http://images.example/1.png"}, {"url": "https://"}],
    "brand": "Northwind",
    "titles": [{"locale": "en_GB", "value": "Mug"}, {"locale": "de", "value": "Becher"}],
    "descriptions": [{"locale": "en", "value": "x" * 6000}],
    "category": {"id": "kitchen", "labels": [{"locale": "en", "value": "Kitchen"}]},
    "attributes": [
        {"id": "a", "name": "A", "type": "STRING", "value": "x" * 2000},
        {"id": "b", "name": "B", "type": "NUMERIC", "value": -1_000_000_000},
        {"id": "c", "name": "C", "type": "BOOLEAN", "value": False},
    ],
}
WITHOUT_A_NAME = {"id": "NW/1 %+ü"}
NULLABLE = {"brand", "titles", "descriptions", "images", "category", "discount_prices", "attributes"}


def test_upsert_is_202_with_nothing_in_it_and_read_back_whole(shelf: Shelf) -> None:
    answer = shelf.upsert(WHOLE)

    assert (answer.status_code, answer.content) == (202, b"")
    assert "Content-Type" not in answer.headers
    assert shelf.products() == [WHOLE]


def test_amounts_are_exact(shelf: Shelf) -> None:
    text = '{"products": [{"id": "a", "standard_prices": [{"price": {"amount": 10.10, "currency": "EUR"}}]}]}'

    shelf.call("POST", data=text, headers={"Content-Type": "application/json"})

    assert '"amount":10.10' in shelf.call("GET").text


def test_id_alone_makes_a_product(shelf: Shelf) -> None:
    shelf.put({"id": "a"})

    assert shelf.products() == [{"id": "a"}]


def test_absent_stays_and_present_replaces_as_a_whole(shelf: Shelf) -> None:
    shelf.put(WHOLE)

    change = {"titles": [{"locale": "fr", "value": "Mug"}], "brand": "Other"}

    shelf.put({**WITHOUT_A_NAME, **change})

    assert shelf.products() == [{**WHOLE, **change}]


@pytest.mark.parametrize("field", sorted(NULLABLE))
def test_null_clears_what_can_be_cleared(shelf: Shelf, field: str) -> None:
    shelf.put(WHOLE)

    shelf.put({**WITHOUT_A_NAME, field: None})

    assert shelf.products()[0].keys() == WHOLE.keys() - {field}


@pytest.mark.parametrize("field", sorted(WHOLE.keys() - NULLABLE))
def test_null_is_refused_where_nothing_can_be_cleared(shelf: Shelf, field: str) -> None:
    shelf.put(WHOLE)

    answer = shelf.upsert({**WITHOUT_A_NAME, field: None})

    assert (answer.status_code, fields(answer)) == (400, [f"products[0].{field}"])
    assert shelf.products()[0].keys() == WHOLE.keys()


@pytest.mark.parametrize("field", ["standard_prices", "quantities", "partner_quantities"])
def test_lists_that_must_not_be_empty_are_refused(refusing_shelf: Shelf, field: str) -> None:
    assert fields(refusing_shelf.upsert({"id": "a", field: []})) == [f"products[0].{field}"]


@pytest.mark.parametrize("field", ["gtins", "titles", "descriptions", "images", "discount_prices", "attributes"])
def test_other_lists_can_be_emptied(shelf: Shelf, field: str) -> None:
    shelf.put(WHOLE)

    shelf.put({**WITHOUT_A_NAME, field: []})

    assert shelf.products()[0][field] == []


@pytest.mark.parametrize("method", ["POST", "DELETE"])
@pytest.mark.parametrize(
    "body", [{}, {"products": None}, {"products": []}, {"products": {}}, {"products": [{"id": "a"}] * 1001}]
)
def test_call_has_1_to_1000_products(refusing_shelf: Shelf, method: str, body: Any) -> None:
    assert fields(refusing_shelf.call(method, json=body)) == ["products"]


@pytest.mark.parametrize("method", ["POST", "DELETE"])
@pytest.mark.parametrize(
    ("content_type", "text", "status"),
    [("text/plain", b"{}", 415), ("application/json", b"", 400), ("application/json", b"[]", 400)],
)
def test_body_must_be_a_json_object(
    refusing_shelf: Shelf, method: str, content_type: str, text: bytes, status: int
) -> None:
    assert refusing_shelf.call(method, data=text, headers={"Content-Type": content_type}).status_code == status


def test_thousand_products_fit_into_one_call_and_one_page(shelf: Shelf) -> None:
    ids = [f"{number:04}" for number in range(1000)]

    shelf.put(*({"id": product_id} for product_id in reversed(ids)))

    assert shelf.ids() == ids
    assert shelf.delete(*ids).status_code == 202
    assert shelf.ids() == []


def test_of_two_with_one_id_the_last_counts(shelf: Shelf) -> None:
    shelf.put({"id": "a", "brand": "first", "titles": []}, {"id": "b"}, {"id": "a", "brand": "last"})

    assert shelf.products() == [{"id": "a", "brand": "last"}, {"id": "b"}]


def test_fields_that_nobody_knows_are_left_out(shelf: Shelf) -> None:
    shelf.put({"id": "a", "colour": "red", "standard_prices": [{"price": {**EUROS, "tax": 1}, "end_date": "soon"}]})

    assert shelf.products() == [
        {"id": "a", "standard_prices": [{"price": {"amount": Decimal("12.5"), "currency": "EUR"}}]}
    ]


def test_null_within_a_price_is_fine(shelf: Shelf) -> None:
    discount = {"price": {"amount": 1, "currency": "EUR"}, "scope": None, "start_date": None, "end_date": None}

    shelf.put({"id": "a", "discount_prices": [discount], "category": {"id": None, "labels": []}})

    assert shelf.products() == [{"id": "a", "discount_prices": [discount], "category": {"id": None, "labels": []}}]


def test_delete_takes_products_away_and_ignores_unknown_ones(shelf: Shelf) -> None:
    shelf.put({"id": "a"}, {"id": "b"}, {"id": "c"})

    answer = shelf.delete("c", "x", "a", "a")

    assert (answer.status_code, answer.content) == (202, b"")
    assert shelf.ids() == ["b"]
    shelf.put({"id": "a"})
    assert shelf.products() == [{"id": "a"}, {"id": "b"}]


@pytest.mark.parametrize("product_id", ["", None, 7, "x" * 257])
def test_faulty_id_deletes_nothing(shelf: Shelf, product_id: Any) -> None:
    shelf.put({"id": "a"})

    assert fields(shelf.delete("a", product_id)) == ["products[1].id"]
    assert shelf.ids() == ["a"]


def test_catalog_shows_changes_after_its_delay_and_in_their_order(sandbox: RunningSandbox, shelf: Shelf) -> None:
    shelf.put({"id": "a", "brand": "old"}, {"id": "b"})
    sandbox.configure(catalog_seconds=600)
    shelf.put({"id": "a", "brand": "new"})
    shelf.delete("b")
    sandbox.configure(catalog_seconds=0)
    shelf.put({"id": "a", "brand": "newest"})

    before = shelf.products()
    sandbox.advance(600)

    assert before == [{"id": "a", "brand": "old"}, {"id": "b"}]
    assert Shelf(sandbox).products() == [{"id": "a", "brand": "newest"}]


def test_products_come_by_id_and_page_tokens_win(shelf: Shelf) -> None:
    shelf.put(*({"id": product_id} for product_id in ("b", "a", "B", "ä", "10", "9")))
    order = ["10", "9", "B", "a", "b", "ä"]

    first = shelf.page(limit=4)
    second = shelf.page(page_token=first["next_page_token"])

    assert [product["id"] for product in first["data"] + second["data"]] == order
    assert (set(first), set(second)) == ({"data", "next_page_token"}, {"data", "previous_page_token"})
    assert shelf.page(page_token=first["next_page_token"], limit=1) == second
    assert shelf.ids(page_token=second["previous_page_token"], limit="none") == order[:4]


def test_walk_survives_changes(shelf: Shelf) -> None:
    shelf.put(*({"id": product_id} for product_id in "acegi"))
    first = shelf.page(limit=2)

    shelf.delete("c", "e")
    shelf.put({"id": "b"}, {"id": "f"})

    assert shelf.ids(page_token=first["next_page_token"]) == ["f", "g"]


@pytest.mark.parametrize("limit", [0, 1001, "all"])
def test_limit_is_1_to_1000(refusing_shelf: Shelf, limit: Any) -> None:
    assert fields(refusing_shelf.call("GET", params={"limit": limit})) == ["limit"]


def test_writes_are_kept(sandbox: RunningSandbox, shelf: Shelf) -> None:
    shelf.put({"id": "a"})
    shelf.delete("")

    taken, refused = sandbox.writes()
    assert (taken["operation"], taken["status"], taken["body"]) == ("upsertProducts", 202, {"products": [{"id": "a"}]})
    assert (refused["operation"], refused["status"]) == ("deleteProducts", 400)
    assert taken["action_id"] is not None
    assert refused["action_id"] is None


def test_products_are_put_and_dropped_by_hand(sandbox: RunningSandbox, shelf: Shelf) -> None:
    sandbox.put_product(id="odd", attributes=[{"type": "LIST"}])
    sandbox.put_product(id="gone")

    sandbox.drop_product("gone")

    assert shelf.products() == [{"id": "odd", "attributes": [{"type": "LIST"}]}]
    assert [product["id"] for product in sandbox.products()] == ["odd"]
    with pytest.raises(AssertionError, match=r"404 .*There is no product 'gone'"):
        sandbox.drop_product("gone")


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_token_and_scope_are_required(sandbox: RunningSandbox, shelf: Shelf, method: str) -> None:
    other = bearer(sandbox, client_id="demo-channel", client_secret="demo-channel-secret")

    answers = [requests.request(method, shelf.url, headers=headers, timeout=30) for headers in ({}, other)]

    assert [answer.status_code for answer in answers] == [401, 403]


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_each_operation_may_be_called_once_a_minute(sandbox: RunningSandbox, shelf: Shelf, method: str) -> None:
    sandbox.configure(limits="on")
    body = {} if method == "GET" else {"json": {"products": [{"id": "a"}]}}

    answers = [shelf.call(method, **body) for _ in range(2)]

    assert answers[0].ok
    assert (answers[1].status_code, answers[1].headers["Retry-After"]) == (429, "60")
