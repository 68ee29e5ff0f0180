"""Accepting and refusing lines: what the marketplace checks, and what it does to the order (domain.md §2.1, §2.2)."""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import TYPE_CHECKING

from backoffice.sandbox.market.kind import Json, Kind, Record
from backoffice.sandbox.worlds import moves

if TYPE_CHECKING:
    from backoffice.sandbox.market.scripts import Script
    from backoffice.sandbox.switches import Switches

AWAITING = "AWAITING_ACCEPTANCE"
PAID_ALREADY = 0.75  # the share of orders whose payment is through when they are accepted


class Acceptance(Kind):
    def fault(self, record: Record, asked: Json, switches: Switches) -> str | None:
        order = record.body
        if moves.by_partner(order):
            return "ORDER_FULFILLED_BY_PARTNER"
        awaiting = {str(line.get("id")) for line in moves.lines_of(order) if line.get("status") == AWAITING}
        decided = {line["id"] for line in asked["order_lines"]}
        if not decided <= awaiting:
            return "ORDER_IN_WRONG_STATE"
        if switches.strict_decisions and decided != awaiting:
            return "INVALID_INPUT"
        return None

    def apply(self, record: Record, asked: Json, script: Script, now: datetime) -> None:
        """A line that went another way meanwhile stays as it is; amounts never change."""
        order = record.body
        decisions = {line["id"]: line["accepted"] for line in asked["order_lines"]}
        for line in moves.lines_of(order):
            if line.get("status") != AWAITING or str(line.get("id")) not in decisions:
                continue
            if decisions[str(line["id"])]:
                moves.set_status(line, script.to or _next(order["id"]))
            else:
                moves.set_status(line, "CLOSED", "REFUSED")
        moves.sum_up(order, "REFUSED")
        moves.permit(order)


def _next(order_id: str) -> str:
    """Where accepted lines go: always the same for the same order."""
    paid = Random(f"paid {order_id}").random() < PAID_ALREADY  # noqa: S311 -- not a secret
    return "AWAITING_SHIPMENT" if paid else "AWAITING_PAYMENT"
