"""What pages ask of connections."""

from __future__ import annotations

from django.db.models import QuerySet

from backoffice.connections.models import Change, Connection, ConnectionCheck
from backoffice.users.models import User
from backoffice.users.scopes import limited

RECENT = 10


def visible_to(user: User) -> QuerySet[Connection]:
    """The connections this person works for, or for a channel of."""
    return limited(Connection.objects.all(), user, connection="pk")


def checks_visible_to(user: User) -> QuerySet[ConnectionCheck]:
    """Checks of those connections, with who asked."""
    return limited(ConnectionCheck.objects.select_related("asked_by", "connection"), user)


def recent_checks(connection: Connection) -> list[ConnectionCheck]:
    """The last ones, newest first. One query."""
    return list(connection.checks.select_related("asked_by")[:RECENT])


def recent_changes(connection: Connection) -> list[Change]:
    """What was done to it last, newest first. One query."""
    return list(connection.changes.select_related("by")[:RECENT])
