"""Accepting and refusing lines: what the marketplace checks, and what it does to the order (domain.md §2.1, §2.2)."""

from __future__ import annotations

from random import Random

from backoffice.sandbox.worlds import moves
from backoffice.sandbox.worlds.moves import Json

AWAITING = "AWAITING_ACCEPTANCE"
PAID_ALREADY = 0.75  # the share of orders whose payment is through when they are accepted


def fault(order: Json, body: Json, *, strict: bool) -> str | None:
    """The code that the action fails with, None if it can be done. `strict`: every awaiting line must be decided."""
    if (order.get("fulfillment") or {}).get("type") == "FULFILLED_BY_PARTNER":
        return "ORDER_FULFILLED_BY_PARTNER"
    awaiting = {line.get("id") for line in moves.lines_of(order) if line.get("status") == AWAITING}
    decided = {line["id"] for line in body["order_lines"]}
    if not decided <= awaiting:
        return "ORDER_IN_WRONG_STATE"
    if strict and decided != awaiting:
        return "INVALID_INPUT"
    return None


def apply(order: Json, body: Json, to: str | None) -> None:
    """Do it to the order, in place. A line that went another way meanwhile stays as it is; amounts never change."""
    decisions = {line["id"]: line["accepted"] for line in body["order_lines"]}
    for line in moves.lines_of(order):
        if line.get("status") != AWAITING or line.get("id") not in decisions:
            continue
        if decisions[line["id"]]:
            moves.set_status(line, to or _next(order["id"]))
        else:
            moves.set_status(line, "CLOSED", "REFUSED")
    moves.sum_up(order, "REFUSED")
    moves.permit(order)


def _next(order_id: str) -> str:
    """Where accepted lines go: always the same for the same order."""
    paid = Random(f"paid {order_id}").random() < PAID_ALREADY  # noqa: S311 -- not a secret
    return "AWAITING_SHIPMENT" if paid else "AWAITING_PAYMENT"
