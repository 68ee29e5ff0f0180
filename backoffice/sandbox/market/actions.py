"""The actions that were taken, as rows of the state file (domain.md §2.5)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import msgspec

from backoffice.sandbox.answers import from_json, to_json
from backoffice.sandbox.calls import Call
from backoffice.sandbox.dates import micros, moment_of, written
from backoffice.sandbox.market.kind import Json
from backoffice.sandbox.market.scripts import FOR_EVER, Script

if TYPE_CHECKING:
    from backoffice.sandbox.store import Store
    from backoffice.sandbox.world import World

Family = Literal["order", "conversation"]
FAILURES: dict[str, str] = {"order": "FAILED", "conversation": "ERROR"}  # the two families have a word each
FINAL = ("SUCCESS", "FAILED", "ERROR")
LONGEST = 100 * 365 * 86400.0  # seconds; a tiny speed must not lead out of the calendar


class Action(NamedTuple):
    """Moments in microseconds. `due_at`: when it ends, or, ended well, when the order shows it; None: never, or all is
    done."""

    number: int
    id: str
    family: str
    target: str  # the id of the record that the kind changes
    order_id: str
    channel_id: str
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
    result: str = ""  # what it made, such as the id of a conversation

    def asked(self) -> Json:
        asked: Json = from_json(self.body)
        return asked

    def scripted(self) -> Script:
        return msgspec.json.decode(self.script, type=Script | None) or Script()


COLUMNS = ", ".join(Action._fields)


@dataclass(frozen=True)
class Aim:
    """What an action is about. `target` is the id of the record that its kind changes; the order's id may be empty."""

    target: str
    order_id: str
    channel_id: str
    family: Family = "order"


def at_order(order: Json, family: Family = "order") -> Aim:
    return Aim(order["id"], order["id"], channel_of(order), family)


def take(call: Call, aim: Aim, kind: str, body: Json) -> str:
    """Store a new action and the call that asked for it; its id. To be called within a transaction."""
    world, action_id = call.world, str(uuid.uuid4())
    script = world.scripts.strike(aim, kind, body, seed=world.switches.seed)
    world.writes.taken(call, action_id)
    word = script.word if script and script.outcome == "unknown-word" else "PENDING"
    now = micros(call.now)
    values: dict[str, Any] = {
        "id": action_id,
        "family": aim.family,
        "target": aim.target,
        "order_id": aim.order_id,
        "channel_id": aim.channel_id,
        "kind": kind,
        "body": to_json(body),
        "request_id": call.request_id,
        "script": to_json(script),
        "status": word,
        "errors": b"[]",
        "created_at": now,
        "updated_at": now,
        "due_at": _due_at(world, script, call.now),
    }
    world.store.insert("actions", values)
    return action_id


def channel_of(record: Json) -> str:
    """Of an order, a return or a conversation."""
    origin = record.get("origin")
    return str(origin.get("channel_id", "")) if isinstance(origin, dict) else ""


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


def find(store: Store, action_id: str, family: Family) -> Action | None:
    sql = f"SELECT {COLUMNS} FROM actions WHERE id = ? AND family = ?"  # noqa: S608 -- constant names
    found = store.rows(sql, (action_id, family))
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
