"""Connections in the search over everything."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backoffice.connections.models import Connection
from backoffice.users.models import User
from backoffice.users.scopes import limited
from backoffice.web.scope import Scope
from backoffice.web.searching import MOST_HITS, Found, Hit, Source, register

# A name has few words; whoever pastes a list of ids looks for something else.
MOST_WORDS_OF_A_NAME = 10


def find(user: User, scope: Scope, words: Sequence[str]) -> Found:
    """Connections in whose name or address all words occur. One query; none for a list of ids."""
    if len(words) > MOST_WORDS_OF_A_NAME:
        return Found()
    connections = limited(Connection.objects.all(), user, connection="pk")
    if scope.connection is not None:
        connections = connections.filter(pk=scope.connection)
    for word in words:
        connections = connections.filter(Q(name__icontains=word) | Q(base_url__icontains=word))
    return Found([_hit(connection) for connection in connections.order_by("name")[:MOST_HITS]])


def looks_through(user: User) -> str:
    return _("connections: names and addresses")


def _hit(connection: Connection) -> Hit:
    return Hit(connection.name, reverse("connections:detail", args=[connection.pk]), note=connection.base_url)


register(Source("connections", gettext_lazy("Connections"), find, looks_through, order=80))
