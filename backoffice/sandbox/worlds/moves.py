"""How orders change: statuses, cancelled and refunded parts, and what the marketplace does by itself (domain.md §2)."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from backoffice.sandbox.dates import micros, parse
from backoffice.sandbox.worlds import amounts

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
    """When a living world moves the order on, in microseconds; None: never by itself, as one without its dates, or
    with the last ones that there are."""
    move = MOVES.get(str(order.get("status")))
    if move is None:
        return None
    since = order.get("created_at" if order["status"] == "AWAITING_ACCEPTANCE" else "updated_at")
    with contextlib.suppress(ValueError, OverflowError):
        return micros(parse(str(since)) + move.after)
    return None


def move_on(order: Json, rng: Random) -> None:
    """Do to the order, in place, what its marketplace does when the time has come."""
    to, reason = MOVES[order["status"]].outcome(rng)
    step(order, to, reason, alike=True)


def step(order: Json, to: str, reason: str = "", *, alike: bool = False) -> None:
    """Move the order, and its lines that are not closed, in place; if `alike` only those in the order's status."""
    status = order["status"]
    set_status(order, to, reason)
    for line in lines_of(order):
        if line.get("status") == status or not (alike or line.get("status") == "CLOSED"):
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
    statuses = {str(line.get("status")) for line in lines_of(order)}
    live = [status for status in ADVANCE if status in statuses] or sorted(statuses - {"CLOSED"})
    if live and live[0] != order["status"]:
        set_status(order, live[0])
    elif statuses == {"CLOSED"}:
        reasons = {str(line.get("status_reason") or "") for line in lines_of(order)}
        set_status(order, "CLOSED", reasons.pop() if len(reasons) == 1 else reason)


def set_status(record: Json, status: str, reason: str = "") -> None:
    """Of an order or a line. A reason that no longer holds goes away."""
    record["status"] = status
    record.pop("status_reason", None)
    if reason:
        record["status_reason"] = reason


def fulfillment_type(order: Json) -> str:
    """Empty where a raw order says nothing."""
    fulfillment = order.get("fulfillment")
    return str(fulfillment.get("type")) if isinstance(fulfillment, dict) else ""


def by_partner(order: Json) -> bool:
    """Whether a partner's logistics ships the order: then the seller has no say in it."""
    return fulfillment_type(order) == "FULFILLED_BY_PARTNER"


def permit(order: Json) -> None:
    """Renew `can_cancel` and `can_refund` of every line as the order stands (domain.md §2.2)."""
    ours = not by_partner(order)
    for line in lines_of(order):
        free = ours and amounts.quantity_of(line) > 0
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
    """Take pieces out of a line, with their share of its amounts (domain.md §2.3)."""
    part = Part(Decimal(quantity) / line["quantity"], quantity, reason, at)
    amounts.cancel(line, _item(line, part), at)
    if line["quantity"] == 0:
        set_status(line, "CLOSED", "CANCELED")


def refund_part(line: Json, part: Part) -> None:
    """Give back a part of a line: only an adjustment is added (domain.md §2.3)."""
    amounts.refund(line, _item(line, part), part.at)
    if part.share == 1:
        set_status(line, "CLOSED", "REFUNDED")


def _item(line: Json, part: Part) -> Json:
    """What is asked for a part, the taxes rounded one by one."""
    item: Json = {"quantity": part.quantity, "reason": part.reason}
    for name, of_line in amounts.MONEY.items():
        item[name] = _share(line[of_line], part.share)
    for name in amounts.TAXES:
        item[name] = [{"code": tax["code"], "amount": _share(tax["amount"], part.share)} for tax in line[name]]
    return item


def _share(money: Json, share: Decimal) -> Json:
    return {**money, "amount": (money["amount"] * share).quantize(CENT, ROUND_HALF_UP)}
