"""v2-createShipment (domain.md §1.3; §8, questions 14 and 20)."""

from __future__ import annotations

from werkzeug.wrappers import Response

from backoffice.sandbox.answers import taken_answer
from backoffice.sandbox.calls import Call, Operation
from backoffice.sandbox.connect import bodies, naming
from backoffice.sandbox.connect.rules import Json, fields, number, several, text
from backoffice.sandbox.market import actions

UNDER = "items"
ITEMS = several(naming.item("id", {"quantity": number(1, whole=True)}), least=1)
TEXTS = dict.fromkeys(("carrier", "tracking_number", "return_tracking_number"), text(least=1)) | {
    "tracking_url": text()
}
PARCEL_V1 = fields({UNDER: ITEMS}, TEXTS)
PARCEL = fields({UNDER: ITEMS}, {**TEXTS, "warehouse_id": text(least=1)})


def create_shipment(call: Call) -> Response:
    parcel = bodies.read(call.request, PARCEL)
    with call.world.store.transaction():
        return taken_answer(take_parcel(call, parcel))


def take_parcel(call: Call, parcel: Json) -> str:
    """The id of the action. To be called within a transaction. Raises RefusedError 400 or 404."""
    order = naming.the_order(call)
    lines = naming.named_lines(order, parcel[UNDER], under=UNDER, sku="id")
    items = [
        {"id": naming.product_id(line), "order_line_id": line["id"], "quantity": item["quantity"]}
        for item, line in zip(parcel[UNDER], lines, strict=True)
    ]
    return actions.take(call, actions.at_order(order), "CREATE_SHIPMENT", {**parcel, UNDER: items})


OPERATIONS = (
    Operation(
        "v2-createShipment",
        "POST",
        "/connect/v2/orders/{order_id}/shipments",
        "connect:shipment:create",
        None,
        create_shipment,
        writes=True,
    ),
)
