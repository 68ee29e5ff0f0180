"""What every page says about connections: how they are, and which of them Mirakl no longer lets in."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from backoffice.connections import badges, health
from backoffice.connections.models import Change, ConnectionCheck
from backoffice.users import rights
from backoffice.web.badges import Badge
from backoffice.web.requests import Request
from backoffice.web.scope import EVERYTHING

register = template.Library()


@register.simple_tag(takes_context=True)
def connection_health(context: template.Context) -> health.Health:
    """How all connections are, together. One query, once in a request."""
    request = cast("Request", context["request"])
    known: health.Health | None = getattr(request, "connection_health", None)
    if known is None:
        known = health.overall(request.user, getattr(request, "scope", EVERYTHING))
        request.connection_health = known  # type: ignore[attr-defined]  # -- a note of ours, for the next tag
    return known


@register.inclusion_tag("connections/_banners.html", takes_context=True)
def connection_banners(context: template.Context, *, oob: bool = False) -> dict[str, Any]:
    """One banner for each connection that stands still, for those who may enter new credentials. `oob`: in place of
    those that the page shows."""
    request = cast("Request", context["request"])
    now: datetime = timezone.now()
    may = request.user.has_perm(rights.CONNECT)
    return {"refused": connection_health(context).refused if may else (), "now": now, "oob": oob}


@register.filter
def in_words(change: Change) -> str:
    """What was done to a connection, and by whom: "Mona Manager: Observes only → Active"."""
    said = str(change.get_what_display())
    if change.before and change.after:
        said = f"{change.get_before_display()} → {change.get_after_display()}"
    who = str(change.by) if change.by else _("By itself")
    return f"{who}: {said}"


@register.simple_tag
def check_badge(check: ConnectionCheck) -> Badge:
    """How a check ended."""
    return badges.of_check(check)
