"""Our pages, and beside them a stock changelist of orders."""

from __future__ import annotations

from django.contrib.admin import AdminSite, ModelAdmin
from django.urls import path

from backoffice.urls import urlpatterns as ours
from orders.models import Order


class ReferenceAdmin(ModelAdmin):  # type: ignore[type-arg]  # -- takes no type arguments at run time
    """As somebody would declare it who wants a list of orders."""

    list_display = ["number", "channel", "created_at", "customer", "total", "currency", "status", "ship_by"]
    list_filter = ["stage", "channel", "country", "created_at"]
    search_fields = ["number", "remote_id", "customer", "lines__sku"]
    list_select_related = ["channel"]


class ShorterAdmin(ReferenceAdmin):
    """With as many rows as our page has, which is half of what Django shows unless it is told otherwise."""

    list_per_page = 50


def _site(admin: type[ReferenceAdmin]) -> AdminSite:
    site = AdminSite(name="admin")  # as ours: addresses of any other name are refused
    site.register(Order, admin)
    return site


urlpatterns = [path("reference/", _site(ReferenceAdmin).urls), path("shorter/", _site(ShorterAdmin).urls), *ours]
