"""v2-listOrders: what the sandbox answers, and what our client asks, judged by the official contract."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from openapi_core.exceptions import OpenAPIError

from backoffice.mirakl import Connect
from backoffice.sandbox.world import World
from tests.contract.judge import Judge, changed, conforms
from tests.contract.missing import missing
from tests.contract.mutating import mutations
from tests.contract.recording import Exchange
from tests.sandbox.calling import Caller, bearer
from tests.sandbox_server import RunningSandbox

pytestmark = pytest.mark.contract

EVERYTHING: dict[str, Any] = {
    "status": "CLOSED",
    "status_reason": "AUTOMATICALLY_CLOSED",
    "anonymized_at": "2026-03-01T00:00:00Z",
    "channel_updated_at": "2026-02-01T00:00:00.120Z",
    "fulfillment": {"type": "FULFILLED_BY_PARTNER", "code": "P"},
    "custom_attributes": [{"id": "a", "type": "STRING", "value": "b"}],
}
ADDRESS = {
    name: name
    for name in (
        *("additional_info", "city", "company", "country", "first_name", "last_name"),
        *("phone", "state", "street", "street_additional_info", "zip_code"),
    )
} | {"country_iso_code": "FRA"}
MONEY = {"amount": 1, "currency": "EUR"}
TAX = {"code": "T", "amount": MONEY, "rate": 0.2, "channel_collectible": MONEY, "seller_collectible": MONEY}
ADJUSTMENT = {
    "adjustment_id": "A",
    "id": "1",
    "type": "REFUND",
    "reason": "RETURN",
    "created_at": "2026-02-01T00:00:00Z",
    "quantity": 1,
    "price": MONEY,
    "shipping_price": MONEY,
    "taxes": [{"code": "T", "amount": MONEY}],
    "shipping_taxes": [{"code": "T", "amount": MONEY}],
}
SHIPPING = {
    "address": ADDRESS,
    "carrier": "C",
    "delivery_date": {"earliest": "2026-02-01T00:00:00Z", "latest": "2026-02-02T00:00:00Z"},
    "email": "a@b.example",
    "method": "M",
    "pudo_id": "P",
    "shipping_deadline": "2026-02-01T00:00:00Z",
}
LINE = {
    "status_reason": "REFUNDED",
    "taxes": [TAX],
    "shipping_taxes": [TAX],
    "adjustments": [ADJUSTMENT],
    "custom_attributes": [{"id": "a", "type": "BOOLEAN", "value": True}],
}
NOTHING: dict[str, Any] = {
    "billing_info": None,
    "channel_updated_at": None,
    "shipping_info": {},
    "origin": {"channel_id": "1"},
    "fulfillment": {"type": "FULFILLED_BY_SELLER"},
}


def place_full(sandbox: RunningSandbox) -> dict[str, Any]:
    """An order with every optional field of the contract."""
    return sandbox.place_order(
        **EVERYTHING, shipping_info=SHIPPING, billing_info={"address": ADDRESS}, order_lines=[LINE]
    )


def test_every_kind_of_call_conforms(
    sandbox: RunningSandbox, caller: Caller, exchanges: list[Exchange], judge: Judge
) -> None:
    ids = sandbox.place_orders(12)
    calls: list[dict[str, Any]] = [
        {},
        {"limit": 100},
        {"order_ids": ids[:3]},
        {"order_ids": "unknown"},
        {"statuses": ["AWAITING_ACCEPTANCE", "CLOSED"]},
        {"fulfillment_type": "FULFILLED_BY_SELLER"},
        {"updated_from": "2026-01-31T08:30:00.120+01:00"},
    ]

    for params in calls:
        caller.answer(**params)
    pages = caller.walk(limit=5)
    back = caller.page(page_token=caller.page(limit=5)["next_page_token"])
    caller.page(page_token=back["previous_page_token"])

    assert [len(page) for page in pages] == [5, 5, 2]
    assert len(exchanges) == len(calls) + len(pages) + 3
    for exchange in exchanges:
        judge.request(exchange)
        judge.answer(exchange)


def test_order_with_every_optional_field_conforms(
    sandbox: RunningSandbox, caller: Caller, exchanges: list[Exchange], judge: Judge
) -> None:
    order = place_full(sandbox)

    caller.answer()

    judge.answer(exchanges[0])
    assert missing(judge, order, orders_schema(judge)) == []


def orders_schema(judge: Judge) -> dict[str, Any]:
    schema: dict[str, Any] = judge.contract["components"]["schemas"]["OrderResponse"]
    return schema


def test_order_with_only_the_required_fields_conforms(
    sandbox: RunningSandbox, caller: Caller, exchanges: list[Exchange], judge: Judge
) -> None:
    sandbox.place_order(**NOTHING, lines=1)

    order = caller.page()["data"][0]

    judge.answer(exchanges[0])
    assert order.keys() == set(judge.resolved(orders_schema(judge))["required"])


@pytest.mark.parametrize("world", ["demo", "scale:300"], indirect=True)
def test_whole_world_conforms(caller: Caller, exchanges: list[Exchange], judge: Judge) -> None:
    caller.walk(limit=100, updated_from="2000-01-01T00:00:00Z")

    for exchange in exchanges:
        judge.request(exchange)
        judge.answer(exchange, new_words={"AWAITING_PICKUP", "WAITING_FOR_PARTS"})
    assert sum(len(json.loads(exchange.body)["data"]) for exchange in exchanges) >= 300


def test_attribute_of_another_type_than_it_says_is_rejected(judge: Judge) -> None:
    right = {"STRING": "1", "NUMERIC": 1, "BOOLEAN": True, "DATE": "2026-01-31T00:00:00Z", "LIST": ["a"]}
    wrong = {"STRING": 1, "NUMERIC": "1", "BOOLEAN": "true", "DATE": "soon", "LIST": []}
    schema = judge.schema("CustomAttributeResponse")

    for kind, value in right.items():
        assert judge.faults(schema, {"id": "a", "type": kind, "value": value}) == []
        assert judge.faults(schema, {"id": "a", "type": kind, "value": wrong[kind]}) != []


def test_every_mutation_of_an_answer_is_rejected(
    sandbox: RunningSandbox, caller: Caller, exchanges: list[Exchange], judge: Judge
) -> None:
    place_full(sandbox)
    sandbox.place_orders(2)
    first = caller.page(limit=1)
    caller.page(page_token=first["next_page_token"])
    caller.answer(page_token=caller.page(limit=2)["next_page_token"])
    middle = [exchange for exchange in exchanges if b"next_page" in exchange.body and b"previous_page" in exchange.body]
    good = {**json.loads(middle[0].body), "data": json.loads(exchanges[-1].body)["data"]}
    judge.answer(changed(middle[0], good))

    schema = {"$ref": "#/components/schemas/OrdersPageResponse"}
    broken = list(mutations(judge, good, schema))
    accepted = [place for place, body in broken if conforms(judge, changed(middle[0], body))]

    assert len(broken) > 300
    assert accepted == []


@pytest.mark.parametrize(
    "params",
    [
        {"limit": 0},
        {"limit": 101},
        {"limit": "ten"},
        {"statuses": "CHANNEL_SPECIFIC"},
        {"statuses": ["SHIPPED", "LOST"]},
        {"fulfillment_type": "BY_MAGIC"},
        {"updated_from": "yesterday"},
        {"updated_from": "2026-01-31"},
    ],
)
def test_request_that_the_contract_rejects_is_400_at_the_sandbox(
    caller: Caller, exchanges: list[Exchange], judge: Judge, params: dict[str, Any]
) -> None:
    caller.answer(**params)

    assert exchanges[0].status == 400
    judge.answer(exchanges[0])
    with pytest.raises(OpenAPIError):
        judge.request(exchanges[0])


def test_request_without_a_token_is_rejected_by_both(caller: Caller, exchanges: list[Exchange], judge: Judge) -> None:
    caller.headers = {}
    caller.answer()

    assert exchanges[0].status == 401
    judge.answer(exchanges[0])
    with pytest.raises(OpenAPIError):
        judge.request(exchanges[0])


def test_every_refusal_carries_the_error_envelope(
    sandbox: RunningSandbox, caller: Caller, exchanges: list[Exchange], judge: Judge
) -> None:
    for kind in ("401", "429", "500", "503"):
        sandbox.fault("v2-listOrders", kind=kind)
        caller.answer()
    sandbox.configure(limits="on")
    for params in ({"limit": 0}, {"page_token": "x"}, {}):
        caller.answer(**params)
    sandbox.revoke_tokens()
    caller.answer()
    caller.headers = bearer(sandbox, client_id="demo-channel", client_secret="demo-channel-secret")
    caller.answer()

    assert [exchange.status for exchange in exchanges] == [401, 429, 500, 503, 400, 400, 429, 401, 403]
    for exchange in exchanges:
        judge.answer(exchange)


def test_every_mutation_of_an_envelope_is_rejected(caller: Caller, exchanges: list[Exchange], judge: Judge) -> None:
    caller.answer(limit=0)
    good = json.loads(exchanges[0].body)

    broken = list(mutations(judge, good, {"$ref": "#/components/schemas/Error"}))

    assert len(broken) > 10
    assert [place for place, body in broken if conforms(judge, changed(exchanges[0], body))] == []


@pytest.mark.parametrize("world", ["scale:250"], indirect=True)
def test_requests_of_our_client_conform(api: Connect, world: World, exchanges: list[Exchange], judge: Judge) -> None:
    since = datetime.now(UTC) - timedelta(days=40)
    known = world.store.rows("SELECT id FROM orders LIMIT 1")[0][0]
    questions: list[dict[str, Any]] = [
        {},
        {"updated_from": since},
        {"updated_from": since.astimezone().replace(microsecond=0)},
        {"order_ids": [known, "a/b+c d&é"]},
        {"statuses": ["SHIPPED", "CLOSED"], "fulfillment_type": "FULFILLED_BY_SELLER", "limit": 7},
    ]

    counts = [sum(len(page.data) for page in api.list_orders(**question)) for question in questions]

    assert (counts[:4], {exchange.status for exchange in exchanges}) == ([250, 250, 250, 1], {200})
    assert len(exchanges) > 10
    for exchange in exchanges:
        judge.request(exchange)
