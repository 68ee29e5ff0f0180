"""The amounts of an order line, and what cancelations and refunds do to them (domain.md §2.3).

An item says what is taken out of a line: `quantity`, `price`, `shipping_price`, `taxes`, `shipping_taxes`, `reason`, as
v2-cancelOrderLines and v2-refundOrderLines have it. Amounts are taken exactly as they were asked: how many digits a
currency has is for whoever asks. A line that was put in as a raw text may lack anything; what it lacks is nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from backoffice.sandbox.dates import written

Json = dict[str, Any]
AdjustmentType = Literal["CANCELATION", "REFUND"]

MONEY = {"price": "price", "shipping_price": "total_shipping_price"}  # in an item, and in the line
TAXES = ("taxes", "shipping_taxes")
NOTHING = Decimal(0)
TOO_MUCH = 10**18


class Remainder:
    """What can still be taken out of a line: its amounts without what was refunded."""

    def __init__(self, line: Json) -> None:
        self.quantity = quantity_of(line)
        self._money = {name: _amount(line.get(of_line)) for name, of_line in MONEY.items()}
        self._taxes: dict[str, dict[str, Any]] = {}
        for name in TAXES:
            taxes = self._taxes[name] = {}
            for tax in _dicts(line.get(name)):
                taxes[_code(tax)] = taxes.get(_code(tax), NOTHING) + _amount(tax.get("amount"))
        for refund in refunds_of(line):
            self.take(refund)

    def excess(self, item: Json) -> dict[str, str]:
        """What an item asks beyond what is left, by the path of the field within the item; empty if nothing."""
        found: dict[str, str] = {}
        if item.get("quantity", 0) > self.quantity:
            found["quantity"] = f"Only {self.quantity} are left of this line."
        for name, left in self._money.items():
            if item[name]["amount"] > left:
                found[f"{name}.amount"] = f"Only {left} is left of this line."
        for name in TAXES:
            found |= self._tax_excess(name, item.get(name, []))
        return found

    def _tax_excess(self, name: str, taxes: list[Json]) -> dict[str, str]:
        found: dict[str, str] = {}
        left = dict(self._taxes[name])
        for position, tax in enumerate(taxes):
            if tax["code"] not in left:
                found[f"{name}[{position}].code"] = "The line has no tax with this code."
            elif tax["amount"]["amount"] > left[tax["code"]]:
                found[f"{name}[{position}].amount.amount"] = f"Only {left[tax['code']]} is left of this tax."
            else:
                left[tax["code"]] -= tax["amount"]["amount"]
        return found

    def take(self, item: Json) -> None:
        self.quantity -= item.get("quantity", 0)
        for name in MONEY:
            self._money[name] -= _amount(item.get(name))
        for name in TAXES:
            for tax in _dicts(item.get(name)):
                left = self._taxes[name].get(_code(tax), NOTHING)
                self._taxes[name][_code(tax)] = left - _amount(tax.get("amount"))

    def is_nothing(self) -> bool:
        """Whether no amount is left; the quantity of a refund says nothing."""
        taxes = [left for of_kind in self._taxes.values() for left in of_kind.values()]
        return not any(left > 0 for left in (*self._money.values(), *taxes))


def cancel(line: Json, item: Json, at: datetime) -> None:
    """The line's amounts shrink by what is asked, and an adjustment keeps it."""
    line["adjustments"] = [*_dicts(line.get("adjustments")), _adjustment(line, "CANCELATION", item, at)]
    line["quantity"] = quantity_of(line) - item["quantity"]
    for name, of_line in MONEY.items():
        if of_line in line:
            line[of_line] = _less(line[of_line], item[name]["amount"])
    for name in TAXES:
        for tax in item.get(name, []):
            _take_tax(line.get(name, []), tax)


def refund(line: Json, item: Json, at: datetime) -> None:
    """Only an adjustment is added: no amount of the line changes."""
    line["adjustments"] = [*_dicts(line.get("adjustments")), _adjustment(line, "REFUND", item, at)]


def quantity_of(line: Json) -> int:
    quantity = line.get("quantity")
    return quantity if isinstance(quantity, int) else 0


def refunds_of(line: Json) -> Iterator[Json]:
    return (adjustment for adjustment in _dicts(line.get("adjustments")) if adjustment.get("type") == "REFUND")


def currency_of(line: Json) -> str:
    """What the line is paid in; empty where it says nothing."""
    found = [line[name].get("currency") for name in MONEY.values() if isinstance(line.get(name), dict)]
    return str(found[0]) if found else ""


def currencies(item: Json) -> Iterator[tuple[str, str]]:
    """Every currency of an item, by its path within the item."""
    for name in MONEY:
        yield f"{name}.currency", item[name]["currency"]
    for name in TAXES:
        for position, tax in enumerate(item.get(name, [])):
            yield f"{name}[{position}].amount.currency", tax["amount"]["currency"]


def _adjustment(line: Json, kind: AdjustmentType, item: Json, at: datetime) -> Json:
    number = len(_dicts(line.get("adjustments"))) + 1
    return {
        "adjustment_id": f"{line['id']}_{kind[0]}{number}",
        "id": f"{line['id']}_{number}",
        "type": kind,
        "reason": item["reason"],
        "created_at": written(at),
        "quantity": item.get("quantity", 0),
        "price": item["price"],
        "shipping_price": item["shipping_price"],
        "taxes": item.get("taxes", []),
        "shipping_taxes": item.get("shipping_taxes", []),
    }


def _take_tax(taxes: Any, asked: Json) -> None:
    """The taxes of this code shrink one after the other, and so does the share of whoever collects them."""
    left = asked["amount"]["amount"]
    for tax in _dicts(taxes):
        if _code(tax) != asked["code"]:
            continue
        taken = min(left, _amount(tax.get("amount")))
        for name in ("amount", "channel_collectible", "seller_collectible"):
            if name in tax:
                tax[name] = _less(tax[name], min(taken, _amount(tax[name])))
        left -= taken


def _less(money: Json, amount: Any) -> Json:
    return {**money, "amount": money["amount"] - amount} if amount else money


def _code(tax: Json) -> str:
    return str(tax.get("code"))


def _amount(money: Any) -> Any:
    """A number, whole or not: JSON has both. One so large that sums of it would leave what Decimal can is none."""
    found: Any = money.get("amount") if isinstance(money, dict) else None
    return found if isinstance(found, int | Decimal) and -TOO_MUCH < found < TOO_MUCH else NOTHING


def _dicts(found: Any) -> list[Json]:
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
