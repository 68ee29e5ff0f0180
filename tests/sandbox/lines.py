"""Order lines with round amounts, and what is asked of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.sandbox_server import RunningSandbox

Json = dict[str, Any]


def eur(amount: str) -> Json:
    return money(amount, "EUR")


def money(amount: str, currency: str) -> Json:
    return {"amount": Decimal(amount), "currency": currency}


def tax(code: str, amount: str) -> Json:
    return {"code": code, "amount": eur(amount)}


LINE: Json = {
    "quantity": 3,
    "price": eur("30.00"),
    "total_shipping_price": eur("4.90"),
    "taxes": [
        {**tax("VAT", "6.00"), "rate": Decimal("0.2"), "seller_collectible": eur("6.00")},
        {**tax("ECO", "0.90")},
    ],
    "shipping_taxes": [{**tax("VAT", "0.98"), "rate": Decimal("0.2")}],
}


def place(sandbox: RunningSandbox, status: str = "AWAITING_SHIPMENT", *lines: Json, **fields: Any) -> str:
    """An order with a line of 3 units at 10.00 plus taxes, on the channel that demands nothing; or these lines."""
    given = [{**LINE, **line} for line in lines] or [LINE]
    order: Json = sandbox.place_order(**{"channel_id": "0001", "status": status, "order_lines": given, **fields})
    found: str = order["id"]
    return found


def item(order_id: str, position: int = 1, **fields: Any) -> Json:
    """One unit of a line, with a third of its price; None leaves a field out."""
    whole = {
        "order_line_id": f"{order_id}-{position}",
        "quantity": 1,
        "price": eur("10.00"),
        "shipping_price": eur("0.00"),
        "reason": "CUSTOMER_CANCELATION",
        **fields,
    }
    return {name: value for name, value in whole.items() if value is not None}


WHOLE: Json = {
    "quantity": 3,
    "price": eur("30.00"),
    "shipping_price": eur("4.90"),
    "taxes": [tax("VAT", "6.00"), tax("ECO", "0.90")],
    "shipping_taxes": [tax("VAT", "0.98")],
}

# What is structurally wrong with an item, and the fields that the answer names.
FAULTY_ITEMS: list[tuple[Any, list[str]]] = [
    ("item", [""]),
    ({"price": None}, [".price"]),
    ({"shipping_price": None}, [".shipping_price"]),
    ({"reason": None}, [".reason"]),
    ({"reason": "CHANNEL_SPECIFIC"}, [".reason"]),
    ({"reason": 7}, [".reason"]),
    ({"quantity": -1}, [".quantity"]),
    ({"quantity": 1.5}, [".quantity"]),
    ({"quantity": "1"}, [".quantity"]),
    ({"quantity": True}, [".quantity"]),
    ({"quantity": 10**30}, [".quantity"]),
    ({"order_line_id": None}, [".order_line_id"]),
    ({"order_line_id": ""}, [".order_line_id"]),
    ({"order_line_id": 12}, [".order_line_id"]),
    ({"product_id": ""}, [".product_id"]),
    ({"price": 10}, [".price"]),
    ({"price": {"amount": 10}}, [".price.currency"]),
    ({"price": {"currency": "EUR"}}, [".price.amount"]),
    ({"price": {"amount": "10.00", "currency": "EUR"}}, [".price.amount"]),
    ({"price": {"amount": -0.01, "currency": "EUR"}}, [".price.amount"]),
    ({"price": {"amount": True, "currency": "EUR"}}, [".price.amount"]),
    ({"price": {"amount": 1, "currency": ""}}, [".price.currency"]),
    ({"price": {"amount": 1, "currency": "euro"}}, [".price.currency"]),
    ({"taxes": {}}, [".taxes"]),
    ({"taxes": ["VAT"]}, [".taxes[0]"]),
    ({"taxes": [{"amount": eur("1")}]}, [".taxes[0].code"]),
    ({"taxes": [{"code": "VAT"}]}, [".taxes[0].amount"]),
    ({"shipping_taxes": [tax("VAT", "0.1"), tax("", "-1")]}, [
        ".shipping_taxes[1].amount.amount", ".shipping_taxes[1].code",
    ]),
    ({"quantity": "x", "price": [], "reason": "?"}, [".price", ".quantity", ".reason"]),
]  # fmt: skip
NULLS = ["order_line_id", "product_id", "quantity", "price", "shipping_price", "reason", "taxes", "shipping_taxes"]


def empty_bodies(name: str) -> list[Json]:
    """Bodies whose list of this name is none, or holds nothing."""
    return [{}, {name: None}, {name: []}, {name: {}}, {name: "x"}]
