"""What actions on lines of an order have in common: cancelation, refund and shipment."""

from __future__ import annotations

from abc import ABC, abstractmethod
from copy import deepcopy
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from backoffice.sandbox.dates import EPOCH
from backoffice.sandbox.market.kind import Json, Kind, Record
from backoffice.sandbox.worlds import moves

if TYPE_CHECKING:
    from backoffice.sandbox.market.scripts import Script
    from backoffice.sandbox.switches import Switches


class LineByLine(Kind, ABC):
    """`items` is where the asked items are; each names its line by `order_line_id`. One after the other is done."""

    items: ClassVar[str]
    closing: ClassVar[str]  # why an order is closed that this kind closes

    def fault(self, record: Record, asked: Json, switches: Switches) -> str | None:
        if moves.by_partner(record.body):
            return "ORDER_FULFILLED_BY_PARTNER"
        trial = deepcopy(record)
        for item in asked[self.items]:
            line = _line(trial, item)
            code = "ORDER_IN_WRONG_STATE" if line is None else self.item_fault(trial, line, item)
            if code or line is None:
                return code
            self.do(trial, line, item, EPOCH)
        return None

    def apply(self, record: Record, asked: Json, script: Script, now: datetime) -> None:
        """An item whose line went another way meanwhile stays undone."""
        for item in asked[self.items]:
            line = _line(record, item)
            if line is not None and self.item_fault(record, line, item) is None:
                self.do(record, line, item, now)
                moves.sum_up(record.body, self.closing)
        moves.permit(record.body)

    @abstractmethod
    def item_fault(self, record: Record, line: Json, item: Json) -> str | None:
        """The code that the action fails with because of this item; None if it can be done."""

    @abstractmethod
    def do(self, record: Record, line: Json, item: Json, now: datetime) -> None:
        """Do one item to its line, in place."""


def shipped(record: Record, line: Json) -> int:
    """How many units of the line have left in parcels."""
    return int(record.private.get("shipped", {}).get(line["id"], 0))


def _line(record: Record, item: Json) -> Json | None:
    return next((line for line in moves.lines_of(record.body) if line.get("id") == item["order_line_id"]), None)
