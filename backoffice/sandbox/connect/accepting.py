"""v2-acceptOrderLines (domain.md §1.3; §8, questions 11, 12 and 26)."""

from __future__ import annotations

from werkzeug.wrappers import Response

from backoffice.sandbox.answers import RefusedError, taken_answer
from backoffice.sandbox.calls import Call, Operation
from backoffice.sandbox.connect import bodies, naming
from backoffice.sandbox.connect.rules import Faults, Json, also, boolean, fields, several, text
from backoffice.sandbox.market import actions
from backoffice.sandbox.worlds.moves import lines_of


def accept_order_lines(call: Call) -> Response:
    with call.world.store.transaction():
        return taken_answer(take_decisions(call))


def take_decisions(call: Call) -> str:
    """The id of the action. To be called within a transaction. Raises RefusedError 400 or 404.

    Only the form is judged here; whether the lines can be decided is for the marketplace to say.
    """
    decisions = bodies.read(call.request, fields({"order_lines": DECISIONS}))["order_lines"]
    order = naming.the_order(call)
    _refuse_unknown(order, decisions)
    return actions.take(call, actions.at_order(order), "ACCEPT", {"order_lines": decisions})


def _decided_once(where: str, decisions: list[Json], faults: Faults) -> None:
    seen: set[str] = set()
    for position, line_id in enumerate(line.get("id") for line in decisions):
        if isinstance(line_id, str) and line_id in seen:
            faults[f"{where}[{position}].id"] = "This line is decided twice."
        elif isinstance(line_id, str):
            seen.add(line_id)


DECISIONS = also(several(fields({"accepted": boolean, "id": text(least=1)}), least=1), _decided_once)


def _refuse_unknown(order: Json, decisions: list[Json]) -> None:
    known = [line.get("id") for line in lines_of(order)]  # in a raw text anything, be it no key of a set
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
