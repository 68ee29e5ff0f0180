"""What Mirakl was told of our own synchronisation. The app that tells it stands above this one and registers itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from backoffice.connections.models import Connection


@dataclass(frozen=True, slots=True)
class Reports:
    """`until`: when we did the newest of what was told, or None. `waiting` and `refused`: results that were not told.

    `text`: what went wrong with one of those, word by word.
    """

    until: datetime | None
    waiting: int
    refused: int
    text: str


Source = Callable[[int], Reports]
_sources: list[Source] = []


def register(source: Source) -> None:
    """`source` says for the key of a connection how far it has told Mirakl; two queries at most."""
    if source not in _sources:
        _sources.append(source)


def of(connection: Connection) -> Reports | None:
    """None, and no query, where the connection is not to report."""
    return _sources[0](connection.pk) if _sources and connection.report_orders else None
