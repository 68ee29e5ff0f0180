"""What the scope switch in the top bar offers on a page."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from backoffice.web.scope import KINDS, Place, Scope, places

# A place in a list, or rows chosen of it, mean nothing in another scope.
LEFT_OUT = ("after", "before", "selection", "seen")


@dataclass(frozen=True, slots=True)
class Option:
    """A link to the same page in another scope. `is_inner`: a channel, listed below its connection."""

    label: str | Promise
    url: str
    is_current: bool
    is_inner: bool = False


@dataclass(frozen=True, slots=True)
class Switch:
    """`label`: what the page is narrowed to. `options`: none when there is nothing to choose between."""

    label: str | Promise
    is_narrowed: bool
    options: list[Option]

    @property
    def left_out(self) -> str:
        """For shell.js, which makes the same links for an address that changed since."""
        return " ".join(LEFT_OUT)


def switch(request: HttpRequest, scope: Scope) -> Switch:
    """Two queries, or those that the request has asked already."""
    connections, channels = places(request, "connection"), places(request, "channel")
    everything = Option(_("All channels"), _url(request, Scope()), is_current=not scope)
    options = [everything]
    for connection in connections:
        options.append(_option(request, connection.label, Scope(connection.pk), scope))
        inner = [one for one in channels if one.connection == connection.pk]
        options += [_option(request, one.label, Scope(connection.pk, one.pk), scope, is_inner=True) for one in inner]
    current = next((one for one in options if one.is_current), everything)
    # Of one connection with one channel, everything is the same as that.
    has_choice = len(connections) > 1 or len(channels) > 1
    return Switch(current.label, bool(scope), options if has_choice or scope else [])


def demo(request: HttpRequest) -> tuple[list[Place], bool]:
    """The connections behind which nothing is real, and whether all are like that."""
    known = places(request, "connection")
    unreal = [place for place in known if place.is_demo]
    return unreal, len(unreal) == len(known)


def _option(request: HttpRequest, label: str, leads_to: Scope, scope: Scope, *, is_inner: bool = False) -> Option:
    # A channel alone in the URL is the same choice as with its connection.
    same = scope == leads_to or (scope.channel is not None and scope.channel == leads_to.channel)
    return Option(label, _url(request, leads_to), is_current=same, is_inner=is_inner)


def _url(request: HttpRequest, scope: Scope) -> str:
    values = request.GET.copy()
    for name in (*KINDS, *LEFT_OUT):
        values.pop(name, None)
    rest = values.urlencode()
    # "?" alone, because an empty address would keep the query that is there.
    return scope.added_to(f"{request.path}?{rest}")
