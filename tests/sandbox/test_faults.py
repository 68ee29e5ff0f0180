"""Scripted trouble."""

from __future__ import annotations

import io
import json
import time
import zipfile
from typing import Any

import pytest
import requests

from backoffice.sandbox.operations import NAMES, OPERATIONS
from tests.sandbox.calling import Caller, ask_token
from tests.sandbox.lines import item, place
from tests.sandbox.returning import PDF, Returner, file, metadata
from tests.sandbox_server import RunningSandbox


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"kind": "429"}, (429, "TOO_MANY_REQUEST", None)),
        ({"kind": "429", "retry_after": 7}, (429, "TOO_MANY_REQUEST", "7")),
        ({"kind": "500"}, (500, "UNEXPECTED", None)),
        ({"kind": "503", "retry_after": 2}, (503, "UNEXPECTED", "2")),
        ({"kind": "401"}, (401, "UNAUTHORIZED", None)),
        ({"kind": "403"}, (403, "FORBIDDEN", None)),
        ({"kind": "404"}, (404, "DATA_NOT_FOUND", None)),
        ({"kind": "410"}, (410, "GONE", None)),
    ],
)
def test_status_fault_strikes_once_in_the_envelope(
    sandbox: RunningSandbox, caller: Caller, fault: dict[str, Any], expected: tuple[int, str, str | None]
) -> None:
    sandbox.fault("v2-listOrders", **fault)

    struck, good = caller.answer(), caller.answer()

    assert (struck.status_code, struck.json()["code"], struck.headers.get("Retry-After")) == expected
    assert good.status_code == 200


def test_fault_strikes_after_so_many_calls_and_so_often(sandbox: RunningSandbox, caller: Caller) -> None:
    sandbox.fault("v2-listOrders", kind="500", after=2, times=2)
    sandbox.fault("v2-listOrders", kind="503", after=1)

    assert [caller.answer().status_code for _ in range(6)] == [200, 503, 500, 500, 200, 200]


def test_fault_without_an_end_stays_until_cleared(sandbox: RunningSandbox, caller: Caller) -> None:
    sandbox.fault(kind="401", times=None)
    assert [caller.answer().status_code for _ in range(3)] == [401, 401, 401]
    assert sandbox.state()["faults"][0]["kind"] == "401"

    sandbox.clear_faults()

    assert caller.answer().status_code == 200


def test_fault_of_one_operation_spares_the_others(sandbox: RunningSandbox, caller: Caller) -> None:
    sandbox.fault("token", kind="500")

    assert caller.answer().status_code == 200
    assert ask_token(sandbox).status_code == 500
    assert ask_token(sandbox).status_code == 200


@pytest.mark.parametrize(
    ("kind", "status", "error"),
    [
        ("401", 401, "invalid_client"),
        ("403", 403, "access_denied"),
        ("429", 429, "temporarily_unavailable"),
        ("503", 503, "server_error"),
    ],
)
def test_fault_of_the_token_endpoint_speaks_oauth(sandbox: RunningSandbox, kind: str, status: int, error: str) -> None:
    sandbox.fault("token", kind=kind)

    answer = ask_token(sandbox)

    assert (answer.status_code, answer.json()["error"]) == (status, error)


@pytest.mark.parametrize("status", [200, 502])
def test_html_fault_answers_a_page(sandbox: RunningSandbox, caller: Caller, status: int) -> None:
    sandbox.fault("v2-listOrders", kind="html", status=status)

    answer = caller.answer()

    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert "<html" in answer.text


@pytest.mark.parametrize("verb", ["accept", "cancel", "refund", "shipments"])
@pytest.mark.parametrize(("when", "taken"), [("before", 0), ("after_commit", 1)])
def test_refusal_comes_before_or_after_the_call_took_effect(
    sandbox: RunningSandbox, caller: Caller, verb: str, when: str, taken: int
) -> None:
    order_id = place(sandbox)
    bodies = {
        "cancel": {"cancelations": [item(order_id)]},
        "refund": {"refunds": [item(order_id)]},
        "shipments": {"items": [{"order_line_id": f"{order_id}-1", "quantity": 1}]},
    }
    sandbox.fault(kind="503", when=when)

    answer = caller.accept(order_id) if verb == "accept" else caller.send(verb, order_id, bodies[verb])

    assert (answer.status_code, answer.json()["code"]) == (503, "UNEXPECTED")
    assert (len(sandbox.actions()), len(sandbox.writes())) == (taken, 1)


@pytest.mark.parametrize(
    ("kind", "content_type", "share"),
    [
        ("truncated", "application/json", 2),
        ("wrong-type", "text/plain; charset=utf-8", 1),
        ("empty", "application/json", 0),
    ],
)
def test_spoilt_answer_says_another_length_or_type(
    sandbox: RunningSandbox, caller: Caller, kind: str, content_type: str, share: int
) -> None:
    sandbox.place_order()
    whole = caller.answer().content
    sandbox.fault("v2-listOrders", kind=kind)

    answer = caller.answer()

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, content_type)
    assert answer.content == (whole[: len(whole) // share] if share else b"")
    assert int(answer.headers["Content-Length"]) == len(answer.content)


def test_spoilt_answer_to_a_write_hides_an_effect(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = place(sandbox)
    sandbox.fault("v2-createShipment", kind="empty")

    answer = caller.send("shipments", order_id, {"items": [{"order_line_id": f"{order_id}-1", "quantity": 3}]})

    assert (answer.status_code, answer.content, len(sandbox.shipments())) == (202, b"", 1)


@pytest.fixture
def returner(sandbox: RunningSandbox) -> Returner:
    return Returner(sandbox)


def test_download_may_be_truncated_or_cut(sandbox: RunningSandbox, returner: Returner) -> None:
    order_id = place(sandbox)
    sandbox.add_document(order_id, type="CUSTOMER_INVOICE", filename="i.pdf", format="pdf")
    for fault in ({"kind": "truncated"}, {"kind": "cut", "when": "midway"}):
        sandbox.fault("v2-downloadOrderDocuments", **fault)

    half = returner.download(order_id, types="CUSTOMER_INVOICE")

    assert (half.status_code, half.headers["Content-Type"]) == (200, "application/zip")
    assert not zipfile.is_zipfile(io.BytesIO(half.content))
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        returner.download(order_id, types="CUSTOMER_INVOICE")
    assert zipfile.is_zipfile(io.BytesIO(returner.download(order_id, types="CUSTOMER_INVOICE").content))


@pytest.mark.parametrize(("when", "stored"), [("before", 0), ("after_commit", 1), ("midway", 1)])
def test_upload_may_be_cut_before_or_after_it_took_effect(
    sandbox: RunningSandbox, returner: Returner, when: str, stored: int
) -> None:
    order_id = place(sandbox)
    sandbox.fault("v2-uploadOrderDocument", kind="cut", when=when)

    with pytest.raises(requests.RequestException):
        returner.upload(order_id, [file(PDF, "i.pdf"), metadata(filename="i.pdf")])
    sandbox.settle()

    assert (len(sandbox.actions()), len(sandbox.documents())) == (stored, stored)


def test_broken_json_fault_cuts_the_text(sandbox: RunningSandbox, caller: Caller) -> None:
    sandbox.place_order()
    sandbox.fault("v2-listOrders", kind="broken-json")

    answer = caller.answer()

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.text.startswith('{"data":[{"id"')
    with pytest.raises(json.JSONDecodeError):
        answer.json()


@pytest.mark.parametrize(("after_commit", "issued"), [(False, 0), (True, 1)])
def test_cut_fault_closes_before_or_after_the_call_took_effect(
    sandbox: RunningSandbox, after_commit: bool, issued: int
) -> None:
    sandbox.fault("token", kind="cut", after_commit=after_commit)

    with pytest.raises(requests.ConnectionError):
        ask_token(sandbox)

    assert sandbox.state()["tokens"] == issued
    assert [entry["status"] for entry in sandbox.journal()] == [None]


def test_cut_midway_sends_half_of_the_answer(sandbox: RunningSandbox, caller: Caller) -> None:
    sandbox.fault("v2-listOrders", kind="cut", when="midway")

    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        caller.answer()

    assert [entry["fault"] for entry in sandbox.journal()] == [None, "cut"]


def struck(sandbox: RunningSandbox, caller: Caller, *, seed: int) -> list[bool]:
    sandbox.clear_faults()
    sandbox.configure(seed=seed)
    sandbox.fault("v2-listOrders", kind="500", share=0.2, times=None)
    sandbox.fault("v2-listOrders", kind="503", share=0.2, times=5)
    return [caller.answer().status_code != 200 for _ in range(40)]


def test_share_of_the_calls_is_struck_by_chance_that_the_seed_repeats(sandbox: RunningSandbox, caller: Caller) -> None:
    first, again, other = (struck(sandbox, caller, seed=seed) for seed in (1, 1, 2))

    assert first == again != other
    assert all(4 < sum(run) < 25 for run in (first, other))


def test_fault_that_missed_by_chance_is_not_used_up(sandbox: RunningSandbox, caller: Caller) -> None:
    sandbox.fault("v2-listOrders", kind="500", share=0, times=1)
    sandbox.fault("v2-listOrders", kind="503")

    assert [caller.answer().status_code for _ in range(2)] == [503, 200]
    assert [fault["kind"] for fault in sandbox.state()["faults"]] == ["500"]


def test_every_operation_and_the_token_may_be_struck(sandbox: RunningSandbox) -> None:
    for name in NAMES:
        sandbox.fault(name, kind="403")

    assert [fault["operation"] for fault in sandbox.state()["faults"]] == list(NAMES)
    assert {operation.id for operation in OPERATIONS} < set(NAMES)


@pytest.mark.parametrize("path", ["connect/v2/orders/o/cancel", "auth/oauth/token"])
def test_body_that_is_too_large_is_413_in_the_envelope(sandbox: RunningSandbox, caller: Caller, path: str) -> None:
    headers = caller.headers | {"Content-Type": "application/x-www-form-urlencoded"}

    answer = requests.post(f"{sandbox.url}/{path}", data=b"a" * (64 * 1024 * 1024 + 1), headers=headers, timeout=30)

    assert (answer.status_code, answer.json()["code"]) == (413, "INVALID_INPUT")
    assert sandbox.writes() == []


def test_slow_fault_delays_a_good_answer(sandbox: RunningSandbox, caller: Caller) -> None:
    sandbox.fault("v2-listOrders", kind="slow", seconds=0.3)

    began = time.monotonic()
    answer = caller.answer()

    assert (answer.status_code, time.monotonic() - began > 0.3) == (200, True)


def test_expired_page_token_fault_waits_for_a_page_token(sandbox: RunningSandbox, caller: Caller) -> None:
    sandbox.place_orders(2)
    sandbox.fault("v2-listOrders", kind="expired-page-token")

    first = caller.page(limit=1)
    expired = caller.answer(page_token=first["next_page_token"])

    assert (expired.status_code, expired.json()["errors"][0]["field"]) == (400, "page_token")
    assert caller.answer(page_token=first["next_page_token"]).status_code == 200


def test_fault_that_does_not_exist_is_refused(sandbox: RunningSandbox) -> None:
    for fault in (
        {"kind": "earthquake"},
        {"kind": "500", "tmies": 2},
        {},
        {"kind": "500", "share": 2},
        {"kind": "cut", "when": "x"},
        {"kind": "500", "when": "midway"},
    ):
        assert requests.post(f"{sandbox.url}/_control/fault", json=fault, timeout=30).status_code == 400
    assert sandbox.state()["faults"] == []
