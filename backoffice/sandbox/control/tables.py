"""The lists of the page: what happened last in each area. What is stored may be of any shape, and is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from backoffice.sandbox.answers import from_json
from backoffice.sandbox.dates import moment_of, written
from backoffice.sandbox.market import actions
from backoffice.sandbox.world import World

ROWS = 10
CALLS = 25


def dig(value: Any, *path: str | int) -> Any:
    """What stands under these names and places, or ""."""
    for step in path:
        if isinstance(step, str) and isinstance(value, dict):
            value = value.get(step)
        elif isinstance(step, int) and isinstance(value, list) and step < len(value):
            value = value[step]
        else:
            return ""
    return "" if value is None else value


def ids(world: World, table: str) -> str:
    """The options of a field that takes the id of something that is there."""
    order = "id" if table == "products" else "updated_at DESC, id DESC"
    rows = world.store.rows(f"SELECT id FROM {table} ORDER BY {order} LIMIT {ROWS}")  # noqa: S608 -- constant names
    return "".join(f"<option>{escape(found)}</option>" for (found,) in rows)


def orders(world: World) -> str:
    head = ("Order", "Channel", "Status", "Lines", "Changed")
    return _table("Last changed orders", head, [_order(*row) for row in _newest(world, "orders")])


def _order(order_id: str, updated_at: int, order: Any) -> Sequence[Any]:
    channel, status = dig(order, "origin", "channel_name"), dig(order, "status")
    return order_id, channel, status, _count(order, "order_lines"), written(moment_of(updated_at))


def returns(world: World) -> str:
    head = ("Return", "Order", "Status", "Lines", "Reason", "Changed")
    return _table("Last changed returns", head, [_return(*row) for row in _newest(world, "returns")])


def _return(return_id: str, updated_at: int, found: Any) -> Sequence[Any]:
    reason = dig(found, "return_lines", 0, "reason")
    lines, moment = _count(found, "return_lines"), written(moment_of(updated_at))
    return return_id, dig(found, "order_id"), dig(found, "status"), lines, reason, moment


def documents(world: World) -> str:
    head = ("Order", "Type", "Name", "Format", "Bytes", "Changed", "Id")
    return _table("Last documents", head, [_document(*row) for row in _newest(world, "documents")])


def _document(document_id: str, updated_at: int, found: Any) -> Sequence[Any]:
    kind = " ".join(filter(None, (str(dig(found, "type")), str(dig(found, "channel_type")))))
    told = [dig(found, name) for name in ("name", "file_format", "size_in_bytes")]
    return dig(found, "order_id"), kind, *told, written(moment_of(updated_at)), document_id


def conversations(world: World) -> str:
    sql = "SELECT conversation_id, count(*) FROM messages GROUP BY conversation_id"
    counts = dict(world.store.rows(sql))
    rows = [_conversation(*row, counts.get(row[0], 0)) for row in _newest(world, "conversations")]
    return _table("Last changed conversations", ("Order", "Topic", "Messages", "Changed", "Id"), rows)


def _conversation(conversation_id: str, updated_at: int, found: Any, messages: int) -> Sequence[Any]:
    unknown = f"{dig(found, 'entity', 'channel_entity_id')} (unknown to Connect)"
    topic = str(dig(found, "topic", "value"))[:60]
    count = "anonymised" if dig(found, "anonymized_at") else messages
    return dig(found, "entity", "id") or unknown, topic, count, written(moment_of(updated_at)), conversation_id


def products(world: World) -> str:
    """In the order of listProducts."""
    found = world.store.rows("SELECT id, body FROM products ORDER BY id LIMIT ?", (ROWS,))
    rows = [_product(product_id, from_json(body)) for product_id, body in found]
    return _table("First products", ("SKU", "Title", "Price", "In stock", "Places"), rows)


def _product(product_id: str, product: Any) -> Sequence[Any]:
    price = [str(dig(product, "standard_prices", 0, "price", name)) for name in ("amount", "currency")]
    title = str(dig(product, "titles", 0, "value"))[:60]
    return product_id, title, " ".join(price), _stock(dig(product, "quantities")), _count(product, "quantities")


def _stock(quantities: Any) -> Any:
    """In all places together."""
    if not isinstance(quantities, list):
        return ""
    found = [dig(quantity, "available_quantity") for quantity in quantities]
    return sum(number for number in found if isinstance(number, int))


def shipments(world: World) -> str:
    """Connect has no way to read them."""
    sql = "SELECT id, order_id, at, body FROM shipments ORDER BY number DESC LIMIT ?"
    found = world.store.rows(sql, (ROWS,))
    rows = [_shipment(shipment_id, order_id, at, from_json(body)) for shipment_id, order_id, at, body in found]
    return _table("Last parcels", ("Order", "Carrier", "Tracking", "At", "Id"), rows)


def _shipment(shipment_id: str, order_id: str, at: int, found: Any) -> Sequence[Any]:
    return order_id, dig(found, "carrier"), dig(found, "tracking_number"), written(moment_of(at)), shipment_id


def last_actions(world: World) -> str:
    head = ("Taken", "Order", "Asked", "Status", "Why", "Shown")
    return _table("Last actions", head, [_action(action) for action in actions.last(world.store, ROWS)])


def _action(action: dict[str, Any]) -> Sequence[Any]:
    errors = "; ".join(f"{error['code']}: {error['message']}" for error in action["errors"])
    shown = action["shown_at"] or ""
    return action["created_at"], action["order_id"], _asked(action), action["status"], errors, shown


def _asked(action: dict[str, Any]) -> str:
    if action["kind"] == "ACCEPT":
        decisions = [line["accepted"] for line in action["body"]["order_lines"]]
        return f"accept {decisions.count(True)}, refuse {decisions.count(False)}"
    kind = str(action["kind"]).lower().replace("_", " ")
    return kind if action["target"] == action["order_id"] else f"{kind} {action['target']}"


def reports(world: World) -> str:
    """What connectors told of themselves; Connect shows it to nobody but its own users."""
    sql = "SELECT at, body FROM reports ORDER BY number DESC LIMIT ?"
    rows = [_report(at, from_json(body)) for at, body in world.store.rows(sql, (ROWS,))]
    return _table("Last reports", ("Told", "Order", "Of", "Status", "Why"), rows)


def _report(at: int, found: Any) -> Sequence[Any]:
    told = [dig(found, name) for name in ("entity_id", "type", "status")]
    why = " ".join(str(dig(found, "errors", 0, name)) for name in ("code", "message"))
    return written(moment_of(at)), *told, why.strip()


def calls(world: World) -> str:
    rows = [_call(entry) for entry in reversed(world.journal.entries()[-CALLS:])]
    return _table("Last calls", ("Time", "Call", "Client", "Trouble", "Answer", "ms"), rows)


def _call(entry: dict[str, Any]) -> Sequence[Any]:
    query = "&".join(f"{name}={value}" for name, values in entry["query"].items() for value in values)
    call = f"{entry['method']} {entry['path']}" + (f"?{query[:60]}" if query else "")
    trouble, answer = entry["fault"] or "", entry["status"] or "none"
    return entry["at"], call, entry["client"] or "", trouble, answer, entry["milliseconds"] or ""


def _newest(world: World, table: str) -> list[tuple[str, int, Any]]:
    sql = f"SELECT id, updated_at, body FROM {table} ORDER BY updated_at DESC, id DESC LIMIT ?"  # noqa: S608 -- constant names
    return [(found, at, from_json(body)) for found, at, body in world.store.rows(sql, (ROWS,))]


def _count(record: Any, name: str) -> Any:
    found = dig(record, name)
    return len(found) if isinstance(found, list) else ""


def _table(title: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    heading = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    body = "".join(_row(row) for row in rows) or f'<tr><td colspan="{len(head)}">There are none yet.</td></tr>'
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(title)}"><table>'
        f"<caption>{escape(title)}</caption><thead><tr>{heading}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(cells: Sequence[Any]) -> str:
    return "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in cells) + "</tr>"
