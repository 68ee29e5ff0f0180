"""The operations of returns (domain.md §1.3, §2.4; §8, questions 1 to 8 and 28 to 32)."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Response

from backoffice.sandbox.answers import RefusedError, taken_answer
from backoffice.sandbox.calls import MINUTE, Call, Operation
from backoffice.sandbox.connect import bodies, questions, walking
from backoffice.sandbox.connect.rules import Json, boolean, choice, fields, text
from backoffice.sandbox.dates import micros
from backoffice.sandbox.market import actions, records
from backoffice.sandbox.market.settling import settle
from backoffice.sandbox.worlds.returning import labels
from backoffice.sandbox.worlds.returning.moves import REJECTIONS, STATUSES

FILTERED = STATUSES[:-1]  # CHANNEL_SPECIFIC exists but cannot be filtered by
MOST = 100  # order ids, and statuses
ACCEPT, RECEIVE, CLOSE, TRACK = (
    "ACCEPT_RETURN",
    "ACKNOWLEDGE_RETURN_RECEPTION",
    "CLOSE_RETURN",
    "UPDATE_RETURN_TRACKING_INFORMATION",
)
DECISION = fields({"accepted": boolean}, {"rejection_reason": choice(*REJECTIONS)})
PARCEL = dict.fromkeys(("carrier", "tracking_number", "tracking_url"), text())
TRACKING = fields({}, {"rma_id": text(), "label_url": text(), "tracking": fields({}, PARCEL)})


def list_returns(call: Call) -> Response:
    settle(call.world)
    answer = walking.answer(call, walking.Listing("returns"), _asked)
    answer.set_data(labels.with_origin(answer.get_data(), call.request))
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
    return _taken(call, ACCEPT, bodies.read(call.request, DECISION))


def update_return_tracking_information(call: Call) -> Response:
    """Nothing is required, and no text is too short: an empty one takes its field away."""
    return _taken(call, TRACK, bodies.read(call.request, TRACKING))


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
        return taken_answer(actions.take(call, aim, kind, asked))


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
