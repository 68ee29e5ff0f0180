"""What waits to leave through each connection. The app that holds it stands above this one and registers itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Backlog:
    """`held`: can still be undone; `waiting`: leaves as soon as it may; `sent`: waits for Mirakl's answer.

    `deadline`: the first that would be missed, or None.
    """

    held: int = 0
    waiting: int = 0
    sent: int = 0
    deadline: datetime | None = None

    @property
    def total(self) -> int:
        """What has not left."""
        return self.held + self.waiting


NOTHING = Backlog()
Source = Callable[[Sequence[int]], Mapping[int, Backlog]]
_sources: list[Source] = []


def register(source: Source) -> None:
    """`source` says for keys of connections what waits; a bounded number of queries, however many there are."""
    if source not in _sources:
        _sources.append(source)


def of(connection_ids: Sequence[int]) -> Mapping[int, Backlog]:
    """By key of the connection; one that is missing has nothing waiting."""
    return _sources[0](connection_ids) if _sources else {}
