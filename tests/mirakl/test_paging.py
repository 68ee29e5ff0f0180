"""Every list of Connect is walked in the same way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from backoffice.mirakl import Connect, Page
from backoffice.mirakl.connect import operations
from backoffice.mirakl.errors import PageTokenExpired, Unreadable
from backoffice.mirakl.pages import page_reader
from tests.mirakl.serving import Serving, asked, http

SINCE = datetime(2026, 2, 3, tzinfo=UTC)
Walk = Callable[[Connect], Iterator[Page]]
LISTS: dict[str, tuple[str, str, Walk]] = {
    operations.LIST_ORDERS.id: ("/v2/orders", "data", lambda api: api.list_orders(order_ids=["O"])),
    operations.LIST_RETURNS.id: (
        "/v2/orders/returns",
        "data",
        lambda api: api.list_returns(updated_from=SINCE, order_ids=["O"], statuses=["OPENED"]),
    ),
    operations.LIST_ORDER_DOCUMENTS.id: (
        "/v2/orders/documents",
        "documents",
        lambda api: api.list_order_documents(order_ids=["O"], types=["RETURN_LABEL"]),
    ),
    operations.LIST_CONVERSATIONS.id: (
        "/conversations",
        "data",
        lambda api: api.list_conversations(updated_from=SINCE, entity_ids=["O"]),
    ),
    operations.LIST_PRODUCTS.id: ("/products", "data", lambda api: api.list_products(limit=2)),
}


@pytest.mark.parametrize(("path", "rows", "walk"), LISTS.values(), ids=LISTS.keys())
def test_walk_gives_every_page_and_asks_by_token_alone(path: str, rows: str, walk: Walk) -> None:
    answers = [
        http(f'{{"{rows}":[1,2],"next_page_token":"t=1&b +/é"}}'),
        http(f'{{"{rows}":[3],"previous_page_token":"p","next_page_token":"t2"}}'),
        http(f'{{"{rows}":[]}}'),
    ]

    with Serving(*answers) as server:
        pages = list(walk(server.client))

    assert [[bytes(raw) for raw in page.data] for page in pages] == [[b"1", b"2"], [b"3"], []]
    assert pages[1].previous_page_token == "p"
    assert [asked(request) for request in server.requests[1:]] == [
        (path, [("page_token", "t=1&b +/é")]),
        (path, [("page_token", "t2")]),
    ]


@pytest.mark.parametrize(("path", "rows", "walk"), LISTS.values(), ids=LISTS.keys())
def test_walk_whose_token_expired_has_to_start_again(path: str, rows: str, walk: Walk) -> None:
    first = http(f'{{"{rows}":[],"next_page_token":"t"}}')

    with Serving(first, http("{}", status="400 Bad Request")) as server, pytest.raises(PageTokenExpired):
        list(walk(server.client))

    assert len(server.requests) == 2


@pytest.mark.parametrize(("path", "rows", "walk"), LISTS.values(), ids=LISTS.keys())
def test_page_without_its_rows_is_not_taken_for_an_empty_one(path: str, rows: str, walk: Walk) -> None:
    other = "documents" if rows == "data" else "data"

    with (
        Serving(http(f'{{"{other}":[],"{rows}":null}}')) as server,
        pytest.raises(Unreadable, match="no page of a list"),
    ):
        next(walk(server.client))


def test_rows_under_any_name_become_the_same_page() -> None:
    page = page_reader("rows")(b'{"rows":[ {} ],"data":[1],"next_page_token":"n"}')

    assert (type(page), [bytes(raw) for raw in page.data], page.next_page_token) == (Page, [b"{}"], "n")


@pytest.mark.parametrize(
    ("walk", "name"),
    [
        (lambda api, ids: api.list_orders(order_ids=ids), "order_ids"),
        (lambda api, ids: api.list_returns(updated_from=SINCE, order_ids=ids), "order_ids"),
        (lambda api, ids: api.list_order_documents(order_ids=ids), "order_ids"),
        (lambda api, ids: api.list_conversations(conversation_ids=ids), "conversation_ids"),
        (lambda api, ids: api.list_conversations(updated_from=SINCE, entity_ids=ids), "entity_ids"),
    ],
)
def test_hundred_ids_can_be_asked_for(walk: Callable[[Connect, list[str]], Iterator[Page]], name: str) -> None:
    ids = [f"O-{at}" for at in range(100)]

    with Serving(http('{"data":[],"documents":[]}')) as server:
        list(walk(server.client, ids))

    assert [value for key, value in asked(server.requests[0])[1] if key == name] == ids
