"""One way to answer with a page, for browsers with and without JavaScript."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from backoffice.web.requests import Request


def page(request: Request, template: str, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """The whole page, or the fragment of it that htmx is about to replace.

    A fragment is the partial of the template with the name of the target's id. For a target that is no partial the
    browser is sent to the page; the answer to a form has no address of its own and replaces the body. Rights are
    checked before this is called: the client chooses only among fragments of a page that it may see.
    """
    target = _target(request)
    if not target:
        return HttpResponse(get_template(template).render(dict(context), request), status=status)
    try:
        fragment = get_template(f"{template}#{target}")
    except TemplateDoesNotExist:
        if request.method in {"GET", "HEAD"}:
            # Not put into the body: the scripts of the page would go on looking at what stood there before.
            return HttpResponse(headers={"HX-Redirect": request.get_full_path()})
        response = HttpResponse(get_template(template).render(dict(context), request), status=status)
        response["HX-Retarget"] = "body"
        response["HX-Reswap"] = "innerHTML"
        return response
    return HttpResponse(fragment.render(dict(context), request), status=status)


def way_back(request: Request, otherwise: str) -> str:
    """Where a form was sent from: its field `next` when that is a page of ours, else the URL of this name."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return wanted
    return reverse(otherwise)


def _target(request: Request) -> str:
    if not request.htmx or request.htmx.boosted or request.htmx.history_restore_request:
        return ""
    return (request.htmx.target or "").rpartition("#")[2]
