"""The strip of actions, for the frame around every page."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.loader import get_template
from django.utils import timezone
from django.utils.safestring import SafeString

from backoffice.outbox import strips

register = template.Library()


@register.simple_tag(takes_context=True)
def outbox_strip(context: template.RequestContext) -> SafeString | str:
    """What is on its way and can be undone; nothing for somebody who is not logged in."""
    request = context.get("request")
    if request is None or not request.user.is_authenticated:
        return ""
    values: dict[str, Any] = strips.context(request.user, now=timezone.now())
    return get_template("outbox/strip.html#strip").render(values, request)
