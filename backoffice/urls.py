"""The table of contents of every page."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

urlpatterns: list[URLPattern | URLResolver] = [
    # Pages of every app stand in its own urls.py.
    path("", include("backoffice.web.urls")),
    path("", include("backoffice.dashboard.urls")),
    path("actions/", include("backoffice.outbox.urls")),
    path("connections/", include("backoffice.sync.urls")),
    path("orders/", include("orders.urls")),
    # One log-in for everybody.
    path(
        "admin/login/",
        login_not_required(RedirectView.as_view(pattern_name="login", query_string=True)),
        name="admin_login",
    ),
    path("admin/", admin.site.urls),
]

handler403 = "backoffice.web.refusals.refused"
handler500 = "backoffice.web.refusals.failed"
