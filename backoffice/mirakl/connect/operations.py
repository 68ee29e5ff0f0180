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
