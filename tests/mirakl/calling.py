"""What the tests of the client ask for again and again."""

from __future__ import annotations

from typing import Any

from backoffice.mirakl import Connect, Page
from backoffice.mirakl.connect.types import Order, read


def ids(page: Page) -> list[str]:
    return [read(raw, Order).id for raw in page.data]


def pages_of_ids(api: Connect, **arguments: Any) -> list[list[str]]:
    return [ids(page) for page in api.list_orders(**arguments)]


def first_page(api: Connect, **arguments: Any) -> Page:
    return next(api.list_orders(**arguments))
