"""v2-acceptOrderLines and v2-getActionStatus: what the sandbox answers and our client asks, judged by the contract."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
import requests
from openapi_core.exceptions import OpenAPIError

from backoffice.mirakl import Connect
from backoffice.mirakl.connect.operations import ACCEPT_ORDER_LINES
from backoffice.mirakl.errors import Invalid, NotFound, TooSoon
from backoffice.sandbox.market.words import CODES
from tests.contract.judge import Judge, changed, conforms
from tests.contract.mutating import mutations
from tests.contract.recording import Exchange
from tests.sandbox.calling import bearer
from tests.sandbox_server import RunningSandbox

pytestmark = pytest.mark.contract


class Seller:
    """A client of the two operations that is not ours."""

    def __init__(self, sandbox: RunningSandbox) -> None:
        self._url = f"{sandbox.connect_url}/v2/orders"
        self.headers = bearer(sandbox)

    def put(self, order_id: str, body: Any) -> requests.Response:
        url = f"{self._url}/{quote(order_id, safe='')}/accept"
        if isinstance(body, bytes):
            return requests.put(url, data=body, headers=self.headers, timeout=30)
        return requests.put(url, json=body, headers=self.headers, timeout=30)

    def take(self, order: dict[str, Any], *, accepted: bool = True) -> str:
        """Decides all lines of an order; the action's id."""
        answer = self.put(order["id"], decision(order, accepted=accepted))
        assert answer.status_code == 202, answer.text
        action_id: str = answer.json()["action_id"]
        return action_id

    def ask(self, action_id: str) -> requests.Response:
        return requests.get(f"{self._url}/actions/{quote(action_id, safe='')}", headers=self.headers, timeout=30)

    def status(self, action_id: str) -> dict[str, Any]:
        answer = self.ask(action_id)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def order(self, order_id: str) -> dict[str, Any]:
        answer = requests.get(self._url, params={"order_ids": order_id}, headers=self.headers, timeout=30)
        found: dict[str, Any] = answer.json()["data"][0]
        return found


def decision(order: dict[str, Any], *, accepted: bool = True) -> dict[str, Any]:
    return {"order_lines": [{"id": line["id"], "accepted": accepted} for line in order["order_lines"]]}


def place(sandbox: RunningSandbox, **fields: Any) -> dict[str, Any]:
    """An order that can be accepted."""
    return sandbox.place_order(**{"fulfillment": {"type": "FULFILLED_BY_SELLER"}, "lines": 2, **fields})


@pytest.fixture
def seller(sandbox: RunningSandbox) -> Seller:
    return Seller(sandbox)


def judge_all(judge: Judge, exchanges: list[Exchange]) -> list[int]:
    """The statuses, after every request and every answer was found to conform."""
    for exchange in exchanges:
        judge.request(exchange)
        judge.answer(exchange)
    return [exchange.status for exchange in exchanges]


def listed_codes(judge: Judge) -> set[str]:
    text = judge.contract["components"]["schemas"]["ActionErrorResponse"]["properties"]["code"]["description"]
    return set(re.findall(r"<code>([A-Z_]+)</code>", text))


def listed_statuses(judge: Judge) -> set[str]:
    text = judge.contract["components"]["schemas"]["ActionResponse"]["properties"]["status"]["description"]
    return set(re.findall(r'`"([A-Z]+)"`', text))


def test_whole_life_of_an_acceptance_conforms(
    sandbox: RunningSandbox, seller: Seller, exchanges: list[Exchange], judge: Judge
) -> None:
    order = place(sandbox)
    body = decision(order)
    body["order_lines"][1]["accepted"] = False

    action_id = seller.put(order["id"], body).json()["action_id"]
    before = seller.status(action_id)
    sandbox.settle()
    after = seller.status(action_id)
    lines = seller.order(order["id"])["order_lines"]

    assert judge_all(judge, exchanges) == [202, 200, 200, 200]
    assert [before["status"], after["status"]] == ["PENDING", "SUCCESS"]
    assert (before["id"], before["created_at"]) == (action_id, after["created_at"])
    assert after["updated_at"] > before["updated_at"]
    assert lines[0]["status"] in ("AWAITING_PAYMENT", "AWAITING_SHIPMENT")
    assert (lines[1]["status"], lines[1]["status_reason"]) == ("CLOSED", "REFUSED")


def test_every_failure_conforms_and_every_code_of_the_contract_can_be_met(
    sandbox: RunningSandbox, seller: Seller, exchanges: list[Exchange], judge: Judge
) -> None:
    met = []
    for code in CODES:
        order = place(sandbox)
        sandbox.script_action(order_id=order["id"], code=code)
        action_id = seller.take(order)
        sandbox.settle()
        found = seller.status(action_id)
        met.append((found["status"], [error["code"] for error in found["errors"]]))

    assert met == [("FAILED", [code]) for code in CODES]
    assert set(judge_all(judge, exchanges)) == {200, 202}
    assert set(CODES) == listed_codes(judge)
    assert len(CODES) == 18


def test_status_is_a_word_of_the_contract_unless_another_was_asked_for(
    sandbox: RunningSandbox, seller: Seller, exchanges: list[Exchange], judge: Judge
) -> None:
    orders = [place(sandbox) for _ in range(3)]
    sandbox.script_action(order_id=orders[0]["id"], outcome="pending-for-ever")
    sandbox.script_action(order_id=orders[1]["id"], outcome="unknown-word", word="ON_ITS_WAY")
    ids = [seller.take(order) for order in orders]

    sandbox.settle()
    words = [seller.status(action_id)["status"] for action_id in ids]

    assert words == ["PENDING", "ON_ITS_WAY", "SUCCESS"]
    assert listed_statuses(judge) == {"PENDING", "SUCCESS", "FAILED"}
    [new] = [exchange for exchange in exchanges if b"ON_ITS_WAY" in exchange.body]
    assert not conforms(judge, new)
    judge.answer(new, new_words={"ON_ITS_WAY"})
    assert set(judge_all(judge, [exchange for exchange in exchanges if exchange is not new])) == {200, 202}


def test_every_mutation_of_an_answer_is_rejected(
    sandbox: RunningSandbox, seller: Seller, exchanges: list[Exchange], judge: Judge
) -> None:
    order = place(sandbox)
    sandbox.script_action(code="OTHER")
    action_id = seller.take(order)
    sandbox.settle()
    seller.status(action_id)
    schemas = ["AsynchronousActionResponse", "ActionResponse"]
    assert judge_all(judge, exchanges) == [202, 200]

    accepted, count = [], 0
    for exchange, name in zip(exchanges, schemas, strict=True):
        broken = list(mutations(judge, json.loads(exchange.body), {"$ref": f"#/components/schemas/{name}"}))
        accepted += [place for place, body in broken if conforms(judge, changed(exchange, body))]
        count += len(broken)

    assert (accepted, count >= 35) == ([], True)


def test_success_of_another_status_is_rejected(
    sandbox: RunningSandbox, seller: Seller, exchanges: list[Exchange], judge: Judge
) -> None:
    seller.status(seller.take(place(sandbox)))
    accepting, asking = exchanges

    others = [replace(accepting, status=status) for status in (200, 201, 204)]
    others.append(replace(asking, status=202))

    assert [conforms(judge, exchange) for exchange in exchanges] == [True, True]
    assert [conforms(judge, other) for other in others] == [False] * 4


def damaged(judge: Judge, order: dict[str, Any]) -> list[tuple[str, Any]]:
    good = decision(order)
    schema = {"$ref": "#/components/schemas/AcceptOrderLinesRequest"}
    return [*mutations(judge, good, schema), ("no lines", {"order_lines": []}), ("no JSON", b"{"), ("nothing", b"")]


def test_request_that_the_contract_rejects_is_400_at_the_sandbox(
    sandbox: RunningSandbox, seller: Seller, exchanges: list[Exchange], judge: Judge
) -> None:
    order = place(sandbox)
    seller.headers["Content-Type"] = "application/json"
    broken = damaged(judge, order)

    for _, body in broken:
        seller.put(order["id"], body)

    told = [(place, exchange.status) for (place, _), exchange in zip(broken, exchanges, strict=True)]
    assert [place for place, status in told if status != 400] == []
    assert len(told) >= 16
    for exchange in exchanges:
        judge.answer(exchange)
        with pytest.raises(OpenAPIError):
            judge.request(exchange)
    assert (sandbox.actions(), {write["action_id"] for write in sandbox.writes()}) == ([], {None})


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_request_of_another_content_type_is_rejected_by_both(
    sandbox: RunningSandbox, seller: Seller, exchanges: list[Exchange], judge: Judge, content_type: str
) -> None:
    order = place(sandbox)
    seller.headers["Content-Type"] = content_type

    seller.put(order["id"], json.dumps(decision(order)).encode())

    judge.answer(exchanges[0])
    assert exchanges[0].status in (400, 415)
    with pytest.raises(OpenAPIError):
        judge.request(exchanges[0])


def test_request_may_hold_more_than_the_contract_knows(
    sandbox: RunningSandbox, seller: Seller, exchanges: list[Exchange], judge: Judge
) -> None:
    order = place(sandbox)
    body = decision(order)
    body["order_lines"][0]["reason"] = body["new"] = {"a": [1.5, None]}

    seller.put(order["id"], body)

    assert judge_all(judge, exchanges) == [202]


def test_what_is_not_there_is_404_with_the_envelope(
    sandbox: RunningSandbox, seller: Seller, exchanges: list[Exchange], judge: Judge
) -> None:
    order, other = place(sandbox), place(sandbox)
    sandbox.script_action(outcome="forget")
    forgotten = seller.take(order)

    seller.put("nobody", decision(order))
    seller.put(order["id"], decision(other))
    seller.ask("nothing")
    seller.ask(forgotten)
    seller.ask(order["id"])

    assert judge_all(judge, exchanges) == [202, 404, 404, 404, 404, 404]
    assert {json.loads(exchange.body)["code"] for exchange in exchanges[1:]} == {"DATA_NOT_FOUND"}


def test_every_refusal_carries_the_error_envelope(
    sandbox: RunningSandbox, seller: Seller, exchanges: list[Exchange], judge: Judge
) -> None:
    order = place(sandbox)
    action_id = seller.take(order)
    exchanges.clear()

    for kind in ("401", "429", "500", "503"):
        sandbox.fault("v2-acceptOrderLines", kind=kind)
        sandbox.fault("v2-getActionStatus", kind=kind)
        seller.put(order["id"], decision(order))
        seller.ask(action_id)
    sandbox.configure(limits="on")
    seller.ask(action_id)
    seller.ask(action_id)
    seller.headers = bearer(sandbox, client_id="demo-channel", client_secret="demo-channel-secret")
    seller.put(order["id"], decision(order))
    seller.ask(action_id)
    sandbox.revoke_tokens()
    seller.put(order["id"], decision(order))
    seller.ask(action_id)

    statuses = judge_all(judge, exchanges)
    assert statuses == [401, 401, 429, 429, 500, 500, 503, 503, 200, 429, 403, 403, 401, 401]
    assert len(sandbox.actions()) == 1


def test_every_mutation_of_a_refusal_is_rejected(
    sandbox: RunningSandbox, seller: Seller, exchanges: list[Exchange], judge: Judge
) -> None:
    seller.put(place(sandbox)["id"], {})
    seller.put("nobody", {"order_lines": [{"id": "L", "accepted": True}]})

    for exchange in exchanges:
        broken = list(mutations(judge, json.loads(exchange.body), {"$ref": "#/components/schemas/Error"}))
        assert len(broken) > 10
        assert [place for place, body in broken if conforms(judge, changed(exchange, body))] == []
    assert [exchange.status for exchange in exchanges] == [400, 404]


def test_frequency_is_counted_for_each_action(sandbox: RunningSandbox, seller: Seller) -> None:
    ids = [seller.take(place(sandbox)) for _ in range(2)]
    sandbox.configure(limits="on")

    answers = [seller.ask(action_id) for action_id in (*ids, *ids)]
    sandbox.advance(60)
    answers += [seller.ask(action_id) for action_id in ids]

    assert [answer.status_code for answer in answers] == [200, 200, 429, 429, 200, 200]
    assert all(0 < int(answer.headers["Retry-After"]) <= 60 for answer in answers[2:4])


@pytest.mark.parametrize("order_id", [None, "0002_a/b c?é%2F+#", "actions"])
def test_requests_of_our_client_conform(
    sandbox: RunningSandbox, api: Connect, exchanges: list[Exchange], judge: Judge, order_id: str | None
) -> None:
    order = place(sandbox, **({} if order_id is None else {"id": order_id}))
    lines = [line["id"] for line in order["order_lines"]]

    action_id = api.accept_order_lines(order["id"], {lines[0]: True, lines[1]: False})
    before = api.get_action_status(action_id)
    sandbox.settle()
    after = api.get_action_status(action_id)

    assert judge_all(judge, exchanges) == [202, 200, 200]
    assert [(status.id, status.status, status.errors) for status in (before, after)] == [
        (action_id, "PENDING", []),
        (action_id, "SUCCESS", []),
    ]
    assert [action["order_id"] for action in sandbox.actions()] == [order["id"]]


def test_refusals_of_the_sandbox_are_understood_by_our_client(sandbox: RunningSandbox, api: Connect) -> None:
    order = place(sandbox)
    line = order["order_lines"][0]["id"]

    with pytest.raises(NotFound) as no_order:
        api.accept_order_lines("nobody", {line: True})
    with pytest.raises(NotFound) as no_line:
        api.accept_order_lines(order["id"], {line: True, "nothing": True})
    with pytest.raises(NotFound) as no_action:
        api.get_action_status("nothing")
    sandbox.fault("v2-acceptOrderLines", kind="429", retry_after=99)
    with pytest.raises(TooSoon) as too_soon:
        api.accept_order_lines(order["id"], {line: True})
    sandbox.configure(limits="on")
    action_id = api.accept_order_lines(order["id"], {line: True})
    api.get_action_status(action_id)
    with pytest.raises(TooSoon):
        api.get_action_status(action_id)

    told = [caught.value for caught in (no_order, no_line, no_action)]
    assert [(error.status, error.code) for error in told] == [(404, "DATA_NOT_FOUND")] * 3
    assert no_line.value.errors[0].field == "order_lines[1].id"
    assert too_soon.value.retry_after == 99
    assert all(error.request_id for error in told)


def test_body_that_our_client_could_not_send_is_refused_with_every_fault(sandbox: RunningSandbox, api: Connect) -> None:
    order = place(sandbox)
    body = {"order_lines": [{"id": 7}, {"accepted": "yes", "id": ""}]}

    with pytest.raises(Invalid) as caught:
        api._transport.call(ACCEPT_ORDER_LINES, bytes, json=body, order_id=order["id"])

    assert [fault.field for fault in caught.value.errors] == [
        "order_lines[0].accepted",
        "order_lines[0].id",
        "order_lines[1].accepted",
        "order_lines[1].id",
    ]
