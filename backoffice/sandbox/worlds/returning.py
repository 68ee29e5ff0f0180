"""Builds returns, puts them into a world and changes them: the hands of the control interface and of a living world."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from backoffice.sandbox.answers import from_json, to_json
from backoffice.sandbox.dates import micros, moment_of, parse, written
from backoffice.sandbox.worlds import papers, papers_filing, returning_labels, returning_moves
from backoffice.sandbox.worlds.moves import Json, lines_of

if TYPE_CHECKING:
    from backoffice.sandbox.store import Store
    from backoffice.sandbox.world import World

MILLISECOND = timedelta(milliseconds=1)
METHODS = ("BY_MAIL", "DROP_OFF_POINT", "HOME_PICKUP", "IN_STORE")
LABELS = (*papers.FORMATS, "url")  # url: no document, only a `label_url`
# Where the seller takes back what was bought on a channel.
ADDRESSES = {
    "0001": ("14 rue des Entrepôts", "Bâtiment C", "69800", "Saint-Priest", "France", "FRA"),
    "0002": ("Lagerstraße 7", "", "20357", "Hamburg", "Deutschland", "DEU"),
    "0003": ("Unit 4, Canal Yard", "Returns desk", "M4 6DE", "Manchester", "United Kingdom", "GBR"),
}
ADDRESS_FIELDS = ("street", "street_additional_info", "zip_code", "city", "country", "country_iso_code")


@dataclass(frozen=True)
class Wish:
    """What is decided before chance decides the rest. `lines` are return lines; without any, chance takes one.

    `bare`: only what the contract requires.
    """

    status: str
    created_at: datetime
    updated_at: datetime
    lines: tuple[Json, ...] = ()
    bare: bool = False


def build_return(rng: Random, number: int, order: Json, wish: Wish) -> Json:
    """A believable return of this order, in the shape of `v2-listReturns`. `number` makes its ids."""
    origin = order.get("origin") or {"channel_id": ""}
    channel_return_id = f"RET-{20400 + number}"
    found: Json = {
        "id": f"{origin['channel_id']}_{channel_return_id}",
        "channel_return_id": channel_return_id,
        "order_id": order["id"],
        "status": wish.status,
        "origin": origin,
        "created_at": written(wish.created_at),
        "channel_updated_at": written(wish.updated_at),
        "updated_at": written(wish.updated_at),
        "return_lines": list(wish.lines) or [_line(rng, rng.choice(lines_of(order)))],
    }
    return found if wish.bare else {**found, **_details(rng, number, found)}


def _line(rng: Random, line: Json) -> Json:
    return return_line(line, rng.randint(1, max(line["quantity"], 1)), rng.choice(returning_moves.LINE_REASONS))


def return_line(line: Json, quantity: int, reason: str) -> Json:
    """So many pieces of an order line."""
    return {
        "order_line_id": line["id"],
        "product_id": line["product"]["id"],
        "quantity": quantity,
        "reason": reason,
    }


def _details(rng: Random, number: int, found: Json) -> Json:
    """What a channel may tell or not: nothing of it is required, and a request has no parcel yet."""
    details: Json = {}
    channel_id = found["origin"]["channel_id"]
    on_its_way = {"OPENED": 0.5, "RECEIVED": 0.9, "CLOSED": 0.9}.get(found["status"], 0)
    if rng.random() < 0.65:
        details["rma_id"] = f"RMA-{rng.randrange(16**8):08X}"
    if rng.random() < 0.75:
        details["method"] = rng.choice(METHODS)
    if rng.random() < 0.85 and channel_id in ADDRESSES:
        pairs = zip(ADDRESS_FIELDS, ADDRESSES[channel_id], strict=True)
        details["address"] = {name: text for name, text in pairs if text}
    if rng.random() < on_its_way:
        parcel = f"{number:03}{rng.randrange(10**9):09}"
        details["tracking"] = {
            "carrier_name": rng.choice(("DHL", "DPD", "Hermes")),
            "tracking_number": parcel,
            "tracking_url": f"https://parcels.example/{parcel}",
        }
    if found["status"] == "REQUEST_DECLINED" and rng.random() < 0.8:
        details["rejection_reason"] = rng.choice((*returning_moves.REJECTIONS, "OTHER"))
    return details


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
        "moves_at": returning_moves.moves_at(found),
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
        found["label_url"] = returning_labels.link(found["id"])
        return
    wanted = papers.format_of(label)
    name = f"return_label_{found['channel_return_id']}{papers.suffix(wanted)}"
    content = papers.made(wanted, returning_labels.sheet(found))
    papers_filing.file(store, found["order_id"], papers_filing.Paper("RETURN_LABEL", name, content), now)


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
    found = []
    for position, wish in enumerate(wanted):
        default = lines_of(order)[min(position, len(by_id) - 1)]
        line = by_id.get(wish.get("order_line_id", default["id"]))
        if line is None:
            raise ValueError(f"The order has no line {str(wish['order_line_id'])[:40]!r}.")
        made = _line(rng, line)
        made["quantity"] = wish.get("quantity", made["quantity"])
        made["reason"] = wish.get("reason", reason or made["reason"])
        if not (isinstance(made["quantity"], int) and 1 <= made["quantity"] <= max(line["quantity"], 1)):
            raise ValueError(f"Of line {line['id']!r} 1 to {line['quantity']} pieces can come back.")
        found.append(made)
    return found


def change_return(world: World, return_id: str, **fields: Any) -> Json:
    """Change top-level fields; `updated_at` moves on unless it is given. Raises LookupError, ValueError."""
    with world.store.transaction():
        rows = world.store.rows("SELECT body, updated_at FROM returns WHERE id = ?", (return_id,))
        if not rows:
            raise LookupError(f"There is no return {return_id!r}.")
        now = max(world.clock.now(), moment_of(rows[0][1]) + MILLISECOND)
        moved = {"updated_at": written(now), "channel_updated_at": written(now)}
        found = _merged({**from_json(rows[0][0]), **moved}, {**fields, "id": return_id})
        put(world.store, found, updated_at=now)
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
