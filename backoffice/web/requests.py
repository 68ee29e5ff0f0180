"""The request as our views get it: somebody is logged in, and django-htmx has looked at the headers."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from backoffice.users.models import User
from backoffice.web.scope import Scope


class Request(HttpRequest):
    user: User  # LoginRequiredMiddleware lets nobody else through
    htmx: HtmxDetails
    scope: Scope  # of the switch in the top bar, out of the URL
