"""Channels as places that the pages can be narrowed to."""

from __future__ import annotations

from backoffice.users.models import User
from backoffice.users.scopes import limited
from backoffice.web.scope import Place, register
from shops.models import Channel


def channels(user: User) -> list[Place]:
    """Those that this person may see, by name. One query."""
    rows = limited(Channel.objects.all(), user, channel="pk").only("name", "remote_id", "connection_id")
    return [Place(channel.pk, str(channel), channel.connection_id) for channel in rows]


register("channel", channels)
