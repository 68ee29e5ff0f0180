"""The returns of the world `demo`: always the same of the same orders, their dates counted back from now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from backoffice.sandbox.answers import from_json
from backoffice.sandbox.dates import parse
from backoffice.sandbox.worlds import moves
from backoffice.sandbox.worlds.building import Wish as OrderWish
from backoffice.sandbox.worlds.building import build_order
from backoffice.sandbox.worlds.channels import CHANNELS
from backoffice.sandbox.worlds.moves import Json, lines_of
from backoffice.sandbox.worlds.returning import opening
from backoffice.sandbox.worlds.returning.building import Wish, build_return, return_line

if TYPE_CHECKING:
    from backoffice.sandbox.world import World

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Plan:
    """Returns in one status, whose last change is at most so long ago, and the labels of the first of them."""

    status: str
    count: int
    oldest: timedelta
    labels: tuple[str, ...] = ()


# The ages are within the time after which a channel moves a return on by itself.
PLANS = (
    Plan("REQUEST_INITIATED", 8, 3.5 * DAY),
    Plan("REQUEST_DECLINED", 3, 12 * DAY),
    Plan("OPENED", 9, 11 * DAY, ("pdf", "pdf-two-pages", "png", "jpeg", "broken-pdf", "url", "pdf")),
    Plan("RECEIVED", 4, 12 * DAY, ("pdf",)),
    Plan("CHANNEL_SPECIFIC", 2, 12 * DAY),
)
REFUNDED = 5  # closed returns, of orders whose customers have their money back


def fill(world: World) -> None:
    """Some thirty returns. One is of an order that is in no list, two tell only what the contract requires."""
    rng, now = Random("demo returns"), world.clock.now().replace(microsecond=0)  # noqa: S311 -- the same every time
    delivered = _orders(world, "DELIVERED")
    rng.shuffle(delivered)
    refunded = [order for order in [*_orders(world, "CLOSED"), *delivered] if any(_refunds(order))][:REFUNDED]
    taken = {order["id"] for order in refunded}
    left = iter([order for order in delivered if order["id"] not in taken])
    for plan in PLANS:
        for position in range(plan.count):
            order = _unknown_order(rng, now) if (plan.status, position) == ("OPENED", plan.count - 1) else next(left)
            label = plan.labels[position] if position < len(plan.labels) else None
            _open(world, rng, order, _wish(rng, plan, order, now), label)
    for order in refunded:
        changed = parse(order["updated_at"])
        wish = Wish("CLOSED", changed - 3 * DAY, changed, tuple(_refunds(order)))
        _open(world, rng, order, wish, rng.choice(("pdf", None)))


def _orders(world: World, status: str) -> list[Json]:
    """Of the seller's own, oldest first, and not anonymised."""
    sql = "SELECT body FROM orders WHERE status = ? AND fulfillment_type = 'FULFILLED_BY_SELLER' ORDER BY number"
    found = [from_json(body) for (body,) in world.store.rows(sql, (status,))]
    return [order for order in found if "anonymized_at" not in order]


def _refunds(order: Json) -> Iterator[Json]:
    """What came back, as the refunds of the order say."""
    for line in lines_of(order):
        for adjustment in line["adjustments"]:
            if adjustment["type"] == "REFUND" and adjustment["reason"] == "RETURN":
                yield return_line(line, adjustment["quantity"], "UNWANTED_ITEM")


def _wish(rng: Random, plan: Plan, order: Json, now: datetime) -> Wish:
    """After the order was delivered, and before now."""
    begins = max(parse(order["updated_at"]), now - plan.oldest)
    created_at = begins + (now - begins) * rng.uniform(0.05, 0.4)
    updated_at = created_at if plan.status == "REQUEST_INITIATED" else created_at + (now - created_at) * rng.random()
    bare = rng.random() < 0.1
    return Wish(plan.status, created_at, updated_at, bare=bare)


def _open(world: World, rng: Random, order: Json, wish: Wish, label: str | None) -> None:
    store = world.store
    found = build_return(rng, opening.next_number(store), order, wish)
    if label:
        opening.put_label(store, found, label, wish.updated_at)
    opening.put(store, found)


def _unknown_order(rng: Random, now: datetime) -> Json:
    """One that Connect does not list to the seller."""
    order = build_order(rng, -1000, OrderWish(CHANNELS[0], now - 20 * DAY, "DELIVERED"))
    moves.permit(order)
    return {**order, "updated_at": order["created_at"]}
