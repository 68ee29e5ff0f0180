"""Puts returns into a world and changes them: the hands of the control interface and of a living world."""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import TYPE_CHECKING, Any

from backoffice.sandbox.answers import from_json, to_json
from backoffice.sandbox.dates import micros, parse
from backoffice.sandbox.market import records
from backoffice.sandbox.worlds.moves import Json, lines_of
from backoffice.sandbox.worlds.papers import filing, sheets
from backoffice.sandbox.worlds.returning import labels, moves
from backoffice.sandbox.worlds.returning.building import Wish, any_line, build_return

if TYPE_CHECKING:
    from backoffice.sandbox.store import Store
    from backoffice.sandbox.world import World

LABELS = (*sheets.FORMATS, "url")  # url: no document, only a `label_url`


def next_number(store: Store) -> int:
    return int(store.rows("SELECT coalesce(max(number), 0) + 1 FROM returns")[0][0])


def put(store: Store, found: Json, *, updated_at: datetime | None = None) -> None:
    """Insert or overwrite by id. `updated_at` where the return does not tell it: the contract leaves that open."""
    moment = parse(found["updated_at"]) if "updated_at" in found else updated_at
    assert moment is not None
    values = {
        "id": found["id"],
        "order_id": found["order_id"],
        "updated_at": micros(moment),
        "status": str(found["status"]),
        "moves_at": moves.moves_at(found),
        "body": to_json(found),
    }
    names, places = ", ".join(values), ", ".join("?" * len(values))
    renewed = ", ".join(f"{name} = excluded.{name}" for name in values if name != "id")
    sql = f"INSERT INTO returns ({names}) VALUES ({places}) ON CONFLICT (id) DO UPDATE SET {renewed}"  # noqa: S608 -- constant names
    store.change(sql, list(values.values()))


def put_label(store: Store, found: Json, label: str, now: datetime) -> None:
    """Give the return a label: a document of its order, or with `url` a link to one. To be called before `put`.

    Raises ValueError for a format that is none.
    """
    if label == "url":
        found["label_url"] = labels.link(found["id"])
        return
    wanted = sheets.format_of(label)
    name = f"return_label_{found['channel_return_id']}{sheets.suffix(wanted)}"
    content = sheets.made(wanted, labels.sheet(found))
    filing.file(store, found["order_id"], filing.Paper("RETURN_LABEL", name, content), now)


def open_return(world: World, order_id: str, **fields: Any) -> Json:
    """Store a believable return of the order that differs in these top-level fields. Raises LookupError, ValueError.

    Also `lines` (each an order_line_id, quantity and reason, none of which must be given), `reason` (of every line)
    and `label` (a format, or `url`). A field given as None is left out.
    """
    with world.store.transaction():
        order = _order(world, order_id)
        label, reason, wanted = fields.pop("label", None), fields.pop("reason", None), fields.pop("lines", None)
        if label is not None and label not in LABELS:
            raise ValueError(f"There is no label {str(label)[:40]!r}: {', '.join(LABELS)}.")
        number, now = next_number(world.store), world.clock.now()
        rng = Random(f"return {number}")  # noqa: S311 -- the same every time
        lines = _lines(rng, order, [{}] if wanted is None else wanted, reason)
        wish = Wish(str(fields.get("status", "REQUEST_INITIATED")), now, now, tuple(lines))
        found = _merged(build_return(rng, number, order, wish), fields)
        if world.store.rows("SELECT 1 FROM returns WHERE id = ?", (found["id"],)):
            raise ValueError(f"There is a return {found['id']!r} already.")
        if label is not None:
            put_label(world.store, found, label, now)
        put(world.store, found, updated_at=now)
    return found


def _order(world: World, order_id: str) -> Json:
    row = world.store.order(order_id)
    order = from_json(row.body) if row else None
    if not isinstance(order, dict) or not lines_of(order):
        raise LookupError(f"There is no order {order_id!r} with lines.")
    return {**order, "id": order_id}


def _lines(rng: Random, order: Json, wanted: Any, reason: str | None) -> list[Json]:
    """Return lines that fit the order."""
    if not isinstance(wanted, list) or not wanted or not all(isinstance(line, dict) for line in wanted):
        raise ValueError("lines is a list of at least one object with order_line_id, quantity and reason.")
    by_id = {line["id"]: line for line in lines_of(order)}
    likely = _delivered(order)
    found = []
    for position, wish in enumerate(wanted):
        default = likely[min(position, len(likely) - 1)]
        line = by_id.get(wish.get("order_line_id", default["id"]))
        if line is None:
            raise ValueError(f"The order has no line {str(wish['order_line_id'])[:40]!r}.")
        made = any_line(rng, line)
        made["quantity"] = wish.get("quantity", made["quantity"])
        made["reason"] = wish.get("reason", reason or made["reason"])
        if not (isinstance(made["quantity"], int) and 1 <= made["quantity"] <= max(line["quantity"], 1)):
            raise ValueError(f"Of line {line['id']!r} 1 to {line['quantity']} pieces can come back.")
        found.append(made)
    return found


def _delivered(order: Json) -> list[Json]:
    """The lines that the customer has; where none came so far all, for whoever opens a return by hand."""
    lines = lines_of(order)
    return [line for line in lines if line.get("status") in ("SHIPPED", "DELIVERED")] or lines


def change_return(world: World, return_id: str, **fields: Any) -> Json:
    """Change top-level fields; `updated_at` moves on unless it is given. Raises LookupError, ValueError."""
    with world.store.transaction():
        record = records.known(world.store, "returns", return_id)
        records.touch(record, world.clock.now())
        found = _merged(record.body, {**fields, "id": return_id})
        put(world.store, found, updated_at=parse(record.body["updated_at"]))
    return found


def _merged(found: Json, fields: Json) -> Json:
    """None takes a field away; what a return is known by is a text."""
    merged = {name: value for name, value in {**found, **fields}.items() if value is not None}
    for name in ("id", "order_id", "status", "channel_return_id"):
        if not isinstance(merged.get(name), str) or not merged[name]:
            raise ValueError(f"{name} is a text that is not empty.")
    for name in ("updated_at", "created_at", "channel_updated_at"):
        if name in merged:
            parse(str(merged[name]))
    return merged


def listed(world: World, *, after: int = 0, limit: int = -1) -> list[Json]:
    """For tests and for a person, the oldest first, each as it is served but with its number."""
    rows = world.store.rows("SELECT number, body FROM returns WHERE number > ? ORDER BY number LIMIT ?", (after, limit))
    return [{"number": number, **from_json(body)} for number, body in rows]
