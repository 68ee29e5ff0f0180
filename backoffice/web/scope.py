"""The scope switch: all pages narrowed to one connection or one channel. The choice is in the URL and nowhere else.

`?connection=3&channel=7` works on every page. What is chosen must be a place that the person may see: whatever else
the URL says is left out, and said. Apps register the places that they know in `AppConfig.ready`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, cast
from urllib.parse import parse_qs, urlencode, urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.utils.translation import gettext as _

from backoffice.users.models import User

Kind = Literal["connection", "channel"]
KINDS: tuple[Kind, ...] = ("connection", "channel")


@dataclass(frozen=True, slots=True)
class Scope:
    """What the pages are narrowed to; primary keys. True if they are narrowed at all."""

    connection: int | None = None
    channel: int | None = None

    def __bool__(self) -> bool:
        return self.connection is not None or self.channel is not None

    @property
    def pairs(self) -> list[tuple[str, int]]:
        """(("connection", 3), ("channel", 7)), without what is not chosen."""
        chosen = (("connection", self.connection), ("channel", self.channel))
        return [(kind, pk) for kind, pk in chosen if pk is not None]

    @property
    def query(self) -> str:
        """connection=3&channel=7, or nothing."""
        return urlencode(self.pairs)

    def added_to(self, url: str) -> str:
        """The URL with this scope, unless it names one itself."""
        if not self:
            return url
        address, _hash, anchor = url.partition("#")
        path, _mark, query = address.partition("?")
        if parse_qs(query).keys() & set(KINDS):
            return url
        return f"{path}?{query}{'&' * bool(query)}{self.query}{_hash}{anchor}"


EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class Place:
    """What can be chosen. `connection`: the connection that a channel belongs to. `is_demo`: nothing real is there."""

    pk: int
    label: str
    connection: int | None = None
    is_demo: bool = False


_sources: dict[Kind, Callable[[User], list[Place]]] = {}


def register(kind: Kind, places: Callable[[User], list[Place]]) -> None:
    """`places`: those that the person may see, in the order in which they are shown. One query."""
    _sources[kind] = places


def places(request: HttpRequest, kind: Kind) -> list[Place]:
    """What this person can choose. Asked once per request."""
    known: dict[Kind, list[Place]] = request.__dict__.setdefault("_places", {})
    if kind not in known:
        source = _sources.get(kind)
        known[kind] = source(cast("User", request.user)) if source else []
    return known[kind]


class Middleware:
    """Sets `request.scope`. A form that is sent keeps the scope of the page it stood on, and so does what it leads to.

    Pages of the administration read the same parameters in their own way, and get no scope.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        _set(request, EVERYTHING)
        response = self.get_response(request)
        if request.method == "POST" and 300 <= response.status_code < 400:
            _carry(request, response)
        return response

    def process_view(self, request: HttpRequest, *_: object) -> None:
        match = request.resolver_match
        if request.user.is_authenticated and match is not None and match.app_name != "admin":
            _set(request, _asked(request))


def _set(request: HttpRequest, scope: Scope) -> None:
    request.scope = scope  # type: ignore[attr-defined]  # -- typed on backoffice.web.requests.Request


def _asked(request: HttpRequest) -> Scope:
    if request.method in ("GET", "HEAD") or request.GET.keys() & set(KINDS):
        scope, is_whole = _found(request, request.GET)
        # What asks by itself would say it again and again.
        if not is_whole and request.headers.get("X-Poll") != "1":
            messages.warning(
                request,
                _(
                    "The address names a connection or channel that is not there or not yours to see. "
                    "It was left out: this page is not narrowed by it."
                ),
            )
        return scope
    return _found(request, _page_before(request))[0]


def _page_before(request: HttpRequest) -> QueryDict:
    """The query of the page on which the form stood."""
    try:
        return QueryDict(urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer", "")).query)
    except ValueError:
        return QueryDict()


def _found(request: HttpRequest, values: Mapping[str, str]) -> tuple[Scope, bool]:
    """The scope that the values name, and whether all of it could be followed."""
    chosen: dict[Kind, Place] = {}
    asked = [kind for kind in KINDS if values.get(kind)]
    for kind in asked:
        place = next((place for place in places(request, kind) if str(place.pk) == values[kind]), None)
        connection = chosen.get("connection")
        if place and (not connection or place.connection in (None, connection.pk)):
            chosen[kind] = place
    scope = Scope(**{kind: place.pk for kind, place in chosen.items()})
    return scope, len(chosen) == len(asked)


def _carry(request: HttpRequest, response: HttpResponseBase) -> None:
    scope = cast("Scope", request.scope)  # type: ignore[attr-defined]  # -- as above
    url = response["Location"]
    # Not to another site, and not to the log-in of somebody who has just left.
    if scope and url.startswith("/") and not url.startswith("//") and request.user.is_authenticated:
        response["Location"] = scope.added_to(url)
