"""The operations of Mirakl Connect (domain.md §1.2)."""

from __future__ import annotations

from backoffice.mirakl.operations import Operation, Outcome, Pace

LIST_ORDERS = Operation(
    id="v2-listOrders",
    family="connect",
    method="GET",
    path="/v2/orders",
    pace=Pace(calls=1, seconds=60),
    repeatable=True,
    outcome=Outcome.NOW,
)
ACCEPT_ORDER_LINES = Operation(
    id="v2-acceptOrderLines",
    family="connect",
    method="PUT",
    path="/v2/orders/{order_id}/accept",
    pace=None,
    repeatable=False,
    outcome=Outcome.TRACKED,
)
GET_ACTION_STATUS = Operation(
    id="v2-getActionStatus",
    family="connect",
    method="GET",
    path="/v2/orders/actions/{action_id}",
    pace=Pace(calls=1, seconds=60, per="action_id"),
    repeatable=True,
    outcome=Outcome.NOW,
)
