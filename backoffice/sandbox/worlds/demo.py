"""The world `demo`: always the same orders, their dates counted back from now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from backoffice.sandbox.dates import micros, written
from backoffice.sandbox.market.scripts import Script
from backoffice.sandbox.store import StoredOrder
from backoffice.sandbox.worlds.building import Wish, build_order
from backoffice.sandbox.worlds.channels import CHANNELS
from backoffice.sandbox.worlds.moves import Json, permit
from backoffice.sandbox.worlds.placing import stored
from backoffice.sandbox.worlds.twists import TWISTS

HOUR = timedelta(hours=1)
DAY = 24.0


@dataclass(frozen=True)
class Group:
    """So many orders of one status, changed `newest` to `oldest` hours ago, about `lag` hours after they began."""

    count: int
    status: str
    newest: float
    oldest: float
    lag: float = 0
    reason: str = ""


PLAN = (
    Group(9, "AWAITING_FRAUD_CHECK", 0.1, 5),
    Group(42, "AWAITING_ACCEPTANCE", 0.05, 46),
    Group(14, "AWAITING_PAYMENT", 0.1, 20, 4),
    Group(76, "AWAITING_SHIPMENT", 0.2, 2.5 * DAY, 6),
    Group(64, "SHIPPED", 1, 3.9 * DAY, 1.5 * DAY),
    Group(62, "DELIVERED", 3, 13.5 * DAY, 5 * DAY),
    Group(9, "CHANNEL_SPECIFIC", 2, 9 * DAY, DAY),
    Group(1, "AWAITING_PICKUP", 3, 4, DAY),  # a status that no document knows
    Group(26, "CLOSED", 6, 62 * DAY, 20 * DAY, "AUTOMATICALLY_CLOSED"),
    Group(8, "CLOSED", 5, 40 * DAY, 2 * DAY, "CANCELED"),
    Group(8, "CLOSED", 5, 45 * DAY, 9 * DAY, "REFUNDED"),
    Group(6, "CLOSED", 8, 20 * DAY, 20, "REFUSED"),
    Group(4, "CLOSED", 1, 15 * DAY, 48, "ACCEPTANCE_TIMEOUT"),
    Group(3, "CLOSED", 10, 18 * DAY, 3, "FRAUD_CHECK_FAILED"),
    Group(2, "CLOSED", 10, 12 * DAY, 24, "FRAUD_CHECK_TIMEOUT"),
    Group(3, "CLOSED", 4, 16 * DAY, 5, "REFUSED_PAYMENT"),
    Group(3, "CLOSED", 9, 25 * DAY, 72, "PAYMENT_TIMEOUT"),
)


# Every seventh order to accept, beginning with the third, cannot be accepted; where something passes, only at first.
UNWILLING = (
    Script(kind="ACCEPT", code="OUT_OF_STOCK", times=None),
    Script(kind="ACCEPT", code="UNAVAILABLE"),
    Script(kind="ACCEPT", code="INVALID_PRODUCT_ID", times=None),
    Script(kind="ACCEPT", code="SYNCHRONIZATION_DEACTIVATED", times=None),
    Script(kind="ACCEPT", code="UNEXPECTED"),
    Script(kind="ACCEPT", code="OTHER", times=None),
)
# Every twelfth order to ship, beginning with the fourth, cannot be shipped, in the same way.
UNSHIPPABLE = (
    Script(kind="CREATE_SHIPMENT", code="CARRIER_NOT_SUPPORTED"),  # another try, with another carrier, is taken
    Script(kind="CREATE_SHIPMENT", code="UNAVAILABLE"),
    Script(kind="CREATE_SHIPMENT", code="ORDER_IN_WRONG_STATE", times=None),
    Script(kind="CREATE_SHIPMENT", code="SYNCHRONIZATION_DEACTIVATED", times=None),
    Script(kind="CREATE_SHIPMENT", code="TOO_MANY_REQUEST"),
)


def orders(now: datetime) -> list[StoredOrder]:
    """The rows of the world, oldest first. The same for the same `now`."""
    rng = Random("demo")  # noqa: S311 -- the same world every time
    now = now.replace(microsecond=0)
    drafts = sorted(_dated(rng, now), key=lambda draft: draft[1])
    made = [_made(rng, number, *draft) for number, draft in enumerate(drafts, 1)]
    _twist(rng, now, made)
    return [_row(order, now, position) for position, order in enumerate(made)]


def scripts(order_ids: Mapping[str, Sequence[str]]) -> list[tuple[str, Script]]:
    """Order and script, given the orders of each status, oldest first."""
    to_accept, to_ship = order_ids["AWAITING_ACCEPTANCE"], order_ids["AWAITING_SHIPMENT"]
    return [
        *zip(to_accept[2::7], UNWILLING, strict=True),
        *zip(to_ship[3::12], UNSHIPPABLE, strict=False),
    ]


def _dated(rng: Random, now: datetime) -> list[tuple[Group, datetime, datetime]]:
    """Group, start and last change of every order."""
    found: list[tuple[Group, datetime, datetime]] = []
    for group in PLAN:
        for step in range(group.count):
            share = (step + rng.random()) / group.count
            updated_at = now - HOUR * (group.newest + (group.oldest - group.newest) * share)
            found.append((group, updated_at - HOUR * group.lag * rng.uniform(0.7, 1.0), updated_at))
    return found


def _made(rng: Random, number: int, group: Group, created_at: datetime, updated_at: datetime) -> Json:
    channel = rng.choices(CHANNELS, (5, 4, 4))[0]
    order = build_order(rng, number, Wish(channel, created_at.replace(microsecond=0), group.status, group.reason))
    order["updated_at"] = written(updated_at)
    order["channel_updated_at"] = written(updated_at - timedelta(seconds=rng.randint(1, 90)))
    return order


def _twist(rng: Random, now: datetime, made: list[Json]) -> None:
    """Give each oddity to orders that have none yet, spread over the age of the world."""
    plain = list(made)
    rng.shuffle(plain)
    for twist in TWISTS:
        fitting = [order for order in plain if twist.fits(order)]
        for order in fitting[: twist.count]:
            plain.remove(order)
            twist.apply(order, rng, now)
            permit(order)


def _row(order: Json, now: datetime, position: int) -> StoredOrder:
    """Checks and payments that would be over in minutes take hours here, or the world would start without any."""
    row = stored(order)
    if order["status"] in ("AWAITING_FRAUD_CHECK", "AWAITING_PAYMENT"):
        return row._replace(moves_at=micros(now + timedelta(minutes=20 + 37 * (position % 24))))
    return row
