"""Trouble that the contract knows only in part: what the sandbox makes of it conforms all the same."""

from __future__ import annotations

import json
from dataclasses import replace
from io import BytesIO

import pytest
import requests

from backoffice.mirakl import errors
from backoffice.mirakl.connect.inputs import products
from tests.contract.drives import DRIVES, FULLEST, PAST
from tests.contract.driving import MakeStage, judged
from tests.contract.judge import Judge
from tests.contract.recording import Exchange
from tests.contract.stage import Stage

pytestmark = pytest.mark.contract


[LEAST_CANCELATION] = [one for one in DRIVES if one.name == "v2-cancelOrderLines-least"]


@pytest.fixture
def stage(staged: MakeStage) -> Stage:
    return staged(FULLEST["v2-listOrders"])


def ask(stage: Stage, path: str, params: list[tuple[str, str]]) -> requests.Response:
    url = stage.sandbox.connect_url + path
    return requests.get(url, params=params, headers=stage.headers, timeout=30)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/v2/orders", "order_ids"),
        ("/orders", "order_ids"),
        ("/v2/orders/returns", "order_ids"),
        ("/v2/orders/0001_A%2Fb%20c%3F%C3%A9%252F%2B%23/documents", "document_ids"),
        ("/conversations/x/attachments", "attachment_ids"),
    ],
)
def test_hundred_ids_are_taken_and_one_more_is_not(
    stage: Stage, exchanges: list[Exchange], judge: Judge, path: str, name: str
) -> None:
    path = path.replace("/x/", f"/{stage.ids.conversation}/")
    ids = [(name, stage.ids.document), (name, stage.ids.attachment), *((name, str(number)) for number in range(99))]

    answers = [ask(stage, path, [("updated_from", "2001-01-01T00:00:00Z"), *some]) for some in (ids[:100], ids)]

    assert [answer.status_code for answer in answers] == [200, 400]
    for exchange in exchanges:
        judge.answer(exchange)


def test_nothing_counts_beside_a_page_token(stage: Stage, exchanges: list[Exchange], judge: Judge) -> None:
    for _ in range(2):
        stage.sandbox.open_return(stage.ids.order)
    token = stage.get("/v2/orders/returns", updated_from="2001-01-01T00:00:00Z", limit=2)["next_page_token"]

    alone = ask(stage, "/v2/orders/returns", [("page_token", token)])
    crowd = ask(stage, "/v2/orders/returns", [("page_token", token), ("statuses", "CLOSED"), ("limit", "1")])

    assert [row["id"] for row in crowd.json()["data"]] == [row["id"] for row in alone.json()["data"]]
    assert len(alone.json()["data"]) == 1
    assert judged(judge, exchanges) == [200, 200]


def test_anonymised_conversation_is_listed_and_otherwise_404(
    stage: Stage, exchanges: list[Exchange], judge: Judge
) -> None:
    stage.sandbox.anonymise_conversation(stage.ids.conversation)

    [page] = stage.api.list_conversations(updated_from=PAST)
    with pytest.raises(errors.NotFound):
        stage.api.get_conversation_messages(stage.ids.conversation)
    with pytest.raises(errors.NotFound):
        stage.api.download_conversation_attachments(stage.ids.conversation, BytesIO())
    with pytest.raises(errors.NotFound):
        stage.api.create_message(stage.ids.conversation, "Hello?")

    assert json.loads(bytes(page.data[0]))["anonymized_at"]
    assert judged(judge, exchanges) == [200, 404, 404, 404]


@pytest.mark.parametrize("gtin", ["12345678901231", "1234567", "1234567890", "123456789012a", "١٢٣٤٥٦٧٨"])
def test_gtin_of_another_length_is_refused(stage: Stage, exchanges: list[Exchange], judge: Judge, gtin: str) -> None:
    body = {"products": [{"id": "A", "gtins": [{"value": "12345670"}, {"value": gtin}]}]}
    url = f"{stage.sandbox.connect_url}/products"

    answer = requests.post(url, json=body, headers=stage.headers, timeout=30)

    assert answer.status_code == 400
    assert [one["field"] for one in answer.json()["errors"]] == ["products[0].gtins[1].value"]
    judge.answer(exchanges[0])
    assert judge.forbids(exchanges[0])
    assert "A" not in stage.products()


def test_absent_field_stays_and_null_clears(stage: Stage, exchanges: list[Exchange], judge: Judge) -> None:
    stage.api.upsert_products([products.Product(id="A", brand="B", titles=[products.Title(locale="en", value="T")])])
    stage.api.upsert_products([products.Product(id="A", titles=None, gtins=[])])

    found = stage.products()["A"]
    assert (found["brand"], found.get("titles") or None) == ("B", None)
    assert json.loads(exchanges[1].sent) == {"products": [{"id": "A", "titles": None, "gtins": []}]}
    assert judged(judge, exchanges) == [202, 202]


@pytest.mark.parametrize("order_id", ["A/B", "100%", "a+b", "é ü", "a?b#c", '"; x=".zip'])
def test_order_id_may_hold_anything(staged: MakeStage, judge: Judge, order_id: str) -> None:
    stage = staged(FULLEST["v2-cancelOrderLines"])
    order = stage.sandbox.place_order(id=order_id, status="AWAITING_SHIPMENT", lines=1, quantity=3, channel_id="0001")
    document = stage.sandbox.add_document(order_id, filename="é.pdf")
    line = order["order_lines"][0]
    ids = replace(
        stage.ids, order=order_id, line=line["id"], currency=line["price"]["currency"], document=document["id"]
    )

    LEAST_CANCELATION.call(stage.api, ids)
    FULLEST["v2-uploadOrderDocument"].call(stage.api, replace(ids, return_=stage.sandbox.open_return(order_id)["id"]))
    _, names, _ = FULLEST["v2-downloadOrderDocuments"].call(stage.api, ids)

    assert names == ["é.pdf"]
    assert [action["order_id"] for action in stage.sandbox.actions()] == [order_id, order_id]
    assert judged(judge, stage.exchanges) == [202, 202, 200]
