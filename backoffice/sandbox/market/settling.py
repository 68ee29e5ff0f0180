"""The marketplace at work: due actions end, and orders show what was done to them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from backoffice.sandbox.answers import from_json, to_json
from backoffice.sandbox.dates import micros
from backoffice.sandbox.market import acceptance
from backoffice.sandbox.market.actions import COLUMNS, FINAL, Action, channel_of_order, later
from backoffice.sandbox.market.words import text_of
from backoffice.sandbox.store import StoredOrder
from backoffice.sandbox.worlds.moves import Json
from backoffice.sandbox.worlds.placing import stored, touch

if TYPE_CHECKING:
    from backoffice.sandbox.world import World

AT_ONCE = 200  # actions of one transaction: calls that come meanwhile wait for it
KINDS = {"ACCEPT": acceptance}


def settle(world: World) -> int:
    """Do what has become due by now, whether or not the world is alive; tells how many actions ended."""
    ended = 0
    while (batch := _batch(world)) is not None:
        ended += batch
    return ended


def settle_now(world: World) -> int:
    """End every action that ever will, without waiting; tells how many. What they do to the orders keeps its delay."""
    with world.store.lock:
        world.store.change("UPDATE actions SET due_at = 0 WHERE due_at IS NOT NULL AND status NOT IN (?, ?)", FINAL)
        return settle(world)


def _batch(world: World) -> int | None:
    """The next due actions, in one transaction; None when nothing is due."""
    with world.store.lock:
        now = world.clock.now()
        sql = f"SELECT {COLUMNS} FROM actions WHERE due_at <= ? ORDER BY due_at, number LIMIT ?"  # noqa: S608 -- constant names
        due = [Action(*row) for row in world.store.rows(sql, (micros(now), AT_ONCE))]
        if not due:
            return None
        with world.store.transaction():
            for action in due:
                if action.status in FINAL:
                    _show(world, action, now)
                else:
                    _end(world, action, now)
    return sum(action.status not in FINAL for action in due)


def _end(world: World, action: Action, now: datetime) -> None:
    script, order = action.scripted(), _as_the_marketplace_has_it(world, action.order_id)
    code = script.code or KINDS[action.kind].fault(order, action.asked(), strict=world.switches.strict_decisions)
    errors, due_at = [], None
    if code is None:
        due_at = later(world, now, world.switches.show_seconds)
    else:
        message = (script.message if script.code else None) or text_of(code, channel_of_order(order))
        errors = [{"code": code, "message": message}]
    world.store.change(
        "UPDATE actions SET status = ?, errors = ?, updated_at = ?, due_at = ? WHERE number = ?",
        ("FAILED" if errors else "SUCCESS", to_json(errors), micros(now), due_at, action.number),
    )
    if due_at is not None and due_at <= micros(now):
        _show(world, action, now)


def _show(world: World, action: Action, now: datetime) -> None:
    row, order = _order(world, action.order_id)
    KINDS[action.kind].apply(order, action.asked(), action.scripted().to)
    touch(order, row, now)
    world.store.put_orders([stored(order)])
    world.store.change("UPDATE actions SET due_at = NULL, shown_at = ? WHERE number = ?", (micros(now), action.number))


def _as_the_marketplace_has_it(world: World, order_id: str) -> Json:
    """The order with what was done to it already, though Connect does not show it yet."""
    _, order = _order(world, order_id)
    unshown = "order_id = ? AND status = 'SUCCESS' AND due_at IS NOT NULL"
    sql = f"SELECT {COLUMNS} FROM actions WHERE {unshown} ORDER BY number"  # noqa: S608 -- constant names
    for earlier in (Action(*found) for found in world.store.rows(sql, (order_id,))):
        KINDS[earlier.kind].apply(order, earlier.asked(), earlier.scripted().to)
    return order


def _order(world: World, order_id: str) -> tuple[StoredOrder, Json]:
    """The order of an action; as no order is ever taken away, it is there. One put in as raw text may lack anything."""
    row = world.store.order(order_id)
    assert row is not None
    found = from_json(row.body)
    return row, {"id": row.id, "status": row.status, **(found if isinstance(found, dict) else {})}
