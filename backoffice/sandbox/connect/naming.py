"""What a call names: its order in the path, the lines of it in the body (domain.md §8, question 12)."""

from __future__ import annotations

from collections.abc import Sequence

from backoffice.sandbox.answers import RefusedError
from backoffice.sandbox.calls import Call
from backoffice.sandbox.connect import bodies
from backoffice.sandbox.connect.rules import Faults, Json, Rule, also, at, fields, text
from backoffice.sandbox.market import records
from backoffice.sandbox.worlds.moves import lines_of


def the_order(call: Call) -> Json:
    """By the id that it is known by: in a raw text another may stand. Raises RefusedError 404."""
    return order_known_by(call, call.path["order_id"], "order_id")


def order_known_by(call: Call, order_id: str, field: str) -> Json:
    """The same for an order that another field names."""
    record = records.find(call.world.store, "orders", order_id)
    if record is None:
        raise RefusedError(404, "There is no order with this id.", field=field)
    return {**record.body, "id": record.id}


def named_lines(order: Json, items: Sequence[Json], *, under: str, sku: str) -> list[Json]:
    """The line of each item, which names it by `order_line_id`, or by its product under the name `sku`, or by both.

    `under` is where the items are in the body. Raises RefusedError 404 for a line that the order does not have, and 400
    where a product is on several lines, or the two names do not belong together.
    """
    unknown: dict[str, str] = {}
    unclear: dict[str, str] = {}
    found: list[Json] = []
    for position, item in enumerate(items):
        where = f"{under}[{position}]"
        line_id, sku_of_item = item.get("order_line_id"), item.get(sku)
        lines = [line for line in lines_of(order) if line_id is None or line.get("id") == line_id]
        named = [line for line in lines if sku_of_item is None or product_id(line) == sku_of_item]
        if not lines:
            unknown[f"{where}.order_line_id"] = "The order has no line with this id."
        elif not named and line_id is None:
            unknown[f"{where}.{sku}"] = "The order has no line with this product."
        elif not named:
            unclear[f"{where}.{sku}"] = "The line has another product."
        elif len(named) > 1:
            unclear[f"{where}.{sku}"] = "Several lines of the order have this product: name one by order_line_id."
        else:
            found.append(named[0])
    if unknown:
        raise RefusedError(404, "The order has no such line.", errors=unknown)
    bodies.refuse(unclear)
    return found


def item(sku: str, required: dict[str, Rule], optional: dict[str, Rule] | None = None) -> Rule:
    """The rule for an item that names its line so, and has these fields."""

    def check(where: str, found: Json, faults: Faults) -> None:
        if not found.keys() & {"order_line_id", sku}:
            faults[at(where, "order_line_id")] = f"The line is named by order_line_id or by {sku}."

    names = {"order_line_id": text(least=1), sku: text(least=1)}
    return also(fields(required, {**names, **(optional or {})}), check)


def product_id(line: Json) -> str:
    """The seller's own id of the line's product."""
    product = line.get("product")
    return str(product.get("id", "")) if isinstance(product, dict) else ""
