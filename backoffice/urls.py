"""The table of contents of every page."""

from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    # Pages of every app stand in its own urls.py.
    path("", include("backoffice.web.urls")),
    path("actions/", include("backoffice.outbox.urls")),
    path("connections/", include("backoffice.sync.urls")),
    path("orders/", include("orders.urls")),
    path("admin/", admin.site.urls),
]
