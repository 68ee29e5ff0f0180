"""Documents that sellers upload: they wait in `uploads` until the marketplace took them (domain.md §2.7)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from backoffice.sandbox.market import records, uploads
from backoffice.sandbox.market.kind import Json, Kind, Record
from backoffice.sandbox.market.returning import WRONG_STATE
from backoffice.sandbox.worlds import moves
from backoffice.sandbox.worlds.papers import filing

if TYPE_CHECKING:
    from backoffice.sandbox.market.actions import Action
    from backoffice.sandbox.switches import Switches
    from backoffice.sandbox.world import World


class Upload(Kind):
    """Whether a new document changes its order is not documented (question 9): here it does not."""

    touches = False

    def fault(self, record: Record, asked: Json, switches: Switches) -> str | None:
        return "ORDER_FULFILLED_BY_PARTNER" if moves.by_partner(record.body) else None

    def obstacle(self, world: World, action: Action) -> str | None:
        """A label is of use only while the goods are with the customer."""
        entity = action.asked().get("entity")
        if not entity or action.asked()["type"] != "RETURN_LABEL":
            return None
        found = records.find(world.store, "returns", entity["id"])
        return None if found and found.body["status"] == "OPENED" else WRONG_STATE

    def done(self, world: World, action: Action, record: Record, now: datetime) -> str:
        """The id of the document."""
        asked = action.asked()
        (file,) = uploads.of(world.store, action.id)
        paper = filing.Paper(asked["type"], file.filename, file.content)
        return str(filing.file(world.store, record.id, paper, now)["id"])
