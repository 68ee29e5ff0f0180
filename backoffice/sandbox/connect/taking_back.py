"""What cancelations and refunds have in common: items of quantities and amounts (domain.md §1.3)."""

from __future__ import annotations

from backoffice.sandbox.answers import RefusedError
from backoffice.sandbox.connect import bodies
from backoffice.sandbox.connect.fields import Fields
from backoffice.sandbox.market.kind import Json
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


def items(body: Json, under: str, *, quantity_required: bool) -> list[Json]:
    """The items as they were asked, without the fields that nobody knows. Raises RefusedError 400."""
    fields = Fields(body)
    found = [_item(item, quantity_required) for item in fields.objects(under, required=True, least=1)]
    fields.refuse()
    return found


def _item(fields: Fields, quantity_required: bool) -> Json:
    item: Json = {"order_line_id": fields.text("order_line_id"), "product_id": fields.text("product_id")}
    if not (fields.has("order_line_id") or fields.has("product_id")):
        fields.fault("order_line_id", "The line is named by order_line_id or by product_id.")
    item["quantity"] = fields.number("quantity", least=0, required=quantity_required)
    item["price"], item["shipping_price"] = fields.money("price"), fields.money("shipping_price")
    item["reason"] = fields.choice("reason", REASONS)
    for name in amounts.TAXES:
        item[name] = [
            {"code": tax.text("code", required=True), "amount": tax.money("amount")} for tax in fields.objects(name)
        ]
    return {name: value for name, value in item.items() if fields.has(name)}


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
