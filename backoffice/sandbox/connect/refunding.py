"""v2-refundOrderLines (domain.md §1.3, §2.3; §8, questions 18 and 19).

Refused at once is a currency that is not the line's. More than is left of a line, or a tax that it does not have, fails
the action: it is for the marketplace to say.
"""

from __future__ import annotations

from werkzeug.wrappers import Response

from backoffice.sandbox.answers import taken_answer
from backoffice.sandbox.calls import Call, Operation
from backoffice.sandbox.connect import bodies, naming, taking_back
from backoffice.sandbox.market import actions

UNDER = "refunds"
ASKED = taking_back.asked(UNDER, quantity_required=False)


def refund_order_lines(call: Call) -> Response:
    items = bodies.read(call.request, ASKED)[UNDER]
    with call.world.store.transaction():
        order = naming.the_order(call)
        lines = naming.named_lines(order, items, under=UNDER, sku="product_id")
        taking_back.refuse_other_currencies(items, lines, UNDER)
        asked = [{**item, "order_line_id": line["id"]} for item, line in zip(items, lines, strict=True)]
        return taken_answer(actions.take(call, actions.at_order(order), "REFUND", {UNDER: asked}))


OPERATIONS = (
    Operation(
        "v2-refundOrderLines",
        "POST",
        "/connect/v2/orders/{order_id}/refund",
        "connect:order:refund",
        None,
        refund_order_lines,
        writes=True,
    ),
)
