"""Connections in the main navigation: how many a person has to see to."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from backoffice.connections.health import overall
from backoffice.users.models import User
from backoffice.web.navigation import Item, Need, register
from backoffice.web.scope import Scope


def needs_you(user: User, scope: Scope) -> Need:
    """Connections with trouble. One query."""
    health = overall(user, scope)
    return Need(health.troubled, urgent=health.tone == "late")


register(Item("connections", _("Connections"), "plug", "connections:list", needs_you, order=80, go="c"))
