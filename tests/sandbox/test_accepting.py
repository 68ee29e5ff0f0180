"""v2-acceptOrderLines (domain.md §1.3; §8, questions 11 and 12): what is refused at once, and what is taken."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import requests

from tests.sandbox.calling import Caller, bearer
from tests.sandbox_server import RunningSandbox


def test_accepted_call_is_202_with_the_id_of_its_action(sandbox: RunningSandbox, caller: Caller) -> None:
    order = sandbox.place_order()

    answer = caller.accept(order["id"])

    body = answer.json()
    assert (answer.status_code, set(body)) == (202, {"action_id", "tracking_id"})
    assert body["action_id"] == body["tracking_id"] == str(uuid.UUID(body["action_id"]))


FINE = {"id": "?-1", "accepted": True}


@pytest.fixture(scope="module")
def order_to_refuse(refusing: RunningSandbox) -> str:
    order_id: str = refusing.place_order(id="?", lines=2)["id"]
    return order_id


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["order_lines"]),
        ({"order_lines": []}, ["order_lines"]),
        ({"order_lines": None}, ["order_lines"]),
        ({"order_lines": {"id": "?-1", "accepted": True}}, ["order_lines"]),
        ({"order_lines": ["?-1"]}, ["order_lines[0]"]),
        ({"order_lines": [FINE, {"id": "?-2"}]}, ["order_lines[1].accepted"]),
        ({"order_lines": [{"accepted": False}]}, ["order_lines[0].id"]),
        ({"order_lines": [{"id": 7, "accepted": "true"}]}, ["order_lines[0].accepted", "order_lines[0].id"]),
        ({"order_lines": [{"id": "", "accepted": 1}]}, ["order_lines[0].accepted", "order_lines[0].id"]),
        ({"order_lines": [FINE, {**FINE, "accepted": False}]}, ["order_lines[1].id"]),
        ([FINE], ["$"]),
    ],
)
def test_faulty_body_is_400_and_names_every_field(
    refusing: RunningSandbox, refused_caller: Caller, order_to_refuse: str, body: Any, fields: list[str]
) -> None:
    answer = refused_caller.accept(order_to_refuse, body)

    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_INPUT")
    assert sorted(error["field"] for error in answer.json()["errors"]) == fields
    assert refusing.actions() == []


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"\xff", b'{"order_lines": [{"id": "\\ud800"}]}', b"[" * 100_000, b'{"n": 1e99999999999999999999}'],
)
def test_unreadable_body_is_400(sandbox: RunningSandbox, caller: Caller, text: bytes) -> None:
    order = sandbox.place_order()

    answer = caller.accept(order["id"], data=text, headers={"Content-Type": "application/json"})

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "$")


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json; charset=utf-8", 202),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("", 415),
    ],
)
def test_body_must_say_that_it_is_json(sandbox: RunningSandbox, caller: Caller, content_type: str, status: int) -> None:
    order = sandbox.place_order()
    text = f'{{"order_lines": [{{"id": "{order["id"]}-1", "accepted": true}}]}}'.encode()

    answer = caller.accept(order["id"], data=text, headers={"Content-Type": content_type})

    assert answer.status_code == status


def test_unknown_order_is_404(sandbox: RunningSandbox, caller: Caller) -> None:
    answer = caller.accept("nowhere")

    assert (answer.status_code, answer.json()["code"]) == (404, "DATA_NOT_FOUND")


def test_line_of_another_order_is_404_by_its_place(sandbox: RunningSandbox, caller: Caller) -> None:
    order, other = sandbox.place_order(lines=1), sandbox.place_order()
    lines = [{"id": f"{order['id']}-1", "accepted": True}, {"id": f"{other['id']}-1", "accepted": True}]

    answer = caller.accept(order["id"], {"order_lines": lines})

    assert (answer.status_code, answer.json()["code"]) == (404, "DATA_NOT_FOUND")
    assert [error["field"] for error in answer.json()["errors"]] == ["order_lines[1].id"]
    assert sandbox.actions() == []


def test_unknown_fields_are_no_fault(sandbox: RunningSandbox, caller: Caller) -> None:
    order = sandbox.place_order()
    line = {"id": f"{order['id']}-1", "accepted": True, "comment": "with love"}

    assert caller.accept(order["id"], {"order_lines": [line], "source": "test"}).status_code == 202


def test_order_id_may_hold_anything(sandbox: RunningSandbox, caller: Caller) -> None:
    order = sandbox.place_order(id="a/b ?ü-A", order_lines=[{"id": "l"}])

    answer = caller.accept(order["id"], {"order_lines": [{"id": "l", "accepted": True}]})

    assert answer.status_code == 202
    assert sandbox.writes()[0]["path"] == {"order_id": "a/b ?ü-A"}


@pytest.mark.parametrize("order_id", ["actions", "accept"])
def test_order_may_be_named_like_a_part_of_a_path(sandbox: RunningSandbox, caller: Caller, order_id: str) -> None:
    sandbox.place_order(id=order_id, order_lines=[{"id": f"{order_id}-1"}])

    assert caller.accept(order_id).status_code == 202
    assert caller.action("accept").json()["code"] == "DATA_NOT_FOUND"


def test_other_methods_are_405(sandbox: RunningSandbox, caller: Caller) -> None:
    order = sandbox.place_order()

    answer = requests.post(f"{caller.url}/{order['id']}/accept", headers=caller.headers, json={}, timeout=30)

    assert (answer.status_code, answer.headers["Allow"]) == (405, "PUT")


@pytest.mark.parametrize(("method", "path"), [("PUT", "/x/accept"), ("GET", "/actions/x")])
def test_token_and_scope_are_required(sandbox: RunningSandbox, caller: Caller, method: str, path: str) -> None:
    other = bearer(sandbox, client_id="demo-channel", client_secret="demo-channel-secret")

    answers = [requests.request(method, caller.url + path, headers=headers, timeout=30) for headers in ({}, other)]

    assert [answer.status_code for answer in answers] == [401, 403]


def test_accepting_is_as_frequent_as_orders_are(sandbox: RunningSandbox, caller: Caller) -> None:
    orders = [sandbox.place_order() for _ in range(3)]
    sandbox.configure(limits="on")

    assert [caller.accept(order["id"]).status_code for order in orders] == [202, 202, 202]
