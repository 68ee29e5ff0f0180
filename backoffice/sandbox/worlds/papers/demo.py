"""The documents of the world `demo`, besides the labels of its returns."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from backoffice.sandbox.answers import from_json
from backoffice.sandbox.dates import parse
from backoffice.sandbox.worlds.moves import Json, lines_of
from backoffice.sandbox.worlds.papers import sheets
from backoffice.sandbox.worlds.papers.filing import Paper, file

if TYPE_CHECKING:
    from backoffice.sandbox.world import World

STATUSES = ("AWAITING_SHIPMENT", "SHIPPED", "DELIVERED", "CLOSED")
# How many of each: type, the channel's own, format, and the name, in which {} is the channel's order id.
PLAN: tuple[tuple[int, str, str, sheets.Format, str], ...] = (
    (20, "CUSTOMER_INVOICE", "", "pdf", "invoice_{}.pdf"),
    (3, "CUSTOMER_INVOICE", "", "csv", "invoice_{}.csv"),
    (10, "DELIVERY_SLIP", "", "pdf", "delivery_slip_{}.pdf"),
    (6, "SHIPMENT_DELIVERY_SLIP", "", "pdf", "Lieferschein {} (Kopie für Käufer).pdf"),
    (3, "SHIPMENT_DELIVERY_SLIP", "", "png", "colis.png"),
    (2, "CHANNEL_SPECIFIC", "CUSTOMS_DECLARATION", "pdf", "CN23_{}.pdf"),
    (2, "CHANNEL_SPECIFIC", "GIFT_CARD", "jpeg", "gift card.jpeg"),
    (2, "CHANNEL_SPECIFIC", "", "pdf", "terms.pdf"),
)
TWICE = "invoice.pdf"  # the name of two documents of one order
HOUR = timedelta(hours=1)


def fill(world: World) -> None:
    rng = Random("demo documents")  # noqa: S311 -- the same every time
    orders = _orders(world)
    for count, document_type, channel_type, wanted, name in PLAN:
        for order in rng.sample(orders, count):
            content = sheets.made(wanted, _sheet(order, document_type))
            named = name.format(order["channel_order_id"])
            _file(world, order, Paper(document_type, named, content, channel_type))
    twice = rng.choice(orders)
    for title in ("CUSTOMER_INVOICE", "CUSTOMER_INVOICE_CORRECTED"):
        _file(world, twice, Paper("CUSTOMER_INVOICE", TWICE, sheets.made("pdf", _sheet(twice, title))))


def _orders(world: World) -> list[Json]:
    """Accepted and not anonymised."""
    marks = ", ".join("?" * len(STATUSES))
    sql = f"SELECT body FROM orders WHERE status IN ({marks}) ORDER BY number"  # noqa: S608 -- only question marks
    found = [from_json(body) for (body,) in world.store.rows(sql, STATUSES)]
    return [order for order in found if "anonymized_at" not in order]


def _file(world: World, order: Json, paper: Paper) -> None:
    """Within an hour after the order's last change."""
    changed, now = parse(order["updated_at"]), world.clock.now()
    file(world.store, order["id"], paper, changed + min(HOUR, (now - changed) / 2))


def _sheet(order: Json, title: str) -> sheets.Sheet:
    lines = [f"Order {order['channel_order_id']}", f"of {order['created_at'][:10]}", ""]
    for line in lines_of(order):
        price = line["price"]
        lines.append(f"{line['quantity']} x {line['product']['title']}: {price['amount']} {price['currency']}")
    return sheets.Sheet(title.replace("_", " ").capitalize(), tuple(lines), size=sheets.A4)
