"""A client of the sandbox that is not ours: what is tested is the sandbox."""

from __future__ import annotations

from typing import Any

import requests

from tests.sandbox_server import RunningSandbox

FORM = {"grant_type": "client_credentials", "client_id": "demo-client", "client_secret": "demo-secret"}


def ask_token(sandbox: RunningSandbox, **fields: str) -> requests.Response:
    return requests.post(sandbox.token_url, data={**FORM, **fields}, timeout=30)


def bearer(sandbox: RunningSandbox, **fields: str) -> dict[str, str]:
    """The header that authorises as this client."""
    return {"Authorization": f"Bearer {ask_token(sandbox, **fields).json()['access_token']}"}


class Caller:
    """Calls v2-listOrders with one token."""

    def __init__(self, sandbox: RunningSandbox) -> None:
        self.url = f"{sandbox.connect_url}/v2/orders"
        self.headers = bearer(sandbox)

    def answer(self, **params: Any) -> requests.Response:
        return requests.get(self.url, params=params, headers=self.headers, timeout=30)

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
