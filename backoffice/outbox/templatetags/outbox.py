"""Actions on their way, for the frame around every page."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.loader import get_template
from django.utils import timezone
from django.utils.safestring import SafeString

from backoffice.outbox import strips
from backoffice.users import rights

register = template.Library()


@register.simple_tag(takes_context=True)
def outbox_strip(context: template.RequestContext) -> SafeString | str:
    """What can be undone, and whether anything is sent at all; nothing for somebody who may not look at it."""
    return _rendered("outbox/strip.html#strip", context)


@register.simple_tag(takes_context=True)
def outbox_chip(context: template.RequestContext) -> SafeString | str:
    """How much is on its way: the same figures as the strip's, looked up once for both."""
    return _rendered("outbox/_chip.html", context)


def _rendered(template_name: str, context: template.RequestContext) -> SafeString | str:
    request = context.get("request")
    if request is None or not request.user.is_authenticated or not request.user.has_perm(rights.SEE):
        return ""
    values: dict[str, Any] | None = getattr(request, "outbox_strip", None)
    if values is None:
        values = request.outbox_strip = strips.context(request.user, request.scope, now=timezone.now())
    return get_template(template_name).render(values, request)
