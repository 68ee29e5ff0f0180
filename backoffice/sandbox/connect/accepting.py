"""v2-acceptOrderLines (domain.md §1.3; §8, questions 11, 12 and 26)."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Response

from backoffice.sandbox.answers import RefusedError, taken_answer
from backoffice.sandbox.calls import Call, Operation
from backoffice.sandbox.connect import bodies, naming
from backoffice.sandbox.market import actions
from backoffice.sandbox.worlds.moves import Json, lines_of


def accept_order_lines(call: Call) -> Response:
    with call.world.store.transaction():
        return taken_answer(take_decisions(call))


def take_decisions(call: Call) -> str:
    """The id of the action. To be called within a transaction. Raises RefusedError 400 or 404.

    Only the form is judged here; whether the lines can be decided is for the marketplace to say.
    """
    decisions = _decisions(bodies.json_object(call.request))
    order = naming.the_order(call)
    _refuse_unknown(order, decisions)
    return actions.take(call, actions.at_order(order), "ACCEPT", {"order_lines": decisions})


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


OPERATIONS = (
    Operation(
        "v2-acceptOrderLines",
        "PUT",
        "/connect/v2/orders/{order_id}/accept",
        "connect:order:accept",
        None,
        accept_order_lines,
        writes=True,
    ),
)
