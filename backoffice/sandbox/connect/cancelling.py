"""v2-cancelOrderLines (domain.md §1.3, §2.3; §8, questions 15 and 17).

Refused at once are a currency that is not the line's, a tax that it does not have, and more than is left of it.
"""

from __future__ import annotations

from werkzeug.wrappers import Response

from backoffice.sandbox.answers import taken_answer
from backoffice.sandbox.calls import Call, Operation
from backoffice.sandbox.connect import bodies, naming, taking_back
from backoffice.sandbox.market import actions
from backoffice.sandbox.market.settling import settle

UNDER = "cancelations"
ASKED = taking_back.asked(UNDER, quantity_required=True)


def cancel_order_lines(call: Call) -> Response:
    items = bodies.read(call.request, ASKED)[UNDER]
    settle(call.world)
    with call.world.store.transaction():
        order = naming.the_order(call)
        lines = naming.named_lines(order, items, under=UNDER, sku="product_id")
        taking_back.refuse_other_currencies(items, lines, UNDER)
        taking_back.refuse_excess(items, lines, UNDER)
        asked = [{**item, "order_line_id": line["id"]} for item, line in zip(items, lines, strict=True)]
        return taken_answer(actions.take(call, actions.at_order(order), "CANCEL", {UNDER: asked}))


OPERATIONS = (
    Operation(
        "v2-cancelOrderLines",
        "POST",
        "/connect/v2/orders/{order_id}/cancel",
        "connect:order:cancel",
        None,
        cancel_order_lines,
        writes=True,
    ),
)
