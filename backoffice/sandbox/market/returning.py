"""What sellers do to returns: what the marketplace checks, and what becomes of them (domain.md §2.4; §8, 28 to 31)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from typing import TYPE_CHECKING

from backoffice.sandbox.market import records
from backoffice.sandbox.market.kind import Json, Kind, Record
from backoffice.sandbox.worlds import moves
from backoffice.sandbox.worlds.returning import moves as returning_moves

if TYPE_CHECKING:
    from backoffice.sandbox.market.actions import Action
    from backoffice.sandbox.market.scripts import Script
    from backoffice.sandbox.switches import Switches
    from backoffice.sandbox.world import World

WRONG_STATE = "RETURN_IN_WRONG_STATE"


class OfReturn(Kind, ABC):
    """Possible `during` these statuses. What a partner's logistics ships, goes back to that partner too."""

    table = "returns"
    during: tuple[str, ...] = ("OPENED",)

    def fault(self, record: Record, asked: Json, switches: Switches) -> str | None:
        return None if record.body["status"] in self.during else WRONG_STATE

    def obstacle(self, world: World, action: Action) -> str | None:
        order = records.find(world.store, "orders", action.order_id)
        return "ORDER_FULFILLED_BY_PARTNER" if order and moves.by_partner(order.body) else None

    def apply(self, record: Record, asked: Json, script: Script, now: datetime) -> None:
        if record.body["status"] in self.during:
            self.change(record.body, asked)

    @abstractmethod
    def change(self, found: Json, asked: Json) -> None:
        """Do it to the return, which is in a status where that can be done."""


class Decision(OfReturn):
    during = ("REQUEST_INITIATED",)

    def fault(self, record: Record, asked: Json, switches: Switches) -> str | None:
        if switches.strict_returns and not asked["accepted"] and "rejection_reason" not in asked:
            return "INVALID_INPUT"
        return super().fault(record, asked, switches)

    def change(self, found: Json, asked: Json) -> None:
        returning_moves.decide(found, accepted=asked["accepted"], rejection_reason=asked.get("rejection_reason", ""))


class Tracking(OfReturn):
    def change(self, found: Json, asked: Json) -> None:
        returning_moves.track(found, asked)


class Reception(OfReturn):
    def change(self, found: Json, asked: Json) -> None:
        found["status"] = "RECEIVED"


class Closing(OfReturn):
    """An open return may be closed too: the customer was refunded and keeps the goods (question 28)."""

    during = ("OPENED", "RECEIVED")

    def fault(self, record: Record, asked: Json, switches: Switches) -> str | None:
        if switches.strict_returns and record.body["status"] == "OPENED":
            return WRONG_STATE
        return super().fault(record, asked, switches)

    def change(self, found: Json, asked: Json) -> None:
        found["status"] = "CLOSED"
