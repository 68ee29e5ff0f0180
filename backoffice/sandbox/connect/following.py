"""v2-getActionStatus (domain.md §1.3, §2.5; §8, questions 33 and 36 to 38)."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Response

from backoffice.sandbox.answers import RefusedError, from_json, json_answer
from backoffice.sandbox.calls import Call
from backoffice.sandbox.dates import moment_of, written
from backoffice.sandbox.market import actions
from backoffice.sandbox.market.settling import settle


def get_action_status(call: Call) -> Response:
    settle(call.world)
    action = actions.find(call.world.store, call.path["action_id"])
    if action is None or action.scripted().outcome == "forget":
        raise RefusedError(404, "There is no action with this id.", field="action_id")
    answer: dict[str, Any] = {
        "id": action.id,
        "status": action.status,
        "created_at": written(moment_of(action.created_at)),
        "updated_at": written(moment_of(action.updated_at)),
    }
    errors = from_json(action.errors)
    return json_answer({**answer, "errors": errors} if errors else answer)
