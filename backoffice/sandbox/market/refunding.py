"""Refunding lines, wholly or by amount (domain.md §2.2, §2.3; §8, questions 18 and 19)."""

from __future__ import annotations

from datetime import datetime

from backoffice.sandbox.market.kind import Json, Record
from backoffice.sandbox.market.line_by_line import LineByLine
from backoffice.sandbox.worlds import amounts, moves


class Refund(LineByLine):
    items = "refunds"
    closing = "REFUNDED"

    def item_fault(self, record: Record, line: Json, item: Json) -> str | None:
        if not line.get("can_refund"):
            unpaid = line.get("status") == "AWAITING_PAYMENT"
            return "PAYMENT_REQUIRED" if unpaid else "ORDER_IN_WRONG_STATE"
        return "INVALID_INPUT" if amounts.Remainder(line).excess(item) else None

    def do(self, record: Record, line: Json, item: Json, now: datetime) -> None:
        """A line of which no amount is left is closed; how many units were named does not matter."""
        amounts.refund(line, item, now)
        if amounts.Remainder(line).is_nothing():
            moves.set_status(line, "CLOSED", "REFUNDED")
