"""The operations that Mirakl takes no new integrations for: listOrders, acceptOrderLines, createShipment and
v2-getOrderTracking (domain.md §1.2, §1.3).

The two writes answer when the marketplace has: their actions end at once, and what would fail one is a refusal.
"""

from __future__ import annotations

from werkzeug.wrappers import Response

from backoffice.sandbox.answers import RefusedError, empty_answer, from_json, json_answer
from backoffice.sandbox.calls import MINUTE, Call, Operation
from backoffice.sandbox.connect import bodies, shipping
from backoffice.sandbox.connect.accepting import take_decisions
from backoffice.sandbox.connect.following import action_status
from backoffice.sandbox.connect.orders import list_orders
from backoffice.sandbox.market import settling
from backoffice.sandbox.market import shipping as parcels
from backoffice.sandbox.market.actions import Action

V1_FIELDS = ("id", "channel_shipment_id", "created_at", "updated_at", "items")
V1_TEXTS = ("carrier", "tracking_number", "tracking_url")


def accept_order_lines(call: Call) -> Response:
    settling.settle(call.world)
    with call.world.store.transaction():
        action = settling.carry_out(call.world, take_decisions(call))
    _refuse_failed(action)
    return empty_answer(204)


def create_shipment(call: Call) -> Response:
    settling.settle(call.world)
    parcel = bodies.read(call.request, shipping.PARCEL_V1)
    with call.world.store.transaction():
        action = settling.carry_out(call.world, shipping.take_parcel(call, parcel))
    _refuse_failed(action)
    kept = parcels.find(call.world.store, action.result)
    return json_answer({name: kept[name] for name in (*V1_FIELDS, *V1_TEXTS) if name in kept}, 201)


def get_order_tracking(call: Call) -> Response:
    return action_status(call, "tracking_id")


def _refuse_failed(action: Action) -> None:
    """Raises RefusedError: 404 for what the marketplace does not know, 400 for everything else."""
    for error in from_json(action.errors):
        raise RefusedError(404 if error["code"] == "DATA_NOT_FOUND" else 400, error["message"], code=error["code"])


OPERATIONS = (
    Operation("listOrders", "GET", "/connect/orders", "connect:order:read", MINUTE, list_orders),
    Operation(
        "acceptOrderLines",
        "PUT",
        "/connect/orders/{order_id}/accept",
        "connect:order:accept",
        None,
        accept_order_lines,
        writes=True,
    ),
    Operation(
        "createShipment",
        "POST",
        "/connect/orders/{order_id}/shipments",
        "connect:shipment:create",
        None,
        create_shipment,
        writes=True,
    ),
    Operation(
        "v2-getOrderTracking",
        "GET",
        "/connect/v2/orders/tracking/{tracking_id}",
        "connect:order-tracking:read",
        MINUTE,
        get_order_tracking,
        per="tracking_id",
    ),
)
