"""The operations of returns (domain.md §1.3, §2.4; §8, questions 1 to 8 and 28 to 32)."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Response

from backoffice.sandbox.answers import RefusedError, json_answer
from backoffice.sandbox.calls import MINUTE, Call, Operation
from backoffice.sandbox.connect import bodies, questions, walking
from backoffice.sandbox.connect.fields import Fields
from backoffice.sandbox.dates import micros
from backoffice.sandbox.market import actions, records
from backoffice.sandbox.market.kind import Json
from backoffice.sandbox.market.settling import settle
from backoffice.sandbox.worlds import returning_labels
from backoffice.sandbox.worlds.returning_moves import REJECTIONS, STATUSES

FILTERED = STATUSES[:-1]  # CHANNEL_SPECIFIC exists but cannot be filtered by
MOST = 100  # order ids, and statuses
ACCEPT, RECEIVE, CLOSE, TRACK = (
    "ACCEPT_RETURN",
    "ACKNOWLEDGE_RETURN_RECEPTION",
    "CLOSE_RETURN",
    "UPDATE_RETURN_TRACKING_INFORMATION",
)


def list_returns(call: Call) -> Response:
    settle(call.world)
    answer = walking.answer(call, walking.Listing("returns"), _asked)
    answer.set_data(returning_labels.with_origin(answer.get_data(), call.request))
    return answer


def _asked(call: Call) -> walking.Question:
    """`updated_from` is mandatory: there are no last 30 days here."""
    args = call.request.args
    updated_from = questions.moment(args, "updated_from")
    if updated_from is None:
        raise RefusedError(400, "updated_from is required.", field="updated_from")
    return walking.Question(
        limit=questions.number(args, "limit", default=10, least=1, most=100),
        among={
            "order_id": questions.several(args, "order_ids", most=MOST),
            "status": questions.several(args, "statuses", among=FILTERED, most=MOST),
        },
        since=micros(updated_from),
    )


def accept_return(call: Call) -> Response:
    body = bodies.json_object(call.request)
    faults: dict[str, str] = {}
    if not isinstance(body.get("accepted"), bool):
        faults["accepted"] = "true or false is required."
    if "rejection_reason" in body and body["rejection_reason"] not in REJECTIONS:
        faults["rejection_reason"] = f"One of {', '.join(REJECTIONS)} is possible."
    bodies.refuse(faults)
    return _taken(call, ACCEPT, _only(body, "accepted", "rejection_reason"))


def update_return_tracking_information(call: Call) -> Response:
    """Nothing is required, and no text is too short: an empty one takes its field away."""
    body = bodies.json_object(call.request)
    fields = Fields(body)
    asked: Json = {name: fields.text(name, least=0) for name in ("rma_id", "label_url") if name in body}
    tracking: Any = body.get("tracking", {})
    if isinstance(tracking, dict):
        given = Fields(tracking, "tracking", fields.faults)
        names = ("carrier", "tracking_number", "tracking_url")
        parcel = {name: given.text(name, least=0) for name in names if name in tracking}
        asked |= {"tracking": parcel} if "tracking" in body else {}
    else:
        fields.fault("tracking", "An object is required.")
    fields.refuse()
    return _taken(call, TRACK, asked)


def acknowledge_return_reception(call: Call) -> Response:
    _refuse_body(call)
    return _taken(call, RECEIVE, {})


def close_return(call: Call) -> Response:
    _refuse_body(call)
    return _taken(call, CLOSE, {})


def _refuse_body(call: Call) -> None:
    """There is no body, and the header that says so must be there."""
    length = call.request.headers.get("Content-Length", "")
    if not (length.isascii() and length.isdecimal()):
        raise RefusedError(411, "The header Content-Length: 0 is required.", field="Content-Length")
    if int(length) or call.request.get_data():
        raise RefusedError(400, "No body is expected here.", field="$")


def _taken(call: Call, kind: str, asked: Json) -> Response:
    with call.world.store.transaction():
        found = records.find(call.world.store, "returns", call.path["return_id"])
        if found is None:
            raise RefusedError(404, "There is no return with this id.", field="return_id")
        aim = actions.Aim(found.id, found.body["order_id"], actions.channel_of(found.body))
        action_id = actions.take(call, aim, kind, asked)
    return json_answer({"action_id": action_id, "tracking_id": action_id}, 202)


def _only(body: Json, *names: str) -> Json:
    return {name: body[name] for name in names if name in body}


def _write(name: str, last: str, right: str, handler: Any) -> Operation:
    path = f"/connect/v2/orders/returns/{{return_id}}/{last}"
    return Operation(name, "PUT", path, f"connect:order-return:{right}", None, handler, writes=True)


OPERATIONS = (
    Operation("v2-listReturns", "GET", "/connect/v2/orders/returns", "connect:order-return:read", MINUTE, list_returns),
    _write("v2-acceptReturn", "accept", "accept", accept_return),
    _write("v2-acknowledgeReturnReception", "receive", "receive", acknowledge_return_reception),
    _write("v2-closeReturn", "close", "close", close_return),
    _write(
        "v2-updateReturnTrackingInformation",
        "trackings",
        "update-tracking-information",
        update_return_tracking_information,
    ),
)
