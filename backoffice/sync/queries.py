"""What the pages ask of readings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext

from backoffice.connections import backlog, badges
from backoffice.connections.advice import advice
from backoffice.connections.backlog import Backlog
from backoffice.connections.enums import READING
from backoffice.connections.models import Connection
from backoffice.sync.models import Cursor, Run
from backoffice.web.badges import Badge


@dataclass(frozen=True, slots=True)
class Reading:
    """A cursor, the last run that ended (None before the first), and how many records could not be stored."""

    cursor: Cursor
    last_run: Run | None
    parked: int

    @property
    def label(self) -> str:
        # A resource is named like the plural of its model, which every catalogue holds.
        return capfirst(gettext(self.cursor.resource))


@dataclass(frozen=True, slots=True)
class ConnectionShown:
    """A connection with its readings and what waits for it."""

    connection: Connection
    readings: list[Reading]
    backlog: Backlog

    @property
    def host(self) -> str:
        return urlsplit(self.connection.base_url).netloc

    @property
    def advice(self) -> str | Promise:
        return advice(self.connection.trouble)

    @property
    def badges(self) -> list[Badge]:
        return badges.of_connection(self.connection)

    @property
    def reads(self) -> bool:
        """Whether anything is read from it at the moment."""
        return self.connection.state in READING

    @property
    def next_at(self) -> datetime | None:
        """When it is read next; None when nothing is."""
        if not self.reads:
            return None
        return min((reading.cursor.next_at for reading in self.readings), default=None)

    @property
    def parked(self) -> int:
        """Records that could not be stored."""
        return sum(reading.parked for reading in self.readings)


def connections_shown(connections: QuerySet[Connection]) -> list[ConnectionShown]:
    """These connections with their cursors and their backlog, in four queries."""
    found = list(connections.defer("secret"))
    keys = [connection.pk for connection in found]
    newest = Run.objects.filter(cursor=OuterRef("pk"), ended_at__isnull=False).order_by("-started_at", "-pk")
    cursors = list(
        Cursor.objects.filter(connection__in=keys)
        .annotate(last_run=Subquery(newest.values("pk")[:1]), parked_count=Count("parked"))
        .order_by("resource")
    )
    runs = Run.objects.in_bulk([cursor.last_run for cursor in cursors if cursor.last_run])
    by_connection: dict[int, list[Reading]] = {}
    for cursor in cursors:
        reading = Reading(cursor, runs.get(cursor.last_run), cursor.parked_count)
        by_connection.setdefault(cursor.connection_id, []).append(reading)
    waiting = backlog.of(keys)
    return [
        ConnectionShown(connection, by_connection.get(connection.pk, []), waiting.get(connection.pk, backlog.NOTHING))
        for connection in found
    ]
