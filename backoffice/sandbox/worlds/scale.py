"""The worlds `scale:N`: many orders of about 2 kB, made fast out of a few hundred whole ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from backoffice.sandbox.answers import to_json
from backoffice.sandbox.dates import micros, written
from backoffice.sandbox.store import StoredOrder
from backoffice.sandbox.worlds.building import Wish, build_order
from backoffice.sandbox.worlds.channels import CHANNELS

MODELS = 400
SPREAD = timedelta(days=25)  # the newest change is now, the oldest so long ago: a reader's default window holds all
STATUSES = ("AWAITING_ACCEPTANCE", "AWAITING_SHIPMENT", "SHIPPED", "DELIVERED", "CLOSED")

CREATED = datetime(2001, 1, 1, tzinfo=UTC)
UPDATED, DEADLINE = CREATED + timedelta(days=100), CREATED + timedelta(days=200)


def orders(now: datetime, count: int) -> Iterator[StoredOrder]:
    """The rows, oldest change first."""
    models = [_Model(number) for number in range(MODELS)]
    for number in range(count):
        yield models[number % MODELS].order(number, now - SPREAD * ((count - 1 - number) / count))


class _Model:
    """The text of one order, cut where the order number stands."""

    def __init__(self, number: int) -> None:
        rng = Random(f"scale {number}")  # noqa: S311 -- the same world every time
        self.status = rng.choice(STATUSES)
        lines = rng.choices((1, 2, 3, 4, 5), (30, 30, 20, 12, 8))[0]
        self._channel = CHANNELS[number % len(CHANNELS)]
        order = build_order(rng, number, Wish(self._channel, CREATED, self.status, lines=lines))
        order["updated_at"] = written(UPDATED)
        order["shipping_info"]["shipping_deadline"] = written(DEADLINE)
        order["shipping_info"].pop("delivery_date", None)
        for line in order["order_lines"]:
            for tax in [*line["taxes"], *line["shipping_taxes"]]:
                tax.pop("channel_collectible", None)
                tax.pop("seller_collectible", None)
        self._pieces = to_json(order).split(str(483000 + number).encode())

    def order(self, number: int, updated_at: datetime) -> StoredOrder:
        digits = str(1_000_000 + number)
        text = digits.encode().join(self._pieces)
        created_at = (updated_at - timedelta(hours=number % 200)).replace(microsecond=0)
        for placeholder, moment in (
            (UPDATED, updated_at),
            (DEADLINE, created_at + timedelta(days=3)),
            (CREATED, created_at),
        ):
            text = text.replace(written(placeholder).encode(), written(moment).encode())
        order_id = f"{self._channel.id}_{self._channel.prefix}{digits}-A"
        as_written = micros(updated_at) // 1000 * 1000  # the text has milliseconds
        return StoredOrder(order_id, as_written, self.status, "FULFILLED_BY_SELLER", None, text)
