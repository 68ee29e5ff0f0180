"""Parcels: what a marketplace wants of them, and what they do to an order (domain.md §1.3, §2.2; §8, questions 14
and 20)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from backoffice.sandbox.answers import from_json, to_json
from backoffice.sandbox.dates import micros, moment_of, written
from backoffice.sandbox.market.actions import channel_of
from backoffice.sandbox.market.kind import Json, Record
from backoffice.sandbox.market.line_by_line import LineByLine, shipped
from backoffice.sandbox.worlds import amounts, channels, moves
from backoffice.sandbox.worlds.channels import Channel

if TYPE_CHECKING:
    from backoffice.sandbox.market.actions import Action
    from backoffice.sandbox.market.scripts import Script
    from backoffice.sandbox.store import Store
    from backoffice.sandbox.switches import Switches
    from backoffice.sandbox.world import World


class Shipping(LineByLine):
    """A call is a parcel. What its channel wants of a parcel is told by `Channel.demands`."""

    items = "items"
    closing = ""  # a parcel closes nothing

    def fault(self, record: Record, asked: Json, switches: Switches) -> str | None:
        return super().fault(record, asked, switches) or _demand_fault(_channel(record), asked)

    def apply(self, record: Record, asked: Json, script: Script, now: datetime) -> None:
        super().apply(record, asked, script, now)
        info = record.body.get("shipping_info")
        if asked.get("carrier") and isinstance(info, dict):
            info["carrier"] = asked["carrier"]

    def item_fault(self, record: Record, line: Json, item: Json) -> str | None:
        if line.get("status") == "AWAITING_PAYMENT":
            return "PAYMENT_REQUIRED"
        if line.get("status") != "AWAITING_SHIPMENT":
            return "ORDER_IN_WRONG_STATE"
        left = amounts.quantity_of(line) - shipped(record, line)
        return "ORDER_IN_WRONG_STATE" if item["quantity"] > left else None

    def do(self, record: Record, line: Json, item: Json, now: datetime) -> None:
        """A line is shipped when all its units are."""
        units = shipped(record, line) + item["quantity"]
        record.private.setdefault("shipped", {})[line["id"]] = units
        if units == amounts.quantity_of(line):
            moves.set_status(line, "SHIPPED")

    def done(self, world: World, action: Action, record: Record, now: datetime) -> str:
        return _keep(world.store, record, action.asked(), now)


def find(store: Store, shipment_id: str) -> Json:
    """A parcel, in the shape that v1 answers, and what else its channel took. Raises LookupError."""
    found = store.rows("SELECT body FROM shipments WHERE id = ?", (shipment_id,))
    if not found:
        raise LookupError(f"There is no shipment {shipment_id!r}.")
    shipment: Json = from_json(found[0][0])
    return shipment


def listed(store: Store, *, after: int = 0, limit: int = -1) -> list[dict[str, Any]]:
    """For tests and for a person, oldest first."""
    sql = "SELECT number, order_id, at, body FROM shipments WHERE number > ? ORDER BY number LIMIT ?"
    return [
        {"number": number, "order_id": order_id, "at": written(moment_of(at)), **from_json(body)}
        for number, order_id, at, body in store.rows(sql, (after, limit))
    ]


def _keep(store: Store, record: Record, asked: Json, now: datetime) -> str:
    """Store the parcel; its id. What its channel does not want of it is dropped."""
    channel = _channel(record)
    (number,) = store.rows("SELECT coalesce(max(number), 0) + 1 FROM shipments")[0]
    channel_shipment_id = f"{channel.prefix if channel else ''}SHIPMENT-{number:04}"
    shipment_id = f"{channel.id if channel else '0000'}_{channel_shipment_id}"
    kept = {"carrier", "tracking_number", "tracking_url"}
    if channel and channel.demands.warehouses:
        kept.add("warehouse_id")
    if channel and channel.demands.return_tracking:
        kept.add("return_tracking_number")
    moment = written(now)
    body = {"id": shipment_id, "channel_shipment_id": channel_shipment_id, "created_at": moment, "updated_at": moment}
    body |= {"items": asked["items"], **{name: asked[name] for name in asked if name in kept}}
    values = {"id": shipment_id, "order_id": record.id, "at": micros(now), "body": to_json(body)}
    store.insert("shipments", values)
    return shipment_id


def _channel(record: Record) -> Channel | None:
    """None for an order that was put in by hand, of a channel of its own, which wants nothing of a parcel."""
    return channels.known(channel_of(record.body))


def _demand_fault(channel: Channel | None, asked: Json) -> str | None:
    if channel is None:
        return None
    return _carrier_fault(channel, asked.get("carrier")) or _other_fault(channel, asked)


def _carrier_fault(channel: Channel, carrier: str | None) -> str | None:
    if carrier is None:
        return "MISSING_CARRIER" if channel.demands.carrier else None
    known = carrier.casefold() in map(str.casefold, channel.carriers)
    return "CARRIER_NOT_SUPPORTED" if channel.demands.own_carriers and not known else None


def _other_fault(channel: Channel, asked: Json) -> str | None:
    warehouses = channel.demands.warehouses
    if warehouses and "warehouse_id" not in asked:
        return "WAREHOUSE_ID_REQUIRED"
    if warehouses and asked["warehouse_id"] not in warehouses:
        return "WAREHOUSE_ID_NOT_FOUND"
    missing = channel.demands.return_tracking and "return_tracking_number" not in asked
    return "INVALID_INPUT" if missing else None
