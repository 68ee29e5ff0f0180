"""What every request gets: the viewer's time zone, and answers that htmx understands."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from typing import cast
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from backoffice.web.requests import Request

Answer = Callable[[HttpRequest], HttpResponseBase]


def time_zone(get_response: Answer) -> Answer:
    """Shows times in the zone of the person who looks. A zone that this machine does not know is read as UTC."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with timezone.override(_zone(getattr(request.user, "time_zone", "UTC"))):
            return get_response(request)

    return middleware


def htmx(get_response: Answer) -> Answer:
    """Varies every answer by HX-Request. To htmx: messages become toasts, and the log-in page fills the window."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        asked = cast("Request", request)
        if asked.htmx:
            if 300 <= response.status_code < 400:
                response = _to_log_in(asked, response)
            elif "HX-Redirect" not in response and "HX-Refresh" not in response and not is_poll(request):
                _toast(asked, response)
        patch_vary_headers(response, ["HX-Request"])
        return response

    return middleware


def is_poll(request: HttpRequest) -> bool:
    """Whether the page asked by itself. A message waits for an answer that somebody asked for: only that is read."""
    return request.headers.get("X-Poll") == "1"


def _zone(name: str) -> zoneinfo.ZoneInfo:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return zoneinfo.ZoneInfo("UTC")


def _to_log_in(request: Request, response: HttpResponseBase) -> HttpResponseBase:
    """htmx would put the log-in page into a table cell; every other redirect it may follow.

    A page that asks by itself is left as it is: somebody may be typing there.
    """
    login = resolve_url(settings.LOGIN_URL)
    if response["Location"].partition("?")[0] != login:
        return response
    if is_poll(request):
        return HttpResponse(status=204)
    return HttpResponseClientRedirect(f"{login}?{urlencode({'next': request.htmx.current_url_abs_path or '/'})}")


def _toast(request: Request, response: HttpResponseBase) -> None:
    toasts = [{"level": message.level_tag, "message": str(message)} for message in get_messages(request)]
    if toasts:
        trigger_client_event(response, "toasts", {"items": toasts})
