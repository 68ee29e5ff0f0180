"""A world with a record of each kind, what is known of it, and the doors through which it is looked at."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import requests

from backoffice.mirakl import Connect
from tests.contract.recording import Exchange
from tests.sandbox.calling import bearer
from tests.sandbox_server import RunningSandbox

Json = dict[str, Any]
SELLER: Json = {"fulfillment": {"type": "FULFILLED_BY_SELLER"}, "channel_id": "0001"}
ODD = "0001_A/b c?é%2F+#"  # an order id may hold anything


@dataclass(frozen=True)
class Ids:
    """What a call is about."""

    order: str
    line: str
    sku: str
    return_: str
    conversation: str
    document: str
    attachment: str
    action: str
    conversation_action: str
    currency: str
    tax: str
    shipping_tax: str

    def unknown(self) -> Ids:
        """Of a world in which nothing of this is known."""
        nothing = "nobody"
        return replace(
            self,
            order=nothing,
            line=nothing,
            return_=nothing,
            conversation=nothing,
            document=nothing,
            attachment=nothing,
            action=nothing,
            conversation_action=nothing,
        )


@dataclass
class Stage:
    """`status`: of the order; `return_status`: of its return."""

    sandbox: RunningSandbox
    api: Connect
    exchanges: list[Exchange]
    status: str = "AWAITING_SHIPMENT"
    return_status: str = "OPENED"
    ids: Ids = field(init=False)

    def __post_init__(self) -> None:
        self.headers = bearer(self.sandbox)
        order = self.sandbox.place_order(id=ODD, status=self.status, lines=1, quantity=3, **SELLER)
        line = order["order_lines"][0]
        returned = self.sandbox.open_return(order["id"], status=self.return_status)
        document = self.sandbox.add_document(order["id"], type="CUSTOMER_INVOICE")
        message = self.sandbox.customer_writes(order_id=order["id"], body="Where is it?", attachments=1)
        self.sandbox.put_product(id="OLD-1", brand="Northwind")
        self.ids = Ids(
            order=order["id"],
            line=line["id"],
            sku=line["product"]["id"],
            return_=returned["id"],
            conversation=message["conversation_id"],
            document=document["id"],
            attachment=message["attachments"][0]["id"],
            action="",
            conversation_action="",
            currency=line["price"]["currency"],
            tax=line["taxes"][0]["code"],
            shipping_tax=(line["shipping_taxes"] or line["taxes"])[0]["code"],
        )

    def order(self) -> Json:
        found: Json = self.get("/v2/orders", order_ids=self.ids.order)["data"][0]
        return found

    def line(self) -> Json:
        found: Json = self.order()["order_lines"][0]
        return found

    def returned(self) -> Json:
        found: Json = self.get("/v2/orders/returns", updated_from="2000-01-01T00:00:00Z")["data"][0]
        return found

    def documents(self) -> list[Json]:
        found: list[Json] = self.get("/v2/orders/documents")["documents"]
        return found

    def messages(self, conversation_id: str) -> list[Json]:
        found: list[Json] = self.get(f"/conversations/{conversation_id}")["messages"]
        return found

    def products(self) -> dict[str, Json]:
        return {product["id"]: product for product in self.get("/products")["data"]}

    def get(self, path: str, **params: Any) -> Json:
        """Another door than our client; kept out of what is judged."""
        kept = list(self.exchanges)
        answer = requests.get(self.sandbox.connect_url + path, params=params, headers=self.headers, timeout=30)
        assert answer.status_code == 200, answer.text
        self.exchanges[:] = kept
        found: Json = answer.json()
        return found

    def send(self, exchange: Exchange, **changes: Any) -> requests.Response:
        """An exchange's request once more, but for the changes: `path`, `query`, `sent`, `content_type`."""
        path, query = changes.get("path", exchange.path), changes.get("query", exchange.query)
        headers = dict(self.headers)
        content_type = changes.get("content_type", exchange.headers.get("Content-Type", ""))
        if content_type:
            headers["Content-Type"] = content_type
        sent = changes.get("sent", exchange.sent)
        url = f"{self.sandbox.url}{path}?{query}".rstrip("?")
        return requests.request(exchange.method, url, data=sent, headers=headers, timeout=30)

    def everything(self) -> Json:
        """All that a call could have changed, as the control interface shows it."""
        sandbox = self.sandbox
        return {
            "orders": self.get("/v2/orders", updated_from="2000-01-01T00:00:00Z", limit=100),
            "returns": sandbox.returns(),
            "documents": sandbox.documents(),
            "conversations": sandbox.conversations(),
            "products": sandbox.products(),
            "shipments": sandbox.shipments(),
            "reports": sandbox.reports(),
        }
