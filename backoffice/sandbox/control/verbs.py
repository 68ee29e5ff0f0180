"""What can be done to a world. Each verb takes a JSON object; wrong ones raise ValueError, TypeError,
ArithmeticError or LookupError."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from werkzeug.datastructures import MultiDict

from backoffice.sandbox.connect import reporting
from backoffice.sandbox.control import nesting
from backoffice.sandbox.dates import written
from backoffice.sandbox.faults import Fault
from backoffice.sandbox.market import actions, catalogue, messaging, settling, shipping
from backoffice.sandbox.market.scripts import Script
from backoffice.sandbox.operations import NAMES
from backoffice.sandbox.world import World
from backoffice.sandbox.worlds import placing
from backoffice.sandbox.worlds.customers import writing
from backoffice.sandbox.worlds.life import tick
from backoffice.sandbox.worlds.papers import adding, filing
from backoffice.sandbox.worlds.returning import opening

MOST_AT_ONCE = 1000
MOST_ROWS = 1000  # of one page of a view


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


def order_step(world: World, fields: dict[str, Any]) -> Any:
    """`order_id`; the status that comes next by itself, or `status` and `status_reason`."""
    return placing.step_order(world, fields.pop("order_id"), **fields)


def put_raw(world: World, fields: dict[str, Any]) -> Any:
    """`text`; `order_id` and `updated_at` where the text has none to read."""
    text = fields.pop("text")
    nesting.read(text)
    placing.put_raw_order(world, text, **fields)
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


def script_action(world: World, fields: dict[str, Any]) -> Any:
    script = msgspec.convert(fields, Script)
    script.check(world.store)
    world.scripts.add(script)
    return script


def clear_scripts(world: World, fields: dict[str, Any]) -> Any:
    world.scripts.clear()
    return {}


def settle(world: World, fields: dict[str, Any]) -> Any:
    return {"settled": settling.settle_now(world)}


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


def put_product(world: World, fields: dict[str, Any]) -> Any:
    """A whole product as listProducts shall serve it, however odd: `id` and fields. It replaces a former one."""
    if not isinstance(fields["id"], str):
        raise ValueError("The id of a product is a text.")  # noqa: TRY004 -- the verbs tell bad values by ValueError
    catalogue.put(world.store, fields)
    return fields


def drop_product(world: World, fields: dict[str, Any]) -> Any:
    if not catalogue.drop(world.store, fields["id"]):
        raise LookupError(f"There is no product {fields['id']!r}.")
    return {}


VERBS: dict[str, Callable[[World, dict[str, Any]], Any]] = {
    "place": place,
    "place-many": place_many,
    "update": update,
    "order-step": order_step,
    "put-raw": put_raw,
    "advance": advance,
    "fault": fault,
    "clear-faults": clear_faults,
    "script-action": script_action,
    "clear-scripts": clear_scripts,
    "settle": settle,
    "revoke-tokens": revoke_tokens,
    "configure": configure,
    "clear-journal": clear_journal,
    "open-return": lambda world, fields: opening.open_return(world, **fields),
    "change-return": lambda world, fields: opening.change_return(world, **fields),
    "add-document": lambda world, fields: adding.add_document(world, adding.Given(**fields)),
    "customer-writes": lambda world, fields: writing.customer_writes(world, **fields),
    "channel-writes": lambda world, fields: writing.channel_writes(world, **fields),
    "anonymise-conversation": lambda world, fields: writing.anonymise_conversation(world, fields["conversation_id"]),
    "anonymise-order": lambda world, fields: writing.anonymise_order(world, fields["order_id"]),
    "put-product": put_product,
    "drop-product": drop_product,
}


def _place(args: MultiDict[str, str]) -> dict[str, int]:
    """Where a page of numbered rows begins, and how long it is at most."""
    after, limit = int(args.get("after", 0)), int(args.get("limit", MOST_ROWS))
    if not (0 <= after < 2**63 and 1 <= limit <= MOST_ROWS):
        raise ValueError(f"after is 0 or more, limit a number from 1 to {MOST_ROWS}.")
    return {"after": after, "limit": limit}


def _state(world: World, args: MultiDict[str, str]) -> Any:
    settling.settle(world)
    return world.state()


def _actions(world: World, args: MultiDict[str, str]) -> Any:
    settling.settle(world)
    return actions.listed(world.store, **_place(args))


def _returns(world: World, args: MultiDict[str, str]) -> Any:
    settling.settle(world)
    return opening.listed(world, **_place(args))


def _documents(world: World, args: MultiDict[str, str]) -> Any:
    settling.settle(world)
    return filing.listed(world.store, **_place(args))


def _conversations(world: World, args: MultiDict[str, str]) -> Any:
    settling.settle(world)
    messaging.recognise_orders(world.store, world.clock.now())
    return writing.listed(world, **_place(args))


def _products(world: World, args: MultiDict[str, str]) -> Any:
    catalogue.settle(world)
    return catalogue.listed(world.store, **_place(args))


def _shipments(world: World, args: MultiDict[str, str]) -> Any:
    settling.settle(world)
    return shipping.listed(world.store, **_place(args))


View = Callable[[World, MultiDict[str, str]], Any]
VIEWS: dict[str, View] = {
    "state": _state,
    "journal": lambda world, args: world.journal.entries(),
    "actions": _actions,
    "shipments": _shipments,
    "reports": lambda world, args: reporting.listed(world.store, **_place(args)),
    "returns": _returns,
    "documents": _documents,
    "conversations": _conversations,
    "products": _products,
    "writes": lambda world, args: world.writes.listed(**_place(args)),
}
