"""What can be read from Mirakl. Apps register their resources in their `sync.py`; this package knows none of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from backoffice.connections.enums import Family
from backoffice.connections.models import Connection


@dataclass(frozen=True, slots=True)
class Unstorable:
    """A record that has to be parked: its id at Mirakl (or a stand-in when it has none), and why."""

    remote_id: str
    reason: str
    payload: str
    quotes: bool = False  # the reason may repeat something of the record, as that of a database does


@dataclass(slots=True)
class Stored:
    """What became of one batch."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    ids: list[str] = field(default_factory=list)  # of every record that is safely here now
    parked: list[Unstorable] = field(default_factory=list)
    newest: datetime | None = None  # the greatest updated_at in the batch


class PageOfRecords(Protocol):
    """One page of a list: the untouched JSON text of each record."""

    @property
    def data(self) -> Sequence[Any]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A list at Mirakl that is followed by `updated_from`.

    `pages(connection, updated_from)` walks it, newest first; `store(connection, records)` writes a batch inside the
    transaction it is called in; `count(connection, since, until)` says how many we hold that were updated between.
    """

    name: str
    family: Family
    pace: timedelta  # between two walks, at speed 1
    overlap: timedelta  # read again before the watermark: what was stored late at Mirakl
    first: timedelta  # how far the very first walk reaches back
    wide: timedelta  # how far the nightly one does
    pages: Callable[[Connection, datetime], Iterator[PageOfRecords]]
    store: Callable[[Connection, Sequence[bytes]], Stored]
    count: Callable[[Connection, datetime, datetime], int]


_resources: dict[str, Resource] = {}


def register(resource: Resource) -> Resource:
    """Makes a resource known. A second one of the same name is a mistake in the code."""
    if resource.name in _resources:
        raise ValueError(f"A resource named {resource.name!r} is registered already.")
    _resources[resource.name] = resource
    return resource


def get(name: str) -> Resource:
    """The resource of this name; KeyError when no app registered it."""
    return _resources[name]


def of_family(family: str) -> list[Resource]:
    """What is read through connections of this family."""
    return [resource for resource in _resources.values() if resource.family == family]
