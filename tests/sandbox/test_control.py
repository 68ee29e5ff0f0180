"""The control interface: verbs, views, the page for a person, and who may not use them."""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
import requests

from backoffice.sandbox.journal import KEPT, Journal
from tests.sandbox.calling import Caller
from tests.sandbox_server import RunningSandbox


def submit(sandbox: RunningSandbox, form: str, **fields: str) -> requests.Response:
    return requests.post(f"{sandbox.url}/_control/form/{form}", data=fields, allow_redirects=False, timeout=30)


def test_journal_tells_each_call_without_its_secrets(sandbox: RunningSandbox, caller: Caller) -> None:
    caller.answer(statuses=["SHIPPED", "CLOSED"], limit=5)

    token, listing = sandbox.journal()
    assert {name: token[name] for name in ("method", "path", "operation", "client", "status", "fault")} == {
        "method": "POST",
        "path": "/auth/oauth/token",
        "operation": "token",
        "client": "demo-client",
        "status": 200,
        "fault": None,
    }
    assert (listing["path"], listing["operation"], listing["status"]) == ("/connect/v2/orders", "v2-listOrders", 200)
    assert listing["query"] == {"statuses": ["SHIPPED", "CLOSED"], "limit": ["5"]}
    assert listing["headers"]["Authorization"] == "(not kept)"
    text = str(sandbox.journal())
    assert caller.headers["Authorization"].split()[1] not in text
    assert "demo-secret" not in text


def test_journal_keeps_the_digest_of_what_a_write_brought(sandbox: RunningSandbox, caller: Caller) -> None:
    order = sandbox.place_order()
    body = b'{"order_lines": []}'

    caller.accept(order["id"], data=body, headers={"Content-Type": "application/json"})
    caller.answer()

    accepting, listing = sandbox.journal()[-2:]
    assert (accepting["body_sha256"], listing["body_sha256"]) == (sha256(body).hexdigest(), None)


def test_journal_can_be_emptied_and_leaves_out_the_control_interface(sandbox: RunningSandbox, caller: Caller) -> None:
    sandbox.state()
    assert len(sandbox.journal()) == 1

    sandbox.clear_journal()

    assert sandbox.journal() == []


def test_journal_is_bounded() -> None:
    journal = Journal()
    for number in range(KEPT + 3):
        journal.add({"number": number})

    assert [entry["number"] for entry in journal.entries()] == list(range(3, KEPT + 3))


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [
        ("place", {"channel_id": "9999"}),
        ("place", {"created_at": "now"}),
        ("place-many", {"count": 0}),
        ("place-many", {}),
        ("update", {"status": "SHIPPED"}),
        ("place-many", {"count": 1001}),
        ("put-raw", {"text": "{}"}),
        ("put-raw", {"text": "{"}),
        ("put-raw", {"text": '{"id": 1}', "updated_at": "2026-01-01T00:00:00Z"}),
        ("place", {"created_at": "9999-12-31T00:00:00Z"}),
        ("advance", {"seconds": -1}),
        ("advance", {"seconds": 9e300}),
        ("advance", {"seconds": "nan"}),
        ("configure", {"speed": 0}),
        ("configure", {"sped": 2}),
        ("configure", {"limits": "maybe"}),
        ("place", ["not an object"]),
    ],
)
def test_wrong_arguments_are_400_and_change_nothing(sandbox: RunningSandbox, verb: str, arguments: Any) -> None:
    before = sandbox.state()

    answer = requests.post(f"{sandbox.url}/_control/{verb}", json=arguments, timeout=30)

    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_INPUT")
    assert {**sandbox.state(), "now": None} == {**before, "now": None}


def nested(levels: int) -> list[Any]:
    found: list[Any] = []
    for _ in range(levels - 1):
        found = [found]
    return found


@pytest.mark.parametrize(
    ("verb", "arguments", "sentence"),
    [
        ("place", {"unit_price": "x"}, "unit_price is a number of 0 or more and below 1,000,000,000"),
        ("place", {"unit_price": "NaN"}, "unit_price is a number"),
        ("place", {"unit_price": -1}, "unit_price is a number"),
        ("place", {"unit_price": "1e9"}, "unit_price is a number"),
        ("place", {"quantity": -1}, "quantity is a whole number of 0 or more"),
        ("place-many", {"count": 2, "quantity": 1.5}, "quantity is a whole number of 0 or more"),
        ("configure", {"token_seconds": 0}, "token_seconds must be above 0"),
        ("configure", {"settle_seconds": -1}, "settle_seconds is 0 or more"),
        ("configure", {"show_seconds": 1e9}, "show_seconds is 0 or more"),
        ("fault", {"kind": "500", "operation": "v2-listOrder"}, "There is no operation 'v2-listOrder': v2-listOrders,"),
        ("fault", {"kind": "500", "times": 0}, "times is 1 or more"),
        ("advance", {"seconds": 9e11}, "The clock goes at most 100 years ahead."),
        ("put-product", {"id": "deep", "odd": nested(100)}, "At most 100 levels can lie within each other."),
        ("put-product", {"id": "deep", "odd": nested(900)}, "At most 100 levels can lie within each other."),
        ("put-raw", {"text": json.dumps(nested(101)), "order_id": "deep"}, "At most 100 levels can lie within"),
        ("put-raw", {"text": "[" * 99999 + "]" * 99999, "order_id": "deep"}, "At most 100 levels can lie within"),
    ],
)
def test_senseless_number_or_name_is_refused_with_a_sentence(
    sandbox: RunningSandbox, verb: str, arguments: dict[str, Any], sentence: str
) -> None:
    before = sandbox.state()

    answer = requests.post(f"{sandbox.url}/_control/{verb}", json=arguments, timeout=30)

    assert (answer.status_code, answer.json()["message"][: len(sentence)]) == (400, sentence)
    assert {**sandbox.state(), "now": None} == {**before, "now": None}


def test_refused_step_leaves_the_clock_as_it_was(sandbox: RunningSandbox) -> None:
    before = sandbox.advance(3600)

    refusal = requests.post(f"{sandbox.url}/_control/advance", json={"seconds": 9e11}, timeout=30)

    assert refusal.status_code == 400
    assert timedelta(0) <= sandbox.now() - before < timedelta(seconds=30)
    assert sandbox.advance(60) - before < timedelta(seconds=90)


def test_unknown_verb_form_and_view_are_404(sandbox: RunningSandbox) -> None:
    url = f"{sandbox.url}/_control"

    answers = [
        requests.post(f"{url}/explode", timeout=30),
        requests.post(f"{url}/form/explode", timeout=30),
        requests.post(f"{url}/update", json={"order_id": "x"}, timeout=30),
        requests.get(f"{url}/explode", timeout=30),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404, 404]
    assert requests.delete(url, timeout=30).headers["Allow"] == "GET, POST"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_post_from_another_page_is_refused(sandbox: RunningSandbox, headers: dict[str, str]) -> None:
    for path in ("place", "form/place"):
        answer = requests.post(f"{sandbox.url}/_control/{path}", headers=headers, timeout=30)
        assert answer.status_code == 403

    assert sandbox.state()["orders"] == {}


def test_post_from_our_own_page_is_taken(sandbox: RunningSandbox) -> None:
    headers = {"Origin": sandbox.url, "Sec-Fetch-Site": "same-origin"}

    answer = requests.post(f"{sandbox.url}/_control/place", headers=headers, timeout=30)

    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/_control/", "/_control/state", "/connect/v2/orders"])
@pytest.mark.parametrize(("host", "answered"), [("evil.example", False), ("localhost:9100", True), ("[::1]:80", True)])
def test_foreign_host_name_is_refused_everywhere(sandbox: RunningSandbox, path: str, host: str, answered: bool) -> None:
    answer = requests.get(f"{sandbox.url}{path}", headers={"Host": host}, timeout=30)

    assert (answer.status_code != 403) is answered


def test_page_shows_the_world(sandbox: RunningSandbox, caller: Caller) -> None:
    order = sandbox.place_order(id="<b>bold</b>")
    sandbox.put_raw_order("[]", order_id="odd", updated_at="2026-01-01T00:00:00Z")
    sandbox.fault("v2-listOrders", kind="slow", times=None, after=2)
    caller.answer(limit=7)

    answer = requests.get(f"{sandbox.url}/_control", timeout=30)

    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "&lt;b&gt;bold&lt;/b&gt;" in answer.text
    assert "<b>bold" not in answer.text
    assert order["origin"]["channel_name"] in answer.text
    assert "slow on v2-listOrders, until cleared, after 1 calls" in answer.text
    assert "GET /connect/v2/orders?limit=7" in answer.text
    assert "<script" not in answer.text


def test_page_shows_actions_and_how_the_next_will_end(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = sandbox.place_order(channel_id="0001", lines=2)["id"]
    sandbox.script_action(code="OTHER", message="Non <b>!")
    action_id = caller.decide(order_id, True, False)
    caller.end(action_id)
    sandbox.script_action(order_id=order_id, code="OUT_OF_STOCK", times=None)
    sandbox.script_action(channel_id="0002", outcome="slow", seconds=9, share=0.25, mixed=True, times=3)

    text = requests.get(f"{sandbox.url}/_control", timeout=30).text

    assert f"<td>{order_id}</td><td>accept 1, refuse 1</td><td>FAILED</td><td>OTHER: Non &lt;b&gt;!</td>" in text
    assert f"OUT_OF_STOCK for {order_id}, until cleared" in text
    assert "slow for channel 0002, 3 more times, if decided both ways, 25.0% of them" in text


def test_page_has_its_own_style(sandbox: RunningSandbox) -> None:
    answer = requests.get(f"{sandbox.url}/_control/style.css", timeout=30)

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/css; charset=utf-8")


def test_form_acts_then_redirects_to_the_page_that_says_so(sandbox: RunningSandbox) -> None:
    answer = submit(sandbox, "place", channel_id="0003", status="SHIPPED", lines="2", quantity="3", unit_price="9.99")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/_control/?done=place")
    assert "The order was placed." in requests.get(f"{sandbox.url}{answer.headers['Location']}", timeout=30).text
    assert sandbox.state()["orders"] == {"SHIPPED": 1}


def test_form_with_chosen_amounts_places_them(sandbox: RunningSandbox, caller: Caller) -> None:
    submit(sandbox, "place", channel_id="0003", lines="2", quantity="3", unit_price="9.99")

    lines = caller.page()["data"][0]["order_lines"]
    assert [(line["quantity"], line["price"]) for line in lines] == [(3, {"amount": 29.97, "currency": "GBP"})] * 2


def test_form_that_makes_no_sense_says_so_on_the_page(sandbox: RunningSandbox) -> None:
    answers = [
        submit(sandbox, "place", lines="many"),
        submit(sandbox, "place-many", count="-1"),
        submit(sandbox, "update", order_id="nowhere", status="SHIPPED"),
        submit(sandbox, "place", unit_price="NaN"),
    ]

    assert [answer.status_code for answer in answers] == [400, 400, 400, 400]
    assert "Nothing was done: lines is a number of 0 or more, not &#x27;many&#x27;." in answers[0].text
    assert sandbox.state()["orders"] == {}


def test_every_form_of_the_page_works(sandbox: RunningSandbox) -> None:
    order = sandbox.place_order()
    fields = {
        "place-many": {"count": "2"},
        "update": {"order_id": order["id"], "status": "DELIVERED"},
        "fault": {"operation": "token", "kind": "cut", "times": "0", "after": "0", "when": "midway"},
        "advance": {"seconds": "3600"},
        "configure": {"alive": "on", "speed": "2.5", "token_seconds": "60", "settle_seconds": "0.5", "seed": "3"},
        "script-action": {"code": "OTHER", "times": "0", "share": "0.5", "mixed": "on", "channel_id": "0002"},
        "settle": {},
    }

    for form, values in fields.items():
        assert submit(sandbox, form, **values).status_code == 303

    state = sandbox.state()
    assert state["orders"]["DELIVERED"] == 1
    assert state["faults"][0] | {"operation": "token", "times": None, "when": "midway"} == state["faults"][0]
    assert (state["switches"]["limits"], state["switches"]["alive"], state["switches"]["speed"]) == (False, True, 2.5)
    assert (state["switches"]["settle_seconds"], state["switches"]["seed"]) == (0.5, 3)
    wanted = {"code": "OTHER", "times": None, "share": 0.5, "mixed": True, "channel_id": "0002", "order_id": None}
    assert state["scripts"][0] | wanted == state["scripts"][0]
    for form in ("clear-faults", "revoke-tokens", "clear-journal", "clear-scripts"):
        assert submit(sandbox, form).status_code == 303
    assert (sandbox.state()["faults"], sandbox.state()["scripts"]) == ([], [])
