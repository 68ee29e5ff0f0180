"""What is known about writing calls when connections are cut and the sandbox is killed."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.sandbox.calling import Caller
from tests.sandbox_server import RunningSandbox, SandboxProcess
from tests.waiting import until

Start = Callable[..., SandboxProcess]


def test_taken_call_is_a_row_with_its_action(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = sandbox.place_order()["id"]

    answer = caller.accept(order_id)

    (row,) = sandbox.writes()
    assert row == {
        "number": 1,
        "request_id": answer.headers["X-Request-Id"],
        "at": row["at"],
        "operation": "v2-acceptOrderLines",
        "path": {"order_id": order_id},
        "body": {"order_lines": [{"id": f"{order_id}-1", "accepted": True}]},
        "status": 202,
        "action_id": answer.json()["action_id"],
    }
    (action,) = sandbox.actions()
    assert (action["id"], action["request_id"]) == (row["action_id"], row["request_id"])


def test_call_without_effect_is_a_row_without_an_action(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = sandbox.place_order()["id"]
    sandbox.fault("v2-acceptOrderLines", kind="500")

    caller.accept(order_id)
    caller.accept(order_id, data=b"\xff", headers={"Content-Type": "application/json"})
    caller.accept("nowhere")
    sandbox.revoke_tokens()
    caller.accept(order_id)

    assert [(row["status"], row["action_id"]) for row in sandbox.writes()] == [
        (500, None),
        (400, None),
        (404, None),
        (401, None),
    ]
    assert sandbox.writes()[1]["body"] == "\ufffd"
    assert sandbox.actions() == []


def test_reading_call_is_no_row(sandbox: RunningSandbox, caller: Caller) -> None:
    caller.page()
    caller.action("x")

    assert sandbox.writes() == []


@pytest.mark.parametrize(
    ("cut", "taken"),
    [({"when": "before"}, False), ({}, False), ({"after_commit": True}, True), ({"when": "after_commit"}, True)],
)
def test_cut_call_was_taken_or_was_not(
    sandbox: RunningSandbox, caller: Caller, cut: dict[str, Any], taken: bool
) -> None:
    order_id = sandbox.place_order()["id"]
    sandbox.fault("v2-acceptOrderLines", kind="cut", **cut)

    with pytest.raises(requests.ConnectionError):
        caller.accept(order_id)

    (row,) = sandbox.writes()
    assert (row["status"], row["action_id"] is not None) == (None, taken)
    assert [action["id"] for action in sandbox.actions()] == ([row["action_id"]] if taken else [])


def test_answer_cut_midway_was_taken(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = sandbox.place_order()["id"]
    sandbox.fault("v2-acceptOrderLines", kind="cut", when="midway")

    with requests.put(
        f"{caller.url}/{order_id}/accept",
        headers=caller.headers,
        json={"order_lines": [{"id": f"{order_id}-1", "accepted": True}]},
        timeout=30,
        stream=True,
    ) as answer:
        got = b""
        with contextlib.suppress(requests.exceptions.ChunkedEncodingError):
            for piece in answer.iter_content(1):
                got += piece

    (row,) = sandbox.writes()
    assert (answer.status_code, got[:14]) == (202, b'{"action_id":"')
    assert 2 * len(got) <= int(answer.headers["Content-Length"])
    assert (row["status"], row["action_id"]) == (None, sandbox.actions()[0]["id"])


def test_cut_takes_a_refusal_away_too(sandbox: RunningSandbox, caller: Caller) -> None:
    sandbox.fault("v2-acceptOrderLines", kind="cut", when="after_commit")

    with pytest.raises(requests.ConnectionError):
        caller.accept("nowhere")

    assert [(row["status"], row["action_id"]) for row in sandbox.writes()] == [(None, None)]


@pytest.mark.parametrize(("fault", "status"), [({"kind": "broken-json"}, 202), ({"kind": "html", "status": 502}, 502)])
def test_spoiled_answer_belongs_to_a_taken_call(
    sandbox: RunningSandbox, caller: Caller, fault: dict[str, Any], status: int
) -> None:
    order_id = sandbox.place_order()["id"]
    sandbox.fault("v2-acceptOrderLines", **fault)

    answer = caller.accept(order_id)

    (row,) = sandbox.writes()
    assert (answer.status_code, row["status"], row["action_id"] is not None) == (status, status, True)


def test_caller_that_goes_away_in_the_middle_of_its_body_asked_nothing(
    sandbox: RunningSandbox, caller: Caller, capfd: pytest.CaptureFixture[str]
) -> None:
    order_id = sandbox.place_order()["id"]
    address = sandbox.url.removeprefix("http://").split(":")
    head = (
        f"PUT /connect/v2/orders/{order_id}/accept HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Authorization: {caller.headers['Authorization']}\r\nContent-Length: 1000\r\n\r\n"
    )

    with socket.create_connection((address[0], int(address[1]))) as connection:
        connection.sendall(head.encode() + b'{"order_lines":[')
        connection.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionError):
            assert connection.recv(10) == b""

    assert [entry["status"] for entry in sandbox.journal()[-1:]] == [None]
    assert (sandbox.writes(), sandbox.actions(), capfd.readouterr().err) == ([], [], "")


def test_views_are_read_page_by_page(sandbox: RunningSandbox, caller: Caller) -> None:
    for order_id in sandbox.place_orders(5):
        caller.accept(order_id)

    for view in ("writes", "actions"):
        pages = [requests.get(f"{sandbox.url}/_control/{view}?{query}", timeout=30).json() for query in QUERIES]
        assert [[row["number"] for row in page] for page in pages] == [[1, 2], [4, 5], []]


QUERIES = ("limit=2", "after=3&limit=2", "after=5")


@pytest.mark.parametrize("query", ["after=x", "after=-1", "limit=0", "limit=1001", "after=9999999999999999999"])
def test_view_refuses_a_senseless_page(sandbox: RunningSandbox, query: str) -> None:
    assert requests.get(f"{sandbox.url}/_control/writes?{query}", timeout=30).status_code == 400


def test_kill_between_calls_loses_and_doubles_nothing(sandbox_process: Start) -> None:
    first = sandbox_process("--world", "empty", "--limits", "off")
    first.configure(settle_seconds=3600)
    ids = first.place_orders(3)
    first.script_action(code="OTHER", order_id=ids[2])
    caller = Caller(first)
    actions = [caller.decide(order_id, True) for order_id in ids[:2]]
    known = first.writes()
    first.kill()

    second = sandbox_process("--world", "empty", "--limits", "off")
    caller.url = f"{second.connect_url}/v2/orders"
    actions.append(caller.decide(ids[2], True))
    second.settle()

    assert second.writes()[:2] == known
    assert [row["action_id"] for row in second.writes()] == actions
    assert [caller.end(action_id) for action_id in actions] == [("SUCCESS", None)] * 2 + [("FAILED", "OTHER")]
    assert second.state()["scripts"] == []


def test_kill_in_the_middle_of_calls_leaves_each_taken_whole_or_not_at_all(sandbox_process: Start) -> None:
    """What was answered is there; what is there has its action; and every order moved once at most."""
    first = sandbox_process("--world", "empty", "--limits", "off")
    first.configure(settle_seconds=0)
    ids = first.place_orders(600, lines=1)
    answered: list[str] = []
    threads = [threading.Thread(target=_decide_all, args=(Caller(first), ids[part::3], answered)) for part in range(3)]

    for thread in threads:
        thread.start()
    until(lambda: len(answered) >= 100)
    first.kill()
    for thread in threads:
        thread.join()
    second = sandbox_process("--world", "empty", "--limits", "off")
    until(lambda: "PENDING" not in second.state()["actions"])

    taken = [row["action_id"] for row in second.writes() if row["action_id"]]
    actions = second.actions()
    assert 100 <= len(answered) <= len(actions) < len(ids)
    assert set(answered) <= set(taken)
    assert sorted(taken) == sorted(action["id"] for action in actions)
    assert {action["status"] for action in actions} == {"SUCCESS"}
    assert second.state()["orders"]["AWAITING_ACCEPTANCE"] == len(ids) - len(actions)


def _decide_all(caller: Caller, ids: list[str], answered: list[str]) -> None:
    with contextlib.suppress(requests.RequestException):
        for order_id in ids:
            answered.append(caller.decide(order_id, True))  # noqa: PERF401 -- what came before the end must be kept
