"""How orders change: statuses, cancelled and refunded parts, and what the marketplace does by itself (domain.md §2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from backoffice.sandbox.dates import micros, parse, written

Json = dict[str, Any]
CENT = Decimal("0.01")

ACCEPTANCE_LIMIT = timedelta(hours=48)  # by the order's age: the marketplace refuses what nobody answered


class Move:
    """What happens to orders in one status, how long after their last change, and how often it goes wrong."""

    def __init__(self, after: timedelta, to: str, reason: str = "", *, else_reason: str = "", odds: float = 0) -> None:
        self.after, self.to, self.reason, self.else_reason, self.odds = after, to, reason, else_reason, odds

    def outcome(self, rng: Random) -> tuple[str, str]:
        return ("CLOSED", self.else_reason) if rng.random() < self.odds else (self.to, self.reason)


MOVES = {
    "AWAITING_FRAUD_CHECK": Move(
        timedelta(minutes=3), "AWAITING_ACCEPTANCE", else_reason="FRAUD_CHECK_FAILED", odds=0.1
    ),
    "AWAITING_ACCEPTANCE": Move(ACCEPTANCE_LIMIT, "CLOSED", "ACCEPTANCE_TIMEOUT"),
    "AWAITING_PAYMENT": Move(timedelta(minutes=4), "AWAITING_SHIPMENT", else_reason="REFUSED_PAYMENT", odds=0.08),
    "SHIPPED": Move(timedelta(days=4), "DELIVERED"),
    "DELIVERED": Move(timedelta(days=14), "CLOSED", "AUTOMATICALLY_CLOSED"),
}
ADVANCE = (
    "AWAITING_FRAUD_CHECK",
    "AWAITING_ACCEPTANCE",
    "AWAITING_PAYMENT",
    "AWAITING_SHIPMENT",
    "SHIPPED",
    "DELIVERED",
)


def moves_at(order: Json) -> int | None:
    """When a living world moves the order on, in microseconds; None: never by itself."""
    move = MOVES.get(str(order.get("status")))
    if move is None:
        return None
    since = order["created_at" if order["status"] == "AWAITING_ACCEPTANCE" else "updated_at"]
    return micros(parse(since) + move.after)


def move_on(order: Json, rng: Random) -> None:
    """Do to the order, in place, what its marketplace does when the time has come."""
    status = order["status"]
    to, reason = MOVES[status].outcome(rng)
    set_status(order, to, reason)
    for line in order["order_lines"]:
        if line["status"] == status:
            set_status(line, to, reason)
    sum_up(order, reason)
    permit(order)


def lines_of(order: Json) -> list[Json]:
    """The lines of an order, which, put in as a raw text, may have anything in their place."""
    lines = order.get("order_lines")
    return [line for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []


def sum_up(order: Json, reason: str) -> None:
    """The order's status out of its lines': the least advanced that is not closed (domain.md §2.1).

    `reason` is why an order is closed whose lines were closed for different ones.
    """
    statuses = {line.get("status") for line in lines_of(order)}
    live = [status for status in ADVANCE if status in statuses] or sorted(map(str, statuses - {"CLOSED"}))
    if live and live[0] != order["status"]:
        set_status(order, live[0])
    elif statuses == {"CLOSED"}:
        reasons = {line.get("status_reason", "") for line in lines_of(order)}
        set_status(order, "CLOSED", reasons.pop() if len(reasons) == 1 else reason)


def set_status(record: Json, status: str, reason: str = "") -> None:
    """Of an order or a line. A reason that no longer holds goes away."""
    record["status"] = status
    record.pop("status_reason", None)
    if reason:
        record["status_reason"] = reason


def permit(order: Json) -> None:
    """Renew `can_cancel` and `can_refund` of every line as the order stands (domain.md §2.2)."""
    ours = (order.get("fulfillment") or {}).get("type") != "FULFILLED_BY_PARTNER"
    for line in lines_of(order):
        free = ours and line.get("quantity", 0) > 0
        line["can_cancel"] = free and line.get("status") in ("AWAITING_PAYMENT", "AWAITING_SHIPMENT")
        line["can_refund"] = free and line.get("status") in ("SHIPPED", "DELIVERED")


@dataclass(frozen=True)
class Part:
    """What is taken out of a line: a share of its amounts (0 to 1), the pieces, why and when."""

    share: Decimal
    quantity: int
    reason: str
    at: datetime


def cancel_part(line: Json, quantity: int, *, reason: str, at: datetime) -> None:
    """Take pieces out of a line: its amounts shrink and an adjustment keeps what was removed (domain.md §2.3)."""
    part = Part(Decimal(quantity) / line["quantity"], quantity, reason, at)
    adjustment = _adjustment(line, "CANCELATION", part)
    for name, removed in (("price", "price"), ("total_shipping_price", "shipping_price")):
        _take(line[name], adjustment[removed])
    for name in ("taxes", "shipping_taxes"):
        for tax, removed_tax in zip(line[name], adjustment[name], strict=True):
            _take_tax(tax, removed_tax["amount"])
    line["quantity"] -= quantity
    line["adjustments"].append(adjustment)
    if line["quantity"] == 0:
        set_status(line, "CLOSED", "CANCELED")


def refund_part(line: Json, part: Part) -> None:
    """Give back a part of a line: only an adjustment is added (domain.md §2.3)."""
    line["adjustments"].append(_adjustment(line, "REFUND", part))
    if part.share == 1:
        set_status(line, "CLOSED", "REFUNDED")


def _adjustment(line: Json, kind: str, part: Part) -> Json:
    number = len(line["adjustments"]) + 1
    return {
        "adjustment_id": f"{line['id']}_{kind[0]}{number}",
        "id": f"{line['id']}_{number}",
        "type": kind,
        "reason": part.reason,
        "created_at": written(part.at),
        "quantity": part.quantity,
        "price": _share(line["price"], part.share),
        "shipping_price": _share(line["total_shipping_price"], part.share),
        "taxes": [{"code": tax["code"], "amount": _share(tax["amount"], part.share)} for tax in line["taxes"]],
        "shipping_taxes": [
            {"code": tax["code"], "amount": _share(tax["amount"], part.share)} for tax in line["shipping_taxes"]
        ],
    }


def _share(money: Json, share: Decimal) -> Json:
    return {**money, "amount": (money["amount"] * share).quantize(CENT, ROUND_HALF_UP)}


def _take(money: Json, removed: Json) -> None:
    money["amount"] -= removed["amount"]


def _take_tax(tax: Json, removed: Json) -> None:
    """The tax shrinks, and so does the share of whoever collects it."""
    for name in ("amount", "channel_collectible", "seller_collectible"):
        if name in tax and tax[name]["amount"]:
            tax[name] = {**tax[name], "amount": tax[name]["amount"] - removed["amount"]}
