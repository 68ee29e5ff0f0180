"""A client of the sandbox that is not ours: what is tested is the sandbox."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import msgspec
import requests

from tests.sandbox_server import RunningSandbox

FORM = {"grant_type": "client_credentials", "client_id": "demo-client", "client_secret": "demo-secret"}


to_json = msgspec.json.Encoder(decimal_format="number").encode  # exact amounts


def ask_token(sandbox: RunningSandbox, **fields: str) -> requests.Response:
    return requests.post(sandbox.token_url, data={**FORM, **fields}, timeout=30)


def bearer(sandbox: RunningSandbox, **fields: str) -> dict[str, str]:
    """The header that authorises as this client."""
    return {"Authorization": f"Bearer {ask_token(sandbox, **fields).json()['access_token']}"}


class Caller:
    """Calls operations with one token; where none is named it is v2-listOrders."""

    def __init__(self, sandbox: RunningSandbox) -> None:
        self.url = f"{sandbox.connect_url}/v2/orders"
        self.headers = bearer(sandbox)

    def answer(self, **params: Any) -> requests.Response:
        return requests.get(self.url, params=params, headers=self.headers, timeout=30)

    def accept(self, order_id: str, body: Any = None, **options: Any) -> requests.Response:
        """Call v2-acceptOrderLines; without a body its first line is accepted."""
        if body is None:
            body = {"order_lines": [{"id": f"{order_id}-1", "accepted": True}]}
        options = options or {"json": body}
        headers = {**self.headers, **options.pop("headers", {})}
        return requests.put(f"{self.url}/{quote(order_id, safe='')}/accept", headers=headers, timeout=30, **options)

    def decide(self, order_id: str, *accepted: bool) -> str:
        """Accept or refuse the order's lines, from the first on; the id of the action."""
        lines = [{"id": f"{order_id}-{position}", "accepted": yes} for position, yes in enumerate(accepted, 1)]
        answer = self.accept(order_id, {"order_lines": lines})
        assert answer.status_code == 202, answer.text
        found: str = answer.json()["action_id"]
        return found

    def send(self, verb: str, order_id: str, body: Any, **options: Any) -> requests.Response:
        """POST a body to `cancel`, `refund` or `shipments` of an order."""
        options = options or {"data": to_json(body), "headers": {"Content-Type": "application/json"}}
        headers = {**self.headers, **options.pop("headers", {})}
        return requests.post(f"{self.url}/{quote(order_id, safe='')}/{verb}", headers=headers, timeout=30, **options)

    def take(self, verb: str, order_id: str, body: Any) -> str:
        """The same; the id of the action."""
        answer = self.send(verb, order_id, body)
        assert answer.status_code == 202, answer.text
        found: str = answer.json()["action_id"]
        return found

    def action(self, action_id: str) -> requests.Response:
        """Call v2-getActionStatus."""
        return requests.get(f"{self.url}/actions/{action_id}", headers=self.headers, timeout=30)

    def end(self, action_id: str) -> tuple[str, str | None]:
        """Status and error code of an action."""
        found = self.action(action_id).json()
        return found["status"], found["errors"][0]["code"] if "errors" in found else None

    def order(self, order_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.page(order_ids=order_id)["data"][0]
        return found

    def exact_line(self, order_id: str, position: int = 0) -> dict[str, Any]:
        """A line of the order, its amounts as the exact numbers of the text."""
        found = json.loads(self.answer(order_ids=order_id).content, parse_float=Decimal)
        line: dict[str, Any] = found["data"][0]["order_lines"][position]
        return line

    def page(self, **params: Any) -> dict[str, Any]:
        answer = self.answer(**params)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def ids(self, **params: Any) -> list[str]:
        return [order["id"] for order in self.page(**params)["data"]]

    def walk(self, **params: Any) -> list[list[str]]:
        """The ids of every page of the walk."""
        page = self.page(**params)
        pages = [[order["id"] for order in page["data"]]]
        while "next_page_token" in page:
            page = self.page(page_token=page["next_page_token"])
            pages.append([order["id"] for order in page["data"]])
        return pages
