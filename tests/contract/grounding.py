"""What exists in the attacked world, in place of ids that schemathesis made up: a good call is to be taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from schemathesis import Case

from tests.contract.judge import Judge
from tests.sandbox_server import RunningSandbox

Json = dict[str, Any]
PDF = b"%PDF-1.4\n%%EOF\n"
# The old writes answer at once, so the order has to be in the right state each time.
FRESH = {"acceptOrderLines": "AWAITING_ACCEPTANCE", "createShipment": "AWAITING_SHIPMENT"}


@dataclass
class World:
    """One record of each kind. `ids` fills the parameters of paths; `known` those of queries."""

    sandbox: RunningSandbox
    judge: Judge
    order: Json
    ids: dict[str, str]
    known: dict[str, list[str]]
    _order: Json = field(default_factory=dict)
    _bodies: dict[str, Callable[[Json], None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._bodies = {
            "acceptOrderLines": self._accept,
            "v2-acceptOrderLines": self._accept,
            "v2-cancelOrderLines": lambda body: self._adjust(body["cancelations"]),
            "v2-refundOrderLines": lambda body: self._adjust(body["refunds"]),
            "v2-createShipment": self._ship,
            "createShipment": self._ship,
            "v2-reportOrderActions": self._report,
            "v2-uploadOrderDocument": self._upload,
            "createConversation": self._converse,
        }

    def ground(self, operation_id: str, case: Case[Any]) -> None:
        """Changes the case in place."""
        self._order = self.order
        if operation_id in FRESH:
            self._order = self.sandbox.place_order(status=FRESH[operation_id], lines=2, **_EASY)
        for name in case.path_parameters:
            case.path_parameters[name] = self._order["id"] if name == "order_id" else self.ids[name]
        case.query.pop("page_token", None)  # one that was not given out is good for nothing
        for name, known in self.known.items():
            if name in case.query and self._may_be(operation_id, name, case.query[name]):
                case.query[name] = known
        if operation_id in self._bodies and self._is_good(operation_id, case):
            self._bodies[operation_id](cast("Json", case.body))

    def _may_be(self, operation_id: str, name: str, value: Any) -> bool:
        """On the wire everything is a text, so that 0 may be an id."""
        parameters = self.judge.operations[operation_id]["parameters"]
        value = list(map(str, value if isinstance(value, list) else [value]))
        return any(one["name"] == name and not self.judge.faults(one["schema"], value) for one in parameters)

    def _is_good(self, operation_id: str, case: Case[Any]) -> bool:
        content = self.judge.operations[operation_id]["requestBody"]["content"]
        if case.media_type not in content or not isinstance(case.body, dict):
            return False
        if case.media_type == "application/json":
            return not self.judge.faults(content[case.media_type]["schema"], case.body)
        schemas = content[case.media_type]["schema"]["properties"]
        documents = {name: schema for name, schema in schemas.items() if name in ("metadata", "conversation")}
        return all(name in case.body and not self.judge.faults(schemas[name], case.body[name]) for name in documents)

    def _accept(self, body: Json) -> None:
        lines = [line["id"] for line in self._order["order_lines"]]
        del body["order_lines"][len(lines) :]
        for decision, line in zip(body["order_lines"], lines, strict=False):
            decision["id"] = line

    def _adjust(self, items: list[Json]) -> None:
        """To nothing, so that it can be done again and again."""
        del items[1:]
        line = self._order["order_lines"][0]
        for item in items:
            self._name(item, "product_id")
            item.update({"quantity": 0} if "quantity" in item else {})
            for name in ("price", "shipping_price"):
                item[name].update(amount=0, currency=line["price"]["currency"])
            for name, taxes in (("taxes", line["taxes"]), ("shipping_taxes", line["shipping_taxes"])):
                if item.get(name):
                    amount = {"amount": 0, "currency": line["price"]["currency"]}
                    item[name] = [{"code": tax["code"], "amount": amount} for tax in taxes[:1]]

    def _ship(self, body: Json) -> None:
        del body["items"][1:]
        for item in body["items"]:
            self._name(item, "id")
            item["quantity"] = 1

    def _name(self, item: Json, product: str) -> None:
        line = self._order["order_lines"][0]
        item.update({"order_line_id": line["id"]} if "order_line_id" in item else {})
        item.update({product: line["product"]["id"]} if product in item else {})

    def _report(self, body: Json) -> None:
        for action in body["actions"]:
            action["entity_id"] = self._order["id"]
            if action["status"] == "FAILED":
                action["errors"] = action.get("errors") or [{"code": "OTHER", "message": "Something."}]

    def _upload(self, body: Json) -> None:
        if "file" in body:
            body["file"] = PDF
        if "entity" in body["metadata"]:
            body["metadata"]["entity"]["id"] = self.ids["return_id"]

    def _converse(self, body: Json) -> None:
        body["conversation"]["entity"]["id"] = self._order["id"]


# Of a channel that demands neither a carrier nor a warehouse.
_EASY: Json = {"channel_id": "0001", "fulfillment": {"type": "FULFILLED_BY_SELLER"}}
