"""v2-listOrders: filters, defaults, refusals (domain.md §1.3; §8, questions 1 to 8)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import requests

from tests.sandbox.calling import Caller
from tests.sandbox_server import RunningSandbox


def test_order_is_served_as_it_was_placed(sandbox: RunningSandbox, caller: Caller) -> None:
    order = sandbox.place_order()

    assert sandbox._read(caller.answer()) == {"data": [order]}


def test_orders_come_newest_first_and_by_id_within_a_moment(sandbox: RunningSandbox, caller: Caller) -> None:
    moment = sandbox.now()
    for order_id in ("b", "c", "a"):
        sandbox.place_order(id=order_id, updated_at=moment)
    sandbox.place_order(id="newest")

    assert caller.ids() == ["newest", "c", "b", "a"]


def test_orders_are_the_last_30_days_when_nothing_is_asked(sandbox: RunningSandbox, caller: Caller) -> None:
    for order_id, updated_at in (("old", "2020-01-01T00:00:00Z"), ("new", sandbox.now())):
        sandbox.place_order(id=order_id, updated_at=updated_at)

    assert caller.ids() == ["new"]
    assert caller.ids(statuses="AWAITING_ACCEPTANCE") == ["new"]
    assert caller.ids(order_ids="old") == ["old"]
    assert caller.ids(updated_from="2019-01-01T00:00:00Z") == ["new", "old"]
    sandbox.advance(31 * 86400)
    assert Caller(sandbox).ids() == []


@pytest.mark.parametrize(
    ("updated_from", "found"),
    [
        ("2026-01-31T08:30:00.123Z", ["it"]),
        ("2026-01-31T09:30:00.123+01:00", ["it"]),
        ("2026-01-31T08:30:00.124Z", []),
        ("2026-01-31T08:29:60Z", ["it"]),
    ],
)
def test_updated_from_is_inclusive(
    sandbox: RunningSandbox, caller: Caller, updated_from: str, found: list[str]
) -> None:
    sandbox.place_order(id="it", updated_at="2026-01-31T08:30:00.123Z")

    assert caller.ids(updated_from=updated_from) == found


def test_filters_narrow_together(sandbox: RunningSandbox, caller: Caller) -> None:
    by_partner = {"type": "FULFILLED_BY_PARTNER", "code": "P"}
    sandbox.place_order(id="a", status="SHIPPED")
    sandbox.place_order(id="b", status="SHIPPED", fulfillment=by_partner)
    sandbox.place_order(id="c", status="CLOSED", fulfillment=by_partner)
    sandbox.place_order(id="d", status="CHANNEL_SPECIFIC")

    assert caller.ids(order_ids=["a", "c", "x"]) == ["c", "a"]
    assert caller.ids(order_ids="a,c") == []
    assert caller.ids(statuses=["SHIPPED", "CLOSED"]) == ["c", "b", "a"]
    assert caller.ids(fulfillment_type="FULFILLED_BY_PARTNER") == ["c", "b"]
    assert caller.ids(fulfillment_type="FULFILLED_BY_PARTNER", statuses="SHIPPED", order_ids=["a", "b"]) == ["b"]
    assert caller.ids(sort="created_at,ASC", invented="yes") == ["d", "c", "b", "a"]


@pytest.mark.parametrize(
    ("params", "field", "extensions"),
    [
        ({"limit": 0}, "limit", {"minimum": 1, "maximum": 100}),
        ({"limit": 101}, "limit", {"minimum": 1, "maximum": 100}),
        ({"limit": "ten"}, "limit", {"minimum": 1, "maximum": 100}),
        ({"limit": ""}, "limit", {"minimum": 1, "maximum": 100}),
        ({"limit": "²"}, "limit", {"minimum": 1, "maximum": 100}),
        ({"limit": [5, 6]}, "limit", None),
        ({"updated_from": "yesterday"}, "updated_from", None),
        ({"updated_from": "2026-01-31"}, "updated_from", None),
        ({"updated_from": "2026-01-31T08:30:00"}, "updated_from", None),
        ({"updated_from": "2026-13-31T08:30:00Z"}, "updated_from", None),
        ({"updated_from": "9999-12-31T23:59:60Z"}, "updated_from", None),
        ({"order_ids": [str(number) for number in range(101)]}, "order_ids", {"maxItems": 100}),
        ({"page_token": "made-up"}, "page_token", None),
        ({"page_token": ""}, "page_token", None),
        ({"page_token": "é"}, "page_token", None),
    ],
)
def test_bad_parameter_is_refused_and_named(
    caller: Caller, params: dict[str, Any], field: str, extensions: dict[str, int] | None
) -> None:
    answer = caller.answer(**params)

    body = answer.json()
    item = {"field": field, "message": body["message"]} | ({"extensions": extensions} if extensions else {})
    assert answer.status_code == 400
    assert body == {"code": "INVALID_INPUT", "message": body["message"], "errors": [item]}


@pytest.mark.parametrize(
    "params",
    [
        {"statuses": "CHANNEL_SPECIFIC"},
        {"statuses": ["SHIPPED", "LOST"]},
        {"statuses": "SHIPPED,CLOSED"},
        {"fulfillment_type": "BY_MAGIC"},
    ],
)
def test_unknown_choice_is_refused_with_the_possible_ones(caller: Caller, params: dict[str, Any]) -> None:
    answer = caller.answer(**params)

    error = answer.json()["errors"][0]
    assert (answer.status_code, error["field"]) == (400, next(iter(params)))
    assert "CHANNEL_SPECIFIC" not in error["extensions"]["enum"]
    assert {"SHIPPED", "FULFILLED_BY_SELLER"} & set(error["extensions"]["enum"])


def test_bare_plus_in_a_date_is_a_space_and_refused(sandbox: RunningSandbox, caller: Caller) -> None:
    url = f"{caller.url}?updated_from=2026-01-31T08:30:00%s01:00"

    statuses = [requests.get(url % sign, headers=caller.headers, timeout=30).status_code for sign in ("+", "%2B")]

    assert statuses == [400, 200]


def test_hundred_ids_are_the_most_and_a_repeated_one_counts_again(sandbox: RunningSandbox, caller: Caller) -> None:
    ids = sandbox.place_orders(99)

    assert sorted(caller.ids(order_ids=[*ids, ids[0]], limit=100)) == sorted(ids)
    assert caller.answer(order_ids=[*ids, ids[0], ids[0]]).status_code == 400


def test_amounts_are_exact_numbers(sandbox: RunningSandbox, caller: Caller) -> None:
    price = {"amount": Decimal("0.10"), "currency": "EUR"}
    huge = {"amount": Decimal("12345678901234567.89"), "currency": "EUR"}
    sandbox.place_order(order_lines=[{"price": price, "total_shipping_price": huge}])

    text = caller.answer().text

    assert '"price":{"amount":0.10,"currency":"EUR"}' in text
    assert '"total_shipping_price":{"amount":12345678901234567.89,"currency":"EUR"}' in text


def test_raw_order_is_served_verbatim(sandbox: RunningSandbox, caller: Caller) -> None:
    text = '{ "id":"odd", "updated_at" : "2026-01-31T08:30:00Z",  "status": null, "price": "1e3" }'
    sandbox.put_raw_order(text)
    sandbox.put_raw_order("[1, 2]", order_id="list", updated_at="2026-01-31T08:00:00Z")

    assert caller.answer(updated_from="2026-01-01T00:00:00Z").text == f'{{"data":[{text},[1, 2]]}}'


def test_unknown_address_is_404_and_unknown_method_405(caller: Caller) -> None:
    nowhere = requests.get(f"{caller.url}/x/y", headers=caller.headers, timeout=30)
    posted = requests.post(caller.url, headers=caller.headers, timeout=30)

    assert (nowhere.status_code, nowhere.json()["code"]) == (404, "DATA_NOT_FOUND")
    assert (posted.status_code, posted.headers["Allow"]) == (405, "GET")
