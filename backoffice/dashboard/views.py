"""Pages that look at every app."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from backoffice.dashboard import finding, places
from backoffice.web.pages import page
from backoffice.web.requests import Request


@require_http_methods(["GET", "HEAD", "POST"])
def search(request: Request) -> HttpResponse:
    """Everything that the words may mean. One order that has exactly this number is opened at once.

    POST changes nothing: what somebody pastes may be longer than an address can be.
    """
    text = (request.POST if request.method == "POST" else request.GET).get("q", "")
    result = finding.result(request.user, request.scope, text)
    if result.only_url:
        return redirect(request.scope.added_to(result.only_url))
    return page(request, "dashboard/search.html", {"result": result, "search_text": result.shown_text})


@require_safe
def palette(request: Request) -> HttpResponse:
    """What the palette of palette.js offers: places to go to, or, with `q`, what a search finds. Always a fragment."""
    text = request.GET.get("q", "")
    groups = finding.groups(request.user, request.scope, text) if text else places.groups(request.user, request.scope)
    return render(request, "dashboard/palette.html", {"groups": groups})
