"""Connections as places that the pages can be narrowed to."""

from __future__ import annotations

from urllib.parse import urlsplit

from backoffice.connections.models import Connection
from backoffice.connections.validators import is_loopback
from backoffice.users.models import User
from backoffice.users.scopes import limited
from backoffice.web.scope import Place, register


def connections(user: User) -> list[Place]:
    """Those that this person may see, by name. What runs on this machine is a sandbox: a demo. One query."""
    rows = limited(Connection.objects.order_by("name"), user, connection="pk").values_list("pk", "name", "base_url")
    return [Place(pk, name, is_demo=is_loopback(urlsplit(url).hostname or "")) for pk, name, url in rows]


register("connection", connections)
