"""The frame around every page: navigation, scope switch, links that keep the scope."""

from __future__ import annotations

from typing import cast

from django import template
from django.http import HttpRequest

from backoffice.users.models import User
from backoffice.web import navigation
from backoffice.web.requests import Request
from backoffice.web.scope import EVERYTHING, Place, Scope
from backoffice.web.switch import Switch, demo, switch

register = template.Library()


@register.simple_tag(takes_context=True)
def scoped(context: template.Context, url: str) -> str:
    """The URL, narrowed as this page is."""
    scope: Scope = getattr(context.get("request"), "scope", EVERYTHING)
    return scope.added_to(url)


@register.filter
def keeping(url: str, request: HttpRequest) -> str:
    """The same where a tag cannot stand: {% with href=url|keeping:request %}."""
    scope: Scope = getattr(request, "scope", EVERYTHING)
    return scope.added_to(url)


@register.simple_tag(takes_context=True)
def navigation_entries(context: template.Context) -> list[navigation.Entry]:
    """What this person can go to from every page."""
    request = cast("Request", context["request"])
    match = request.resolver_match
    return navigation.entries(request.user, request.scope, match.namespace if match else "")


@register.simple_tag(takes_context=True)
def scope_switch(context: template.Context) -> Switch:
    """What the page is narrowed to, and what else it could be narrowed to."""
    request = cast("Request", context["request"])
    return switch(request, request.scope)


@register.simple_tag(takes_context=True)
def demo_places(context: template.Context) -> tuple[list[Place], bool]:
    """The connections of which nothing is real, and whether all are like that."""
    return demo(context["request"])


@register.filter
def initials(person: User) -> str:
    """Anna Berg: AB; without a name the first letter of the address."""
    return "".join(part[0] for part in str(person).split()[:2]).upper()
