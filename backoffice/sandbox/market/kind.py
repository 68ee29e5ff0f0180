"""What an action does: checked when the marketplace ends it, done to its record when Connect shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from backoffice.sandbox.market.actions import Action
    from backoffice.sandbox.market.scripts import Script
    from backoffice.sandbox.switches import Switches
    from backoffice.sandbox.world import World

Json = dict[str, Any]
Table = Literal["orders", "returns", "conversations"]


@dataclass
class Record:
    """What an action changes: `body` is served, `private` is what only the marketplace knows (orders have it).

    `updated_at` in microseconds, as it was when the record was read.
    """

    table: Table
    id: str
    updated_at: int
    body: Json
    private: Json = field(default_factory=dict)


class Kind:
    """One kind of action. `table` says where its target is. `asked` is what the call asked for, as JSON.

    The target of a kind may change between `fault` and `apply`: whatever then cannot be done stays undone.
    """

    table: Table = "orders"
    touches = True  # its record counts as changed by it; a conversation about an order does not change the order

    def fault(self, record: Record, asked: Json, switches: Switches) -> str | None:
        """The code that the action fails with; None if it can be done."""
        return None

    def obstacle(self, world: World, action: Action) -> str | None:
        """The same, for what stands elsewhere in the world than in its record."""
        return None

    def apply(self, record: Record, asked: Json, script: Script, now: datetime) -> None:
        """Do it to the record, in place. It is also done to a copy, to see how things stand at the marketplace."""

    def done(self, world: World, action: Action, record: Record, now: datetime) -> str:
        """What it changes besides its record, once, in the same transaction; what it made, such as an id."""
        return ""
