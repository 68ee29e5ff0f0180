"""What every request gets: the viewer's time zone, and answers that htmx understands."""

from __future__ import annotations

import secrets
import zoneinfo
from collections.abc import Callable
from typing import cast

import structlog
from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django_htmx.http import trigger_client_event

from backoffice.web.log_in import instead_of_redirect
from backoffice.web.requests import Request

log = structlog.get_logger(__name__)

Answer = Callable[[HttpRequest], HttpResponseBase]


def time_zone(get_response: Answer) -> Answer:
    """Shows times in the zone of the person who looks. A zone that this machine does not know is read as UTC."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with timezone.override(_zone(getattr(request.user, "time_zone", "UTC"))):
            return get_response(request)

    return middleware


def language(get_response: Answer) -> Answer:
    """Speaks the language of the person who looks; before the log-in, the browser's (Django's LocaleMiddleware)."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        chosen = getattr(request.user, "language", None) or translation.get_language()
        known = chosen if translation.check_for_language(chosen) else settings.LANGUAGE_CODE
        with translation.override(known):
            response = get_response(request)
        response.headers.setdefault("Content-Language", known)  # LocaleMiddleware would name the browser's
        return response

    return middleware


def htmx(get_response: Answer) -> Answer:
    """Varies every answer by HX-Request. To htmx: messages become toasts, and a redirect to the log-in becomes 401."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response = instead_of_redirect(request, response)
        asked = cast("Request", request)
        if asked.htmx and not _is_passed_on(response) and not is_poll(request):
            _toast(asked, response)
        if asked.htmx and request.user.is_authenticated:
            response["X-Person"] = str(request.user.pk)  # app.js puts nothing of another person into this one's page
        patch_vary_headers(response, ["HX-Request"])
        return response

    return middleware


def reference(get_response: Answer) -> Answer:
    """Gives a fault of ours a reference that staff can name: in the log, on the page and in the header X-Reference."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        found = secrets.token_hex(4)
        request.META["reference"] = found
        response = get_response(request)
        if response.status_code == 500:
            log.error("a page failed", reference=found, method=request.method, path=request.path)
            response["X-Reference"] = found
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


def _is_passed_on(response: HttpResponseBase) -> bool:
    """Another answer follows: messages wait for it. So after 401: what was asked is asked again after the log-in."""
    follows = 300 <= response.status_code < 400 or response.status_code == 401
    return follows or "HX-Redirect" in response or "HX-Refresh" in response


def _toast(request: Request, response: HttpResponseBase) -> None:
    toasts = [{"level": message.level_tag, "message": str(message)} for message in get_messages(request)]
    if toasts:
        trigger_client_event(response, "toasts", {"items": toasts})
