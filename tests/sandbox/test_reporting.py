"""v2-reportOrderActions: what a connector may tell, and where it is kept (domain.md §1.3)."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from tests.sandbox.calling import Caller
from tests.sandbox_server import RunningSandbox

ERROR = {"code": "INVALID_PRODUCT_ID", "message": "No such product."}


def report(order_id: str, **fields: Any) -> dict[str, Any]:
    whole = {
        "type": "SYNCHRONIZE_ORDER",
        "status": "SUCCESS",
        "entity_type": "ORDER",
        "entity_id": order_id,
        "executed_at": "2026-05-04T09:30:00Z",
        **fields,
    }
    return {name: value for name, value in whole.items() if value is not None}


def tell(caller: Caller, body: Any) -> requests.Response:
    return requests.post(f"{caller.url}/actions", json=body, headers=caller.headers, timeout=30)


def test_reports_are_kept_under_the_ids_that_are_answered(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = sandbox.place_order()["id"]
    failed = report(order_id, type="SYNCHRONIZE_ORDER_UPDATE", status="FAILED", errors=[ERROR])

    answer = tell(caller, {"actions": [report(order_id), failed]})

    kept = sandbox.reports()
    assert (answer.status_code, answer.json()) == (200, {"actions": [{"action_id": one["id"]} for one in kept]})
    assert [{name: one[name] for name in report("")} for one in kept] == [
        report(order_id),
        {name: failed[name] for name in report("")},
    ]
    assert [one["errors"] for one in kept] == [[], [ERROR]]
    assert sandbox.writes()[0]["action_id"] == kept[0]["id"]


@pytest.mark.parametrize(
    ("fault", "fields"),
    [
        ({"type": "ACCEPT"}, [".type"]),
        ({"status": "PENDING"}, [".status"]),
        ({"entity_type": "RETURN"}, [".entity_type"]),
        ({"entity_id": None}, [".entity_id"]),
        ({"entity_id": "nowhere"}, [".entity_id"]),
        ({"entity_id": 12}, [".entity_id"]),
        ({"executed_at": "yesterday"}, [".executed_at"]),
        ({"executed_at": "2026-05-04T09:30:00"}, [".executed_at"]),
        ({"executed_at": "2026-02-30T09:30:00Z"}, [".executed_at"]),
        ({"executed_at": None, "type": None}, [".executed_at", ".type"]),
        ({"status": "FAILED"}, [".errors"]),
        ({"status": "FAILED", "errors": []}, [".errors"]),
        ({"status": "FAILED", "errors": "x"}, [".errors"]),
        ({"errors": [{"code": "OUT_OF_MIND", "message": ""}]}, [".errors[0].code", ".errors[0].message"]),
        ({"errors": [{"code": "PAYMENT_REQUIRED", "message": "x"}]}, [".errors[0].code"]),
        ({"errors": [ERROR, {**ERROR, "message": "x" * 2001}]}, [".errors[1].message"]),
    ],
)
def test_faulty_report_is_400_names_every_field_and_none_is_kept(
    refusing: RunningSandbox, refused_caller: Caller, fault: dict[str, Any], fields: list[str]
) -> None:
    order_id = refusing.place_order()["id"]

    answer = tell(refused_caller, {"actions": [report(order_id), report(order_id, **fault)]})

    found = sorted(error["field"] for error in answer.json()["errors"])
    assert (answer.status_code, found) == (400, [f"actions[1]{field}" for field in fields])
    assert refusing.reports() == []


@pytest.mark.parametrize(("count", "status"), [(0, 400), (1, 200), (100, 200), (101, 400)])
def test_one_to_a_hundred_reports_are_taken(sandbox: RunningSandbox, caller: Caller, count: int, status: int) -> None:
    order_id = sandbox.place_order()["id"]

    answer = tell(caller, {"actions": [report(order_id)] * count})

    assert (answer.status_code, len(sandbox.reports())) == (status, count if status == 200 else 0)


def test_longest_message_is_taken(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = sandbox.place_order()["id"]

    assert tell(caller, {"actions": [report(order_id, errors=[{**ERROR, "message": "x" * 2000}])]}).status_code == 200


def test_reports_are_taken_once_a_minute(sandbox: RunningSandbox, caller: Caller) -> None:
    order_id = sandbox.place_order()["id"]
    sandbox.configure(limits="on")

    answers = [tell(caller, {"actions": [report(order_id)]}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 429]
    assert answers[1].headers["Retry-After"] == "60"
