"""The world `trouble`: few orders to accept, each of which goes wrong in its own way, the oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from backoffice.sandbox.dates import written
from backoffice.sandbox.market.scripts import Script
from backoffice.sandbox.market.words import CODES
from backoffice.sandbox.store import StoredOrder
from backoffice.sandbox.worlds.building import Wish, build_order
from backoffice.sandbox.worlds.channels import CHANNELS
from backoffice.sandbox.worlds.moves import permit
from backoffice.sandbox.worlds.placing import stored
from backoffice.sandbox.worlds.twists import by_partner

PASSING = ("UNEXPECTED", "UNAVAILABLE", "TOO_MANY_REQUEST")  # the second attempt is taken
STEP = timedelta(minutes=50)  # between two orders; the oldest is still within its 48 hours

ENDS = (
    *(Script(code=code, times=1 if code in PASSING else None) for code in CODES),
    Script(code="ACTION_NOT_SUPPORTED", mixed=True, times=None),
    Script(outcome="slow", seconds=300),
    Script(outcome="forget", times=None),
    Script(outcome="forget", code="OUT_OF_STOCK", times=None),
    Script(outcome="pending-for-ever", times=None),
    Script(outcome="unknown-word", times=None),
    Script(outcome="unknown-word", seconds=300),
    Script(
        code="CHANNEL_ON_HOLIDAY", message="Wir machen Betriebsferien.", times=None
    ),  # a code that no document knows
)
WELL = 4  # orders at the end that nothing happens to; the partner's order before them fails without a script


def orders(now: datetime) -> list[StoredOrder]:
    """The rows of the world, oldest first."""
    count = len(ENDS) + 1 + WELL
    return [_row(number, now - STEP * (count - number)) for number in range(count)]


def _row(number: int, created_at: datetime) -> StoredOrder:
    rng = Random(f"trouble {number}")  # noqa: S311 -- the same world every time
    created_at = created_at.replace(microsecond=0)
    order = build_order(rng, number + 1, Wish(CHANNELS[number % len(CHANNELS)], created_at, lines=2))
    order["shipping_info"]["shipping_deadline"] = written(created_at + timedelta(days=4))
    if number == len(ENDS):
        by_partner(order, rng, created_at)
        permit(order)
    return stored(order)


def scripts(order_ids: Sequence[str]) -> list[tuple[str, Script]]:
    """Order and script, given the orders to accept, oldest first."""
    return list(zip(order_ids, ENDS, strict=False))
