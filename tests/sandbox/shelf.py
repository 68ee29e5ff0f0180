"""A client of the sandbox's catalog that is not ours."""

from __future__ import annotations

from typing import Any

import requests

from tests.sandbox.calling import bearer
from tests.sandbox_server import RunningSandbox

Product = dict[str, Any]


class Shelf:
    """Calls the operations of products with one token."""

    def __init__(self, sandbox: RunningSandbox) -> None:
        self.url = f"{sandbox.connect_url}/products"
        self.headers = bearer(sandbox)
        self._read = sandbox._read

    def call(self, method: str, **options: Any) -> requests.Response:
        headers = {**self.headers, **options.pop("headers", {})}
        return requests.request(method, self.url, headers=headers, timeout=30, **options)

    def upsert(self, *products: Any) -> requests.Response:
        return self.call("POST", json={"products": products})

    def put(self, *products: Any) -> None:
        answer = self.upsert(*products)
        assert answer.status_code == 202, answer.text

    def delete(self, *ids: Any) -> requests.Response:
        return self.call("DELETE", json={"products": [{"id": product_id} for product_id in ids]})

    def page(self, **params: Any) -> dict[str, Any]:
        found: dict[str, Any] = self._read(self.call("GET", params=params))
        return found

    def products(self) -> list[Product]:
        found: list[Product] = self.page()["data"]
        return found

    def ids(self, **params: Any) -> list[str]:
        return [product["id"] for product in self.page(**params)["data"]]


def fields(answer: requests.Response) -> list[str]:
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_INPUT")
    return [error["field"] for error in answer.json()["errors"]]
