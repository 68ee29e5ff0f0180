"""The world `trouble`: few orders, each of which goes wrong in its own way, the oldest first.

- To accept: the end of each acceptance is in `ACCEPTANCES`, then a partner's order, then a few that end well.
- To ship: on the oldest v2-createShipment ends as the first of `SHIPMENTS` says, and so on; of the same orders
  v2-cancelOrderLines ends as `CANCELATIONS` says. After both lists come an order of a partner and two that end well, as
  far as their channel's demands are met (worlds/channels.py).
- Shipped: v2-refundOrderLines ends as `REFUNDS` says, then as above.

What only passes by is taken at the second attempt.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from backoffice.sandbox.dates import written
from backoffice.sandbox.market.scripts import KindName, Script, failing
from backoffice.sandbox.market.words import CODES
from backoffice.sandbox.store import StoredOrder
from backoffice.sandbox.worlds.building import Wish, build_order
from backoffice.sandbox.worlds.channels import CHANNELS
from backoffice.sandbox.worlds.moves import permit
from backoffice.sandbox.worlds.placing import stored
from backoffice.sandbox.worlds.twists import by_partner

STEP = timedelta(minutes=50)  # between two orders of a kind; the oldest to accept is still within its 48 hours


def _ends(kind: KindName, codes: Iterable[str]) -> tuple[Script, ...]:
    """Every code, and what else an id may do that was given for an action."""
    return (
        *(failing(code, kind) for code in codes),
        Script(kind=kind, outcome="slow", seconds=300),
        Script(kind=kind, outcome="forget", times=None),
        Script(kind=kind, outcome="pending-for-ever", times=None),
    )


ACCEPTANCES = (
    *(failing(code, "ACCEPT") for code in CODES),
    Script(kind="ACCEPT", code="ACTION_NOT_SUPPORTED", mixed=True, times=None),
    Script(kind="ACCEPT", outcome="slow", seconds=300),
    Script(kind="ACCEPT", outcome="forget", times=None),
    Script(kind="ACCEPT", outcome="forget", code="OUT_OF_STOCK", times=None),
    Script(kind="ACCEPT", outcome="pending-for-ever", times=None),
    Script(kind="ACCEPT", outcome="unknown-word", times=None),
    Script(kind="ACCEPT", outcome="unknown-word", seconds=300),
    Script(
        kind="ACCEPT", code="CHANNEL_ON_HOLIDAY", message="Wir machen Betriebsferien.", times=None
    ),  # a code that no document knows
)
# Codes that say nothing about a verb are left out: nobody cancels for want of a carrier.
_OF_PARCELS = ("CARRIER_NOT_SUPPORTED", "MISSING_CARRIER", "WAREHOUSE_ID_REQUIRED", "WAREHOUSE_ID_NOT_FOUND")
SHIPMENTS = _ends("CREATE_SHIPMENT", (code for code in CODES if code != "RETURN_IN_WRONG_STATE"))
CANCELATIONS = _ends(
    "CANCEL", (code for code in CODES if code not in (*_OF_PARCELS, "RETURN_IN_WRONG_STATE", "PAYMENT_REQUIRED"))
)
REFUNDS = (
    *_ends("REFUND", (code for code in CODES if code not in (*_OF_PARCELS, "OUT_OF_STOCK", "RETURN_IN_WRONG_STATE"))),
    Script(kind="REFUND", code="OTHER", message="The balance of your shop does not cover this refund.", times=None),
)


@dataclass(frozen=True)
class Group:
    """Orders of one status: so many go wrong, then comes a partner's, then some that nothing happens to."""

    status: str
    wrong: int
    well: int
    number: int  # of the first: ids stay apart from those of other groups

    @property
    def count(self) -> int:
        return self.wrong + 1 + self.well


GROUPS = (
    Group("AWAITING_ACCEPTANCE", len(ACCEPTANCES), 4, 1),
    Group("AWAITING_SHIPMENT", len(SHIPMENTS), 2, 101),
    Group("SHIPPED", len(REFUNDS), 2, 201),
)


def orders(now: datetime) -> list[StoredOrder]:
    """The rows of the world, of each status the oldest first."""
    return [
        _row(group, position, now - STEP * (group.count - position))
        for group in GROUPS
        for position in range(group.count)
    ]


def _row(group: Group, position: int, created_at: datetime) -> StoredOrder:
    number = group.number + position
    rng = Random(f"trouble {number - 1}")  # noqa: S311 -- the same world every time
    created_at = created_at.replace(microsecond=0)
    channel = CHANNELS[(number - 1) % len(CHANNELS)]
    order = build_order(rng, number, Wish(channel, created_at, group.status, lines=2))
    order["shipping_info"]["shipping_deadline"] = written(created_at + timedelta(days=4))
    if position == group.wrong:
        by_partner(order, rng, created_at)
        permit(order)
    return stored(order)


def scripts(order_ids: Mapping[str, Sequence[str]]) -> list[tuple[str, Script]]:
    """Order and script, given the orders of each status, oldest first."""
    return [
        pair
        for status, ends in (
            ("AWAITING_ACCEPTANCE", ACCEPTANCES),
            ("AWAITING_SHIPMENT", SHIPMENTS),
            ("AWAITING_SHIPMENT", CANCELATIONS),
            ("SHIPPED", REFUNDS),
        )
        for pair in zip(order_ids[status], ends, strict=False)
    ]
