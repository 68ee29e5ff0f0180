"""What the tests of the client ask for again and again."""

from __future__ import annotations

from typing import Any

from backoffice.mirakl import Bearer, Connect, Page
from backoffice.mirakl.connect.types import Order, read


def client_at(url: str, **settings: Any) -> Connect:
    """A client of a server that asks for nothing: it needs neither a sandbox nor a broker, and never really sleeps."""
    return Connect(url, auth=Bearer("token"), **{"timeout": (2.0, 10.0), "sleep": lambda _: None, **settings})


def ids(page: Page) -> list[str]:
    return [read(raw, Order).id for raw in page.data]


def pages_of_ids(api: Connect, **arguments: Any) -> list[list[str]]:
    return [ids(page) for page in api.list_orders(**arguments)]


def first_page(api: Connect, **arguments: Any) -> Page:
    return next(api.list_orders(**arguments))
