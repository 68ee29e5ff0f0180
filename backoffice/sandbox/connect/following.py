"""v2-getActionStatus (domain.md §1.3, §2.5; §8, questions 33 and 36 to 38)."""

from __future__ import annotations

from werkzeug.wrappers import Response

from backoffice.sandbox.answers import RefusedError, from_json, json_answer
from backoffice.sandbox.calls import MINUTE, Call, Operation
from backoffice.sandbox.dates import moment_of, written
from backoffice.sandbox.market import actions
from backoffice.sandbox.market.kind import Json
from backoffice.sandbox.market.settling import settle


def get_action_status(call: Call) -> Response:
    return action_status(call, "action_id")


def action_status(call: Call, name: str) -> Response:
    """Of the action whose id is in the path under this name."""
    return json_answer(status_of(call, name, "order")[1])


def status_of(call: Call, name: str, family: actions.Family) -> tuple[actions.Action, Json]:
    """The action and what is told of it. Raises RefusedError 404."""
    settle(call.world)
    action = actions.find(call.world.store, call.path[name], family)
    if action is None or action.scripted().outcome == "forget":
        raise RefusedError(404, "There is no action with this id.", field=name)
    told: Json = {
        "id": action.id,
        "status": action.status,
        "created_at": written(moment_of(action.created_at)),
        "updated_at": written(moment_of(action.updated_at)),
    }
    errors = from_json(action.errors)
    return action, {**told, "errors": errors} if errors else told


OPERATIONS = (
    Operation(
        "v2-getActionStatus",
        "GET",
        "/connect/v2/orders/actions/{action_id}",
        "connect:order:action:read",
        MINUTE,
        get_action_status,
        per="action_id",
    ),
)
