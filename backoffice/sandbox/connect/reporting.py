"""v2-reportOrderActions: a connector tells how its own work on orders ended (domain.md §1.3)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Response

from backoffice.sandbox.answers import from_json, json_answer, to_json
from backoffice.sandbox.calls import MINUTE, Call, Operation
from backoffice.sandbox.connect import bodies
from backoffice.sandbox.connect.rules import Faults, Json, Rule, also, at, choice, fields, moment, several, text
from backoffice.sandbox.dates import micros, moment_of, written

if TYPE_CHECKING:
    from backoffice.sandbox.store import Store

MOST_REPORTS = 100
MOST_CHARACTERS = 2000  # of an error's message
TYPES = ("SYNCHRONIZE_ORDER", "SYNCHRONIZE_ORDER_UPDATE")
STATUSES = ("SUCCESS", "FAILED")
CODES = (
    "INVALID_INPUT",
    "DATA_NOT_FOUND",
    "UNEXPECTED",
    "UNAVAILABLE",
    "TOO_MANY_REQUEST",
    "ACTION_NOT_SUPPORTED",
    "ORDER_IN_WRONG_STATE",
    "INVALID_PRODUCT_ID",
    "OUT_OF_STOCK",
    "RETURN_IN_WRONG_STATE",
    "OTHER",
)  # fewer than an action may fail with
ERROR = fields({"code": choice(*CODES), "message": text(least=1, most=MOST_CHARACTERS)})
REPORT = fields(
    {
        "type": choice(*TYPES),
        "status": choice(*STATUSES),
        "entity_type": choice("ORDER"),
        "entity_id": text(),
        "executed_at": moment,
    },
    {"errors": several(ERROR)},
)


def report_order_actions(call: Call) -> Response:
    """All reports are kept or none. No 404 is declared: an order that is not there is a faulty value."""
    reports = bodies.read(call.request, _reports(call.world.store))["actions"]
    ids = [str(uuid.uuid4()) for _ in reports]
    with call.world.store.transaction():
        for report_id, report in zip(ids, reports, strict=True):
            call.world.store.insert("reports", {"id": report_id, "at": micros(call.now), "body": to_json(report)})
        call.world.writes.taken(call, ids[0])
    return json_answer({"actions": [{"action_id": report_id} for report_id in ids]})


def listed(store: Store, *, after: int = 0, limit: int = -1) -> list[dict[str, Any]]:
    """For tests and for a person, oldest first."""
    sql = "SELECT number, id, at, body FROM reports WHERE number > ? ORDER BY number LIMIT ?"
    return [
        {"number": number, "id": report_id, "at": written(moment_of(at)), "errors": [], **from_json(body)}
        for number, report_id, at, body in store.rows(sql, (after, limit))
    ]


def _reports(store: Store) -> Rule:
    def check(where: str, report: Json, faults: Faults) -> None:
        if report.get("status") == "FAILED" and not report.get("errors"):
            faults.setdefault(at(where, "errors"), "What failed has at least one error.")
        if isinstance(report.get("entity_id"), str) and store.order(report["entity_id"]) is None:
            faults[at(where, "entity_id")] = "There is no order with this id."

    return fields({"actions": several(also(REPORT, check), least=1, most=MOST_REPORTS)})


OPERATIONS = (
    Operation(
        "v2-reportOrderActions",
        "POST",
        "/connect/v2/orders/actions",
        "connect:order:action:write",
        MINUTE,
        report_order_actions,
        writes=True,
    ),
)
