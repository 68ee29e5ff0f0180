"""The oddities of real orders, each done to a plain one in place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from backoffice.sandbox.dates import parse, written
from backoffice.sandbox.worlds.moves import Json, Part, cancel_part, refund_part, set_status

Change = Callable[[Json, Random, datetime], None]


@dataclass(frozen=True)
class Twist:
    """What is done to how many orders of which status."""

    status: str
    count: int
    apply: Change
    lines: int = 1  # so many at least
    quantity: int = 1  # so many pieces at least of one line
    reason: str = ""

    def fits(self, order: Json) -> bool:
        return (
            order["status"] == self.status
            and len(order["order_lines"]) >= self.lines
            and max(line["quantity"] for line in order["order_lines"]) >= self.quantity
            and order.get("status_reason", "") == self.reason
        )


def overdue(order: Json, rng: Random, now: datetime) -> None:
    created = parse(order["created_at"])
    order["shipping_info"]["shipping_deadline"] = written(created + (now - created) * rng.uniform(0.4, 0.98))


def due_soon(order: Json, rng: Random, now: datetime) -> None:
    order["shipping_info"]["shipping_deadline"] = written(now + timedelta(minutes=rng.randint(10, 350)))


def partly_cancelled(order: Json, rng: Random, now: datetime) -> None:
    """One piece of a line that has several, or a whole line."""
    line = max(order["order_lines"], key=lambda line: int(line["quantity"]))
    reason = rng.choice(("OUT_OF_STOCK", "CUSTOMER_CANCELATION"))
    cancel_part(line, 1, reason=reason, at=parse(order["updated_at"]))


def wholly_cancelled(order: Json, rng: Random, now: datetime) -> None:
    for line in order["order_lines"]:
        cancel_part(line, line["quantity"], reason="CUSTOMER_CANCELATION", at=parse(order["updated_at"]))


def wholly_refunded(order: Json, rng: Random, now: datetime) -> None:
    reason = rng.choice(("RETURN", "ITEM_NOT_RECEIVED"))
    for line in order["order_lines"]:
        refund_part(line, Part(Decimal(1), line["quantity"], reason, parse(order["updated_at"])))


def partly_refunded(order: Json, rng: Random, now: datetime) -> None:
    """A goodwill amount, and on every other order a second refund: one line with two adjustments."""
    line = order["order_lines"][0]
    at = parse(order["updated_at"])
    refund_part(line, Part(Decimal("0.25"), 0, "AGREEMENT", at - timedelta(hours=2)))
    if rng.random() < 0.5:
        refund_part(line, Part(Decimal("0.10"), 0, "DEFECT", at))


def cancelled_then_refunded(order: Json, rng: Random, now: datetime) -> None:
    line = max(order["order_lines"], key=lambda line: int(line["quantity"]))
    at = parse(order["updated_at"])
    cancel_part(line, 1, reason="OUT_OF_STOCK", at=at - timedelta(days=2))
    refund_part(line, Part(Decimal("0.5"), 1, "RETURN", at))


def partly_shipped(order: Json, rng: Random, now: datetime) -> None:
    set_status(order["order_lines"][0], "SHIPPED")


def partly_refused(order: Json, rng: Random, now: datetime) -> None:
    """The refused line keeps its amounts (domain.md §2.3)."""
    set_status(order["order_lines"][-1], "CLOSED", "REFUSED")


def partly_delivered(order: Json, rng: Random, now: datetime) -> None:
    set_status(order["order_lines"][0], "DELIVERED")
    set_status(order["order_lines"][-1], "CLOSED", "REFUNDED")


def without_address(order: Json, rng: Random, now: datetime) -> None:
    del order["shipping_info"]["address"]


def bare(order: Json, rng: Random, now: datetime) -> None:
    """Only what the contract requires."""
    for name in ("billing_info", "channel_updated_at"):
        order.pop(name)
    order["shipping_info"] = {}
    order["origin"] = {"channel_id": order["origin"]["channel_id"]}


def without_taxes(order: Json, rng: Random, now: datetime) -> None:
    for line in order["order_lines"]:
        line["taxes"], line["shipping_taxes"] = [], []


def zero_rated(order: Json, rng: Random, now: datetime) -> None:
    for line in order["order_lines"]:
        nothing = {**line["price"], "amount": Decimal("0.00")}
        line["taxes"] = [{"code": "ZERO", "amount": nothing, "rate": Decimal("0.00")}]
        line["shipping_taxes"] = []


def several_taxes(order: Json, rng: Random, now: datetime) -> None:
    for line in order["order_lines"]:
        price = line["price"]
        for code, rate in (("REGIONAL", Decimal("0.025")), ("CITY", Decimal("0.0075"))):
            amount = {**price, "amount": (price["amount"] * rate).quantize(Decimal("0.01"))}
            line["taxes"].append({"code": code, "amount": amount, "rate": rate, "channel_collectible": amount})


def by_partner(order: Json, rng: Random, now: datetime) -> None:
    partner = order["origin"]["channel_name"].split()[0].upper()
    order["fulfillment"] = {"type": "FULFILLED_BY_PARTNER", "code": f"{partner}-LOGISTICS"}


def anonymised(order: Json, rng: Random, now: datetime) -> None:
    """Addresses and e-mail are gone (domain.md §8, question 65)."""
    info = order.get("shipping_info")
    kept = info if isinstance(info, dict) else {}  # in a raw text anything
    gone = ("address", "email", "pudo_id")
    order["shipping_info"] = {name: value for name, value in kept.items() if name not in gone}
    order.pop("billing_info", None)
    order["anonymized_at"] = order["updated_at"]


def with_attributes(order: Json, rng: Random, now: datetime) -> None:
    """One custom attribute of each type, and two on a line."""
    order["custom_attributes"] = [
        {"id": "gift-message", "type": "STRING", "value": "Happy birthday, love from all of us! 🎂"},
        {"id": "loyalty-points", "type": "NUMERIC", "value": Decimal("128.5")},
        {"id": "is-premium", "type": "BOOLEAN", "value": True},
        {"id": "promised-on", "type": "DATE", "value": written(now + timedelta(days=3))},
        {"id": "coupons", "type": "LIST", "value": ["WELCOME10", "AUTUMN"]},
    ]
    order["order_lines"][0]["custom_attributes"] = [
        {"id": "engraving", "type": "STRING", "value": "M & J"},
        {"id": "gift-wrap", "type": "BOOLEAN", "value": False},
    ]


def with_unknown_words(order: Json, rng: Random, now: datetime) -> None:
    """Fields and values that no document knows: Mirakl may add them at any time (domain.md §6)."""
    order["loyalty_program"] = {"tier": "gold", "since": "2024-05-01"}
    order["origin"]["channel_type"] = "AGENTIC"
    order["order_lines"][0]["condition"] = "NEW"
    order["order_lines"][0]["status_reason"] = "WAITING_FOR_PARTS"


TWISTS = (
    Twist("CLOSED", 8, wholly_cancelled, reason="CANCELED"),
    Twist("CLOSED", 8, wholly_refunded, reason="REFUNDED"),
    Twist("CLOSED", 6, anonymised, reason="AUTOMATICALLY_CLOSED"),
    Twist("CLOSED", 3, by_partner, reason="AUTOMATICALLY_CLOSED"),
    Twist("CHANNEL_SPECIFIC", 2, by_partner),
    Twist("AWAITING_SHIPMENT", 5, partly_shipped, lines=2),
    Twist("AWAITING_SHIPMENT", 3, partly_refused, lines=2),
    Twist("AWAITING_SHIPMENT", 7, partly_cancelled, lines=2),
    Twist("AWAITING_SHIPMENT", 9, overdue),
    Twist("AWAITING_SHIPMENT", 11, due_soon),
    Twist("AWAITING_SHIPMENT", 4, without_address),
    Twist("AWAITING_SHIPMENT", 4, several_taxes),
    Twist("AWAITING_SHIPMENT", 3, zero_rated),
    Twist("AWAITING_ACCEPTANCE", 3, with_attributes),
    Twist("AWAITING_ACCEPTANCE", 1, with_unknown_words),
    Twist("AWAITING_ACCEPTANCE", 2, without_taxes),
    Twist("AWAITING_ACCEPTANCE", 1, bare),
    Twist("AWAITING_PAYMENT", 2, several_taxes),
    Twist("SHIPPED", 2, partly_delivered, lines=2),
    Twist("SHIPPED", 9, by_partner),
    Twist("SHIPPED", 3, partly_refunded),
    Twist("SHIPPED", 1, bare),
    Twist("DELIVERED", 3, cancelled_then_refunded, quantity=2),
    Twist("DELIVERED", 7, by_partner),
    Twist("DELIVERED", 7, partly_refunded),
    Twist("DELIVERED", 3, without_taxes),
)
