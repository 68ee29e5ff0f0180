"""The marketplace at work: due actions end, and their records show what was done to them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from backoffice.sandbox.answers import to_json
from backoffice.sandbox.dates import micros
from backoffice.sandbox.market import records, uploads
from backoffice.sandbox.market.actions import COLUMNS, FAILURES, FINAL, Action, later
from backoffice.sandbox.market.kind import Record
from backoffice.sandbox.market.kinds import KINDS
from backoffice.sandbox.market.words import text_of

if TYPE_CHECKING:
    from backoffice.sandbox.world import World

AT_ONCE = 200  # actions of one transaction: calls that come meanwhile wait for it


def settle(world: World) -> int:
    """Do what has become due by now, whether or not the world is alive; tells how many actions ended."""
    ended = 0
    while (batch := _batch(world)) is not None:
        ended += batch
    return ended


def settle_now(world: World) -> int:
    """End every action that ever will, without waiting; tells how many. What they do keeps its delay."""
    with world.store.lock:
        world.store.change("UPDATE actions SET due_at = 0 WHERE due_at IS NOT NULL AND status NOT IN (?, ?, ?)", FINAL)
        return settle(world)


def carry_out(world: World, action_id: str) -> Action:
    """End a new action at once and show what it did, for a call that answers only then; the action as it ended.

    To be called within the transaction that took it. No script makes such a call wait.
    """
    now = world.clock.now()
    _end(world, _found(world, action_id), now)
    ended = _found(world, action_id)
    if ended.due_at is not None:
        _show(world, ended, now)
    return _found(world, action_id)


def _found(world: World, action_id: str) -> Action:
    found = world.store.rows(f"SELECT {COLUMNS} FROM actions WHERE id = ?", (action_id,))  # noqa: S608 -- constant names
    return Action(*found[0])


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
    script, kind = action.scripted(), KINDS[action.kind]
    code = (
        script.code
        or kind.fault(_as_the_marketplace_has_it(world, action), action.asked(), world.switches)
        or kind.obstacle(world, action)
    )
    errors, due_at = [], None
    if code is None:
        due_at = later(world, now, world.switches.show_seconds)
    else:
        message = (script.message if script.code else None) or text_of(code, action.channel_id)
        errors = [{"code": code, "message": message}]
        uploads.forget(world.store, action.id)
    world.store.change(
        "UPDATE actions SET status = ?, errors = ?, updated_at = ?, due_at = ? WHERE number = ?",
        (FAILURES[action.family] if errors else "SUCCESS", to_json(errors), micros(now), due_at, action.number),
    )
    if due_at is not None and due_at <= micros(now):
        _show(world, action, now)


def _show(world: World, action: Action, now: datetime) -> None:
    record, kind = _record(world, action), KINDS[action.kind]
    kind.apply(record, action.asked(), action.scripted(), now)
    if kind.touches:
        records.touch(record, now)
    result = kind.done(world, action, record, now)
    if kind.touches:
        records.save(world.store, record)
    uploads.forget(world.store, action.id)
    sql = "UPDATE actions SET due_at = NULL, shown_at = ?, result = ? WHERE number = ?"
    world.store.change(sql, (micros(now), result, action.number))


def _as_the_marketplace_has_it(world: World, action: Action) -> Record:
    """The record with what was done to it already, though Connect does not show it yet."""
    record = _record(world, action)
    unshown = "target = ? AND status = 'SUCCESS' AND due_at IS NOT NULL"
    sql = f"SELECT {COLUMNS} FROM actions WHERE {unshown} ORDER BY number"  # noqa: S608 -- constant names
    for earlier in (Action(*found) for found in world.store.rows(sql, (action.target,))):
        KINDS[earlier.kind].apply(record, earlier.asked(), earlier.scripted(), world.clock.now())
    return record


def _record(world: World, action: Action) -> Record:
    """The target of an action; as no record is ever taken away, it is there."""
    record = records.find(world.store, KINDS[action.kind].table, action.target)
    assert record is not None
    return record
