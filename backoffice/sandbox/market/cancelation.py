"""Cancelling lines or units of them before they are shipped (domain.md §2.2, §2.3; §8, questions 15 and 17)."""

from __future__ import annotations

from datetime import datetime

from backoffice.sandbox.market.kind import Json, Record
from backoffice.sandbox.market.line_by_line import LineByLine, shipped
from backoffice.sandbox.worlds import amounts, moves


class Cancelation(LineByLine):
    items = "cancelations"
    closing = "CANCELED"

    def item_fault(self, record: Record, line: Json, item: Json) -> str | None:
        """Units that have left in a parcel cannot be cancelled any more, nor an amount that was refunded."""
        if not line.get("can_cancel") or item["quantity"] > amounts.quantity_of(line) - shipped(record, line):
            return "ORDER_IN_WRONG_STATE"
        return "INVALID_INPUT" if amounts.Remainder(line).excess(item) else None

    def do(self, record: Record, line: Json, item: Json, now: datetime) -> None:
        amounts.cancel(line, item, now)
        if line["quantity"] == 0:
            moves.set_status(line, "CLOSED", "CANCELED")
        elif line["quantity"] == shipped(record, line):
            moves.set_status(line, "SHIPPED")
