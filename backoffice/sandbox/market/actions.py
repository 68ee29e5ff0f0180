"""The actions that were taken, as rows of the state file (domain.md §2.5)."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from backoffice.sandbox.answers import from_json, to_json
from backoffice.sandbox.calls import Call
from backoffice.sandbox.dates import micros, moment_of, written
from backoffice.sandbox.market.scripts import FOR_EVER, Script
from backoffice.sandbox.worlds.moves import Json

if TYPE_CHECKING:
    from backoffice.sandbox.store import Store
    from backoffice.sandbox.world import World

FINAL = ("SUCCESS", "FAILED")
LONGEST = 100 * 365 * 86400.0  # seconds; a tiny speed must not lead out of the calendar


class Action(NamedTuple):
    """Moments in microseconds. `due_at`: when it ends, or, ended well, when the order shows it; None: never, or all is
    done."""

    number: int
    id: str
    order_id: str
    kind: str
    body: bytes  # JSON: what was asked
    request_id: str  # of the call that it was taken from
    script: bytes  # JSON: the script that struck it, or null
    status: str
    errors: bytes  # JSON
    created_at: int
    updated_at: int
    due_at: int | None
    shown_at: int | None

    def asked(self) -> Json:
        asked: Json = from_json(self.body)
        return asked

    def scripted(self) -> Script:
        return msgspec.json.decode(self.script, type=Script | None) or Script()


COLUMNS = ", ".join(Action._fields)


def take(call: Call, order: Json, kind: str, body: Json) -> str:
    """Store a new action and the call that asked for it; its id. To be called within a transaction."""
    world, order_id, action_id = call.world, order["id"], str(uuid.uuid4())
    script = world.scripts.strike(order_id, channel_of_order(order), body, seed=world.switches.seed)
    world.writes.taken(call, action_id)
    world.store.change(
        f"INSERT INTO actions ({COLUMNS.removeprefix('number, ')}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",  # noqa: S608 -- constant names
        (
            action_id,
            order_id,
            kind,
            to_json(body),
            call.request_id,
            to_json(script),
            script.word if script and script.outcome == "unknown-word" else "PENDING",
            b"[]",
            micros(call.now),
            micros(call.now),
            _due_at(world, script, call.now),
        ),
    )
    return action_id


def channel_of_order(order: Json) -> str:
    return str((order.get("origin") or {}).get("channel_id", ""))


def _due_at(world: World, script: Script | None, now: datetime) -> int | None:
    seconds = script.seconds if script else None
    if seconds is None:
        if script and script.outcome in FOR_EVER:
            return None
        seconds = world.switches.settle_seconds
    return later(world, now, seconds)


def later(world: World, now: datetime, seconds: float) -> int:
    """So many of the marketplace's seconds from now, as the state file has it."""
    return micros(now + timedelta(seconds=min(seconds / world.switches.speed, LONGEST)))


def find(store: Store, action_id: str) -> Action | None:
    found = store.rows(f"SELECT {COLUMNS} FROM actions WHERE id = ?", (action_id,))  # noqa: S608 -- constant names
    return Action(*found[0]) if found else None


def listed(store: Store, *, after: int = 0, limit: int = -1) -> list[dict[str, Any]]:
    """For tests and for a person, oldest first."""
    rows = store.rows(f"SELECT {COLUMNS} FROM actions WHERE number > ? ORDER BY number LIMIT ?", (after, limit))  # noqa: S608 -- constant names
    return [_shown(Action(*row)) for row in rows]


def last(store: Store, count: int) -> list[dict[str, Any]]:
    """The newest first."""
    rows = store.rows(f"SELECT {COLUMNS} FROM actions ORDER BY number DESC LIMIT ?", (count,))  # noqa: S608 -- constant names
    return [_shown(Action(*row)) for row in rows]


def _shown(action: Action) -> dict[str, Any]:
    texts = {name: from_json(getattr(action, name)) for name in ("body", "script", "errors")}
    moments = {name: getattr(action, name) for name in ("created_at", "updated_at", "due_at", "shown_at")}
    told = {name: None if moment is None else written(moment_of(moment)) for name, moment in moments.items()}
    return {**action._asdict(), **texts, **told}
