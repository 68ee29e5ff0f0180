"""v2-acceptOrderLines (domain.md §1.3; §8, questions 11, 12 and 26)."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Response

from backoffice.sandbox.answers import RefusedError, from_json, json_answer
from backoffice.sandbox.calls import Call
from backoffice.sandbox.connect import bodies
from backoffice.sandbox.market import actions
from backoffice.sandbox.worlds.moves import Json, lines_of


def accept_order_lines(call: Call) -> Response:
    """Only the form is judged here; whether the lines can be decided is for the marketplace to say."""
    decisions = _decisions(bodies.json_object(call.request))
    with call.world.store.transaction():
        row = call.world.store.order(call.path["order_id"])
        if row is None:
            raise RefusedError(404, "There is no order with this id.", field="order_id")
        order = {"id": row.id, "order_lines": [], **_as_dict(from_json(row.body))}
        _refuse_unknown(order, decisions)
        action_id = actions.take(call, order, "ACCEPT", {"order_lines": decisions})
    return json_answer({"action_id": action_id, "tracking_id": action_id}, 202)


def _decisions(body: dict[str, Any]) -> list[Json]:
    """Line id and decision of each line. Raises RefusedError 400."""
    lines = body.get("order_lines")
    if not isinstance(lines, list) or not lines:
        bodies.refuse({"order_lines": "A list of at least one line is required."})
        raise AssertionError
    faults: dict[str, str] = {}
    seen: set[str] = set()
    for position, line in enumerate(lines):
        faults |= _line_faults(f"order_lines[{position}]", line, seen)
    bodies.refuse(faults)
    return [{"id": line["id"], "accepted": line["accepted"]} for line in lines]


def _line_faults(where: str, line: Any, seen: set[str]) -> dict[str, str]:
    if not isinstance(line, dict):
        return {where: "An object is required."}
    faults: dict[str, str] = {}
    if not isinstance(line.get("accepted"), bool):
        faults[f"{where}.accepted"] = "true or false is required."
    line_id = line.get("id")
    if not isinstance(line_id, str) or not line_id:
        faults[f"{where}.id"] = "The id of an order line is required."
    elif line_id in seen:
        faults[f"{where}.id"] = "This line is decided twice."
    else:
        seen.add(line_id)
    return faults


def _refuse_unknown(order: Json, decisions: list[Json]) -> None:
    known = {line.get("id") for line in lines_of(order)}
    unknown = [position for position, line in enumerate(decisions) if line["id"] not in known]
    if unknown:
        errors = {f"order_lines[{position}].id": "The order has no line with this id." for position in unknown}
        raise RefusedError(404, "The order has no such line.", errors=errors)


def _as_dict(found: Any) -> Json:
    return found if isinstance(found, dict) else {}
