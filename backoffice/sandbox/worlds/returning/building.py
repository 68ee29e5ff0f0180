"""Builds one whole return, in the shape of `v2-listReturns` (domain.md §1.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random

from backoffice.sandbox.dates import written
from backoffice.sandbox.worlds.moves import Json, lines_of
from backoffice.sandbox.worlds.returning.moves import LINE_REASONS, REJECTIONS

METHODS = ("BY_MAIL", "DROP_OFF_POINT", "HOME_PICKUP", "IN_STORE")
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
        "return_lines": list(wish.lines) or [any_line(rng, rng.choice(lines_of(order)))],
    }
    return found if wish.bare else {**found, **_details(rng, number, found)}


def any_line(rng: Random, line: Json) -> Json:
    """Some pieces of an order line, for some reason."""
    return return_line(line, rng.randint(1, max(line["quantity"], 1)), rng.choice(LINE_REASONS))


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
        details["rejection_reason"] = rng.choice((*REJECTIONS, "OTHER"))
    return details
