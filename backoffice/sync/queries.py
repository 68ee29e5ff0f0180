"""What the pages ask of readings."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.db.models import Count, OuterRef, Subquery
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext

from backoffice.connections.advice import advice
from backoffice.connections.models import Connection
from backoffice.sync.models import Cursor, Run


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
class ConnectionReadings:
    connection: Connection
    readings: list[Reading]

    @property
    def host(self) -> str:
        return urlsplit(self.connection.base_url).netloc

    @property
    def advice(self) -> str | Promise:
        return advice(self.connection.trouble)


def connections_with_readings() -> list[ConnectionReadings]:
    """Every connection with its cursors, in three queries."""
    newest = Run.objects.filter(cursor=OuterRef("pk"), ended_at__isnull=False).order_by("-started_at", "-pk")
    cursors = list(
        Cursor.objects.annotate(last_run=Subquery(newest.values("pk")[:1]), parked_count=Count("parked")).order_by(
            "resource"
        )
    )
    runs = Run.objects.in_bulk([cursor.last_run for cursor in cursors if cursor.last_run])
    by_connection: dict[int, list[Reading]] = {}
    for cursor in cursors:
        reading = Reading(cursor, runs.get(cursor.last_run), cursor.parked_count)
        by_connection.setdefault(cursor.connection_id, []).append(reading)
    return [
        ConnectionReadings(connection, by_connection.get(connection.pk, []))
        for connection in Connection.objects.defer("secret")
    ]
