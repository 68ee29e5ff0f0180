"""Calls of the operations of returns and documents, by a client that is not ours."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any
from urllib.parse import quote

import requests

from tests.sandbox.calling import Caller
from tests.sandbox_server import RunningSandbox

LONG_AGO = "2000-01-01T00:00:00Z"
PDF = b"%PDF-1.4\n%%EOF\n"


class Returner(Caller):
    """`returns` and `documents` give the rows, the other methods the answer."""

    def __init__(self, sandbox: RunningSandbox) -> None:
        super().__init__(sandbox)
        self.sandbox = sandbox

    def list_returns(self, **params: Any) -> requests.Response:
        return requests.get(f"{self.url}/returns", params=params, headers=self.headers, timeout=30)

    def returns(self, **params: Any) -> list[dict[str, Any]]:
        answer = self.list_returns(**{"updated_from": LONG_AGO, "limit": 100, **params})
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["data"]
        return found

    def returned(self, return_id: str) -> dict[str, Any]:
        """The return as the list has it."""
        (found,) = [row for row in self.returns() if row["id"] == return_id]
        return found

    def change(self, return_id: str, last: str, **options: Any) -> requests.Response:
        """PUT to `accept`, `receive`, `close` or `trackings`; without a body `Content-Length: 0` goes out."""
        headers = {**self.headers, **options.pop("headers", {})}
        url = f"{self.url}/returns/{quote(return_id, safe='')}/{last}"
        return requests.put(url, headers=headers, timeout=30, **options)

    def ends(self, answer: requests.Response) -> str | None:
        """The code that the action of a 202 failed with, None if it ended well."""
        assert answer.status_code == 202, answer.text
        status, code = self.end(answer.json()["action_id"])
        assert (status == "FAILED") == (code is not None)
        return code

    def list_documents(self, **params: Any) -> requests.Response:
        return requests.get(f"{self.url}/documents", params=params, headers=self.headers, timeout=30)

    def documents(self, **params: Any) -> list[dict[str, Any]]:
        answer = self.list_documents(**params)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["documents"]
        return found

    def download(self, order_id: str, **params: Any) -> requests.Response:
        url = f"{self.url}/{quote(order_id, safe='')}/documents"
        return requests.get(url, params=params, headers=self.headers, timeout=30)

    def upload(self, order_id: str, parts: list[tuple[str, Any]]) -> requests.Response:
        url = f"{self.url}/{quote(order_id, safe='')}/documents"
        return requests.post(url, files=parts, headers=self.headers, timeout=30)


def metadata(value: Any = None, content_type: str = "application/json", **fields: Any) -> tuple[str, Any]:
    """The part: an invoice that differs in these fields, or the value as it is."""
    whole = {"type": "CUSTOMER_INVOICE", "filename": "invoice.pdf", **fields}
    return "metadata", (None, json.dumps(whole if value is None else value), content_type)


def file(content: bytes = PDF, name: str = "scan.pdf") -> tuple[str, Any]:
    return "file", (name, content, "application/octet-stream")


def unpacked(answer: requests.Response) -> dict[str, bytes]:
    """The entries of the ZIP that was answered, in their order."""
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def fields_at_fault(answer: requests.Response) -> list[str]:
    """Of a 400 in the envelope."""
    assert answer.status_code == 400, answer.text
    assert answer.json()["code"] == "INVALID_INPUT"
    return [error["field"] for error in answer.json()["errors"]]
