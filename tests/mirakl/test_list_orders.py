from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from backoffice.mirakl import Connect
from backoffice.mirakl.connect.types import Money, Order, read
from backoffice.mirakl.errors import PageTokenExpired, Unreadable
from backoffice.mirakl.pages import Page, read_page, walk
from tests.mirakl.calling import client_at, first_page, ids, pages_of_ids
from tests.mirakl.conftest import MakeClient
from tests.mirakl.scripted import Scripted
from tests.sandbox_server import RunningSandbox


def order_calls(sandbox: RunningSandbox) -> list[dict[str, Any]]:
    return [entry for entry in sandbox.journal() if entry["operation"] == "v2-listOrders"]


def test_walk_gives_every_order_once_newest_first(sandbox: RunningSandbox, api: Connect) -> None:
    placed = sandbox.place_orders(5)

    pages = pages_of_ids(api, limit=2)

    assert [len(page) for page in pages] == [2, 2, 1]
    assert sorted(one for page in pages for one in page) == sorted(placed)


def test_walk_over_nothing_is_one_empty_page(sandbox: RunningSandbox, api: Connect) -> None:
    assert list(api.list_orders()) == [Page(data=[])]


def test_base_url_may_end_with_a_slash(sandbox: RunningSandbox, client_of: MakeClient) -> None:
    assert pages_of_ids(client_of(base_url=f"{sandbox.connect_url}/")) == [[]]


def test_further_pages_are_asked_for_by_their_token_alone(sandbox: RunningSandbox, api: Connect) -> None:
    sandbox.place_orders(3)

    first, _last = api.list_orders(limit=2)

    assert [call["query"] for call in order_calls(sandbox)] == [
        {"limit": ["2"]},
        {"page_token": [first.next_page_token]},
    ]


def test_filters_are_sent_as_mirakl_wants_them(sandbox: RunningSandbox, api: Connect) -> None:
    first_page(
        api,
        updated_from=datetime(2026, 2, 3, 1, 30, tzinfo=timezone(timedelta(hours=2))),
        order_ids=["A&B=1", "C+D é"],
        statuses=["SHIPPED", "CLOSED"],
        fulfillment_type="FULFILLED_BY_SELLER",
    )

    assert order_calls(sandbox)[0]["query"] == {
        "limit": ["100"],
        "updated_from": ["2026-02-02T23:30:00Z"],
        "fulfillment_type": ["FULFILLED_BY_SELLER"],
        "order_ids": ["A&B=1", "C+D é"],
        "statuses": ["SHIPPED", "CLOSED"],
    }


def test_filters_choose(sandbox: RunningSandbox, api: Connect) -> None:
    old = sandbox.now() - timedelta(days=40)
    sandbox.place_order(id="OLD", created_at=old.isoformat(), updated_at=old.isoformat())
    sandbox.place_order(id="NEW", status="SHIPPED")

    assert [
        pages_of_ids(api),
        pages_of_ids(api, updated_from=old),
        pages_of_ids(api, order_ids=["OLD"]),
        pages_of_ids(api, statuses=["CLOSED"]),
    ] == [[["NEW"]], [["NEW", "OLD"]], [["OLD"]], [[]]]


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ({"limit": 0}, "limit: a whole number of 1 to 100 is expected."),
        ({"limit": 101}, "limit: a whole number of 1 to 100 is expected."),
        ({"order_ids": ["O"] * 101}, "order_ids: a list of at most 100 items is expected."),
        ({"order_ids": ["O", ""]}, "order_ids[1]: a text of 1 or more characters is expected."),
        ({"order_ids": "O-1"}, "order_ids: a list of at most 100 items is expected."),
        ({"statuses": ["CLOSED", "CHANNEL_SPECIFIC"]}, "statuses[1]: one of AWAITING_ACCEPTANCE, "),
        ({"fulfillment_type": "BY_DRONE"}, "fulfillment_type: one of FULFILLED_BY_PARTNER, FULFILLED_BY_SELLER is"),
        ({"updated_from": datetime(2026, 2, 3)}, "updated_from: a date-time with a time zone"),  # noqa: DTZ001 -- meant
    ],
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("method", ["list_orders", "list_orders_v1"])
def test_what_mirakl_would_refuse_is_not_sent(arguments: dict[str, Any], fault: str, method: str) -> None:
    with Scripted("") as server, pytest.raises(ValueError, match=re.escape(fault)):
        getattr(client_at(server.url), method)(**arguments)

    assert server.connections == 0


def test_hundred_orders_can_be_asked_for_by_their_ids(sandbox: RunningSandbox, api: Connect) -> None:
    wanted = [*sandbox.place_orders(2), *(f"{number}/é+%" for number in range(98))]

    assert sorted(pages_of_ids(api, order_ids=wanted)[0]) == sorted(wanted[:2])


def test_call_says_who_asks_and_that_json_is_wanted(sandbox: RunningSandbox, api: Connect) -> None:
    first_page(api)

    headers = {name.lower(): value for name, value in order_calls(sandbox)[0]["headers"].items()}

    assert (headers["accept"], headers["user-agent"]) == ("application/json", "backoffice/0.1 (seller back office)")


def test_records_are_handed_on_untouched(sandbox: RunningSandbox, api: Connect) -> None:
    text = '{ "id" : "R-1", "updated_at":"2026-02-03T04:05:06Z","order_lines":[{"price":{"amount":"0.10"}}],"new":1e2}'
    sandbox.put_raw_order(text)

    (raw,) = first_page(api, updated_from=datetime(2026, 1, 1, tzinfo=UTC)).data

    assert bytes(raw) == text.encode()
    assert read(raw, Order).order_lines[0].price == Money(Decimal("0.10"))


def test_whole_order_of_the_sandbox_is_read(sandbox: RunningSandbox, api: Connect) -> None:
    placed = sandbox.place_order()

    order = read(first_page(api).data[0], Order)

    line, wanted = order.order_lines[0], placed["order_lines"][0]
    assert (order.id, order.status, order.origin.channel_id) == (
        placed["id"],
        placed["status"],
        placed["origin"]["channel_id"],
    )
    assert (line.product.id, line.quantity) == (wanted["product"]["id"], wanted["quantity"])
    assert line.price == Money(Decimal(str(wanted["price"]["amount"])), wanted["price"]["currency"])


def test_order_that_changes_during_a_walk_is_found_by_the_next(sandbox: RunningSandbox, api: Connect) -> None:
    sandbox.place_orders(4)
    pages = api.list_orders(limit=2)
    ids(next(pages))
    last = pages_of_ids(api, limit=2)[-1][-1]

    sandbox.advance(1)
    sandbox.update_order(last, status="CLOSED")

    assert last not in ids(next(pages))
    assert ids(first_page(api, limit=2))[0] == last


def test_page_token_that_expired_ends_the_walk(sandbox: RunningSandbox, api: Connect) -> None:
    sandbox.place_orders(3)
    sandbox.fault("v2-listOrders", kind="expired-page-token")
    pages = api.list_orders(limit=2)
    next(pages)

    with pytest.raises(PageTokenExpired) as caught:
        next(pages)

    assert (caught.value.status, caught.value.code) == (400, "INVALID_INPUT")


def test_page_token_that_repeats_ends_the_walk() -> None:
    tokens: list[str | None] = []

    def fetch(token: str | None) -> Page:
        tokens.append(token)
        return Page(data=[], next_page_token="B" if token == "A" else "A")

    with pytest.raises(Unreadable, match="came twice"):
        list(walk(fetch))

    assert tokens == [None, "A", "B"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "It is empty."),
        (
            b" <!doctype html><p>Carla",
            "It is a web page: the address is wrong, or a proxy stands between us and Mirakl.",
        ),
        (b'{"data":[{}', "Its JSON is broken."),
        (b'{"data":null}', "It is no page of a list: probably this is not the address of the API."),
        (b'{"hello":"Carla"}', "It is no page of a list: probably this is not the address of the API."),
    ],
)
def test_page_that_is_none_says_what_it_is(body: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_page(body)

    assert str(caught.value) == f"The answer cannot be read. {reason}"


def test_page_without_a_next_one_may_say_null() -> None:
    assert read_page(b'{"data":[],"next_page_token":null,"total":7}') == Page(data=[])
