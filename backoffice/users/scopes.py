"""Which connections and channels a person works for. Everything that shows, counts or changes rows asks here."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from backoffice.users.models import User

Row = TypeVar("Row", bound=Model)


def is_limited(user: User) -> bool:
    """Whether there is anything that this person must not see for where it belongs."""
    return not (user.all_connections or user.is_superuser)


def limited(
    queryset: QuerySet[Row], user: User, *, connection: str = "connection_id", channel: str | None = None
) -> QuerySet[Row]:
    """Those rows that belong to what this person works for.

    `connection` and `channel` are the lookups that lead to the ids, such as `order__channel_id`. Rows without a
    channel belong to everybody who works for their connection or for a channel of it. One query for the scopes of a
    person, once in a request; none for those who work for everything.
    """
    return queryset.filter(condition(user, connection=connection, channel=channel)) if is_limited(user) else queryset


def condition(user: User, *, connection: str, channel: str | None) -> Q:
    """The same as a condition, for a person who is limited. One without any scope gets no row."""
    if channel is None:
        return Q(**{f"{connection}__in": sorted({one for one, _ in user.scopes})})
    whole = Q(**{f"{connection}__in": sorted(whole_connections(user))})
    # The connection is asked for too: the id of a channel alone would go on counting if that moved.
    parts = [Q(**{connection: one, channel: part}) for one, part in user.scopes if part is not None]
    for part in parts:
        whole |= part
    return whole


def whole_connections(user: User) -> set[int]:
    """The connections of which a limited person sees every channel."""
    return {one for one, channel in user.scopes if channel is None}
