"""v2-createShipment (domain.md §1.3; §8, questions 14 and 20)."""

from __future__ import annotations

from werkzeug.wrappers import Response

from backoffice.sandbox.answers import taken_answer
from backoffice.sandbox.calls import Call, Operation
from backoffice.sandbox.connect import bodies, naming
from backoffice.sandbox.connect.fields import Fields
from backoffice.sandbox.market import actions
from backoffice.sandbox.market.kind import Json

UNDER = "items"
TEXTS = ("carrier", "tracking_number", "return_tracking_number")  # tracking_url has no least length
WAREHOUSE = "warehouse_id"


def create_shipment(call: Call) -> Response:
    parcel = read_parcel(bodies.json_object(call.request), (*TEXTS, WAREHOUSE))
    with call.world.store.transaction():
        return taken_answer(take_parcel(call, parcel))


def read_parcel(body: Json, texts: tuple[str, ...]) -> Json:
    """What was asked, without the fields that nobody knows. Raises RefusedError 400."""
    fields = Fields(body)
    parcel: Json = {UNDER: [_item(item) for item in fields.objects(UNDER, required=True, least=1)]}
    for name in texts:
        parcel[name] = fields.text(name)
    parcel["tracking_url"] = fields.text("tracking_url", least=0)
    fields.refuse()
    return {name: value for name, value in parcel.items() if fields.has(name)}


def take_parcel(call: Call, parcel: Json) -> str:
    """The id of the action. To be called within a transaction. Raises RefusedError 400 or 404."""
    order = naming.the_order(call)
    lines = naming.named_lines(order, parcel[UNDER], under=UNDER, sku="id")
    items = [
        {"id": naming.product_id(line), "order_line_id": line["id"], "quantity": item["quantity"]}
        for item, line in zip(parcel[UNDER], lines, strict=True)
    ]
    return actions.take(call, actions.at_order(order), "CREATE_SHIPMENT", {**parcel, UNDER: items})


def _item(fields: Fields) -> Json:
    item: Json = {"order_line_id": fields.text("order_line_id"), "id": fields.text("id")}
    if not (fields.has("order_line_id") or fields.has("id")):
        fields.fault("order_line_id", "The line is named by order_line_id or by id, the product's.")
    item["quantity"] = fields.number("quantity", least=1, required=True)
    return {name: value for name, value in item.items() if fields.has(name)}


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
