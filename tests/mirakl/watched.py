"""A watcher that remembers what it was told."""

from __future__ import annotations

from collections.abc import Callable

from backoffice.mirakl import Exchange
from backoffice.mirakl.operations import Operation


class Watched:
    """`told` holds "departing <operation>" and "<operation> <outcome>" in turn; `then` runs at each departure."""

    def __init__(self, then: Callable[[], object] = lambda: None) -> None:
        self.told: list[str] = []
        self.exchanges: list[Exchange] = []
        self._then = then

    def departing(self, operation: Operation) -> None:
        self.told.append(f"departing {operation.id}")
        self._then()

    def returned(self, exchange: Exchange) -> None:
        self.told.append(f"{exchange.operation_id} {exchange.outcome}")
        self.exchanges.append(exchange)
