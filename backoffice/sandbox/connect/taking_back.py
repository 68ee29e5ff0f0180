"""What cancelations and refunds have in common: items of quantities and amounts (domain.md §1.3)."""

from __future__ import annotations

from backoffice.sandbox.answers import RefusedError
from backoffice.sandbox.connect import bodies, naming
from backoffice.sandbox.connect.rules import MONEY, Json, Rule, choice, fields, number, several, text
from backoffice.sandbox.worlds import amounts

REASONS = (
    "CUSTOMER_CANCELATION",
    "OUT_OF_STOCK",
    "RETURN",
    "ITEM_NOT_RECEIVED",
    "AGREEMENT",
    "DEFECT",
    "UNABLE_TO_DELIVER",
)  # CHANNEL_SPECIFIC is only read


def asked(under: str, *, quantity_required: bool) -> Rule:
    """The rule for a body with items to take back."""
    quantity = {"quantity": number(0, whole=True)}
    required = {"price": MONEY, "shipping_price": MONEY, "reason": choice(*REASONS)}
    taxes = dict.fromkeys(amounts.TAXES, several(fields({"code": text(least=1), "amount": MONEY})))
    item = (
        naming.item("product_id", required | quantity, taxes)
        if quantity_required
        else naming.item("product_id", required, taxes | quantity)
    )
    return fields({under: several(item, least=1)})


def refuse_other_currencies(items: list[Json], lines: list[Json], under: str) -> None:
    """Raises RefusedError 400: a line is paid in one currency, and no moment will come when it is another."""
    faults: dict[str, str] = {}
    for position, (item, line) in enumerate(zip(items, lines, strict=True)):
        own = amounts.currency_of(line)
        for path, currency in amounts.currencies(item):
            if currency != own:
                faults[f"{under}[{position}].{path}"] = f"The line is paid in {own}."
    bodies.refuse(faults)


def refuse_excess(items: list[Json], lines: list[Json], under: str) -> None:
    """Raises RefusedError 400 for more than is left of a line that can be cancelled.

    Of another line the state speaks, and that the marketplace judges.
    """
    faults: dict[str, str] = {}
    left: dict[str, amounts.Remainder] = {}
    for position, (item, line) in enumerate(zip(items, lines, strict=True)):
        if line.get("can_cancel"):
            remainder = left.setdefault(line["id"], amounts.Remainder(line))
            excess = remainder.excess(item)
            faults |= {f"{under}[{position}].{path}": sentence for path, sentence in excess.items()}
            if not excess:
                remainder.take(item)
    if faults:
        raise RefusedError(400, "More is asked than is left of the line.", errors=faults)
