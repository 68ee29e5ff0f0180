"""Puts orders into a world and changes them: the hands of the control interface and of a living world."""

from __future__ import annotations

import contextlib
from decimal import Decimal
from random import Random
from typing import Any

from backoffice.sandbox.answers import from_json, to_json
from backoffice.sandbox.dates import micros, parse, written
from backoffice.sandbox.market import records
from backoffice.sandbox.store import StoredOrder
from backoffice.sandbox.world import World
from backoffice.sandbox.worlds import moves
from backoffice.sandbox.worlds.building import Wish, build_order
from backoffice.sandbox.worlds.channels import CHANNELS, channel_of
from backoffice.sandbox.worlds.moves import Json


def place_order(world: World, **fields: Any) -> Json:
    """Store a whole believable order that differs from chance in these top-level fields. Raises ValueError.

    Also `channel_id`, `lines` (how many), `quantity` and `unit_price` (of each). A field given as None is left out.
    Lines given are merged over believable ones by position.
    """
    with world.store.lock:
        order = _new_order(world, world.store.next_number(), fields)
        world.store.put_orders([stored(order)])
    return order


def place_orders(world: World, count: int, **fields: Any) -> list[Json]:
    with world.store.lock:
        number = world.store.next_number()
        orders = [_new_order(world, number + step, fields) for step in range(count)]
        world.store.put_orders([stored(order) for order in orders])
    return orders


def _new_order(world: World, number: int, fields: dict[str, Any]) -> Json:
    fields = dict(fields)
    now = world.clock.now()
    rng = Random(f"order {number}")  # noqa: S311 -- invented customers, no secrets
    channel_id = fields.pop("channel_id", None)
    channel = channel_of(channel_id) if channel_id else CHANNELS[number % len(CHANNELS)]
    wish = Wish(
        channel=channel,
        created_at=parse(fields["created_at"]) if "created_at" in fields else now,
        status=fields.get("status", "AWAITING_ACCEPTANCE"),
        reason=fields.get("status_reason") or "",
        lines=fields.pop("lines", 0) or len(fields.get("order_lines") or ()),
        quantity=_quantity(fields.pop("quantity", 0)),
        unit_price=_unit_price(fields.pop("unit_price", 0)),
    )
    order = build_order(rng, number, wish)
    order["updated_at"] = written(now)
    return merged(order, fields)


def _quantity(value: Any) -> int:
    if isinstance(value, int) and value >= 0:
        return value
    raise ValueError("quantity is a whole number of 0 or more; 0 leaves it to chance.")


def _unit_price(value: Any) -> Decimal:
    with contextlib.suppress(ArithmeticError):
        price = Decimal(value)
        if 0 <= price < 10**9:
            return price
    raise ValueError("unit_price is a number of 0 or more and below 1,000,000,000; 0 leaves it to chance.")


def update_order(world: World, order_id: str, **fields: Any) -> Json:
    """Change top-level fields; `updated_at` moves on unless it is given. Raises LookupError, ValueError.

    A new `status` goes to every line as well, unless `order_lines` says otherwise.
    """
    with world.store.transaction():
        record = records.known(world.store, "orders", order_id)
        if "updated_at" not in fields:
            records.touch(record, world.clock.now())
        if "status" in fields and "order_lines" not in fields:
            for line in moves.lines_of(record.body):
                moves.set_status(line, fields["status"], fields.get("status_reason") or "")
        record.body = merged(record.body, fields)
        records.save(world.store, record)
    return record.body


def step_order(world: World, order_id: str, status: str = "", status_reason: str = "") -> Json:
    """Do what a living world would do next: a payment is confirmed, a parcel arrives, an order is closed.

    With `status` the lines that are not closed go there instead. Raises LookupError, and ValueError for an order that
    waits for its seller.
    """
    with world.store.transaction():
        record = records.known(world.store, "orders", order_id)
        order = record.body
        if status:
            moves.step(order, status, status_reason)
        elif order["status"] in moves.MOVES:
            moves.step(order, moves.MOVES[order["status"]].to, moves.MOVES[order["status"]].reason, alike=True)
        else:
            raise ValueError(f"By itself nothing follows {order['status']}: say the status.")
        records.touch(record, world.clock.now())
        records.save(world.store, record)
    return order


def put_raw_order(world: World, text: str, *, order_id: str | None = None, updated_at: str | None = None) -> None:
    """Store a text that is served verbatim, however odd. Id and moment come from it unless given. Raises ValueError."""
    found = from_json(text)
    known = found if isinstance(found, dict) else {}
    row = StoredOrder(
        id=order_id or _text(known, "id"),
        updated_at=micros(parse(updated_at or _text(known, "updated_at"))),
        status=str(known.get("status")),
        fulfillment_type=moves.fulfillment_type(known),
        moves_at=None,
        body=text.encode(),
    )
    world.store.put_orders([row])


def _text(order: Json, name: str) -> str:
    value = order.get(name)
    if isinstance(value, str):
        return value
    raise ValueError(f"The text has no {name} to find it by: give it beside the text.")


def merged(order: Json, fields: dict[str, Any]) -> Json:
    """The order with these fields; None takes a field away. Lines are merged by position; as many stay as are given."""
    changed = {**order, **fields}
    given = fields.get("order_lines")
    if given is not None:
        own = order.get("order_lines", []) + [{}] * len(given)
        changed["order_lines"] = [{**line, **wanted} for line, wanted in zip(own, given, strict=False)]
    if fields.keys() & {"status", "order_lines", "fulfillment"} and changed.get("order_lines"):
        moves.permit(changed)
    if given is not None:
        pairs = zip(changed["order_lines"], given, strict=True)
        changed["order_lines"] = [_without_none({**line, **wanted}) for line, wanted in pairs]
    return _without_none(changed)


def _without_none(values: Json) -> Json:
    return {name: value for name, value in values.items() if value is not None}


def stored(order: Json, private: bytes = b"{}") -> StoredOrder:
    """The row of an order: its text, what the list filters by, and what only the marketplace knows."""
    return StoredOrder(
        id=order["id"],
        updated_at=micros(parse(order["updated_at"])),
        status=str(order.get("status")),
        fulfillment_type=moves.fulfillment_type(order),
        moves_at=moves.moves_at(order),
        body=to_json(order),
        private=private,
    )
