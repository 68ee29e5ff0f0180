"""Every operation that the sandbox answers. A new one is a handler and an entry in its module's `OPERATIONS`."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import unquote

from backoffice.sandbox.answers import RefusedError
from backoffice.sandbox.calls import Operation
from backoffice.sandbox.connect import (
    accepting,
    cancelling,
    conversations,
    deprecated,
    documents,
    following,
    orders,
    products,
    refunding,
    reporting,
    returns,
    shipping,
)

OPERATIONS = (
    *orders.OPERATIONS,
    *accepting.OPERATIONS,
    *following.OPERATIONS,
    *cancelling.OPERATIONS,
    *refunding.OPERATIONS,
    *shipping.OPERATIONS,
    *reporting.OPERATIONS,
    *deprecated.OPERATIONS,
    *returns.OPERATIONS,
    *documents.OPERATIONS,
    *conversations.OPERATIONS,
    *products.OPERATIONS,
)
NAMES = (*(operation.id for operation in OPERATIONS), "token", "*")  # what a fault may strike


class Routes:
    """Finds the operation of a path. Literal segments win over parameters, whatever the order of the table."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        routes = [(operation.path.split("/"), operation) for operation in operations]
        self._routes = sorted(routes, key=lambda route: [segment.startswith("{") for segment in route[0]])

    def find(self, method: str, raw_path: str) -> tuple[Operation, dict[str, str]]:
        """The operation and its path values. Raises RefusedError 404, or 405 with the methods that there are.

        `raw_path` is still percent-encoded: an order id may hold a slash.
        """
        segments = [unquote(segment) for segment in raw_path.split("/")]
        matching = [operation for pattern, operation in self._routes if _fits(pattern, segments)]
        if not matching:
            raise RefusedError(404, "There is nothing at this address.")
        for operation in matching:
            if operation.method == method:
                return operation, _values(operation.path.split("/"), segments)
        allowed = ", ".join(sorted({operation.method for operation in matching}))
        raise RefusedError(405, f"Only {allowed} is possible here.").with_header("Allow", allowed)


def _fits(pattern: list[str], segments: list[str]) -> bool:
    return len(pattern) == len(segments) and all(
        bool(segment) if expected.startswith("{") else expected == segment
        for expected, segment in zip(pattern, segments, strict=True)
    )


def _values(pattern: list[str], segments: list[str]) -> dict[str, str]:
    return {
        expected[1:-1]: segment for expected, segment in zip(pattern, segments, strict=True) if expected.startswith("{")
    }
