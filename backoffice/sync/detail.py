"""The page of one connection."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from backoffice.connections import moves, queries, reports
from backoffice.connections.models import Connection
from backoffice.connections.views import check_context
from backoffice.sync.models import Parked
from backoffice.sync.queries import connections_shown
from backoffice.users.models import User

PARKED = 50  # records that could not be stored that are named; their number stands beside them


def context(user: User, connection: Connection, *, now: datetime) -> dict[str, Any]:
    """A fixed number of queries, whatever happened to the connection."""
    (shown,) = connections_shown(Connection.objects.filter(pk=connection.pk))
    checks = queries.recent_checks(connection)
    return {
        "now": now,
        "connection": shown.connection,
        "shown": shown,
        "moves": moves.offered(connection, user, shown.backlog),
        "parked": list(Parked.objects.filter(cursor__connection=connection).select_related("cursor")[:PARKED]),
        "checks": checks,
        "changes": queries.recent_changes(connection),
        "reports": reports.of(shown.connection),
        **check_context(checks[0] if checks else None),
    }
