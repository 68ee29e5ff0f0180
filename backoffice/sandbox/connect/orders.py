"""v2-listOrders and listOrders (domain.md §1.3; §8, questions 1 to 8)."""

from __future__ import annotations

from datetime import timedelta

from werkzeug.wrappers import Response

from backoffice.sandbox.calls import MINUTE, Call, Operation
from backoffice.sandbox.connect import questions, walking
from backoffice.sandbox.dates import micros
from backoffice.sandbox.market.settling import settle

STATUSES = (
    "AWAITING_FRAUD_CHECK",
    "AWAITING_ACCEPTANCE",
    "AWAITING_PAYMENT",
    "AWAITING_SHIPMENT",
    "SHIPPED",
    "DELIVERED",
    "CLOSED",
)  # CHANNEL_SPECIFIC exists but cannot be filtered by
FULFILLMENT_TYPES = ("FULFILLED_BY_SELLER", "FULFILLED_BY_PARTNER")
WITHOUT_A_DATE = timedelta(days=30)
MOST_IDS = 100


def list_orders(call: Call) -> Response:
    settle(call.world)
    return walking.answer(call, walking.Listing("orders"), _asked)


def _asked(call: Call) -> walking.Question:
    args = call.request.args
    updated_from = questions.moment(args, "updated_from")
    order_ids = questions.several(args, "order_ids", most=MOST_IDS)
    if updated_from is None and not order_ids:
        updated_from = call.now - WITHOUT_A_DATE
    fulfillment_type = questions.choice(args, "fulfillment_type", FULFILLMENT_TYPES)
    return walking.Question(
        limit=questions.number(args, "limit", default=10, least=1, most=100),
        among={
            "id": order_ids,
            "status": questions.several(args, "statuses", among=STATUSES),
            "fulfillment_type": [fulfillment_type] if fulfillment_type else [],
        },
        since=None if updated_from is None else micros(updated_from),
    )


OPERATIONS = (Operation("v2-listOrders", "GET", "/connect/v2/orders", "connect:order:read", MINUTE, list_orders),)
