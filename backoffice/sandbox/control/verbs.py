"""What can be done to a world. Each verb takes a JSON object; wrong ones raise ValueError, TypeError,
ArithmeticError or LookupError."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from backoffice.sandbox.dates import written
from backoffice.sandbox.faults import Fault
from backoffice.sandbox.operations import NAMES
from backoffice.sandbox.world import World
from backoffice.sandbox.worlds import placing
from backoffice.sandbox.worlds.life import tick

MOST_AT_ONCE = 1000


def place(world: World, fields: dict[str, Any]) -> Any:
    return placing.place_order(world, **fields)


def place_many(world: World, fields: dict[str, Any]) -> Any:
    """`count`, and fields as of one order."""
    count = int(fields.pop("count"))
    if not 1 <= count <= MOST_AT_ONCE:
        raise ValueError(f"Between 1 and {MOST_AT_ONCE} orders can be placed at once.")
    return [order["id"] for order in placing.place_orders(world, count, **fields)]


def update(world: World, fields: dict[str, Any]) -> Any:
    """`order_id`, and the fields to change."""
    return placing.update_order(world, fields.pop("order_id"), **fields)


def put_raw(world: World, fields: dict[str, Any]) -> Any:
    """`text`; `order_id` and `updated_at` where the text has none to read."""
    placing.put_raw_order(world, fields.pop("text"), **fields)
    return {}


def advance(world: World, fields: dict[str, Any]) -> Any:
    now = world.clock.advance(float(fields["seconds"]))
    tick(world)
    return {"now": written(now)}


def fault(world: World, fields: dict[str, Any]) -> Any:
    scripted = msgspec.convert(fields, Fault)
    if scripted.operation not in NAMES:
        raise ValueError(f"There is no operation {scripted.operation[:40]!r}: {', '.join(NAMES)}.")
    if scripted.times is not None and scripted.times < 1:
        raise ValueError("times is 1 or more, or null for a fault without an end.")
    world.faults.add(scripted)
    return scripted


def clear_faults(world: World, fields: dict[str, Any]) -> Any:
    world.faults.clear()
    return {}


def revoke_tokens(world: World, fields: dict[str, Any]) -> Any:
    return {"revoked": world.tokens.revoke_all()}


def configure(world: World, fields: dict[str, Any]) -> Any:
    world.switches.change(**fields)
    world.frequency.forget()
    return world.switches


def clear_journal(world: World, fields: dict[str, Any]) -> Any:
    world.journal.clear()
    return {}


VERBS: dict[str, Callable[[World, dict[str, Any]], Any]] = {
    "place": place,
    "place-many": place_many,
    "update": update,
    "put-raw": put_raw,
    "advance": advance,
    "fault": fault,
    "clear-faults": clear_faults,
    "revoke-tokens": revoke_tokens,
    "configure": configure,
    "clear-journal": clear_journal,
}
VIEWS: dict[str, Callable[[World], Any]] = {
    "state": World.state,
    "journal": lambda world: world.journal.entries(),
}
